"""Halving a panel of a search, with estimates of by how much the parabola on each half is off."""

from thermospin.kernels.logarithms import logarithms_beside, mix, sum_of
from thermospin.kernels.panel_model import (
    EFFICIENCY,
    LOAD,
    MOST_NODES,
    MOST_PANELS,
    UNKNOWN,
    VOLTAGE,
    missed_by_half,
    mixture,
)
from thermospin.machine.compilation import merged, outer


@merged
def has_room(panels, nodes):
    """Return whether a chart has room to halve another panel.

    Parameters
    ----------
    panels, nodes : int
        How many of each there are.

    Returns
    -------
    bool
        Whether two more of each fit in.
    """
    return nodes + 2 <= MOST_NODES and panels + 2 <= MOST_PANELS


@outer
def _missed_by(top, bottom, nodes, half, before, divided, zero, logs, chart):
    """Return by how much a parabola may be off on half a panel for a mixture of both functions.

    ``nodes`` are the five of the panel, whose parabola may be off by ``before``. If ``zero``, the
    first of them, at V = 0, holds the slope of the mixture, and the mixture is 0 there.
    """
    mix(top, bottom, logs, chart.log)
    F = chart.factors[0, :5, 0]
    for n in range(5):
        node = chart.node[nodes[n]]
        F[n] = 0.0 if zero and n == 0 else mixture(top, bottom, divided, node)[0]
        F[n] -= sum_of(node[VOLTAGE], logs, chart.log, chart.factors[2])
    fourth = F[0] + F[4] - 4.0 * (F[1] + F[3]) + 6.0 * F[2]
    if half == 0:
        return missed_by_half(F[0], F[1], F[2], F[3], fourth, before)
    return missed_by_half(F[4], F[3], F[2], F[1], fourth, before)


@outer
def halve(p, nodes, without_lower, without_upper, question, pairs, chart):
    """Put the halves of panel p, the last one, in its place, with estimates of their errors.

    Parameters
    ----------
    p, nodes, pairs : int
        The panel, the node in the middle of its lower half, read as is the next one in the middle
        of the upper half, and how many pairs of edges meet.
    without_lower, without_upper : bool
        Which half is left out.
    question, chart
        The search and its memory, written to.

    Returns
    -------
    int
        How many panels there are.
    """
    five = (chart.panel[p, 0], nodes, chart.panel[p, 1], nodes + 1, chart.panel[p, 2])
    top_missed, bottom_missed = chart.missed[p, 0], chart.missed[p, 1]
    if top_missed < 0.0:
        bottom_missed = UNKNOWN
    is_load = question.quotient == LOAD
    was_divided = is_load and question.odd and chart.node[five[0], VOLTAGE] == 0.0
    panels = p
    for half in range(2):
        if (without_lower and half == 0) or (without_upper and half == 1):
            continue
        a, b, c = five[2 * half], five[2 * half + 1], five[2 * half + 2]
        chart.panel[panels, 0], chart.panel[panels, 1], chart.panel[panels, 2] = a, b, c
        low, high = chart.node[a, VOLTAGE], chart.node[c, VOLTAGE]
        divided = was_divided and half == 0
        zero = was_divided and not divided
        before = top_missed * high if zero else top_missed
        logs = logarithms_beside(low, high, not is_load, pairs, chart.pair, chart.kappa, chart.log)
        chart.missed[panels, 0] = _missed_by(
            1.0, 0.0, five, half, before, divided, zero, logs, chart
        )
        if question.quotient == EFFICIENCY:
            chart.missed[panels, 1] = _missed_by(
                0.0, 1.0, five, half, bottom_missed, divided, zero, logs, chart
            )
        panels += 1
    return panels
