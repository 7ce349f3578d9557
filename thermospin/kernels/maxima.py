"""The most that a junction can give at any bias: power, efficiency, conductance of the load.

A junction gives something below its V_S and nowhere above, so the panels of ``search`` end there.
The level is the largest quotient that is certain so far. A half of a panel is done with if the
excess over the level is nowhere above a tolerance; else its panel is read more accurately, or
halved, and the level rises with what is read. Nothing larger than the level can be left out
unnoticed that way, nor a V_S exist without a power.
"""

import math
from typing import NamedTuple

import numpy as np

from thermospin.kernels.circuit import (
    FINEST,
    charge_and_heat,
    circuit_of,
    is_odd,
    memory_of_circuit,
    opposite,
)
from thermospin.kernels.panel_halving import halve, has_room
from thermospin.kernels.panel_layout import UNREAD, lay_panels
from thermospin.kernels.panel_model import (
    BOTTOM,
    BOTTOM_ERROR,
    EFFICIENCY,
    LOAD,
    RTOL,
    SIZE,
    TOP,
    TOP_ERROR,
    VOLTAGE,
    at,
    chart_of_search,
)
from thermospin.kernels.search import (
    CHANGE_COLUMNS,
    F_LOW,
    FIRST_READ,
    GUESS,
    HIGH,
    LOW,
    SHARPER,
    Question,
    is_known,
    model_on,
    read,
    stays_below,
)
from thermospin.kernels.zeros import sign_changes
from thermospin.machine.compilation import entry, outer

SMALL = 1e-11
"""Tolerance of the currents for −I_q/V, which at small V is a quotient of small differences."""
FLAT = 0.1
"""What exceeds the level by less than this part of the tolerance is not followed."""
GOLDEN = 0.5 * (3.0 - math.sqrt(5.0))
SECTIONS = 40


class Best(NamedTuple):
    """The largest quotient that is certain so far, and at which voltage."""

    level: float
    V: float


@outer
def _read(V, question, rtol, memory, node):
    """Read a quotient at a voltage; return whether the currents met ``rtol``."""
    if question.quotient != EFFICIENCY:
        return read(V, question, rtol, memory, node)
    current, error, size, heat, heat_error, met = charge_and_heat(V, question.circuit, rtol, memory)
    node[VOLTAGE], node[RTOL] = V, rtol
    node[TOP], node[TOP_ERROR], node[SIZE] = -V * current, V * error, V * size
    node[BOTTOM], node[BOTTOM_ERROR] = heat, heat_error
    return met


@outer
def _better(best, node):
    """Return the best with what is certain at a node."""
    if node[BOTTOM] > node[BOTTOM_ERROR]:
        certain = (node[TOP] - node[TOP_ERROR]) / (node[BOTTOM] + node[BOTTOM_ERROR])
        if certain > best.level:
            return Best(certain, node[VOLTAGE])
    return best


@outer
def _top_of(model, low, high, chart):
    """Return where a model that is known well is largest between two voltages."""
    table, factors = chart.log, chart.factors[0]
    middle = low + GOLDEN * (high - low)
    top = at(model, middle, table, factors)
    for _ in range(SECTIONS):
        if high - middle > middle - low:
            V = middle + GOLDEN * (high - middle)
        else:
            V = middle - GOLDEN * (middle - low)
        F = at(model, V, table, factors)
        if top < F:
            low, high = (middle, high) if middle < V else (low, middle)
            middle, top = V, F
        elif middle < V:
            high = V
        else:
            low = V
    return middle


@outer
def _place(best, high, question, rtol, memory, chart):
    """Return the best below a voltage, to a relative tolerance, and whether that was reached."""
    node, panel = chart.node, chart.panel
    panels, nodes, pairs = lay_panels(high, question.circuit, memory.workspace.films, chart)
    reached = True
    while panels > 0:
        panels -= 1
        i, j, k = panel[panels]
        for n in (i, j, k):
            if node[n, RTOL] == UNREAD:
                _read(node[n, VOLTAGE], question, FIRST_READ, memory, node[n])
                best = _better(best, node[n])
        a, b, c = node[i], node[j], node[k]
        model = model_on(panels, best.level, question, pairs, chart)
        least = 1.0 if model.divided else min(a[BOTTOM], min(b[BOTTOM], c[BOTTOM]))
        limit = FLAT * rtol * best.level * max(least, 0.0)
        below = stays_below(model, a[VOLTAGE], b[VOLTAGE], limit, chart)
        above = stays_below(model, b[VOLTAGE], c[VOLTAGE], limit, chart)
        if below and above:
            continue
        known = is_known(model, limit, a, b, c)
        if known or not has_room(panels, nodes):
            reached = reached and known
            top = _top_of(model, a[VOLTAGE], c[VOLTAGE], chart)
            _read(top, question, FINEST, memory, node[nodes])
            best = _better(best, node[nodes])
        elif model.noise > model.missed:
            for n in (i, j, k):
                if node[n, RTOL] > FINEST:
                    finer = max(node[n, RTOL] * SHARPER, FINEST)
                    _read(node[n, VOLTAGE], question, finer, memory, node[n])
                    best = _better(best, node[n])
            panels += 1
        else:
            finer = b[RTOL]
            _read(0.5 * (a[VOLTAGE] + b[VOLTAGE]), question, finer, memory, node[nodes])
            _read(0.5 * (b[VOLTAGE] + c[VOLTAGE]), question, finer, memory, node[nodes + 1])
            best = _better(_better(best, node[nodes]), node[nodes + 1])
            panels = halve(panels, nodes, below, above, question, pairs, chart)
            nodes += 2
    return best, reached


@outer
def _largest(quotient, circuit, odd, rtol, memory, chart, found):
    """Return the largest quotient on V > 0, at which V, and whether it is accurate.

    The junction gives something if and only if it has a V_S, and then below it. Of a hotter Sm the
    heat that leaves S is negative where power is given: the efficiency is 0.
    """
    if quotient == EFFICIENCY and circuit.leads.kT_Sm >= circuit.leads.kT_S:
        return 0.0, 0.0, True
    if sign_changes(0.0, circuit, odd, memory, chart, found) == 0:
        return 0.0, 0.0, True
    finer = min(rtol, SMALL) if quotient == LOAD else rtol
    question, node = Question(circuit, quotient, odd), chart.node[0]
    low, high = found[0, LOW], found[0, HIGH]
    _read(low, question, FINEST, memory, node)
    best, reached = _place(_better(Best(0.0, low), node), high, question, rtol, memory, chart)
    met = _read(best.V, question, finer, memory, node)
    if best.level > 0.0:
        return node[TOP] / node[BOTTOM], best.V, met and reached
    # Rounding hides I_q, but for its sign: this is about what I_q/V tells where V_S was found.
    V = low if low > 0.0 else 0.5 * found[0, GUESS]
    value = found[0, F_LOW] if odd else found[0, F_LOW] / V
    if quotient != LOAD:
        _read(V, question, rtol, memory, node)
        value *= V * V / node[BOTTOM]
    return max(value, 0.0), V, False


@entry
def maxima(quotient, table, rtol, quadrature, films, value, voltage, met):
    """Write the largest power, efficiency or load conductance of each junction, and at which V.

    0 where there is none above 0; of two equal ones the voltage is positive. A junction that
    carries a current at V = 0 drives loads of any conductance: ∞.

    Parameters
    ----------
    quotient : int
        ``POWER``, −I_q V; ``EFFICIENCY``, −I_q V/J_S; or ``LOAD``, −I_q/V.
    table : array of shape (m, COLUMNS)
        Junctions, columns as in ``leads``.
    rtol : float
        Relative accuracy that is asked for.
    quadrature : Quadrature
        ``rules.QUADRATURE``.
    films : Films or ()
        Tables of the leads that are films, the same for all; () where no lead is one.
    value : array of shape (m,)
        Receives the maxima: power in G_T Δ0²/e², efficiency without unit, conductance in G_T.
    voltage : array of shape (m,)
        Receives the voltages in Δ0/e.
    met : array of shape (m,)
        Receives whether value and voltage are as accurate as asked.
    """
    memory, chart = memory_of_circuit(quadrature, films), chart_of_search()
    found = np.empty((1, CHANGE_COLUMNS))
    for i in range(len(table)):
        circuit = circuit_of(table[i])
        odd = is_odd(circuit, memory.workspace)
        if quotient == LOAD and not odd:
            value[i], voltage[i], met[i] = math.inf, 0.0, True
            continue
        value[i], voltage[i], met[i] = _largest(quotient, circuit, odd, rtol, memory, chart, found)
        if not odd:
            other = opposite(circuit)
            top, place, other_met = _largest(quotient, other, odd, rtol, memory, chart, found)
            if top > value[i]:
                value[i], voltage[i], met[i] = top, -place, other_met
