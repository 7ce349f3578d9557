"""Maps of a page: their values, what their sliders move, and the points that are marked."""

from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource

from thermospin.dataset import Contents
from thermospin.figures.arrangement import Map, has_threshold, shows_threshold
from thermospin.figures.colours import Colours, colours_of
from thermospin.figures.display import ShownUnit
from thermospin.figures.labels import unit_of
from thermospin.figures.look import Look
from thermospin.figures.shades import shades
from thermospin.interactive.frames import Directions
from thermospin.interactive.lines_on_maps import add_threshold, add_zeros
from thermospin.interactive.map_figure import MapFigure, Side, map_figure
from thermospin.interactive.map_readings import Layer, add_readings
from thermospin.interactive.missed_points import CROSS, add_crosses
from thermospin.interactive.moving import LAYER, Sliders
from thermospin.interactive.readings import error_of
from thermospin.interactive.stacks import Stack, Store

_MOVE = """
const image = source.data.image[0], first = layer * size;
rows.forEach((row, i) => columns.forEach((column, j) => {
  image[i * columns.length + j] = all.data.shade[first + row * width + column];
}));
source.change.emit();
"""


def add_map(
    panel: Map,
    store: Store,
    missed: Store,
    every: Contents,
    look: Look,
    sliders: Sliders,
    directions: Directions,
    facet: str,
) -> Any:
    """Return the panel of a map, which sliders move.

    Parameters
    ----------
    panel : Map
        Which output is drawn, over which axes.
    store : Store
        The values of the page.
    missed : Store
        Of each output, whether its values missed their tolerance.
    every : Contents
        The values from which the colours follow: those of all facets, within the limits.
    look : Look
        Units, limits, scale and colours.
    sliders : Sliders
        What moves.
    directions : Directions
        The axes of other panels.
    facet : str
        The value of the facet, for the title.
    """
    sides = sides_of(panel, store.contents, look)
    unit, colours = _colours(panel, every, look)
    stack = store.stack(panel.output, (panel.y, panel.x))
    first = stack.values[sliders.layer(stack)] * unit.factor
    drawn = map_figure(panel, sides, first, colours, unit, directions, facet)
    if any(stack.steps):
        _move(drawn, stack, unit, sliders)
    add_zeros(drawn.figure, stack, sides, sliders)
    if shows_threshold(panel) and has_threshold(store.contents):
        add_threshold(drawn.figure, panel, store.contents, sides, sliders)
    flags = missed.stack(panel.output, (panel.y, panel.x))
    marks = _missed_points(flags, sides, sliders, drawn.figure)
    layer = _layer(panel, store, marks, sliders.names(stack))
    add_readings(drawn, panel, sides, unit, layer)
    return drawn.figure


def _colours(panel: Map, every: Contents, look: Look) -> tuple[ShownUnit, Colours]:
    """Return the unit of a map, and the colours of its values in this unit."""
    whole, limits = every.outputs[panel.output], look.clim(panel)
    unit = look.unit(unit_of(panel.output), whole, limits)
    colours = colours_of(
        panel.output,
        whole * unit.factor,
        scale=look.scale,
        limits=None if limits is None else limits.times(unit.factor),
        cmap=look.cmap,
    )
    return unit, colours


def _layer(panel: Map, store: Store, marks: ColumnDataSource, names: dict[str, Any]) -> Layer:
    """Return where a map finds the values under the cursor."""
    error, drawn = error_of(store.contents, panel.output), (panel.y, panel.x)
    return Layer(
        values=store.source(panel.output, drawn),
        errors=None if error is None else store.source(error[0], drawn),
        times=1.0 if error is None else error[1],
        marks=marks,
        names=names,
        code=LAYER,
    )


def sides_of(panel: Map, contents: Contents, look: Look) -> tuple[Side, Side]:
    """Return the horizontal and the vertical axis of a map."""

    def side(name: str, limits: Any) -> Side:
        unit = look.unit(unit_of(name), contents.axes[name], limits)
        ends = None if limits is None else limits.times(unit.factor)
        return Side(name, contents.axes[name] * unit.factor, unit, ends)

    return side(panel.x, look.xlim(panel)), side(panel.y, look.ylim(panel))


def _move(drawn: MapFigure, stack: Stack, unit: ShownUnit, sliders: Sliders) -> None:
    all_shades = shades(stack.values * unit.factor, drawn.colours)
    sliders.move(
        stack,
        _MOVE,
        {
            "source": drawn.image,
            "rows": drawn.rows,
            "columns": drawn.columns,
            "width": stack.values.shape[2],
            "size": int(np.prod(stack.values.shape[1:])),
            "all": ColumnDataSource({"shade": all_shades.ravel()}),
        },
    )


def _missed_points(
    missed: Stack, sides: tuple[Side, Side], sliders: Sliders, figure: Any
) -> ColumnDataSource:
    """Mark the points of the layer shown that missed their tolerance, and return their source."""
    layer, y, x = np.nonzero(missed.values)
    columns = {"layer": layer, "x": sides[0].points[x], "y": sides[1].points[y]}
    points = sliders.places(missed, columns)
    if len(layer):
        add_crosses(figure, points)
        figure.tags.append(CROSS)
    return points
