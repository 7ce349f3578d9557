"""The pieces of the energy axis, and the memory in which they are kept.

Each piece reaches from a breakpoint half way to the next one, or into a tail. Which breakpoints
there are is in ``breakpoints``, and the map on a piece in ``rules``.
"""

import math
from typing import NamedTuple

import numpy as np

from thermospin.kernels.breakpoints import (
    CHOSEN,
    HIDDEN,
    HIGH,
    REACH,
    S_STEP,
    SINGULARITIES,
    SM_STEP,
    WIDTH,
    breakpoints,
    distance,
    map_scale,
    offsets_at,
    singularities,
)
from thermospin.kernels.convergence import BESIDE, log_rate
from thermospin.kernels.rules import (
    ENDS,
    HIGHEST,
    LENGTHS,
    LONGEST,
    ORDERS,
    PER_END,
    ROOTS,
    STEPS,
    Quadrature,
    order_with,
    steps_to,
)
from thermospin.machine.compilation import allocating, merged
from thermospin.machine.exponential import coarse_log
from thermospin.machine.packed_sums import PACK

MAX_PIECES = 96
NEGLIGIBLE = 100.0
"""Pieces on which both leads are within e^−100 of full, or of empty, are left out."""
NONE = np.int64(0)
"""A count to begin with. A plain 0 is of a type of its own, and compiled for that as well."""
FREE = 0
"""In place of a tabulated length: the nodes are made anew for every piece."""


class Wanted(NamedTuple):
    """What the orders of all pieces follow from: −ln rtol, and about the logarithms of both Γ."""

    digits: float
    log_gamma_S: float
    log_gamma_Sm: float


class Workspace(NamedTuple):
    """Memory of one evaluation, made once and used for every point.

    The arrays are few, since each is counted in and out of every function that takes them.
    """

    edge: np.ndarray  # (6, 4) singular energies: see ``breakpoints``
    order: np.ndarray  # (3, 6) their orders
    piece: np.ndarray  # (pieces, 19) columns below
    queue: np.ndarray  # (2, pieces) pieces to be integrated: rows below
    values: np.ndarray  # (pieces, nodes) the integrand at the nodes, times the slope of the map
    sums: np.ndarray  # (9, pieces + 8) what follows from them: rows below
    quadrature: Quadrature
    free: np.ndarray  # (2, 1, orders, nodes) like ``Quadrature.nodes``, for a length not in there


RULE, TABLE, SCALE, START, LENGTH, NEAR, FAR, LOG_RATE = range(8)
"""Columns of a piece: the index of its order, that of its length among the tabulated ones or FREE,
its map and its ends; how fast its sums converge at least, which is ln ρ of ``convergence`` where
hidden singularities limit it, ∞ where none does, or NOT_LOCATED;"""
S_ABOVE, S_BELOW, SM_ABOVE, SM_BELOW, X, Y, Y_MINUS_X = range(8, 15)
"""the integrand as seen from its breakpoint, as in ``Offsets``;"""
STEP, STEP_RATE, STEP_SIGN = range(15, 18)
"""the Fermi function that is left where one lead is full or empty: see ``step_current_values``;"""
KIND = 18
"""the queue it belongs to."""
NOT_LOCATED = 0.0
"""In place of a rate: there are hidden singularities, and the worst is assumed."""
BOTH, ONE_STEP = range(2)
"""Rows of the queue: pieces with two Fermi functions, and those where one lead is full or empty."""
VALUE, MODULUS, ERROR, FALL, LAST, MIDDLE, FASTEST_FALL = range(7)
"""Rows of the sums, with a number a piece in each: its integral, that of the modulus, what
``error_estimate`` says, the sizes of its last Legendre coefficients and of the middle one, and
``fastest_fall``. The first three are added up."""
SLOPE, SLOPE_ERROR = range(7, 9)
"""Further rows: derivatives at several voltages, whose mean is taken, and their errors."""
FROZEN = 40.0
"""A lead that is full, or empty, to within e^−40 of the other's occupation counts as just that."""


@allocating
def workspace(quadrature):
    """Return memory for the evaluation of one point after another."""
    nodes = ORDERS[HIGHEST]
    memory = np.empty(MAX_PIECES * nodes + PACK)
    first = -(int(memory.ctypes.data) // 8) % PACK  # as in ``rules.aligned``
    return Workspace(
        np.empty((SINGULARITIES, 4)),
        np.empty((3, SINGULARITIES), np.int64),
        np.empty((MAX_PIECES, KIND + 1)),
        np.empty((2, MAX_PIECES), np.int64),
        memory[first : first + MAX_PIECES * nodes].reshape((MAX_PIECES, nodes)),
        np.zeros((SLOPE_ERROR + 1, MAX_PIECES + PACK)),
        quadrature,
        np.empty((2, 1, ORDERS.size, nodes)),
    )


@merged
def _log_occupation(x, y):
    """Return about ln |f(x) − f(y)|."""
    return -min(abs(x), abs(y)) if x * y > 0.0 else 0.0


@merged
def _log_density(above, below, far, gamma, log_gamma):
    """Return about ln ∫N of one lead over a piece: Γ in the gap, √Γ beside its own edge."""
    if (above + far) * (below + far) >= 0.0:
        return 0.0
    return 0.5 * log_gamma if min(abs(above), abs(below)) <= gamma else log_gamma


@merged
def _first_rule(root, digits, tail):
    """Return the order to begin with, from a fit to what random junctions needed.

    ``digits`` is the number of digits wanted of the piece, times ln 10, ``root`` the square root of
    its length: so fast falls the error of a piece that is bounded by singularities.
    """
    digits = max(digits, 0.0)
    return order_with(
        (0.29 * digits + 7.0) * root if tail else (0.515 * root - 0.36) * digits + 10.0
    )


@merged
def _set_offsets(piece, at):
    piece[S_ABOVE] = at.S_above
    piece[S_BELOW] = at.S_below
    piece[SM_ABOVE] = at.Sm_above
    piece[SM_BELOW] = at.Sm_below
    piece[X] = at.x
    piece[Y] = at.y
    piece[Y_MINUS_X] = at.y_minus_x


@merged
def _set_step(piece, x, y, near, far, leads):
    """Find out whether one lead is full or empty on a piece, to e^−40 of the other's occupation.

    Without branches: which of them it will be cannot be foreseen.
    """
    x0, x1 = x + near * leads.rate_S, x + far * leads.rate_S
    y0, y1 = y + near * leads.rate_Sm, y + far * leads.rate_Sm
    beyond0, beyond1 = abs(y0) - abs(x0), abs(y1) - abs(x1)
    Sm_frozen = (y0 * y1 > 0.0) & (min(beyond0, beyond1) > FROZEN)
    S_frozen = (x0 * x1 > 0.0) & (max(beyond0, beyond1) < -FROZEN)
    sign = math.copysign(1.0, y0 if Sm_frozen else x0)
    piece[STEP] = sign * (x if Sm_frozen else y)
    piece[STEP_RATE] = sign * (leads.rate_S if Sm_frozen else leads.rate_Sm)
    piece[STEP_SIGN] = sign if Sm_frozen else -sign
    piece[KIND] = ONE_STEP if Sm_frozen | S_frozen else BOTH


@merged
def _add(count, at, table, span, near, far, rule, leads, work):
    """Add a piece with its ends at the distances ``near`` and ``far``, yet to be integrated."""
    piece = work.piece[count]
    piece[RULE] = rule
    piece[TABLE] = table
    piece[SCALE] = span[0]
    piece[START] = span[1]
    piece[LENGTH] = span[2]
    piece[NEAR] = near
    piece[FAR] = far
    piece[LOG_RATE] = math.inf
    _set_offsets(piece, at)
    _set_step(piece, at.x, at.y, near, far, leads)
    return count + 1


@merged
def _add_side(count, at, here, scale, per_scale, reach, tail, leads, wanted, work):
    """Add the piece from a breakpoint to a distance ``reach``, in two if it is long.

    The sign of ``scale`` says on which side. A piece on which both leads are full, or both empty,
    is left out.
    """
    far = math.copysign(reach, scale)
    there = _log_occupation(at.x + far * leads.rate_S, at.y + far * leads.rate_Sm)
    occupation = here if tail else max(here, there)
    if occupation < -NEGLIGIBLE:
        return count
    digits = (
        wanted.digits
        + occupation
        + _log_density(at.S_above, at.S_below, 0.5 * far, leads.gamma_S, wanted.log_gamma_S)
        + _log_density(at.Sm_above, at.Sm_below, 0.5 * far, leads.gamma_Sm, wanted.log_gamma_Sm)
    )
    ratio = reach * per_scale
    steps = steps_to(ratio)
    if steps <= STEPS:
        span = (far * PER_END[steps], 0.0, LENGTHS[steps])
        rule = _first_rule(ROOTS[steps], digits, tail)
        return _add(count, at, steps, span, 0.0, far, rule, leads, work)
    rest = math.asinh(ratio) - LONGEST
    middle = scale * ENDS[STEPS]
    near_rule = _first_rule(ROOTS[STEPS], digits, tail)
    far_rule = _first_rule(math.sqrt(rest), digits, tail)
    near = (scale, 0.0, LONGEST)
    count = _add(count, at, STEPS, near, 0.0, middle, near_rule, leads, work)
    rest_of_it = (scale, LONGEST, rest)
    return _add(count, at, FREE, rest_of_it, middle, far, far_rule, leads, work)


@merged
def _limit_rate(piece, k, leads, edge):
    """Take singular energy k into account for how fast the sums on a piece converge at least."""
    if k < S_STEP:
        x, width = -piece[S_ABOVE + k], edge[k, WIDTH]
    else:
        x = -(piece[X] * leads.kT_S if k == S_STEP else piece[Y] * leads.kT_Sm)
        width = edge[k, REACH]
    reach = BESIDE * piece[FAR]
    if x * x + width * width < reach * reach:
        rate = log_rate(x, width, piece[SCALE], piece[START], piece[LENGTH])
        piece[LOG_RATE] = min(piece[LOG_RATE], rate)


@merged
def lay_pieces(derivative, V, leads, digits, tail, work):
    """Cut the energy axis into pieces; return how many, and how many singularities are hidden.

    The tails end ``tail`` k_BT of the hotter lead beyond the last singular energy. The Fermi step
    of that lead is as smooth as the integrand where it is cut off; only a ``derivative``, with its
    large parts that cancel, can hide it.
    """
    edge, order = work.edge, work.order
    singularities(V, leads, edge)
    hottest = S_STEP if leads.kT_S >= leads.kT_Sm else SM_STEP
    breaks, hidden = breakpoints(-1 if derivative else hottest, leads, edge, order)
    wanted = Wanted(digits, coarse_log(leads.gamma_S), coarse_log(leads.gamma_Sm))
    margin = tail * max(leads.kT_S, leads.kT_Sm)
    count = NONE
    for i in range(breaks):
        k = order[CHOSEN, i]
        at = offsets_at(edge, k, V, leads)
        scale = map_scale(edge, order, breaks, i)
        # Both Fermi steps lie within the outermost pieces.
        if i == 0:
            below = max(0.0, edge[k, HIGH] - min(V, 0.0)) + margin
        else:
            below = 0.5 * distance(edge, k, order[CHOSEN, i - 1])
        if i == breaks - 1:
            above = max(0.0, max(V, 0.0) - edge[k, HIGH]) + margin
        else:
            above = 0.5 * distance(edge, order[CHOSEN, i + 1], k)
        here, per_scale = _log_occupation(at.x, at.y), 1.0 / scale
        count = _add_side(count, at, here, -scale, per_scale, below, i == 0, leads, wanted, work)
        last = i == breaks - 1
        count = _add_side(count, at, here, scale, per_scale, above, last, leads, wanted, work)
    if hidden > 0:
        work.piece[:count, LOG_RATE] = NOT_LOCATED
    return count, hidden


@merged
def locate_hidden(j, hidden, leads, work):
    """Find out how fast the sums on piece j converge at least."""
    work.piece[j, LOG_RATE] = math.inf
    for i in range(hidden):
        _limit_rate(work.piece[j], work.order[HIDDEN, i], leads, work.edge)


@merged
def _halve(j, half, leads, work):
    """Make piece j as long as its half, at a middle order; its ends are set already."""
    piece = work.piece[j]
    piece[RULE] = HIGHEST // 2
    piece[TABLE] = FREE
    piece[LENGTH] = half
    piece[LOG_RATE] = math.inf
    for k in range(SINGULARITIES):
        if work.edge[k, REACH] < math.inf:
            _limit_rate(piece, k, leads, work.edge)
    _set_step(piece, piece[X], piece[Y], piece[NEAR], piece[FAR], leads)


@merged
def bisect(j, count, leads, work):
    """Cut piece j in two; the second half becomes the last piece."""
    for k in range(work.piece.shape[1]):
        work.piece[count, k] = work.piece[j, k]
    half = 0.5 * work.piece[j, LENGTH]
    work.piece[count, START] += half
    middle = work.piece[j, SCALE] * math.sinh(work.piece[count, START])
    work.piece[j, FAR] = work.piece[count, NEAR] = middle
    _halve(j, half, leads, work)
    _halve(count, half, leads, work)
    return count + 1
