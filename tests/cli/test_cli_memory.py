"""Too little memory is said in one line, whatever a library would make of it."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from thermospin.cli import main
from thermospin.cli.strict_command import (
    CLUSTER_MEMORY,
    FILE_MEMORY,
    KERNEL_MEMORY,
    SPEC_MEMORY,
)

SPEC = "fixed: {T_S: 0.7, gamma: 1e-2}\naxes: {V: [0.1, 0.2]}\noutputs: [I_q]\n"
MB = 10**6
COMMANDS = {
    "check": (["check", "small.yaml"], SPEC_MEMORY),
    "schema": (["schema"], SPEC_MEMORY),
    "example": (["example"], SPEC_MEMORY),
    "info": (["info", "there.h5"], FILE_MEMORY),
    "verify": (["verify", "there.h5"], FILE_MEMORY),
    "plot": (["plot", "there.h5"], FILE_MEMORY),
    "merge": (["merge", "out.h5", "there.h5"], FILE_MEMORY),
    "run": (["run", "small.yaml", "-q"], KERNEL_MEMORY),
    "cluster": (["run", "small.yaml", "-q", "--dask", "local", "--threads", "1"], CLUSTER_MEMORY),
    "plan": (["plan", "small.yaml"], KERNEL_MEMORY),
    "reproduce": (["reproduce", "3b"], KERNEL_MEMORY),
    "warmup": (["warmup"], KERNEL_MEMORY),
    "bench": (["bench", "--quick"], KERNEL_MEMORY),
}
LIMITS = {"address space": resource.RLIMIT_AS, "data": resource.RLIMIT_DATA}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    Path("small.yaml").write_text(SPEC)
    return tmp_path


def limited(words, size, kind=resource.RLIMIT_AS):
    """Run a command that may have so many bytes of memory."""
    return subprocess.run(
        [sys.executable, "-m", "thermospin", *words],
        preexec_fn=lambda: resource.setrlimit(kind, (size, size)),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("words", "room"), COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("kind", LIMITS.values(), ids=LIMITS)
def test_a_command_without_the_memory_it_needs_says_so_in_one_line(words, room, kind):
    done = limited(words, room * 3 // 4, kind)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"out of memory: this command needs {room // MB} MB of address space, and there is less;"
        " raise the limit (ulimit -v, ulimit -d)\n"
    )


@pytest.mark.parametrize(
    ("command", "limit"),
    [
        *(
            (name, "address space")
            for name in ("check", "info", "verify", "plot", "run", "cluster")
        ),
        *((name, "data") for name in ("check", "info", "run")),
    ],
)
def test_with_the_memory_it_needs_it_is_done(command, limit):
    assert CliRunner().invoke(main, ["run", "small.yaml", "-q", "-o", "there.h5"]).exit_code == 0
    words, room = COMMANDS[command]
    done = limited(words, room + 30 * MB, LIMITS[limit])  # the interpreter has some already
    assert (done.returncode, done.stderr) == (0, "")


def test_help_needs_next_to_nothing():
    assert limited(["--help"], 60 * MB).returncode == 0


@pytest.mark.parametrize(
    ("error", "report"),
    [
        (MemoryError(), "out of memory\n"),
        (MemoryError("Unable to allocate 8 GiB"), "out of memory: Unable to allocate 8 GiB\n"),
        (RuntimeError("can't start new thread"), "allows no more threads; use fewer with"),
    ],
)
def test_a_lack_of_memory_amid_a_run_is_told_with_what_is_safe(monkeypatch, error, report):
    def fail(*_, **__):
        Path("small.h5.journal").touch()
        raise error

    monkeypatch.setattr("thermospin.execution.run_sweep", fail)
    done = CliRunner().invoke(main, ["run", "small.yaml", "-q"])
    assert done.exit_code == 1
    assert report in done.stderr
    assert "finished chunks are safe; continue with\n  thermospin run" in done.stderr


def test_another_error_of_the_interpreter_is_not_taken_for_a_lack_of_memory(monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("dictionary changed size during iteration")

    monkeypatch.setattr("thermospin.execution.run_sweep", fail)
    with pytest.raises(RuntimeError, match="changed size"):
        CliRunner().invoke(main, ["run", "small.yaml", "-q"], catch_exceptions=False)


def test_linear_algebra_has_one_thread_unless_the_user_says_otherwise():
    code = "from thermospin.cli import main; import os; main(['--version'], standalone_mode=False);"
    for given in ("", "3"):
        kept = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
        environment = kept | ({"OPENBLAS_NUM_THREADS": given} if given else {})
        asked = f"{code} print(os.environ['OPENBLAS_NUM_THREADS'])"
        done = subprocess.run(
            [sys.executable, "-c", asked], env=environment, capture_output=True, check=True
        )
        assert done.stdout.split()[-1].decode() == (given or "1")
