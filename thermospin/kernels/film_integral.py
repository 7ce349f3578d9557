"""The spin-up current of Eq. (2) and its derivative by V where a lead is a film.

As ``tunnelling`` does between ideal leads, with the same rules and estimates, and with what the
tables of the densities miss.
"""

import math

from thermospin.kernels.breakpoints import WHOLE_TAIL
from thermospin.kernels.film_leads import MOST_FILM_PIECES, are_found
from thermospin.kernels.film_nodes import film_conductance_values, film_current_values
from thermospin.kernels.film_pieces import bisect_film_piece, lay_film_pieces
from thermospin.kernels.film_table import FINE
from thermospin.kernels.integrand import HALF
from thermospin.kernels.node_sums import add_up, sum_pieces
from thermospin.kernels.rules import HIGHEST, STRICT, order_for, with_reserve
from thermospin.kernels.workspace import BOTH, ERROR, FALL, MODULUS, NONE
from thermospin.machine.compilation import merged
from thermospin.machine.exponential import coarse_log

MAX_ROUNDS = 24
SAFETY = 2.0
"""Factor on the last Legendre coefficients of the derivative, as between ideal leads."""
ROUNDING = 1e-14
"""Error of a sum from rounding, relative to the integral of the modulus."""
BESIDE = 0.05
"""What tables of densities miss makes an error that is less by this factor negligible."""
OF_TABLES = 3e-13
"""Error of a sum from what tables of densities miss at best, relative to the same."""


@merged
def _of_tables(count, workspace):
    """Return the error of the sum of all pieces from what the tables of densities miss."""
    total = 0.0
    for j in range(count):
        piece = workspace.piece[j]
        total += piece.step * workspace.sums[MODULUS, j] + HALF * piece.step_rate
    return total


@merged
def refine_film_piece(j, rule, count, both, breaks, leads, workspace):
    """Put a piece into the queue at a higher order, or its halves where no order is enough.

    Parameters
    ----------
    j, rule : int
        The piece, and the index of the order that it needs, or ``HIGHEST + 1``.
    count, both, breaks : int
        How many pieces there are, how many are in the queue, and how many breakpoints there are.
    leads : Leads
        Both leads.
    workspace : Workspace
        Receives the pieces and the queue.

    Returns
    -------
    count, both : int
        The numbers afterwards.
    """
    before = count
    if rule > HIGHEST:
        count = bisect_film_piece(j, count, breaks, leads, workspace)
    else:
        workspace.piece[j].rule = rule
    workspace.queue[BOTH, both] = j
    both += 1
    if count > before:
        workspace.queue[BOTH, both] = before
        both += 1
    return count, both


@merged
def _add_and_refine(count, breaks, both, derivative, leads, rtol, workspace):
    """Return the sum over pieces, its error, whether it met ``rtol``, and if more terms might help.

    The terms are those of the series of tables. Pieces in the queue whose estimated error is too
    large are refined until their sum is not.
    """
    safety = SAFETY if derivative else 1.0
    value = error = target = rounding = tables = modulus = 0.0
    for _ in range(MAX_ROUNDS):
        if derivative:
            film_conductance_values(workspace.queue[BOTH], both, leads, workspace)
        else:
            film_current_values(workspace.queue[BOTH], both, leads, workspace)
        sum_pieces(workspace.queue[BOTH], both, HALF, False, workspace)
        value, modulus, error = add_up(count, safety, workspace.sums)
        tables = _of_tables(count, workspace)
        rounding = ROUNDING * modulus + tables
        target = max(rtol * abs(value) - tables, ROUNDING * modulus + BESIDE * tables)
        if error <= target or count == MOST_FILM_PIECES:
            break
        share = target / count
        both = NONE
        for j in range(count):
            if workspace.sums[ERROR, j] > share and count < MOST_FILM_PIECES:
                rule = workspace.piece[j].rule
                rule = order_for(
                    workspace.sums[ERROR, j], 0.5 * share, workspace.sums[FALL, j], rule
                )
                count, both = refine_film_piece(j, rule, count, both, breaks, leads, workspace)
    met = error <= target and error + tables <= max(rtol * abs(value), OF_TABLES * modulus)
    if rtol < STRICT:
        error = with_reserve(error, target - ROUNDING * modulus, rtol)
    return value, error + rounding, met, tables > 0.1 * rtol * abs(value)


@merged
def film_integral(derivative, V, leads, rtol, workspace):
    """Return an integral of spin up, its error and whether it met ``rtol``.

    Parameters
    ----------
    derivative : bool
        Whether dI_up/dV is integrated, and not I_up.
    V : float
        Bias voltage in Δ0/e.
    leads : Leads
        Both leads, of which one at least is a film.
    rtol : float
        Relative accuracy that is asked for.
    workspace : Workspace
        Memory of the evaluation, with tables of the films; written to.

    Returns
    -------
    value, error : float
        In G_T Δ0/e for the current, in G_T for its derivative; NaN and ∞ where the density of a
        film was not found.
    met : bool
        Whether the error is at most ``rtol`` of the value, or rounding.
    """
    value, error, met = math.nan, math.inf, False
    fine = derivative
    # Twice at most: a loop, so that the functions merged into it are compiled once.
    while are_found(workspace.films):
        workspace.films.numbers[:, FINE] = 1 if fine else 0
        count, breaks = lay_film_pieces(V, leads, -coarse_log(rtol), WHOLE_TAIL, workspace)
        both = NONE
        for j in range(count):
            workspace.queue[BOTH, both] = j
            both += 1
        value, error, met, coarse = _add_and_refine(
            count, breaks, both, derivative, leads, rtol, workspace
        )
        if fine or not coarse:
            break
        fine = True
    return value, error, met
