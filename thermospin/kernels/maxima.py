"""The most that a junction can give at any bias: power, efficiency, conductance of the load."""

import math

import numpy as np

from thermospin.kernels.circuit import circuit_of, is_odd, memory_of_circuit, opposite
from thermospin.kernels.compiled import entry, inner
from thermospin.kernels.panels import (
    BOTTOM,
    EFFICIENCY,
    LOAD,
    TOP,
    Question,
    chart_of_search,
    read,
)
from thermospin.kernels.search import CROSSING, FIRST_READ, HIGH, LOW, highest, search

SMALL = 1e-11
"""Relative tolerance for −I_q/V, which at small V is a quotient of small differences."""


@inner
def _largest(quotient, circuit, odd, rtol, memory, chart, found):
    """Return the largest quotient on V > 0, at which V, and whether it is accurate.

    The junction gives something if and only if it has a V_S, and then below it. Of a hotter Sm the
    heat that leaves S is negative where power is given: the efficiency is 0.
    """
    if quotient == EFFICIENCY and circuit.leads.kT_S <= circuit.leads.kT_Sm:
        return 0.0, 0.0, True
    gives = Question(circuit, LOAD, odd)
    count, _, _ = search(0.0, highest(circuit), False, gives, memory, chart, found)
    if count == 0:
        return 0.0, 0.0, True
    question, node = Question(circuit, quotient, odd), chart.node[0]
    low, high = found[0, LOW], found[0, HIGH]
    read(low, question, FIRST_READ, memory, node)
    level = max(node[TOP] / node[BOTTOM], 0.0)
    _, _, place = search(level, high, True, question, memory, chart, found)
    met = read(place, question, rtol, memory, node)
    return node[TOP] / node[BOTTOM], place, met


@entry
def maxima(quotient, table, rtol, quadrature, value, voltage, met):
    """Write the largest power, efficiency or load conductance of each row, and at which V.

    0 where there is none above 0; of two equal ones the voltage is positive. A junction that
    carries a current at V = 0 drives loads of any conductance: ∞.
    """
    memory, chart = memory_of_circuit(quadrature), chart_of_search()
    found = np.empty((1, CROSSING))
    if quotient == LOAD:
        rtol = min(rtol, SMALL)
    for i in range(len(table)):
        circuit = circuit_of(table[i])
        odd = is_odd(circuit, memory.work)
        if quotient == LOAD and not odd:
            value[i], voltage[i], met[i] = math.inf, 0.0, True
            continue
        value[i], voltage[i], met[i] = _largest(quotient, circuit, odd, rtol, memory, chart, found)
        if not odd:
            other = opposite(circuit)
            top, place, other_met = _largest(quotient, other, odd, rtol, memory, chart, found)
            if top > value[i]:
                value[i], voltage[i], met[i] = top, -place, other_met
