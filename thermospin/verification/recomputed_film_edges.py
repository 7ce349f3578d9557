"""Where the densities of states of both spins begin in a lead, by the slow reference, at Γ → 0.

In a gap φ_s = i y_s with real y_s. A little above the axis, at E + iη, the density of spin s is
η cosh y_s dy_s/dE, so that y_s(E) of the physical root ascends for both spins. It does so as long
as the matrix of the derivatives of both equations, which has no positive element beside its
diagonal, is positive definite. From the root at E = 0 the energy is stepped up. Each step that
finds no such root is halved: what remains is the energy at which the root ends.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from thermospin.verification.recomputed_film_angles import (
    RecomputedFilm,
    equations,
    pairing_angles,
    solved,
)

FloatArray = NDArray[np.float64]

ABOVE = 1e-9
"""The root at E = 0 is first found so far above the real axis, in gaps."""
FIRST = 0.125
LAST = 2.0**-54
"""The first and the last step of the energy, in gaps."""
NEWTON_STEPS = 60
SMALL = 1e-7
"""Newton's method has converged where its step is below this, relative to 1 + |y|: from below it
runs to a root that is about to end without ever passing it."""


@lru_cache(maxsize=64)
def spin_edges(film: RecomputedFilm) -> tuple[float, float]:
    """Return the lowest energies of the densities of spin up and spin down that stem from E > 0.

    Parameters
    ----------
    film : RecomputedFilm
        The film of a lead; without rates it is an ideal one.

    Returns
    -------
    tuple of float
        The edge of spin up and of spin down, in Δ0; below 0 where a field moves one there, and NaN
        where there is no edge. Films that mix the spins have one edge for both.
    """
    if film.gap == 0.0:
        return math.nan, math.nan
    if film.h != 0.0 and film.spin_orbit + film.spin_flip > 0.0:
        edge = _end_of_gap(film)
        return edge, edge
    ideal = film.orbital + film.spin_flip == 0.0
    edge = film.gap if ideal else _end_of_gap(film._replace(h=0.0, spin_orbit=0.0))
    return edge - film.h, edge + film.h


def _end_of_gap(film: RecomputedFilm) -> float:
    """Return the energy at which the real root ends, in Δ0; NaN if there is none at E = 0."""
    above = np.array([1j * ABOVE * film.gap])
    y = _root(0.0, pairing_angles(above, film).imag, film)
    if y is None:
        return math.nan
    E, step = 0.0, FIRST * film.gap
    while step > LAST * film.gap:
        beyond = _root(E + step, y, film)
        if beyond is None:
            step *= 0.5
        else:
            E, y = E + step, beyond
    return E


# A step of Newton's method that runs away is refused.
@np.errstate(over="ignore", invalid="ignore")
def _root(E: float, y: FloatArray, film: RecomputedFilm) -> FloatArray | None:
    """Return the physical y of both spins at an energy, from those nearby; None if there is none.

    Arrays have the shape (2, 1).
    """
    energy = np.array([E], dtype=np.complex128)
    for _ in range(NEWTON_STEPS):
        phi = np.asarray(1j * y, dtype=np.complex128)
        residual, own, other = equations(phi, energy, film, film.gap)
        if not (min(own.real) > 0.0 and np.prod(own.real) > np.prod(other.real)):
            return None
        step = solved(own, other, residual).imag
        y = y - step
        if np.max(np.abs(step) / (1.0 + np.abs(y))) < SMALL:
            return y
    return None
