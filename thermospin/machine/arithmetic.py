"""Arithmetic that is the same to the last bit on every processor.

Compilers may fuse a multiplication with an addition, in one place or another as suits the
processor, and that changes the last bits. Kernels are compiled without leave to do so, and say
themselves which of them are fused. For sums see ``packed_sums``.
"""

import math
import operator
import struct
from collections.abc import Callable
from typing import Any

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

    root = math.sqrt
    quotient = operator.truediv

else:  # pragma: no cover - nothing of it runs without the compiler
    _INTEGER, _DOUBLE = ir.IntType(64), ir.DoubleType()

    def _minus(builder: Any, x: Any) -> Any:
        return builder.fsub(ir.Constant(_DOUBLE, -0.0), x)

    def _about(builder: Any, name: str, x: Any) -> Any:
        """Return what the table of a card gives, to some 20 bits: ``rsqrt`` or ``rcp``."""
        kind = ir.FunctionType(_DOUBLE, [_DOUBLE])
        return builder.asm(kind, f"{name}.approx.ftz.f64 $0, $1;", "=d,d", [x], side_effect=False)

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

    def root_near(builder: Any, x: Any, inverse: Any) -> Any:
        """Return code for √x, rounded to nearest, from 1/√x to some 20 bits."""
        one, half, rest = (ir.Constant(_DOUBLE, number) for number in (1.0, 0.5, 0.375))
        off = builder.fma(x, _minus(builder, builder.fmul(inverse, inverse)), one)
        factor = builder.fma(off, rest, half)
        inverse = builder.fma(factor, builder.fmul(inverse, off), inverse)
        near = builder.fmul(x, inverse)
        off = builder.fma(_minus(builder, near), near, x)
        return builder.fma(off, builder.fmul(inverse, half), near)

    def quotient_near(builder: Any, a: Any, b: Any, inverse: Any) -> Any:
        """Return code for a/b, rounded to nearest, from 1/b to some 20 bits."""
        one, minus = ir.Constant(_DOUBLE, 1.0), _minus(builder, b)
        off = builder.fma(minus, inverse, one)
        inverse = builder.fma(inverse, builder.fma(off, off, off), inverse)
        inverse = builder.fma(inverse, builder.fma(minus, inverse, one), inverse)
        near = builder.fmul(a, inverse)
        return builder.fma(inverse, builder.fma(minus, near, a), near)

    @intrinsic
    def root(_typing_context, _x):
        """Return √x, rounded to nearest, of an x between 1e-300 and 1e300.

        A card's own root has a way of its own for numbers outside, which keeps it from working on
        two roots at once. What comes from its table is improved here instead; of 0, subnormal
        numbers and infinity the root is NaN there.
        """

        def codegen(context, builder, _signature, arguments):
            (x,) = arguments
            if context.target_name != "cuda":
                return builder.call(builder.module.declare_intrinsic("llvm.sqrt", [_DOUBLE]), [x])
            return root_near(builder, x, _about(builder, "rsqrt", x))

        return types.float64(types.float64), codegen

    @intrinsic
    def quotient(_typing_context, _a, _b):
        """Return a/b, rounded to nearest unless subnormal, of a b between 1e-300 and 1e300 in size.

        A card's own division is like its root; divided by 0 or infinity anything is NaN there.
        """

        def codegen(context, builder, _signature, arguments):
            a, b = arguments
            if context.target_name != "cuda":
                return builder.fdiv(a, b)
            return quotient_near(builder, a, b, _about(builder, "rcp", b))

        return types.float64(types.float64, types.float64), codegen
