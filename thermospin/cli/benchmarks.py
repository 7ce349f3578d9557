"""The command bench."""

import click

from thermospin.cli import memory, options
from thermospin.cli.behaviour import FAILURE, StrictCommand
from thermospin.cli.text import to_json


@click.command(cls=StrictCommand, room=memory.KERNELS)
@options.as_json
@click.option("--quick", is_flag=True, help="Fewer rounds: some seconds.")
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="All peers: also quad_vec, the trapezoid rule and FFT correlation on uniform grids.",
)
@click.pass_context
def bench(ctx: click.Context, as_json: bool, quick: bool, every: bool) -> None:
    """Time the kernels against what one would use otherwise.

    The table also gives the largest error of each alternative.

    \b
    Example:
      thermospin bench --quick
      thermospin bench --all
    """
    from thermospin import bench as benchmark

    try:
        results = benchmark.run(quick=quick, every=every)
    except benchmark.BenchmarkError as error:
        click.echo(str(error), err=True)
        ctx.exit(FAILURE)
    click.echo(to_json(results) if as_json else benchmark.table(results))
