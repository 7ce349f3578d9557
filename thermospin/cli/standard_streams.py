"""Standard output and standard error: what happens if they fail, and what may be printed on them.

Commands print text of foreign origin: names of files, titles, lines of a spec. A terminal obeys
control characters in such text, so they are printed as escapes.
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
_LAYOUT = "\n\t"  # control characters that text may contain


class StreamError(OSError):
    """Results cannot be written to standard output; its reader may simply be gone (EPIPE)."""


class EscapingStream:
    """A text stream that prints control characters as escapes.

    ``buffer`` accepts bytes and treats them alike.

    Parameters
    ----------
    stream : TextIO or None
        A standard stream of the interpreter; None if it is closed.
    on_failure : callable
        Called with the error of the stream, at the first failure and whenever it is used again.
    """

    def __init__(self, stream: TextIO | None, on_failure: Callable[[OSError], None]) -> None:
        """Wrap a stream."""
        self._stream = stream
        self._on_failure = on_failure
        self._error = None if stream else OSError(errno.EBADF, "it is closed")
        if isinstance(stream, io.TextIOWrapper):
            # A Δ that the encoding of the terminal lacks must not stop a command either.
            stream.reconfigure(errors="backslashreplace")

    @property
    def buffer(self) -> "_EscapingBytes":
        """The stream for bytes, to which click writes shell completions."""
        return _EscapingBytes(self)

    @property
    def encoding(self) -> str:
        """The encoding of the stream."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    def isatty(self) -> bool:
        """Return whether the stream is a terminal."""
        return self._stream is not None and self._stream.isatty()

    def fileno(self) -> int:
        """Return the descriptor of the stream."""
        if self._stream is None:
            raise io.UnsupportedOperation("the stream is closed")
        return self._stream.fileno()

    def write(self, text: str) -> int:
        """Write a text of any origin; return its length."""
        self._try(lambda stream: stream.write(escaped(text)))
        return len(text)

    def rewrite(self, line: str) -> None:
        """Write a line over the last one, on a terminal."""
        self._try(lambda stream: stream.write("\r" + escaped(line)))

    def flush(self) -> None:
        """Write what is buffered."""
        self._try(lambda stream: stream.flush())

    def _try(self, action: Callable[[TextIO], object]) -> None:
        """Do something with the stream; if it fails, or has failed before, report that."""
        if self._stream is not None and self._error is None:
            try:
                action(self._stream)
            except OSError as error:
                self._error = error
                self._discard_buffer()
        if self._error is not None:
            self._on_failure(self._error)

    def _discard_buffer(self) -> None:
        """Redirect what is still buffered to nowhere; the interpreter would write it at exit."""
        with suppress(OSError):  # a stream in memory has no descriptor
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)


class _EscapingBytes:
    """An `EscapingStream` that takes encoded text."""

    def __init__(self, stream: EscapingStream) -> None:
        """Wrap the stream of text."""
        self._stream = stream

    def write(self, data: bytes) -> int:
        """Write a text that is encoded in UTF-8."""
        return self._stream.write(data.decode("utf-8", "backslashreplace"))

    def flush(self) -> None:
        """Write what is buffered."""
        self._stream.flush()


def escaped(text: str) -> str:
    r"""Replace the characters that a terminal would obey by escapes such as ``\x1b``.

    Parameters
    ----------
    text : str
        Text of any origin.

    Returns
    -------
    str
        Text that is safe to print; line breaks and tabs stay.
    """
    if text.isprintable():
        return text
    return "".join(
        character.encode("unicode_escape").decode("ascii") if _is_obeyed(character) else character
        for character in text
    )


def _is_obeyed(character: str) -> bool:
    """Return whether a terminal may do something else with a character than show it.

    Control characters are obeyed, among them those that reverse the direction of the text, and
    so are separators of lines; blanks of any width are not.
    """
    if character.isprintable() or character in _LAYOUT:
        return False
    return unicodedata.category(character) != "Zs"


@contextmanager
def escaped_streams() -> Iterator[None]:
    """Print everything on standard output and standard error through an `EscapingStream`.

    A command whose results cannot be printed fails with `StreamError`. Messages that cannot be
    written to standard error are lost, which is no reason to stop the command.

    A standard descriptor that is closed is opened on the null device. Otherwise the next file that
    is opened, such as the output of a sweep, would get its number, and the messages.
    """
    for descriptor in _STANDARD:
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # it gets the lowest free number, which is this one
    output: Any = EscapingStream(sys.stdout, _fail)
    messages: Any = EscapingStream(sys.stderr, lambda _: None)
    with redirect_stdout(output), redirect_stderr(messages):
        yield


def rewrite_last_line(line: str) -> None:
    """Replace the last line on standard error, inside of `escaped_streams`.

    Parameters
    ----------
    line : str
        The new line.
    """
    cast("EscapingStream", sys.stderr).rewrite(line)
    sys.stderr.flush()


def _fail(error: OSError) -> None:
    raise StreamError(error.errno, error.strerror, "standard output") from error
