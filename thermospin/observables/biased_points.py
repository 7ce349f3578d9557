"""The points to which voltages and junctions broadcast; with a heater, T_S is found at each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from thermospin.device import CPU
from thermospin.junction import FloatArray, Junction, validated
from thermospin.kernels.leads import COLUMNS
from thermospin.observables.points import Points, leads_table, mesh_points
from thermospin.observables.spin_up_integrals import IndexArray
from thermospin.observables.steady_states import (
    SteadyBranches,
    rows_of,
    steady_branches,
    within_limits,
)
from thermospin.observables.tolerance import checked_rtol


class Heated(NamedTuple):
    """Points of heated junctions, each with its own T_S, and what S may have for that."""

    points: Points
    steady: SteadyBranches


def points_of(
    V: ArrayLike, junction: Junction, rtol: float, device: str = CPU
) -> tuple[Points, tuple[int, ...]]:
    """Return the points to which V and the junction broadcast, and their shape."""
    voltage, rtol = validated("V", V), checked_rtol(rtol)
    rows = rows_of(junction)
    voltage, rows = np.broadcast_arrays(voltage, rows)
    if junction.is_heated:
        heated = heated_points(voltage.flatten(), rows.flatten(), junction, rtol, device)
        return heated.points, rows.shape
    table = leads_table(junction).reshape(-1, COLUMNS)
    return Points(voltage.flatten(), rows.flatten(), table, rtol, device=device), voltage.shape


def points_on_mesh(
    voltage: FloatArray, junction: Junction, rtol: float, device: str = CPU
) -> Points | Heated:
    """Return every voltage for every junction, those of a junction together."""
    if not junction.is_heated:
        return mesh_points(voltage, leads_table(junction).reshape(-1, COLUMNS), rtol, device)
    rows = rows_of(junction).reshape(-1)
    every = np.tile(voltage, rows.size), np.repeat(rows, voltage.size)
    return heated_points(*every, junction, rtol, device)


def heated_points(
    voltage: FloatArray, rows: IndexArray, junction: Junction, rtol: float, device: str
) -> Heated:
    """Return voltages, each for one of the heated junctions, at the T_S of its branch."""
    steady = steady_branches(voltage, rows, junction, rtol)
    T_S = within_limits(steady.of(str(junction.branch)))
    table = leads_table(junction.at_temperatures(T_S, rows)).reshape(-1, COLUMNS)
    points = Points(
        voltage, np.arange(voltage.size), table, rtol, settled=steady.converged, device=device
    )
    return Heated(points, steady)
