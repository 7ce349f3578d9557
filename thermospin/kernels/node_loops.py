"""The hot loops: the integrand of Eq. (2), or its derivative, at nodes of pieces.

The loops over nodes are branch-free and work on as many nodes at once as the processor is wide. Per
node of the current: three square roots, one division, and one exponential or two. Each function
takes all pieces of a round in one call, so that its many constants are loaded once. The values are
stored and summed afterwards (``node_sums``), which is faster than to sum them in the same loop.
"""

from thermospin.kernels.node_integrands import (
    current_at,
    current_terms,
    slope_at,
    slope_terms,
    sm_is_settled,
    step_current_at,
    step_current_terms,
    step_slope_at,
    step_slope_terms,
)
from thermospin.kernels.rules import DISTANCE, SPEED, order_of
from thermospin.kernels.workspace import FREE
from thermospin.machine.arithmetic import quotient
from thermospin.machine.compilation import inlined, looping, merged
from thermospin.machine.exponential import exp


@inlined
def free_node(start, length, x):
    """Return sinh t at a node x of a rule, and its derivative by x, where t = start + length · x.

    Parameters
    ----------
    start, length : float
        Where t begins on a piece, and how far it goes.
    x : float
        Node, between 0 and 1.

    Returns
    -------
    distance, speed : float
        As the rows DISTANCE and SPEED of ``Quadrature.nodes``.
    """
    grow = exp(start + length * x)
    shrink = quotient(1.0, grow)
    return 0.5 * (grow - shrink), 0.5 * (grow + shrink) * length


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
            distance[i], speed[i] = free_node(
                piece.start, piece.length, quadrature.rules[rule, 0, i]
            )
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


def _at_nodes(terms_of, integrand_at):
    """Return a compiled function for ``each_piece`` that writes an integrand at the nodes."""

    @merged
    def write(piece, rule, distance, speed, leads, _work, value):
        scale, terms = piece.scale, terms_of(piece, leads)
        for i in range(order_of(rule)):
            value[i] = integrand_at(scale * distance[i], speed[i], terms, leads)

    return write


_currents = _at_nodes(current_terms, current_at)
_step_currents = _at_nodes(step_current_terms, step_current_at)
_slopes = _at_nodes(slope_terms, slope_at)
_step_slopes = _at_nodes(step_slope_terms, step_slope_at)


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
def _conductances(piece, rule, distance, speed, leads, workspace, value):
    """Write the derivative of the integrand by V at the nodes of a piece."""
    if sm_is_settled(piece, leads):
        _step_slopes(piece, rule, distance, speed, leads, workspace, value)
    else:
        _slopes(piece, rule, distance, speed, leads, workspace, value)


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
