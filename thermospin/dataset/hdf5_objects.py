"""The objects of an HDF5 file: groups and variables with their attributes, as plain data.

What is stored in another way than in our files is a `FormatError`; nothing that points elsewhere
is followed. See `hdf5_metadata` for why HDF5 itself is not asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from thermospin.dataset.hdf5_attributes import Attribute, Type
from thermospin.dataset.hdf5_metadata import UNDEFINED, FormatError, Heap, Metadata, Piece, records

SIGNATURE = b"\x89HDF\r\n\x1a\n"
"""What every HDF5 file begins with."""

_SPACE, _LINKS, _TYPE, _LINK, _OUTSIDE, _LAYOUT = 0x01, 0x02, 0x03, 0x06, 0x07, 0x08
_FILTERS, _ATTRIBUTE, _CONTINUATION, _ATTRIBUTES = 0x0B, 0x0C, 0x10, 0x15
"""Kinds of messages in the header of an object."""
_CHECKSUM = 4  # bytes of it at the end of a part of a header
_SHARED = 0x02  # flag of a message whose content is kept elsewhere
_HARD = 0  # a link to something in this very file

Value = TypeVar("Value")


@dataclass
class Object:
    """A group or a variable.

    Attributes
    ----------
    address : int
        Where its header is, by which others refer to it.
    attributes : dict
        Its attributes by name.
    links : dict or None
        Of a group: the addresses of what is in it, in the order in which it was put there; None of
        a link that leads elsewhere.
    is_variable : bool
        Whether it is one.
    type, shape : Type and tuple of int, or None
        Of a variable; without a shape it has no values.
    place : (int, int) or None
        Of a variable whose values lie together and as they are: where, and in how many bytes.
    """

    address: int
    attributes: dict[str, Attribute] = field(default_factory=dict)
    links: dict[str, int | None] | None = None
    is_variable: bool = False
    type: Type | None = None
    shape: tuple[int, ...] | None = None
    place: tuple[int, int] | None = None


def has_signature(metadata: Metadata) -> bool:
    """Return whether a file begins as HDF5 files do."""
    block = metadata.piece(0, min(len(SIGNATURE), metadata.length))
    return block.take(block.left) == SIGNATURE


def ends_of(metadata: Metadata) -> tuple[int, int]:
    """Return the address of the group at the top of a file, and how long the file should be.

    Raises
    ------
    FormatError
        If the file is of another version of the format than ours.
    """
    block = metadata.piece(len(SIGNATURE), 36)
    if block.number(1) not in (2, 3):
        raise FormatError("it is of another version of HDF5")
    block.expect(b"\x08\x08")  # bytes of an address and of a length
    block.take(1)
    if block.number() != 0:
        raise FormatError("its addresses do not begin at its beginning")
    block.take(8)
    length, root = block.number(), block.number()
    return root, length


def object_at(metadata: Metadata, address: int) -> Object:
    """Return the object whose header is at an address.

    Raises
    ------
    FormatError
        If there is none, or one that is stored otherwise than ours.
    """
    found = Object(address)
    links: list[tuple[int, str, int | None]] = []
    plain = True
    for kind, body in _messages(metadata, address):
        if kind == _SPACE:
            found.shape = _shape(body)
        elif kind == _TYPE:
            found.type = Type.of(body.take(body.left))
        elif kind == _LAYOUT:
            found.is_variable, found.place = True, _place(body)
        elif kind in (_OUTSIDE, _FILTERS):
            plain = False
        elif kind in (_LINKS, _LINK):
            entries = [body] if kind == _LINK else _listed(metadata, body, order=8, hashed=4)
            links += [_link(entry) for entry in entries]
            found.links = {}
        elif kind in (_ATTRIBUTES, _ATTRIBUTE):
            entries = [body] if kind == _ATTRIBUTE else _listed(metadata, body, order=2, hashed=0)
            for entry in entries:
                _add(found.attributes, *_attribute(metadata, entry))
    if found.links is not None:
        for _, name, target in sorted(links, key=lambda link: link[0]):
            _add(found.links, name, target)
    found.place = found.place if plain else None
    return found


def _add(found: dict[str, Value], name: str, value: Value) -> None:
    if name in found:
        raise FormatError(f"{name} is there twice")
    found[name] = value


def _messages(metadata: Metadata, address: int) -> Iterator[tuple[int, Piece]]:
    """Yield the kind and the content of every message in the header at an address."""
    is_old = metadata.piece(address, 1).number(1) == 1
    part, ordered = (_old_header if is_old else _header)(metadata, address)
    parts = [part]
    while parts:
        part = parts.pop()
        while part.left >= (8 if is_old else 4 + ordered):
            kind, length, flags = part.number(2 if is_old else 1), part.number(2), part.number(1)
            part.take(3 if is_old else ordered)
            body = Piece(part.take(length))
            if flags & _SHARED:
                raise FormatError("a part of a header is kept elsewhere")
            if kind == _CONTINUATION:
                where, size = body.number(), body.number()
                following = metadata.piece(where, size if is_old else max(4, size - _CHECKSUM))
                following.expect(b"" if is_old else b"OCHK")
                parts.append(following)
            else:
                yield kind, body


def _header(metadata: Metadata, address: int) -> tuple[Piece, int]:
    """Return the first part of a header, and the bytes of a number before each message."""
    head = metadata.piece(address, 6)
    head.expect(b"OHDR\2")
    flags = head.number(1)
    times, limits, ordered = flags & 0x20, flags & 0x10, flags & 0x04
    start = address + 6 + (16 if times else 0) + (4 if limits else 0)
    width = 1 << (flags & 3)
    length = metadata.piece(start, width).number(width)
    return metadata.piece(start + width, length), 2 if ordered else 0


def _old_header(metadata: Metadata, address: int) -> tuple[Piece, int]:
    """Return the first part of a header of version 1, which other programs may have added."""
    head = metadata.piece(address, 16)
    head.take(8)
    return metadata.piece(address + 16, head.number(4)), 0


def _shape(body: Piece) -> tuple[int, ...] | None:
    version, rank, _ = body.number(1), body.number(1), body.take(1)
    if version == 2:
        if body.number(1) == 2:  # no values at all
            return None
    elif version == 1:
        body.take(5)
    else:
        raise FormatError(f"version {version} of a shape is not known")
    return tuple(body.number() for _ in range(rank))


def _place(body: Piece) -> tuple[int, int] | None:
    version, kind = body.number(1), body.number(1)
    if version not in (3, 4) or kind != 1:  # in pieces, inside the header, or made up of others
        return None
    return body.number(), body.number()


def _listed(metadata: Metadata, body: Piece, *, order: int, hashed: int) -> Iterator[Piece]:
    """Yield the links or attributes that an object keeps in a heap.

    Parameters
    ----------
    metadata : Metadata
        The file.
    body : Piece
        The message that says where.
    order : int
        Bytes of the number of the last one that was made.
    hashed : int
        Bytes before the identifiers in the tree that lists them.
    """
    body.expect(b"\0")
    flags = body.number(1)
    body.take(order if flags & 1 else 0)
    heap, tree = body.number(), body.number()
    if heap == UNDEFINED:  # few fit into the header
        return
    entries = Heap(metadata, heap)
    for record in records(metadata, tree):
        record.take(hashed)
        yield entries.entry(record.take(entries.id_length))


def _link(body: Piece) -> tuple[int, str, int | None]:
    """Return which one in the order of their making a link is, its name, and where it leads."""
    body.expect(b"\1")
    flags = body.number(1)
    kind = body.number(1) if flags & 0x08 else _HARD
    order = body.number() if flags & 0x04 else 0
    body.take(1 if flags & 0x10 else 0)
    name = _name(body.take(body.number(1 << (flags & 3))))
    return order, name, body.number() if kind == _HARD else None


def _attribute(metadata: Metadata, body: Piece) -> tuple[str, Attribute]:
    version, flags = body.number(1), body.number(1)
    lengths = [body.number(2) for _ in range(3)]
    if version not in (1, 2, 3) or (flags and version > 1):
        raise FormatError("an attribute is stored in another way than ours")
    body.take(1 if version == 3 else 0)
    name, kind, shape = (_padded(body, length, 8 if version == 1 else 1) for length in lengths)
    words = _name(name.partition(b"\0")[0])
    return words, Attribute(Type.of(kind), _shape(Piece(shape)), body.take(body.left), metadata)


def _padded(body: Piece, length: int, width: int) -> bytes:
    found = body.take(length)
    body.take(-length % width)
    return found


def _name(data: bytes) -> str:
    return data.decode("ascii", "backslashreplace")
