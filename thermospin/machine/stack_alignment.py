"""Where a kernel keeps the packed numbers for which there are no registers left.

A loop over nodes needs more constants than a processor has registers; the rest is read from the
stack. A caller aligns that to 16 bytes only, and then packed numbers of 64 bytes cross the lines of
the cache, or do not, as the address of the stack happens to be: up to a tenth of the time.
"""

from numba.core import types
from numba.core.cpu import CPUContext
from numba.extending import intrinsic

from thermospin.machine.compilation import CONFIG

ALIGNMENT = 64

if CONFIG.DISABLE_JIT:

    def align_stack():
        """Do nothing: there is no machine code."""

else:  # pragma: no cover - nothing of it runs without the compiler

    @intrinsic
    def align_stack(_typing_context):
        """Align the stack of the function that calls this, and of all that is merged into it.

        A graphics card, for which kernels are compiled as well, has no such stack.
        """

        def codegen(context, builder, _signature, _arguments):
            if not isinstance(context, CPUContext):
                return context.get_dummy_value()
            attributes = builder.function.attributes
            attributes.alignstack = ALIGNMENT
            # llvmlite writes the former only beside another one; kernels do not raise.
            attributes.add("nounwind")
            return context.get_dummy_value()

        return types.none(), codegen
