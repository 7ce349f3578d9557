"""The gap of a lead by the slow reference: the gap equation on the real axis, in plain NumPy."""

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from thermospin.quantities import RATES
from thermospin.units import BCS_RATIO
from thermospin.verification.recomputed_dynes_gaps import Gap, broadened_gap
from thermospin.verification.recomputed_film_angles import RecomputedFilm
from thermospin.verification.recomputed_film_gaps import film_gap

FloatArray = NDArray[np.float64]

STEPS = 256
"""Steps of the trapezoidal rule: it converges exponentially, and its error is below rounding."""
CUTOFF = 45.0
"""Where the integrals end, in k_B T: occupations are below e^−45 there."""
SMALLEST = 1e-6
"""Smaller gaps, in zero-temperature gaps, count as closed."""
UNDECIDED = 1e-11
"""Next to T_c the residual at the gap ``SMALLEST`` is below this, and the gap is uncertain."""
ROUNDING = 1e-14
"""Rounding error of the residual."""
STEP = 1e-4
"""Relative difference of the gaps from which the slope of the residual is taken."""
SECTIONS = np.linspace(0.0, 1.0, 33)
MOST_ROUNDS = 14


def gap(
    T: float,
    h: float,
    unit: float,
    model: str,
    gamma: float = 0.0,
    rates: Mapping[str, float] = MappingProxyType({}),
) -> Gap:
    """Return the gap of a lead.

    Parameters
    ----------
    T, h : float
        Temperature in T_c of the reference gap, exchange field in Δ0.
    unit : float
        Zero-temperature gap without field, Δ0; 0 for a normal metal.
    model : str
        One of `thermospin.quantities.GAP_MODELS`.
    gamma : float
        Dynes Γ, Δ0, for the model that takes it.
    rates : mapping
        Rates of the film, Δ0, by name, for the models that take them; one not given is 0.

    Returns
    -------
    Gap
        The gap and its rounding error, Δ0.
    """
    if model == "constant" or unit == 0.0:
        return Gap(unit, 0.0)
    if model == "tanh":
        value = unit * math.tanh(1.74 * math.sqrt(max(unit / T - 1.0, 0.0)))
        # Next to T_c rounding of T moves the gap.
        return Gap(value, 1e-15 * (value + unit**2 / value if value > 0.0 else 0.0))
    orbital, mixing, flipping = (rates.get(name, 0.0) / unit for name in RATES)
    mixing = mixing if h else 0.0  # without a field it does nothing
    if max(orbital, mixing, flipping) > 0.0:
        film = RecomputedFilm(abs(h) / unit, 0.0, orbital, mixing, flipping)
        found = film_gap(T / unit, film, gamma / unit if model == "dynes" else 0.0)
    elif model == "dynes":
        found = broadened_gap(BCS_RATIO * T / unit, abs(h) / unit, gamma / unit)
    else:
        found = _stable(T / unit, abs(h) / unit)
    return Gap(unit * found.value, unit * found.error)


def _stable(t: float, h: float) -> Gap:
    """Return the gap of lowest grand potential, in zero-temperature gaps."""
    if t >= 1.0 or h >= math.sqrt(
        0.5
    ):  # above T_c, or above the limit of Chandrasekhar and Clogston
        return Gap(0.0, 0.0)
    kT = BCS_RATIO * t
    tried = np.concatenate([np.linspace(1.0, 0.01, 300), np.geomspace(0.01, SMALLEST, 100)[1:]])
    residuals = _residuals(tried, kT, h)
    negative = residuals < 0.0
    if not negative.any():
        return Gap(0.0, 10.0 * SMALLEST if residuals[-1] < UNDECIDED else 0.0)
    first = int(np.argmax(negative))
    root = _root(tried[first], tried[max(first - 1, 0)], kT, h)
    only_one = negative[-1]  # the only solution: the normal state is unstable
    if not only_one and _grand_potential(root, kT, h) >= 0.0:
        return Gap(0.0, 0.0)
    low, high = _residuals(root * np.array([1.0 - STEP, 1.0 + STEP]), kT, h)
    slope = (high - low) / (2.0 * STEP * root)
    return Gap(root, float(ROUNDING / slope) + 1e-15 * root)


def _root(low: float, high: float, kT: float, h: float) -> float:
    """Return the zero between a gap with a negative and one with a positive residual."""
    for _ in range(MOST_ROUNDS):
        tried = low + (high - low) * SECTIONS
        below = int(np.count_nonzero(_residuals(tried, kT, h) < 0.0))
        if below in (0, tried.size) or high - low <= 1e-16 * high:
            break
        low, high = tried[below - 1], tried[below]
    return float(0.5 * (low + high))


def _quasiparticles(gaps: FloatArray, kT: float, h: float) -> tuple[FloatArray, FloatArray]:
    """Return energies Δ cosh u, shape (n, steps), and the weights of a trapezoidal rule in u."""
    highest = np.arccosh(np.maximum((h + CUTOFF * kT) / gaps, 1.0 + 1e-12))
    step = highest / STEPS
    weights = np.full(STEPS + 1, 1.0)
    weights[0] = 0.5
    energies = gaps[:, None] * np.cosh(step[:, None] * np.arange(STEPS + 1))
    return energies, step[:, None] * weights


def _residuals(gaps: FloatArray, kT: float, h: float) -> FloatArray:
    """Return ln Δ + ∫ du [f(ε − h) + f(ε + h)], ε = Δ cosh u: 0 at a self-consistent gap."""
    energies, weights = _quasiparticles(gaps, kT, h)
    occupation = sum(np.exp(-np.logaddexp(0.0, (energies + s * h) / kT)) for s in (1, -1))
    return np.asarray(np.log(gaps) + np.sum(weights * occupation, axis=1))


def _grand_potential(gap: float, kT: float, h: float) -> float:
    """Return (Ω_S − Ω_N)/N_0 at a self-consistent gap, Δ0².

    −Δ²/2 + Δ² ln Δ − 2T Σ_s ∫ dξ ln(1 + e^(−(ε + sh)/T)) + h² + π²T²/3, dξ = ε du.
    """
    energies, weights = _quasiparticles(np.array([gap]), kT, h)
    entropy = sum(np.logaddexp(0.0, -(energies + s * h) / kT) for s in (1, -1))
    thermal = 2.0 * kT * float(np.sum(weights * energies * entropy))
    return gap**2 * (math.log(gap) - 0.5) - thermal + h * h + (math.pi * kT) ** 2 / 3.0
