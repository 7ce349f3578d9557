"""Folders and files that nobody else can change: compiled code is loaded from such places only.

To load compiled code is to run it. Who can write to the folder that keeps it, or exchange that
folder or one above it, could run code as whoever computes.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_ROOT = 0  # user who can change everything anyway
_MOST_LINKS = 40  # as Linux follows


def make_private(folder: Path) -> None:
    """Make a folder that nobody else can change, or find that it is one.

    What is missing of it is made for the user alone. All that is passed on the way to it, symbolic
    links included, must belong to the user or to root, and nobody else may write there. Where
    everybody may write but only owners may rename (the sticky bit, as of ``/tmp``), it suffices
    that what is passed next belongs to the user or to root.

    Raises
    ------
    OSError
        If the folder is not private or not writable; the message names what is wrong with what.
    """
    folder = Path(os.path.abspath(folder))
    missing = []
    there = folder
    while not os.path.lexists(there):
        missing.append(there)
        there = there.parent
    _check_way(there)
    for each in reversed(missing):
        with suppress(FileExistsError):  # made by another process of ours, or else found below
            each.mkdir(mode=0o700)
    _check_way(folder)
    if folder.stat().st_mode & _OTHERS_WRITE:
        raise OSError(f"{folder}: others can write to it")
    if not os.access(folder, os.W_OK):
        raise OSError(f"{folder}: cannot be written to")


def read_private(path: Path) -> bytes:
    """Return what is in a file of a private folder.

    Raises
    ------
    OSError
        If there is no such file, or somebody else can change it.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(f"{path}: is not a regular file")
        if objection := _objection(status):
            raise OSError(f"{path}: {objection}")
        return file.read()


def write_private(path: Path, content: bytes) -> None:
    """Put a file into a private folder, whole or not at all."""
    provisional = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        with open(os.open(provisional, flags, 0o600), "wb") as file:
            file.write(content)
        provisional.replace(path)
    except BaseException:
        provisional.unlink(missing_ok=True)
        raise


def _check_way(path: Path) -> None:
    """Raise OSError if somebody else can change what is passed on the way to a path."""
    for place, status in _passed(path):
        if place == place.parent:  # who has the root of the file system has this program as well
            continue
        if objection := _objection(status):
            raise OSError(f"{place}: {objection}")


def _objection(status: os.stat_result) -> str:
    """Return what is wrong with the owner or the mode of a file, a folder or a link, if anything.

    A link has no mode of its own. In a folder with the sticky bit others can only add names.
    """
    if status.st_uid not in (_ROOT, os.geteuid()):
        return "belongs to another user"
    mode = status.st_mode
    sticky = stat.S_ISDIR(mode) and mode & stat.S_ISVTX
    if mode & _OTHERS_WRITE and not sticky and not stat.S_ISLNK(mode):
        return "others can write to it"
    return ""


def _passed(path: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield all that is passed on the way to an absolute path, with its status.

    Where a symbolic link is passed, so is the way to what it stands for.
    """
    here = Path(path.anchor)
    yield here, os.lstat(here)
    to_come = list(reversed(path.parts[1:]))
    links = 0
    while to_come:
        name = to_come.pop()
        if name == os.pardir:
            here = here.parent
            continue
        at = here / name
        status = os.lstat(at)
        yield at, status
        if not stat.S_ISLNK(status.st_mode):
            here = at
            continue
        links += 1
        if links > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
        target = Path(os.readlink(at))
        to_come += reversed(target.parts[1:] if target.is_absolute() else target.parts)
        if target.is_absolute():
            here = Path(target.anchor)
