"""`thermospin verify` and microwaves: it agrees with what is right, and finds what is wrong."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from thermospin import Junction, currents, evaluate, parse_spec, run_sweep, seebeck_voltage
from thermospin.execution import Engine
from thermospin.verification import verify
from thermospin.verification.recomputed_junction import RecomputedJunction
from thermospin.verification.recomputed_seebeck import objection

FIXED = {"T_S": 0.7, "T_Sm": 0.01, "gamma": 1e-3, "hf": 0.3}
SPEC = parse_spec(
    f"fixed: {{{', '.join(f'{name}: {value}' for name, value in FIXED.items())}}}\n"
    """\
axes: {h_exc: [-0.4, 0.4], V_ac: [0, 0.24], V: [-0.27, -0.12, 0, 0.12, 0.27]}
outputs: [I_up, I_q, P_ac, P_ac_error, J_S, J_Sm, S_I, efficiency, G, dIdV, I_error, G_0, G_max]
""",
    "pumped.yaml",
)
PARAMETERS = {**FIXED, "h_exc": 0.4, "h_S": 0.0, "gap_S": 1.0, "gap_Sm": 1.0, "V_ac": 0.24}


def wrong(factors):
    """Return an engine whose outputs are off by relative errors, given by their names."""

    def evaluated(outputs, V, junction, *, rtol):
        found = evaluate(outputs, V, junction, rtol=rtol)
        pumped = np.broadcast_to(junction.V_ac, junction.shape) > 0
        values = dict(found.values)
        for name in factors.keys() & values.keys():
            column = pumped.reshape(-1, *(1,) * (values[name].ndim - 1))
            values[name] = values[name] * (1.0 + np.where(column, factors[name], 0.0))
        return replace(found, values=values)

    return Engine(evaluate=evaluated)


def failures(path, sample=2):
    return {check.name for check in verify(path, sample=sample).checks if not check.passed}


def test_a_sweep_with_microwaves_passes(tmp_path):
    report = run_sweep(SPEC, tmp_path / "right.h5", threads=1)
    assert report.missed == 0
    assert failures(tmp_path / "right.h5") == set()


@pytest.mark.parametrize("name", ["P_ac", "S_I", "dIdV", "J_S", "G_0"])
def test_an_output_that_is_off_by_a_millionth_is_found(name, tmp_path):
    run_sweep(SPEC, tmp_path / "wrong.h5", threads=1, engine=wrong({name: 1e-6}))
    expected = {"G_0": {"recomputed junctions"}}.get(name, {"recomputed points"})
    assert failures(tmp_path / "wrong.h5") >= expected


@pytest.mark.parametrize("name", ["P_ac", "J_Sm"])
def test_energy_that_does_not_balance_is_found_at_every_point(name, tmp_path):
    run_sweep(SPEC, tmp_path / "wrong.h5", threads=1, engine=wrong({name: 1e-4}))
    assert failures(tmp_path / "wrong.h5", sample=0) == {"thermodynamics"}


def test_a_seebeck_voltage_that_is_not_the_outermost_is_objected_to():
    junction = RecomputedJunction.of(PARAMETERS, "self-consistent")
    V_S = float(seebeck_voltage(Junction(**FIXED, h_exc=0.4, V_ac=0.24)))
    assert objection(V_S, junction) is None
    assert "does not go from − to +" in objection(V_S * (1 + 1e-6), junction)
    assert "yet V_S is NaN" in objection(float("nan"), junction)


def test_the_zero_below_the_next_copy_of_the_peak_is_objected_to():
    given = PARAMETERS | {"gamma": 1e-4, "hf": 0.1, "V_ac": 0.1}
    junction = Junction(**FIXED | {"gamma": 1e-4, "hf": 0.1}, h_exc=0.4, V_ac=0.1)
    zero = brentq(
        lambda V: float(currents(V, junction, rtol=1e-11).charge), 0.265, 0.27, xtol=1e-14
    )
    recomputed = RecomputedJunction.of(given, "self-consistent")
    assert "I_q < 0 also at V = 0.32877" in objection(zero, recomputed)
