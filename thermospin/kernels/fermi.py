"""The difference of two Fermi functions without cancellation.

With x = (E − eV)/k_B T_S, y = E/k_B T_Sm, p = e^−|x| and q = e^−|y|,

``f(x) − f(y) = sign(y − x) D / ((1 + p)(1 + q))``,

where D = 1 − pq if x and y differ in sign and D = |p − q| if they agree. Where y − x is small,
D = max(p, q)(1 − e^−|y−x|) is taken from a series: y − x comes from the caller, who knows it
without cancellation. Nothing overflows, and the relative accuracy holds however small the
difference is.
"""

import math

from thermospin.kernels.arithmetic import fma
from thermospin.kernels.compiled import inlined
from thermospin.kernels.exponential import SMALLEST, decay, exp

LARGEST = 680.0
SMALL = 0.015625
"""Below this |y − x| the series of 1 − e^−|y−x| is used; its first term left out is 3e-15 of it."""
MIDDLING = 0.25
"""The same for heat."""


@inlined
def fermi_difference(x, y, y_minus_x):
    """Return (numerator, denominator) of f(x) − f(y)."""
    p = decay(x)
    q = decay(y)
    same_sign = x * y > 0.0
    larger = max(p, q)
    difference = larger - min(p, q) if same_sign else fma(p, -q, 1.0)
    d = abs(y_minus_x)
    high = fma(d, fma(d, 1.0 / 720.0, -1.0 / 120.0), 1.0 / 24.0)
    series = d * fma(d, fma(d, fma(d, -high, 1.0 / 6.0), -0.5), 1.0)
    near = larger * series if same_sign else series
    numerator = near if d < SMALL else difference
    return math.copysign(numerator, y_minus_x), (1.0 + p) * (1.0 + q)


@inlined
def fermi_step(x):
    """Return 1/f(x): against an empty lead f is left, and against a full one f(x) − 1 = −f(−x).

    It counts as no more than e^680 = 2e295, so that no product with it overflows.
    """
    return 1.0 + exp(min(max(x, SMALLEST), LARGEST))


@inlined
def fermi_slope(y, rate):
    """Return (numerator, denominator) of −df/dE = rate · q/(1 + q)², with rate = 1/k_BT."""
    q = decay(y)
    return rate * q, (1.0 + q) * (1.0 + q)


@inlined
def _one_minus_decay(d):
    """Return 1 − e^−d for d up to MIDDLING, by a series; its first term left out is 1e-17 of it."""
    tail = fma(d, fma(d, -1.0 / 479001600.0, 1.0 / 39916800.0), -1.0 / 3628800.0)
    tail = fma(d, fma(d, tail, 1.0 / 362880.0), -1.0 / 40320.0)
    tail = fma(d, fma(d, tail, 1.0 / 5040.0), -1.0 / 720.0)
    tail = fma(d, fma(d, tail, 1.0 / 120.0), -1.0 / 24.0)
    return d * fma(d, fma(d, fma(d, tail, 1.0 / 6.0), -0.5), 1.0)


@inlined
def fermi_exchange(x, y, y_minus_x):
    """Return numerators of f(x) − f(y) and of f(x)(1 − f(y)) + f(y)(1 − f(x)), and the denominator.

    The second, how often electrons cross in either direction, is p + q where x and y agree in sign
    and 1 + pq where they differ: a sum of positive terms, which never cancels. Heat weighs what is
    far from the Fermi energies, where p and q have the rounding of large x and y: the first is
    therefore taken from its series up to larger differences.
    """
    p = decay(x)
    q = decay(y)
    same_sign = x * y > 0.0
    larger = max(p, q)
    product = p * q
    difference = larger - min(p, q) if same_sign else 1.0 - product
    d = abs(y_minus_x)
    series = _one_minus_decay(min(d, MIDDLING))
    near = larger * series if same_sign else series
    numerator = near if d < MIDDLING else difference
    total = p + q
    exchange = total if same_sign else 1.0 + product
    return math.copysign(numerator, y_minus_x), exchange, 1.0 + total + product
