"""Points that differ by the signs of some axes, found and compared in bounded memory.

Such a point is called the mirror image of the other.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset.open_file import OpenFile
from thermospin.verification import slabs

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]


class MirrorPairs(NamedTuple):
    """Points of one axis whose mirror images are on the axis as well.

    Attributes
    ----------
    here, there : range
        Consecutive places on the axis: those of the points, and those among which their mirror
        images lie.
    at, mirrored : ndarray of int
        The place of each point and that of its mirror image, counted along the whole axis,
        shape (n,).
    """

    here: range
    there: range
    at: IndexArray
    mirrored: IndexArray


def differing(
    stored: OpenFile, name: str, partner: str, sign: float, reversed_axes: set[str]
) -> tuple[int, int]:
    """Compare an output at each point with another output at the mirror image, bit for bit.

    Parameters
    ----------
    stored : OpenFile
        The file; its axes ascend.
    name, partner : str
        Outputs of the same dimensions.
    sign : float
        The factor by which the values of ``partner`` are multiplied before they are compared.
    reversed_axes : set of str
        The axes that change their sign together.

    Returns
    -------
    compared, wrong : int
        Number of pairs, each counted once, and number of pairs that differ.
    """
    variable = stored.variables[name]
    axes = [axis for axis in variable.dims if axis in reversed_axes]
    shape = _folded(variable.shape, [variable.dims.index(axis) for axis in axes])
    counts = _fitting(shape)
    compared = wrong = 0
    for blocks in _blocks(stored, axes, counts[1::2]):
        once = _once(blocks)
        for others in product(*map(_cut, shape[::2], counts[::2])):
            here = _picked(stored, name, shape, others, blocks, mirrored=False)
            there = sign * _picked(stored, partner, shape, others, blocks, mirrored=True)
            unequal = ~((here == there) | (np.isnan(here) & np.isnan(there)))
            compared += int(np.count_nonzero(np.broadcast_to(once, unequal.shape)))
            wrong += int(np.count_nonzero(unequal & once))
    return compared, wrong


def _folded(shape: tuple[int, ...], places: list[int]) -> list[int]:
    """Return a shape with the dimensions before, between and after some dimensions merged."""
    ends = [end for place in places for end in (place, place + 1)]
    return [math.prod(shape[first:last]) for first, last in pairwise([0, *ends, len(shape)])]


def _fitting(shape: list[int]) -> list[int]:
    """Return how many places of each dimension fit into a slab, filling the last ones first."""
    counts = list(shape)
    for k, length in enumerate(shape):
        counts[k] = min(length, max(1, slabs.SLAB * length // math.prod(counts)))
    return counts


def _cut(length: int, count: int) -> list[range]:
    return [range(first, min(first + count, length)) for first in range(0, length, count)]


def _blocks(
    stored: OpenFile, axes: list[str], counts: list[int]
) -> Iterator[tuple[MirrorPairs, ...]]:
    """Yield the pairs along all reversed axes; along the first axis only from 0 on.

    Each pair would otherwise be met from both of its ends.
    """
    (first, count), *rest = zip(axes, counts, strict=True)
    for block in _blocks_of(stored, first, count, _place(stored, first, 0.0)):
        others = (list(_blocks_of(stored, axis, length, 0)) for axis, length in rest)
        for following in product(*others):
            yield block, *following


def _blocks_of(stored: OpenFile, axis: str, count: int, first: int) -> Iterator[MirrorPairs]:
    length = stored.variables[axis].size
    for here in _cut(length - first, count):
        yield from _block(stored, axis, range(first + here.start, first + here.stop))


def _block(stored: OpenFile, axis: str, here: range) -> Iterator[MirrorPairs]:
    """Yield the pairs of some points; where their images are many, of each half of the points."""
    values = stored.read(axis, here.start, len(here))
    there = range(
        _place(stored, axis, -values[-1]), _place(stored, axis, -values[0], bisect=bisect_right)
    )
    if len(there) > slabs.SLAB and len(here) > 1:
        middle = here.start + len(here) // 2
        yield from _block(stored, axis, range(here.start, middle))
        yield from _block(stored, axis, range(middle, here.stop))
    elif there:
        images = stored.read(axis, there.start, len(there))
        place = np.minimum(np.searchsorted(images, -values), len(there) - 1)
        found = np.flatnonzero(images[place] == -values)
        if found.size:
            yield MirrorPairs(here, there, found + here.start, place[found] + there.start)


def _place(
    stored: OpenFile, axis: str, value: float, bisect: Callable[..., int] = bisect_left
) -> int:
    """Return the place of a value in an axis, by bisection, without reading the whole axis."""
    length = stored.variables[axis].size
    return bisect(range(length), value, key=lambda i: float(stored.read(axis, i, 1)[0]))


def _once(blocks: tuple[MirrorPairs, ...]) -> NDArray[np.bool_]:
    """Return which pairs count: one of each two that are the same pair seen from either end."""
    once = np.ones(1, dtype=np.bool_)  # for the merged dimensions after the last axis
    for block in reversed(blocks):
        behind = [1] * once.ndim
        further = (block.at > block.mirrored).reshape(-1, *behind)
        itself = (block.at == block.mirrored).reshape(-1, *behind)
        once = (further | (itself & once))[np.newaxis]
    return once


def _picked(
    stored: OpenFile,
    name: str,
    shape: list[int],
    others: tuple[range, ...],
    blocks: tuple[MirrorPairs, ...],
    *,
    mirrored: bool,
) -> FloatArray:
    """Return the values of an output at some points, or at their mirror images."""
    parts = [others[0]]
    for block, other in zip(blocks, others[1:], strict=True):
        parts += [block.there if mirrored else block.here, other]
    values = slabs.box(stored, name, shape, parts)
    for k, block in enumerate(blocks):
        part, places = (block.there, block.mirrored) if mirrored else (block.here, block.at)
        values = values.take(places - part.start, axis=2 * k + 1)
    return values
