"""The command `thermospin warmup`, which compiles the kernels in advance."""

import click

from thermospin.cli.formatting import duration
from thermospin.cli.strict_command import KERNEL_MEMORY, StrictCommand, is_compiler_off


@click.command(cls=StrictCommand, memory=KERNEL_MEMORY)
def warmup() -> None:
    """Compile all kernels in advance and keep them in a cache.

    Without it, the first run compiles what it needs, and on a cluster every process that starts at
    the same time does so. Run it once on each kind of processor, and again after an update of
    thermospin. The cache is in the home folder or in NUMBA_CACHE_DIR, where the jobs must find it.
    The steps are reported on stderr.

    \b
    Example:
      thermospin warmup
      srun --nodes 1 --ntasks 1 thermospin warmup
    """
    if is_compiler_off():
        raise click.UsageError("NUMBA_DISABLE_JIT is set, so that nothing is compiled; unset it.")

    from thermospin.execution.warmup import warm_up
    from thermospin.machine.compilation import CACHE_DIRECTORY

    total = 0.0
    for step in warm_up():
        total += step.seconds
        what = "compiled" if step.compiled else "found"
        click.echo(f"{what:<8}  {step.name:<24}  {duration(step.seconds)}", err=True)
    click.echo(
        f"all kernels are ready after {duration(total)} and pass the self-test; they are kept in\n"
        f"  {CACHE_DIRECTORY}",
        err=True,
    )
