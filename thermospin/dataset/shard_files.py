"""Reading a shard: whose it is, and the values of its chunks."""

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from thermospin.dataset.file_header import FileHeader
from thermospin.dataset.form import CHUNK_DIGESTS
from thermospin.dataset.open_file import STATUS_NAMES, FileError, OpenFile
from thermospin.dataset.opening import opened
from thermospin.dataset.partial_file import ValueRange

_DIGEST_BYTES = 32


@dataclass(frozen=True)
class ShardFile:
    """A finished shard.

    Attributes
    ----------
    path : Path
        The file.
    shard : str
        Which one it is, ``i/n``.
    head : FileHeader
        What it says about itself.
    mesh_size : int
        Number of points of the whole sweep, as the axes in the file have it.
    points, junctions : int
        How many points and how many junctions it has outputs of.
    """

    path: Path
    shard: str
    head: FileHeader
    mesh_size: int
    points: int
    junctions: int


def shard_file(path: str | os.PathLike[str]) -> ShardFile:
    """Return what a shard is.

    Raises
    ------
    FileError
        If the file is not a finished shard of ours.
    """
    with opened(path) as file:
        if file.head.shard is None:
            raise FileError("is not a shard: it holds a whole sweep")
        if not file.head.complete:
            raise FileError("is not finished; continue its run with --resume")
        sizes = {name: variable.size for name, variable in file.variables.items()}
        mesh_size = math.prod(sizes[name] for name in file.axes)
        counts = (sizes.get(name, 0) for name in STATUS_NAMES)
        return ShardFile(Path(path), file.head.shard, file.head, mesh_size, *counts)


class ShardValues:
    """The values of an open shard."""

    def __init__(self, file: OpenFile) -> None:
        """Take an open file of ours."""
        self._file = file

    def read(self, place: ValueRange) -> NDArray[Any]:
        """Return consecutive values of a variable."""
        return self._file.read(place.name, place.first, place.length)

    def digest(self, position: int) -> str:
        """Return the recorded digest of a chunk, counted from 0 within the shard."""
        first = _DIGEST_BYTES * position
        return self._file.read(CHUNK_DIGESTS, first, _DIGEST_BYTES).tobytes().hex()


@contextmanager
def shard_values(path: Path) -> Iterator[ShardValues]:
    """Open a shard to read its values."""
    with opened(path) as file:
        yield ShardValues(file)
