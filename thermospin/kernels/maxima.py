"""The most that a junction can give at any bias: power, efficiency, conductance of the load."""

import math

from thermospin.kernels.circuit import (
    FLATNESS,
    GOLDEN,
    MOST_SECTIONS,
    charge,
    circuit_of,
    memory_of_search,
    opposite,
    slope_at_zero,
    voltages,
)
from thermospin.kernels.compiled import entry, inner
from thermospin.kernels.flows import CHARGE, HEAT_S, spin_up_flows

POWER, EFFICIENCY, LOAD = range(3)
"""What can be the largest: −I_q V, −I_q V/J_S and −I_q/V."""
SCAN, SCAN_SMALL = 1e-7, 1e-11
"""Relative tolerances at the samples; −I_q/V at small V is a quotient of small differences."""


@inner
def _efficiency(V, circuit, rtol, memory):
    """Return −I_q V/J_S where both are positive, else 0, and whether they are accurate."""
    ups, downs = 1.0 + circuit.polarisation, 1.0 - circuit.polarisation
    current = heat = 0.0
    met = True
    for sign, passing in ((1.0, ups), (-1.0, downs)):
        total = memory.total
        met &= spin_up_flows(sign * V, circuit.leads, rtol, memory.work, memory.flows, total)
        up, out = total[CHARGE, 0], total[HEAT_S, 0]
        if circuit.turned > 0.0:
            part, other = circuit.turned, memory.other
            met &= spin_up_flows(
                sign * V, circuit.reversed_S, rtol, memory.work, memory.flows, other
            )
            up = (1.0 - part) * up + part * other[CHARGE, 0]
            out = (1.0 - part) * out + part * other[HEAT_S, 0]
        current += sign * passing * up
        heat += passing * out
    power = -current * V
    return (power / heat if power > 0.0 and heat > 0.0 else 0.0), met


@inner
def _value(kind, V, circuit, rtol, memory):
    """Return what is to be the largest, and whether it is accurate."""
    if kind == EFFICIENCY:
        return _efficiency(V, circuit, rtol, memory)
    current, _, met = charge(V, circuit, rtol, memory.work)
    return -current * (V if kind == POWER else 1.0 / V), met


@inner
def largest(kind, circuit, rtol, memory):
    """Return the largest value on V > 0, at which V, and whether it is accurate.

    The best of samples that see every feature is improved by golden sections between its
    neighbours. Where none is positive, the largest is 0 at V = 0.
    """
    sample = memory.sample
    number = voltages(circuit, sample)
    best, place = 0.0, -1
    for i in range(number):
        value, _ = _value(kind, sample[i], circuit, SCAN_SMALL if kind == LOAD else SCAN, memory)
        if value > best:
            best, place = value, i
    if place < 0:
        return 0.0, 0.0, True
    b = sample[place]
    below, above = place, place
    while below >= 0 and b - sample[below] <= FLATNESS * b:
        below -= 1
    while above < number - 1 and sample[above] - b <= FLATNESS * b:
        above += 1
    a, c = (sample[below] if below >= 0 else 0.5 * b), max(b, sample[above])
    top, met = _value(kind, b, circuit, rtol, memory)
    for _ in range(MOST_SECTIONS):
        if c - a <= FLATNESS * b:
            break
        x = b + GOLDEN * (c - b) if c - b > b - a else b - GOLDEN * (b - a)
        value, value_met = _value(kind, x, circuit, rtol, memory)
        if value > top:
            a, c = (b, c) if x > b else (a, b)
            b, top, met = x, value, value_met
        elif x > b:
            c = x
        else:
            a = x
    return (top, b, met) if top > 0.0 else (0.0, 0.0, met)


@entry
def maxima(kind, table, rtol, quadrature, value, voltage, met):
    """Write the largest power, efficiency or load conductance of each row, and at which V.

    0 where there is none above 0; of two equal ones the voltage is positive. A junction that
    carries a current at V = 0 drives loads of any conductance: ∞.
    """
    memory = memory_of_search(quadrature)
    if kind == LOAD:
        rtol = min(rtol, SCAN_SMALL)
    for i in range(len(table)):
        circuit = circuit_of(table[i])
        value[i], voltage[i], met[i] = largest(kind, circuit, rtol, memory)
        if circuit.polarisation != 0.0:
            top, place, other_met = largest(kind, opposite(circuit), rtol, memory)
            if top > value[i]:
                value[i], voltage[i], met[i] = top, -place, other_met
        if kind == LOAD:
            if circuit.polarisation != 0.0:
                thermal, error, _ = charge(0.0, circuit, rtol, memory.work)
                if abs(thermal) > error:
                    value[i], voltage[i], met[i] = math.inf, 0.0, True
                    continue
            limit = -slope_at_zero(circuit, memory.work)[0]
            if limit > value[i]:
                value[i], voltage[i] = limit, 0.0
