"""ProgressReport work: the partial file together with the journal of what is safe in it."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace as changed
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset import filesystem, provenance, resume
from thermospin.dataset.form import CHUNK_DIGESTS
from thermospin.dataset.job import Work
from thermospin.dataset.journal import Journal, JournalContents, Record, StoreError
from thermospin.dataset.output_path import OutputPath
from thermospin.dataset.partial_file import PartialFile, ValueRange, explained

GROUP = 8
"""Number of chunks that are brought to the medium together."""
LONGEST = 5.0
"""Seconds after which a group is brought to the medium although it is smaller."""


class Checkpoint:
    """ProgressReport work on the disk; a context that keeps it if there is something to keep."""

    def __init__(
        self,
        work: Work,
        target: OutputPath,
        files: tuple[PartialFile, Journal],
        origin: dict[str, Any],
        known: JournalContents,
    ) -> None:
        """Take over the open files; use ``begin`` or ``resume``."""
        self._work = work
        self._target = target
        self._partial, self._journal = files
        self._origin = origin
        self._earlier = known.seconds
        self._pending: list[Record] = []
        self._started = self._committed_at = time.monotonic()
        self._published = False
        self.records = known.records

    @classmethod
    def begin(cls, work: Work, target: OutputPath) -> Self:
        """Begin anew; what a former run left is removed.

        The journal comes first: a partial file without one is a sign of damage.
        """
        resume.discard(target)
        origin = work.origin()
        partial = PartialFile(work.form, target, origin)
        journal = None
        try:
            with explained(target, partial.size):
                journal = Journal.create(target.journal, work.header(target, partial, origin))
                partial.create()
        except BaseException:
            partial.close()
            if journal is not None:
                journal.close()
            with suppress(OSError):
                resume.discard(target)
            raise
        return cls(work, target, (partial, journal), origin, JournalContents())

    @classmethod
    def resume(cls, work: Work, target: OutputPath, *, repair: bool) -> Self:
        """Continue what a former run left; begin if it left nothing of use.

        Parameters
        ----------
        work : Work
            What is to be done.
        target : OutputPath
            Where the result goes.
        repair : bool
            Whether damaged parts may be computed again.

        Raises
        ------
        StoreError
            If it belongs to something else, or is damaged and ``repair`` is not set.
        """
        found = resume.examined(target, repair=repair)
        if found.header is None:
            resume.check_final(target)
            return cls.begin(work, target)
        origin = work.origin() | {"started": found.header.started, "resumed": provenance.now()}
        work = work.in_words_of(found.header)
        target = changed(target, force=found.header.replace)
        partial = PartialFile(work.form, target, origin)
        resume.check_same(work.header(target, partial, origin), found.header, target)
        resume.check_final(target)
        if not target.partial.exists():
            return cls.begin(work, target)
        partial.reopen()
        journal = None
        try:
            damaged = resume.damaged(partial, work, found.records)
            if not repair:
                resume.judge(target, found, damaged)
            with explained(target, partial.size):
                journal = Journal.reopen(target.journal, found.size)
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
        return cls(work, target, (partial, journal), origin, found)

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
        with explained(self._target, self.size):
            for place in self._work.places(record.chunk):
                position = positions[place.name]
                positions[place.name] = position + place.length
                self._partial.write(place, values[place.name][position : position + place.length])
        self._pending.append(changed(record, seconds=self._seconds()))
        if len(self._pending) >= GROUP or time.monotonic() - self._committed_at > LONGEST:
            self.commit()

    def commit(self) -> None:
        """Bring what was added to the medium, then record it.

        A record implies that the chunk is safe. Where bringing it to the medium fails, nobody knows
        what is there, and the chunks are not recorded.
        """
        pending, self._pending = self._pending, []
        if pending:
            with explained(self._target, self.size):
                self._partial.sync()
                self._journal.append(pending)
            self.records |= {record.chunk: record for record in pending}
        self._committed_at = time.monotonic()

    def publish(self, **origin: Any) -> None:
        """Finish the file, give it its name and remove the store; ``origin`` adds provenance."""
        self.commit()
        if missing := [index for index in self._work.chunks if index not in self.records]:
            raise RuntimeError(f"not computed: {resume.named(missing)}")
        if damaged := resume.damaged(self._partial, self._work, self.records):
            raise StoreError(
                f"{self._target.partial}: was changed during the run: {resume.named(damaged)}; "
                "compute what was changed again with --resume --repair"
            )
        now = {"finished": provenance.now(), "wall_seconds": self._seconds()}
        with explained(self._target, self.size):
            if self._work.form.share is not None:
                self._write_digests()
            self._partial.finish(self._origin | now | origin, self._work.threads)
            self._partial.publish()
            self._published = True
            resume.discard(self._target)
            filesystem.sync_folder(self._target.path.parent)

    def abandon(self) -> None:
        """Leave nothing behind, whatever is finished."""
        self._pending.clear()
        self.records.clear()

    def __enter__(self) -> Self:
        """Return the store."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Keep what is finished; leave nothing if nothing is."""
        with suppress(OSError):  # the first error is the one to report
            if not (self._published or isinstance(error, OSError)):
                self.commit()
        with suppress(OSError):
            self._partial.close()
        with suppress(OSError):
            self._journal.close()
        if not (self._published or self.records):
            with suppress(OSError):
                resume.discard(self._target)

    def _seconds(self) -> float:
        return round(self._earlier + time.monotonic() - self._started, 3)

    def _write_digests(self) -> None:
        digests = b"".join(bytes.fromhex(self.records[k].sha256) for k in self._work.chunks)
        values = np.frombuffer(digests, dtype="u1")
        self._partial.write(ValueRange(CHUNK_DIGESTS, 0, values.size), values)
