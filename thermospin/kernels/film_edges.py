"""Where the densities of states of both spins begin in a lead, at Γ → 0.

Without mixing of the spins the edge of spin s is that of Abrikosov and Gor'kov, moved by the field,
``Δ (1 − ζ^(2/3))^(3/2) − s h`` with ζ = (Γ_orb + 3 Γ_sf)/Δ; beyond ζ = 1 there is none. Spin-orbit
scattering in a field and spin-flip scattering in a field mix the spins, and both densities begin at
the branch point that is the lowest on the real axis. It is found along a line so near to the axis
that what its place lacks is rounding.
"""

import math

import numpy as np

from thermospin.kernels.depaired_density import Film, root_of
from thermospin.kernels.film_branch_points import MOST_POINTS, PLACE, WIDTH, branch_points
from thermospin.kernels.film_table import log_density
from thermospin.kernels.leads import GAP_S, H_S, ORBITAL_S, SPIN_FLIP_S, SPIN_ORBIT_S
from thermospin.machine.compilation import entry, inner

NEAR = 1e-9
"""Γ of the line along which branch points are found, in units of the gap."""
FEW_STATES = math.log(1e-3)
"""ln of the density at E = 0 that such a Γ leaves in a film with a gap, or more."""
ON_AXIS = 2.0
"""Branch points not deeper than so many of these Γ are real."""


@inner
def _mixed_edge(gap, h, orbital, spin_orbit, flip, point):
    """Return the lowest real branch point of a film that mixes its spins; NaN if there is none."""
    gamma = NEAR * gap
    film = Film(0.0, gap, h, orbital, spin_orbit, flip)
    count, found = branch_points(film, gamma, point)
    w, at_zero = root_of(film, gamma)
    found = found and at_zero and log_density(w.up) < FEW_STATES
    for k in range(count):
        if found and point[k, WIDTH] < ON_AXIS * gamma and point[k, PLACE] > 0.0:
            return point[k, PLACE]
    return math.nan


@entry
def spectral_edges(table, lead, edge):
    """Write the edge of the density of states of either spin at E > 0, for each junction.

    Parameters
    ----------
    table : array of shape (m, COLUMNS)
        Junctions, columns and units as in ``leads``.
    lead : int
        0 for S, 1 for Sm.
    edge : array of shape (m, 2)
        Receives the edges of spin up and spin down in Δ0, below 0 in a field that moves one there;
        NaN where no edge is left.
    """
    point = np.empty((MOST_POINTS, 2))
    for i in range(len(table)):
        row = table[i]
        gap, h = row[GAP_S + lead], row[H_S + lead]
        orbital, flip = row[ORBITAL_S + lead], row[SPIN_FLIP_S + lead]
        spin_orbit = row[SPIN_ORBIT_S + lead]
        if gap > 0.0 and h != 0.0 and spin_orbit + flip > 0.0:
            edge[i] = _mixed_edge(gap, abs(h), orbital, spin_orbit, flip, point)
            continue
        zeta = (orbital + 3.0 * flip) / gap if gap > 0.0 else 1.0
        below = gap * (1.0 - zeta ** (2.0 / 3.0)) ** 1.5 if zeta < 1.0 else math.nan
        for spin in range(2):
            edge[i, spin] = below - h if spin == 0 else below + h
