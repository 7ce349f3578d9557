"""The job of a run: which chunks of which sweep it computes, and what the file of these looks like.

The file of a whole sweep has the axes of the sweep. That of a shard is compact: each output has one
dimension, ``point`` or ``junction``, along which the values of the chunks follow one another in the
order in which the sweep counts its chunks.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import replace as changed
from typing import Any, NamedTuple, Self

import numpy as np

from thermospin.dataset import hdf5_skeleton, provenance, schema
from thermospin.dataset.journal import JournalHeader
from thermospin.dataset.provenance import UNKNOWN, NumericalIdentity
from thermospin.dataset.schema import CHUNK_DIGESTS, DIGEST_BYTES, GEOMETRY, SHARD, Variable
from thermospin.spec import SweepSpec

GROUP = 8
"""Number of chunks that are brought to the medium together."""


class ValueRange(NamedTuple):
    """Consecutive values of a flattened (row-major) variable."""

    name: str
    first: int
    length: int


@dataclass(frozen=True)
class Shard:
    """The part ``number`` of ``count``, counted from 1: every ``count``-th chunk of a sweep."""

    number: int
    count: int

    @classmethod
    def of(cls, text: str) -> "Shard":
        """Read ``i/n``.

        Raises
        ------
        ValueError
            If the text has another form, or i is not one of 1 … n.
        """
        number, slash, count = text.partition("/")
        if slash and all(part.isascii() and part.isdigit() for part in (number, count)):
            shard = cls(int(number), int(count))
            if 1 <= shard.number <= shard.count:
                return shard
        raise ValueError(f"shard: must be i/n with i from 1 to n, as in 1/4, got {text!r}")

    def __str__(self) -> str:
        """Return the shard as users write it, ``i/n``."""
        return f"{self.number}/{self.count}"


def _nowhere(_: int) -> tuple[ValueRange, ...]:
    return ()


@dataclass(frozen=True)
class Job:
    """What a run computes and stores. With nothing but a spec: a whole sweep without its chunks.

    Attributes
    ----------
    spec : SweepSpec
        The sweep.
    geometry : tuple of int
        Number of chunks of the whole sweep, and how far each reaches along the axes.
    shard : Shard or None
        Which part of the sweep is computed; None if all of it.
    points, junctions : int
        Number of points to compute, and of junctions whose outputs without a bias are computed.
    chunks : sequence of int
        Indices of the chunks to compute, ascending.
    places : callable
        Returns where in the file the values of a chunk lie, variable by variable.
    numerics : NumericalIdentity
        What decides the bits of the values beside the spec.
    threads : int
        Number of threads, also for reading again what is on the disk.
    group : int
        Number of chunks that are brought to the medium together.
    """

    spec: SweepSpec
    geometry: tuple[int, ...] = ()
    shard: Shard | None = None
    points: int = 0
    junctions: int = 0
    chunks: tuple[int, ...] = ()
    places: Callable[[int], Iterable[ValueRange]] = _nowhere
    numerics: NumericalIdentity = UNKNOWN
    threads: int = 1
    group: int = GROUP

    @property
    def shard_text(self) -> str | None:
        """The shard as files name it, ``i/n``; None of a whole sweep."""
        return None if self.shard is None else str(self.shard)

    def variables(self) -> list[Variable]:
        """Return every variable of the file, in order."""
        whole = schema.variables(self.spec)
        if self.shard is None:
            return whole
        kept = [each if each.values is not None else self._compact(each) for each in whole]
        kept = [each for each in kept if each.size]  # a shard may have no junctions
        about = {"long_name": "SHA-256 of the values of each chunk"}
        shape = (len(self.chunks), DIGEST_BYTES)
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
        if self.shard is not None:
            root[SHARD] = str(self.shard)
            root[GEOMETRY] = np.array(self.geometry, dtype="i8")
        variables = self.variables()
        if not complete:
            variables = [_with_zeros_missing(each) for each in variables]
        return hdf5_skeleton.build(variables, root, computed)

    def journal_header(
        self, skeleton: hdf5_skeleton.FileSkeleton, *, replace: bool, started: str
    ) -> JournalHeader:
        """Return the first line of the journal, by which a later run recognises this job.

        Parameters
        ----------
        skeleton : FileSkeleton
            Where the values lie.
        replace : bool
            Whether the finished file may replace another.
        started : str
            When the job was begun, UTC.
        """
        return JournalHeader(
            spec_sha256=self.spec.sha256,
            kernels=str(self.numerics),
            layout=schema.LAYOUT,
            shard=self.shard_text,
            geometry=list(self.geometry),
            points=self.points,
            chunks=len(self.chunks),
            size=skeleton.size,
            offsets=skeleton.offsets,
            replace=replace,
            name=self.spec.name,
            text=self.spec.text,
            overrides=list(self.spec.overrides),
            started=started,
        )

    def in_words_of(self, header: JournalHeader) -> Self:
        """Return this job with its spec in the words in which the job was first asked for.

        Another text may have the same meaning, but it would not fit into the file.
        """
        if self.spec.sha256 != header.spec_sha256:
            return self
        name, text, overrides = header.name, header.text, tuple(header.overrides)
        spec = changed(self.spec, name=name, text=text, overrides=overrides)
        return changed(self, spec=spec)

    def _compact(self, variable: Variable) -> Variable:
        """Return a variable along one dimension, without the coordinates of the whole mesh."""
        attributes = {k: v for k, v in variable.attributes.items() if k != "coordinates"}
        dim, length = (
            ("point", self.points)
            if schema.is_biased(variable.name)
            else ("junction", self.junctions)
        )
        return changed(variable, dims=(dim,), shape=(length,), attributes=attributes)


def _with_zeros_missing(variable: Variable) -> Variable:
    """Return an output of an unfinished file: readers of NetCDF take its zeros for missing values.

    Zeros are what the places of results hold until these are written.
    """
    if "_FillValue" not in variable.attributes:
        return variable
    attributes = {**variable.attributes, "_FillValue": np.float64(0.0)}
    return changed(variable, attributes=attributes)


def file_size(spec: SweepSpec) -> int:
    """Return the length of the file of a sweep in bytes."""
    return Job(spec).lay_out({}, complete=False, computed={}).size
