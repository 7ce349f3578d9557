"""Where a junction rests across a load.

Across a load of conductance G_L the voltage V obeys C dV/dt = −(I_q(V) + G_L V) with any
capacitance C. It rests at the zeros of the bracket, stably where that rises, dI_q/dV + G_L > 0.
At large V > 0 the bracket is positive: the outermost zero is stable, and from one to the next it
alternates.
"""

import math

import numpy as np

from thermospin.kernels.circuit import (
    circuit_of,
    is_odd,
    memory_of_circuit,
    opposite,
    slope_at_zero,
)
from thermospin.kernels.panel_model import chart_of_search
from thermospin.kernels.search import CHANGE_COLUMNS
from thermospin.kernels.zeros import sign_changes, zero_at
from thermospin.machine.compilation import entry, outer

MOST_POINTS = 15
"""Operating points of one junction that are kept: V = 0 and seven on either side."""
ASIDE = MOST_POINTS // 2


@outer
def _rests(load, circuit, odd, memory, chart, found, voltage):
    """Write the zeros of I_q + G_L V on V > 0, descending; return how many."""
    count = sign_changes(load, circuit, odd, memory, chart, found)
    for k in range(count):
        voltage[k] = zero_at(found[k], load, circuit, odd, memory, chart)
    return count


@entry
def operating_points(table, load, quadrature, films, voltage, stable):
    """Write the operating points of each junction across its load, where I_q(V) + G_L V = 0.

    Parameters
    ----------
    table : array of shape (m, COLUMNS)
        Junctions, columns as in ``leads``.
    load : array of shape (m,)
        Conductances G_L of the loads in G_T.
    quadrature : Quadrature
        ``rules.QUADRATURE``.
    films : Films or ()
        Tables of the leads that are films, the same for all; () where no lead is one.
    voltage : array of shape (m, MOST_POINTS)
        Receives the voltages in Δ0/e, ascending, and NaN after the last.
    stable : array of shape (m, MOST_POINTS)
        Receives whether dI_q/dV + G_L > 0 there.
    """
    memory, chart = memory_of_circuit(quadrature, films), chart_of_search()
    found = np.empty((ASIDE, CHANGE_COLUMNS))
    right, left = np.empty(ASIDE), np.empty(ASIDE)
    for i in range(len(table)):
        circuit = circuit_of(table[i])
        odd = is_odd(circuit, memory.workspace)
        above = _rests(load[i], circuit, odd, memory, chart, found, right)
        if odd:
            left[:above], below = right[:above], above
        else:
            below = _rests(load[i], opposite(circuit), odd, memory, chart, found, left)
        voltage[i], stable[i] = math.nan, False
        for k in range(below):
            voltage[i, k], stable[i, k] = -left[k], k % 2 == 0
        count = below
        if odd:
            slope, error = slope_at_zero(circuit, memory.workspace)
            voltage[i, count], stable[i, count] = 0.0, slope + load[i] > error
            count += 1
        for k in range(above):
            last = count + above - 1 - k
            voltage[i, last], stable[i, last] = right[k], k % 2 == 0
