"""What a view shows as arrays is what the functions of the package return."""

import numpy as np
import pytest

import thermospin as ts
from thermospin.explorer.checked_view import checked
from thermospin.explorer.junction_page import parts_of
from thermospin.explorer.lead_densities import lead_densities
from thermospin.explorer.read_out_table import read_out_table
from thermospin.explorer.view_state import ViewState
from thermospin.explorer.view_values import (
    heated_curves,
    joined,
    read_outs,
    view_currents,
    view_slope,
)
from thermospin.observables import evaluate
from thermospin.units import BCS_RATIO

STATE = ViewState(num="41")


def numbers_of(state):
    return {one.name: one for one in read_outs(checked(state))}


def test_curves_are_those_of_the_library():
    view = checked(STATE)
    found = view_currents(view)
    I = ts.currents(view.V, view.junction)  # noqa: E741
    for name, expected in {"I_up": I.up, "I_down": I.down, "I_q": I.charge, "I_s": I.spin,
                           "SGE": I.sge, "I_error": I.error}.items():  # fmt: skip
        np.testing.assert_array_equal(found.values[name], expected)
    slope = ts.differential_conductance(view.V, view.junction)
    np.testing.assert_array_equal(view_slope(view).values["dIdV"], slope)
    assert not found.missed.any()


def test_slopes_that_miss_their_tolerance_are_known():
    state = STATE.with_text("rtol", "1e-13").with_text("spin_orbit", "0.1")
    assert view_slope(checked(state)).missed.any()


def test_numbers_are_those_of_the_library():
    junction = checked(STATE).junction
    numbers = numbers_of(STATE)
    assert numbers["V_S"].value == ts.seebeck_voltage(junction)
    assert numbers["G_0"].value == ts.zero_bias_conductance(junction)
    assert numbers["G_max"].value == ts.maximum_conductance(junction)
    assert numbers["power_max"].value == ts.maximum_power(junction).value
    assert numbers["efficiency_max"].value == ts.maximum_efficiency(junction).value
    inner, outer = ts.matching_voltages(junction)
    assert (numbers["V_p_minus"].value, numbers["V_p_plus"].value) == (inner, outer)


def test_numbers_that_are_not_derived_say_why():
    pumped = numbers_of(STATE.with_text("V_ac", "0.1"))
    assert np.isnan(pumped["power_max"].value)
    assert "microwaves" in pumped["power_max"].why
    assert np.isfinite(pumped["V_S"].value)
    assert "V_load" in numbers_of(STATE.with_text("R_L", "1"))
    assert numbers_of(STATE.with_text("heater", "0.05")) == {}


def test_a_table_shows_numbers_with_their_units():
    numbers = read_outs(checked(STATE))
    reduced = read_out_table(numbers, None)
    assert '<td class="value">0.281034</td><td class="unit">Δ₀/e</td>' in reduced
    in_si = read_out_table(numbers, ts.Material(Delta_0="200 ueV", G_T="0.1 mS"))
    assert '<td class="value">56.2067</td><td class="unit">µV</td>' in in_si
    none = read_out_table(read_outs(checked(STATE.with_text("h_exc", "0"))), None)
    assert '<td class="value">none</td>' in none


def test_densities_are_those_of_the_leads_at_their_temperatures():
    state = STATE.with_text("h_S", "0.1").with_text("spin_orbit_Sm", "0.2")
    S, Sm = lead_densities(checked(state))
    gap = ts.bcs_gap(0.7, 0.1)
    np.testing.assert_array_equal(S.up, ts.density_of_states(S.E, gap, 1e-4, 0.1))
    np.testing.assert_array_equal(S.down, ts.density_of_states(S.E, gap, 1e-4, -0.1))
    gap = ts.bcs_gap(0.01, 0.4, spin_orbit=0.2)
    expected = ts.density_of_states(Sm.E, gap, 1e-4, 0.4, spin_orbit=0.2)
    np.testing.assert_array_equal(Sm.up, expected)
    middle = np.searchsorted(S.E, 0.5)
    odds = np.log(1.0 / S.occupied[middle] - 1.0)
    assert odds == pytest.approx(S.E[middle] / (0.7 * BCS_RATIO), rel=1e-12)


def test_the_curves_of_a_heated_junction_are_joined_from_blocks():
    view = checked(ViewState(num="9").with_text("heater", "0.05").with_text("num", "9"))
    found = joined(list(heated_curves(view)))
    whole = ts.evaluate(["I_q", "dIdV"], view.V, view.junction)
    np.testing.assert_array_equal(found.V, view.V)
    for name in ("I_q", "dIdV"):
        np.testing.assert_allclose(found.values[name], whole.values[name][0], rtol=1e-7)


def test_a_heated_lead_has_the_temperature_of_its_bias():
    state = STATE.with_text("heater", "0.05").with_text("bias", "0.1")
    view = checked(state)
    S, _ = lead_densities(view)
    steady = ts.steady_temperatures(0.1, view.junction)
    odds = np.log(1.0 / S.occupied[-1] - 1.0)
    assert S.E[-1] / (odds * BCS_RATIO) == pytest.approx(steady.T_S[0], rel=1e-6)


def test_the_device_of_a_page_computes_its_curves_and_the_processor_its_numbers(monkeypatch):
    asked = {}

    def noting(names, V, junction, *, rtol, device="cpu"):
        asked.update(dict.fromkeys(names, device))
        return evaluate(names, V, junction, rtol=rtol)

    monkeypatch.setattr("thermospin.explorer.view_values.evaluate", noting)
    list(parts_of(checked(STATE), "cuda"))
    assert {name for name, device in asked.items() if device == "cuda"} >= {"I_up", "dIdV"}
    assert asked["V_S"] == "cpu"
