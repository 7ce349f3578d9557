"""Memory of the threads of a card, in which the numbers of neighbours lie side by side.

Threads that do the same at the same time then read and write one stretch of memory together, which
takes a card as long as one number would.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import cuda

from thermospin.kernels.breakpoints import SINGULARITIES
from thermospin.kernels.rules import HIGHEST, ORDERS
from thermospin.kernels.workspace import MAX_PIECES, PIECE, SLOPE_ERROR
from thermospin.machine.packed_sums import PACK

THREADS = 128
"""Threads of a block, whose memory interlocks."""
_FIELDS = tuple(PIECE.names or ())
_STRIDE = PIECE[_FIELDS[0]].itemsize
"""Bytes from a number of one thread to that of the next; all fields of a piece have one size."""
_APART = _STRIDE * THREADS
"""Bytes from a field of a piece to the next one."""
INTERLOCKED_PIECE = np.dtype(
    {
        "names": list(_FIELDS),
        "formats": [PIECE[name] for name in _FIELDS],
        "offsets": [_APART * k for k in range(len(_FIELDS))],
        "itemsize": _APART * len(_FIELDS),
    },
    align=True,
)
"""``PIECE`` with room between its fields for those of all other threads of a block."""


class ThreadsMemory(NamedTuple):
    """Arrays of ``Workspace`` for all threads: the first axis is the block, the last the thread.

    The pieces of a thread begin at its place among the first fields: the records overlap.
    """

    edge: Any
    order: Any
    piece: Any
    queue: Any
    values: Any
    sums: Any
    free: Any


class ThreadArray(NamedTuple):
    """Shape and type of one of the arrays as a thread has it."""

    shape: tuple[int, ...]
    dtype: Any

    @property
    def are_pieces(self) -> bool:
        """Whether its elements are records."""
        return bool(self.dtype == INTERLOCKED_PIECE)

    @property
    def bytes_of_block(self) -> int:
        """Memory that a block of threads takes."""
        numbers = int(np.prod(self.shape))
        return numbers * (INTERLOCKED_PIECE.itemsize if self.are_pieces else _APART)

    def of_blocks(self, blocks: int) -> Any:
        """Return the array on the card, for some blocks of threads."""
        strides = None
        if self.are_pieces:
            strides = (self.bytes_of_block, INTERLOCKED_PIECE.itemsize, _STRIDE)
        return cuda.device_array((blocks, *self.shape, THREADS), self.dtype, strides=strides)


_NODES = int(ORDERS[HIGHEST])
ARRAYS = ThreadsMemory(
    edge=ThreadArray((SINGULARITIES, 4), np.float64),
    order=ThreadArray((3, SINGULARITIES), np.int64),
    piece=ThreadArray((MAX_PIECES,), INTERLOCKED_PIECE),
    queue=ThreadArray((2, MAX_PIECES), np.int64),
    values=ThreadArray((MAX_PIECES, _NODES), np.float64),
    sums=ThreadArray((SLOPE_ERROR + 1, MAX_PIECES + PACK), np.float64),
    free=ThreadArray((2, 1, ORDERS.size, _NODES), np.float64),
)
"""What a thread needs, as ``workspace_of`` makes it for a processor."""
BYTES_OF_BLOCK = sum(array.bytes_of_block for array in ARRAYS)


def memory_of(blocks: int) -> ThreadsMemory:
    """Return memory on the card for some blocks of threads."""
    return ThreadsMemory(*(array.of_blocks(blocks) for array in ARRAYS))
