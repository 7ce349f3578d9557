"""The zeros of I_q + G_L V on V > 0, from the outermost inwards."""

import math

from thermospin.kernels.bracket import (
    MOST_STEPS,
    bracket_of,
    inside,
    is_narrow,
    narrowed,
    nearest,
)
from thermospin.kernels.circuit import FINE, FINEST
from thermospin.kernels.compiled import inner
from thermospin.kernels.panels import LOAD, RTOL, SIZE, VOLTAGE, mixture
from thermospin.kernels.search import (
    F_HIGH,
    F_LOW,
    FIRST_READ,
    GUESS,
    HIGH,
    LOW,
    PASSED,
    SHARPER,
    UNREAD,
    Question,
    State,
    halve,
    has_room,
    highest,
    is_known,
    lay_panels,
    march,
    model_on,
    read,
)

RESOLUTION = 1e-9
"""I_q + G_L V is followed until it is known to this part of |I_up| + |I_down|."""
HIDDEN = 0.01
"""At a zero it is smaller than this part of its error."""


@inner
def _passed_by_ends(state, level, odd, upper, lower, found):
    """Return the state below half a panel whose sign is that of its ends."""
    for node in (upper, lower):
        F, error = mixture(1.0, -level, odd, node)
        if abs(F) > error and state.count < len(found):
            if F * state.sign < 0.0:
                row, V = found[state.count], node[VOLTAGE]
                row[LOW], row[F_LOW], row[HIGH], row[F_HIGH] = V, F, state.above, state.F
                row[GUESS] = 0.5 * (V + state.above)
                state = State(state.sign, state.above, state.F, state.count + 1)
            state = State(math.copysign(1.0, F), node[VOLTAGE], F, state.count)
    return state


@inner
def _scale(model, a, b, c):
    """Return what rounding of F is relative to."""
    return c[SIZE] / c[VOLTAGE] if model.divided else max(a[SIZE], max(b[SIZE], c[SIZE]))


@inner
def sign_changes(level, circuit, odd, memory, chart, found):
    """Write where −I_q − G_L V changes its sign on V > 0, descending; return how often it does.

    ``level`` is G_L. The search ends when ``found`` is full.
    """
    question, node, panel = Question(circuit, LOAD, odd), chart.node, chart.panel
    panels, nodes, pairs = lay_panels(highest(circuit), circuit, chart)
    top = node[nodes - 1]
    read(top[VOLTAGE], question, FIRST_READ, memory, top)
    state = State(-1.0, top[VOLTAGE], mixture(1.0, -level, odd, top)[0], 0)
    while panels > 0 and state.count < len(found):
        panels -= 1
        i, j, k = panel[panels]
        if j == PASSED:
            state = _passed_by_ends(state, level, odd, node[k], node[i], found)
            continue
        for n in (i, j, k):
            if node[n, RTOL] == UNREAD:
                read(node[n, VOLTAGE], question, FIRST_READ, memory, node[n])
        model = model_on(panels, level, question, pairs, chart)
        low, middle, high = node[i, VOLTAGE], node[j, VOLTAGE], node[k, VOLTAGE]
        above, upper = march(model, middle, high, state, odd, chart, found)
        if above:
            state = upper
        start = state if above else State(0.0, middle, 0.0, state.count)
        below, lower = march(model, low, middle, start, odd, chart, found)
        if above and below:
            state = lower
            continue
        below = below and lower.count == state.count
        scale = _scale(model, node[i], node[j], node[k])
        if is_known(model, scale, RESOLUTION, node[i], node[j], node[k]) or not has_room(
            panels, nodes
        ):
            panel[panels, 1], panel[panels, 2] = PASSED, j
            panels += 1
            if not above:
                panel[panels, 0], panel[panels, 1], panel[panels, 2] = j, PASSED, k
                panels += 1
        elif model.noise > model.missed:
            for n in (i, j, k):
                if node[n, RTOL] > FINEST:
                    rtol = max(node[n, RTOL] * SHARPER, FINEST)
                    read(node[n, VOLTAGE], question, rtol, memory, node[n])
            panels += 1
        else:
            read(0.5 * (low + middle), question, node[j, RTOL], memory, node[nodes])
            read(0.5 * (middle + high), question, node[j, RTOL], memory, node[nodes + 1])
            panels = halve(panels, nodes, below, above, question, pairs, chart)
            nodes += 2
    return state.count


@inner
def zero_at(change, level, circuit, odd, memory, chart):
    """Return the zero at a sign change."""
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
