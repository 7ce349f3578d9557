"""What a card runs, compiled for it, and kept on the disk from run to run as kernels are.

Numba's own cache for cards looks at the file of a function only, and not at those that it calls.
To keep the code otherwise takes private names of numba-cuda: where one is missing, each process
compiles anew, for some seconds.
"""

import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from numba import cuda

from thermospin.device.interlocked import THREADS
from thermospin.device.spin_up_blocks import spin_up_blocks
from thermospin.machine.code_cache import Kept
from thermospin.machine.compilation import CACHE_DIRECTORY, CONFIG

BLOCKS = 4
"""Blocks of threads that a multiprocessor works on in turns. With more, each thread has fewer
registers and keeps more of its numbers in memory. Each block takes 45 kB of what its threads share:
a multiprocessor of an H100 or H200 has room for four, of an A100 for three."""


def compiler_version() -> str:
    """Return the version of the compiler for cards, empty if there is none."""
    try:
        return version("numba-cuda")
    except PackageNotFoundError:
        return ""


def compiled(kind: int) -> Any:
    """Return what blocks do for a kind of integral, compiled as soon as they are needed.

    Not optimised once more when linked: what runs is then what is compiled, and can be looked at
    and tested without a card. The simulator knows no options.
    """
    if CONFIG.ENABLE_CUDASIM:
        return cuda.jit(spin_up_blocks(kind))
    blocks = cuda.jit(spin_up_blocks(kind), launch_bounds=(THREADS, BLOCKS), lto=False)
    if (kept := kept_code(kind, CACHE_DIRECTORY)) is not None:
        blocks._cache = kept
    return blocks


def kept_code(kind: int, folder: Path | None) -> Kept | None:
    """Return where the code for a kind of integral is kept, None if it is not.

    Parameters
    ----------
    kind : int
        ``CURRENT`` or ``CONDUCTANCE``.
    folder : Path or None
        Private, and for one state of all kernels' sources.
    """
    try:
        from numba.cuda.dispatcher import _Kernel

        reduced, rebuilt = _Kernel._reduce_states, _Kernel._rebuild
    except (ImportError, AttributeError):
        return None
    if folder is None:
        return None
    name = f"card-{kind} {compiler_version()} {_digest_of_room()} {THREADS} {BLOCKS}"
    return Kept(name, folder, reduced, lambda _target, parts: rebuilt(**parts))


def _digest_of_room() -> str:
    """Return a hash of the sources in this room: that of the kernels does not cover them."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
