"""The stable self-consistent gap of a film with depairing.

All roots of the gap equation R(Δ) = 0 are sought on a grid of falling gaps, and also between two
neighbours with R > 0 where the slopes point to a minimum. (R may fall first and rises then, and had
no maximum in any of 15,000 films.) Of the roots where R rises, minima of the grand potential, the
lowest is taken, or the normal state. Every gap is confirmed with another sum over the Matsubara
frequencies.
"""

import math

import numpy as np

from thermospin.kernels.frequency_rule import TERMS
from thermospin.kernels.matsubara_film import Breaking, equation_of, grand_potential, left_side
from thermospin.machine.compilation import entry, inner
from thermospin.units import BCS_RATIO

TOP = 1.02
"""A gap, in zero-temperature gaps of the pure film, that is larger than any."""
THINNING = 0.5
"""Ratio of neighbouring gaps of the grid; two roots between neighbours are told by the slopes."""
SMALL = 0.3
"""In units of π k_B T + Γ, a gap below which R is nearly a parabola of Δ²."""
TINY = 1e-12
"""In units of π k_B T, a gap that stands for 0."""
CLOSEST = 1e-3
"""Relative width in Δ² below which no root is sought between two places with R of one sign."""
MOST_STEPS = 100
RESOLUTION = 1e-15
"""Relative step of Δ² below which rounding alone is left."""
ROUNDING = 2e-16
"""Rounding of R, in units of 1 + |R(0)|."""
MORE_TERMS = 33
"""Frequencies that are summed when a gap is confirmed; all panels lie elsewhere then."""
AGREEMENT = 1e-12
"""What two sums for R may differ by."""


@inner
def _place_below(equation, low, low_slope, high, high_slope):
    """Return a Δ² with R ≤ 0 between two where R is positive; −1 if there is none.

    R falls at the lower place and rises at the higher one. The minimum is sought by secants of the
    slope and halves in turn. The flag says whether all angles were found.
    """
    for k in range(MOST_STEPS):
        if high - low < CLOSEST * high:
            break
        d = 0.5 * (low + high)
        if k % 2 == 0:
            d = low + (high - low) * low_slope / (low_slope - high_slope)
        value, slope, found = left_side(equation, math.sqrt(d))
        if not found:
            return -1.0, False
        if value <= 0.0:
            return d, True
        if slope < 0.0:
            low, low_slope = d, slope
        else:
            high, high_slope = d, slope
    return -1.0, True


@inner
def _root_between(equation, low, high):
    """Return the root Δ² between one with R < 0 and one with R > 0, and whether it was found.

    Newton's method on e^{2R} − 1, which is nearly a straight line of Δ² both at low temperature
    and where the gap closes, within a bracket that is halved where a step leaves it.
    """
    d = 0.5 * (low + high)
    rounding = ROUNDING * (1.0 + abs(equation.at_zero))
    for _ in range(MOST_STEPS):
        value, slope, found = left_side(equation, math.sqrt(d))
        if not found:
            break
        if value > 0.0:
            high = d
        else:
            low = d
        step = 0.5 * math.expm1(-2.0 * value) / slope if slope > 0.0 else math.inf
        if abs(value) <= rounding or high - low <= RESOLUTION * d:
            return d, True
        if abs(step) <= RESOLUTION * d:
            return d + step, True
        d = d + step if low < d + step < high else 0.5 * (low + high)
    return d, False


@inner
def _bracket(equation, low, low_value, low_slope, high, high_value, high_slope):
    """Return ends in Δ² between which R goes from − to +, of two neighbours on the grid.

    The lower one is −1 if there are none. The flag says whether all angles were found.
    """
    if low_value < 0.0 <= high_value:
        return low, high, True
    if low_value >= 0.0 and high_value >= 0.0 and low_slope < 0.0 < high_slope:
        d, found = _place_below(equation, low, low_slope, high, high_slope)
        return d, high, found
    return -1.0, -1.0, True


@inner
def _lowest(equation, unit):
    """Return Δ² of the root with the lowest grand potential, 0 for the normal state; −1 if unknown.

    ``unit`` is π k_B T.
    """
    best, potential = 0.0, 0.0 if equation.at_zero >= 0.0 else math.inf
    high = TOP * TOP
    high_value, high_slope, found = left_side(equation, TOP)
    gap = TOP
    while gap > TINY * unit:
        gap *= THINNING
        if gap < SMALL * (unit + equation.film.gamma):
            gap = TINY * unit
        low = gap * gap
        low_value, low_slope, here = left_side(equation, gap)
        below, above, between = _bracket(
            equation, low, low_value, low_slope, high, high_value, high_slope
        )
        found = found and here and between
        if found and below > 0.0:
            root, converged = _root_between(equation, below, above)
            value, here = grand_potential(equation, math.sqrt(root))
            found = converged and here
            if value < potential:
                best, potential = root, value
        if not found:
            return -1.0
        high, high_value, high_slope = low, low_value, low_slope
    return best


@inner
def _is_confirmed(t, equation, gap):
    """Return whether another sum over the frequencies gives the same R at a gap, or at 0."""
    other = equation_of(t, equation.film, MORE_TERMS)
    here, there, found = equation.at_zero, other.at_zero, True
    if gap > 0.0:
        here, _, found = left_side(equation, gap)
        there, _, also = left_side(other, gap)
        found = found and also
    return found and abs(there - here) <= AGREEMENT * (1.0 + abs(equation.at_zero))


@inner
def stable_depaired_gap(t, film):
    """Return the gap of a film that minimises the grand potential.

    Parameters
    ----------
    t : float
        Temperature, in T_c of the pure film, > 0.
    film : Breaking
        Γ, the field ≥ 0 and the rates, in zero-temperature gaps of the pure film.

    Returns
    -------
    float
        Gap in the same unit; 0 where the normal state is stable, NaN where a sum or a root did not
        converge.
    """
    if t >= 1.0:
        return 0.0
    equation = equation_of(t, film, TERMS)
    d = _lowest(equation, math.pi * BCS_RATIO * t)
    if d < 0.0:
        return math.nan
    gap = math.sqrt(d)
    return gap if _is_confirmed(t, equation, gap) else math.nan


@entry
def depaired_gaps(t, gamma, field, orbital, spin_orbit, spin_flip):
    """Return the stable gap of each film; all arrays have the shape (n,).

    Parameters
    ----------
    t : array of shape (n,)
        Temperature, in T_c of the pure film, > 0.
    gamma, field : array of shape (n,)
        Dynes Γ ≥ 0 and the exchange field, in zero-temperature gaps of the pure film.
    orbital, spin_orbit, spin_flip : array of shape (n,)
        Rates Γ_orb, Γ_so and Γ_sf in the same unit.

    Returns
    -------
    array of shape (n,)
        Gap in the same unit; 0 where the normal state is stable, NaN where a sum or a root did not
        converge.
    """
    gaps = np.empty(t.size)
    for i in range(t.size):
        film = Breaking(gamma[i], abs(field[i]), orbital[i], spin_orbit[i], spin_flip[i])
        gaps[i] = stable_depaired_gap(t[i], film)
    return gaps
