"""The steps of a search for zeros of I_q + G_L V on V > 0, or for the largest value of a quotient.

Both follow from where the excess F of a quotient over a level is above 0 (``panel_model``): at a
given level its sign changes are the operating points across a load, and the outermost without a
load is V_S (``zeros``); a level above which F is nowhere positive is the largest value
(``maxima``).

V is cut into panels where edges meet, and next to 0. From the outermost panel inwards, F and its
slope are bounded on one interval after the other. An interval is passed if F keeps its sign on it,
or if F is monotonous and of certain sign at the lower end. Where neither can be shown, the currents
at the nodes are computed more accurately, if their errors are to blame, or the panel is halved: a
parabola on half a panel is off by an eighth as much.

**What may go unseen.** Between two intervals that were passed F has a certain sign, and on each it
has one zero at most: pairs of zeros are found, however near they are. A panel is given up when F is
known on all of it to 1e-9 of |I_up| + |I_down|, or to rounding; its nodes then give the sign of F.
So a pair of zeros is unseen only if F dips through zero by less than that, or if a parabola is off
by more than ``panel_model`` says. Of 1.2e6 voltages between nodes of random junctions, with gaps,
fields, broadenings and temperatures of all sizes, a parabola was at two, by a quarter.
"""

import math
from typing import NamedTuple

from thermospin.kernels.circuit import FINEST, Circuit, charge, slope_at_zero
from thermospin.kernels.logarithms import logarithms_beside, mix
from thermospin.kernels.panel_model import (
    BOTTOM,
    BOTTOM_ERROR,
    EFFICIENCY,
    LOAD,
    RTOL,
    SIZE,
    TOP,
    TOP_ERROR,
    VOLTAGE,
    at,
    bounds,
    model_of,
)
from thermospin.kernels.root_finding import bracket_of, inside, is_narrow, narrowed, nearest
from thermospin.machine.compilation import merged, outer

FIRST_READ, SHARPER = 1e-4, 1e-3
"""Relative tolerance of I_up and I_down when a node is first read, and its factor from then on."""
MOST_TRIES = 40
"""Intervals tried in half a panel."""
LOW, F_LOW, HIGH, F_HIGH, GUESS = range(5)
"""Columns of a table of sign changes: two voltages, with F there, and a guess at the zero."""
CHANGE_COLUMNS = GUESS + 1


class Question(NamedTuple):
    """A search: the junction, the quotient, and whether I_q of the junction is odd in V.

    If I_q is odd, F of a ``LOAD`` is divided by V on the panel at V = 0, and at sign changes.
    """

    circuit: Circuit
    quotient: int
    odd: bool


class State(NamedTuple):
    """How far down a search is: the last certain sign, its V, F there; number of sign changes."""

    sign: float
    above: float
    F: float
    changes: int


@outer
def highest(circuit):
    """Return a voltage above which I_q > 0: the sum of gaps, fields, broadenings and k_BT.

    Parameters
    ----------
    circuit : Circuit
        The junction.

    Returns
    -------
    float
        Voltage in Δ0/e.
    """
    leads = circuit.leads
    edges = leads.gap_S + leads.gap_Sm + abs(leads.h_S) + abs(leads.h_Sm)
    return edges + leads.kT_S + leads.kT_Sm + leads.gamma_S + leads.gamma_Sm


@outer
def read(V, question, rtol, memory, node):
    """Compute I_q at a voltage, and from it both functions of a power or of a load: a node is read.

    Parameters
    ----------
    V, rtol : float
        Voltage in Δ0/e, and relative tolerance of I_up and I_down.
    question, memory
        The search, not of an ``EFFICIENCY``, and a ``Memory`` of the currents, written to.
    node : array of shape (7,)
        Receives a row of ``Chart.node``: of a load and an odd I_q, −dI_q/dV and 1 at V = 0.

    Returns
    -------
    bool
        Whether the currents met ``rtol``.
    """
    circuit, is_load = question.circuit, question.quotient == LOAD
    node[VOLTAGE], node[RTOL] = V, rtol
    node[BOTTOM], node[BOTTOM_ERROR] = 1.0, 0.0
    if is_load and question.odd and V == 0.0:
        slope, error = slope_at_zero(circuit, memory.workspace)
        node[TOP], node[TOP_ERROR], node[SIZE] = -slope, error, abs(slope)
        return True
    current, error, size, met = charge(V, circuit, rtol, memory.workspace)
    factor = 1.0 if is_load else V
    node[TOP], node[TOP_ERROR], node[SIZE] = -factor * current, factor * error, factor * size
    if is_load:
        node[BOTTOM] = V
    return met


@outer
def model_on(p, level, question, pairs, chart):
    """Return a model of F, the excess of the quotient over a level, on a panel.

    Parameters
    ----------
    p : int
        Index of the panel in the chart; its three nodes are read.
    level : float
        The level, in the unit of the quotient.
    question : Question
        The search.
    pairs : int
        How many pairs of edges meet.
    chart : Chart
        Memory of the search; receives the logarithms of the panel.

    Returns
    -------
    Model
        A parabola through the nodes plus logarithms, with bounds of what it misses.
    """
    node = chart.node
    i, j, k = chart.panel[p]
    low, high = node[i, VOLTAGE], node[k, VOLTAGE]
    is_load, with_heat = question.quotient == LOAD, question.quotient == EFFICIENCY
    divided = is_load and question.odd and low == 0.0
    logs = logarithms_beside(low, high, not is_load, pairs, chart.pair, chart.kappa, chart.log)
    mix(1.0, -level if with_heat else 0.0, logs, chart.log)
    missed = chart.missed[p, 0]
    kinks = 1.0
    if divided:
        kinks = 2.0 / high
    elif not is_load:
        kinks = high
    if with_heat:
        missed += level * chart.missed[p, 1]
        kinks += level * question.circuit.leads.gap_S
    return model_of(node[i], node[j], node[k], level, missed, kinks, divided, logs, chart)


@outer
def _zero_of_model(model, low, F0, high, F1, table, factors):
    """Return at about which voltage a model is 0 between two voltages of opposite sign of F."""
    bracket = bracket_of(low, F0, high, F1)
    x = inside(bracket)
    for _ in range(10):
        bracket = narrowed(bracket, x, at(model, x, table, factors))
        if is_narrow(bracket, 0.0):
            break
        x = inside(bracket)
    return nearest(bracket)


@outer
def _noted(model, V, F, state, odd, table, factors, found):
    """Note a sign change between a voltage and the last voltage at which F has a certain sign."""
    row = found[state.changes]
    unit = V if odd and not model.divided else 1.0
    row[LOW], row[F_LOW], row[HIGH], row[F_HIGH] = V, F / unit, state.above, state.F
    row[GUESS] = 0.5 * (V + state.above)
    if state.above <= model.middle + model.half:
        there = at(model, state.above, table, factors)
        if F * there < 0.0:
            row[GUESS] = _zero_of_model(model, V, F, state.above, there, table, factors)
    return State(state.sign, state.above, state.F, state.changes + 1)


@outer
def march(model, low, high, state, odd, chart, found):
    """Follow the sign of F down a part of a panel, and note its changes.

    Parameters
    ----------
    model, state, odd, chart
        F on the panel, the state of the search above, whether I_q is odd in V, and memory.
    low, high : float
        Ends of the part in Δ0/e.
    found : array of shape (n, CHANGE_COLUMNS)
        Receives the sign changes.

    Returns
    -------
    passed, below : bool, State
        Whether the sign is certain down to ``low`` or ``found`` is full, and the state then.
    """
    table, here, there = chart.log, chart.factors[0], chart.factors[1]
    error = model.missed + model.noise
    V1, F1 = high, at(model, high, table, there)
    step = high - low
    for _ in range(MOST_TRIES):
        V0 = V1 - step if V1 - low > 1.25 * step else low
        F0 = at(model, V0, table, here)
        least, most, slope0, slope1 = bounds(model, V0, V1, F0, F1, here, there, table)
        one_sign = least > 0.0 or most < 0.0
        certain = abs(F0) > (model.noise if low == V0 else error)
        if not (one_sign or (certain and (slope0 > 0.0 or slope1 < 0.0))):
            if abs(F0) <= error and abs(F1) <= error:
                break
            step = 0.5 * (V1 - V0)
            continue
        if F0 * state.sign < 0.0:
            V, F = (V1, F1) if one_sign else (V0, F0)
            state = _noted(model, V, F, state, odd, table, chart.factors[2], found)
        unit = V0 if odd and V0 > 0.0 and not model.divided else 1.0
        state = State(math.copysign(1.0, F0), V0, F0 / unit, state.changes)
        if low == V0 or state.changes == len(found):
            return True, state
        step = 2.0 * (V1 - V0)
        V1, F1, here, there = V0, F0, there, here
    return False, state


@outer
def stays_below(model, low, high, limit, chart):
    """Return whether F can be shown to be nowhere above a limit on a part of a panel.

    Parameters
    ----------
    model, chart
        F on the panel, and the memory of the search.
    low, high : float
        Ends of the part in Δ0/e.
    limit : float
        The limit, in the unit of F.

    Returns
    -------
    bool
        False as well where F is below the limit but within ``MOST_TRIES`` intervals it cannot be
        shown.
    """
    table, here, there = chart.log, chart.factors[0], chart.factors[1]
    error = model.missed + model.noise
    V1, F1 = high, at(model, high, table, there)
    step = high - low
    for _ in range(MOST_TRIES):
        V0 = V1 - step if V1 - low > 1.25 * step else low
        F0 = at(model, V0, table, here)
        if max(F0, F1) + error > limit:
            break
        if bounds(model, V0, V1, F0, F1, here, there, table)[1] > limit:
            step = 0.5 * (V1 - V0)
            continue
        if low == V0:
            return True
        step = 2.0 * (V1 - V0)
        V1, F1, here, there = V0, F0, there, here
    return False


@merged
def is_known(model, enough, a, b, c):
    """Return whether a model of F on a panel is accurate enough, or as accurate as can be.

    Parameters
    ----------
    model : Model
        F on the panel.
    enough : float
        By how much the model may be off, in the unit of F.
    a, b, c : arrays of shape (7,)
        The nodes of the panel, rows of ``Chart.node``.

    Returns
    -------
    bool
        True as well where rounding of the currents hides more, or the panel is a point.
    """
    hidden = model.noise > model.missed and max(a[RTOL], max(b[RTOL], c[RTOL])) <= FINEST
    narrow = model.half <= 1e-13 * c[VOLTAGE]
    return hidden or narrow or model.missed + model.noise <= enough
