"""The one table of outputs: what it says is what is computed, and no other table repeats it."""

import ast
from pathlib import Path

import numpy as np
import pytest
from sweep_cases import OF_GIVEN_T_S

import thermospin
from thermospin import Junction, evaluate
from thermospin.figures.labels import axis_label, symbol
from thermospin.observables import Currents
from thermospin.quantities import CURRENTS, OUTPUTS, Output, Parity, cost_of

PACKAGE = Path(thermospin.__file__).parent
TABLE = PACKAGE / "quantities" / "outputs.py"
BIAS = np.array([-1.7, -0.3, 0.0, 0.3, 1.7])
JUNCTIONS = {"T_S": [0.7, 0.5], "h_exc": np.array([0.4, 0.3]), "R_L": 4.0}
BIASED = [name for name, output in OUTPUTS.items() if output.biased and not output.heated]


def partner_of(name):
    return OUTPUTS[name].partner or name


@pytest.fixture(scope="module")
def plain():
    return evaluate(OF_GIVEN_T_S, BIAS, Junction(**JUNCTIONS)).values


@pytest.mark.parametrize("name", BIASED)
def test_reversed_bias_gives_the_sign_in_the_table(plain, name):
    reversed_bias = plain[partner_of(name)][:, ::-1]
    np.testing.assert_array_equal(plain[name], OUTPUTS[name].parity.bias * reversed_bias)


def test_reversed_fields_give_the_signs_in_the_table(plain):
    reversed_fields = JUNCTIONS | {"h_exc": -JUNCTIONS["h_exc"]}
    found = evaluate(OF_GIVEN_T_S, BIAS, Junction(**reversed_fields)).values
    for name in OF_GIVEN_T_S:
        output = OUTPUTS[name]
        expected = output.parity.field * found[partner_of(name)]
        np.testing.assert_array_equal(plain[name], expected, err_msg=name)


def test_reversed_polarisation_and_bias_give_the_signs_in_the_table():
    here, there = (
        evaluate(BIASED, sign * BIAS, Junction(**JUNCTIONS, P=0.3 * sign)).values
        for sign in (1.0, -1.0)
    )
    for name in BIASED:
        expected = OUTPUTS[name].parity.bias * there[partner_of(name)]
        np.testing.assert_array_equal(here[name], expected, err_msg=name)


def test_only_what_may_be_undefined_is_not_a_number_somewhere(plain):
    """The mesh holds V = 0, an odd point of most quotients, and junctions that drive no load."""
    undefined = {name for name, values in plain.items() if np.isnan(values).any()}
    assert undefined <= {name for name, output in OUTPUTS.items() if output.may_be_undefined}
    assert {"spin_to_charge", "efficiency", "carnot_fraction", "fano"} <= undefined


def test_a_search_is_paid_once_and_any_other_output_costs_one():
    assert cost_of([]) == 0
    assert cost_of(["Delta_S", "G_0", "V_p_plus"]) == 3
    at_load = [name for name, output in OUTPUTS.items() if output.loaded]
    assert len(at_load) == 3
    assert {cost_of([name]) for name in at_load} == {cost_of(at_load)} == {400}
    assert cost_of(["V_S", "power_max", "efficiency_max"]) == 64 + 400 + 400


def test_a_new_output_is_an_entry_and_an_attribute(monkeypatch):
    """No room needs to be told of it: it is computed and drawn as the entry says."""
    unit = OUTPUTS["I_q"].unit
    entry = Output("I_larger", "larger spin current", unit, r"\hat{I}", CURRENTS, "larger")
    monkeypatch.setitem(OUTPUTS, "I_larger", entry)
    larger = property(lambda self: np.maximum(np.abs(self.up), np.abs(self.down)))
    monkeypatch.setattr(Currents, "larger", larger, raising=False)
    found = evaluate(["I_larger", "I_up", "I_down"], BIAS, Junction(**JUNCTIONS)).values
    expected = np.maximum(np.abs(found["I_up"]), np.abs(found["I_down"]))
    np.testing.assert_array_equal(found["I_larger"], expected)
    assert entry.parity == Parity(1, 1)
    assert symbol("I_larger") == r"$\hat{I}$"
    assert r"\hat{I}" in axis_label(["I_larger"])


@pytest.mark.parametrize(
    "name", ["fano", "carnot_fraction", "J_error", "S_I_error", "efficiency_load", "power_load"]
)
def test_only_the_table_and_the_referee_know_an_output_by_its_name(name):
    """The referee has formulas of its own, and the paper's claims name what they are about."""
    at_home = {TABLE, *(PACKAGE / "verification").glob("*.py")}
    found = {
        path
        for path in PACKAGE.rglob("*.py")
        if "reproduction" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value == name
    }
    assert found <= at_home
    assert TABLE in found
