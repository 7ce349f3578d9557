"""The gap of a film with rates by the slow reference: the Matsubara sum of the gap equation.

With θ_s of the film at z = i(ω + Γ) a gap Δ is a solution of the gap equation where

    R(Δ) = ln(T/T_c) + 2π k_B T Σ_{n≥0} g(ω_n) = 0,  g(ω) = 1/ω − Σ_s sin θ_s(ω)/(2Δ),

ω_n = (2n + 1) π k_B T. The first terms are added one by one; the others are an integral with two
corrections of Euler and Maclaurin. Energies are in zero-temperature gaps without rates and Γ.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

from thermospin.units import BCS_RATIO
from thermospin.verification.legendre_panels import NODES, WEIGHTS, coefficients_of
from thermospin.verification.recomputed_dynes_gaps import Gap
from thermospin.verification.recomputed_film_angles import RecomputedFilm, pair_amplitudes

FloatArray = NDArray[np.float64]

FIRST = 96
"""Number of terms that are added one by one."""
FAR = 64.0
"""From so many times the largest energy on the variable of integration is 1/ω."""
SMALLEST = 1e-5
"""Smaller gaps count as closed."""
TRIED = np.concatenate([np.linspace(1.02, 0.02, 101), np.geomspace(0.02, SMALLEST, 24)[1:]])
UNDECIDED = 1e-9
"""Next to T_c the residual at the gap ``SMALLEST`` is below this, and the gap is uncertain."""
ROUNDING = 1e-12
"""Error of the residual, of this and of another solver."""
STEP = 1e-4
BISECTIONS = 50


@lru_cache(maxsize=64)
def film_gap(t: float, film: RecomputedFilm, gamma: float) -> Gap:
    """Return the gap of lowest grand potential.

    Parameters
    ----------
    t : float
        Temperature, in critical temperatures without field, rates and Γ.
    film : RecomputedFilm
        Field and rates; its gap is not looked at.
    gamma : float
        Dynes Γ in the gap equation.
    """
    if t >= 1.0:
        return Gap(0.0, 0.0)
    residuals = _residuals(TRIED, t, film, gamma)
    negative = residuals < 0.0
    if not negative.any():
        return Gap(0.0, 10.0 * SMALLEST if residuals[-1] < UNDECIDED else 0.0)
    first = int(np.argmax(negative))
    low, high = TRIED[first], TRIED[max(first - 1, 0)]
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        below = _residuals(np.array([middle]), t, film, gamma)[0] < 0.0
        low, high = (middle, high) if below else (low, middle)
    root = float(0.5 * (low + high))
    if not negative[-1] and _condensation(root, t, film, gamma) >= 0.0:
        return Gap(0.0, 0.0)
    sides = _residuals(root * np.array([1.0 - STEP, 1.0 + STEP]), t, film, gamma)
    slope = (sides[1] - sides[0]) / (2.0 * STEP * root)
    return Gap(root, float(ROUNDING / slope) + 1e-15 * root)


def _condensation(root: float, t: float, film: RecomputedFilm, gamma: float) -> float:
    """Return (Ω_S − Ω_N)/N_0 = ∫_0^root 2Δ R(Δ) dΔ, whose sign tells which state is stable."""
    gaps = 0.5 * root * (NODES + 1.0)
    return float(0.5 * root * np.dot(WEIGHTS, 2.0 * gaps * _residuals(gaps, t, film, gamma)))


def _residuals(gaps: FloatArray, t: float, film: RecomputedFilm, gamma: float) -> FloatArray:
    """Return the residual R at some gaps, 0 at a solution of the gap equation."""
    spacing = 2.0 * math.pi * BCS_RATIO * t
    from_here = FIRST * spacing
    largest = max(1.0, abs(film.h), film.orbital, film.spin_orbit, film.spin_flip, gamma)
    ends = [from_here, 2.0 * from_here]
    while ends[-1] < FAR * largest:
        ends.append(2.0 * ends[-1])
    low, high = np.array(ends[:-1])[:, None], np.array(ends[1:])[:, None]
    within = 0.5 * (high + low + (high - low) * NODES)
    inverse = 0.5 * (NODES + 1.0) / ends[-1]
    matsubara = spacing * (np.arange(FIRST) + 0.5)
    frequencies = np.concatenate((matsubara, within.ravel(), 1.0 / inverse))
    weights = np.concatenate((
        np.full(FIRST, spacing),
        (0.5 * (high - low) * WEIGHTS).ravel(),
        0.5 / ends[-1] * WEIGHTS / inverse**2,
    ))  # fmt: skip
    summands = _summands(frequencies, gaps, film, gamma)
    next_panel = coefficients_of(summands[:, FIRST : FIRST + NODES.size])
    corrections = _corrections(next_panel, 0.5 * from_here, spacing)
    return np.asarray(math.log(t) + summands @ weights + corrections)


def _corrections(coefficients: FloatArray, half: float, spacing: float) -> FloatArray:
    """Return h²/24 g' − 7h⁴/5760 g''' at the low end of a panel, by Legendre coefficients of g."""
    first, third = (
        legendre.legval(-1.0, legendre.legder(coefficients, order, scl=1.0 / half, axis=1).T)
        for order in (1, 3)
    )
    return np.asarray(spacing**2 / 24.0 * first - 7.0 * spacing**4 / 5760.0 * third)


def _summands(
    frequencies: FloatArray, gaps: FloatArray, film: RecomputedFilm, gamma: float
) -> FloatArray:
    """Return g at some frequencies (along rows) for each gap."""
    shape = (gaps.size, frequencies.size)
    z = np.broadcast_to(1j * (frequencies + gamma), shape).ravel()
    each = np.repeat(gaps, frequencies.size)
    pairs = pair_amplitudes(np.asarray(z, dtype=np.complex128), film, each)
    singlets = pairs.real.mean(axis=0) / each
    return np.asarray(1.0 / frequencies - singlets.reshape(shape))
