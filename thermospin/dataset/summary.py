"""What a file holds and how far it got, found out without loading it whole."""

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from thermospin.dataset.file_header import SpecText
from thermospin.dataset.open_file import STATUS_NAMES, OpenFile, status_of
from thermospin.dataset.opening import opened
from thermospin.quantities import STATUS

_SLAB = 1 << 18  # values that are looked at together


@dataclass(frozen=True)
class VariableSummary:
    """What a variable holds; the limits are None where no value is finite."""

    name: str
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    unit: str
    meaning: str
    minimum: float | None
    maximum: float | None


@dataclass(frozen=True)
class FileSummary:
    """What a file holds, how far it got, and how it came about."""

    path: str
    bytes: int
    layout: int
    title: str
    name: str
    complete: bool
    gap_model: str
    rtol: float
    axes: tuple[VariableSummary, ...]
    outputs: tuple[VariableSummary, ...]
    fixed: dict[str, float]
    status: dict[str, dict[str, int]]
    spec: SpecText
    spec_sha256: str
    provenance: dict[str, Any]


def describe(path: str | os.PathLike[str]) -> FileSummary:
    """Summarise a file without loading it whole.

    Parameters
    ----------
    path : path
        A finished file or a ``.partial`` one.

    Returns
    -------
    FileSummary
        Axes and outputs with their limits, fixed parameters, how many points have each status,
        the spec and the provenance.

    Raises
    ------
    FileError
        If it is not a file of ours or its layout is newer than this program.
    """
    with opened(path) as file:
        return FileSummary(
            path=file.path,
            bytes=file.length,
            layout=file.layout,
            title=file.head.title,
            name=file.head.name,
            complete=file.head.complete,
            gap_model=file.head.gap_model,
            rtol=file.head.rtol,
            axes=tuple(_summary(file, name) for name in file.axes),
            outputs=tuple(_summary(file, name, status_of(name)) for name in file.outputs),
            fixed=file.fixed(),
            status={name: _counts(file, name) for name in STATUS_NAMES if name in file.variables},
            spec=file.head.spec,
            spec_sha256=file.head.spec_sha256,
            provenance=file.head.provenance,
        )


def _summary(file: OpenFile, name: str, status: str | None = None) -> VariableSummary:
    """Return what a variable holds, but for values that were not computed, as a status says."""
    low, high = math.inf, -math.inf
    for first, count in _parts(file.variables[name].size):
        values = file.read(name, first, count)
        known = np.isfinite(values)
        if status is not None:
            known &= file.read(status, first, count) != STATUS["not_computed"]
        low = float(np.min(values, initial=low, where=known))
        high = float(np.max(values, initial=high, where=known))
    variable = file.variables[name]
    return VariableSummary(
        name=name,
        dims=variable.dims,
        shape=variable.shape,
        unit=variable.unit,
        meaning=variable.meaning,
        minimum=low if low <= high else None,
        maximum=high if low <= high else None,
    )


def _counts(file: OpenFile, name: str) -> dict[str, int]:
    """Return how many points have each status."""
    counts = dict.fromkeys(STATUS, 0)
    for first, count in _parts(file.variables[name].size):
        values = file.read(name, first, count)
        for word, flag in STATUS.items():
            counts[word] += int(np.count_nonzero(values == flag))
    return counts


def _parts(size: int) -> Iterator[tuple[int, int]]:
    """Yield where parts of bounded size begin, and how many values they have."""
    for first in range(0, size, _SLAB):
        yield first, min(_SLAB, size - first)
