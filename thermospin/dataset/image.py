"""A file in memory that stores only what is written to it."""

from typing import Any

PAGE = 4096


class SparseImage:
    """A Python file object for HDF5 to write to.

    HDF5 must not meet a full disk (it crashes), so it never writes to one: it lays the file out
    here, where the places of the results take no memory, and the bytes are copied from here.
    """

    def __init__(self) -> None:
        """Begin with an empty file."""
        self.size = 0
        self._position = 0
        self._pages: dict[int, bytearray] = {}

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move to an offset from the start, the position or the end."""
        self._position = offset + (0, self._position, self.size)[whence]
        return self._position

    def tell(self) -> int:
        """Return the position."""
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer from the position on; what was never written is zero."""
        view = memoryview(buffer).cast("B")
        view[:] = self.read_at(self._position, len(view))
        self._position += len(view)
        return len(view)

    def read(self, count: int) -> bytes:
        """Return bytes from the position on; what was never written is zero."""
        data = self.read_at(self._position, count)
        self._position += count
        return data

    def read_at(self, offset: int, count: int) -> bytes:
        """Return bytes from an offset on; what was never written is zero."""
        blank = bytes(PAGE)
        first, last = offset // PAGE, (offset + count - 1) // PAGE
        data = b"".join(self._pages.get(page, blank) for page in range(first, last + 1))
        return data[offset - first * PAGE :][:count]

    def write(self, data: Any) -> int:
        """Checkpoint bytes at the position."""
        view = memoryview(data).cast("B")
        done = 0
        while done < len(view):
            page, start = divmod(self._position + done, PAGE)
            part = view[done : done + PAGE - start]
            self._pages.setdefault(page, bytearray(PAGE))[start : start + len(part)] = part
            done += len(part)
        self._position += done
        self.size = max(self.size, self._position)
        return done

    def truncate(self, size: int | None = None) -> int:
        """Set the length of the file."""
        self.size = self._position if size is None else size
        return self.size

    def flush(self) -> None:
        """Do nothing: there is nothing behind this file."""
