"""The file system: every call that changes a file or a folder, and what a lack of room means.

Whoever wants to know what happens when the n-th call fails replaces ``os`` in this module.
"""

import errno
import fcntl
import os
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_NOT_SUPPORTED = {errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, 524}
"""Errors by which file systems say that they cannot do something. 524 is the ENOTSUPP of Linux,
which some file systems pass on and for which Python has no name."""
_CANNOT = _NOT_SUPPORTED | {errno.EINVAL}
_NO_HARD_LINKS = _NOT_SUPPORTED | {errno.EPERM, errno.EMLINK}
_NO_LOCKS = _CANNOT | {errno.ENOLCK}
_NOT_DURABLE = (
    "this file system cannot be asked to bring files to the medium (fsync is not supported): what "
    "is finished survives a kill, but not a power cut"
)
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_PLAIN = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC


class DurabilityWarning(UserWarning):
    """A file system cannot promise that what is finished survives a power cut."""


def create(path: Path) -> int:
    """Create a file that does not exist yet and return its descriptor."""
    with _named(path):
        return os.open(path, _PLAIN | os.O_CREAT | os.O_EXCL, 0o666)


def reopen(path: Path) -> int:
    """Open a file that exists, for reading and writing, and return its descriptor."""
    with _named(path):
        return os.open(path, _PLAIN)


def reserve(descriptor: int, size: int) -> None:
    """Give the file its size in bytes and, where the file system can, the room on the disk."""
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(descriptor, 0, size)
            return
        except OSError as error:
            if error.errno not in _CANNOT:
                raise
    os.ftruncate(descriptor, size)


def shorten(descriptor: int, size: int) -> None:
    """Cut the file off behind a number of bytes."""
    os.ftruncate(descriptor, size)


def write(descriptor: int, data: memoryview, offset: int) -> None:
    """Write all the bytes at an offset; the kernel may take them in several portions."""
    while data:
        written = os.pwrite(descriptor, data, offset)
        data, offset = data[written:], offset + written


def read(descriptor: int, offset: int, count: int) -> bytes:
    """Return bytes from an offset on; fewer only if the file ends."""
    parts = []
    while count:
        part = os.pread(descriptor, count, offset)
        if not part:
            break
        parts.append(part)
        count, offset = count - len(part), offset + len(part)
    return b"".join(parts)


def sync(descriptor: int) -> None:
    """Return once the file is on the medium.

    Warns
    -----
    DurabilityWarning
        If its file system cannot tell: then it is there when the system likes.
    """
    if hasattr(fcntl, "F_FULLFSYNC"):  # macOS: fsync leaves the data in the drive's cache
        try:
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
        except OSError as error:
            if error.errno not in _CANNOT:
                raise
    _flush(descriptor)


def _flush(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
        # From one place, so that it is told once.
        warnings.warn(_NOT_DURABLE, DurabilityWarning, stacklevel=1)


def close(descriptor: int) -> None:
    """Close a descriptor."""
    os.close(descriptor)


def lock(descriptor: int) -> bool | None:
    """Lock a file for this process as long as it lives.

    Returns
    -------
    bool or None
        Whether the lock was free; None on a file system that has no locks.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return None
        raise
    return True


def publish(partial: Path, final: Path) -> None:
    """Give a finished file its final name, unless that name is taken.

    The provisional name may remain, beside the final one.

    Raises
    ------
    FileExistsError
        If something else has the final name; both files are left as they are.
    """
    try:
        os.link(partial, final)  # unlike rename it never overwrites
    except FileExistsError:
        # A network file system may repeat a request that had already succeeded.
        if not final.samefile(partial):
            raise
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        if final.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(final)) from None
        os.rename(partial, final)
    sync_folder(final.parent)


def replace(partial: Path, final: Path) -> None:
    """Give a finished file its final name and drop the file that had it."""
    os.replace(partial, final)
    sync_folder(final.parent)


def remove(path: Path) -> None:
    """Remove a file, unless it is gone already."""
    with suppress(FileNotFoundError), _named(path):
        os.unlink(path)


def sync_folder(folder: Path) -> None:
    """Return once the names in a folder are on the medium."""
    with _named(folder):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _flush(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Add the path to errors that lack it, as they do where only a descriptor is known."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def explain(error: OSError, folder: Path, needed: int) -> None:
    """Add to an error for lack of room what is lacking: bytes or files; leave other errors alone.

    Parameters
    ----------
    error : OSError
        As the disk raised it.
    folder : Path
        Where there is no room.
    needed : int
        Bytes that the result needs; 0 where the error is not about them.
    """
    if error.errno not in _NO_ROOM:
        return
    reason = os.strerror(error.errno)
    if error.errno == errno.ENOSPC and _free(folder) > needed and not _free_files(folder):
        error.strerror = (
            f"{reason}: the file system holds as many files as it can (no inodes are free); remove "
            "some files or choose another folder with -o"
        )
        error.filename = str(folder)
    elif needed:
        error.strerror = (
            f"{reason}: the result needs {needed:,} bytes, {_free(folder):,} are free; free some "
            "space or choose another folder with -o"
        )
        error.filename = str(folder)


def _free(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


def _free_files(folder: Path) -> bool:
    """Return whether one more file can be created, as far as the file system tells."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return True
    return found.f_files == 0 or found.f_favail > 0  # some count no files
