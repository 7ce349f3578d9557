"""A graphics card: its compiled integrals, its memory, and the way of numbers to it and back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from threading import Lock
from typing import Any

import numpy as np
from numba import cuda
from numpy.typing import NDArray

from thermospin.device.card_code import BLOCKS, compiled, compiler_version
from thermospin.device.interlocked import BYTES_OF_BLOCK, THREADS, memory_of
from thermospin.device.spin_up_blocks import LEFT, MET
from thermospin.kernels.kinds import CONDUCTANCE, CURRENT
from thermospin.kernels.leads import POLARISATION
from thermospin.kernels.rules import QUADRATURE
from thermospin.machine.compilation import CONFIG

FEWEST_BLOCKS = 128
"""Numba warns of fewer. What a block has no integral for costs nothing."""
PORTION = 1 << 20
"""Integrals that are sent and computed together, at most."""
_IN_FLIGHT = 3  # while one portion is computed, the next one is sent and the last one fetched
_SHARE_OF_MEMORY = 2  # at most half of what is free is for workspaces

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.int64]
Found = tuple[FloatArray, FloatArray, NDArray[np.bool_]]


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
        self._memory.sums[:] = 0  # what pads the sums over pieces is read, though it does not count
        self._quadrature = tuple(cuda.to_device(array) for array in QUADRATURE)
        self._integrals = {kind: compiled(kind) for kind in (CURRENT, CONDUCTANCE)}
        self._in_use = Lock()
        self._transfers: SimpleQueue[Transfer] = SimpleQueue()
        for _ in range(_IN_FLIGHT):
            self._transfers.put(self.transfer(PORTION))

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

        if len(starts) < 2:
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
        transfer = self._transfers.get()
        try:
            points = transfer.sent(voltage, row, table)
            results = transfer.results(voltage.size)
            self.compute(kind, points, rtol, results, transfer.stream)
            value, error, state = transfer.fetched(results)
            found[0][...], found[1][...], found[2][...] = value, error, state == MET
            return np.flatnonzero(state == LEFT)
        finally:
            self._transfers.put(transfer)

    def transfer(self, most: int) -> Transfer:
        """Return what so many integrals need on their way to the card and back."""
        return Transfer(most)

    def compute(
        self,
        kind: int,
        points: tuple[Any, ...],
        rtol: float,
        results: tuple[Any, ...],
        stream: Any,
    ) -> None:
        """Compute integrals from arrays on the card into others, and return when all are there.

        Parameters
        ----------
        kind : int
            ``CURRENT`` or ``CONDUCTANCE``.
        points : tuple of arrays on the card
            Voltages, rows of a table, and the table of ideal leads.
        rtol : float
            Relative accuracy asked for.
        results : tuple of arrays on the card
            Receive values, errors and what became of the integrals.
        stream : stream of numba-cuda
            That of the transfer.
        """
        blocks = min(self._blocks, max(-(-points[0].size // THREADS), FEWEST_BLOCKS))
        with self._in_use:  # of the memory of threads: one portion at a time
            self._integrals[kind][blocks, THREADS, stream](
                *points, rtol, *self._quadrature, *self._memory, *results
            )
            stream.synchronize()


class Transfer:
    """What integrals need on their way to the card and back, kept for the next ones.

    Parameters
    ----------
    most : int
        So many integrals at most are sent at a time.

    Attributes
    ----------
    stream : stream of numba-cuda
        In which what is done for the same integrals stands in line.
    """

    def __init__(self, most: int) -> None:
        """Take memory on the card, and as much here, which the card reaches by itself."""
        self.stream = cuda.stream()
        self._points = [_Place(most, np.float64), _Place(most, np.int64)]
        self._results = [_Place(most, dtype) for dtype in (np.float64, np.float64, np.int8)]

    def sent(self, voltage: FloatArray, row: IndexArray, table: FloatArray) -> tuple[Any, ...]:
        """Return voltages, rows and the leads in these rows as arrays on the card."""
        first, last = int(row.min()), int(row.max())
        leads = np.ascontiguousarray(table[first : last + 1, :POLARISATION])
        V, rows = self._points
        return (
            V.sent(voltage, self.stream),
            rows.sent(row - first, self.stream),
            cuda.to_device(leads, stream=self.stream),
        )

    def results(self, n: int) -> tuple[Any, ...]:
        """Return arrays on the card for n values, errors and what became of them."""
        return tuple(place.on_card[:n] for place in self._results)

    def fetched(self, results: tuple[Any, ...]) -> tuple[NDArray[Any], ...]:
        """Return results as arrays, which the next results overwrite."""
        arrays = [
            place.fetched(result, self.stream)
            for place, result in zip(self._results, results, strict=True)
        ]
        self.stream.synchronize()
        return tuple(arrays)


class _Place:
    """Room for a number of each integral, here and on the card."""

    def __init__(self, most: int, dtype: Any) -> None:
        self._here = cuda.pinned_array(most, dtype)
        self.on_card = cuda.device_array(most, dtype)

    def sent(self, numbers: NDArray[Any], stream: Any) -> Any:
        n = numbers.size
        self._here[:n] = numbers
        self.on_card[:n].copy_to_device(self._here[:n], stream=stream)
        return self.on_card[:n]

    def fetched(self, numbers: Any, stream: Any) -> NDArray[Any]:
        here: NDArray[Any] = self._here[: numbers.size]
        numbers.copy_to_host(here, stream=stream)
        return here


def _described() -> tuple[int, str, int]:
    """Return how many multiprocessors the card has, its name, and its free memory in bytes."""
    if CONFIG.ENABLE_CUDASIM:
        return 1, "simulator", 2 * _SHARE_OF_MEMORY * BYTES_OF_BLOCK
    card = cuda.get_current_device()
    name = card.name
    free, _ = cuda.current_context().get_memory_info()
    text = name.decode() if isinstance(name, bytes) else str(name)
    return int(card.MULTIPROCESSOR_COUNT), f"{text}, numba-cuda {compiler_version()}", int(free)
