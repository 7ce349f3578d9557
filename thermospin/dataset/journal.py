"""The journal: which chunks of an unfinished file are safe on the disk, and what their bytes are.

Text, one record a line, each a JSON object that carries the CRC-32 of its own text; appended to and
never changed. The first line says what is being computed; a line about a chunk is written after
the chunk itself is on the medium. Lines at the end that do not parse were being written when the
run died; those before a line that does are damage.
"""

import json
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from thermospin.dataset import disk

FORMAT = 1
"""Version of the journal; a later one is refused."""

_MOST_BYTES = 1 << 30  # of a journal; those of the largest sweeps have a few megabytes


class StoreError(ValueError):
    """Unfinished work cannot be continued; the message says why and what can be done."""


@dataclass(frozen=True)
class Header:
    """What is being computed, and where in the partial file its values lie.

    Attributes
    ----------
    spec_sha256 : str
        Digest of what is computed.
    kernels : str
        What decides the bits beside that: `Numerics` in one word.
    layout : int
        Version of the file's layout.
    shard : str or None
        ``i/n`` if only a share of the chunks is computed.
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
class Findings:
    """What a journal says.

    Attributes
    ----------
    header : Header or None
        None if the first line is not readable.
    records : dict
        What is known of each chunk.
    damaged_lines : list of int
        Numbers of lines that do not parse, although a later one does.
    lines : int
        Number of lines up to the last that parses.
    size : int
        Where that one ends, in bytes.
    """

    header: Header | None = None
    records: dict[int, Record] = field(default_factory=dict)
    damaged_lines: list[int] = field(default_factory=list)
    lines: int = 0
    size: int = 0

    @property
    def seconds(self) -> float:
        """How long the runs took up to the last chunk."""
        return max((record.seconds for record in self.records.values()), default=0.0)


def examine(path: Path) -> Findings:
    """Read a journal, however damaged it is; nothing is changed."""
    with path.open("rb") as file:
        data = file.read(_MOST_BYTES)
    found = Findings()
    position, unreadable = 0, []
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        position += len(line) + 1
        if not _understand(line, found, first=number == 1):
            unreadable.append(number)
            continue
        found.damaged_lines += unreadable
        unreadable = []
        found.lines, found.size = number, position
    return found


def _understand(line: bytes, found: Findings, *, first: bool) -> bool:
    """Take a line into account; return whether it is a record of ours."""
    content = _unpacked(line)
    try:
        if content is None:
            return False
        if first:
            found.header = _header(content)
        elif "forget" in content:  # a repair: what was damaged up to here has been dealt with
            found.damaged_lines.clear()
            for chunk in content["forget"]:
                found.records.pop(int(chunk), None)
        else:
            record = Record(**content)
            found.records[record.chunk] = record
    except StoreError:
        raise
    except (TypeError, ValueError):
        return False
    return True


def _header(content: dict[str, Any]) -> Header:
    later = content.get("format")
    if isinstance(later, int) and later > FORMAT:
        raise StoreError(
            f"the journal has format {later}, this version of thermospin reads up to {FORMAT}; "
            "install a newer thermospin"
        )
    names = {each.name for each in fields(Header)}
    if content.keys() != names:
        raise ValueError(f"a header has {sorted(names)}, got {sorted(content)}")
    return Header(**content)


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
    def create(cls, path: Path, header: Header) -> Self:
        """Create a journal that is on the medium when this returns, name and all."""
        journal = cls(disk.create(path), 0)
        try:
            journal._append([asdict(header)])
            disk.sync_folder(path.parent)
        except BaseException:
            journal.close()
            raise
        return journal

    @classmethod
    def reopen(cls, path: Path, size: int) -> Self:
        """Open a journal whose first ``size`` bytes are good, and drop the rest."""
        descriptor = disk.reopen(path)
        try:
            disk.shorten(descriptor, size)
        except BaseException:
            disk.close(descriptor)
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
            disk.close(descriptor)

    def _append(self, contents: list[dict[str, Any]]) -> None:
        data = b"".join(_packed(content) for content in contents)
        disk.write(self._descriptor, memoryview(data), self._size)
        disk.sync(self._descriptor)
        self._size += len(data)
