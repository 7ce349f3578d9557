"""Drawing of panels with curves: outputs against one axis, for each value of another."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from thermospin.dataset import Contents
from thermospin.figures.arrangement import Curves
from thermospin.figures.colours import check_logarithm, colour_map
from thermospin.figures.display import ShownUnit
from thermospin.figures.errors import FigureError
from thermospin.figures.labels import axis_label, numbers, symbol, unit_of
from thermospin.figures.look import STANDARD, Look
from thermospin.figures.scales import decades, geometric, whole
from thermospin.figures.style import set_ticks
from thermospin.junction import FloatArray
from thermospin.quantities import OUTPUTS

COLOURS = {"I_up": "#1f5fc4", "I_down": "#4daf2a", "I_q": "#12a594", "I_s": "#ef7d00"}
"""The paper's colours: spin up blue, spin down green, charge aquamarine, spin current orange."""

_OTHER_COLOURS = ("#222222", "#cc4778", "#7b4fb5", "#12a594", "#ef7d00", "#1f5fc4")
_LINES = ("-", "--", ":", "-.")
MARKERS = {"V_S": "o", "V_p_minus": "^", "V_p_plus": "v", "h_t": "D"}
FEW_POINTS = 30
"""Up to so many points of a curve have a marker each."""
_ABOVE = 2.6  # a curve lies above measured points, and below what is marked on it


def draw_curves(
    axes: Axes,
    contents: Contents,
    panel: Curves,
    look: Look = STANDARD,
    *,
    every: Contents | None = None,
    explained: bool = False,
    named: bool = False,
) -> tuple[ShownUnit, ShownUnit]:
    """Draw a panel of curves, with a legend wherever there is more than one curve.

    Parameters
    ----------
    axes : Axes
        Where to draw.
    contents : Contents
        The values.
    panel : Curves
        Which of them are drawn.
    look : Look, optional
        How.
    every : Contents, optional
        The values of all panels that share the vertical unit of this one; by default those drawn.
    explained : bool
        Whether the legend of an earlier panel explains the colours of the family.
    named : bool
        Whether the legend names a single output too, beside which something else is drawn.

    Returns
    -------
    pair of ShownUnit
        The units of the horizontal and the vertical axis.
    """
    units = _units(contents if every is None else every, panel, look)
    contents = in_units(contents, panel, units)
    x = contents.axes[panel.x]
    points = "o" if len(x) <= FEW_POINTS else ""
    for order, name in enumerate(panel.outputs):
        members = _members(contents, panel, name, own_colour(name, order), look)
        for colour, values in members:
            axes.plot(
                x, values, line_style(panel, order), color=colour, marker=points, markersize=2.0,
                zorder=_ABOVE,
            )  # fmt: skip
    for name in panel.marks:
        _draw_marks(axes, contents, panel, name, look)
    if look.scale == "log":
        for name in panel.outputs:
            check_logarithm(name, (contents if every is None else every).outputs[name])
    _set_scales(axes, contents, panel, look)
    _set_limits(axes, panel, look, units)
    set_ticks(axes)
    _add_legend(axes, contents, panel, look, explained=explained, named=named)
    axes.set_xlabel(axis_label((panel.x,), units[0]))
    axes.set_ylabel(axis_label(panel.outputs, units[1]))
    return units


def _units(every: Contents, panel: Curves, look: Look) -> tuple[ShownUnit, ShownUnit]:
    outputs = np.concatenate([every.outputs[name].ravel() for name in panel.outputs])
    return (
        look.unit(unit_of(panel.x), every.axes[panel.x], look.xlim(panel)),
        look.unit(unit_of(panel.outputs[0]), outputs, look.ylim(panel)),
    )


def in_units(contents: Contents, panel: Curves, units: tuple[ShownUnit, ShownUnit]) -> Contents:
    """Return contents with what a panel shows along its axes in the units of these.

    Marks are values of the horizontal axis.
    """
    x, y = (unit.factor for unit in units)
    factors = dict.fromkeys(panel.outputs, y) | dict.fromkeys(panel.marks, x)
    return replace(
        contents,
        axes=contents.axes | {panel.x: contents.axes[panel.x] * x},
        outputs={name: contents.outputs[name] * factor for name, factor in factors.items()},
    )


def own_colour(name: str, order: int) -> str:
    """Return the colour of an output that has the given place among those of its panel."""
    return COLOURS.get(name, _OTHER_COLOURS[order % len(_OTHER_COLOURS)])


def line_style(panel: Curves, order: int) -> str:
    """Return the line style of an output: solid if its colour distinguishes it; I_s is dashed."""
    if panel.outputs[order] == "I_s":
        return "--"
    return _LINES[order % len(_LINES)] if panel.family else "-"


def family_colours(count: int, look: Look) -> FloatArray:
    """Return the colours of so many curves of a family, red, green, blue and opacity in a row."""
    colours = colour_map("viridis" if look.cmap is None else look.cmap)
    return np.asarray(colours(np.linspace(0.0, 0.88, count)))  # yellow fades on white


def _members(
    contents: Contents, panel: Curves, name: str, colour: str, look: Look
) -> Iterator[tuple[str | FloatArray, FloatArray]]:
    """Yield the colour and the values of each curve of an output, one for each of its family."""
    values, dims = contents.outputs[name], contents.dims[name]
    if panel.family is None:
        yield colour, values
        return
    count = len(contents.axes[panel.family])
    if panel.family in dims:
        rows = np.moveaxis(values, dims.index(panel.family), 0)
    else:
        rows = np.broadcast_to(values, (count, *values.shape))
    yield from zip(family_colours(count, look), rows, strict=True)


def _draw_marks(axes: Axes, contents: Contents, panel: Curves, name: str, look: Look) -> None:
    """Mark the places along x that an output gives, on the curves that carry the marks."""
    x, marked = contents.axes[panel.x], panel.marked
    own = own_colour(marked, panel.outputs.index(marked))
    curves = _members(contents, panel, marked, own, look)
    marks = _members(contents, panel, name, own, look)
    for (colour, curve), (_, values) in zip(curves, marks, strict=True):
        at = mark_places(x, values)
        axes.plot(
            at,
            np.interp(at, x, curve),
            MARKERS[name],
            color=colour,
            markerfacecolor="white",
            markeredgewidth=0.8,
            zorder=3,
        )


def mark_places(x: FloatArray, values: FloatArray) -> FloatArray:
    """Return where on an axis an output that is a value of it is marked.

    Parameters
    ----------
    x : ndarray
        The points of the axis, ascending, shape (n,).
    values : ndarray
        The output along it, shape (n,), or without it, shape (): then it is marked at either sign.
    """
    at = crossings(x, values) if values.ndim else np.array([-values, values])
    inside = (at >= x[0]) & (at <= x[-1])  # false for NaN: there is no such voltage
    return np.asarray(at[inside])


def crossings(x: FloatArray, values: FloatArray) -> FloatArray:
    """Return where a quantity along an axis equals the axis itself, by linear interpolation.

    Parameters
    ----------
    x, values : ndarray
        The points of the axis, ascending, and the quantity at each, shape (n,).
    """
    ahead = x - values
    start = np.flatnonzero((ahead[:-1] < 0.0) & (ahead[1:] >= 0.0))
    share = -ahead[start] / (ahead[start + 1] - ahead[start])
    return x[start] + share * (x[start + 1] - x[start])


def _set_scales(axes: Axes, contents: Contents, panel: Curves, look: Look) -> None:
    x = contents.axes[panel.x]
    if geometric(x):
        axes.set_xscale("log")
    axes.margins(x=0.03 if len(x) <= FEW_POINTS else 0.0)
    axes.update_datalim(np.column_stack([x, x]), updatey=False)  # also where all values are NaN
    _set_vertical_scale(axes, contents, panel, look)
    if axes.get_yscale() == "log":
        return
    values = np.concatenate([contents.outputs[name].ravel() for name in panel.outputs])
    if np.nanmin(values, initial=0.0) < 0.0 < np.nanmax(values, initial=0.0):
        axes.axhline(0.0, color="0.6", linewidth=0.5, zorder=0.5)
    if x[0] < 0.0 < x[-1]:
        axes.axvline(0.0, color="0.6", linewidth=0.5, zorder=0.5)


def _set_vertical_scale(axes: Axes, contents: Contents, panel: Curves, look: Look) -> None:
    """Choose the vertical scale: as asked for, else logarithmic where the values need it."""
    values = np.concatenate([contents.outputs[name].ravel() for name in panel.outputs])
    spread = all(OUTPUTS[name].spans_decades for name in panel.outputs)
    if look.scale == "log" or (look.scale is None and spread):
        axes.set_yscale("log")
    elif look.scale != "linear":
        span = whole(values)
        # the peaks of a conductance grow like 1/Γ
        needed = span.logarithmic and unit_of(panel.outputs[0]) == "G_T"
        if look.scale == "symlog" or needed:
            span = span if span.logarithmic else decades(span.half)
            axes.set_yscale("symlog", linthresh=span.linear)


def _set_limits(axes: Axes, panel: Curves, look: Look, units: tuple[ShownUnit, ShownUnit]) -> None:
    """Set the limits that were asked for."""
    xlim, ylim = look.xlim(panel), look.ylim(panel)
    if xlim is not None:
        axes.set_xlim(xlim.times(units[0].factor))
    if ylim is None:
        return
    if axes.get_yscale() == "log" and ylim.low <= 0.0:
        raise FigureError(
            f"ylim: limits on a logarithmic scale must be more than 0, got {ylim.low:g}"
        )
    axes.set_ylim(ylim.times(units[1].factor))


def _add_legend(
    axes: Axes, contents: Contents, panel: Curves, look: Look, *, explained: bool, named: bool
) -> None:
    """Add one legend: the values of the family, then the outputs and the marks."""
    entries: list[tuple[Line2D, str]] = []
    family, title = None if explained else panel.family, None
    if family is not None:
        unit = look.display.unit(unit_of(family), contents.axes[family])
        title = axis_label((family,), unit)
        values = contents.axes[family] * unit.factor
        entries += [
            (Line2D([], [], color=colour), f"${text}$")
            for colour, text in zip(family_colours(len(values), look), numbers(values), strict=True)
        ]
    if len(panel.outputs) > 1 or named:
        for order, name in enumerate(panel.outputs):
            colour = "0.2" if panel.family else own_colour(name, order)
            entries.append(
                (Line2D([], [], color=colour, ls=line_style(panel, order)), symbol(name))
            )
    for name in panel.marks:
        mark = Line2D([], [], color="0.2", linestyle="", marker=MARKERS[name], mfc="white")
        entries.append((mark, symbol(name)))
    if entries:
        axes.legend(*zip(*entries, strict=True), loc="upper left", title=title)
