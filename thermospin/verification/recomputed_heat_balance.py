"""The steady temperatures of a heated lead S by the slow reference.

The engine proposes all steady temperatures; the slow reference says where each of them is, from the
power that S gives off next to it, and whether it gives off more or less than its heater gives at
temperatures in between, as it must if none was overlooked. The power to the phonons is a double
integral over E = Δ cosh u.
"""

import math
import warnings
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from thermospin.junction import Junction
from thermospin.observables import (
    SteadyTemperatures,
    ToleranceWarning,
    steady_temperatures,
)
from thermospin.quantities import GapModel, of_one_lead, rates_of_lead
from thermospin.units import BCS_RATIO
from thermospin.verification.recomputation import Expected, Point
from thermospin.verification.recomputed_gaps import gap
from thermospin.verification.recomputed_junction import RecomputedJunction

FloatArray = NDArray[np.float64]

NEARBY = 1e-7
"""Relative distance from a temperature at which the slow reference is asked on either side."""
UNDECIDED = 1e-6
"""Relative difference of two powers that says nothing about which one is larger."""
BETWEEN = (*np.geomspace(1e-2, 0.1, 4).tolist(), *np.linspace(0.15, 0.95, 17).tolist(), 0.99, 1.1)
"""Temperatures at which the powers are compared, in the critical temperature of S."""
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(200)
_FAR = 48.0
"""Where integrals over energies end, in k_B T of the hotter of electrons and phonons."""
_ZETA_5 = 1.03692775514336992633


class RecomputedBalance:
    """The heat balance of one heated junction at a bias.

    Parameters
    ----------
    parameters : mapping
        The parameters, named as in a spec, one of them the heater.
    gap_model : str
        How the gaps depend on temperature and field.
    rtol : float
        Relative accuracy asked of the temperatures.
    """

    def __init__(self, parameters: Mapping[str, float], gap_model: GapModel, rtol: float) -> None:
        """Take the parameters; nothing is computed yet."""
        self._parameters = dict(parameters)
        self._gap_model = gap_model
        self._rtol = rtol
        self._cold: RecomputedJunction | None = None

    def temperature(self, branch: str) -> Expected:
        """Return the steady temperature of a branch, in T_c; NaN where there is none."""
        stable = self._stable
        if not stable:
            return Expected(math.nan, 0.0)
        return self._refined(stable[-1 if branch == "falling" else 0])

    def junction_at(self, T_S: float) -> RecomputedJunction:
        """Return the junction at a temperature of S."""
        p = self._parameters
        if self._cold is None:
            self._cold = RecomputedJunction.of({**p, "T_S": T_S}, self._gap_model)
        rates = rates_of_lead(p, "S")
        arguments = (p["h_S"], p["gap_S"], self._gap_model, of_one_lead(p, "gamma_S"))
        found = _gap(T_S, *arguments, tuple(sorted(rates.items())))
        S = self._cold.S._replace(kT=BCS_RATIO * T_S, gap=found.value)
        return replace(self._cold, S=S, gap_errors=(found.error, self._cold.gap_errors[1]))

    def excess(self, T_S: float) -> tuple[float, float]:
        """Return how much more S gives off than its heater gives, and the size of the terms."""
        p, junction = self._parameters, self.junction_at(T_S)
        heat = Point(p["V"], junction, self._rtol).heat[0].value
        coupling, phonons = p["electron_phonon"], 0.0
        if coupling > 0.0:
            phonons = coupling * power_to_phonons(T_S, p["T_bath"], p["h_S"], junction.S.gap)
        size = abs(heat) + abs(phonons) + abs(p["heater"])
        return heat + phonons - p["heater"], size

    def _refined(self, T: float) -> Expected:
        """Return the zero of the slow reference next to a temperature."""
        step = NEARBY * T
        below, above = (self.excess(T + side * step)[0] for side in (-1.0, 1.0))
        if not below < above:
            return Expected(math.nan, 0.0)
        return Expected(T - step * (above + below) / (above - below), self._rtol * T)

    @cached_property
    def _stable(self) -> list[float]:
        """The stable temperatures that are proposed; none if the slow reference contradicts."""
        given = {name: value for name, value in self._parameters.items() if name != "V"}
        junction = Junction(**given, gap_model=self._gap_model)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ToleranceWarning)
            proposed = steady_temperatures(self._parameters["V"], junction, rtol=self._rtol)
        if not proposed.count or self._contradicted(proposed):
            return []
        return list(map(float, proposed.T_S[proposed.stable]))

    def _contradicted(self, proposed: SteadyTemperatures) -> bool:
        """Return whether the slow reference finds a sign that the proposed zeros do not explain."""
        roots, rises = proposed.T_S, proposed.stable
        unit = self._parameters["gap_S"] or 1.0
        for share in BETWEEN:
            T = unit * share
            found, size = self.excess(T)
            passed = roots < T
            above = bool(rises[passed][-1]) if passed.any() else not rises[0]
            if abs(found) > UNDECIDED * size and (found > 0.0) != above:
                return True
        return False


_gap = lru_cache(maxsize=1024)(
    lambda T, h, unit, model, gamma, rates: gap(T, h, unit, model, gamma, dict(rates))
)


@lru_cache(maxsize=1024)
def power_to_phonons(T: float, T_bath: float, h: float, Delta: float) -> float:
    """Return the power from electrons to phonons, in Σ 𝒱 T_c⁵.

    Parameters
    ----------
    T, T_bath : float
        Temperatures of the electrons and of the phonons, in T_c.
    h, Delta : float
        Exchange field and gap, in Δ0.
    """
    if Delta == 0.0:
        return T**5 - T_bath**5
    hotter = BCS_RATIO * max(T, T_bath)
    # Logarithmic steps near a small gap: E/Δ may span many decades.
    end = math.acosh(1.0 + (_FAR * hotter + abs(h)) / Delta)
    u, weight = 0.5 * end * (_NODES + 1.0), 0.5 * end * _WEIGHTS
    both = _scattered(u, weight, T, T_bath, h, Delta) + _scattered(u, weight, T, T_bath, -h, Delta)
    whole = both + _recombined(u, weight, T, T_bath, h, Delta)
    return float(whole / (24.0 * _ZETA_5 * BCS_RATIO**5))


def _scattered(
    u: FloatArray, weight: FloatArray, T: float, T_bath: float, h: float, Delta: float
) -> float:
    """Return ∫ du du' over u' < u with the coherence factor E E' − Δ²; u' = share · u."""
    share, inner = 0.5 * (_NODES + 1.0), 0.5 * _WEIGHTS
    lower = np.outer(u, share)
    high, low = Delta * np.cosh(u)[:, np.newaxis], Delta * np.cosh(lower)
    middle, half = 0.5 * (u[:, np.newaxis] + lower), 0.5 * (u[:, np.newaxis] - lower)
    energy = 2.0 * Delta * np.sinh(middle) * np.sinh(half)
    kT = BCS_RATIO * T
    drop = _fermi((low - h) / kT) - _fermi((high - h) / kT)
    terms = energy**3 * (high * low - Delta**2) * _phonons(energy, T, T_bath) * drop
    return float(((weight * u)[:, np.newaxis] * inner * terms).sum())


def _recombined(
    u: FloatArray, weight: FloatArray, T: float, T_bath: float, h: float, Delta: float
) -> float:
    """Return ∫ du du' with the coherence factor E E' + Δ²."""
    E, kT = Delta * np.cosh(u), BCS_RATIO * T
    energy = E[:, np.newaxis] + E
    empty = 1.0 - _fermi((E[:, np.newaxis] - h) / kT) - _fermi((E + h) / kT)
    factor = np.outer(E, E) + Delta**2
    return float(
        (np.outer(weight, weight) * energy**3 * factor * _phonons(energy, T, T_bath) * empty).sum()
    )


def _phonons(energy: FloatArray, T: float, T_bath: float) -> FloatArray:
    """Return how many more phonons of an energy there are at T than at T_bath."""
    there, here = (np.minimum(energy / (BCS_RATIO * t), 700.0) for t in (T_bath, T))
    return np.asarray(1.0 / np.expm1(here) - 1.0 / np.expm1(there))


def _fermi(x: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-np.logaddexp(0.0, x)))
