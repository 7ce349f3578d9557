"""The spin-up current of Eq. (2) and its derivative by V, each with an error estimate."""

import math
from typing import NamedTuple

import numpy as np

from thermospin.kernels.compiled import entry, inner
from thermospin.kernels.grid import (
    SINGULARITIES,
    TAIL,
    Leads,
    breakpoints,
    distance,
    map_scale,
    singularities,
    view_from,
)
from thermospin.kernels.nodes import (
    Span,
    conductance_sums,
    current_sums,
    step_current_sums,
)
from thermospin.kernels.rules import HIGHEST, ORDERS, error_estimate, order_for

CURRENT, CONDUCTANCE = 0, 1
MAX_PIECES = 96
MAX_ROUNDS = 24
LONGEST = 14.0
"""Pieces longer than this in t are begun as two."""
FROZEN = 40.0
"""A lead that is full, or empty, to within e^−40 of the other's occupation counts as just that."""
NEGLIGIBLE = 100.0
"""Pieces on which both leads are within e^−100 of full, or of empty, are left out."""
ROUNDING = 1e-14
"""Error of a sum from rounding, relative to the integral of the modulus."""
CHORD = np.array(np.polynomial.legendre.leggauss(8)) * 0.5 + np.array([[0.5], [0.0]])
"""Nodes and weights of the mean over (0, 1), shape (2, 8)."""
CHORD_ERROR = 1e-14


class Wanted(NamedTuple):
    """What the orders of all pieces follow from: −ln rtol, and the logarithms of both Γ."""

    digits: float
    log_gamma_S: float
    log_gamma_Sm: float


class Workspace(NamedTuple):
    """Memory of one evaluation, made once and used for every point."""

    place: np.ndarray  # (6, 2) singular energies, as sums of two floats
    reach: np.ndarray  # (6,) how near a breakpoint must be to resolve each of them
    order: np.ndarray  # (6,) the same, sharpest first
    scale: np.ndarray  # (6,) distance of each from the real axis
    chosen: np.ndarray  # (6,) singular energies that are breakpoints
    base: np.ndarray  # (pieces,) the breakpoint of each piece
    rule: np.ndarray  # (pieces,) index of its order
    piece: np.ndarray  # (pieces, 9) its span, its ends and its sums


SCALE, START, LENGTH, NEAR, FAR, VALUE, MODULUS, LAST, MIDDLE = range(9)


@inner
def workspace():
    """Return memory for the evaluation of one point after another."""
    return Workspace(
        np.empty((SINGULARITIES, 2)),
        np.empty(SINGULARITIES),
        np.empty(SINGULARITIES, np.int64),
        np.empty(SINGULARITIES),
        np.empty(SINGULARITIES, np.int64),
        np.empty(MAX_PIECES, np.int64),
        np.empty(MAX_PIECES, np.int64),
        np.empty((MAX_PIECES, 9)),
    )


@inner
def _frozen(a0, a1, b0, b1):
    """Return whether a lead with Fermi argument a is full or empty to e^−40 of the other's."""
    return (
        a0 * a1 > 0.0
        and min(abs(a0), abs(a1)) > FROZEN
        and abs(a0) - abs(b0) > FROZEN
        and abs(a1) - abs(b1) > FROZEN
    )


@inner
def _evaluate(j, kind, V, leads, work):
    """Integrate over piece j at its order and store the sums."""
    piece = work.piece[j]
    view = view_from(work.place, work.base[j], V, leads)
    span = Span(piece[SCALE], piece[START], piece[LENGTH], work.rule[j])
    rate_x, rate_y = 1.0 / leads.kT_S, 1.0 / leads.kT_Sm
    x0, x1 = view.x + piece[NEAR] * rate_x, view.x + piece[FAR] * rate_x
    y0, y1 = view.y + piece[NEAR] * rate_y, view.y + piece[FAR] * rate_y
    if kind == CONDUCTANCE:
        sums = conductance_sums(span, view, leads)
    elif _frozen(y0, y1, x0, x1):
        sums = step_current_sums(span, view, leads, view.x, rate_x, 0.5, y0 > 0.0)
    elif _frozen(x0, x1, y0, y1):
        sums = step_current_sums(span, view, leads, view.y, rate_y, -0.5, x0 > 0.0)
    else:
        sums = current_sums(span, view, leads)
    piece[VALUE] = sums.value
    piece[MODULUS] = sums.modulus
    piece[LAST] = sums.last
    piece[MIDDLE] = sums.middle


@inner
def _log_occupation(x, y):
    """Return about ln |f(x) − f(y)|."""
    return -min(abs(x), abs(y)) if x * y > 0.0 else 0.0


@inner
def _log_density(above, below, far, gamma, log_gamma):
    """Return about ln ∫N of one lead over a piece: Γ in the gap, √Γ beside its own edge."""
    if (above + far) * (below + far) >= 0.0:
        return 0.0
    return 0.5 * log_gamma if min(abs(above), abs(below)) <= gamma else log_gamma


@inner
def _first_rule(length, digits, tail):
    """Return the order to begin with, from a fit to what random junctions needed.

    ``digits`` is the number of digits wanted of the piece, times ln 10: √length is how fast the
    error of a piece that is bounded by singularities falls.
    """
    root = math.sqrt(length)
    wanted = 0.4 * root * digits + 8.0 * root if tail else 0.33 * root * digits + root + 13.0
    index = 0
    while index < HIGHEST and ORDERS[index] < wanted:
        index += 1
    return index


@inner
def _add(count, base, span, near, far, rule, work):
    """Add a piece with its ends at the distances ``near`` and ``far`` from the breakpoint."""
    work.base[count] = base
    work.rule[count] = rule
    piece = work.piece[count]
    piece[SCALE] = span[0]
    piece[START] = span[1]
    piece[LENGTH] = span[2]
    piece[NEAR] = near
    piece[FAR] = far
    return count + 1


@inner
def _add_side(count, base, view, scale, reach, tail, leads, wanted, work):
    """Add the piece from a breakpoint to a distance ``reach``, in two if it is long.

    The sign of ``scale`` says on which side. A piece on which both leads are full, or both empty,
    is left out.
    """
    far = math.copysign(reach, scale)
    here = _log_occupation(view.x, view.y)
    there = _log_occupation(view.x + far / leads.kT_S, view.y + far / leads.kT_Sm)
    occupation = here if tail else max(here, there)
    if occupation < -NEGLIGIBLE:
        return count
    digits = (
        wanted.digits
        + occupation
        + _log_density(view.S_above, view.S_below, 0.5 * far, leads.gamma_S, wanted.log_gamma_S)
        + _log_density(view.Sm_above, view.Sm_below, 0.5 * far, leads.gamma_Sm, wanted.log_gamma_Sm)
    )
    ratio = reach / abs(scale)
    length = math.log(ratio + math.sqrt(ratio * ratio + 1.0))
    if length <= LONGEST:
        rule = _first_rule(length, digits, tail)
        return _add(count, base, (scale, 0.0, length), 0.0, far, rule, work)
    half = 0.5 * length
    middle = scale * math.sinh(half)
    rule = _first_rule(half, digits, tail)
    count = _add(count, base, (scale, 0.0, half), 0.0, middle, rule, work)
    return _add(count, base, (scale, half, half), middle, far, rule, work)


@inner
def _lay_pieces(V, leads, digits, work):
    """Cut the energy axis into pieces; return how many."""
    singularities(V, leads, work.place)
    breaks = breakpoints(work.place, leads, work.reach, work.order, work.scale, work.chosen)
    wanted = Wanted(digits, math.log(leads.gamma_S), math.log(leads.gamma_Sm))
    margin = TAIL * max(leads.kT_S, leads.kT_Sm)
    count = 0
    for i in range(breaks):
        k = work.chosen[i]
        view = view_from(work.place, k, V, leads)
        scale = map_scale(work.place, work.scale, work.chosen, breaks, i)
        # Both Fermi steps lie within the outermost pieces.
        if i == 0:
            below = max(0.0, work.place[k, 0] - min(V, 0.0)) + margin
        else:
            below = 0.5 * distance(work.place, k, work.chosen[i - 1])
        if i == breaks - 1:
            above = max(0.0, max(V, 0.0) - work.place[k, 0]) + margin
        else:
            above = 0.5 * distance(work.place, work.chosen[i + 1], k)
        count = _add_side(count, k, view, -scale, below, i == 0, leads, wanted, work)
        count = _add_side(count, k, view, scale, above, i == breaks - 1, leads, wanted, work)
    return count


@inner
def _bisect(j, count, work):
    """Cut piece j in two; the second half becomes the last piece."""
    piece = work.piece[j]
    half = 0.5 * piece[LENGTH]
    middle = piece[SCALE] * math.sinh(piece[START] + half)
    rule = HIGHEST // 2
    second = (piece[SCALE], piece[START] + half, half)
    count = _add(count, work.base[j], second, middle, piece[FAR], rule, work)
    work.rule[j] = rule
    piece[LENGTH] = half
    piece[FAR] = middle
    return count


@inner
def _integrate(kind, V, leads, rtol, work):
    """Return the integral over all pieces, its error and whether it met ``rtol``.

    Pieces whose estimated error is too large are taken again at a higher order, and cut in two
    where the highest is not enough.
    """
    count = _lay_pieces(V, leads, -math.log(rtol), work)
    for j in range(count):
        _evaluate(j, kind, V, leads, work)
    value = error = target = rounding = 0.0
    for _ in range(MAX_ROUNDS):
        value = modulus = error = 0.0
        for j in range(count):
            piece = work.piece[j]
            value += piece[VALUE]
            modulus += piece[MODULUS]
            error += error_estimate(piece[LAST], piece[MIDDLE])
        rounding = ROUNDING * modulus
        target = max(rtol * abs(value), rounding)
        if error <= target or count > MAX_PIECES - 2:
            break
        share = target / count
        for j in range(count):
            piece = work.piece[j]
            mine = error_estimate(piece[LAST], piece[MIDDLE])
            if mine > share and count < MAX_PIECES:
                rule = order_for(mine, 0.5 * share, piece[LAST], piece[MIDDLE], work.rule[j])
                if rule <= HIGHEST:
                    work.rule[j] = rule
                else:
                    count = _bisect(j, count, work)
                    _evaluate(count - 1, kind, V, leads, work)
                _evaluate(j, kind, V, leads, work)
    return value, error + rounding, error <= target


@inner
def _mirrored(leads):
    return Leads(
        leads.kT_S,
        leads.kT_Sm,
        -leads.h_S,
        -leads.h_Sm,
        leads.gamma_S,
        leads.gamma_Sm,
        leads.gap_S,
        leads.gap_Sm,
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


@inner
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
    value, error, met = _integrate(kind, -V, _mirrored(leads), rtol, work)
    return (-value if kind == CURRENT else value), error, met


@inner
def leads_of(row):
    """Return the leads from a row of eight numbers."""
    return Leads(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7])


@entry
def spin_up_values(kind, V, row, table, rtol, value, error, met):
    """Write the spin-up current (kind 0) or its derivative by V (kind 1) at many points.

    V, row, value, error and met have the shape (n,); table (m, 8) holds the leads and row[i] says
    which of them point i belongs to.
    """
    work = workspace()
    for i in range(V.size):
        value[i], error[i], met[i] = spin_up(kind, V[i], leads_of(table[row[i]]), rtol, work)
