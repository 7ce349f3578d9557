"""How neighbouring threads share a piece: each sums over two of every eight of its nodes."""

import numpy as np
from numba import cuda, uint64

from thermospin.kernels.kinds import CONDUCTANCE, CURRENT
from thermospin.kernels.node_integrands import (
    current_at,
    current_terms,
    slope_at,
    slope_terms,
    step_current_at,
    step_current_terms,
    step_slope_at,
    step_slope_terms,
)
from thermospin.kernels.node_loops import free_node
from thermospin.kernels.rules import DISTANCE, SPEED, order_of
from thermospin.kernels.workspace import FREE
from thermospin.machine.packed_sums import NO_TERMS, PACK, with_term

LANES = PACK // 2
"""Threads that share a piece. Each takes two nodes at a time, whose sums need not wait for each
other."""
_NEXT, _APART = np.uint64(PACK), np.uint64(LANES)
"""From the nodes of a lane to its next ones, and from one to the other. An index that may be
negative, as far as the compiler knows, costs several instructions."""
_ALL = 0xFFFFFFFF
"""All threads of a warp: they have to be there when numbers go from one to another."""


def _summing(terms_of, integrand_at):
    """Return a function that sums an integrand over the nodes of a lane."""

    @cuda.jit(device=True)
    def sums(piece, rule, table, lane, leads, quadrature):
        scale, terms = piece.scale, terms_of(piece, leads)
        weights = quadrature.rules[rule]
        distance = quadrature.nodes[DISTANCE, table, rule]
        speed = quadrature.nodes[SPEED, table, rule]
        first = second = NO_TERMS
        for i in range(uint64(lane), uint64(order_of(rule)), _NEXT):
            k = i + _APART
            if table == FREE:
                d1, v1 = free_node(piece.start, piece.length, weights[0, i])
                d2, v2 = free_node(piece.start, piece.length, weights[0, k])
            else:
                d1, v1, d2, v2 = distance[i], speed[i], distance[k], speed[k]
            f1 = integrand_at(scale * d1, v1, terms, leads)
            f2 = integrand_at(scale * d2, v2, terms, leads)
            first = with_term(first, f1, weights, i)
            second = with_term(second, f2, weights, k)
        return first, second

    return sums


LANE_SUMS = {
    CURRENT: (
        _summing(current_terms, current_at),
        _summing(step_current_terms, step_current_at),
    ),
    CONDUCTANCE: (_summing(slope_terms, slope_at), _summing(step_slope_terms, step_slope_at)),
}
"""By the kind of an integral: functions that sum its integrand, and the shorter one, over the nodes
of a lane. They take a piece, the indices of its order and length, the lane, both leads and
``QUADRATURE``, and return what ``over_lanes`` takes."""


@cuda.jit(device=True)
def _over_lanes(x):
    x += cuda.shfl_xor_sync(_ALL, x, 2)
    return x + cuda.shfl_xor_sync(_ALL, x, 1)


@cuda.jit(device=True)
def over_lanes(first, second):
    """Return the sums over a piece, as ``weighted_sums`` does, to all threads that share it.

    Parameters
    ----------
    first, second : tuple of float
        What the thread has summed: those over each of its two nodes of every eight.

    Returns
    -------
    tuple of float
        Σ w₁f, Σ w₁|f| and Σ w_k f over all nodes, in the unit of the integrand.
    """
    return (
        _over_lanes(first[0] + second[0]),
        _over_lanes(first[1] + second[1]),
        _over_lanes(first[2] + second[2]),
        _over_lanes(first[3] + second[3]),
        _over_lanes(first[4] + second[4]),
        _over_lanes(first[5] + second[5]),
    )
