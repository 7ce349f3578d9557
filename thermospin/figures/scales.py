"""From values to the limits of an axis or a colour bar: linear, logarithmic or both."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_OUTLYING = 98.0  # percentile of |value| that the range shows; cusps lie beyond it
_TOP = 99.5  # percentile of a sequential range, which is not mirrored
_DECADES = 4  # that a logarithmic range shows on either side of zero
_RATIO = 30.0  # of a large to a typical |value| from which a linear range hides the typical one
_WEAKENING = 10.0  # by which the weaker sign may narrow the range


@dataclass(frozen=True)
class Range:
    """A range from −half to half, linear between −linear and linear, logarithmic beyond.

    Where ``linear`` equals ``half`` it is linear as a whole.
    """

    half: float
    linear: float

    @property
    def logarithmic(self) -> bool:
        """Whether it has a logarithmic part."""
        return self.linear < self.half

    def ticks(self) -> list[float]:
        """Return zero and the powers of ten on either side, where the range is logarithmic."""
        last = round(math.log10(self.half))
        powers = [10.0**exponent for exponent in range(last - _DECADES, last + 1)]
        return [*(-power for power in reversed(powers)), 0.0, *powers]


def symmetric(values: FloatArray) -> Range:
    """Return a range about zero, for colours, that shows weak values beside strong ones.

    It ends at a percentile of |value|, for the peaks of a conductance grow like 1/Γ and would take
    all the colours. Where the values span decades it is logarithmic; elsewhere the weaker sign
    decides on it, within a factor, so that weak thermoelectricity is seen beside dissipation.
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
    """Return a range about zero, for an axis, that shows all values."""
    known = np.abs(values[np.isfinite(values) & (values != 0.0)])
    if not known.size:
        return Range(1.0, 1.0)
    large = float(known.max())
    return _decades(large) if large >= _RATIO * float(np.median(known)) else Range(large, large)


def _decades(large: float) -> Range:
    half = 10.0 ** math.ceil(math.log10(large))
    return Range(half, half * 10.0**-_DECADES)


def positive(values: FloatArray) -> tuple[float, float]:
    """Return the range of values of a quantity shown by lightness, without outlying cusps."""
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
