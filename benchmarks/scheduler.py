"""What the engine around the kernels costs per chunk: ``python benchmarks/scheduler.py``.

Sweeps run with the usual threads, files, journal and fsync, but a stand-in for the physics returns
at once, and chunks have 64 points, so that 1e5 chunks take a minute and 60 MB. Then such sweeps run
in shards that are merged, and chunks of the usual size go through a local dask cluster.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from thermospin.bench.tables import markdown
from thermospin.execution import CutSizes, Engine, merge, run_sweep
from thermospin.execution.chunks import Mesh
from thermospin.execution.cluster import connected
from thermospin.execution.cut_sizes import CUT_SIZES
from thermospin.execution.portion import Portion
from thermospin.execution.schedulers import ClusterError
from thermospin.observables import Evaluation
from thermospin.spec import SweepSpec, parse_spec

COUNTS = (100, 1_000, 10_000, 100_000)
SMALL = 64  # points of a chunk
SHARDS = 10
TASKS = 500
THREADS = 2


@dataclass(frozen=True)
class Row:
    """Wall time and processor time of this process per chunk, in µs, over a number of chunks."""

    what: str
    chunks: int
    microseconds: float
    processor: float


def timed(what: str, chunks: int, work: Callable[[], Any]) -> Row:
    """Time a call that handles some number of chunks, and return the row."""
    started, used = time.perf_counter(), time.process_time()
    work()
    seconds, used = time.perf_counter() - started, time.process_time() - used
    return Row(what, chunks, 1e6 * seconds / chunks, 1e6 * used / chunks)


def spec_of(count: int) -> SweepSpec:
    """Return the spec of a sweep of ``count`` small chunks, one for each exchange field."""
    text = f"""
fixed: {{T_S: 0.7}}
axes:
  h_exc: {{start: 0, stop: 0.6, num: {count}}}
  V: {{start: 0.01, stop: 2.5, num: {SMALL}}}
outputs: [I_q]
"""
    return parse_spec(text, "scheduler.yaml")


def _at_once(outputs: Sequence[str], V: Any, junction: Any, *, rtol: float) -> Evaluation:  # noqa: ARG001
    shape = (*junction.shape, len(V))
    return Evaluation({name: np.zeros(shape) for name in outputs}, np.zeros(shape, "i1"), None)


STUBBED = Engine(evaluate=_at_once, sizes=CutSizes(largest=SMALL, smallest=SMALL))
"""Chunks are small and computed at once."""


def threads(counts: Sequence[int]) -> list[Row]:
    """Return a row for each number of chunks on threads of this process."""
    rows = []
    for count in (100, *counts):  # the first time the kernels are loaded for the self-test
        spec = spec_of(count)
        with TemporaryDirectory() as folder:
            out = Path(folder) / "out.h5"
            run = partial(run_sweep, spec, out, threads=THREADS, engine=STUBBED)
            rows.append(timed("run: threads, file, journal, fsync", count, run))
    return rows[1:]


def shards(count: int) -> list[Row]:
    """Return rows for finding out what the chunks are, and for putting shards together."""
    mesh = Mesh.of(spec_of(count), STUBBED.sizes)
    with TemporaryDirectory() as folder:
        cut = timed("list the chunks, once a run or shard", count, lambda: Portion.of(mesh))
        paths = [Path(folder) / f"{i}.h5" for i in range(1, SHARDS + 1)]
        for i, path in enumerate(paths, 1):
            run_sweep(mesh.spec, path, threads=THREADS, shard=f"{i}/{SHARDS}", engine=STUBBED)
        join = partial(merge, Path(folder) / "all.h5", paths, engine=STUBBED)
        return [cut, timed(f"merge of {SHARDS} shards", count, join)]


def dask(count: int) -> list[Row]:
    """Return a row for chunks of the usual size through dask; none if dask is not installed."""
    try:
        with connected("local", THREADS) as cluster:
            results = cluster.computed(np.zeros, [CUT_SIZES.largest] * (count + 1))
            next(results)  # the first waits for the workers
            what = "dask, 2 workers here, half a megabyte a chunk"
            return [timed(what, count, lambda: [None for _ in results])]
    except ClusterError:
        return []


def measure(counts: Sequence[int] = COUNTS) -> list[Row]:
    """Return all rows."""
    return [*threads(counts), *shards(max(c for c in counts if c <= 10_000)), *dask(TASKS)]


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [
        [
            row.what,
            f"{row.chunks:_}".replace("_", " "),
            f"{row.microseconds:.0f}",
            f"{row.processor:.0f}",
        ]
        for row in rows
    ]
    return markdown(["overhead", "chunks", "µs a chunk", "of the processor"], lines)


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description="Measure the overhead per chunk.")
    parser.add_argument("counts", type=int, nargs="*", default=COUNTS, help="numbers of chunks")
    print(table(measure(parser.parse_args().counts)))


if __name__ == "__main__":
    main()
