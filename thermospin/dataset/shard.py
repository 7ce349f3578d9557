"""Reading a shard: whose it is, and the values of its chunks."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from thermospin.dataset.form import CHUNK_DIGESTS, SHARD
from thermospin.dataset.partial import Place
from thermospin.dataset.reader import (
    FileError,
    SpecText,
    opened,
    provenance_of,
    spec_of,
    text_of,
    variables_of,
)


@dataclass(frozen=True)
class ShardHead:
    """What a shard says about itself.

    Attributes
    ----------
    path : Path
        The file.
    shard : str
        ``i/n``.
    name : str
        Name of the spec.
    spec : SpecText
        The spec it was computed from.
    spec_sha256 : str
        Hash of what that means.
    geometry : tuple of int
        Number of chunks of the whole sweep, and how far each reaches along the axes.
    provenance : dict
        How it came about.
    """

    path: Path
    shard: str
    name: str
    spec: SpecText
    spec_sha256: str
    geometry: tuple[int, ...]
    provenance: dict[str, Any]


def shard_head(path: str | os.PathLike[str]) -> ShardHead:
    """Return what a shard says about itself.

    Raises
    ------
    FileError
        If the file is not a finished shard of ours.
    """
    with opened(path) as file:
        if SHARD not in file.attrs:
            raise FileError("is not a shard: it holds a whole sweep")
        if not file.attrs["thermospin_complete"]:
            raise FileError("is not finished; continue its run with --resume")
        geometry = np.asarray(file.attrs["thermospin_geometry"], dtype="i8")
        return ShardHead(
            path=Path(path),
            shard=text_of(file, SHARD),
            name=text_of(file, "thermospin_spec_name"),
            spec=spec_of(file),
            spec_sha256=text_of(file, "thermospin_spec_sha256"),
            geometry=tuple(geometry.reshape(-1).tolist()),
            provenance=provenance_of(file),
        )


class ShardValues:
    """The values of an open shard."""

    def __init__(self, file: h5py.File) -> None:
        """Take an open file of ours."""
        self._variables = variables_of(file)

    def read(self, place: Place) -> NDArray[Any]:
        """Return consecutive values of a variable."""
        return self._within(place.name, place.first, place.length)

    def digest(self, position: int) -> str:
        """Return the recorded digest of a chunk, counted from 0 within the shard."""
        return self._within(CHUNK_DIGESTS, position, 1).tobytes().hex()

    def _within(self, name: str, first: int, length: int) -> NDArray[Any]:
        variable = self._variables.get(name)
        if variable is None or first + length > len(variable):
            raise FileError(f"is damaged: it lacks values of {name}")
        values: NDArray[Any] = variable[first : first + length]
        return values


@contextmanager
def shard_values(path: Path) -> Iterator[ShardValues]:
    """Open a shard to read its values."""
    with opened(path) as file:
        yield ShardValues(file)
