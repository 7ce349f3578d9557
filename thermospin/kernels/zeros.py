"""The zeros of I_q + G_L V on V > 0, from the outermost inwards."""

import math

from thermospin.kernels.circuit import FINE, FINEST
from thermospin.kernels.panel_halving import halve, has_room
from thermospin.kernels.panel_layout import UNREAD, lay_panels
from thermospin.kernels.panel_model import LOAD, RTOL, SIZE, VOLTAGE, mixture
from thermospin.kernels.root_finding import (
    MOST_STEPS,
    bracket_of,
    inside,
    is_narrow,
    narrowed,
    nearest,
)
from thermospin.kernels.search import (
    F_HIGH,
    F_LOW,
    FIRST_READ,
    GUESS,
    HIGH,
    LOW,
    SHARPER,
    Question,
    State,
    highest,
    is_known,
    march,
    model_on,
    read,
)
from thermospin.machine.compilation import outer

RESOLUTION = 1e-9
"""I_q + G_L V is followed until it is known to this part of |I_up| + |I_down|."""
HIDDEN = 0.01
"""At a zero it is smaller than this part of its error."""


@outer
def _given_up(state, level, odd, upper, lower, found):
    """Return the state below half a panel of which only the signs at its ends are taken."""
    for node in (upper, lower):
        F, error = mixture(1.0, -level, odd, node)
        if abs(F) > error and state.changes < len(found):
            if F * state.sign < 0.0:
                row, V = found[state.changes], node[VOLTAGE]
                row[LOW], row[F_LOW], row[HIGH], row[F_HIGH] = V, F, state.above, state.F
                row[GUESS] = 0.5 * (V + state.above)
                state = State(state.sign, state.above, state.F, state.changes + 1)
            state = State(math.copysign(1.0, F), node[VOLTAGE], F, state.changes)
    return state


@outer
def _scale(model, a, b, c):
    """Return what rounding of F is relative to."""
    return c[SIZE] / c[VOLTAGE] if model.divided else max(a[SIZE], max(b[SIZE], c[SIZE]))


@outer
def _finished(model, state, level, odd, a, b, c, chart, found):
    """Return the state below a panel that is known as well as it can be, or need be."""
    for upper, lower in ((c, b), (b, a)):
        if state.changes < len(found):
            done, below = march(model, lower[VOLTAGE], upper[VOLTAGE], state, odd, chart, found)
            state = below if done else _given_up(state, level, odd, upper, lower, found)
    return state


@outer
def sign_changes(level, circuit, odd, memory, chart, found):
    """Write where −I_q − G_L V changes its sign on V > 0, descending; return how often it does.

    The search ends when ``found`` is full.

    Parameters
    ----------
    level : float
        Conductance G_L of the load in G_T.
    circuit : Circuit
        The junction.
    odd : bool
        Whether I_q(−V) = −I_q(V).
    memory : Memory
        Memory of the currents, written to.
    chart : Chart
        Memory of the search, written to.
    found : array of shape (n, CHANGE_COLUMNS)
        Receives the sign changes.

    Returns
    -------
    int
        How many there are, n at most.
    """
    question, node, panel = Question(circuit, LOAD, odd), chart.node, chart.panel
    panels, nodes, pairs = lay_panels(highest(circuit), circuit, memory.workspace.films, chart)
    top = node[nodes - 1]
    read(top[VOLTAGE], question, FIRST_READ, memory, top)
    state = State(-1.0, top[VOLTAGE], mixture(1.0, -level, odd, top)[0], 0)
    while panels > 0 and state.changes < len(found):
        panels -= 1
        i, j, k = panel[panels]
        for n in (i, j, k):
            if node[n, RTOL] == UNREAD:
                read(node[n, VOLTAGE], question, FIRST_READ, memory, node[n])
        a, b, c = node[i], node[j], node[k]
        model = model_on(panels, level, question, pairs, chart)
        above, upper = march(model, b[VOLTAGE], c[VOLTAGE], state, odd, chart, found)
        if above:
            if upper.changes == len(found):
                return upper.changes
            below, lower = march(model, a[VOLTAGE], b[VOLTAGE], upper, odd, chart, found)
            if below:
                state = lower
                continue
        known = is_known(model, RESOLUTION * _scale(model, a, b, c), a, b, c)
        if known or not has_room(panels, nodes):
            state = _finished(model, state, level, odd, a, b, c, chart, found)
        elif model.noise > model.missed:
            for n in (i, j, k):
                if node[n, RTOL] > FINEST:
                    rtol = max(node[n, RTOL] * SHARPER, FINEST)
                    read(node[n, VOLTAGE], question, rtol, memory, node[n])
            panels += 1
        else:
            rtol = b[RTOL]
            read(0.5 * (a[VOLTAGE] + b[VOLTAGE]), question, rtol, memory, node[nodes])
            read(0.5 * (b[VOLTAGE] + c[VOLTAGE]), question, rtol, memory, node[nodes + 1])
            if above:
                state = upper
            panels = halve(panels, nodes, False, above, question, pairs, chart)
            nodes += 2
    return state.changes


@outer
def zero_at(change, level, circuit, odd, memory, chart):
    """Return the zero of I_q + G_L V at a sign change.

    Parameters
    ----------
    change : array of shape (CHANGE_COLUMNS,)
        Row that ``sign_changes`` wrote.
    level, circuit, odd, memory, chart
        As in ``sign_changes``.

    Returns
    -------
    float
        Voltage in Δ0/e.
    """
    question, node = Question(circuit, LOAD, odd), chart.node[0]
    bracket = bracket_of(change[LOW], change[F_LOW], change[HIGH], change[F_HIGH])
    x = change[GUESS]
    for _ in range(MOST_STEPS):
        read(x, question, FINE, memory, node)
        F, error = mixture(1.0, -level, odd, node)
        bracket = narrowed(bracket, x, F)
        if is_narrow(bracket, HIDDEN * error):
            break
        x = inside(bracket)
    return nearest(bracket)
