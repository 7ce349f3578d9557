"""A result is there, whole, under its name, or it is not there; nothing else is ever harmed."""

import errno
import os
from contextlib import suppress

import numpy as np
import pytest
from sweep_cases import make_spec, stand_in

from thermospin import dataset
from thermospin.dataset import OutputError, disk
from thermospin.sweep import run_sweep

SPEC = make_spec({"h_exc": [0.0, 0.2], "V": [-0.2, 0.0, 0.2]}, ["I_q", "V_S"])

CALLS = {
    "open", "posix_fallocate", "ftruncate", "pwrite", "fsync", "link", "rename", "replace",
    "unlink", "close",
}  # fmt: skip


class RecordedOS:
    """``os`` whose calls on the disk are recorded, and one of which may fail."""

    def __init__(self, failing=0, error=errno.ENOSPC, portion=None):
        self.calls = []
        self.failing, self.error, self.portion = failing, error, portion

    def __getattr__(self, name):
        if name not in CALLS:
            return getattr(os, name)

        def call(*arguments, **keywords):
            self.calls.append(name)
            if len(self.calls) == self.failing:
                raise OSError(self.error, os.strerror(self.error))
            if name == "pwrite" and self.portion:
                descriptor, data, offset = arguments
                return os.pwrite(descriptor, data[: self.portion], offset)
            return getattr(os, name)(*arguments, **keywords)

        return call


@pytest.fixture(autouse=True)
def _stand_in(monkeypatch):
    monkeypatch.setattr("thermospin.sweep.blocks.evaluate", stand_in)


def run_with(monkeypatch, system, path, **options):
    with monkeypatch.context() as patch:
        patch.setattr(disk, "os", system)
        return run_sweep(SPEC, path, threads=1, **options)


def number_of_calls(monkeypatch, path, **options):
    system = RecordedOS()
    run_with(monkeypatch, system, path, **options)
    return len(system.calls)


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
def test_any_single_failure_leaves_nothing_or_the_whole_result(tmp_path, monkeypatch, error):
    total = number_of_calls(monkeypatch, tmp_path / "reference.h5")
    reference = dataset.read(tmp_path / "reference.h5")
    for failing in range(1, total + 1):
        folder = tmp_path / str(failing)
        folder.mkdir()
        with pytest.raises(OSError, match=rf"\[Errno {error}\]") as failure:
            run_with(monkeypatch, RecordedOS(failing, error), folder / "out.h5")
        assert failure.value.errno == error
        left = [path.name for path in folder.iterdir()]
        assert left in ([], ["out.h5"])
        if left:  # the result was safe when the failure came
            contents = dataset.read(folder / "out.h5")
            assert contents.complete
            assert contents.outputs["I_q"].tobytes() == reference.outputs["I_q"].tobytes()


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
def test_a_failing_replacement_leaves_the_old_file_or_the_new(tmp_path, monkeypatch, error):
    total = number_of_calls(monkeypatch, tmp_path / "reference.h5")
    for failing in range(1, total):
        old = tmp_path / f"{failing}.h5"
        old.write_bytes(b"old")
        with suppress(OSError):
            run_with(monkeypatch, RecordedOS(failing, error), old, force=True)
        assert old.read_bytes() == b"old" or dataset.describe(old).complete
    assert not list(tmp_path.glob("*.partial"))


def test_a_full_disk_is_met_at_once_and_explained(tmp_path, monkeypatch):
    system = RecordedOS(failing=2)  # after the file's creation
    computed = []
    monkeypatch.setattr("thermospin.sweep.run.compute", lambda *chunk: computed.append(chunk))
    with pytest.raises(OSError, match=r"needs [\d,]+ bytes, [\d,]+ are free; free some space or"):
        run_with(monkeypatch, system, tmp_path / "out.h5")
    assert system.calls[1] == "posix_fallocate"
    assert computed == []


def test_where_room_cannot_be_reserved_the_run_goes_on(tmp_path, monkeypatch):
    system = RecordedOS(failing=2, error=errno.EOPNOTSUPP)
    run_with(monkeypatch, system, tmp_path / "out.h5")
    assert system.calls[1:3] == ["posix_fallocate", "ftruncate"]
    assert dataset.describe(tmp_path / "out.h5").complete


def test_short_writes_are_completed(tmp_path, monkeypatch):
    run_with(monkeypatch, RecordedOS(), tmp_path / "whole.h5")
    run_with(monkeypatch, RecordedOS(portion=7), tmp_path / "short.h5")
    whole, short = (dataset.read(tmp_path / name) for name in ("whole.h5", "short.h5"))
    assert whole.outputs["I_q"].tobytes() == short.outputs["I_q"].tobytes()
    assert whole.spec_sha256 == short.spec_sha256


def test_the_name_is_given_after_the_values_are_safe(tmp_path, monkeypatch):
    system = RecordedOS()
    run_with(monkeypatch, system, tmp_path / "out.h5")
    last_write = max(i for i, call in enumerate(system.calls) if call == "pwrite")
    named = system.calls.index("link")
    removed = system.calls.index("unlink")
    assert "fsync" in system.calls[last_write:named]
    assert "fsync" in system.calls[named:removed]  # the folder
    assert "fsync" in system.calls[removed:]


def test_without_hard_links_the_file_is_renamed(tmp_path, monkeypatch):
    reference = RecordedOS()
    run_with(monkeypatch, reference, tmp_path / "reference.h5")
    system = RecordedOS(failing=reference.calls.index("link") + 1, error=errno.EPERM)
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
    assert dataset.describe(tmp_path / "out.h5.partial").complete


@pytest.mark.parametrize("cause", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_run_leaves_nothing(tmp_path, cause):
    def interrupt(*_):
        raise cause

    with pytest.raises(cause):
        run_sweep(SPEC, tmp_path / "out.h5", progress=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_a_failing_computation_leaves_nothing(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise FloatingPointError("no")

    monkeypatch.setattr("thermospin.sweep.blocks.evaluate", fail)
    with pytest.raises(FloatingPointError, match="no"):
        run_sweep(SPEC, tmp_path / "out.h5")
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
    with (
        dataset.Partial(SPEC, target, threads=1) as file,
        pytest.raises(ValueError, match="V_S: must lie within 0 … 2, got 2 … 3"),
    ):
        file.write("V_S", 2, np.ones(1))
