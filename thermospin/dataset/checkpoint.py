"""The checkpoint of a run: the partial file and the journal of the chunks that are safe in it."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace as changed
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset import filesystem, provenance
from thermospin.dataset.job import Job, ValueRange
from thermospin.dataset.journal import Journal, JournalContents, JournalHeader, Record, StoreError
from thermospin.dataset.output_path import OutputPath
from thermospin.dataset.partial_file import PartialFile, explained
from thermospin.dataset.resume import (
    check_final,
    check_same,
    damaged_chunks,
    discard,
    examined,
    named,
    refuse_damage,
)
from thermospin.dataset.schema import CHUNK_DIGESTS

LONGEST = 5.0
"""Seconds after which a group is brought to the medium although it is smaller."""


class Checkpoint:
    """The unfinished work of a run on the disk; a context that keeps it if there is any."""

    def __init__(
        self,
        job: Job,
        output: OutputPath,
        files: tuple[PartialFile, Journal],
        origin: dict[str, Any],
        known: JournalContents,
    ) -> None:
        """Take over the open files; use ``begin`` or ``resume``."""
        self._job = job
        self._output = output
        self._partial, self._journal = files
        self._origin = origin
        self._earlier = known.seconds
        self._pending: list[Record] = []
        self._started = self._committed_at = time.monotonic()
        self._published = False
        self.records = known.records

    @classmethod
    def begin(cls, job: Job, output: OutputPath) -> Self:
        """Begin a job anew; what a former run left is removed.

        The journal comes first: a partial file without one is a sign of damage.
        """
        discard(output)
        origin = _origin(job)
        partial = PartialFile(job, output, origin)
        journal = None
        try:
            with explained(output, partial.size):
                journal = Journal.create(
                    output.journal, _journal_header(job, output, partial, origin)
                )
                partial.create()
        except BaseException:
            partial.close()
            if journal is not None:
                journal.close()
            with suppress(OSError):
                discard(output)
            raise
        return cls(job, output, (partial, journal), origin, JournalContents())

    @classmethod
    def resume(cls, job: Job, output: OutputPath, *, repair: bool) -> Self:
        """Continue the job where a former run left it; begin if that left nothing of use.

        Parameters
        ----------
        job : Job
            What is to be done.
        output : OutputPath
            Where the result goes.
        repair : bool
            Whether damaged parts may be computed again.

        Raises
        ------
        StoreError
            If the unfinished work is of another job, or is damaged and ``repair`` is not set.
        """
        found = examined(output, repair=repair)
        if found.header is None:
            check_final(output)
            return cls.begin(job, output)
        origin = _origin(job) | {"started": found.header.started, "resumed": provenance.now()}
        job = job.in_words_of(found.header)
        output = changed(output, force=found.header.replace)
        partial = PartialFile(job, output, origin)
        check_same(_journal_header(job, output, partial, origin), found.header, output)
        check_final(output)
        if not output.partial.exists():
            return cls.begin(job, output)
        partial.reopen()
        journal = None
        try:
            damaged = damaged_chunks(partial, job, found.records)
            if not repair:
                refuse_damage(output, found, damaged)
            with explained(output, partial.size):
                journal = Journal.reopen(output.journal, found.size)
                if damaged or found.damaged_lines:
                    journal.forget(damaged)
                partial.restore()
        except BaseException:
            partial.close()
            if journal is not None:
                journal.close()
            raise
        for index in damaged:
            del found.records[index]
        return cls(job, output, (partial, journal), origin, found)

    @property
    def size(self) -> int:
        """Length of the file in bytes."""
        return self._partial.size

    def add(self, record: Record, values: Mapping[str, NDArray[Any]]) -> None:
        """Write a chunk; it counts as done when its group is on the medium.

        Parameters
        ----------
        record : Record
            What will be recorded of it.
        values : mapping of str to ndarray
            The values of each variable, in the order in which they lie in the file.
        """
        positions = dict.fromkeys(values, 0)
        with explained(self._output, self.size):
            for place in self._job.places(record.chunk):
                position = positions[place.name]
                positions[place.name] = position + place.length
                self._partial.write(place, values[place.name][position : position + place.length])
        self._pending.append(changed(record, seconds=self._seconds()))
        if len(self._pending) >= self._job.group or time.monotonic() - self._committed_at > LONGEST:
            self.commit()

    def commit(self) -> None:
        """Bring the chunks that were added to the medium, then record them.

        A record implies that the chunk is safe. Where bringing it to the medium fails, nobody knows
        what is there, and the chunks are not recorded.
        """
        pending, self._pending = self._pending, []
        if pending:
            with explained(self._output, self.size):
                self._partial.sync()
                self._journal.append(pending)
            self.records |= {record.chunk: record for record in pending}
        self._committed_at = time.monotonic()

    def publish(self, **origin: Any) -> None:
        """Finish the file, give it its name and remove the rest; ``origin`` adds provenance."""
        self.commit()
        if missing := [index for index in self._job.chunks if index not in self.records]:
            raise RuntimeError(f"not computed: {named(missing)}")
        if damaged := damaged_chunks(self._partial, self._job, self.records):
            raise StoreError(
                f"{self._output.partial}: was changed during the run: {named(damaged)}; "
                "compute what was changed again with --resume --repair"
            )
        now = {"finished": provenance.now(), "wall_seconds": self._seconds()}
        with explained(self._output, self.size):
            if self._job.shard is not None:
                self._write_digests()
            self._partial.finish(self._origin | now | origin)
            self._partial.publish()
            self._published = True
            discard(self._output)
            filesystem.sync_folder(self._output.path.parent)

    def abandon(self) -> None:
        """Give up what is finished: the files are removed when the context ends."""
        self._pending.clear()
        self.records.clear()

    def __enter__(self) -> Self:
        """Return the checkpoint."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Keep the files if any chunk is finished, else remove them."""
        with suppress(OSError):  # the first error is the one to report
            if not (self._published or isinstance(error, OSError)):
                self.commit()
        with suppress(OSError):
            self._partial.close()
        with suppress(OSError):
            self._journal.close()
        if not (self._published or self.records):
            with suppress(OSError):
                discard(self._output)

    def _seconds(self) -> float:
        return round(self._earlier + time.monotonic() - self._started, 3)

    def _write_digests(self) -> None:
        digests = b"".join(bytes.fromhex(self.records[k].sha256) for k in self._job.chunks)
        values = np.frombuffer(digests, dtype="u1")
        self._partial.write(ValueRange(CHUNK_DIGESTS, 0, values.size), values)


def _origin(job: Job) -> dict[str, Any]:
    """Return the provenance of a file at the beginning."""
    return provenance.collect(job.threads, job.numerics)


def _journal_header(
    job: Job, output: OutputPath, partial: PartialFile, origin: Mapping[str, Any]
) -> JournalHeader:
    return job.journal_header(partial.skeleton, replace=output.force, started=origin["started"])
