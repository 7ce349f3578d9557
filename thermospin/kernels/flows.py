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
from thermospin.kernels.integrand import QUARTER, current_integrand, density_product
from thermospin.kernels.leads import leads_of, mirrored
from thermospin.kernels.node_loops import each_piece
from thermospin.kernels.node_sums import fastest_fall
from thermospin.kernels.pieces import lay_pieces, locate_hidden
from thermospin.kernels.rules import STRICT, error_estimate, order_for, order_of, with_reserve
from thermospin.kernels.tunnelling import (
    CURRENT,
    MAX_ROUNDS,
    ROUNDING,
    averaged,
    enqueue,
    is_averaged,
    refine,
)
from thermospin.kernels.workspace import BOTH, MAX_PIECES, NONE, ONE_STEP, edges_of, workspace
from thermospin.machine.arithmetic import fma
from thermospin.machine.compilation import entry, inner, looping, merged
from thermospin.machine.packed_sums import weighted_sums
from thermospin.machine.stack_alignment import align_stack

CHARGE, HEAT_S, HEAT_SM, RATE = range(4)
FLOWS = 4
"""I, J_S, J_Sm and R: columns of what the kernels write."""
HEAT_MARGIN = 4.0
"""Energies grow along a tail: it is cut so many k_BT later than for the current, ln WHOLE_TAIL."""
WHOLE_HEAT_TAIL = WHOLE_TAIL + 8.0
"""With nearly equal temperatures the square of the energy grows along it."""
TOTAL, SIZE, ERROR, FALL = range(4)
"""Of each flow and piece: its integral, that of the modulus and what ``error_estimate`` says."""


@merged
def _store(flow, piece, value, modulus, last, middle):
    """Store one flow of a piece with its error."""
    flow[TOTAL] = value
    flow[SIZE] = modulus
    flow[ERROR], flow[FALL] = error_estimate(last, abs(middle), fastest_fall(piece))


@merged
def _largest(a, b, c):
    return max(abs(a), max(abs(b), abs(c)))


@merged
def _store_charge_and_heat(flow, piece, leads, charge, moment):
    """Store ∫ f and ∫ (energy + u) f of a piece, with the energy of its breakpoint.

    ``charge`` and ``moment`` are the sums of f and of u f: value, modulus, the last three Legendre
    coefficients and the middle one.
    """
    value, modulus, c1, c2, c3, c4 = charge
    first, size, m1, m2, m3, m4 = moment
    _store(flow[CHARGE], piece, value, modulus, _largest(c1, c2, c3), c4)
    for k in (HEAT_S, HEAT_SM):  # from either chemical potential
        energy = piece.x * leads.kT_S if k == HEAT_S else piece.y * leads.kT_Sm
        _store(
            flow[k],
            piece,
            energy * value + first,
            abs(energy) * modulus + size,
            _largest(energy * c1 + m1, energy * c2 + m2, energy * c3 + m3),
            energy * c4 + m4,
        )


@merged
def _flows(piece, rule, distance, speed, leads, work, flow):
    """Sum f, u f and the rate over a piece."""
    charge, moment, rate = work.values[0], work.values[1], work.values[2]
    weights = work.quadrature.rules[rule]
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
    _store_charge_and_heat(flow, piece, leads, charges, moments)
    total, _, r1, r2, r3, r4 = weighted_sums(rate, weights, order_of(rule))
    _store(flow[RATE], piece, total, total, _largest(r1, r2, r3), r4)


@merged
def _step_flows(piece, rule, distance, speed, leads, work, flow):
    """Sum f, u f and |f| over a piece on which one of the leads is full or empty."""
    charge, moment = work.values[0], work.values[1]
    weights = work.quadrature.rules[rule]
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
    _store_charge_and_heat(flow, piece, leads, charges, moments)
    _, modulus, c1, c2, c3, c4 = charges
    _store(flow[RATE], piece, modulus, modulus, _largest(c1, c2, c3), c4)


@looping
def flow_sums(queue, count, leads, work, flows):
    """Sum f, u f and the rate over the first ``count`` pieces of a queue.

    The first rows of ``work.values`` take the values of one piece after the other.
    """
    each_piece(_flows, queue, count, leads, work, flows)


@looping
def step_flow_sums(queue, count, leads, work, flows):
    """Sum f, u f and the rate, |f|, over pieces on which one of the leads is full or empty."""
    each_piece(_step_flows, queue, count, leads, work, flows)


@merged
def _order_for_worst(j, share, first, work, flows):
    """Return the index of the order that the worst flow of piece j needs."""
    before = work.piece[j].rule
    rule = before
    for k in range(first, FLOWS):
        error = flows[j, k, ERROR]
        if error > share[k]:
            rule = max(rule, order_for(error, 0.5 * share[k], flows[j, k, FALL], before))
    return rule


@merged
def _sum_up(count, lost, rtol, first, flows, total, share):
    """Add the pieces up and set what each may miss of each flow; return whether all are accurate.

    ``total`` (flows, 2) receives the integrals and their errors.
    """
    met = True
    hopeless = False
    for k in range(FLOWS):
        value = modulus = error = 0.0
        for j in range(count):
            value += flows[j, k, TOTAL]
            modulus += flows[j, k, SIZE]
            error += flows[j, k, ERROR]
        rounding = ROUNDING * modulus
        target = max(rtol * abs(value), rounding)
        tail = lost * modulus
        reported = error + tail
        if k != CHARGE or rtol < STRICT:
            reported = with_reserve(reported, target - rounding)
        total[k, 0], total[k, 1] = value, reported + rounding
        share[k] = (target - tail) / count
        if k >= first:
            met = met and error + tail <= target
            hopeless = hopeless or tail > 0.5 * target
    return met, hopeless


@merged
def _worse_than(j, share, first, flows):
    """Return whether a flow of piece j misses more than its share."""
    worse = False
    for k in range(first, FLOWS):
        worse = worse or flows[j, k, ERROR] > share[k]
    return worse


@merged
def _integrate_to(tail, V, leads, rtol, first, work, flows, total, share):
    """Integrate up to where the tails are cut; return whether all flows from ``first`` on met rtol.

    A piece is refined where its error in one of them is too large.
    """
    # Apart from that of the current: its errors are one row, added up packed; here each piece has
    # four, with a share each, and the sums of all flows are taken as soon as their values are made.
    count, hidden = lay_pieces(False, V, leads, -math.log(rtol), tail, work)
    both = one_step = NONE
    for j in range(count):
        if hidden > 0:
            locate_hidden(j, hidden, leads, work)
        both, one_step = enqueue(j, both, one_step, CURRENT, work)
    lost = 0.0 if tail == WHOLE_HEAT_TAIL else tail * lost_beyond(tail, V, leads)
    met = False
    for _ in range(MAX_ROUNDS):
        flow_sums(work.queue[BOTH], both, leads, work, flows)
        step_flow_sums(work.queue[ONE_STEP], one_step, leads, work, flows)
        met, hopeless = _sum_up(count, lost, rtol, first, flows, total, share)
        if met or hopeless or count == MAX_PIECES:
            break
        both = one_step = NONE
        for j in range(count):
            if count < MAX_PIECES and _worse_than(j, share, first, flows):
                rule = _order_for_worst(j, share, first, work, flows)
                count, both, one_step = refine(j, rule, count, both, one_step, CURRENT, leads, work)
    return met


@inner
def spin_up_flows(V, leads, rtol, work, flows, total):
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
    work : Workspace
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
    split = leads.h_Sm if leads.h_Sm != 0.0 else leads.h_S
    mean, mean_error, mean_met = math.nan, math.inf, False
    if is_averaged(CURRENT, V, leads):
        mean, mean_error, mean_met = averaged(CURRENT, V, leads, rtol, work)
    reverse = split < 0.0 or (split == 0.0 and V < 0.0)
    voltage = -V if reverse else V
    oriented = mirrored(leads) if reverse else leads
    first = HEAT_S if mean_met else CHARGE
    share = np.empty(FLOWS)
    tail = min(TAIL_MARGIN + HEAT_MARGIN - math.log(rtol), WHOLE_HEAT_TAIL)
    while True:  # twice at most: a loop, so that what is merged into it is compiled once
        met = _integrate_to(tail, voltage, oriented, rtol, first, work, flows, total, share)
        if met or tail == WHOLE_HEAT_TAIL:
            break
        tail = WHOLE_HEAT_TAIL
    if mean_met or mean_error < total[CHARGE, 1]:
        total[CHARGE, 0], total[CHARGE, 1] = mean, mean_error
    elif reverse:
        total[CHARGE, 0] = -total[CHARGE, 0]
    return met


@entry
def spin_up_flow_values(V, row, table, rtol, quadrature, value, error, met):
    """Write the flows of spin up at many points.

    Parameters
    ----------
    V, row : array of shape (n,)
        Bias voltages in Δ0/e, and the index in ``table`` of the junction of each point.
    table, rtol, quadrature
        As in ``spin_up_values``.
    value, error : array of shape (n, 4)
        Receive I, J_S, J_Sm and R with their errors, units as in ``spin_up_flows``.
    met : array of shape (n,)
        Receives whether all four are as accurate as asked.
    """
    work = workspace(quadrature)
    flows = np.empty((MAX_PIECES, FLOWS, FALL + 1))
    total = np.empty((FLOWS, 2))
    for i in range(V.size):
        met[i] = spin_up_flows(V[i], leads_of(table[row[i]]), rtol, work, flows, total)
        value[i] = total[:, 0]
        error[i] = total[:, 1]
