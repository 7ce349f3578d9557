"""Standard output and standard error: how they fail, and what a terminal must not be told.

Texts of foreign origin are printed: names of files, titles, lines of a spec. A terminal obeys what
is not printable in them, so such characters are shown as escapes.
"""

import errno
import io
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import Any, TextIO, cast

_STANDARD = (0, 1, 2)  # descriptors of input, output and error
_LAYOUT = "\n\t"  # what a text may have besides printable characters and blanks


class StreamError(OSError):
    """Results cannot be written to standard output; its reader may simply have gone (EPIPE)."""


class Harmless:
    """A text stream that shows as an escape whatever a terminal would obey.

    Bytes can be written as well, to ``buffer``, and are shown alike.
    """

    def __init__(self, stream: TextIO | None, failed: Callable[[OSError], None]) -> None:
        """Take a stream of the interpreter, None if it is closed, and what to do when it fails."""
        self._stream = stream
        self._failed = failed
        self._error = None if stream else OSError(errno.EBADF, "it is closed")
        if isinstance(stream, io.TextIOWrapper):
            # A Δ that the encoding of the terminal lacks must not stop a command either.
            stream.reconfigure(errors="backslashreplace")

    @property
    def buffer(self) -> "_Bytes":
        """Where click writes what it has encoded itself: the words that complete a command."""
        return _Bytes(self)

    @property
    def encoding(self) -> str:
        """The encoding of the stream."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    def isatty(self) -> bool:
        """Tell whether somebody is watching."""
        return self._stream is not None and self._stream.isatty()

    def fileno(self) -> int:
        """Return the descriptor of the stream."""
        if self._stream is None:
            raise io.UnsupportedOperation("the stream is closed")
        return self._stream.fileno()

    def write(self, text: str) -> int:
        """Write a text, wherever it comes from."""
        self._try(lambda stream: stream.write(harmless(text)))
        return len(text)

    def rewrite(self, line: str) -> None:
        """Write a line in the place of the one before, on a terminal."""
        self._try(lambda stream: stream.write("\r" + harmless(line)))

    def flush(self) -> None:
        """Hand over what is buffered."""
        self._try(lambda stream: stream.flush())

    def _try(self, action: Callable[[TextIO], object]) -> None:
        """Do something with the stream unless it has failed already: then it is failing still."""
        if self._stream is not None and self._error is None:
            try:
                action(self._stream)
            except OSError as error:
                self._error = error
                self._give_up()
        if self._error is not None:
            self._failed(self._error)

    def _give_up(self) -> None:
        """Send what is still buffered nowhere: the interpreter would try it again at its end."""
        with suppress(OSError):  # a stream in memory has no descriptor
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)


class _Bytes:
    """The same stream for texts that are encoded already."""

    def __init__(self, stream: Harmless) -> None:
        """Take the stream of text."""
        self._stream = stream

    def write(self, data: bytes) -> int:
        """Write a text in UTF-8."""
        return self._stream.write(data.decode("utf-8", "backslashreplace"))

    def flush(self) -> None:
        """Hand over what is buffered."""
        self._stream.flush()


def harmless(text: str) -> str:
    r"""Return a text in which whatever is not printable is shown as an escape: ``\x1b``."""
    if text.isprintable():
        return text
    return "".join(
        character.encode("unicode_escape").decode("ascii") if _is_obeyed(character) else character
        for character in text
    )


def _is_obeyed(character: str) -> bool:
    """Tell whether a terminal may do something else than show a character.

    It may with all controls, among them those that turn the direction of the text, and with
    separators of lines, but not with blanks of any width.
    """
    if character.isprintable() or character in _LAYOUT:
        return False
    return unicodedata.category(character) != "Zs"


@contextmanager
def guarded() -> Iterator[None]:
    """Let all that is written to standard output and standard error meanwhile be harmless.

    A command whose results cannot be printed fails with StreamError. That nobody can be told how a
    command goes, or why it failed, is no reason to stop it: what cannot be written to standard
    error is lost.

    A standard descriptor that is closed leads nowhere from now on. Otherwise the next file that is
    opened, such as the output of a sweep, would get its number, and what is meant for a terminal.
    """
    for descriptor in _STANDARD:
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # it gets the lowest free number, which is this one
    output: Any = Harmless(sys.stdout, _results_are_lost)
    messages: Any = Harmless(sys.stderr, lambda _: None)
    with redirect_stdout(output), redirect_stderr(messages):
        yield


def rewrite(line: str) -> None:
    """Write a line to standard error, which is guarded, in the place of the one before."""
    cast("Harmless", sys.stderr).rewrite(line)
    sys.stderr.flush()


def _results_are_lost(error: OSError) -> None:
    raise StreamError(error.errno, error.strerror, "standard output") from error
