"""Where the result goes: an output path that is checked before anything is created."""

import os
from dataclasses import dataclass
from pathlib import Path

PARTIAL = ".partial"
"""What is appended to the name of a file that is not finished."""

RESERVED = (PARTIAL, ".journal", ".lock")
"""Endings that belong to the files beside a result."""


class OutputError(ValueError):
    """A result cannot be written where it was asked for."""


@dataclass(frozen=True)
class Target:
    """A checked output path; ``force`` allows an existing file to be replaced at the end."""

    path: Path
    force: bool

    @property
    def partial(self) -> Path:
        """The name of the file while it is being computed."""
        return self.path.with_name(self.path.name + PARTIAL)


def check_output(output: str | os.PathLike[str], *, force: bool = False) -> Target:
    """Check that a result can be written to a path; nothing is created.

    Parameters
    ----------
    output : path
        Where the finished file shall be; symbolic links are followed.
    force : bool
        Whether an existing file may be replaced.

    Returns
    -------
    Target
        The absolute path.

    Raises
    ------
    OutputError
        Naming the path, the rule it breaks and the way out.
    """
    name = os.fspath(output)
    _check_name(name)
    try:
        path = Path(name).resolve()
    except (OSError, RuntimeError) as error:  # a loop of symbolic links
        raise OutputError(
            f"{name!r}: cannot be resolved ({error}); choose another with -o"
        ) from None
    _check_name(str(path))
    _check_folder(path)
    _check_occupant(path, force)
    target = Target(path, force)
    if os.path.lexists(target.partial):
        raise OutputError(
            f"{target.partial}: exists, so another run is writing it or was killed; "
            "if no run is writing it, remove it, or choose another output with -o"
        )
    return target


def _check_name(name: str) -> None:
    if not name:
        raise OutputError("the output path must not be empty; give a file name with -o")
    if any(ord(character) < 32 or ord(character) == 127 for character in name):
        raise OutputError(f"{name!r}: must not contain control characters; choose another with -o")
    if name.endswith(RESERVED):
        endings = ", ".join(RESERVED)
        raise OutputError(f"{name!r}: must not end in {endings}; choose another with -o")


def _check_folder(path: Path) -> None:
    folder = path.parent
    if not folder.exists():
        raise OutputError(f"{folder}: no such folder; create it or choose another output with -o")
    if not folder.is_dir():
        raise OutputError(f"{folder}: is not a folder; choose another output with -o")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"{folder}: is not writable; choose another output with -o")
    excess = len(os.fsencode(path.name + PARTIAL)) - os.pathconf(folder, "PC_NAME_MAX")
    if excess > 0:
        raise OutputError(
            f"{path.name!r}: too long by {excess} bytes with {PARTIAL}; "
            "choose a shorter name with -o"
        )


def _check_occupant(path: Path, force: bool) -> None:
    if path.is_dir():
        raise OutputError(f"{path}: is a folder; give a file name with -o")
    if not os.path.lexists(path):
        return
    if not path.is_file():
        raise OutputError(f"{path}: is not a regular file; choose another output with -o")
    if not force:
        raise OutputError(f"{path}: exists; replace it with --force or choose another with -o")
