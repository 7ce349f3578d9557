"""Where a junction rests: the zeros of its current, or of the current that a load leaves over.

Across a load of conductance G_L the voltage V obeys C dV/dt = −(I_q(V) + G_L V) with any
capacitance C, and rests at the zeros of the bracket. Without a load, the outermost zero is the
Seebeck voltage.
"""

import math

import numpy as np

from thermospin.kernels.circuit import circuit_of, is_odd, memory_of_circuit
from thermospin.kernels.panel_model import chart_of_search
from thermospin.kernels.search import CHANGE_COLUMNS
from thermospin.kernels.zeros import sign_changes, zero_at
from thermospin.machine.compilation import entry


@entry
def current_zeros(table, load, quadrature, films, voltage, odd):
    """Write the outermost zeros of I_q(V) + G_L V on V > 0 of each junction, descending.

    At large V the bracket is positive: it rises through the first zero, and from one to the next
    its slope alternates.

    Parameters
    ----------
    table : array of shape (m, COLUMNS)
        Junctions, columns as in ``leads``.
    load : array of shape (m,)
        Conductances G_L of the loads in G_T, 0 for none.
    quadrature : Quadrature
        ``rules.QUADRATURE``.
    films : Films or ()
        Tables of the leads that are films, the same for all; () where no lead is one.
    voltage : array of shape (m, n)
        Receives the n outermost zeros in Δ0/e, and NaN after the last.
    odd : array of shape (m,)
        Receives whether I_q(−V) = −I_q(V), so that the zeros on V < 0 are their mirror image.
    """
    memory, chart = memory_of_circuit(quadrature, films), chart_of_search()
    found = np.empty((voltage.shape[1], CHANGE_COLUMNS))
    for i in range(len(table)):
        circuit = circuit_of(table[i])
        odd[i] = is_odd(circuit, memory.workspace)
        voltage[i] = math.nan
        count = sign_changes(load[i], circuit, odd[i], memory, chart, found)
        for k in range(count):
            voltage[i, k] = zero_at(found[k], load[i], circuit, odd[i], memory, chart)
