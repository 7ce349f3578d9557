"""The command `thermospin run`, which computes a sweep."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from thermospin.cli import options
from thermospin.cli.error_reports import STOPPED, exit_for_missed_tolerance
from thermospin.cli.formatting import (
    about,
    duration,
    mesh_size,
    points_of,
    threads_of,
    to_json,
)
from thermospin.cli.progress_display import progress_unless
from thermospin.cli.run_options import RunOptions
from thermospin.cli.spec_argument import load, one_spec, show_remarks
from thermospin.cli.stop_signals import stop_on_signals
from thermospin.cli.strict_command import (
    CLUSTER_MEMORY,
    KERNEL_MEMORY,
    StrictCommand,
    is_compiler_off,
    require_memory,
)

if TYPE_CHECKING:
    from thermospin.execution import Executor, Report
    from thermospin.spec import SweepSpec

LONG_RUN = 12 * 3600.0
"""Seconds; a sweep that takes longer may have been asked for by mistake."""
_MOST_UNCOMPILED = 10_000  # points; more of them take too long without compiled kernels


@click.command(cls=StrictCommand, memory=KERNEL_MEMORY)
@one_spec
@click.option(
    "-o",
    "--output",
    type=click.Path(readable=False),
    help="The file to write. Default: the spec's name with the ending .h5, in the current folder.",
)
@options.changes
@click.option(
    "--resume", is_flag=True, help="Continue a run that was stopped; start anew if there is none."
)
@click.option(
    "--repair",
    is_flag=True,
    help="With --resume: compute damaged chunks of the unfinished file again, instead of refusing"
    " to continue it.",
)
@click.option(
    "--force", is_flag=True, help="Replace an existing output file; discard unfinished work on it."
)
@click.option(
    "--long",
    is_flag=True,
    help="Start even if the sweep is estimated to take more than 12 hours. Needed only if SPEC is a"
    " result file or changed by --set, and never with --shard or --dask.",
)
@options.threads
@click.option(
    "--shard",
    metavar="I/N",
    help="Divide the sweep into N shares and compute only the I-th; thermospin merge joins them.",
)
@click.option(
    "--dask",
    metavar="ADDRESS",
    help="Compute on a dask.distributed cluster. ADDRESS is local, which starts one on this"
    " machine, or that of a scheduler: tls://HOST:PORT, or tcp://HOST:PORT, which is not encrypted"
    " and open to everybody who can reach it.",
)
@options.device
@options.as_json
@options.quiet
@click.pass_context
def run(ctx: click.Context, /, as_json: bool, quiet: bool, **given: Any) -> None:
    """Compute a sweep and write it to an HDF5 file.

    SPEC is a YAML file, the name of a bundled spec, a result file, whose spec is run again, or -
    for a spec from standard input. The output file appears only when it is complete; until then,
    the finished part of the sweep is kept in files beside it. It can be opened with xarray, h5py,
    h5web and other readers of NetCDF-4 or HDF5.

    With --device cuda a graphics card computes the currents, dI/dV and G_0 of ideal leads, and the
    processor all else. The last digits differ from those of the processor, so the file names the
    device, and --resume and merge refuse to mix two.

    Ctrl-C, SIGTERM or SIGUSR1 stop a run cleanly (exit code 75), and --resume continues it. After a
    crash, a power cut or a full disk, --resume works as well, and at most the last few seconds of
    work are computed again. The result has the same bits as that of an undisturbed run.

    \b
    Example:
      thermospin run fig2b
      thermospin run mine.yaml -o hot.h5 --set T_S=0.9 --threads 4
      thermospin run hot.h5 -o again.h5
      thermospin run mine.yaml --resume
      thermospin run - -o mine.h5 < mine.yaml
      thermospin run mine.yaml --shard 1/8
      thermospin run mine.yaml --device cuda
    """
    asked = RunOptions(**given)
    if asked.on_card and asked.dask is not None:
        raise click.UsageError("--dask computes on processors: leave out --device, or --dask.")
    if asked.dask is not None:
        require_memory(CLUSTER_MEMORY)
    with stop_on_signals() as stop:
        sweep = load(asked.spec, asked.changes)
        if not quiet:
            show_remarks(sweep)
        path = asked.output_path(sweep)
        report = _checked_run(sweep, asked, path, stop, quiet=quiet)
    click.echo(to_json(report) if as_json else f"{path}: {_outcome(report)}")
    if report.missed:
        exit_for_missed_tolerance(ctx, report.missed, _where_missed(sweep, path))


def _checked_run(
    sweep: "SweepSpec", asked: RunOptions, path: str, stop: Callable[[], bool], *, quiet: bool
) -> "Report":
    """Refuse a run that would destroy its spec or take too long, then run the sweep."""
    from thermospin.dataset import check_output

    _keep_spec(asked.spec, path)
    target = check_output(path, force=asked.force, resume=asked.resume)
    for beside in target.beside:
        if beside != target.partial:  # the unfinished file holds its spec, and may be SPEC itself
            _keep_spec(asked.spec, beside)
    _refuse_slow_kernels(sweep.size)
    # The estimate is that of processors; a card has no such number before it has computed.
    if not (asked.is_distributed or asked.on_card or target.unfinished()):
        _refuse_long_run(sweep, asked, quiet=quiet)

    from thermospin.execution import Stopped
    from thermospin.machine.compilation import WHY_NOT_KEPT

    if WHY_NOT_KEPT and not quiet:
        click.echo(f"kernels are compiled anew at every start: {WHY_NOT_KEPT}", err=True)
    try:
        return _run(sweep, asked, path, stop, quiet=quiet)
    except Stopped as stopped:
        click.echo(f"{stopped}; continue with\n  {asked.continuation()}", err=True)
        raise click.exceptions.Exit(STOPPED) from None
    except (OSError, MemoryError, RuntimeError) as error:
        if target.unfinished():
            error.add_note(f"finished chunks are safe; continue with\n  {asked.continuation()}")
        raise


def _run(
    sweep: "SweepSpec", asked: RunOptions, path: str, stop: Callable[[], bool], *, quiet: bool
) -> "Report":
    """Run the sweep, on threads or on a cluster, and show its progress."""
    from thermospin.execution import run_sweep

    with _executor(asked, quiet=quiet) as (executor, workers):
        if not quiet:
            where = f"{_card()} and {threads_of(workers)}" if asked.on_card else threads_of(workers)
            click.echo(f"{sweep.name}: {mesh_size(sweep)} on {where}", err=True)
        with progress_unless(quiet) as progress:
            return run_sweep(
                sweep,
                path,
                resume=asked.resume,
                repair=asked.repair,
                force=asked.force,
                threads=workers,
                shard=asked.shard,
                executor=executor,
                device=asked.device,
                progress=progress,
                stop=stop,
            )


@contextmanager
def _executor(asked: RunOptions, *, quiet: bool) -> "Iterator[tuple[Executor, int]]":
    """Yield the function that computes chunks, and the number of its workers."""
    from thermospin.execution import thread_count, threads

    if asked.dask is None:
        yield threads.computed, thread_count(asked.threads)
        return
    from thermospin.execution import cluster

    with cluster.connected(asked.dask, asked.threads) as connection:
        if connection.link and not quiet:
            click.echo(f"dashboard: {connection.link}", err=True)
        yield (
            lambda compute, tasks, _: connection.computed(compute, tasks),
            max(connection.workers, 1),
        )


def _card() -> str:
    from thermospin.device import card_name

    return card_name()


def _keep_spec(source: str, path: str | os.PathLike[str]) -> None:
    """Refuse to replace the spec by a file of the run."""
    from thermospin.dataset import OutputError

    if os.path.exists(source) and os.path.exists(path) and os.path.samefile(source, path):
        raise OutputError(f"{path}: would replace the spec itself; choose another with -o")


def _refuse_slow_kernels(points: int) -> None:
    """Refuse many points, and warn of a few, if the compilation of kernels is turned off."""
    if not is_compiler_off():
        return
    if points > _MOST_UNCOMPILED:
        raise click.UsageError(
            f"NUMBA_DISABLE_JIT is set, so that {points:,} points would take far too long without"
            " compiled kernels; unset it."
        )
    click.echo("NUMBA_DISABLE_JIT is set: this takes hundreds of times as long", err=True)


def _refuse_long_run(sweep: "SweepSpec", asked: RunOptions, *, quiet: bool) -> None:
    """Say that a sweep will take long; refuse it if its size may be a mistake."""
    from thermospin.execution import estimated_seconds, thread_count

    workers = thread_count(asked.threads)
    seconds = estimated_seconds(sweep, workers)
    if seconds <= LONG_RUN:
        return
    takes = f"{sweep.name}: {mesh_size(sweep)} take {about(seconds)} on {threads_of(workers)} here"
    if asked.size_may_surprise and not asked.long:
        raise click.UsageError(
            f"{takes}; start it with --long if that is meant, divide it with --shard, or ask for"
            " fewer points."
        )
    if not quiet:
        click.echo(takes, err=True)


def _outcome(report: "Report") -> str:
    """Return what a run did, in one line."""
    done = f"{points_of(report.points)} in {duration(report.seconds)}"
    if not report.skipped:
        return done
    if report.skipped == report.points and report.points:
        return f"{report.points:,} points, all of which were there already"
    return f"{done}, of which {report.skipped:,} were there already"


def _where_missed(sweep: "SweepSpec", path: str) -> str:
    """Return the tolerance, and where the result marks the points that missed it."""
    from thermospin.quantities import STATUS

    variables = [
        name
        for name, outputs in (
            ("status", sweep.biased_outputs),
            ("junction_status", sweep.unbiased_outputs),
        )
        if outputs
    ]
    return (
        f" rtol = {sweep.rtol:g}: in {path} the variable {' or '.join(variables)} is"
        f" {STATUS['tolerance_missed']} there"
    )
