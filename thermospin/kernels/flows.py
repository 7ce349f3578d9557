"""Charge, heat and the rate of crossings of one spin: moments that share all their nodes.

With the integrand of Eq. (2), f = ½ N_S(E − eV) N_Sm(E) [f_S(E − eV) − f_Sm(E)],

``I = ∫ f dE``, ``J_S = ∫ (E − eV) f dE``, ``J_Sm = ∫ E f dE`` and
``R = ½ ∫ N_S N_Sm [f_S (1 − f_Sm) + f_Sm (1 − f_S)] dE``.

Densities and exponentials are those of the current; R takes its occupations from the same
exponentials, and where one lead is full or empty it is the modulus of f.
"""

import math
from typing import NamedTuple

import numpy as np

from thermospin.kernels.compiled import allocating, entry, inner, merged, summing
from thermospin.kernels.fermi import fermi_exchange, fermi_step
from thermospin.kernels.grid import TAIL_LOSS, TAIL_MARGIN, WHOLE_TAIL
from thermospin.kernels.nodes import add_up, density_product, mapped_nodes, sum_pieces
from thermospin.kernels.pieces import (
    BOTH,
    ERROR,
    FALL,
    FREE,
    MAX_PIECES,
    NONE,
    ONE_STEP,
    RULE,
    S_ABOVE,
    S_BELOW,
    SCALE,
    SM_ABOVE,
    SM_BELOW,
    STEP,
    STEP_RATE,
    STEP_SIGN,
    Y_MINUS_X,
    X,
    Y,
    bisect,
    lay_pieces,
    workspace,
)
from thermospin.kernels.rules import DISTANCE, HIGHEST, ORDERS, PACK, SPEED, order_for, order_of
from thermospin.kernels.stack import align_stack
from thermospin.kernels.tunnelling import (
    CURRENT,
    CURRENT_FACTOR,
    MAX_ROUNDS,
    ROUNDING,
    enqueue,
    leads_of,
    mirrored,
    spin_up,
)

CHARGE, HEAT_S, HEAT_SM, RATE = range(4)
FLOWS = 4
"""I, J_S, J_Sm and R: columns of what the kernels write."""
HEAT_MARGIN = 4.0
"""Energies grow along a tail: it is cut so many k_BT later than for the current, ln WHOLE_TAIL."""


class FlowMemory(NamedTuple):
    """For each flow what ``Workspace`` has for the current."""

    values: np.ndarray  # (flows, pieces, nodes)
    sums: np.ndarray  # (flows, 7, pieces + 8)


@allocating
def flow_memory():
    """Return memory for the flows of one point after another."""
    return FlowMemory(
        np.empty((FLOWS, MAX_PIECES, ORDERS[HIGHEST])),
        np.zeros((FLOWS, FALL + 1, MAX_PIECES + PACK)),
    )


@summing
def flow_values(queue, count, leads, work, values):
    """Write f, its products with both energies and the rate at the nodes of pieces of a queue.

    Each lacks ``CURRENT_FACTOR``.
    """
    for q in range(count):
        j = queue[q]
        piece = work.piece[j]
        charge, heat_S, heat_Sm, rate = (
            values[CHARGE, j],
            values[HEAT_S, j],
            values[HEAT_SM, j],
            values[RATE, j],
        )
        table, rule = mapped_nodes(piece, work.quadrature, work.free)
        nodes = work.free if table == FREE else work.quadrature.nodes
        distance, speed = nodes[DISTANCE, table, rule], nodes[SPEED, table, rule]
        scale = piece[SCALE]
        above_S, below_S, above_Sm, below_Sm = (
            piece[S_ABOVE],
            piece[S_BELOW],
            piece[SM_ABOVE],
            piece[SM_BELOW],
        )
        x, y, y_minus_x = piece[X], piece[Y], piece[Y_MINUS_X]
        energy_S, energy_Sm = x * leads.kT_S, y * leads.kT_Sm
        for i in range(order_of(rule)):
            u = scale * distance[i]
            over, under = density_product(
                above_S + u, below_S + u, above_Sm + u, below_Sm + u, leads
            )
            rise, exchange, fall = fermi_exchange(
                x + u * leads.rate_S,
                y + u * leads.rate_Sm,
                y_minus_x + u * (leads.rate_Sm - leads.rate_S),
            )
            common = speed[i] * over / (under * fall)
            f = common * rise
            charge[i] = f
            heat_S[i] = (energy_S + u) * f
            heat_Sm[i] = (energy_Sm + u) * f
            rate[i] = common * exchange


@summing
def step_flow_values(queue, count, leads, work, values):
    """Write the same at nodes of pieces on which one of the leads is full or empty."""
    for q in range(count):
        j = queue[q]
        piece = work.piece[j]
        charge, heat_S, heat_Sm, rate = (
            values[CHARGE, j],
            values[HEAT_S, j],
            values[HEAT_SM, j],
            values[RATE, j],
        )
        table, rule = mapped_nodes(piece, work.quadrature, work.free)
        nodes = work.free if table == FREE else work.quadrature.nodes
        distance, speed = nodes[DISTANCE, table, rule], nodes[SPEED, table, rule]
        scale = piece[SCALE]
        above_S, below_S, above_Sm, below_Sm = (
            piece[S_ABOVE],
            piece[S_BELOW],
            piece[SM_ABOVE],
            piece[SM_BELOW],
        )
        x, x_rate, sign = piece[STEP], piece[STEP_RATE], piece[STEP_SIGN]
        energy_S, energy_Sm = piece[X] * leads.kT_S, piece[Y] * leads.kT_Sm
        for i in range(order_of(rule)):
            u = scale * distance[i]
            over, under = density_product(
                above_S + u, below_S + u, above_Sm + u, below_Sm + u, leads
            )
            size = speed[i] * over / (under * fermi_step(x + u * x_rate))
            f = sign * size
            charge[i] = f
            heat_S[i] = (energy_S + u) * f
            heat_Sm[i] = (energy_Sm + u) * f
            rate[i] = size


@merged
def _sum_flows(both, one_step, leads, work, memory):
    """Integrate all flows over the pieces of both queues."""
    flow_values(work.queue[BOTH], both, leads, work, memory.values)
    step_flow_values(work.queue[ONE_STEP], one_step, leads, work, memory.values)
    for k in range(FLOWS):
        for queue, count in ((work.queue[BOTH], both), (work.queue[ONE_STEP], one_step)):
            values, sums = memory.values[k], memory.sums[k]
            sum_pieces(queue, count, CURRENT_FACTOR, False, work, values, sums)


@merged
def _refine(j, count, share, first, leads, work, sums):
    """Ask for piece j at the order that its worst flow needs, or in two where none is enough."""
    before = int(work.piece[j, RULE])
    rule = before
    for k in range(first, FLOWS):
        error = sums[k, ERROR, j]
        if error > share[k]:
            rule = max(rule, order_for(error, 0.5 * share[k], sums[k, FALL, j], before))
    if rule > HIGHEST:
        return bisect(j, count, leads, work)
    work.piece[j, RULE] = rule
    return count


@merged
def _sum_up(count, lost, rtol, first, sums, total, share):
    """Add the pieces up and set what each may miss of each flow; return whether all are accurate.

    ``total`` (flows, 2) receives the integrals and their errors.
    """
    met = True
    hopeless = False
    for k in range(FLOWS):
        value, modulus, error = add_up(count, 1.0, sums[k])
        rounding = ROUNDING * modulus
        target = max(rtol * abs(value), rounding)
        tail = lost * modulus
        total[k, 0], total[k, 1] = value, error + tail + rounding
        share[k] = (target - tail) / count
        if k >= first:
            met = met and error + tail <= target
            hopeless = hopeless or tail > 0.5 * target
    return met, hopeless


@merged
def _worse_than(j, share, first, sums):
    """Return whether a flow of piece j misses more than its share."""
    worse = False
    for k in range(first, FLOWS):
        worse = worse or sums[k, ERROR, j] > share[k]
    return worse


@merged
def _integrate_to(tail, V, leads, rtol, first, work, memory, total, share):
    """Integrate up to where the tails are cut; return whether all flows from ``first`` on met rtol.

    A piece is refined where its error in one of them is too large.
    """
    count = lay_pieces(V, leads, -math.log(rtol), tail, work)
    both = one_step = NONE
    for j in range(count):
        both, one_step = enqueue(j, both, one_step, CURRENT, work)
    lost = 0.0 if tail == WHOLE_TAIL else TAIL_LOSS * tail * math.exp(-tail)
    met = False
    for _ in range(MAX_ROUNDS):
        _sum_flows(both, one_step, leads, work, memory)
        met, hopeless = _sum_up(count, lost, rtol, first, memory.sums, total, share)
        if met or hopeless or count == MAX_PIECES:
            break
        both = one_step = NONE
        for j in range(count):
            if count < MAX_PIECES and _worse_than(j, share, first, memory.sums):
                before, count = count, _refine(j, count, share, first, leads, work, memory.sums)
                both, one_step = enqueue(j, both, one_step, CURRENT, work)
                if count > before:
                    both, one_step = enqueue(before, both, one_step, CURRENT, work)
    return met


@inner
def spin_up_flows(V, leads, rtol, work, memory, total):
    """Write I, J_S, J_Sm and R of spin up with their errors; return whether all met ``rtol``.

    With all energies reversed I_up changes sign, and the others are the same:
    J_up(V, h_S, h) = J_up(−V, −h_S, −h). Of each such pair one is integrated. Next to V = 0 without
    exchange fields the current, which all but cancels, is that of ``spin_up``.
    """
    align_stack()
    split = leads.h_Sm if leads.h_Sm != 0.0 else leads.h_S
    slow = split == 0.0 and abs(V) <= 0.5 * (leads.gamma_S + leads.gamma_Sm)
    reverse = split < 0.0 or (split == 0.0 and V < 0.0)
    voltage = -V if reverse else V
    oriented = mirrored(leads) if reverse else leads
    first = HEAT_S if slow else CHARGE
    share = np.empty(FLOWS)
    tail = min(TAIL_MARGIN + HEAT_MARGIN - math.log(rtol), WHOLE_TAIL)
    while True:  # with the one call of what is merged into here
        met = _integrate_to(tail, voltage, oriented, rtol, first, work, memory, total, share)
        if met or tail == WHOLE_TAIL:
            break
        tail = WHOLE_TAIL
    if slow:
        total[CHARGE, 0], total[CHARGE, 1], current_met = spin_up(CURRENT, V, leads, rtol, work)
        met = met and current_met
    elif reverse:
        total[CHARGE, 0] = -total[CHARGE, 0]
    return met


@entry
def spin_up_flow_values(V, row, table, rtol, quadrature, value, error, met):
    """Write the flows of spin up at many points.

    V, row and met have the shape (n,), value and error (n, 4); table (m, ≥ 8) holds the leads and
    row[i] says which of them point i belongs to.
    """
    work = workspace(quadrature)
    memory = flow_memory()
    total = np.empty((FLOWS, 2))
    for i in range(V.size):
        met[i] = spin_up_flows(V[i], leads_of(table[row[i]]), rtol, work, memory, total)
        value[i] = total[:, 0]
        error[i] = total[:, 1]
