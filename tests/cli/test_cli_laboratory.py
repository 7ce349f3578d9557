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
    from thermospin.cli.run_options import RunOptions

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


def test_info_shows_the_material_and_everything_in_si_as_well():
    text = invoke("info", "film.h5").output
    assert "Δ0 = 197.599 µeV, T_c = 1.3 K, G_T = 0.2 mS, R_T = 5000 ohm" in text
    assert "0 … 0.506076 Δ0/e = 0 … 0.0001 V" in text
    assert "0.5 T_c = 0.65 K" in text


def test_a_remark_is_told_on_stderr_and_not_to_quiet_users():
    words = ("run", "film.yaml", "--set", "T_Sm=50", "-o")
    assert "note: T_Sm goes up to 50 T_c" in invoke(*words, "one.h5").stderr
    assert "note:" not in invoke(*words, "two.h5", "-q").stderr


def completed(*words):
    """Return what the shell is offered to complete the last of some words with."""
    environment = {
        "_THERMOSPIN_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(("thermospin", *words)),
        "COMP_CWORD": str(len(words)),
    }
    done = CliRunner().invoke(main, [], prog_name="thermospin", env=environment)
    return [line.partition(",")[2] for line in done.output.split()]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("example", "fig2"), ["fig2a", "fig2b", "fig2b_film", "fig2c", "fig2d"]),
        (("export", "x.h5", "--show", "V_"), ["V_p_minus", "V_p_plus", "V_S", "V_load"]),
        (("export", "x.h5", "--at", "T_S"), ["T_S", "T_Sm"]),
        (("plot", "x.h5", "--x", "h_"), ["h_exc", "h_S"]),
        (("reproduce", "2"), ["2a", "2b", "2c", "2d"]),
    ],
)
def test_names_are_completed(words, offered):
    assert completed(*words) == offered
