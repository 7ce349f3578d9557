"""The leads of a junction that are films, and the tables of their densities of states.

A lead is a film where it has a gap and a rate of depairing other than 0, of which spin-orbit
scattering counts in a field only. Its table is made once, and serves as long as the lead is the
same from one junction to the next.
"""

from typing import NamedTuple

import numpy as np

from thermospin.kernels.film_branch_points import MOST_POINTS, PLACE
from thermospin.kernels.film_branch_points import WIDTH as DEPTH
from thermospin.kernels.film_table import (
    FOUND,
    GAMMA,
    MOST_PANELS,
    POINTS,
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
from thermospin.kernels.workspace import MAX_PIECES, workspace_of
from thermospin.machine.compilation import allocating, merged, outer

OF_S, OF_SM = range(2)
"""Places of the leads; the columns of Sm in a table of junctions are next to those of S."""
MOST_SINGULARITIES = 4 * MOST_POINTS + 2
MOST_CUTS = 4 * (MOST_PANELS + 1)
MOST_FILM_PIECES = 256
SHARE = 1e-2
"""Part of the accuracy that is asked of an integral that its densities may lack."""
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
    missed: np.ndarray  # (4,) what errors of densities make of each flow


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
        np.zeros(4),
    )


@allocating
def workspace_for(quadrature, with_films):
    """Return memory for the integrals over energy of junctions.

    Parameters
    ----------
    quadrature : Quadrature
        ``rules.QUADRATURE``.
    with_films : bool or None
        None where no lead is a film: the kernel that is compiled then knows nothing of films.

    Returns
    -------
    Workspace
        With no pieces in it yet.
    """
    if with_films is None:
        return workspace_of(quadrature, MAX_PIECES, None)
    return workspace_of(quadrature, MOST_FILM_PIECES, films_of_junctions())


@merged
def prepare(row, rtol, films):
    """Make the tables of the leads of a junction that are films, if any can be.

    Parameters
    ----------
    row : array of shape (17,)
        Row of a table of junctions, columns and units as in ``leads``.
    rtol : float
        Relative accuracy that is asked of integrals.
    films : Films or None
        Receives the tables.
    """
    if films is None:
        return
    tabulate_leads(row, SHARE * rtol, films)


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


@merged
def are_films(films):
    """Return whether a lead of the junction is a film, as ``tabulate_leads`` found."""
    return films.is_film[OF_S] + films.is_film[OF_SM] > 0


@merged
def count_of_edges(lead, leads, films):
    """Return how many edges, or branch points, a lead has at E > 0 and as many at E < 0.

    Parameters
    ----------
    lead : int
        ``OF_S`` or ``OF_SM``.
    leads : Leads
        Both leads.
    films : Films
        Their tables.

    Returns
    -------
    int
        0 for a normal lead, 1 for an ideal one.
    """
    if films.is_film[lead] == 1:
        return films.S.count[POINTS] if lead == OF_S else films.Sm.count[POINTS]
    return 1 if (leads.gap_S if lead == OF_S else leads.gap_Sm) > 0.0 else 0


@merged
def edge_of_lead(lead, k, sign, leads, films):
    """Return an edge of a lead for spin up: its energy from μ, and how far from the real axis.

    Parameters
    ----------
    lead, k : int
        ``OF_S`` or ``OF_SM``, and which of its edges.
    sign : float
        1 for the edge at E > 0, −1 for the one at E < 0.
    leads : Leads
        Both leads.
    films : Films
        Their tables.

    Returns
    -------
    energy, depth : float
        In Δ0.
    """
    if films.is_film[lead] == 1:
        point = films.S.point[k] if lead == OF_S else films.Sm.point[k]
        return sign * point[PLACE], point[DEPTH]
    if lead == OF_S:
        return sign * leads.gap_S - leads.h_S, leads.gamma_S
    return sign * leads.gap_Sm - leads.h_Sm, leads.gamma_Sm
