"""The spin-up current of Eq. (2), its derivative by V and the mean of this derivative from 0 to V.

Each comes with an error estimate.
"""

import math

from thermospin.kernels.breakpoints import WHOLE_TAIL, lost_beyond
from thermospin.kernels.film_integral import film_integral
from thermospin.kernels.film_leads import workspace_for
from thermospin.kernels.kinds import CONDUCTANCE, CURRENT, MEAN_CONDUCTANCE
from thermospin.kernels.leads import leads_of, mirrored
from thermospin.kernels.mean_conductance import CHORD, NODE, is_smooth, mean_slope
from thermospin.kernels.node_loops import conductance_values, current_values, step_current_values
from thermospin.kernels.node_sums import sum_pieces
from thermospin.kernels.rounds import MAX_ROUNDS, begin, factor_of, first_tail, judge
from thermospin.kernels.workspace import BOTH, ONE_STEP, SLOPE, SLOPE_ERROR
from thermospin.machine.compilation import entry, inlined, inner, merged
from thermospin.machine.stack_alignment import align_stack


@merged
def _sum_queues(kind, both, one_step, leads, workspace):
    """Sum the integrand over the pieces in the queues, whose lengths are given."""
    if kind == CURRENT:
        current_values(workspace.queue[BOTH], both, leads, workspace)
        step_current_values(workspace.queue[ONE_STEP], one_step, leads, workspace)
        sum_pieces(workspace.queue[BOTH], both, factor_of(kind), False, workspace)
        sum_pieces(workspace.queue[ONE_STEP], one_step, factor_of(kind), True, workspace)
    else:
        conductance_values(workspace.queue[BOTH], both, leads, workspace)
        sum_pieces(workspace.queue[BOTH], both, factor_of(kind), False, workspace)


@merged
def _integrate(kind, V, leads, rtol, workspace):
    """Return the integral of Eq. (2) or of its derivative, its error and whether it met ``rtol``.

    Pieces whose estimated error is too large are refined until their sum is not. Where the two
    tails nearly cancel, the loss beyond their ends matters, and they are taken whole.
    """
    tail = first_tail(kind, rtol)
    # Twice at most: a loop, so that the functions merged into it are there once. Without another
    # loop within, the compiler would unroll it before they are.
    while True:
        count, hidden, both, one_step = begin(tail, kind, V, leads, rtol, workspace)
        loss = lost_beyond(tail, V, leads)
        value = error = 0.0
        met = False
        for _ in range(MAX_ROUNDS):
            _sum_queues(kind, both, one_step, leads, workspace)
            value, error, met, done, count, both, one_step = judge(
                count, hidden, tail, loss, kind, leads, rtol, workspace
            )
            if done:
                break
        if met or tail == WHOLE_TAIL:
            return value, error, met
        tail = WHOLE_TAIL


@merged
def _integrate_between(films, kind, V, leads, rtol, workspace):
    """Return the integral between ideal leads or films, its error and whether it met ``rtol``.

    Where ``films`` is empty the compiler leaves out all that concerns films.
    """
    if len(films) == 0:
        return _integrate(kind, V, leads, rtol, workspace)
    return film_integral(kind == CONDUCTANCE, V, leads, rtol, workspace)


@merged
def turned(V, leads):
    """Return voltage and leads as they are, or both reversed, whichever of the two is integrated.

    I_up(V, h_S, h) = −I_up(−V, −h_S, −h): of each such pair one is integrated, so that all
    symmetries of the currents hold to the last bit.

    Parameters
    ----------
    V : float
        Bias voltage in Δ0/e.
    leads : Leads
        Both leads.

    Returns
    -------
    reverse : bool
        Whether they are reversed.
    V : float
        Bias voltage to be integrated at, in Δ0/e.
    leads : Leads
        Both leads there.
    """
    split = leads.h_Sm if leads.h_Sm != 0.0 else leads.h_S
    reverse = split < 0.0 or (split == 0.0 and V < 0.0)
    return reverse, -V if reverse else V, mirrored(leads) if reverse else leads


@merged
def turned_back(value, reverse, kind):
    """Return an integral from the one that was computed, at the voltage of ``turned``.

    Parameters
    ----------
    value : float
        Integral in G_T Δ0/e or G_T.
    reverse : bool
        Of ``turned``.
    kind : int
        ``CURRENT`` or ``CONDUCTANCE``.

    Returns
    -------
    float
        In the same unit.
    """
    return -value if reverse and kind == CURRENT else value


@inlined
def summed(kind, V, leads, rtol, workspace):
    """Return the current or its derivative as a sum, its error and whether it met ``rtol``.

    Parameters
    ----------
    kind : int
        ``CURRENT`` or ``CONDUCTANCE``.
    V, leads, rtol, workspace
        As in ``spin_up``.

    Returns
    -------
    value, error, met
        As of ``spin_up``.
    """
    reverse, V, leads = turned(V, leads)
    value, error, met = _integrate_between(workspace.films, kind, V, leads, rtol, workspace)
    return turned_back(value, reverse, kind), error, met


@inner
def _summed_apart(kind, V, leads, rtol, workspace):
    """Return what ``summed`` returns, from a function that all its callers share."""
    align_stack()
    return summed(kind, V, leads, rtol, workspace)


@merged
def is_averaged(kind, V, leads, films):
    """Return whether an integral is computed from the mean of dI_up/dV from 0 to V.

    Parameters
    ----------
    kind, V, leads
        As in ``averaged``.
    films : Films or ()
        Tables of the leads that are films.

    Returns
    -------
    bool
        True for a ``MEAN_CONDUCTANCE``, and for a ``CURRENT`` whose two halves all but cancel:
        without exchange fields, next to V = 0.
    """
    plain = leads.h_S == 0.0 and leads.h_Sm == 0.0
    small = plain and leads.gamma_S + leads.gamma_Sm >= 2.0 * abs(V)
    small = small and is_smooth(V, leads, films)
    return kind == MEAN_CONDUCTANCE or (kind == CURRENT and small)


@inner
def averaged(kind, V, leads, rtol, workspace):
    """Return the mean of dI_up/dV from 0 to V, or V times it, its error, and if it met ``rtol``.

    NaN where I_up is not smooth enough: see ``mean_conductance``. Rounding of the derivative, which
    may be large where the mean cancels, does not excuse an error of the current.

    Parameters
    ----------
    kind : int
        ``CURRENT``, ``CONDUCTANCE`` or ``MEAN_CONDUCTANCE``.
    V : float
        Bias voltage in Δ0/e.
    leads : Leads
        Both leads.
    rtol : float
        Relative accuracy that is asked for.
    workspace : Workspace
        Memory of the evaluation, written to.

    Returns
    -------
    value, error : float
        In G_T, or in G_T Δ0/e for a ``CURRENT``.
    met : bool
        Whether the error is at most ``rtol`` of the value.
    """
    if not is_smooth(V, leads, workspace.films):
        return math.nan, math.inf, False
    slope, slope_error = workspace.sums[SLOPE], workspace.sums[SLOPE_ERROR]
    met = True
    for i in range(CHORD.shape[1]):
        part = _summed_apart(CONDUCTANCE, V * CHORD[NODE, i], leads, rtol, workspace)
        slope[i], slope_error[i] = part[0], part[1]
        met = met and part[2]
    mean, error, mean_met = mean_slope(slope, slope_error, rtol)
    if kind == CURRENT:
        met = met and error <= rtol * abs(mean)
        mean, error = V * mean, abs(V) * error
    return mean, error, met and mean_met


@merged
def _mean_where_it_helps(kind, V, leads, rtol, workspace):
    """Return what ``averaged`` does if the integral is computed so, else nothing that is met."""
    if is_averaged(kind, V, leads, workspace.films):
        return averaged(kind, V, leads, rtol, workspace)
    return math.nan, math.inf, False


@inlined
def _better(mean, whole):
    """Return the more accurate of an integral as a mean and as a sum, which says if it was met."""
    return (mean[0], mean[1], whole[2]) if mean[1] < whole[1] else whole


@merged
def spin_up(kind, V, leads, rtol, workspace):
    """Return an integral of spin up, its error and whether it met ``rtol``; ``kind`` says which.

    Parameters
    ----------
    kind : int
        ``CURRENT``, ``CONDUCTANCE`` or ``MEAN_CONDUCTANCE``.
    V : float
        Bias voltage in Δ0/e.
    leads : Leads
        Both leads.
    rtol : float
        Relative accuracy that is asked for.
    workspace : Workspace
        Memory of the evaluation, written to.

    Returns
    -------
    value, error : float
        In G_T Δ0/e for the current, in G_T for conductances.
    met : bool
        Whether the error is at most ``rtol`` of the value, or rounding.
    """
    mean = _mean_where_it_helps(kind, V, leads, rtol, workspace)
    if mean[2] or kind == MEAN_CONDUCTANCE:
        return mean
    if kind == CURRENT:  # for constant kinds, each of which is compiled for itself
        return _better(mean, summed(CURRENT, V, leads, rtol, workspace))
    return _better(mean, summed(CONDUCTANCE, V, leads, rtol, workspace))


@merged
def spin_up_apart(kind, V, leads, rtol, workspace):
    """Return what ``spin_up`` returns, from sums that are a function of their own.

    A loop over voltages, which does nothing else, is faster if they are merged into it; a search,
    which calls them now and then, is not, and is compiled in two thirds of the time without.

    Parameters
    ----------
    kind : int
        ``CURRENT`` or ``CONDUCTANCE``.
    V, leads, rtol, workspace
        As in ``spin_up``.

    Returns
    -------
    value, error, met
        As of ``spin_up``.
    """
    mean = _mean_where_it_helps(kind, V, leads, rtol, workspace)
    if mean[2]:
        return mean
    return _better(mean, _summed_apart(kind, V, leads, rtol, workspace))


@entry
def spin_up_values(kind, V, row, table, rtol, quadrature, films, value, error, met):
    """Write an integral of spin up at many points: I_up of Eq. (2), or one of its conductances.

    Parameters
    ----------
    kind : int
        ``CURRENT``, ``CONDUCTANCE`` or ``MEAN_CONDUCTANCE``.
    V : array of shape (n,)
        Bias voltages in Δ0/e.
    row : array of shape (n,)
        Index in ``table`` of the junction of each point.
    table : array of shape (m, COLUMNS)
        Junctions, columns as in ``leads``.
    rtol : float
        Relative accuracy that is asked for.
    quadrature : Quadrature
        ``rules.QUADRATURE``.
    films : Films or ()
        Tables of the leads that are films, the same for all; () where no lead is one.
    value, error, met : array of shape (n,)
        Receive values and errors in G_T Δ0/e or G_T, and whether they are as accurate as asked.
    """
    align_stack()
    workspace = workspace_for(quadrature, films)
    for i in range(V.size):
        value[i], error[i], met[i] = spin_up(kind, V[i], leads_of(table[row[i]]), rtol, workspace)
