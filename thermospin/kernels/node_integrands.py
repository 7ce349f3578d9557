"""The integrand of Eq. (2), or its derivative by V, at one node of a piece of the energy axis.

Each of the four integrands comes as two functions: what all nodes of a piece have in common, which
is read once, and the integrand at an energy. The loops of a processor (``node_loops``) and the
threads of a card call the same ones.
"""

import math

from thermospin.kernels.density import density_and_slope_factors
from thermospin.kernels.fermi import fermi_difference, fermi_slope, fermi_step
from thermospin.kernels.integrand import (
    conductance_integrand,
    current_integrand,
    density_product,
)
from thermospin.kernels.workspace import edges_of, middles_of
from thermospin.machine.arithmetic import fma, root
from thermospin.machine.compilation import inlined, merged

SETTLED = 60.0
"""f_Sm and its slope are left out where f_Sm is 0 or 1 to within e^−60 of the occupation of S."""


@merged
def current_terms(piece, _leads):
    """Return what ``current_at`` needs of a piece.

    Parameters
    ----------
    piece : record
        ``PIECE``.
    _leads : Leads
        Both leads, of which it needs nothing.

    Returns
    -------
    edges : (float, float, float, float)
        Distances of the breakpoint from the gap edges in Δ0: ``edges_of``.
    at : (float, float, float)
        x, y and y − x of ``fermi_difference`` at the breakpoint, without unit.
    """
    return edges_of(piece), (piece.x, piece.y, piece.y_minus_x)


@inlined
def current_at(u, dE, terms, leads):
    """Return ``current_integrand`` at an energy on a piece.

    Parameters
    ----------
    u : float
        Energy from the breakpoint of the piece in Δ0.
    dE : float
        Part of the energy axis that the node stands for, or a number in proportion to it, in Δ0.
    terms : tuple
        ``current_terms`` of the piece.
    leads : Leads
        Both leads.

    Returns
    -------
    float
        Four times the summand of the current, in G_T Δ0/e.
    """
    edges, (x, y, y_minus_x) = terms
    densities = density_product(u, edges, leads)
    difference = fermi_difference(
        fma(u, leads.rate_S, x),
        fma(u, leads.rate_Sm, y),
        fma(u, leads.rate_difference, y_minus_x),
    )
    return current_integrand(dE, densities, difference)


@merged
def step_current_terms(piece, _leads):
    """Return what ``step_current_at`` needs of a piece on which one of the leads is full or empty.

    There f_S − f_Sm is step_sign · f(step + u · step_rate), with these three fields of the piece.

    Parameters
    ----------
    piece, _leads
        As of ``current_terms``.

    Returns
    -------
    edges : (float, float, float, float)
        As of ``current_terms``.
    at : (float, float)
        ``step``, without unit, and ``step_rate`` in 1/Δ0.
    """
    return edges_of(piece), (piece.step, piece.step_rate)


@inlined
def step_current_at(u, dE, terms, leads):
    """Return the modulus of ``current_integrand`` where one of the leads is full or empty.

    Parameters
    ----------
    u, dE, leads
        As of ``current_at``.
    terms : tuple
        ``step_current_terms`` of the piece.

    Returns
    -------
    float
        As of ``current_at``, and not negative.
    """
    edges, (x, rate) = terms
    densities = density_product(u, edges, leads)
    f = 1.0, fermi_step(fma(u, rate, x))
    return current_integrand(dE, densities, f)


@merged
def sm_is_settled(piece, leads):
    """Return whether Sm is full or empty on a piece to within e^−60 of the occupation of S.

    Both f_Sm and its slope are then left out. This is stricter than for the current: the rest of
    the integrand may be as small as dN_Sm/dE in the gap, Γ, and the slope is 1/k_BT times f_Sm.

    Parameters
    ----------
    piece : record
        ``PIECE``.
    leads : Leads
        Both leads.

    Returns
    -------
    bool
        Whether ``step_slope_at`` takes the place of ``slope_at``.
    """
    x0, x1 = piece.x + piece.near * leads.rate_S, piece.x + piece.far * leads.rate_S
    y0, y1 = piece.y + piece.near * leads.rate_Sm, piece.y + piece.far * leads.rate_Sm
    beyond = min(abs(y0) - abs(x0), abs(y1) - abs(x1))
    return y0 * y1 > 0.0 and min(min(abs(y0), abs(y1)), beyond) > SETTLED


@inlined
def _densities(u, middles, edges, leads):
    """Return the densities of states of S and Sm, with their slopes."""
    middle_S, middle_Sm = middles
    above_S, below_S, above_Sm, below_Sm = edges
    return density_and_slope_factors(
        middle_S + u, above_S + u, below_S + u, leads.gamma_S, leads.gap_S * leads.gap_S
    ), density_and_slope_factors(
        middle_Sm + u, above_Sm + u, below_Sm + u, leads.gamma_Sm, leads.gap_Sm * leads.gap_Sm
    )


@merged
def slope_terms(piece, _leads):
    """Return what ``slope_at`` needs of a piece.

    Parameters
    ----------
    piece, _leads
        As of ``current_terms``.

    Returns
    -------
    middles : (float, float)
        Distances of the breakpoint from the middles of the gaps in Δ0: ``middles_of``.
    edges, at
        As of ``current_terms``.
    """
    return middles_of(piece), edges_of(piece), (piece.x, piece.y, piece.y_minus_x)


@inlined
def slope_at(u, dE, terms, leads):
    """Return ``conductance_integrand`` at an energy on a piece.

    Parameters
    ----------
    u, dE, leads
        As of ``current_at``.
    terms : tuple
        ``slope_terms`` of the piece.

    Returns
    -------
    float
        Twice the summand of dI_up/dV, in G_T.
    """
    middles, edges, (x, y, y_minus_x) = terms
    density_S, density_Sm = _densities(u, middles, edges, leads)
    y_here = fma(u, leads.rate_Sm, y)
    difference = fermi_difference(
        fma(u, leads.rate_S, x), y_here, fma(u, leads.rate_difference, y_minus_x)
    )
    slope = fermi_slope(y_here, leads.rate_Sm)
    return conductance_integrand(dE, density_S, density_Sm, difference, slope)


@merged
def step_slope_terms(piece, leads):
    """Return what ``step_slope_at`` needs of a piece on which Sm is full or empty.

    Parameters
    ----------
    piece : record
        ``PIECE``.
    leads : Leads
        Both leads.

    Returns
    -------
    middles, edges
        As of ``slope_terms``.
    at : (float, float, float)
        The sign of f_S − f_Sm, and what the argument of f is at the breakpoint and how it grows, in
        1/Δ0.
    """
    # Against an empty lead f is left, and against a full one f(x) − 1 = −f(−x).
    sign = math.copysign(1.0, piece.y + piece.far * leads.rate_Sm)
    return middles_of(piece), edges_of(piece), (sign, sign * piece.x, sign * leads.rate_S)


@inlined
def step_slope_at(u, dE, terms, leads):
    """Return ``conductance_integrand`` where Sm is full or empty.

    Parameters
    ----------
    u, dE, leads
        As of ``current_at``.
    terms : tuple
        ``step_slope_terms`` of the piece.

    Returns
    -------
    float
        As of ``slope_at``.
    """
    middles, edges, (sign, x, rate) = terms
    (n_S, _, square_S, w_S), (_, s_Sm, square_Sm, w_Sm) = _densities(u, middles, edges, leads)
    under = root(square_S * square_Sm) * (w_S * w_Sm) * (w_Sm * w_Sm)
    f = sign, fermi_step(fma(u, rate, x))
    return current_integrand(dE, (n_S * s_Sm, under), f)
