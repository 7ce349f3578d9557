"""Numbers and rows: what is read, what is left out with a word, and what is refused."""

import os
import random

import numpy as np
import pytest

from thermospin.measured import MeasuredError, read_curve

HEAD = {"\t": "V (V)\tI (A)\n", ",": "V (V),I (A)\n", ";": "V (V);I (A)\n", " ": "V (V)  I (A)\n"}


@pytest.mark.parametrize(
    ("text", "value"),
    [("+1.5E-03", 1.5e-3), ("-.5", -0.5), ("5.", 5.0), ("007.25", 7.25), ('"1.5e+1"', 15.0),
     ("1.5D-3", 1.5e-3), ("2d2", 200.0), ("0.1", 0.1), ("1e-320", 1e-320)],
)  # fmt: skip
@pytest.mark.parametrize("delimiter", HEAD)
def test_numbers_are_read_as_instruments_write_them(data_file, text, value, delimiter):
    path = data_file(f"{HEAD[delimiter]}{text}{delimiter}1\n2{delimiter}3\n")
    assert read_curve(path).V.tolist() == [value, 2.0]


@pytest.mark.parametrize(
    ("text", "value"), [("1,5", 1.5), ("-0,25", -0.25), ("1,5E-3", 1.5e-3), ("+,5", 0.5)]
)
@pytest.mark.parametrize("delimiter", ["\t", ";", " "])
def test_a_comma_is_decimal_where_it_is_not_the_delimiter(data_file, text, value, delimiter):
    path = data_file(f"{HEAD[delimiter]}{text}{delimiter}1\n2{delimiter}3\n")
    assert read_curve(path).V.tolist() == [value, 2.0]


def test_decimal_commas_in_quotation_marks_are_no_delimiters(data_file):
    assert read_curve(data_file('V (V),I (A)\n"0,5","1,5e-3"\n"1","2"\n')).V.tolist() == [0.5, 1]


def test_numbers_are_rounded_to_the_nearest(data_file):
    numbers = random.Random(2)
    texts = [f"{numbers.gauss(0, 1) * 10 ** numbers.randint(-200, 200):.{k}e}" for k in range(30)]
    found = read_curve(data_file("V (V)\tI (A)\n" + "".join(f"{t}\t0\n" for t in texts)))
    assert found.V.tolist() == [float(text) for text in texts]


@pytest.mark.parametrize(
    "number",
    ["1_0", "٣", "１", "0x1p3", "1e5_0", "1e٣", "--1", "1e", ".", "−1", "TRUE", "1j", "many"],
)
@pytest.mark.parametrize("row", ["{}\t0", "0\t{}"])
def test_only_a_decimal_number_in_plain_digits_is_read(data_file, number, row):
    path = data_file(f"V (V)\tI (A)\n0\t0\n{row.format(number)}\n1\t1\n")
    with pytest.raises(MeasuredError, match=rf"csv:3: must be a decimal number.*, got '{number}'"):
        read_curve(path)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("V (mV),I (mA)\n0,016102,0,007249\n0,104057,0,009858\n", ":1: has 2 names, V .* 4 cells"),
        ("V (mV),I (mA),T\n1,5,2,5,0,3\n1,5,2,5,0,3\n", ":1: has 3 names, .* for rows of 6 cells"),
        ("V (mV),I (mA)\n1,2\n1,5,2\n2,3\n", ":3: has 3 cells for 2 columns"),
        ("0,016102,0,007249\n0,104057,0,009858\n", "has rows of 4 cells without a point"),
    ],
)
def test_a_comma_that_may_be_decimal_or_a_delimiter_is_refused(data_file, text, rule):
    with pytest.raises(MeasuredError, match=f"{rule}.*a comma cannot both separate"):
        read_curve(data_file(text))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("1,000\t2,000\n3,000\t4,500\n", ":2: '1,000' may be a decimal number or thousands"),
        ("1,5\t2.5\n3,5\t4\n", ":2: '1,5' has a comma and '2.5' in line 2 a point"),
        ("1,000.5\t2\n3\t4\n", ":2: '1,000.5' has a comma"),
        ("1.000.000\t2\n3\t4\n", ":2: must be a decimal number without separated thousands"),
    ],
)
def test_separated_thousands_are_not_taken_for_decimals(data_file, text, rule):
    with pytest.raises(MeasuredError, match=rule):
        read_curve(data_file("V (mV)\tI (nA)\n" + text))


@pytest.mark.parametrize(
    ("rows", "notes"),
    [
        (["1,2", "nan,3", "2,4"], ("left out 1 of 3 rows without a finite number (line 3)",)),
        (["1,2", ",3", "2,4"], ("left out 1 of 3 rows without a finite number (line 3)",)),
        (["1,2", "4,-inf", "2,4"], ("left out 1 of 3 rows without a finite number (line 3)",)),
        (["1,2", "4,1e999", "2,4"], ("left out 1 of 3 rows without a finite number (line 3)",)),
        (["1,2", "NaN,NaN", "2,4"], ("left out 1 of 3 rows without a finite number (line 3)",)),
        (["1,2", "4", "2,4"], ("left out 1 of 3 rows with other than 2 cells (line 3)",)),
        (["1,2", "2,4", "end"], ("left out 1 of 3 rows with other than 2 cells (line 4)",)),
        (["1,2", "", "# 3,3", "2,4"], ()),
        (["1,2,", "2,4,"], ()),
        (
            ["1,2", "--,1", "5", "2,4", "NA,1"],
            (
                "left out 1 of 5 rows with other than 2 cells (line 4)",
                "left out 2 of 4 rows without a finite number (lines 3, 6)",
            ),
        ),
        (
            ["1,2", *["nan,1"] * 7, "2,4"],
            ("left out 7 of 9 rows without a finite number (lines 3, 4, 5, 6, 7 …)",),
        ),
    ],
)
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_rows_without_numbers_are_left_out_with_a_word(data_file, rows, notes, delimiter):
    text = "\n".join(["V (V),I (A)", *rows]).replace(",", delimiter)
    found = read_curve(data_file(text))
    assert found.V.tolist() == [1.0, 2.0]
    assert found.values.tolist() == [2.0, 4.0]
    assert found.notes == notes


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("", "is empty"),
        (" \n\t\n", "is empty"),
        (b"\x89HDF\r\n\x1a\n\0\0\0", "is not a text file"),
        (bytes(range(256)) * 8, "is not a text file"),
        (b"\xff\xfe\0V", "has no line with two numbers"),
        ("hello\nworld\n", "has no line with two numbers; its first line is 'hello'"),
        ("V (mV),I (nA)\n", r"has no line with two numbers; its first line is 'V \(mV\)"),
        ("# only\n# comments\n", "has no line with two numbers"),
        ("V (mV),I (nA)\n1,2\n", "has one row of numbers, a curve needs two or more"),
        ("V (mV),I (nA)\n1,2\nnan,1\n", "one row of numbers, .*; left out 1 of 2 rows"),
        ("V (mV),I (nA)\n" + "7" * 1_000_000 + ",2\n1,2\n", "one row of numbers, .*left out 1"),
        ("V (mV),I (nA)\n1,2\n" + "x" * 1_000_000 + ",2\n1,2\n", "csv:3: must be a dec.*, got 'x"),
        ("1," * 500_000 + "\n", "has 500001 columns"),
        ("V" * 1_000_000 + ",I (nA)\n1,2\n3,4\n", "--columns"),
        ("(" * 1_000_000 + "\n1,2\n3,4\n", "--columns"),
    ],
)
def test_a_file_without_a_curve_says_so_in_a_line(data_file, content, rule):
    with pytest.raises(MeasuredError, match=rule) as caught:
        read_curve(data_file(content))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 1000


def test_a_file_that_begins_with_missing_numbers_says_so(data_file):
    found = read_curve(data_file("measured by hand\nnan nan\n1 2\n3 4\n"), units=("V", "A"))
    assert found.notes == ("left out 1 of 3 rows without a finite number (line 2)",)


def test_many_long_lines_above_the_numbers_take_no_time_to_speak_of(data_file):
    words = "# " + "a (b) c " * 2400 + "\n"
    found = read_curve(data_file(words * 60 + "1 2\n3 4\n"), units=("V", "A"))
    assert found.V.tolist() == [1.0, 3.0]


def test_only_a_regular_file_is_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(MeasuredError, match="is not a regular file"):
            read_curve(path)
    with pytest.raises(FileNotFoundError):
        read_curve(tmp_path / "missing.csv")


def test_many_rows_are_read_whole(data_file):
    V = np.linspace(-1, 1, 100_001)
    rows = "\n".join(f"{v:.17g}\t{v * v:.17g}" for v in V)
    found = read_curve(data_file("V (V)\tI (A)\n" + rows))
    np.testing.assert_array_equal(found.V, V)
    np.testing.assert_array_equal(found.values, V * V)


PIECES = ["V", "I", "(mV)", "[nA]", " ", "\t", ",", ";", "\n", "\r\n", "#", "1", "2.5", "-3,5",
          "1e-3", "nan", "inf", "dI/dV", "µS", '"', "[DATA]", "x", "1,234", "1D-3", "--", "\xa0",
          "(", ")", "/", "_", "%", "!", "e²/h", "V (mV)", "I (nA)", "\n1\t2", "\n1,2", "\n1 2",
          "\n3;4", "\x0b", "\x0c", "\x1c", "\u2028", "\x85", "\u3000"]  # fmt: skip


def test_whatever_a_file_holds_is_read_or_refused(data_file):
    choice = random.Random(3)
    ways = [{}, {"units": ("mV", "nA")}, {"units": ("mV", "nA"), "columns": (1, 2)}, {"skip": 2}]
    outcomes = set()
    for _ in range(600):
        text = "".join(choice.choices(PIECES, k=choice.randint(1, 40)))
        head = choice.choice(["", "V (mV)\tI (nA)\n", "V (mV),I (nA)\n"])
        try:
            found = read_curve(data_file(head + text), **choice.choice(ways))
        except MeasuredError:
            outcomes.add("refused")
        else:
            outcomes.add("read")
            assert np.isfinite(found.V).all()
            assert np.isfinite(found.values).all()
    assert outcomes == {"read", "refused"}
