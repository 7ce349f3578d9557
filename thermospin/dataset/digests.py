"""Digests: how a file proves that its bytes are the ones that were written.

Each variable carries the SHA-256 of its values as they lie in the file. All other bytes (names,
dimensions, attributes, HDF5's own tables, padding) are covered by one digest more, the seal, which
lies in a place of its own: inside an attribute it would have to cover itself, since HDF5 keeps
checksums of the attributes.
"""

import hashlib
from collections.abc import Callable, Iterable

from thermospin.dataset.schema import Variable

ATTRIBUTE = "sha256"
"""Attribute of a variable: the digest of its values, 64 hexadecimal digits."""
SEAL = "/integrity/sha256_of_metadata"
"""Scalar variable: the digest of every byte that is not a value."""
PENDING = "0" * 64
"""The text in the place of a digest while the values are being computed."""

_SLAB = 1 << 20  # bytes, or values, that are looked at together

ReadAt = Callable[[int, int], bytes]
"""Returns bytes of a file; takes an offset and a number of bytes."""


def of_known(variable: Variable) -> str:
    """Return the digest of the values of a variable that the spec fixes, else ``PENDING``."""
    if variable.values is None:
        return PENDING
    digest = hashlib.sha256()
    flat = variable.values.reshape(-1)
    for first in range(0, flat.size, _SLAB):
        slab = flat[first : first + _SLAB] * variable.factor
        digest.update(slab.astype(variable.dtype, copy=False).data)
    return digest.hexdigest()


def of_ranges(read_at: ReadAt, ranges: Iterable[tuple[int, int]]) -> str:
    """Return the digest of parts of a file, one after the other, in bounded memory.

    Parameters
    ----------
    read_at : callable
        Takes an offset and a number of bytes.
    ranges : iterable of (int, int)
        Start and end of each part.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    EOFError
        If the file ends before a part does.
    """
    digest = hashlib.sha256()
    for start, end in ranges:
        while start < end:
            data = read_at(start, min(end - start, _SLAB))
            if not data:
                raise EOFError(f"the file ends at byte {start}, {end - start} bytes too early")
            digest.update(data)
            start += len(data)
    return digest.hexdigest()


def surroundings(places: Iterable[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """Return the parts of a file of some size that lie outside the given ones."""
    found, position = [], 0
    for start, end in [*sorted(places), (size, size)]:
        if position < start:
            found.append((position, start))
        position = max(position, end)
    return found
