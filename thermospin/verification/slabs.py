"""Going through a stored file of any size in bounded memory."""

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise, product

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


def columns(stored: Stored, names: Iterable[str], *axes: str) -> Iterator[Values]:
    """Yield the values of variables of the same dimensions, arrays (n, …, m), n along each axis.

    The axes keep the order that they have in the file.
    """
    names = list(names)
    variable = stored.variables[names[0]]
    ends = [end for k in sorted(map(variable.dims.index, axes)) for end in (k, k + 1)]
    shape = tuple(
        math.prod(variable.shape[first:last]) for first, last in pairwise([0, *ends, None])
    )
    counts = list(shape)  # every other number belongs to an axis, which stays whole
    for k in range(0, len(shape), 2):
        counts[k] = min(shape[k], max(1, SLAB * shape[k] // math.prod(counts)))
    cuts = (
        [range(first, min(first + count, length)) for first in range(0, length, count)]
        for length, count in zip(shape, counts, strict=True)
    )
    whole = range(1, len(shape), 2)
    for box in product(*cuts):
        yield {
            name: np.moveaxis(_box(stored, name, shape, box), whole, range(len(axes))).reshape(
                *(shape[k] for k in whole), -1
            )
            for name in names
        }


def _box(
    stored: Stored, name: str, shape: tuple[int, ...], box: tuple[range, ...], first: int = 0
) -> NDArray[np.generic]:
    """Return a part of a variable of some shape that begins at a value, in as few reads as go."""
    inner = math.prod(shape[1:])
    if all(len(part) == length for part, length in zip(box[1:], shape[1:], strict=True)):
        values = stored.read(name, first + box[0].start * inner, len(box[0]) * inner)
        return values.reshape([len(part) for part in box])
    return np.stack([_box(stored, name, shape[1:], box[1:], first + i * inner) for i in box[0]])
