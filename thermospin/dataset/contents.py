"""The numbers of a file."""

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset.open_file import STATUS_NAMES, status_of
from thermospin.dataset.opening import opened
from thermospin.dataset.output_path import output_path_of
from thermospin.quantities import STATUS


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
        If it is not a file of ours or its layout is newer than this program.
    """
    with opened(output_path_of(path).partial if partial else path) as file:
        array = file.mapped if mapped and file.head.complete else file.array
        status = {name: array(name) for name in STATUS_NAMES if name in file.variables}
        outputs = {name: array(name) for name in file.outputs}
        if not file.head.complete:
            for name, values in outputs.items():
                values[status[status_of(name)] == STATUS["not_computed"]] = np.nan
        return Contents(
            title=file.head.title,
            name=file.head.name,
            complete=file.head.complete,
            gap_model=file.head.gap_model,
            spec_sha256=file.head.spec_sha256,
            axes={name: array(name) for name in file.axes},
            fixed=file.fixed(),
            outputs=outputs,
            status=status,
            dims={name: file.variables[name].dims for name in (*outputs, *status)},
            shard=file.head.shard,
        )
