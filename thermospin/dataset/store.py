"""Unfinished work: the partial file together with the journal of what is safe in it."""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, fields
from dataclasses import replace as changed
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset import disk, provenance
from thermospin.dataset.form import CHUNK_DIGESTS, Form
from thermospin.dataset.identity import Identity, identity_of
from thermospin.dataset.journal import Findings, Header, Journal, Record, StoreError, examine
from thermospin.dataset.layout import LAYOUT
from thermospin.dataset.partial import Partial, Place, explained
from thermospin.dataset.reader import FileError
from thermospin.dataset.target import OutputError, Target
from thermospin.kernels.compiled import source_digest

GROUP = 8
"""Number of chunks that are brought to the medium together."""
LONGEST = 5.0
"""Seconds after which a group is brought to the medium although it is smaller."""

_NAMED = 8  # damaged parts that a message lists


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
    fingerprint : str
        Hash of the bits of the self-test.
    """

    form: Form
    points: int
    chunks: tuple[int, ...]
    places: Callable[[int], Iterable[Place]]
    threads: int
    fingerprint: str

    def origin(self) -> dict[str, Any]:
        """Return the provenance at the beginning."""
        return provenance.collect(self.threads, self.fingerprint)


class Store:
    """Unfinished work on the disk; a context that keeps it if there is something to keep."""

    def __init__(
        self,
        work: Work,
        target: Target,
        files: tuple[Partial, Journal],
        origin: dict[str, Any],
        known: Findings,
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
    def begin(cls, work: Work, target: Target) -> Self:
        """Begin anew; what a former run left is removed.

        The journal comes first: a partial file without one is a sign of damage.
        """
        _discard(target)
        origin = work.origin()
        partial = Partial(work.form, target, origin)
        journal = None
        try:
            with explained(target, partial.size):
                journal = Journal.create(target.journal, _header(work, target, partial, origin))
                partial.create()
        except BaseException:
            partial.close()
            if journal is not None:
                journal.close()
            with suppress(OSError):
                _discard(target)
            raise
        return cls(work, target, (partial, journal), origin, Findings())

    @classmethod
    def resume(cls, work: Work, target: Target, *, repair: bool) -> Self:
        """Continue what a former run left; begin if it left nothing of use.

        Parameters
        ----------
        work : Work
            What is to be done.
        target : Target
            Where the result goes.
        repair : bool
            Whether damaged parts may be computed again.

        Raises
        ------
        StoreError
            If it belongs to something else, or is damaged and ``repair`` is not set.
        """
        found = _examined(target, repair=repair)
        if found.header is None:
            _check_final(target)
            return cls.begin(work, target)
        origin = work.origin() | {"started": found.header.started, "resumed": provenance.now()}
        work, target = _as_begun(work, target, found.header)
        partial = Partial(work.form, target, origin)
        _check_same(_header(work, target, partial, origin), found.header, target)
        _check_final(target)
        if not target.partial.exists():
            return cls.begin(work, target)
        partial.reopen()
        journal = None
        try:
            damaged = _damaged(partial, work, found.records)
            _judge(target, found, damaged, repair=repair)
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
            raise RuntimeError(f"chunks {_listed(missing)} have not been computed")
        if damaged := _damaged(self._partial, self._work, self.records):
            raise StoreError(
                f"{self._target.partial}: was changed during the run: {_chunks(damaged)}; "
                "compute what was changed again with --resume --repair"
            )
        now = {"finished": provenance.now(), "wall_seconds": self._seconds()}
        with explained(self._target, self.size):
            if self._work.form.share is not None:
                self._write_digests()
            self._partial.finish(self._origin | now | origin)
            self._partial.publish()
            self._published = True
            _discard(self._target)
            disk.sync_folder(self._target.path.parent)

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
                _discard(self._target)

    def _seconds(self) -> float:
        return round(self._earlier + time.monotonic() - self._started, 3)

    def _write_digests(self) -> None:
        digests = b"".join(bytes.fromhex(self.records[k].sha256) for k in self._work.chunks)
        values = np.frombuffer(digests, dtype="u1")
        self._partial.write(Place(CHUNK_DIGESTS, 0, values.size), values)


def take_published(work: Work, target: Target) -> bool:
    """Tell whether the result is there already, and remove what its run may have left beside it.

    A run may die after the result has got its name, or be started again after its end.
    """
    if not target.path.exists() or (
        target.partial.exists() and not target.partial.samefile(target.path)
    ):
        return False
    share = work.form.share
    wanted = Identity(
        complete=True,
        spec_sha256=work.form.spec.sha256,
        kernels=source_digest(),
        shard=None if share is None else str(share),
    )
    try:
        if identity_of(target.path) != wanted:
            return False
    except FileError:
        return False
    _discard(target)
    disk.sync_folder(target.path.parent)
    return True


def _header(work: Work, target: Target, partial: Partial, origin: Mapping[str, Any]) -> Header:
    spec, share = work.form.spec, work.form.share
    return Header(
        spec_sha256=spec.sha256,
        kernels=source_digest(),
        layout=LAYOUT,
        shard=None if share is None else str(share),
        geometry=list(work.form.geometry),
        points=work.points,
        chunks=len(work.chunks),
        size=partial.size,
        offsets=partial.offsets,
        replace=target.force,
        name=spec.name,
        text=spec.text,
        overrides=list(spec.overrides),
        started=origin["started"],
    )


def _as_begun(work: Work, target: Target, header: Header) -> tuple[Work, Target]:
    """Return the same work with the words in which it was first asked for.

    Another text may have the same meaning, but it would not fit into the file.
    """
    spec = work.form.spec
    if spec.sha256 == header.spec_sha256:
        spec = changed(spec, name=header.name, text=header.text, overrides=tuple(header.overrides))
    return (
        changed(work, form=changed(work.form, spec=spec)),
        changed(target, force=header.replace),
    )


_DIFFERENCES = {
    "spec_sha256": "was begun from another spec",
    "kernels": "was begun with other numerical code (or another Python, NumPy or Numba)",
    "layout": "was begun with another layout of the file",
    "shard": "is another shard",
    "geometry": "was cut into other chunks, by another version of thermospin",
    "size": "was laid out by another version of HDF5",
    "offsets": "was laid out by another version of HDF5",
}


def _check_same(ours: Header, theirs: Header, target: Target) -> None:
    """Refuse unfinished work of something else."""
    for each in fields(Header):
        now, then = getattr(ours, each.name), getattr(theirs, each.name)
        if now == then:
            continue
        reason = _DIFFERENCES.get(each.name, "was begun differently")
        detail = "" if isinstance(then, (dict, list)) else f" ({each.name} {then}, not {now})"
        raise StoreError(
            f"{target.journal}: the unfinished work {reason}{detail}; continue it with what it "
            "was begun with, start again with --force, or choose another output with -o"
        )


def _check_final(target: Target) -> None:
    if os.path.lexists(target.path) and not target.force:
        raise OutputError(
            f"{target.path}: exists, but is not what is asked for; move it away and continue with "
            "--resume, replace it with --force, or choose another output with -o"
        )


def _examined(target: Target, *, repair: bool) -> Findings:
    """Return what the journal says; no header if the work is to begin from nothing."""
    try:
        found = examine(target.journal)
    except FileNotFoundError:
        found = Findings()
    except StoreError as error:
        raise StoreError(f"{target.journal}: {error}") from None
    if found.header is None and os.path.lexists(target.partial) and not repair:
        what = "is damaged in its first line" if target.journal.exists() else "is missing"
        raise StoreError(
            f"{target.journal}: {what}, so nothing in {target.partial.name} can be trusted; "
            "compute all of it again with --resume --repair, or choose another output with -o"
        )
    return found


def _judge(target: Target, found: Findings, damaged: list[int], *, repair: bool) -> None:
    """Refuse damage, by name, unless it may be repaired."""
    if repair:
        return
    what = []
    if found.damaged_lines:
        lines = "line" if len(found.damaged_lines) == 1 else "lines"
        what.append(f"{target.journal.name} in {lines} {_listed(found.damaged_lines)}")
    if damaged:
        what.append(f"{target.partial.name} in {_chunks(damaged)}")
    if what:
        raise StoreError(
            f"{target.path}: the unfinished work is damaged: {' and '.join(what)}; "
            "compute what is damaged again with --resume --repair"
        )


def _damaged(partial: Partial, work: Work, records: Mapping[int, Record]) -> list[int]:
    """Return the recorded chunks whose bytes are not those that were recorded."""
    foreign = sorted(records.keys() - set(work.chunks))
    ours = sorted(records.keys() & set(work.chunks))
    with ThreadPoolExecutor(work.threads) as pool:
        digests = pool.map(lambda index: partial.digest(work.places(index)), ours)
        return foreign + [
            index
            for index, digest in zip(ours, digests, strict=True)
            if digest != records[index].sha256
        ]


def _chunks(indices: list[int]) -> str:
    return f"{'chunk' if len(indices) == 1 else 'chunks'} {_listed(indices)}"


def _listed(numbers: list[int]) -> str:
    more = len(numbers) - _NAMED
    shown = ", ".join(map(str, numbers[:_NAMED]))
    return shown if more <= 0 else f"{shown} and {more} more"


def _discard(target: Target) -> None:
    """Remove the store; the partial file first, so that none is ever left without its journal."""
    disk.remove(target.partial)
    disk.remove(target.journal)
