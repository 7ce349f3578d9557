"""The referee of `thermospin verify` is right, and shares nothing with the kernels."""

import json
from pathlib import Path

import numpy as np
import pytest
from frozen_records import DATA, LEADS
from package_sources import imports, rooms_of

import thermospin
from thermospin.units import BCS_RATIO
from thermospin.verification.recomputation import Point
from thermospin.verification.recomputed_gaps import gap
from thermospin.verification.recomputed_junction import RecomputedJunction
from thermospin.verification.recomputed_seebeck import objection
from thermospin.verification.slow_reference import Lead, spin_conductance, spin_current

ROUNDING = 1e-14  # of a sum, relative to the integral of the modulus
GAP_DIGITS = 1e-13
THERMOELECTRIC = {"T_S": 0.7, "T_Sm": 0.01, "h_exc": 0.2, "h_S": 0.0, "gamma": 1e-3}


def leads_of(record):
    values = {name: record[name] for name in LEADS}
    S = Lead(BCS_RATIO * values["T_S"], values["h_S"], values["gamma_S"], values["Delta_S"])
    Sm = Lead(BCS_RATIO * values["T_Sm"], values["h_exc"], values["gamma_Sm"], values["Delta_Sm"])
    return S, Sm


def test_currents_are_those_of_the_slow_reference(current_records):
    for row in current_records.rows:
        for name, sigma in (("I_up", 1), ("I_down", -1)):
            found = spin_current(row["V"], sigma, *leads_of(row))
            assert abs(found.value - row[name]) <= ROUNDING * found.modulus, row


def test_conductances_are_those_of_the_slow_reference(conductance_records):
    for row in conductance_records.rows:
        up, down = (spin_conductance(row["V"], sigma, *leads_of(row)) for sigma in (1, -1))
        error = abs(up.value + down.value - row["dIdV"])
        assert error <= ROUNDING * (up.modulus + down.modulus), row


def test_gaps_are_those_of_the_slow_reference():
    for row in json.loads((DATA / "gaps.json").read_text(encoding="utf-8"))["records"]:
        found = gap(row["T"], row["h"], row.get("gap", 1.0), "self-consistent")
        assert abs(found.value - row["Delta"]) <= GAP_DIGITS * row["Delta"] + found.error, row


def test_the_error_of_a_gap_grows_towards_the_critical_temperature():
    far, near = (gap(T, 0.0, 1.0, "self-consistent") for T in (0.5, 1.0 - 1e-6))
    assert far.error < 1e-13 * far.value
    assert far.error < near.error < 1e-6 * near.value


@pytest.mark.parametrize(
    ("model", "expected"), [("constant", 0.9), ("tanh", 0.9 * np.tanh(1.74 * np.sqrt(0.8)))]
)
def test_the_other_gap_models(model, expected):
    assert gap(0.5, 0.3, 0.9, model).value == pytest.approx(expected, rel=1e-15)


def junction(**changes):
    return RecomputedJunction.of(
        THERMOELECTRIC | {"gap_S": 1.0, "gap_Sm": 1.0} | changes, "self-consistent"
    )


def test_a_zero_of_the_charge_current_is_recognised():
    V_S = float(thermospin.seebeck_voltage(thermospin.Junction(**THERMOELECTRIC)))
    assert V_S > 0.0
    assert objection(V_S, junction()) is None
    assert "within" in objection(1.00001 * V_S, junction())
    assert "yet V_S is NaN" in objection(np.nan, junction())
    assert "does not go from − to +" in objection(0.1 * V_S, junction())
    assert objection(-V_S, junction()) == "V_S is not above 0"
    assert objection(np.nan, junction(h_exc=0.0)) is None


def test_the_chord_goes_over_into_the_slope():
    slope = Point(0.0, junction(), rtol=1e-8).output("dIdV").value
    for V in (1e-9, 1e-6, 1e-4):
        chord = Point(V, junction(), rtol=1e-8).output("G").value
        assert chord == pytest.approx(slope, rel=0.1 * V / 1e-3 + 1e-12)


def test_the_referee_imports_no_kernel_and_nothing_built_on_one():
    folder = Path(thermospin.__file__).parent / "verification"
    used = set()
    for path in folder.glob("*.py"):
        rooms = rooms_of(imports(path.read_text(encoding="utf-8")))
        if path.stem == "recomputed_heat_balance":  # told where to look for steady temperatures
            rooms -= {"junction", "observables"}
        used |= rooms
    assert used == {"units", "quantities", "spec", "dataset", "verification"}
