"""I_up, dI_up/dV and the derivatives of both by V and by every parameter of the leads.

The pieces and nodes are those of dI/dV, at orders chosen beforehand: there is no error estimate.
"""

import math

import numpy as np

from thermospin.kernels.breakpoints import WHOLE_TAIL
from thermospin.kernels.density_derivatives import (
    IDEAL_ROWS,
    ROWS,
    film_derivatives,
    ideal_derivatives,
)
from thermospin.kernels.depaired_density import Film
from thermospin.kernels.derivative_sums import (
    COLUMNS,
    KINDS,
    OCCUPATIONS,
    add_piece,
    fold,
    write_occupations,
)
from thermospin.kernels.film_leads import are_found, workspace_for
from thermospin.kernels.film_pieces import lay_film_pieces
from thermospin.kernels.film_table import IS_FILM, OF_S, OF_SM
from thermospin.kernels.leads import GAP_S, H_S, ORBITAL_S, SPIN_FLIP_S, SPIN_ORBIT_S, leads_of
from thermospin.kernels.node_loops import mapped_nodes
from thermospin.kernels.pieces import lay_pieces
from thermospin.kernels.rules import DISTANCE, HIGHEST, ORDERS, SPEED, order_of
from thermospin.kernels.workspace import FREE, edges_of, middles_of
from thermospin.machine.compilation import entry, inner, looping, merged
from thermospin.machine.exponential import coarse_log
from thermospin.machine.stack_alignment import align_stack

ACCURACY = 1e-9
"""The orders aim at this part of the integrand times Γ, since beside edges derivatives cancel."""

MORE = 1
"""Orders between films are so many steps higher than those with which currents begin: these are
raised where they were not enough."""


@looping
def _ideal_pieces(count, leads, workspace, lead, occupation, total):
    """Add what all pieces between ideal leads contribute."""
    S, Sm = lead[0], lead[1]
    for j in range(count):
        piece = workspace.piece[j]
        table, rule = mapped_nodes(piece, workspace.quadrature, workspace.free)
        nodes = workspace.free if table == FREE else workspace.quadrature.nodes
        distance, speed = nodes[DISTANCE, table, rule], nodes[SPEED, table, rule]
        n, scale = order_of(rule), piece.scale
        S_above, S_below, Sm_above, Sm_below = edges_of(piece)
        middle_S, middle_Sm = middles_of(piece)
        edges_S, edges_Sm = (S_above, S_below), (Sm_above, Sm_below)
        ideal_derivatives(n, middle_S, edges_S, leads.gamma_S, leads.gap_S, scale, distance, S)
        ideal_derivatives(n, middle_Sm, edges_Sm, leads.gamma_Sm, leads.gap_Sm, scale, distance, Sm)
        write_occupations(piece, rule, distance, speed, leads, workspace, occupation)
        add_piece(n, IDEAL_ROWS, S, Sm, occupation, total)


@entry
def ideal_current_derivatives(V, row, quadrature, result):
    """Write I_up, dI_up/dV and their derivatives between ideal leads at many voltages.

    Parameters
    ----------
    V : array of shape (n,)
        Bias voltages in Δ0/e.
    row : array of shape (17,)
        Row of a table of junctions, columns and units as in ``leads``.
    quadrature : Quadrature
        ``rules.QUADRATURE``.
    result : array of shape (n, 2, COLUMNS)
        Receives both kinds, rows and columns as in ``derivative_sums``; those of rates are 0.
    """
    align_stack()
    leads = leads_of(row)
    workspace = workspace_for(quadrature, ())
    lead = np.zeros((2, ROWS, ORDERS[HIGHEST]))
    occupation = np.empty((OCCUPATIONS, ORDERS[HIGHEST]))
    total = np.empty((KINDS, COLUMNS, ORDERS[HIGHEST]))
    digits = -coarse_log(ACCURACY * min(leads.gamma_S, leads.gamma_Sm))
    for k in range(V.size):
        total[:] = 0.0
        count, _ = lay_pieces(True, V[k], leads, digits, WHOLE_TAIL, workspace)
        _ideal_pieces(count, leads, workspace, lead, occupation, total)
        fold(total, result[k])


@merged
def _energy_of(lead, piece, leads, films):
    """Return the energy of the breakpoint of a piece from the chemical potential of a lead."""
    above = piece.S_above if lead == OF_S else piece.Sm_above
    if films.numbers[lead, IS_FILM] == 1:
        return above
    return above + (leads.gap_S - leads.h_S if lead == OF_S else leads.gap_Sm - leads.h_Sm)


@inner
def _film_pieces(count, leads, film, workspace, lead, occupation, total):
    """Add what all pieces between films contribute; return whether all densities were found."""
    found = True
    for j in range(count):
        piece = workspace.piece[j]
        table, rule = mapped_nodes(piece, workspace.quadrature, workspace.free)
        nodes = workspace.free if table == FREE else workspace.quadrature.nodes
        distance, speed = nodes[DISTANCE, table, rule], nodes[SPEED, table, rule]
        n = order_of(rule)
        for k in range(2):
            gamma = leads.gamma_S if k == OF_S else leads.gamma_Sm
            energy = _energy_of(k, piece, leads, workspace.films)
            found &= film_derivatives(n, energy, film[k], gamma, piece.scale, distance, lead[k])
        write_occupations(piece, rule, distance, speed, leads, workspace, occupation)
        add_piece(n, ROWS, lead[0], lead[1], occupation, total)
    return found


@entry
def film_current_derivatives(V, row, quadrature, films, result):
    """Write I_up, dI_up/dV and their derivatives, also by the rates of films, at many voltages.

    Parameters
    ----------
    V, row, quadrature
        As in ``ideal_current_derivatives``.
    films : Films
        The tables of the leads that are films, whose branch points are needed.
    result : array of shape (n, 2, COLUMNS)
        Receives both kinds, rows and columns as in ``derivative_sums``; NaN where the density of a
        lead was not found.
    """
    align_stack()
    leads = leads_of(row)
    workspace = workspace_for(quadrature, films)
    lead = np.zeros((2, ROWS, ORDERS[HIGHEST]))
    occupation = np.empty((OCCUPATIONS, ORDERS[HIGHEST]))
    total = np.empty((KINDS, COLUMNS, ORDERS[HIGHEST]))
    film = (_film_of(row, OF_S), _film_of(row, OF_SM))
    digits = -coarse_log(ACCURACY * min(leads.gamma_S, leads.gamma_Sm))
    for k in range(V.size):
        total[:] = 0.0
        found = are_found(films)
        if found:
            count, _ = lay_film_pieces(V[k], leads, digits, WHOLE_TAIL, workspace)
            for j in range(count):
                workspace.piece[j].rule = min(workspace.piece[j].rule + MORE, HIGHEST)
            found = _film_pieces(count, leads, film, workspace, lead, occupation, total)
        fold(total, result[k])
        if not found:
            result[k] = math.nan


@merged
def _film_of(row, lead):
    """Return a lead of a row of a table of junctions as a film at E = 0."""
    gap = row[GAP_S + lead]
    field = row[H_S + lead] if gap > 0.0 else 0.0
    return Film(
        0.0,
        gap,
        field,
        row[ORBITAL_S + lead],
        row[SPIN_ORBIT_S + lead],
        row[SPIN_FLIP_S + lead],
    )
