"""What a measured curve shows without a model: its centre, its gap edge, its conductance."""

from typing import NamedTuple

import numpy as np

from thermospin.fitting.problem import Curve
from thermospin.junction import FloatArray

_BINS = 240
"""As many medians stand for a curve: splittings of the peaks are wider than the span over this."""
_SMOOTHED = 5
"""Grid points that are averaged."""
_LEAST_OVERLAP = 0.4
"""A centre lies so far inside the curve: as much of half its span has a mirror image."""
_LARGEST_ASYMMETRY = 0.6
"""Twice as much as a noisy curve has about its centre; about any other bias it is near 1."""
SUPERCURRENT = 0.08
"""Nearer to the centre than this part of the curve a supercurrent may flow."""
_OHMIC = 0.8
"""Farther away than this part of the curve dI/dV is taken for ohmic."""
_EDGE = 0.3
"""Beyond the sum-gap edge dI/dV differs from the ohmic one by less than this part of its most."""


class Features(NamedTuple):
    """What a curve shows.

    Attributes
    ----------
    centre : float
        The bias about which dI/dV is even; 0 where the curve does not say.
    edge : float
        How far from the centre the curve becomes ohmic.
    conductance : float
        dI/dV beyond.
    mean_conductance : float
        Mean of dI/dV between the centre and the farther end, below that of the ohmic junction.
    """

    centre: float
    edge: float
    conductance: float
    mean_conductance: float


def medians(V: FloatArray, values: FloatArray, bins: int) -> tuple[FloatArray, FloatArray]:
    """Return the medians of bias and values in intervals of bias of equal width.

    Sweeps to and fro, repeated points and spikes disappear in them. Intervals without a point are
    left out.
    """
    low, high = V.min(), V.max()
    place = np.minimum(((V - low) / (high - low) * bins).astype(int), bins - 1)
    order = np.argsort(place, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(place[order])) + 1)
    pairs = [(np.median(V[group]), np.median(values[group])) for group in groups]
    x, y = np.array(pairs).T
    return x, y


def _even_grid(curve: Curve) -> tuple[FloatArray, FloatArray]:
    """Return biases at equal distances and the values there, smoothed."""
    x, y = medians(curve.V, curve.values, max(min(_BINS, len(curve.V) // 2), 8))
    grid = np.linspace(x[0], x[-1], _BINS + 1)
    return grid, _smooth(np.interp(grid, x, y))


def _smooth(y: FloatArray) -> FloatArray:
    """Return moving averages; at the ends the curve is continued by its last value."""
    padded = np.pad(y, _SMOOTHED // 2, mode="edge")
    return np.convolve(padded, np.full(_SMOOTHED, 1.0 / _SMOOTHED), mode="valid")


def _asymmetry(y: FloatArray, middle: int, odd: bool) -> float:
    """Return how far values are from odd, or even, about a point, over how much they vary there.

    It is about 1 where they are neither, or do not vary but for noise. What every odd curve may
    have, a slope, and what every even one may have, a constant, do not count, nor an offset.
    """
    reach = min(middle, len(y) - 1 - middle)
    steps = np.arange(1, reach + 1)
    left, right = y[middle - steps], y[middle + steps]
    even, uneven = (right + left) / 2.0, (right - left) / 2.0
    even = even - np.median(even)
    if odd:
        uneven = uneven - steps * np.sum(steps * uneven) / np.sum(steps**2)
    right_part, wrong_part = (uneven, even) if odd else (even, uneven)
    structure = float(np.sum(np.abs(right_part)))
    return float(np.sum(np.abs(wrong_part))) / structure if structure > 0.0 else np.inf


def symmetry_centre(curve: Curve) -> float:
    """Return the bias about which I(V) is odd, or dI/dV even, in Δ0/e; 0 if there is none.

    An offset of the current does not matter.
    """
    grid, y = _even_grid(curve)
    half = len(y) // 2
    middles = np.arange(int(_LEAST_OVERLAP * half), len(y) - int(_LEAST_OVERLAP * half))
    asymmetry = np.array([_asymmetry(y, middle, curve.kind == "I") for middle in middles.tolist()])
    overlap = 1.0 - np.abs(middles - half) / half
    best = int(np.argmin(asymmetry / overlap))
    return float(grid[middles[best]]) if asymmetry[best] < _LARGEST_ASYMMETRY else 0.0


def features(curve: Curve, centre: float | None) -> Features:
    """Return what a curve shows.

    Parameters
    ----------
    curve : Curve
        A measured curve.
    centre : float or None
        The bias about which dI/dV is even, in Δ0/e, if it is known.

    Returns
    -------
    Features
        In the units of the curve.

    Raises
    ------
    ValueError
        If all points have the same bias.
    """
    if np.ptp(curve.V) == 0.0:
        raise ValueError(
            f"{curve.name}: all points have the same bias: name the column of the bias, or leave"
            " the curve out"
        )
    centre = symmetry_centre(curve) if centre is None else centre
    grid, y = _even_grid(curve)
    g = _smooth(np.gradient(y, grid)) if curve.kind == "I" else y
    distance = np.abs(grid - centre)
    reach = distance.max()
    conductance = float(np.median(g[distance > _OHMIC * reach]))
    near = distance < SUPERCURRENT * reach
    away = np.where(near, 0.0, np.abs(g - conductance))
    structured = distance[away > _EDGE * np.quantile(away, 0.97)]
    edge = float(structured.max()) if structured.size else reach
    far = (grid - centre) * (1.0 if grid[-1] + grid[0] > 2.0 * centre else -1.0)
    mean = float(np.mean(np.where(near, np.minimum(g, conductance), g)[far >= 0.0]))
    return Features(centre, edge, conductance, mean)
