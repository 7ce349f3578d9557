"""What follows from the spin-up integral and its derivative: the formulas behind every output."""

from dataclasses import dataclass

import numpy as np

from thermospin.junction import FloatArray
from thermospin.kernels.leads import (
    GAMMA_S,
    GAMMA_SM,
    GAP_S,
    GAP_SM,
    H_S,
    H_SM,
    POLARISATION,
    TURNED,
)
from thermospin.kernels.rules import QUADRATURE
from thermospin.kernels.seebeck import seebeck_voltages
from thermospin.kernels.tunnelling import CHORD, CONDUCTANCE, CURRENT
from thermospin.observables.points import BoolArray, Points


@dataclass(frozen=True)
class Currents:
    """The spin-resolved currents of Eq. (2), in G_T Δ0/e.

    Attributes
    ----------
    up, down : ndarray
        Spin-up and spin-down currents.
    error : ndarray
        Estimated error of ``up`` and ``down``, the larger.
    converged : ndarray of bool
        Whether both reached the relative accuracy asked for, or rounding.
    """

    up: FloatArray
    down: FloatArray
    error: FloatArray
    converged: BoolArray

    @property
    def charge(self) -> FloatArray:
        """Charge current I_q = I_up + I_down, in G_T Δ0/e."""
        return self.up + self.down

    @property
    def spin(self) -> FloatArray:
        """Spin current I_s = I_up − I_down, in G_T Δ0/e."""
        return self.up - self.down

    @property
    def sge(self) -> FloatArray:
        """Spin current generation efficiency I_s/(|I_up| + |I_down|); NaN where both vanish."""
        total = np.abs(self.up) + np.abs(self.down)
        efficiency = np.full_like(total, np.nan)
        np.divide(self.spin, total, out=efficiency, where=total > 0.0)
        return efficiency

    @property
    def spin_to_charge(self) -> FloatArray:
        """|I_s/I_q|; NaN where no charge current flows."""
        charge = np.abs(self.charge)
        ratio = np.full_like(charge, np.nan)
        np.divide(np.abs(self.spin), charge, out=ratio, where=charge > 0.0)
        return ratio

    def reshaped(self, shape: tuple[int, ...]) -> "Currents":
        """Return the same currents in another shape."""
        return Currents(
            self.up.reshape(shape),
            self.down.reshape(shape),
            self.error.reshape(shape),
            self.converged.reshape(shape),
        )


def spin_currents(points: Points) -> Currents:
    """Return both currents at each point, shape (n,)."""
    up, mirrored = points.both_spins(CURRENT)
    # In place: in a large chunk of a sweep new arrays take longer than what is done to them.
    for spin, passing in zip((up, mirrored), points.passing(), strict=True):
        spin.value[:] *= passing
        spin.error[:] *= passing
    # I_down(V) = −I_up(−V) but for the barrier; taking it from 0 leaves no −0.
    down = np.subtract(0.0, mirrored.value, out=mirrored.value)
    error = np.maximum(up.error, mirrored.error, out=up.error)
    return Currents(up.value, down, error, up.met & mirrored.met)


def slopes(points: Points) -> tuple[FloatArray, BoolArray]:
    """Return dI_q/dV at each point, in G_T, and whether it is accurate, both of shape (n,)."""
    up, mirrored = points.both_spins(CONDUCTANCE)
    ups, downs = points.passing()
    return ups * up.value + downs * mirrored.value, up.met & mirrored.met


def zero_bias(table: FloatArray, rtol: float) -> tuple[FloatArray, BoolArray]:
    """Return G_0 of each row of leads, in G_T, and whether it is accurate, both of shape (m,)."""
    at_zero = Points(np.zeros(len(table)), np.arange(len(table)), table, rtol)
    slope = at_zero.spin_up(CONDUCTANCE, at_zero.voltage)
    return 2.0 * slope.value, slope.met


def chord_conductance(points: Points, charge: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Return I_q/V; next to V = 0 the mean of dI_q/dV from 0 to V, which does not cancel.

    There I_q(V) is analytic within 2Γ of the real axis: eight Gauss nodes give the mean to 1e-14
    for |V| up to Γ (Γ the mean of the leads'). Behind a polarised barrier I_q(0)/V is added, and at
    V = 0 the conductance is NaN if a current flows.
    """
    voltage, table = points.voltage, points.table
    conductance = np.divide(charge, voltage, out=np.zeros_like(charge), where=voltage != 0.0)
    met = np.ones(voltage.size, dtype=np.bool_)
    gamma = 0.5 * (table[points.row, GAMMA_S] + table[points.row, GAMMA_SM])
    near = np.flatnonzero(np.abs(voltage) <= gamma)
    mean = np.zeros(near.size)
    for node, weight in CHORD.T:
        part = Points(voltage[near] * node, points.row[near], table, points.rtol)
        slope, part_met = slopes(part)
        mean += weight * slope
        met[near] &= part_met
    conductance[near] = mean
    polarised = near[points.table[points.row[near], POLARISATION] != 0.0]
    if polarised.size:
        still = Points(np.zeros(polarised.size), points.row[polarised], table, points.rtol)
        thermal = spin_currents(still)
        flowing = thermal.charge != 0.0
        met[polarised] &= thermal.converged
        with np.errstate(divide="ignore"):
            conductance[polarised[flowing]] += thermal.charge[flowing] / voltage[polarised[flowing]]
        conductance[polarised[flowing & (voltage[polarised] == 0.0)]] = np.nan
    return conductance, met


def matching(table: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return V_p_minus and V_p_plus of each row of leads, in Δ0/e.

    At an angle θ the matching peaks are those of parallel fields up to π/2, where these have the
    larger share, and those of antiparallel fields beyond.
    """
    difference = np.abs(table[..., GAP_SM] - table[..., GAP_S])
    h_S = np.where(table[..., TURNED] > 0.5, -table[..., H_S], table[..., H_S])
    field = np.abs(table[..., H_SM] - h_S)
    return np.abs(difference - field), difference + field


def seebeck(table: FloatArray) -> FloatArray:
    """Return V_S of each row of leads, in Δ0/e, shape (m,); NaN where there is none."""
    voltage = np.empty(len(table))
    seebeck_voltages(np.ascontiguousarray(table), QUADRATURE, voltage)
    return voltage
