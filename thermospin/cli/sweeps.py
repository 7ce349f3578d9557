"""Commands about sweeps: run and plan."""

import os
from contextlib import nullcontext
from typing import TYPE_CHECKING

import click

from thermospin.cli import options
from thermospin.cli.behaviour import FAILURE, TOLERANCE_MISSED, StrictCommand
from thermospin.cli.progress import Progress
from thermospin.cli.specs import extent, load
from thermospin.cli.text import aligned, duration, size, to_json

if TYPE_CHECKING:
    from thermospin.spec import SweepSpec
    from thermospin.sweep import Report

_H5WEB_LIMIT = 2_000_000_000  # bytes that h5web in VS Code opens unasked
_MOST_UNCOMPILED = 10_000  # points that are bearable at the speed of the interpreter


@click.command(cls=StrictCommand)
@options.spec
@click.option(
    "-o",
    "--output",
    type=click.Path(readable=False),
    help="The file to write; by default the spec's name with .h5, in the current folder.",
)
@options.changes
@click.option("--force", is_flag=True, help="Replace the output if it exists.")
@options.threads
@options.as_json
@click.option("-q", "--quiet", is_flag=True, help="Do not report progress.")
@click.pass_context
def run(
    ctx: click.Context,
    spec: str,
    output: str | None,
    changes: tuple[str, ...],
    force: bool,
    threads: int | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Compute a sweep and write it to an HDF5 file.

    SPEC is a YAML file, the name of a bundled spec, or a result file, which is computed again from
    its own spec. The output appears under its name only when it is finished; xarray, h5py, h5web
    and whatever reads NetCDF-4 open it.

    \b
    Example:
      thermospin run fig2b
      thermospin run mine.yaml -o hot.h5 --set T_S=0.9 --threads 4
      thermospin run hot.h5 -o again.h5
    """
    try:
        sweep = load(spec, changes)
        path = f"{sweep.name}.h5" if output is None else output
        report = _run(sweep, spec, path, force=force, threads=threads, quiet=quiet)
    except KeyboardInterrupt:
        click.echo("stopped; nothing was kept", err=True)
        ctx.exit(FAILURE)
    if as_json:
        click.echo(to_json(report))
    else:
        click.echo(f"{path}: {report.points:,} points in {duration(report.seconds)}")
    if report.missed:
        click.echo(_missed(sweep, report, path), err=True)
        ctx.exit(TOLERANCE_MISSED)


def _run(
    sweep: "SweepSpec", source: str, path: str, *, force: bool, threads: int | None, quiet: bool
) -> "Report":
    """Judge the output and the circumstances, then run."""
    from thermospin.dataset import OutputError, check_output

    if os.path.exists(source) and os.path.exists(path) and os.path.samefile(source, path):
        raise OutputError(f"{path}: would replace the spec itself; choose another with -o")
    check_output(path, force=force)  # before anything is said about the run
    _refuse_uncompiled(sweep.size)

    from thermospin.sweep import run_sweep, thread_count

    workers = thread_count(threads)
    if not quiet:
        click.echo(f"{sweep.name}: {extent(sweep)} on {_threads(workers)}", err=True)
    with nullcontext() if quiet else Progress() as progress:
        return run_sweep(sweep, path, force=force, threads=workers, progress=progress)


def _threads(count: int) -> str:
    return "1 thread" if count == 1 else f"{count} threads"


def _refuse_uncompiled(points: int) -> None:
    if os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0"):
        return
    if points > _MOST_UNCOMPILED:
        raise click.UsageError(
            f"NUMBA_DISABLE_JIT is set, and {points:,} points would take for ever; unset it."
        )
    click.echo("NUMBA_DISABLE_JIT is set: this takes hundreds of times as long", err=True)


def _missed(sweep: "SweepSpec", report: "Report", path: str) -> str:
    """Return how many values missed their tolerance, and how to find them."""
    from thermospin.dataset import biased_outputs, unbiased_outputs
    from thermospin.quantities import STATUS

    where = [
        name
        for name, outputs in (
            ("status", biased_outputs(sweep)),
            ("junction_status", unbiased_outputs(sweep)),
        )
        if outputs
    ]
    return (
        f"{report.missed:,} {'point' if report.missed == 1 else 'points'} missed the tolerance"
        f" rtol = {sweep.rtol:g}: in {path} the variable {' or '.join(where)} is"
        f" {STATUS['tolerance_missed']} there"
    )


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
            ("time", f"about {duration(found.seconds)} on {_threads(found.threads)}"),
        ]
        click.echo(aligned(rows))
    if found.bytes > _H5WEB_LIMIT:
        click.echo(
            f"{size(found.bytes)}: h5web in VS Code does not open files above"
            f" {size(_H5WEB_LIMIT)} by itself",
            err=True,
        )
