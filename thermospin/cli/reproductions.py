"""The command that does the paper over: reproduce."""

import shutil
import sys
import textwrap
from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING

import click

from thermospin.cli import memory, options
from thermospin.cli.behaviour import STOPPED, TOLERANCE_MISSED, StrictCommand, draw_into_files
from thermospin.cli.progress import Progress
from thermospin.cli.stopping import stopping
from thermospin.cli.text import duration, points_of, to_json

if TYPE_CHECKING:
    from pathlib import Path

    from thermospin.reproduction import Events, Reproduction
    from thermospin.sweep import Report

_WIDEST = 110  # characters of a line of the table


@click.command(cls=StrictCommand, room=memory.KERNELS)
@click.argument("panels", metavar="[PANEL...]", nargs=-1)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(file_okay=False),
    default="figures",
    show_default=True,
    help="The folder for the files; it is made if need be.",
)
@click.option(
    "--gamma",
    metavar="NUMBER",
    default="1e-4",
    callback=options.number,
    help="Dynes Γ of both leads, in Δ0, by default 1e-4. The paper's text gives none.",
)
@click.option("--quick", is_flag=True, help="Coarser maps, for a first look.")
@options.threads
@options.as_json
@click.option("-q", "--quiet", is_flag=True, help="Do not report progress.")
@click.pass_context
def reproduce(
    ctx: click.Context,
    panels: tuple[str, ...],
    output: str,
    gamma: float,
    quick: bool,
    threads: int | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Compute, draw and check the paper's figures and its claims.

    PANEL is 1b, 2a, 2b, 2c, 2d, 3a, 3b, 3c or 3d; fig2 or fig3 for a whole figure; or gamma for the
    sensitivity to Γ. Without PANEL: all of it, and every claim.

    Each panel gives a dataset, which is kept if it is there and current, a picture as PDF and PNG,
    and the plotted numbers as CSV. The claims about the panels asked for, with the computed values
    and verdicts, go to claims.md, claims.json and the terminal.

    \b
    Example:
      thermospin reproduce
      thermospin reproduce 2b 3c -o look --quick
      thermospin reproduce fig3 --gamma 1e-2 -o broad
    """
    from thermospin.reproduction import reproduce as reproduced
    from thermospin.sweep import Stopped

    draw_into_files()
    try:
        with stopping() as stop:
            made = reproduced(
                panels,
                output,
                gamma=gamma,
                quick=quick,
                threads=threads,
                events=_events(stop, quiet=quiet),
            )
    except Stopped as stopped:
        click.echo(f"{stopped}; the same command continues", err=True)
        raise click.exceptions.Exit(STOPPED) from None
    click.echo(to_json(_plain(made)) if as_json else _table(made))
    if made.missed:
        click.echo(f"{made.missed:,} values missed the tolerance", err=True)
        ctx.exit(TOLERANCE_MISSED)


def _events(stop: Callable[[], bool], *, quiet: bool) -> "Events":
    from thermospin.reproduction import Events

    if quiet:
        return Events(stop=stop)

    def done(report: "Report") -> None:
        there = report.skipped == report.points
        took = "there already" if there else f"computed in {duration(report.seconds)}"
        click.echo(f"{report.path.name}: {points_of(report.points)}, {took}", err=True)

    def written(path: "Path") -> None:
        if path.suffix == ".png":  # the same picture as the PDF beside it
            click.echo(f"{path.stem}: drawn", err=True)

    # Into a log goes a line for each sweep; most take less than a second.
    sweep = Progress if sys.stderr.isatty() else nullcontext
    return Events(sweep=lambda _: sweep(), done=done, written=written, stop=stop)


def _plain(made: "Reproduction") -> dict[str, object]:
    return {
        "folder": made.folder,
        "gamma": made.gamma,
        "files": made.files,
        "claims": [
            {
                "number": one.claim.number,
                "verdict": str(one.finding.verdict),
                "computed": one.finding.computed,
            }
            for one in made.judgements
        ],
    }


def _table(made: "Reproduction") -> str:
    """Return the claims for a terminal: each with its verdict, and what it rests on."""
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    lines = []
    for one in made.judgements:
        claim, finding = one.claim, one.finding
        lines.append(
            _wrapped(f"{claim.number:2d}  ", f"{finding.verdict}: {claim.statement}", width)
        )
        for head, words in (
            ("paper", claim.stated),
            ("computed", finding.computed),
            ("tolerance", finding.tolerance),
            ("remark", finding.remark),
        ):
            if words:
                lines.append(_wrapped(f"    {head:<11}", words, width))
    if made.judgements:
        lines.append(made.summary)
    lines.append(f"{made.folder}: {len(made.files)} files")
    return "\n".join(lines)


def _wrapped(head: str, words: str, width: int) -> str:
    return textwrap.fill(words, width, initial_indent=head, subsequent_indent=" " * len(head))
