"""The kind of a curve can be asked for, where a file holds both."""

import pytest

from thermospin.measured import MeasuredError, read_curve

BOTH = "V (mV), I (nA), dI/dV (uS)\n-0.4, -34, 115\n-0.3, -32, 117\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "both.csv"
    path.write_text(BOTH)
    return path


def test_of_a_current_and_didv_the_one_that_is_asked_for_is_taken(file):
    current, slope = (read_curve(file, kind=kind) for kind in ("I", "dIdV"))
    assert (current.kind, current.unit) == ("I", "A")
    assert (slope.kind, slope.unit) == ("dIdV", "S")
    assert slope.values == pytest.approx([115e-6, 117e-6])
    assert slope.notes == ()
    assert read_curve(file).kind == "I"


def test_the_signal_of_a_lock_in_is_taken_as_didv_and_a_unit_of_both_as_what_is_asked_for(file):
    file.write_text(BOTH.replace("dI/dV (uS)", "LIX (V)").replace("I (nA), ", "I (nA),"))
    found = read_curve(file, kind="dIdV", units=("mV", "arb"))
    assert (found.kind, found.unit, list(found.values)) == ("dIdV", "arb.", [115.0, 117.0])
    both = {"columns": (1, 2), "units": ("reduced", "reduced")}
    assert [read_curve(file, kind=kind, **both).unit for kind in ("I", "dIdV")] == [
        "G_T Δ0/e",
        "G_T",
    ]


def test_a_file_without_the_kind_that_is_asked_for_is_refused(file):
    file.write_text(BOTH.replace("dI/dV (uS)", "time (s)"))
    with pytest.raises(MeasuredError, match="has no column of dI/dV; its columns are V"):
        read_curve(file, kind="dIdV")
    with pytest.raises(MeasuredError, match="must be in S, mS, uS"):
        read_curve(file, kind="dIdV", columns=(1, 2))
