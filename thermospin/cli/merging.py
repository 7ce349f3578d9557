"""The command that puts shards together: merge."""

from contextlib import nullcontext

import click

from thermospin.cli import memory, options
from thermospin.cli.behaviour import TOLERANCE_MISSED, StrictCommand
from thermospin.cli.progress import Progress
from thermospin.cli.text import duration, points_of, to_json


@click.command(cls=StrictCommand, room=memory.FILES)
@click.argument("output", metavar="OUT", type=click.Path())
@click.argument("shards", metavar="SHARD...", nargs=-1, required=True, type=click.Path())
@click.option("--force", is_flag=True, help="Replace OUT if it exists.")
@options.as_json
@click.option("-q", "--quiet", is_flag=True, help="Do not report progress.")
@click.pass_context
def merge(
    ctx: click.Context,
    output: str,
    shards: tuple[str, ...],
    force: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Put the shards of a sweep, in any order, together into OUT.

    The values have the same bits as those of an undivided run. Missing shards, shards given twice,
    and shards of another sweep or another version are refused by name.

    \b
    Example:
      thermospin merge fig2b.h5 fig2b.*-of-8.h5
    """
    from thermospin.sweep import merge as merged

    with nullcontext() if quiet else Progress() as progress:
        report = merged(output, shards, force=force, progress=progress)
    if as_json:
        click.echo(to_json(report))
    else:
        click.echo(f"{output}: {points_of(report.points)} in {duration(report.seconds)}")
    if report.missed:
        click.echo(f"{report.missed:,} values missed the tolerance", err=True)
        ctx.exit(TOLERANCE_MISSED)
