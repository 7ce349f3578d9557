"""What durability costs: ``python benchmarks/durability.py [POINTS] [--folder DIR] [--json FILE]``.

The same chunks are computed by the same threads, in turn with a file that is brought to the disk
and without one: 1e7 points by default (minutes, and a file of 170 MB in the folder, which should
lie on a disk and not in memory). The digests of all chunks must be equal. Prints Markdown.
"""

import argparse
import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import numpy as np
from measuring import seconds_of
from numpy.typing import NDArray
from whole_sweeps import mesh_spec, power_of_ten

from thermospin.bench.budget import BenchmarkError, Budget
from thermospin.bench.headline import circumstances
from thermospin.bench.tables import figure_table, heading, markdown
from thermospin.dataset import read
from thermospin.execution import chunk_values, run_sweep, thread_count, threads
from thermospin.execution.chunks import Chunk, Mesh
from thermospin.execution.engine import ENGINE, Engine
from thermospin.execution.portion import Portion
from thermospin.spec import SweepSpec

MOST_SHARE = 0.05
"""Share of its wall time that a sweep of 1e7 points may spend on durability."""
WARM_UP = 100  # points


@dataclass(frozen=True)
class Round:
    """Wall times of the same chunks without a file and with one, in seconds."""

    bare: float
    stored: float

    @property
    def share(self) -> float:
        """Share of the run with a file that is not computing; negative where noise is larger."""
        return 1.0 - self.bare / self.stored


def compare_stores(
    points: int, rounds: int, workers: int, folder: Path, engine: Engine = ENGINE
) -> list[Round]:
    """Time sweeps with a file and without, in turn, and compare the digests of their chunks.

    A sweep with a file is all of `run_sweep`: self-test, lock, digests, the file and its journal
    brought to the disk, the comparison at the end and the final name. Without a file the same
    threads compute the same chunks, whose values stay in memory.

    Parameters
    ----------
    points : int
        Number of points of the sweep, about.
    rounds : int
        How often each kind is timed.
    workers : int
        Number of threads.
    folder : Path
        The folder of the file, on the disk whose cost is measured.
    engine : Engine
        What computes the sweep.

    Raises
    ------
    BenchmarkError
        If a chunk has other bits in the file than in memory.
    """
    spec = mesh_spec(points)
    output = folder / "overhead.h5"
    _bare(mesh_spec(WARM_UP), workers, engine)  # loads the kernels
    found = []
    for number in range(rounds):
        first = number % 2 == 0  # alternate, so that a drift of the machine favours neither
        stored = 0.0 if first else _stored(spec, output, workers, engine)
        bare, computed = _bare(spec, workers, engine)
        if first:
            stored = _stored(spec, output, workers, engine)
        _require_same(Mesh.of(spec, engine.sizes), output, computed)
        output.unlink()
        found.append(Round(bare, stored))
    return found


def share_of_durability(points: int, rounds: Iterable[Round]) -> Budget:
    """Return the median share of durability over the rounds beside its bound, in per cent."""
    figure = f"wall time spent on durability, a sweep of {power_of_ten(points)} points"
    share = median(each.share for each in rounds)
    return Budget(figure, 100.0 * share, 100.0 * MOST_SHARE, "%")


def _stored(spec: SweepSpec, output: Path, workers: int, engine: Engine) -> float:
    return seconds_of(lambda: run_sweep(spec, output, threads=workers, engine=engine))


def _bare(
    spec: SweepSpec, workers: int, engine: Engine
) -> tuple[float, list[tuple[Chunk, chunk_values.ChunkValues]]]:
    """Return the wall time of all chunks without a file, and their values.

    Digests of the chunks are left out: they are part of the cost of durability.
    """
    mesh = Mesh.of(spec, engine.sizes)
    with patch.object(chunk_values, "digest_of", lambda _: ""):
        started = time.perf_counter()
        found = list(
            threads.computed(
                partial(chunk_values.compute, mesh, evaluate=engine.evaluate),
                mesh.chunks(),
                workers,
            )
        )
        return time.perf_counter() - started, found


def _require_same(
    mesh: Mesh, output: Path, computed: Iterable[tuple[Chunk, chunk_values.ChunkValues]]
) -> None:
    contents = read(output)
    stored: dict[str, NDArray[Any]] = {**contents.outputs, **contents.status}
    stored = {name: array.reshape(-1) for name, array in stored.items()}
    portion = Portion.of(mesh)
    for chunk, block in computed:
        parts: dict[str, list[NDArray[Any]]] = {name: [] for name in block.values}
        for place in portion.places(chunk.index):
            parts[place.name].append(stored[place.name][place.first : place.first + place.length])
        in_file = {name: np.concatenate(arrays) for name, arrays in parts.items()}
        if chunk_values.digest_of(in_file) != chunk_values.digest_of(block.values):
            raise BenchmarkError(f"chunk {chunk.index} has other bits in the file than in memory")


def main() -> None:
    """Measure the cost of durability and print it."""
    parser = argparse.ArgumentParser(description="Measure what durability costs.")
    parser.add_argument("points", type=int, nargs="?", default=10_000_000)
    parser.add_argument("--rounds", type=int, default=4, help="of both kinds")
    parser.add_argument("--threads", type=int, help="by default as for a run")
    parser.add_argument("--folder", type=Path, help="where the file goes, by default a temporary")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there, too")
    arguments = parser.parse_args()
    workers = thread_count(arguments.threads)
    found = circumstances()
    with TemporaryDirectory(dir=arguments.folder) as folder:
        rounds = compare_stores(arguments.points, arguments.rounds, workers, Path(folder))
    figure = share_of_durability(arguments.points, rounds)
    lines = [
        (f"{number}", f"{each.bare:.3f}", f"{each.stored:.3f}", f"{100 * each.share:.2f}")
        for number, each in enumerate(rounds, start=1)
    ]
    tables = (
        f"{heading(found)}; {workers} threads",
        markdown(("round", "without a file, s", "with a file, s", "share, %"), lines),
        figure_table([figure.as_dict()]),
    )
    print("\n\n".join(tables))
    if arguments.json is not None:
        found |= {"threads": workers, "rounds": [asdict(each) for each in rounds]}
        found["figures"] = [figure.as_dict()]
        arguments.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
