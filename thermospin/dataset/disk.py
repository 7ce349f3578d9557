"""The disk: every call that changes a file or a folder, and nothing else.

Whoever wants to know what happens when the n-th call fails replaces ``os`` in this module.
"""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_NO_PREALLOCATION = {errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS, errno.ENOTSUP}
_NO_HARD_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.ENOTSUP, errno.EMLINK}
_NO_LOCKS = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.ENOTSUP, errno.EINVAL}
_PLAIN = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC


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
            if error.errno not in _NO_PREALLOCATION:
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
    """Return once the file is on the medium."""
    if hasattr(fcntl, "F_FULLFSYNC"):  # macOS: fsync leaves the data in the drive's cache
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


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
            os.fsync(descriptor)
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
