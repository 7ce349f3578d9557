"""The temperature above which a film with depairing is normal.

The gap opens continuously at a zero of R(0), the left side of the gap equation at Δ = 0, or with a
jump at a higher temperature, where a gap with the lower grand potential appears while R(0) > 0.
R(0) is summed over the Matsubara frequencies as in the gap equation itself. (In closed form it has
digamma functions, and at |h| = Γ_so − Γ_sf a pole that cancels.)
"""

import math

import numpy as np

from thermospin.kernels.depaired_gap import stable_depaired_gap
from thermospin.kernels.frequency_rule import TERMS
from thermospin.kernels.matsubara_film import Breaking, equation_of
from thermospin.machine.compilation import entry, inner

COOLING, SEEKING = 0.98, 0.85
"""Ratios of neighbouring temperatures where R(0) < 0, and where a stable gap with R(0) > 0, are
sought."""
SEEN = 0.03
"""Temperature below which the line of transitions is flat: only the coldest is tried there."""
JUST_ABOVE = 1.0 + 1e-13
"""Ratio to a zero of R(0) of the temperature at which it is asked whether the gap jumps there."""


@inner
def _normal_is_unstable(t, film):
    """Return whether R(0) < 0."""
    return equation_of(t, film, TERMS).at_zero < 0.0


@inner
def _continuous_end(film, coldest):
    """Return the highest temperature where R(0) changes its sign; 0 if there is none."""
    t = 1.0
    while t > coldest:
        above, t = t, max(COOLING * t, coldest)
        if _normal_is_unstable(t, film):
            while True:
                middle = 0.5 * (t + above)
                if not t < middle < above:
                    return above
                if _normal_is_unstable(middle, film):
                    t = middle
                else:
                    above = middle
    return 0.0


@inner
def _end_of_gap(film, coldest):
    """Return the temperature, in T_c of the pure film, above which the film is normal.

    0 if it is normal from the coldest temperature on, NaN if a gap on the way did not converge.
    """
    continuous = _continuous_end(film, coldest)
    lowest = min(max(continuous * JUST_ABOVE, coldest), 1.0)
    t, gap = 1.0, 0.0
    while t > lowest and gap == 0.0:
        above, t = t, max(SEEKING * t, lowest) if t > SEEN else lowest
        gap = stable_depaired_gap(t, film)
    if gap == 0.0:
        return continuous
    while gap >= 0.0:  # a jump: the gap ends between t and above
        middle = 0.5 * (t + above)
        if not t < middle < above:
            return above
        gap = stable_depaired_gap(middle, film)
        if gap > 0.0:
            t = middle
        else:
            above = middle
    return math.nan


@entry
def critical_temperatures(coldest, field, orbital, spin_orbit, spin_flip):
    """Return the temperature above which each film is normal; all arrays have the shape (n,).

    Parameters
    ----------
    coldest : array of shape (n,)
        Lowest temperature at which a gap is sought, in T_c of the pure film, above 0 and below 1.
    field, orbital, spin_orbit, spin_flip : array of shape (n,)
        Exchange field and rates in zero-temperature gaps of the pure film.

    Returns
    -------
    array of shape (n,)
        Temperature in T_c of the pure film; 0 where the film is normal from the coldest temperature
        on, NaN where a sum or a root did not converge.
    """
    ends = np.empty(field.size)
    for i in range(field.size):
        film = Breaking(0.0, abs(field[i]), orbital[i], spin_orbit[i], spin_flip[i])
        ends[i] = _end_of_gap(film, coldest[i])
    return ends
