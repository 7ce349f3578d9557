"""An exponential that vectorises, and a logarithm for estimates.

The compiler has no vector version of the library's ``exp``, so a loop that calls it runs one number
at a time. This one is a polynomial after range reduction and has no branches: the compiler merges
it into the loop and works on as many numbers at once as the processor is wide.
"""

import math
import struct

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from thermospin.kernels.compiled import CONFIG, inlined

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

if CONFIG.DISABLE_JIT:

    def _times_power_of_two(x, n, _shifted):
        """Return x · 2^n of a whole number n that is held in a float."""
        return math.ldexp(x, int(n))

    def bits(x):
        """Return the bits of a float, as an integer."""
        return int.from_bytes(struct.pack("<d", x), "little")

else:

    @intrinsic
    def _times_power_of_two(_typing_context, _x, _n, _shifted):
        """Return x · 2^n, with n in the low bits of ``shifted``, by adding to the exponent of x."""

        def codegen(_context, builder, _signature, arguments):
            bits, shifted = (
                builder.bitcast(argument, ir.IntType(64)) for argument in arguments[::2]
            )
            exponent = builder.shl(shifted, ir.Constant(ir.IntType(64), 52))
            return builder.bitcast(builder.add(bits, exponent), ir.DoubleType())

        return types.float64(types.float64, types.float64, types.float64), codegen

    @intrinsic
    def bits(_typing_context, _x):
        """Return the bits of a float, as an integer."""

        def codegen(_context, builder, _signature, arguments):
            return builder.bitcast(arguments[0], ir.IntType(64))

        return types.int64(types.float64), codegen


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
    shifted = x * LOG2_E + ROUND
    n = shifted - ROUND
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    tail = 2.7620088445409746e-07 + r * 2.510038549551032e-08
    tail = 2.4801521295954376e-05 + r * (2.7557268459997064e-06 + r * tail)
    tail = 0.0013888888917213717 + r * (0.00019841269863053618 + r * tail)
    tail = 0.04166666666662413 + r * (0.008333333333330062 + r * tail)
    tail = 0.5000000000000001 + r * (0.16666666666666669 + r * tail)
    return _times_power_of_two(1.0 + r * (1.0 + r * tail), n, shifted)


@inlined
def decay(x):
    """Return e^−|x|, not less than about 3e-308."""
    return exp(max(-abs(x), SMALLEST))
