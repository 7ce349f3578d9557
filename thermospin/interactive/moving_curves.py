"""Curves of a page: their lines, what their sliders move, the points that are marked on them."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool

from thermospin.dataset import Contents
from thermospin.figures.arrangement import Curves
from thermospin.figures.colours import check_logarithm
from thermospin.figures.curves import (
    FEW_POINTS,
    family_colours,
    line_style,
    own_colour,
)
from thermospin.figures.display import ShownUnit
from thermospin.figures.labels import axis_label, unit_of
from thermospin.figures.look import Limits, Look
from thermospin.figures.measured import LaidOver, in_shown_units
from thermospin.figures.scales import geometric
from thermospin.figures.shades import hexadecimal
from thermospin.interactive.curve_panel import CurvePanel
from thermospin.interactive.frames import Directions, frame
from thermospin.interactive.marks_on_curves import add_marks, add_measured, mark_missed
from thermospin.interactive.moving import Sliders
from thermospin.interactive.readings import Formatters, error_of, hover, reading, unit_text
from thermospin.interactive.stacks import Stack, Store
from thermospin.junction import FloatArray
from thermospin.quantities import OUTPUTS

_DASHES = {"-": "solid", "--": "dashed", ":": "dotted", "-.": "dotdash"}
_MARGIN = 0.04  # of the range of values, above and below it
_MOVE = """
const first = layer * size + shift, y = source.data.y, errors = source.data.error;
for (let index = 0; index < y.length; index++) {
  const value = values.data.value[first + index] * factor;
  y[index] = logarithmic && !(value > 0) ? NaN : value;
  errors[index] = bounds === null ? NaN : bounds.data.value[first + index] * times * factor;
}
source.change.emit();
"""


def add_curves(
    panel: Curves,
    store: Store,
    missed: Store,
    every: Contents,
    look: Look,
    sliders: Sliders,
    directions: Directions,
    facet: str,
    measured: Sequence[LaidOver] = (),
) -> Any:
    """Return a panel of curves, which sliders move.

    Parameters
    ----------
    panel : Curves
        Which outputs are drawn, along which axis.
    store, missed, every, look, sliders, directions, facet
        As of `thermospin.interactive.moving_maps.add_map`.
    measured : sequence of LaidOver
        Measured curves that are drawn over the computed ones.
    """
    values = np.concatenate([every.outputs[name].ravel() for name in panel.outputs])
    units = (
        look.unit(unit_of(panel.x), every.axes[panel.x], look.xlim(panel)),
        look.unit(unit_of(panel.outputs[0]), values, look.ylim(panel)),
    )
    spread = all(OUTPUTS[name].spans_decades for name in panel.outputs)
    logarithmic = look.scale == "log" or (look.scale is None and spread)
    if look.scale == "log":
        for name in panel.outputs:
            check_logarithm(name, every.outputs[name])
    laid = in_shown_units(every, measured, units)
    x = store.contents.axes[panel.x] * units[0].factor
    made = frame(
        (
            directions.along("height", panel.x, _ends(look.xlim(panel), units[0], x, laid)),
            directions.along(
                "width",
                "/".join(panel.outputs),
                _heights(look.ylim(panel), units[1], values, laid, logarithmic=logarithmic),
            ),
        ),
        (axis_label((panel.x,), units[0]), axis_label(panel.outputs, units[1])),
        facet,
        (geometric(x), logarithmic),
    )
    drawn = CurvePanel(panel, store, sliders, units, logarithmic, made)
    _add_lines(drawn, missed, look)
    for name in panel.marks:
        add_marks(drawn, name)
    add_measured(drawn, laid)
    _settle_legend(made)
    return made


def _ends(
    limits: Limits | None, unit: ShownUnit, x: FloatArray, measured: Sequence[LaidOver]
) -> tuple[float, float]:
    """Return the ends of a horizontal axis: as asked for, else those of all points."""
    if limits is not None:
        return limits.times(unit.factor)
    known = np.concatenate([x, *(curve.V for curve in measured)])
    return float(known.min()), float(known.max())


def _heights(
    limits: Limits | None,
    unit: ShownUnit,
    values: FloatArray,
    measured: Sequence[LaidOver],
    *,
    logarithmic: bool,
) -> tuple[float, float]:
    """Return the ends of a vertical axis: as asked for, else such that it shows all values."""
    if limits is not None:
        return limits.times(unit.factor)
    values = np.concatenate([values * unit.factor, *(curve.values for curve in measured)])
    known = values[np.isfinite(values)]
    if logarithmic:
        known = known[known > 0.0]
    if not known.size:
        return (0.1, 1.0) if logarithmic else (-1.0, 1.0)
    low, high = float(known.min()), float(known.max())
    if logarithmic:
        margin = max((high / low) ** _MARGIN, 1.1)
        return low / margin, high * margin
    margin = _MARGIN * (high - low) or 1.0
    return low - margin, high + margin


def _add_lines(drawn: CurvePanel, missed: Store, look: Look) -> None:
    panel, contents = drawn.panel, drawn.store.contents
    lines = []
    for order, name in enumerate(panel.outputs):
        stack = drawn.store.stack(name, drawn.axes)
        for member, (colour, label) in enumerate(_members(drawn, name, order, look)):
            shown = drawn.figure.line(
                "x",
                "y",
                source=_line_source(drawn, name, stack, member),
                line_color=colour,
                line_width=2,
                line_dash=_DASHES[line_style(panel, order)],
                legend_label=label,
                name=label,
            )
            lines.append(shown)
            if len(contents.axes[panel.x]) <= FEW_POINTS:
                drawn.figure.scatter("x", "y", source=shown.data_source, color=colour, size=5)
        mark_missed(drawn, name, missed)
    drawn.figure.add_tools(_hover_of(drawn, lines))


def _members(drawn: CurvePanel, name: str, order: int, look: Look) -> Iterator[tuple[str, str]]:
    """Yield the colour and the name of each curve of an output."""
    family = drawn.panel.family
    if family is None:
        yield own_colour(name, order), name
        return
    points = drawn.store.contents.axes[family]
    for colour, point in zip(family_colours(len(points), look), points, strict=True):
        word = f"{family} = " + reading(family, float(point), look.display)
        yield hexadecimal(colour), word if len(drawn.panel.outputs) == 1 else f"{name}, {word}"


def _line_source(drawn: CurvePanel, name: str, stack: Stack, member: int) -> ColumnDataSource:
    """Return the source of a line: columns ``x``, ``y`` and ``error``, in the units shown."""
    factor = drawn.units[1].factor
    values = drawn.members(stack)
    count, size = values.shape[-1], values[0].size
    layer = drawn.sliders.layer(stack)
    y = values[layer, member if values.shape[1] > 1 else 0] * factor
    bound = error_of(drawn.store.contents, name)
    error, times = np.full(count, np.nan), 1.0
    if bound is not None:
        times = bound[1]
        errors = drawn.members(drawn.store.stack(bound[0], drawn.axes))
        error = errors[layer, member] * (times * factor)
    shown = np.where(y > 0.0, y, np.nan) if drawn.logarithmic else np.array(y)
    source = ColumnDataSource({"x": drawn.x, "y": shown, "error": np.array(error)})
    if any(stack.steps):
        args = {
            "source": source,
            "values": drawn.store.source(name, drawn.axes),
            "bounds": None if bound is None else drawn.store.source(bound[0], drawn.axes),
            "size": size,
            "shift": member * count,
            "factor": factor,
            "times": times,
            "logarithmic": drawn.logarithmic,
        }
        drawn.sliders.move(stack, _MOVE, args)
    return source


def _hover_of(drawn: CurvePanel, lines: list[Any]) -> HoverTool:
    panel, units = drawn.panel, drawn.units
    x_unit = unit_text(panel.x, units[0])
    y_unit = unit_text(panel.outputs[0], units[1])
    symbol = panel.outputs[0] + " = " if len(panel.outputs) == 1 else ""
    texts: Formatters = {
        "@x": hover("return number(value);", {}),
        "@y": hover("return number(value);", {}),
        "@error": hover("return error(value);", {}),
    }
    return HoverTool(
        renderers=lines,
        line_policy="nearest",
        formatters=texts,
        tooltips=f"<div>$name<br>{panel.x} = @x{{custom}}{x_unit}<br>"
        f"<b>{symbol}@y{{custom}}@error{{custom}}{y_unit}</b></div>",
    )


def _settle_legend(made: Any) -> None:
    """Move the legend beside the curves; a panel with a single curve needs none."""
    for legend in made.legend:
        if len(legend.items) == 1:
            legend.visible = False
            continue
        legend.click_policy = "hide"
        legend.border_line_color = None
        legend.label_text_font_size = "13px"
        made.add_layout(legend, "right")
