"""Whatever happens to the disk or the process, at any call: the next run ends in the same bits.

The long form of this campaign, with real processes that are killed, is ``benchmarks/faults.py``.
"""

import shutil
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from faulty_disk import FAULTS, Killed, RecordedOS, VolatileOS
from sweep_cases import MANY_CHUNKS, bits, make_spec, stopped_after

from thermospin import dataset, execution
from thermospin.dataset import OutputError, filesystem, hdf5_skeleton
from thermospin.execution import code_digest

SPEC = make_spec(
    {"h_exc": [0.0, 0.1, 0.2], "V": np.linspace(-0.3, 0.3, 7), "T_S": [0.3, 0.5, 0.7]},
    ["I_q", "V_S"],
)
MOST_CALLS = 1000  # of a run; none of these comes near
MEMORY = Path("/dev/shm")  # a file system on which fsync takes no time


ENGINE = replace(MANY_CHUNKS, group=3)
run_sweep = partial(execution.run_sweep, engine=ENGINE)


@pytest.fixture(autouse=True)
def _layout(monkeypatch):
    monkeypatch.setattr("thermospin.dataset.provenance.now", lambda: "2026-01-01T00:00:00Z")
    monkeypatch.setattr(hdf5_skeleton, "build", remembered(hdf5_skeleton.build))
    numerics = {"kernels": code_digest(), "fingerprint": "fingerprint"}
    origin = {"started": "2026-01-01T00:00:00Z"} | numerics
    monkeypatch.setattr("thermospin.dataset.provenance.collect", lambda *_: origin)


def remembered(build):
    """Return a function that lays every file out once: these sweeps all look the same."""
    known = {}

    def lay_out(variables, root, computed):
        key = (root["thermospin_complete"].item(), *root, *computed.values())
        if key not in known:
            known[key] = build(variables, root, computed)
        return known[key]

    return lay_out


@pytest.fixture
def folder(tmp_path):
    """Return a folder, in memory where that can be."""
    if not MEMORY.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        yield Path(name)


@pytest.fixture
def reference(tmp_path):
    """Return the bits of an undisturbed run."""
    path = tmp_path / "reference.h5"
    run_sweep(SPEC, path, threads=1)
    return bits(path)


def run_with(monkeypatch, system, path, **options):
    """Run on a disk that may fail; return whether the run ended well."""
    with monkeypatch.context() as patch:
        patch.setattr(filesystem, "os", system)
        try:
            run_sweep(SPEC, path, threads=1, **options)
        except (OSError, Killed):
            return False
    return True


def check_after_fault(path, reference, old=None):
    """Nothing unfinished has the final name, and the next run ends in the same bits."""
    if path.exists() and path.read_bytes() != old:
        assert dataset.describe(path).complete
        assert bits(path) == reference
    try:
        run_sweep(SPEC, path, threads=1, resume=True)
    except OutputError:  # the run had not yet noted that it may replace the old file
        assert path.read_bytes() == old
        run_sweep(SPEC, path, threads=1, force=True)
    assert bits(path) == reference
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def campaign(monkeypatch, folder, fault, prepare, check, **options):
    """Let the k-th call meet a fault, for every k where it can; return how many did."""
    undisturbed = RecordedOS()
    prepare(folder / "out.h5")
    assert run_with(monkeypatch, undisturbed, folder / "out.h5", **options)
    met = 0
    for failing, call in enumerate(undisturbed.calls, start=1):
        if fault in ("torn", "short") and call != "pwrite":
            continue
        path = folder / str(failing) / "out.h5"
        path.parent.mkdir()
        prepare(path)
        system = RecordedOS(failing, fault)
        run_with(monkeypatch, system, path, **options)
        assert len(system.calls) >= failing
        check(path)
        shutil.rmtree(path.parent)
        met += 1
    return met


@pytest.mark.parametrize("fault", FAULTS)
def test_every_call_of_a_run_may_fail(folder, monkeypatch, reference, fault):
    met = campaign(
        monkeypatch,
        folder,
        fault,
        prepare=lambda _: None,
        check=lambda path: check_after_fault(path, reference),
    )
    print(fault, met)
    assert met > 20


@pytest.mark.parametrize("fault", ["kill", "EIO"])
def test_every_call_of_a_resumed_run_may_fail(folder, tmp_path, monkeypatch, reference, fault):
    begun = tmp_path / "begun" / "out.h5"
    begun.parent.mkdir()
    stopped_after(5, SPEC, begun, engine=ENGINE)

    def prepare(path):
        for each in begun.parent.iterdir():
            shutil.copy(each, path.parent)

    met = campaign(
        monkeypatch,
        folder,
        fault,
        prepare=prepare,
        check=lambda path: check_after_fault(path, reference),
        resume=True,
    )
    print(fault, met)
    assert met > 20


@pytest.mark.parametrize("fault", ["kill", "ENOSPC"])
def test_every_call_of_a_replacement_may_fail(folder, monkeypatch, reference, fault):
    met = campaign(
        monkeypatch,
        folder,
        fault,
        prepare=lambda path: path.write_bytes(b"old"),
        check=lambda path: check_after_fault(path, reference, old=b"old"),
        force=True,
    )
    print(fault, met)
    assert met > 20


@pytest.mark.parametrize("fault", ["kill", "EIO"])
def test_every_call_without_locks_may_fail(folder, monkeypatch, reference, fault):
    monkeypatch.setattr(filesystem, "lock", lambda _: None)
    monkeypatch.setattr("thermospin.dataset.lock._NAMELESS", 0.0)
    with monkeypatch.context() as patch:
        owner = "thermospin.dataset.lock.LockOwner.is_dead"
        patch.setattr(owner, property(lambda _: True))  # as the owner is, after a fault
        met = campaign(
            monkeypatch,
            folder,
            fault,
            prepare=lambda _: None,
            check=lambda path: check_after_fault(path, reference),
        )
    print(fault, met)
    assert met > 20


def test_a_fault_in_the_midst_of_recovery(folder, monkeypatch, reference):
    random = np.random.default_rng(1)
    for number in range(25):
        path = folder / str(number) / "out.h5"
        path.parent.mkdir()
        for _ in range(3):
            system = RecordedOS(int(random.integers(1, 80)), str(random.choice(FAULTS)))
            if run_with(monkeypatch, system, path, resume=True):
                break
        check_after_fault(path, reference)


@pytest.mark.parametrize("begun", [False, True], ids=["fresh", "resumed"])
def test_the_power_may_fail_at_every_call(folder, monkeypatch, reference, begun):
    """Of what was recorded before the cut, nothing is lost; what was not is computed again."""
    random = np.random.default_rng(2)
    for failing in range(1, MOST_CALLS):
        path = folder / str(failing) / "out.h5"
        path.parent.mkdir()
        if begun:
            stopped_after(5, SPEC, path, engine=ENGINE)
        recorded = dataset.unfinished_at(path).points_done if begun else 0
        disk_ = VolatileOS(path.parent, failing, random)
        ended = run_with(monkeypatch, disk_, path, resume=True)
        if ended:
            break
        disk_.fail()
        if path.exists():
            assert bits(path) == reference
        else:
            report = run_sweep(SPEC, path, threads=1, resume=True)
            assert report.skipped >= recorded
        check_after_fault(path, reference)
        shutil.rmtree(path.parent)
    assert failing > 50
