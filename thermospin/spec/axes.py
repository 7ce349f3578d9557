"""Numbers as written and the points of an axis: exact decimal arithmetic, rounded once.

Every point is the float nearest to its decimal value, whatever the form of the axis, so that
``{start: 0, stop: 1, num: 11}`` holds the very 0.7 that one writes elsewhere, and a range that is
symmetric about zero is so to the last bit.
"""

import math
import re
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from thermospin.spec import rounding

LONGEST_NUMBER = 64
"""Characters of a number; no physical quantity needs more, and arithmetic stays cheap."""

_NUMBER = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_EXACT = 2**53  # whole numbers up to here are exact in double precision
_LOG_DIGITS = 60  # of 17 that a float holds; errors grow with the number of points, at most 1e8


def parse_number(text: str) -> Fraction:
    """Return the exact value of a decimal number as YAML 1.2 writes it.

    Raises
    ------
    ValueError
        If the text is anything else, or beyond double precision; the message says which.
    """
    if text in ("", "~", "null"):
        raise ValueError("must be a number")
    if not _NUMBER.fullmatch(text) or len(text) > LONGEST_NUMBER:
        raise ValueError(f"must be a finite decimal number{_advice(text)}")
    rounded = float(text)
    if math.isinf(rounded):
        raise ValueError("overflows double precision")
    if rounded == 0.0:
        if re.search("[1-9]", re.split("[eE]", text)[0]):
            raise ValueError("underflows to zero in double precision")
        return Fraction(0)
    return Fraction(Decimal(text))


def _advice(text: str) -> str:
    if len(text) > LONGEST_NUMBER:
        return f" of at most {LONGEST_NUMBER} characters"
    if re.fullmatch("[-+0-9]+,[0-9]+", text):
        return " with a decimal point, not a comma"
    for character in text:
        if not character.isascii():
            return f" in plain digits and '-', not with the character U+{ord(character):04X}"
    return ""


def linear_points(start: Fraction, stop: Fraction, num: int) -> NDArray[np.float64]:
    """Return equally spaced points, both ends included.

    Parameters
    ----------
    start, stop : Fraction
        The ends.
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
    whole = math.lcm(start.denominator, step.denominator)
    first, increment = int(start * whole), int(step * whole)
    if max(abs(first), abs(increment) * (num - 1), whole) <= _EXACT // 2:
        # Numerators and denominator are exact, so the division is the only rounding.
        points = np.arange(num, dtype=np.float64)
        points *= increment
        points += first
        points /= whole
        return points

    def exact(i: int) -> float:
        # Python's integers have any length, and their quotient is rounded once.
        return (first + i * increment) / whole

    if num > rounding.BLOCK and step > rounding.SMALLEST:
        return rounding.linear(start, step, num, exact)
    return np.fromiter(map(exact, range(num)), np.float64, num)


def log_points(start: Fraction, stop: Fraction, num: int) -> NDArray[np.float64]:
    """Return points in equal ratios, both ends included.

    Parameters
    ----------
    start, stop : Fraction
        The ends, positive.
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
        if num > rounding.BLOCK and start > rounding.SMALLEST and stop < 1 / rounding.SMALLEST:
            return rounding.geometric(first, ratio, num, lambda i: float(first * ratio**i))
        points = np.empty(num)
        for i in range(num):
            points[i] = first
            first *= ratio
    return points
