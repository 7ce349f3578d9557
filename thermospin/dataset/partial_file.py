"""The partial file: a result while it is being computed, filled by plain writes at known places."""

import errno
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset import digests, filesystem
from thermospin.dataset.job import Job, ValueRange
from thermospin.dataset.output_path import OutputError, OutputPath

_SLAB = 1 << 16  # values of an axis that are converted at a time


@contextmanager
def explained(output: OutputPath, size: int) -> Iterator[None]:
    """Add the file, and what may be done where there is no room, to errors of the disk.

    Parameters
    ----------
    output : OutputPath
        Where the result goes.
    size : int
        Length of the file in bytes.
    """
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(output.partial)
        filesystem.explain(error, output.path.parent, size)
        raise


class PartialFile:
    """The file of a run under its provisional name, ``OUT.partial``.

    Parameters
    ----------
    job : Job
        What the file will hold.
    output : OutputPath
        Where the finished file goes.
    origin : mapping
        The provenance.

    Attributes
    ----------
    skeleton : FileSkeleton
        Everything of the file but its values, and where these lie.
    """

    def __init__(self, job: Job, output: OutputPath, origin: Mapping[str, Any]) -> None:
        """Lay the file out; nothing is on the disk yet."""
        self._job = job
        self._output = output
        self._variables = {variable.name: variable for variable in job.variables()}
        self.skeleton = job.lay_out(origin, complete=False, computed={})
        self._descriptor = -1

    @property
    def size(self) -> int:
        """Length of the file in bytes."""
        return self.skeleton.size

    def create(self) -> Self:
        """Create the file, reserve its room and write all but the results."""
        self._descriptor = filesystem.create(self._output.partial)
        self.restore()
        filesystem.sync_folder(self._output.path.parent)
        return self

    def reopen(self) -> Self:
        """Open the file as a former run left it; nothing is changed."""
        self._descriptor = filesystem.reopen(self._output.partial)
        return self

    def restore(self) -> None:
        """Write everything but the results: what a former run wrote last may be torn."""
        filesystem.reserve(self._descriptor, self.size)  # a full disk is met now, not in six hours
        self._write_skeleton()
        self._write_known()
        filesystem.sync(self._descriptor)

    def write(self, place: ValueRange, values: NDArray[Any]) -> None:
        """Put values in their place.

        Raises
        ------
        ValueError
            If the place is not within the variable.
        """
        data = np.ascontiguousarray(values, dtype=self._variables[place.name].dtype)
        start, _ = self._range(place)
        filesystem.write(self._descriptor, data.reshape(-1).view("u1").data, start)

    def digest(self, places: Iterable[ValueRange]) -> str:
        """Return the SHA-256 of the bytes at some places, one after the other."""
        digest = hashlib.sha256()
        for place in places:
            start, end = self._range(place)
            digest.update(filesystem.read(self._descriptor, start, end - start))
        return digest.hexdigest()

    def sync(self) -> None:
        """Return once everything written is on the medium.

        Raises
        ------
        FileNotFoundError
            If the file has lost its name: nothing written to it could be found again.
        """
        filesystem.sync(self._descriptor)
        found = os.stat(self._output.partial, follow_symlinks=False)
        if not os.path.samestat(found, os.fstat(self._descriptor)):
            raise FileNotFoundError(
                errno.ENOENT, "was replaced by another file", str(self._output.partial)
            )

    def finish(self, origin: Mapping[str, Any]) -> None:
        """Declare the file complete, with the final provenance, on the medium."""
        computed = self._digests()
        finished = self._job.lay_out(origin, complete=True, computed=computed)
        if (finished.offsets, finished.size) != (self.skeleton.offsets, self.skeleton.size):
            raise RuntimeError(
                "HDF5 laid the finished file out differently from the unfinished one"
            )
        self.skeleton = finished
        self.sync()  # no file may say it is complete before its values are safe
        self._write_skeleton()
        self.sync()

    def publish(self) -> None:
        """Give the file its final name; the provisional one may remain.

        Raises
        ------
        OutputError
            If another file has taken the final name meanwhile.
        """
        if self._output.force:
            filesystem.replace(self._output.partial, self._output.path)
            return
        try:
            filesystem.publish(self._output.partial, self._output.path)
        except FileExistsError:
            raise OutputError(
                f"{self._output.path}: appeared during the run and was left alone; the result is "
                "finished: move that file away and take up the result with --resume"
            ) from None

    def close(self) -> None:
        """Close the file."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            filesystem.close(descriptor)

    def _range(self, place: ValueRange) -> tuple[int, int]:
        variable = self._variables[place.name]
        last = place.first + place.length
        if place.first < 0 or last > variable.size:
            raise ValueError(
                f"{place.name}: must lie within 0 … {variable.size}, got {place.first} … {last}"
            )
        width = np.dtype(variable.dtype).itemsize
        offset = self.skeleton.offsets[place.name]
        return offset + place.first * width, offset + last * width

    def _digests(self) -> dict[str, str]:
        """Return the digest of each variable that was computed, from its bytes on the disk."""
        sizes = {v.name: v.size for v in self._variables.values() if v.values is None}

        def digest(name: str) -> str:
            return digests.of_ranges(self._read_at, [self._range(ValueRange(name, 0, sizes[name]))])

        with ThreadPoolExecutor(self._job.threads) as pool:
            return dict(zip(sizes, pool.map(digest, sizes), strict=True))

    def _read_at(self, offset: int, count: int) -> bytes:
        return filesystem.read(self._descriptor, offset, count)

    def _write_skeleton(self) -> None:
        for offset, piece in self.skeleton.pieces:
            filesystem.write(self._descriptor, memoryview(piece), offset)

    def _write_known(self) -> None:
        for variable in self._variables.values():
            if variable.values is not None:
                flat = variable.values.reshape(-1)
                for first in range(0, flat.size, _SLAB):
                    slab = flat[first : first + _SLAB] * variable.factor
                    self.write(ValueRange(variable.name, first, slab.size), slab)
