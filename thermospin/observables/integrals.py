"""What follows from the spin-up integral and its derivative: the formulas behind every output."""

from dataclasses import dataclass, replace

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
from thermospin.kernels.loadline import open_voltages
from thermospin.kernels.rules import QUADRATURE
from thermospin.kernels.seebeck import seebeck_voltages
from thermospin.kernels.tunnelling import CONDUCTANCE, CURRENT, MEAN_CONDUCTANCE
from thermospin.observables.points import RTOL_LIMITS, BoolArray, Points


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


def chord_conductance(points: Points, currents: Currents) -> tuple[FloatArray, BoolArray]:
    """Return I_q/V at each point, in G_T, and whether it is accurate, both of shape (n,).

    Where the two spin currents nearly cancel, the mean of dI_q/dV from 0 to V takes the place of
    their difference, or, where that is not smooth enough, the currents at the strictest tolerance
    do. V = 0 is such a place: there it is dI_q/dV, but NaN if a polarised barrier lets a current
    flow.
    """
    voltage, table = points.voltage, points.table
    conductance = _quotient(currents.charge, voltage)
    met = np.ones(voltage.size, dtype=np.bool_)
    width = table[points.row, GAMMA_S] + table[points.row, GAMMA_SM]
    cancels = 2.0 * currents.error > points.rtol * np.abs(currents.charge)
    near = np.flatnonzero(cancels | (2.0 * np.abs(voltage) <= width))
    mean, smooth, accurate = _mean_conductance(points.at(near))
    conductance[near[smooth]], met[near[smooth]] = mean[smooth], accurate[smooth]
    rough = near[~smooth]
    conductance[rough], met[rough] = _strict_conductance(points.at(rough))
    return conductance, met


def _mean_conductance(points: Points) -> tuple[FloatArray, BoolArray, BoolArray]:
    """Return I_q/V from the mean of dI_q/dV, where it can be had, and whether it is accurate.

    All of shape (n,). Behind a polarised barrier I_q(0)/V is added.
    """
    up, mirrored = points.both_spins(MEAN_CONDUCTANCE)
    ups, downs = points.passing()
    mean = ups * up.value + downs * mirrored.value
    met = up.met & mirrored.met
    polarised = np.flatnonzero(points.table[points.row, POLARISATION])
    if polarised.size:
        thermal = spin_currents(points.at(polarised, np.zeros(polarised.size)))
        met[polarised] &= thermal.converged
        flowing = polarised[thermal.charge != 0.0]
        charge = thermal.charge[thermal.charge != 0.0]
        mean[flowing] += _quotient(charge, points.voltage[flowing])
    return mean, ~(np.isnan(up.value) | np.isnan(mirrored.value)), met


def _strict_conductance(points: Points) -> tuple[FloatArray, BoolArray]:
    """Return I_q/V of currents that are as accurate as they can be, and whether these are."""
    found = spin_currents(replace(points, rtol=RTOL_LIMITS[0]))
    return _quotient(found.charge, points.voltage), found.converged


def _quotient(charge: FloatArray, voltage: FloatArray) -> FloatArray:
    """Return I_q/V, NaN at V = 0."""
    return np.divide(charge, voltage, out=np.full_like(charge, np.nan), where=voltage != 0.0)


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
    plain = (table[:, POLARISATION] == 0.0) & (table[:, TURNED] == 0.0)
    for rows, search in ((plain, seebeck_voltages), (~plain, open_voltages)):
        if rows.any():
            found = np.empty(np.count_nonzero(rows))
            search(table[rows], QUADRATURE, found)
            voltage[rows] = found
    return voltage
