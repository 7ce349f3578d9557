"""The leads of a junction that are films, and the tables of their densities of states.

A lead is a film where it has a gap and a rate of depairing other than 0, of which spin-orbit
scattering counts in a field only. Its table is made once, and serves as long as the lead is the
same from one junction to the next.
"""

from typing import NamedTuple

import numpy as np

from thermospin.kernels.film_branch_points import MOST_POINTS
from thermospin.kernels.film_table import (
    FOUND,
    GAMMA,
    MOST_PANELS,
    TOLERANCE,
    FilmTable,
    film_table,
    tabulate,
)
from thermospin.kernels.leads import (
    GAMMA_S,
    GAP_S,
    H_S,
    ORBITAL_S,
    SPIN_FLIP_S,
    SPIN_ORBIT_S,
)
from thermospin.kernels.rules import HIGHEST, ORDERS
from thermospin.machine.compilation import allocating, outer

OF_S, OF_SM = range(2)
"""Places of the leads; in a row of a table of junctions the columns of Sm are next to those of S."""
MOST_SINGULARITIES = 4 * MOST_POINTS + 2
MOST_CUTS = 4 * (MOST_PANELS + 1)
MOST_FILM_PIECES = 256
FROM_S, FROM_SM, POLE, WIDTH, REACH, SCALE = range(6)
"""Columns of a list of singular energies: from both chemical potentials, the distance of the
singularity from the line of integration, the scale of the map by itself, how near a breakpoint must
be to resolve it, and the scale of the map beside the others; all in Δ0."""
N_S, N_SM, SLOPE, T, OLD, NEW = range(6)
"""Rows of what is computed at the nodes of a piece: densities of both leads, the slope of that of
Sm, and memory for sums of series."""


class Films(NamedTuple):
    """Tables of the leads of one junction after another, and memory for integrals over them."""

    S: FilmTable
    Sm: FilmTable
    is_film: np.ndarray  # (2,) whether S and Sm are films
    key: np.ndarray  # (7,) ``FilmTable.lead`` of a lead
    point: np.ndarray  # (MOST_SINGULARITIES, 6) singular energies
    order: np.ndarray  # (2, MOST_SINGULARITIES) the sharpest first, and breakpoints ascending
    cut: np.ndarray  # (MOST_CUTS,) where panels of the tables end, from μ_Sm
    node: np.ndarray  # (6, nodes) what is computed at the nodes of a piece
    fine: np.ndarray  # (1,) whether all terms of series are summed


@allocating
def films_of_junctions():
    """Return memory for the films of junctions.

    Returns
    -------
    Films
        Of no junction.
    """
    return Films(
        film_table(),
        film_table(),
        np.zeros(2, np.int64),
        np.empty(TOLERANCE + 1),
        np.empty((MOST_SINGULARITIES, SCALE + 1)),
        np.empty((2, MOST_SINGULARITIES), np.int64),
        np.empty(MOST_CUTS),
        np.empty((NEW + 1, ORDERS[HIGHEST])),
        np.zeros(1, np.int64),
    )


@outer
def tabulate_leads(row, tolerance, films):
    """Make the tables of the leads of a junction that are films, where they are not there yet.

    Parameters
    ----------
    row : array of shape (17,)
        Row of a table of junctions, columns and units as in ``leads``.
    tolerance : float
        Relative error of densities that may do for most integrals.
    films : Films
        Receives the tables.
    """
    for lead in range(2):
        gap, field = row[GAP_S + lead], abs(row[H_S + lead])
        orbital, flip = row[ORBITAL_S + lead], row[SPIN_FLIP_S + lead]
        spin_orbit = row[SPIN_ORBIT_S + lead] if field > 0.0 else 0.0
        present = gap > 0.0 and orbital + spin_orbit + flip > 0.0
        films.is_film[lead] = 1 if present else 0
        if present:
            key = films.key
            key[0], key[1], key[2], key[3], key[4] = gap, field, orbital, spin_orbit, flip
            key[GAMMA], key[TOLERANCE] = row[GAMMA_S + lead], tolerance
            if lead == OF_S:
                tabulate(key, films.S)
            else:
                tabulate(key, films.Sm)


@outer
def are_found(films):
    """Return whether the densities of all leads that are films were found at every energy.

    Parameters
    ----------
    films : Films
        The leads.

    Returns
    -------
    bool
        True as well if no lead is a film.
    """
    S = films.is_film[OF_S] == 0 or films.S.count[FOUND] == 1
    return S and (films.is_film[OF_SM] == 0 or films.Sm.count[FOUND] == 1)
