"""How the energy axis is cut into pieces.

Each piece reaches from a breakpoint half way to the next one, or into a tail. Which breakpoints
there are is in ``breakpoints``, and the map on a piece in ``rules``.
"""

import math
from typing import NamedTuple

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
from thermospin.kernels.convergence import BESIDE, log_rate, place_on_map
from thermospin.kernels.rules import (
    ENDS,
    HIGHEST,
    LENGTHS,
    LONGEST,
    PER_END,
    ROOTS,
    STEPS,
    order_with,
    steps_to,
)
from thermospin.kernels.workspace import BOTH, FREE, NONE, NOT_LOCATED, ONE_STEP, edges_of
from thermospin.machine.compilation import merged
from thermospin.machine.exponential import coarse_log
from thermospin.machine.record_copies import copy_record

MANY_DIGITS = 18.5
"""−ln rtol beyond which the Fermi step of the hotter lead shows in the sums, at rtol < 1e-8."""
NEGLIGIBLE = 100.0
"""Pieces on which both leads are within e^−100 of full, or of empty, are left out."""
FROZEN = 40.0
"""A lead that is full, or empty, to within e^−40 of the other's occupation counts as just that."""


class Wanted(NamedTuple):
    """What the orders of all pieces follow from: −ln rtol, and about the logarithms of both Γ."""

    digits: float
    log_gamma_S: float
    log_gamma_Sm: float


@merged
def log_occupation(x, y):
    """Return about ln |f(x) − f(y)|.

    Parameters
    ----------
    x, y : float
        (E − eV)/k_BT_S and E/k_BT_Sm.

    Returns
    -------
    float
        0 between the two steps, and −min(|x|, |y|) beside them.
    """
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
    piece.S_above = at.S_above
    piece.S_below = at.S_below
    piece.Sm_above = at.Sm_above
    piece.Sm_below = at.Sm_below
    piece.S_middle = at.S_middle
    piece.Sm_middle = at.Sm_middle
    piece.x = at.x
    piece.y = at.y
    piece.y_minus_x = at.y_minus_x


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
    piece.step = sign * (x if Sm_frozen else y)
    piece.step_rate = sign * (leads.rate_S if Sm_frozen else leads.rate_Sm)
    piece.step_sign = sign if Sm_frozen else -sign
    piece.kind = ONE_STEP if Sm_frozen | S_frozen else BOTH


@merged
def _add(count, at, table, span, near, far, rule, leads, workspace):
    """Add a piece with its ends at the distances ``near`` and ``far``, yet to be integrated."""
    piece = workspace.piece[count]
    piece.rule = rule
    piece.table = table
    piece.scale = span[0]
    piece.start = span[1]
    piece.length = span[2]
    piece.near = near
    piece.far = far
    piece.log_rate = math.inf
    _set_offsets(piece, at)
    _set_step(piece, at.x, at.y, near, far, leads)
    return count + 1


@merged
def _add_side(count, at, here, scale, per_scale, reach, tail, leads, wanted, workspace):
    """Add the piece from a breakpoint to a distance ``reach``, in two if it is long.

    The sign of ``scale`` says on which side. A piece on which both leads are full, or both empty,
    is left out.
    """
    far = math.copysign(reach, scale)
    there = log_occupation(at.x + far * leads.rate_S, at.y + far * leads.rate_Sm)
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
        return _add(count, at, steps, span, 0.0, far, rule, leads, workspace)
    rest = math.asinh(ratio) - LONGEST
    middle = scale * ENDS[STEPS]
    near_rule = _first_rule(ROOTS[STEPS], digits, tail)
    far_rule = _first_rule(math.sqrt(rest), digits, tail)
    near = (scale, 0.0, LONGEST)
    count = _add(count, at, STEPS, near, 0.0, middle, near_rule, leads, workspace)
    rest_of_it = (scale, LONGEST, rest)
    return _add(count, at, FREE, rest_of_it, middle, far, far_rule, leads, workspace)


@merged
def _limit_rate(piece, k, leads, edge):
    """Take singular energy k into account for how fast the sums on a piece converge at least."""
    if k < S_STEP:
        x, width = -edges_of(piece)[k], edge[k, WIDTH]
    else:
        x = -(piece.x * leads.kT_S if k == S_STEP else piece.y * leads.kT_Sm)
        width = edge[k, REACH]
    reach = BESIDE * piece.far
    if x * x + width * width < reach * reach:
        rate = log_rate(place_on_map(x, width, piece.scale), piece.start, piece.length)
        piece.log_rate = min(piece.log_rate, rate)


@merged
def lay_pieces(derivative, V, leads, digits, tail, workspace):
    """Cut the energy axis into pieces; return how many, and how many singularities are hidden.

    The tails end ``tail`` k_BT of the hotter lead beyond the last singular energy. The Fermi step
    of that lead is as smooth as the integrand where it is cut off: a breakpoint beside it can hide
    it from a ``derivative`` only, with its large parts that cancel, or at many digits.

    Parameters
    ----------
    derivative : bool
        Whether dI_up/dV is integrated, and not I_up.
    V : float
        Bias voltage in Δ0/e.
    leads : Leads
        Both leads.
    digits : float
        −ln of the relative accuracy of the first orders.
    tail : float
        Length of the tails in k_BT of the hotter lead.
    workspace : Workspace
        Memory of the evaluation, written to.

    Returns
    -------
    count, hidden : int
        How many pieces and hidden singularities there are.
    """
    edge, order = workspace.edge, workspace.order
    singularities(V, leads, edge)
    hottest = S_STEP if leads.kT_S >= leads.kT_Sm else SM_STEP
    every_step = derivative or digits > MANY_DIGITS
    breaks, hidden = breakpoints(-1 if every_step else hottest, leads, edge, order)
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
        here, per_scale = log_occupation(at.x, at.y), 1.0 / scale
        count = _add_side(
            count, at, here, -scale, per_scale, below, i == 0, leads, wanted, workspace
        )
        last = i == breaks - 1
        count = _add_side(count, at, here, scale, per_scale, above, last, leads, wanted, workspace)
    if hidden > 0:
        for j in range(count):
            workspace.piece[j].log_rate = NOT_LOCATED
    return count, hidden


@merged
def locate_hidden(j, hidden, leads, workspace):
    """Find out how fast the sums on piece j converge at least.

    Parameters
    ----------
    j : int
        Index of the piece.
    hidden : int
        How many singularities are hidden.
    leads : Leads
        Both leads.
    workspace : Workspace
        Memory of the evaluation, written to.
    """
    workspace.piece[j].log_rate = math.inf
    for i in range(hidden):
        _limit_rate(workspace.piece[j], workspace.order[HIDDEN, i], leads, workspace.edge)


@merged
def _halve(j, half, leads, workspace):
    """Make piece j as long as its half, at a middle order; its ends are set already."""
    piece = workspace.piece[j]
    piece.rule = HIGHEST // 2
    piece.table = FREE
    piece.length = half
    piece.log_rate = math.inf
    for k in range(SINGULARITIES):
        if workspace.edge[k, REACH] < math.inf:
            _limit_rate(piece, k, leads, workspace.edge)
    _set_step(piece, piece.x, piece.y, piece.near, piece.far, leads)


@merged
def bisect(j, count, leads, workspace):
    """Cut piece j in two; the second half becomes the last piece.

    Parameters
    ----------
    j : int
        Index of the piece.
    count : int
        How many pieces there are.
    leads : Leads
        Both leads.
    workspace : Workspace
        Memory of the evaluation, written to.

    Returns
    -------
    int
        How many there are afterwards.
    """
    copy_record(workspace.piece[j], workspace.piece[count])
    half = 0.5 * workspace.piece[j].length
    workspace.piece[count].start += half
    middle = workspace.piece[j].scale * math.sinh(workspace.piece[count].start)
    workspace.piece[j].far = workspace.piece[count].near = middle
    _halve(j, half, leads, workspace)
    _halve(count, half, leads, workspace)
    return count + 1
