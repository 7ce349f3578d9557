"""The hot loops: the integrand of Eq. (2), or its derivative, at nodes of pieces, and its sums.

The loops over nodes are branch-free and work on as many nodes at once as the processor is wide. Per
node of the current: three square roots, one division, and one exponential or two. Each function
takes all pieces of a round in one call, so that its many constants are loaded once. The values are
stored and summed afterwards (``node_sums``), which is faster than to sum them in the same loop.
"""

import math

from thermospin.kernels.density import density_and_slope_factors
from thermospin.kernels.fermi import fermi_difference, fermi_slope, fermi_step
from thermospin.kernels.integrand import (
    conductance_integrand,
    current_integrand,
    density_product,
)
from thermospin.kernels.rules import (
    DISTANCE,
    SPEED,
    order_of,
)
from thermospin.kernels.workspace import (
    FREE,
    edges_of,
    middles_of,
)
from thermospin.machine.arithmetic import fma
from thermospin.machine.compilation import inlined, looping, merged
from thermospin.machine.exponential import exp

SETTLED = 60.0
"""f_Sm and its slope are left out where f_Sm is 0 or 1 to within e^−60 of the occupation of S."""


@merged
def mapped_nodes(piece, quadrature, free):
    """Return at which indices the nodes of a piece stand: those of its length and of its order.

    The nodes are distances from the breakpoint at scale 1, and stand in ``quadrature.nodes``. For a
    length that is not tabulated, ``FREE``, they are written to ``free``, which has the same rows.

    Parameters
    ----------
    piece : record
        ``PIECE``.
    quadrature : Quadrature
        ``rules.QUADRATURE``.
    free : array of shape (2, 1, orders, nodes)
        Receives the nodes of a piece whose length is not tabulated.

    Returns
    -------
    table, rule : int
        Indices of the length and of the order.
    """
    rule = piece.rule
    table = piece.table
    if table == FREE:
        distance, speed = free[DISTANCE, FREE, rule], free[SPEED, FREE, rule]
        for i in range(order_of(rule)):
            grow = exp(piece.start + piece.length * quadrature.rules[rule, 0, i])
            shrink = 1.0 / grow
            distance[i] = 0.5 * (grow - shrink)
            speed[i] = 0.5 * (grow + shrink) * piece.length
    return table, rule


@merged
def each_piece(write, queue, count, leads, workspace, target):
    """Have a compiled function write its results at the nodes of each piece in a queue.

    Parameters
    ----------
    write : compiled function
        Called as ``write(piece, rule, distance, speed, leads, workspace, row)``: with the piece,
        the index of its order, sinh t at its nodes and the derivative of that by x, where
        t = start + length · x, the leads, the workspace, and the row of ``target`` that receives
        the results of the piece.
    queue : array of int
        Indices of pieces.
    count : int
        How many of them, from the first on.
    leads : Leads
        Both leads.
    workspace : Workspace
        Memory of the evaluation, whose pieces are read; ``free`` is written to.
    target : array of shape (pieces, ...)
        Receives the results, a row a piece, in the unit of ``write``.
    """
    for q in range(count):
        piece = workspace.piece[queue[q]]
        table, rule = mapped_nodes(piece, workspace.quadrature, workspace.free)
        nodes = workspace.free if table == FREE else workspace.quadrature.nodes
        distance, speed = nodes[DISTANCE, table, rule], nodes[SPEED, table, rule]
        write(piece, rule, distance, speed, leads, workspace, target[queue[q]])


@merged
def _currents(piece, rule, distance, speed, leads, _work, value):
    """Write the integrand of Eq. (2) at the nodes of a piece."""
    scale, edges = piece.scale, edges_of(piece)
    x, y, y_minus_x = piece.x, piece.y, piece.y_minus_x
    for i in range(order_of(rule)):
        u = scale * distance[i]
        densities = density_product(u, edges, leads)
        difference = fermi_difference(
            fma(u, leads.rate_S, x),
            fma(u, leads.rate_Sm, y),
            fma(u, leads.rate_difference, y_minus_x),
        )
        value[i] = current_integrand(speed[i], densities, difference)


@merged
def _step_currents(piece, rule, distance, speed, leads, _work, value):
    """Write the modulus of the integrand at the nodes of a piece with one lead full or empty."""
    scale, edges = piece.scale, edges_of(piece)
    x, rate = piece.step, piece.step_rate
    for i in range(order_of(rule)):
        u = scale * distance[i]
        densities = density_product(u, edges, leads)
        f = 1.0, fermi_step(fma(u, rate, x))
        value[i] = current_integrand(speed[i], densities, f)


@looping
def current_values(queue, count, leads, workspace):
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
        ``values`` receives ``current_integrand`` in Δ0 per ``scale`` of the map.
    """
    each_piece(_currents, queue, count, leads, workspace, workspace.values)


@looping
def step_current_values(queue, count, leads, workspace):
    """Write the modulus of the integrand on pieces on which one of the leads is full or empty.

    There f_S − f_Sm is step_sign · f(step + u · step_rate), with these three fields of the piece.

    Parameters
    ----------
    queue : array of int
        Indices of pieces.
    count : int
        How many of them.
    leads : Leads
        Both leads.
    workspace : Workspace
        ``values`` receives the moduli in Δ0 per ``scale`` of the map.
    """
    each_piece(_step_currents, queue, count, leads, workspace, workspace.values)


@merged
def _sm_is_settled(piece, leads):
    """Return whether Sm is full or empty on a piece to within e^−60 of the occupation of S.

    Both f_Sm and its slope are then left out. This is stricter than for the current: the rest of
    the integrand may be as small as dN_Sm/dE in the gap, Γ, and the slope is 1/k_BT times f_Sm.
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
def _slopes(piece, rule, distance, speed, leads, value):
    """Write the derivative of the integrand by V at the nodes of a piece."""
    scale, middles, edges = piece.scale, middles_of(piece), edges_of(piece)
    x, y, y_minus_x = piece.x, piece.y, piece.y_minus_x
    for i in range(order_of(rule)):
        u = scale * distance[i]
        density_S, density_Sm = _densities(u, middles, edges, leads)
        y_here = fma(u, leads.rate_Sm, y)
        difference = fermi_difference(
            fma(u, leads.rate_S, x), y_here, fma(u, leads.rate_difference, y_minus_x)
        )
        slope = fermi_slope(y_here, leads.rate_Sm)
        value[i] = conductance_integrand(speed[i], density_S, density_Sm, difference, slope)


@merged
def _step_slopes(piece, rule, distance, speed, leads, value):
    """Write the derivative at the nodes of a piece on which Sm is full or empty."""
    scale, middles, edges = piece.scale, middles_of(piece), edges_of(piece)
    # Against an empty lead f is left, and against a full one f(x) − 1 = −f(−x).
    sign = math.copysign(1.0, piece.y + piece.far * leads.rate_Sm)
    x, rate = sign * piece.x, sign * leads.rate_S
    for i in range(order_of(rule)):
        u = scale * distance[i]
        (n_S, _, square_S, w_S), (_, s_Sm, square_Sm, w_Sm) = _densities(u, middles, edges, leads)
        under = math.sqrt(square_S * square_Sm) * (w_S * w_Sm) * (w_Sm * w_Sm)
        f = sign, fermi_step(fma(u, rate, x))
        value[i] = current_integrand(speed[i], (n_S * s_Sm, under), f)


@merged
def _conductances(piece, rule, distance, speed, leads, _work, value):
    """Write the derivative of the integrand by V at the nodes of a piece."""
    if _sm_is_settled(piece, leads):
        _step_slopes(piece, rule, distance, speed, leads, value)
    else:
        _slopes(piece, rule, distance, speed, leads, value)


@looping
def conductance_values(queue, count, leads, workspace):
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
        ``values`` receives ``conductance_integrand`` per ``scale`` of the map.
    """
    each_piece(_conductances, queue, count, leads, workspace, workspace.values)
