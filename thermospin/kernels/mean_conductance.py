"""The mean of dI_up/dV from 0 to V: what is left of I_up where that all but cancels.

I_up(V) is an analytic function of a complex V, singular where singularities of its integrand meet
(``meetings``). Where none is nearer to [0, V] than 3|V|, the derivative is analytic in an ellipse
with the foci 0 and V whose half axes are together ρ = 6 + √37 times as long as |V|/2. Its Legendre
coefficients then fall as ρ^−k or faster, and eight Gauss nodes miss about ρ^−16 = 5e-18 of its size
on the ellipse, which the last coefficients tell (L. N. Trefethen, Approximation Theory and
Approximation Practice, chapter 19).
"""

import math

from thermospin.kernels.film_leads import count_of_edges, edge_of_lead
from thermospin.kernels.film_table import OF_S, OF_SM
from thermospin.kernels.meetings import (
    edge_of_S_meets_step,
    edge_of_Sm_meets_step,
    edges_meet,
)
from thermospin.kernels.rules import ORDERS, RULES
from thermospin.machine.compilation import inlined, merged

ROOM = 3.0
"""How many times |V| the nearest singularity is away."""
CHORD = RULES[0, :5, : ORDERS[0]].copy()
"""Eight nodes on (0, 1), their weights, and the weights of the last three Legendre coefficients;
shape (5, 8), rows below."""
NODE, WEIGHT, SEVENTH, SIXTH, FIFTH = range(5)
RATE = 6.0 + math.sqrt(37.0)
MISSED_7, MISSED_6, MISSED_5 = (5.0 * RATE ** (degree - 16) for degree in (7, 6, 5))
"""What eight nodes miss at most, in units of each coefficient times ρ^degree, the function's size
on the ellipse: 64/15 ρ^−16 of that (theorem 19.3), with some to spare."""
ROUNDING = 1e-14
"""Error of the mean from rounding, relative to the largest derivative."""


@merged
def _squared_distance(low, high, place, width):
    """Return the squared distance of place ± i·width from the interval from low to high."""
    along = max(0.0, place - high, low - place)
    return along * along + width * width


@inlined
def _nearest_of_films(V, leads, films):
    """Return the squared distance of [0, V] from the nearest singularity of I_up, with films."""
    low, high = min(V, 0.0), max(V, 0.0)
    nearest = math.inf
    edges_S, edges_Sm = count_of_edges(OF_S, leads, films), count_of_edges(OF_SM, leads, films)
    for i in range(2 * edges_S + 1):
        energy_S, depth_S = 0.0, math.pi * leads.kT_S
        if i < 2 * edges_S:
            energy_S, depth_S = edge_of_lead(OF_S, i, leads, films)
        for j in range(2 * edges_Sm + 1):
            energy_Sm, depth_Sm = 0.0, math.pi * leads.kT_Sm
            if j < 2 * edges_Sm:
                energy_Sm, depth_Sm = edge_of_lead(OF_SM, j, leads, films)
            elif i == 2 * edges_S:
                continue  # the steps do not meet each other
            apart = _squared_distance(low, high, energy_Sm - energy_S, depth_S + depth_Sm)
            nearest = min(nearest, apart)
    return nearest


@inlined
def is_smooth(V, leads, films):
    """Return whether no singularity of I_up(V) is nearer to [0, V] than 3|V|: see ``meetings``.

    Parameters
    ----------
    V : float
        Bias voltage in Δ0/e.
    leads : Leads
        Both leads.
    films : Films or ()
        Tables of the leads that are films.

    Returns
    -------
    bool
        True if eight nodes are enough for the mean from 0 to V.
    """
    if len(films) == 0:
        return _nearest_of_ideal_leads(V, leads) >= (ROOM * V) * (ROOM * V)
    return _nearest_of_films(V, leads, films) >= (ROOM * V) * (ROOM * V)


@inlined
def _nearest_of_ideal_leads(V, leads):
    """Return the squared distance of [0, V] from the nearest singularity of I_up."""
    low, high = min(V, 0.0), max(V, 0.0)
    nearest = math.inf
    for side in (-1.0, 1.0):
        if leads.gap_S > 0.0:
            place, width = edge_of_S_meets_step(leads, side)
            nearest = min(nearest, _squared_distance(low, high, place, width))
        if leads.gap_Sm > 0.0:
            place, width = edge_of_Sm_meets_step(leads, side)
            nearest = min(nearest, _squared_distance(low, high, place, width))
        if leads.gap_S > 0.0 and leads.gap_Sm > 0.0:
            for other in (-1.0, 1.0):
                place, width = edges_meet(leads, side, other)
                nearest = min(nearest, _squared_distance(low, high, place, width))
    return nearest


@inlined
def mean_slope(slope, error, rtol):
    """Return the mean of the derivative, its error and whether what is missed meets ``rtol``.

    ``slope`` and ``error`` begin with the derivative at the eight nodes and its errors.

    Parameters
    ----------
    slope, error : array of shape (≥ 8,)
        dI_up/dV and its errors in G_T.
    rtol : float
        Relative accuracy that is asked for.

    Returns
    -------
    mean, error : float
        (1/V) ∫ dI_up/dV from 0 to V, and its error, in G_T.
    met : bool
        True if what is missed is less than ``rtol`` of the mean, or rounding.
    """
    mean = mean_error = largest = seventh = sixth = fifth = 0.0
    for i in range(CHORD.shape[1]):
        mean += CHORD[WEIGHT, i] * slope[i]
        mean_error += CHORD[WEIGHT, i] * error[i]
        seventh += CHORD[SEVENTH, i] * slope[i]
        sixth += CHORD[SIXTH, i] * slope[i]
        fifth += CHORD[FIFTH, i] * slope[i]
        largest = max(largest, abs(slope[i]))
    missed = max(MISSED_7 * abs(seventh), MISSED_6 * abs(sixth), MISSED_5 * abs(fifth))
    rounding = ROUNDING * largest
    met = missed <= max(rtol * abs(mean), rounding)
    return mean, mean_error + missed + rounding, met
