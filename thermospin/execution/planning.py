"""The plan of a sweep: its size, and the time it will take on this machine."""

import time
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset import file_size
from thermospin.execution.chunk_values import compute
from thermospin.execution.chunks import Mesh
from thermospin.execution.threads import thread_count
from thermospin.junction import Junction
from thermospin.observables import evaluate
from thermospin.spec import SweepSpec

_LONG_ENOUGH = 0.05  # seconds of a measurement that can be trusted
_MOST_CHUNKS = 100_000  # out of which some are timed
_SURELY_SHORT = 10_000_000  # points, or what costs as much: seconds as a rule, an hour at most
_BIAS_VALUES = 64  # of a sampled junction: enough to spread the cost of its gaps as a sweep does


@dataclass(frozen=True)
class Plan:
    """The size and the cost of a sweep.

    Attributes
    ----------
    points, junctions, chunks, chunk_points : int
        Numbers of points, of junctions, of chunks, and of points of the largest chunk.
    bytes : int
        Length of the file.
    seconds : float
        Estimated wall time with these threads.
    threads : int
        Number of threads.
    """

    points: int
    junctions: int
    chunks: int
    chunk_points: int
    bytes: int
    seconds: float
    threads: int


def plan(spec: SweepSpec, *, threads: int | None = None) -> Plan:
    """Estimate what a sweep takes, from a small random sample of its own points.

    Parameters
    ----------
    spec : SweepSpec
        What would be computed.
    threads : int, optional
        Number of threads; as for ``run_sweep``.

    Returns
    -------
    Plan
        Points, chunks, bytes and seconds.
    """
    workers = thread_count(threads)
    mesh = Mesh.of(spec)
    chunks, first = mesh.chunk_count(), next(mesh.chunks())  # no other is larger
    return Plan(
        points=mesh.points,
        junctions=mesh.junctions,
        chunks=chunks,
        chunk_points=first.points,
        bytes=file_size(spec),
        seconds=_cost(mesh) / min(workers, chunks),
        threads=workers,
    )


def estimated_seconds(spec: SweepSpec, threads: int) -> float:
    """Return the estimated wall time of a sweep; 0 if the sweep is certainly short.

    Once the kernels are compiled, estimating takes about a second.
    """
    mesh = Mesh.of(spec)
    return _cost(mesh) / threads if mesh.effort > _SURELY_SHORT else 0.0


def _cost(mesh: Mesh) -> float:
    """Return the estimated processor time of a sweep in seconds."""
    random = np.random.default_rng(0)  # the same sample each time
    seconds = 0.0
    if mesh.bias is not None:
        biased = mesh.spec.biased_outputs
        if mesh.family() > 1:
            return _cost_of_families(mesh, random)
        bias = _sample_bias(mesh.bias, mesh.mirrored, random)
        seconds += _seconds_per_junction(mesh, biased, bias, random) * mesh.bias_count / len(bias)
    if unbiased := mesh.spec.unbiased_outputs:
        seconds += _seconds_per_junction(mesh, unbiased, None, random)
    return seconds * mesh.junctions


def _cost_of_families(mesh: Mesh, random: np.random.Generator) -> float:
    """Return the cost of a sweep of families from the time of some chunks."""
    chunks = list(islice(mesh.chunks(), _MOST_CHUNKS))
    order = random.permutation(len(chunks))
    compute(mesh, chunks[order[-1]])  # compiles
    started = time.perf_counter()
    count, points, seconds = 0, 0, 0.0
    while seconds < _LONG_ENOUGH and count < len(chunks):
        chunk = chunks[order[count]]
        compute(mesh, chunk)
        seconds, count, points = time.perf_counter() - started, count + 1, points + chunk.points
    return seconds * mesh.points / points


def _seconds_per_junction(
    mesh: Mesh,
    outputs: tuple[str, ...],
    bias: NDArray[np.float64] | None,
    random: np.random.Generator,
) -> float:
    """Return the time a junction takes, from a sample that is large enough to be trusted."""
    count = 1
    while True:
        junctions = _sample_junctions(mesh, count, random)
        evaluate(outputs, bias, junctions, rtol=mesh.spec.rtol)  # compiles what these need
        started = time.perf_counter()
        evaluate(outputs, bias, junctions, rtol=mesh.spec.rtol)
        seconds = time.perf_counter() - started
        if seconds > _LONG_ENOUGH or count == mesh.junctions:
            return seconds / count
        count = min(4 * count, mesh.junctions)


def _sample_junctions(mesh: Mesh, count: int, random: np.random.Generator) -> Junction:
    axes = {name: values for name, values in mesh.spec.axes.items() if name != "V"}
    return mesh.junction_with({name: random.choice(axes[name], count) for name in axes})


def _sample_bias(
    bias: NDArray[np.float64], mirrored: bool, random: np.random.Generator
) -> NDArray[np.float64]:
    """Return some of the bias values, symmetric if all of them are."""
    chosen = np.unique(random.choice(bias, _BIAS_VALUES))
    return np.union1d(chosen, -chosen) if mirrored else chosen
