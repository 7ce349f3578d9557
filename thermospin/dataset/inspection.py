"""Checks of the variables of a file: they are stored as ours are, and fit together."""

import math
import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from thermospin.dataset import digests
from thermospin.dataset.file_header import FileError
from thermospin.dataset.hdf5_attributes import (
    FLOAT64,
    INT8,
    UINT8,
    Attribute,
    Type,
    fixed_text,
    text_of,
)
from thermospin.dataset.hdf5_metadata import FormatError, Metadata
from thermospin.dataset.hdf5_objects import Object, object_at
from thermospin.dataset.open_file import FileVariable
from thermospin.dataset.schema import CHUNK_DIGESTS, STATUS_NAMES, is_biased, status_of
from thermospin.quantities import OUTPUTS, PARAMETERS
from thermospin.spec import CONTROL

GROUPS = ("entry", "integrity")
"""Groups beside the variables: pictures for viewers, which are never read, and the seal."""

_NAME = re.compile(r"[A-Za-z_0-9]{1,60}")
_LONGEST = 1000  # characters of a unit or a meaning


def variables_of(metadata: Metadata, root: Object, shard: str | None) -> dict[str, FileVariable]:
    """Return the variables at the top of a file, in the order of the file.

    Values must lie in this very file, plainly: links and external storage would read from others,
    filters would run foreign code. Nothing else but our groups may be there.

    Parameters
    ----------
    metadata : Metadata
        The file.
    root : Object
        Its top.
    shard : str or None
        Which shard it says it is; the outputs of one run along chunks, not along axes.

    Raises
    ------
    FileError
        If something is not of the kind that we store.
    FormatError
        If parts of the file do not fit together.
    """
    objects = {name: _object(metadata, name, address) for name, address in _links(root).items()}
    kept = {name: each for name, each in objects.items() if name not in GROUPS}
    found = {name: _placed(metadata, name, each) for name, each in kept.items()}
    axes = {kept[name].address: name for name in kept if _is_axis(name, kept[name])}
    found = {name: replace(found[name], dims=_dims(name, kept[name], axes)) for name in found}
    _check_together(found, shard)
    return found


def seal_of(metadata: Metadata, root: Object) -> int:
    """Return where the digest of all bytes that are not values lies.

    Raises
    ------
    FormatError
        If there is none.
    """
    group, name = digests.SEAL.strip("/").split("/")
    address = (root.links or {}).get(group)
    links = object_at(metadata, address).links if address is not None else None
    address = (links or {}).get(name)
    if address is None:
        raise FormatError("it has no seal")
    length = len(digests.PENDING)
    found = object_at(metadata, address)
    if (found.type, found.shape) != (fixed_text(length), ()) or found.place is None:
        raise FormatError(f"its seal is not stored as text of {length} in it")
    return _start(metadata, name, found.place, length)


def _links(root: Object) -> dict[str, int]:
    found = {}
    for name, address in (root.links or {}).items():
        if not _NAME.fullmatch(name):
            raise FileError(f"is not a file of thermospin: it holds {name[:60]!r}")
        if address is None:
            raise FileError(f"is not a file of thermospin: {name} is a link")
        found[name] = address
    return found


def _object(metadata: Metadata, name: str, address: int) -> Object:
    try:
        found = object_at(metadata, address)
    except FormatError as error:
        raise FormatError(f"{name} cannot be read: {error}") from None
    if found.is_variable == (name in GROUPS) or not (found.is_variable or found.links is not None):
        raise FileError(f"is not a file of thermospin: {name} is not a variable")
    return found


def _stored_as(name: str) -> tuple[Type, str, str]:
    """Return how the values of a variable are stored: the type, for NumPy, and in words."""
    if name in STATUS_NAMES:
        return INT8, "|i1", "int8"
    return (UINT8, "|u1", "uint8") if name == CHUNK_DIGESTS else (FLOAT64, "<f8", "float64")


def _not_ours(name: str) -> FileError:
    word = _stored_as(name)[2]
    return FileError(f"is not a file of thermospin: {name} is not stored as {word} in it")


def _placed(metadata: Metadata, name: str, found: Object) -> FileVariable:
    """Return a variable whose values lie in the file itself, as they are and in one piece."""
    stored, dtype, _ = _stored_as(name)
    if found.type != stored or found.shape is None or found.place is None:
        raise _not_ours(name)
    size = math.prod(found.shape) * stored.size
    return FileVariable(
        dims=(),
        shape=found.shape,
        dtype=np.dtype(dtype),
        start=_start(metadata, name, found.place, size),
        digest=_word(found.attributes, digests.ATTRIBUTE),
        unit=_word(found.attributes, "units"),
        meaning=_word(found.attributes, "long_name"),
    )


def _start(metadata: Metadata, name: str, place: tuple[int, int], size: int) -> int:
    start, length = place
    if length != size or start + length > metadata.length:
        raise FormatError(f"{name} has no room for its values")
    return start


def _word(attributes: Mapping[str, Attribute], name: str) -> str:
    return text_of(attributes, name, _LONGEST, CONTROL) if name in attributes else ""


def _is_axis(name: str, found: Object) -> bool:
    """Return whether an object labels the dimension of its name."""
    if name not in PARAMETERS or found.shape is None or len(found.shape) != 1:
        return False
    mark = found.attributes.get("CLASS")
    return mark is not None and mark.text() == "DIMENSION_SCALE"


def _dims(name: str, found: Object, axes: Mapping[int, str]) -> tuple[str, ...]:
    """Return the axes, by their addresses, along which a variable runs, or what labels say."""
    rank = len(found.shape or ())
    if found.address in axes:
        return (name,)
    if rank == 0:
        return ()
    if name in PARAMETERS:
        raise FormatError(f"{name} is neither an axis nor a number")
    scales, labels = (found.attributes.get(f"DIMENSION_{which}") for which in ("LIST", "LABELS"))
    if scales is not None:
        lists = scales.references() or []
        if len(lists) != rank or any(len(each) != 1 or each[0] not in axes for each in lists):
            raise FormatError(f"{name} does not name the axis of each dimension")
        return tuple(axes[address] for (address,) in lists)
    words = (labels.texts() or []) if labels is not None else []
    if len(words) != rank or not all(_NAME.fullmatch(word) for word in words):
        raise FormatError(f"{name} has a dimension without a name")
    return tuple(words)


def _check_together(found: Mapping[str, FileVariable], shard: str | None) -> None:
    """Raise unless every output lies along the axes and has a status for each of its values."""
    axes = [name for name in found if name in PARAMETERS and found[name].dims]
    for name, variable in found.items():
        if name in OUTPUTS:
            status = found.get(status_of(name))
            if status is None:
                raise FormatError(f"{name} has no {status_of(name)}")
            if status.shape != variable.shape:
                raise FormatError(f"{name} and {status_of(name)} differ in shape")
        if name in OUTPUTS or name in STATUS_NAMES:
            along = [axis for axis in axes if axis != "V" or is_biased(name)]
            _check_dims(name, found, along, shard)


def _check_dims(
    name: str, found: Mapping[str, FileVariable], axes: list[str], shard: str | None
) -> None:
    dims = found[name].dims
    if shard is not None:
        if len(dims) != 1 or dims[0] in PARAMETERS:
            raise FormatError(f"{name} does not run along the chunks of its shard")
        return
    if list(dims) != axes:
        raise FormatError(f"{name} runs along {', '.join(dims)}, not along {', '.join(axes)}")
    for axis, length in zip(dims, found[name].shape, strict=True):
        if found[axis].shape != (length,):
            raise FormatError(f"{name} and {axis} differ in length")
