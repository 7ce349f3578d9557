"""Copies of records, whether their fields lie one behind the other or far apart.

On a graphics card the records of neighbouring evaluations interlock: between the fields of one lie
those of the others, which a copy must leave alone.
"""

from typing import Any

from numba.core import cgutils, types
from numba.core.errors import TypingError
from numba.extending import intrinsic

from thermospin.machine.compilation import CONFIG

if CONFIG.DISABLE_JIT:

    def copy_record(source, target):
        """Copy the fields of a record into another one."""
        for name in source.dtype.names:
            target[name] = source[name]

else:  # pragma: no cover - nothing of it runs without the compiler

    def _fields(context: Any, record: Any) -> list[tuple[Any, int]]:
        """Return how every field is stored, and at which byte."""
        return [
            (context.get_data_type(record.typeof(name)), record.offset(name))
            for name in record.fields
        ]

    @intrinsic
    def copy_record(_typing_context, source, target):
        """Copy the fields of a record into another one of the same type."""
        if not isinstance(source, types.Record) or source != target:
            raise TypingError(f"copies are from a record to another, not from {source} to {target}")

        def codegen(context, builder, signature, arguments):
            record = signature.args[0]
            fields = _fields(context, record)
            if record.size == sum(context.get_abi_sizeof(kind) for kind, _ in fields):
                builder.store(builder.load(arguments[0]), arguments[1])  # whole, which is quicker
                return context.get_dummy_value()
            for kind, place in fields:
                there, here = (
                    cgutils.get_record_member(builder, each, place, kind) for each in arguments
                )
                builder.store(builder.load(there), here)
            return context.get_dummy_value()

        return types.none(source, target), codegen
