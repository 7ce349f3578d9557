"""Running a sweep: chunks are computed by others and stored by the caller's thread alone."""

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
    OutputError,
    OutputLock,
    OutputPath,
    Record,
    StoreError,
    Work,
    check_ours,
    check_output,
    describe,
    take_published,
)
from thermospin.spec import SweepSpec
from thermospin.sweep import threads as local
from thermospin.sweep.chunk_values import ChunkValues, compute
from thermospin.sweep.chunks import Chunk, Mesh
from thermospin.sweep.numerics import numerics_here
from thermospin.sweep.portion import Portion, Shard

Progress = Callable[[int, int], None]
"""Called with the number of points done and of all points: at the start and after each chunk."""

Results = Generator[tuple[Chunk, ChunkValues], None, None]
Executor = Callable[[Callable[[Chunk], ChunkValues], Iterable[Chunk], int], Results]
"""What computes: takes the function, the chunks and a number of workers; yields chunks with their
values, in any order; draws no more chunks than it has in flight."""


@dataclass(frozen=True)
class Report:
    """What a sweep did.

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


class Stopped(Exception):  # noqa: N818 - not an error: it was asked for
    """A sweep was stopped before its end; what was computed is safe and can be continued."""

    def __init__(self, done: int, points: int) -> None:
        """Take the numbers of points that are done and of all."""
        super().__init__(f"stopped with {done:,} of {points:,} points done")
        self.done, self.points = done, points


def run_sweep(
    spec: SweepSpec,
    output: str | os.PathLike[str],
    *,
    resume: bool = False,
    repair: bool = False,
    force: bool = False,
    threads: int | None = None,
    shard: str | None = None,
    executor: Executor = local.computed,
    progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
) -> Report:
    """Compute a sweep and write it to an HDF5 file.

    Parameters
    ----------
    spec : SweepSpec
        What to compute.
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
    """
    started = time.monotonic()
    _check_mode(resume=resume, repair=repair, force=force)
    workers = local.thread_count(threads)
    portion = Portion.of(Mesh.of(spec), None if shard is None else Shard.of(shard))
    target = check_output(output, force=force, resume=resume)
    work = portion.work(workers, numerics_here())
    with OutputLock(target):
        check_output(output, force=force, resume=resume)  # another run may have come and gone
        if not force:
            check_ours(target)
        if resume and take_published(work, target):
            skipped, missed, size = portion.points, *_counted(target)
        else:
            with _store(work, target, resume=resume, repair=repair) as store:
                skipped = sum(record.points for record in store.records.values())
                _compare_a_chunk(store, portion)
                _compute(store, portion, executor, workers, progress, stop)
                store.publish()
                missed = sum(record.missed for record in store.records.values())
                size = store.size
    seconds = time.monotonic() - started
    return Report(target.path, portion.points, missed, size, seconds, workers, skipped)


def _check_mode(*, resume: bool, repair: bool, force: bool) -> None:
    if resume and force:
        raise ValueError("resume continues unfinished work, force throws it away: give only one")
    if repair and not resume:
        raise ValueError("repair needs resume: it computes damaged parts of unfinished work again")


def _store(work: Work, target: OutputPath, *, resume: bool, repair: bool) -> Checkpoint:
    if resume:
        return Checkpoint.resume(work, target, repair=repair)
    if target.unfinished() and not target.force:
        raise OutputError(
            f"{target.path}: unfinished work lies beside it; continue it with --resume, throw it "
            "away and start again with --force, or choose another output with -o"
        )
    return Checkpoint.begin(work, target)


def _counted(target: OutputPath) -> tuple[int, int]:
    """Return how many values of a finished file missed their tolerance, and its length."""
    found = describe(target.path)
    return sum(counts["tolerance_missed"] for counts in found.status.values()), found.bytes


def _compare_a_chunk(store: Checkpoint, portion: Portion) -> None:
    """Compute a chunk again that is there: this machine must give the same bits."""
    if not store.records:
        return
    smallest = min(store.records.values(), key=lambda record: record.points)
    block = compute(portion.mesh, portion.chunks[smallest.chunk])
    if block.sha256 != smallest.sha256:
        raise StoreError(
            f"chunk {smallest.chunk} of the unfinished work has other bits when it is computed "
            "here; continue it on the kind of machine it was begun on, or start again with "
            "--force"
        )


def _compute(
    store: Checkpoint,
    portion: Portion,
    executor: Executor,
    workers: int,
    progress: Progress | None,
    stop: Callable[[], bool] | None,
) -> None:
    """Compute and store what is missing, unless told to stop."""
    missing = [chunk for index, chunk in portion.chunks.items() if index not in store.records]
    wanted = takewhile(lambda _: stop is None or not stop(), missing)
    total = portion.points
    done = total - sum(chunk.points for chunk in missing)
    if progress is not None:
        progress(done, total)
    with closing(executor(partial(compute, portion.mesh), wanted, workers)) as results:
        for chunk, block in results:
            record = Record(chunk.index, chunk.points, block.missed, block.sha256, 0.0)
            store.add(record, block.values)
            done += chunk.points
            if progress is not None:
                progress(done, total)
    if done < total:
        store.commit()
        raise Stopped(done, total)
