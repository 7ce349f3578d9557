"""Results as text: numbers and tables for people, and JSON for programs."""

import math
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from thermospin.spec import SweepSpec

SHORTEST = 0.01
"""Seconds; the length of a shorter time span says more about the machine than about a sweep."""
_SIZE_UNITS = ("kB", "MB", "GB", "TB", "PB")


def to_json(value: Any) -> str:
    """Write a result as JSON.

    Parameters
    ----------
    value : object
        Nested dataclasses, named tuples, mappings, lists, paths, texts and numbers.

    Returns
    -------
    str
        One line; NaN and infinity, which JSON lacks, become null.
    """
    import json  # here, as dataclasses below: help needs neither

    # U+007F is the one ASCII character that is not printable and that JSON does not escape.
    return json.dumps(_plain(value), allow_nan=False).replace("\x7f", "\\u007f")


def _plain(value: Any) -> Any:
    """Convert a result to the types that JSON has."""
    import dataclasses

    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: _plain(getattr(value, name)) for name in names}
    if hasattr(value, "_asdict"):  # a named tuple
        return _plain(value._asdict())
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def size(count: int) -> str:
    """Format a number of bytes: ``980 bytes``, ``26.5 kB``, ``2.4 GB``."""
    if count < 1000:
        return f"{count} bytes"
    power = min((len(str(count)) - 1) // 3, len(_SIZE_UNITS))
    return f"{count / 1000**power:.1f} {_SIZE_UNITS[power - 1]}"


def duration(seconds: float) -> str:
    """Format a time span: ``0.08 s``, ``12 s``, ``3 min 20 s``, ``2 h 5 min``."""
    if seconds < SHORTEST:
        return f"less than {SHORTEST:g} s"
    if seconds < 9.5:
        return f"{seconds:.2g} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60:,} h {minutes % 60} min"


def about(seconds: float) -> str:
    """Format an estimated time span: ``about 12 s``, ``less than 0.01 s``."""
    return duration(seconds) if seconds < SHORTEST else f"about {duration(seconds)}"


def points_of(count: int) -> str:
    """Format a number of points: ``1 point``, ``4,000 points``."""
    return "1 point" if count == 1 else f"{count:,} points"


def threads_of(count: int) -> str:
    """Format a number of threads: ``1 thread``, ``4 threads``."""
    return "1 thread" if count == 1 else f"{count} threads"


def mesh_size(spec: "SweepSpec") -> str:
    """Format the number of points of a sweep, with its axes: ``42 points (h_exc 2 × V 21)``."""
    axes = " × ".join(f"{name} {len(points)}" for name, points in spec.axes.items())
    return f"{points_of(spec.size)} ({axes})"


def aligned(rows: Iterable[tuple[str, ...]], indent: str = "") -> str:
    """Format a table in plain text.

    Parameters
    ----------
    rows : iterable of tuple of str
        The cells of each row; all rows have as many.
    indent : str
        Text before each row.

    Returns
    -------
    str
        Lines in which the columns are aligned on the left, two spaces apart.
    """
    table = [tuple(map(one_line, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in table
    )
    return "\n".join((indent + line).rstrip() for line in lines)


def one_line(text: str) -> str:
    r"""Replace the line breaks in a text of foreign origin by ``\n``.

    Otherwise a title could add lines that look like those of thermospin.
    """
    return text.replace("\n", "\\n")


def as_argument(path: str) -> str:
    """Format a path for a command line, where ``-x.yaml`` would be taken for an option."""
    return f"./{path}" if path.startswith("-") else path
