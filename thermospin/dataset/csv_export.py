"""Contents of a file as a tidy table: a row for each point, a column for each quantity."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset.contents import Contents
from thermospin.dataset.file_header import FileError
from thermospin.dataset.schema import status_of
from thermospin.dataset.slicing import places_of
from thermospin.quantities import OUTPUTS, PARAMETERS, SI_UNITS, STATUS

_ROWS = 1 << 14  # rows that are made together


def csv_lines(
    contents: Contents,
    at: Mapping[str, float | str] | None = None,
    show: Sequence[str] = (),
    *,
    si: bool,
) -> Iterator[str]:
    """Yield a slice of a file as lines of comma-separated values.

    The first line names each column with its unit. The columns are the axes on which the outputs
    depend, the outputs, and what became of each point; an axis that is cut keeps its column. An
    output that does not depend on an axis is repeated along it.

    Parameters
    ----------
    contents : Contents
        The contents of the file.
    at : mapping of str to float or str, optional
        The value at which each of these axes is cut, in reduced units or with a unit; the nearest
        point is taken.
    show : sequence of str, optional
        The outputs; by default all.
    si : bool
        Whether numbers are in SI rather than in reduced units.

    Raises
    ------
    FileError
        If the file is a shard, lacks an axis or output, a value lies beyond an axis, or SI is asked
        for and its spec has no material.
    """
    if contents.shard is not None:
        raise FileError("is a shard: merge it, then export the whole")
    if si and contents.material is None:
        raise FileError("has no material in its spec, which turns reduced units into SI")
    for name in show:
        if name not in contents.outputs:
            known = ", ".join(contents.outputs)
            raise FileError(f"{name}: no such output, must be one of {known}")
    try:
        places = places_of(contents, at or {})
    except ValueError as error:
        raise FileError(str(error)) from None
    outputs = [name for name in contents.outputs if not show or name in show]
    axes = [axis for axis in contents.axes if any(axis in contents.dims[name] for name in outputs)]
    statuses = list(dict.fromkeys(status_of(name) for name in outputs))
    units = {name: _unit(name, si=si) for name in (*axes, *outputs)}
    heads = [f"{name} ({unit})" if unit else name for name, unit in units.items()]
    yield ",".join([*heads, *statuses])
    columns: list[NDArray[Any]] = [
        *(_axis(contents, name, si=si) for name in axes),
        *(contents.outputs[name] for name in outputs),
        *(contents.status[name] for name in statuses),
    ]
    dims = [*((name,) for name in axes), *(contents.dims[name] for name in (*outputs, *statuses))]
    factors = [1.0] * len(axes) + [_factor(contents, name, si=si) for name in outputs]
    yield from _rows(contents, axes, places, list(zip(columns, dims, strict=True)), factors)


def _rows(
    contents: Contents,
    axes: list[str],
    places: Mapping[str, int],
    columns: list[tuple[NDArray[Any], tuple[str, ...]]],
    factors: list[float],
) -> Iterator[str]:
    """Yield the lines below the first one; the columns beyond the factors are flags."""
    words = {flag: word for word, flag in STATUS.items()}
    ranges = [
        np.array([places[axis]]) if axis in places else np.arange(len(contents.axes[axis]))
        for axis in axes
    ]
    shape = tuple(map(len, ranges))
    for first in range(0, int(np.prod(shape)), _ROWS):
        flat = np.arange(first, min(first + _ROWS, int(np.prod(shape))))
        along = np.unravel_index(flat, shape) if axes else ()
        index = {axis: ranges[i][along[i]] for i, axis in enumerate(axes)}
        cells = []
        for place, (values, dims) in enumerate(columns):
            picked = np.broadcast_to(values[tuple(index[axis] for axis in dims)], flat.shape)
            if place < len(factors):
                cells.append([repr(number) for number in (picked * factors[place]).tolist()])
            else:
                cells.append([words[flag] for flag in picked.tolist()])
        yield from (",".join(row) for row in zip(*cells, strict=True))


def _unit(name: str, *, si: bool) -> str:
    unit = (PARAMETERS.get(name) or OUTPUTS[name]).unit
    return SI_UNITS[unit].symbol if si and unit else unit


def _axis(contents: Contents, name: str, *, si: bool) -> NDArray[np.float64]:
    """Return the points of an axis; in SI they are those that the file has."""
    if si and name in contents.si_axes:
        return contents.si_axes[name]
    return contents.axes[name]


def _factor(contents: Contents, name: str, *, si: bool) -> float:
    unit = OUTPUTS[name].unit
    return contents.material.factor(unit) if si and unit and contents.material else 1.0
