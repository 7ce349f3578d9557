"""A disk that fails at a chosen call, and the death of a process at a chosen call."""

import errno
import os
from contextlib import suppress

CALLS = {
    "open", "posix_fallocate", "ftruncate", "pwrite", "fsync", "link", "rename", "replace",
    "unlink", "close",
}  # fmt: skip
"""What changes the disk, and closing, which may fail as well."""

FAULTS = ("kill", "torn", "ENOSPC", "EIO", "short")
"""Ways in which a call may end: the process dies before it or in the midst of it, or it fails."""


class Killed(BaseException):
    """The process is dead: not one more call reaches the disk."""


class RecordedOS:
    """``os`` whose calls on the disk are recorded, and of which one meets a fault.

    Parameters
    ----------
    failing : int
        Number of the call, from 1; 0 for none.
    fault : str
        One of ``FAULTS``, or the name of another error number.
    """

    def __init__(self, failing=0, fault="EIO"):
        self.calls = []
        self.failing, self.fault = failing, fault
        self.is_dead = False
        self._open = set()

    def __getattr__(self, name):
        if name not in CALLS:
            return getattr(os, name)

        def call(*arguments, **keywords):
            if self.is_dead:
                raise Killed
            self.calls.append(name)
            if len(self.calls) == self.failing:
                arguments = self._meet_fault(name, arguments)
            result = getattr(os, name)(*arguments, **keywords)
            if name == "open":
                self._open.add(result)
            elif name == "close":
                self._open.discard(arguments[0])
            return result

        return call

    def _meet_fault(self, name, arguments):
        if name == "pwrite" and self.fault in ("short", "torn"):
            descriptor, data, offset = arguments
            arguments = (descriptor, data[: (len(data) + 1) // 2], offset)
        if self.fault == "torn" and name == "pwrite":
            os.pwrite(*arguments)
        if self.fault in ("kill", "torn"):
            self._die()
        if self.fault != "short":
            number = getattr(errno, self.fault)
            raise OSError(number, os.strerror(number))
        return arguments

    def _die(self):
        """Let go of what the kernel lets go of when a process ends: descriptors and their locks."""
        self.is_dead = True
        for descriptor in self._open:
            with suppress(OSError):
                os.close(descriptor)
        raise Killed
