"""Sums over nodes and pieces, in an order that is the same on every processor.

A compiler that may choose the order adds as many terms at once as the processor is wide, and the
last bits tell how many these were. Here sums are taken in ``PACK`` lanes, and the lanes are added
in pairs: a processor that works on 2 or 4 numbers at once takes several steps for each.

The threads of a graphics card work on one number at a time. Four of them share a piece: each sums
over two of the lanes (``with_term``), and what they have is added in pairs. Their arrays are
strided, since the numbers of neighbouring evaluations lie side by side there. The order of the sums
is the same; the bits are not always, for the compiler of a card fuses other multiplications with
additions.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.errors import TypingError
from numba.extending import intrinsic

from thermospin.machine.arithmetic import fma
from thermospin.machine.compilation import CONFIG, inlined

PACK = 8
"""Numbers that a processor works on at once, at most; all loops are over a multiple of these."""
ROWS = 3
"""Rows that are added up: of integrals, moduli and errors of pieces."""
WEIGHTS = 5
"""Rows of weights that the values at nodes are summed with."""

NO_TERMS = (0.0,) * (WEIGHTS + 1)
"""What ``with_term`` begins with."""


@inlined
def with_term(sums, f, weights, i):
    """Return what ``weighted_sums`` returns with one more node.

    Parameters
    ----------
    sums : tuple of float
        ``NO_TERMS``, or what this function returned.
    f : float
        Value at the node, in any unit.
    weights : array of shape (6, nodes)
        Of a rule, as for ``weighted_sums``.
    i : int
        Index of the node.

    Returns
    -------
    tuple of float
        Σ w₁f, Σ w₁|f| and Σ w_k f, k from 2 to 5, in the unit of f.
    """
    total, modulus, c1, c2, c3, c4 = sums
    return (
        fma(weights[1, i], f, total),
        fma(weights[1, i], abs(f), modulus),
        fma(weights[2, i], f, c1),
        fma(weights[3, i], f, c2),
        fma(weights[4, i], f, c3),
        fma(weights[5, i], f, c4),
    )


@inlined
def _added_in_pairs(a, b, c, d, e, f, g, h):
    """Return the sum of ``PACK`` lanes, in the order of ``_total``."""
    return ((a + e) + (c + g)) + ((b + f) + (d + h))


if CONFIG.DISABLE_JIT:

    def weighted_sums(value, weights, count):
        """Return what the compiled function does, but for the order of the sums."""
        sums = np.multiply(weights[1 : WEIGHTS + 1, :count], value[:count]).sum(axis=1)
        return (sums[0], np.multiply(weights[1, :count], np.abs(value[:count])).sum(), *sums[1:])

    def row_sums(table, count):
        """Return what the compiled function does."""
        lanes = table[:ROWS, :count].reshape((ROWS, -1, PACK)).sum(axis=1)
        return tuple(_added_in_pairs(*lanes.T))

else:  # pragma: no cover - nothing of it runs without the compiler
    _INTEGER = ir.IntType(64)
    _PACKED = ir.VectorType(ir.DoubleType(), PACK)
    _ALIGNMENT = 8  # bytes that can be counted on

    def _require_rows(array: Any, dimensions: int, layouts: str = "C") -> None:
        if (array.dtype, array.ndim) != (types.float64, dimensions) or array.layout not in layouts:
            raise TypingError(f"sums are over rows of doubles, not over {array}")

    def _arrays(context: Any, builder: Any, signature: Any, values: Any) -> list[Any]:
        kinds = signature.args[: len(values)]
        return [
            context.make_array(kind)(context, builder, value=value)
            for kind, value in zip(kinds, values, strict=True)
        ]

    def _call(builder: Any, name: str, *arguments: Any) -> Any:
        kind = ir.FunctionType(_PACKED, [_PACKED] * len(arguments))
        function = cgutils.get_or_insert_function(builder.module, kind, f"{name}.v{PACK}f64")
        return builder.call(function, arguments)

    def _load(builder: Any, array: Any, row: int, column: Any) -> Any:
        """Return ``PACK`` numbers of a row, or of an array that has no rows."""
        if row:
            stride = builder.extract_value(array.shape, 1)
            column = builder.add(builder.mul(stride, ir.Constant(_INTEGER, row)), column)
        place = builder.bitcast(builder.gep(array.data, [column]), _PACKED.as_pointer())
        return builder.load(place, align=_ALIGNMENT)

    def _total(builder: Any, packed: Any) -> Any:
        """Return the sum of the lanes: of those 4 apart first, then of those 2 apart."""
        width = PACK
        while width > 1:
            width //= 2
            low, high = (
                ir.Constant(ir.VectorType(ir.IntType(32), width), list(range(first, first + width)))
                for first in (0, width)
            )
            packed = builder.fadd(
                builder.shuffle_vector(packed, packed, low),
                builder.shuffle_vector(packed, packed, high),
            )
        return builder.extract_element(packed, ir.Constant(ir.IntType(32), 0))

    def _summed(
        builder: Any, count: Any, number: int, added: Callable[..., list[Any]]
    ) -> list[Any]:
        """Return sums over ``count`` terms, a multiple of ``PACK``.

        ``added`` takes the index of the next terms and the lanes, and returns these with the terms.
        """
        lanes = [
            cgutils.alloca_once_value(builder, ir.Constant(_PACKED, None)) for _ in range(number)
        ]
        begin, step = ir.Constant(_INTEGER, 0), ir.Constant(_INTEGER, PACK)
        with cgutils.for_range_slice(builder, begin, count, step) as (i, _):
            for place, new in zip(lanes, added(i, list(map(builder.load, lanes))), strict=True):
                builder.store(new, place)
        return [_total(builder, builder.load(place)) for place in lanes]

    @inlined
    def _strided_row_sum(table, row, count):
        a = b = c = d = e = f = g = h = 0.0
        for i in range(0, count, PACK):
            a, b = a + table[row, i], b + table[row, i + 1]
            c, d = c + table[row, i + 2], d + table[row, i + 3]
            e, f = e + table[row, i + 4], f + table[row, i + 5]
            g, h = g + table[row, i + 6], h + table[row, i + 7]
        return _added_in_pairs(a, b, c, d, e, f, g, h)

    def _strided_row_sums(table, count):
        return (
            _strided_row_sum(table, 0, count),
            _strided_row_sum(table, 1, count),
            _strided_row_sum(table, 2, count),
        )

    @intrinsic
    def weighted_sums(_typing_context, value, weights, count):
        """Return Σ w₁f, Σ w₁|f| and Σ w_k f, k from 2 to 5, over the first nodes of a rule.

        ``value`` has the shape (nodes,), ``weights`` (6, nodes); ``count`` is a multiple of
        ``PACK``.
        """
        _require_rows(value, 1)
        _require_rows(weights, 2)
        result = types.UniTuple(types.float64, WEIGHTS + 1)(value, weights, count)

        def codegen(context, builder, signature, arguments):
            values, table = _arrays(context, builder, signature, arguments[:2])

            def added(i: Any, lanes: list[Any]) -> list[Any]:
                f = _load(builder, values, 0, i)
                rows = [_load(builder, table, row, i) for row in range(1, WEIGHTS + 1)]
                size = _call(builder, "llvm.fabs", f)
                factors = [f, size, *[f] * (WEIGHTS - 1)]
                return [
                    _call(builder, "llvm.fma", weight, factor, old)
                    for weight, factor, old in zip([rows[0], *rows], factors, lanes, strict=True)
                ]

            totals = _summed(builder, arguments[2], WEIGHTS + 1, added)
            return context.make_tuple(builder, signature.return_type, totals)

        return result, codegen

    @intrinsic
    def row_sums(_typing_context, table, count):
        """Return the sums of the first numbers in the rows 0, 1 and 2 of a table.

        ``count`` is a multiple of ``PACK``.
        """
        _require_rows(table, 2, "CA")
        result = types.UniTuple(types.float64, ROWS)(table, count)

        def codegen(context, builder, signature, arguments):
            if table.layout == "A":
                return context.compile_internal(builder, _strided_row_sums, signature, arguments)
            (rows,) = _arrays(context, builder, signature, arguments[:1])

            def added(i: Any, lanes: list[Any]) -> list[Any]:
                return [
                    builder.fadd(old, _load(builder, rows, row, i)) for row, old in enumerate(lanes)
                ]

            totals = _summed(builder, arguments[1], ROWS, added)
            return context.make_tuple(builder, signature.return_type, totals)

        return result, codegen
