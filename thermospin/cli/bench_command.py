"""The command `thermospin bench`, which compares the kernels with other methods."""

import click

from thermospin.cli import options
from thermospin.cli.error_reports import FAILURE
from thermospin.cli.formatting import to_json
from thermospin.cli.strict_command import KERNEL_MEMORY, StrictCommand


@click.command(cls=StrictCommand, memory=KERNEL_MEMORY)
@options.as_json
@click.option("--quick", is_flag=True, help="Fewer rounds: some seconds.")
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="Compare with all methods: also quad_vec, the trapezoid rule and FFT correlation on"
    " uniform grids.",
)
@options.device
@click.pass_context
def bench(ctx: click.Context, as_json: bool, quick: bool, every: bool, device: str) -> None:
    """Compare the speed and errors of the kernels with other methods.

    The other methods are those with which one would compute the currents without thermospin, such
    as SciPy's quadratures. All are timed in one run on this machine, and so are points with a film
    with depairing beside points between ideal leads, and with --device cuda points on a graphics
    card beside those on one thread and on all threads of the processor.

    \b
    Example:
      thermospin bench --quick
      thermospin bench --all
      thermospin bench --quick --device cuda
    """
    from thermospin import bench as benchmark

    try:
        results = benchmark.run(quick=quick, every=every, device=device)
    except benchmark.BenchmarkError as error:
        click.echo(str(error), err=True)
        ctx.exit(FAILURE)
    click.echo(to_json(results) if as_json else benchmark.table(results))
