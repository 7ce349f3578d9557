"""The command `thermospin plan`, which estimates the cost of a sweep."""

import click

from thermospin.cli import options
from thermospin.cli.formatting import (
    about,
    aligned,
    mesh_size,
    points_of,
    size,
    threads_of,
    to_json,
)
from thermospin.cli.slurm_script import slurm_script
from thermospin.cli.spec_argument import load, one_spec
from thermospin.cli.strict_command import KERNEL_MEMORY, StrictCommand

_H5WEB_LIMIT = 2_000_000_000  # bytes; h5web in VS Code opens larger files only after asking


@click.command(cls=StrictCommand, memory=KERNEL_MEMORY)
@one_spec
@options.changes
@options.threads
@click.option(
    "--slurm",
    is_flag=True,
    help="Print a bash script instead, which submits the sweep to a SLURM cluster.",
)
@click.option(
    "--shards",
    metavar="N",
    callback=options.whole_number(1, options.MOST_THREADS),
    help="With --slurm: number of tasks to divide the sweep among. Default: so many that each takes"
    " about an hour.",
)
@options.as_json
def plan(
    spec: str,
    changes: tuple[str, ...],
    threads: int | None,
    slurm: bool,
    shards: int | None,
    as_json: bool,
) -> None:
    """Estimate the points, chunks, bytes and seconds of a sweep.

    SPEC is a YAML file, the name of a bundled spec, or a result file. The time is extrapolated from
    a few points of the sweep, which are computed now; nothing is written. A chunk is a part of the
    sweep that one thread computes at a time.

    \b
    Example:
      thermospin plan fig3c --threads 8
      thermospin plan mine.yaml --slurm --threads 16 | bash
    """
    from thermospin.execution import plan as planned

    if slurm and as_json:
        raise click.UsageError("give either --slurm, which prints a script, or --json, not both.")
    if shards is not None and not slurm:
        raise click.UsageError("--shards can only be given with --slurm.")
    sweep = load(spec, changes)
    found = planned(sweep, threads=threads)
    if slurm:
        click.echo(slurm_script(found, sweep.name, spec, changes, shards), nl=False)
    elif as_json:
        click.echo(to_json(found))
    else:
        rows = [
            ("points", mesh_size(sweep)),
            ("chunks", f"{found.chunks:,} of up to {points_of(found.chunk_points)}"),
            ("file", f"{found.bytes:,} bytes ({size(found.bytes)})"),
            ("time", f"{about(found.seconds)} on {threads_of(found.threads)}"),
        ]
        click.echo(aligned(rows))
    if found.bytes > _H5WEB_LIMIT:
        click.echo(
            f"{size(found.bytes)}: h5web in VS Code asks before it opens"
            f" files above {size(_H5WEB_LIMIT)}",
            err=True,
        )
