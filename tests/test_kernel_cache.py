"""Compiled code is loaded only from where nobody else can put it, and only if it is whole."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest
from click.testing import CliRunner
from conftest import INTERPRETED

from thermospin.cli import main
from thermospin.kernels import private
from thermospin.kernels.compiled import CACHE_DIRECTORY, entry
from thermospin.kernels.kept import SUFFIX, Kept
from thermospin.kernels.private import make_private, read_private, write_private

STRANGER = 12345  # another user


@pytest.fixture
def give_away(monkeypatch):
    """Let a path belong to another user: really where this process may, else as the system tells.

    Root, whose files are trusted, is then not the one who asks.
    """

    def give(path):
        if os.geteuid() == 0:
            os.chown(path, STRANGER, -1, follow_symlinks=False)
            return
        true = os.lstat

        def lstat(asked, **options):
            status = true(asked, **options)
            if os.fspath(asked) != os.fspath(path):
                return status
            return os.stat_result((*status[:4], STRANGER, *status[5:10]))

        monkeypatch.setattr(os, "lstat", lstat)

    return give


def open_to_all(path, *, sticky):
    path.mkdir()
    path.chmod(0o1777 if sticky else 0o777)
    return path


def refused(path, reason):
    """Check that a folder is not private for a reason, and that nothing was made in it."""
    before = sorted(path.parent.rglob("*")) if path.parent.is_dir() else []
    with pytest.raises(OSError, match=reason):
        make_private(path)
    assert (sorted(path.parent.rglob("*")) if path.parent.is_dir() else []) == before


# -- folders -------------------------------------------------------------------------------------


@pytest.mark.parametrize("umask", [0, 0o002, 0o022, 0o077])
def test_what_is_missing_is_made_for_the_user_alone_whatever_the_umask(tmp_path, umask):
    before = os.umask(umask)
    try:
        make_private(tmp_path / "a" / "b" / "c")
        write_private(tmp_path / "a" / "b" / "c" / "file", b"code")
    finally:
        os.umask(before)
    for folder in ("a", "a/b", "a/b/c"):
        assert (tmp_path / folder).stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a/b/c/file").stat().st_mode & 0o777 == 0o600
    make_private(tmp_path / "a" / "b" / "c")  # found again


def test_a_folder_for_the_user_alone_in_one_for_all_is_private_if_that_is_sticky(tmp_path):
    make_private(open_to_all(tmp_path / "tmp", sticky=True) / "mine")
    refused(open_to_all(tmp_path / "open", sticky=False) / "mine", "open: others can write to it")


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777, 0o720, 0o702, 0o1777])
def test_a_folder_that_others_can_write_to_is_not_private(tmp_path, mode):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept").chmod(mode)
    refused(tmp_path / "kept", "kept: others can write to it")


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("mode", [0o770, 0o707])
def test_nor_is_one_below_such_a_folder_at_any_depth(tmp_path, depth, mode):
    folder = tmp_path / "a" / "b" / "c" / "d"
    folder.mkdir(parents=True, mode=0o700)
    folder.parents[depth - 1].chmod(mode)
    refused(folder, f"{folder.parents[depth - 1].name}: others can write to it")


@pytest.mark.parametrize("name", ["a", "a/b", "a/b/c"])
def test_nor_is_one_on_whose_way_a_folder_of_another_user_lies(tmp_path, give_away, name):
    open_to_all(tmp_path / "a", sticky=True)
    (tmp_path / "a/b/c").mkdir(parents=True)
    give_away(tmp_path / name)
    refused(tmp_path / "a/b/c", f"{name}: belongs to another user")


def test_a_link_is_as_good_as_the_way_to_what_it_stands_for(tmp_path):
    (tmp_path / "true").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to("true")
    (tmp_path / "again").symlink_to(tmp_path / "link")
    make_private(tmp_path / "again" / "kept")
    assert (tmp_path / "true" / "kept").is_dir()
    within = open_to_all(tmp_path / "open", sticky=False) / "true"
    within.mkdir(mode=0o700)
    (tmp_path / "way").symlink_to(within)
    (tmp_path / "over").symlink_to("open/../true")
    refused(tmp_path / "way" / "kept", "open: others can write to it")
    refused(tmp_path / "over" / "kept", "open: others can write to it")


def test_a_link_of_another_user_is_not_followed(tmp_path, give_away):
    (tmp_path / "true").mkdir(mode=0o700)
    shared = open_to_all(tmp_path / "tmp", sticky=True)
    (shared / "link").symlink_to(tmp_path / "true")
    give_away(shared / "link")
    refused(shared / "link" / "kept", "link: belongs to another user")


def test_what_is_no_folder_and_what_leads_nowhere_is_not_private(tmp_path):
    (tmp_path / "file").touch(mode=0o600)
    refused(tmp_path / "file" / "kept", "Not a directory")
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    refused(tmp_path / "nowhere" / "kept", "No such file or directory")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    refused(tmp_path / "loop" / "kept", "Too many levels of symbolic links")


def test_the_folder_of_these_tests_is_private():
    assert CACHE_DIRECTORY is not None
    make_private(CACHE_DIRECTORY)


# -- the command ---------------------------------------------------------------------------------


def where_kept(folder, **environment):
    """Return the folder that a process keeps its kernels in, and why it has none."""
    code = "from thermospin.kernels import compiled as c; print(c.CACHE_DIRECTORY, c.WHY_NOT_KEPT)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"NUMBA_CACHE_DIR": str(folder)} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_folder_that_another_user_made_first_is_not_used(tmp_path, give_away):
    """In a folder for all, as on a shared node: its owner could exchange what is in it."""
    shared = open_to_all(tmp_path / "scratch", sticky=True)
    (shared / "thermospin").mkdir()
    (shared / "thermospin").chmod(0o777)
    assert where_kept(shared) == f"None {shared / 'thermospin'}: others can write to it"
    (shared / "thermospin").chmod(0o755)
    if os.geteuid() == 0:  # a process of its own can be told by the file system only
        give_away(shared / "thermospin")
        assert where_kept(shared) == f"None {shared / 'thermospin'}: belongs to another user"
        (shared / "thermospin").rmdir()
    else:
        (shared / "thermospin").chmod(0o700)
    kept = where_kept(shared).split()[0]
    assert Path(kept).parent == shared / "thermospin"
    assert not Path(kept).stat().st_mode & 0o077


def test_a_folder_named_from_the_current_one_stays_where_it_is(tmp_path, monkeypatch):
    """A process that goes on to a folder of another user must not load what lies there."""
    monkeypatch.chdir(tmp_path)
    assert Path(where_kept("mine").split()[0]).parent == tmp_path / "mine" / "thermospin"


def test_why_nothing_is_kept_is_told(monkeypatch, tmp_path):
    reason = "somewhere: others can write to it"
    for module in ("thermospin.kernels.compiled", "thermospin.sweep.warmup"):
        monkeypatch.setattr(f"{module}.CACHE_DIRECTORY", None)
        monkeypatch.setattr(f"{module}.WHY_NOT_KEPT", reason)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    Path("small.yaml").write_text("fixed: {T_S: 0.7}\naxes: {V: [0.1]}\noutputs: [I_q]\n")
    monkeypatch.setattr("thermospin.sweep.run_sweep", lambda *_, **__: 1 / 0)  # it is told before
    told = f"kernels are compiled at every start: {reason}"
    assert told in CliRunner().invoke(main, ["run", "small.yaml"]).stderr
    assert (
        f"none, {told.replace('are compiled', 'compile')}"
        in CliRunner().invoke(main, ["info"]).stdout
    )
    warmed = CliRunner().invoke(main, ["warmup"])
    assert warmed.exit_code == 1
    assert f"{reason}; set NUMBA_CACHE_DIR to a folder of your own" in warmed.stderr


# -- files ---------------------------------------------------------------------------------------


def triple(x):
    return 3.0 * x + 1.0


def cube(x):
    return x**3


def kernel(function, folder):
    """Return a kernel that was not called yet, whose code is kept in a folder."""
    compiled = numba.njit(function)
    compiled._cache = Kept(function, folder)
    return compiled


def loaded(function, argument, folder):
    """Call a kernel; return whether its code was loaded, after checking what it returns."""
    compiled = kernel(function, folder)
    assert compiled(argument) == function(argument)
    assert sum(compiled.stats.cache_hits.values()) + sum(compiled.stats.cache_misses.values()) == 1
    return bool(compiled.stats.cache_hits)


needs_compiler = pytest.mark.skipif(INTERPRETED, reason="nothing is compiled")


@pytest.fixture
def kept(tmp_path):
    """Return a folder with the code of one kernel, and its file."""
    make_private(tmp_path / "kept")
    assert not loaded(triple, 2.0, tmp_path / "kept")
    (path,) = (tmp_path / "kept").iterdir()
    return path


class Opened:
    """What a planted pickle does: it tells that it was loaded."""

    def __reduce__(self):
        return os.mkdir, ("opened",)


@needs_compiler
def test_code_is_kept_for_each_kernel_and_signature(kept):
    assert kept.suffix == SUFFIX
    assert loaded(triple, 2.0, kept.parent)
    assert not loaded(triple, 2, kept.parent)
    assert not loaded(cube, 2.0, kept.parent)
    assert len(list(kept.parent.iterdir())) == 3
    for function, argument in ((triple, 2.0), (triple, 2), (cube, 2.0)):
        assert loaded(function, argument, kept.parent)


@needs_compiler
def test_an_entry_of_the_package_is_kept_so():
    assert isinstance(entry(triple)._cache, Kept)


@needs_compiler
def test_no_damage_of_a_file_is_loaded(kept):
    whole = kept.read_bytes()
    compiled = kernel(triple, kept.parent)
    context = compiled.targetctx
    signature = (numba.float64,)
    assert compiled._cache.load_overload(signature, context) is not None
    for place in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        kept.write_bytes(damaged)
        assert compiled._cache.load_overload(signature, context) is None
    for part in (b"", whole[:-1], whole[1:], whole[: len(whole) // 2], whole + b"\0", whole[-32:]):
        kept.write_bytes(part)
        assert compiled._cache.load_overload(signature, context) is None


@needs_compiler
def test_damaged_code_is_compiled_again_and_then_whole(kept):
    damaged = bytearray(kept.read_bytes())
    damaged[len(damaged) // 2] ^= 4
    kept.write_bytes(damaged)
    assert not loaded(triple, 2.0, kept.parent)
    assert loaded(triple, 2.0, kept.parent)


@needs_compiler
def test_code_of_another_kernel_in_the_place_of_a_file_is_not_loaded(kept):
    assert not loaded(cube, 2.0, kept.parent)
    (other,) = set(kept.parent.iterdir()) - {kept}
    kept.write_bytes(other.read_bytes())
    assert not loaded(triple, 2.0, kept.parent)


@needs_compiler
def test_a_planted_pickle_is_not_loaded(kept, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pickle.loads(pickle.dumps(Opened()))
    Path("opened").rmdir()  # it would be
    kept.write_bytes(pickle.dumps(Opened()))
    assert not loaded(triple, 2.0, kept.parent)
    assert not Path("opened").exists()


@needs_compiler
@pytest.mark.parametrize("kind", ["of another", "writable", "link", "pipe", "folder"])
def test_a_file_that_is_not_private_is_not_loaded(kept, tmp_path, monkeypatch, kind):
    if kind == "of another":
        true = private._objection
        monkeypatch.setattr(os, "geteuid", lambda: STRANGER)
        monkeypatch.setattr(private, "_ROOT", STRANGER)
        assert true(kept.stat()) == "belongs to another user"
    elif kind == "writable":
        kept.chmod(0o660)
    elif kind == "link":
        kept.rename(tmp_path / "elsewhere")
        kept.symlink_to(tmp_path / "elsewhere")
    else:
        kept.unlink()
        os.mkfifo(kept) if kind == "pipe" else kept.mkdir()
    cache = kernel(triple, kept.parent)
    assert cache._cache.load_overload((numba.float64,), cache.targetctx) is None


def test_a_private_file_is_read_and_nothing_else(tmp_path):
    write_private(tmp_path / "file", b"code")
    assert read_private(tmp_path / "file") == b"code"
    for mode in (0o620, 0o602):
        (tmp_path / "file").chmod(mode)
        with pytest.raises(OSError, match="file: others can write to it"):
            read_private(tmp_path / "file")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@needs_compiler
def test_a_folder_without_room_is_named_with_the_way_out(kept, monkeypatch):
    def full(path, content):  # noqa: ARG001
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("thermospin.kernels.kept.write_private", full)
    with pytest.raises(OSError, match=r"No space left.*set NUMBA_CACHE_DIR to a private") as error:
        kernel(cube, kept.parent)(2.0)
    assert str(kept.parent) in str(error.value)


@needs_compiler
def test_two_processes_that_compile_one_kernel_for_other_arguments_do_not_mix_them(kept):
    """Numba numbers the files of a kernel: of two that write at once one gets the other's code."""
    first, second = (kernel(cube, kept.parent) for _ in range(2))
    vectors = np.arange(3.0)
    assert first(2.0) == 8.0
    assert second(vectors).tolist() == [0.0, 1.0, 8.0]
    assert loaded(cube, 2.0, kept.parent)
    again = kernel(cube, kept.parent)
    assert again(vectors).tolist() == [0.0, 1.0, 8.0]
    assert again.stats.cache_hits
