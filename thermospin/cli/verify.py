"""The command that checks a result file."""

from typing import TYPE_CHECKING

import click

from thermospin.cli import memory, options
from thermospin.cli.behaviour import FAILURE, StrictCommand
from thermospin.cli.text import aligned, to_json

if TYPE_CHECKING:
    from thermospin.verification import Verification

_DEFAULT_SAMPLE = "20"
_MOST_DIGITS = 6


def _sample_size(ctx: click.Context, param: click.Parameter, value: str) -> int:
    """Read a whole number in plain digits; click's own type takes 1_0 and Arabic digits as well."""
    if not (value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS):
        rule = f"must be a whole number from 0 to {10**_MOST_DIGITS - 1}, got {value!r}"
        raise click.BadParameter(rule, ctx, param)
    return int(value)


@click.command(cls=StrictCommand, room=memory.FILES)
@click.argument("file", type=click.Path())
@click.option(
    "--sample",
    metavar="N",
    default=_DEFAULT_SAMPLE,
    show_default=True,
    callback=_sample_size,
    help="How many points, and how many junctions, to compute once more by an independent path.",
)
@options.as_json
@click.pass_context
def verify(ctx: click.Context, file: str, sample: int, as_json: bool) -> None:
    """Check a result file: every byte, its spec, its symmetries, and some of its numbers.

    A random sample is computed once more by another quadrature, without compiled code. The exit
    code is 1 if anything fails, and 2 if FILE is not a result of thermospin.

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
    rows = [
        ("ok" if check.passed else "FAILED", check.name, check.detail) for check in found.checks
    ]
    verdict = "passed" if found.passed else "FAILED"
    return f"{aligned(rows)}\n{found.path}: {verdict}"
