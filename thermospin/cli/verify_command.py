"""The command `thermospin verify`, which checks a result file."""

from typing import TYPE_CHECKING

import click

from thermospin.cli import options
from thermospin.cli.error_reports import FAILURE
from thermospin.cli.formatting import aligned, to_json
from thermospin.cli.strict_command import FILE_MEMORY, StrictCommand

if TYPE_CHECKING:
    from thermospin.verification import Verification

_LARGEST_SAMPLE = 999_999


@click.command(cls=StrictCommand, memory=FILE_MEMORY)
@click.argument("file", type=click.Path())
@click.option(
    "--sample",
    metavar="N",
    default="20",
    show_default=True,
    callback=options.whole_number(0, _LARGEST_SAMPLE),
    help="How many points, and how many junctions, to recompute.",
)
@options.as_json
@click.pass_context
def verify(ctx: click.Context, file: str, sample: int, as_json: bool) -> None:
    """Check a result file: bytes, spec, symmetries, sample values.

    Every byte is checked against the checksums, the contents against the spec, and the values
    against the symmetries of the currents. A random sample of the values is recomputed with another
    quadrature, without compiled code. The exit code is 1 if a check fails, and 2 if FILE is not a
    result of thermospin.

    \b
    Example:
      thermospin verify fig2b.h5
      thermospin verify fig2b.h5 --sample 500 --json
    """
    from thermospin import verification

    found = verification.verify(file, sample=sample)
    click.echo(to_json(found) if as_json else _text(found))
    if not found.passed:
        ctx.exit(FAILURE)


def _text(found: "Verification") -> str:
    """Return a table of all checks, and the verdict."""
    rows = [
        ("ok" if check.passed else "FAILED", check.name, check.detail) for check in found.checks
    ]
    verdict = "passed" if found.passed else "FAILED"
    return f"{aligned(rows)}\n{found.path}: {verdict}"
