"""What the gaps of films with depairing cost: ``python benchmarks/film_gaps.py [--quick]``."""

import numpy as np
from measuring import print_figures, seconds_of

from thermospin.bench.budget import Budget, require
from thermospin.gap import bcs_gap, critical_temperature
from thermospin.junction import FloatArray

MANY = 10_000
MOST_SECONDS = 10.0
"""Bound of the time of 10 000 different films on one core, at any temperature."""
ANSWER = 0.7564323500874346
"""Gap of one film by arithmetic of 25 digits, …"""
END = 0.7356212234650
"""… and the temperature where that of another ends."""


def figures(quick: bool) -> list[Budget]:
    """Return what gaps at several temperatures and critical temperatures cost; fewer if quick."""
    found = bcs_gap(0.5, 0.4, depairing=0.02, spin_orbit=0.1, spin_flip=0.02)
    require("the gap", abs(float(found) - ANSWER), 1e-13)
    end = critical_temperature(0.3, depairing=0.05, spin_orbit=0.2, spin_flip=0.03)
    require("the critical temperature", abs(float(end) - END), 1e-12)
    number = MANY // 10 if quick else MANY
    rng = np.random.default_rng(0)
    h, films = rng.uniform(0, 0.7, number), _films(rng, number)
    T = 10 ** rng.uniform(-4, 0, number)
    measured = [
        ("gaps of films, T of all sizes", lambda: bcs_gap(T, h, **films)),
        ("gaps of films at 0.7 T_c", lambda: bcs_gap(0.7, h, **films)),
        ("gaps of films at 0.01 T_c", lambda: bcs_gap(0.01, h, **films)),
        ("gaps of films at 1e-4 T_c", lambda: bcs_gap(1e-4, h, **films)),
        ("critical temperatures of films", lambda: critical_temperature(h, **films)),
    ]
    bound = MOST_SECONDS * number / MANY
    return [Budget(f"{number} {name}", seconds_of(work), bound, "s") for name, work in measured]


def _films(rng: np.random.Generator, number: int) -> dict[str, FloatArray]:
    """Return rates of films that are superconducting at some temperature, or nearly."""
    tops = {"depairing": 0.1, "spin_orbit": 0.5, "spin_flip": 0.03}
    return {name: rng.uniform(0, top, number) for name, top in tops.items()}


if __name__ == "__main__":
    print_figures("Measure what the gaps of films with depairing cost.", figures)
