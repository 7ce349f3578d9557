"""The state of a page: to an address and back, to a spec that is valid, to a script that runs."""

from urllib.parse import parse_qsl

import numpy as np
import pytest
from matplotlib import pyplot

import thermospin as ts
from thermospin.explorer.checked_view import ViewError, checked, spec_text
from thermospin.explorer.given_view import in_other_units, state_of_junction, state_of_spec
from thermospin.explorer.python_script import python_script
from thermospin.explorer.view_state import JUNCTION_FIELDS, ViewState, state_of_query
from thermospin.spec import bundled_specs, load_spec

SI = ViewState(
    parameters={"T_S": "780 mK", "T_Sm": "13 mK", "h_exc": "79 ueV", "gamma": "20 neV"},
    scales={"T_c": "1.3 K", "R_T": "5 kohm"},
    start="-150 uV",
    stop="0.2 mV",
    shown=("I_up", "I_down"),
    bias="40 uV",
    num="101",
)
FILM = ViewState().with_text("spin_orbit", "0.1").with_text("gamma_S", "1e-3")
MICROWAVES = ViewState().with_text("V_ac", "0.1")
HEATED = ViewState(num="11").with_text("heater", "0.05").with_text("branch", "falling")
LOADED = ViewState().with_text("R_L", "0.5").with_text("gap_model", "tanh")
STATES = {"usual": ViewState(), "SI": SI, "film": FILM, "microwaves": MICROWAVES,
          "heated": HEATED, "loaded": LOADED}  # fmt: skip
every_state = pytest.mark.parametrize("state", STATES.values(), ids=STATES)


def pairs_of(state):
    return dict(parse_qsl(state.query(), keep_blank_values=True))


@every_state
def test_a_state_comes_back_from_its_address(state):
    assert state_of_query(pairs_of(state), ViewState()) == (state, [])


def test_an_address_without_a_query_opens_what_was_asked_for():
    assert state_of_query({}, SI) == (SI, [])


def test_an_address_says_what_in_it_is_not_known():
    state, problems = state_of_query({"T_s": "0.7", "V": "1", "show": "I_q,J"}, ViewState())
    assert "did you mean 'T_S'" in problems[0]
    assert "V in the address must be two numbers" in problems[1]
    assert "'J'" in problems[2]
    assert state.shown == ("I_q",)


@every_state
def test_the_text_of_a_state_is_a_valid_spec_of_the_same_junction(state):
    spec = ts.parse_spec(spec_text(state), "copied.yaml")
    view = checked(state)
    np.testing.assert_array_equal(spec.axes["V"], view.V)
    given = {name: value for name, value in spec.fixed.items() if name != "V"}
    again = ts.Junction(**given, gap_model=spec.gap_model, branch=spec.branch)
    assert repr(again) == repr(view.junction)


@pytest.mark.parametrize("name", bundled_specs())
def test_a_spec_opens_with_its_fixed_values_and_the_first_of_its_axes(name):
    spec = load_spec(name)
    state = state_of_spec(spec)
    view = checked(state)
    values = dict(spec.fixed) | {axis: points[0] for axis, points in spec.axes.items()}
    for parameter, value in values.items():
        found = getattr(view.junction, parameter, None)
        if found is not None:
            assert float(found) == value, parameter
    if len(spec.axes.get("V", ())) > 1:
        ends = spec.axes["V"][[0, -1]]
        np.testing.assert_allclose(view.V[[0, -1]], ends, rtol=1e-14)
    assert view.spec.material == spec.material


def test_a_junction_opens_with_all_its_values():
    junction = ts.Junction(T_S=0.6, h_exc=0.3, gamma_S=1e-3, gamma_Sm=2e-3, P=0.1, theta=0.25,
                           h_S=0.1, gap_model="tanh", V_ac=0.1, hf=0.2)  # fmt: skip
    assert repr(checked(state_of_junction(junction)).junction) == repr(junction)
    material = ts.Material(Delta_0="200 ueV", G_T="0.1 mS")
    assert repr(checked(state_of_junction(junction, material)).junction) == repr(junction)


def test_a_junction_must_be_a_single_one():
    with pytest.raises(ValueError, match=r"single junction, not an array of shape \(2,\)"):
        state_of_junction(ts.Junction(T_S=[0.6, 0.7]))


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("T_S", "-3", "must be between 0.0001 and 100 T_c"),
        ("T_S", "nan", "must be a finite decimal number"),
        ("h_exc", "inf", "must be a finite decimal number"),
        ("h_exc", "1e999", "overflows"),
        ("gamma", "0,1", "must be a number"),
        ("gamma", "0.1} # {", "must be a number"),
        ("T_Sm", "20 mK", "needs a material"),
        ("T_Sm", "20 mK", "choose SI units above, or give a bare number in T_c"),
        ("start", "2", "must be less than V to"),
        ("num", "1", "must be between 2 and 20001, got 1"),
        ("num", "1000000", "must be between 2 and 20001, got 1000000"),
        ("num", "1e9", "must be between 2 and 20001, got 1e9"),
        ("num", "2.5", "must be a whole number"),
        ("bias", "2000", "must be between"),
        ("rtol", "1", "must be between"),
        ("P", "1.5", "must be between -1 and 1"),
        ("gap_model", "bcs", "must be one of"),
        ("T_c", "1.3", "must be a number and a unit"),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_refused_at_its_field(name, text, rule):
    with pytest.raises(ViewError) as caught:
        checked(ViewState().with_text(name, text))
    assert set(caught.value.rules) == {name}
    assert rule in caught.value.rules[name]


def test_a_rule_is_said_in_the_words_of_the_page():
    state = ViewState().with_text("start", "2").with_text("T_S", "")
    words = "T_S must be given; V from must be less than V to, got 2.0 and 0.75"
    with pytest.raises(ViewError, match=words):
        checked(state)
    with pytest.raises(ViewError, match="R_T or G_T must be given, not both"):
        checked(ViewState().with_text("T_c", "1.3 K"))


def test_all_fields_that_break_rules_are_named_at_once():
    state = ViewState().with_text("T_S", "-1").with_text("h_exc", "20")
    with pytest.raises(ViewError) as caught:
        checked(state)
    assert set(caught.value.rules) == {"T_S", "h_exc"}


def test_what_excludes_a_field_gives_way_to_it():
    apart = ViewState().with_text("gamma_S", "1e-3").parameters
    assert (apart["gamma_S"], apart["gamma_Sm"]) == ("1e-3", "1e-4")
    assert "gamma" not in apart
    together = ViewState().with_text("T", "0.3").parameters
    assert "T" in together
    assert not {"T_S", "T_Sm"} & set(together)
    assert "T_S" not in HEATED.parameters
    assert "heater" not in HEATED.with_text("T_S", "0.5").parameters
    assert "T_S" in HEATED.with_text("T_bath", "").parameters
    assert SI.with_text("Delta_0", "200 ueV").scales == {"R_T": "5 kohm", "Delta_0": "200 ueV"}
    assert "hf" not in MICROWAVES.with_text("V_ac", "").parameters


@pytest.mark.parametrize("name", JUNCTION_FIELDS)
def test_a_field_that_is_emptied_has_its_default_again(name):
    emptied = ViewState().with_text(name, "0.5").with_text(name, "")
    assert name not in emptied.parameters or name == "T_S"
    if name not in ("T", "T_S", "T_Sm"):
        checked(emptied.with_text("T_S", "0.7"))


def test_other_units_show_the_same_junction():
    scales = {"T_c": "1.3 K", "R_T": "5 kohm"}
    first = checked(ViewState())
    in_si = in_other_units(ViewState(), first, scales)
    assert in_si.parameters["T_S"] == "910 mK"
    second = checked(in_si)
    again = in_other_units(in_si, second, {})
    assert (again.start, again.stop, again.parameters["h_exc"]) == ("-0.75", "0.75", "0.4")
    back = checked(again)
    for view in (second, back):
        for name in ("T_S", "T_Sm", "h_exc", "gamma_S"):
            here, there = getattr(view.junction, name), getattr(first.junction, name)
            assert float(here) == pytest.approx(float(there), rel=1e-5)


@pytest.mark.parametrize("state", [SI, LOADED], ids=["SI", "loaded"])
def test_the_script_of_a_state_runs_and_computes_the_same(state, monkeypatch):
    shown = []
    monkeypatch.setattr(pyplot, "show", lambda: shown.append(pyplot.gca().get_lines()))
    view = checked(state)
    found = {}
    exec(compile(python_script(state, view), "view.py", "exec"), found)
    expected = ts.currents(view.V, view.junction)
    np.testing.assert_allclose(found["I"].up, expected.up, rtol=1e-7)
    assert [line.get_label() for line in shown[0]] == list(state.shown)
    pyplot.close("all")
