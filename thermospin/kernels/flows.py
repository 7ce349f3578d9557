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
from typing import NamedTuple

import numpy as np

from thermospin.kernels.compiled import entry, inner, merged, summing
from thermospin.kernels.fermi import fermi_exchange, fermi_step
from thermospin.kernels.grid import TAIL_LOSS, TAIL_MARGIN, WHOLE_TAIL, view_from
from thermospin.kernels.nodes import Sums, density_product
from thermospin.kernels.pieces import (
    FAR,
    MAX_PIECES,
    NEAR,
    VALUE,
    bisect,
    lay_pieces,
    workspace,
)
from thermospin.kernels.rules import HIGHEST, ORDERS, RULES, error_estimate, order_for
from thermospin.kernels.tunnelling import (
    CURRENT,
    MAX_ROUNDS,
    ROUNDING,
    frozen,
    leads_of,
    mirrored,
    span_of,
    spin_up,
)

CHARGE, HEAT_S, HEAT_SM, RATE = range(4)
FLOWS = 4
"""I, J_S, J_Sm and R: columns of what the kernels write."""
HEAT_MARGIN = 4.0
"""Energies grow along a tail: it is cut so many k_BT later than for the current, ln WHOLE_TAIL."""
TOTAL, SIZE, ERROR, HIGH, LOW = range(5)
"""Of each flow and piece: its integral, that of the modulus, the error and what it comes from."""


class FlowSums(NamedTuple):
    """The sums over a piece of f, of u f and of the rate."""

    charge: Sums
    moment: Sums
    rate: Sums
    last: tuple[float, float, float]  # Legendre coefficients of f, with their signs
    moment_last: tuple[float, float, float]


@summing
def flow_sums(span, view, leads):
    """Sum f, u f and the rate over a piece."""
    value = modulus = c1 = c2 = c3 = c4 = 0.0
    moment = size = m1 = m2 = m3 = m4 = 0.0
    rate = r1 = r2 = r3 = r4 = 0.0
    width = 0.5 * abs(span.scale)
    rule = RULES[span.rule]
    for i in range(ORDERS[span.rule]):
        u = span.scale * span.distance[i]
        over, under = density_product(u, view, leads)
        rise, exchange, fall = fermi_exchange(
            view.x + u * leads.rate_S,
            view.y + u * leads.rate_Sm,
            view.y_minus_x + u * (leads.rate_Sm - leads.rate_S),
        )
        common = width * over * span.speed[i] / (under * fall)
        f = common * rise
        g = u * f
        r = common * exchange
        w = rule[1, i]
        value += w * f
        modulus += w * abs(f)
        moment += w * g
        size += w * abs(g)
        rate += w * r
        c1 += rule[2, i] * f
        c2 += rule[3, i] * f
        c3 += rule[4, i] * f
        c4 += rule[5, i] * f
        m1 += rule[2, i] * g
        m2 += rule[3, i] * g
        m3 += rule[4, i] * g
        m4 += rule[5, i] * g
        r1 += rule[2, i] * r
        r2 += rule[3, i] * r
        r3 += rule[4, i] * r
        r4 += rule[5, i] * r
    return FlowSums(
        Sums(value, modulus, 0.0, c4),
        Sums(moment, size, 0.0, m4),
        Sums(rate, rate, max(abs(r1), max(abs(r2), abs(r3))), abs(r4)),
        (c1, c2, c3),
        (m1, m2, m3),
    )


@summing
def step_flow_sums(span, view, leads, x, rate, sign, above):
    """Sum the same over a piece on which one of the leads is full or empty.

    The other's Fermi function has the argument x + u · rate; see ``fermi_step`` for ``above``.
    """
    value = modulus = c1 = c2 = c3 = c4 = 0.0
    moment = size = m1 = m2 = m3 = m4 = 0.0
    width = sign * abs(span.scale)
    rule = RULES[span.rule]
    for i in range(ORDERS[span.rule]):
        u = span.scale * span.distance[i]
        over, under = density_product(u, view, leads)
        rise, fall = fermi_step(x + u * rate, above)
        f = width * over * rise * span.speed[i] / (under * fall)
        g = u * f
        w = rule[1, i]
        value += w * f
        modulus += w * abs(f)
        moment += w * g
        size += w * abs(g)
        c1 += rule[2, i] * f
        c2 += rule[3, i] * f
        c3 += rule[4, i] * f
        c4 += rule[5, i] * f
        m1 += rule[2, i] * g
        m2 += rule[3, i] * g
        m3 += rule[4, i] * g
        m4 += rule[5, i] * g
    return FlowSums(
        Sums(value, modulus, 0.0, c4),
        Sums(moment, size, 0.0, m4),
        Sums(modulus, modulus, max(abs(c1), max(abs(c2), abs(c3))), abs(c4)),
        (c1, c2, c3),
        (m1, m2, m3),
    )


@merged
def _store(flow, value, modulus, last, middle):
    """Store one flow of a piece with its error."""
    flow[TOTAL] = value
    flow[SIZE] = modulus
    flow[ERROR] = error_estimate(last, middle)
    flow[HIGH] = last
    flow[LOW] = middle


@merged
def _store_moment(flow, energy, sums):
    """Store ∫ (energy + u) f of a piece: the heat as seen from one of the chemical potentials."""
    last = 0.0
    for k in range(3):
        last = max(last, abs(energy * sums.last[k] + sums.moment_last[k]))
    _store(
        flow,
        energy * sums.charge.value + sums.moment.value,
        abs(energy) * sums.charge.modulus + sums.moment.modulus,
        last,
        abs(energy * sums.charge.middle + sums.moment.middle),
    )


@merged
def _evaluate(j, V, leads, work, flows):
    """Integrate over piece j at its order and store all flows."""
    piece = work.piece[j]
    base = work.base[j]
    view = view_from(work.place, base, V, leads)
    span = span_of(j, work)
    rate_x, rate_y = leads.rate_S, leads.rate_Sm
    x0, x1 = view.x + piece[NEAR] * rate_x, view.x + piece[FAR] * rate_x
    y0, y1 = view.y + piece[NEAR] * rate_y, view.y + piece[FAR] * rate_y
    if frozen(y0, y1, x0, x1):
        sums = step_flow_sums(span, view, leads, view.x, rate_x, 0.5, y0 > 0.0)
    elif frozen(x0, x1, y0, y1):
        sums = step_flow_sums(span, view, leads, view.y, rate_y, -0.5, x0 > 0.0)
    else:
        sums = flow_sums(span, view, leads)
    charge, rate = sums.charge, sums.rate
    last = max(abs(sums.last[0]), max(abs(sums.last[1]), abs(sums.last[2])))
    _store(flows[CHARGE], charge.value, charge.modulus, last, abs(charge.middle))
    energy = work.place[base, 0]
    _store_moment(flows[HEAT_S], energy - V, sums)
    _store_moment(flows[HEAT_SM], energy, sums)
    _store(flows[RATE], rate.value, rate.modulus, rate.last, rate.middle)
    piece[VALUE] = charge.value  # no longer NaN: done


@merged
def _refine(j, count, share, first, work, flows):
    """Ask for piece j at the order that its worst flow needs, or in two where none is enough."""
    rule = work.rule[j]
    for k in range(first, FLOWS):
        error = flows[j, k, ERROR]
        if error > share[k]:
            high, low = flows[j, k, HIGH], flows[j, k, LOW]
            rule = max(rule, order_for(error, 0.5 * share[k], high, low, work.rule[j]))
    if rule == work.rule[j]:
        return count
    if rule > HIGHEST:
        return bisect(j, count, work) if count < MAX_PIECES else count
    work.rule[j] = rule
    work.piece[j, VALUE] = math.nan
    return count


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
        total[k, 0], total[k, 1] = value, error + tail + rounding
        share[k] = (target - tail) / count
        if k >= first:
            met = met and error + tail <= target
            hopeless = hopeless or tail > 0.5 * target
    return met, hopeless


@inner
def _integrate_to(tail, V, leads, rtol, first, work, flows, total):
    """Integrate up to where the tails are cut; return whether all flows from ``first`` on met rtol.

    A piece is refined where its error in one of them is too large.
    """
    count = lay_pieces(V, leads, -math.log(rtol), tail, work)
    share = np.empty(FLOWS)
    lost = 0.0 if tail == WHOLE_TAIL else TAIL_LOSS * tail * math.exp(-tail)
    met = False
    for _ in range(MAX_ROUNDS):
        for j in range(count):
            if math.isnan(work.piece[j, VALUE]):
                _evaluate(j, V, leads, work, flows[j])
        met, hopeless = _sum_up(count, lost, rtol, first, flows, total, share)
        if met or hopeless or count == MAX_PIECES:
            break
        for j in range(count):
            count = _refine(j, count, share, first, work, flows)
    return met


@entry
def spin_up_flows(V, leads, rtol, work, flows, total):
    """Write I, J_S, J_Sm and R of spin up with their errors; return whether all met ``rtol``.

    With all energies reversed I_up changes sign, and the others are the same:
    J_up(V, h_S, h) = J_up(−V, −h_S, −h). Of each such pair one is integrated. Next to V = 0 without
    exchange fields the current, which all but cancels, is that of ``spin_up``.
    """
    split = leads.h_Sm if leads.h_Sm != 0.0 else leads.h_S
    slow = split == 0.0 and abs(V) <= 0.5 * (leads.gamma_S + leads.gamma_Sm)
    reverse = split < 0.0 or (split == 0.0 and V < 0.0)
    voltage = -V if reverse else V
    oriented = mirrored(leads) if reverse else leads
    first = HEAT_S if slow else CHARGE
    tail = min(TAIL_MARGIN + HEAT_MARGIN - math.log(rtol), WHOLE_TAIL)
    met = _integrate_to(tail, voltage, oriented, rtol, first, work, flows, total)
    if not met and tail < WHOLE_TAIL:
        met = _integrate_to(WHOLE_TAIL, voltage, oriented, rtol, first, work, flows, total)
    if slow:
        total[CHARGE, 0], total[CHARGE, 1], current_met = spin_up(CURRENT, V, leads, rtol, work)
        met = met and current_met
    elif reverse:
        total[CHARGE, 0] = -total[CHARGE, 0]
    return met


@entry
def spin_up_flow_values(V, row, table, rtol, value, error, met):
    """Write the flows of spin up at many points.

    V, row and met have the shape (n,), value and error (n, 4); table (m, ≥ 8) holds the leads and
    row[i] says which of them point i belongs to.
    """
    work = workspace()
    flows = np.empty((MAX_PIECES, FLOWS, 5))
    total = np.empty((FLOWS, 2))
    for i in range(V.size):
        met[i] = spin_up_flows(V[i], leads_of(table[row[i]]), rtol, work, flows, total)
        value[i] = total[:, 0]
        error[i] = total[:, 1]
