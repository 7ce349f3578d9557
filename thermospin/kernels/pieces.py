"""The pieces of the energy axis, and the memory in which they are kept.

Each piece reaches from a breakpoint half way to the next one, or into a tail; see ``grid`` for the
breakpoints and ``rules`` for the map on a piece.
"""

import math
from typing import NamedTuple

import numpy as np

from thermospin.kernels.compiled import merged
from thermospin.kernels.grid import (
    SINGULARITIES,
    breakpoints,
    distance,
    map_scale,
    singularities,
    view_from,
)
from thermospin.kernels.rules import (
    DISTANCES,
    ENDS,
    HIGHEST,
    LENGTHS,
    LONGEST,
    SPEEDS,
    STEPS,
    order_with,
)

MAX_PIECES = 96
NEGLIGIBLE = 100.0
"""Pieces on which both leads are within e^−100 of full, or of empty, are left out."""
FREE = 0
"""In place of a tabulated length: the nodes of the piece are computed into the free table."""


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
    steps: np.ndarray  # (pieces,) index of its length among the tabulated ones, or FREE
    piece: np.ndarray  # (pieces, 9) its map, its ends and its sums
    distances: np.ndarray  # (lengths, orders, nodes) the tables of rules; the first is free
    speeds: np.ndarray  # the same


SCALE, START, LENGTH, NEAR, FAR, VALUE, MODULUS, LAST, MIDDLE = range(9)


@merged
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
        np.empty(MAX_PIECES, np.int64),
        np.empty((MAX_PIECES, 9)),
        DISTANCES.copy(),
        SPEEDS.copy(),
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
def _first_rule(length, digits, tail):
    """Return the order to begin with, from a fit to what random junctions needed.

    ``digits`` is the number of digits wanted of the piece, times ln 10: √length is how fast the
    error of a piece that is bounded by singularities falls.
    """
    root = math.sqrt(length)
    if tail:
        return order_with(0.31 * root * digits + 7.3 * root)
    return order_with(0.31 * root * digits + root + 12.5)


@merged
def _add(count, base, steps, span, near, far, rule, work):
    """Add a piece with its ends at the distances ``near`` and ``far``, yet to be integrated."""
    work.base[count] = base
    work.rule[count] = rule
    work.steps[count] = steps
    piece = work.piece[count]
    piece[SCALE] = span[0]
    piece[START] = span[1]
    piece[LENGTH] = span[2]
    piece[NEAR] = near
    piece[FAR] = far
    piece[VALUE] = math.nan
    return count + 1


@merged
def _add_side(count, base, view, scale, reach, tail, leads, wanted, work):
    """Add the piece from a breakpoint to a distance ``reach``, in two if it is long.

    The sign of ``scale`` says on which side. A piece on which both leads are full, or both empty,
    is left out.
    """
    far = math.copysign(reach, scale)
    here = _log_occupation(view.x, view.y)
    there = _log_occupation(view.x + far * leads.rate_S, view.y + far * leads.rate_Sm)
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
    steps = max(1, int(length / LENGTHS[1] + 0.5))
    if steps <= STEPS:
        span = (far / ENDS[steps], 0.0, LENGTHS[steps])
        return _add(
            count, base, steps, span, 0.0, far, _first_rule(LENGTHS[steps], digits, tail), work
        )
    rest = length - LONGEST
    middle = scale * ENDS[STEPS]
    near_rule = _first_rule(LONGEST, digits, tail)
    far_rule = _first_rule(rest, digits, tail)
    count = _add(count, base, STEPS, (scale, 0.0, LONGEST), 0.0, middle, near_rule, work)
    return _add(count, base, FREE, (scale, LONGEST, rest), middle, far, far_rule, work)


@merged
def lay_pieces(V, leads, digits, tail, work):
    """Cut the energy axis into pieces; return how many.

    The tails end ``tail`` k_BT of the hotter lead beyond the last singular energy.
    """
    singularities(V, leads, work.place)
    breaks = breakpoints(work.place, leads, work.reach, work.order, work.scale, work.chosen)
    wanted = Wanted(digits, math.log(leads.gamma_S), math.log(leads.gamma_Sm))
    margin = tail * max(leads.kT_S, leads.kT_Sm)
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


@merged
def bisect(j, count, work):
    """Cut piece j in two; the second half becomes the last piece."""
    piece = work.piece[j]
    half = 0.5 * piece[LENGTH]
    middle = piece[SCALE] * math.sinh(piece[START] + half)
    rule = HIGHEST // 2
    second = (piece[SCALE], piece[START] + half, half)
    count = _add(count, work.base[j], FREE, second, middle, piece[FAR], rule, work)
    first = (piece[SCALE], piece[START], half)
    _add(j, work.base[j], FREE, first, piece[NEAR], middle, rule, work)
    return count
