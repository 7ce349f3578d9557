"""Ranges of axes and colour bars from the values they show: linear, logarithmic or both."""

import math
from dataclasses import dataclass

import numpy as np

from thermospin.junction import FloatArray

_OUTLYING = 98.0  # percentile of |value| at which a range ends; cusps lie beyond
_TOP = 99.5  # percentile of the values at which a range that is not symmetric ends
_DECADES = 4  # decades on either side of zero in a logarithmic range
_RATIO = 30.0  # large over typical |value|; from this ratio on a range is logarithmic
_WEAKENING = 10.0  # largest factor by which the weaker sign narrows a range


@dataclass(frozen=True)
class Range:
    """A range from −half to half, linear between −linear and linear, logarithmic beyond.

    It is linear as a whole where ``linear`` equals ``half``.
    """

    half: float
    linear: float

    @property
    def logarithmic(self) -> bool:
        """Whether the range has a logarithmic part."""
        return self.linear < self.half

    def ticks(self) -> list[float]:
        """Return zero and the powers of ten on either side, where the range is logarithmic."""
        last = round(math.log10(self.half))
        powers = [10.0**exponent for exponent in range(last - _DECADES, last + 1)]
        return [*(-power for power in reversed(powers)), 0.0, *powers]


def symmetric(values: FloatArray) -> Range:
    """Return a range about zero for colours that shows weak values beside strong ones.

    The range ends at a percentile of |value|: the peaks of a conductance grow like 1/Γ and would
    take all the colours. It is logarithmic where the values span decades. Elsewhere it ends at the
    percentile of the weaker sign, within a factor, so that weak thermoelectricity is seen beside
    strong dissipation.
    """
    known = values[np.isfinite(values) & (values != 0.0)]
    if not known.size:
        return Range(1.0, 1.0)
    large = float(np.percentile(np.abs(known), _OUTLYING))
    if large >= _RATIO * float(np.median(np.abs(known))):
        return _decades(large)
    ends = [
        float(np.percentile(s, _OUTLYING)) for s in (known[known > 0], -known[known < 0]) if s.size
    ]
    half = max(min(ends), large / _WEAKENING)
    return Range(half, half)


def whole(values: FloatArray) -> Range:
    """Return a range about zero for an axis that shows all values."""
    known = np.abs(values[np.isfinite(values) & (values != 0.0)])
    if not known.size:
        return Range(1.0, 1.0)
    large = float(known.max())
    return _decades(large) if large >= _RATIO * float(np.median(known)) else Range(large, large)


def _decades(large: float) -> Range:
    half = 10.0 ** math.ceil(math.log10(large))
    return Range(half, half * 10.0**-_DECADES)


def positive(values: FloatArray) -> tuple[float, float]:
    """Return the range of colours for a quantity of one sign, from low to high, without cusps."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return 0.0, 1.0
    low, high = float(finite.min()), float(np.percentile(finite, _TOP))
    if low > 0.0 and low < 0.5 * high:
        low = 0.0  # a range that nearly starts at zero is easier to read from zero
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def geometric(points: FloatArray) -> bool:
    """Return whether the values of an axis follow one another by a constant factor."""
    if len(points) < 3 or points[0] <= 0.0 or points[-1] < 10.0 * points[0]:
        return False
    steps = np.diff(np.log(points))
    return bool(np.allclose(steps, steps.mean(), rtol=1e-6))
