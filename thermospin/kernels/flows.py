"""Charge, heat and the rate of crossings of one spin: moments that share all their nodes.

With the integrand of Eq. (2), f = ½ N_S(E − eV) N_Sm(E) [f_S(E − eV) − f_Sm(E)],

``I = ∫ f dE``, ``J_S = ∫ (E − eV) f dE``, ``J_Sm = ∫ E f dE`` and
``R = ½ ∫ N_S N_Sm [f_S (1 − f_Sm) + f_Sm (1 − f_S)] dE``.

On a piece with E = breakpoint + u the heat needs one more sum, of u f: the breakpoint's energy,
from either chemical potential, times the charge is added afterwards. Densities and exponentials are
those of the current; R takes its occupations from the same exponentials, and where one lead is full
or empty it is the modulus of f.
"""

import math

import numpy as np

from thermospin.kernels.breakpoints import TAIL_MARGIN, WHOLE_TAIL, lost_beyond
from thermospin.kernels.fermi import fermi_exchange, fermi_step
from thermospin.kernels.film_flows import film_flow_integral
from thermospin.kernels.film_leads import workspace_for
from thermospin.kernels.flow_sums import (
    CHARGE,
    FALL,
    FLOWS,
    HEAT_S,
    RATE,
    largest,
    order_for_worst,
    store,
    store_charge_and_heat,
    sum_up,
    worse_than,
)
from thermospin.kernels.integrand import QUARTER, current_integrand, density_product
from thermospin.kernels.kinds import CURRENT
from thermospin.kernels.leads import leads_of
from thermospin.kernels.node_loops import each_piece
from thermospin.kernels.pieces import lay_pieces, locate_hidden
from thermospin.kernels.rounds import MAX_ROUNDS, enqueue, refine
from thermospin.kernels.rules import order_of
from thermospin.kernels.tunnelling import averaged, is_averaged, turned
from thermospin.kernels.workspace import BOTH, MAX_PIECES, NONE, ONE_STEP, edges_of
from thermospin.machine.arithmetic import fma
from thermospin.machine.compilation import entry, inner, looping, merged
from thermospin.machine.packed_sums import weighted_sums
from thermospin.machine.stack_alignment import align_stack

HEAT_MARGIN = 4.0
"""Energies grow along a tail: it is cut so many k_BT later than for the current, ln WHOLE_TAIL."""
WHOLE_HEAT_TAIL = WHOLE_TAIL + 8.0
"""With nearly equal temperatures the square of the energy grows along it."""


@merged
def _flows(piece, rule, distance, speed, leads, workspace, flow):
    """Sum f, u f and the rate over a piece."""
    charge, moment, rate = workspace.values[0], workspace.values[1], workspace.values[2]
    weights = workspace.quadrature.rules[rule]
    scale, edges = piece.scale, edges_of(piece)
    x, y, y_minus_x = piece.x, piece.y, piece.y_minus_x
    width = QUARTER * abs(scale)
    for i in range(order_of(rule)):
        u = scale * distance[i]
        densities = density_product(u, edges, leads)
        rise, exchange, fall = fermi_exchange(
            fma(u, leads.rate_S, x),
            fma(u, leads.rate_Sm, y),
            fma(u, leads.rate_difference, y_minus_x),
        )
        common = current_integrand(width * speed[i], densities, (1.0, fall))
        charge[i] = common * rise
        moment[i] = u * (common * rise)
        rate[i] = common * exchange
    charges = weighted_sums(charge, weights, order_of(rule))
    moments = weighted_sums(moment, weights, order_of(rule))
    store_charge_and_heat(flow, piece, leads, charges, moments)
    total, _, r1, r2, r3, r4 = weighted_sums(rate, weights, order_of(rule))
    store(flow[RATE], piece, total, total, largest(r1, r2, r3), r4)


@merged
def _step_flows(piece, rule, distance, speed, leads, workspace, flow):
    """Sum f, u f and |f| over a piece on which one of the leads is full or empty."""
    charge, moment = workspace.values[0], workspace.values[1]
    weights = workspace.quadrature.rules[rule]
    scale, edges = piece.scale, edges_of(piece)
    x, rate = piece.step, piece.step_rate
    width = QUARTER * piece.step_sign * abs(scale)
    for i in range(order_of(rule)):
        u = scale * distance[i]
        densities = density_product(u, edges, leads)
        empty = 1.0, fermi_step(fma(u, rate, x))
        f = current_integrand(width * speed[i], densities, empty)
        charge[i] = f
        moment[i] = u * f
    charges = weighted_sums(charge, weights, order_of(rule))
    moments = weighted_sums(moment, weights, order_of(rule))
    store_charge_and_heat(flow, piece, leads, charges, moments)
    _, modulus, c1, c2, c3, c4 = charges
    store(flow[RATE], piece, modulus, modulus, largest(c1, c2, c3), c4)


@looping
def flow_sums(queue, count, leads, workspace, flows):
    """Sum f, u f and the rate over the first ``count`` pieces of a queue.

    The first rows of ``workspace.values`` take the values of one piece after the other.
    """
    each_piece(_flows, queue, count, leads, workspace, flows)


@looping
def step_flow_sums(queue, count, leads, workspace, flows):
    """Sum f, u f and the rate, |f|, over pieces on which one of the leads is full or empty."""
    each_piece(_step_flows, queue, count, leads, workspace, flows)


@merged
def _add_and_refine(
    count, both, one_step, tail, V, leads, rtol, first, workspace, flows, total, share
):
    """Sum pieces in the queues, and return whether all flows from ``first`` on met rtol.

    A piece is refined where its error in one of them is too large.
    """
    # Apart from that of the current: its errors are one row, added up packed; here each piece has
    # four, with a share each, and the sums of all flows are taken as soon as their values are made.
    lost = 0.0 if tail == WHOLE_HEAT_TAIL else tail * lost_beyond(tail, V, leads)
    met = False
    for _ in range(MAX_ROUNDS):
        flow_sums(workspace.queue[BOTH], both, leads, workspace, flows)
        step_flow_sums(workspace.queue[ONE_STEP], one_step, leads, workspace, flows)
        met, hopeless = sum_up(count, lost, rtol, first, flows, total, share)
        if met or hopeless or count == MAX_PIECES:
            break
        both = one_step = NONE
        for j in range(count):
            if count < MAX_PIECES and worse_than(j, share, first, flows):
                rule = order_for_worst(j, share, first, workspace, flows)
                count, both, one_step = refine(
                    j, rule, count, both, one_step, CURRENT, leads, workspace
                )
    return met


@merged
def _integrate(V, leads, rtol, first, workspace, flows, total, share):
    """Integrate between ideal leads; return whether all flows from ``first`` on met rtol."""
    tail = min(TAIL_MARGIN + HEAT_MARGIN - math.log(rtol), WHOLE_HEAT_TAIL)
    while True:  # twice at most: a loop as in ``tunnelling``, so that what is merged is there once
        count, hidden = lay_pieces(False, V, leads, -math.log(rtol), tail, workspace)
        both = one_step = NONE
        for j in range(count):
            if hidden > 0:
                locate_hidden(j, hidden, leads, workspace)
            both, one_step = enqueue(j, both, one_step, CURRENT, workspace)
        met = _add_and_refine(
            count, both, one_step, tail, V, leads, rtol, first, workspace, flows, total, share
        )
        if met or tail == WHOLE_HEAT_TAIL:
            return met
        tail = WHOLE_HEAT_TAIL


@merged
def _integrate_between(films, V, leads, rtol, first, workspace, flows, total, share):
    """Integrate between ideal leads or films; return whether all flows met rtol.

    Where ``films`` is empty the compiler leaves out all that concerns films.
    """
    if len(films) == 0:
        return _integrate(V, leads, rtol, first, workspace, flows, total, share)
    return film_flow_integral(V, leads, rtol, first, workspace, flows, total, share)


@inner
def spin_up_flows(V, leads, rtol, workspace, flows, total):
    """Write I, J_S, J_Sm and R of spin up with their errors; return whether all met ``rtol``.

    With all energies reversed I_up changes sign, and the other flows do not:
    J_up(V, h_S, h) = J_up(−V, −h_S, −h). Of each such pair one is integrated. Next to V = 0 without
    exchange fields the current, which all but cancels, is the mean of its derivative.

    Parameters
    ----------
    V : float
        Bias voltage in Δ0/e.
    leads : Leads
        Both leads.
    rtol : float
        Relative accuracy that is asked for.
    workspace : Workspace
        Memory of the evaluation, written to.
    flows : array of shape (pieces, 4, 4)
        Receives each flow of each piece: integral, modulus, error and fall.
    total : array of shape (4, 2)
        Receives I in G_T Δ0/e, J_S and J_Sm in G_T Δ0²/e², R in G_T Δ0/e; and errors.

    Returns
    -------
    bool
        Whether all errors are at most ``rtol`` of the values, or rounding.
    """
    align_stack()
    mean, mean_error, mean_met = math.nan, math.inf, False
    if is_averaged(CURRENT, V, leads, workspace.films):
        mean, mean_error, mean_met = averaged(CURRENT, V, leads, rtol, workspace)
    reverse, voltage, oriented = turned(V, leads)
    first = HEAT_S if mean_met else CHARGE
    share = np.zeros((2, FLOWS))
    met = _integrate_between(
        workspace.films, voltage, oriented, rtol, first, workspace, flows, total, share
    )
    if mean_met or mean_error < total[CHARGE, 1]:
        total[CHARGE, 0], total[CHARGE, 1] = mean, mean_error
    elif reverse:
        total[CHARGE, 0] = -total[CHARGE, 0]
    return met


@entry
def spin_up_flow_values(V, row, table, rtol, quadrature, films, value, error, met):
    """Write the flows of spin up at many points.

    Parameters
    ----------
    V, row : array of shape (n,)
        Bias voltages in Δ0/e, and the index in ``table`` of the junction of each point.
    table, rtol, quadrature, films
        As in ``spin_up_values``.
    value, error : array of shape (n, 4)
        Receive I, J_S, J_Sm and R with their errors, units as in ``spin_up_flows``.
    met : array of shape (n,)
        Receives whether all four are as accurate as asked.
    """
    workspace = workspace_for(quadrature, films)
    flows = np.empty((len(workspace.piece), FLOWS, FALL + 1))
    total = np.empty((FLOWS, 2))
    for i in range(V.size):
        met[i] = spin_up_flows(V[i], leads_of(table[row[i]]), rtol, workspace, flows, total)
        value[i] = total[:, 0]
        error[i] = total[:, 1]
