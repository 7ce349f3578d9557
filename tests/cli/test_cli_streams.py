"""Standard output and error: when they fail, and what never reaches a terminal through them."""

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from thermospin.cli import main
from thermospin.cli.formatting import aligned, to_json
from thermospin.cli.standard_streams import escaped
from thermospin.dataset import read

SPEC = """\
title: A small sweep
fixed: {T_S: 0.7, gamma: 1e-2}
axes: {V: {start: -0.5, stop: 0.5, num: 5}}
outputs: [I_q]
"""
EVIL = "\x1b]0;evil\x07\x1b[31m\r\x9b2J\u202e"  # sets the title, turns red, wipes, turns direction
COMMAND = [sys.executable, "-m", "thermospin"]
COMMANDS = {
    "help": ["--help"],
    "help of a command": ["run", "--help"],
    "version": ["--version"],
    "example": ["example"],
    "schema": ["schema"],
    "check": ["check", "small.yaml"],
    "plan": ["plan", "small.yaml"],
    "run": ["run", "small.yaml", "--force"],
    "info": ["info", "there.h5"],
    "info as JSON": ["info", "there.h5", "--json"],
    "verify": ["verify", "there.h5", "--sample", "1"],
    "plot": ["plot", "there.h5"],
    "merge": ["merge", "merged.h5", "there.1-of-1.h5", "--force"],
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    (folder / "small.yaml").write_text(SPEC)
    for more in (["-o", "there.h5"], ["-o", "there.1-of-1.h5", "--shard", "1/1"]):
        ended(["run", "small.yaml", "-q", *more], cwd=folder, check=True)
    return folder


@pytest.fixture
def folder(made, tmp_path, monkeypatch):
    for path in made.iterdir():
        shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ended(words, **options):
    environment = {k: v for k, v in os.environ.items() if k != "NUMBA_DISABLE_JIT"}
    return subprocess.run([*COMMAND, *words], env=environment, check=options.pop("check", False),
                          **{"capture_output": True, **options})  # fmt: skip


def in_shell(words, redirections):
    """Run a command whose streams a shell has redirected; return its code and what it says."""
    script = f'exec "$@" {redirections}'
    done = subprocess.run(["sh", "-c", script, "sh", *COMMAND, *words], capture_output=True)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def check_failure_of_standard_output(words, redirection, reason):
    code, _, messages = in_shell(words, redirection)
    assert code == 1
    assert messages.splitlines()[-1] == f"standard output: {reason}"
    assert "Traceback" not in messages
    assert "kernels" not in messages


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.usefixtures("folder")
def test_results_that_cannot_be_printed_are_a_failure_of_standard_output(words):
    check_failure_of_standard_output(words, ">/dev/full", "No space left on device")


@pytest.mark.parametrize("words", [["info", "there.h5"], ["--help"]])
@pytest.mark.usefixtures("folder")
def test_so_are_they_where_it_is_closed_or_not_buffered(words, monkeypatch):
    check_failure_of_standard_output(words, ">&-", "it is closed")
    before = os.environ.get("PYTHONUNBUFFERED", "")
    monkeypatch.setenv("PYTHONUNBUFFERED", "" if before else "1")
    check_failure_of_standard_output(words, ">/dev/full", "No space left on device")


@pytest.mark.parametrize(
    ("command", "redirection"),
    [
        *(("check", redirection) for redirection in ("2>/dev/full", "2>&-", "2>&- <&-")),
        ("help", "2>&-"),
        ("run", "2>/dev/full"),
        ("run", "2>&- <&-"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_command_whose_messages_nobody_hears_ends_as_ever(command, redirection):
    code, results, _ = in_shell(COMMANDS[command], redirection)
    assert code == 0
    assert results != ""


@pytest.mark.parametrize("redirections", ["2>/dev/full", "2>&-", ">/dev/full 2>/dev/full"])
@pytest.mark.parametrize("words", [["check", "missing.yaml"], ["rnu"]])
@pytest.mark.usefixtures("folder")
def test_wrong_input_keeps_its_code_although_it_cannot_be_named(words, redirections):
    assert in_shell(words, redirections)[0] == 2


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.usefixtures("folder")
def test_a_reader_that_has_gone_costs_no_result(stream):
    reading, writing = os.pipe()
    os.close(reading)
    done = ended(["run", "small.yaml"], capture_output=False, **{stream: writing})
    os.close(writing)
    assert done.returncode == (stream == "stdout")  # as of any program whose results nobody takes
    assert read("small.h5").complete


OPEN = """
import os, sys
from thermospin.cli.standard_streams import escaped_streams
with escaped_streams():
    sys.exit(os.open("output", os.O_CREAT | os.O_WRONLY))
"""


@pytest.mark.parametrize("redirections", ["2>&-", ">&- 2>&-", "<&- >&- 2>&-", ""])
def test_no_file_gets_the_number_of_a_standard_stream_that_is_closed(tmp_path, redirections):
    """It would get all that is meant for a terminal, such as the notice that a run is stopping."""
    script = f'exec "$@" {redirections}'
    done = subprocess.run(["sh", "-c", script, "sh", sys.executable, "-c", OPEN], cwd=tmp_path)
    assert done.returncode > 2


def on_terminal(*words):
    """Return what a command writes to a terminal that is both of its streams, and its code."""
    master, slave = pty.openpty()
    with subprocess.Popen([*COMMAND, *words], stdout=slave, stderr=slave) as process:
        os.close(slave)
        text = b""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:  # Linux says so that the other end is closed
                break
            if not piece:
                break
            text += piece
    os.close(master)
    return text.replace(b"\r\n", b"\n").decode(), process.returncode


@pytest.mark.parametrize(
    "words",
    [
        [EVIL],
        ["run", f"{EVIL}.yaml"],
        ["run", "small.yaml", "--set", f"T_S={EVIL}"],
        ["run", "small.yaml", "--shard", EVIL],
        ["run", "small.yaml", "-o", f"{EVIL}.h5"],
        ["check", "evil.yaml"],
        ["plot", f"{EVIL}.h5"],
        ["plot", "there.h5", "--show", EVIL],
        ["plot", "there.h5", "--overlay", "evil.csv"],
        ["merge", "out.h5", f"{EVIL}.h5"],
        ["example", EVIL],
        ["reproduce", EVIL],
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_a_terminal_would_obey_is_shown_in_errors(words):
    Path("evil.yaml").write_text(f'title: "a"\nfixed: {{T_S: \x85{EVIL[-1]}, V: 1}}\n')
    cell = EVIL.replace("\r", "")  # which would end the line
    Path("evil.csv").write_text(f"V (V),I (A)\n0.1,1\n0.1,{cell}\n0.2,2\n")
    text, code = on_terminal(*words)
    assert code == 2
    assert escaped(text) == text
    assert "\\u202e" in text


@pytest.mark.parametrize(
    ("command", "suffix", "expected"),
    [("check", ".yaml", 2), ("info", ".h5", 0), ("plot", ".h5", 0)],  # no file could hold the name
)
@pytest.mark.usefixtures("folder")
def test_what_a_terminal_would_obey_is_shown_in_names(command, suffix, expected):
    shutil.copy("small.yaml", f"{EVIL}.yaml")
    shutil.copy("there.h5", f"{EVIL}.h5")
    text, code = on_terminal(command, f"{EVIL}{suffix}")
    assert code == expected
    assert escaped(text) == text
    assert "\\x1b" in text


@pytest.mark.usefixtures("folder")
def test_a_name_adds_no_line_to_what_is_said_of_a_file():
    shutil.copy("there.h5", "one\ntwo.h5")
    text, _ = on_terminal("info", "one\ntwo.h5")
    assert text.startswith("one\\ntwo.h5: A small sweep\n")


def test_progress_on_a_terminal_still_has_one_line_only(folder):
    (folder / "long.yaml").write_text(SPEC.replace("num: 5", "num: 400001"))
    text, code = on_terminal("run", "long.yaml", "--threads", "1")
    assert code == 0
    assert "points/s" in text
    assert text.count("\n") == 2  # what is computed, and the result
    assert text.count("\r") >= 3


@pytest.mark.parametrize(
    "text", ["", "Δ₀ = 1 µeV\n\tγ — “ok”", "1\u202f000\xa0points", "日本", "á"]
)
def test_what_is_printable_stays(text):
    assert escaped(text) == text


def test_all_that_is_not_printable_is_shown():
    assert escaped("a\x00\x1b\r\x7f\x9b\u2028\u200f\udcff\nb") == (
        "a\\x00\\x1b\\r\\x7f\\x9b\\u2028\\u200f\\udcff\nb"
    )
    for number in [*range(0x3000), *range(0xD800, 0xF900), *range(0xFFF0, 0x10100)]:
        shown = escaped(chr(number))
        assert shown == chr(number) or shown.isascii()


def test_json_stays_json_whatever_is_in_it():
    value = {"title": "".join(map(chr, range(256))) + "\u2028\udcff"}
    assert escaped(to_json(value)) == to_json(value)
    assert json.loads(to_json(value)) == value


def test_a_cell_of_a_table_has_one_line():
    assert aligned([("title", "a\nok  no")]) == "title  a\\nok  no"


def test_nothing_is_changed_for_who_calls_the_commands_from_python():
    before = sys.stdout, sys.stderr
    assert main(["example"], standalone_mode=False) is None
    assert (sys.stdout, sys.stderr) == before
    assert CliRunner().invoke(main, ["--version"]).exit_code == 0
