"""The spin-up current of Eq. (2) and its derivative by V, each with an error estimate."""

import math

from thermospin.kernels.compiled import entry, inner, merged
from thermospin.kernels.exponential import coarse_log, exp
from thermospin.kernels.grid import TAIL_LOSS, TAIL_MARGIN, WHOLE_TAIL, Leads
from thermospin.kernels.nodes import (
    add_up,
    conductance_values,
    current_values,
    step_current_values,
    sum_pieces,
)
from thermospin.kernels.pieces import (
    BOTH,
    ERROR,
    FALL,
    KIND,
    MAX_PIECES,
    NONE,
    ONE_STEP,
    RULE,
    bisect,
    lay_pieces,
    workspace,
)
from thermospin.kernels.rules import HIGHEST, ORDERS, RULES, order_for
from thermospin.kernels.stack import align_stack

CURRENT, CONDUCTANCE = 0, 1
MAX_ROUNDS = 24
FINER = 0.01
"""First orders for the derivative are for this part of rtol · Γ_Sm: beside its edge of width Γ a
density changes 1/Γ as fast as it is large, and errors are estimated twice as large."""
SLOPE_SAFETY = 2.0
"""The last coefficients of the derivative count as so much larger: rarely they fall by chance."""
CURRENT_FACTOR, SLOPE_FACTOR = 0.25, 0.5
"""What the values of all nodes lack: ½ of Eq. (2), and ½ of 2 N_S N_Sm for the current."""
ROUNDING = 1e-14
"""Error of a sum from rounding, relative to the integral of the modulus."""
CHORD = RULES[0, :2, : ORDERS[0]].copy()
"""Nodes and weights of the mean over (0, 1), shape (2, 8)."""
CHORD_ERROR = 1e-14


@merged
def _refine(j, count, share, leads, work):
    """Ask for piece j at a higher order, or in two where the highest is not enough."""
    piece = work.piece[j]
    rule = order_for(work.sums[ERROR, j], 0.5 * share, work.sums[FALL, j], int(piece[RULE]))
    if rule > HIGHEST:
        return bisect(j, count, leads, work)
    piece[RULE] = rule
    return count


@merged
def enqueue(j, both, one_step, kind, work):
    """Put piece j into its queue; return the lengths of both queues."""
    # Into both queues, of which one grows: which it will be cannot be foreseen.
    work.queue[BOTH, both] = j
    work.queue[ONE_STEP, one_step] = j
    alone = int((kind == CURRENT) & (work.piece[j, KIND] == ONE_STEP))
    return both + 1 - alone, one_step + alone


@merged
def _integrate_to(tail, kind, V, leads, rtol, work):
    """Return the integral up to where the tails are cut, its error and whether it met ``rtol``.

    Pieces whose estimated error is too large are refined until their sum is not.
    """
    finest = FINER * rtol * leads.gamma_Sm if kind == CONDUCTANCE else rtol
    count = lay_pieces(V, leads, -coarse_log(finest), tail, work)
    both = one_step = NONE
    for j in range(count):
        both, one_step = enqueue(j, both, one_step, kind, work)
    loss = TAIL_LOSS * exp(-tail)
    value = error = target = rounding = 0.0
    for _ in range(MAX_ROUNDS):
        if kind == CONDUCTANCE:
            conductance_values(work.queue[BOTH], both, leads, work)
            sum_pieces(work.queue[BOTH], both, SLOPE_FACTOR, False, work)
        else:
            current_values(work.queue[BOTH], both, leads, work)
            step_current_values(work.queue[ONE_STEP], one_step, leads, work)
            sum_pieces(work.queue[BOTH], both, CURRENT_FACTOR, False, work)
            sum_pieces(work.queue[ONE_STEP], one_step, CURRENT_FACTOR, True, work)
        value, modulus, error = add_up(
            count, SLOPE_SAFETY if kind == CONDUCTANCE else 1.0, work.sums
        )
        rounding = ROUNDING * modulus
        lost = 0.0 if tail == WHOLE_TAIL else loss * modulus
        target = max(rtol * abs(value), rounding)
        error += lost
        if error <= target or lost > 0.5 * target or count == MAX_PIECES:
            break
        share = (target - lost) / count
        both = one_step = NONE
        for j in range(count):
            if work.sums[ERROR, j] > share and count < MAX_PIECES:
                before, count = count, _refine(j, count, share, leads, work)
                both, one_step = enqueue(j, both, one_step, kind, work)
                if count > before:
                    both, one_step = enqueue(before, both, one_step, kind, work)
    return value, error + rounding, error <= target


@merged
def _integrate(kind, V, leads, rtol, work):
    """Return the integral of Eq. (2) or of its derivative, its error and whether it met ``rtol``.

    Where the two tails nearly cancel, what is lost beyond them counts: they are then taken whole.
    Those of the derivative always are, since it all but cancels around each gap edge.
    """
    tail = WHOLE_TAIL if kind == CONDUCTANCE else min(TAIL_MARGIN - math.log(rtol), WHOLE_TAIL)
    while True:  # with the one call of what is merged into here
        value, error, met = _integrate_to(tail, kind, V, leads, rtol, work)
        if met or tail == WHOLE_TAIL:
            return value, error, met
        tail = WHOLE_TAIL


@merged
def mirrored(leads):
    """Return the leads with both exchange fields reversed."""
    return Leads(
        leads.kT_S,
        leads.kT_Sm,
        -leads.h_S,
        -leads.h_Sm,
        leads.gamma_S,
        leads.gamma_Sm,
        leads.gap_S,
        leads.gap_Sm,
        leads.rate_S,
        leads.rate_Sm,
    )


@merged
def _spin_up(kind, V, leads, rtol, work):
    split = leads.h_Sm if leads.h_Sm != 0.0 else leads.h_S
    reverse = split < 0.0 or (split == 0.0 and V < 0.0)
    if reverse:
        V, leads = -V, mirrored(leads)
    from_slope = split == 0.0 and kind == CURRENT and leads.gamma_S + leads.gamma_Sm >= 2.0 * V
    value = error = 0.0
    met = True
    for i in range(CHORD.shape[1] if from_slope else 1):
        at = V * CHORD[0, i] if from_slope else V
        part, part_error, part_met = _integrate(
            CONDUCTANCE if from_slope else kind, at, leads, rtol, work
        )
        weight = CHORD[1, i] if from_slope else 1.0
        value += weight * part
        error += weight * part_error
        met = met and part_met
    if from_slope:
        error = abs(V) * (error + CHORD_ERROR * abs(value))
        value *= V
    return (-value if reverse and kind == CURRENT else value), error, met


@inner
def spin_up(kind, V, leads, rtol, work):
    """Return the spin-up current, or its derivative by V, its error and whether it met ``rtol``.

    I_up(V, h_S, h) = −I_up(−V, −h_S, −h): of each such pair the same one is integrated, so that all
    symmetries of the currents hold to the last bit.
    """
    align_stack()
    return _spin_up(kind, V, leads, rtol, work)


@merged
def leads_of(row):
    """Return the leads from a row of eight numbers."""
    return Leads(
        row[0],
        row[1],
        row[2],
        row[3],
        row[4],
        row[5],
        row[6],
        row[7],
        1.0 / row[0],
        1.0 / row[1],
    )


@entry
def spin_up_values(kind, V, row, table, rtol, quadrature, value, error, met):
    """Write the spin-up current (kind 0) or its derivative by V (kind 1) at many points.

    V, row, value, error and met have the shape (n,); table (m, 8) holds the leads and row[i] says
    which of them point i belongs to.
    """
    align_stack()
    work = workspace(quadrature)
    for i in range(V.size):
        value[i], error[i], met[i] = _spin_up(kind, V[i], leads_of(table[row[i]]), rtol, work)
