"""Meshes of amplitudes of microwaves and voltages: shared currents, and each point by itself.

``python benchmarks/microwaves.py [--quick]`` prints the figure.
"""

import numpy as np
from measuring import print_figures, seconds_of

from thermospin.bench.budget import BenchmarkError, Budget
from thermospin.bench.standing_case import GAMMA, T_SM
from thermospin.junction import FloatArray, Junction
from thermospin.kernels.kinds import CURRENT
from thermospin.observables.points import leads_table, mesh_points
from thermospin.observables.sidebands import sideband_voltages, sideband_weights
from thermospin.observables.spin_currents import spin_currents

LEAST_GAIN = 20.0
PHOTON = 0.1
RTOL = 1e-8
AMPLITUDES = np.linspace(0.0, 0.4, 41)
VOLTAGES = np.round(np.arange(0.0, 1.0005, 0.001), 3)


def figures(quick: bool) -> list[Budget]:
    """Compare a map of voltages and amplitudes with sums of which each integrates its sidebands."""
    amplitudes = AMPLITUDES[:: 4 if quick else 1]
    rounds = 1 if quick else 3
    junction = Junction(T_S=0.7, T_Sm=T_SM, h_exc=0.4, gamma=GAMMA, V_ac=amplitudes, hf=PHOTON)
    points = mesh_points(VOLTAGES, leads_table(junction), RTOL)
    found = spin_currents(points)  # compiles
    alone = _alone(amplitudes)
    if not np.all(np.abs(found.charge.reshape(alone.shape) - alone) <= 1e-8):
        raise BenchmarkError("shared currents must be those of each point by itself, and are not")
    shared = min(seconds_of(lambda: spin_currents(points)) for _ in range(rounds))
    single = min(seconds_of(lambda: _alone(amplitudes)) for _ in range(rounds))
    figure = (
        f"{amplitudes.size} amplitudes × {VOLTAGES.size} voltages, each by itself against shared"
    )
    return [Budget(figure, single / shared, LEAST_GAIN, "×", at_least=True)]


def _alone(amplitudes: FloatArray) -> FloatArray:
    """Return I_q on the mesh, each amplitude and voltage with integrals of its own."""
    table = leads_table(Junction(T_S=0.7, T_Sm=T_SM, h_exc=0.4, gamma=GAMMA)).reshape(1, -1)
    charge = np.empty((amplitudes.size, VOLTAGES.size))
    for amplitude, row in zip(amplitudes, charge, strict=True):
        weights = sideband_weights(float(amplitude / PHOTON))
        n = np.arange(1 - weights.size, weights.size)
        photons = np.tile(n, VOLTAGES.size)
        V = np.repeat(VOLTAGES, n.size)
        at = sideband_voltages(V, photons, np.full_like(V, PHOTON))
        still = mesh_points(at, table, RTOL)
        up, mirrored = (still.spin_up(CURRENT, sign * at).value for sign in (1.0, -1.0))
        row[:] = ((up - mirrored).reshape(-1, n.size) * weights[np.abs(n)]).sum(axis=1)
    return charge


if __name__ == "__main__":
    print_figures("Compare microwaves with shared currents and point by point.", figures)
