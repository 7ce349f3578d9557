"""Sliders, and what they change in a picture: the layer of each stack that is shown."""

from collections.abc import Mapping, Sequence
from typing import Any

from bokeh.models import ColumnDataSource, CustomJS, CustomJSTickFormatter
from bokeh.models.widgets import Slider

from thermospin.dataset import Contents
from thermospin.figures.display import Display
from thermospin.interactive.readings import reading
from thermospin.interactive.stacks import Stack
from thermospin.junction import FloatArray

LAYER = """
const layer = sliders.reduce((sum, slider, index) => sum + steps[index] * slider.value, 0);
"""
"""JavaScript: the layer of a stack that the sliders pick."""
_PLACES = """
const shown = {};
for (const name of Object.keys(all.data)) {
  shown[name] = Array.from(all.data[name]).filter((_, index) => all.data.layer[index] === layer);
}
source.data = shown;
"""


class Sliders:
    """A slider for each axis that is not drawn, and what moves with them.

    Parameters
    ----------
    contents : Contents
        Contents with these axes.
    axes : sequence of str
        The axes.
    display : Display
        The units of their values.
    """

    def __init__(self, contents: Contents, axes: Sequence[str], display: Display) -> None:
        """Make the sliders, each at its middle."""
        self.axes = list(axes)
        self.widgets = [slider_of(name, contents.axes[name], display) for name in axes]

    def layer(self, stack: Stack) -> int:
        """Return the layer of a stack that the sliders pick at the beginning."""
        picked = (int(widget.value) for widget in self.widgets)
        return sum(step * place for step, place in zip(stack.steps, picked, strict=True))

    def names(self, stack: Stack) -> dict[str, Any]:
        """Return what the JavaScript `LAYER` needs to find the layer of a stack."""
        return {"sliders": self.widgets, "steps": stack.steps}

    def move(self, stack: Stack, code: str, args: Mapping[str, Any]) -> None:
        """Run JavaScript whenever a slider moves that picks another layer of a stack.

        Parameters
        ----------
        stack : Stack
            The stack.
        code : str
            The code; ``layer`` is the layer that is picked.
        args : mapping
            What it uses besides.
        """
        callback = CustomJS(args={**self.names(stack), **args}, code=LAYER + code)
        for widget, step in zip(self.widgets, stack.steps, strict=True):
            if step:
                widget.js_on_change("value", callback)

    def places(self, stack: Stack, columns: Mapping[str, Any]) -> ColumnDataSource:
        """Return a source with those of some points, or lines, that belong to the layer picked.

        Parameters
        ----------
        stack : Stack
            The stack.
        columns : mapping of str to sequence
            The columns of all points; ``layer`` is the layer to which each belongs.
        """
        first = self.layer(stack)
        picked = [place for place, layer in enumerate(columns["layer"]) if layer == first]
        source = ColumnDataSource(
            {name: [column[place] for place in picked] for name, column in columns.items()}
        )
        if any(stack.steps) and len(columns["layer"]):
            self.move(stack, _PLACES, {"source": source, "all": ColumnDataSource(dict(columns))})
        return source


def slider_of(name: str, points: FloatArray, display: Display) -> Slider:
    """Return a slider along the points of an axis, which says their values; it is at the middle.

    Parameters
    ----------
    name : str
        The axis.
    points : ndarray
        Its points, in reduced units, at least two.
    display : Display
        The units in which they are said.
    """
    texts = [reading(name, float(point), display) for point in points]
    return Slider(
        start=0,
        end=len(points) - 1,
        step=1,
        value=len(points) // 2,
        title=name,
        format=CustomJSTickFormatter(args={"texts": texts}, code="return texts[tick];"),
        name=name,
        sizing_mode="stretch_width",
    )
