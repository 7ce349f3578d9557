"""The points of an axis: computed in exact decimal arithmetic, and rounded once.

Every point is the float nearest to its decimal value, in whichever form the axis is written.
``{start: 0, stop: 1, num: 11}`` holds exactly the float that is written 0.7 elsewhere, and the
points of a range that is symmetric about zero are symmetric to the last bit.
"""

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from thermospin.spec import double_double

_EXACT = 2**53  # whole numbers up to here are exact in double precision
# A float holds 17 digits; powers lose some with each of up to 1e8 points, and 60 leave plenty.
_LOG_DIGITS = 60


def linear_points(start: Fraction, stop: Fraction, num: int) -> NDArray[np.float64]:
    """Return equally spaced points, both ends included.

    Parameters
    ----------
    start, stop : Fraction
        The ends, in the unit of the axis.
    num : int
        How many points; 1 if and only if the ends are equal.

    Returns
    -------
    ndarray, shape (num,)
        The floats nearest to start + i (stop − start)/(num − 1).
    """
    if num == 1:
        return np.array([float(start)])
    step = (stop - start) / (num - 1)
    denominator = math.lcm(start.denominator, step.denominator)
    first, increment = int(start * denominator), int(step * denominator)
    if max(abs(first), abs(increment) * (num - 1), denominator) <= _EXACT // 2:
        # Numerators and denominator are exact, so the division is the only rounding.
        points = np.arange(num, dtype=np.float64)
        points *= increment
        points += first
        points /= denominator
        return points

    def exact(i: int) -> float:
        # Python's integers have any length, and their quotient is rounded once.
        return (first + i * increment) / denominator

    if num > double_double.BLOCK and step > double_double.SMALLEST:
        return double_double.linear(start, step, num, exact)
    return np.fromiter(map(exact, range(num)), np.float64, num)


def log_points(start: Fraction, stop: Fraction, num: int) -> NDArray[np.float64]:
    """Return points in equal ratios, both ends included.

    Parameters
    ----------
    start, stop : Fraction
        The ends, positive, in the unit of the axis.
    num : int
        How many points; 1 if and only if the ends are equal.

    Returns
    -------
    ndarray, shape (num,)
        The floats nearest to start (stop/start)^(i/(num − 1)); decades are exact.
    """
    with localcontext() as context:
        context.prec = _LOG_DIGITS
        first, last = (Decimal(end.numerator) / Decimal(end.denominator) for end in (start, stop))
        ratio = (last / first) ** (Decimal(1) / max(num - 1, 1))
        in_range = start > double_double.SMALLEST and stop < 1 / double_double.SMALLEST
        if num > double_double.BLOCK and in_range:
            return double_double.geometric(first, ratio, num, lambda i: float(first * ratio**i))
        points = np.empty(num)
        for i in range(num):
            points[i] = first
            first *= ratio
    return points
