"""Opening a file of ours, and refusing every other, without ever changing it."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import h5py
import numpy as np

from thermospin.dataset.layout import LAYOUT
from thermospin.quantities import OUTPUTS, PARAMETERS

STATUS_NAMES = ("status", "junction_status")
"""The variables that say what became of each point and of each junction."""


class FileError(ValueError):
    """A file is not a result of thermospin, or not one that this version can read."""


class SpecText(NamedTuple):
    """The spec a file was computed from: the text as written, and ``key=value`` overrides."""

    text: str
    overrides: tuple[str, ...]


def read_spec_text(path: str | os.PathLike[str]) -> SpecText:
    """Return the spec that a file was computed from, to run it again.

    Parameters
    ----------
    path : path
        A finished file or a ``.partial`` one.

    Returns
    -------
    SpecText
        The text as it was written and the overrides that were applied to it.

    Raises
    ------
    FileError
        If it is not a file of ours or its layout is newer than this program.
    """
    with opened(path) as file:
        return spec_of(file)


@contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[h5py.File]:
    """Open a file of ours for reading; whatever is wrong with it is a `FileError`."""
    if not os.path.isfile(path):  # a pipe would wait for ever
        reason = "is not a regular file" if os.path.lexists(path) else "no such file"
        raise FileError(f"{os.fspath(path)}: {reason}")
    try:
        # Nobody writes our files through HDF5, so its locks protect nothing, and they fail on NFS.
        file = h5py.File(path, "r", locking=False)
    except OSError as error:
        raise FileError(f"{os.fspath(path)}: is not a readable HDF5 file ({error})") from None
    with file:
        try:
            _check_layout(file)
            yield file
        except FileError as error:
            raise FileError(f"{os.fspath(path)}: {error}") from None
        except (OSError, LookupError, RuntimeError, ValueError) as error:
            raise FileError(f"{os.fspath(path)}: is damaged ({error})") from error


def _check_layout(file: h5py.File) -> None:
    layout = file.attrs.get("thermospin_layout")
    if not isinstance(layout, np.integer):
        raise FileError("is not a file of thermospin: it has no thermospin_layout")
    if not 1 <= layout <= LAYOUT:
        raise FileError(
            f"has layout {layout}, this version of thermospin reads up to {LAYOUT}; "
            "install a newer thermospin"
        )


def variables_of(file: h5py.File) -> dict[str, h5py.Dataset]:
    """Return the variables at the root, in the order of the file.

    Values must lie in this very file: links and external storage would read from others.
    """
    names: list[bytes] = []
    file.id.links.iterate(names.append, idx_type=h5py.h5.INDEX_CRT_ORDER)
    found = {}
    for name in (name.decode() for name in names):
        if not isinstance(file.get(name, getlink=True), h5py.HardLink):
            raise FileError(f"is not a file of thermospin: {name} is a link")
        dataset = file[name]
        if not isinstance(dataset, h5py.Dataset):
            continue
        expected = np.dtype("i1" if name in STATUS_NAMES else "<f8")
        if dataset.external or dataset.is_virtual or dataset.dtype != expected:
            raise FileError(
                f"is not a file of thermospin: {name} is not stored as {expected} in it"
            )
        if dataset.id.get_storage_size() < dataset.size * expected.itemsize:
            raise FileError(f"is damaged: {name} has no room for its values")
        found[name] = dataset
    for name in found:
        if name in OUTPUTS and status_of(name) not in found:
            raise FileError(f"is damaged: {name} has no {status_of(name)}")
    return found


def axis_names(variables: dict[str, h5py.Dataset]) -> list[str]:
    """Return the names of the axes, the slowest first."""
    return [name for name in variables if name in PARAMETERS and variables[name].is_scale]


def fixed_values(variables: dict[str, h5py.Dataset]) -> dict[str, float]:
    """Return the parameters that are not axes."""
    return {
        name: float(dataset[()])
        for name, dataset in variables.items()
        if name in PARAMETERS and not dataset.shape
    }


def dims_of(dataset: h5py.Dataset) -> tuple[str, ...]:
    """Return the axes along which a variable runs."""
    if dataset.is_scale:
        return (dataset.name.lstrip("/"),)
    return tuple(dimension[0].name.lstrip("/") for dimension in dataset.dims)


def status_of(output: str) -> str:
    """Return the name of the status that belongs to an output."""
    return "status" if OUTPUTS[output].biased else "junction_status"


def text_of(file: h5py.File, name: str) -> str:
    """Return an attribute of the file that is text."""
    value = file.attrs[name]
    if not isinstance(value, str):
        raise FileError(f"is damaged: {name} is not text")
    return value


def spec_of(file: h5py.File) -> SpecText:
    """Return the spec the file was computed from."""
    overrides = json.loads(text_of(file, "thermospin_spec_overrides"))
    return SpecText(text_of(file, "thermospin_spec"), tuple(map(str, overrides)))
