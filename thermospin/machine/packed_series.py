"""Chebyshev series at many arguments, whose sums stay in the registers of the processor.

A loop over arguments within one over terms stores all sums after each term and loads them for the
next, and the compiler does not exchange the loops. Whichever is within the other, the operations
are the same, and so are the bits.
"""

from collections.abc import Sequence
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.errors import TypingError
from numba.extending import intrinsic

from thermospin.machine.arithmetic import fma
from thermospin.machine.compilation import CONFIG
from thermospin.machine.packed_sums import PACK

if CONFIG.DISABLE_JIT:

    def sum_series(series, terms, arguments, sums, count):
        """Do what the compiled function does, for one argument after another."""
        for i in range(count):
            t, old, new = arguments[i], 0.0, series[terms - 1]
            for k in range(terms - 2, 0, -2):
                first = fma(t, new, series[k] - old)
                old, new = first, fma(t, first, series[k - 1] - new)
            sums[i] = fma(0.5 * t, new, series[0] - old)

else:  # pragma: no cover - nothing of it runs without the compiler
    _INDEX, _LANE = ir.IntType(64), ir.IntType(32)
    _PACKED = ir.VectorType(ir.DoubleType(), PACK)
    _ALIGNMENT = 8  # bytes that can be counted on

    def _fma(builder: Any, a: Any, b: Any, c: Any) -> Any:
        kind = ir.FunctionType(_PACKED, [_PACKED] * 3)
        function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fma.v{PACK}f64")
        return builder.call(function, (a, b, c))

    def _in_all_lanes(builder: Any, number: Any) -> Any:
        empty = ir.Constant(_PACKED, ir.Undefined)
        one = builder.insert_element(empty, number, ir.Constant(_LANE, 0))
        lanes = ir.Constant(ir.VectorType(_LANE, PACK), [0] * PACK)
        return builder.shuffle_vector(one, one, lanes)

    def _packed_at(builder: Any, data: Any, index: Any) -> Any:
        return builder.bitcast(builder.gep(data, [index]), _PACKED.as_pointer())

    def _sum(builder: Any, series: Any, terms: Any, t: Any) -> Any:
        """Return the sums at ``PACK`` arguments."""

        def coefficient(k: Any) -> Any:
            return _in_all_lanes(builder, builder.load(builder.gep(series, [k])))

        zero, one, two = (ir.Constant(_INDEX, k) for k in range(3))
        highest = builder.sub(terms, two)
        old = cgutils.alloca_once(builder, _PACKED)
        new = cgutils.alloca_once(builder, _PACKED)
        builder.store(ir.Constant(_PACKED, None), old)
        builder.store(coefficient(builder.add(highest, one)), new)
        with cgutils.for_range(builder, builder.sdiv(highest, two)) as loop:
            k = builder.sub(highest, builder.mul(loop.index, two))
            above, below = coefficient(k), coefficient(builder.sub(k, one))
            last = builder.load(new)
            first = _fma(builder, t, last, builder.fsub(above, builder.load(old)))
            builder.store(_fma(builder, t, first, builder.fsub(below, last)), new)
            builder.store(first, old)
        half = builder.fmul(t, ir.Constant(_PACKED, [0.5] * PACK))
        rest = builder.fsub(coefficient(zero), builder.load(old))
        return _fma(builder, half, builder.load(new), rest)

    def _require_rows(arrays: Sequence[Any]) -> None:
        for array in arrays:
            if (array.dtype, array.ndim, array.layout) != (types.float64, 1, "C"):
                raise TypingError(f"series are summed over rows of doubles, not over {array}")

    @intrinsic
    def sum_series(_typing_context, series, terms, arguments, sums, count):
        """Write Σ c_k T_k(t/2) to ``sums`` at the first ``count`` of some arguments t.

        ``series`` begins with the coefficients c_k, an even number of ``terms``; ``count`` is a
        multiple of ``PACK``. All three arrays are rows of doubles.
        """
        _require_rows((series, arguments, sums))

        def codegen(context, builder, signature, values):
            coefficients, given, found = (
                context.make_array(signature.args[k])(context, builder, value=values[k]).data
                for k in (0, 2, 3)
            )
            begin, step = ir.Constant(_INDEX, 0), ir.Constant(_INDEX, PACK)
            with cgutils.for_range_slice(builder, begin, values[4], step) as (i, _):
                t = builder.load(_packed_at(builder, given, i), align=_ALIGNMENT)
                total = _sum(builder, coefficients, values[1], t)
                builder.store(total, _packed_at(builder, found, i), align=_ALIGNMENT)
            return context.get_dummy_value()

        return types.none(series, terms, arguments, sums, count), codegen
