"""A graphics card: its compiled integrals, its memory, and the way of numbers to it and back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from threading import Lock
from typing import Any

import numpy as np
from numba import cuda
from numpy.typing import NDArray

from thermospin.device.interlocked import BYTES_OF_BLOCK, THREADS, memory_of
from thermospin.device.spin_up_threads import LEFT, MET, spin_up_threads
from thermospin.kernels.leads import POLARISATION
from thermospin.kernels.rules import QUADRATURE
from thermospin.kernels.tunnelling import CONDUCTANCE, CURRENT
from thermospin.machine.compilation import CONFIG

BLOCKS = 4
"""Blocks of threads that a multiprocessor works on in turns: with more, each thread has fewer
registers and keeps more of its numbers in memory."""
FEWEST_BLOCKS = 128
"""Numba warns of fewer. What a block has no integral for costs nothing."""
PORTION = 1 << 20
"""Integrals that are sent and computed together, at most."""
_IN_FLIGHT = 2  # while one portion is computed, the next one is sent and the last one fetched
_SHARE_OF_MEMORY = 2  # at most half of what is free is for workspaces

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.int64]
Found = tuple[FloatArray, FloatArray, NDArray[np.bool_]]


def compiled(kind: int) -> Any:
    """Return the threads for a kind of integral, compiled as soon as they are needed.

    Not optimised once more when linked: what runs is then what is compiled, and can be looked at
    and tested without a card. The simulator knows no options.
    """
    if CONFIG.ENABLE_CUDASIM:
        return cuda.jit(spin_up_threads(kind))
    return cuda.jit(spin_up_threads(kind), launch_bounds=(THREADS, BLOCKS), lto=False)


def why_there_is_none() -> str:
    """Return why there is no card, empty if there is one."""
    if CONFIG.ENABLE_CUDASIM or cuda.is_available():
        return ""
    error = cuda.cuda_error()
    return " ".join(str(error).split()).rstrip(".") if error else "its compiler, NVVM, is not found"


class Card:
    """The card that is current: the first of those that ``CUDA_VISIBLE_DEVICES`` leaves.

    Attributes
    ----------
    name : str
        As its maker writes it, with the version of its compiler: both decide the last bits.
    """

    def __init__(self) -> None:
        """Take memory for as many threads as the card can work on at once."""
        multiprocessors, self.name, free = _described()
        fitting = free // _SHARE_OF_MEMORY // BYTES_OF_BLOCK
        self._blocks = max(1, min(fitting, max(BLOCKS * multiprocessors, FEWEST_BLOCKS)))
        self._memory = memory_of(self._blocks)
        self._quadrature = tuple(cuda.to_device(array) for array in QUADRATURE)
        self._threads = {kind: compiled(kind) for kind in (CURRENT, CONDUCTANCE)}
        self._in_use = Lock()

    def spin_up(
        self,
        kind: int,
        voltage: FloatArray,
        row: IndexArray,
        table: FloatArray,
        rtol: float,
        found: Found,
    ) -> IndexArray:
        """Write integrals as ``spin_up_on_card`` says; return which are left to the processor."""
        starts = range(0, voltage.size, PORTION)

        def computed(start: int) -> IndexArray:
            part = slice(start, start + PORTION)
            into = found[0][part], found[1][part], found[2][part]
            return start + self._portion(kind, voltage[part], row[part], table, rtol, into)

        if len(starts) < _IN_FLIGHT:
            return np.concatenate([np.empty(0, np.int64), *map(computed, starts)])
        with ThreadPoolExecutor(_IN_FLIGHT, thread_name_prefix="thermospin") as pool:
            return np.concatenate(list(pool.map(computed, starts)))

    def _portion(
        self,
        kind: int,
        voltage: FloatArray,
        row: IndexArray,
        table: FloatArray,
        rtol: float,
        found: Found,
    ) -> IndexArray:
        """Send points to the card, compute and fetch their integrals; return which are left."""
        stream = cuda.stream()
        results = self.computed(kind, self.sent(voltage, row, table, stream), rtol, stream)
        value, error, state = (array.copy_to_host(stream=stream) for array in results)
        stream.synchronize()
        found[0][...], found[1][...], found[2][...] = value, error, state == MET
        return np.flatnonzero(state == LEFT)

    def sent(
        self, voltage: FloatArray, row: IndexArray, table: FloatArray, stream: Any
    ) -> tuple[Any, ...]:
        """Return voltages, rows and the leads in these rows as arrays on the card."""
        first, last = int(row.min()), int(row.max())
        leads = np.ascontiguousarray(table[first : last + 1, :POLARISATION])
        return tuple(
            cuda.to_device(np.ascontiguousarray(array), stream=stream)
            for array in (voltage, row - first, leads)
        )

    def computed(
        self, kind: int, points: tuple[Any, ...], rtol: float, stream: Any
    ) -> tuple[Any, ...]:
        """Return values, errors and what became of them, on the card, when all are there."""
        n = points[0].size
        results = tuple(
            cuda.device_array(n, dtype, stream=stream)
            for dtype in (np.float64, np.float64, np.int8)
        )
        blocks = min(self._blocks, max(-(-n // THREADS), FEWEST_BLOCKS))
        with self._in_use:  # of the memory: one portion at a time
            self._threads[kind][blocks, THREADS, stream](
                *points, rtol, *self._quadrature, *self._memory, *results
            )
            stream.synchronize()
        return results


def _described() -> tuple[int, str, int]:
    """Return how many multiprocessors the card has, its name, and its free memory in bytes."""
    if CONFIG.ENABLE_CUDASIM:
        return 1, "simulator", 2 * _SHARE_OF_MEMORY * BYTES_OF_BLOCK
    card = cuda.get_current_device()
    name = card.name
    free, _ = cuda.current_context().get_memory_info()
    text = name.decode() if isinstance(name, bytes) else str(name)
    return int(card.MULTIPROCESSOR_COUNT), f"{text}, numba-cuda {version('numba-cuda')}", int(free)
