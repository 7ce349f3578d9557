"""Computing the values of a chunk, in the order in which they lie in the file."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset import STATUS_NAMES, is_biased
from thermospin.execution.chunks import Chunk, Mesh
from thermospin.observables import Evaluation, evaluate
from thermospin.quantities import STATUS

Evaluate = Callable[..., Evaluation]
"""Computes outputs of junctions, as `thermospin.observables.evaluate` does."""


@dataclass(frozen=True)
class ChunkValues:
    """The values of a chunk.

    Attributes
    ----------
    values : dict
        A flat array for each variable of the chunk, in the order of these.
    missed : int
        Number of points and junctions that missed their tolerance.
    sha256 : str
        Digest of the bytes of all values, made where they were computed.
    """

    values: dict[str, NDArray[Any]]
    missed: int
    sha256: str


def compute(mesh: Mesh, chunk: Chunk, evaluate: Evaluate = evaluate) -> ChunkValues:
    """Evaluate the outputs of a sweep on one chunk.

    Parameters
    ----------
    mesh : Mesh
        The mesh of the sweep.
    chunk : Chunk
        The part to compute.
    evaluate : callable
        Computes outputs of junctions; by default `thermospin.observables.evaluate`.

    Returns
    -------
    ChunkValues
        Its values, reduced units.
    """
    outputs = [name for name in chunk.variables if name not in STATUS_NAMES]
    found = evaluate(outputs, mesh.bias_of(chunk), mesh.junction(chunk), rtol=mesh.spec.rtol)
    status = dict(zip(STATUS_NAMES, (found.status, found.junction_status), strict=True))
    computed = {**found.values, **status}

    # Rows are junctions; in the file the bias stands between the axes before and after it.
    shape = (len(chunk.before), len(chunk.after), chunk.bias_count)
    values = {}
    for name in chunk.variables:
        array = np.asarray(computed[name])
        if is_biased(name):
            array = array.reshape(shape).transpose(0, 2, 1)
        values[name] = _as_stored(name, array)
    return ChunkValues(values, missed_in(values), digest_of(values))


def _as_stored(name: str, array: NDArray[Any]) -> NDArray[Any]:
    dtype = "|i1" if name in STATUS_NAMES else "<f8"
    return np.ascontiguousarray(array, dtype=dtype).reshape(-1)


def missed_in(values: Mapping[str, NDArray[Any]]) -> int:
    """Return the number of points and junctions that missed their tolerance."""
    found = (values.get(name) for name in STATUS_NAMES)
    flag = STATUS["tolerance_missed"]
    return sum(int(np.count_nonzero(status == flag)) for status in found if status is not None)


def digest_of(values: Mapping[str, NDArray[Any]]) -> str:
    """Return the SHA-256 of the bytes of all values, one variable after the other."""
    digest = hashlib.sha256()
    for array in values.values():
        digest.update(array.data)
    return digest.hexdigest()
