"""Sums of the values at the nodes of pieces, with an estimate of the error of each."""

import math

from thermospin.kernels.rules import FASTEST, ORDERS, SLOWEST, error_estimate, order_of
from thermospin.kernels.workspace import (
    ERROR,
    FALL,
    FASTEST_FALL,
    FREE,
    LAST,
    MIDDLE,
    MODULUS,
    NOT_LOCATED,
    VALUE,
)
from thermospin.machine.compilation import looping, merged
from thermospin.machine.exponential import SMALLEST, exp
from thermospin.machine.packed_sums import PACK, row_sums, weighted_sums


@merged
def fastest_fall(piece):
    """Return by what factor the coefficients of a piece fall from n to 7n/4, at the fastest.

    With what hidden singularities there are: where they stand, or at the worst place.

    Parameters
    ----------
    piece : record
        ``PIECE``.

    Returns
    -------
    float
        Factor between 0 and 1.
    """
    table, rule = piece.table, piece.rule
    if piece.log_rate == math.inf:
        return FASTEST[table, rule]
    if piece.log_rate == NOT_LOCATED and table != FREE:
        return SLOWEST[table, rule]
    located = exp(max(-0.75 * ORDERS[rule] * piece.log_rate, SMALLEST))
    return max(FASTEST[table, rule], located)


@merged
def keep_sums(j, found, factor, one_sign, piece, sums):
    """Keep what follows from the sums over the nodes of a piece.

    Parameters
    ----------
    j : int
        Index of the piece.
    found : tuple of float
        Sums of ``weighted_sums``.
    factor, one_sign
        As for ``sum_pieces``.
    piece : record
        ``PIECE``.
    sums : array of shape (≥ 7, pieces + 8)
        Receives the rows VALUE, MODULUS, LAST, MIDDLE and FASTEST_FALL of ``Workspace.sums``.
    """
    total, modulus, c1, c2, c3, c4 = found
    width = factor * abs(piece.scale)
    sums[VALUE, j] = width * (piece.step_sign * total if one_sign else total)
    sums[MODULUS, j] = width * (total if one_sign else modulus)
    sums[LAST, j] = width * max(abs(c1), max(abs(c2), abs(c3)))
    sums[MIDDLE, j] = width * abs(c4)
    sums[FASTEST_FALL, j] = fastest_fall(piece)


@looping
def sum_pieces(queue, count, factor, one_sign, workspace):
    """Sum the values at the nodes of the first ``count`` pieces of a queue, times ``factor``.

    With ``one_sign`` the values are moduli, and ``step_sign`` is the sign.

    Parameters
    ----------
    queue : array of int
        Indices of pieces.
    count : int
        How many of them.
    factor : float
        What the summands of all nodes lack: ``HALF`` or ``QUARTER``.
    one_sign : bool
        Whether the values are moduli.
    workspace : Workspace
        ``sums`` receives what ``keep_sums`` writes.
    """
    for q in range(count):
        j = queue[q]
        piece, value = workspace.piece[j], workspace.values[j]
        weights, nodes = workspace.quadrature.rules[piece.rule], order_of(piece.rule)
        found = weighted_sums(value, weights, nodes)
        keep_sums(j, found, factor, one_sign, piece, workspace.sums)


@looping
def add_up(count, safety, sums):
    """Estimate the error of each piece; return the sums of integrals, moduli and errors.

    The last coefficients count as ``safety`` times as large as they are.

    Parameters
    ----------
    count : int
        How many pieces there are.
    safety : float
        At least 1.
    sums : array of shape (≥ 7, pieces + 8)
        Rows of ``Workspace.sums``.

    Returns
    -------
    value, modulus, error : float
        In G_T Δ0/e for the current, in G_T for its derivative.
    """
    for j in range(count, count + PACK):  # so that there is no remainder here either
        sums[VALUE, j] = sums[MODULUS, j] = sums[LAST, j] = 0.0
    padded = PACK * ((count + PACK - 1) // PACK)
    for j in range(padded):
        sums[ERROR, j], sums[FALL, j] = error_estimate(
            safety * sums[LAST, j], sums[MIDDLE, j], sums[FASTEST_FALL, j]
        )
    return row_sums(sums, padded)
