"""Thinning of values where a file has more than a picture can show."""

from dataclasses import replace

import numpy as np

from thermospin.dataset import Contents
from thermospin.junction import FloatArray

MOST_POINTS = 1 << 15
"""Most points that are drawn along an axis: some tens for each pixel."""
MOST_VALUES = 1 << 21
"""Most values that are drawn of an output: more than a picture has pixels."""
BLOCK = 1 << 20
"""Number of values that are in memory at a time."""


def thinned(contents: Contents) -> Contents:
    """Return contents in memory that have few enough values to be drawn.

    Parameters
    ----------
    contents : Contents
        Contents with only the axes that are drawn; the values may still lie in the file.

    Returns
    -------
    Contents
        If a single axis is too long, every second point along it has the smallest and every other
        the largest value nearby, so that no peak is lost; if several are, points are left out. The
        points of an axis keep equal distances, or equal ratios.
    """
    steps = _steps({name: len(points) for name, points in contents.axes.items()})
    long = [name for name, step in steps.items() if step > 1]
    outputs = {}
    for name, values in contents.outputs.items():
        dims = contents.dims[name]
        if len(long) == 1 and long[0] in dims:
            outputs[name] = _enveloped(values, dims.index(long[0]), steps[long[0]])
        else:
            part = tuple(slice(None, None, steps[axis]) for axis in dims)
            outputs[name] = np.array(values[part], dtype=np.float64)
    axes = {
        name: np.array(points[:: steps[name]], dtype=np.float64)
        for name, points in contents.axes.items()
    }
    return replace(contents, axes=axes, outputs=outputs, status={})


def _steps(lengths: dict[str, int]) -> dict[str, int]:
    """Return the step along each axis, in points, from one drawn point to the next."""
    steps, room = {}, MOST_VALUES
    for done, name in enumerate(sorted(lengths, key=lengths.__getitem__)):
        share = int(
            room ** (1.0 / (len(lengths) - done))
        )  # what shorter axes leave goes to longer ones
        most = min(MOST_POINTS, max(2, share))
        steps[name] = -(-lengths[name] // most)
        room //= min(lengths[name], most)
    return steps


def _enveloped(values: FloatArray, along: int, step: int) -> FloatArray:
    """Return the smallest and the largest value of every two steps, in their order in the file."""
    last = np.moveaxis(values, along, -1)
    length, width = last.shape[-1], 2 * step
    found = np.empty((*last.shape[:-1], -(-length // step)))
    whole = length // width
    groups = max(1, BLOCK // (width * max(1, last[..., 0].size)))
    for first in range(0, whole, groups):
        count = min(groups, whole - first)
        block = np.array(last[..., first * width : (first + count) * width])
        block = block.reshape(*last.shape[:-1], count, width)
        low, high = np.fmin.reduce(block, axis=-1), np.fmax.reduce(block, axis=-1)
        rises = np.argmax(block == low[..., None], axis=-1) <= np.argmax(
            block == high[..., None], axis=-1
        )
        found[..., 2 * first : 2 * (first + count) : 2] = np.where(rises, low, high)
        found[..., 2 * first + 1 : 2 * (first + count) : 2] = np.where(rises, high, low)
    found[..., 2 * whole :] = last[..., whole * width :: step]
    return np.moveaxis(found, -1, along)
