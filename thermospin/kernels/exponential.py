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

    def _power_of_two(n):
        """Return 2^n of a whole number n that is held in a float."""
        return math.ldexp(1.0, int(n))

    def _bits(x):
        """Return the bits of a float, as an integer."""
        return int.from_bytes(struct.pack("<d", x), "little")

else:

    @intrinsic
    def _power_of_two(_typing_context, _n):
        """Return 2^n of a whole number n that is held in a float, by writing its exponent bits."""

        def codegen(_context, builder, _signature, arguments):
            integer = builder.fptosi(arguments[0], ir.IntType(64))
            biased = builder.add(integer, ir.Constant(ir.IntType(64), 1023))
            bits = builder.shl(biased, ir.Constant(ir.IntType(64), 52))
            return builder.bitcast(bits, ir.DoubleType())

        return types.float64(types.float64), codegen

    @intrinsic
    def _bits(_typing_context, _x):
        """Return the bits of a float, as an integer."""

        def codegen(_context, builder, _signature, arguments):
            return builder.bitcast(arguments[0], ir.IntType(64))

        return types.int64(types.float64), codegen


@inlined
def coarse_log(x):
    """Return ln x of a normal x > 0 to 0.03: the exponent bits, and the others for its fraction."""
    return LN2_HIGH * (_bits(x) * TWO_TO_MINUS_52 - (1023.0 - MIDDLE_OF_FRACTION))


@inlined
def exp(x):
    """Return e^x for −708 ≤ x ≤ 708, to 2 units in the last place.

    ``x = n ln 2 + r`` with ``|r| ≤ ln 2 / 2``; the Taylor polynomial of degree 13 of e^r is cut at
    ``r^14/14! < 5e-18``.
    """
    n = (x * LOG2_E + ROUND) - ROUND
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    r2 = r * r
    # Pairs of terms, then powers of r²: short chains of dependent operations.
    p01 = 1.0 + r
    p23 = 0.5 + r * (1.0 / 6.0)
    p45 = 1.0 / 24.0 + r * (1.0 / 120.0)
    p67 = 1.0 / 720.0 + r * (1.0 / 5040.0)
    p89 = 1.0 / 40320.0 + r * (1.0 / 362880.0)
    pab = 1.0 / 3628800.0 + r * (1.0 / 39916800.0)
    pcd = 1.0 / 479001600.0 + r * (1.0 / 6227020800.0)
    r4 = r2 * r2
    low = p01 + r2 * p23
    middle = p45 + r2 * p67
    high = (p89 + r2 * pab) + r4 * pcd
    return ((high * r4 + middle) * r4 + low) * _power_of_two(n)


@inlined
def decay(x):
    """Return e^−|x|, not less than about 3e-308."""
    return exp(max(-abs(x), SMALLEST))
