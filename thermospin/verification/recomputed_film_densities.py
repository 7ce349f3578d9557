"""The density of states of a film by the slow reference: polynomials on panels cut as needed.

Each panel has a polynomial through 24 Gauss–Legendre points for the density of spin up, and one for
its slope. A panel in which the last coefficients of either are not small is halved. All singular
energies lie at least Γ below the real axis, so that panels narrower than Γ/2 need no halving.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

from thermospin.verification.legendre_panels import NODES, coefficients_of
from thermospin.verification.recomputed_film_angles import (
    RecomputedFilm,
    equations,
    pairing_angles,
    solved,
)

FloatArray = NDArray[np.float64]

REACH = 2.0**14
"""How far from the chemical potential the panels go, in Δ0: further than any bias."""
TAILS = (3e-14, 1e-12)
"""Below this part of the largest density the last coefficients of density and of slope times width
count as small."""
ROUNDING = 2e-15
"""They also do below what this error of energies, relative to 1 + |E|, would do to the density."""
NARROW = 0.5
"""In Γ: narrower panels are not halved."""

SHARP = 0.1
"""Wider panels, in Δ0, tell of no feature."""
APART = 8.0
"""So many widths of its panel a feature lies from a sharper one."""


@dataclass(frozen=True, eq=False)
class RecomputedDensity:
    """The density of states of a film.

    Attributes
    ----------
    ends : ndarray
        Ends of the panels for spin up, ascending, in Δ0, shape (n + 1,).
    coefficients : ndarray
        Legendre coefficients of density and of slope in each panel, shape (2, n, 24).
    """

    ends: FloatArray
    coefficients: FloatArray

    def features(self) -> list[float]:
        """Return energies of spin up, in Δ0, at which the density changes fast.

        They lie in panels that are narrower than those around them; panels that are narrow only
        because they lie next to a narrower one are left out.
        """
        widths = np.diff(self.ends)
        around = np.pad(widths, 1, constant_values=SHARP)
        narrow = np.flatnonzero((widths <= around[:-2]) & (widths <= around[2:]) & (widths < SHARP))
        found: list[float] = []
        for panel in narrow[np.argsort(widths[narrow])]:
            energy = float(self.ends[panel] + 0.5 * widths[panel])
            if all(abs(energy - other) > APART * widths[panel] for other in found):
                found.append(energy)
        return found

    def density(self, E: FloatArray, sigma: int) -> FloatArray:
        """Return N_σ(E) at energies from the chemical potential of the lead, in Δ0."""
        return self._at(sigma * E, 0)

    def slope(self, E: FloatArray, sigma: int) -> FloatArray:
        """Return dN_σ/dE in 1/Δ0; N_down(E) = N_up(−E)."""
        return sigma * self._at(sigma * E, 1)

    def _at(self, E: FloatArray, which: int) -> FloatArray:
        panel = np.clip(np.searchsorted(self.ends, E, side="right") - 1, 0, self.ends.size - 2)
        low, high = self.ends[panel], self.ends[panel + 1]
        x = ((E - low) - (high - E)) / (high - low)
        return np.asarray(legendre.legval(x, self.coefficients[which][panel].T, tensor=False))


@lru_cache(maxsize=64)
def film_density(film: RecomputedFilm, gamma: float) -> RecomputedDensity:
    """Return the density of states of a film with Dynes Γ, gamma, in Δ0."""
    edges = {side * film.gap + sign * film.h for side in (-1, 1) for sign in (-1, 1)}
    outwards = [sign * 2.0**k for k in range(-3, 15) for sign in (-1, 1)]
    ends = np.array(sorted({0.0, *edges, *outwards}))
    low, high = ends[:-1], ends[1:]
    starts, stops, fitted = [], [], []
    while low.size:
        coefficients = _fitted(low, high, film, gamma)
        fine = _is_fine(coefficients, low, high) | (high - low <= NARROW * gamma)
        starts.append(low[fine])
        stops.append(high[fine])
        fitted.append(coefficients[:, fine])
        middle = 0.5 * (low[~fine] + high[~fine])
        low, high = np.append(low[~fine], middle), np.append(middle, high[~fine])
    start, stop = np.concatenate(starts), np.concatenate(stops)
    order = np.argsort(start)
    ends = np.append(start[order], stop.max())
    return RecomputedDensity(ends, np.concatenate(fitted, axis=1)[:, order])


def _is_fine(coefficients: FloatArray, low: FloatArray, high: FloatArray) -> NDArray[np.bool_]:
    """Return in which panels the last coefficients of density and slope are small enough."""
    largest = np.abs(coefficients).max(axis=-1)
    rounding = ROUNDING * (1.0 + np.maximum(np.abs(low), np.abs(high))) * largest[1]
    tails = np.abs(coefficients[..., -2:]).max(axis=-1)
    tails[1] *= high - low
    allowed = np.array(TAILS)[:, None] * largest[0] + rounding
    return np.asarray(np.all(tails <= allowed, axis=0))


def _fitted(low: FloatArray, high: FloatArray, film: RecomputedFilm, gamma: float) -> FloatArray:
    """Return the coefficients of density and slope of spin up in panels, shape (2, n, 24)."""
    energies = 0.5 * ((high + low)[:, None] + (high - low)[:, None] * NODES)
    z = np.asarray(energies.ravel() + 1j * gamma, dtype=np.complex128)
    phi = pairing_angles(z, film)
    _, own, other = equations(phi, z, film, film.gap)
    turning = solved(own, other, 1j * np.cos(phi))[0]  # dφ/dE of spin up
    up = phi[0]
    density = -np.sin(up.real) * np.cosh(up.imag)
    slope = -(np.cos(up) * turning).real
    values = np.stack((density, slope)).reshape(2, low.size, NODES.size)
    return coefficients_of(values)
