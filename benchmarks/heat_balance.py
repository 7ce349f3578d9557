"""What steady temperatures cost: ``python benchmarks/heat_balance.py [--quick]``.

A sweep over heaters that share a balance beside the same temperatures one by one; and the power to
the phonons beside the same double integral by nested quadrature of SciPy, in one run.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from measuring import print_figures, seconds_of
from scipy.integrate import quad

from thermospin import Junction, bcs_gap, electron_phonon_power, evaluate
from thermospin.bench.budget import Budget, require
from thermospin.units import BCS_RATIO

ISLAND: dict[str, Any] = {
    "T_bath": 0.01,
    "electron_phonon": 10.0,
    "T_Sm": 0.01,
    "h_exc": 0.4,
    "gamma": 1e-4,
}
ANSWER = 0.659531116981
"""Steady T_S at heater = 1, V = 0, …"""
POWER = 1.2877654776789e-01
"""… and the power to phonons at 0.3 T_c of a superconductor at 0.7 T_c."""
NAMES = ("T_S_rising", "T_S_falling")


def figures(quick: bool) -> list[Budget]:
    """Return how much cheaper shared balances are, and what a power to phonons costs."""
    heaters = np.linspace(0.0, 2.0, 21 if quick else 201)
    every = Junction(heater=heaters, **ISLAND)
    found = evaluate(NAMES, [0.0], Junction(heater=1.0, **ISLAND))
    require("the steady temperature", abs(float(found.values["T_S_rising"][0, 0]) - ANSWER), 1e-11)
    shared = seconds_of(lambda: evaluate(NAMES, [0.0], every)) / heaters.size
    alone = heaters[:: max(1, heaters.size // 10)]
    apart = seconds_of(
        lambda: [evaluate(NAMES, [0.0], Junction(heater=power, **ISLAND)) for power in alone]
    )
    T = np.linspace(0.05, 0.95, 64)
    require(
        "the power to phonons", abs(float(electron_phonon_power(0.7, 0.3)) / POWER - 1.0), 1e-11
    )
    ours = seconds_of(lambda: electron_phonon_power(T, 0.3)) / T.size
    theirs = seconds_of(lambda: require("SciPy", abs(nested(0.7, 0.3) / POWER - 1.0), 1e-6))
    return [
        Budget("a heater among others against one alone", apart / alone.size / shared, 8.0, "×",
               at_least=True),
        Budget("a power to phonons against nested quadratures", theirs / ours, 20.0, "×",
               at_least=True),
        Budget("a power to phonons", 1e6 * ours, 2000.0, "µs"),
        Budget("two branches of a heater among others", 1e6 * shared, 10_000.0, "µs"),
    ]  # fmt: skip


def nested(T: float, T_bath: float) -> float:
    """Return the power to phonons without a field by SciPy, to 1e-6."""
    Delta, kT, bath = float(bcs_gap(T)), BCS_RATIO * T, BCS_RATIO * T_bath

    def fermi(x: float) -> float:
        return 0.5 * (1.0 - math.tanh(0.5 * x / kT))

    def phonons(e: float) -> float:
        return e**3 * (1.0 / math.expm1(e / kT) - 1.0 / math.expm1(e / bath))

    def scattered(e: float) -> float:
        def integrand(u: float) -> float:
            E = Delta * math.cosh(u)
            factor = (E * (E + e) - Delta**2) / math.sqrt((E + e) ** 2 - Delta**2)
            return factor * (fermi(E) - fermi(E + e))

        return 2.0 * phonons(e) * _integral(integrand, 0.0, math.acosh(1.0 + 40.0 * kT / Delta))

    def recombined(e: float) -> float:
        half = 0.5 * e - Delta

        def integrand(a: float) -> float:
            E = 0.5 * e + half * math.sin(a)
            root = math.sqrt((E + Delta) * (e - E + Delta))
            return (E * (e - E) + Delta**2) / root * (1.0 - fermi(E) - fermi(e - E))

        return phonons(e) * _integral(integrand, -0.5 * math.pi, 0.5 * math.pi)

    total = _integral(scattered, 1e-9, 40.0 * kT)
    total += _integral(recombined, 2.0 * Delta, 2.0 * Delta + 40.0 * kT)
    return total / (24.0 * 1.0369277551433699 * BCS_RATIO**5)


def _integral(function: Callable[[float], float], low: float, high: float) -> float:
    return float(quad(function, low, high, epsabs=0.0, epsrel=1e-7, limit=200)[0])


if __name__ == "__main__":
    print_figures("Measure what steady temperatures of heated junctions cost.", figures)
