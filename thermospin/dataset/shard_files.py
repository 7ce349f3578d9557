"""The files of shards: which part of a sweep each holds, and the values of its chunks."""

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from thermospin.dataset.file_header import FileError, FileHeader
from thermospin.dataset.job import Shard, ValueRange
from thermospin.dataset.open_file import OpenFile
from thermospin.dataset.opening import opened
from thermospin.dataset.schema import CHUNK_DIGESTS, DIGEST_BYTES, STATUS_NAMES


@dataclass(frozen=True)
class ShardFile:
    """The file of a finished shard.

    Attributes
    ----------
    path : Path
        The file.
    shard : Shard
        Which part of its sweep the file holds.
    header : FileHeader
        What the file says about itself.
    mesh_size : int
        Number of points of the whole sweep, as the axes in the file have it.
    points, junctions : int
        How many points and how many junctions the file has outputs of.
    """

    path: Path
    shard: Shard
    header: FileHeader
    mesh_size: int
    points: int
    junctions: int


def shard_file(path: str | os.PathLike[str]) -> ShardFile:
    """Return which shard a file holds, and how much of its sweep.

    Raises
    ------
    FileError
        If the file is not a finished shard.
    """
    with opened(path) as file:
        header = file.header
        if header.shard is None:
            raise FileError("is not a shard: it holds a whole sweep")
        if not header.complete:
            raise FileError("is not finished; continue its run with --resume")
        sizes = {name: variable.size for name, variable in file.variables.items()}
        mesh_size = math.prod(sizes[name] for name in file.axes)
        counts = (sizes.get(name, 0) for name in STATUS_NAMES)
        return ShardFile(Path(path), Shard.of(header.shard), header, mesh_size, *counts)


class ShardValues:
    """The values of an open shard."""

    def __init__(self, file: OpenFile) -> None:
        """Take an open file of thermospin."""
        self._file = file

    def read(self, place: ValueRange) -> NDArray[Any]:
        """Return consecutive values of a variable."""
        return self._file.read(place.name, place.first, place.length)

    def digest(self, position: int) -> str:
        """Return the recorded digest of a chunk, counted from 0 within the shard."""
        first = DIGEST_BYTES * position
        return self._file.read(CHUNK_DIGESTS, first, DIGEST_BYTES).tobytes().hex()


@contextmanager
def shard_values(path: Path) -> Iterator[ShardValues]:
    """Open a shard to read its values."""
    with opened(path) as file:
        yield ShardValues(file)
