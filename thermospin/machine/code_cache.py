"""Compiled code kept on the disk from run to run, and loaded only if it is what was kept.

Numba's own cache loads whatever lies in its files. One bit that a medium has changed in machine
code may kill the process, or change the last digits of a result and nothing else. Here every file
ends with a digest of its content and of what it is for. A file that is damaged, of something else
or not private is as good as none: the kernel is compiled again, and kept in its place.
"""

import hashlib
import pickle
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from thermospin.machine.private_files import read_private, write_private

SUFFIX = ".kernel"
"""Ending of the files, one for each kernel, signature and kind of processor."""

_DIGEST = hashlib.sha256
_SIZE = _DIGEST().digest_size


def _rebuilt(target: Any, parts: Any) -> Any:
    return CompileResult._rebuild(target, *parts)


class Kept:
    """What numba asks for the code of one kernel before it compiles, and gives it afterwards.

    Parameters
    ----------
    name : str
        The kernel, and all that its code depends on beside what the folder stands for.
    folder : Path
        Private, and for one state of all kernels' sources.
    reduced : callable
        Returns what is kept of the compiled code.
    rebuilt : callable
        Returns the compiled code from the context of its target and what was kept.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        reduced: Callable[[Any], Any] = CompileResult._reduce,
        rebuilt: Callable[[Any, Any], Any] = _rebuilt,
    ) -> None:
        """Take the name and the folder; nothing is read or written yet."""
        self.cache_path = str(folder)
        self._folder, self._name = folder, name
        self._reduced, self._rebuilt = reduced, rebuilt

    def load_overload(self, signature: Any, target: Any) -> Any:
        """Return the code for a signature, None if there is none that can be trusted."""
        target.refresh()
        path, purpose = self._file(signature, target.codegen())
        try:
            content = read_private(path)
        except OSError:
            _tell_who_waits()
            return None
        code, digest = content[:-_SIZE], content[-_SIZE:]
        if digest != _digest(purpose, code):
            return None
        return self._rebuilt(target, pickle.loads(code))

    def save_overload(self, signature: Any, result: Any) -> None:
        """Keep the code for a signature.

        Raises
        ------
        OSError
            If there is no room, naming the way out.
        """
        path, purpose = self._file(signature, result.codegen)
        code = dumps(self._reduced(result))
        try:
            write_private(path, code + _digest(purpose, code))
        except OSError as error:
            raise OSError(
                f"{path}: {error.strerror}: compiled kernels cannot be kept; free some space, or"
                " set NUMBA_CACHE_DIR to a private folder elsewhere"
            ) from error

    def flush(self) -> None:
        """Do nothing: code that is asked to be compiled again takes the place of this."""

    def _file(self, signature: Any, codegen: Any) -> tuple[Path, bytes]:
        """Return where the code for a signature is, and what makes it other than all else there."""
        purpose = repr((self._name, signature, codegen.magic_tuple())).encode()
        short = self._name.removeprefix("thermospin.kernels.").partition(" ")[0]
        name = f"{short}.{_DIGEST(purpose).hexdigest()[:16]}{SUFFIX}"
        return self._folder / name, purpose


@cache
def _tell_who_waits() -> None:
    """Say once, to somebody at a terminal or in a notebook, that kernels are being compiled."""
    if sys.stderr.isatty() or "ipykernel" in sys.modules:
        print("thermospin: compiling kernels (first use only) …", file=sys.stderr, flush=True)


def _digest(purpose: bytes, code: bytes) -> bytes:
    return _DIGEST(_DIGEST(purpose).digest() + code).digest()
