"""How the cost scales: ``python benchmarks/scaling.py``, two minutes; with ``--long`` some ten.

Wall time against the number of points, Γ, rtol and threads; nodes per point against error; overhead
per chunk against the number of chunks. Prints Markdown tables and draws docs/evidence/scaling.png;
the numbers lie beside it as JSON. All on the standing case, T_S = 0.7, Γ = 1e-4 and rtol 1e-8
unless they vary. The shortest of several times counts.
"""

import argparse
import json
import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nodes
import scheduler
from scaling_figure import draw
from whole_sweeps import mesh_spec

from thermospin.bench.budget import BenchmarkError
from thermospin.bench.standing_case import GAMMA
from thermospin.bench.tables import markdown
from thermospin.dataset import file_size
from thermospin.dataset.provenance import NumericalIdentity, collect
from thermospin.execution import code_digest, run_sweep, thread_count
from thermospin.execution.cut_sizes import CUT_SIZES
from thermospin.kernels.kinds import CURRENT

FIGURE = Path(__file__).parents[1] / "docs" / "evidence" / "scaling.png"
RTOL = 1e-8
SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
LONG_SIZE = 100_000_000
GAMMAS = tuple(10.0**-k for k in range(1, 9))
RTOLS = tuple(10.0**-k for k in range(4, 13))
THREADED = 1_000_000  # points of the sweep on several numbers of threads
CHUNKS = (100, 1_000, 10_000)
LONG_CHUNKS = 100_000
LARGE = (10**9, 10**10, 10**11, 10**12)
MOST_POINTS = 2 * 10**9  # of one spec
HOUR = 3600.0
LARGE_HEADS = (
    *("points", "specs", "chunks", "core hours", "TB"),
    *("shards of an hour", "GB each", "overhead"),
)


@dataclass(frozen=True)
class Sweep:
    """A timed sweep, its file included: points, threads and wall time in s."""

    points: int
    threads: int
    seconds: float


@dataclass(frozen=True)
class Point:
    """The time of a point (I_up and I_down) on one thread in µs, and the worst relative error."""

    gamma: float
    rtol: float
    microseconds: float
    error: float


def sweep(points: int, threads: int, repeats: int) -> Sweep:
    """Return the shortest time of a sweep that is repeated."""
    spec = mesh_spec(points)
    seconds = math.inf
    with TemporaryDirectory() as folder:
        for _ in range(repeats):
            started = time.perf_counter()
            report = run_sweep(spec, Path(folder) / "out.h5", threads=threads, force=True)
            seconds = min(seconds, time.perf_counter() - started)
            if report.missed:
                raise BenchmarkError(f"{report.missed} points missed their tolerance")
    return Sweep(spec.size, threads, seconds)


def by_size(sizes: Sequence[int]) -> list[Sweep]:
    """Return the times of sweeps of ever more points on all threads."""
    sweep(sizes[0], thread_count(), 1)  # loads the kernels
    return [sweep(n, thread_count(), 5 if n <= 100_000 else 3 if n <= 1e6 else 1) for n in sizes]


def by_threads() -> list[Sweep]:
    """Return the times of one sweep on 1, 2, 4, … threads."""
    counts = [2**k for k in range(thread_count().bit_length()) if 2**k <= thread_count()]
    return [sweep(THREADED, count, 3) for count in counts]


def point(gamma: float, rtol: float) -> Point:
    """Time the kernel on the 45 points of the standing case."""
    points = nodes.points(gamma, rtol)
    found = points.both_spins(CURRENT)
    seconds = math.inf
    for _ in range(15):
        started = time.perf_counter()
        for _ in range(20):
            points.both_spins(CURRENT)
        seconds = min(seconds, time.perf_counter() - started)
    microseconds = 1e6 * seconds / (20 * points.voltage.size)
    return Point(gamma, rtol, microseconds, nodes.worst_error(found, gamma))


def measure(long: bool) -> dict[str, Any]:
    """Measure everything; return values that JSON can hold. ``long`` adds the largest sizes."""
    sizes = (*SIZES, LONG_SIZE) if long else SIZES
    chunks = (*CHUNKS, LONG_CHUNKS) if long else CHUNKS
    parts: dict[str, Callable[[], list[Any]]] = {
        "points": lambda: by_size(sizes),
        "threads": by_threads,
        "gamma": lambda: [point(gamma, RTOL) for gamma in GAMMAS],
        "rtol": lambda: [point(GAMMA, rtol) for rtol in RTOLS],
        "nodes": nodes.measure,
        "scheduler": lambda: scheduler.measure(chunks),
    }
    provenance = collect(thread_count(), NumericalIdentity(code_digest(), ""))
    kept = ("cpu", "cpu_count", "system", "versions", "commit", "started")
    results: dict[str, Any] = {"machine": {name: provenance[name] for name in kept}}
    results["machine"]["load_average"] = round(os.getloadavg()[0], 2)
    return results | {name: [asdict(row) for row in part()] for name, part in parts.items()}


def _cost(results: dict[str, Any]) -> float:
    """Return the time of a point on one thread, in s, in the largest sweep."""
    largest = max(results["points"], key=lambda row: row["points"])
    return float(largest["seconds"] * largest["threads"] / largest["points"])


def dask_limit(results: dict[str, Any]) -> str:
    """Return in words how many threads one client of dask can keep busy; nothing without dask."""
    found = [row for row in results["scheduler"] if row["what"].startswith("dask")]
    if not found:
        return ""
    seconds = 1e-6 * found[0]["microseconds"]
    chunk = CUT_SIZES.largest * _cost(results)
    busy = chunk / seconds
    return (
        f"A chunk of {CUT_SIZES.largest} points takes {chunk:.2g} s. "
        "One client of dask takes in a chunk "
        f"every {1e3 * seconds:.2g} ms here, so that it can keep about {busy:.0f} threads busy."
    )


def extrapolated(results: dict[str, Any]) -> list[list[str]]:
    """Return the lines of a table that extrapolates the measured times to large sweeps."""
    cost = _cost(results)
    ways = results["scheduler"]
    run = next(row for row in reversed(ways) if row["what"].startswith("run"))
    cut = next(row for row in ways if row["what"].startswith("list"))
    bytes_a_point = file_size(mesh_spec(1_000_000, outputs="I_q")) / 1e6
    lines = []
    for points in LARGE:
        specs = math.ceil(points / MOST_POINTS)
        chunks = math.ceil(points / CUT_SIZES.largest)
        hours = points * cost / HOUR
        shards = max(specs, math.ceil(hours))
        overhead = 1e-6 * (run["microseconds"] + cut["microseconds"] * shards / specs)
        lines.append(
            [
                f"{points:.0e}",
                str(specs),
                f"{chunks:.1e}",
                f"{hours:.3g}",
                f"{bytes_a_point * points / 1e12:.3g}",
                str(shards),
                f"{1e-9 * bytes_a_point * points / shards:.2g}",
                f"{overhead / (CUT_SIZES.largest * cost):.1%}",
            ]
        )
    return lines


def tables(results: dict[str, Any]) -> str:
    """Return the results as Markdown tables."""
    return "\n\n".join(
        (
            _size_table(results["points"]),
            _thread_table(results["threads"]),
            _kernel_table(results["gamma"], "gamma", "Γ"),
            _kernel_table(results["rtol"], "rtol", "rtol"),
            nodes.table([nodes.Row(**row) for row in results["nodes"]]),
            scheduler.table([scheduler.Row(**row) for row in results["scheduler"]]),
            markdown(LARGE_HEADS, extrapolated(results)),
            dask_limit(results),
        )
    )


def _size_table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the table of sweeps of ever more points."""
    lines = [
        [
            f"{row['points']:_}".replace("_", " "),
            str(row["threads"]),
            f"{row['seconds']:.3g}",
            f"{1e6 * row['seconds'] / row['points']:.3g}",
        ]
        for row in rows
    ]
    return markdown(["points", "threads", "wall time s", "µs a point"], lines)


def _thread_table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the table of one sweep on ever more threads."""
    one = rows[0]["seconds"]
    lines = [
        [str(row["threads"]), f"{row['seconds']:.3g}", f"{one / row['seconds']:.3g}"]
        for row in rows
    ]
    return markdown(["threads", "wall time s", "gain"], lines)


def _kernel_table(rows: Sequence[dict[str, Any]], name: str, label: str) -> str:
    """Return the table of a point's time and error against the parameter ``name``."""
    lines = [
        [f"{row[name]:.0e}", f"{row['microseconds']:.3g}", f"{row['error']:.0e}"] for row in rows
    ]
    return markdown([label, "µs a point", "error of I_σ"], lines)


def main() -> None:
    """Measure, print the tables and draw the figure."""
    parser = argparse.ArgumentParser(description="Measure how the cost scales.")
    parser.add_argument("--long", action="store_true", help="1e8 points and 1e5 chunks, too")
    parser.add_argument("-o", "--output", type=Path, default=FIGURE, help="the picture")
    parser.add_argument("--again", action="store_true", help="draw and print what was measured")
    arguments = parser.parse_args()
    numbers = arguments.output.with_suffix(".json")
    if arguments.again:
        results = json.loads(numbers.read_text(encoding="utf-8"))
    else:
        results = measure(arguments.long)
        numbers.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    draw(results, arguments.output)
    print(tables(results))


if __name__ == "__main__":
    main()
