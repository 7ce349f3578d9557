"""Many points of an axis at once, each rounded once: in numbers of twice the digits of a float.

A number is the sum of two floats, of which the second is at most half a unit in the last place of
the first. Sums and products of such numbers are exact to some hundred bits, so that the nearest
float is certain but for a few points in between two floats; these are computed exactly.
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
"""Points that are computed together."""
SMALLEST = 1e-280
"""Smaller numbers lose digits here: what is taken apart must lie above, and its inverse as well."""

_ERROR = 2.0**-96  # of a sum or product, relative to its largest part; it is below 2^-101
_SPLITTER = 2.0**27 + 1.0


def linear(start: Fraction, step: Fraction, num: int, exact: Callable[[int], float]) -> FloatArray:
    """Return start + i step for i = 0 … num − 1, each the nearest float; num is below 2^27."""
    points = np.empty(num)
    (s, s_rest), (d, d_rest) = (_parts(number) for number in (start, step))
    coarse, fine = _halves(np.float64(d))
    for first in range(0, num, BLOCK):
        i = np.arange(first, min(first + BLOCK, num), dtype=np.float64)
        high, rest = _sum(s, i * coarse)  # the products are exact
        high, more = _sum(high, i * fine)
        low = rest + more + (s_rest + i * d_rest)
        error = _ERROR * (abs(s) + i * abs(d))
        points[first : first + len(i)] = _nearest(high, low, error, exact, first)
    return points


def geometric(
    start: Decimal, ratio: Decimal, num: int, exact: Callable[[int], float]
) -> FloatArray:
    """Return start ratio^i for i = 0 … num − 1, each the nearest float."""
    points = np.empty(num)
    b, b_rest = np.array([_parts(power) for power in _powers(Decimal(1), ratio, BLOCK)]).T
    halves = _halves(b)
    strides = _powers(start, ratio**BLOCK, -(-num // BLOCK))
    for first, stride in zip(range(0, num, BLOCK), strides, strict=True):
        count = min(BLOCK, num - first)
        a, a_rest = _parts(stride)
        high, low = a * b, a * b_rest + a_rest * b
        low += _rest(np.float64(a), halves, high)
        found = _nearest(high, low, _ERROR * high, exact, first)
        points[first : first + count] = found[:count]
    return points


def _powers(first: Decimal, ratio: Decimal, count: int) -> Iterator[Decimal]:
    for _ in range(count):
        yield first
        first *= ratio


def _parts(number: Exact) -> tuple[float, float]:
    """Return a number as the sum of two floats."""
    high = float(number)
    return high, float(number - type(number)(high))


def _halves(x: Floats) -> tuple[Floats, Floats]:
    """Return two floats of 26 bits each whose sum is another one."""
    scaled = _SPLITTER * x
    high = scaled - (scaled - x)
    return high, x - high


def _sum(a: FloatArray | float, b: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return a sum as it is rounded, and what is missing from it."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def _rest(a: np.float64, halves: tuple[FloatArray, FloatArray], product: FloatArray) -> FloatArray:
    """Return what is missing from the rounded product of a number and others in halves."""
    (a_high, a_low), (b_high, b_low) = _halves(a), halves
    return ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


def _nearest(
    high: FloatArray, low: FloatArray, error: FloatArray, exact: Callable[[int], float], first: int
) -> FloatArray:
    """Return the floats nearest to sums that are known but for an error, the others exactly."""
    points = high + low
    rest = low - (points - high)
    for k in np.flatnonzero(points + (rest - error) != points + (rest + error)):
        points[k] = exact(first + int(k))
    return points
