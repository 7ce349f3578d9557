"""A junction as an element of a circuit: its I_q(V), with everything that the barrier does to it.

Only V > 0 is searched: I_q(−V) of a junction is −I_q(V) of the junction with the opposite
polarisation of the barrier, and so what happens at V < 0 is what happens there at −V.
"""

from typing import NamedTuple

import numpy as np

from thermospin.kernels.flows import CHARGE, FALL, FLOWS, HEAT_S, spin_up_flows
from thermospin.kernels.leads import (
    POLARISATION,
    TURNED,
    Leads,
    leads_of,
    mirrored,
    with_fields,
)
from thermospin.kernels.tunnelling import (
    CONDUCTANCE,
    CURRENT,
    spin_up,
)
from thermospin.kernels.workspace import MAX_PIECES, Workspace, workspace
from thermospin.machine.compilation import allocating, outer

FINE = 1e-10
"""Relative tolerance of I_up and I_down at a zero, and of the slope at V = 0."""
FINEST = 1e-13
"""The smallest one: a value below its error is hidden by rounding then, and counts as 0."""


class Circuit(NamedTuple):
    """A junction: its leads, these with the field of S reversed and their share, the barrier."""

    leads: Leads
    reversed_S: Leads
    turned: float
    polarisation: float


class Memory(NamedTuple):
    """Memory of one evaluation after another, made once."""

    work: Workspace
    flows: np.ndarray  # (pieces, flows, 4)
    total: np.ndarray  # (flows, 2)
    other: np.ndarray  # (flows, 2)


@allocating
def memory_of_circuit(quadrature):
    """Return memory for one evaluation after another."""
    return Memory(
        workspace(quadrature),
        np.empty((MAX_PIECES, FLOWS, FALL + 1)),
        np.empty((FLOWS, 2)),
        np.empty((FLOWS, 2)),
    )


@outer
def circuit_of(row):
    """Return a junction from a row of a table: eight numbers of the leads, P and sin²(θ/2).

    With all fields and P reversed I_q(V) keeps its value, to the last bit. Of two such junctions
    one is chosen, whichever is given, so that searches find identical voltages in both.
    """
    leads, polarisation = leads_of(row), row[POLARISATION]
    if leads.h_Sm < 0.0 or (leads.h_Sm == 0.0 and leads.h_S < 0.0):
        leads, polarisation = mirrored(leads), -polarisation
    reversed_S = with_fields(leads, -leads.h_S, leads.h_Sm)
    return Circuit(leads, reversed_S, row[TURNED], polarisation)


@outer
def opposite(circuit):
    """Return the junction whose I_q(V) is −I_q(−V) of this one."""
    return Circuit(circuit.leads, circuit.reversed_S, circuit.turned, -circuit.polarisation)


@outer
def spin_up_at_angle(kind, V, circuit, rtol, work):
    """Return the spin-up integral over all angles, its error and whether it met ``rtol``.

    Parameters
    ----------
    kind : int
        ``CURRENT``, ``CONDUCTANCE`` or ``MEAN_CONDUCTANCE``.
    V : float
        Bias voltage in Δ0/e.
    circuit : Circuit
        The junction.
    rtol : float
        Relative accuracy that is asked for.
    work : Workspace
        Memory of the evaluation, written to.

    Returns
    -------
    value, error : float
        cos²(θ/2) of I_up between fields as they are, sin²(θ/2) of I_up with that of S reversed.
    met : bool
        Whether all parts met ``rtol``.
    """
    value = error = 0.0
    met = True
    turned, last = circuit.turned == 1.0, circuit.turned > 0.0
    while True:  # twice at most: a loop, so that what takes long is compiled once
        share = circuit.turned if turned else 1.0 - circuit.turned
        leads = circuit.reversed_S if turned else circuit.leads
        part, part_error, part_met = spin_up(kind, V, leads, rtol, work)
        value += share * part
        error += share * part_error
        met = met and part_met
        if turned == last:
            break
        turned = True
    return value, error, met


@outer
def charge(V, circuit, rtol, work):
    """Return I_q(V), its error, |I_up| + |I_down| and whether both spins met ``rtol``.

    I_q is (1 + P) I_up(V) − (1 − P) I_up(−V) with the I_up of an unpolarised barrier.

    Parameters
    ----------
    V : float
        Bias voltage in Δ0/e.
    circuit : Circuit
        The junction.
    rtol : float
        Relative accuracy that is asked for.
    work : Workspace
        Memory of the evaluation, written to.

    Returns
    -------
    current, error, size : float
        I_q, its error and |I_up| + |I_down| in G_T Δ0/e.
    met : bool
        Whether both spins met ``rtol``.
    """
    current = error = size = 0.0
    met = True
    for sign in (1.0, -1.0):
        passing = 1.0 + sign * circuit.polarisation
        spin, spin_error, spin_met = spin_up_at_angle(CURRENT, sign * V, circuit, rtol, work)
        current += sign * passing * spin
        error += passing * spin_error
        size += passing * abs(spin)
        met = met and spin_met
    return current, error, size, met


@outer
def charge_and_heat(V, circuit, rtol, memory):
    """Return what ``charge`` does, with J_S(V) and its error before the last.

    Parameters
    ----------
    V : float
        Bias voltage in Δ0/e.
    circuit : Circuit
        The junction.
    rtol : float
        Relative accuracy that is asked for.
    memory : Memory
        Memory of the evaluation, written to.

    Returns
    -------
    current, error, size : float
        In G_T Δ0/e, as in ``charge``.
    heat, heat_error : float
        J_S and its error in G_T Δ0²/e².
    met : bool
        Whether both spins met ``rtol``.
    """
    ups, downs = 1.0 + circuit.polarisation, 1.0 - circuit.polarisation
    current = error = size = heat = heat_error = 0.0
    met = True
    for sign, passing in ((1.0, ups), (-1.0, downs)):
        total = memory.total
        met &= spin_up_flows(sign * V, circuit.leads, rtol, memory.work, memory.flows, total)
        if circuit.turned > 0.0:
            part, other = circuit.turned, memory.other
            met &= spin_up_flows(
                sign * V, circuit.reversed_S, rtol, memory.work, memory.flows, other
            )
            for k in (CHARGE, HEAT_S):
                for column in range(2):
                    total[k, column] = (1.0 - part) * total[k, column] + part * other[k, column]
        current += sign * passing * total[CHARGE, 0]
        error += passing * total[CHARGE, 1]
        size += passing * abs(total[CHARGE, 0])
        heat += passing * total[HEAT_S, 0]
        heat_error += passing * total[HEAT_S, 1]
    return current, error, size, heat, heat_error, met


@outer
def slope_at_zero(circuit, work):
    """Return dI_q/dV at V = 0, where both spins contribute equally, and its error.

    Parameters
    ----------
    circuit : Circuit
        The junction.
    work : Workspace
        Memory of the evaluation, written to.

    Returns
    -------
    slope, error : float
        In G_T.
    """
    slope, error, _ = spin_up_at_angle(CONDUCTANCE, 0.0, circuit, FINE, work)
    return 2.0 * slope, 2.0 * error


@outer
def is_odd(circuit, work):
    """Return whether I_q(−V) = −I_q(V): without a polarisation, or where none tells, I_q(0) = 0.

    Parameters
    ----------
    circuit : Circuit
        The junction.
    work : Workspace
        Memory of the evaluation, written to.

    Returns
    -------
    bool
        True as well where I_q(0) is below its error.
    """
    if circuit.polarisation == 0.0:
        return True
    current, error, _, _ = charge(0.0, circuit, FINEST, work)
    return abs(current) <= error
