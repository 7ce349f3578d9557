"""Pairs of a voltage and a junction, and the integrals of the kernels at them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermospin.gap import lead_gap
from thermospin.junction import FloatArray, Junction, validated
from thermospin.kernels.flows import FLOWS, spin_up_flow_values
from thermospin.kernels.tunnelling import spin_up_values
from thermospin.quantities import BCS_RATIO

DEFAULT_RTOL = 1e-8
RTOL_LIMITS = (1e-13, 1e-2)
BoolArray = NDArray[np.bool_]


class Integral(NamedTuple):
    """Values at points with their estimated errors, and whether they are accurate enough."""

    value: FloatArray
    error: FloatArray
    met: BoolArray


@dataclass(frozen=True)
class Points:
    """Pairs of a voltage and a row in a table of leads, with the shape of the result.

    ``voltage`` and ``row`` have the shape (n,), ``table`` (m, 8). If ``mirror`` is given, the point
    at −V of the same junction is point ``mirror[i]``.
    """

    voltage: FloatArray
    row: NDArray[np.int64]
    table: FloatArray
    rtol: float
    mirror: NDArray[np.int64] | None = None

    def spin_up(self, kind: int, voltage: FloatArray) -> Integral:
        """Return the spin-up integral at a voltage for each row."""
        found = Integral(
            np.empty(voltage.size), np.empty(voltage.size), np.empty(voltage.size, dtype=np.bool_)
        )
        spin_up_values(kind, voltage, self.row, self.table, self.rtol, *found)
        return found

    def both_spins(self, kind: int) -> tuple[Integral, Integral]:
        """Return the spin-up integral at V and at −V."""
        up = self.spin_up(kind, self.voltage)
        if self.mirror is None:
            return up, self.spin_up(kind, -self.voltage)
        return up, Integral(up.value[self.mirror], up.error[self.mirror], up.met[self.mirror])

    def spin_up_flows(self, voltage: FloatArray) -> Integral:
        """Return charge, heat and rate of spin up at a voltage for each row: values (n, 4)."""
        n = voltage.size
        found = Integral(np.empty((n, FLOWS)), np.empty((n, FLOWS)), np.empty(n, dtype=np.bool_))
        spin_up_flow_values(voltage, self.row, self.table, self.rtol, *found)
        return found

    def both_spins_flows(self) -> tuple[Integral, Integral]:
        """Return the flows of spin up at V and at −V."""
        up = self.spin_up_flows(self.voltage)
        if self.mirror is None:
            return up, self.spin_up_flows(-self.voltage)
        return up, Integral(up.value[self.mirror], up.error[self.mirror], up.met[self.mirror])


def checked_rtol(rtol: float) -> float:
    """Return rtol if it can be asked for, else raise ValueError."""
    low, high = RTOL_LIMITS
    if not low <= rtol <= high:
        raise ValueError(f"rtol must be between {low:g} and {high:g}, not {rtol!r}")
    return float(rtol)


def leads_table(junction: Junction) -> FloatArray:
    """Return the leads of every junction, shape (*junction.shape, 8), as the kernels want them."""
    j = junction
    columns = (
        np.multiply(BCS_RATIO, j.T_S),
        np.multiply(BCS_RATIO, j.T_Sm),
        j.h_S,
        j.h_exc,
        j.gamma_S,
        j.gamma_Sm,
        lead_gap(j.T_S, j.h_S, j.gap_S, j.gap_model),
        lead_gap(j.T_Sm, j.h_exc, j.gap_Sm, j.gap_model),
    )
    table = np.empty((*junction.shape, len(columns)))
    for k, column in enumerate(columns):
        table[..., k] = column
    return table


def points_of(V: ArrayLike, junction: Junction, rtol: float) -> tuple[Points, tuple[int, ...]]:
    """Return the points to which V and the junction broadcast, and their shape."""
    voltage = validated("V", V)
    table = leads_table(junction)
    rows = np.arange(table.size // table.shape[-1]).reshape(junction.shape)
    voltage, rows = np.broadcast_arrays(voltage, rows)
    points = Points(voltage.flatten(), rows.flatten(), table.reshape(-1, 8), checked_rtol(rtol))
    return points, voltage.shape


def mesh_points(voltage: FloatArray, table: FloatArray, rtol: float) -> Points:
    """Return every voltage for every row of leads; half of them mirror the others if they can."""
    rows, n = len(table), voltage.size
    mirror = None
    if np.array_equal(voltage, -voltage[::-1]):
        mirror = np.arange(rows * n).reshape(rows, n)[:, ::-1].ravel()
    return Points(np.tile(voltage, rows), np.repeat(np.arange(rows), n), table, rtol, mirror)
