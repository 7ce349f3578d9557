"""The spin-up current of Eq. (2) and its derivative by V, each with an error estimate."""

import math

import numpy as np

from thermospin.kernels.compiled import entry, inner, merged
from thermospin.kernels.exponential import exp
from thermospin.kernels.grid import TAIL_LOSS, TAIL_MARGIN, WHOLE_TAIL, Leads, view_from
from thermospin.kernels.nodes import Span, conductance_sums, current_sums, step_current_sums
from thermospin.kernels.pieces import (
    FAR,
    FREE,
    LAST,
    LENGTH,
    MAX_PIECES,
    MIDDLE,
    MODULUS,
    NEAR,
    SCALE,
    START,
    VALUE,
    bisect,
    lay_pieces,
    workspace,
)
from thermospin.kernels.rules import (
    HIGHEST,
    ORDERS,
    RULES,
    error_estimate,
    order_for,
)

CURRENT, CONDUCTANCE = 0, 1
MAX_ROUNDS = 24
FROZEN = 40.0
"""A lead that is full, or empty, to within e^−40 of the other's occupation counts as just that."""
ROUNDING = 1e-14
"""Error of a sum from rounding, relative to the integral of the modulus."""
CHORD = np.array(np.polynomial.legendre.leggauss(8)) * 0.5 + np.array([[0.5], [0.0]])
"""Nodes and weights of the mean over (0, 1), shape (2, 8)."""
CHORD_ERROR = 1e-14


@merged
def frozen(a0, a1, b0, b1):
    """Return whether a lead with Fermi argument a is full or empty to e^−40 of the other's."""
    return (
        a0 * a1 > 0.0
        and min(abs(a0), abs(a1)) > FROZEN
        and abs(a0) - abs(b0) > FROZEN
        and abs(a1) - abs(b1) > FROZEN
    )


@merged
def span_of(j, work):
    """Return piece j with its nodes at its order."""
    piece = work.piece[j]
    rule = work.rule[j]
    distance = work.distances[work.steps[j], rule]
    speed = work.speeds[work.steps[j], rule]
    if work.steps[j] == FREE:
        for i in range(ORDERS[rule]):
            grow = exp(piece[START] + piece[LENGTH] * RULES[rule, 0, i])
            shrink = 1.0 / grow
            distance[i] = 0.5 * (grow - shrink)
            speed[i] = 0.5 * (grow + shrink) * piece[LENGTH]
    return Span(piece[SCALE], distance, speed, rule)


@merged
def _evaluate(j, kind, V, leads, work):
    """Integrate over piece j at its order and store the sums."""
    piece = work.piece[j]
    view = view_from(work.place, work.base[j], V, leads)
    span = span_of(j, work)
    rate_x, rate_y = leads.rate_S, leads.rate_Sm
    x0, x1 = view.x + piece[NEAR] * rate_x, view.x + piece[FAR] * rate_x
    y0, y1 = view.y + piece[NEAR] * rate_y, view.y + piece[FAR] * rate_y
    if kind == CONDUCTANCE:
        sums = conductance_sums(span, view, leads)
    elif frozen(y0, y1, x0, x1):
        sums = step_current_sums(span, view, leads, view.x, rate_x, 0.5, y0 > 0.0)
    elif frozen(x0, x1, y0, y1):
        sums = step_current_sums(span, view, leads, view.y, rate_y, -0.5, x0 > 0.0)
    else:
        sums = current_sums(span, view, leads)
    piece[VALUE] = sums.value
    piece[MODULUS] = sums.modulus
    piece[LAST] = sums.last
    piece[MIDDLE] = sums.middle


@merged
def _error(piece):
    return error_estimate(piece[LAST], piece[MIDDLE])


@merged
def _refine(j, count, share, work):
    """Ask for piece j at a higher order, or in two where the highest is not enough."""
    piece = work.piece[j]
    rule = order_for(_error(piece), 0.5 * share, piece[LAST], piece[MIDDLE], work.rule[j])
    if rule > HIGHEST:
        return bisect(j, count, work)
    work.rule[j] = rule
    piece[VALUE] = math.nan
    return count


@inner
def _integrate_to(tail, kind, V, leads, rtol, work):
    """Return the integral up to where the tails are cut, its error and whether it met ``rtol``.

    Pieces whose estimated error is too large are refined until their sum is not. A piece whose
    value is NaN is yet to be integrated.
    """
    count = lay_pieces(V, leads, -math.log(rtol), tail, work)
    value = error = target = rounding = 0.0
    for _ in range(MAX_ROUNDS):
        value = modulus = error = 0.0
        for j in range(count):
            piece = work.piece[j]
            if math.isnan(piece[VALUE]):
                _evaluate(j, kind, V, leads, work)
            value += piece[VALUE]
            modulus += piece[MODULUS]
            error += _error(piece)
        rounding = ROUNDING * modulus
        lost = 0.0 if tail == WHOLE_TAIL else TAIL_LOSS * math.exp(-tail) * modulus
        target = max(rtol * abs(value), rounding)
        error += lost
        if error <= target or lost > 0.5 * target or count == MAX_PIECES:
            break
        share = (target - lost) / count
        for j in range(count):
            if _error(work.piece[j]) > share and count < MAX_PIECES:
                count = _refine(j, count, share, work)
    return value, error + rounding, error <= target


@inner
def _integrate(kind, V, leads, rtol, work):
    """Return the integral of Eq. (2) or of its derivative, its error and whether it met ``rtol``.

    Where the two tails nearly cancel, what is lost beyond them counts: they are then taken whole.
    """
    tail = min(TAIL_MARGIN - math.log(rtol), WHOLE_TAIL)
    value, error, met = _integrate_to(tail, kind, V, leads, rtol, work)
    if not met and tail < WHOLE_TAIL:
        value, error, met = _integrate_to(WHOLE_TAIL, kind, V, leads, rtol, work)
    return value, error, met


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


@inner
def _from_slope(V, leads, rtol, work):
    """Return the current next to V = 0 without exchange fields as V times its mean slope.

    There it is odd in V, and what flows at E cancels what flows at −E. It is analytic within
    Γ_S + Γ_Sm of V: eight Gauss nodes give the mean from 0 to V ≤ (Γ_S + Γ_Sm)/2 to 1e-14.
    """
    value = error = 0.0
    met = True
    for i in range(CHORD.shape[1]):
        slope, slope_error, slope_met = _integrate(
            CONDUCTANCE, abs(V) * CHORD[0, i], leads, rtol, work
        )
        value += CHORD[1, i] * slope
        error += CHORD[1, i] * slope_error
        met = met and slope_met
    return V * value, abs(V) * (error + CHORD_ERROR * abs(value)), met


@entry
def spin_up(kind, V, leads, rtol, work):
    """Return the spin-up current, or its derivative by V, its error and whether it met ``rtol``.

    I_up(V, h_S, h) = −I_up(−V, −h_S, −h): of each such pair the same one is integrated, so that all
    symmetries of the currents hold to the last bit.
    """
    split = leads.h_Sm if leads.h_Sm != 0.0 else leads.h_S
    if split == 0.0 and kind == CURRENT and abs(V) <= 0.5 * (leads.gamma_S + leads.gamma_Sm):
        return _from_slope(V, leads, rtol, work)
    if split > 0.0 or (split == 0.0 and V >= 0.0):
        return _integrate(kind, V, leads, rtol, work)
    value, error, met = _integrate(kind, -V, mirrored(leads), rtol, work)
    return (-value if kind == CURRENT else value), error, met


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
def spin_up_values(kind, V, row, table, rtol, value, error, met):
    """Write the spin-up current (kind 0) or its derivative by V (kind 1) at many points.

    V, row, value, error and met have the shape (n,); table (m, 8) holds the leads and row[i] says
    which of them point i belongs to.
    """
    work = workspace()
    for i in range(V.size):
        value[i], error[i], met[i] = spin_up(kind, V[i], leads_of(table[row[i]]), rtol, work)
