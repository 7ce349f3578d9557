"""How functions that only kernels call are compiled: for their callers, and not on their own.

The compiler makes every function ready to be called from Python and turns it into machine code,
and does so again where it is merged into a caller. Of a function that only kernels call all that
is lost time, most of a first run: what is kept of it here is the code that its callers take in.

Numba allows another pipeline for a function. What the two libraries below override is of its inner
life: where it has neither of these any more, functions are compiled as ever, only more slowly.
"""

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import LoweringPass, register_pass
from numba.core.typed_passes import NativeLowering


class Linked(JITCodeLibrary):
    """Code that is optimised, so that its callers need not, and only linked into them."""

    def _finalize_final_module(self) -> None:
        self._finalized = True


class Raw(Linked):
    """Code that is optimised within its callers only."""

    def _optimize_final_module(self) -> None:
        pass


@register_pass(mutates_CFG=False, analysis_only=True)
class _MadeKnown(LoweringPass):
    """Make a function known to its callers under a name: it has no address."""

    _name = "thermospin_made_known"

    def __init__(self) -> None:
        super().__init__()

    def run_pass(self, state: Any) -> bool:
        model = state.targetctx.data_model_manager[state.return_type]
        if not state.flags.nrt and model.contains_nrt_meminfo():
            raise TypeError(f"{state.func_id.func_name} returns memory, but does not count it")
        # Numba knows a function by an object of this type, one for each; Python would call it, and
        # this one raises an error whatever it is given.
        handle: Any = [].remove
        state.targetctx.insert_user_function(handle, state.cr.fndesc, [state.library])
        state.cr = state.cr._replace(cfunc=handle)
        return False


class LinkedOnly(CompilerBase):
    """The pipeline of a function that is called by other kernels."""

    library: type = Linked

    def define_pipelines(self) -> list[Any]:
        """Return numba's own pipeline, with another library and without machine code."""
        codegen = self.state.targetctx.codegen()
        self.state.library = self.library(codegen, self.state.func_id.func_qualname)
        self.state.flags.no_compile = True
        self.state.flags.no_cpython_wrapper = True
        self.state.flags.no_cfunc_wrapper = True
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        pipeline.add_pass_after(_MadeKnown, NativeLowering)
        pipeline.finalize()
        return [pipeline]


class RawOnly(LinkedOnly):
    """The pipeline of a function that is merged into the kernels that call it."""

    library = Raw
