"""The files of many instruments and programs, all with one curve: each gives that curve in SI."""

import numpy as np
import pytest
from make_measured_samples import FOLDER, curve, samples

from thermospin.measured import read_curve

V, CURRENT, SLOPE = (np.array(column, float) for column in zip(*curve(), strict=True))
HOW = {
    "no_header.txt": {"columns": (3, 2), "units": ("mV", "nA")},
    "no_units.csv": {"units": ("mV", "nA")},
    "lock_in.txt": {"columns": ("V", "LIX"), "units": ("mV", "S"), "factor": 5e-4},
}
CONDUCTANCES = {
    "conductance.csv", "conductance_quantum.txt", "conductance_quotient.txt", "lock_in.txt",
}  # fmt: skip


def test_the_samples_are_those_of_the_script():
    assert {path.name: path.read_bytes() for path in FOLDER.iterdir()} == samples()


@pytest.mark.parametrize("name", samples())
def test_every_format_gives_the_same_curve(name):
    found = read_curve(FOLDER / name, **HOW.get(name, {}))
    np.testing.assert_allclose(found.V, V * 1e-6, rtol=1e-15, atol=0)
    if name in CONDUCTANCES:
        assert (found.kind, found.V_unit, found.unit) == ("dIdV", "V", "S")
        np.testing.assert_allclose(found.values, SLOPE * 1e-9, rtol=5e-12, atol=0)  # 12 digits
    else:
        assert (found.kind, found.V_unit, found.unit) == ("I", "V", "A")
        np.testing.assert_allclose(found.values, CURRENT * 1e-12, rtol=1e-15, atol=0)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("comma.csv", ("V (mV)", "I (nA)")),
        ("line_of_units.txt", ("Bias (mV)", "Current (nA)")),
        ("nanonis.dat", ("Bias calc (V)", "Current (A)")),
        ("no_header.txt", ("column 3", "column 2")),
        ("conductance_quantum.txt", ("V (mV)", "G (e²/h)")),
    ],
)
def test_a_curve_keeps_the_names_of_its_columns(name, columns):
    assert read_curve(FOLDER / name, **HOW.get(name, {})).columns == columns


def test_what_was_chosen_by_a_rule_is_said():
    notes = read_curve(FOLDER / "nanonis.dat").notes
    assert notes == (
        "took Bias calc (V) as the bias, not Bias (V)",
        "took Current (A), not LI Demod 1 X (A)",
    )
    assert read_curve(FOLDER / "line_of_units.txt").notes == ("took Current (nA), not dI/dV (µS)",)
    assert read_curve(FOLDER / "comma.csv").notes == ()


def test_the_other_columns_are_there_for_the_asking():
    found = read_curve(FOLDER / "line_of_units.txt", columns=("Bias", "dI/dV"))
    np.testing.assert_allclose(found.values, SLOPE * 1e-9, rtol=1e-15)
    back = read_curve(FOLDER / "nanonis.dat", columns=(1, "Current [bwd] (A)"))
    np.testing.assert_allclose(back.values, CURRENT * 1.01e-12, rtol=1e-8)
