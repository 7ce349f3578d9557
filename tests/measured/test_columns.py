"""What headings and options say of columns: which are read, what they hold, in which units."""

import pytest

from thermospin.measured import MeasuredError, read_curve
from thermospin.measured.column_headings import column_of

ROWS = "1\t2\n3\t4\n"


@pytest.mark.parametrize(
    ("heading", "kind", "unit"),
    [
        ("V (mV)", "V", "mV"),
        ("V[mV]", "V", "mV"),
        ("V_mV", "V", "mV"),
        ("V/mV", "V", "mV"),
        ("V / mV", "V", "mV"),
        ("V in mV", "V", "mV"),
        ("V mV", "V", "mV"),
        ("Vbias (uV)", "V", "uV"),
        ("V_bias (µV)", "V", "µV"),
        ("Bias voltage (mV)", "V", "mV"),
        ("Bias calc (V)", "V", "V"),
        ("DC bias [ V ]", "V", "V"),
        ("Sample bias voltage (volts)", "V", "volts"),
        ("Current (A)", "I", "A"),
        ("Bias current (uA)", "I", "uA"),
        ("I_q", "I", None),
        ("dI/dV (S)", "dIdV", "S"),
        ("dI/dV", "dIdV", None),
        ("dI/dV_nS", "dIdV", "nS"),
        ("dI_dV (a.u.)", "dIdV", "a.u."),
        ("Differential conductance (2e^2/h)", "dIdV", "2e^2/h"),
        ("G/S", "dIdV", "S"),
        ("LI Demod 1 X (A)", "lock-in", "A"),
        ("lock-in X (V)", "lock-in", "V"),
        ("V_S", None, None),  # a Seebeck voltage: S is no unit of a voltage
        ("I_s", None, None),
        ("V_gate (V)", None, "V"),
        ("T (K)", None, "K"),
        ("I/V", None, None),
        ("R_S", None, None),
    ],
)
def test_a_heading_names_a_kind_and_a_unit(heading, kind, unit):
    column = column_of(0, heading)
    assert (column.named_kind, column.unit) == (kind, unit)


@pytest.mark.parametrize(
    ("head", "bias", "value"),
    [
        ("x (mV)\ty (nA)", 1e-3, 2e-9),  # the units alone tell them apart
        ("I (nA)\tV (mV)", 2e-3, 1e-9),
        ("Bias voltage (mV) Current (nA)", 1e-3, 2e-9),
        ("V (mV)  I (nA)", 1e-3, 2e-9),
        ("# V (mV), I (nA)", 1e-3, 2e-9),
        ("#V(mV) I(nA)", 1e-3, 2e-9),
        ("% columns: V [mV]; I [nA]", 1e-3, 2e-9),
        ("V\tI\nmV\tnA", 1e-3, 2e-9),
        ("V\tI\n[mV]\t[nA]\n", 1e-3, 2e-9),
        ("# mV\tnA", 1e-3, 2e-9),
        ("sep=\t\nV (mV)\tI (nA)", 1e-3, 2e-9),
        ("***End_of_Header***\t\t\nV_mV\tI_nA\tComment", 1e-3, 2e-9),
        ("V (mV)\tCurrent [AVG] (nA)", 1e-3, 2e-9),
        ("Run 7\nT = 0.3 K\nV (mV)\tI (nA)", 1e-3, 2e-9),
        ("# V (mV), I (nA)\n# swept up, by hand", 1e-3, 2e-9),
    ],
)
def test_headings_are_found_where_they_are(data_file, head, bias, value):
    found = read_curve(data_file(f"{head}\n{ROWS}"))
    assert found.V[0] == pytest.approx(bias, rel=1e-15)
    assert found.values[0] == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    "units", ["s\tmV\tnA\tK", "\tmV\tnA\t", "(s)\t(mV)\t(nA)\t(K)", "-\tmV\tnA\t-"]
)
def test_a_line_of_units_may_have_others(data_file, units):
    text = f"Time\tBias\tCurrent\tT\n{units}\n0\t1\t2\t3\n0\t2\t3\t4\n"
    found = read_curve(data_file(text))
    assert found.columns == ("Bias (mV)", "Current (nA)")
    assert found.values[0] == pytest.approx(2e-9, rel=1e-15)


@pytest.mark.parametrize(
    ("unit", "value"),
    [
        ("S", 2.0),
        ("mS", 2e-3),
        ("µS", 2e-6),
        ("nS", 2e-9),
        ("e²/h", 2 * 3.8740458649e-5),
        ("2 e^2/h", 4 * 3.8740458649e-5),
        ("nA/mV", 2e-6),
        ("A/V", 2.0),
    ],
)
def test_conductances_have_units_of_their_own(data_file, unit, value):
    found = read_curve(data_file(f"V (mV)\tdI/dV ({unit})\n{ROWS}"))
    assert (found.kind, found.unit) == ("dIdV", "S")
    assert found.values[0] == pytest.approx(value, rel=1e-10)


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        (("reduced", "reduced"), ("I", "Δ0/e", "G_T Δ0/e")),
        (("reduced", "G_T"), ("dIdV", "Δ0/e", "G_T")),
        (("mV", "arb"), ("dIdV", "V", "arb.")),
        (("Δ0/e", "nA"), ("I", "Δ0/e", "A")),
        (("mV", "e2/h"), ("dIdV", "V", "S")),
    ],
)
def test_units_say_what_unnamed_columns_hold(data_file, units, expected):
    found = read_curve(data_file(ROWS), units=units)
    assert (found.kind, found.V_unit, found.unit) == expected


def test_reduced_units_of_a_conductance_are_those_of_conductance(data_file):
    found = read_curve(data_file(f"V\tdI/dV\n{ROWS}"), units=("reduced", "reduced"))
    assert (found.kind, found.unit, found.values[0]) == ("dIdV", "G_T", 2.0)


def test_units_that_are_given_take_the_place_of_those_of_the_file_with_a_word(data_file):
    found = read_curve(data_file(f"V (mV)\tI (nA)\n{ROWS}"), units=("uV", "nA"))
    assert found.V[0] == pytest.approx(1e-6, rel=1e-15)
    assert found.notes == ("took V (mV) in uV, as --data-units says",)


@pytest.mark.parametrize("columns", [("V", "i"), (1, 2), ("1", "I (nA)"), ("V (mV)", 2)])
def test_columns_are_asked_for_by_name_or_number(data_file, columns):
    found = read_curve(data_file(f"V (mV)\tI (nA)\n{ROWS}"), columns=columns)
    assert found.columns == ("V (mV)", "I (nA)")


def test_the_offset_is_subtracted_and_the_factor_multiplies_the_values(data_file):
    path = data_file(f"V (mV)\tI (nA)\n{ROWS}")
    for offset in (0.25, "0.25", "250 uV", "0.25 mV", "2.5e-4 V"):
        found = read_curve(path, offset=offset, factor=-2.0)
        assert found.V.tolist() == pytest.approx([0.75e-3, 2.75e-3], rel=1e-14)
        assert found.values.tolist() == pytest.approx([-4e-9, -8e-9], rel=1e-15)


def test_lines_are_skipped_before_anything_is_read(data_file):
    text = f"V (V)\tI (A)\n7\t7\nV (mV)\tI (nA)\n{ROWS}"
    assert read_curve(data_file(text), skip=2).V[0] == pytest.approx(1e-3, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "how", "rule"),
    [
        ("V\tI\n1\t2\n3\t4\n", {}, "V has no unit; give .*--data-units, .*; its columns are V, I$"),
        ("V (mV)\tI\n1\t2\n3\t4\n", {}, "I has no unit; give the units"),
        (ROWS, {}, "its 2 columns have no names; .*--columns 1,2.*--data-units"),
        (ROWS, {"columns": (1, 2)}, "column 1 has no unit"),
        ("1 2 3\n4 5 6\n", {"units": ("mV", "nA")}, "its 3 columns have no names"),
        ("a\tb\tc\n1\t2\t3\n1\t2\t3\n", {}, "no column of a bias; its columns are a, b, c"),
        ("I\tx\n1\t2\n3\t4\n", {"units": ("mV", "nA")}, "has no column of a bias; .* I, x; name"),
        ("cooled, warmed, hot\n1.5,2\n3,4\n", {}, ":1: has 3 names, .* 2 cells; lines .* --skip"),
        ("V (mV)\tT (K)\n1\t2\n3\t4\n", {}, r"no column of a current or dI/dV; .* V \(mV\), T"),
        ("V (mV)\tI (nA)\n1\t2\n3\t4\n", {"columns": ("V", "J")}, "no column 'J'; its columns are"),
        ("V (mV)\tI (nA)\n1\t2\n3\t4\n", {"columns": (1, 3)}, r"no column '3'; .* V \(mV\), I \("),
        ("V (mV)\tI (nA)\n1\t2\n3\t4\n", {"columns": (1, 1)}, r"got V \(mV\) twice"),
        ("V (mV)\tI (nA)\n1\t2\n3\t4\n", {"columns": (1,)}, "--columns A,B must name two"),
        ("V (mV)\tI (nA)\n1\t2\n3\t4\n", {"units": "mV"}, "--data-units U,W must name two"),
        ("V\tI\tV\n1\t2\t3\n1\t2\t3\n", {}, r"more than one column of a bias, V \(1\) and V \(3\)"),
        ("V\tI\tV\n1\t2\t3\n1\t2\t3\n", {"columns": ("V", "I")}, "has 2 columns 'V'; give the num"),
        ("V (mA)\tI (nA)\n1\t2\n3\t4\n", {}, r"V \(mA\) must be in V, mV, uV, nV or .*got 'mA'"),
        ("V (mv)\tI (nA)\n1\t2\n3\t4\n", {}, r"V \(mv\) must be in V, mV, .* got 'mv'"),
        ("V (mV)\tI (V)\n1\t2\n3\t4\n", {}, r"I \(V\) must be in A, mA, .* got 'V'"),
        ("V (mV)\tI (nA)\n1\t2\n3\t4\n", {"units": ("K", "nA")}, r"V \(mV\) must be in .*got 'K'"),
        ("V (mV)\tLIX (V)\n1\t2\n3\t4\n", {}, "LIX .* is the signal of a lock-in.*--data-units"),
        ("V (mV)\tx\n1\t2\n3\t4\n", {"columns": (1, 2), "units": ("mV", "V")}, "neither a current"),
        ("V (mV)\tI (nA)\n1\t2\n3\t4\n", {"offset": "1 nA"}, "--offset must be in V, mV.*'1 nA'"),
        ("V (mV)\tI (nA)\n1\t2\n3\t4\n", {"offset": "x"}, "--offset must be a finite decimal numb"),
        ("V (mV)\tI (nA)\n1\t2\n3\t4\n", {"offset": float("nan")}, "--offset must be a finite"),
        ("V (mV)\tI (nA)\n1\t2\n3\t4\n", {"factor": 0.0}, "--factor must be a finite number other"),
        ("V (mV)\tG (arb)\n1\t2\n3\t4\n", {"factor": 2.0}, "times --factor must have a unit"),
    ],
)
def test_what_is_not_clear_is_asked_with_the_names_that_were_found(data_file, text, how, rule):
    path = data_file(text)
    with pytest.raises(MeasuredError, match=rule):
        read_curve(path, **how)
