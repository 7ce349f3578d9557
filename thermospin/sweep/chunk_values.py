"""The values of a chunk, in the order in which they lie in the file."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset import biased_outputs, unbiased_outputs
from thermospin.observables import evaluate
from thermospin.quantities import STATUS
from thermospin.spec import SweepSpec
from thermospin.sweep.chunks import Chunk, Mesh


@dataclass(frozen=True)
class ChunkValues:
    """The values of a chunk.

    Attributes
    ----------
    values : dict
        A flat array for each of `variables_of`, in that order.
    missed : int
        Number of points and junctions that missed their tolerance.
    sha256 : str
        Digest of the bytes of all values, made where they were computed.
    """

    values: dict[str, NDArray[Any]]
    missed: int
    sha256: str


def variables_of(spec: SweepSpec, chunk: Chunk) -> dict[str, bool]:
    """Return the variables that a chunk has values of, and whether each depends on V."""
    unbiased = unbiased_outputs(spec) if chunk.with_junctions else ()
    found: dict[str, bool] = {}
    for names, status, biased in (
        (biased_outputs(spec), "status", True),
        (unbiased, "junction_status", False),
    ):
        if names:
            found |= dict.fromkeys((*names, status), biased)
    return found


def compute(mesh: Mesh, chunk: Chunk) -> ChunkValues:
    """Evaluate the outputs of a sweep on one chunk.

    Parameters
    ----------
    mesh : Mesh
        The mesh of the sweep.
    chunk : Chunk
        The part to compute.

    Returns
    -------
    ChunkValues
        Its values, reduced units.
    """
    names = variables_of(mesh.spec, chunk)
    outputs = [name for name in names if name not in ("status", "junction_status")]
    found = evaluate(outputs, mesh.bias_of(chunk), mesh.junction(chunk), rtol=mesh.spec.rtol)
    computed = {**found.values, "status": found.status, "junction_status": found.junction_status}

    # Rows are junctions; in the file the bias stands between the axes before and after it.
    shape = (len(chunk.before), len(chunk.after), chunk.bias_count)
    values = {}
    for name, biased in names.items():
        array = np.asarray(computed[name])
        if biased:
            array = array.reshape(shape).transpose(0, 2, 1)
        values[name] = _as_stored(name, array)
    return ChunkValues(values, missed_in(values), digest_of(values))


def _as_stored(name: str, array: NDArray[Any]) -> NDArray[Any]:
    dtype = "|i1" if name in ("status", "junction_status") else "<f8"
    return np.ascontiguousarray(array, dtype=dtype).reshape(-1)


def missed_in(values: Mapping[str, NDArray[Any]]) -> int:
    """Return the number of points and junctions that missed their tolerance."""
    found = (values.get("status"), values.get("junction_status"))
    flag = STATUS["tolerance_missed"]
    return sum(int(np.count_nonzero(status == flag)) for status in found if status is not None)


def digest_of(values: Mapping[str, NDArray[Any]]) -> str:
    """Return the SHA-256 of the bytes of all values, one variable after the other."""
    digest = hashlib.sha256()
    for array in values.values():
        digest.update(array.data)
    return digest.hexdigest()
