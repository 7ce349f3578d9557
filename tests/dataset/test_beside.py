"""What lies beside an output is a run's own, or it is left alone; whatever it is, nothing waits."""

import errno
import json
import os
import socket
import warnings
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from sweep_cases import TINY_CHUNKS, bits, commands_use, patience, sound_kernels, stopped_after

from thermospin import dataset, execution
from thermospin.cli import main
from thermospin.cli.error_reports import warnings_on_stderr
from thermospin.dataset import OutputError, StoreError, filesystem, opened, output_path_of
from thermospin.dataset.filesystem import DurabilityWarning
from thermospin.dataset.journal import _packed
from thermospin.dataset.lock import LockOwner, OutputLock
from thermospin.spec import parse_spec

TEXT = "axes: {T_S: [0.3, 0.5, 0.7], V: [-0.2, 0, 0.2]}\noutputs: [I_q, V_S]\n"
SPEC = parse_spec(TEXT, "a.yaml")
NOTES = "my notes\n"
MODES = ({}, {"resume": True}, {"resume": True, "repair": True}, {"force": True})


run_sweep = partial(execution.run_sweep, engine=TINY_CHUNKS)
merge = partial(execution.merge, engine=TINY_CHUNKS)


@pytest.fixture(autouse=True)
def _commands(monkeypatch):
    commands_use(monkeypatch, TINY_CHUNKS)


@pytest.fixture
def out(tmp_path):
    """Return the path of an output that a run was stopped in."""
    stopped_after(2, SPEC, tmp_path / "out.h5", engine=TINY_CHUNKS)
    return tmp_path / "out.h5"


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def command(*arguments, code):
    with patience():
        done = CliRunner().invoke(main, [str(each) for each in arguments])
    assert done.exit_code == code, (done.output, done.exception)
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.stderr


# Files of others


@pytest.mark.parametrize("locks", [True, False], ids=["locks", "no locks"])
@pytest.mark.parametrize("options", MODES, ids=str)
@pytest.mark.parametrize("text", [NOTES, '{"pid": 1}', "\0\0a", '{"host" : 1}'])
def test_a_lock_that_is_none_is_left_alone(tmp_path, monkeypatch, options, text, locks):
    if not locks:
        monkeypatch.setattr(filesystem, "lock", lambda _: None)
    lock = tmp_path / "out.h5.lock"
    lock.write_text(text)
    os.utime(lock, (0, 0))  # for long nobody has been writing it
    with pytest.raises(OutputError, match=r"out\.h5\.lock: is not the lock of a run; move it"):
        run_sweep(SPEC, tmp_path / "out.h5", **options)
    assert contents(tmp_path) == {"out.h5.lock": text.encode()}


@pytest.mark.parametrize("name", ["out.h5.journal", "out.h5.partial"])
@pytest.mark.parametrize("options", MODES[:3], ids=str)
def test_unfinished_work_that_is_none_is_left_alone(tmp_path, name, options):
    (tmp_path / name).write_text(NOTES)
    with pytest.raises(OutputError, match=f"{name}: is not unfinished work; move it away"):
        run_sweep(SPEC, tmp_path / "out.h5", **options)
    assert contents(tmp_path) == {name: NOTES.encode()}
    run_sweep(SPEC, tmp_path / "out.h5", force=True)
    assert os.listdir(tmp_path) == ["out.h5"]


def test_a_journal_that_is_none_is_left_alone_beside_a_result(tmp_path):
    run_sweep(SPEC, tmp_path / "out.h5")
    (tmp_path / "out.h5.journal").write_text(NOTES)
    with pytest.raises(OutputError, match="is not unfinished work"):
        run_sweep(SPEC, tmp_path / "out.h5", resume=True)
    assert (tmp_path / "out.h5.journal").read_text() == NOTES


def test_a_merger_leaves_files_of_others_alone_as_well(tmp_path):
    run_sweep(SPEC, tmp_path / "1.h5", shard="1/1")
    for name in ("out.h5.lock", "out.h5.journal", "out.h5.partial"):
        (tmp_path / name).write_text(NOTES)
        with pytest.raises(OutputError, match=f"{name}: is not"):
            merge(tmp_path / "out.h5", [tmp_path / "1.h5"])
        assert (tmp_path / name).read_text() == NOTES
        (tmp_path / name).unlink()


@pytest.mark.parametrize("ending", ["lock", "journal", "partial", "taking"])
@pytest.mark.parametrize("options", [[], ["--force"]], ids=str)
def test_a_shard_with_the_name_of_a_file_of_the_merger_is_kept(tmp_path, ending, options):
    shard = tmp_path / f"z.h5.{ending}"
    run_sweep(SPEC, tmp_path / "1.h5", shard="1/1")
    before = (tmp_path / "1.h5").rename(shard).read_bytes()
    message = command("merge", tmp_path / "z.h5", shard, *options, code=2)
    assert "is one of the shards; choose another output" in message
    assert contents(tmp_path) == {shard.name: before}


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        ("lock", "would replace the spec itself"),
        ("journal", "is not a readable HDF5 file"),  # no spec has the name of a journal
        ("taking", "would replace the spec itself"),
    ],
)
@pytest.mark.parametrize("options", [[], ["--resume"], ["--force"]], ids=str)
def test_a_spec_with_the_name_of_a_file_of_the_run_is_kept(tmp_path, ending, reason, options):
    spec = tmp_path / f"z.h5.{ending}"
    spec.write_text(TEXT)
    message = command("run", spec, "-o", tmp_path / "z.h5", *options, code=2)
    assert reason in message
    assert contents(tmp_path) == {spec.name: TEXT.encode()}


@pytest.mark.parametrize("torn", [b"", b"\0" * 90, b'{"ho', b'{"host": "a", "pid": 7'])
def test_a_lock_that_a_run_died_over_is_taken(out, torn):
    output_path_of(out).lock.write_bytes(torn)
    run_sweep(SPEC, out, resume=True)
    assert os.listdir(out.parent) == ["out.h5"]


@pytest.mark.parametrize("torn", [b"", b"\0" * 5000, b'{"spec_sha', b'{"spec_sha256": "0123'])
def test_a_journal_that_a_run_died_over_is_begun_anew(tmp_path, torn):
    (tmp_path / "out.h5.journal").write_bytes(torn)
    run_sweep(SPEC, tmp_path / "out.h5", resume=True)
    assert os.listdir(tmp_path) == ["out.h5"]


# What is not even a file


def folder(path):
    path.mkdir()


def pipe(path):
    os.mkfifo(path)


def loop(path):
    path.symlink_to(path.name)


def link_to_a_file(path):
    (path.parent / "elsewhere").write_text(NOTES)
    path.symlink_to("elsewhere")


def link_to_a_pipe(path):
    os.mkfifo(path.parent / "elsewhere")
    path.symlink_to("elsewhere")


def listening(path):
    here = os.getcwd()
    os.chdir(path.parent)  # names of sockets are short
    with socket.socket(socket.AF_UNIX) as found:
        found.bind(path.name)
    os.chdir(here)


KINDS = [folder, pipe, loop, link_to_a_file, link_to_a_pipe, listening]


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("ending", ["lock", "journal", "partial", "taking"])
def test_what_is_not_a_file_is_refused_without_waiting(tmp_path, make, ending):
    (tmp_path / "a.yaml").write_text(TEXT)
    path = tmp_path / f"out.h5.{ending}"
    make(path)
    before = sorted(tmp_path.iterdir())
    run_sweep(SPEC, tmp_path / "1.h5", shard="1/1")
    out = tmp_path / "out.h5"
    for words in ([], ["--resume"], ["--force"]):
        message = command("run", tmp_path / "a.yaml", "-o", out, *words, code=2)
        assert message.startswith(f"{path}: is not a regular file")
        assert "are safe" not in message
    assert f"{path}: is not" in command("merge", out, tmp_path / "1.h5", code=2)
    (tmp_path / "1.h5").unlink()
    for reader in ("info", "verify", "plot"):
        message = command(reader, out, code=2)
        assert len(message.splitlines()) == 1
        command(reader, path, code=2)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
def test_a_picture_replaces_nothing_but_a_file(tmp_path, make):
    run_sweep(SPEC, tmp_path / "a.h5")
    make(tmp_path / "a.png")
    before = (tmp_path / "a.png").lstat()
    if make is link_to_a_file:  # a link to a file stays one, and the picture is put there
        command("plot", tmp_path / "a.h5", code=0)
        assert (tmp_path / "elsewhere").read_bytes().startswith(b"\x89PNG")
    else:
        assert "a.png" in command("plot", tmp_path / "a.h5", code=2)
    assert (tmp_path / "a.png").lstat() == before


def test_a_picture_does_not_replace_a_device(tmp_path):
    run_sweep(SPEC, tmp_path / "a.h5")
    (tmp_path / "a.png").symlink_to("/dev/null")
    assert "a.png: is not a regular file" in command("plot", tmp_path / "a.h5", code=2)
    assert Path("/dev/null").is_char_device()


def test_a_picture_does_not_replace_the_curve_that_is_drawn_over_it(tmp_path):
    run_sweep(SPEC, tmp_path / "a.h5")
    text = "V (V),I (A)\n0,0\n1,1\n"
    (tmp_path / "measured.png").write_text(text)
    (tmp_path / "link.png").symlink_to("measured.png")
    for name in ("measured.png", "link.png"):
        words = ("--overlay", tmp_path / "measured.png", "-o", tmp_path / name)
        assert "choose another output" in command("plot", tmp_path / "a.h5", *words, code=2)
    assert (tmp_path / "measured.png").read_text() == text


def test_a_measured_curve_is_read_from_a_file(tmp_path):
    run_sweep(SPEC, tmp_path / "a.h5")
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path / "pipe.csv", "/dev/zero"):
        message = command("plot", tmp_path / "a.h5", "--overlay", path, code=2)
        assert message == f"{path}: is not a regular file\n"


# What is written there


@pytest.mark.parametrize(
    "text",
    [f'{{"host": "a", "pid": {pid}, "born": ""}}'
     for pid in ("-1", "0", "1e3", "true", "null", '"1"', "2147483648", "9" * 30, "[" * 3000)]
    + ['{"host": "a", "pid": 1, "born": []}', '{"host": "a"}', '{"host": "' + "x" * 9000],
)  # fmt: skip
def test_an_owner_that_cannot_be_is_none(out, text):
    output_path_of(out).lock.write_text(text)
    assert dataset.unfinished_at(out).running is None
    run_sweep(SPEC, out, resume=True)
    assert os.listdir(out.parent) == ["out.h5"]


HEADERS = [
    ("overrides", [1]), ("overrides", "a"), ("overrides", ["T_S=0.7"] * 200), ("text", 7),
    ("text", "\x1b[2J"), ("text", "x" * 300_000), ("name", None), ("name", "a\x9bb"),
    ("started", "soon"), ("started", "\x1b[2J"), ("geometry", None), ("geometry", [-1]),
    ("geometry", [True]), ("points", "many"), ("points", -5), ("points", 10**400),
    ("chunks", 1.5), ("size", None), ("offsets", [1]), ("offsets", {"V": "0"}), ("shard", 1),
    ("replace", 1), ("replace", None), ("layout", "1"), ("format", "1"), ("kernels", []),
    ("spec_sha256", {}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), HEADERS, ids=lambda it: f"{it!r:.20}")
def test_a_first_line_of_a_journal_that_nobody_wrote_is_damage(out, name, value):
    """Its checksum is the one that goes with it."""
    journal = output_path_of(out).journal
    first, *rest = journal.read_bytes().splitlines(keepends=True)
    header = json.loads(first) | {name: value}
    del header["crc32"]
    journal.write_bytes(b"".join([_packed(header), *rest]))
    with pytest.raises(StoreError, match="is damaged in its first line"):
        run_sweep(SPEC, out, resume=True)
    assert "is damaged in its first line" in command("info", out, code=2)
    run_sweep(SPEC, out, resume=True, repair=True)
    assert dataset.describe(out).complete


@pytest.mark.parametrize(
    "record",
    [
        {"forget": 7}, {"forget": ["1"]}, {"forget": [1], "more": 1}, {"chunk": "0"},
        {"chunk": -1}, {"points": 1.5}, {"points": 10**300}, {"missed": None}, {"sha256": "abc"},
        {"sha256": 7}, {"seconds": float("nan")}, {"seconds": float("inf")}, {"seconds": "1"},
        {"seconds": -1}, {"extra": 1},
    ],
    ids=str,
)  # fmt: skip
def test_a_line_of_a_journal_that_nobody_wrote_is_damage(out, record):
    journal = output_path_of(out).journal
    first, second, *rest = journal.read_bytes().splitlines(keepends=True)
    content = json.loads(second)
    del content["crc32"]
    content = record if "forget" in record else content | record
    journal.write_bytes(b"".join([first, _packed(content), *rest]))
    with pytest.raises(StoreError, match="journal in line 2;"):
        run_sweep(SPEC, out, resume=True)
    command("info", out, code=0)
    run_sweep(SPEC, out, resume=True, repair=True)
    assert dataset.describe(out).complete


def test_a_clock_beyond_the_year_9999_stops_nothing(out, monkeypatch):
    class Late(datetime):
        @classmethod
        def now(cls, tz=None):  # noqa: ARG003
            raise ValueError("year 10000 is out of range")

    monkeypatch.setattr("thermospin.dataset.provenance.datetime", Late)
    with OutputLock(output_path_of(out)):
        assert dataset.unfinished_at(out).ends == "9999-12-31T23:59:59Z"
    run_sweep(SPEC, out, resume=True)
    assert dataset.describe(out).provenance["finished"] == "9999-12-31T23:59:59Z"


# Two runs


def test_a_run_that_comes_second_computes_nothing(tmp_path):
    """Both found no output; the first ends while the second is being tested."""
    path = tmp_path / "out.h5"

    def meanwhile():
        run_sweep(SPEC, path)
        return sound_kernels()

    second = replace(TINY_CHUNKS, evaluate=None, numerics=meanwhile)
    with pytest.raises(OutputError, match=r"out\.h5: exists; replace it with --force"):
        run_sweep(SPEC, path, engine=second)
    assert os.listdir(tmp_path) == ["out.h5"]
    assert run_sweep(SPEC, path, resume=True).skipped == SPEC.size


def test_a_merger_that_comes_second_copies_nothing(tmp_path, monkeypatch):
    run_sweep(SPEC, tmp_path / "1.h5", shard="1/1")
    enter = OutputLock.__enter__

    def late(claim):
        monkeypatch.setattr(OutputLock, "__enter__", enter)
        merge(tmp_path / "out.h5", [tmp_path / "1.h5"])
        return enter(claim)

    monkeypatch.setattr(OutputLock, "__enter__", late)
    with pytest.raises(OutputError, match=r"out\.h5: exists; replace it with --force"):
        merge(tmp_path / "out.h5", [tmp_path / "1.h5"])
    assert sorted(os.listdir(tmp_path)) == ["1.h5", "out.h5"]


@pytest.mark.parametrize("shard", [None, "2/2"])
def test_a_damaged_result_is_not_taken_for_the_result(tmp_path, shard):
    path = tmp_path / "out.h5"
    run_sweep(SPEC, path, shard=shard)
    sound = path.read_bytes()
    with opened(path) as file:
        places = {name: variable.place for name, variable in file.variables.items()}
    for name, (start, end) in places.items():
        for place in {start, (start + end) // 2, end - 1}:
            damaged = bytearray(sound)
            damaged[place] ^= 0x10
            path.write_bytes(damaged)
            with pytest.raises(StoreError, match=f"is damaged: .* those of {name}; .*--force"):
                run_sweep(SPEC, path, shard=shard, resume=True)
            assert path.read_bytes() == damaged
    path.write_bytes(sound.replace(b"GCOL", b"GCOW"))
    with pytest.raises(StoreError, match=r"is damaged.*--force"):
        run_sweep(SPEC, path, shard=shard, resume=True)
    run_sweep(SPEC, path, shard=shard, force=True)
    assert bits(path)["I_q"]


# What file systems cannot do


class WithoutSync:
    """``os`` on a file system that does not know one of its calls."""

    def __init__(self, number, folders_only=False):
        self.number, self.folders_only = number, folders_only

    def __getattr__(self, name):
        return getattr(os, name)

    def fsync(self, descriptor):
        if not self.folders_only or os.path.isdir(f"/proc/self/fd/{descriptor}"):
            raise OSError(self.number, os.strerror(self.number))


@pytest.mark.parametrize("folders_only", [True, False], ids=["folders", "all"])
@pytest.mark.parametrize("number", [errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS, 524])
def test_where_nothing_can_be_synchronised_the_run_goes_on_and_says_so_once(
    tmp_path, monkeypatch, number, folders_only
):
    (tmp_path / "a.yaml").write_text(TEXT)
    run_sweep(SPEC, tmp_path / "reference.h5")
    monkeypatch.setattr(filesystem, "os", WithoutSync(number, folders_only))
    monkeypatch.setattr(filesystem, "__warningregistry__", {}, raising=False)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        message = command("run", tmp_path / "a.yaml", "-o", tmp_path / "out.h5", "-q", code=0)
    assert message.count("cannot be asked to bring files to the medium") == 1
    assert len(message.splitlines()) == 1
    assert bits(tmp_path / "out.h5") == bits(tmp_path / "reference.h5")
    with pytest.warns(DurabilityWarning, match="not a power cut"):
        merge_of_shards(tmp_path)


@pytest.mark.parametrize("number", [errno.EINVAL, errno.EIO])
def test_a_picture_that_cannot_be_synchronised_is_named_or_is_there(tmp_path, monkeypatch, number):
    run_sweep(SPEC, tmp_path / "a.h5")
    monkeypatch.setattr(filesystem, "os", WithoutSync(number))
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        message = command("plot", tmp_path / "a.h5", code=1 if number == errno.EIO else 0)
    assert len(message.splitlines()) == 1
    if number == errno.EIO:
        assert message.startswith(f"{tmp_path / 'a.png'}: Input/output error")
        assert os.listdir(tmp_path) == ["a.h5"]
    else:
        assert message.startswith("this file system cannot be asked")
        assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_a_warning_is_told_once_and_in_a_line(capsys):
    with warnings_on_stderr():
        for text in ("low", "low", "high", "low"):
            with warnings.catch_warnings():  # as libraries do, after which a warning is new again
                warnings.simplefilter("default")
                warnings.warn(text, DurabilityWarning, stacklevel=1)
    assert capsys.readouterr().err == "low\nhigh\n"


def merge_of_shards(folder):
    run_sweep(SPEC, folder / "1.h5", shard="1/1")
    merge(folder / "merged.h5", [folder / "1.h5"])


def test_other_errors_of_synchronising_end_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(filesystem, "os", WithoutSync(errno.EIO))
    with pytest.raises(OSError, match="Input/output error"):
        run_sweep(SPEC, tmp_path / "out.h5")


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, 524])
def test_a_file_system_without_locks_is_told_by_its_error(out, monkeypatch, number):
    def without_locks(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(filesystem.fcntl, "flock", without_locks)
    output_path_of(out).lock.write_text(json.dumps(vars(LockOwner.here()) | {"host": "elsewhere"}))
    with pytest.raises(OutputError, match="if it has died, remove"):
        run_sweep(SPEC, out, resume=True)
    output_path_of(out).lock.unlink()
    run_sweep(SPEC, out, resume=True)


@pytest.mark.parametrize("place", ["lock", "journal", "partial"])
def test_a_file_system_full_of_files_is_not_said_to_lack_bytes(tmp_path, monkeypatch, place):
    create = filesystem.create

    def full(path):
        if path.name.endswith(place):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return create(path)

    class NoInodes:
        f_files, f_favail, f_frsize, f_blocks, f_bavail, f_bfree = 1000, 0, 4096, 9, 9, 9

    (tmp_path / "a.yaml").write_text(TEXT)
    monkeypatch.setattr(filesystem, "create", full)
    monkeypatch.setattr("thermospin.dataset.filesystem.os.statvfs", lambda _: NoInodes)
    message = command("run", tmp_path / "a.yaml", "-q", "-o", tmp_path / "out.h5", code=1)
    assert "no inodes are free); remove some files or choose another folder" in message
    assert "bytes" not in message
    assert os.listdir(tmp_path) == ["a.yaml"]
