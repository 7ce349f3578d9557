"""Sidebands of microwaves for the slow reference: Bessel functions by their integral.

J_n(a) = (1/π) ∫_0^π cos(nt − a sin t) dt is the mean of the integrand at equidistant points, exact
but for J of orders beyond twice their number.
"""

from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

import numpy as np

LEAST = 1e-18
"""Sidebands of smaller weight are left out."""


class Sideband(NamedTuple):
    """A number of photons n and the share J_n(a)² of the current that takes them."""

    photons: int
    weight: float


@lru_cache(maxsize=64)
def sidebands(amplitude: float, photon: float) -> tuple[Sideband, ...]:
    """Return the sidebands of microwaves; without an amplitude there is one, of no photon.

    Parameters
    ----------
    amplitude : float
        Amplitude of the voltage, in Δ0/e.
    photon : float
        Energy of a photon, in Δ0.
    """
    if amplitude == 0.0:
        return (Sideband(0, 1.0),)
    a = amplitude / photon
    highest = int(a + 12.0 * a ** (1.0 / 3.0)) + 30
    t = (np.arange(2 * highest) + 0.5) * (np.pi / (2 * highest))
    found = []
    for n in range(highest + 1):
        weight = float(np.mean(np.cos(n * t - a * np.sin(t)))) ** 2
        if weight >= LEAST or n <= a:
            found += [Sideband(n, weight)] + ([Sideband(-n, weight)] if n else [])
    return tuple(found)


def shifted(V: float, photons: int, photon: float) -> float:
    """Return a voltage shifted by some photons, the decimal numbers added exactly, in Δ0/e."""
    return float(Fraction(repr(V)) + photons * Fraction(repr(photon))) if photons else V
