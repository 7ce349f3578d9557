"""A junction in a circuit: operating points across a load, and the most that it can give."""

from dataclasses import dataclass

import numpy as np

from thermospin.junction import FloatArray
from thermospin.kernels import loadline, maxima
from thermospin.kernels.leads import LOAD as LOAD_COLUMN
from thermospin.kernels.panel_model import EFFICIENCY, LOAD, POWER
from thermospin.kernels.rules import QUADRATURE
from thermospin.observables.heat_and_noise import spin_flows
from thermospin.observables.points import BoolArray, IndexArray, Points

CIRCUIT_OUTPUTS = {
    "power_max": POWER,
    "efficiency_max": EFFICIENCY,
    "G_load_max": LOAD,
}
"""Outputs that are the largest of something at any bias."""


@dataclass(frozen=True)
class OperatingPoints:
    """Where a junction rests across its load: the zeros of I_q(V) + V/R_L.

    Attributes
    ----------
    V : ndarray, shape (..., 15)
        Voltages in Δ0/e, ascending, then NaN.
    stable : ndarray of bool, shape (..., 15)
        Whether dI_q/dV + 1/R_L > 0: the junction returns there.
    """

    V: FloatArray
    stable: BoolArray

    @property
    def count(self) -> IndexArray:
        """Number of operating points."""
        return np.asarray(np.count_nonzero(~np.isnan(self.V), axis=-1))

    @property
    def bistable(self) -> BoolArray:
        """Whether two of them, or more, are stable: which one is a matter of history."""
        return np.asarray(np.count_nonzero(self.stable, axis=-1) > 1)

    @property
    def outermost(self) -> FloatArray:
        """The stable one farthest from 0, of a pair the positive one, in Δ0/e."""
        size = np.where(self.stable, np.abs(self.V), -1.0)
        last = size.shape[-1] - 1 - np.argmax(size[..., ::-1], axis=-1)
        return np.take_along_axis(self.V, last[..., np.newaxis], axis=-1)[..., 0]


@dataclass(frozen=True)
class Maximum:
    """The largest value at any bias, and at which.

    Attributes
    ----------
    value : ndarray
        The largest value, 0 where none is positive.
    V : ndarray
        Where it is reached, in Δ0/e; of a pair ±V the positive one.
    converged : ndarray of bool
        Whether the value is as accurate as was asked for.
    """

    value: FloatArray
    V: FloatArray
    converged: BoolArray


def operating(table: FloatArray) -> OperatingPoints:
    """Return the operating points of each row of leads, shape (m, 15)."""
    shape = (len(table), loadline.MOST_POINTS)
    found = OperatingPoints(np.empty(shape), np.empty(shape, dtype=np.bool_))
    load = np.ascontiguousarray(table[:, LOAD_COLUMN])
    loadline.operating_points(np.ascontiguousarray(table), load, QUADRATURE, found.V, found.stable)
    return found


def maximum(name: str, table: FloatArray, rtol: float) -> Maximum:
    """Return the largest of one of `CIRCUIT_OUTPUTS` of each row of leads, shape (m,)."""
    m = len(table)
    found = Maximum(np.empty(m), np.empty(m), np.empty(m, dtype=np.bool_))
    kind = CIRCUIT_OUTPUTS[name]
    maxima.maxima(
        kind, np.ascontiguousarray(table), rtol, QUADRATURE, found.value, found.V, found.converged
    )
    return found


def at_load(
    name: str, voltage: FloatArray, table: FloatArray, rtol: float
) -> tuple[FloatArray, BoolArray]:
    """Return V_load, power_load or efficiency_load of each row, and whether it is accurate.

    ``voltage`` is V_load, shape (m,).
    """
    met = np.ones(len(table), dtype=np.bool_)
    if name == "V_load":
        return voltage, met
    if name == "power_load":
        return voltage * voltage * table[:, LOAD_COLUMN], met
    flows = spin_flows(Points(voltage, np.arange(len(table)), table, rtol))
    return flows.efficiency, flows.converged
