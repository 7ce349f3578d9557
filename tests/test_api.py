"""What ``import thermospin as ts`` gives: the calls that the documentation shows."""

import ast
import inspect
from pathlib import Path

import numpy as np
import pytest

import thermospin as ts

SPEC = """\
fixed: {T_S: 0.7, gamma: 1e-2}
axes:
  h_exc: [0, 0.4]
  V: {start: -0.5, stop: 0.5, num: 11}
outputs: [I_q, I_s, G_0, V_S]
"""
SMALL = 1e-12  # what rounding may leave of 1
REFERENCE_ACCURACY = 1e-11  # the digits below are the first twelve


@pytest.fixture(scope="module")
def junction():
    return ts.Junction(T_S=0.7, T_Sm=0.01, h_exc=0.4, gamma=1e-4)


def test_every_public_name_is_there():
    for name in ts.__all__:
        assert getattr(ts, name).__module__.startswith("thermospin.")
    assert set(ts.__all__) <= set(dir(ts))
    assert "__version__" in dir(ts)


def test_type_checkers_are_told_the_same_as_python():
    tree = ast.parse(Path(ts.__file__).read_text(encoding="utf-8"))
    (branch,) = (node for node in tree.body if isinstance(node, ast.If))
    told = {
        alias.name: node.module.removeprefix("thermospin.")
        for node in branch.body
        for alias in node.names
    }
    assert told == ts._HOMES
    assert sorted(told) == sorted(ts.__all__)


def test_public_names_are_documented():
    for name in ts.__all__:
        assert inspect.getdoc(getattr(ts, name)), name


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'curents'"):
        ts.curents  # noqa: B018


def test_currents_broadcast_like_numpy(junction):
    V = np.linspace(-1, 1, 5)
    I = ts.currents(V, junction)  # noqa: E741
    for part in (I.up, I.down, I.charge, I.spin, I.sge, I.error):
        assert part.shape == V.shape
    np.testing.assert_array_equal(I.charge, I.up + I.down)
    np.testing.assert_array_equal(I.spin, I.up - I.down)
    several = ts.Junction(T_S=0.7, h_exc=[[0.0], [0.2], [0.4]])
    assert ts.currents(V, several, rtol=1e-6).up.shape == (3, 5)
    assert ts.currents(0.1, junction).up.shape == ()


def test_conductances_are_slopes_of_the_current(junction):
    assert ts.differential_conductance(0.0, junction) == pytest.approx(
        ts.zero_bias_conductance(junction), rel=1e-8
    )


def test_matching_peaks_of_the_paper(junction):
    inner, outer = ts.matching_voltages(junction)
    difference = ts.bcs_gap(0.01, 0.4) - ts.bcs_gap(0.7)
    assert inner == pytest.approx(0.4 - difference, rel=SMALL)
    assert outer == pytest.approx(0.4 + difference, rel=SMALL)
    G_max = ts.maximum_conductance(junction)
    assert G_max == pytest.approx(ts.currents(inner, junction).charge / inner, rel=1e-8)


def test_above_the_threshold_field_the_junction_is_thermoactive(junction):
    V_S = ts.seebeck_voltage(junction)
    assert ts.zero_bias_conductance(junction) < 0 < V_S
    below, above = ts.currents([0.999 * V_S, 1.001 * V_S], junction).charge
    assert below < 0 < above


def test_the_gap_of_bcs():
    assert ts.bcs_gap(0.5) == pytest.approx(0.956884715875, rel=REFERENCE_ACCURACY)
    assert ts.bcs_gap(1.0) == 0.0


def test_the_density_of_states():
    N = ts.density_of_states([0.0, 5.0], gap=1.0, gamma=1e-4, h=0.0)
    E = 5.0 + 1e-4j
    assert N[0] == pytest.approx(1e-4 / np.hypot(1.0, 1e-4), rel=SMALL)
    assert N[1] == pytest.approx((E / np.sqrt(E * E - 1.0)).real, rel=SMALL)


def test_a_sweep_holds_what_the_calls_return(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(SPEC)
    spec = ts.load_spec(path)
    assert isinstance(spec, ts.SweepSpec)
    report = ts.run_sweep(spec, tmp_path / "small.h5")
    assert (report.points, report.missed) == (22, 0)

    contents = ts.read(report.path)
    junction = ts.Junction(T_S=0.7, gamma=1e-2, h_exc=spec.axes["h_exc"][:, None])
    I = ts.currents(spec.axes["V"], junction)  # noqa: E741
    np.testing.assert_array_equal(contents.outputs["I_q"], I.charge)
    np.testing.assert_array_equal(contents.outputs["I_s"], I.spin)
    conductance = ts.zero_bias_conductance(junction)[:, 0]
    np.testing.assert_array_equal(contents.outputs["G_0"], conductance)
    np.testing.assert_array_equal(contents.outputs["V_S"], ts.seebeck_voltage(junction)[:, 0])


def test_evaluate_gives_any_outputs_on_a_mesh(junction):
    evaluation = ts.evaluate(["I_up", "h_t"], [0.1, 0.2], junction)
    assert evaluation.values["I_up"].shape == (1, 2)
    assert evaluation.values["h_t"].shape == (1,)
    assert evaluation.values["I_up"][0, 0] == ts.currents(0.1, junction).up


def test_a_wrong_spec_is_a_value_error():
    with pytest.raises(ts.SpecError, match="did you mean 'V_S'"):
        ts.parse_spec(SPEC.replace("V_S", "V_s"), "wrong.yaml")
    assert issubclass(ts.SpecError, ValueError)
