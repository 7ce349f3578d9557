"""What it costs that finished chunks are safe: the same chunks with a store and without."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from thermospin.bench.budget import BenchmarkError, Budget, seconds_of
from thermospin.bench.sweeps import mesh_spec
from thermospin.dataset import read
from thermospin.spec import SweepSpec
from thermospin.sweep import chunk_values, run_sweep, threads
from thermospin.sweep.chunks import Chunk, Mesh
from thermospin.sweep.engine import ENGINE, Engine
from thermospin.sweep.portion import Portion

MOST_SHARE = 0.05
"""Share of its wall time that a sweep of 1e7 points may spend on durability."""
WARM_UP = 100  # points


@dataclass(frozen=True)
class Round:
    """Wall times of the same chunks without a store and with one, in seconds."""

    bare: float
    stored: float

    @property
    def share(self) -> float:
        """Share of the stored run that is not computing; negative where noise is larger."""
        return 1.0 - self.bare / self.stored


def compare_stores(
    points: int, rounds: int, workers: int, folder: Path, engine: Engine = ENGINE
) -> list[Round]:
    """Time sweeps with a store and without, in turn, and compare the digests of their chunks.

    A stored sweep is all of ``run_sweep``: self-test, claim, digests, the file and its journal
    brought to the medium, the comparison at the end and the final name. Without a store the same
    threads compute the same chunks, whose values stay in memory.

    Parameters
    ----------
    points : int
        Number of points, about.
    rounds : int
        How often each is timed.
    workers : int
        Number of threads.
    folder : Path
        Where the file goes: the disk whose share is measured.
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
        first = number % 2 == 0  # whatever drifts shall favour neither
        stored = 0.0 if first else _stored(spec, output, workers, engine)
        bare, computed = _bare(spec, workers, engine)
        if first:
            stored = _stored(spec, output, workers, engine)
        _require_same(Mesh.of(spec, engine.sizes), output, computed)
        output.unlink()
        found.append(Round(bare, stored))
    return found


def share_of_durability(points: int, rounds: Iterable[Round]) -> Budget:
    """Return the median share beside its bound, in per cent."""
    figure = f"wall time spent on durability, a sweep of {points:.0e} points".replace("e+0", "e")
    share = median(each.share for each in rounds)
    return Budget(figure, 100.0 * share, 100.0 * MOST_SHARE, "%")


def _stored(spec: SweepSpec, output: Path, workers: int, engine: Engine) -> float:
    return seconds_of(lambda: run_sweep(spec, output, threads=workers, engine=engine))


def _bare(
    spec: SweepSpec, workers: int, engine: Engine
) -> tuple[float, list[tuple[Chunk, chunk_values.ChunkValues]]]:
    """Compute all chunks; their digests are part of what durability costs, and left out here."""
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
