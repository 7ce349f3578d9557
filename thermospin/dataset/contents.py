"""What a file holds: its numbers, or a summary of them that is found without loading it whole."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset.file_header import FileHeader
from thermospin.dataset.open_file import OpenFile
from thermospin.dataset.opening import opened
from thermospin.dataset.output_path import output_path_of
from thermospin.dataset.schema import STATUS_NAMES, si_name, status_of
from thermospin.quantities import STATUS

_SLAB = 1 << 18  # values that are looked at together


@dataclass(frozen=True, kw_only=True)
class Contents(FileHeader):
    """The header of a file and its numbers, in reduced units; what was not computed is NaN.

    ``dims`` names the axes along which each output, and each status, runs; those of a shard have
    but one dimension. ``si_axes`` are the points of the axes in SI, if the spec has a material.
    """

    axes: dict[str, NDArray[np.float64]]
    fixed: dict[str, float]
    outputs: dict[str, NDArray[np.float64]]
    status: dict[str, NDArray[np.int8]]
    dims: dict[str, tuple[str, ...]]
    si_axes: dict[str, NDArray[np.float64]] = field(default_factory=dict)


def read(path: str | os.PathLike[str], *, partial: bool = False, mapped: bool = False) -> Contents:
    """Load the numbers of a file.

    Parameters
    ----------
    path : path
        A finished file or a ``.partial`` one.
    partial : bool
        Whether to read what there is so far of the unfinished work at ``path``.
    mapped : bool
        Whether the numbers of a finished file may stay there until they are used; the arrays cannot
        be written to, then.

    Returns
    -------
    Contents
        Axes, fixed parameters, outputs and status.

    Raises
    ------
    FileError
        If it is not a file of thermospin or its layout is newer than this program.
    """
    with opened(output_path_of(path).partial if partial else path) as file:
        array = file.mapped if mapped and file.header.complete else file.array
        status = {name: array(name) for name in STATUS_NAMES if name in file.variables}
        outputs = {name: array(name) for name in file.outputs}
        if not file.header.complete:
            for name, values in outputs.items():
                values[status[status_of(name)] == STATUS["not_computed"]] = np.nan
        return Contents(
            **vars(file.header),
            axes={name: array(name) for name in file.axes},
            si_axes={
                name: array(si_name(name)) for name in file.axes if si_name(name) in file.variables
            },
            fixed=file.fixed(),
            outputs=outputs,
            status=status,
            dims={name: file.variables[name].dims for name in (*outputs, *status)},
        )


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


@dataclass(frozen=True, kw_only=True)
class FileSummary(FileHeader):
    """The header of a file and a summary of its variables; ``status`` counts points by status."""

    path: str
    bytes: int
    axes: tuple[VariableSummary, ...]
    outputs: tuple[VariableSummary, ...]
    fixed: dict[str, float]
    status: dict[str, dict[str, int]]


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
        If it is not a file of thermospin or its layout is newer than this program.
    """
    with opened(path) as file:
        return FileSummary(
            **vars(file.header),
            path=file.path,
            bytes=file.length,
            axes=tuple(_summary(file, name) for name in file.axes),
            outputs=tuple(_summary(file, name, status_of(name)) for name in file.outputs),
            fixed=file.fixed(),
            status={name: _counts(file, name) for name in STATUS_NAMES if name in file.variables},
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
