"""Arithmetic in double-double numbers, for axes of many points: each point is rounded once.

A double-double number is the sum of two floats, ``high + low``, where ``low`` is at most half a
unit in the last place of ``high``. It carries some 100 bits, enough to tell the float nearest to
a point, except for the few points that lie almost exactly between two floats; those are computed
in exact arithmetic instead.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Exact = TypeVar("Exact", Fraction, Decimal)
Floats = TypeVar("Floats", np.float64, FloatArray)

BLOCK = 1 << 12
"""Points that are computed in one array operation."""
SMALLEST = 1e-280
"""Numbers must lie between this and its inverse: outside, ``low`` would lose digits."""

_ERROR = 2.0**-96  # of a sum or product, relative to its largest term; the true bound is 2^-101
_SPLITTER = 2.0**27 + 1.0


def linear(start: Fraction, step: Fraction, num: int, exact: Callable[[int], float]) -> FloatArray:
    """Return start + i step for i = 0 … num − 1, each rounded to the nearest float.

    Parameters
    ----------
    start, step : Fraction
        The first point and the distance of the points.
    num : int
        How many points, less than 2^27.
    exact : callable
        Returns the i-th point rounded once; asked where double-double numbers cannot decide.

    Returns
    -------
    ndarray, shape (num,)
        The points.
    """
    points = np.empty(num)
    (s, s_low), (d, d_low) = (_double_double(number) for number in (start, step))
    coarse, fine = _halves(np.float64(d))
    for first in range(0, num, BLOCK):
        i = np.arange(first, min(first + BLOCK, num), dtype=np.float64)
        # i has at most 27 bits and a half of the step 26, so that their products are exact.
        high, low_1 = _two_sum(s, i * coarse)
        high, low_2 = _two_sum(high, i * fine)
        low = low_1 + low_2 + (s_low + i * d_low)
        error = _ERROR * (abs(s) + i * abs(d))
        points[first : first + len(i)] = _nearest(high, low, error, exact, first)
    return points


def geometric(
    start: Decimal, ratio: Decimal, num: int, exact: Callable[[int], float]
) -> FloatArray:
    """Return start ratio^i for i = 0 … num − 1, each rounded to the nearest float.

    Parameters
    ----------
    start, ratio : Decimal
        The first point and the ratio of neighbouring points.
    num : int
        How many points.
    exact : callable
        Returns the i-th point rounded once; asked where double-double numbers cannot decide.

    Returns
    -------
    ndarray, shape (num,)
        The points.
    """
    points = np.empty(num)
    b, b_low = np.array([_double_double(power) for power in _powers(Decimal(1), ratio, BLOCK)]).T
    b_halves = _halves(b)
    firsts = _powers(start, ratio**BLOCK, -(-num // BLOCK))  # the first point of each block
    for first, first_point in zip(range(0, num, BLOCK), firsts, strict=True):
        count = min(BLOCK, num - first)
        a, a_low = _double_double(first_point)
        high, low = a * b, a * b_low + a_low * b
        low += _product_error(np.float64(a), b_halves, high)
        block = _nearest(high, low, _ERROR * high, exact, first)
        points[first : first + count] = block[:count]
    return points


def _powers(first: Decimal, ratio: Decimal, count: int) -> Iterator[Decimal]:
    """Yield first, first ratio, first ratio², …"""
    for _ in range(count):
        yield first
        first *= ratio


def _double_double(number: Exact) -> tuple[float, float]:
    """Return the two floats, high and low, whose sum is nearest to a number."""
    high = float(number)
    return high, float(number - type(number)(high))


def _halves(x: Floats) -> tuple[Floats, Floats]:
    """Split floats into two of at most 26 bits each, whose sum is exact (Dekker 1971)."""
    scaled = _SPLITTER * x
    high = scaled - (scaled - x)
    return high, x - high


def _two_sum(a: FloatArray | float, b: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the rounded sum of two floats and its rounding error, exactly (Knuth's TwoSum)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def _product_error(
    a: np.float64, b_halves: tuple[FloatArray, FloatArray], product: FloatArray
) -> FloatArray:
    """Return the rounding error of the product a b, exactly (Dekker 1971); b comes in halves."""
    (a_high, a_low), (b_high, b_low) = _halves(a), b_halves
    return ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


def _nearest(
    high: FloatArray, low: FloatArray, error: FloatArray, exact: Callable[[int], float], first: int
) -> FloatArray:
    """Round high + low, known to an error; ask ``exact`` where the error reaches the midpoint.

    ``first`` is the index of the first of these points on the axis.
    """
    points = high + low
    rest = low - (points - high)
    for k in np.flatnonzero(points + (rest - error) != points + (rest + error)):
        points[k] = exact(first + int(k))
    return points
