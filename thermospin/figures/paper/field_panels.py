"""Panels of the paper with h_exc along the horizontal axis, a curve a T_S: Figs. 2(c) and 3(d)."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from thermospin.dataset import Contents
from thermospin.figures.labels import axis_label, number
from thermospin.figures.paper.palette import graded
from thermospin.figures.style import set_ticks
from thermospin.junction import FloatArray

BoolArray = NDArray[np.bool_]

_ROUNDING = 1e-12
"""Rounding error of h_exc − h_t at a point of the axis that is the threshold, in Δ0."""


def draw_2c(axes: Axes, data: Contents) -> None:
    """Draw Fig. 2(c): V_S(h_exc) for each T_S, and the bound e V_S = h_exc."""
    h = data.axes["h_exc"]
    axes.plot(h, h, ":", color="0.5", lw=0.8)
    axes.text(0.245, 0.285, r"$eV_\mathrm{S}=h_\mathrm{exc}$", rotation=42, color="0.35",
              ha="center", va="center", fontsize=7, rotation_mode="anchor")  # fmt: skip
    for colour, V_S in zip(graded(len(data.axes["T_S"])), data.outputs["V_S"], strict=True):
        axes.plot(h, V_S, color=colour)
    _frame(axes, data)
    axes.set_ylabel(r"$e|V_\mathrm{S}|/\Delta_0$")
    axes.set_ylim(0.0, 0.72)
    _add_legend(axes, data)


def draw_3d(axes: Axes, data: Contents) -> None:
    """Draw Fig. 3(d): I_s(V_p_minus) for each T_S, dashed where dissipative, else solid."""
    h, I_s, h_t = data.axes["h_exc"], data.outputs["I_s_peak"], data.outputs["h_t"]
    for colour, curve, threshold in zip(graded(len(I_s)), I_s, h_t, strict=True):
        draw_cut(axes, h, curve, h >= threshold - _ROUNDING, color=colour)
    _frame(axes, data)
    axes.set_ylabel(axis_label(("I_s_peak",)))
    axes.set_ylim(0.0, 1.08 * float(I_s.max()))
    _add_legend(axes, data, {"dissipative": (0, (2.6, 1.3)), "thermoactive": "-"})


def draw_cut(axes: Axes, x: FloatArray, y: FloatArray, active: BoolArray, **options: Any) -> None:
    """Draw a curve, dashed up to the first thermoactive point and solid from there on."""
    first = int(np.argmax(active)) if active.any() else len(x)
    axes.plot(x[: first + 1], y[: first + 1], ls=(0, (2.6, 1.3)), **options)
    axes.plot(x[first:], y[first:], ls="-", **options)


def _frame(axes: Axes, data: Contents) -> None:
    h = data.axes["h_exc"]
    axes.set_xlim(h[0], h[-1])
    set_ticks(axes)
    axes.set_xlabel(axis_label(("h_exc",)))


def _add_legend(axes: Axes, data: Contents, styles: dict[str, Any] | None = None) -> None:
    temperatures = data.axes["T_S"]
    lines = [Line2D([], [], color=colour) for colour in graded(len(temperatures))]
    words = [f"${number(T_S)}$" for T_S in temperatures]
    for word, line in (styles or {}).items():
        lines.append(Line2D([], [], color="0.3", ls=line))
        words.append(word)
    axes.legend(lines, words, loc="upper left", title=axis_label(("T_S",)))
