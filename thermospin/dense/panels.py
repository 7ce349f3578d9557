"""Chebyshev series on panels that are graded towards the points where a function is singular.

On a panel x = place + scale · sinh t, with ``place`` the nearest singular point and ``scale`` its
distance from the real axis: as in the kernels, equal lengths of t are dense where they need to be.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermospin.machine.arithmetic import portable

FloatArray = NDArray[np.float64]
SLIVER = 1e-9
"""Panels shorter than this, in widths of a singular point, are left to their neighbours."""


class Singularity(NamedTuple):
    """A singular point of a function: its real part, and its distance from the real axis."""

    place: float
    width: float


class Panel(NamedTuple):
    """The interval place + scale · sinh t, for t from ``first`` to ``last``."""

    place: float
    scale: float
    first: float
    last: float

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.place + self.scale * math.sinh(self.first)

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.place + self.scale * math.sinh(self.last)


def one_side(point: Singularity, sign: int, distances: Sequence[float]) -> list[Panel]:
    """Return panels between ascending distances from a point, above it or, for sign −1, below."""
    steps = [sign * math.asinh(distance / point.width) for distance in distances]
    panels = [Panel(*point, min(pair), max(pair)) for pair in pairwise(steps)]
    return panels[::sign]


def graded(low: float, high: float, points: Sequence[Singularity], length: float) -> list[Panel]:
    """Return panels from low to high, ascending, graded to singular points given ascending.

    No panel is longer than ``length`` in t.
    """
    ends = [-math.inf, *(0.5 * (a.place + b.place) for a, b in pairwise(points)), math.inf]
    panels = []
    for point, (below, above) in zip(points, pairwise(ends), strict=True):
        below, above = max(low, below) - point.place, min(high, above) - point.place
        for sign, near, far in ((-1, -above, -below), (1, below, above)):
            if far - max(near, 0.0) > SLIVER * point.width:
                panels += one_side(point, sign, _steps(point.width, max(near, 0.0), far, length))
    return panels


def _steps(width: float, near: float, far: float, length: float) -> list[float]:
    """Return distances from near to far, equal steps of t apart."""
    first, last = math.asinh(near / width), math.asinh(far / width)
    count = math.ceil((last - first) / length)
    between = [width * math.sinh(first + (last - first) * k / count) for k in range(1, count)]
    return [near, *between, far]


def nodes(order: int) -> FloatArray:
    """Return the Chebyshev nodes on (−1, 1)."""
    return np.asarray(portable(math.cos, np.pi * (np.arange(order) + 0.5) / order))


def positions(panels: FloatArray, order: int) -> FloatArray:
    """Return the nodes of each of a table of panels, shape (panels, order).

    The columns of the table are those of a ``Panel``.
    """
    place, scale, first, last = panels.T[:, :, None]
    t = 0.5 * (first + last) + 0.5 * (last - first) * nodes(order)
    return np.asarray(place + scale * portable(math.sinh, t))


def relative(panels: FloatArray, x: FloatArray) -> FloatArray:
    """Return the place in (−1, 1) of each x on its panel; the table has one row for each x."""
    place, scale, first, last = panels.T
    t = portable(math.asinh, (x - place) / scale)
    return np.asarray((2.0 * t - first - last) / (last - first))


def to_series(order: int) -> FloatArray:
    """Return the matrix from values at the nodes to Chebyshev coefficients."""
    k = np.arange(order)
    matrix: FloatArray = portable(math.cos, np.outer(k, np.pi * (k + 0.5) / order)) * (2.0 / order)
    matrix[0] *= 0.5
    return matrix


def lebesgue(order: int) -> float:
    """Return the largest factor by which errors at the nodes grow between the nodes."""
    return 2.0 / math.pi * math.log(order) + 1.0
