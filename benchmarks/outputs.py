"""What other outputs than currents cost: maps of G_0, G_max and I_c, heat and noise, V_S.

``python benchmarks/outputs.py [--quick]`` prints the figures.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from measuring import print_figures, seconds_of
from numpy.typing import ArrayLike

from thermospin.bench.budget import Budget, require
from thermospin.bench.standing_case import GAMMA, T_SM
from thermospin.dataset import read
from thermospin.execution import run_sweep
from thermospin.junction import FloatArray, Junction
from thermospin.kernels.kinds import CURRENT
from thermospin.kernels.leads import COLUMNS
from thermospin.observables import (
    critical_current,
    flows,
    matching_voltages,
    maximum_conductance,
    seebeck_voltage,
    zero_bias_conductance,
)
from thermospin.observables.points import Points, leads_table
from thermospin.observables.spin_up_integrals import HEAT_AND_NOISE
from thermospin.spec import parse_spec

RTOL = 1e-8
MOST_OF_A_MAP = 1.3
"""Bound of the time of a map over that of as many currents of one spin."""
MOST_OF_SUPERCURRENTS = 5.0
"""Bound of the time of a map of I_c over that of as many currents of one spin."""
MOST_OF_FLOWS = 1.75
"""Bound of the time of charge, heat and noise of a spin over that of its current alone."""
SMALL_BIAS, BIAS = 1e-3, 0.2
MOST_SECONDS = 10.0
"""Bound of the wall time of V_S of 1e5 junctions on two threads."""
T_S, H_EXC = (0.11, 1.0), (0.0, 0.7)
FINE, COARSE = 0.0025, 0.005
"""Steps of T_S and h_exc: 100 317 junctions, and 25 239."""
AXES = ("T_S", "h_exc")
PLACE = (0.7, 0.4)
ANSWERS = {
    "G_0": -0.048784652895,
    "G_max": -0.65449,
    "I_c": 1.348453296752823,
    "V_S": 0.281033740,
    "J_S": 0.227999616696,
    "S_I": 0.413750311111,
}
"""Outputs at `PLACE`, J_S and S_I at `BIAS`, by arithmetic of 30 digits."""
TOLERANCES = {"G_0": 1e-10, "G_max": 6e-6, "I_c": 2e-9, "V_S": 6e-10, "J_S": 1e-9, "S_I": 1e-9}
"""Absolute tolerances of these outputs, which their digits allow."""


def figures(quick: bool) -> list[Budget]:
    """Return what outputs cost; for fewer junctions and in fewer rounds if quick."""
    return [*compare_maps(quick), compare_flows(quick), seebeck_time(quick)]


def compare_maps(quick: bool) -> list[Budget]:
    """Compare the times of maps of G_0, G_max and I_c with those of currents at the same bias.

    G_0 takes one integral a junction, since both spins contribute equally, and is compared with one
    current next to V = 0, as is I_c, which takes two sums over Matsubara frequencies besides. G_max
    takes two integrals. Only the maps include finding the gaps.
    """
    place = _junctions(*PLACE)
    _require("G_0", zero_bias_conductance(place))
    _require("G_max", maximum_conductance(place))
    _require("I_c", critical_current(place))
    junction = _junctions(np.linspace(*T_S, 179)[:, np.newaxis], np.linspace(*H_EXC, 141))
    table = leads_table(junction).reshape(-1, COLUMNS)
    inner = matching_voltages(junction)[0].ravel()
    peak = Points(inner, np.arange(len(table)), table, RTOL)
    still = np.full_like(inner, SMALL_BIAS)
    zero, large, pairs, up, both = [], [], [], [], []
    for _ in range(3 if quick else 9):
        zero.append(seconds_of(lambda: zero_bias_conductance(junction)))
        pairs.append(seconds_of(lambda: critical_current(junction)))
        up.append(seconds_of(lambda: peak.spin_up(CURRENT, still)))
        large.append(seconds_of(lambda: maximum_conductance(junction)))
        both.append(seconds_of(lambda: peak.both_spins(CURRENT)))
    return [
        Budget(
            "a map of G_0 against one current a junction", min(zero) / min(up), MOST_OF_A_MAP, "×"
        ),
        Budget("a map of G_max against two", min(large) / min(both), MOST_OF_A_MAP, "×"),
        Budget("a map of I_c against one", min(pairs) / min(up), MOST_OF_SUPERCURRENTS, "×"),
    ]


def compare_flows(quick: bool) -> Budget:
    """Compare the time of charge, heat and noise of a spin with that of its current."""
    found = flows(BIAS, _junctions(*PLACE))
    _require("J_S", found.J_S)
    _require("S_I", found.S_I)
    voltage = np.linspace(-2.5, 2.5, 4_000)
    table = leads_table(_junctions(*PLACE)).reshape(1, COLUMNS)
    points = Points(voltage, np.zeros(voltage.size, dtype=np.int64), table, RTOL)
    all_flows, current = [], []
    for _ in range(3 if quick else 15):
        all_flows.append(seconds_of(lambda: points.spin_up(HEAT_AND_NOISE, voltage)))
        current.append(seconds_of(lambda: points.spin_up(CURRENT, voltage)))
    share = min(all_flows) / min(current)
    return Budget("charge, heat and noise against the current", share, MOST_OF_FLOWS, "×")


def seebeck_time(quick: bool) -> Budget:
    """Time a sweep of V_S on two threads, file included; the bound grows with the junctions."""
    _require("V_S", seebeck_voltage(_junctions(*PLACE)))  # compiles what is missing
    spec = parse_spec(
        f"""
fixed: {{T_Sm: {T_SM}, gamma: {GAMMA}}}
axes:
  T_S: {{start: {T_S[0]}, stop: {T_S[1]}, step: {COARSE if quick else FINE}}}
  h_exc: {{start: {H_EXC[0]}, stop: {H_EXC[1]}, step: {COARSE if quick else FINE}}}
outputs: [V_S]
""",
        "bench.yaml",
    )
    seconds = []
    with TemporaryDirectory() as directory:
        output = Path(directory) / "bench.h5"
        for _ in range(1 if quick else 3):
            seconds.append(seconds_of(lambda: run_sweep(spec, output, force=True, threads=2)))
        found = read(output).outputs["V_S"]
    row, column = (
        np.flatnonzero(spec.axes[name] == at) for name, at in zip(AXES, PLACE, strict=True)
    )
    _require("V_S", found[row, column])
    bound = MOST_SECONDS * (spec.size // 1000) / 100
    return Budget(f"V_S of {spec.size} junctions, two threads", min(seconds), bound, "s")


def _junctions(T_S: ArrayLike, h_exc: ArrayLike) -> Junction:
    return Junction(T_S=T_S, T_Sm=T_SM, h_exc=h_exc, gamma=GAMMA)


def _require(name: str, found: FloatArray) -> None:
    require(name, abs(found.item() - ANSWERS[name]), TOLERANCES[name])


if __name__ == "__main__":
    print_figures("Measure what other outputs than currents cost.", figures)
