"""Specs from standard input, and tables of result files, from the command line."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from thermospin.cli import main

SPEC = """\
material: {T_c: 1.3 K, R_T: 5 kohm}
fixed: {T_S: 650 mK}
axes: {V: [0, 100 uV]}
outputs: [I_q]
"""


def invoke(*words, text=None):
    return CliRunner().invoke(main, words, input=text)


def piped(*words, text):
    """Run the command in a process of its own, with a text at its standard input."""
    command = [sys.executable, "-m", "thermospin", *words]
    return subprocess.run(command, input=text.encode(), capture_output=True, check=False)


@pytest.fixture(autouse=True)
def film(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "film.yaml").write_text(SPEC, encoding="utf-8")
    assert invoke("run", "film.yaml", "-q").exit_code == 0
    return tmp_path / "film.h5"


def test_a_spec_may_come_from_standard_input():
    done = piped("run", "-", "-q", "-o", "other.h5", text=SPEC)
    assert done.returncode == 0, done.stderr
    assert b"other.h5: 2 points" in done.stdout
    assert b"ok: stdin, 2 points" in piped("check", "-", text=SPEC).stdout
    wrong = piped("check", "-", text=SPEC.replace("650 mK", "650 mV"))
    assert wrong.returncode == 2
    assert b"stdin.yaml:2:14: fixed.T_S: must be a temperature in K, mK, uK" in wrong.stderr


def test_a_run_from_standard_input_is_continued_from_its_unfinished_file():
    from thermospin.cli.run_command import RunOptions

    asked = RunOptions("-", None, ("T_S=0.5",), False, False, False, False, None, None, None)
    assert asked.continuation() == "thermospin run stdin.h5.partial -o stdin.h5 --resume"


@pytest.mark.parametrize("name", ["x.csv", "x.TXT", "x.json", "x.png"])
def test_an_output_that_is_no_hdf5_file_names_the_commands_that_make_one(film, name):
    result = invoke("run", "film.yaml", "-o", name)
    assert result.exit_code == 2
    assert (
        "a result is an HDF5 file, such as x.h5; `thermospin export` makes tables" in result.output
    )
    assert not (film.parent / name).exists()


def test_a_result_does_not_go_to_standard_output():
    result = invoke("run", "film.yaml", "-o", "-")
    assert result.exit_code == 2
    assert "a result cannot go to standard output; name a file with -o" in result.output


def test_a_table_is_printed_or_written(film):
    printed = invoke("export", "film.h5")
    assert printed.exit_code == 0
    assert printed.output.splitlines()[0] == "V (V),I_q (A),status"
    assert printed.output.splitlines()[2].startswith("0.0001,")
    written = invoke("export", "film.h5", "-o", "film.csv")
    assert written.output == "film.csv\n"
    assert (film.parent / "film.csv").read_text(encoding="utf-8") == printed.output
    reduced = invoke("export", "film.h5", "--display", "reduced", "--at", "V=100uV")
    assert reduced.output.splitlines()[0] == "V (Δ0/e),I_q (G_T Δ0/e),status"
    assert len(reduced.output.splitlines()) == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--at", "T_S=1"], "film.h5: T_S: no such axis, must be one of V"),
        (["--at", "V"], "must be written AXIS=VALUE, got 'V'"),
        (["--show", "G"], "film.h5: G: no such output, must be one of I_q"),
    ],
)
def test_what_cannot_be_exported_is_named(words, message):
    result = invoke("export", "film.h5", *words)
    assert result.exit_code == 2
    assert message in result.output
