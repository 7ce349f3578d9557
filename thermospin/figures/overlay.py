"""A measured I(V) from a CSV file, in reduced units."""

import csv
import os
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset import LABORATORY
from thermospin.dataset.regular import NotRegularError, opened_for_reading
from thermospin.spec import Material

FloatArray = NDArray[np.float64]

_PREFIXES = {"": 1.0, "k": 1e3, "m": 1e-3, "u": 1e-6, "µ": 1e-6, "μ": 1e-6, "n": 1e-9, "p": 1e-12,
             "f": 1e-15}  # fmt: skip
_HEAD = re.compile(r"\s*(V|I)(?:_q)?\s*(?:[(\[]\s*(\S*?)([VA])\s*[)\]])?\s*")
_REDUCED = {"V": "Δ0/e", "I": "G_T Δ0/e"}
_SI = {"V": "V", "I": "A"}


class OverlayError(ValueError):
    """A file of measured currents cannot be read."""


@dataclass(frozen=True)
class Measured:
    """A measured characteristic: V in Δ0/e and I in G_T Δ0/e, and what these units are in SI.

    ``volt`` and ``ampere`` are None where the junction has no material.
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
        a material, else in Δ0/e and G_T Δ0/e. Lines that begin with ``#`` are comments.
    material : Material or None
        What turns SI into reduced units.

    Returns
    -------
    Measured
        In reduced units.

    Raises
    ------
    OverlayError
        Naming the file, the line and what is wrong there.
    """
    lines = [
        (number, line)
        for number, line in enumerate(_text(path).splitlines(), 1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if len(lines) < 2:
        raise OverlayError(f"{path}: must have a line of names, V and I, and lines of numbers")
    heads = next(csv.reader([lines[0][1]]))
    columns = {}
    for axis in ("V", "I"):
        place, factor = _column(path, heads, axis, material)
        columns[axis] = factor * np.array([_value(path, *line, place) for line in lines[1:]])
    if material is None:
        return Measured(columns["V"], columns["I"])
    volt, ampere = (LABORATORY[_REDUCED[axis]].factor(material) for axis in ("V", "I"))
    return Measured(columns["V"], columns["I"], volt, ampere)


def _text(path: str | os.PathLike[str]) -> str:
    try:
        with open(opened_for_reading(path), encoding="utf-8-sig") as file:
            return file.read()
    except NotRegularError as error:
        raise OverlayError(f"{path}: {error}") from None
    except UnicodeDecodeError:
        raise OverlayError(f"{path}: must be a CSV file, UTF-8") from None


def _column(
    path: str | os.PathLike[str], heads: list[str], axis: str, material: Material | None
) -> tuple[int, float]:
    """Return where a column is, and what its numbers must be multiplied by."""
    matches = [(place, _HEAD.fullmatch(head)) for place, head in enumerate(heads)]
    columns = [(place, match) for place, match in matches if match and match[1] == axis]
    if not columns:
        raise OverlayError(f"{path}: has no column {axis}; the first line must name V and I")
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
    return place, _PREFIXES[prefix] / LABORATORY[_REDUCED[axis]].factor(material)


def _value(path: str | os.PathLike[str], number: int, line: str, place: int) -> float:
    cells = next(csv.reader([line]))
    try:
        value = float(cells[place])
    except (IndexError, ValueError):
        got = repr(cells[place].strip()) if place < len(cells) else "nothing"
        raise OverlayError(f"{path}:{number}: must be a number, got {got}") from None
    if not np.isfinite(value):
        raise OverlayError(f"{path}:{number}: must be finite, got {cells[place].strip()!r}")
    return value
