"""Signals stop a run cleanly and death at once; either way the printed command continues it."""

import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from thermospin.cli import main
from thermospin.dataset import read

SPEC = """\
fixed: {T_S: 0.7, gamma: 1e-2}
axes: {h_exc: [0, 0.2, 0.3], V: {start: -0.5, stop: 0.5, num: 60001}}
outputs: [I_q, V_S]
"""
MAIN = "from thermospin.cli import main; main()"
PATIENCE = 120.0  # seconds: the kernels may have to be compiled first
STOPPED = 75


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    Path("long.yaml").write_text(SPEC)
    return tmp_path


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """Return the values of an undisturbed run."""
    folder = tmp_path_factory.mktemp("reference")
    (folder / "long.yaml").write_text(SPEC)
    started("run", "long.yaml", folder=folder).communicate(timeout=PATIENCE)
    return read(folder / "long.h5")


def started(*arguments, folder=None):
    return subprocess.Popen(
        [sys.executable, "-c", MAIN, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heard_again,
    )


def heard_again():
    """Let SIGHUP end the process, also where it is ignored, as under nohup."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def wait_for_chunks(path, process):
    """Return when the journal has recorded some chunks, or the process has ended."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        if path.exists() and path.read_bytes().count(b"\n") > 1:
            return
        time.sleep(0.005)


def check_resumed(folder, command, reference):
    """Run a command that continues the sweep, and compare the bits."""
    program, *arguments = shlex.split(command)
    assert program == "thermospin"
    process = started(*arguments)
    output, messages = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, messages
    assert "were there already" in output
    found = read("long.h5")
    for name, values in reference.outputs.items():
        assert found.outputs[name].tobytes() == values.tobytes()
    assert np.array_equal(found.status["status"], reference.status["status"])
    assert {path.name for path in folder.iterdir()} == {"long.yaml", "long.h5"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGUSR1])
def test_the_first_signal_keeps_everything_and_says_how_to_continue(folder, reference, number):
    process = started("run", "long.yaml", "--threads", "1")
    wait_for_chunks(folder / "long.h5.journal", process)
    process.send_signal(number)
    output, messages = process.communicate(timeout=PATIENCE)
    assert process.returncode == STOPPED, messages
    assert output == ""
    command = messages.splitlines()[-1].strip()
    assert command == "thermospin run long.yaml --threads 1 --resume"
    assert {path.name for path in folder.iterdir()} == {
        "long.yaml", "long.h5.partial", "long.h5.journal",
    }  # fmt: skip
    check_resumed(folder, command, reference)


def test_the_second_signal_stops_at_once(folder, reference):
    process = started("run", "long.yaml", "--threads", "1")
    wait_for_chunks(folder / "long.h5.journal", process)
    process.send_signal(signal.SIGSTOP)  # so that the run does not end between the two
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGCONT)
    time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode in (-signal.SIGINT, STOPPED)  # the first may have been obeyed already
    check_resumed(folder, "thermospin run long.yaml --resume", reference)


def test_a_killed_run_is_continued(folder, reference):
    process = started("run", "long.yaml", "--threads", "1")
    wait_for_chunks(folder / "long.h5.journal", process)
    process.kill()
    process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGKILL
    assert not (folder / "long.h5").exists()
    check_resumed(folder, "thermospin run long.yaml --resume", reference)


def test_a_run_is_paused_and_a_lost_terminal_costs_nothing_that_was_finished(folder, reference):
    process = started("run", "long.yaml", "--threads", "1")
    wait_for_chunks(folder / "long.h5.journal", process)
    process.send_signal(signal.SIGSTOP)
    time.sleep(0.2)
    process.send_signal(signal.SIGCONT)
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGHUP
    check_resumed(folder, "thermospin run long.yaml --resume", reference)


def test_a_grace_period_that_is_too_short_costs_nothing_that_was_finished(folder, reference):
    process = started("run", "long.yaml", "--threads", "1")
    wait_for_chunks(folder / "long.h5.journal", process)
    process.send_signal(signal.SIGTERM)
    process.kill()
    process.communicate(timeout=PATIENCE)
    assert process.returncode in (-signal.SIGKILL, STOPPED)
    check_resumed(folder, "thermospin run long.yaml --resume", reference)


def test_a_second_run_is_refused_while_the_first_is_alive(folder, reference):
    process = started("run", "long.yaml", "--threads", "1")
    wait_for_chunks(folder / "long.h5.journal", process)
    process.send_signal(signal.SIGSTOP)
    for option in ("--resume", "--force", "-q"):
        second = CliRunner().invoke(main, ["run", "long.yaml", option])
        assert second.exit_code == 2
        assert f"another run (process {process.pid} on" in second.stderr
    process.send_signal(signal.SIGCONT)
    assert process.communicate(timeout=PATIENCE)[0].startswith("long.h5: 180,003 points")
    assert process.returncode == 0
    assert read("long.h5").outputs["I_q"].tobytes() == reference.outputs["I_q"].tobytes()


def test_without_resume_unfinished_work_is_refused_with_both_ways_out(folder):
    process = started("run", "long.yaml", "--threads", "1")
    wait_for_chunks(folder / "long.h5.journal", process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    before = (folder / "long.h5.journal").read_bytes()
    again = CliRunner().invoke(main, ["run", "long.yaml"])
    assert again.exit_code == 2
    assert "--resume" in again.stderr
    assert "--force" in again.stderr
    assert (folder / "long.h5.journal").read_bytes() == before
