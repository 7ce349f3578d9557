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


class VolatileOS(RecordedOS):
    """A disk that keeps what was brought to the medium when the power fails, and bits of the rest.

    What was written since the last ``fsync`` of a file, and the names that changed since the last
    one of the folder, are there or not, each by chance; writes may be torn.

    Parameters
    ----------
    folder : Path
        The one folder that is used.
    failing : int
        Number of the call at which the power fails.
    random : numpy.random.Generator
        Chance.
    """

    def __init__(self, folder, failing, random):
        super().__init__(failing, "kill")
        self._folder, self._random = folder, random
        self._files = [path.read_bytes() for path in sorted(folder.iterdir())]  # on the medium
        self._changes = [[] for _ in self._files]  # since then
        self._safe_names = {path.name: i for i, path in enumerate(sorted(folder.iterdir()))}
        self._names, self._renamings = dict(self._safe_names), []
        self._numbers = {}  # of the files that descriptors stand for

    def __getattr__(self, name):
        call = super().__getattr__(name)
        if name not in CALLS:
            return call

        def observed(*arguments, **keywords):
            result = call(*arguments, **keywords)
            getattr(self, f"_saw_{name}", lambda *_: None)(result, *arguments)
            return result

        return observed

    def _saw_open(self, descriptor, path, flags, *_):
        if flags & os.O_DIRECTORY:
            self._numbers[descriptor] = None
            return
        if flags & os.O_CREAT:
            self._files.append(b"")
            self._changes.append([])
            self._name(path.name, len(self._files) - 1)
        self._numbers[descriptor] = self._names[path.name]

    def _saw_pwrite(self, written, descriptor, data, offset):
        self._changes[self._numbers[descriptor]].append((offset, bytes(data[:written])))

    def _saw_ftruncate(self, _, descriptor, size):
        self._changes[self._numbers[descriptor]].append((size, None))

    def _saw_posix_fallocate(self, _, descriptor, start, size):
        data = bytes(max(0, size - len(self._content(self._numbers[descriptor]))))
        self._changes[self._numbers[descriptor]].append((start + size - len(data), data))

    def _saw_fsync(self, _, descriptor):
        number = self._numbers[descriptor]
        if number is None:
            self._safe_names, self._renamings = dict(self._names), []
        else:
            self._files[number], self._changes[number] = self._content(number), []

    def _saw_link(self, _, source, target):
        self._name(target.name, self._names[source.name])

    def _saw_replace(self, _, source, target):
        self._name(target.name, self._names[source.name])
        self._name(source.name, None)

    _saw_rename = _saw_replace

    def _saw_unlink(self, _, path):
        self._name(path.name, None)

    def _name(self, name, number):
        self._renamings.append((name, number))
        _rename(self._names, name, number)

    def _content(self, number, chance=1.0):
        data = bytearray(self._files[number])
        for offset, change in self._changes[number]:
            if self._random.random() > chance:
                continue
            if change is None:
                del data[offset:]
                continue
            if chance < 1.0 and self._random.random() > chance:
                change = change[: len(change) // 2]
            data.extend(bytes(max(0, offset - len(data))))
            data[offset : offset + len(change)] = change
        return bytes(data)

    def fail(self):
        """Leave in the folder what a machine would find there after the power came back."""
        names = dict(self._safe_names)
        for name, number in self._renamings:
            if self._random.random() < 0.5:
                _rename(names, name, number)
        contents = {number: self._content(number, chance=0.5) for number in names.values()}
        for path in self._folder.iterdir():
            path.unlink()
        written = {}
        for name, number in names.items():
            if number in written:
                os.link(written[number], self._folder / name)
            else:
                (self._folder / name).write_bytes(contents[number])
                written[number] = self._folder / name


def _rename(names, name, number):
    if number is None:
        names.pop(name, None)
    else:
        names[name] = number
