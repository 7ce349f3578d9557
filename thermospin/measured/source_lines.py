"""The lines of a text file from an instrument, whatever its encoding and line ends."""

import codecs
import os
import re

from thermospin.dataset.regular_files import NotRegularError, opened_for_reading
from thermospin.measured.measured_curve import MeasuredError

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UNUSUAL_BLANKS = re.compile(r"[^\S\n\t ]")


def source_lines(path: str | os.PathLike[str]) -> list[str]:
    """Read the lines of a file: UTF-8, UTF-16 with a byte order mark, or Latin-1.

    Parameters
    ----------
    path : path
        A regular file.

    Returns
    -------
    list of str
        Its lines without their ends, CR, LF or both.

    Raises
    ------
    MeasuredError
        If it is not a regular file, is empty or holds no text.
    """
    try:
        with open(opened_for_reading(path), "rb") as file:
            data = file.read()
    except NotRegularError as error:
        raise MeasuredError(f"{path}: {error}") from None
    if not data.strip():
        raise MeasuredError(f"{path}: is empty")
    text = _decoded(data)
    if "\0" in text:
        raise MeasuredError(
            f"{path}: is not a text file with columns of numbers; export it as text, such as CSV"
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _UNUSUAL_BLANKS.sub(" ", text)  # Python takes them for blanks, pandas does not
    return text.removesuffix("\n").split("\n")


def _decoded(data: bytes) -> str:
    if data.startswith(_UTF16):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")
