"""`SweepMap`: the map of an output on a page, which shows one layer of a sweep after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from bokeh.events import Tap
from bokeh.models import ColumnDataSource

from thermospin.explorer.sweep_file import MapLayer, SweepFile
from thermospin.figures.arrangement import has_threshold, shows_threshold
from thermospin.figures.colours import colours_of
from thermospin.figures.display import Display
from thermospin.figures.labels import unit_of
from thermospin.figures.look import Look
from thermospin.figures.scales import cell_edges
from thermospin.interactive.frames import Directions
from thermospin.interactive.lines_on_maps import dash, threshold_lines, zero_lines
from thermospin.interactive.map_figure import Side, map_figure
from thermospin.interactive.map_readings import Layer, add_readings
from thermospin.interactive.missed_points import add_crosses
from thermospin.interactive.moving_maps import sides_of
from thermospin.interactive.readings import error_of, unit_text
from thermospin.interactive.stacks import compact, stack_of
from thermospin.junction import FloatArray

_HEIGHT = 300  # pixels
_ALONE = "const layer = 0;\n"


class SweepMap:
    """A map on a page.

    Parameters
    ----------
    sweep : SweepFile
        The file.
    output : str
        The output.
    layer : MapLayer
        What is shown at first.
    picked : callable
        Is told the values of the two axes, in reduced units, of the point that is clicked.
    """

    def __init__(
        self,
        sweep: SweepFile,
        output: str,
        layer: MapLayer,
        picked: Callable[[dict[str, float]], None],
    ) -> None:
        """Draw the map and show its first layer."""
        self.panel = sweep.maps[output]
        self._picked = picked
        self._points = layer.contents.axes
        look = Look(Display(sweep.material, sweep.material is not None))
        self.sides = sides_of(self.panel, layer.contents, look)
        values = self._values(layer, output)
        self.unit = look.unit(unit_of(output), values, None)
        shown = values * self.unit.factor
        self.drawn = map_figure(
            self.panel, self.sides, shown, colours_of(output, shown), self.unit, Directions()
        )
        self.figure = self.drawn.figure
        self.figure.height = _HEIGHT
        self._label()
        self.values, self.errors = ColumnDataSource(), ColumnDataSource()
        self.crosses, self.here = (ColumnDataSource({"x": [], "y": []}) for _ in range(2))
        self.zeros, self.threshold = (ColumnDataSource({"xs": [], "ys": []}) for _ in range(2))
        self._error = error_of(sweep.contents, output)
        self._add_what_lies_above()
        self.figure.on_event(Tap, self._tapped)
        self.show(layer)

    def show(self, layer: MapLayer) -> None:
        """Show another layer, with colours of its own."""
        values = self._values(layer, self.panel.output)
        shown = values * self.unit.factor
        self.drawn.recolour(colours_of(self.panel.output, shown), shown)
        self.values.data = {"value": compact(values.ravel())}
        if self._error is not None:
            self.errors.data = {"value": compact(self._values(layer, self._error[0]).ravel())}
        x, y = (side.points for side in self.sides)
        dims = layer.contents.dims[self.panel.output]
        missed = layer.missed if dims == (self.panel.y, self.panel.x) else layer.missed.T
        rows, columns = np.nonzero(missed)
        self.crosses.data = {"x": x[columns], "y": y[rows]}
        lines = zero_lines(values[np.newaxis], self.sides)
        self.zeros.data = {"xs": lines["xs"], "ys": lines["ys"]}
        if shows_threshold(self.panel) and has_threshold(layer.contents):
            found = threshold_lines(layer.contents, self.panel, self.sides)
            self.threshold.data = {
                axis: [line[:, k] for line in found] for k, axis in enumerate(("xs", "ys"))
            }

    def mark(self, values: dict[str, float]) -> None:
        """Put a ring at a point, given by the values of both axes in reduced units."""
        x, y = (values[side.name] * side.unit.factor for side in self.sides)
        self.here.data = {"x": [x], "y": [y]}

    def _label(self) -> None:
        """Label the map in plain text, as all of the page is: it has no MathJax."""
        x, y = (f"{side.name} ({unit_text(side.name, side.unit).strip()})" for side in self.sides)
        self.figure.xaxis.axis_label, self.figure.yaxis.axis_label = x, y
        output = self.panel.output
        unit = unit_text(output, self.unit).strip()
        self.figure.title.text = f"{output} ({unit})" if unit else output

    def _values(self, layer: MapLayer, name: str) -> FloatArray:
        """Return an output in reduced units, shape (y, x)."""
        stack = stack_of(layer.contents, name, (self.panel.y, self.panel.x), [])
        return np.asarray(stack.values[0])

    def _add_what_lies_above(self) -> None:
        self.figure.multi_line("xs", "ys", source=self.zeros, line_color="black", line_width=1)
        dash(self.figure, self.threshold)
        add_crosses(self.figure, self.crosses)
        for colour, width in (("white", 5), ("black", 2)):
            self.figure.scatter(
                "x", "y", source=self.here, size=13, fill_color=None, line_color=colour,
                line_width=width,
            )  # fmt: skip
        times = 1.0 if self._error is None else self._error[1]
        errors = None if self._error is None else self.errors
        layer = Layer(self.values, errors, times, self.crosses, {}, _ALONE)
        add_readings(self.drawn, self.panel, self.sides, self.unit, layer)

    def _tapped(self, event: Any) -> None:
        if event.x is None or event.y is None:
            return
        found = {}
        for side, at in zip(self.sides, (event.x, event.y), strict=True):
            place = _cell(side, float(at))
            if place is None:
                return
            found[side.name] = float(self._points[side.name][place])
        self.mark(found)
        self._picked(found)


def _cell(side: Side, at: float) -> int | None:
    """Return the place of the point in whose cell a value lies; None outside of all cells."""
    edges = cell_edges(side.points)
    if not edges[0] <= at <= edges[-1]:
        return None
    return int(np.searchsorted(edges[1:-1], at))
