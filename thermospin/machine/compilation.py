"""How kernels are compiled: the one place for decorators, flags and the cache on disk.

``cache=True`` of numba stores a kernel beside a stamp of *its own* source file; an edit in another
file that the kernel calls goes unseen and stale numbers are returned. Compiled code is therefore
kept by ``code_cache``, in a directory whose name is a hash of all sources that kernels are made of
and of the compiler's version.
"""

import hashlib
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np

from thermospin.machine.code_cache import Kept
from thermospin.machine.private_files import make_private

try:
    from thermospin.machine.linking import LinkedOnly, RawOnly
except ImportError:  # a Numba without the private names in there: all is compiled in full
    LINKED: Any = {}
    RAW: Any = {}
else:
    LINKED, RAW = {"pipeline_class": LinkedOnly}, {"pipeline_class": RawOnly}

CONFIG: Any = numba.config  # its attributes are made when numba is imported

UNCOUNTED: Any = {"_nrt": False}
"""For functions that neither make memory nor return it. To count the references to a workspace in
and out of every step, which numba does atomically, takes a twentieth of the time of a current; what
made it counts them for all that it calls. Numba refuses to make memory in such a function, and
``linking`` to return it."""


def source_digest() -> str:
    """Return a hash of the sources that kernels are made of and of what compiles them.

    The processor is not part of it: numba keeps the code of each processor apart.
    """
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    digest.update((package / "units.py").read_bytes())
    for room in ("machine", "kernels"):
        for source in sorted((package / room).rglob("*.py")):
            digest.update(source.read_bytes())
    for version in (sys.version, numba.__version__, llvmlite.__version__, np.__version__):
        digest.update(version.encode())
    return digest.hexdigest()[:16]


def _user_cache() -> Path:
    if configured := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(configured)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _private_directory() -> tuple[Path | None, str]:
    """Return the directory for compiled code; or None, and why there is none."""
    try:
        # Absolute: the same folder whatever becomes the current one.
        directory = _user_cache().absolute() / "thermospin" / source_digest()
        make_private(directory)
    except OSError as error:
        return None, f"{error.filename}: {error.strerror}" if error.filename else str(error)
    except RuntimeError as error:  # no home directory
        return None, str(error)
    return directory, ""


CACHE_DIRECTORY, WHY_NOT_KEPT = _private_directory()
"""Where compiled kernels are kept between runs; None, and the reason, if no place is private."""


def _compiled(function: Callable[..., Any], *, is_merged: bool, **more: Any) -> Any:
    """Compile a function, which is always merged into its callers, or where the compiler likes.

    Each has to say which: Numba would hand the word of the first caller down to all that it calls,
    and large functions would be there many times.
    """
    return numba.njit(nogil=True, error_model="numpy", forceinline=is_merged, **more)(function)


def entry(function: Callable[..., Any]) -> Any:
    """Compile a kernel that Python or other kernels call: kept on disk, releases the GIL."""
    compiled = _compiled(function, is_merged=False)
    if CACHE_DIRECTORY is not None and not CONFIG.DISABLE_JIT:
        name = f"{function.__module__}.{function.__qualname__}"
        compiled._cache = Kept(name, CACHE_DIRECTORY)
    return compiled


def inner(function: Callable[..., Any]) -> Any:
    """Compile a function that only kernels call; it is stored with its callers."""
    return _compiled(function, is_merged=False, **LINKED)


def outer(function: Callable[..., Any]) -> Any:
    """Compile a function around the integrals: it is optimised once, within the kernel at its end.

    As `inner` each function on the way from an integral to that kernel would optimise both again.
    """
    return _compiled(function, is_merged=False, **RAW)


def merged(function: Callable[..., Any]) -> Any:
    """Compile a step of a kernel that is merged into the function that calls it.

    Passing a workspace of many arrays to a function of its own costs more than most steps do.
    """
    return _compiled(function, is_merged=True, **RAW, **UNCOUNTED)


def allocating(function: Callable[..., Any]) -> Any:
    """Compile a step of a kernel that makes the memory of others, merged into what calls it."""
    return _compiled(function, is_merged=True, **RAW)


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a function that is merged into its caller's loop, where it can be vectorised."""
    return _compiled(function, is_merged=True, **LINKED)


def looping(function: Callable[..., Any]) -> Any:
    """Compile a loop over quadrature nodes, merged into the step of a kernel that needs it.

    In full, for what the compiler does to such a loop on its way to machine code makes it faster
    where it is linked into.
    """
    return _compiled(function, is_merged=True, **UNCOUNTED)


@cache
def from_python(function: Callable[..., Any]) -> Any:
    """Return a function that only kernels call as one that Python can call, to test or time it."""

    @numba.njit(error_model="numpy")
    def call(*arguments):
        return function(*arguments)

    return call
