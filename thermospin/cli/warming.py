"""The command that compiles ahead: warmup."""

import os

import click

from thermospin.cli import memory
from thermospin.cli.behaviour import StrictCommand
from thermospin.cli.text import duration


@click.command(cls=StrictCommand, room=memory.KERNELS)
def warmup() -> None:
    """Compile all kernels ahead and keep them in the cache.

    Else the first run on a machine does so, and on a cluster each of the processes that start at
    once. Do it once on each kind of processor, with the home folder or NUMBA_CACHE_DIR where the
    jobs will have it; another version of thermospin compiles anew. What was done goes to stderr.

    \b
    Example:
      thermospin warmup
      srun --nodes 1 --ntasks 1 thermospin warmup
    """
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        raise click.UsageError("NUMBA_DISABLE_JIT is set, so that nothing is compiled; unset it.")

    from thermospin.machine.compilation import CACHE_DIRECTORY
    from thermospin.sweep.warmup import warm_up

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
