"""The values of an output as a stack of layers, of which a picture shows one at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource
from numpy.typing import NDArray

from thermospin.dataset import Contents
from thermospin.junction import FloatArray

_LEAST = float(np.finfo(np.float32).tiny)


@dataclass(frozen=True, eq=False)
class Stack:
    """Values of an output, layer by layer.

    Attributes
    ----------
    values : ndarray
        Shape (layers, …) with the axes that are drawn last.
    steps : list of int
        For each slider, how many layers further its next point is; 0 if the output does not depend
        on its axis.
    """

    values: FloatArray
    steps: list[int]


def stack_of(contents: Contents, name: str, drawn: Sequence[str], sliders: Sequence[str]) -> Stack:
    """Return the values of an output as a stack.

    Parameters
    ----------
    contents : Contents
        Contents that have the drawn axes and those of sliders.
    name : str
        The output, which may lack some of them.
    drawn : sequence of str
        The axes of a layer, the slowest first.
    sliders : sequence of str
        The axes that pick a layer.
    """
    dims = contents.dims[name]
    moved = [axis for axis in sliders if axis in dims]
    order = [*moved, *(axis for axis in drawn if axis in dims)]
    values = np.transpose(contents.outputs[name], [dims.index(axis) for axis in order])
    lengths = [len(contents.axes[axis]) for axis in moved]
    steps = {axis: int(np.prod(lengths[place + 1 :])) for place, axis in enumerate(moved)}
    return Stack(
        values.reshape(int(np.prod(lengths)), *values.shape[len(moved) :]),
        [steps.get(axis, 0) for axis in sliders],
    )


def compact(values: FloatArray) -> NDArray[Any]:
    """Return numbers in half the bytes, where that keeps the six digits that are shown of each.

    Numbers of which one is too small or too large for that keep their bytes.
    """
    sizes = np.abs(values[np.isfinite(values) & (values != 0.0)])
    if sizes.size and (sizes.min() < _LEAST or sizes.max() > np.finfo(np.float32).max):
        return np.ascontiguousarray(values)
    return values.astype(np.float32)


class Store:
    """The values in a page, in the reduced units of the file; each output is there once."""

    def __init__(self, contents: Contents, sliders: Sequence[str]) -> None:
        """Hold contents, and the axes that have sliders."""
        self.contents = contents
        self.sliders = list(sliders)
        self._sources: dict[tuple[str, tuple[str, ...]], ColumnDataSource] = {}

    def stack(self, name: str, drawn: Sequence[str]) -> Stack:
        """Return the values of an output as `stack_of` does."""
        return stack_of(self.contents, name, drawn, self.sliders)

    def source(self, name: str, drawn: Sequence[str]) -> ColumnDataSource:
        """Return a source whose column ``value`` is the stack of an output, flattened."""
        key = name, tuple(drawn)
        if key not in self._sources:
            values = compact(self.stack(name, drawn).values.ravel())
            self._sources[key] = ColumnDataSource({"value": values}, name=name)
        return self._sources[key]
