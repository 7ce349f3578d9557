"""Conductances: dI_q/dV, its value G_0 at V = 0, and I_q/V."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
from numpy.typing import ArrayLike

from thermospin.device import CPU, check_device
from thermospin.junction import FloatArray, Junction
from thermospin.kernels.kinds import CONDUCTANCE, MEAN_CONDUCTANCE
from thermospin.kernels.leads import COLUMNS, GAMMA_S, GAMMA_SM, POLARISATION
from thermospin.observables.biased_points import points_of
from thermospin.observables.points import ABSORBED, Points, leads_table, one_each
from thermospin.observables.spin_currents import Currents, spin_currents
from thermospin.observables.spin_up_integrals import IndexArray, Integral
from thermospin.observables.tolerance import checked_rtol, warn_unless
from thermospin.observables.voltages import matching
from thermospin.quantities import DEFAULT_RTOL, RTOL

NODES = (0.1834346424956498, 0.525532409916329, 0.7966664774136267, 0.9602898564975363)
WEIGHTS = (0.362683783378362, 0.31370664587788727, 0.22238103445337448, 0.10122853629037626)
"""Half of the Gauss–Legendre rule of eight nodes on [−1, 1]."""


def differential_conductance(
    V: ArrayLike, junction: Junction, *, rtol: float = DEFAULT_RTOL, device: str = CPU
) -> FloatArray:
    """Return dI_q/dV, differentiated under the integral.

    Parameters
    ----------
    V : array_like
        Bias voltage, in Δ0/e; broadcasts with the junction's fields.
    junction : Junction
        The junction, or an array of them.
    rtol : float, optional
        Relative accuracy asked of dI_up/dV and of dI_down/dV.
    device : str, optional
        What computes the integrals between ideal leads: ``"cpu"``, or ``"cuda"`` for an NVIDIA
        graphics card (docs/howto/cuda.md).

    Returns
    -------
    ndarray
        Differential conductance in G_T, of the shape to which V and the junction broadcast.

    Raises
    ------
    ValueError
        If V or ``rtol`` is not finite or out of range, or there is no such device.
    ModuleNotFoundError, OSError
        If there is no graphics card, or what it needs is missing; the message says what to do.

    Notes
    -----
    With E shifted by eV only the density of Sm and its Fermi function carry V, so that
    dI_σ/dV = (G_T/2) ∫ N_S {N'_Sm,σ (f_S − f_Sm) + N_Sm,σ (−f'_Sm)} dE; at V = 0 this is Eq. (3)
    with its misprint (f_Sm for f_S) corrected and its thermal term added.
    """
    check_device(device)
    points, shape = points_of(V, junction, rtol, device)
    slope = slopes(points)
    warn_unless(slope.converged, rtol)
    return slope.value.reshape(shape)


def absorbed_power(V: ArrayLike, junction: Junction, *, rtol: float = DEFAULT_RTOL) -> FloatArray:
    """Return P_ac, the power that the current takes from microwaves; 0 without them.

    Parameters
    ----------
    V : array_like
        Bias voltage, in Δ0/e; broadcasts with the junction's fields.
    junction : Junction
        The junction, or an array of them, with ``V_ac`` and ``hf``.
    rtol : float, optional
        Relative accuracy asked of what each spin takes.

    Returns
    -------
    ndarray
        Power in G_T Δ0²/e², negative where the junction emits, of the shape to which V and the
        junction broadcast.

    Raises
    ------
    ValueError
        If V or ``rtol`` is not finite or out of range.

    Notes
    -----
    P_ac = Σ_n J_n(a)² (n hf/e) I_q(V + n hf/e) with the current I_q without microwaves, and
    J_Sm − J_S = I_q V + P_ac (docs/physics/microwaves.md).
    """
    points, shape = points_of(V, junction, rtol)
    power = absorbed(points)
    warn_unless(power.converged, rtol)
    return power.value.reshape(shape)


def zero_bias_conductance(junction: Junction, *, rtol: float = DEFAULT_RTOL) -> FloatArray:
    """Return G_0 = dI_q/dV at V = 0, in G_T, of the junction's shape.

    Parameters
    ----------
    junction : Junction
        The junction, or an array of them.
    rtol : float, optional
        Relative accuracy asked for.

    Returns
    -------
    ndarray
        Zero-bias conductance in G_T, negative where the junction is thermoactive.

    Raises
    ------
    ValueError
        If ``rtol`` is out of range.
    """
    slope = zero_bias(leads_table(junction).reshape(-1, COLUMNS), checked_rtol(rtol))
    warn_unless(slope.converged, rtol)
    return slope.value.reshape(junction.shape)


def maximum_conductance(junction: Junction, *, rtol: float = DEFAULT_RTOL) -> FloatArray:
    """Return G_max = I_q/V at V_p_minus, in G_T; its limit G_0 where V_p_minus = 0.

    Parameters
    ----------
    junction : Junction
        The junction, or an array of them.
    rtol : float, optional
        Relative accuracy asked of I_up and I_down.

    Returns
    -------
    ndarray
        −(largest load conductance that the junction drives) where negative; the junction's shape.
        NaN where there is no V_p_minus.

    Raises
    ------
    ValueError
        If ``rtol`` is out of range.
    """
    table, rtol = leads_table(junction).reshape(-1, COLUMNS), checked_rtol(rtol)
    currents = peak_currents(table, rtol)
    chord = peak_conductance(table, currents, rtol)
    warn_unless(chord.converged & currents.converged, rtol)
    return chord.value.reshape(junction.shape)


def slopes(points: Points) -> Integral:
    """Return dI_q/dV at each point, in G_T, shape (n,)."""
    return _sum_of_spins(points, CONDUCTANCE)


def zero_bias(table: FloatArray, rtol: float, device: str = CPU) -> Integral:
    """Return G_0 of each row of leads, in G_T, shape (m,)."""
    at_zero = one_each(np.zeros(len(table)), table, rtol, device)
    slope = at_zero.spin_up(CONDUCTANCE, at_zero.voltage)
    return Integral(2.0 * slope.value, 2.0 * slope.error, slope.converged)


def peak_currents(table: FloatArray, rtol: float) -> Currents:
    """Return the currents at V_p_minus of each row of leads, shape (m,); NaN without it."""
    voltage = matching(table).inner
    absent = np.isnan(voltage)
    found = spin_currents(one_each(np.where(absent, 0.0, voltage), table, rtol))
    for values in (found.V, found.up, found.down, found.error):
        values[absent] = np.nan
    return replace(found, converged=found.converged | absent)


def peak_conductance(table: FloatArray, peak: Currents, rtol: float) -> Integral:
    """Return I_q/V at V_p_minus of each row of leads, given the currents there, shape (m,)."""
    found = Integral(*(np.full(len(table), fill) for fill in (np.nan, np.nan, True)))
    some = np.flatnonzero(~np.isnan(peak.V))
    there = Currents(*(getattr(peak, field.name)[some] for field in fields(Currents)))
    chord = chord_conductance(one_each(there.V, table[some], rtol), there)
    for mine, its in zip(found, chord, strict=True):
        mine[some] = its
    return found


def chord_conductance(points: Points, currents: Currents) -> Integral:
    """Return I_q/V at each point, in G_T, shape (n,).

    Where the two spin currents nearly cancel, it is the most accurate of three: I_q/V of the given
    currents, the mean of dI_q/dV from 0 to V, and I_q/V of currents at the strictest tolerance. At
    V = 0 it is dI_q/dV, but NaN if a polarised barrier lets a current flow.
    """
    found = _quotient(currents, points.voltage)
    near = np.flatnonzero(~(found.error < points.rtol * np.abs(found.value)))
    _improve(found, near, _mean_conductance(points.at(near)))
    rough = near[~(found.error[near] < points.rtol * np.abs(found.value[near]))]
    strictest = spin_currents(replace(points.at(rough), rtol=RTOL.low))
    _improve(found, rough, _quotient(strictest, points.voltage[rough]))
    return found


def _improve(found: Integral, some: IndexArray, other: Integral) -> None:
    """Take the other values of some points where these are the more accurate."""
    better = ~np.isnan(other.value) & ~(other.error > found.error[some])
    for mine, its in zip(found, other, strict=True):
        mine[some[better]] = its[better]


def _quotient(currents: Currents, voltage: FloatArray) -> Integral:
    """Return I_q over a voltage, NaN where that is 0.

    Doubles next to 0 have fewer digits than others, which counts as an error.
    """
    parts = (currents.charge, 2.0 * currents.error + np.finfo(np.float64).tiny)
    with np.errstate(over="ignore"):  # ∞ beyond the range of doubles
        value, error = (
            np.divide(part, voltage, out=np.full_like(part, np.nan), where=voltage != 0.0)
            for part in parts
        )
    return Integral(value, np.abs(error), currents.converged.copy())


def _sum_of_spins(points: Points, kind: int) -> Integral:
    """Return an integral of spin up at V and at −V, each times what the barrier lets pass."""
    up, mirrored = points.both_spins(kind)
    ups, downs = points.passing()
    return Integral(
        ups * up.value + downs * mirrored.value,
        ups * up.error + downs * mirrored.error,
        points.met(up.converged & mirrored.converged),
    )


def absorbed(points: Points) -> Integral:
    """Return the power taken from microwaves at each point, in G_T Δ0²/e², shape (n,)."""
    return _sum_of_spins(points, ABSORBED)


def _mean_of_slopes(points: Points) -> Integral:
    """Return the mean of dI_q/dV from 0 to V with microwaves, NaN but next to V = 0.

    dI_q/dV has no singularity nearer to the real axis than Γ_S + Γ_Sm: for |V| up to a quarter of
    that, eight nodes leave less than 1e-18 of the mean.
    """
    n = points.voltage.size
    found = Integral(*(np.full(n, fill) for fill in (np.nan, np.nan, True)))
    broad = points.table[points.row, GAMMA_S] + points.table[points.row, GAMMA_SM]
    near = np.flatnonzero(np.abs(points.voltage) <= 0.25 * broad)
    value, error, converged = np.zeros(near.size), np.zeros(near.size), np.ones(near.size, np.bool_)
    for node, weight in zip(NODES, WEIGHTS, strict=True):
        for at in (0.5 * (1.0 - node), 0.5 * (1.0 + node)):
            slope = slopes(points.at(near, at * points.voltage[near]))
            value += 0.5 * weight * slope.value
            error += 0.5 * weight * slope.error
            converged &= slope.converged
    for mine, its in zip(found, (value, error, converged), strict=True):
        mine[near] = its
    return found


def _mean_conductance(points: Points) -> Integral:
    """Return I_q/V by the mean of dI_q/dV from 0 to V, NaN where that is not smooth enough.

    Behind a polarised barrier I_q(0)/V is added.
    """
    mean = _mean_of_slopes(points) if points.pumped else _sum_of_spins(points, MEAN_CONDUCTANCE)
    polarised = np.flatnonzero(points.table[points.row, POLARISATION])
    if polarised.size:
        still = spin_currents(points.at(polarised, np.zeros(polarised.size)))
        flows = still.charge != 0.0
        flowing = polarised[flows]
        thermal = _quotient(still, points.voltage[polarised])
        for mine, its in zip(mean[:2], thermal[:2], strict=True):
            mine[flowing] += its[flows]
        mean.converged[polarised] &= still.converged
    return mean
