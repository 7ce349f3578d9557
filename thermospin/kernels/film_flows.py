"""Charge, heat and the rate of crossings of one spin where a lead is a film: see ``flows``."""

import math

from thermospin.kernels.breakpoints import WHOLE_TAIL
from thermospin.kernels.fermi import fermi_exchange
from thermospin.kernels.film_integral import MAX_ROUNDS, OF_TABLES, refine_film_piece
from thermospin.kernels.film_leads import MOST_FILM_PIECES, are_found
from thermospin.kernels.film_nodes import densities_at_nodes
from thermospin.kernels.film_pieces import lay_film_pieces
from thermospin.kernels.film_table import FINE, N_S, N_SM
from thermospin.kernels.flow_sums import (
    FLOWS,
    MISSED,
    RATE,
    ROUNDING,
    SIZE,
    TOTAL,
    largest,
    order_for_worst,
    store,
    store_charge_and_heat,
    sum_up,
    worse_than,
)
from thermospin.kernels.integrand import HALF
from thermospin.kernels.node_loops import each_piece
from thermospin.kernels.rules import order_of
from thermospin.kernels.workspace import BOTH, NONE
from thermospin.machine.arithmetic import fma
from thermospin.machine.compilation import looping, merged
from thermospin.machine.packed_sums import weighted_sums

WHOLE_HEAT_TAIL = WHOLE_TAIL + 8.0
"""Energies grow along a tail, and with nearly equal temperatures their square does."""


@merged
def _film_flows(piece, rule, distance, speed, leads, workspace, flow):
    """Sum f, u f and the rate over a piece."""
    charge, moment, rate = workspace.values[0], workspace.values[1], workspace.values[2]
    weights = workspace.quadrature.rules[rule]
    films, scale, n = workspace.films, piece.scale, order_of(rule)
    node = films.node
    piece.step = densities_at_nodes(piece, distance, n, leads, films)
    x, y, y_minus_x = piece.x, piece.y, piece.y_minus_x
    width = HALF * abs(scale)
    for i in range(n):
        u = scale * distance[i]
        rise, exchange, fall = fermi_exchange(
            fma(u, leads.rate_S, x),
            fma(u, leads.rate_Sm, y),
            fma(u, leads.rate_difference, y_minus_x),
        )
        common = width * speed[i] * (node[N_S, i] * node[N_SM, i]) / fall
        charge[i] = common * rise
        moment[i] = u * (common * rise)
        rate[i] = common * exchange
    charges = weighted_sums(charge, weights, n)
    moments = weighted_sums(moment, weights, n)
    store_charge_and_heat(flow, piece, leads, charges, moments)
    total, _, r1, r2, r3, r4 = weighted_sums(rate, weights, n)
    store(flow[RATE], piece, total, total, largest(r1, r2, r3), r4)


@looping
def _film_flow_sums(queue, count, leads, workspace, flows):
    """Sum f, u f and the rate over the first ``count`` pieces of a queue."""
    each_piece(_film_flows, queue, count, leads, workspace, flows)


@merged
def _add_and_refine(count, breaks, both, leads, rtol, first, workspace, flows, total, share):
    """Sum pieces; return whether all flows met rtol, and if more terms of series might help."""
    met = coarse = False
    for _ in range(MAX_ROUNDS):
        _film_flow_sums(workspace.queue[BOTH], both, leads, workspace, flows)
        for k in range(FLOWS):
            share[MISSED, k] = 0.0
            for j in range(count):
                share[MISSED, k] += workspace.piece[j].step * flows[j, k, SIZE]
        met, _ = sum_up(count, 0.0, rtol, first, flows, total, share)
        if met or count == MOST_FILM_PIECES:
            break
        both = NONE
        for j in range(count):
            if count < MOST_FILM_PIECES and worse_than(j, share, first, flows):
                rule = order_for_worst(j, share, first, workspace, flows)
                count, both = refine_film_piece(j, rule, count, both, breaks, leads, workspace)
    for k in range(first, FLOWS):
        size = 0.0
        for j in range(count):
            size += flows[j, k, SIZE]
        allowed = max(rtol * abs(total[k, TOTAL]), OF_TABLES * size)
        met = met and total[k, 1] <= allowed + ROUNDING * size
        coarse = coarse or share[MISSED, k] > 0.1 * rtol * abs(total[k, TOTAL])
    return met, coarse


@merged
def film_flow_integral(V, leads, rtol, first, workspace, flows, total, share):
    """Write the flows of spin up with their errors; return whether all met ``rtol``.

    Parameters
    ----------
    V : float
        Bias voltage in Δ0/e.
    leads : Leads
        Both leads, of which one at least is a film.
    rtol : float
        Relative accuracy that is asked for.
    first : int
        The first flow that counts.
    workspace : Workspace
        Memory of the evaluation, with tables of the films; written to.
    flows : array of shape (pieces, 4, 4)
        Receives each flow of each piece.
    total : array of shape (4, 2)
        Receives the flows and their errors, units as in ``spin_up_flows``; NaN and ∞ where the
        density of a film was not found.
    share : array of shape (2, 4)
        Memory.

    Returns
    -------
    bool
        Whether all errors are at most ``rtol`` of the values, or rounding.
    """
    met = fine = False
    total[:, 0], total[:, 1] = math.nan, math.inf
    # Twice at most: a loop, so that the functions merged into it are compiled once.
    while are_found(workspace.films):
        workspace.films.numbers[:, FINE] = 1 if fine else 0
        count, breaks = lay_film_pieces(V, leads, -math.log(rtol), WHOLE_HEAT_TAIL, workspace)
        both = NONE
        for j in range(count):
            workspace.queue[BOTH, both] = j
            both += 1
        met, coarse = _add_and_refine(
            count, breaks, both, leads, rtol, first, workspace, flows, total, share
        )
        if fine or not coarse:
            break
        fine = True
    return met
