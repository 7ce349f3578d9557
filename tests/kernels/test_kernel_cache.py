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
from frozen_records import INTERPRETED

from thermospin import bcs_gap, density_of_states
from thermospin.cli import main
from thermospin.machine import linking, private_files
from thermospin.machine.code_cache import SUFFIX, Kept
from thermospin.machine.compilation import CACHE_DIRECTORY, entry
from thermospin.machine.private_files import make_private

STRANGER = 12345  # another user

# -- the folder ----------------------------------------------------------------------------------


def test_the_folder_of_these_tests_is_private():
    assert CACHE_DIRECTORY is not None
    make_private(CACHE_DIRECTORY)


def where_kept(folder, **environment):
    """Return the folder that a process keeps its kernels in, and why it has none."""
    code = (
        "from thermospin.machine import compilation as c; print(c.CACHE_DIRECTORY, c.WHY_NOT_KEPT)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"NUMBA_CACHE_DIR": str(folder)} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_folder_that_another_user_made_first_is_not_used(tmp_path):
    """In a folder for all, as on a shared node: its owner could exchange what is in it."""
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch").chmod(0o1777)
    first = tmp_path / "scratch" / "thermospin"
    first.mkdir()
    first.chmod(0o777)
    assert where_kept(first.parent) == f"None {first}: others can write to it"
    first.chmod(0o700)
    if os.geteuid() == 0:  # only root can give a folder away
        os.chown(first, STRANGER, -1)
        assert where_kept(first.parent) == f"None {first}: belongs to another user"
        os.chown(first, 0, -1)
    kept = Path(where_kept(first.parent).split()[0])
    assert kept.parent == first
    assert not kept.stat().st_mode & 0o077


def test_a_folder_named_from_the_current_one_stays_where_it_is(tmp_path, monkeypatch):
    """A process that goes on to a folder of another user must not load what lies there."""
    monkeypatch.chdir(tmp_path)
    assert Path(where_kept("mine").split()[0]).parent == tmp_path / "mine" / "thermospin"


def test_why_nothing_is_kept_is_told(monkeypatch, tmp_path):
    reason = "somewhere: others can write to it"
    for module in ("thermospin.machine.compilation", "thermospin.execution.warmup"):
        monkeypatch.setattr(f"{module}.CACHE_DIRECTORY", None)
        monkeypatch.setattr(f"{module}.WHY_NOT_KEPT", reason)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    Path("small.yaml").write_text("fixed: {T_S: 0.7}\naxes: {V: [0.1]}\noutputs: [I_q]\n")
    monkeypatch.setattr(
        "thermospin.execution.run_sweep", lambda *_, **__: 1 / 0
    )  # it is told before
    told = f"kernels are compiled anew at every start: {reason}"
    assert told in CliRunner().invoke(main, ["run", "small.yaml"]).stderr
    assert f"none, {told}" in CliRunner().invoke(main, ["info"]).stdout
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
    compiled._cache = Kept(f"{function.__module__}.{function.__qualname__}", folder)
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
        true = private_files._objection
        monkeypatch.setattr(os, "geteuid", lambda: STRANGER)
        monkeypatch.setattr(private_files, "_ROOT", STRANGER)
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


@needs_compiler
def test_a_folder_without_room_is_named_with_the_way_out(kept, monkeypatch):
    def full(path, content):  # noqa: ARG001
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("thermospin.machine.code_cache.write_private", full)
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


# -- how functions that only kernels call are compiled -------------------------------------------


@needs_compiler
def test_numba_has_the_private_names_that_linking_overrides():
    """If not: mend machine/linking.py; till then first runs only take longer."""
    assert linking.missing_names() == []


WITHOUT_LINKING = """
import sys
sys.modules["thermospin.machine.linking"] = None
import thermospin as ts
from thermospin.machine.compilation import LINKED, RAW
assert LINKED == RAW == {}
print(float(ts.bcs_gap(0.7, 0.2)).hex(), float(ts.density_of_states(0.3, 0.9, 1e-3)).hex())
"""


@needs_compiler
def test_a_numba_without_them_computes_the_same_bits(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_LINKING],
        env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    values = bcs_gap(0.7, 0.2), density_of_states(0.3, 0.9, 1e-3)
    assert done.stdout.split() == [float(value).hex() for value in values]


WATCHED = """
import io, sys, numba
from pathlib import Path
from thermospin.machine.code_cache import Kept

class Watched(io.StringIO):
    def isatty(self):
        return {watched}

sys.stderr = Watched()
for number in range(2):
    def add(x):
        return x + number
    compiled = numba.njit(add)
    compiled._cache = Kept(f"add {{number}}", Path({folder!r}))
    assert compiled(1.0) == 1.0 + number
print(sys.stderr.getvalue())
"""


@pytest.mark.parametrize("watched", [True, False])
def test_somebody_at_a_terminal_is_told_once_that_kernels_are_being_compiled(tmp_path, watched):
    folder = tmp_path / "kernels"
    folder.mkdir(mode=0o700)
    code = WATCHED.format(watched=watched, folder=str(folder))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    told = "thermospin: compiling kernels (first use only) …"
    assert done.stdout.strip() == (told if watched else "")
