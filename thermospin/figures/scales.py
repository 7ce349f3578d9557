"""Ranges of axes and colour bars from the values they show: linear, logarithmic or both."""

import math
from dataclasses import dataclass

import numpy as np

from thermospin.junction import FloatArray

_TOP = 99.5  # percentile of the values: from three times its value on they are a cusp
_CUSP = 3.0
_DECADES, _MOST_DECADES = 4, 6  # on either side of zero in a logarithmic range
_RATIO = 30.0  # large over typical |value|; from this ratio on an axis is logarithmic
_SHADES = 10.0  # the same of colours, of which fewer can be told apart
_WIDEST = 1e4  # largest over smallest value of a logarithmic range without zero
_WEAKER = 5.0  # largest values of the two signs; from this ratio on a range is logarithmic
_NOISE = 1e-9  # of the largest |value|: what is smaller counts as zero
_STEPS = (1.0, 2.0, 5.0, 10.0)  # at one of these times a power of ten a logarithmic range ends


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
        """Return zero and powers of ten on either side, where the range is logarithmic.

        Of many powers every second one is left out.
        """
        first, last = round(math.log10(self.linear)), math.floor(math.log10(self.half) + 1e-9)
        step = 1 if last - first <= _DECADES else 2
        powers = [10.0**exponent for exponent in range(last, first - 1, -step)]
        return [*(-power for power in powers), 0.0, *reversed(powers)]


def symmetric(values: FloatArray) -> Range:
    """Return a range about zero for colours that shows weak values beside strong ones.

    It holds all values. It is logarithmic where they span decades, and where those of one sign are
    much smaller than those of the other, so that weak thermoelectricity is seen beside strong
    dissipation.
    """
    known = values[np.isfinite(values)]
    sizes = np.abs(known)
    large = float(sizes.max(initial=0.0))
    if large == 0.0:
        return Range(1.0, 1.0)
    sizes = sizes[sizes > _NOISE * large]
    signs = [float(np.max(one)) for one in (known, -known)]
    weaker = min(signs) if min(signs) > _NOISE * large else large
    if large < _SHADES * float(np.median(sizes)) and large < _WEAKER * weaker:
        return Range(large, large)
    return decades(large, min(float(np.percentile(sizes, 10.0)), 0.3 * weaker))


def whole(values: FloatArray) -> Range:
    """Return a range about zero for an axis that shows all values."""
    known = np.abs(values[np.isfinite(values) & (values != 0.0)])
    if not known.size:
        return Range(1.0, 1.0)
    large = float(known.max())
    return decades(large) if large >= _RATIO * float(np.median(known)) else Range(large, large)


def decades(large: float, small: float = 0.0) -> Range:
    """Return a logarithmic range.

    Parameters
    ----------
    large : float
        A value, more than 0, that lies within.
    small : float, optional
        A value from which on it is logarithmic; at least two decades and at most six are.
    """
    power = math.floor(math.log10(large))
    step = next(step for step in _STEPS if large <= step * 10.0**power * (1.0 + _NOISE))
    end = math.ceil(math.log10(step * 10.0**power) - _NOISE)
    first = math.floor(math.log10(small)) if small > 0.0 else end - _DECADES
    return Range(step * 10.0**power, 10.0 ** min(max(first, end - _MOST_DECADES), end - 2))


def both_signs(values: FloatArray) -> bool:
    """Return whether values are of both signs, apart from rounding errors."""
    known = values[np.isfinite(values)]
    below, above = -float(known.min(initial=0.0)), float(known.max(initial=0.0))
    return min(below, above) > _NOISE * max(below, above)


def positive(values: FloatArray) -> tuple[float, float]:
    """Return the range of colours for a quantity of one sign, from low to high.

    It holds all values, but for the few of a cusp that would leave no colours to the others.
    """
    finite = values[np.isfinite(values)]
    if not finite.size:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    common = float(np.percentile(finite, _TOP))
    if 0.0 < _CUSP * common < high:
        high = common
    if low > 0.0 and low < 0.5 * high:
        low = 0.0  # a range that nearly starts at zero is easier to read from zero
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def spread(values: FloatArray) -> bool:
    """Return whether values above zero are so unlike that colours need a logarithmic scale."""
    known = values[np.isfinite(values)]
    if not known.size or known.min() <= 0.0:
        return False
    return bool(_SHADES * np.median(known) <= known.max() <= _WIDEST * known.min())


def geometric(points: FloatArray) -> bool:
    """Return whether the values of an axis follow one another by a constant factor."""
    if len(points) < 3 or points[0] <= 0.0 or points[-1] < 10.0 * points[0]:
        return False
    steps = np.diff(np.log(points))
    return bool(np.allclose(steps, steps.mean(), rtol=1e-6))


def cell_edges(points: FloatArray) -> FloatArray:
    """Return where the cells around the points of an axis meet, and where the outer ones end.

    They meet in the middle; on a logarithmic axis, in the middle of the logarithms.
    """
    if geometric(points):
        return np.exp(cell_edges(np.log(points)))
    between = 0.5 * (points[1:] + points[:-1])
    return np.concatenate(
        [[2.0 * points[0] - between[0]], between, [2.0 * points[-1] - between[-1]]]
    )
