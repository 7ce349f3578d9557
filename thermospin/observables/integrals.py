"""What follows from the spin-up integral and its derivative: the formulas behind every output."""

from dataclasses import dataclass, replace

import numpy as np

from thermospin.junction import FloatArray
from thermospin.kernels.leads import (
    GAP_S,
    GAP_SM,
    H_S,
    H_SM,
    POLARISATION,
    TURNED,
)
from thermospin.kernels.outermost_zero import seebeck_voltages
from thermospin.kernels.rules import QUADRATURE
from thermospin.kernels.tunnelling import CONDUCTANCE, CURRENT, MEAN_CONDUCTANCE
from thermospin.observables.points import RTOL_LIMITS, BoolArray, IndexArray, Integral, Points


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

    Where the two spin currents nearly cancel, it is the most accurate of three: I_q/V of the given
    currents, the mean of dI_q/dV from 0 to V, and I_q/V of currents at the strictest tolerance. At
    V = 0 it is dI_q/dV, but NaN if a polarised barrier lets a current flow.
    """
    found = _quotient(currents, points.voltage)
    near = np.flatnonzero(~(found.error < points.rtol * np.abs(found.value)))
    _improve(found, near, _mean_conductance(points.at(near)))
    rough = near[~(found.error[near] < points.rtol * np.abs(found.value[near]))]
    strictest = spin_currents(replace(points.at(rough), rtol=RTOL_LIMITS[0]))
    _improve(found, rough, _quotient(strictest, points.voltage[rough]))
    return found.value, found.met


def _improve(found: Integral, some: IndexArray, other: Integral) -> None:
    """Take the other values of some points where these are the more accurate."""
    better = ~np.isnan(other.value) & ~(other.error > found.error[some])
    for mine, its in zip(found, other, strict=True):
        mine[some[better]] = its[better]


def _quotient(currents: Currents, voltage: FloatArray) -> Integral:
    """Return I_q/V, NaN at V = 0; doubles next to 0 have fewer digits, which counts as an error."""
    parts = (currents.charge, 2.0 * currents.error + np.finfo(np.float64).tiny)
    with np.errstate(over="ignore"):  # ∞ beyond the range of doubles
        value, error = (
            np.divide(part, voltage, out=np.full_like(part, np.nan), where=voltage != 0.0)
            for part in parts
        )
    return Integral(value, np.abs(error), currents.converged.copy())


def _mean_conductance(points: Points) -> Integral:
    """Return I_q/V by the mean of dI_q/dV from 0 to V, NaN where that is not smooth enough.

    Behind a polarised barrier I_q(0)/V is added.
    """
    up, mirrored = points.both_spins(MEAN_CONDUCTANCE)
    ups, downs = points.passing()
    value = ups * up.value + downs * mirrored.value
    mean = Integral(value, ups * up.error + downs * mirrored.error, up.met & mirrored.met)
    polarised = np.flatnonzero(points.table[points.row, POLARISATION])
    if polarised.size:
        still = spin_currents(points.at(polarised, np.zeros(polarised.size)))
        flows = still.charge != 0.0
        flowing = polarised[flows]
        thermal = _quotient(still, points.voltage[polarised])
        for mine, its in zip(mean[:2], thermal[:2], strict=True):
            mine[flowing] += its[flows]
        mean.met[polarised] &= still.converged
    return mean


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
