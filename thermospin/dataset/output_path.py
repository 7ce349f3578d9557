"""The path of a result, which is checked before anything is created."""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from thermospin.dataset.regular_files import is_something_else

PARTIAL, JOURNAL, LOCK, TAKEOVER = ".partial", ".journal", ".lock", ".taking"
_OTHER_FORMATS = (".csv", ".txt", ".dat", ".tsv", ".json", ".xlsx", ".png", ".pdf", ".svg", ".yaml")
RESERVED = (PARTIAL, JOURNAL, LOCK, TAKEOVER)
"""Endings of the files that lie beside a result while it is being computed."""


class OutputError(ValueError):
    """A result cannot be written where it was asked for."""


@dataclass(frozen=True)
class OutputPath:
    """A checked output path, and the names of the files beside it while it is unfinished.

    ``force`` allows an existing file to be replaced at the end.
    """

    path: Path
    force: bool

    @property
    def partial(self) -> Path:
        """The result itself while it is being computed."""
        return self._beside(PARTIAL)

    @property
    def journal(self) -> Path:
        """The record of which chunks in the partial file are finished."""
        return self._beside(JOURNAL)

    @property
    def lock(self) -> Path:
        """The lock of the run that is writing the result."""
        return self._beside(LOCK)

    @property
    def takeover(self) -> Path:
        """The file that exists while a run takes over the lock of a dead run."""
        return self._beside(TAKEOVER)

    @property
    def beside(self) -> tuple[Path, ...]:
        """All files that a run keeps beside its result, and removes at the end."""
        return self.partial, self.journal, self.lock, self.takeover

    def unfinished(self) -> bool:
        """Whether a run was begun here and has not ended."""
        return os.path.lexists(self.partial) or os.path.lexists(self.journal)

    def continuation(self, shard: str | None) -> str:
        """Return the command that continues what was begun here."""
        # The partial file carries its spec; where the original lies is not stored.
        words = ["thermospin", "run", str(self.partial), "-o", str(self.path), "--resume"]
        return shlex.join([*words, *(() if shard is None else ("--shard", shard))])

    def _beside(self, ending: str) -> Path:
        return self.path.with_name(self.path.name + ending)


def output_path_of(path: str | os.PathLike[str]) -> OutputPath:
    """Return the output path that a path names, or beside which it lies."""
    name = os.fspath(path)
    for ending in RESERVED:
        name = name.removesuffix(ending)
    return OutputPath(Path(os.path.realpath(name)), force=False)


def check_output(
    output: str | os.PathLike[str], *, force: bool = False, resume: bool = False
) -> OutputPath:
    """Check that a result can be written to a path; nothing is created.

    Parameters
    ----------
    output : path
        Where the finished file shall be; symbolic links are followed.
    force : bool
        Whether an existing file may be replaced, and unfinished work thrown away.
    resume : bool
        Whether the run continues one that may have ended at any moment, even after the result
        had got its name.

    Returns
    -------
    OutputPath
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
    target = OutputPath(path, force)
    _check_beside(target)
    _check_occupant(target, may_exist=force or resume)
    return target


def _check_name(name: str) -> None:
    if not name:
        raise OutputError("the output path must not be empty; give a file name with -o")
    if any(ord(character) < 32 or ord(character) == 127 for character in name):
        raise OutputError(f"{name!r}: must not contain control characters; choose another with -o")
    if name == "-":
        raise OutputError("-: a result cannot go to standard output; name a file with -o")
    if name.lower().endswith(_OTHER_FORMATS):
        suggested = Path(name).with_suffix(".h5")
        raise OutputError(
            f"{name}: a result is an HDF5 file, such as {suggested}; `thermospin export` makes"
            " tables of it, and `thermospin plot` pictures"
        )
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
    longest = max(RESERVED, key=len)
    excess = len(os.fsencode(path.name + longest)) - os.pathconf(folder, "PC_NAME_MAX")
    if excess > 0:
        raise OutputError(
            f"{path.name!r}: too long by {excess} bytes with {longest}; "
            "choose a shorter name with -o"
        )


def _check_beside(target: OutputPath) -> None:
    """Refuse an output where something other than a regular file has the name of a run's file."""
    for path in target.beside:
        if is_something_else(path):
            raise OutputError(
                f"{path}: is not a regular file, but a run keeps its own there; remove it, or "
                "choose another output with -o"
            )


def _check_occupant(target: OutputPath, *, may_exist: bool) -> None:
    path = target.path
    if path.is_dir():
        raise OutputError(f"{path}: is a folder; give a file name with -o")
    if not os.path.lexists(path):
        return
    if not path.is_file():
        raise OutputError(f"{path}: is not a regular file; choose another output with -o")
    if not may_exist and target.unfinished():
        raise OutputError(
            f"{path}: exists, and so does unfinished work beside it; continue that with --resume, "
            "replace both with --force, or choose another with -o"
        )
    if not may_exist:
        raise OutputError(f"{path}: exists; replace it with --force or choose another with -o")
