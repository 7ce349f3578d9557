"""The critical current of a junction at one temperature, as a sum over Matsubara frequencies."""

import math

import numpy as np

from thermospin.kernels.depaired_density import root_beside, root_of
from thermospin.kernels.film_table import IS_FILM, OF_S
from thermospin.kernels.frequency_rule import TERMS, frequency_rule
from thermospin.kernels.pair_amplitude import (
    film_amplitude,
    film_in_field,
    ideal_amplitude_at_frequency,
)
from thermospin.machine.compilation import inner

REAL, IMAGINARY = range(2)
"""Rows of the amplitudes of a lead at all frequencies."""
ROUNDING = 2e-15
"""Error of the sum from rounding, relative to the sum of the moduli."""
OF_FILMS = 4e-16
"""What rounding makes of the amplitude of a film: it follows from a number of size 1."""


@inner
def _broken(lead, films):
    """Return twice the sum of the rates of a lead, by which its singularities may be moved."""
    if len(films) == 0:
        return 0.0
    key = films.key[lead]
    return 2.0 * (key[2] + key[3] + key[4]) if films.numbers[lead, IS_FILM] == 1 else 0.0


@inner
def _largest_energy(lead, leads, films):
    """Return the largest energy of a lead: none of its singularities is farther from ω = 0."""
    if lead == OF_S:
        largest = leads.gap_S + abs(leads.h_S) + leads.gamma_S
    else:
        largest = leads.gap_Sm + abs(leads.h_Sm) + leads.gamma_Sm
    return largest + _broken(lead, films)


@inner
def _ideal_amplitudes(gap, h, gamma, frequency, amplitude):
    """Write s of an ideal lead at all frequencies; return its rounding, and that it was found."""
    for k in range(frequency.size):
        amplitude[REAL, k], amplitude[IMAGINARY, k] = ideal_amplitude_at_frequency(
            frequency[k] + gamma, h, gap
        )
    return 0.0, True


@inner
def _film_amplitudes(lead, h, gamma, frequency, films, amplitude):
    """Write s of a film at falling frequencies; return its rounding, and whether it was found."""
    film = film_in_field(0.0, h, films.key[lead])
    w, found = root_of(film, frequency[0] + gamma)
    for k in range(frequency.size):
        w, right = root_beside(film, frequency[k] + gamma, w)
        found = found and right
        amplitude[REAL, k], amplitude[IMAGINARY, k] = film_amplitude(w.up)
    return OF_FILMS, found


@inner
def _amplitudes(lead, leads, frequency, films, amplitude):
    """Write s of a lead at all frequencies; return its rounding, and whether it was found."""
    gap, h, gamma = leads.gap_Sm, leads.h_Sm, leads.gamma_Sm
    if lead == OF_S:
        gap, h, gamma = leads.gap_S, leads.h_S, leads.gamma_S
    if len(films) == 0:
        return _ideal_amplitudes(gap, h, gamma, frequency, amplitude)
    if films.numbers[lead, IS_FILM] == 0:
        return _ideal_amplitudes(gap, h, gamma, frequency, amplitude)
    return _film_amplitudes(lead, h, gamma, frequency, films, amplitude)


@inner
def equilibrium_supercurrent(kT, leads, films):
    """Return I_c of a junction with gaps as given and all else at one temperature.

    With spin up and down complex conjugate at each frequency ω_n, it is 2π k_BT Σ_n Re s_S s_Sm of
    one of them: the product of the singlet parts of both leads and that of the triplet parts.

    Parameters
    ----------
    kT : float
        Temperature k_BT in Δ0.
    leads : Leads
        Both leads with collinear fields; their own temperatures do not count.
    films : Films or ()
        Tables of the leads that are films; () where no lead is one.

    Returns
    -------
    value, error : float
        Critical current and what rounding makes of it, in G_T Δ0/e; NaN and ∞ where the pair
        amplitude of a film was not found.
    """
    largest = max(_largest_energy(0, leads, films), _largest_energy(1, leads, films))
    frequency, weight = frequency_rule(math.pi * kT, largest, TERMS)
    S, Sm = np.empty((2, frequency.size)), np.empty((2, frequency.size))
    noise_S, found_S = _amplitudes(0, leads, frequency, films, S)
    noise_Sm, found_Sm = _amplitudes(1, leads, frequency, films, Sm)
    if not (found_S and found_Sm):
        return math.nan, math.inf
    value = error = 0.0
    for k in range(frequency.size):
        value += weight[k] * (S[REAL, k] * Sm[REAL, k] - S[IMAGINARY, k] * Sm[IMAGINARY, k])
        size_S = abs(S[REAL, k]) + abs(S[IMAGINARY, k])
        size_Sm = abs(Sm[REAL, k]) + abs(Sm[IMAGINARY, k])
        rounding = ROUNDING * size_S * size_Sm + noise_S * size_Sm + noise_Sm * size_S
        error += weight[k] * rounding
    return value, error
