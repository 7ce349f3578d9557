"""Searches for a change of sign, and for the largest value, of a function of an array."""

from collections.abc import Callable

import numpy as np

from thermospin.junction import FloatArray

Function = Callable[[FloatArray], FloatArray]

_HALVINGS = 60
_SIDE = 60  # points on either side of the best point
_ROUNDS = 12


def edge(function: Function, low: float, high: float) -> float:
    """Return where a function changes its sign between two points of different sign.

    Parameters
    ----------
    function : callable
        Takes and returns an array of shape (n,).
    low, high : float
        The two points.

    Returns
    -------
    float
        The place of the change, to rounding; NaN if the signs at both ends are equal.
    """
    ends = np.array([low, high])
    signs = np.sign(function(ends))
    if not signs[0] * signs[1] < 0.0:
        return float("nan")
    for _ in range(_HALVINGS):
        middle = ends.mean()
        ends[0 if np.sign(function(np.array([middle])))[0] == signs[0] else 1] = middle
    return float(ends.mean())


def summit(function: Function, low: float, high: float) -> tuple[float, float]:
    """Return where between two points a function is largest, and its value there.

    From round to round the points gather around the best one, so that a cusp is found as well as a
    smooth maximum.

    Parameters
    ----------
    function : callable
        Takes and returns an array of shape (n,).
    low, high : float
        The two points.

    Returns
    -------
    at, value : float
        The place, to about 1e-12 of the interval, and the value.
    """
    points = np.linspace(low, high, 20 * _SIDE + 1)
    for _ in range(_ROUNDS):
        values = function(points)
        best = int(np.nanargmax(values))
        at, value = float(points[best]), float(values[best])
        width = max(np.diff(points).max() * 1.5, np.finfo(float).eps)
        offsets = np.geomspace(1e-4, 1.0, _SIDE) * width
        points = np.unique(np.clip([at, *(at - offsets), *(at + offsets)], low, high))
    return at, value
