"""Opening a file of ours, and refusing every other, without ever changing it."""

import json
import math
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np
from h5py import h5a, h5d, h5s, h5t

from thermospin.dataset import digests
from thermospin.dataset.form import CHUNK_DIGESTS
from thermospin.dataset.journal import StoreError, examine
from thermospin.dataset.layout import LAYOUT
from thermospin.dataset.target import target_of
from thermospin.quantities import OUTPUTS, PARAMETERS

STATUS_NAMES = ("status", "junction_status")
"""The variables that say what became of each point and of each junction."""
GROUPS = ("entry", "integrity")
"""What stands beside the variables: pictures for viewers, never followed here, and the seal."""

_NAME = re.compile(r"[A-Za-z_0-9]{1,60}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # a terminal would obey them
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ESCAPED_CONTROL = re.compile(r"\\u00([01]|7f|[89])", re.IGNORECASE)
_LONGEST_TEXT = 1 << 17


class FileError(ValueError):
    """A file is not a result of thermospin, or not one that this version can read."""


class DamageError(FileError):
    """A file of ours is not any more what was written."""


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
        reason = "is not a regular file" if os.path.lexists(path) else _missing(path)
        raise FileError(f"{os.fspath(path)}: {reason}")
    try:
        # Nobody writes our files through HDF5, so its locks protect nothing, and they fail on NFS.
        file = h5py.File(path, "r", locking=False)
    except OSError as error:
        raise FileError(f"{os.fspath(path)}: is not a readable HDF5 file ({error})") from None
    with file:
        try:
            if file.userblock_size:
                raise FileError("is not a file of thermospin: it begins with something else")
            _check_layout(file)
            variables = variables_of(file)
            # HDF5 may loop for ever over damaged text or references: the seal comes first.
            _check_seal(path, file, variables)
            _check_shapes(variables)
            yield file
        except FileError as error:
            raise type(error)(f"{os.fspath(path)}: {error}") from None
        except MemoryError:
            raise FileError(f"{os.fspath(path)}: does not fit into memory") from None
        except (OSError, LookupError, RuntimeError, ValueError) as error:
            raise DamageError(f"{os.fspath(path)}: is damaged ({error})") from error


def _missing(path: str | os.PathLike[str]) -> str:
    """Say that there is no such file and, if it was begun, how it is finished."""
    target = target_of(path)
    try:
        header = examine(target.journal).header
    except (OSError, StoreError):
        header = None
    if header is None or Path(path).resolve() != target.path:
        return "no such file"
    return (
        "no such file, only unfinished work beside it: `thermospin info` says how far it got; "
        f"continue it with\n  {target.continuation(header.shard)}"
    )


def _check_layout(file: h5py.File) -> None:
    if "thermospin_layout" not in file.attrs:
        raise FileError("is not a file of thermospin: it has no thermospin_layout")
    layout = number_of(file, "thermospin_layout")
    if not 1 <= layout <= LAYOUT:
        raise FileError(
            f"has layout {layout:g}, this version of thermospin reads up to {LAYOUT}; "
            "install a newer thermospin"
        )


def _check_seal(
    path: str | os.PathLike[str], file: h5py.File, variables: dict[str, h5py.Dataset]
) -> None:
    """Raise unless all bytes that are not values are the ones that were written."""
    group, name = digests.SEAL.strip("/").split("/")
    seal = file
    for link in (group, name):
        if not isinstance(seal.get(link, getlink=True), h5py.HardLink):
            raise DamageError("is damaged: it has no seal")
        seal = seal[link]
    if not isinstance(seal, h5py.Dataset):
        raise DamageError("is damaged: its seal is not a variable")
    length = len(digests.PENDING)
    check_place(seal, name, h5t.py_create(np.dtype(f"S{length}")), f"text of {length}")
    starts = [(each.id.get_offset(), each.id.get_storage_size()) for each in variables.values()]
    places = [(start, start + size) for start, size in [*starts, (seal.id.get_offset(), length)]]
    with open(path, "rb", buffering=0) as raw:
        outside = digests.surroundings(places, os.fstat(raw.fileno()).st_size)
        found = digests.of_ranges(partial(_read_at, raw.fileno()), outside)
    if found != seal[()].decode("ascii", "replace"):
        raise DamageError("is damaged: attributes or other bytes that are not values were altered")


def _read_at(descriptor: int, offset: int, count: int) -> bytes:
    return os.pread(descriptor, count, offset)


def variables_of(file: h5py.File) -> dict[str, h5py.Dataset]:
    """Return the variables at the root, in the order of the file.

    Values must lie in this very file, plainly: links and external storage would read from others,
    filters would run foreign code. Nothing else but our groups may be there.
    """
    names: list[bytes] = []
    file.id.links.iterate(names.append, idx_type=h5py.h5.INDEX_CRT_ORDER)
    found = {}
    for name in (name.decode("ascii", "backslashreplace") for name in names):
        if not _NAME.fullmatch(name):
            raise FileError(f"is not a file of thermospin: it holds {name[:60]!r}")
        if not isinstance(file.get(name, getlink=True), h5py.HardLink):
            raise FileError(f"is not a file of thermospin: {name} is a link")
        item = file[name]
        if isinstance(item, h5py.Dataset):
            found[name] = _checked(item, name)
        elif not (isinstance(item, h5py.Group) and name in GROUPS):
            raise FileError(f"is not a file of thermospin: {name} is not a variable")
    for name, dataset in found.items():
        if name in OUTPUTS:
            status = found.get(status_of(name))
            if status is None:
                raise DamageError(f"is damaged: {name} has no {status_of(name)}")
            if status.shape != dataset.shape:
                raise DamageError(f"is damaged: {name} and {status_of(name)} differ in shape")
    return found


def _checked(dataset: h5py.Dataset, name: str) -> h5py.Dataset:
    if name in STATUS_NAMES:
        check_place(dataset, name, h5t.STD_I8LE, "int8")
    elif name == CHUNK_DIGESTS:
        check_place(dataset, name, h5t.STD_U8LE, "uint8")
    else:
        check_place(dataset, name, h5t.IEEE_F64LE, "float64")
    return dataset


def check_place(dataset: h5py.Dataset, name: str, stored: h5t.TypeID, word: str) -> None:
    """Raise `FileError` unless the values lie in the file itself, as they are and in one piece."""
    identifier = dataset.id
    properties = identifier.get_create_plist()
    plain = (
        identifier.get_type().equal(stored)
        and properties.get_layout() == h5d.CONTIGUOUS
        and properties.get_external_count() == 0
        and properties.get_nfilters() == 0
        and identifier.get_space().get_simple_extent_type() in (h5s.SIMPLE, h5s.SCALAR)
    )
    if not plain:
        raise FileError(f"is not a file of thermospin: {name} is not stored as {word} in it")
    start, length = identifier.get_offset(), identifier.get_storage_size()
    room = start is not None and start + length <= dataset.file.id.get_filesize()
    if not room or length != math.prod(dataset.shape) * stored.get_size():
        raise DamageError(f"is damaged: {name} has no room for its values")


def _check_shapes(variables: dict[str, h5py.Dataset]) -> None:
    for name, dataset in variables.items():
        if name in PARAMETERS and dataset.ndim != int(dataset.is_scale):
            raise DamageError(f"is damaged: {name} is neither an axis nor a number")
        if name in OUTPUTS or name in STATUS_NAMES:
            _check_dims(dataset, name, variables)


def _check_dims(dataset: h5py.Dataset, name: str, variables: dict[str, h5py.Dataset]) -> None:
    dims = dims_of(dataset)
    lengths = [variables[axis].shape if axis in variables else None for axis in dims]
    for axis, length, own in zip(dims, lengths, dataset.shape, strict=True):
        if length is not None and length != (own,):
            raise DamageError(f"is damaged: {name} and {axis} differ in length")
        if length is None and axis in PARAMETERS:
            raise DamageError(f"is damaged: {name} has no axis {axis}")


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
    found = [dimension[0].name if len(dimension) else dimension.label for dimension in dataset.dims]
    if not all(found):
        raise DamageError(f"is damaged: {dataset.name.lstrip('/')} has a dimension without a name")
    return tuple(name.lstrip("/") for name in found)


def status_of(output: str) -> str:
    """Return the name of the status that belongs to an output."""
    return "status" if OUTPUTS[output].biased else "junction_status"


def text_of(file: h5py.HLObject, name: str) -> str:
    """Return an attribute that is text: one line, except the spec."""
    attribute = h5a.open(file.id, name.encode())
    if not isinstance(attribute.get_type(), h5t.TypeStringID) or attribute.shape != ():
        raise DamageError(f"is damaged: {name} is not text")
    value = file.attrs[name]
    text = value.decode("ascii") if isinstance(value, bytes) else str(value)
    if len(text) > _LONGEST_TEXT:
        raise DamageError(f"is damaged: {name} is longer than {_LONGEST_TEXT} characters")
    unprintable = _CONTROL_BUT_LINES if name == "thermospin_spec" else _CONTROL
    if unprintable.search(text):
        raise DamageError(f"is damaged: {name} holds control characters")
    return text


def number_of(file: h5py.HLObject, name: str) -> float:
    """Return an attribute that is a number."""
    attribute = h5a.open(file.id, name.encode())
    number = isinstance(attribute.get_type(), (h5t.TypeIntegerID, h5t.TypeFloatID))
    if not number or attribute.shape != ():
        raise DamageError(f"is damaged: {name} is not a number")
    return float(file.attrs[name])


def spec_of(file: h5py.File) -> SpecText:
    """Return the spec the file was computed from."""
    overrides = json.loads(text_of(file, "thermospin_spec_overrides"))
    if not (isinstance(overrides, list) and all(isinstance(each, str) for each in overrides)):
        raise DamageError("is damaged: thermospin_spec_overrides is not a list of text")
    return SpecText(text_of(file, "thermospin_spec"), tuple(overrides))


def provenance_of(file: h5py.File) -> dict[str, Any]:
    """Return how the file came about."""
    text = text_of(file, "thermospin_provenance")
    provenance = json.loads(text)
    if not isinstance(provenance, dict) or _ESCAPED_CONTROL.search(text):
        raise DamageError("is damaged: thermospin_provenance is not what was written there")
    return provenance
