"""Going through a stored file of any size in bounded memory."""

import math
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset.stored import Stored

SLAB = 1 << 18
"""So many values of each variable are looked at together."""

Values = dict[str, NDArray[np.generic]]


def slabs(stored: Stored, names: Iterable[str]) -> Iterator[Values]:
    """Yield the values of variables of one size, flattened, a slab at a time."""
    names = list(names)
    size = stored.variables[names[0]].size
    for first in range(0, size, SLAB):
        count = min(SLAB, size - first)
        yield {name: stored.read(name, first, count) for name in names}


def columns(stored: Stored, names: Iterable[str], axis: str) -> Iterator[Values]:
    """Yield the values of variables of the same dimensions, arrays (n, m), n along one axis."""
    names = list(names)
    variable = stored.variables[names[0]]
    k = variable.dims.index(axis)
    before, length, behind = (
        math.prod(part)
        for part in (variable.shape[:k], variable.shape[k : k + 1], variable.shape[k + 1 :])
    )
    rows = max(1, SLAB // (length * behind))
    width = min(behind, max(1, SLAB // length))
    for row in range(0, before, rows):
        for first in range(0, behind, width):
            taken = min(rows, before - row), min(width, behind - first)
            yield {
                name: _block(stored, name, row, first, taken, (length, behind)) for name in names
            }


def _block(
    stored: Stored, name: str, row: int, first: int, taken: tuple[int, int], shape: tuple[int, int]
) -> NDArray[np.generic]:
    """Return some rows of the axes before one, all of it, and some of the axes behind it."""
    (rows, width), (length, behind) = taken, shape
    if width == behind:
        values = stored.read(name, row * length * behind, rows * length * behind)
        return np.moveaxis(values.reshape(rows, length, behind), 1, 0).reshape(length, -1)
    starts = (row * length * behind + i * behind + first for i in range(length))
    return np.stack([stored.read(name, start, width) for start in starts])
