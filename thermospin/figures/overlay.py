"""Reading of a measured I(V) from a CSV file, and its conversion to reduced units."""

import csv
import os
import re
from dataclasses import dataclass

import numpy as np

from thermospin.dataset.regular_files import NotRegularError, opened_for_reading
from thermospin.junction import FloatArray
from thermospin.spec import Material

_PREFIXES = {"": 1.0, "k": 1e3, "m": 1e-3, "u": 1e-6, "µ": 1e-6, "μ": 1e-6, "n": 1e-9, "p": 1e-12,
             "f": 1e-15}  # fmt: skip
_HEAD = re.compile(r"\s*(V|I)(?:_q)?\s*(?:[(\[]\s*(\S*?)([VA])\s*[)\]])?\s*")
_REDUCED = {"V": "Δ0/e", "I": "G_T Δ0/e"}
_SI = {"V": "V", "I": "A"}
_DECIMAL = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
"""A number as instruments write it. Python would also read 1_0 and digits of other scripts."""
_WITH_COMMA = re.compile(r"[-+]?[0-9]*,[0-9]+([eE][-+]?[0-9]+)?")


class OverlayError(ValueError):
    """A file with a measured I(V) cannot be read."""


@dataclass(frozen=True)
class Measured:
    """A measured I(V) in reduced units.

    Attributes
    ----------
    V, current : ndarray
        Bias in Δ0/e and current in G_T Δ0/e, shape (n,).
    volt, ampere : float or None
        Δ0/e in volt and G_T Δ0/e in ampere; None if the sweep has no material.
    """

    V: FloatArray
    current: FloatArray
    volt: float | None = None
    ampere: float | None = None


def read_measured(path: str | os.PathLike[str], material: Material | None) -> Measured:
    """Read a measured I(V).

    Parameters
    ----------
    path : path
        A CSV file. Its first line names two columns ``V`` and ``I``, others are ignored; a unit may
        follow in brackets: ``V (mV), I (nA)``. Without one they are in volt and ampere if there is
        a material, else in Δ0/e and G_T Δ0/e. Numbers are decimal, with a point; no line has more
        cells than the first has names. Lines that begin with ``#`` are comments.
    material : Material or None
        Gives the SI values of the reduced units.

    Returns
    -------
    Measured
        The curve in reduced units.

    Raises
    ------
    OverlayError
        If the file is not as described; the message names the file, the line and the rule.
    """
    lines = [
        (number, line)
        for number, line in enumerate(_text(path).splitlines(), 1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if len(lines) < 2:
        raise OverlayError(f"{path}: must have a line of names, V and I, and lines of numbers")
    (_, heads), *rows = [(number, _cells(path, number, line)) for number, line in lines]
    columns = [_column(path, heads, axis, material) for axis in ("V", "I")]
    _check_lengths(path, heads, rows)
    V, current = (
        factor * np.array([_value(path, *row, place) for row in rows]) for place, factor in columns
    )
    if material is None:
        return Measured(V, current)
    volt, ampere = (material.factor(_REDUCED[axis]) for axis in ("V", "I"))
    return Measured(V, current, volt, ampere)


def _text(path: str | os.PathLike[str]) -> str:
    try:
        with open(opened_for_reading(path), encoding="utf-8-sig") as file:
            return file.read()
    except NotRegularError as error:
        raise OverlayError(f"{path}: {error}") from None
    except UnicodeDecodeError:
        raise OverlayError(f"{path}: must be a CSV file, UTF-8") from None


def _cells(path: str | os.PathLike[str], number: int, line: str) -> list[str]:
    try:
        return next(csv.reader([line]))
    except csv.Error as error:  # a cell of over 131,072 characters
        raise OverlayError(f"{path}:{number}: is not a line of a CSV file: {error}") from None


def _column(
    path: str | os.PathLike[str], heads: list[str], axis: str, material: Material | None
) -> tuple[int, float]:
    """Return the place of the column V or I, and the factor from its unit to the reduced one."""
    matches = [(place, _HEAD.fullmatch(head)) for place, head in enumerate(heads)]
    columns = [(place, match) for place, match in matches if match and match[1] == axis]
    if not columns:
        raise OverlayError(
            f"{path}: has no column {axis}; the first line must name V and I, with a comma between"
        )
    (place, match), *others = columns
    head = heads[place].strip()
    if others:
        again = heads[others[0][0]].strip()
        raise OverlayError(f"{path}: must have one column {axis}, got {head} and {again}")
    prefix, unit = match[2] or "", match[3]
    if unit not in (None, _SI[axis]) or prefix not in _PREFIXES:
        raise OverlayError(f"{path}: {head}: must be in {_SI[axis]}, mV, nA and so on")
    if material is None and unit is None:
        return place, 1.0
    if material is None:
        raise OverlayError(
            f"{path}: {head}: the sweep has no material, which turns SI into reduced "
            "units; add one to its spec, or give V in Δ0/e and I in G_T Δ0/e without units"
        )
    return place, _PREFIXES[prefix] / material.factor(_REDUCED[axis])


def _check_lengths(
    path: str | os.PathLike[str], heads: list[str], rows: list[tuple[int, list[str]]]
) -> None:
    """Refuse a line with more cells than names, as a comma in place of a decimal point gives."""
    for number, cells in rows:
        if len(cells) > len(heads):
            raise OverlayError(
                f"{path}:{number}: has {len(cells)} cells for {len(heads)} names; "
                "numbers must have a decimal point, not a comma"
            )


def _value(path: str | os.PathLike[str], number: int, cells: list[str], place: int) -> float:
    cell = cells[place].strip() if place < len(cells) else ""
    if _DECIMAL.fullmatch(cell) and np.isfinite(float(cell)):
        return float(cell)
    rule = "must be a decimal number"
    if _WITH_COMMA.fullmatch(cell):
        rule += " with a point, not a comma"
    elif not cell.isascii():
        rule += " in plain digits"
    elif _DECIMAL.fullmatch(cell) or cell.lower().strip("+-") in ("nan", "inf", "infinity"):
        rule = "must be finite"
    raise OverlayError(f"{path}:{number}: {rule}, got {repr(cell) if cell else 'nothing'}")
