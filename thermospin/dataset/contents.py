"""The numbers of a file."""

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset.form import SHARD
from thermospin.dataset.reader import (
    STATUS_NAMES,
    axis_names,
    dims_of,
    fixed_values,
    number_of,
    opened,
    status_of,
    text_of,
    variables_of,
)
from thermospin.dataset.target import target_of
from thermospin.quantities import OUTPUTS, STATUS


@dataclass(frozen=True)
class Contents:
    """The numbers of a file, in reduced units; what was not computed is NaN.

    ``dims`` names the axes along which each output, and each status, runs; those of a shard,
    ``i/n``, have but one dimension.
    """

    title: str
    name: str
    complete: bool
    gap_model: str
    spec_sha256: str
    axes: dict[str, NDArray[np.float64]]
    fixed: dict[str, float]
    outputs: dict[str, NDArray[np.float64]]
    status: dict[str, NDArray[np.int8]]
    dims: dict[str, tuple[str, ...]]
    shard: str | None = None


def read(path: str | os.PathLike[str], *, partial: bool = False) -> Contents:
    """Load the numbers of a file.

    Parameters
    ----------
    path : path
        A finished file or a ``.partial`` one.
    partial : bool
        Whether to read what there is so far of the unfinished work at ``path``.

    Returns
    -------
    Contents
        Axes, fixed parameters, outputs and status.

    Raises
    ------
    FileError
        If it is not a file of ours or its layout is newer than this program.
    """
    with opened(target_of(path).partial if partial else path) as file:
        variables = variables_of(file)
        status = {name: variables[name][()] for name in STATUS_NAMES if name in variables}
        outputs = {
            name: np.where(status[status_of(name)] == STATUS["not_computed"], np.nan, dataset[()])
            for name, dataset in variables.items()
            if name in OUTPUTS
        }
        return Contents(
            title=text_of(file, "title"),
            name=text_of(file, "thermospin_spec_name"),
            complete=bool(number_of(file, "thermospin_complete")),
            gap_model=text_of(file, "thermospin_gap_model"),
            spec_sha256=text_of(file, "thermospin_spec_sha256"),
            axes={name: variables[name][()] for name in axis_names(variables)},
            fixed=fixed_values(variables),
            outputs=outputs,
            status=status,
            dims={name: dims_of(variables[name]) for name in (*outputs, *status)},
            shard=text_of(file, SHARD) if SHARD in file.attrs else None,
        )
