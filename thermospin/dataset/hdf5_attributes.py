"""The attributes of objects in an HDF5 file: texts, numbers and references, decoded when asked for.

See `hdf5_metadata` for why HDF5 itself is not asked.
"""

import math
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from thermospin.dataset.hdf5_metadata import FormatError, Metadata, Piece

_INTEGER, _FLOAT, _TEXT, _REFERENCE, _LIST = 0, 1, 3, 7, 9  # classes of types
_RESTS = {_INTEGER: 4, _FLOAT: 12}  # bytes of what else there is to a type, without padding
_SEQUENCE, _STRING = 0, 1  # what a list of any length is
_SIGNED = 0x08
_LETTERS = {1: "b", 2: "h", 4: "i", 8: "q"}  # of signed integers, by their bytes, for ``struct``


class Type(NamedTuple):
    """How values are stored: a class, its flags, bytes of a value, and what else there is to it."""

    kind: int
    flags: int
    size: int
    rest: bytes

    @classmethod
    def of(cls, data: bytes) -> Self:
        """Take a description of a type apart; what it is made of stays as it is."""
        piece = Piece(data)
        kind = piece.number(1) & 0xF  # beside the version, which changes nothing in these types
        flags, size = piece.number(3), piece.number(4)
        return cls(kind, flags, size, piece.take(min(piece.left, _RESTS.get(kind, piece.left))))

    @property
    def letter(self) -> str | None:
        """What ``struct`` calls a plain number of this type; None if it is none."""
        if self == FLOAT64:
            return "d"
        letter = _LETTERS.get(self.size)
        if letter is None or self.kind != _INTEGER or self.flags not in (0, _SIGNED):
            return None
        whole = self.rest == struct.pack("<HH", 0, 8 * self.size)  # all bits are of the number
        return (letter if self.flags else letter.upper()) if whole else None


FLOAT64 = Type(_FLOAT, 0x3F20, 8, struct.pack("<HHBBBBI", 0, 64, 52, 11, 0, 52, 1023))
INT8 = Type(_INTEGER, _SIGNED, 1, struct.pack("<HH", 0, 8))
UINT8 = Type(_INTEGER, 0, 1, struct.pack("<HH", 0, 8))


def fixed_text(length: int) -> Type:
    """Return the type of a text of some bytes, filled up with zeros."""
    return Type(_TEXT, 1, length, b"")


@dataclass(frozen=True)
class Attribute:
    """An attribute as it is stored; ``shape`` is () of a single value and None of no value.

    What it holds is None where it is something else than what is asked for.
    """

    type: Type
    shape: tuple[int, ...] | None
    data: bytes
    metadata: Metadata = field(repr=False)

    def text(self) -> str | None:
        """Return a single text."""
        if self.shape != ():
            return None
        if self.type.kind == _TEXT:
            return _decoded(Piece(self.data).take(self.type.size).partition(b"\0")[0])
        if self._is_list_of(_STRING):
            return _decoded(next(self._entries(1)))
        return None

    def texts(self) -> list[str] | None:
        """Return a row of texts of any length."""
        if self.shape is None or len(self.shape) != 1 or not self._is_list_of(_STRING):
            return None
        return [_decoded(entry) for entry in self._entries(self.shape[0])]

    def number(self) -> float | None:
        """Return a single number, whole or not."""
        found = self.numbers() if self.shape == () else None
        return found[0] if found else None

    def numbers(self) -> list[float] | None:
        """Return all numbers, row by row."""
        letter = self.type.letter
        if letter is None or self.shape is None:
            return None
        count = math.prod(self.shape)
        data = Piece(self.data).take(count * self.type.size)
        return list(struct.unpack(f"<{count}{letter}", data))

    def references(self) -> list[list[int]] | None:
        """Return a row of lists of the addresses of objects."""
        if self.shape is None or len(self.shape) != 1 or not self._is_list_of(_SEQUENCE):
            return None
        base = Type.of(self.type.rest)
        if base != Type(_REFERENCE, 0, 8, b""):
            return None
        lists = [Piece(entry) for entry in self._entries(self.shape[0], base.size)]
        return [[each.number() for _ in range(each.left // base.size)] for each in lists]

    def _is_list_of(self, what: int) -> bool:
        return self.type.kind == _LIST and self.type.flags & 0xF == what

    def _entries(self, count: int, width: int = 1) -> Iterator[bytes]:
        """Yield what lies elsewhere for each value: entries of some bytes each, in any number."""
        piece = Piece(self.data)
        for _ in range(count):
            length, address, index = piece.number(4), piece.number(), piece.number(4)
            entry = self.metadata.entry(address, index) if length else b""
            if len(entry) != length * width:
                raise FormatError(f"a list has {length} entries in {len(entry)} bytes")
            yield entry


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise FormatError(f"a text is not UTF-8: {data[:20]!r}") from None


def text_of(
    attributes: Mapping[str, Attribute], name: str, longest: int, refused: re.Pattern[str]
) -> str:
    """Return an attribute that is text.

    Parameters
    ----------
    attributes : mapping
        Attributes by name.
    name : str
        Which one.
    longest : int
        The most characters that it may have.
    refused : pattern
        Characters that it must not hold.

    Raises
    ------
    FormatError
        If it is not there or is something else.
    """
    text = attributes[name].text() if name in attributes else None
    if text is None:
        raise FormatError(f"{name} is not text")
    if len(text) > longest:
        raise FormatError(f"{name} is longer than {longest} characters")
    if refused.search(text):
        raise FormatError(f"{name} holds control characters")
    return text


def number_of(attributes: Mapping[str, Attribute], name: str) -> float:
    """Return an attribute that is a number.

    Raises
    ------
    FormatError
        If it is not there or is something else.
    """
    number = attributes[name].number() if name in attributes else None
    if number is None:
        raise FormatError(f"{name} is not a number")
    return number
