"""Panels of the paper with the bias along the horizontal axis: Figs. 1(b), 2(a), 3(a) and 3(b)."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from thermospin.dataset import Contents
from thermospin.figures.curves import COLOURS
from thermospin.figures.labels import axis_label, number, symbol
from thermospin.figures.paper.palette import DISSIPATIVE, FIELDS, SEEBECK, THERMOACTIVE
from thermospin.figures.style import set_ticks
from thermospin.junction import FloatArray

_ANY_CURRENT = axis_label(("I_q", "I_s"))
_BLOW_UP = (0.7, 0.46)
"""Half the width and height of the dashed rectangle of Fig. 1(b), in Δ0/e and G_T Δ0/e."""


def draw_1b(axes: Axes, data: Contents) -> None:
    """Draw Fig. 1(b): I_q(V) with and without field; an inset shows low bias, with I_s dashed."""
    _currents(axes, data)
    width, height = _BLOW_UP
    axes.add_patch(
        Rectangle((-width, -height), 2 * width, 2 * height, fill=False, ls=(0, (3, 2)), lw=0.6)
    )
    axes.set_ylim(-2.6, 3.4)
    inset = axes.inset_axes((0.17, 0.60, 0.52, 0.385))  # above the curves, left of their rise
    _currents(inset, data)
    for h, I_s in zip(data.axes["h_exc"], data.outputs["I_s"], strict=True):
        inset.plot(data.axes["V"], I_s, "--", color=FIELDS[float(h)], lw=0.9)
    inset.set_xlim(-width, width)
    inset.set_ylim(-height, height)
    inset.set_xticks([-0.5, 0.0, 0.5])
    inset.set_yticks([-0.4, 0.0, 0.4])
    inset.tick_params(labelsize=6, pad=2)
    inset.set_xlabel("")
    inset.set_ylabel(_ANY_CURRENT, fontsize=6, labelpad=0)
    lines = [Line2D([], [], color=FIELDS[float(h)]) for h in data.axes["h_exc"]]
    words = [f"${number(float(h))}$" for h in data.axes["h_exc"]]
    lines += [Line2D([], [], color="0.2", ls=style) for style in ("-", "--")]
    words += [symbol("I_q"), symbol("I_s") + " (inset)"]
    axes.legend(lines, words, loc="lower right", title=axis_label(("h_exc",)))


def draw_2a(axes: Axes, data: Contents) -> None:
    """Draw Fig. 2(a): I_q(V) for several fields, the lines G_0 V and G_max V, ±V_S and ±V_p^±."""
    _currents(axes, data)
    h = data.axes["h_exc"]
    linear, strong = (int(np.flatnonzero(h == field)[0]) for field in (0.2, 0.4))
    _chord(axes, float(data.outputs["G_0"][linear]), 0.2, "--", FIELDS[0.2])
    _chord(axes, float(data.outputs["G_max"][strong]), 0.3, ":", FIELDS[0.4])
    V, I_q = data.axes["V"], data.outputs["I_q"][strong]
    for name, marker in (("V_p_minus", "^"), ("V_p_plus", "v")):
        at = float(data.outputs[name][strong]) * np.array([-1.0, 1.0])
        _mark(axes, at, np.interp(at, V, I_q), marker, FIELDS[0.4])
    _mark(axes, float(data.outputs["V_S"][strong]) * np.array([-1.0, 1.0]), 0.0, "o", SEEBECK)
    axes.set_ylim(-0.62, 0.62)
    lines = [Line2D([], [], color=FIELDS[float(field)]) for field in h]
    words = [f"${number(float(field))}$" for field in h]
    first = axes.legend(lines, words, loc="upper left", title=axis_label(("h_exc",)))
    axes.add_artist(first)
    marks = [
        Line2D([], [], color=FIELDS[0.2], ls="--"),
        Line2D([], [], color=FIELDS[0.4], ls=":"),
        _key("o", SEEBECK),
        _key("^", FIELDS[0.4]),
        _key("v", FIELDS[0.4]),
    ]
    names = ["$G_0V$", r"$G_\mathrm{max}V$", r"$\pm V_\mathrm{S}$", r"$\pm V_\mathrm{p}^{-}$",
             r"$\pm V_\mathrm{p}^{+}$"]  # fmt: skip
    axes.legend(marks, names, loc="lower right")


def draw_3a(axes: Axes, data: Contents) -> None:
    """Draw Fig. 3(a): the currents of both spins, and their sum I_q and difference I_s."""
    V = data.axes["V"]
    for name in ("I_up", "I_down", "I_q", "I_s"):
        axes.plot(V, data.outputs[name], "--" if name == "I_s" else "-", color=COLOURS[name],
                  label=symbol(name), lw=1.3 if name == "I_q" else 1.0)  # fmt: skip
    axes.axvline(0.0, color="0.6", lw=0.5, zorder=0.5)
    _frame(axes, V, _ANY_CURRENT)
    axes.legend(loc="upper left")


def draw_3b(axes: Axes, data: Contents) -> None:
    """Draw Fig. 3(b): I_q, I_s and, on the right, SGE; |V| < V_S is yellow, the rest violet."""
    V, V_S = data.axes["V"], float(data.outputs["V_S"])
    h = data.fixed["h_exc"]
    axes.axvspan(-V_S, V_S, color=THERMOACTIVE, alpha=0.55, lw=0, zorder=0)
    for low, high in ((V[0], -V_S), (V_S, V[-1])):
        axes.axvspan(low, high, color=DISSIPATIVE, alpha=0.5, lw=0, zorder=0)
    axes.plot(V, data.outputs["I_q"], color=COLOURS["I_q"], lw=1.3, label=symbol("I_q"))
    axes.plot(V, data.outputs["I_s"], "--", color=COLOURS["I_s"], label=symbol("I_s"))
    _frame(axes, V, _ANY_CURRENT)
    right = axes.twinx()
    right.plot(V, data.outputs["SGE"], "-.", color="0.15", lw=0.9)
    right.set_ylim(-1.0, 1.25)
    right.set_ylabel(symbol("SGE"))
    right.tick_params(which="both", direction="in")
    right.set_yticks([-1.0, -0.5, 0.0, 0.5, 1.0])
    axes.set_ylim(-0.6, 0.75)
    axes.tick_params(which="both", right=False)
    axes.plot([], [], "-.", color="0.15", lw=0.9, label=symbol("SGE"))
    _mark(axes, np.array([-V_S, V_S]), 0.0, "o", SEEBECK)
    axes.plot([], [], "o", color=SEEBECK, mfc="white", mew=1.0, ms=4.5, label=r"$\pm V_\mathrm{S}$")
    for end in (-h, h):
        axes.axvline(end, ymin=0.19, color="0.35", lw=0.6, ls=":")  # down to the legend
    axes.plot([], [], ":", color="0.35", lw=0.6, label=r"$e|V|=h_\mathrm{exc}$")
    axes.legend(loc="lower center", ncols=3, handlelength=1.6, handletextpad=0.5, borderaxespad=0.2)
    filtering = 0.5 * (h + V[-1])
    for place, words in (
        (0.0, "thermoactive"), (-filtering, "spin filter"), (filtering, "spin filter")
    ):  # fmt: skip
        axes.text(place, 0.73, words, ha="center", va="top", fontsize=6.5, color="0.2")


def _currents(axes: Axes, data: Contents) -> None:
    V = data.axes["V"]
    for h, I_q in zip(data.axes["h_exc"], data.outputs["I_q"], strict=True):
        axes.plot(V, I_q, color=FIELDS[float(h)])
    axes.axvline(0.0, color="0.6", lw=0.5, zorder=0.5)
    _frame(axes, V, axis_label(("I_q",)))


def _frame(axes: Axes, V: FloatArray, label: str) -> None:
    axes.axhline(0.0, color="0.6", lw=0.5, zorder=0.5)
    axes.set_xlim(V[0], V[-1])
    set_ticks(axes)
    axes.set_xlabel(axis_label(("V",)))
    axes.set_ylabel(label)


def _chord(axes: Axes, slope: float, reach: float, line: str, colour: str) -> None:
    ends = np.array([-reach, reach])
    axes.plot(ends, slope * ends, line, color=colour, lw=1.1)


def _mark(axes: Axes, at: FloatArray, value: FloatArray | float, marker: str, colour: str) -> None:
    axes.plot(at, np.broadcast_to(value, at.shape), marker, color=colour, mfc="white", mew=1.0,
              ms=4.5, zorder=4)  # fmt: skip


def _key(marker: str, colour: str) -> Line2D:
    return Line2D([], [], ls="", marker=marker, color=colour, mfc="white", mew=1.0, ms=4.5)
