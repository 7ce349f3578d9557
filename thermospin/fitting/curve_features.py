"""What a measured curve shows without a model: its centre, its gap edge, its conductance."""

from typing import NamedTuple

import numpy as np

from thermospin.fitting.problem import Curve
from thermospin.junction import FloatArray

_BINS = 240
"""As many medians stand for a curve: splittings of the peaks are wider than the span over this."""
_LEAST_OVERLAP = 0.4
"""A centre lies so far inside the curve: as much of half its span has a mirror image."""
_LARGEST_ASYMMETRY = 0.6
"""Twice as much as a noisy curve has about its centre; about any other bias it is near 1."""
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


def _conductance(curve: Curve) -> tuple[FloatArray, FloatArray]:
    """Return an even grid of bias and dI/dV on it, smoothed."""
    x, y = medians(curve.V, curve.values, max(min(_BINS, len(curve.V) // 2), 8))
    grid = np.linspace(x[0], x[-1], _BINS + 1)
    g = np.interp(grid, x, y)
    if curve.kind == "I":
        g = np.gradient(_smooth(g, 5), grid)
    return grid, _smooth(g, 5)


def _smooth(y: FloatArray, width: int) -> FloatArray:
    """Return moving averages; at the ends the curve is continued by its last value."""
    padded = np.pad(y, width // 2, mode="edge")
    return np.convolve(padded, np.full(width, 1.0 / width), mode="valid")


def _asymmetry(g: FloatArray, middle: int) -> float:
    """Return how much values differ from their mirror image, over how much they vary; 1: unlike."""
    reach = min(middle, len(g) - 1 - middle)
    left, right = g[middle - reach : middle][::-1], g[middle + 1 : middle + 1 + reach]
    level = np.median(g)
    structure = np.sum(np.abs(left - level) + np.abs(right - level))
    return float(np.sum(np.abs(left - right)) / structure) if structure > 0.0 else np.inf


def symmetry_centre(curve: Curve) -> float:
    """Return the bias about which dI/dV is even, in Δ0/e; 0 if there is none.

    I(V) is odd about it, but for an offset of the current.
    """
    grid, g = _conductance(curve)
    least = int(_LEAST_OVERLAP * len(g) / 2)
    middles = range(least, len(g) - least)
    asymmetries = [_asymmetry(g, middle) for middle in middles]
    best = int(np.argmin(asymmetries))
    return float(grid[middles[best]]) if asymmetries[best] < _LARGEST_ASYMMETRY else 0.0


def features(curve: Curve, centre: float | None) -> Features:
    """Return what a curve shows.

    Parameters
    ----------
    curve : Curve
        A measured curve of at least two voltages.
    centre : float or None
        The bias about which dI/dV is even, in Δ0/e, if it is known.

    Returns
    -------
    Features
        In the units of the curve.
    """
    centre = symmetry_centre(curve) if centre is None else centre
    grid, g = _conductance(curve)
    distance = np.abs(grid - centre)
    reach = distance.max()
    conductance = float(np.median(g[distance > 0.8 * reach]))
    away = np.where(distance > 0.05 * reach, np.abs(g - conductance), 0.0)
    structured = distance[away > _EDGE * np.quantile(away, 0.97)]
    far = (grid - centre) * (1.0 if grid[-1] + grid[0] > 2.0 * centre else -1.0)
    mean = float(np.mean(g[far >= 0.0]))
    return Features(centre, float(structured.max()), conductance, mean)
