"""Memory of the threads of a card, in which the numbers of neighbours lie side by side.

Threads that do the same at the same time then read and write one stretch of memory together, which
takes a card as long as one number would.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import cuda

from thermospin.kernels.workspace import FASTEST_FALL, MAX_PIECES, PIECE
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


class BlocksMemory(NamedTuple):
    """Arrays for all threads: the first axis is the block.

    The last axis of what ``Workspace`` has as well is the thread. The pieces of a thread begin at
    its place among the first fields: the records overlap. Tasks are of a block as a whole.
    """

    piece: Any
    queue: Any
    sums: Any
    task: Any


class BlockArray(NamedTuple):
    """Shape and type of one of the arrays as a block has it."""

    shape: tuple[int, ...]
    dtype: Any

    @property
    def are_pieces(self) -> bool:
        """Whether its elements are records."""
        return bool(self.dtype == INTERLOCKED_PIECE)

    @property
    def bytes_of_block(self) -> int:
        """Memory that a block of threads takes."""
        if self.are_pieces:
            return int(INTERLOCKED_PIECE.itemsize) * self.shape[0]
        return int(np.prod(self.shape)) * int(np.dtype(self.dtype).itemsize)

    def of_blocks(self, blocks: int) -> Any:
        """Return the array on the card, for some blocks of threads."""
        strides = None
        if self.are_pieces:
            strides = (self.bytes_of_block, INTERLOCKED_PIECE.itemsize, _STRIDE)
        return cuda.device_array((blocks, *self.shape), self.dtype, strides=strides)


ARRAYS = BlocksMemory(
    piece=BlockArray((MAX_PIECES, THREADS), INTERLOCKED_PIECE),
    queue=BlockArray((2, MAX_PIECES, THREADS), np.int64),
    sums=BlockArray((FASTEST_FALL + 1, MAX_PIECES + PACK, THREADS), np.float64),
    task=BlockArray((MAX_PIECES * THREADS,), np.uint32),
)
"""What a block of threads needs, of what ``workspace_of`` makes for a processor, and its tasks."""
BYTES_OF_BLOCK = sum(array.bytes_of_block for array in ARRAYS)


def memory_of(blocks: int) -> BlocksMemory:
    """Return memory on the card for some blocks of threads."""
    return BlocksMemory(*(array.of_blocks(blocks) for array in ARRAYS))
