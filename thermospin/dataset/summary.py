"""What a file holds and how far it got, found out without loading it whole."""

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np

from thermospin.dataset.reader import (
    STATUS_NAMES,
    SpecText,
    axis_names,
    dims_of,
    fixed_values,
    number_of,
    opened,
    provenance_of,
    spec_of,
    status_of,
    text_of,
    variables_of,
)
from thermospin.quantities import OUTPUTS, STATUS

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
        variables = variables_of(file)
        computed = {name: variables[name] for name in STATUS_NAMES if name in variables}
        return FileSummary(
            path=os.fspath(path),
            bytes=os.path.getsize(path),
            layout=int(number_of(file, "thermospin_layout")),
            title=text_of(file, "title"),
            name=text_of(file, "thermospin_spec_name"),
            complete=bool(number_of(file, "thermospin_complete")),
            gap_model=text_of(file, "thermospin_gap_model"),
            rtol=number_of(file, "thermospin_rtol"),
            axes=tuple(_summary(variables[name], None) for name in axis_names(variables)),
            outputs=tuple(
                _summary(variables[name], computed[status_of(name)])
                for name in variables
                if name in OUTPUTS
            ),
            fixed=fixed_values(variables),
            status={name: _status_counts(dataset) for name, dataset in computed.items()},
            spec=spec_of(file),
            spec_sha256=text_of(file, "thermospin_spec_sha256"),
            provenance=provenance_of(file),
        )


def _summary(dataset: h5py.Dataset, status: h5py.Dataset | None) -> VariableSummary:
    low, high = math.inf, -math.inf
    for part in _slabs(dataset.shape):
        values = dataset[part]
        known = np.isfinite(values)
        if status is not None:
            known &= status[part] != STATUS["not_computed"]
        low = float(np.min(values, initial=low, where=known))
        high = float(np.max(values, initial=high, where=known))
    return VariableSummary(
        name=dataset.name.lstrip("/"),
        dims=dims_of(dataset),
        shape=dataset.shape,
        unit=_word(dataset, "units"),
        meaning=_word(dataset, "long_name"),
        minimum=low if low <= high else None,
        maximum=high if low <= high else None,
    )


def _word(dataset: h5py.Dataset, name: str) -> str:
    return text_of(dataset, name) if name in dataset.attrs else ""


def _status_counts(dataset: h5py.Dataset) -> dict[str, int]:
    counts = dict.fromkeys(STATUS, 0)
    for part in _slabs(dataset.shape):
        values = dataset[part]
        for name, flag in STATUS.items():
            counts[name] += int(np.count_nonzero(values == flag))
    return counts


def _slabs(shape: tuple[int, ...]) -> Iterator[tuple[slice | int, ...]]:
    """Cut an array into parts of bounded size."""
    if math.prod(shape) <= _SLAB:
        yield ()
        return
    rest = math.prod(shape[1:])
    if rest > _SLAB:
        for index in range(shape[0]):
            for inner in _slabs(shape[1:]):
                yield (index, *inner)
        return
    step = max(1, _SLAB // rest)
    for first in range(0, shape[0], step):
        yield (slice(first, first + step),)
