"""Gauss–Legendre rules on [0, 1] of several orders, each with its own error estimate.

A rule of n nodes also gives the last Legendre coefficients c_k of the integrand that it can see.
For the functions met here they fall geometrically, |c_k| ~ M ρ^−k, while the rule's error falls as
M ρ^−2n. With e the largest of |c_(n−1)|, |c_(n−2)|, |c_(n−3)| and e' = |c_(n/2)|,

``error ≈ 5 e · min(1, e/e')^(5/4)``,

which extrapolates the decay to k = 13n/8 only: it is too large rather than too small.

On a piece the energy is E = breakpoint ± g sinh t, with t from 0 to a length T. T is a multiple of
1/2, and g follows from where the piece ends: the nodes sinh(T x) are then the same for every piece
of a length, and are tabulated.
"""

import math
from typing import Any

import numpy as np

from thermospin.kernels.compiled import merged

ORDERS = np.array([12, 16, 20, 24, 28, 32, 40, 48, 64])
"""Numbers of nodes; multiples of 4, so that no loop over nodes has a remainder to run singly."""
HIGHEST = ORDERS.size - 1
FIRST_ENOUGH = np.searchsorted(ORDERS, 4 * np.arange(ORDERS[-1] // 4 + 1))
"""Index of the lowest order with at least 4 k nodes, for k from 0."""
SAFETY = 5.0
STEPS = 28
LENGTHS = 0.5 * np.arange(STEPS + 1)
"""Lengths T of the tabulated maps; the first, 0, stands for any other length."""
LONGEST = LENGTHS[-1]


def _gauss_legendre(order: int) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights on [−1, 1]; NumPy's weights are off by 1e-12 next to the ends."""
    x: Any = np.polynomial.legendre.leggauss(order)[0].astype(np.longdouble)
    for _ in range(2):
        below, at = np.ones_like(x), x
        for k in range(2, order + 1):
            below, at = at, ((2 * k - 1) * x * at - (k - 1) * below) / k
        slope = order * (below - x * at) / (1 - x * x)
        x = x - at / slope
    return x, 2 / ((1 - x * x) * slope * slope)


def _rule(order: int) -> np.ndarray:
    x, w = _gauss_legendre(order)
    weights = w / 2
    polynomials = np.polynomial.legendre.legvander(x, order).T
    degrees = (order - 1, order - 2, order - 3, order // 2)
    coefficients = [(2 * k + 1) * weights * polynomials[k] for k in degrees]
    rows = np.zeros((6, ORDERS[-1]))
    rows[:, :order] = [(x + 1) / 2, weights, *coefficients]
    return rows


RULES = np.array([_rule(int(order)) for order in ORDERS])
"""One table an order, shape (orders, 6, nodes): nodes, weights, and the weights that give the
Legendre coefficients n − 1, n − 2, n − 3 and n/2."""
DISTANCES = np.sinh(LENGTHS[:, None, None] * RULES[:, 0])
"""sinh(T x) at the nodes x of each order, shape (lengths, orders, nodes)."""
SPEEDS = LENGTHS[:, None, None] * np.cosh(LENGTHS[:, None, None] * RULES[:, 0])
"""d sinh(T x)/dx at the same nodes."""
ENDS = np.sinh(LENGTHS)


@merged
def order_with(nodes):
    """Return the index of the lowest order with that many nodes, or of the highest."""
    return FIRST_ENOUGH[min(max(math.ceil(0.25 * nodes), 0), FIRST_ENOUGH.size - 1)]


@merged
def error_estimate(last, middle):
    """Return the error of a rule from the sizes of its last and of its middle coefficients."""
    fall = min(1.0, last / middle) if middle > 0.0 else 1.0
    return SAFETY * last * fall * math.sqrt(math.sqrt(fall))


@merged
def order_for(error, target, last, middle, rule):
    """Return the index of the order that should bring the error to the target.

    The coefficients fall from the middle to the last by e/e' over n/2 degrees, and the estimate
    goes with their degree 13n/8. Returns ``HIGHEST + 1`` where no order will do.
    """
    n = ORDERS[rule]
    if not last < middle:
        return HIGHEST + 1
    per_node = 3.25 * math.log(middle / last) / n
    wanted = n + math.log(error / target) / per_node
    if wanted > ORDERS[HIGHEST]:
        return HIGHEST + 1
    return max(order_with(wanted), rule + 1)
