"""The command `thermospin reproduce`, which computes the paper's figures and checks its claims."""

import shutil
import sys
import textwrap
from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING

import click

from thermospin.cli import options
from thermospin.cli.error_reports import STOPPED, exit_for_missed_tolerance
from thermospin.cli.formatting import duration, points_of, to_json
from thermospin.cli.progress_display import ProgressDisplay
from thermospin.cli.stop_signals import stop_on_signals
from thermospin.cli.strict_command import KERNEL_MEMORY, StrictCommand

if TYPE_CHECKING:
    from pathlib import Path

    from thermospin.execution import Report
    from thermospin.reproduction import Events, Reproduction

_WIDEST = 110  # characters of a line of the claims, on a wide terminal


def _panel_names(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[str]:
    """Return the panels and figures whose names begin so, for completion."""
    from thermospin.spec import bundled_specs

    named = [name.removeprefix("fig") for name in bundled_specs() if name.startswith("fig")]
    panels = [name for name in named if "_" not in name]  # 2b, but not 2b_film
    return [name for name in (*panels, "fig2", "fig3", "gamma") if name.startswith(incomplete)]


@click.command(cls=StrictCommand, memory=KERNEL_MEMORY)
@click.argument("panels", metavar="[PANEL...]", nargs=-1, shell_complete=_panel_names)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(file_okay=False),
    default="figures",
    show_default=True,
    help="The folder for the files; it is created if it does not exist.",
)
@click.option(
    "--gamma",
    metavar="NUMBER",
    default="1e-4",
    callback=options.number,
    show_default=True,
    help="Dynes broadening Γ of both leads, in Δ0. The paper does not state its value.",
)
@click.option("--quick", is_flag=True, help="Compute coarser maps, for a first look.")
@options.threads
@options.as_json
@options.quiet
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
    """Compute the figures of the paper and check its claims.

    The paper is arXiv:2105.01527. PANEL is 1b, 2a, 2b, 2c, 2d, 3a, 3b, 3c or 3d; fig2 or fig3 for
    all panels of a figure; or gamma for a figure of how the results depend on Γ. Without PANEL: all
    of them, and every claim.

    Each panel is written as a dataset (.h5), a picture (.pdf and .png) and a table of the plotted
    numbers (.csv). A dataset that is already there and up to date is not computed again. The claims
    about these panels, each with the computed value and the verdict, are printed and written to
    claims.md and claims.json.

    \b
    Example:
      thermospin reproduce
      thermospin reproduce 2b 3c -o look --quick
      thermospin reproduce fig3 --gamma 1e-2 -o broad
    """
    from thermospin.execution import Stopped
    from thermospin.reproduction import reproduce as reproduced

    try:
        with stop_on_signals() as stop:
            made = reproduced(
                panels,
                output,
                gamma=gamma,
                quick=quick,
                threads=threads,
                events=_events(stop, quiet=quiet),
            )
    except Stopped as stopped:
        click.echo(f"{stopped}; continue with the same command", err=True)
        raise click.exceptions.Exit(STOPPED) from None
    click.echo(to_json(_as_plain_data(made)) if as_json else _claims(made))
    if made.missed:
        exit_for_missed_tolerance(ctx, made.missed)


def _events(stop: Callable[[], bool], *, quiet: bool) -> "Events":
    """Return what to call while the figures are made: reports on stderr, unless quiet."""
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

    # Most sweeps take less than a second, so that a log needs only the line at the end of each.
    sweep = ProgressDisplay if sys.stderr.isatty() else nullcontext
    return Events(sweep=lambda _: sweep(), done=done, written=written, stop=stop)


def _as_plain_data(made: "Reproduction") -> dict[str, object]:
    """Return what was made and found, for JSON."""
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


def _claims(made: "Reproduction") -> str:
    """Return the claims as text: how many hold, each with its verdict, and why one does not."""
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    lines = [made.summary] if made.judgements else []
    for one in made.judgements:
        claim, finding = one.claim, one.finding
        lines.append(
            _wrapped(f"{claim.number:2d}  ", f"{finding.verdict}: {claim.statement}", width)
        )
        if finding.agrees:
            continue  # its numbers stand in claims.md
        for head, words in (
            ("paper", claim.stated),
            ("computed", finding.computed),
            ("tolerance", finding.tolerance),
            ("remark", finding.remark),
        ):
            if words:
                lines.append(_wrapped(f"    {head:<11}", words, width))
    more = "; claims.md has the numbers of all claims" if made.judgements else ""
    lines.append(f"{made.folder}: {len(made.files)} files{more}")
    return "\n".join(lines)


def _wrapped(head: str, words: str, width: int) -> str:
    """Return lines of at most that width, which begin below the end of the head."""
    return textwrap.fill(words, width, initial_indent=head, subsequent_indent=" " * len(head))
