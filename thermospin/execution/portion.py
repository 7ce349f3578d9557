"""The portion of a sweep that one run computes, and where in its file the values lie."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from thermospin.dataset import GROUP, Job, NumericalIdentity, Shard, ValueRange, is_biased
from thermospin.execution.chunks import Chunk, Mesh


@dataclass(frozen=True)
class Portion:
    """The chunks that one run computes: all of a sweep, or those of a shard.

    Attributes
    ----------
    mesh : Mesh
        The mesh of the whole sweep.
    shard : Shard or None
        Which part of the sweep the chunks are; None if they are all.
    chunks : dict
        The chunks to compute, by their index, ascending.
    """

    mesh: Mesh
    shard: Shard | None
    chunks: dict[int, Chunk]

    @classmethod
    def of(cls, mesh: Mesh, shard: Shard | None = None) -> "Portion":
        """Return the whole of a sweep, or the part of a shard.

        Raises
        ------
        ValueError
            If there are fewer chunks than shards.
        """
        if shard is None:
            return cls(mesh, None, {chunk.index: chunk for chunk in mesh.chunks()})
        count = mesh.chunk_count()
        if shard.count > count:
            raise ValueError(
                f"shard: the sweep has {count} chunks, so there are at most as many shards, "
                f"got {shard}"
            )
        own = islice(mesh.chunks(), shard.number - 1, None, shard.count)
        return cls(mesh, shard, {chunk.index: chunk for chunk in own})

    @property
    def geometry(self) -> tuple[int, ...]:
        """Number of chunks of the whole sweep, and how far each reaches along the axes."""
        return self.mesh.chunk_count(), *self.mesh.block()

    @property
    def points(self) -> int:
        """Number of points to compute."""
        return sum(chunk.points for chunk in self.chunks.values())

    @property
    def junctions(self) -> int:
        """Number of junctions whose outputs without a bias are to be computed."""
        return sum(map(_junctions_of, self.chunks.values()))

    def job(self, numerics: NumericalIdentity, *, threads: int, group: int = GROUP) -> Job:
        """Return what the file room must know of the run."""
        return Job(
            spec=self.mesh.spec,
            geometry=self.geometry,
            shard=self.shard,
            points=self.points,
            junctions=self.junctions,
            chunks=tuple(self.chunks),
            places=self.places,
            numerics=numerics,
            threads=threads,
            group=group,
        )

    def places(self, index: int) -> Iterator[ValueRange]:
        """Yield where the values of a chunk lie in the file, variable by variable."""
        chunk = self.chunks[index]
        for name in chunk.variables:
            biased = is_biased(name)
            if self.shard is None:
                for first, length in self.mesh.runs(chunk, biased=biased):
                    yield ValueRange(name, first, length)
                continue
            points, junctions = self._starts[index]
            if biased:
                yield ValueRange(name, points, chunk.points)
            else:
                yield ValueRange(name, junctions, chunk.junctions)

    @cached_property
    def _starts(self) -> dict[int, tuple[int, int]]:
        """Where in the file of a shard the points and the junctions of each chunk begin."""
        starts, points, junctions = {}, 0, 0
        for index, chunk in self.chunks.items():
            starts[index] = points, junctions
            points += chunk.points
            junctions += _junctions_of(chunk)
        return starts


def _junctions_of(chunk: Chunk) -> int:
    """Return of how many junctions a chunk has the outputs without a bias."""
    return 0 if all(map(is_biased, chunk.variables)) else chunk.junctions
