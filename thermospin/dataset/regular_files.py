"""Reading files that others may have put there, of which only regular ones are opened.

To read a pipe or a device could wait for ever, or never end.
"""

import os
import stat
from pathlib import Path


class NotRegularError(ValueError):
    """A path leads to something other than a regular file: a folder, a pipe, a device."""


def opened_for_reading(path: str | os.PathLike[str], *, follow: bool = True) -> int:
    """Open a regular file and return its descriptor.

    Parameters
    ----------
    path : path
        The file.
    follow : bool
        Whether it may be a symbolic link to one.

    Raises
    ------
    NotRegularError
        If it is something else; nothing waits for that.
    OSError
        If it cannot be opened.
    """
    _require_regular(os.stat(path, follow_symlinks=follow))  # devices are not even opened
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    descriptor = os.open(path, flags)
    try:
        _require_regular(os.fstat(descriptor))
    except NotRegularError:
        os.close(descriptor)
        raise
    return descriptor


def _require_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise NotRegularError("is not a regular file")


def beginning_of(path: str | os.PathLike[str], most: int, *, follow: bool = True) -> bytes:
    """Return at most so many bytes of a regular file; errors are those of `opened_for_reading`."""
    with open(opened_for_reading(path, follow=follow), "rb") as file:
        return file.read(most)


def is_something_else(path: Path) -> bool:
    """Return whether a path is taken by anything but a regular file; links count as such."""
    try:
        return not stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return False


def may_begin_with(data: bytes, beginning: bytes) -> bool:
    """Return whether a file with these first bytes is, or was becoming, one that we write.

    Parameters
    ----------
    data : bytes
        Its first bytes, as many as ``beginning`` has or all that there are. Those of a file that a
        run died over may be fewer, and zeros where the power was cut.
    beginning : bytes
        What every file of the kind begins with.
    """
    found = data[: len(beginning)]
    return beginning.startswith(found) or not found.strip(b"\0")
