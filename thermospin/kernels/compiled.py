"""How kernels are compiled: the one place for decorators, flags and the cache on disk.

``cache=True`` of numba stores a kernel beside a stamp of *its own* source file; an edit in another
file that the kernel calls goes unseen and stale numbers are returned. The cache therefore lives in
a private directory whose name is a hash of all kernel sources and of the compiler's version.
"""

import hashlib
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np

from thermospin.kernels.linked import LinkedOnly, RawOnly

CONFIG: Any = numba.config  # its attributes are made when numba is imported

UNCOUNTED: Any = {"_nrt": False}
"""For functions that neither make memory nor return it. To count the references to a workspace in
and out of every step, which numba does atomically, takes a twentieth of the time of a current; what
made it counts them for all that it calls. Numba refuses to make memory in such a function, and
``linked`` to return it."""


def source_digest() -> str:
    """Return a hash of the kernel sources and of the versions that compile them.

    The processor is not part of it: numba keeps the code of each processor apart.
    """
    digest = hashlib.sha256()
    kernels = Path(__file__).parent
    for source in (kernels.parent / "quantities.py", *sorted(kernels.rglob("*.py"))):
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


def _private_directory() -> Path | None:
    """Return a writable directory for compiled code that nobody else can write to, if there is one.

    Compiled code is loaded by unpickling, so a directory that others can write to is refused.
    """
    try:
        directory = _user_cache() / "thermospin" / source_digest()
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = directory.stat()
    except (OSError, RuntimeError):  # read-only file system, or no home directory
        return None
    if status.st_uid != os.getuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return None
    return directory if os.access(directory, os.W_OK) else None


CACHE_DIRECTORY = _private_directory()
"""Where compiled kernels are kept between runs; None if no private place is writable."""


@contextmanager
def _numba_cache_in(directory: Path) -> Iterator[None]:
    # numba reads the setting when a function is decorated; other packages keep their own.
    before = CONFIG.CACHE_DIR
    CONFIG.CACHE_DIR = str(directory)
    try:
        yield
    finally:
        CONFIG.CACHE_DIR = before


def entry(function: Callable[..., Any]) -> Any:
    """Compile a kernel that Python or other kernels call: cached on disk, releases the GIL."""
    if CACHE_DIRECTORY is None:
        return numba.njit(nogil=True, error_model="numpy")(function)
    with _numba_cache_in(CACHE_DIRECTORY):
        return numba.njit(nogil=True, error_model="numpy", cache=True)(function)


def inner(function: Callable[..., Any]) -> Any:
    """Compile a function that only kernels call; it is stored with its callers."""
    return numba.njit(nogil=True, error_model="numpy", pipeline_class=LinkedOnly)(function)


def outer(function: Callable[..., Any]) -> Any:
    """Compile a function around the integrals: it is optimised once, within the kernel at its end.

    As `inner` each function on the way from an integral to that kernel would optimise both again.
    """
    return numba.njit(nogil=True, error_model="numpy", pipeline_class=RawOnly)(function)


def merged(function: Callable[..., Any]) -> Any:
    """Compile a step of a kernel that is merged into the function that calls it.

    Passing a workspace of many arrays to a function of its own costs more than most steps do.
    """
    return numba.njit(
        nogil=True, error_model="numpy", forceinline=True, pipeline_class=RawOnly, **UNCOUNTED
    )(function)


def allocating(function: Callable[..., Any]) -> Any:
    """Compile a step of a kernel that makes the memory of others, merged into what calls it."""
    return numba.njit(nogil=True, error_model="numpy", forceinline=True, pipeline_class=RawOnly)(
        function
    )


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a function that is merged into its caller's loop, where it can be vectorised."""
    return numba.njit(nogil=True, error_model="numpy", forceinline=True, pipeline_class=LinkedOnly)(
        function
    )


def looping(function: Callable[..., Any]) -> Any:
    """Compile a loop over quadrature nodes.

    In full, for what the compiler does to such a loop on its way to machine code makes it faster
    where it is linked into.
    """
    return numba.njit(nogil=True, error_model="numpy", **UNCOUNTED)(function)


def from_python(function: Callable[..., Any]) -> Any:
    """Return a function that only kernels call as one that Python can call, to test or time it."""

    @numba.njit(error_model="numpy")
    def call(*arguments):
        return function(*arguments)

    return call
