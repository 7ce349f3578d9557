"""Points on the curves of a page: missed tolerances, voltages and fields, measured curves."""

from collections.abc import Sequence

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool

from thermospin.figures.curves import MARKERS, mark_places
from thermospin.figures.measured import LOOKS, LaidOver
from thermospin.figures.missed_tolerance import MISSED
from thermospin.figures.shades import hexadecimal
from thermospin.interactive.curve_panel import CurvePanel
from thermospin.interactive.missed_points import CROSS, add_crosses
from thermospin.interactive.stacks import Store

_SHAPES = {
    "o": "circle",
    "s": "square",
    "^": "triangle",
    "v": "inverted_triangle",
    "D": "diamond",
}


def mark_missed(drawn: CurvePanel, name: str, missed: Store) -> None:
    """Draw a cross at each point of the layer shown that missed its tolerance."""
    stack = drawn.store.stack(name, drawn.axes)
    layer, *_, x = found = np.nonzero(missed.stack(name, drawn.axes).values)
    if not len(layer):
        return
    y = stack.values[found] * drawn.units[1].factor
    source = drawn.sliders.places(stack, {"layer": layer, "x": drawn.x[x], "y": y})
    crosses = add_crosses(drawn.figure, source)
    drawn.figure.tags.append(CROSS)
    drawn.figure.add_tools(
        HoverTool(renderers=[crosses], tooltips=f"<b>{MISSED}</b>", visible=False)
    )


def add_marks(drawn: CurvePanel, name: str) -> None:
    """Mark the places along x that an output gives, on the curves that carry the marks."""
    panel, store = drawn.panel, drawn.store
    curve, mark = store.stack(panel.marked, drawn.axes), store.stack(name, drawn.axes)
    x = store.contents.axes[panel.x]
    columns: dict[str, list[float]] = {"layer": [], "x": [], "y": []}
    lengths = [len(store.contents.axes[axis]) for axis in store.sliders]
    counts = [count if step else 1 for count, step in zip(lengths, curve.steps, strict=True)]
    for place in np.ndindex(*counts):
        layer, other = (int(np.dot(stack.steps, place)) for stack in (curve, mark))
        for values, points in zip(
            drawn.members(curve)[layer], drawn.members(mark)[other], strict=True
        ):
            at = mark_places(x, points)
            columns["layer"] += [layer] * len(at)
            columns["x"] += list(at * drawn.units[0].factor)
            columns["y"] += list(np.interp(at, x, values) * drawn.units[1].factor)
    source = drawn.sliders.places(curve, columns)
    drawn.figure.scatter(
        "x",
        "y",
        source=source,
        marker=_SHAPES[MARKERS[name]],
        size=8,
        line_color="#222222",
        fill_color="white",
        legend_label=name,
    )


def add_measured(drawn: CurvePanel, measured: Sequence[LaidOver]) -> None:
    """Draw measured curves, in the units of a panel, as open marks."""
    for order, curve in enumerate(measured):
        marker, colour = LOOKS[order % len(LOOKS)]
        drawn.figure.scatter(
            "x",
            "y",
            source=ColumnDataSource({"x": curve.V, "y": curve.values}),
            marker=_SHAPES[marker],
            size=5,
            line_color=hexadecimal(colour),
            fill_color=None,
            legend_label=curve.label,
        )
