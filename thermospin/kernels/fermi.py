"""The difference of two Fermi functions without cancellation.

With x = (E − eV)/k_B T_S, y = E/k_B T_Sm, p = e^−|x| and q = e^−|y|,

``f(x) − f(y) = sign(y − x) D / ((1 + p)(1 + q))``,

where D = 1 − pq if x and y differ in sign and D = |p − q| if they agree. The caller knows y − x
without cancellation: it makes up for the rounding of large x and y in p − q, and where it is small,
D = max(p, q)(1 − e^−|y−x|) is taken from a series. Nothing overflows, and the relative accuracy
holds however small the difference is.
"""

import math

from thermospin.machine.arithmetic import fma
from thermospin.machine.compilation import inlined
from thermospin.machine.exponential import SMALLEST, decay, exp

LARGEST = 600.0
"""Beyond this argument 1 + e^x counts as that of this argument, 4e260: whatever densities of states
it is multiplied with, the product stays below 1e300, where a card can still divide by it."""
SMALL = 0.015625
"""Below this |y − x| the series of 1 − e^−|y−x| is used; its first term left out is 3e-15 of it."""


@inlined
def _numerator(x, y, y_minus_x, p, q):
    """Return sign(y − x) D."""
    same_sign = x * y > 0.0
    larger, smaller = max(p, q), min(p, q)
    d = abs(y_minus_x)
    rounded = d - abs(y - x)
    agreeing = fma(smaller, rounded, larger - smaller)
    difference = agreeing if same_sign else fma(p, -q, 1.0)
    high = fma(d, fma(d, 1.0 / 720.0, -1.0 / 120.0), 1.0 / 24.0)
    series = d * fma(d, fma(d, fma(d, -high, 1.0 / 6.0), -0.5), 1.0)
    near = larger * series if same_sign else series
    return math.copysign(near if d < SMALL else difference, y_minus_x)


@inlined
def fermi_difference(x, y, y_minus_x):
    """Return (numerator, denominator) of f(x) − f(y).

    Parameters
    ----------
    x, y : float
        (E − eV)/k_BT_S and E/k_BT_Sm.
    y_minus_x : float
        y − x without cancellation.

    Returns
    -------
    numerator, denominator : float
        Of f(x) − f(y) = sign(y − x) D / ((1 + p)(1 + q)), without unit.
    """
    p = decay(x)
    q = decay(y)
    return _numerator(x, y, y_minus_x, p, q), (1.0 + p) * (1.0 + q)


@inlined
def fermi_step(x):
    """Return 1/f(x): against an empty lead f is left, and against a full one f(x) − 1 = −f(−x).

    It counts as no more than e^600: see ``LARGEST``.

    Parameters
    ----------
    x : float
        Energy from the chemical potential in k_BT.

    Returns
    -------
    float
        1 + e^x, between 1 and 4e260.
    """
    return 1.0 + exp(min(max(x, SMALLEST), LARGEST))


@inlined
def fermi_slope(y, rate):
    """Return (numerator, denominator) of −df/dE = rate · q/(1 + q)², with rate = 1/k_BT.

    Parameters
    ----------
    y : float
        Energy from the chemical potential in k_BT.
    rate : float
        1/k_BT in 1/Δ0.

    Returns
    -------
    numerator : float
        rate · e^−|y| in 1/Δ0.
    denominator : float
        (1 + e^−|y|)².
    """
    q = decay(y)
    return rate * q, (1.0 + q) * (1.0 + q)


@inlined
def fermi_exchange(x, y, y_minus_x):
    """Return numerators of f(x) − f(y) and of f(x)(1 − f(y)) + f(y)(1 − f(x)), and the denominator.

    The second, how often electrons cross in either direction, is p + q where x and y agree in sign
    and 1 + pq where they differ: a sum of positive terms, which never cancels.

    Parameters
    ----------
    x, y : float
        (E − eV)/k_BT_S and E/k_BT_Sm.
    y_minus_x : float
        y − x without cancellation.

    Returns
    -------
    difference, exchange, denominator : float
        Of [f(x) − f(y)] and of [f(x)(1 − f(y)) + f(y)(1 − f(x))], without unit.
    """
    p = decay(x)
    q = decay(y)
    total, product = p + q, p * q
    exchange = total if x * y > 0.0 else 1.0 + product
    return _numerator(x, y, y_minus_x, p, q), exchange, 1.0 + total + product
