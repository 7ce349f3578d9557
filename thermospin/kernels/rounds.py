"""Rounds of an integral: its pieces are laid, summed, judged, and refined where that is needed.

How the pieces in the queues are summed is left to the caller: loops of a processor
(``tunnelling``), or the threads of a card, which share the pieces of many integrals.
"""

import math

from thermospin.kernels.breakpoints import TAIL_MARGIN, WHOLE_TAIL
from thermospin.kernels.integrand import HALF, QUARTER
from thermospin.kernels.kinds import CONDUCTANCE, CURRENT
from thermospin.kernels.node_sums import add_up, fastest_fall
from thermospin.kernels.pieces import bisect, lay_pieces, locate_hidden
from thermospin.kernels.rules import HIGHEST, STRICT, error_estimate, order_for, with_reserve
from thermospin.kernels.workspace import (
    BOTH,
    ERROR,
    FALL,
    FASTEST_FALL,
    LAST,
    MAX_PIECES,
    MIDDLE,
    NONE,
    NOT_LOCATED,
    ONE_STEP,
)
from thermospin.machine.compilation import merged
from thermospin.machine.exponential import coarse_log

MAX_ROUNDS = 24
FINER = 0.01
"""The first orders for the derivative aim at this part of rtol · Γ_Sm: beside a gap edge dN/dE is
about N/Γ, and errors of the derivative are estimated twice as large."""
SLOPE_SAFETY = 2.0
"""Factor on the last Legendre coefficients of the derivative, which now and then fall by chance."""
MATTERS = 0.1
"""The error of a piece matters if it is more than this part of its share in the allowed error."""
ROUNDING = 1e-14
"""Error of a sum from rounding, relative to the integral of the modulus."""
SLOPE_ROUNDING = 2.0
"""Factor on the rounding that is reported of the derivative: beside a gap edge dN/dE goes with the
distance to the power −3/2, and rounding of the distance changes it three times as much as N."""


@merged
def enqueue(j, both, one_step, kind, workspace):
    """Put a piece of the energy axis into the queue of the loop that is to integrate it.

    Parameters
    ----------
    j, both, one_step : int
        Index of the piece, and the lengths of both queues: rows ``BOTH`` and ``ONE_STEP``.
    kind : int
        ``CURRENT`` or ``CONDUCTANCE``, all of whose pieces are in the queue ``BOTH``.
    workspace : Workspace
        Receives the index in its queues.

    Returns
    -------
    both, one_step : int
        The lengths afterwards.
    """
    # Written to both queues, of which one grows: the processor cannot foresee which it will be.
    workspace.queue[BOTH, both] = j
    workspace.queue[ONE_STEP, one_step] = j
    alone = int((kind == CURRENT) & (workspace.piece[j].kind == ONE_STEP))
    return both + 1 - alone, one_step + alone


@merged
def refine(j, rule, count, both, one_step, kind, leads, workspace):
    """Put piece j into its queue at a higher order, or its halves where no order is enough.

    Parameters
    ----------
    j, rule : int
        The piece, and the index of the order that it needs, or ``HIGHEST + 1``.
    count, both, one_step : int
        How many pieces there are, and the lengths of both queues.
    kind : int
        ``CURRENT`` or ``CONDUCTANCE``.
    leads : Leads
        Both leads.
    workspace : Workspace
        Receives the pieces and the queues.

    Returns
    -------
    count, both, one_step : int
        The numbers afterwards.
    """
    before = count
    if rule > HIGHEST:
        count = bisect(j, count, leads, workspace)
    else:
        workspace.piece[j].rule = rule
    both, one_step = enqueue(j, both, one_step, kind, workspace)
    if count > before:
        both, one_step = enqueue(before, both, one_step, kind, workspace)
    return count, both, one_step


@merged
def _locate(j, hidden, safety, leads, workspace):
    """Find out how hidden singularities slow the sums on piece j; return its change of error."""
    locate_hidden(j, hidden, leads, workspace)
    sums, before = workspace.sums, workspace.sums[ERROR, j]
    sums[FASTEST_FALL, j] = fastest_fall(workspace.piece[j])
    sums[ERROR, j], sums[FALL, j] = error_estimate(
        safety * sums[LAST, j], sums[MIDDLE, j], sums[FASTEST_FALL, j]
    )
    return sums[ERROR, j] - before


@merged
def factor_of(kind):
    """Return by what the sums over nodes are multiplied.

    Parameters
    ----------
    kind : int
        ``CURRENT`` or ``CONDUCTANCE``.

    Returns
    -------
    float
        ``QUARTER`` or ``HALF``.
    """
    return QUARTER if kind == CURRENT else HALF


@merged
def first_tail(kind, rtol):
    """Return how many k_BT beyond the last singular energy the tails end at first.

    Those of the derivative are taken whole, since it all but cancels around each gap edge.

    Parameters
    ----------
    kind : int
        ``CURRENT`` or ``CONDUCTANCE``.
    rtol : float
        Relative accuracy that is asked for.

    Returns
    -------
    float
        In k_BT of the hotter lead, ``WHOLE_TAIL`` at most.
    """
    return WHOLE_TAIL if kind == CONDUCTANCE else min(TAIL_MARGIN - math.log(rtol), WHOLE_TAIL)


@merged
def begin(tail, kind, V, leads, rtol, workspace):
    """Cut the energy axis into pieces, and put all of them into the queues.

    Parameters
    ----------
    tail : float
        Where the tails end, in k_BT of the hotter lead beyond the last singular energy.
    kind, V, leads, rtol, workspace
        As in ``spin_up``, but no mean.

    Returns
    -------
    count, hidden, both, one_step : int
        How many pieces and hidden singularities there are, and the lengths of both queues.
    """
    derivative = kind == CONDUCTANCE
    finest = FINER * rtol * leads.gamma_Sm if derivative else rtol
    count, hidden = lay_pieces(derivative, V, leads, -coarse_log(finest), tail, workspace)
    both = one_step = NONE
    for j in range(count):
        both, one_step = enqueue(j, both, one_step, kind, workspace)
    return count, hidden, both, one_step


@merged
def judge(count, hidden, tail, loss, kind, leads, rtol, workspace):
    """Add up all pieces; unless the sum is good, put those to be refined into the queues.

    Parameters
    ----------
    count, hidden : int
        How many pieces and hidden singularities there are.
    tail : float
        Where the tails end.
    loss : float
        What is lost beyond, ``lost_beyond``.
    kind, leads, rtol, workspace
        As in ``spin_up``, but no mean.

    Returns
    -------
    value, error : float
        Integral and its estimated error, in G_T Δ0/e for the current, in G_T for its derivative.
    met : bool
        Whether the error is at most ``rtol`` of the value, or rounding.
    done : bool
        Whether nothing is to be refined, or nothing can be.
    count, both, one_step : int
        How many pieces there are now, and the lengths of both queues.
    """
    derivative = kind == CONDUCTANCE
    safety = SLOPE_SAFETY if derivative else 1.0
    value, modulus, error = add_up(count, safety, workspace.sums)
    rounding = ROUNDING * modulus
    lost = 0.0 if tail == WHOLE_TAIL else loss * modulus
    target = max(rtol * abs(value), rounding)
    error += lost
    if hidden > 0 and error > target:
        for j in range(count):
            matters = workspace.sums[ERROR, j] * count > MATTERS * target
            if matters and workspace.piece[j].log_rate == NOT_LOCATED:
                error += _locate(j, hidden, safety, leads, workspace)
    met = error <= target
    done = met or lost > 0.5 * target or count == MAX_PIECES
    both = one_step = NONE
    if not done:
        share = (target - lost) / count
        for j in range(count):
            if workspace.sums[ERROR, j] > share and count < MAX_PIECES:
                rule = workspace.piece[j].rule
                rule = order_for(
                    workspace.sums[ERROR, j], 0.5 * share, workspace.sums[FALL, j], rule
                )
                count, both, one_step = refine(
                    j, rule, count, both, one_step, kind, leads, workspace
                )
    if rtol < STRICT:
        error = with_reserve(error, target - rounding, rtol)
    error += SLOPE_ROUNDING * rounding if derivative else rounding
    return value, error, met, done, count, both, one_step
