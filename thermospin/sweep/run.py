"""Running a sweep: chunks are computed on threads and stored by the caller's thread alone."""

import os
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from thermospin.dataset import Partial, check_output
from thermospin.spec import SweepSpec
from thermospin.sweep.blocks import Block, compute
from thermospin.sweep.chunks import Chunk, Mesh
from thermospin.sweep.selftest import check_kernels
from thermospin.sweep.threads import computed, thread_count

Progress = Callable[[int, int], None]
"""Called after each chunk with the number of points done and of all points."""


@dataclass(frozen=True)
class Report:
    """What a sweep did.

    Attributes
    ----------
    path : Path
        The finished file.
    points : int
        Number of points.
    missed : int
        Number of points, and of junctions, that missed their tolerance.
    bytes : int
        Length of the file.
    seconds : float
        Wall time.
    threads : int
        Number of threads.
    """

    path: Path
    points: int
    missed: int
    bytes: int
    seconds: float
    threads: int


def run_sweep(
    spec: SweepSpec,
    output: str | os.PathLike[str],
    *,
    force: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """Compute a sweep and write it to an HDF5 file.

    Parameters
    ----------
    spec : SweepSpec
        What to compute.
    output : path
        The file; it appears under this name only when it is finished.
    force : bool
        Replace the file if it exists.
    threads : int, optional
        Number of threads; by default that of the SLURM task or the processors available. The
        values do not depend on it.
    progress : callable, optional
        Called with the number of points done and of all points after each chunk.

    Returns
    -------
    Report
        Number of points, how many missed their tolerance, file and time.

    Raises
    ------
    OutputError
        If the file cannot be written there, or exists and ``force`` is not set.
    OSError
        If the disk is full or fails; no file is left.
    SelfTestError
        If the compiled code is stale or broken; nothing is created.
    """
    started = time.monotonic()
    workers = thread_count(threads)
    target = check_output(output, force=force)
    fingerprint = check_kernels()
    mesh = Mesh.of(spec)
    done = missed = 0
    with (
        Partial(spec, target, workers, fingerprint) as file,
        closing(computed(partial(compute, mesh), mesh.chunks(), workers)) as results,
    ):
        for chunk, block in results:
            _store(file, mesh, chunk, block)
            done += chunk.junctions * chunk.bias_count
            missed += block.missed
            if progress is not None:
                progress(done, mesh.points)
        file.publish()
        size = file.size
    seconds = time.monotonic() - started
    return Report(target.path, mesh.points, missed, size, seconds, workers)


def _store(file: Partial, mesh: Mesh, chunk: Chunk, block: Block) -> None:
    for variables, biased in ((block.biased, True), (block.unbiased, False)):
        if not variables:
            continue
        runs = mesh.runs(chunk, biased=biased)
        for name, values in variables.items():
            position = 0
            for first, length in runs:
                file.write(name, first, values[position : position + length])
                position += length
