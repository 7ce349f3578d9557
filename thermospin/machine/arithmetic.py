"""Arithmetic that is the same to the last bit on every processor.

Compilers may fuse a multiplication with an addition, in one place or another as suits the
processor, and that changes the last bits. Kernels are compiled without leave to do so, and say
themselves which of them are fused. For sums see ``packed_sums``.
"""

import math
import struct
from collections.abc import Callable

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic
from numpy.typing import ArrayLike, NDArray

from thermospin.machine.compilation import CONFIG

FloatArray = NDArray[np.float64]


def portable(function: Callable[[float], float], x: ArrayLike) -> FloatArray:
    """Return an elementary function of ``math`` of every number of an array.

    NumPy's own of doubles round one way on one processor and another way on the next; those of long
    doubles come from instructions that makers of processors round as they like.
    """
    return np.asarray(np.frompyfunc(function, 1, 1)(x), dtype=np.float64)


if CONFIG.DISABLE_JIT:

    def bits(x):
        """Return the bits of a float, as an integer."""
        return int.from_bytes(struct.pack("<d", x), "little")

    def fma(a, b, c):
        """Return a·b + c, here rounded twice."""
        return a * b + c

    def times_power_of_two(x, n, _shifted):
        """Return x · 2^n of a whole number n that is held in a float."""
        return math.ldexp(x, int(n))

else:  # pragma: no cover - nothing of it runs without the compiler
    _INTEGER = ir.IntType(64)

    @intrinsic
    def bits(_typing_context, _x):
        """Return the bits of a float, as an integer."""

        def codegen(_context, builder, _signature, arguments):
            return builder.bitcast(arguments[0], _INTEGER)

        return types.int64(types.float64), codegen

    @intrinsic
    def fma(_typing_context, _a, _b, _c):
        """Return a·b + c, rounded once."""

        def codegen(_context, builder, _signature, arguments):
            return builder.fma(*arguments)

        return types.float64(types.float64, types.float64, types.float64), codegen

    @intrinsic
    def times_power_of_two(_typing_context, _x, _n, _shifted):
        """Return x · 2^n, with n in the low bits of ``shifted``, by adding to the exponent of x."""

        def codegen(_context, builder, _signature, arguments):
            number, shifted = (builder.bitcast(argument, _INTEGER) for argument in arguments[::2])
            exponent = builder.shl(shifted, ir.Constant(_INTEGER, 52))
            return builder.bitcast(builder.add(number, exponent), ir.DoubleType())

        return types.float64(types.float64, types.float64, types.float64), codegen
