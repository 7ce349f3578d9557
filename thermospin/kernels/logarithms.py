"""The logarithms that pairs of gap edges contribute to the current and the heat on a panel of V.

Each is −Re(κ ln w) with w = ±(V − V_j) − iG and κ = κ_0 + κ_1 w: see ``branches``. Bounds on such
a logarithm on an interval of V follow from its factors Re κ, Im κ, ln |w| and arg w, each of which
is monotonous on either side of V_j.

A panel is searched for the excess F of a quotient over a level, a mixture of two functions of V:
see ``panel_model``, where the unit of F stands too.
"""

import math

from thermospin.kernels.branches import (
    CHARGE,
    CHARGE_SLOPE,
    HEAT,
    HEAT_SLOPE,
    PLACE,
    REACH,
    SIDE,
    TURN,
    WIDTH,
)
from thermospin.machine.compilation import merged, outer

K0, K0_I, K1, K1_I = range(TURN + 1, TURN + 5)
"""Columns of a table of logarithms: those of the pair of edges in ``branches``, then the real and
imaginary parts of κ_0 and κ_1 in F."""
TOP, BOTTOM = range(K1_I + 1, K1_I + 9, 4)
"""The first of four more columns each: κ_0 and κ_1 in the two functions of which F is a mixture."""
LOG_COLUMNS = BOTTOM + 4
RE, IM, LN, ARG = range(4)
"""Columns of a table of factors: Re κ, Im κ, ln |w| and arg w."""
FACTORS = 4


@merged
def _store(log, first, k0, k1):
    log[first], log[first + 1], log[first + 2], log[first + 3] = k0.real, k0.imag, k1.real, k1.imag


@outer
def logarithms_beside(low, high, with_power, pairs, place, kappa, table):
    """Write the logarithms that matter on a panel of V, in the current or power and in the heat.

    Left out are pairs of edges that meet further away than the panel is long, whose logarithms are
    smooth on the panel, or so far away that κ to first order is of no use.

    Parameters
    ----------
    low, high : float
        Ends of the panel in Δ0/e.
    with_power : bool
        Whether the first function is the power −I_q V, and not −I_q; the second is J_S.
    pairs : int
        How many pairs of edges meet.
    place, kappa : array of shape (≥ pairs, 5), complex array of shape (≥ pairs, 4)
        The pairs and their κ, as ``singularities_of`` wrote them.
    table : array of shape (≥ pairs, LOG_COLUMNS)
        Receives the logarithms, but for their κ in F; see ``mix``.

    Returns
    -------
    int
        How many logarithms there are.
    """
    count = 0
    longest = (high - low) * (high - low)
    for j in range(pairs):
        pair, log = place[j], table[count]
        apart = max(max(low - pair[PLACE], pair[PLACE] - high), 0.0)
        if apart * apart + pair[WIDTH] * pair[WIDTH] > min(longest, pair[REACH] * pair[REACH]):
            continue
        for column in range(TURN + 1):
            log[column] = pair[column]
        k0, k1 = -kappa[j, CHARGE], -kappa[j, CHARGE_SLOPE]
        if with_power:  # times V, which is V_j + iG ± w
            V = complex(pair[PLACE], pair[SIDE] * pair[WIDTH])
            k0, k1 = k0 * V, k1 * V + k0 * pair[SIDE]
        _store(log, TOP, k0, k1)
        _store(log, BOTTOM, kappa[j, HEAT], kappa[j, HEAT_SLOPE])
        count += 1
    return count


@outer
def mix(top, bottom, count, table):
    """Write the κ of the logarithms in F = top · first function + bottom · second function.

    Parameters
    ----------
    top, bottom : float
        Factors of the two functions of ``logarithms_beside``.
    count : int
        How many logarithms there are.
    table : array of shape (≥ count, LOG_COLUMNS)
        The logarithms; receives κ_0 and κ_1 in F.
    """
    for i in range(count):
        log = table[i]
        for k in range(4):
            log[K0 + k] = top * log[TOP + k] + bottom * log[BOTTOM + k]


@merged
def value_of(log, V, factor):
    """Write the factors of a logarithm in F at a voltage, and return the value −Re(κ ln w)."""
    y, G = log[SIDE] * (V - log[PLACE]), log[WIDTH]
    factor[RE] = log[K0] + log[K1] * y + log[K1_I] * G
    factor[IM] = log[K0_I] + log[K1_I] * y - log[K1] * G
    factor[LN] = 0.5 * math.log(y * y + G * G)
    factor[ARG] = math.atan2(-log[TURN] * G, log[TURN] * y)
    return factor[IM] * factor[ARG] - factor[RE] * factor[LN]


@outer
def sum_of(V, count, table, factors):
    """Return the sum of all logarithms in F at a voltage, Σ −Re(κ ln w), and write their factors.

    Parameters
    ----------
    V : float
        Bias voltage in Δ0/e.
    count : int
        How many logarithms there are.
    table : array of shape (≥ count, LOG_COLUMNS)
        The logarithms.
    factors : array of shape (≥ count, FACTORS)
        Receives the factors of each: κ in the unit of F, ln |w| of w in Δ0/e, arg w in radians.

    Returns
    -------
    float
        The sum in the unit of F.
    """
    total = 0.0
    for i in range(count):
        total += value_of(table[i], V, factors[i])
    return total


@merged
def _product(a, b, c, d):
    """Return the range of a product of one number between a and b and one between c and d."""
    p, q, r, s = a * c, a * d, b * c, b * d
    return min(min(p, q), min(r, s)), max(max(p, q), max(r, s))


@merged
def _times(factor, a, b):
    return min(factor * a, factor * b), max(factor * a, factor * b)


@merged
def range_of_value(log, V0, V1, a, b):
    """Return bounds on a logarithm in F, −Re(κ ln w), between two voltages.

    Parameters
    ----------
    log : array of shape (LOG_COLUMNS,)
        Row of the table of logarithms.
    V0, V1 : float
        The voltages in Δ0/e, V0 < V1.
    a, b : array of shape (FACTORS,)
        Factors of the logarithm at V0 and at V1, as in ``sum_of``.

    Returns
    -------
    least, most : float
        Bounds in the unit of F.
    """
    small, large = min(a[LN], b[LN]), max(a[LN], b[LN])
    if V0 < log[PLACE] < V1:
        small = math.log(log[WIDTH])
    low, high = _product(a[RE], b[RE], small, large)
    least, most = _product(a[IM], b[IM], a[ARG], b[ARG])
    return least - high, most - low


@merged
def range_of_slope(log, V0, V1, a, b):
    """Return bounds on the slope of a logarithm in F, ∓Re{κ_1 (ln w + 1) + κ_0/w}.

    Parameters
    ----------
    log, V0, V1, a, b
        As in ``range_of_value``.

    Returns
    -------
    least, most : float
        Bounds in the unit of F per Δ0/e.
    """
    side, G = log[SIDE], log[WIDTH]
    y, z = side * (V0 - log[PLACE]), side * (V1 - log[PLACE])
    y, z = min(y, z), max(y, z)
    here, there = y * y + G * G, z * z + G * G
    u, v = min(y / here, z / there), max(y / here, z / there)  # Re 1/w, largest at ±G
    s, t = min(G / here, G / there), max(G / here, G / there)  # Im 1/w
    small, large = min(a[LN], b[LN]), max(a[LN], b[LN])
    if y < G < z:
        v = 0.5 / G
    if y < -G < z:
        u = -0.5 / G
    if y < 0.0 < z:
        t, small = 1.0 / G, math.log(G)
    p0, p1 = _times(log[K0], u, v)
    q0, q1 = _times(-log[K0_I], s, t)
    r0, r1 = _times(log[K1], small + 1.0, large + 1.0)
    s0, s1 = _times(-log[K1_I], a[ARG], b[ARG])
    low, high = p0 + q0 + r0 + s0, p1 + q1 + r1 + s1
    return (-high, -low) if side > 0.0 else (low, high)
