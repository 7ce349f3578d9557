"""Numbers and tables for people, and JSON for programs."""

import math
import os
from collections.abc import Iterable, Mapping
from typing import Any

SHORTEST = 0.01
"""Seconds; a shorter time span depends on what else the machine does."""
_UNITS = ("kB", "MB", "GB", "TB", "PB")


def to_json(value: Any) -> str:
    """Return a result as JSON on one line; NaN and infinity, which JSON lacks, become null."""
    import json  # here, as dataclasses below: help needs neither

    # The one ASCII character that is not printable and that JSON does not escape.
    return json.dumps(_plain(value), allow_nan=False).replace("\x7f", "\\u007f")


def _plain(value: Any) -> Any:
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
    """Return a number of bytes: ``980 bytes``, ``26.5 kB``, ``2.4 GB``."""
    if count < 1000:
        return f"{count} bytes"
    power = min((len(str(count)) - 1) // 3, len(_UNITS))
    return f"{count / 1000**power:.1f} {_UNITS[power - 1]}"


def duration(seconds: float) -> str:
    """Return a time span: ``0.08 s``, ``12 s``, ``3 min 20 s``, ``2 h 5 min``."""
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
    """Return an estimated time span: ``about 12 s``, ``less than 0.01 s``."""
    return duration(seconds) if seconds < SHORTEST else f"about {duration(seconds)}"


def points_of(count: int) -> str:
    """Return a number of points: ``1 point``, ``4,000 points``."""
    return "1 point" if count == 1 else f"{count:,} points"


def threads_of(count: int) -> str:
    """Return a number of threads: ``1 thread``, ``4 threads``."""
    return "1 thread" if count == 1 else f"{count} threads"


def aligned(rows: Iterable[tuple[str, ...]], indent: str = "") -> str:
    """Return a table in plain text: columns aligned on the left, two spaces apart."""
    table = [tuple(map(one_line, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in table
    )
    return "\n".join((indent + line).rstrip() for line in lines)


def one_line(text: str) -> str:
    r"""Return a text of foreign origin without breaks of lines, which are shown as ``\n``.

    Else a title could add lines that look like ours.
    """
    return text.replace("\n", "\\n")


def as_argument(path: str) -> str:
    """Return a path as it stands on a command line, where ``-x.yaml`` would be an option."""
    return f"./{path}" if path.startswith("-") else path
