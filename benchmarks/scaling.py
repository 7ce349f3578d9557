"""How the cost scales: ``python benchmarks/scaling.py``, two minutes; with ``--long`` some ten.

Wall time against the number of points, Γ, rtol and threads; nodes per point against error; overhead
per chunk against the number of chunks. Prints Markdown tables and draws docs/figures/scaling.png;
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
import numpy as np
import scheduler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from whole_sweeps import mesh_spec

from thermospin.bench.budget import BenchmarkError
from thermospin.bench.standing_case import GAMMA
from thermospin.bench.tables import markdown
from thermospin.dataset import file_size
from thermospin.dataset.provenance import NumericalIdentity, collect
from thermospin.figures.style import COLUMN, style
from thermospin.kernels.tunnelling import CURRENT
from thermospin.sweep import code_digest, run_sweep, thread_count
from thermospin.sweep.cut_sizes import CUT_SIZES

FIGURE = Path(__file__).parents[1] / "docs" / "figures" / "scaling.png"
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


@dataclass(frozen=True)
class Sweep:
    """A sweep, file included: points, threads and wall time in s."""

    points: int
    threads: int
    seconds: float


@dataclass(frozen=True)
class Point:
    """A point, which is I_up and I_down: µs on one thread and the worst relative error."""

    gamma: float
    rtol: float
    microseconds: float
    error: float


def sweep(points: int, threads: int, repeats: int) -> Sweep:
    """Time a sweep, the shortest of some times."""
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
    """Return sweeps of ever more points on all threads."""
    sweep(sizes[0], thread_count(), 1)  # loads the kernels
    return [sweep(n, thread_count(), 5 if n <= 100_000 else 3 if n <= 1e6 else 1) for n in sizes]


def by_threads() -> list[Sweep]:
    """Return the same sweep on 1, 2, 4, … threads."""
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
    """Measure everything; what JSON can hold."""
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
    """Return the seconds that a point takes one thread, in the largest sweep."""
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
    """Return what large sweeps take, on paper, from what was measured on this machine."""
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
    one = results["threads"][0]["seconds"]
    return "\n\n".join(
        (
            markdown(
                ["points", "threads", "wall time s", "µs a point"],
                [
                    [
                        f"{row['points']:_}".replace("_", " "),
                        str(row["threads"]),
                        f"{row['seconds']:.3g}",
                        f"{1e6 * row['seconds'] / row['points']:.3g}",
                    ]
                    for row in results["points"]
                ],
            ),
            markdown(
                ["threads", "wall time s", "gain"],
                [
                    [str(row["threads"]), f"{row['seconds']:.3g}", f"{one / row['seconds']:.3g}"]
                    for row in results["threads"]
                ],
            ),
            *(
                markdown(
                    [label, "µs a point", "error of I_σ"],
                    [
                        [f"{row[name]:.0e}", f"{row['microseconds']:.3g}", f"{row['error']:.0e}"]
                        for row in results[name]
                    ],
                )
                for name, label in (("gamma", "Γ"), ("rtol", "rtol"))
            ),
            nodes.table([nodes.Row(**row) for row in results["nodes"]]),
            scheduler.table([scheduler.Row(**row) for row in results["scheduler"]]),
            markdown(
                [
                    "points",
                    "specs",
                    "chunks",
                    "core hours",
                    "TB",
                    "shards of an hour",
                    "GB each",
                    "overhead",
                ],
                extrapolated(results),
            ),
            dask_limit(results),
        )
    )


def draw(results: dict[str, Any], path: Path) -> None:
    """Draw all of it as one figure of two columns' width."""
    with style():
        figure = Figure(figsize=(2 * COLUMN, 4.2), layout="constrained")
        panels = figure.subplots(2, 3).ravel()
        _draw_points(panels[0], results["points"])
        _draw_threads(panels[1], results["threads"])
        _draw_chunks(panels[2], results["scheduler"])
        _draw_kernel(panels[3], results["gamma"], "gamma", "Γ (Δ$_0$)")
        _draw_kernel(panels[4], results["rtol"], "rtol", "rtol")
        _draw_nodes(panels[5], results["nodes"])
        for letter, axes in zip("abcdef", panels, strict=True):
            axes.set_title(f"({letter})", loc="left")
        figure.savefig(path)


def _draw_points(axes: Axes, rows: Sequence[dict[str, Any]]) -> None:
    points, seconds = (np.array([row[name] for row in rows]) for name in ("points", "seconds"))
    axes.loglog(points, seconds, "o-")
    axes.loglog(points, seconds[-1] * points / points[-1], "--", color="0.6", zorder=0)
    axes.annotate(
        f"{1e6 * seconds[-1] / points[-1]:.2g} µs a point",
        (0.95, 0.05),
        xycoords="axes fraction",
        ha="right",
    )
    axes.set(xlabel="points", ylabel=f"wall time (s), {rows[0]['threads']} threads")


def _draw_threads(axes: Axes, rows: Sequence[dict[str, Any]]) -> None:
    count = [row["threads"] for row in rows]
    axes.plot(count, [rows[0]["seconds"] / row["seconds"] for row in rows], "o-")
    axes.plot(count, count, "--", color="0.6", zorder=0)
    axes.minorticks_off()
    axes.set(xlabel="threads", ylabel="gain", xticks=count, ylim=(0, 1.1 * count[-1]))


def _draw_chunks(axes: Axes, rows: Sequence[dict[str, Any]]) -> None:
    mine = [row for row in rows if row["what"].startswith("run")]
    count = [row["chunks"] for row in mine]
    for name, label, form in (
        ("microseconds", "wall", "o-"),
        ("processor", "processor", "s:"),
    ):
        axes.semilogx(count, [row[name] for row in mine], form, label=label)
    axes.legend(title="no physics", loc="lower left")
    top = 1.1 * max(row["microseconds"] for row in mine)
    axes.set(xlabel="chunks", ylabel="overhead a chunk (µs)", ylim=(0, top))


def _draw_kernel(axes: Axes, rows: Sequence[dict[str, Any]], name: str, label: str) -> None:
    microseconds = [row["microseconds"] for row in rows]
    axes.semilogx([row[name] for row in rows], microseconds, "o-")
    top = 1.1 * max(microseconds)
    axes.set(xlabel=label, ylabel="µs a point, one thread", ylim=(0, top))


def _draw_nodes(axes: Axes, rows: Sequence[dict[str, Any]]) -> None:
    for gamma in dict.fromkeys(row["gamma"] for row in rows):
        mine = [row for row in rows if row["gamma"] == gamma]
        label = f"$10^{{{math.log10(gamma):.0f}}}$"
        axes.semilogx([r["error"] for r in mine], [r["nodes"] for r in mine], "o-", label=label)
    axes.legend(title="Γ (Δ$_0$)", ncols=2)
    top = 1.1 * max(row["nodes"] for row in rows)
    axes.set(xlabel="worst error of $I_σ$, relative", ylabel="nodes a point", ylim=(0, top))


def main() -> None:
    """Measure, print and draw."""
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
