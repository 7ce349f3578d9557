"""The metadata of an HDF5 file as plain bytes, and the heaps and trees that they are kept in.

Files come from anywhere. The HDF5 library follows every address, length and reference in them by
itself, and those that somebody made up, or a flipped bit, can make it crash or loop for ever. So
files are read without it: here and in `hdf5_objects` is the part of the format that a file of
thermospin uses, as the specification of version 3 of the format has it, and nothing else. All
numbers are little-endian; addresses and lengths have 8 bytes.
"""

import os
from collections.abc import Iterator

UNDEFINED = (1 << 64) - 1
"""The address of what is not there."""

_MOST = 1 << 22  # bytes of metadata that are read: twice what the largest of our files have
_LEAST = 64  # bytes that even the smallest piece counts as: the number of pieces is bounded as well


class FormatError(ValueError):
    """Bytes are not what the format, or a file of thermospin, has in their place."""


class Piece:
    """Some bytes, which are taken from the front."""

    def __init__(self, data: bytes) -> None:
        """Begin with the first of them."""
        self._data = data
        self._position = 0

    @property
    def left(self) -> int:
        """Number of bytes that are not taken yet."""
        return len(self._data) - self._position

    def take(self, count: int) -> bytes:
        """Return the next bytes.

        Raises
        ------
        FormatError
            If there are fewer.
        """
        end = self._position + count
        found = self._data[self._position : end]
        if len(found) != count:
            raise FormatError(f"{count} bytes are expected where {self.left} are left")
        self._position = end
        return found

    def number(self, count: int = 8) -> int:
        """Return the next bytes as a whole number, 0 or more."""
        return int.from_bytes(self.take(count), "little")

    def expect(self, wanted: bytes) -> None:
        """Take bytes that must be these."""
        found = self.take(len(wanted))
        if found != wanted:
            raise FormatError(f"{wanted!r} is expected, not {found!r}")


class Metadata:
    """The metadata of an open file; however it points in circles, little is read.

    Parameters
    ----------
    descriptor : int
        The file.
    """

    def __init__(self, descriptor: int) -> None:
        """Find out how long the file is."""
        self._descriptor = descriptor
        self._left = _MOST
        self._collections: dict[int, dict[int, bytes]] = {}
        self.length = os.fstat(descriptor).st_size

    def piece(self, address: int, count: int) -> Piece:
        """Return bytes of the file from an address on.

        Raises
        ------
        FormatError
            If the file ends before, or if more is asked for than any file of thermospin has.
        """
        if address + count > self.length:
            raise FormatError(f"an address lies behind the end of the file, {self.length} bytes")
        self._left -= max(count, _LEAST)
        if self._left < 0:
            raise FormatError("it points in circles, or to more than a file of thermospin holds")
        return Piece(os.pread(self._descriptor, count, address))

    def entry(self, address: int, index: int) -> bytes:
        """Return an entry of the global heap, which holds texts and lists of any length."""
        if address not in self._collections:
            self._collections[address] = self._collection(address)
        try:
            return self._collections[address][index]
        except KeyError:
            raise FormatError(f"the heap has no entry {index}") from None

    def _collection(self, address: int) -> dict[int, bytes]:
        head = self.piece(address, 16)
        head.expect(b"GCOL\1\0\0\0")
        body = self.piece(address + 16, max(0, head.number() - 16))
        found = {}
        while body.left >= 16:
            index = body.number(2)
            body.take(6)  # how often it is used, and 4 bytes of nothing
            if index == 0:  # the rest is free
                break
            length = body.number()
            found[index] = body.take(length)
            body.take(min(-length % 8, body.left))
        return found


class Heap:
    """A fractal heap, which holds the links or the attributes of an object that has many.

    Its entries lie in blocks; `entry` finds one by where it lies in all blocks put together.
    """

    def __init__(self, metadata: Metadata, address: int) -> None:
        """Read the header of the heap at an address."""
        head = metadata.piece(address, 142)
        head.expect(b"FRHP\0")
        self.id_length = head.number(2)
        head.expect(b"\0\0")  # no filters
        head.take(1)
        largest_entry = head.number(4)
        head.take(96)  # what lies elsewhere or is free, and counts
        self._width = head.number(2)
        self._first = head.number()
        largest_block = head.number()
        self._offset_bytes = -(-head.number(2) // 8)
        head.take(2)
        self._root = head.number()
        self._rows = head.number(2)
        self._length_bytes = min(_bytes_for(largest_block), _bytes_for(largest_entry))
        self._metadata = metadata
        self._blocks = dict(self._listed())

    def entry(self, identifier: bytes) -> Piece:
        """Return the entry of an identifier.

        Raises
        ------
        FormatError
            If it has none that lies within a block.
        """
        piece = Piece(identifier)
        if piece.number(1) != 0:
            raise FormatError("an entry of a heap lies outside its blocks")
        offset, length = piece.number(self._offset_bytes), piece.number(self._length_bytes)
        for start, (address, size) in self._blocks.items():
            if start <= offset and offset + length <= start + size:
                return self._metadata.piece(address + offset - start, length)
        raise FormatError("a heap has no block for one of its entries")

    def _listed(self) -> Iterator[tuple[int, tuple[int, int]]]:
        """Yield where each block begins in all of them put together, its address and its size."""
        if self._rows == 0:
            yield 0, (self._root, self._first)
            return
        table = self._metadata.piece(
            self._root, 13 + self._offset_bytes + 8 * self._rows * self._width
        )
        table.expect(b"FHIB\0")
        table.take(8 + self._offset_bytes)
        start = 0
        for row in range(self._rows):
            size = self._first << max(0, row - 1)
            for _ in range(self._width):
                address = table.number()
                if address != UNDEFINED:
                    yield start, (address, size)
                start += size


def records(metadata: Metadata, address: int) -> Iterator[Piece]:
    """Yield the records of a B-tree of version 2, in order."""
    head = metadata.piece(address, 38)
    head.expect(b"BTHD\0")
    kind, node, size = head.take(1), head.number(4), head.number(2)
    depth = head.number(2)
    head.take(2)
    root, count = head.number(), head.number(2)
    if depth == 0:
        yield from _records_in(metadata.piece(root, 6 + count * size if count else 0), size, count)
        return
    if depth > 1 or size == 0:
        raise FormatError("a tree has more levels than a file of thermospin needs")
    pointer = 8 + _bytes_for((node - 10) // size)
    top = metadata.piece(root, 6 + count * size + (count + 1) * pointer)
    top.expect(b"BTIN\0" + kind)
    between = [Piece(top.take(size)) for _ in range(count)]
    for following in [*between, None]:
        leaf, inside = top.number(), top.number(pointer - 8)
        yield from _records_in(metadata.piece(leaf, 6 + inside * size), size, inside)
        if following is not None:
            yield following


def _records_in(leaf: Piece, size: int, count: int) -> Iterator[Piece]:
    if count:
        leaf.expect(b"BTLF\0")
        leaf.take(1)
    for _ in range(count):
        yield Piece(leaf.take(size))


def _bytes_for(number: int) -> int:
    """Return how many bytes the format takes for numbers up to a largest one."""
    return (max(number, 1).bit_length() - 1) // 8 + 1
