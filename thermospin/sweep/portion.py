"""Which chunks a run computes, and where in its file their values lie."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from thermospin.dataset import Form, NumericalIdentity, Share, ValueRange, Work
from thermospin.sweep.chunk_values import variables_of
from thermospin.sweep.chunks import Chunk, Mesh


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
            If it is written otherwise, or i is not one of 1 … n.
        """
        number, slash, count = text.partition("/")
        if slash and all(part.isascii() and part.isdigit() for part in (number, count)):
            shard = cls(int(number), int(count))
            if 1 <= shard.number <= shard.count:
                return shard
        raise ValueError(f"shard: must be i/n with i from 1 to n, as in 1/4, got {text!r}")

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"{self.number}/{self.count}"


@dataclass(frozen=True)
class Portion:
    """The chunks of one run and the form of its file.

    Attributes
    ----------
    mesh : Mesh
        The mesh of the whole sweep.
    form : Form
        What the file looks like.
    chunks : dict
        The chunks to compute, by their index, ascending.
    starts : dict or None
        Where in the file of a shard the points and the junctions of each chunk begin.
    """

    mesh: Mesh
    form: Form
    chunks: dict[int, Chunk]
    starts: dict[int, tuple[int, int]] | None

    @classmethod
    def of(cls, mesh: Mesh, shard: Shard | None = None) -> "Portion":
        """Return the whole of a sweep, or a share of it.

        Raises
        ------
        ValueError
            If there are fewer chunks than shards.
        """
        count = mesh.chunk_count()
        geometry = (count, *mesh.block())
        if shard is None:
            return cls(mesh, Form(mesh.spec, geometry), {c.index: c for c in mesh.chunks()}, None)
        if shard.count > count:
            raise ValueError(
                f"shard: the sweep has {count} chunks, so there are at most as many shards, "
                f"got {shard}"
            )
        own = islice(mesh.chunks(), shard.number - 1, None, shard.count)
        chunks = {c.index: c for c in own}
        starts, points, junctions = {}, 0, 0
        for index, chunk in chunks.items():
            starts[index] = points, junctions
            points += chunk.points
            junctions += chunk.junctions if chunk.with_junctions else 0
        share = Share(shard.number, shard.count, points, junctions, len(chunks))
        return cls(mesh, Form(mesh.spec, geometry, share), chunks, starts)

    @property
    def points(self) -> int:
        """Number of points to compute."""
        return sum(chunk.points for chunk in self.chunks.values())

    def places(self, index: int) -> Iterator[ValueRange]:
        """Yield where the values of a chunk lie in the file, variable by variable."""
        chunk = self.chunks[index]
        for name, biased in variables_of(self.mesh.spec, chunk).items():
            if self.starts is not None:
                points, junctions = self.starts[index]
                if biased:
                    yield ValueRange(name, points, chunk.points)
                else:
                    yield ValueRange(name, junctions, chunk.junctions)
                continue
            for first, length in self.mesh.runs(chunk, biased=biased):
                yield ValueRange(name, first, length)

    def work(self, threads: int, numerics: NumericalIdentity) -> Work:
        """Return what a store must know."""
        return Work(self.form, self.points, tuple(self.chunks), self.places, threads, numerics)
