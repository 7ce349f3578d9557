"""Resuming: the same bits as an undisturbed run, or a refusal that says why and what to do."""

import json
import os
import resource
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial

import h5py
import numpy as np
import pytest
from click.testing import CliRunner
from sweep_cases import MANY_CHUNKS, bits, commands_use, make_spec, stand_in, stopped_after

from thermospin import dataset, execution
from thermospin.cli import main
from thermospin.dataset import (
    FileError,
    NumericalIdentity,
    OutputError,
    StoreError,
    filesystem,
    output_path_of,
)
from thermospin.dataset.lock import LockOwner, OutputLock
from thermospin.execution import CutSizes, Stopped
from thermospin.execution.selftest import check_kernels
from thermospin.spec import parse_spec

AXES = {"h_exc": [0.0, 0.1, 0.2], "V": np.linspace(-0.3, 0.3, 21), "T_S": [0.3, 0.5, 0.7]}
SPEC = make_spec(AXES, ["I_q", "V_S"])
DONE = 7  # chunks that are finished before the run is stopped
CHUNK_POINTS = 9


run_sweep = partial(execution.run_sweep, engine=MANY_CHUNKS)


@pytest.fixture(autouse=True)
def _commands(monkeypatch):
    commands_use(monkeypatch, MANY_CHUNKS)


@pytest.fixture
def out(tmp_path):
    """Return the path of an output that a run was stopped in."""
    path = tmp_path / "out.h5"
    stopped_after(DONE, SPEC, path)
    return path


@pytest.fixture
def reference(tmp_path_factory):
    path = tmp_path_factory.mktemp("reference") / "out.h5"
    run_sweep(SPEC, path, threads=1)
    return bits(path)


def flip(path, offset):
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 1]))


def place_of(out, name, index=0):
    with h5py.File(output_path_of(out).partial, locking=False) as file:
        return file[name].id.get_offset() + index * file[name].dtype.itemsize


def refused(out, match, spec=SPEC, error=StoreError, **options):
    """Resuming is refused, and changes nothing."""
    before = {path.name: path.read_bytes() for path in out.parent.iterdir()}
    with pytest.raises(error, match=match) as refusal:
        run_sweep(spec, out, threads=1, resume=True, **options)
    assert {path.name: path.read_bytes() for path in out.parent.iterdir()} == before
    return str(refusal.value)


def test_resuming_ends_in_the_same_bits_and_leaves_nothing(out, reference):
    report = run_sweep(SPEC, out, resume=True, threads=2)
    assert report.skipped == DONE * CHUNK_POINTS
    assert bits(out) == reference
    assert os.listdir(out.parent) == ["out.h5"]


def test_finished_chunks_are_not_computed_again_but_for_one_that_is_compared(out):
    computed = []

    def counting(outputs, V, junction, *, rtol):
        computed.append(len(V))
        return stand_in(outputs, V, junction, rtol=rtol)

    run_sweep(SPEC, out, resume=True, threads=1, engine=replace(MANY_CHUNKS, evaluate=counting))
    assert len(computed) == SPEC.size // CHUNK_POINTS - DONE + 1


def test_a_run_may_be_resumed_again_and_again(tmp_path, reference):
    path = tmp_path / "out.h5"
    for _ in range(SPEC.size // CHUNK_POINTS // 2):
        stopped_after(2, SPEC, path, resume=True)
    run_sweep(SPEC, path, resume=True)
    assert bits(path) == reference


def test_resume_begins_where_nothing_was_begun(tmp_path, reference):
    assert run_sweep(SPEC, tmp_path / "out.h5", resume=True).skipped == 0
    assert bits(tmp_path / "out.h5") == reference


def test_resuming_a_finished_run_is_done_at_once(out):
    run_sweep(SPEC, out, resume=True)
    before = out.read_bytes()
    report = run_sweep(SPEC, out, resume=True, engine=replace(MANY_CHUNKS, evaluate=None))
    assert report.skipped == report.points == SPEC.size
    assert out.read_bytes() == before


def test_an_output_of_another_sweep_is_not_taken_for_the_result(tmp_path):
    run_sweep(make_spec(AXES, ["I_s"]), tmp_path / "out.h5")
    refused(tmp_path / "out.h5", "is not what is asked for", error=OutputError)


def test_without_resume_both_ways_out_are_named(out):
    with pytest.raises(OutputError, match=r"--resume.*--force"):
        run_sweep(SPEC, out)


def test_force_throws_unfinished_work_away(out, reference):
    assert run_sweep(SPEC, out, force=True).skipped == 0
    assert bits(out) == reference
    assert os.listdir(out.parent) == ["out.h5"]


def test_modes_that_exclude_each_other(tmp_path):
    with pytest.raises(ValueError, match="give only one"):
        run_sweep(SPEC, tmp_path / "out.h5", resume=True, force=True)
    with pytest.raises(ValueError, match="repair needs resume"):
        run_sweep(SPEC, tmp_path / "out.h5", repair=True)


@pytest.mark.parametrize(
    ("axes", "outputs", "fixed"),
    [
        (AXES | {"h_exc": [0.0, 0.1, 0.3]}, ["I_q", "V_S"], {}),
        (AXES, ["I_q", "G_0"], {}),
        (AXES, ["I_q", "V_S"], {"T_Sm": 0.02}),
        (dict(reversed(AXES.items())), ["I_q", "V_S"], {}),
    ],
    ids=["axis", "output", "fixed", "order"],
)
def test_a_changed_spec_is_refused(out, axes, outputs, fixed):
    changed = make_spec(axes, outputs, fixed=fixed)
    message = refused(out, "was begun from another spec", spec=changed)
    assert SPEC.sha256 in message
    assert changed.sha256 in message
    assert "--force" in message


SPOKEN = """\
fixed: {T_S: 0.7, gamma: 1e-2}
axes: {V: {start: 0, stop: 0.5, num: 101}}
outputs: [I_q]
"""


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        (["gamma=0.001"], "(gamma 0.01, not 0.001)"),
        (["axes.V.num=11"], "(V from 0 to 0.5 in 101 points, not from 0 to 0.5 in 11 points)"),
        (["T_S=0.8", "outputs=[I_s]"], "(T_S 0.7, not 0.8; outputs I_q, not I_s)"),
    ],
)
def test_what_was_changed_in_a_spec_is_named(tmp_path, changes, named):
    stopped_after(1, parse_spec(SPOKEN, "a.yaml"), tmp_path / "a.h5")
    changed = parse_spec(SPOKEN, "a.yaml", changes)
    assert named in refused(tmp_path / "a.h5", "was begun from another spec", spec=changed)


def test_the_same_spec_in_other_words_is_the_same_spec(out, reference):
    words = replace(SPEC, name="another name", text="# said differently\n", overrides=("a=1",) * 9)
    run_sweep(words, out, resume=True)
    assert bits(out) == reference
    assert dataset.read_spec_text(out).text == SPEC.text


def test_other_numerical_code_is_refused(out):
    other = replace(MANY_CHUNKS, numerics=lambda: NumericalIdentity("another", "fingerprint"))
    refused(out, "was begun with other numerical code.*not another", engine=other)


def test_other_chunks_are_refused(out):
    other = replace(MANY_CHUNKS, sizes=CutSizes(largest=16, smallest=12))
    refused(out, "was cut into other chunks", engine=other)


def test_another_layout_of_hdf5_is_refused(out, monkeypatch):
    monkeypatch.setattr("thermospin.dataset.hdf5_skeleton._METADATA_BLOCK", 1 << 17)
    monkeypatch.setattr("thermospin.dataset.hdf5_skeleton.PAGE", 1 << 14)
    refused(out, "was laid out by another version of HDF5")


def test_a_processor_that_rounds_differently_is_refused(out):
    def rounding(outputs, V, junction, *, rtol):
        found = stand_in(outputs, V, junction, rtol=rtol)
        found.values["I_q"] = np.nextafter(found.values["I_q"], np.inf)
        return found

    with pytest.raises(StoreError, match="has other bits when it is computed here"):
        run_sweep(SPEC, out, resume=True, engine=replace(MANY_CHUNKS, evaluate=rounding))


def test_a_damaged_chunk_is_named_and_computed_again_only_when_asked(out, reference):
    flip(output_path_of(out).partial, place_of(out, "I_q", 10) + 3)
    message = refused(out, r"out\.h5\.partial in chunk \d+;")
    assert "--resume --repair" in message
    report = run_sweep(SPEC, out, resume=True, repair=True)
    assert report.skipped == (DONE - 1) * CHUNK_POINTS
    assert bits(out) == reference
    assert os.listdir(out.parent) == ["out.h5"]


def test_a_repair_that_is_interrupted_is_continued(out, reference):
    flip(output_path_of(out).partial, place_of(out, "I_q", 10) + 3)
    with pytest.raises(Stopped):
        run_sweep(SPEC, out, resume=True, repair=True, stop=lambda: True)
    run_sweep(SPEC, out, resume=True)
    assert bits(out) == reference


@pytest.mark.parametrize("size", [0, 100, 600])
def test_a_shortened_partial_file_is_damage(out, reference, size):
    os.truncate(output_path_of(out).partial, size)
    refused(out, r"out\.h5\.partial in chunk")
    run_sweep(SPEC, out, resume=True, repair=True)
    assert bits(out) == reference


def test_damage_outside_the_values_is_undone(out, reference):
    with h5py.File(output_path_of(out).partial, locking=False) as file:
        taken = {file[name].id.get_offset() for name in file if hasattr(file[name], "shape")}
    for offset in range(0, min(taken), 997):
        flip(output_path_of(out).partial, offset)
    run_sweep(SPEC, out, resume=True)
    assert bits(out) == reference
    assert dataset.describe(out).complete


def test_a_missing_partial_file_is_computed_again(out, reference):
    output_path_of(out).partial.unlink()
    assert run_sweep(SPEC, out, resume=True).skipped == 0
    assert bits(out) == reference


@pytest.mark.parametrize("damage", ["missing", "empty", "first line"])
def test_without_a_journal_nothing_is_trusted(out, reference, damage):
    journal = output_path_of(out).journal
    if damage == "missing":
        journal.unlink()
    elif damage == "empty":
        journal.write_bytes(b"")
    else:
        flip(journal, 5)
    refused(out, "nothing in out.h5.partial can be trusted")
    assert run_sweep(SPEC, out, resume=True, repair=True).skipped == 0
    assert bits(out) == reference


def test_a_damaged_line_of_the_journal_is_named(out, reference):
    journal = output_path_of(out).journal
    lines = journal.read_bytes().splitlines(keepends=True)
    flip(journal, len(lines[0]) + len(lines[1]) + 20)
    refused(out, r"out\.h5\.journal in line 3;")
    report = run_sweep(SPEC, out, resume=True, repair=True)
    assert report.skipped == (DONE - 1) * CHUNK_POINTS
    assert bits(out) == reference


@pytest.mark.parametrize(
    "tail", [b'{"chunk": 3', b"\0" * 100, b"garbage\n", b"\xff\xfe\n\n"], ids=range(4)
)
def test_a_torn_last_line_is_ignored(out, reference, tail):
    with output_path_of(out).journal.open("ab") as file:
        file.write(tail)
    assert run_sweep(SPEC, out, resume=True).skipped == DONE * CHUNK_POINTS
    assert bits(out) == reference


def test_any_flipped_bit_of_the_journal_is_harmless(out, reference):
    """It is refused, or costs at most one chunk."""
    saved = out.parent / "saved"
    saved.mkdir()
    store = (output_path_of(out).partial, output_path_of(out).journal)
    for path in store:
        shutil.copy(path, saved)
    size = store[1].stat().st_size
    outcomes = set()
    for offset in range(0, size, 151):
        for path in store:
            shutil.copy(saved / path.name, path)
        out.unlink(missing_ok=True)
        flip(store[1], offset)
        try:
            run_sweep(SPEC, out, resume=True, threads=1)
        except StoreError:
            run_sweep(SPEC, out, resume=True, repair=True, threads=1)
            outcomes.add("refused")
        else:
            outcomes.add("resumed")
        assert bits(out) == reference
    assert "refused" in outcomes


def test_a_journal_of_a_later_version_is_refused(out):
    journal = output_path_of(out).journal
    from thermospin.dataset.journal import _packed

    header = json.loads(journal.read_bytes().splitlines()[0])
    del header["crc32"]
    journal.write_bytes(_packed(header | {"format": 2}))
    refused(out, "the journal has format 2, this version of thermospin reads up to 1")


def test_stores_of_two_runs_cannot_be_exchanged(out, tmp_path):
    other = tmp_path / "other" / "out.h5"
    other.parent.mkdir()
    stopped_after(DONE, make_spec(AXES | {"T_S": [0.31, 0.5, 0.7]}, ["I_q", "V_S"]), other)
    shutil.copy(output_path_of(other).partial, output_path_of(out).partial)
    shutil.rmtree(other.parent)
    refused(out, r"out\.h5\.partial in chunks")


def test_a_file_changed_during_the_run_is_not_published(tmp_path):
    path = tmp_path / "out.h5"

    def tamper(done, total):
        if done == total:
            flip(output_path_of(path).partial, place_of(path, "I_q", 4))

    with pytest.raises(StoreError, match="was changed during the run: chunk"):
        run_sweep(SPEC, path, threads=1, progress=tamper)
    assert not path.exists()
    run_sweep(SPEC, path, resume=True, repair=True)


@pytest.mark.parametrize("kind", ["removed", "replaced", "folder"])
def test_a_partial_file_that_vanishes_is_noticed(tmp_path, kind):
    path = tmp_path / "folder" / "out.h5"
    path.parent.mkdir()

    def vanish(done, _):
        if done == 0:
            if kind == "folder":
                shutil.rmtree(path.parent)
            else:
                output_path_of(path).partial.unlink()
            if kind == "replaced":
                output_path_of(path).partial.touch()

    with pytest.raises(FileNotFoundError, match=r"out\.h5\.partial"):
        run_sweep(SPEC, path, threads=1, progress=vanish)
    assert not path.exists()


# Claims


@pytest.fixture(params=["locks", "no locks"])
def _locks(request, monkeypatch):
    if request.param == "no locks":
        monkeypatch.setattr(filesystem, "lock", lambda _: None)


@pytest.mark.usefixtures("_locks")
def test_a_second_run_is_refused_whatever_it_wants(out):
    with OutputLock(output_path_of(out)):
        for options in ({"resume": True}, {"force": True}, {}):
            with pytest.raises(OutputError, match=rf"another run \(process {os.getpid()} on"):
                run_sweep(SPEC, out, **options)
    assert not output_path_of(out).lock.exists()


@pytest.mark.usefixtures("_locks")
def test_the_claim_of_a_dead_run_is_taken_over(out, reference):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    owner = vars(LockOwner.here()) | {"pid": dead.pid}
    output_path_of(out).lock.write_text(json.dumps(owner))
    run_sweep(SPEC, out, resume=True)
    assert bits(out) == reference
    assert os.listdir(out.parent) == ["out.h5"]


def test_without_locks_a_later_process_of_the_same_number_is_told_apart(out, monkeypatch):
    monkeypatch.setattr(filesystem, "lock", lambda _: None)
    output_path_of(out).lock.write_text(json.dumps(vars(LockOwner.here()) | {"born": "earlier"}))
    run_sweep(SPEC, out, resume=True)


def test_without_locks_a_run_on_another_host_is_believed_to_live(out, monkeypatch):
    monkeypatch.setattr(filesystem, "lock", lambda _: None)
    output_path_of(out).lock.write_text(json.dumps(vars(LockOwner.here()) | {"host": "elsewhere"}))
    refused(out, r"process \d+ on elsewhere.*if it has died, remove", error=OutputError)


def test_without_locks_an_unsigned_claim_is_dead_after_a_while(out, monkeypatch):
    monkeypatch.setattr(filesystem, "lock", lambda _: None)
    output_path_of(out).lock.touch()
    refused(out, "another run is writing it", error=OutputError)
    os.utime(output_path_of(out).lock, (0, 0))
    run_sweep(SPEC, out, resume=True)


def test_without_locks_two_runs_cannot_both_take_over(out, monkeypatch):
    monkeypatch.setattr(filesystem, "lock", lambda _: None)
    output_path_of(out).lock.write_text(json.dumps(vars(LockOwner.here()) | {"born": "earlier"}))
    output_path_of(out).takeover.touch()
    refused(out, "another run is taking over", error=OutputError)


def test_a_lock_that_is_released_meanwhile_is_not_mistaken(out, monkeypatch):
    """What is locked must still have the name: its last owner may have removed it."""
    lock, removals = filesystem.lock, iter([True])

    def late(descriptor):
        if next(removals, False):
            output_path_of(out).lock.unlink()
        return lock(descriptor)

    monkeypatch.setattr(filesystem, "lock", late)
    with OutputLock(output_path_of(out)):
        assert output_path_of(out).lock.exists()


# What is told about unfinished work


def test_info_tells_how_far_it_got_and_how_it_goes_on(out, monkeypatch):
    monkeypatch.chdir(out.parent)
    for name in ("out.h5", "out.h5.partial", "out.h5.journal"):
        text = CliRunner().invoke(main, ["info", name]).stdout
        assert f"done           33 %, {DONE * CHUNK_POINTS} of {SPEC.size} points" in text
        assert f"thermospin run {out}.partial -o {out} --resume" in text
        assert "running        no" in text
    found = json.loads(CliRunner().invoke(main, ["info", "out.h5", "--json"]).stdout)
    assert found["unfinished"]["chunks_done"] == DONE
    assert found["unfinished"]["ends"] is None
    assert found["file"]["complete"] is False


def test_info_tells_what_is_there_but_was_not_recorded_before_a_kill(out):
    assert "not recorded" not in CliRunner().invoke(main, ["info", str(out)]).stdout
    journal, lost = output_path_of(out).journal, 2
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:-lost]))
    text = CliRunner().invoke(main, ["info", str(out), "--partial"]).stdout
    points = lost * CHUNK_POINTS
    assert f"{(DONE - lost) * CHUNK_POINTS} of {SPEC.size} points\n" in text
    assert f"not recorded   {points} points, included in the counts below; --resume" in text
    found = json.loads(CliRunner().invoke(main, ["info", str(out), "--json"]).stdout)
    assert found["points_unrecorded"] == points
    assert found["file"]["status"]["status"]["ok"] == points + found["unfinished"]["points_done"]


def test_info_tells_when_a_run_will_end(out):
    with OutputLock(output_path_of(out)):
        found = dataset.unfinished_at(out)
    assert found.running == str(LockOwner.here())
    assert found.ends is not None
    assert found.points_per_second > 0


def test_a_partial_file_is_read_with_nan_where_nothing_is_yet(out, reference):
    contents = dataset.read(out, partial=True)
    assert not contents.complete
    known = np.isfinite(contents.outputs["I_q"])
    assert known.sum() >= DONE * CHUNK_POINTS
    assert not known.all()
    whole = np.frombuffer(reference["I_q"]).reshape(known.shape)
    assert np.array_equal(contents.outputs["I_q"][known], whole[known])


def test_nothing_unfinished_is_said_to_be_missing(tmp_path):
    with pytest.raises(FileError, match="no such file, and no unfinished work"):
        dataset.unfinished_at(tmp_path / "out.h5")


def test_a_file_without_unfinished_work_is_not_said_to_be_missing(tmp_path):
    (tmp_path / "out.h5").write_bytes(b"")
    with pytest.raises(FileError, match=r"out\.h5: no unfinished work"):
        dataset.unfinished_at(tmp_path / "out.h5")


@pytest.mark.parametrize("command", ["plot", "verify"])
def test_who_asks_for_a_result_too_early_is_told_how_it_is_finished(out, command):
    result = CliRunner().invoke(main, [command, str(out)])
    assert result.exit_code == 2
    assert "out.h5: no such file, only unfinished work beside it" in result.stderr
    assert f"\n  thermospin run {out}.partial -o {out} --resume\n" in result.stderr
    output_path_of(out).journal.unlink()  # without it nothing can be continued
    result = CliRunner().invoke(main, [command, str(out)])
    assert result.stderr.endswith("out.h5: no such file\n")


# Limits of the system, met by a real process

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
from thermospin.cli import main
main()
"""


def test_a_limit_of_the_file_size_is_met_at_once_and_explained(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    check_kernels()  # compiles them, if need be: the limit would hold for their cache as well
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 4096
    (tmp_path / "small.yaml").write_text(
        "fixed: {T_S: 0.7}\naxes: {V: {start: 0, stop: 1, num: 2001}}\noutputs: [I_q]\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", LIMITED, "run", "small.yaml"], capture_output=True, text=True
    )
    assert finished.returncode == 1
    assert "File too large: the result needs" in finished.stderr
    assert os.listdir(tmp_path) == ["small.yaml"]
