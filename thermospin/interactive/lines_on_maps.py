"""Lines on the maps of a page: where a quantity vanishes, and where thermoelectricity sets in."""

from dataclasses import replace
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource

from thermospin.dataset import Contents
from thermospin.figures import map_lines
from thermospin.figures.arrangement import Map
from thermospin.figures.map_lines import contour_lines, threshold_on, zeros_of
from thermospin.interactive.map_figure import Side
from thermospin.interactive.moving import Sliders
from thermospin.interactive.stacks import Stack
from thermospin.junction import FloatArray

ZERO = "black line: zero"
THRESHOLD = f"dashed line: {map_lines.THRESHOLD}"
"""What is said of the lines below the panels; a figure that has one is tagged with it."""

_Columns = dict[str, list[Any]]


def add_zeros(figure: Any, stack: Stack, sides: tuple[Side, Side], sliders: Sliders) -> None:
    """Draw where a quantity is zero, for each layer.

    Parameters
    ----------
    figure : bokeh figure
        The map.
    stack : Stack
        The values, of which a layer has the shape (y, x).
    sides : pair of Side
        The axes.
    sliders : Sliders
        What picks the layer.
    """
    columns = zero_lines(stack.values, sides)
    if columns["layer"]:
        source = sliders.places(stack, columns)
        figure.multi_line("xs", "ys", source=source, line_color="black", line_width=1)
        figure.tags.append(ZERO)


def zero_lines(layers: FloatArray, sides: tuple[Side, Side]) -> dict[str, list[Any]]:
    """Return the lines along which a quantity is zero.

    Parameters
    ----------
    layers : ndarray
        Its values, shape (layers, y, x).
    sides : pair of Side
        The axes x and y.

    Returns
    -------
    dict of str to list
        Columns ``xs`` and ``ys``, the points of each line, and ``layer``, where it lies.
    """
    x, y = (side.points for side in sides)
    columns: _Columns = {"layer": [], "xs": [], "ys": []}
    for layer, values in enumerate(layers):
        zeros = zeros_of(x, y, values)
        if zeros is None:
            continue
        lines = [] if zeros.rest is None else contour_lines(x, y, zeros.rest)
        if zeros.at_x:
            lines.append(np.array([[0.0, y[0]], [0.0, y[-1]]]))
        if zeros.at_y:
            lines.append(np.array([[x[0], 0.0], [x[-1], 0.0]]))
        _append(columns, layer, lines)
    return columns


def add_threshold(
    figure: Any, panel: Map, contents: Contents, sides: tuple[Side, Side], sliders: Sliders
) -> None:
    """Draw where V_p_minus vanishes on a map over T_S and h_exc.

    Parameters
    ----------
    figure : bokeh figure
        The map.
    panel : Map
        What it shows.
    contents : Contents
        The contents, with the axes of the sliders.
    sides : pair of Side
        The axes.
    sliders : Sliders
        What moves the line: those of the parameters of a junction.
    """
    moved = [name for name in sliders.axes if name in contents.dims[panel.output]]
    moved = [name for name in moved if name not in ("V", "R_L")]
    counts = [len(contents.axes[name]) if name in moved else 1 for name in sliders.axes]
    steps = [int(np.prod(counts[place + 1 :])) for place in range(len(counts))]
    stack = Stack(
        np.empty((int(np.prod(counts)), 0)),
        [step if count > 1 else 0 for step, count in zip(steps, counts, strict=True)],
    )
    columns: _Columns = {"layer": [], "xs": [], "ys": []}
    for layer, place in enumerate(np.ndindex(*counts)):
        at = zip(sliders.axes, place, strict=True)
        fixed = contents.fixed | {
            name: float(contents.axes[name][index]) for name, index in at if name in moved
        }
        _append(columns, layer, threshold_lines(replace(contents, fixed=fixed), panel, sides))
    if columns["layer"]:
        dash(figure, sliders.places(stack, columns))
        figure.tags.append(THRESHOLD)


def dash(figure: Any, source: ColumnDataSource) -> None:
    """Draw the threshold: lines ``xs`` and ``ys``, white dashes on black."""
    for colour, width, dashes in (("#262626", 3, "solid"), ("white", 2, "dashed")):
        figure.multi_line(
            "xs", "ys", source=source, line_color=colour, line_width=width, line_dash=dashes
        )


def threshold_lines(contents: Contents, panel: Map, sides: tuple[Side, Side]) -> list[FloatArray]:
    """Return the lines along which V_p_minus vanishes on a map over T_S and h_exc.

    Parameters
    ----------
    contents : Contents
        Contents whose fixed parameters are those of the map.
    panel : Map
        The map.
    sides : pair of Side
        Its axes.

    Returns
    -------
    list of ndarray
        The points of each line, in the units shown, shape (k, 2).
    """
    found = threshold_on(contents)
    if found is None:
        return []
    h, T, difference = found
    x, y = (h, T) if panel.x == "h_exc" else (T, h)
    lines = contour_lines(x, y, difference if panel.x == "h_exc" else difference.T)
    return [line * [side.unit.factor for side in sides] for line in lines]


def _append(columns: _Columns, layer: int, lines: list[FloatArray]) -> None:
    for line in lines:
        columns["layer"].append(layer)
        columns["xs"].append(line[:, 0].astype(np.float32))
        columns["ys"].append(line[:, 1].astype(np.float32))
