"""The lock of an output, so that one run at a time writes there.

A run locks ``OUT.lock``, and the kernel releases that lock when the run dies, however it dies.
Where the file system has no locks, the existence of ``OUT.lock`` is the lock, and a later run finds
out from what its owner wrote there whether the owner is still alive.
"""

import json
import os
import platform
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from thermospin.dataset import filesystem
from thermospin.dataset.output_path import OutputError, OutputPath
from thermospin.dataset.regular_files import NotRegularError, beginning_of, may_begin_with

_ATTEMPTS = 5
_PAUSE = 0.05  # seconds between attempts: a run that only looks at a lock has released it by then
_NAMELESS = 60.0  # seconds after which a lock whose owner has not signed it is abandoned
_MOST_BYTES = 4096
_BEGINNING = b'{"host": "'
_LARGEST = 1 << 31  # of the numbers of processes


@dataclass(frozen=True)
class LockOwner:
    """The process that holds a lock; a later process of the same number is told apart."""

    host: str
    pid: int
    born: str

    @classmethod
    def here(cls) -> Self:
        """Return this process."""
        return cls(platform.node(), os.getpid(), _birth(os.getpid()))

    @classmethod
    def of(cls, text: bytes) -> Self | None:
        """Return the owner that a lock file names, None if its text is not readable."""
        try:
            found: Any = json.loads(text)
            owner = cls(found["host"], found["pid"], found["born"])
        except (ValueError, TypeError, LookupError, RecursionError):
            return None
        words = isinstance(owner.host, str) and isinstance(owner.born, str)
        return owner if words and type(owner.pid) is int and 0 < owner.pid < _LARGEST else None

    @property
    def is_dead(self) -> bool:
        """Whether the process has certainly ended; of a process on another host that is unknown."""
        if self.host != platform.node():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass
        return _birth(self.pid) != self.born

    def __str__(self) -> str:
        """Return the process as messages name it."""
        return f"process {self.pid} on {self.host}"


class OutputLock:
    """The lock that a run holds while it writes to an output; a context.

    Parameters
    ----------
    output : OutputPath
        The output.

    Raises
    ------
    OutputError
        If another run holds the lock.
    """

    def __init__(self, output: OutputPath) -> None:
        """Remember the output; nothing is locked yet."""
        self._output = output
        self._descriptor = -1

    def __enter__(self) -> Self:
        """Lock the output."""
        for _ in range(_ATTEMPTS):
            try:
                if self._try():
                    return self
            except OSError as error:
                filesystem.explain(error, self._output.path.parent, needed=0)
                raise
            time.sleep(_PAUSE)
        raise self._refusal(locked=True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Release the lock and leave no lock file behind."""
        descriptor, self._descriptor = self._descriptor, -1
        try:
            filesystem.remove(self._output.lock)  # while it is still ours
            if self._output.path.parent.exists():
                filesystem.sync_folder(self._output.path.parent)
        except OSError:
            if error is None:
                raise
        finally:
            filesystem.close(descriptor)

    def _try(self) -> bool:
        lock = self._output.lock
        try:
            descriptor, is_new = filesystem.create(lock), True
        except FileExistsError:
            try:
                descriptor, is_new = filesystem.reopen(lock), False
            except FileNotFoundError:  # its owner has just finished
                return False
        try:
            if not is_new:
                _refuse_foreign(descriptor, lock)
            free = filesystem.lock(descriptor)
            if free is None and not is_new:
                descriptor = self._take_over(descriptor)
            elif free is False or not _is_at(descriptor, lock):
                # What was locked may be a file that its last owner has removed meanwhile.
                filesystem.close(descriptor)
                return False
            self._sign(descriptor)
        except BaseException as error:
            if isinstance(error, OSError) and error.filename is None:
                error.filename = str(lock)
            with suppress(OSError):
                if is_new:
                    filesystem.remove(lock)
            with suppress(OSError):
                filesystem.close(descriptor)
            raise
        self._descriptor = descriptor
        return True

    def _sign(self, descriptor: int) -> None:
        filesystem.shorten(descriptor, 0)
        filesystem.write(descriptor, memoryview(json.dumps(vars(LockOwner.here())).encode()), 0)

    def _take_over(self, descriptor: int) -> int:
        """Replace the lock of a dead run on a file system that has no locks.

        From the look at the old lock to its replacement no other run may do this as well; the file
        ``OUT.taking`` sees to that.
        """
        lock, mutex = self._output.lock, self._output.takeover
        if not _is_abandoned(lock):
            raise self._refusal(locked=False)
        try:
            held = filesystem.create(mutex)
        except FileExistsError:
            raise OutputError(
                f"{mutex}: another run is taking over from one that died; "
                "if no run is, remove it, or choose another output with -o"
            ) from None
        try:
            if not _is_abandoned(lock):
                raise self._refusal(locked=False)
            filesystem.remove(lock)
            replacement = filesystem.create(lock)
        except FileExistsError:
            raise self._refusal(locked=False) from None
        finally:
            filesystem.remove(mutex)
            filesystem.close(held)
        filesystem.close(descriptor)
        return replacement

    def _refusal(self, *, locked: bool) -> OutputError:
        owner = _owner_in(self._output.lock)
        named = "" if owner is None else f" ({owner})"
        return OutputError(
            f"{self._output.path}: another run{named} is writing it; "
            "wait for that, or choose another output with -o"
            + ("" if locked else f"; if it has died, remove {self._output.lock}")
        )


def _refuse_foreign(descriptor: int, lock: Path) -> None:
    """Raise if a file that has the name of a lock is not the lock of a run."""
    regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
    if not (regular and may_begin_with(os.pread(descriptor, len(_BEGINNING), 0), _BEGINNING)):
        raise OutputError(
            f"{lock}: is not the lock of a run; move it away, or choose another output with -o"
        )


def _owner_in(lock: Path) -> LockOwner | None:
    try:
        return LockOwner.of(beginning_of(lock, _MOST_BYTES, follow=False))
    except (OSError, NotRegularError):
        return None


def _is_abandoned(lock: Path) -> bool:
    owner = _owner_in(lock)
    if owner is not None:
        return owner.is_dead
    try:
        return time.time() - lock.stat().st_mtime > _NAMELESS
    except FileNotFoundError:
        return False


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _birth(pid: int) -> str:
    """Return the boot and the time in it at which a living process began; empty if unknown."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    state, *rest = fields.rpartition(")")[2].split()
    return "" if state == "Z" else f"{boot} {rest[18]}"


def owner_of(output: OutputPath) -> LockOwner | None:
    """Return the process that is writing to an output now, or None; nothing is changed."""
    owner = _owner_in(output.lock)
    return None if owner is None or owner.is_dead else owner
