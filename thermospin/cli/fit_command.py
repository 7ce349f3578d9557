"""The command `thermospin fit`, which fits measured curves."""

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from thermospin.cli import options
from thermospin.cli.error_reports import STOPPED, TOLERANCE_MISSED
from thermospin.cli.fit_progress import FitProgress
from thermospin.cli.formatting import to_json
from thermospin.cli.measured_options import READING, reading_options
from thermospin.cli.progress_display import StatusLine
from thermospin.cli.strict_command import KERNEL_MEMORY, StrictCommand

if TYPE_CHECKING:
    from thermospin.fitting.fit_result import FitResult
    from thermospin.fitting.fit_spec import FitSpec


def _names(
    ctx: click.Context,
    param: click.Parameter,
    given: tuple[str, ...],
) -> tuple[str, ...]:
    """Split each A,B,C."""
    names = tuple(name.strip() for text in given for name in text.split(","))
    if not all(names):
        raise click.BadParameter("must be names with commas between", ctx, param)
    return names


def _scales(ctx: click.Context, param: click.Parameter, given: str | None) -> dict[str, str]:
    """Split Delta_0=200 ueV,G_T=0.1 mS."""
    pairs = [part.partition("=") for part in given.split(",")] if given else []
    if not all(equals for _, equals, _ in pairs):
        rule = f"must be such as 'Delta_0=200 ueV,G_T=0.1 mS', got {given!r}"
        raise click.BadParameter(rule, ctx, param)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _parameter_names(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[str]:
    from thermospin.fitting.fit_parameters import FIT_PARAMETERS

    return [name for name in FIT_PARAMETERS if name.startswith(incomplete)]


@click.command(cls=StrictCommand, memory=KERNEL_MEMORY)
@click.argument("data", nargs=-1, type=click.Path())
@click.option(
    "--spec",
    metavar="FIT",
    type=click.Path(),
    help="A fit spec, a YAML file that says what is known and what is to be found"
    " (docs/howto/fits.md). DATA stand in place of the curves that it lists.",
)
@click.option(
    "--free",
    metavar="A,B",
    multiple=True,
    callback=_names,
    shell_complete=_parameter_names,
    help="Find these parameters: Delta_0,G_T,gamma,T_S. Default: those of the spec, or else the"
    " usual ones.",
)
@click.option(
    "--fixed",
    metavar="NAME=VALUE",
    multiple=True,
    help="What is known of all curves: T_Sm=30mK. May be repeated.",
)
@click.option(
    "--material",
    metavar="SCALES",
    callback=_scales,
    help="The scales of DATA in SI, from which the fit starts: Delta_0=200ueV,G_T=0.1mS. Default:"
    " those of the spec, or else guessed from DATA.",
)
@click.option(
    "--kind", type=click.Choice(["I", "dIdV"]), help="Fit the column of DATA that is I, or dI/dV."
)
@reading_options
@click.option(
    "--profile",
    metavar="NAME",
    multiple=True,
    callback=_names,
    help="Find how χ² rises on both sides of the best value of this parameter. May be repeated.",
)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(file_okay=False),
    help="Write the result, pictures and a sweep spec of the fitted junction into this folder.",
)
@options.as_json
@options.quiet
@click.pass_context
def fit(
    ctx: click.Context,
    /,
    data: tuple[str, ...],
    spec: str | None,
    profile: tuple[str, ...],
    output: str | None,
    as_json: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Fit measured curves: parameters of the junction, with errors.

    DATA are text files with I(V) or dI/dV, as `thermospin plot --overlay` reads them; all are
    fitted at once. What is free is found, what is fixed is known, all else has its default. Starts
    come from the spec or else from the data; what is assumed is told.

    The exit code is 3 if the result is not to be relied on: the fit did not converge, or the model
    does not describe the data; and 75 if Ctrl-C ended it early, with the best so far.

    \b
    Example:
      thermospin fit iv.dat --fixed T=50mK
      thermospin fit iv.dat --material Delta_0=200ueV,R_T=5kohm --fixed T=50mK \\
          --free Delta_0,G_T,gamma,V_offset,I_offset
      thermospin fit --spec fit.yaml -o fitted
      thermospin fit lockin.txt --spec fit.yaml --columns V,LIX --data-units mV,arb
    """
    from thermospin.fitting.fit_changes import FitChanges
    from thermospin.fitting.fit_files import fit_record, new_folder, write_fit
    from thermospin.fitting.fit_spec import load_fit_spec

    how = {name: given.pop(name) for name in (*READING, "kind")}
    reading = {name: _entry(value) for name, value in how.items() if value is not None}
    _check_data(data, spec, reading)
    read = load_fit_spec(spec, FitChanges(data, reading, **given))
    for note in read.notes:
        click.echo(note, err=True)
    folder = None if output is None else new_folder(output)
    result = _fitted(read, profile, quiet)
    click.echo(to_json(fit_record(read, result)) if as_json else result.report())
    if folder is not None:
        for path in write_fit(read, result, folder):
            click.echo(f"wrote {path}", err=True)
    if result.stopped:
        ctx.exit(STOPPED)
    if not (result.converged and result.describes_the_data):
        ctx.exit(TOLERANCE_MISSED)


def _check_data(data: tuple[str, ...], spec: str | None, reading: dict[str, Any]) -> None:
    """Refuse a fit of nothing, and options for files that are not named."""
    if not data and spec is None:
        raise click.UsageError("name the files of measured curves, or a fit spec with --spec")
    if reading and not data:
        name = "data-units" if "units" in reading else next(iter(reading))
        raise click.UsageError(
            f"--{name} says how the files DATA are read; name one, or say it in the fit spec"
        )


def _entry(value: object) -> str | tuple[str, ...]:
    """Return the value of an option as it would be written in a fit spec."""
    return tuple(map(str, value)) if isinstance(value, tuple) else str(value)


def _fitted(read: "FitSpec", profile: tuple[str, ...], quiet: bool) -> "FitResult":
    from thermospin.fitting.fitting_run import fit_problem

    points = sum(curve.V.size for curve in read.problem.curves)
    with nullcontext() if quiet else StatusLine() as line:
        progress = None if line is None else FitProgress(line, points)
        return fit_problem(read.problem, progress=progress, profile=profile)
