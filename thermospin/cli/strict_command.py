"""`StrictCommand`: a click command that checks its options and its memory before it begins."""

import mmap
import os
from typing import Any

import click

# With too little address space, libraries crash, wait for ever or report some other error.
SPEC_MEMORY = 150_000_000
"""Bytes of address space for commands that only read specs."""
FILE_MEMORY = 500_000_000
"""Bytes of address space for commands that read result files: Numba is loaded but compiles little.
"""
KERNEL_MEMORY = 1_000_000_000
"""Bytes of address space for commands that may compile kernels: twice what computing takes."""
CLUSTER_MEMORY = 1_500_000_000
"""Bytes of address space for commands that compute on a cluster: they load dask and its threads."""


class StrictCommand(click.Command):
    """A command that refuses repeated options, and refuses to begin with too little memory.

    click itself would silently use the last of two equal options.

    Parameters
    ----------
    *args, **attributes
        Arguments of `click.Command`.
    memory : int
        Bytes of address space that the command needs.
    """

    def __init__(self, *args: Any, memory: int, **attributes: Any) -> None:
        """Store how much memory the command needs."""
        super().__init__(*args, **attributes)
        self.memory = memory

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command if there is enough memory."""
        require_memory(self.memory)
        return super().invoke(ctx)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; refuse an option that takes one value and is given twice."""
        _, _, given = self.make_parser(ctx).parse_args(args=list(args))
        for parameter in given:
            if (
                isinstance(parameter, click.Option)
                and not parameter.multiple
                and given.count(parameter) > 1
            ):
                raise click.UsageError(f"Option '{parameter.opts[-1]}' is given twice.", ctx)
        return super().parse_args(ctx, args)


def require_memory(size: int) -> None:
    """Check that the process may take more address space, whichever limit applies to it.

    The address space is reserved and released at once; no memory is used.

    Parameters
    ----------
    size : int
        Bytes.

    Raises
    ------
    MemoryError
        If there is less.
    """
    try:
        mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except OSError:
        raise MemoryError(
            f"this command needs {size // 10**6} MB of address space, and there is less; raise"
            " the limit (ulimit -v, ulimit -d)"
        ) from None


def is_compiler_off() -> bool:
    """Tell whether the environment turns the compilation of kernels off.

    Returns
    -------
    bool
        True if NUMBA_DISABLE_JIT is set; kernels then run some hundred times slower.
    """
    return os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")
