"""The command that computes a sweep: run."""

import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from thermospin.cli import memory, options
from thermospin.cli.behaviour import STOPPED, TOLERANCE_MISSED, StrictCommand
from thermospin.cli.progress import Progress
from thermospin.cli.specs import extent, is_result, load
from thermospin.cli.stopping import stopping
from thermospin.cli.text import about, as_argument, duration, points_of, threads_of, to_json

if TYPE_CHECKING:
    from thermospin.spec import SweepSpec
    from thermospin.sweep import Executor, Report

_LONG = 12 * 3600.0  # seconds of a sweep that one may not have meant
_MOST_UNCOMPILED = 10_000  # points that are bearable at the speed of the interpreter


class Request(NamedTuple):
    """What a run was asked for on the command line."""

    spec: str
    output: str | None
    changes: tuple[str, ...]
    resume: bool
    repair: bool
    force: bool
    long: bool
    threads: int | None
    shard: str | None
    dask: str | None

    def path(self, sweep: "SweepSpec") -> str:
        """Return where the result goes."""
        if self.output is not None:
            return self.output
        part = "" if self.shard is None else f".{self.shard.replace('/', '-of-')}"
        return f"{sweep.name}{part}.h5"

    def continuation(self) -> str:
        """Return the command that continues this run."""
        words = ["thermospin", "run", as_argument(self.spec)]
        for option, value in (
            ("-o", self.output),
            *(("--set", change) for change in self.changes),
            ("--threads", self.threads),
            ("--shard", self.shard),
            ("--dask", self.dask),
        ):
            words += [] if value is None else [option, str(value)]
        return shlex.join([*words, *(["--long"] if self.long else []), "--resume"])

    @property
    def is_unseen(self) -> bool:
        """Whether nobody may have seen how large the sweep is: its spec is not a file as it is."""
        return bool(self.changes) or is_result(self.spec)

    @property
    def is_divided(self) -> bool:
        """Whether more than this process computes it: somebody has planned that."""
        return self.shard is not None or self.dask is not None


@click.command(cls=StrictCommand, room=memory.KERNELS)
@options.spec
@options.output
@options.changes
@click.option("--resume", is_flag=True, help="Continue a run that was stopped; begin if none was.")
@click.option(
    "--repair", is_flag=True, help="With --resume: compute again what is damaged, if anything is."
)
@click.option(
    "--force", is_flag=True, help="Replace the output if it exists; throw unfinished work away."
)
@click.option(
    "--long",
    is_flag=True,
    help="Start it although it is estimated to take over 12 hours; needed only where SPEC is a"
    " result file or changed by --set, and not for a shard or on a cluster.",
)
@options.threads
@options.shard
@options.dask
@options.as_json
@click.option("-q", "--quiet", is_flag=True, help="Do not report progress.")
@click.pass_context
def run(ctx: click.Context, /, as_json: bool, quiet: bool, **given: Any) -> None:
    """Compute a sweep and write it to an HDF5 file.

    SPEC is a YAML file, the name of a bundled spec, or a result file, which is computed again from
    its own spec. The output appears under its name only when it is finished; xarray, h5py, h5web
    and whatever reads NetCDF-4 open it.

    Ctrl-C, SIGTERM or SIGUSR1 stop a run cleanly (exit code 75), and --resume continues it, with
    the same bits as an undisturbed run; so it does after a kill, a power cut or a full disk. Chunks
    are recorded in groups: such an end costs those that were not recorded yet, at most the last few
    seconds of work.

    \b
    Example:
      thermospin run fig2b
      thermospin run mine.yaml -o hot.h5 --set T_S=0.9 --threads 4
      thermospin run hot.h5 -o again.h5
      thermospin run mine.yaml --resume
      thermospin run mine.yaml --shard 1/8
    """
    request = Request(**given)
    if request.dask is not None:
        memory.require(memory.CLUSTER)
    with stopping() as stop:
        sweep = load(request.spec, request.changes)
        path = request.path(sweep)
        report = _run(sweep, request, path, stop, quiet=quiet)
    if as_json:
        click.echo(to_json(report))
    else:
        click.echo(f"{path}: {_outcome(report)}")
    if report.missed:
        click.echo(_missed(sweep, report, path), err=True)
        ctx.exit(TOLERANCE_MISSED)


def _run(
    sweep: "SweepSpec", request: Request, path: str, stop: Callable[[], bool], *, quiet: bool
) -> "Report":
    """Judge the output and the circumstances, then run."""
    from thermospin.dataset import check_output

    _keep_spec(request.spec, path)
    target = check_output(path, force=request.force, resume=request.resume)
    for beside in target.beside:
        if beside != target.partial:  # which carries its spec, and is continued from it
            _keep_spec(request.spec, beside)
    _refuse_uncompiled(sweep.size)
    if not (request.is_divided or target.unfinished()):
        _ask_about_long(sweep, request, quiet=quiet)

    from thermospin.machine.compilation import WHY_NOT_KEPT
    from thermospin.sweep import Stopped, run_sweep

    if WHY_NOT_KEPT and not quiet:
        click.echo(f"kernels are compiled at every start: {WHY_NOT_KEPT}", err=True)
    try:
        with _executor(request, quiet=quiet) as (executor, workers):
            if not quiet:
                click.echo(f"{sweep.name}: {extent(sweep)} on {threads_of(workers)}", err=True)
            with nullcontext() if quiet else Progress() as progress:
                return run_sweep(
                    sweep,
                    path,
                    resume=request.resume,
                    repair=request.repair,
                    force=request.force,
                    threads=workers,
                    shard=request.shard,
                    executor=executor,
                    progress=progress,
                    stop=stop,
                )
    except Stopped as stopped:
        click.echo(f"{stopped}; continue with\n  {request.continuation()}", err=True)
        raise click.exceptions.Exit(STOPPED) from None
    except (OSError, MemoryError, RuntimeError) as error:
        if target.unfinished():
            error.add_note(f"finished chunks are safe; continue with\n  {request.continuation()}")
        raise


def _keep_spec(source: str, path: str | os.PathLike[str]) -> None:
    """Refuse to replace the spec by a file of the run."""
    from thermospin.dataset import OutputError

    if os.path.exists(source) and os.path.exists(path) and os.path.samefile(source, path):
        raise OutputError(f"{path}: would replace the spec itself; choose another with -o")


@contextmanager
def _executor(request: Request, *, quiet: bool) -> "Iterator[tuple[Executor, int]]":
    """Yield what computes, and the number of its workers."""
    from thermospin.sweep import thread_count, threads

    if request.dask is None:
        yield threads.computed, thread_count(request.threads)
        return
    from thermospin.sweep import cluster

    with cluster.connected(request.dask, request.threads) as connection:
        if connection.link and not quiet:
            click.echo(f"dashboard: {connection.link}", err=True)
        yield (
            lambda compute, tasks, _: connection.computed(compute, tasks),
            max(connection.workers, 1),
        )


def _outcome(report: "Report") -> str:
    done = f"{points_of(report.points)} in {duration(report.seconds)}"
    if not report.skipped:
        return done
    if report.skipped == report.points and report.points:
        return f"{report.points:,} points, all of which were there already"
    return f"{done}, of which {report.skipped:,} were there already"


def _refuse_uncompiled(points: int) -> None:
    if os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0"):
        return
    if points > _MOST_UNCOMPILED:
        raise click.UsageError(
            f"NUMBA_DISABLE_JIT is set, and {points:,} points would take for ever; unset it."
        )
    click.echo("NUMBA_DISABLE_JIT is set: this takes hundreds of times as long", err=True)


def _ask_about_long(sweep: "SweepSpec", request: Request, *, quiet: bool) -> None:
    """Say so if a sweep takes very long, and refuse one that nobody may have meant to be so large.

    A small file can ask for years.
    """
    from thermospin.sweep import estimated_seconds, thread_count

    workers = thread_count(request.threads)
    seconds = estimated_seconds(sweep, workers)
    if seconds <= _LONG:
        return
    takes = f"{sweep.name}: {extent(sweep)} take {about(seconds)} on {threads_of(workers)} here"
    if request.is_unseen and not request.long:
        raise click.UsageError(
            f"{takes}; start it with --long if that is meant, divide it with --shard, or ask for"
            " fewer points."
        )
    if not quiet:
        click.echo(takes, err=True)


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
        f"{points_of(report.missed)} missed the tolerance"
        f" rtol = {sweep.rtol:g}: in {path} the variable {' or '.join(where)} is"
        f" {STATUS['tolerance_missed']} there"
    )
