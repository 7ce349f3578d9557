"""Where a junction rests across a load.

Across a load of conductance G_L the voltage V obeys C dV/dt = −(I_q(V) + G_L V) with any
capacitance C. It rests at the zeros of the bracket, stably where that rises, dI_q/dV + G_L > 0.
Without a load, G_L = 0, the stable ones are open-circuit voltages.
"""

import math

import numpy as np

from thermospin.kernels.bracket import (
    MOST_STEPS,
    bracket_of,
    inside,
    is_narrow,
    narrowed,
    nearest,
)
from thermospin.kernels.circuit import (
    FLATNESS,
    GOLDEN,
    MOST_SAMPLES,
    MOST_SECTIONS,
    charge,
    circuit_of,
    memory_of_search,
    opposite,
    slope_at_zero,
    voltages,
)
from thermospin.kernels.compiled import entry, inner
from thermospin.kernels.seebeck import FINE, HIDDEN

MOST_POINTS = 15
"""Operating points of one junction that are kept: V = 0 and seven on either side."""
SCAN = 1e-7
"""Relative tolerance of the currents at the samples."""
NEAREST = 1e-12
"""Nearer to V = 0 nothing is searched for."""


@inner
def _net(V, load, circuit, work):
    """Return I_q + G_L V, with its sign right; 0 where rounding hides it."""
    rtol = SCAN
    while rtol > 1e-13:
        value, error, _ = charge(V, circuit, rtol, work)
        value += load * V
        if abs(value) > error:
            return value
        rtol *= 1e-3
    return 0.0


@inner
def sign_at_zero(load, circuit, work):
    """Return the sign of I_q + G_L V just above V = 0: that of I_q(0), or of the slope."""
    if circuit.polarisation != 0.0:
        thermal = _net(0.0, 0.0, circuit, work)
        if thermal != 0.0:
            return math.copysign(1.0, thermal)
    slope, error = slope_at_zero(circuit, work)
    slope += load
    return math.copysign(1.0, slope) if abs(slope) > error else 0.0


@inner
def _zero_between(a, b, load, circuit, work):
    """Return the zero of I_q + G_L V between a and b, at which it differs in sign."""
    fa = charge(a, circuit, FINE, work)[0] + load * a
    fb = charge(b, circuit, FINE, work)[0] + load * b
    bracket = bracket_of(a, fa, b, fb)
    x = 0.5 * (a + b)
    for _ in range(MOST_STEPS):
        fx, error, _ = charge(x, circuit, FINE, work)
        bracket = narrowed(bracket, x, fx + load * x)
        if is_narrow(bracket, HIDDEN * error):
            break
        x = inside(bracket)
    return nearest(bracket)


@inner
def _turns(a, b, c, load, circuit, work):
    """Return where between a and c I_q + G_L V has another sign than at a, b and c; NaN if nowhere.

    Of these it is nearest to 0 at b: it is brought nearer by golden sections.
    """
    top = _net(b, load, circuit, work)
    sign = math.copysign(1.0, top)
    for _ in range(MOST_SECTIONS):
        if c - a <= FLATNESS * b:
            break
        x = b + GOLDEN * (c - b) if c - b > b - a else b - GOLDEN * (b - a)
        here = _net(x, load, circuit, work)
        if here * sign < 0.0:
            return x
        if here * sign < top * sign:
            a, c = (b, c) if x > b else (a, b)
            b, top = x, here
        elif x > b:
            c = x
        else:
            a = x
    return math.nan


@inner
def _scan(load, circuit, memory):
    """Write voltages and I_q + G_L V there, nonzero, such that no zero is passed; return how many.

    Two zeros between neighbouring voltages show as a dip towards 0: one between them is put in.
    """
    sample, net, work = memory.sample, memory.net, memory.work
    number = voltages(circuit, sample)
    count = 0
    for i in range(number):
        value = _net(sample[i], load, circuit, work)
        if value != 0.0 and (count == 0 or sample[i] > sample[count - 1]):
            sample[count], net[count] = sample[i], value
            count += 1
    seen = count
    for i in range(1, seen - 1):
        before, here, after = net[i - 1], net[i], net[i + 1]
        same = here * before > 0.0 and here * after > 0.0
        if same and abs(here) <= min(abs(before), abs(after)) and count < MOST_SAMPLES:
            x = _turns(sample[i - 1], sample[i], sample[i + 1], load, circuit, work)
            if not math.isnan(x):
                sample[count], net[count] = x, -here
                count += 1
    order = np.argsort(sample[:count])
    sample[:count] = sample[:count][order]
    net[:count] = net[:count][order]
    return count


@inner
def rests(load, circuit, memory, voltage, stable):
    """Write the zeros of I_q + G_L V on V > 0, ascending, and whether it rises; return how many."""
    sample, net, work = memory.sample, memory.net, memory.work
    found = 0
    number = _scan(load, circuit, memory)
    sign, below = sign_at_zero(load, circuit, work), 0.0
    for i in range(number):
        if net[i] * sign < 0.0 and found < voltage.size:
            low = below
            if low == 0.0 and _net(0.0, 0.0, circuit, work) == 0.0:
                low = sample[i]
                while low > NEAREST and _net(low, load, circuit, work) * sign <= 0.0:
                    low *= 0.25
            voltage[found] = _zero_between(low, sample[i], load, circuit, work)
            stable[found] = net[i] > 0.0
            found += 1
        sign, below = net[i], sample[i]
    return found


@entry
def operating_points(table, load, quadrature, voltage, stable):
    """Write the operating points of each row across its load, ascending, the rest being NaN.

    table (m, 10); load (m,) conductances G_L; voltage and stable (m, MOST_POINTS).
    """
    memory = memory_of_search(quadrature)
    half = MOST_POINTS // 2
    here, up = np.empty(half), np.empty(half, np.bool_)
    for i in range(len(table)):
        circuit = circuit_of(table[i])
        voltage[i] = math.nan
        stable[i] = False
        count = rests(load[i], opposite(circuit), memory, here, up)
        for k in range(count):
            voltage[i, k] = -here[count - 1 - k]
            stable[i, k] = up[count - 1 - k]
        if circuit.polarisation == 0.0 or _net(0.0, 0.0, circuit, memory.work) == 0.0:
            voltage[i, count] = 0.0
            stable[i, count] = sign_at_zero(load[i], circuit, memory.work) > 0.0
            count += 1
        above = rests(load[i], circuit, memory, here, up)
        for k in range(above):
            voltage[i, count + k] = here[k]
            stable[i, count + k] = up[k]


@entry
def open_voltages(table, quadrature, voltage):
    """Write the outermost zero of I_q on V > 0 where it rises; NaN where there is none."""
    memory = memory_of_search(quadrature)
    here, up = np.empty(MOST_POINTS), np.empty(MOST_POINTS, np.bool_)
    for i in range(len(table)):
        count = rests(0.0, circuit_of(table[i]), memory, here, up)
        voltage[i] = math.nan
        for k in range(count):
            if up[k]:
                voltage[i] = here[k]
