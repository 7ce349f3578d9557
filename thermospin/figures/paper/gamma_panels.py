"""The figure on Γ: how the peaks, V_S and the thermoactive window of T_S depend on Γ."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from thermospin.dataset import Contents
from thermospin.figures.curves import COLOURS
from thermospin.figures.labels import axis_label, numbers, symbol
from thermospin.figures.map_lines import tempered
from thermospin.figures.paper.palette import SEEBECK, graded
from thermospin.figures.paper.sheets import conditions, images
from thermospin.figures.style import COLUMN, set_ticks, style
from thermospin.junction import FloatArray

_LIGHT, _DARK = "#a6cbe6", "#2b74b3"
_HEIGHT = 4.6  # inches


def broadening_images(
    peaks: Contents, window: Contents, rows: Sequence[int], slope: float
) -> dict[str, bytes]:
    """Return the figure on Γ as the bytes of a picture file for each suffix.

    Parameters
    ----------
    peaks, window : Contents
        The datasets of the bundled specs ``gamma_peaks`` and ``gamma_window``.
    rows : sequence of int
        The rows of ``peaks`` along gamma whose curves are drawn, Γ rising.
    slope : float
        Growth of a peak of one spin for each decade by which Γ falls, in G_T Δ0/e.
    """
    with style():
        figure = Figure(figsize=(2 * COLUMN, _HEIGHT), layout="constrained")
        axes = figure.subplots(2, 2)
        _draw_curves(axes[0, 0], peaks, rows)
        _draw_peaks(axes[0, 1], peaks, slope)
        _draw_seebeck(axes[1, 0], peaks)
        _draw_window(axes[1, 1], window)
        for letter, one in zip("abcd", axes.flat, strict=True):
            one.set_title(f"({letter})", loc="left", fontsize=8)
        own = {name: value for name, value in peaks.fixed.items() if name not in window.fixed}
        figure.suptitle(f"{conditions(window.fixed)}; (a–c) {conditions(own)}")
        return images(figure, peaks.title, f"{peaks.spec_sha256} {window.spec_sha256}", dpi=200)


def _draw_curves(axes: Axes, data: Contents, rows: Sequence[int]) -> None:
    """Draw I_q(V) for several Γ, with circles at V_S."""
    V = data.axes["V"]
    for colour, row in zip(graded(len(rows)), rows, strict=True):
        axes.plot(V, data.outputs["I_q"][row], color=colour)
        axes.plot(data.outputs["V_S"][row], 0.0, "o", color=colour, mfc="white", zorder=3)
    axes.axhline(0.0, color="0.6", lw=0.5, zorder=0.5)
    axes.set_xlim(V[0], V[-1])
    set_ticks(axes)
    axes.set_xlabel(axis_label(("V",)))
    axes.set_ylabel(axis_label(("I_q",)))
    lines = [Line2D([], [], color=colour) for colour in graded(len(rows))]
    words = [f"${text}$" for text in numbers(data.axes["gamma"][list(rows)])]
    lines.append(Line2D([], [], ls="", marker="o", color="0.2", mfc="white"))
    axes.legend(lines, [*words, symbol("V_S")], loc="upper left", title=axis_label(("gamma",)))


def _draw_peaks(axes: Axes, data: Contents, slope: float) -> None:
    """Draw the peaks of I_q and I_s against Γ beside straight lines of the predicted slope."""
    gammas = data.axes["gamma"]
    decades = np.log10(gammas[0] / gammas)  # the logarithm is exact for small Γ
    for name, sign in (("I_s_peak", 1.0), ("I_q_peak", -1.0)):
        size = sign * data.outputs[name]
        colour = COLOURS[name[:3]]
        label = symbol(name) if sign > 0.0 else f"$-{symbol(name)[1:]}"
        axes.plot(gammas, size, "o", color=colour, ms=2.6, label=label)
        axes.plot(gammas, size[0] + slope * decades, "--", color=colour, lw=0.8)
    axes.plot([], [], "--", color="0.3", lw=0.8, label=f"slope {slope:.4f} per decade")
    _frame(axes, gammas)
    axes.set_ylabel(axis_label(("I_q", "I_s")))
    axes.set_ylim(bottom=0.0)
    axes.legend(loc="lower left")


def _draw_seebeck(axes: Axes, data: Contents) -> None:
    gammas = data.axes["gamma"]
    axes.plot(gammas, data.outputs["V_S"], "o-", color=SEEBECK, ms=2.6, label=symbol("V_S"))
    _frame(axes, gammas)
    axes.set_ylabel(axis_label(("V_S",)))


def _draw_window(axes: Axes, data: Contents) -> None:
    gammas, T_S = data.axes["gamma"], data.axes["T_S"]
    for name, colour in (("G_max", _LIGHT), ("G_0", _DARK)):
        values = tempered(_main(data.outputs[name])).T
        axes.contourf(gammas, T_S, values, levels=[-np.inf, 0.0], colors=[colour])
        axes.contour(gammas, T_S, values, levels=[0.0], colors="black", linewidths=0.6)
    _frame(axes, gammas)
    axes.set_ylabel(axis_label(("T_S",)))
    keys = [Patch(facecolor=_DARK), Patch(facecolor=_LIGHT)]
    axes.legend(keys, ["$G_0<0$", r"$G_\mathrm{max}<0$"], loc="lower right")


def _main(values: FloatArray) -> FloatArray:
    """Return a conductance that is negative in its hottest window of T_S only.

    At low T_S there is another window, where G_0 is negative by a millionth of G_T: there the
    values are made positive.
    """
    shown = values.copy()
    for row in shown:
        negative = np.flatnonzero(row < 0.0)
        if negative.size:
            breaks = np.flatnonzero(np.diff(negative) > 1)
            start = negative[breaks[-1] + 1] if breaks.size else negative[0]
            row[:start] = np.abs(row[:start])
    return shown


def _frame(axes: Axes, gammas: FloatArray) -> None:
    axes.set_xscale("log")
    axes.set_xlim(gammas[0], gammas[-1])
    set_ticks(axes)
    axes.set_xlabel(axis_label(("gamma",)))
