"""The options with which measured curves are given, and how the curves are read."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from thermospin.cli import options

if TYPE_CHECKING:
    from thermospin.measured import MeasuredCurve

_MOST_LINES = 999_999_999


def _pair(ctx: click.Context, param: click.Parameter, given: str | None) -> tuple[str, str] | None:
    """Read two words with a comma between."""
    if given is None:
        return None
    first, _, second = (word.strip() for word in given.partition(","))
    if not first or not second or "," in second:
        raise click.BadParameter(f"must be two, with a comma between, got {given!r}", ctx, param)
    return first, second


def _factor(ctx: click.Context, param: click.Parameter, given: str | None) -> float | None:
    return None if given is None else options.number(ctx, param, given)


_READING = (
    click.option(
        "--columns",
        metavar="A,B",
        callback=_pair,
        help="The columns of bias and values in DATA: names, or numbers from 1.",
    ),
    click.option(
        "--data-units",
        "units",
        metavar="U,W",
        callback=_pair,
        help="The units of these columns: mV,nA or mV,uS; mV,arb for values in arbitrary units;"
        " reduced,reduced for Δ0/e and G_T Δ0/e. Default: those that DATA names.",
    ),
    click.option(
        "--skip",
        metavar="N",
        callback=options.whole_number(0, _MOST_LINES),
        help="Leave out the first N lines of DATA.",
    ),
    click.option(
        "--offset",
        metavar="X",
        help="Subtract this bias: 12 uV, or a number in the unit of the column.",
    ),
    click.option("--factor", metavar="K", callback=_factor, help="Multiply the values by K."),
)


READING = ("columns", "units", "skip", "offset", "factor")
"""The names under which these options come to a command."""


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say how its measured curves are read."""
    for option in reversed(_READING):
        command = option(command)
    return command


def curves_of(paths: tuple[str, ...], option: str, **given: Any) -> "list[MeasuredCurve]":
    """Read measured curves, and print on stderr what was left out of each file.

    Parameters
    ----------
    paths : tuple of str
        The files.
    option : str
        The option, or argument, that names the files, for messages.
    **given
        The values of the options of `reading_options`, None where one was not given.

    Raises
    ------
    click.UsageError
        If there is an option but no file.
    MeasuredError
        If a file cannot be read.
    """
    how = {name: value for name, value in given.items() if value is not None}
    if how and not paths:
        name = "data-units" if "units" in how else next(iter(how))
        raise click.UsageError(f"--{name} says how measured curves are read; name one by {option}")
    if not paths:
        return []
    from thermospin.measured import read_curve

    curves = [read_curve(path, **how) for path in paths]
    for curve in curves:
        for note in curve.notes:
            click.echo(f"{curve.path}: {note}", err=True)
    return curves
