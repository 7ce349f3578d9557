"""Straight lines through points of which some are wrong: many lines at once."""

from typing import NamedTuple

import numpy as np

from thermospin.junction import FloatArray

_ROUNDS = 4
_FLOOR = 0.1
"""Below this part of the mean deviation all points count alike."""


class Lines(NamedTuple):
    """Straight lines through points, one a row: residuals (c, n), slopes and offsets (c,)."""

    residuals: FloatArray
    slopes: FloatArray
    offsets: FloatArray

    @property
    def deviations(self) -> FloatArray:
        """Mean absolute residuals, shape (c,)."""
        return np.asarray(np.mean(np.abs(self.residuals), axis=1))


def straight_lines(
    x: FloatArray, y: FloatArray, slopes: tuple[float, float], offset: float | None
) -> Lines:
    """Return the lines y = offset + slope x that leave about the least sum of absolute residuals.

    A few points far off, as spikes or a supercurrent are, hardly count.

    Parameters
    ----------
    x : ndarray
        Shape (c, n): one line a row.
    y : ndarray
        Shape (n,), the same for all lines.
    slopes : tuple of float
        The lowest and the highest slope.
    offset : float or None
        The offset of all lines; None if it is to be found.

    Returns
    -------
    Lines
        In the units of x and y.
    """
    weights = np.ones_like(x)
    for _ in range(_ROUNDS):
        total = weights.sum(axis=1)
        x_0 = (weights * x).sum(axis=1) / total if offset is None else np.zeros(len(x))
        y_0 = (weights * y).sum(axis=1) / total if offset is None else np.full(len(x), offset)
        dx, dy = x - x_0[:, np.newaxis], y - y_0[:, np.newaxis]
        slope = (weights * dx * dy).sum(axis=1) / ((weights * dx**2).sum(axis=1) + 1e-300)
        slope = np.clip(slope, *slopes)
        residuals = dy - slope[:, np.newaxis] * dx
        size = np.abs(residuals)
        weights = 1.0 / np.maximum(size, _FLOOR * size.mean(axis=1, keepdims=True) + 1e-300)
    return Lines(residuals, slope, y_0 - slope * x_0)
