"""A result is there, whole, under its name, or it is not there; nothing else is ever harmed."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from faulty_disk import RecordedOS
from sweep_cases import STAND_IN, make_spec

from thermospin import dataset, execution
from thermospin.dataset import OutputError, filesystem

SPEC = make_spec({"h_exc": [0.0, 0.2], "V": [-0.2, 0.0, 0.2]}, ["I_q", "V_S"])


run_sweep = partial(execution.run_sweep, engine=STAND_IN)


def run_with(monkeypatch, system, path, **options):
    with monkeypatch.context() as patch:
        patch.setattr(filesystem, "os", system)
        return run_sweep(SPEC, path, threads=1, **options)


def recorded_calls(monkeypatch, path):
    system = RecordedOS()
    run_with(monkeypatch, system, path)
    return system.calls


def test_a_full_disk_is_met_at_once_and_explained(tmp_path, monkeypatch):
    place = recorded_calls(monkeypatch, tmp_path / "reference.h5").index("posix_fallocate")
    system = RecordedOS(place + 1, "ENOSPC")
    unable = replace(STAND_IN, evaluate=None)
    with pytest.raises(OSError, match=r"needs [\d,]+ bytes, [\d,]+ are free; free some space or"):
        run_with(monkeypatch, system, tmp_path / "out.h5", engine=unable)
    assert [path.name for path in tmp_path.iterdir()] == ["reference.h5"]


def test_where_room_cannot_be_reserved_the_run_goes_on(tmp_path, monkeypatch):
    place = recorded_calls(monkeypatch, tmp_path / "reference.h5").index("posix_fallocate")
    system = RecordedOS(place + 1, "EOPNOTSUPP")
    run_with(monkeypatch, system, tmp_path / "out.h5")
    assert system.calls[place : place + 2] == ["posix_fallocate", "ftruncate"]
    assert dataset.describe(tmp_path / "out.h5").complete


def test_the_name_is_given_after_the_values_are_safe(tmp_path, monkeypatch):
    calls = recorded_calls(monkeypatch, tmp_path / "out.h5")
    last_write = max(i for i, call in enumerate(calls) if call == "pwrite")
    named = calls.index("link")
    removed = calls.index("unlink", named)
    assert "fsync" in calls[last_write:named]
    assert "fsync" in calls[named:removed]  # the folder
    assert "fsync" in calls[removed:]


def test_without_hard_links_the_file_is_renamed(tmp_path, monkeypatch):
    place = recorded_calls(monkeypatch, tmp_path / "reference.h5").index("link")
    system = RecordedOS(place + 1, "EPERM")
    run_with(monkeypatch, system, tmp_path / "out.h5")
    assert "rename" in system.calls
    assert dataset.describe(tmp_path / "out.h5").complete
    assert not list(tmp_path.glob("*.partial"))


def test_an_existing_file_is_not_touched_without_force(tmp_path):
    old = tmp_path / "out.h5"
    old.write_bytes(b"precious")
    with pytest.raises(OutputError, match="--force"):
        run_sweep(SPEC, old)
    assert old.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [old]


def test_force_keeps_the_old_file_until_the_new_one_is_whole(tmp_path):
    old = tmp_path / "out.h5"
    old.write_bytes(b"precious")
    during = []
    run_sweep(SPEC, old, force=True, progress=lambda *_: during.append(old.read_bytes()))
    assert set(during) == {b"precious"}
    assert dataset.describe(old).complete
    assert list(tmp_path.iterdir()) == [old]


def test_a_file_that_appears_meanwhile_is_left_alone_and_the_result_kept(tmp_path):
    path = tmp_path / "out.h5"
    with pytest.raises(OutputError, match="appeared during the run"):
        run_sweep(SPEC, path, progress=lambda *_: path.write_bytes(b"someone else's"))
    assert path.read_bytes() == b"someone else's"
    path.unlink()
    report = run_sweep(SPEC, path, resume=True)
    assert report.skipped == report.points
    assert dataset.describe(path).complete


@pytest.mark.parametrize("cause", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_run_keeps_what_it_has(tmp_path, cause):
    def interrupt(done, _):
        if done:
            raise cause

    with pytest.raises(cause):
        run_sweep(SPEC, tmp_path / "out.h5", progress=interrupt)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"out.h5.partial", "out.h5.journal"}
    assert run_sweep(SPEC, tmp_path / "out.h5", resume=True).skipped > 0
    assert [path.name for path in tmp_path.iterdir()] == ["out.h5"]


def test_a_failing_computation_leaves_nothing(tmp_path):
    def fail(*_, **__):
        raise FloatingPointError("no")

    with pytest.raises(FloatingPointError, match="no"):
        run_sweep(SPEC, tmp_path / "out.h5", engine=replace(STAND_IN, evaluate=fail))
    assert list(tmp_path.iterdir()) == []


def test_two_runs_into_one_file_do_not_meet(tmp_path):
    refusals = []

    def second(*_):
        with pytest.raises(OutputError, match="another run") as refusal:
            run_sweep(SPEC, tmp_path / "out.h5")
        refusals.append(refusal)

    run_sweep(SPEC, tmp_path / "out.h5", progress=second)
    assert refusals
    assert dataset.describe(tmp_path / "out.h5").complete


def test_values_stay_within_their_variable(tmp_path):
    target = dataset.check_output(tmp_path / "out.h5")
    file = dataset.PartialFile(dataset.Job(SPEC), target, {}).create()
    with pytest.raises(ValueError, match="V_S: must lie within 0 … 2, got 2 … 3"):
        file.write(dataset.ValueRange("V_S", 2, 1), np.ones(1))
    file.close()
