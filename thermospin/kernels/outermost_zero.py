"""The Seebeck voltage: the outermost zero of I_q on V > 0 where it goes from − to +."""

import math

import numpy as np

from thermospin.kernels.circuit import circuit_of, is_odd, memory_of_circuit
from thermospin.kernels.panel_model import chart_of_search
from thermospin.kernels.search import CHANGE_COLUMNS
from thermospin.kernels.zeros import sign_changes, zero_at
from thermospin.machine.compilation import entry


@entry
def seebeck_voltages(table, quadrature, films, voltage):
    """Write the Seebeck voltage V_S of each junction of a table; NaN where there is none.

    At large V the current is positive: where its sign changes first, from there inwards, it rises.

    Parameters
    ----------
    table : array of shape (m, COLUMNS)
        Junctions, columns as in ``leads``.
    quadrature : Quadrature
        ``rules.QUADRATURE``.
    films : Films or ()
        Tables of the leads that are films, the same for all; () where no lead is one.
    voltage : array of shape (m,)
        Receives V_S in Δ0/e, where I_q(V_S) = 0.
    """
    memory, chart = memory_of_circuit(quadrature, films), chart_of_search()
    found = np.empty((1, CHANGE_COLUMNS))
    for i in range(len(table)):
        circuit = circuit_of(table[i])
        odd = is_odd(circuit, memory.workspace)
        voltage[i] = math.nan
        if sign_changes(0.0, circuit, odd, memory, chart, found) > 0:
            voltage[i] = zero_at(found[0], 0.0, circuit, odd, memory, chart)
