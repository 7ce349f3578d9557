"""Room on a disk: what there is not enough of, and what may be done."""

import errno
import os
import shutil
from pathlib import Path

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""Errors that say so."""


def explain(error: OSError, folder: Path, needed: int) -> None:
    """Say what a lack of room is a lack of; other errors are left as they are.

    Parameters
    ----------
    error : OSError
        As the disk raised it.
    folder : Path
        Where there is no room.
    needed : int
        Bytes that the result needs; 0 where the error is not about them.
    """
    if error.errno not in NO_ROOM:
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
