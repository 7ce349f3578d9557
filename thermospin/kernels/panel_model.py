"""A model of the function that is searched on a panel of V: logarithms and a parabola, with errors.

Three properties of a junction are quotients top/bottom: the power −I_q V over 1, the efficiency
−I_q V over J_S, and the conductance −I_q over V of the load that the junction drives at V. The
excess F = top − λ · bottom is above 0 where the quotient is above a level λ, for the conductance
where I_q + λ V < 0. F is in the unit of top, G_T Δ0²/e², or G_T Δ0/e for the conductance, whose F
is in G_T where it is divided by V.

On a panel F is known at three nodes. The logarithms of the edges that meet beside the panel
(``branches``) are subtracted, and a parabola goes through the rest. The error of the parabola
between the nodes is estimated, as that of a quadrature is, from how higher differences fall:

- on half of a panel on which five nodes are known, by twenty times the difference between the
  quartic through all five and the parabola through the three, more where the third difference is
  not small beside the second, and at least by 1/32 of the estimate on the whole panel, or by the
  second difference if that is less;
- on a panel of which only three nodes are known, by the sum of half the second difference, half the
  first, and a fiftieth of what top would be if |I_up| + |I_down| took the place of I_q;
- in any case by as much as kinks bend F: a parabola through three nodes shows little of them, but
  where they are and how strong is known.
"""

import math
from typing import NamedTuple

import numpy as np

from thermospin.kernels.branches import (
    APART,
    AT,
    BROADENING,
    HEIGHT,
    MOST_BRANCHES,
    OPENS,
    THERMAL,
    TURN,
)
from thermospin.kernels.logarithms import (
    FACTORS,
    LOG_COLUMNS,
    range_of_slope,
    range_of_value,
    sum_of,
)
from thermospin.machine.compilation import allocating, merged, outer

POWER, EFFICIENCY, LOAD = range(3)
"""The quotients: −I_q V, −I_q V/J_S and −I_q/V."""
VOLTAGE, TOP, TOP_ERROR, BOTTOM, BOTTOM_ERROR, SIZE, RTOL = range(7)
"""Columns of a node: V in Δ0/e, top and bottom with their errors, the size that rounding of top is
relative to, and the relative tolerance of the currents that they were computed from."""
MOST_NODES, MOST_PANELS = 2048, 256
SAFETY = 20.0
"""A parabola may be off by so many times its difference from the quartic."""
LEAST = 1.0 / 32.0
"""On half a panel a parabola is off by at least this part of the estimate on the whole panel, or by
the second difference if that is less; without that estimate by this part of the second difference:
higher ones may vanish by chance."""
UNKNOWN = -1.0
"""In place of an error that is yet to be estimated, from the three nodes alone."""
UNSEEN = 0.02
"""With three nodes a parabola may be off by this part of ``SIZE``, or of F/V at the ends."""
KINK = 0.8
"""A parabola is off by less than this part of a square root that begins on its panel."""
BETWEEN = 1.25
"""Between three nodes the error of a parabola is at most so many times that at the nodes."""
STEEPER = 8.0
"""The slope of an error is below so many times its size over half the panel: 5 for a cubic."""


class Chart(NamedTuple):
    """Memory of one search: what is known of the currents of a junction.

    Columns are named in ``branches``, in ``logarithms`` and above.
    """

    pair: np.ndarray  # edges that meet
    kappa: np.ndarray  # their κ
    kink: np.ndarray
    cut: np.ndarray  # ends of panels, in V
    node: np.ndarray  # (nodes, 7)
    panel: np.ndarray  # (panels, 3): its nodes, ascending
    missed: np.ndarray  # (panels, 2): by how much parabolas of top and bottom may be off
    log: np.ndarray  # logarithms of one panel
    factors: np.ndarray  # (3, logarithms, 4): their factors at three voltages


class Model(NamedTuple):
    """F on one panel: c0 + c1 x + c2 x², x = (V − middle)/half, plus ``logs`` logarithms.

    ``missed`` is by how much the parabola may be off between the nodes, ``noise`` the error from
    those at the nodes. If ``divided``, this is a model of F/V. Voltages are in Δ0/e.
    """

    middle: float
    half: float
    c0: float
    c1: float
    c2: float
    missed: float
    noise: float
    logs: int
    divided: bool


@allocating
def chart_of_search():
    """Return memory for one search after another.

    Returns
    -------
    Chart
        With nothing in it yet.
    """
    return Chart(
        np.empty((MOST_BRANCHES, TURN + 1)),
        np.empty((MOST_BRANCHES, 4), np.complex128),
        np.empty((MOST_BRANCHES + 1, BROADENING + 1)),
        np.empty(MOST_BRANCHES + 3),
        np.empty((MOST_NODES, RTOL + 1)),
        np.empty((MOST_PANELS, 3), np.int64),
        np.empty((MOST_PANELS, 2)),
        np.empty((MOST_BRANCHES, LOG_COLUMNS)),
        np.empty((3, MOST_BRANCHES, FACTORS)),
    )


@merged
def mixture(top, bottom, divided, node):
    """Return the mixture F = top · first + bottom · second of the two functions at a node.

    Parameters
    ----------
    top, bottom : float
        Factors of the functions in the columns ``TOP`` and ``BOTTOM``.
    divided : bool
        Whether F is divided by V; a node at V = 0 then holds F/V already.
    node : array of shape (7,)
        The node, columns above.

    Returns
    -------
    value, error : float
        F and its error, in the unit of F.
    """
    value = top * node[TOP] + bottom * node[BOTTOM]
    error = abs(top) * node[TOP_ERROR] + abs(bottom) * node[BOTTOM_ERROR]
    if divided and node[VOLTAGE] > 0.0:
        return value / node[VOLTAGE], error / node[VOLTAGE]
    return value, error


@outer
def _missed_at_kinks(middle, half, kink):
    """Return by how much a parabola for I_q may be off on a panel because of kinks.

    The Chebyshev coefficients of a square root that begins at z, in halves of the panel, fall as
    ρ^−k with ρ + 1/ρ = |z − 1| + |z + 1|. Where a panel is on the closed side of a kink, the
    current of excitations is exponential in V, and the rest as small as broadening makes it.
    """
    total = 0.0
    for k in range(len(kink)):
        row = kink[k]
        if row[HEIGHT] == 0.0:
            break
        x, y = (row[AT] - middle) / half, row[APART] / half
        apart = math.sqrt((x - 1.0) * (x - 1.0) + y * y) + math.sqrt((x + 1.0) * (x + 1.0) + y * y)
        apart = max(0.5 * apart, 1.0)
        rho = apart + math.sqrt(apart * apart - 1.0)
        part = math.sqrt(half) / (rho * rho * rho)
        beyond = row[OPENS] * (row[AT] - middle) - half
        if beyond > 0.0:
            ratio = half / row[THERMAL]
            part *= min(1.0, row[BROADENING] / beyond)
            excited = math.sqrt(min(row[THERMAL], half)) * math.exp(-beyond / row[THERMAL])
            part += excited * min(1.0, ratio * ratio * ratio / 16.0)
        total += row[HEIGHT] * part
    return KINK * total


@merged
def missed_by_half(end, quarter, middle, beyond, fourth, before):
    """Return by how much the parabola through the three nodes of half a panel may be off.

    The quartic through all five nodes differs by 0.064 |third| + 0.048 |fourth| difference at most.

    Parameters
    ----------
    end, quarter, middle, beyond : float
        F without its logarithms at the end of the panel, in the middle of this half, in the middle
        of the panel, and in the middle of the other half.
    fourth : float
        The fourth difference of F over the five nodes.
    before : float
        By how much the parabola of the whole panel may be off; negative if that is not known.

    Returns
    -------
    float
        In the unit of F, as all arguments.
    """
    second = end - 2.0 * quarter + middle
    third = beyond - end - 3.0 * (middle - quarter)
    wild = 1.0 + 3.0 * min(1.0, abs(third) / (abs(second) + 1e-300))
    quartic = 0.064 * abs(third) + 0.048 * abs(fourth)
    least = LEAST * abs(second) if before < 0.0 else min(LEAST * before, abs(second))
    return max(SAFETY * wild * quartic, least)


@merged
def _parabola(model, V):
    x = (V - model.middle) / model.half
    return model.c0 + (model.c1 + model.c2 * x) * x


@outer
def at(model, V, table, factors):
    """Return F by the model of a panel at a voltage, and write the factors of its logarithms there.

    Parameters
    ----------
    model : Model
        F on the panel.
    V : float
        Voltage on the panel in Δ0/e.
    table, factors : arrays of shape (≥ logs, LOG_COLUMNS) and (≥ logs, FACTORS)
        The logarithms, and the array that receives their factors.

    Returns
    -------
    float
        Value of the model, in the unit of F.
    """
    return _parabola(model, V) + sum_of(V, model.logs, table, factors)


@outer
def bounds(model, V0, V1, F0, F1, here, there, table):
    """Return bounds on F and on its slope between two voltages of a panel, errors included.

    Parameters
    ----------
    model : Model
        F on the panel.
    V0, V1, F0, F1 : float
        The voltages in Δ0/e, V0 < V1, and the values of the model there.
    here, there : array of shape (≥ logs, FACTORS)
        Factors of the logarithms at V0 and at V1.
    table : array of shape (≥ logs, LOG_COLUMNS)
        The logarithms.

    Returns
    -------
    low, high, slope0, slope1 : float
        Bounds on F, and on dF/dV in the unit of F per Δ0/e.
    """
    x0, x1 = (V0 - model.middle) / model.half, (V1 - model.middle) / model.half
    a, b = _parabola(model, V0), _parabola(model, V1)
    low, high = min(a, b), max(a, b)
    rise0, rise1 = model.c1 + 2.0 * model.c2 * x0, model.c1 + 2.0 * model.c2 * x1
    if rise0 * rise1 < 0.0:
        turn = model.c0 - 0.25 * model.c1 * model.c1 / model.c2
        low, high = min(low, turn), max(high, turn)
    error = model.missed + model.noise
    slope0 = (min(rise0, rise1) - STEEPER * error) / model.half
    slope1 = (max(rise0, rise1) + STEEPER * error) / model.half
    for i in range(model.logs):
        least, most = range_of_value(table[i], V0, V1, here[i], there[i])
        low, high = low + least, high + most
        least, most = range_of_slope(table[i], V0, V1, here[i], there[i])
        slope0, slope1 = slope0 + least, slope1 + most
    # Or as far as F can get from either end.
    down, up = (V1 - V0) * min(slope0, 0.0), (V1 - V0) * max(slope1, 0.0)
    low = max(low, max(F0 + down, F1 - up))
    high = min(high, min(F0 + up, F1 - down))
    return low - error, high + error, slope0, slope1


@outer
def model_of(a, b, c, level, missed, kinks, divided, logs, chart):
    """Return the model of F = top − level · bottom on a panel, from its three nodes.

    Parameters
    ----------
    a, b, c : array of shape (7,)
        Nodes of the panel, ascending in V.
    level, kinks : float
        Level λ of the quotient, and the factor that kinks of I_q have in F.
    missed : float
        By how much the parabola may be off, or ``UNKNOWN``: it is then estimated from the nodes.
    divided : bool
        Whether F is divided by V.
    logs : int
        How many logarithms ``chart.log`` holds, their κ in F written by ``mix``.
    chart : Chart
        Memory of the search; ``factors`` is written to.

    Returns
    -------
    Model
        F on the panel.
    """
    V0, V1, V2 = a[VOLTAGE], b[VOLTAGE], c[VOLTAGE]
    table, factors = chart.log, chart.factors[2]
    F0, e0 = mixture(1.0, -level, divided, a)
    F1, e1 = mixture(1.0, -level, divided, b)
    F2, e2 = mixture(1.0, -level, divided, c)
    F0 -= sum_of(V0, logs, table, factors)
    F1 -= sum_of(V1, logs, table, factors)
    F2 -= sum_of(V2, logs, table, factors)
    half, c1, c2 = 0.5 * (V2 - V0), 0.5 * (F2 - F0), 0.5 * (F2 + F0) - F1
    if missed < 0.0:
        size = max(a[SIZE], max(b[SIZE], c[SIZE]))
        if divided:
            size = max(abs(F0), abs(F2))
        missed = abs(c2) + 0.5 * abs(c1) + UNSEEN * size
    missed = max(missed, kinks * _missed_at_kinks(V1, half, chart.kink))
    noise = BETWEEN * max(e0, max(e1, e2))
    return Model(V1, half, F1, c1, c2, missed, noise, logs, divided)
