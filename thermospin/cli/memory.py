"""Room in memory. With too little of it libraries crash, wait for ever or blame other things."""

import mmap

SPECS = 150_000_000
"""Bytes of address space for commands that only read specs."""

FILES = 500_000_000
"""Bytes for commands that read results: the compiler is loaded, but has nothing to do."""

KERNELS = 1_000_000_000
"""Bytes for commands that compute and may have to compile: twice what computing takes."""

CLUSTER = 1_500_000_000
"""Bytes for commands that compute on a cluster: they load dask, and talk to it in threads."""


def require(room: int) -> None:
    """Refuse to begin without so much address space, whatever it is that limits it.

    It is asked for and given back, untouched: no memory is used.

    Raises
    ------
    MemoryError
        If it is not to be had.
    """
    try:
        mmap.mmap(-1, room, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except OSError:
        raise MemoryError(
            f"this command needs {room // 10**6} MB of address space, and there is less; raise"
            " the limit (ulimit -v, ulimit -d)"
        ) from None
