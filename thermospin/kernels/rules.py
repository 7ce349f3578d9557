"""Gauss–Legendre rules on [0, 1] of several orders, each with its own error estimate.

A rule of n nodes also gives Legendre coefficients c_k of the integrand up to the degree k = n − 1.
For the functions met here they fall geometrically, |c_k| ~ M ρ^−k, while the rule's error falls as
M ρ^−2n. With e the largest of |c_(n−1)|, |c_(n−2)|, |c_(n−3)| and e' = |c_(n/2)|,

``error ≈ 2 e · max{(e/e')^(3/2), ρ_T^(−3n/4)}``,

which extrapolates the decay to k = 7n/4 only: it is too large rather than too small. No decay goes
on faster than ρ_T, the rate that the branch point at the end of a piece allows, even if it begins
faster, with a Boltzmann factor.

On a piece the energy is E = breakpoint ± g sinh t, with t from 0 to a length T. T is a multiple of
1/2, and g follows from where the piece ends: the nodes sinh(T x) are then the same for every piece
of one length T, and are tabulated.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from thermospin.machine.arithmetic import bits, portable
from thermospin.machine.compilation import merged
from thermospin.machine.packed_sums import PACK

ORDERS = PACK * np.arange(1, 9)
"""Numbers of nodes; multiples of 8, so that no loop over nodes has a remainder to run singly."""
HIGHEST = ORDERS.size - 1
FIRST_ENOUGH = np.searchsorted(ORDERS, 4 * np.arange(1, ORDERS[-1] // 4 + 1))
"""Index of the lowest order for less than 4 (k + 1) nodes, for k from 0."""
SAFETY = 2.0
RESERVE, STRICT_RESERVE = 1.5, 4.0
STRICT = 1e-11
"""Relative tolerance below which errors of currents are reported with a reserve, as those of heat
and noise are at any. At looser ones no estimate was too small, and G takes the most accurate of
several values by these errors."""
STEPS = 28
LENGTHS = 0.5 * np.arange(STEPS + 1)
"""Lengths T of the tabulated maps; the first, 0, stands for any other length."""
LONGEST = LENGTHS[-1]


def _gauss_legendre(order: int) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights on [−1, 1]; NumPy's weights are off by 1e-12 next to the ends.

    Of its nodes the last digits depend on the processor: Newton's method begins without them.
    """
    x: Any = np.polynomial.legendre.leggauss(order)[0].round(10).astype(np.longdouble)
    for _ in range(3):
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
ENDS = portable(math.sinh, LENGTHS)
PER_END = 1.0 / np.maximum(ENDS, ENDS[1])
ROOTS = np.sqrt(LENGTHS)


def _steps_to() -> tuple[int, np.ndarray]:
    """Return the steps for every sixteenth of an octave of a ratio, and the bits of the first."""
    ends = np.array([ENDS[1] / 2, 4 * ENDS[STEPS]])
    first, last = ends.view(np.int64) >> 48
    middles = ((np.arange(first, last) << 48) + (1 << 47)).view(np.float64)
    steps = np.rint(portable(math.asinh, middles) / LENGTHS[1])
    return int(first), np.clip(steps, 1, STEPS + 1).astype(np.int64)


FIRST_BITS, STEPS_TO = _steps_to()


def _fastest_fall(t: Any) -> np.ndarray:
    """Return ρ_T^(−3n/4): a singularity at t lies on the ellipse of Bernstein ρ_T."""
    place = (-1 + 2 * t / LENGTHS[1:]).astype(np.clongdouble)
    root = np.sqrt(place - 1) * np.sqrt(place + 1)
    rate = np.maximum(np.abs(place + root), np.abs(place - root))
    falls = np.zeros((STEPS + 1, ORDERS.size))
    sixth = 1 / (rate * rate * rate) ** 2  # of n = 8k nodes it is ρ^−6k, by products alone
    falls[1:] = np.cumprod(np.broadcast_to(sixth[:, None], (STEPS, ORDERS.size)), axis=1)
    return falls


FASTEST = _fastest_fall(1j * np.pi / 2)
"""ρ_T^(−3n/4) of each length and order; 0 for free lengths, whose pieces begin elsewhere."""
SLOWEST = _fastest_fall(LENGTHS[1:] / 2 + 1j * np.pi / 4)
"""ρ^(−3n/4) with a singularity at π/4 above the middle, the worst that ``breakpoints`` leaves."""


def aligned(array: np.ndarray) -> np.ndarray:
    """Return a copy of an array that begins where a line of the processor's cache begins.

    None of the packs of numbers that are worked on at once lies across two lines then.

    Parameters
    ----------
    array : ndarray
        Numbers of 8 bytes, of any shape and unit.

    Returns
    -------
    ndarray
        The same numbers, of the same shape.
    """
    memory = np.empty(array.size + PACK)
    first = -(memory.ctypes.data // memory.itemsize) % PACK
    copy = memory[first : first + array.size].reshape(array.shape)
    copy[...] = array
    return copy


class Quadrature(NamedTuple):
    """Tables that the loops over nodes read.

    They are passed to kernels: the constants of a kernel may lie anywhere in memory, not aligned.
    """

    rules: np.ndarray  # (orders, 6, nodes), ``RULES``
    nodes: np.ndarray  # (2, lengths, orders, nodes): rows below


DISTANCE, SPEED = range(2)
"""Rows of the nodes: sinh(T x) at the nodes x of a rule, and its derivative by x."""


def _quadrature() -> Quadrature:
    t = LENGTHS[:, None, None] * RULES[:, 0]
    speed = LENGTHS[:, None, None] * portable(math.cosh, t)
    return Quadrature(aligned(RULES), aligned(np.array([portable(math.sinh, t), speed])))


QUADRATURE = _quadrature()
"""The tables that all kernels are called with; nothing writes to them."""


@merged
def order_of(rule):
    """Return ``ORDERS[rule]`` in a form that tells the compiler that no loop has a remainder.

    Parameters
    ----------
    rule : int
        Index of an order in ``ORDERS``.

    Returns
    -------
    int
        Number of nodes.
    """
    return PACK * ((rule & HIGHEST) + 1)


@merged
def order_with(nodes):
    """Return the index of the lowest order with that many nodes, or of the highest.

    Parameters
    ----------
    nodes : float
        Number of nodes that are wanted.

    Returns
    -------
    int
        Index of an order in ``ORDERS``.
    """
    return FIRST_ENOUGH[min(max(int(0.25 * nodes), 0), FIRST_ENOUGH.size - 1)]


@merged
def steps_to(ratio):
    """Return about asinh(ratio) in steps of 1/2, at least 1; ``STEPS + 1`` if there are more.

    Parameters
    ----------
    ratio : float
        ≥ 0.

    Returns
    -------
    int
        Index of a length in ``LENGTHS``, or one more.
    """
    return STEPS_TO[min(max((bits(ratio) >> 48) - FIRST_BITS, 0), STEPS_TO.size - 1)]


@merged
def error_estimate(last, middle, fastest):
    """Return the error of a rule, and by what factor the coefficients fall from n to 7n/4.

    ``last`` is the size of the last coefficients, ``middle`` that of the one at n/2, and
    ``fastest`` the smallest factor that can be counted on, from ``FASTEST``.

    Parameters
    ----------
    last, middle : float
        Sizes of the coefficients, in the unit of the integral.
    fastest : float
        Factor between 0 and 1.

    Returns
    -------
    error : float
        2 e max{(e/e')^(3/2), ρ_T^(−3n/4)}, in the unit of the integral.
    fall : float
        The factor.
    """
    fall = last / middle if last < middle else 1.0
    fall = max(fall * math.sqrt(fall), fastest)
    return SAFETY * last * fall, fall


@merged
def with_reserve(error, target, rtol):
    """Return the error to report: somewhat more than was estimated, but not beyond the target.

    Where a strong singularity far away and a weak one nearby meet, the coefficients fall more
    slowly beyond n than between n/2 and n: without a reserve two of a million estimates are too
    small, by up to 3. What is left of the target covers that without another node.

    Parameters
    ----------
    error, target : float
        Estimated and allowed error, in the unit of the integral.
    rtol : float
        Relative accuracy that is asked for.

    Returns
    -------
    float
        In the unit of the integral; not beyond the target unless the estimate is.
    """
    reserve = STRICT_RESERVE if rtol < STRICT else RESERVE
    return max(error, min(reserve * error, target))


@merged
def order_for(error, target, fall, rule):
    """Return the index of the order that should bring the error to the target.

    The coefficients fall by ``fall`` over 3n/4 degrees, and the estimate goes with their degree
    7n/4. Returns ``HIGHEST + 1`` where no order will do.

    Parameters
    ----------
    error, target : float
        The error at the order, and the one that is wanted, in one unit.
    fall : float
        Factor of ``error_estimate``.
    rule : int
        Index of the order.

    Returns
    -------
    int
        Index of an order, or ``HIGHEST + 1``.
    """
    if not fall < 1.0:
        return HIGHEST + 1
    n = ORDERS[rule]
    wanted = n + n * math.log(error / target) / (-7.0 / 3.0 * math.log(fall))
    if wanted > ORDERS[HIGHEST]:
        return HIGHEST + 1
    return max(order_with(wanted), rule + 1)
