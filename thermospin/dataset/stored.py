"""A file of ours in parts: where each variable lies, its values by the slab, and its digests.

HDF5 tells where the values are; they are then read with plain reads, so that a file of any size
takes a bounded amount of memory.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import h5py
import numpy as np
from numpy.typing import NDArray

from thermospin.dataset import digests
from thermospin.dataset.reader import (
    DamageError,
    SpecText,
    dims_of,
    number_of,
    opened,
    spec_of,
    text_of,
    variables_of,
)


@dataclass(frozen=True)
class StoredVariable:
    """Where a variable lies in a file, and the digest that it carries; empty if it has none."""

    dims: tuple[str, ...]
    shape: tuple[int, ...]
    dtype: np.dtype[np.float64] | np.dtype[np.int8]
    start: int
    digest: str

    @property
    def size(self) -> int:
        """Number of values."""
        return int(np.prod(self.shape, dtype=object))

    @property
    def place(self) -> tuple[int, int]:
        """Where its values begin and end, in bytes."""
        return self.start, self.start + self.size * self.dtype.itemsize


@dataclass(frozen=True)
class Stored:
    """A file that is read in parts.

    Attributes
    ----------
    variables : dict of str to StoredVariable
        Every variable, in the order of the file.
    descriptor : int
        The file itself, open.
    """

    path: str
    length: int
    layout: int
    complete: bool
    gap_model: str
    rtol: float
    name: str
    spec: SpecText
    spec_sha256: str
    variables: dict[str, StoredVariable]
    descriptor: int

    def read(self, name: str, first: int = 0, count: int | None = None) -> NDArray[np.generic]:
        """Return consecutive values of a flattened (row-major) variable; all of them by default."""
        variable = self.variables[name]
        count = variable.size - first if count is None else count
        offset = variable.start + first * variable.dtype.itemsize
        data = bytearray()
        wanted = count * variable.dtype.itemsize
        while len(data) < wanted:
            part = self.bytes_at(offset + len(data), wanted - len(data))
            if not part:
                raise DamageError(f"{self.path}: is damaged: {name} ends too early")
            data += part
        return np.frombuffer(data, dtype=variable.dtype)

    def bytes_at(self, offset: int, count: int) -> bytes:
        """Return at most so many bytes from an offset on."""
        return os.pread(self.descriptor, count, offset)

    def digest_of(self, name: str) -> str:
        """Return the digest of a variable's bytes as they are now."""
        return digests.of_ranges(self.bytes_at, [self.variables[name].place])

    def altered(self) -> list[str]:
        """Return the names of the variables whose bytes do not have the digest they carry."""
        return [
            name
            for name, variable in self.variables.items()
            if self.digest_of(name) != variable.digest
        ]


@contextmanager
def stored(path: str | os.PathLike[str]) -> Iterator[Stored]:
    """Open a file of ours to read it in parts.

    Parameters
    ----------
    path : path
        A finished file or a ``.partial`` one.

    Yields
    ------
    Stored
        What it holds and where.

    Raises
    ------
    FileError
        If it is not a file of ours or its layout is newer than this program.
    """
    descriptor = -1
    try:
        with opened(path) as file:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            found = Stored(
                path=os.fspath(path),
                length=os.fstat(descriptor).st_size,
                layout=int(number_of(file, "thermospin_layout")),
                complete=bool(number_of(file, "thermospin_complete")),
                gap_model=text_of(file, "thermospin_gap_model"),
                rtol=number_of(file, "thermospin_rtol"),
                name=text_of(file, "thermospin_spec_name"),
                spec=spec_of(file),
                spec_sha256=text_of(file, "thermospin_spec_sha256"),
                variables={name: _stored(each) for name, each in variables_of(file).items()},
                descriptor=descriptor,
            )
        yield found
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _stored(dataset: h5py.Dataset) -> StoredVariable:
    digest = text_of(dataset, digests.ATTRIBUTE) if digests.ATTRIBUTE in dataset.attrs else ""
    return StoredVariable(
        dims_of(dataset), dataset.shape, dataset.dtype, dataset.id.get_offset(), digest
    )
