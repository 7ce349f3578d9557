"""The leads of a junction of which one at least is a film, and the memory for integrals over them.

A lead is a film where a rate of depairing in its row of the table of junctions is not 0. The table
of its density is made once, and serves as long as the lead is the same from one junction to the
next.
"""

from thermospin.kernels.film_branch_points import PLACE
from thermospin.kernels.film_branch_points import WIDTH as DEPTH
from thermospin.kernels.film_table import (
    FOUND,
    IS_FILM,
    OF_S,
    POINTS,
    TOLERANCE,
    tabulate,
)
from thermospin.kernels.leads import GAMMA_S, GAP_S, H_S, ORBITAL_S, SPIN_FLIP_S, SPIN_ORBIT_S
from thermospin.kernels.workspace import MAX_PIECES, workspace_of
from thermospin.machine.compilation import allocating, entry, merged

MOST_FILM_PIECES = 1024
"""More than the ends of all panels and the sides of all breakpoints can cut the axis into, 774."""
SHARE = 1e-2
"""Part of the accuracy that is asked of an integral that its densities may lack."""


@merged
def _room_for_pieces(films):
    if len(films) == 0:
        return MAX_PIECES
    return MOST_FILM_PIECES


@allocating
def workspace_for(quadrature, films):
    """Return memory for the integrals over energy of junctions.

    Parameters
    ----------
    quadrature : Quadrature
        ``rules.QUADRATURE``.
    films : Films or ()
        () between ideal leads: the kernel that is compiled then knows nothing of films.

    Returns
    -------
    Workspace
        With no pieces in it yet.
    """
    return workspace_of(quadrature, _room_for_pieces(films), films)


@entry
def tabulate_leads(row, rtol, films):
    """Make the tables of the leads of a junction that are films, where they are not there yet.

    Parameters
    ----------
    row : array of shape (17,)
        Row of a table of junctions, columns and units as in ``leads``.
    rtol : float
        Relative accuracy that is asked of most integrals.
    films : Films
        Receives the tables.
    """
    for lead in range(2):
        wanted = (
            row[GAP_S + lead],
            abs(row[H_S + lead]),
            row[ORBITAL_S + lead],
            row[SPIN_ORBIT_S + lead],
            row[SPIN_FLIP_S + lead],
            row[GAMMA_S + lead],
            SHARE * rtol,
        )
        is_film = wanted[2] + wanted[3] + wanted[4] > 0.0
        films.numbers[lead, IS_FILM] = 1 if is_film else 0
        same = True
        for k in range(TOLERANCE + 1):
            same = same and films.key[lead, k] == wanted[k]
        if is_film and not same:
            for k in range(TOLERANCE + 1):
                films.key[lead, k] = wanted[k]
            tabulate(lead, films)


@merged
def are_found(films):
    """Return whether the densities of all leads that are films were found at every energy.

    Parameters
    ----------
    films : Films
        The leads.

    Returns
    -------
    bool
        True if a value can be computed.
    """
    found = True
    for lead in range(2):
        found = found and (films.numbers[lead, IS_FILM] == 0 or films.numbers[lead, FOUND] == 1)
    return found


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
    if films.numbers[lead, IS_FILM] == 1:
        return films.numbers[lead, POINTS]
    return 1 if (leads.gap_S if lead == OF_S else leads.gap_Sm) > 0.0 else 0


@merged
def edge_of_lead(lead, k, leads, films):
    """Return an edge of a lead for spin up: its energy from μ, and how far from the real axis.

    Parameters
    ----------
    lead, k : int
        ``OF_S`` or ``OF_SM``, and which of its edges, from 0 to twice ``count_of_edges``: the even
        ones are those at E > 0.
    leads : Leads
        Both leads.
    films : Films
        Their tables.

    Returns
    -------
    energy, depth : float
        In Δ0.
    """
    sign = 1.0 - 2.0 * (k % 2)
    if films.numbers[lead, IS_FILM] == 1:
        return sign * films.edge[lead, k // 2, PLACE], films.edge[lead, k // 2, DEPTH]
    if lead == OF_S:
        return sign * leads.gap_S - leads.h_S, leads.gamma_S
    return sign * leads.gap_Sm - leads.h_Sm, leads.gamma_Sm
