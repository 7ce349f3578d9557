"""The command `thermospin merge`, which joins the shards of a sweep."""

import click

from thermospin.cli import options
from thermospin.cli.error_reports import exit_for_missed_tolerance
from thermospin.cli.formatting import duration, points_of, to_json
from thermospin.cli.progress_display import progress_unless
from thermospin.cli.strict_command import FILE_MEMORY, StrictCommand


@click.command(cls=StrictCommand, memory=FILE_MEMORY)
@click.argument("output", metavar="OUT", type=click.Path())
@click.argument("shards", metavar="SHARD...", nargs=-1, required=True, type=click.Path())
@click.option("--force", is_flag=True, help="Replace OUT if it exists.")
@options.as_json
@options.quiet
@click.pass_context
def merge(
    ctx: click.Context,
    output: str,
    shards: tuple[str, ...],
    force: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Join the shards of a sweep into one file, OUT.

    Each SHARD is a file that run --shard wrote; their order does not matter. OUT has the same
    values, to the last bit, as a run that was not divided. A missing shard, one that is given
    twice, and one of another sweep or another version of thermospin are errors.

    \b
    Example:
      thermospin merge fig2b.h5 fig2b.*-of-8.h5
    """
    from thermospin.execution import merge as merged

    with progress_unless(quiet) as progress:
        report = merged(output, shards, force=force, progress=progress)
    finished = f"{output}: {points_of(report.points)} in {duration(report.seconds)}"
    click.echo(to_json(report) if as_json else finished)
    if report.missed:
        exit_for_missed_tolerance(ctx, report.missed)
