"""Drawing of maps: one output as colour over two axes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import LogNorm
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from thermospin.dataset import Contents
from thermospin.figures.arrangement import Map, has_threshold, shows_threshold
from thermospin.figures.colours import Colours, colours_of
from thermospin.figures.display import ShownUnit
from thermospin.figures.labels import axis_label, unit_of
from thermospin.figures.look import STANDARD, Look
from thermospin.figures.map_lines import THRESHOLD, ZERO, draw_threshold, draw_zero
from thermospin.figures.scales import cell_edges, geometric
from thermospin.figures.style import set_ticks
from thermospin.junction import FloatArray

_PLAIN = 100.0  # largest over smallest value up to which numbers are written without powers


@dataclass(frozen=True)
class DrawnMap:
    """What was drawn: the coloured cells, their colours, their label, and the lines on them.

    ``x`` and ``y`` are the points of the axes, in the units shown.
    """

    x: FloatArray
    y: FloatArray
    mesh: QuadMesh
    colours: Colours
    label: str
    lines: tuple[str, ...]


def draw_map(
    axes: Axes,
    contents: Contents,
    panel: Map,
    look: Look = STANDARD,
    whole: FloatArray | None = None,
) -> DrawnMap:
    """Draw a map, with the contour of zero and, over T_S and h_exc, the thermoelectric threshold.

    Parameters
    ----------
    axes : Axes
        Where to draw.
    contents : Contents
        The values.
    panel : Map
        Which output is drawn, over which axes.
    look : Look, optional
        How.
    whole : ndarray, optional
        The values that set the range of colours if several maps share it; by default those drawn.
    """
    x_unit = look.unit(unit_of(panel.x), contents.axes[panel.x], look.xlim(panel))
    y_unit = look.unit(unit_of(panel.y), contents.axes[panel.y], look.ylim(panel))
    x, y = contents.axes[panel.x] * x_unit.factor, contents.axes[panel.y] * y_unit.factor
    values = contents.outputs[panel.output]
    if contents.dims[panel.output] == (panel.x, panel.y):
        values = values.T
    whole = values if whole is None else whole
    limits = look.clim(panel)
    unit = look.unit(unit_of(panel.output), whole, limits)
    values = values * unit.factor
    colours = colours_of(
        panel.output,
        whole * unit.factor,
        scale=look.scale,
        limits=None if limits is None else limits.times(unit.factor),
        cmap=look.cmap,
    )
    mesh = axes.pcolormesh(
        cell_edges(x),
        cell_edges(y),
        np.ma.masked_invalid(values),
        rasterized=True,
        cmap=colours.map,
        norm=colours.norm,
    )
    if np.isinf(values).any() and not np.isfinite(values).any():
        axes.text(0.5, 0.5, r"$\infty$", transform=axes.transAxes, ha="center", va="center")
    lines = [ZERO] if draw_zero(axes, x, y, values) else []
    if shows_threshold(panel) and has_threshold(contents):
        factors = (x_unit.factor, y_unit.factor)
        factors = factors if panel.x == "h_exc" else factors[::-1]
        lines += [THRESHOLD] if draw_threshold(axes, contents, panel.x, factors) else []
    _set_frame(axes, panel, look, (x, y), (x_unit, y_unit))
    return DrawnMap(x, y, mesh, colours, axis_label((panel.output,), unit), tuple(lines))


def add_bar(drawn: DrawnMap, beside: Sequence[Axes]) -> None:
    """Add the colour bar of a map, or of several that share their colours, beside their axes."""
    figure = beside[0].figure
    bar = figure.colorbar(drawn.mesh, ax=list(beside), extend=drawn.colours.extend, pad=0.02)
    bar.set_label(drawn.label)
    bar.ax.tick_params(which="both", direction="out", left=False)
    norm = drawn.colours.norm
    if isinstance(norm, LogNorm) and norm.vmin and norm.vmax and norm.vmax < _PLAIN * norm.vmin:
        bar.ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        bar.ax.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        bar.ax.yaxis.set_minor_formatter(NullFormatter())
    if drawn.colours.ticks is not None:
        bar.set_ticks(drawn.colours.ticks)
        bar.minorticks_off()


def _set_frame(
    axes: Axes,
    panel: Map,
    look: Look,
    points: tuple[FloatArray, FloatArray],
    units: tuple[ShownUnit, ShownUnit],
) -> None:
    x, y = points
    if geometric(x):
        axes.set_xscale("log")
    if geometric(y):
        axes.set_yscale("log")
    xlim, ylim = look.xlim(panel), look.ylim(panel)
    axes.set_xlim(xlim.times(units[0].factor) if xlim else (x[0], x[-1]))
    axes.set_ylim(ylim.times(units[1].factor) if ylim else (y[0], y[-1]))
    set_ticks(axes)
    axes.set_xlabel(axis_label((panel.x,), units[0]))
    axes.set_ylabel(axis_label((panel.y,), units[1]))
