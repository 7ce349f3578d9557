"""The values of a chunk, in the order in which they lie in the file."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset import biased_outputs, unbiased_outputs
from thermospin.observables import evaluate
from thermospin.quantities import STATUS
from thermospin.sweep.chunks import Chunk, Mesh


@dataclass(frozen=True)
class Block:
    """The values of a chunk: flat arrays of the variables with and without a bias."""

    biased: dict[str, NDArray[Any]]
    unbiased: dict[str, NDArray[Any]]

    @property
    def missed(self) -> int:
        """Number of points and junctions that missed their tolerance."""
        found = (self.biased.get("status"), self.unbiased.get("junction_status"))
        flag = STATUS["tolerance_missed"]
        return sum(int(np.count_nonzero(status == flag)) for status in found if status is not None)


def compute(mesh: Mesh, chunk: Chunk) -> Block:
    """Evaluate the outputs of a sweep on one chunk.

    Parameters
    ----------
    mesh : Mesh
        The mesh of the sweep.
    chunk : Chunk
        The part to compute.

    Returns
    -------
    Block
        Its values, reduced units.
    """
    spec = mesh.spec
    biased = biased_outputs(spec)
    unbiased = unbiased_outputs(spec) if chunk.with_junctions else ()
    bias = mesh.bias_of(chunk)
    evaluation = evaluate((*biased, *unbiased), bias, mesh.junction(chunk), rtol=spec.rtol)

    # Rows are junctions; in the file the bias stands between the axes before and after it.
    shape = (len(chunk.before), len(chunk.after), chunk.bias_count)
    points: dict[str, NDArray[Any]] = {name: evaluation.values[name] for name in biased}
    if biased and evaluation.status is not None:
        points["status"] = evaluation.status
    rows: dict[str, NDArray[Any]] = {name: evaluation.values[name].reshape(-1) for name in unbiased}
    if unbiased and evaluation.junction_status is not None:
        rows["junction_status"] = evaluation.junction_status.reshape(-1)
    return Block(
        biased={
            name: values.reshape(shape).transpose(0, 2, 1).reshape(-1)
            for name, values in points.items()
        },
        unbiased=rows,
    )
