"""The progress of unfinished work, as its journal alone tells it."""

import os
from dataclasses import dataclass

from thermospin.dataset import provenance
from thermospin.dataset.file_header import FileError
from thermospin.dataset.journal import JournalHeader, Record, StoreError, examine
from thermospin.dataset.lock import owner_of
from thermospin.dataset.output_path import OutputPath, output_path_of


@dataclass(frozen=True)
class ProgressReport:
    """The progress of unfinished work.

    Attributes
    ----------
    path : str
        The file that it will become.
    shard : str or None
        ``i/n`` if the file will be a shard.
    points, points_done, chunks, chunks_done : int
        Numbers of points and chunks to compute, and of those that are safe on the disk.
    missed : int
        Number of points and junctions so far that missed their tolerance.
    started : str
        When it was begun, UTC.
    seconds : float
        How long its runs took up to the last chunk.
    points_per_second : float or None
        Their mean rate; None before the first chunk.
    running : str or None
        The process that is computing now.
    ends : str or None
        When the run will have finished, UTC, at the mean rate.
    continuation : str
        The command that continues it.
    """

    path: str
    shard: str | None
    points: int
    points_done: int
    chunks: int
    chunks_done: int
    missed: int
    started: str
    seconds: float
    points_per_second: float | None
    running: str | None
    ends: str | None
    continuation: str


def unfinished_at(path: str | os.PathLike[str]) -> ProgressReport:
    """Return the progress of the unfinished work at an output.

    Parameters
    ----------
    path : path
        The output, or one of the files beside it.

    Raises
    ------
    FileError
        If there is none, or its journal cannot be read.
    """
    output = output_path_of(path)
    try:
        found = examine(output.journal)
    except FileNotFoundError:
        no_file = "" if os.path.exists(path) else "no such file, and "
        raise FileError(f"{os.fspath(path)}: {no_file}no unfinished work") from None
    except StoreError as error:
        raise FileError(f"{output.journal}: {error}") from None
    if found.header is None:
        raise FileError(f"{output.journal}: is damaged in its first line")
    return _report(output, found.header, list(found.records.values()), found.seconds)


def _report(
    output: OutputPath, header: JournalHeader, records: list[Record], seconds: float
) -> ProgressReport:
    done = sum(record.points for record in records)
    rate = done / seconds if seconds else None
    owner = owner_of(output)
    ends = None
    if owner is not None and rate:
        ends = provenance.in_seconds((header.points - done) / rate)
    return ProgressReport(
        path=str(output.path),
        shard=header.shard,
        points=header.points,
        points_done=done,
        chunks=header.chunks,
        chunks_done=len(records),
        missed=sum(record.missed for record in records),
        started=header.started,
        seconds=seconds,
        points_per_second=rate,
        running=None if owner is None else str(owner),
        ends=ends,
        continuation=output.continuation(header.shard),
    )
