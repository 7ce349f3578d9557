"""A junction as an element of a circuit: its I_q(V), with everything that the barrier does to it.

Only V > 0 is searched: I_q(−V) of a junction is −I_q(V) of the same one with the opposite
polarisation of the barrier, and so what happens at V < 0 is what happens there at −V.
"""

from typing import NamedTuple

import numpy as np

from thermospin.kernels.compiled import allocating, inner
from thermospin.kernels.flows import FALL, FLOWS
from thermospin.kernels.grid import Leads
from thermospin.kernels.pieces import MAX_PIECES, Workspace, workspace
from thermospin.kernels.seebeck import FINE, samples
from thermospin.kernels.tunnelling import CONDUCTANCE, CURRENT, leads_of, spin_up, with_fields

MOST_SAMPLES = 2048
GOLDEN = 0.38196601125010515
"""(3 − √5)/2, the smaller part of a golden section."""
MOST_SECTIONS = 60
FLATNESS = 1e-7
"""An extremum is known to its square if its place is known to this part of itself."""


class Circuit(NamedTuple):
    """A junction: its leads, the same with the field of S reversed and its share, the barrier."""

    leads: Leads
    reversed_S: Leads
    turned: float
    polarisation: float


class Memory(NamedTuple):
    """Memory of one search, made once."""

    work: Workspace
    flows: np.ndarray  # (pieces, flows, 4)
    total: np.ndarray  # (flows, 2)
    other: np.ndarray  # the same
    sample: np.ndarray  # voltages
    net: np.ndarray  # I_q + G_L V at these


@allocating
def memory_of_search(quadrature):
    """Return memory for one search after another."""
    return Memory(
        workspace(quadrature),
        np.empty((MAX_PIECES, FLOWS, FALL + 1)),
        np.empty((FLOWS, 2)),
        np.empty((FLOWS, 2)),
        np.empty(MOST_SAMPLES),
        np.empty(MOST_SAMPLES),
    )


@inner
def circuit_of(row):
    """Return a junction from a row of a table: eight numbers of the leads, P and sin²(θ/2)."""
    leads = leads_of(row)
    reversed_S = with_fields(leads, -leads.h_S, leads.h_Sm)
    return Circuit(leads, reversed_S, row[9], row[8])


@inner
def opposite(circuit):
    """Return the junction whose I_q(V) is −I_q(−V) of this one."""
    return Circuit(circuit.leads, circuit.reversed_S, circuit.turned, -circuit.polarisation)


@inner
def spin_up_at_angle(kind, V, circuit, rtol, work):
    """Return the spin-up integral over all angles, its error and whether it met ``rtol``."""
    value, error, met = spin_up(kind, V, circuit.leads, rtol, work)
    if circuit.turned > 0.0:
        part = circuit.turned
        other, other_error, other_met = spin_up(kind, V, circuit.reversed_S, rtol, work)
        value = (1.0 - part) * value + part * other
        error = (1.0 - part) * error + part * other_error
        met = met and other_met
    return value, error, met


@inner
def charge(V, circuit, rtol, work):
    """Return I_q(V), its error and whether both spins met ``rtol``.

    It is (1 + P) I_up(V) − (1 − P) I_up(−V) with the I_up of an unpolarised barrier.
    """
    up, up_error, up_met = spin_up_at_angle(CURRENT, V, circuit, rtol, work)
    mirrored, mirrored_error, mirrored_met = spin_up_at_angle(CURRENT, -V, circuit, rtol, work)
    ups, downs = 1.0 + circuit.polarisation, 1.0 - circuit.polarisation
    error = ups * up_error + downs * mirrored_error
    return ups * up - downs * mirrored, error, up_met and mirrored_met


@inner
def slope_at_zero(circuit, work):
    """Return dI_q/dV at V = 0, where both spins contribute equally, and its error."""
    slope, error, _ = spin_up_at_angle(CONDUCTANCE, 0.0, circuit, FINE, work)
    return 2.0 * slope, 2.0 * error


@inner
def voltages(circuit, sample):
    """Write voltages that see every feature of I_q on V > 0, ascending; return how many."""
    count = samples(circuit.leads, sample)
    if circuit.turned > 0.0:
        count += samples(circuit.reversed_S, sample[count:])
        sample[:count].sort()
    return count
