"""Running a sweep: an executor computes chunks, and the caller's thread alone stores them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from pathlib import Path

from thermospin.dataset import (
    Checkpoint,
    Job,
    OutputError,
    OutputLock,
    OutputPath,
    Record,
    Shard,
    StoreError,
    check_ours,
    check_output,
    describe,
    take_published,
)
from thermospin.device import CPU
from thermospin.execution import threads as local
from thermospin.execution.chunk_values import ChunkValues, compute
from thermospin.execution.chunks import Chunk, Mesh
from thermospin.execution.engine import Engine, engine_on
from thermospin.execution.portion import Portion
from thermospin.quantities.representation import ShownRow, html_table, line, row
from thermospin.spec import SpecSource, spec_of

Progress = Callable[[int, int], None]
"""Called with the number of points done and of all points: at the start and after each chunk."""

Results = Generator[tuple[Chunk, ChunkValues], None, None]
Executor = Callable[[Callable[[Chunk], ChunkValues], Iterable[Chunk], int], Results]
"""Computes chunks: takes the function, the chunks and a number of workers; yields chunks with their
values, in any order; draws no more chunks than it has in flight."""


@dataclass(frozen=True, repr=False)
class Report:
    """The report of a sweep that has ended.

    Attributes
    ----------
    path : Path
        The finished file.
    points : int
        Number of points in it.
    missed : int
        Number of points, and of junctions, that missed their tolerance.
    bytes : int
        Length of the file.
    seconds : float
        Wall time of this run.
    threads : int
        Number of threads.
    skipped : int
        Number of points that former runs had computed.
    """

    path: Path
    points: int
    missed: int
    bytes: int
    seconds: float
    threads: int
    skipped: int

    def _rows(self) -> list[ShownRow]:
        """Return what is shown of the report."""
        return [
            ShownRow("file", os.fspath(self.path), "the finished file"),
            row("bytes", self.bytes, "", "length of the file"),
            ShownRow("points", f"{self.points:,}", "points in it"),
            row("missed", self.missed, "", "points and junctions that missed their tolerance"),
            row("skipped", self.skipped, "", "points that former runs had computed"),
            row("time", self.seconds, "s", f"wall time on {self.threads} threads"),
        ]

    def __repr__(self) -> str:
        """Show the file, how large it is, and how long it took, in one line."""
        return line("Report", self._rows())

    def _repr_html_(self) -> str:
        """Show the file, how large it is, and how long it took, as a table."""
        return html_table("Report", self._rows())


class Stopped(Exception):  # noqa: N818 - not an error: it was asked for
    """A sweep was stopped before its end; what was computed is safe and can be continued."""

    def __init__(self, done: int, points: int) -> None:
        """Take the numbers of points that are done and of all."""
        super().__init__(f"stopped with {done:,} of {points:,} points done")
        self.done, self.points = done, points


def run_sweep(
    spec: SpecSource,
    output: str | os.PathLike[str],
    *,
    resume: bool = False,
    repair: bool = False,
    force: bool = False,
    threads: int | None = None,
    shard: str | None = None,
    executor: Executor = local.computed,
    device: str = CPU,
    engine: Engine | None = None,
    progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
) -> Report:
    """Compute a sweep and write it to an HDF5 file.

    Parameters
    ----------
    spec : SweepSpec, path, str or mapping
        What to compute: see `thermospin.spec.spec_of`.
    output : path
        The file; it appears under this name only when it is finished. Until then the finished
        chunks are kept beside it.
    resume : bool
        Continue unfinished work; begin if there is none.
    repair : bool
        With ``resume``: compute damaged parts of it again instead of refusing it.
    force : bool
        Replace the file if it exists, and throw unfinished work away.
    threads : int, optional
        Number of threads; by default that of the SLURM task or the processors available. The
        values do not depend on it.
    shard : str, optional
        ``i/n``: compute only the i-th of n shares of the chunks, i from 1 to n, for `merge`.
    executor : callable, optional
        What computes the chunks; by default threads of this process.
    device : str, optional
        What computes the integrals between ideal leads: ``"cpu"``, or ``"cuda"`` for an NVIDIA
        graphics card (docs/howto/cuda.md). A sweep is computed on one device from its beginning to
        its end, and the file names it.
    engine : Engine, optional
        The function that computes values, and the sizes of chunks; by default those of the device.
    progress : callable, optional
        Called with the number of points done and of all points, at the start and after each chunk.
    stop : callable, optional
        Asked before each chunk whether to begin no more of them.

    Returns
    -------
    Report
        Number of points, how many missed their tolerance, file and time.

    Raises
    ------
    SpecError
        With everything that is wrong in the spec.
    OutputError
        If the file cannot be written there, is there and ``force`` is not set, is being written by
        another run, or has unfinished work beside it and neither ``resume`` nor ``force`` is set.
    StoreError
        If the unfinished work belongs to something else, or is damaged and ``repair`` is not set.
    Stopped
        If ``stop`` said so; the chunks in flight have been finished.
    OSError
        If the disk is full or fails; finished chunks are kept.
    SelfTestError
        If the compiled code is stale or broken; nothing is created.
    ValueError
        If there is no such device.
    ModuleNotFoundError, NoCardError
        If there is no graphics card, or what it needs is missing; nothing is created.
    """
    started = time.monotonic()
    _check_mode(resume=resume, repair=repair, force=force)
    engine = engine_on(device) if engine is None else engine
    workers = local.thread_count(threads)
    part = None if shard is None else Shard.of(shard)
    portion = Portion.of(Mesh.of(spec_of(spec), engine.sizes), part)
    output_path = check_output(output, force=force, resume=resume)
    job = portion.job(engine.numerics(), threads=workers, group=engine.group)
    with OutputLock(output_path):
        check_output(output, force=force, resume=resume)  # another run may have come and gone
        if not force:
            check_ours(output_path)
        if resume and take_published(job, output_path):
            skipped, missed, size = portion.points, *_counted(output_path)
        else:
            compute_chunk = partial(compute, portion.mesh, evaluate=engine.evaluate)
            with _checkpoint(job, output_path, resume=resume, repair=repair) as checkpoint:
                skipped = sum(record.points for record in checkpoint.records.values())
                _compare_a_chunk(checkpoint, portion, compute_chunk)
                results_of = partial(executor, compute_chunk)
                _compute(checkpoint, portion, lambda c: results_of(c, workers), progress, stop)
                checkpoint.publish()
                missed = sum(record.missed for record in checkpoint.records.values())
                size = checkpoint.size
    seconds = time.monotonic() - started
    return Report(output_path.path, portion.points, missed, size, seconds, workers, skipped)


def _check_mode(*, resume: bool, repair: bool, force: bool) -> None:
    if resume and force:
        raise ValueError("resume continues unfinished work, force throws it away: give only one")
    if repair and not resume:
        raise ValueError("repair needs resume: it computes damaged parts of unfinished work again")


def _checkpoint(job: Job, output_path: OutputPath, *, resume: bool, repair: bool) -> Checkpoint:
    if resume:
        return Checkpoint.resume(job, output_path, repair=repair)
    if output_path.unfinished() and not output_path.force:
        raise OutputError(
            f"{output_path.path}: unfinished work lies beside it; continue it with --resume, "
            "throw it away and start again with --force, or choose another output with -o"
        )
    return Checkpoint.begin(job, output_path)


def _counted(output_path: OutputPath) -> tuple[int, int]:
    """Return how many values of a finished file missed their tolerance, and its length."""
    found = describe(output_path.path)
    return sum(counts["tolerance_missed"] for counts in found.status.values()), found.bytes


def _compare_a_chunk(
    checkpoint: Checkpoint, portion: Portion, compute_chunk: Callable[[Chunk], ChunkValues]
) -> None:
    """Compute a recorded chunk again: this machine must give the bits that were recorded."""
    if not checkpoint.records:
        return
    smallest = min(checkpoint.records.values(), key=lambda record: record.points)
    if compute_chunk(portion.chunks[smallest.chunk]).sha256 != smallest.sha256:
        raise StoreError(
            f"chunk {smallest.chunk} of the unfinished work has other bits when it is computed "
            "here; continue it on the kind of machine it was begun on, or start again with "
            "--force"
        )


def _compute(
    checkpoint: Checkpoint,
    portion: Portion,
    results_of: Callable[[Iterable[Chunk]], Results],
    progress: Progress | None,
    stop: Callable[[], bool] | None,
) -> None:
    """Compute and store what is missing, unless told to stop."""
    missing = [chunk for index, chunk in portion.chunks.items() if index not in checkpoint.records]
    wanted = takewhile(lambda _: stop is None or not stop(), missing)
    total = portion.points
    done = total - sum(chunk.points for chunk in missing)
    if progress is not None:
        progress(done, total)
    with closing(results_of(wanted)) as results:
        for chunk, found in results:
            record = Record(chunk.index, chunk.points, found.missed, found.sha256, 0.0)
            checkpoint.add(record, found.values)
            done += chunk.points
            if progress is not None:
                progress(done, total)
    if done < total:
        checkpoint.commit()
        raise Stopped(done, total)
