"""The integrands of Eq. (2) and of its derivative at the nodes of pieces, where a lead is a film.

They are those of ``integrand``; here each density is a number, for the root and the quotient of
that of an ideal lead, and the exponential of a series for that of a film, are taken first.
"""

import math

from thermospin.kernels.density import density_and_slope_factors, density_factors
from thermospin.kernels.fermi import fermi_difference, fermi_slope
from thermospin.kernels.film_table import (
    BASE,
    DOWN,
    ENOUGH,
    ERROR,
    FINE,
    IS_FILM,
    LENGTH,
    N_S,
    N_SM,
    OF_S,
    OF_SM,
    SCALE,
    SLOPE,
    START,
    STEEPNESS,
    TERMS,
    TOLERANCE,
    UP,
    UP_SLOPE,
    T,
)
from thermospin.kernels.node_loops import each_piece
from thermospin.kernels.rules import order_of
from thermospin.kernels.workspace import edges_of
from thermospin.machine.arithmetic import fma
from thermospin.machine.compilation import looping, merged
from thermospin.machine.exponential import exp, log
from thermospin.machine.packed_series import sum_series

WEIGHT = 1
"""Row of the weights in a rule."""
STEEPER = 1.0
"""The derivative of a series with n terms is off by so many times n times as much."""


@merged
def _spin_row(field, side):
    """Return the row of spin up in a table, at energies of the sign ``side``."""
    return DOWN if field * side < 0.0 else UP


@merged
def _arguments(from_mu, side, panel, scale, distance, n, node):
    """Write the arguments of the series of a panel at the nodes of a piece, doubled, to ``T``."""
    per_scale = side / panel[SCALE]
    shift = (side * from_mu - panel[BASE]) / panel[SCALE]
    per_length, start = 4.0 / panel[LENGTH], -2.0 - 4.0 * panel[START] / panel[LENGTH]
    for i in range(n):
        y = max(fma(scale * distance[i], per_scale, shift), 0.0)
        node[T, i] = fma(log(y + math.sqrt(fma(y, y, 1.0))), per_length, start)


@looping
def _film_density(lead, from_mu, field, p, piece, distance, n, films):
    """Write the density of a film at the nodes of a piece; return its relative error."""
    node, panel = films.node, films.panel[lead, p]
    side = math.copysign(1.0, from_mu + 0.5 * (piece.near + piece.far))
    fine = films.numbers[lead, FINE] == 1
    terms = TERMS if fine else int(panel[ENOUGH])
    _arguments(from_mu, side, panel, piece.scale, distance, n, node)
    out = node[lead]
    sum_series(films.series[lead, p, _spin_row(field, side)], terms, node[T], out, n)
    for i in range(n):
        out[i] = exp(out[i])
    return panel[ERROR] + (0.0 if fine else films.key[lead, TOLERANCE])


@merged
def _ideal_density(above, below, gamma, gap, scale, distance, n, out):
    """Write the density of an ideal lead at the nodes of a piece."""
    for i in range(n):
        u = scale * distance[i]
        square, numerator, denominator = density_factors(above + u, below + u, gamma, gap * gap)
        out[i] = math.sqrt(0.5 * square) * numerator / denominator


@looping
def densities_at_nodes(piece, distance, n, leads, films):
    """Write the densities of both leads at the nodes of a piece; return their relative errors.

    Parameters
    ----------
    piece : record
        ``PIECE``.
    distance : array of shape (nodes,)
        Distances of the nodes from the breakpoint at scale 1.
    n : int
        How many nodes there are.
    leads : Leads
        Both leads.
    films : Films
        Their tables; the rows ``N_S`` and ``N_SM`` of ``node`` are written to.

    Returns
    -------
    float
        Sum of the relative errors of both densities.
    """
    node, scale = films.node, piece.scale
    S_above, S_below, Sm_above, Sm_below = edges_of(piece)
    error = 0.0
    for lead in range(2):  # a loop, so that what is merged into it is compiled once
        is_S = lead == OF_S
        above, below = (S_above, S_below) if is_S else (Sm_above, Sm_below)
        field, p = (leads.h_S, piece.panel_S) if is_S else (leads.h_Sm, piece.panel_Sm)
        if films.numbers[lead, IS_FILM] == 1:
            error += _film_density(lead, above, field, p, piece, distance, n, films)
        else:
            gamma = leads.gamma_S if is_S else leads.gamma_Sm
            gap = leads.gap_S if is_S else leads.gap_Sm
            _ideal_density(above, below, gamma, gap, scale, distance, n, node[lead])
    return error


@looping
def slopes_at_nodes(piece, distance, n, leads, films):
    """Write dN_Sm/dE at the nodes of a piece, after ``densities_at_nodes``.

    Parameters
    ----------
    piece, distance, n, leads, films
        As in ``densities_at_nodes``; the row ``SLOPE`` is written to.

    Returns
    -------
    float
        By how much dN_Sm/dE is off, times the slope of the map of the table over N_Sm.
    """
    node, scale, field = films.node, piece.scale, leads.h_Sm
    _, _, above, below = edges_of(piece)
    from_middle = piece.Sm_middle
    if films.numbers[OF_SM, IS_FILM] == 0:
        for i in range(n):
            u = scale * distance[i]
            _, slope, square, w = density_and_slope_factors(
                from_middle + u, above + u, below + u, leads.gamma_Sm, leads.gap_Sm * leads.gap_Sm
            )
            node[SLOPE, i] = slope / (math.sqrt(square) * w * w * w)
            node[STEEPNESS, i] = 0.0
        return 0.0
    side = math.copysign(1.0, above + 0.5 * (piece.near + piece.far))
    panel = films.panel[OF_SM, piece.panel_Sm]
    # The arguments left by the densities are those of Sm.
    series = films.series[OF_SM, piece.panel_Sm, _spin_row(field, side) + UP_SLOPE]
    sum_series(series, TERMS, node[T], node[SLOPE], n)
    per_scale = side / panel[SCALE]
    shift = (side * above - panel[BASE]) / panel[SCALE]
    along = 2.0 * per_scale / panel[LENGTH]
    for i in range(n):
        y = fma(scale * distance[i], per_scale, shift)
        steep = along / math.sqrt(fma(y, y, 1.0))
        node[SLOPE, i] = node[N_SM, i] * node[SLOPE, i] * steep
        node[STEEPNESS, i] = node[N_SM, i] * abs(steep)
    return STEEPER * TERMS * panel[ERROR]


@merged
def _film_currents(piece, rule, distance, speed, leads, workspace, value):
    """Write the integrand of Eq. (2) at the nodes of a piece, twice; return the tables' error."""
    films, scale = workspace.films, piece.scale
    n = order_of(rule)
    node = films.node
    error = densities_at_nodes(piece, distance, n, leads, films)
    x, y, y_minus_x = piece.x, piece.y, piece.y_minus_x
    for i in range(n):
        u = scale * distance[i]
        rise, fall = fermi_difference(
            fma(u, leads.rate_S, x),
            fma(u, leads.rate_Sm, y),
            fma(u, leads.rate_difference, y_minus_x),
        )
        value[i] = speed[i] * (node[N_S, i] * node[N_SM, i]) * rise / fall
    piece.step = error
    piece.step_rate = 0.0


@merged
def _film_conductances(piece, rule, distance, speed, leads, workspace, value):
    """Write the derivative of the integrand by V at the nodes of a piece, twice."""
    films, scale = workspace.films, piece.scale
    n = order_of(rule)
    node = films.node
    error = densities_at_nodes(piece, distance, n, leads, films)
    off = slopes_at_nodes(piece, distance, n, leads, films)
    x, y, y_minus_x = piece.x, piece.y, piece.y_minus_x
    weights = workspace.quadrature.rules[rule, WEIGHT]
    noise = 0.0
    for i in range(n):
        u = scale * distance[i]
        y_here = fma(u, leads.rate_Sm, y)
        rise, fall = fermi_difference(
            fma(u, leads.rate_S, x), y_here, fma(u, leads.rate_difference, y_minus_x)
        )
        steep, under = fermi_slope(y_here, leads.rate_Sm)
        difference = rise / fall
        moved = fma(node[SLOPE, i], difference, node[N_SM, i] * steep / under)
        value[i] = speed[i] * node[N_S, i] * moved
        noise += weights[i] * speed[i] * node[N_S, i] * node[STEEPNESS, i] * abs(difference)
    piece.step = error
    piece.step_rate = off * noise * abs(scale)


@looping
def film_current_values(queue, count, leads, workspace):
    """Write the integrand of Eq. (2) at the nodes of the first ``count`` pieces of a queue.

    Parameters
    ----------
    queue : array of int
        Indices of pieces.
    count : int
        How many of them.
    leads : Leads
        Both leads.
    workspace : Workspace
        ``values`` receives twice the integrand in Δ0 per ``scale`` of the map; of each piece
        ``step`` receives the relative error of the densities.
    """
    each_piece(_film_currents, queue, count, leads, workspace, workspace.values)


@looping
def film_conductance_values(queue, count, leads, workspace):
    """Write the derivative of the integrand of Eq. (2) by V at the nodes of pieces of a queue.

    Parameters
    ----------
    queue : array of int
        Indices of pieces.
    count : int
        How many of them.
    leads : Leads
        Both leads.
    workspace : Workspace
        ``values`` receives twice the derivative per ``scale`` of the map; of each piece ``step``
        receives the relative error of the densities, and ``step_rate`` what errors of dN_Sm/dE add
        up to, twice.
    """
    each_piece(_film_conductances, queue, count, leads, workspace, workspace.values)
