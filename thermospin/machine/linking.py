"""How functions that only kernels call are compiled: for their callers, and not on their own.

The compiler makes every function ready to be called from Python and turns it into machine code,
and does so again where it is merged into a caller. Of a function that only kernels call all that
is lost time, most of a first run: what is kept of it here is the code that its callers take in.

Numba allows another pipeline for a function. What is overridden below are private names of Numba:
where one is missing this module cannot be imported, and ``compilation`` compiles functions that
only kernels call in full, which takes longer and changes nothing else.
"""

from typing import Any

from numba import __version__
from numba.core.base import BaseContext
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder, Flags
from numba.core.compiler_machinery import LoweringPass, register_pass
from numba.core.typed_passes import NativeLowering

PRIVATE_NAMES = (
    (JITCodeLibrary, "_finalize_final_module"),
    (JITCodeLibrary, "_optimize_final_module"),
    (CompilerBase, "define_pipelines"),
    (BaseContext, "insert_user_function"),
    (Flags, "no_compile"),
    (Flags, "no_cpython_wrapper"),
    (Flags, "no_cfunc_wrapper"),
    (Flags, "nrt"),
)
"""What this module overrides or sets, by the class that has it."""


def missing_names() -> list[str]:
    """Return the private names that this Numba does not have."""
    return [f"{of.__name__}.{name}" for of, name in PRIVATE_NAMES if not hasattr(of, name)]


if missing_names():
    raise ImportError(f"Numba {__version__} lacks {', '.join(missing_names())}")


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
    """Register a function for linking under its name: without machine code it has no address."""

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
