"""The command that tells what a sweep takes: plan."""

import click

from thermospin.cli import options
from thermospin.cli.behaviour import StrictCommand
from thermospin.cli.specs import extent, load
from thermospin.cli.text import aligned, duration, size, threads_of, to_json

_H5WEB_LIMIT = 2_000_000_000  # bytes that h5web in VS Code opens unasked


@click.command(cls=StrictCommand)
@options.spec
@options.changes
@options.threads
@options.as_json
def plan(spec: str, changes: tuple[str, ...], threads: int | None, as_json: bool) -> None:
    """Say what a sweep takes: points, chunks, bytes and seconds.

    The time follows from a few of the sweep's own points, which are computed; nothing is written.

    \b
    Example:
      thermospin plan fig3c --threads 8
    """
    from thermospin.sweep import plan as planned

    sweep = load(spec, changes)
    found = planned(sweep, threads=threads)
    if as_json:
        click.echo(to_json(found))
    else:
        rows = [
            ("points", extent(sweep)),
            ("chunks", f"{found.chunks:,} of up to {found.chunk_points:,} points"),
            ("file", f"{found.bytes:,} bytes ({size(found.bytes)})"),
            ("time", f"about {duration(found.seconds)} on {threads_of(found.threads)}"),
        ]
        click.echo(aligned(rows))
    if found.bytes > _H5WEB_LIMIT:
        click.echo(
            f"{size(found.bytes)}: h5web in VS Code does not open files above"
            f" {size(_H5WEB_LIMIT)} by itself",
            err=True,
        )
