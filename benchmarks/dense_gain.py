"""Meshes of many voltages and exchange fields: together, and point by point.

``python benchmarks/dense_gain.py [--quick]`` prints the figure.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from measuring import print_figures, seconds_of

from thermospin.bench.budget import BenchmarkError, Budget
from thermospin.bench.standing_case import GAMMA, T_SM
from thermospin.dense import mesh_currents
from thermospin.junction import FloatArray, Junction
from thermospin.kernels.kinds import CURRENT
from thermospin.kernels.rules import QUADRATURE
from thermospin.kernels.tunnelling import spin_up_values
from thermospin.observables.points import leads_table

LEAST_GAIN = 5.0
FIELDS = np.linspace(0.0, 0.7, 141)
VOLTAGES = np.linspace(-2.0, 2.0, 401)
ESTIMATE = 10.0
"""So many times its error estimate may the current of a point be off."""


class Mesh(NamedTuple):
    """A mesh of exchange fields and voltages, and the other parameters of its junctions.

    Attributes
    ----------
    T_S, T_Sm : float
        Temperatures, in T_c.
    gamma : float
        Dynes Γ of both leads, in Δ0.
    rtol : float
        Relative accuracy asked for.
    fields, voltages : ndarray
        Exchange fields in Δ0 and voltages in Δ0/e.
    """

    T_S: float = 0.7
    T_Sm: float = T_SM
    gamma: float = GAMMA
    rtol: float = 1e-8
    fields: FloatArray = FIELDS
    voltages: FloatArray = VOLTAGES


def figures(quick: bool) -> list[Budget]:
    """Compare the two methods on some temperatures of a mesh of 191 × 141 × 401 points.

    The axes are T_S, h_exc and V. Either all currents of a temperature are computed together, or
    point by point, on one thread; the currents must agree within their errors.
    """
    temperatures = (0.7, 0.3) if quick else np.linspace(0.05, 1.0, 20).tolist()
    times = [gain_at(Mesh(T_S=T_S), rounds=2) for T_S in temperatures]
    gain = math.fsum(alone for _, alone in times) / math.fsum(together for together, _ in times)
    figure = (
        f"{len(times)} of the temperatures of a mesh of 191 × 141 × 401 points, "
        "point by point against together"
    )
    return [Budget(figure, gain, LEAST_GAIN, "×", at_least=True)]


def gain_at(mesh: Mesh, rounds: int) -> tuple[float, float]:
    """Return the shortest times of the currents of a mesh in s: together, and point by point."""
    fields, voltages, rtol = mesh.fields, mesh.voltages, mesh.rtol
    table = leads_table(Junction(T_S=mesh.T_S, T_Sm=mesh.T_Sm, h_exc=fields, gamma=mesh.gamma))
    n = fields.size * voltages.size
    everywhere = np.tile(voltages, fields.size)
    row = np.repeat(np.arange(fields.size), voltages.size)
    value, error, met = np.empty(n), np.empty(n), np.empty(n, dtype=np.bool_)
    works: Sequence[Callable[[], object]] = (
        lambda: mesh_currents(voltages, table, rtol),
        lambda: spin_up_values(
            CURRENT, everywhere, row, table, rtol, QUADRATURE, (), value, error, met
        ),
    )
    found, its_error, _ = mesh_currents(voltages, table, rtol)  # compiles
    times = np.array([[seconds_of(work) for work in works] for _ in range(rounds)])
    if not np.all(np.abs(found - value) <= its_error + ESTIMATE * error):
        raise BenchmarkError(f"currents at T_S = {mesh.T_S:g} must agree, and do not")
    together, alone = times.min(axis=0).tolist()
    return together, alone


if __name__ == "__main__":
    print_figures("Compare dense meshes together and point by point.", figures)
