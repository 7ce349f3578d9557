"""Wrong input and failures of the system: one message, the right exit code, nothing left behind."""

import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from thermospin import bench, figures
from thermospin.cli import main
from thermospin.dataset import filesystem

SPEC = """\
fixed: {T_S: 0.7, gamma: 1e-2}
axes: {V: {start: -0.5, stop: 0.5, num: 5}}
outputs: [I_q]
"""
COMMAND = [sys.executable, "-c", "from thermospin.cli import main; main()"]
FASTEST_HELP = 0.15  # seconds of processor time; the interface promises it


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    monkeypatch.delenv("SLURM_CPUS_PER_TASK", raising=False)
    Path("small.yaml").write_text(SPEC)
    return tmp_path


def refused(*arguments, code=2, **environment):
    """Return the message of a command that fails with a code, says so and leaves nothing."""
    before = sorted(Path.cwd().rglob("*"))
    result = CliRunner().invoke(main, arguments, env=environment, catch_exceptions=False)
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert sorted(Path.cwd().rglob("*")) == before
    return result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rnu", "small.yaml"], "Did you mean 'run'?"),
        (["run", "small.yaml", "--forc"], "--force"),
        (["run"], "Missing argument 'SPEC'"),
        (["run", "small.yaml", "fig2b"], "unexpected extra argument"),
        (["check"], "Missing argument 'SPEC...'"),
        (["run", "small.yaml", "-o", "a.h5", "--output", "b.h5"], "'--output' is given twice"),
        (["run", "small.yaml", "--threads", "1", "--threads", "2"], "'--threads' is given twice"),
        (["plan", "small.yaml", "--json", "--json"], "'--json' is given twice"),
    ],
)
def test_wrong_usage_is_named(arguments, message):
    assert message in refused(*arguments)


@pytest.mark.parametrize("number", ["0", "-1", "two", "1e6", "1_0", "٣", "", "1.0", "99999", " 2"])
def test_threads_are_a_whole_number_in_plain_digits(number):
    assert f"must be a whole number from 1 to 9999, got {number!r}" in refused(
        "run", "small.yaml", "--threads", number
    )


def test_a_bad_number_of_threads_from_slurm_is_named():
    message = refused("run", "small.yaml", SLURM_CPUS_PER_TASK="many")
    assert "SLURM_CPUS_PER_TASK: must be a whole number, got 'many'" in message


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("fig2x", "did you mean 'fig2"),
        ("smal.yaml", "smal.yaml: cannot be read: No such file"),
        (".", "not a regular file"),
        ("pipe", "not a regular file"),
        ("loop", "cannot be read"),
        ("nowhere.h5", "nowhere.h5: no such file"),
        ("text.h5", "text.h5: is not a readable HDF5 file"),
        ("empty.yaml", "the spec is empty"),
    ],
)
@pytest.mark.parametrize("command", ["run", "plan", "check"])
def test_a_spec_that_cannot_be_read(command, source, message):
    os.mkfifo("pipe")
    os.symlink("loop", "loop")
    Path("text.h5").write_text(SPEC)
    Path("empty.yaml").touch()
    assert message in refused(command, source)


def test_every_mistake_of_a_spec_is_reported_at_once():
    Path("wrong.yaml").write_text("fixed: {T_s: 0.7}\naxes: {V: []}\noutputs: [I_k]\n")
    message = refused("run", "wrong.yaml")
    for place in (
        "wrong.yaml:1:9: fixed.T_s",
        "wrong.yaml:2:11: axes.V",
        "wrong.yaml:3:11: outputs",
    ):
        assert place in message


def test_a_wrong_change_is_reported():
    assert "--set T_S=nan" in refused("run", "small.yaml", "--set", "T_S=nan")
    assert "must be written key=value" in refused("plan", "small.yaml", "--set", "T_S")


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("taken.h5", "taken.h5: exists; replace it with --force"),
        ("small.yaml", "small.yaml: would replace the spec itself"),
        ("linked.yaml", "linked.yaml: would replace the spec itself"),
        ("nowhere/out.h5", "no such folder"),
        (".", "is a folder"),
        ("/dev/null", "not a regular file"),
        ("", "must not be empty"),
        ("out.h5.partial", "must not end in"),
        ("a\nb.h5", "control characters"),
    ],
)
def test_an_output_that_cannot_be_written(output, message):
    Path("taken.h5").touch()
    os.link("small.yaml", "linked.yaml")
    assert message in refused("run", "small.yaml", "-o", output)


def test_force_does_not_make_a_run_replace_its_own_spec():
    assert "would replace the spec" in refused("run", "small.yaml", "-o", "small.yaml", "--force")


def test_an_existing_default_output_is_refused():
    Path("small.h5").touch()
    assert "small.h5: exists; replace it with --force" in refused("run", "small.yaml")


def test_a_full_disk_is_a_failure_with_a_way_out(monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(filesystem, "reserve", full)
    message = refused("run", "small.yaml", code=1)
    assert "free some space or choose another folder with -o" in message


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.EROFS, "Read-only file system; choose another place with -o"),
        (errno.ENOSPC, "No space left on device; free some space or choose another place with -o"),
    ],
)
def test_a_disk_without_room_for_a_lock_is_a_failure_with_a_way_out(monkeypatch, number, message):
    def fail(path):
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(filesystem, "create", fail)
    assert f"small.h5.lock: {message}" in refused("run", "small.yaml", code=1)


def test_uncompiled_kernels_are_refused_for_many_points():
    message = refused("run", "fig2b", NUMBA_DISABLE_JIT="1")
    assert "NUMBA_DISABLE_JIT is set" in message


@pytest.mark.parametrize("command", ["info", "plot"])
def test_a_file_that_is_not_ours_is_refused(command):
    Path("notes.h5").write_text("no data")
    assert "notes.h5: is not a readable HDF5 file" in refused(command, "notes.h5")


@pytest.mark.parametrize(("spec", "result"), [("small.yaml", "small.h5"), ("fig2b", "fig2b.h5")])
def test_a_spec_is_run_before_its_picture_is_drawn(spec, result):
    message = refused("plot", spec)
    assert message.startswith(f"{spec}: is a spec, not a result; run it first:")
    assert f"thermospin run {spec}\n  thermospin plot {result}" in message


def test_a_missing_package_is_named_with_the_way_to_get_it(monkeypatch):
    def without_scipy(**_):
        raise ModuleNotFoundError("No module named 'scipy'", name="scipy.integrate")

    monkeypatch.setattr(bench, "run", without_scipy)
    assert 'needs scipy: pip install "thermospin[bench]"' in refused("bench", code=1)


def test_a_fit_asks_for_all_that_fits_need(monkeypatch):
    Path("iv.csv").write_text("V (V),I (A)\n0,0\n1,1\n")
    monkeypatch.setitem(sys.modules, "pandas", None)
    message = refused("fit", "iv.csv", code=1)
    assert 'needs pandas: pip install "thermospin[fit]"' in message


def test_pandas_is_asked_for_where_a_measured_curve_is_read(monkeypatch):
    Path("iv.csv").write_text("V (V),I (A)\n0,0\n1,1\n")
    monkeypatch.setitem(sys.modules, "pandas", None)
    message = refused("plot", "small.h5", "--overlay", "iv.csv", code=1)
    assert 'needs pandas: pip install "thermospin[plot]"' in message


def test_a_benchmark_with_a_wrong_answer_fails(monkeypatch):
    def wrong(**_):
        raise bench.BenchmarkError("the kernel is off by 1e-3")

    monkeypatch.setattr(bench, "run", wrong)
    assert refused("bench", code=1) == "the kernel is off by 1e-3\n"


def test_a_picture_that_cannot_be_drawn_is_refused(monkeypatch):
    def nothing(*_, **__):
        raise figures.FigureError("nothing to draw")

    monkeypatch.setattr(figures, "write_picture", nothing)
    assert refused("plot", "small.h5") == "nothing to draw\n"


def test_a_mistake_of_ours_is_not_hidden(monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("a bug")

    monkeypatch.setattr(figures, "write_picture", broken)
    with pytest.raises(RuntimeError, match="a bug"):
        refused("plot", "small.h5")


def test_a_reader_that_goes_away_is_no_error():
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.run([*COMMAND, "schema"], stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert process.stderr == b""


def test_letters_that_a_terminal_lacks_are_escaped():
    environment = os.environ | {"PYTHONIOENCODING": "latin-1"}
    process = subprocess.run(
        [*COMMAND, "example", "fig1b"], env=environment, capture_output=True, check=True
    )
    assert b"Energies are in \\u03940" in process.stdout


def test_help_answers_at_once():
    def seconds():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*COMMAND, "--help"], stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(seconds() for _ in range(3)) < FASTEST_HELP
