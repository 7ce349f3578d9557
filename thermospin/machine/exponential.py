"""An exponential and a logarithm that vectorise, and a logarithm for estimates.

The compiler has no vector version of the library's ``exp``, so a loop that calls it runs one number
at a time. This one is a polynomial after range reduction and has no branches: the compiler merges
it into the loop and works on as many numbers at once as the processor is wide.
"""

from thermospin.machine.arithmetic import bits, fma, times_power_of_two
from thermospin.machine.compilation import inlined

LOG2_E = 1.4426950408889634
# ln 2 in two parts: the first ends in 21 zero bits, so that n·LN2_HIGH is exact for |n| < 2^20.
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
# Adding and subtracting 1.5·2^52 rounds to the nearest integer, which then stands in the low bits.
ROUND = 6755399441055744.0
TWO_TO_MINUS_52 = 2.0**-52
# log2(1 + f) − f lies between 0 and 0.0861 for a fraction f: half of it is added.
MIDDLE_OF_FRACTION = 0.043
SMALLEST = -708.0
"""Below this argument the exponential counts as that of this argument, about 3e-308."""


@inlined
def coarse_log(x):
    """Return ln x of a normal x > 0 to 0.03: the exponent bits, and the others for its fraction."""
    return LN2_HIGH * (bits(x) * TWO_TO_MINUS_52 - (1023.0 - MIDDLE_OF_FRACTION))


@inlined
def exp(x):
    """Return e^x for −708 ≤ x ≤ 708, to a unit in the last place.

    ``x = n ln 2 + r`` with ``|r| ≤ ln 2 / 2``; the polynomial of degree 11 is e^r to 2e-17, from
    Chebyshev's interpolation of (e^r − 1 − r)/r².
    """
    shifted = fma(x, LOG2_E, ROUND)
    n = shifted - ROUND
    r = fma(n, -LN2_LOW, fma(n, -LN2_HIGH, x))
    tail = fma(r, 2.510038549551032e-08, 2.7620088445409746e-07)
    tail = fma(r, fma(r, tail, 2.7557268459997064e-06), 2.4801521295954376e-05)
    tail = fma(r, fma(r, tail, 0.00019841269863053618), 0.0013888888917213717)
    tail = fma(r, fma(r, tail, 0.008333333333330062), 0.04166666666662413)
    tail = fma(r, fma(r, tail, 0.16666666666666669), 0.5000000000000001)
    return times_power_of_two(fma(r, fma(r, tail, 1.0), 1.0), n, shifted)


@inlined
def log(x):
    """Return ln x of a normal x > 0, to two units in the last place of ln x, or of 1 if it is less.

    ``x = 2^n m`` with ``|ln m|`` about ln 2 / 2 at most; ln m is the series of 2 artanh s in
    s = (m − 1)/(m + 1), |s| < 0.18, up to s^21.
    """
    shifted = fma(bits(x), TWO_TO_MINUS_52, -(1023.0 - MIDDLE_OF_FRACTION)) + ROUND
    n = shifted - ROUND
    m = times_power_of_two(x, -n, ROUND - n)
    s = (m - 1.0) / (m + 1.0)
    q = s * s
    tail = fma(q, 1.0 / 21.0, 1.0 / 19.0)
    tail = fma(q, fma(q, tail, 1.0 / 17.0), 1.0 / 15.0)
    tail = fma(q, fma(q, tail, 1.0 / 13.0), 1.0 / 11.0)
    tail = fma(q, fma(q, tail, 1.0 / 9.0), 1.0 / 7.0)
    tail = fma(q, fma(q, tail, 1.0 / 5.0), 1.0 / 3.0)
    return fma(n, LN2_HIGH, fma(n, LN2_LOW, fma(2.0 * s * q, tail, 2.0 * s)))


@inlined
def decay(x):
    """Return e^−|x|, not less than about 3e-308."""
    return exp(max(-abs(x), SMALLEST))
