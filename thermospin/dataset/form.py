"""The form of a file: that of a whole sweep, or that of a shard, which holds some of its chunks.

A shard is compact: each output has one dimension, ``point`` or ``junction``, along which the chunks
follow one another in the order in which the sweep counts them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from thermospin.dataset import hdf5_skeleton, provenance, schema
from thermospin.dataset.schema import Variable
from thermospin.quantities import OUTPUTS
from thermospin.spec import SweepSpec

CHUNK_DIGESTS = "chunk_sha256"
"""Variable of a shard: the digest of each of its chunks, 32 bytes."""
SHARD = "thermospin_shard"
"""Attribute of a shard: which one of how many it is, ``i/n``."""


@dataclass(frozen=True)
class Share:
    """Which chunks of a sweep a shard holds: those whose index is ``number − 1`` modulo ``count``.

    Attributes
    ----------
    number, count : int
        This is shard ``number`` of ``count``, counted from 1.
    points, junctions, chunks : int
        How much it holds; only the junctions whose outputs without bias it computes.
    """

    number: int
    count: int
    points: int
    junctions: int
    chunks: int

    def __str__(self) -> str:
        """Return it as it is asked for."""
        return f"{self.number}/{self.count}"


@dataclass(frozen=True)
class Form:
    """What the file of a run looks like.

    Attributes
    ----------
    spec : SweepSpec
        What is computed.
    geometry : tuple of int
        Number of chunks of the whole sweep, and how far each reaches along the axes.
    share : Share or None
        Which part of the sweep the file holds; None if all of it.
    """

    spec: SweepSpec
    geometry: tuple[int, ...]
    share: Share | None = None

    def variables(self) -> list[Variable]:
        """Return every variable of the file, in order."""
        whole = schema.variables(self.spec)
        if self.share is None:
            return whole
        kept = [each if each.values is not None else _compact(each, self.share) for each in whole]
        kept = [each for each in kept if each.size]  # no junction may fall to this share
        about = {"long_name": "SHA-256 of the values of each chunk"}
        shape = (self.share.chunks, 32)
        return [*kept, Variable(CHUNK_DIGESTS, ("chunk", "byte"), shape, about, dtype="|u1")]

    def lay_out(
        self, origin: Mapping[str, Any], *, complete: bool, computed: Mapping[str, str]
    ) -> hdf5_skeleton.FileSkeleton:
        """Return everything of the file but the values.

        Parameters
        ----------
        origin : mapping
            The provenance.
        complete : bool
            Whether all values are there.
        computed : mapping of str to str
            Digests of the variables that were computed, as soon as they are known.
        """
        root = schema.root_attributes(
            self.spec,
            complete=complete,
            written=provenance.now(),
            provenance=provenance.padded(dict(origin)),
        )
        if self.share is not None:
            root[SHARD] = str(self.share)
            root["thermospin_geometry"] = np.array(self.geometry, dtype="i8")
        variables = self.variables()
        if not complete:
            variables = [_with_zeros_missing(each) for each in variables]
        return hdf5_skeleton.build(variables, root, computed)


def _with_zeros_missing(variable: Variable) -> Variable:
    """Return an output of an unfinished file: readers of NetCDF take its zeros for missing values.

    Zeros are what the places of results hold until these are written.
    """
    if "_FillValue" not in variable.attributes:
        return variable
    return replace(variable, attributes={**variable.attributes, "_FillValue": np.float64(0.0)})


def _compact(variable: Variable, share: Share) -> Variable:
    """Return a variable along one dimension, without coordinates, which it no longer follows."""
    name = variable.name
    biased = OUTPUTS[name].biased if name in OUTPUTS else name == "status"
    attributes = {k: v for k, v in variable.attributes.items() if k != "coordinates"}
    dim, length = ("point", share.points) if biased else ("junction", share.junctions)
    return replace(variable, dims=(dim,), shape=(length,), attributes=attributes)


def file_size(spec: SweepSpec) -> int:
    """Return the length of the file of a sweep in bytes."""
    return Form(spec, ()).lay_out({}, complete=False, computed={}).size
