"""What a sweep will take, found out before it is run."""

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset import biased_outputs, file_size, unbiased_outputs
from thermospin.junction import Junction
from thermospin.observables import evaluate
from thermospin.spec import SweepSpec
from thermospin.sweep.blocks import compute
from thermospin.sweep.chunks import Mesh
from thermospin.sweep.threads import thread_count

_LONG_ENOUGH = 0.05  # seconds of a measurement that can be trusted
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
    sizes = [chunk.junctions * chunk.bias_count for chunk in mesh.chunks()]
    return Plan(
        points=mesh.points,
        junctions=mesh.junctions,
        chunks=len(sizes),
        chunk_points=max(sizes),
        bytes=file_size(spec),
        seconds=_cost(mesh) / min(workers, len(sizes)),
        threads=workers,
    )


def _cost(mesh: Mesh) -> float:
    """Return the estimated processor time of a sweep in seconds."""
    random = np.random.default_rng(0)  # the same sample each time
    seconds = 0.0
    if mesh.bias is not None:
        biased = biased_outputs(mesh.spec)
        if mesh.family() > 1:
            return _cost_of_families(mesh, random)
        bias = _sample_bias(mesh.bias, mesh.mirrored, random)
        seconds += _seconds_per_junction(mesh, biased, bias, random) * mesh.bias_count / len(bias)
    if unbiased := unbiased_outputs(mesh.spec):
        seconds += _seconds_per_junction(mesh, unbiased, None, random)
    return seconds * mesh.junctions


def _cost_of_families(mesh: Mesh, random: np.random.Generator) -> float:
    """Time chunks, since points are cheaper together."""
    chunks = list(mesh.chunks())
    order = random.permutation(len(chunks))
    compute(mesh, chunks[order[-1]])  # compiles
    started = time.perf_counter()
    count, seconds = 0, 0.0
    while seconds < _LONG_ENOUGH and count < len(chunks):
        compute(mesh, chunks[order[count]])
        seconds, count = time.perf_counter() - started, count + 1
    return seconds * len(chunks) / count


def _seconds_per_junction(
    mesh: Mesh,
    outputs: tuple[str, ...],
    bias: NDArray[np.float64] | None,
    random: np.random.Generator,
) -> float:
    """Time ever larger samples until one takes long enough to be trusted."""
    evaluate(outputs, bias, _sample_junctions(mesh, 1, random), rtol=mesh.spec.rtol)  # compiles
    count = 1
    while True:
        junctions = _sample_junctions(mesh, count, random)
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
