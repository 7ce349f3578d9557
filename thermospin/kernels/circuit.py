"""A junction as an element of a circuit: its I_q(V), with the barrier's polarisation and angle.

Only V > 0 is searched: I_q(−V) of a junction is −I_q(V) of the junction with the opposite
polarisation of the barrier, so a search of that junction finds the zeros at V < 0.
"""

from typing import NamedTuple

import numpy as np

from thermospin.kernels.film_leads import workspace_for
from thermospin.kernels.flow_sums import CHARGE, FALL, FLOWS, HEAT_S
from thermospin.kernels.flows import spin_up_flows
from thermospin.kernels.kinds import CONDUCTANCE, CURRENT
from thermospin.kernels.leads import (
    POLARISATION,
    TURNED,
    Leads,
    leads_of,
    mirrored,
    with_fields,
)
from thermospin.kernels.tunnelling import spin_up_apart
from thermospin.kernels.workspace import Workspace
from thermospin.machine.compilation import allocating, outer

FINE = 1e-10
"""Relative tolerance of I_up and I_down at a zero, and of the slope at V = 0."""
FINEST = 1e-13
"""The smallest tolerance: rounding hides a value below its error then, and it counts as 0."""


class Circuit(NamedTuple):
    """A junction: its leads, and the leads with the exchange field of S reversed.

    ``turned`` is the share sin²(θ/2) of the current that flows as between the latter, and
    ``polarisation`` that of the barrier, P.
    """

    leads: Leads
    reversed_S: Leads
    turned: float
    polarisation: float


class Memory(NamedTuple):
    """Memory of the currents and heats of a junction, made once and used at every voltage."""

    workspace: Workspace
    flows: np.ndarray  # (pieces, flows, 4): see ``spin_up_flows``
    total: np.ndarray  # (flows, 2): values and errors
    other: np.ndarray  # (flows, 2): values and errors with the field of S reversed


@allocating
def memory_of_circuit(quadrature, films):
    """Return memory for the currents and heats of junctions, used at one voltage after another.

    Parameters
    ----------
    quadrature : Quadrature
        ``rules.QUADRATURE``.
    films : Films or ()
        Memory for the tables of films; () where no lead is a film.

    Returns
    -------
    Memory
        With nothing in it yet.
    """
    workspace = workspace_for(quadrature, films)
    return Memory(
        workspace,
        np.empty((len(workspace.piece), FLOWS, FALL + 1)),
        np.empty((FLOWS, 2)),
        np.empty((FLOWS, 2)),
    )


@outer
def circuit_of(row):
    """Return the junction in a row of a table, as an element of a circuit.

    With all exchange fields and P reversed I_q(V) keeps its value, to the last bit. Of two such
    junctions one is returned, whichever is given: that with h_Sm > 0, or with h_S ≥ 0 if h_Sm = 0.
    Searches therefore find identical voltages for both.

    Parameters
    ----------
    row : array of shape (≥ 10,)
        Row of a table of junctions, columns and units as in ``leads``.

    Returns
    -------
    Circuit
        The junction.
    """
    leads, polarisation = leads_of(row), row[POLARISATION]
    if leads.h_Sm < 0.0 or (leads.h_Sm == 0.0 and leads.h_S < 0.0):
        leads, polarisation = mirrored(leads), -polarisation
    reversed_S = with_fields(leads, -leads.h_S, leads.h_Sm)
    return Circuit(leads, reversed_S, row[TURNED], polarisation)


@outer
def opposite(circuit):
    """Return the junction whose I_q(V) is −I_q(−V) of a given junction: with −P in place of P.

    Parameters
    ----------
    circuit : Circuit
        The given junction.

    Returns
    -------
    Circuit
        The junction with the opposite polarisation of the barrier.
    """
    return Circuit(circuit.leads, circuit.reversed_S, circuit.turned, -circuit.polarisation)


@outer
def spin_up_at_angle(kind, V, circuit, rtol, workspace):
    """Return the spin-up integral over all angles, its error and whether it met ``rtol``.

    Parameters
    ----------
    kind : int
        ``CURRENT`` or ``CONDUCTANCE``.
    V : float
        Bias voltage in Δ0/e.
    circuit : Circuit
        The junction.
    rtol : float
        Relative accuracy that is asked for.
    workspace : Workspace
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
    while True:  # twice at most: a loop, so that what is merged is there once
        share = circuit.turned if turned else 1.0 - circuit.turned
        leads = circuit.reversed_S if turned else circuit.leads
        part, part_error, part_met = spin_up_apart(kind, V, leads, rtol, workspace)
        value += share * part
        error += share * part_error
        met = met and part_met
        if turned == last:
            break
        turned = True
    return value, error, met


@outer
def charge(V, circuit, rtol, workspace):
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
    workspace : Workspace
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
        spin, spin_error, spin_met = spin_up_at_angle(CURRENT, sign * V, circuit, rtol, workspace)
        current += sign * passing * spin
        error += passing * spin_error
        size += passing * abs(spin)
        met = met and spin_met
    return current, error, size, met


@outer
def charge_and_heat(V, circuit, rtol, memory):
    """Return I_q(V) and the heat J_S(V) that leaves S, their errors, and whether all met ``rtol``.

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
        Whether all flows of both spins met ``rtol``.
    """
    ups, downs = 1.0 + circuit.polarisation, 1.0 - circuit.polarisation
    current = error = size = heat = heat_error = 0.0
    met = True
    for sign, passing in ((1.0, ups), (-1.0, downs)):
        total = memory.total
        met &= spin_up_flows(sign * V, circuit.leads, rtol, memory.workspace, memory.flows, total)
        if circuit.turned > 0.0:
            part, other = circuit.turned, memory.other
            met &= spin_up_flows(
                sign * V, circuit.reversed_S, rtol, memory.workspace, memory.flows, other
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
def slope_at_zero(circuit, workspace):
    """Return dI_q/dV at V = 0, where both spins contribute equally, and its error.

    Parameters
    ----------
    circuit : Circuit
        The junction.
    workspace : Workspace
        Memory of the evaluation, written to.

    Returns
    -------
    slope, error : float
        In G_T.
    """
    slope, error, _ = spin_up_at_angle(CONDUCTANCE, 0.0, circuit, FINE, workspace)
    return 2.0 * slope, 2.0 * error


@outer
def is_odd(circuit, workspace):
    """Return whether searches may take I_q(−V) as −I_q(V): with P = 0, or where I_q(0) = 0.

    Parameters
    ----------
    circuit : Circuit
        The junction.
    workspace : Workspace
        Memory of the evaluation, written to.

    Returns
    -------
    bool
        True as well where I_q(0) is below its error.
    """
    if circuit.polarisation == 0.0:
        return True
    current, error, _, _ = charge(0.0, circuit, FINEST, workspace)
    return abs(current) <= error
