"""An open file of thermospin: its header, where the values of its variables lie, and the values.

Values are read with plain reads, in parts, so that a file of any size takes a bounded amount of
memory.
"""

import math
import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset import digests
from thermospin.dataset.file_header import DamageError, FileHeader
from thermospin.quantities import OUTPUTS, PARAMETERS

_AT_ONCE = 1 << 24  # bytes of a single read


@dataclass(frozen=True)
class FileVariable:
    """A variable of a file: its dimensions, where its values lie, its unit and its meaning.

    ``digest`` is the SHA-256 that the file gives of its values. Texts that are not there are empty.
    """

    dims: tuple[str, ...]
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    start: int
    digest: str
    unit: str
    meaning: str

    @property
    def size(self) -> int:
        """Number of values."""
        return math.prod(self.shape)

    @property
    def place(self) -> tuple[int, int]:
        """Where its values begin and end, in bytes."""
        return self.start, self.start + self.size * self.dtype.itemsize


@dataclass(frozen=True)
class OpenFile:
    """An open file of thermospin.

    Attributes
    ----------
    path : str
        As it was named.
    length : int
        In bytes.
    header : FileHeader
        What the file says about itself.
    variables : dict of str to FileVariable
        Every variable, in the order of the file.
    descriptor : int
        The file itself.
    """

    path: str
    length: int
    header: FileHeader
    variables: dict[str, FileVariable]
    descriptor: int

    @property
    def axes(self) -> list[str]:
        """Names of the axes, the slowest first."""
        return [name for name in self.variables if name in PARAMETERS and self._dims(name)]

    @property
    def outputs(self) -> list[str]:
        """Names of the outputs."""
        return [name for name in self.variables if name in OUTPUTS]

    def fixed(self) -> dict[str, float]:
        """Return the parameters that are not axes."""
        names = [name for name in self.variables if name in PARAMETERS and not self._dims(name)]
        return {name: float(self.read(name)[0]) for name in names}

    def _dims(self, name: str) -> tuple[str, ...]:
        return self.variables[name].dims

    def array(self, name: str) -> NDArray[Any]:
        """Return all values of a variable, in its shape."""
        return self.read(name).reshape(self.variables[name].shape)

    def mapped(self, name: str) -> NDArray[Any]:
        """Return all values of a variable, in its shape; the system reads those that are used."""
        variable = self.variables[name]
        with open(os.dup(self.descriptor), "rb") as file:
            found = np.memmap(file, variable.dtype, "r", variable.start, variable.shape)
        return found.view(np.ndarray)

    def read(self, name: str, first: int = 0, count: int | None = None) -> NDArray[Any]:
        """Return consecutive values of a flattened (row-major) variable; all of them by default.

        Raises
        ------
        DamageError
            If they are not there.
        """
        variable = self.variables.get(name)
        size = 0 if variable is None else variable.size
        count = size - first if count is None else count
        if variable is None or not 0 <= first <= first + count <= size:
            raise DamageError(f"is damaged: it lacks values of {name}")
        values = np.empty(count, dtype=variable.dtype)
        target = values.view("u1")
        offset, done = variable.start + first * variable.dtype.itemsize, 0
        while done < target.size:
            part = self.bytes_at(offset + done, min(target.size - done, _AT_ONCE))
            if not part:
                raise DamageError(f"is damaged: {name} ends too early")
            target[done : done + len(part)] = np.frombuffer(part, dtype="u1")
            done += len(part)
        return values

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
