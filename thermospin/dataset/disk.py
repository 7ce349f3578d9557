"""The disk: every call that changes a file or a folder, and nothing else.

Whoever wants to know what happens when the n-th call fails replaces ``os`` in this module.
"""

import errno
import fcntl
import os
from contextlib import suppress
from pathlib import Path

_NO_PREALLOCATION = {errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS, errno.ENOTSUP}
_NO_HARD_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.ENOTSUP, errno.EMLINK}


def create(path: Path) -> int:
    """Create a file that does not exist yet and return its descriptor."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)


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


def write(descriptor: int, data: memoryview, offset: int) -> None:
    """Write all the bytes at an offset; the kernel may take them in several portions."""
    while data:
        written = os.pwrite(descriptor, data, offset)
        data, offset = data[written:], offset + written


def sync(descriptor: int) -> None:
    """Return once the file is on the medium."""
    if hasattr(fcntl, "F_FULLFSYNC"):  # macOS: fsync leaves the data in the drive's cache
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def close(descriptor: int) -> None:
    """Close a descriptor."""
    os.close(descriptor)


def publish(partial: Path, final: Path) -> None:
    """Give a finished file its final name, unless that name is taken.

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
        _sync_folder(final.parent)
        return
    _sync_folder(final.parent)
    os.unlink(partial)
    _sync_folder(final.parent)


def replace(partial: Path, final: Path) -> None:
    """Give a finished file its final name and drop the file that had it."""
    os.replace(partial, final)
    _sync_folder(final.parent)


def remove(path: Path) -> None:
    """Remove a file, unless it is gone already."""
    with suppress(FileNotFoundError):
        os.unlink(path)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
