"""A file that is being computed, from its creation to its publication under the final name."""

import errno
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset import digests, disk, layout, provenance, skeleton
from thermospin.dataset.target import OutputError, Target
from thermospin.spec import SweepSpec

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SLAB = 1 << 16  # values of an axis that are converted at a time


def file_size(spec: SweepSpec) -> int:
    """Return the length of the file of a sweep in bytes."""
    return _lay_out(spec, {}, complete=False).size


def _lay_out(
    spec: SweepSpec,
    origin: dict[str, Any],
    *,
    complete: bool,
    computed: Mapping[str, str] | None = None,
) -> skeleton.Skeleton:
    root = layout.root_attributes(
        spec,
        complete=complete,
        written=provenance.now(),
        provenance=provenance.padded(origin),
    )
    return skeleton.build(layout.variables(spec), root, computed or {})


class Partial:
    """The file of a sweep under its provisional name; a context that removes it on failure.

    Parameters
    ----------
    spec : SweepSpec
        What will be computed.
    target : Target
        Where the finished file goes.
    threads : int
        Number of threads, for the provenance.
    fingerprint : str
        Hash of the bits of the self-test, for the provenance.
    """

    def __init__(
        self, spec: SweepSpec, target: Target, threads: int, fingerprint: str = ""
    ) -> None:
        """Create the file, reserve its room and write all but the results."""
        self._started = time.monotonic()
        self._spec = spec
        self._target = target
        self._provenance = provenance.collect(threads, fingerprint)
        self._variables = {variable.name: variable for variable in layout.variables(spec)}
        self._skeleton = _lay_out(spec, self._provenance, complete=False)
        try:
            self._descriptor = disk.create(target.partial)
        except FileExistsError:
            raise OutputError(
                f"{target.partial}: appeared a moment ago, so another run is writing it; "
                "choose another output with -o"
            ) from None
        try:
            with self._explaining_full_disk():  # met now rather than in six hours
                disk.reserve(self._descriptor, self.size)
            self._write_skeleton()
            self._write_known()
        except BaseException:
            self._discard()
            raise

    @property
    def size(self) -> int:
        """Length of the file in bytes."""
        return self._skeleton.size

    def write(self, name: str, first: int, values: NDArray[Any]) -> None:
        """Put consecutive values of a variable at their place.

        Parameters
        ----------
        name : str
            The variable.
        first : int
            Where the values begin in the flattened (row-major) variable.
        values : ndarray, shape (n,)
            The values.
        """
        variable = self._variables[name]
        data = np.ascontiguousarray(values, dtype=variable.dtype)
        if first < 0 or first + data.size > variable.size:
            raise ValueError(
                f"{name}: must lie within 0 … {variable.size}, got {first} … {first + data.size}"
            )
        offset = self._skeleton.offsets[name] + first * data.itemsize
        with self._explaining_full_disk():
            disk.write(self._descriptor, data.reshape(-1).view("u1").data, offset)

    def publish(self) -> None:
        """Declare the file complete, bring it to the medium and give it its final name.

        Raises
        ------
        OutputError
            If another file has taken the final name meanwhile; the finished result keeps its
            provisional name.
        """
        seconds = round(time.monotonic() - self._started, 3)
        self._provenance |= {"finished": provenance.now(), "wall_seconds": seconds}
        computed = self._digests()
        finished = _lay_out(self._spec, self._provenance, complete=True, computed=computed)
        if (finished.offsets, finished.size) != (self._skeleton.offsets, self._skeleton.size):
            raise RuntimeError(
                "HDF5 laid the finished file out differently from the unfinished one"
            )
        self._skeleton = finished
        disk.sync(self._descriptor)  # no file may say it is complete before its values are safe
        self._write_skeleton()
        disk.sync(self._descriptor)
        self._rename()
        self._close()

    def _digests(self) -> dict[str, str]:
        """Return the digest of each variable that was computed, from its bytes on the disk."""
        found = {}
        for variable in self._variables.values():
            if variable.values is None:
                start = self._skeleton.offsets[variable.name]
                end = start + variable.size * np.dtype(variable.dtype).itemsize
                found[variable.name] = digests.of_ranges(self._read_at, [(start, end)])
        return found

    def _read_at(self, offset: int, count: int) -> bytes:
        return os.pread(self._descriptor, count, offset)

    def __enter__(self) -> Self:
        """Return the file."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the file unless it has been published."""
        if self._descriptor >= 0:
            self._discard()

    @contextmanager
    def _explaining_full_disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            folder = self._target.path.parent
            free = shutil.disk_usage(folder).free
            raise OSError(
                error.errno,
                f"the result needs {self.size:,} bytes, {free:,} are free; "
                "free some space or choose another folder with -o",
                str(folder),
            ) from None

    def _write_skeleton(self) -> None:
        for offset, piece in self._skeleton.pieces:
            disk.write(self._descriptor, memoryview(piece), offset)

    def _write_known(self) -> None:
        for variable in self._variables.values():
            if variable.values is not None:
                flat = variable.values.reshape(-1)
                for first in range(0, flat.size, _SLAB):
                    slab = flat[first : first + _SLAB] * variable.factor
                    self.write(variable.name, first, slab)

    def _rename(self) -> None:
        if self._target.force:
            disk.replace(self._target.partial, self._target.path)
            return
        try:
            disk.publish(self._target.partial, self._target.path)
        except FileExistsError:
            self._close()
            raise OutputError(
                f"{self._target.path}: appeared during the run and was left alone; "
                f"the finished result is {self._target.partial}: rename it"
            ) from None

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        disk.close(descriptor)

    def _discard(self) -> None:
        self._close()
        disk.remove(self._target.partial)
