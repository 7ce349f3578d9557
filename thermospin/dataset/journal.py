"""The journal: which chunks of an unfinished file are safe on the disk, and what their bytes are.

Text, one record a line, each a JSON object that carries the CRC-32 of its own text; appended to and
never changed. The first line says what is being computed; a line about a chunk is written after
the chunk itself is on the medium. Lines at the end that do not parse were being written when the
run died; those before a line that does are damage.
"""

import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from thermospin.dataset import filesystem
from thermospin.dataset.regular_files import NotRegularError, beginning_of, may_begin_with
from thermospin.spec import CONTROL_BUT_LINES, LARGEST, broken_by_name, broken_by_overrides

FORMAT = 1
"""Version of the journal; a later one is refused."""

_MOST_BYTES = 1 << 30  # of a journal; those of the largest sweeps have a few megabytes
_BEGINNING = b'{"spec_sha256": "'
_LARGEST = 2**63  # of the numbers in it
_SHA256 = re.compile("[0-9a-f]{64}")
_TIME = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


class StoreError(ValueError):
    """Unfinished work cannot be continued; the message says why and what can be done."""


@dataclass(frozen=True)
class JournalHeader:
    """The first line of a journal: the job, and where in the partial file its values lie.

    Attributes
    ----------
    spec_sha256 : str
        Digest of the spec.
    kernels : str
        What decides the bits beside the spec: the `NumericalIdentity` in one word.
    layout : int
        Version of the file's layout.
    shard : str or None
        ``i/n`` if only the chunks of a shard are computed.
    geometry : list of int
        Number of chunks of the whole sweep, and how far each reaches along the axes.
    points, chunks : int
        Numbers of points and of chunks to compute here.
    size : int
        Length of the partial file in bytes.
    offsets : dict
        Where the values of each variable begin in it, in bytes.
    replace : bool
        Whether the finished file may replace another.
    name, text : str
        Name and text of the spec as it was first given.
    overrides : list of str
        ``key=value``, as first given.
    started : str
        When it was begun, UTC.
    """

    spec_sha256: str
    kernels: str
    layout: int
    shard: str | None
    geometry: list[int]
    points: int
    chunks: int
    size: int
    offsets: dict[str, int]
    replace: bool
    name: str
    text: str
    overrides: list[str]
    started: str
    format: int = FORMAT


@dataclass(frozen=True)
class Record:
    """A chunk whose bytes are on the disk; ``seconds`` is how long all runs took up to it."""

    chunk: int
    points: int
    missed: int
    sha256: str
    seconds: float


@dataclass
class JournalContents:
    """The contents of a journal that was read.

    Attributes
    ----------
    header : JournalHeader or None
        None if the first line is not readable.
    records : dict
        What is known of each chunk.
    damaged_lines : list of int
        Numbers of lines that do not parse, although a later one does.
    lines : int
        Number of lines up to the last that parses.
    size : int
        Where that one ends, in bytes.
    is_foreign : bool
        Whether it is no journal at all, nor the torn beginning of one.
    """

    header: JournalHeader | None = None
    records: dict[int, Record] = field(default_factory=dict)
    damaged_lines: list[int] = field(default_factory=list)
    lines: int = 0
    size: int = 0
    is_foreign: bool = False

    @property
    def seconds(self) -> float:
        """How long the runs took up to the last chunk."""
        return max((record.seconds for record in self.records.values()), default=0.0)


def examine(path: Path) -> JournalContents:
    """Read a journal, however damaged it is; nothing is changed.

    Raises
    ------
    FileNotFoundError
        If there is none.
    StoreError
        If it is of a later version, or not even a file.
    """
    try:
        data = beginning_of(path, _MOST_BYTES, follow=False)
    except NotRegularError as error:
        raise StoreError(str(error)) from None
    found = JournalContents()
    position, unreadable = 0, []
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        position += len(line) + 1
        if not _understand(line, found, first=number == 1):
            unreadable.append(number)
            continue
        found.damaged_lines += unreadable
        unreadable = []
        found.lines, found.size = number, position
    found.is_foreign = not (found.lines or may_begin_with(data, _BEGINNING))
    return found


def _understand(line: bytes, found: JournalContents, *, first: bool) -> bool:
    """Add what a line says to the findings; return whether the line is one of ours."""
    content = _unpacked(line)
    try:
        if content is None:
            return False
        if first:
            found.header = _header(content)
        elif "forget" in content:  # a repair: what was damaged up to here has been dealt with
            _require(_are_counts(content["forget"]) and len(content) == 1)
            found.damaged_lines.clear()
            for chunk in content["forget"]:
                found.records.pop(chunk, None)
        else:
            record = _record(content)
            found.records[record.chunk] = record
    except StoreError:
        raise
    except (TypeError, ValueError):
        return False
    return True


def _header(content: dict[str, Any]) -> JournalHeader:
    later = content.get("format")
    if isinstance(later, int) and later > FORMAT:
        raise StoreError(
            f"the journal has format {later}, this version of thermospin reads up to {FORMAT}; "
            "install a newer thermospin"
        )
    names = {each.name for each in fields(JournalHeader)}
    _require(content.keys() == names)
    header = JournalHeader(**content)
    words = (header.spec_sha256, header.kernels, header.name, header.text, header.started)
    _require(all(isinstance(word, str) for word in words) and isinstance(header.replace, bool))
    _require(header.shard is None or isinstance(header.shard, str))
    numbers = (header.layout, header.points, header.chunks, header.size, header.format)
    _require(_are_counts(list(numbers)) and _are_counts(header.geometry))
    _require(isinstance(header.offsets, dict) and _are_counts(list(header.offsets.values())))
    _require(isinstance(header.overrides, list) and _TIME.fullmatch(header.started))
    _require(all(isinstance(override, str) for override in header.overrides))
    # They end up in the file, which must be readable.
    _require(not broken_by_name(header.name) and not broken_by_overrides(header.overrides))
    _require(len(header.text.encode()) <= LARGEST and not CONTROL_BUT_LINES.search(header.text))
    return header


def _record(content: dict[str, Any]) -> Record:
    record = Record(**content)
    _require(_are_counts([record.chunk, record.points, record.missed]))
    _require(isinstance(record.sha256, str) and _SHA256.fullmatch(record.sha256))
    _require(isinstance(record.seconds, (int, float)) and 0 <= record.seconds < _LARGEST)
    return record


def _are_counts(values: object) -> bool:
    """Return whether something is a list of whole numbers, none below 0 or beyond all use."""
    return isinstance(values, list) and all(
        type(value) is int and 0 <= value < _LARGEST for value in values
    )


def _require(sound: object) -> None:
    if not sound:
        raise ValueError("a line is not what is written there")


def _packed(content: dict[str, Any]) -> bytes:
    text = json.dumps(content)
    return (json.dumps(content | {"crc32": f"{zlib.crc32(text.encode()):08x}"}) + "\n").encode()


def _unpacked(line: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(line)
        if not isinstance(content, dict):
            return None
        stored = content.pop("crc32", None)
    except (ValueError, RecursionError):
        return None
    # Python writes numbers so that they are read back as the same, and a line in one way only.
    return content if stored is not None and _packed(content) == line + b"\n" else None


class Journal:
    """A journal that is open for appending."""

    def __init__(self, descriptor: int, size: int) -> None:
        """Take over a descriptor; records are appended behind ``size`` bytes."""
        self._descriptor = descriptor
        self._size = size

    @classmethod
    def create(cls, path: Path, header: JournalHeader) -> Self:
        """Create a journal that is on the medium when this returns, name and all."""
        journal = cls(filesystem.create(path), 0)
        try:
            journal._append([asdict(header)])
            filesystem.sync_folder(path.parent)
        except BaseException:
            journal.close()
            raise
        return journal

    @classmethod
    def reopen(cls, path: Path, size: int) -> Self:
        """Open a journal whose first ``size`` bytes are good, and drop the rest."""
        descriptor = filesystem.reopen(path)
        try:
            filesystem.shorten(descriptor, size)
        except BaseException:
            filesystem.close(descriptor)
            raise
        return cls(descriptor, size)

    def append(self, records: Iterable[Record]) -> None:
        """Append records; they are on the medium when this returns."""
        self._append([asdict(record) for record in records])

    def forget(self, chunks: Iterable[int]) -> None:
        """State that damage up to here is known, and that these chunks will be computed again."""
        self._append([{"forget": sorted(chunks)}])

    def close(self) -> None:
        """Close the file."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            filesystem.close(descriptor)

    def _append(self, contents: list[dict[str, Any]]) -> None:
        data = b"".join(_packed(content) for content in contents)
        filesystem.write(self._descriptor, memoryview(data), self._size)
        filesystem.sync(self._descriptor)
        self._size += len(data)
