"""The blocks of panels that cover the range of V, each block with a reference voltage.

What is added to the current at the reference voltage is singular at the gap edges of S,
V = h_S ± Δ_S, a distance Γ_S + πk_BT_Sm from the real axis. The panels are graded towards these
edges, from each edge outwards and to the middle between both.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from thermospin.dense.panels import Panel, Singularity, one_side

LENGTH = 1.5
"""Longest panel in t."""
LONGEST = 0.35
"""Longest panel in V, in gaps of Sm."""
WIDEST = 0.6
"""Widest block, in gaps of Sm."""


class VoltageBlock(NamedTuple):
    """Neighbouring panels in V, ascending, and their reference voltage."""

    panels: list[Panel]
    reference: float


def _distances(width: float, far: float, unit: float) -> list[float]:
    """Return the ends of panels, as distances from a singular point, up to ``far`` or beyond."""
    ends = [0.0]
    while ends[-1] < far:
        t = math.asinh(ends[-1] / width) + LENGTH
        ends.append(min(width * math.sinh(t), ends[-1] + LONGEST * unit))
    return ends


def _distances_to(width: float, end: float, unit: float) -> list[float]:
    """Return the ends of panels up to ``end``, a short last panel merged into its neighbour."""
    ends = _distances(width, end, unit)
    if len(ends) > 2 and end < 0.5 * (ends[-2] + ends[-1]):
        ends.pop()
    return [*ends[:-1], end]


def _groups(distances: Sequence[float], unit: float) -> list[list[float]]:
    """Return the ends of panels in groups, each of which becomes a block."""
    groups = [[0.0]]
    for near, far in pairwise(distances):
        if len(groups[-1]) > 1 and far - groups[-1][0] > WIDEST * unit:
            groups.append([near])
        groups[-1].append(far)
    return [group for group in groups if len(group) > 1]


def _side(
    point: Singularity, sign: int, groups: list[list[float]], offset: float, highest: float
) -> list[VoltageBlock]:
    """Return the blocks on one side of a singular point, ascending."""
    blocks = []
    for group in groups[::sign]:
        panels = one_side(point, sign, group)
        middle = 0.5 * (panels[0].low + panels[-1].high)
        blocks.append(VoltageBlock(panels, min(middle + offset, highest)))
    return blocks


def voltage_blocks(
    low: float, high: float, edges: Sequence[Singularity], offset: float, unit: float
) -> list[VoltageBlock]:
    """Return the blocks that cover the voltages from low to high, ascending.

    Parameters
    ----------
    low, high : float
        Range to cover, in Δ0/e; how many blocks there are depends on it, where they lie does not.
    edges : sequence of Singularity
        The gap edges of S: two, or none.
    offset : float
        The middle of the exchange fields, in Δ0. The reference voltage lies so far above the middle
        of its block: there, a field of about zero does what the middle field does in the block.
    unit : float
        The gap of Sm, if it is smaller than Δ0, else Δ0.

    Returns
    -------
    list of VoltageBlock
        The blocks, ascending. Those between the gap edges have their reference voltages between the
        edges as well, since the current there may be far smaller than outside.
    """
    lower, upper = (edges[0], edges[-1]) if edges else [Singularity(0.0, LONGEST * unit)] * 2
    below = _groups(_distances(lower.width, lower.place - low, unit), unit)
    above = _groups(_distances(upper.width, high - upper.place, unit), unit)
    found = _side(lower, -1, below, offset, math.inf)
    if upper.place > lower.place:
        half = 0.5 * (upper.place - lower.place)
        ends = _distances_to(lower.width, half, unit)
        highest = max(upper.place - ends[1], lower.place + half)
        between = _groups(ends, unit)
        found += _side(lower, 1, between, offset, highest)
        found += _side(upper, -1, between, offset, highest)
    return found + _side(upper, 1, above, offset, math.inf)
