"""What a run is to do, and by what another run recognises the same work."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import replace as changed
from typing import Any, Self

from thermospin.dataset import provenance
from thermospin.dataset.form import Form
from thermospin.dataset.identity import Identity
from thermospin.dataset.journal import JournalHeader
from thermospin.dataset.output_path import OutputPath
from thermospin.dataset.partial_file import PartialFile, ValueRange
from thermospin.dataset.provenance import NumericalIdentity
from thermospin.dataset.schema import LAYOUT


@dataclass(frozen=True)
class Work:
    """What a run is to do, as far as its store must know.

    Attributes
    ----------
    form : Form
        What the file looks like.
    points : int
        Number of points to compute.
    chunks : sequence of int
        Indices of the chunks to compute, ascending.
    places : callable
        Returns where in the file the values of a chunk lie, in order.
    threads : int
        Number of threads, also for reading what is there again.
    numerics : NumericalIdentity
        What decides the bits of the values beside the spec.
    """

    form: Form
    points: int
    chunks: tuple[int, ...]
    places: Callable[[int], Iterable[ValueRange]]
    threads: int
    numerics: NumericalIdentity

    def origin(self) -> dict[str, Any]:
        """Return the provenance at the beginning."""
        return provenance.collect(self.threads, self.numerics)

    def identity(self) -> Identity:
        """Return by what its finished file is known."""
        return Identity(
            complete=True,
            spec_sha256=self.form.spec.sha256,
            numerics=self.numerics,
            shard=self._shard,
        )

    def header(
        self, target: OutputPath, partial: PartialFile, origin: Mapping[str, Any]
    ) -> JournalHeader:
        """Return the first line of its journal."""
        spec = self.form.spec
        return JournalHeader(
            spec_sha256=spec.sha256,
            kernels=str(self.numerics),
            layout=LAYOUT,
            shard=self._shard,
            geometry=list(self.form.geometry),
            points=self.points,
            chunks=len(self.chunks),
            size=partial.size,
            offsets=partial.offsets,
            replace=target.force,
            name=spec.name,
            text=spec.text,
            overrides=list(spec.overrides),
            started=origin["started"],
        )

    def in_words_of(self, header: JournalHeader) -> Self:
        """Return the same work with the words in which it was first asked for.

        Another text may have the same meaning, but it would not fit into the file.
        """
        spec = self.form.spec
        if spec.sha256 != header.spec_sha256:
            return self
        spec = changed(spec, name=header.name, text=header.text, overrides=tuple(header.overrides))
        return changed(self, form=changed(self.form, spec=spec))

    @property
    def _shard(self) -> str | None:
        return None if self.form.share is None else str(self.form.share)
