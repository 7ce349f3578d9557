"""Where V is cut into panels before a search: next to 0, and where edges meet."""

import math

from thermospin.kernels.branches import APART, AT, HEIGHT, PLACE, WIDTH
from thermospin.kernels.film_branches import singularities_between
from thermospin.kernels.panel_model import RTOL, UNKNOWN, VOLTAGE
from thermospin.machine.compilation import outer

FIRST_PANEL = 0.45
"""Where the panel at V = 0 ends, in distances of the nearest singularity: I_q/V is smooth on it."""
MERGED = 0.3
"""Edges that meet at two voltages nearer than this part of G share an end of panels."""
UNREAD = -1.0
"""In place of a tolerance at a node at which the currents are yet to be computed."""


@outer
def _cut(top, pairs, chart):
    """Write the ends of panels up to a voltage, ascending; return how many."""
    cut, pair, kink = chart.cut, chart.pair, chart.kink
    nearest = top
    for k in range(len(kink)):
        if kink[k, HEIGHT] == 0.0:
            break
        nearest = min(nearest, math.hypot(kink[k, AT], kink[k, APART]))
    for j in range(pairs):
        nearest = min(nearest, math.hypot(pair[j, PLACE], pair[j, WIDTH]))
    cut[0], cut[1], cut[2] = 0.0, min(FIRST_PANEL * nearest, 0.5 * top), top
    count = 3
    for j in range(pairs):
        V, apart = pair[j, PLACE], max(MERGED * pair[j, WIDTH], 1e-13 * top)
        above = 1
        while above < count and cut[above] < V:
            above += 1
        if 1 < above < count and min(V - cut[above - 1], cut[above] - V) > apart:
            for i in range(count, above, -1):
                cut[i] = cut[i - 1]
            cut[above] = V
            count += 1
    return count


@outer
def lay_panels(top, circuit, films, chart):
    """Cut the voltages from 0 up to ``top`` into panels, next to 0 and where gap edges meet.

    A panel has three nodes: its ends, which it shares with the panels beside it, and its middle. No
    current is computed at them yet.

    Parameters
    ----------
    top : float
        Largest voltage in Δ0/e, > 0.
    circuit : Circuit
        The junction.
    films : Films or ()
        Tables of the leads that are films.
    chart : Chart
        Memory of the search; receives the pairs of edges that meet and the kinks, and in ascending
        order the panels and the voltages of their nodes, ``UNREAD`` in place of tolerances.

    Returns
    -------
    panels, nodes, pairs : int
        How many panels, nodes, and pairs of edges that meet there are.
    """
    pairs = singularities_between(films, circuit, chart.pair, chart.kappa, chart.kink)
    ends = _cut(top, pairs, chart)
    for i in range(2 * ends - 1):
        low = chart.cut[i // 2]
        chart.node[i, VOLTAGE] = low if i % 2 == 0 else 0.5 * (low + chart.cut[i // 2 + 1])
        chart.node[i, RTOL] = UNREAD
    for i in range(ends - 1):
        chart.panel[i, 0], chart.panel[i, 1], chart.panel[i, 2] = 2 * i, 2 * i + 1, 2 * i + 2
        chart.missed[i, 0], chart.missed[i, 1] = UNKNOWN, 0.0
    return ends - 1, 2 * ends - 1, pairs
