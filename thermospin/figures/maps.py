"""Drawing of maps: one output as colour over two axes."""

from typing import cast

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import CenteredNorm, LogNorm, Normalize, SymLogNorm
from matplotlib.patheffects import Normal, Stroke

from thermospin.dataset import Contents
from thermospin.figures.arrangement import Map, shows_threshold
from thermospin.figures.labels import axis_label
from thermospin.figures.scales import geometric, positive, symmetric
from thermospin.figures.style import NOT_A_NUMBER, set_ticks
from thermospin.gap import lead_gap
from thermospin.junction import FloatArray
from thermospin.quantities import GapModel, of_one_lead

DIVERGING = {
    **dict.fromkeys(("G", "G_0", "G_max", "dIdV"), "RdBu_r"),  # red dissipative, blue thermoactive
    "power": "RdBu",  # thermoactive where it is positive
    **dict.fromkeys(("I_q", "I_up", "I_down", "I_q_peak"), "PuOr_r"),  # the sign is a direction
}
"""The colour map of each output whose sign has a meaning; the others have `_SEQUENTIAL`."""

_SEQUENTIAL = "viridis"
_BOUNDARY_POINTS = 401


def draw_map(axes: Axes, contents: Contents, panel: Map, whole: FloatArray | None = None) -> None:
    """Draw a map, with the contour of zero and, over T_S and h_exc, the thermoelectric threshold.

    Parameters
    ----------
    axes : Axes
        Where to draw.
    contents : Contents
        The values.
    panel : Map
        Which output is drawn, over which axes.
    whole : ndarray, optional
        The values that set the range of colours if several maps share it; by default those drawn.
    """
    x, y = contents.axes[panel.x], contents.axes[panel.y]
    values = contents.outputs[panel.output]
    if contents.dims[panel.output] == (panel.x, panel.y):
        values = values.T
    colours = colormaps[DIVERGING.get(panel.output, _SEQUENTIAL)].with_extremes(bad=NOT_A_NUMBER)
    scale = values if whole is None else whole
    norm = colour_norm(panel.output, scale)
    mesh = axes.pcolormesh(
        x,
        y,
        np.ma.masked_invalid(values),
        shading="nearest",
        rasterized=True,
        cmap=colours,
        norm=norm,
    )
    bar = axes.figure.colorbar(mesh, ax=axes, extend=_extend(panel.output, scale, norm), pad=0.02)
    bar.set_label(axis_label((panel.output,)))
    bar.ax.tick_params(which="both", direction="out", left=False)
    if isinstance(norm, SymLogNorm):
        bar.set_ticks(symmetric(scale).ticks())
        bar.minorticks_off()
    if np.isinf(values).any() and not np.isfinite(values).any():
        axes.text(0.5, 0.5, r"$\infty$", transform=axes.transAxes, ha="center", va="center")
    if np.nanmin(values, initial=0.0) < 0.0 < np.nanmax(values, initial=0.0):
        axes.contour(x, y, tempered(values), levels=[0.0], colors="black", linewidths=0.6)
    if shows_threshold(panel):
        draw_threshold(axes, contents, panel)
    _set_frame(axes, panel, x, y)


def colour_norm(output: str, values: FloatArray) -> Normalize:
    """Return the scale by which the values of an output become colours.

    Parameters
    ----------
    output : str
        Its name.
    values : ndarray
        Its values, NaN where it is undefined.

    Returns
    -------
    Normalize
        For an output whose sign has a meaning it is centred at zero, and logarithmic on both
        sides of zero where the values span decades.
    """
    if output in DIVERGING:
        span = symmetric(values)
        if span.logarithmic:
            return SymLogNorm(span.linear, linscale=0.5, vmin=-span.half, vmax=span.half)
        return CenteredNorm(0.0, span.half)
    low, high = positive(values)
    if output == "I_error" and high > 0.0:
        return LogNorm(float(np.nanmin(values, where=values > 0.0, initial=high)), high)
    return Normalize(low, high)


def tempered(values: FloatArray) -> FloatArray:
    """Return values with the same zeros but bounded jumps, for a smooth contour of zero.

    Across the threshold a conductance jumps from one sign to the other by amounts that depend on
    how near to the threshold the points happen to lie: linear interpolation between such values
    gives a jagged line.
    """
    typical = float(np.nanmedian(np.abs(values[values != 0.0])))
    return np.asarray(np.arctan(values / typical))


def _extend(output: str, values: FloatArray, norm: Normalize) -> str:
    if output in DIVERGING:
        return "both"
    return "max" if np.nanmax(values, initial=-np.inf) > (norm.vmax or 0.0) else "neither"


def threshold(contents: Contents, h: FloatArray, T: FloatArray) -> FloatArray:
    """Return Δ_Sm − |h_exc − h_S| − Δ_S, negative where thermoelectricity is possible.

    Parameters
    ----------
    contents : Contents
        A file with the axes T_S and h_exc.
    h : ndarray
        Exchange fields in Sm, in Δ0, shape (n,).
    T : ndarray
        Temperatures of S, in T_c, shape (m,).

    Returns
    -------
    ndarray
        The difference of the gaps, in Δ0, shape (m, n); NaN where Sm is normal.
    """
    fixed = contents.fixed
    model = cast(GapModel, contents.gap_model)  # lead_gap refuses unknown models
    gamma_S, gamma_Sm = (of_one_lead(fixed, name) for name in ("gamma_S", "gamma_Sm"))
    of_S = lead_gap(T, fixed["h_S"], fixed["gap_S"], model, gamma_S)
    of_Sm = lead_gap(fixed["T_Sm"], h, fixed["gap_Sm"], model, gamma_Sm)
    of_Sm = np.where(of_Sm > 0.0, of_Sm, np.nan)
    return of_Sm - np.abs(h - fixed["h_S"]) - of_S[:, np.newaxis]


def draw_threshold(axes: Axes, contents: Contents, panel: Map) -> None:
    """Draw the line Δ_S(T_S) = Δ_Sm(T_Sm) − h_exc on a map: there V_p_minus vanishes."""
    h, T = (
        np.linspace(contents.axes[name][0], contents.axes[name][-1], _BOUNDARY_POINTS)
        for name in ("h_exc", "T_S")
    )
    difference = threshold(contents, h, T)
    lines = axes.contour(
        *((h, T, difference) if panel.x == "h_exc" else (T, h, difference.T)),
        levels=[0.0],
        colors="white",
        linestyles="dashed",
        linewidths=0.9,
    )
    lines.set_path_effects([Stroke(linewidth=1.7, foreground="0.15"), Normal()])


def _set_frame(axes: Axes, panel: Map, x: FloatArray, y: FloatArray) -> None:
    if geometric(x):
        axes.set_xscale("log")
    if geometric(y):
        axes.set_yscale("log")
    axes.set_xlim(x[0], x[-1])
    axes.set_ylim(y[0], y[-1])
    set_ticks(axes)
    axes.set_xlabel(axis_label((panel.x,)))
    axes.set_ylabel(axis_label((panel.y,)))
