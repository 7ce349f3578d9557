"""The noise of a measured curve whose noise is not known, from the curve itself."""

import numpy as np

from thermospin.fitting.problem import Curve
from thermospin.junction import FloatArray

NORMAL_MEDIAN = 0.6744897501960817
"""The median of the size of a normal variable with standard deviation 1."""
TURNS = 0.1
"""Part of the steps of V that may change direction in a curve that is taken as a sweep."""
SMALLEST = 1e-7
"""Least noise, relative to the largest value: what computed curves are accurate to."""
FEWEST = 5
"""Number of values with two neighbours on either side from which noise is estimated."""


def noise_of(curve: Curve) -> FloatArray:
    """Return the standard deviation of the noise of each value of a curve.

    Parameters
    ----------
    curve : Curve
        The curve. If its noise is not given, it is estimated from its values.

    Returns
    -------
    ndarray
        In the unit of the values, shape (n,).

    Raises
    ------
    ValueError
        If it is given but not positive, or must be estimated from too few points.
    """
    if curve.sigma is None:
        return estimated_noise(curve, curve.values)
    sigma = np.broadcast_to(np.asarray(curve.sigma, dtype=np.float64), curve.V.shape)
    if not np.all(np.isfinite(sigma) & (sigma > 0.0)):
        raise ValueError(f"{curve.name}: the noise of the values must be positive and finite")
    return sigma


def estimated_noise(curve: Curve, values: FloatArray) -> FloatArray:
    """Return an estimate of the noise of a curve, one number for all its points.

    Each value is compared with the cubic through the two values on either side. What remains is
    noise wherever the values are smooth, and the median leaves the steps out. Noise that lasts over
    several points, as behind a slow filter, is underestimated.

    Parameters
    ----------
    curve : Curve
        The curve, whose bias says which values are neighbours.
    values : ndarray
        Its values, or what remains of them beside a model, which is smoother, shape (n,).

    Returns
    -------
    ndarray
        In the unit of the values, shape (n,).

    Raises
    ------
    ValueError
        If there are too few points.
    """
    misses = _misses_of_cubics(curve.V, values)
    if misses.size < FEWEST:
        raise ValueError(
            f"{curve.name}: {curve.V.size} points are too few to estimate their noise from:"
            " give it, or more points"
        )
    least = SMALLEST * float(np.max(np.abs(curve.values)))
    estimate = float(np.median(np.abs(misses))) / NORMAL_MEDIAN
    return np.full(curve.V.shape, max(estimate, least, np.finfo(np.float64).tiny))


def _misses_of_cubics(V: FloatArray, values: FloatArray) -> FloatArray:
    """Return how far values are off the cubics through their neighbours, per unit of noise."""
    turning = np.count_nonzero(np.diff(np.sign(np.diff(V))) != 0)
    if turning > TURNS * V.size:  # the points are in no order of a sweep
        order = np.argsort(V, kind="stable")
        V, values = V[order], values[order]
    around = (0, 1, 3, 4)
    n = max(V.size - 4, 0)
    at = V[2 : 2 + n]
    miss, variance = values[2 : 2 + n].copy(), np.ones(n)
    with np.errstate(divide="ignore", invalid="ignore"):
        for i in around:
            weight = np.ones(n)
            for j in around:
                if i != j:
                    weight *= (at - V[j : j + n]) / (V[i : i + n] - V[j : j + n])
            miss -= weight * values[i : i + n]
            variance += weight**2
        scaled = miss / np.sqrt(variance)
    return scaled[np.isfinite(scaled)]
