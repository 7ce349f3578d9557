"""Reading the variables of a result file of any size, part by part, in bounded memory."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset.open_file import OpenFile

SLAB = 1 << 18
"""Number of values of each variable that are in memory at a time."""

Values = dict[str, NDArray[Any]]


def slabs(stored: OpenFile, names: Iterable[str]) -> Iterator[Values]:
    """Yield the flattened values of some variables, a slab of `SLAB` values at a time.

    Parameters
    ----------
    stored : OpenFile
        The file.
    names : iterable of str
        Variables of equal size.
    """
    names = list(names)
    size = stored.variables[names[0]].size
    for first in range(0, size, SLAB):
        count = min(SLAB, size - first)
        yield {name: stored.read(name, first, count) for name in names}


def box(
    stored: OpenFile, name: str, shape: Sequence[int], parts: Sequence[range], first: int = 0
) -> NDArray[Any]:
    """Return a part of a variable, in as few reads as possible.

    Parameters
    ----------
    stored : OpenFile
        The file.
    name : str
        The variable.
    shape : sequence of int
        The shape in which the values of the variable are seen.
    parts : sequence of range
        Which part of each dimension is wanted.
    first : int
        The place in the flattened variable at which the array of that shape begins.

    Returns
    -------
    ndarray
        The values, shape (len(part) of each part).
    """
    inner = math.prod(shape[1:])
    if all(len(part) == length for part, length in zip(parts[1:], shape[1:], strict=True)):
        values = stored.read(name, first + parts[0].start * inner, len(parts[0]) * inner)
        return values.reshape([len(part) for part in parts])
    rows = [box(stored, name, shape[1:], parts[1:], first + i * inner) for i in parts[0]]
    return np.stack(rows)
