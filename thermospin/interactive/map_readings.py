"""What the cursor reads on a map: both axes, and the value with its estimated error."""

from typing import Any, NamedTuple

from bokeh.models import ColumnDataSource, HoverTool

from thermospin.figures.arrangement import Map
from thermospin.figures.display import ShownUnit
from thermospin.figures.missed_tolerance import MISSED
from thermospin.interactive.map_figure import MapFigure, Side, pixels_of
from thermospin.interactive.readings import Formatters, hover, unit_text

_PLACE = """
const pixel = (at, [low, high], logarithmic, count) => {
  const share = logarithmic ? Math.log(at / low) / Math.log(high / low) : (at - low) / (high - low);
  return Math.min(count - 1, Math.max(0, Math.floor(share * count)));
};
const column = columns[pixel(special_vars.x, x_ends, x_log, columns.length)];
const row = rows[pixel(special_vars.y, y_ends, y_log, rows.length)];
const missed = marks.data.x.some((x, at) => x === x_points[column]
  && marks.data.y[at] === y_points[row]);
"""
"""JavaScript: the cell under the cursor."""
_VALUE = """
const at = layer * size + row * width + column;
return number(values.data.value[at] * factor)
  + (errors === null ? "" : error(errors.data.value[at] * times * factor));
"""


class Layer(NamedTuple):
    """Where a map finds the values under the cursor, in reduced units.

    Attributes
    ----------
    values : ColumnDataSource
        Column ``value``, flattened layers of shape (y, x).
    errors : ColumnDataSource or None
        The same of the output that bounds their errors.
    times : float
        What multiplies these.
    marks : ColumnDataSource
        Columns ``x`` and ``y``: the points of the layer shown that missed their tolerance.
    names : dict
        What the code needs besides.
    code : str
        JavaScript that says which ``layer`` is shown.
    """

    values: ColumnDataSource
    errors: ColumnDataSource | None
    times: float
    marks: ColumnDataSource
    names: dict[str, Any]
    code: str


def add_readings(
    drawn: MapFigure, panel: Map, sides: tuple[Side, Side], unit: ShownUnit, layer: Layer
) -> None:
    """Have the cursor read both axes of a map, and the value with its error.

    Parameters
    ----------
    drawn : MapFigure
        The map.
    panel : Map
        What it shows.
    sides : pair of Side
        Its axes.
    unit : ShownUnit
        The unit of its values.
    layer : Layer
        Where these are.
    """
    args = _places(sides) | {
        **layer.names,
        "values": layer.values,
        "errors": layer.errors,
        "marks": layer.marks,
        "factor": unit.factor,
        "times": layer.times,
    }
    texts: Formatters = {
        "$x": hover(f"{_PLACE}return number(x_points[column]);", args),
        "$y": hover(f"{_PLACE}return number(y_points[row]);", args),
        "@image": hover(f"{layer.code}{_PLACE}{_VALUE}", args),
        "$index": hover(f"{_PLACE}return missed ? '{MISSED}' : '';", args),
    }
    x_unit, y_unit = (unit_text(side.name, side.unit) for side in sides)
    tooltips = (
        f"<div>{sides[0].name} = $x{{custom}}{x_unit}<br>"
        f"{sides[1].name} = $y{{custom}}{y_unit}<br>"
        f"<b>{panel.output} = @image{{custom}}{unit_text(panel.output, unit)}</b><br>"
        "<b>$index{custom}</b></div>"
    )
    image = list(drawn.figure.select({"name": panel.output}))
    drawn.figure.add_tools(
        HoverTool(tooltips=tooltips, formatters=texts, renderers=image, point_policy="follow_mouse")
    )


def _places(sides: tuple[Side, Side]) -> dict[str, Any]:
    """Return what the code needs to find the cell under the cursor."""
    x, y = (pixels_of(side.points) for side in sides)
    width, height = (len(side.points) for side in sides)
    return {
        "columns": x.cells,
        "x_ends": list(x.ends),
        "x_log": x.logarithmic,
        "x_points": sides[0].points,
        "rows": y.cells,
        "y_ends": list(y.ends),
        "y_log": y.logarithmic,
        "y_points": sides[1].points,
        "width": width,
        "size": width * height,
    }
