"""Opening of result files: a file that is not ours, or is damaged, is refused; none is changed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from thermospin.dataset import digests
from thermospin.dataset.file_header import DamageError, FileError, SpecText, header_of
from thermospin.dataset.hdf5_metadata import FormatError, Metadata
from thermospin.dataset.hdf5_objects import Object, ends_of, has_signature, object_at
from thermospin.dataset.inspection import seal_of, variables_of
from thermospin.dataset.journal import StoreError, examine
from thermospin.dataset.open_file import OpenFile
from thermospin.dataset.output_path import output_path_of
from thermospin.dataset.regular_files import NotRegularError, opened_for_reading

_MOST_UNCOVERED = 1 << 26  # bytes beside values: a multiple of what a file of thermospin has


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
        If it is not a file of thermospin or its layout is newer than this program.
    """
    with opened(path) as file:
        return file.header.spec


@contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[OpenFile]:
    """Open a file of thermospin for reading; whatever is wrong with it is a `FileError`.

    Parameters
    ----------
    path : path
        A finished file or a ``.partial`` one.

    Yields
    ------
    OpenFile
        Its header, where its values lie, and the values. Its seal is intact.

    Raises
    ------
    FileError
        If it is not a file of thermospin or its layout is newer than this program.
    """
    name = os.fspath(path)
    descriptor = _descriptor(name)
    try:
        yield _inspected(name, descriptor)
    except (FormatError, EOFError) as error:
        raise DamageError(f"{name}: is damaged: {error}") from None
    except FileError as error:
        raise type(error)(f"{name}: {error}") from None
    except MemoryError:
        raise FileError(f"{name}: does not fit into memory") from None
    finally:
        os.close(descriptor)


def _descriptor(name: str) -> int:
    """Open a file for reading."""
    try:
        return opened_for_reading(name)
    except FileNotFoundError:
        raise FileError(f"{name}: {_missing(name)}") from None
    except NotRegularError as error:
        raise FileError(f"{name}: {error}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FileError(f"{name}: cannot be read: {reason}") from None


def _missing(name: str) -> str:
    """Say that there is no such file and, if it was begun, how it is finished."""
    output = output_path_of(name)
    try:
        header = examine(output.journal).header
    except (OSError, StoreError):
        header = None
    if header is None or os.path.realpath(name) != str(output.path):
        return "no such file"
    return (
        "no such file, only unfinished work beside it: `thermospin info` says how far it got; "
        f"continue it with\n  {output.continuation(header.shard)}"
    )


def _inspected(name: str, descriptor: int) -> OpenFile:
    metadata = Metadata(descriptor)
    root = _root(metadata)
    header = header_of(root.attributes)
    variables = variables_of(metadata, root, header.shard)
    file = OpenFile(name, metadata.length, header, variables, descriptor)
    _check_seal(file, seal_of(metadata, root))
    return file


def _root(metadata: Metadata) -> Object:
    if not has_signature(metadata):
        raise FileError("is not a readable HDF5 file (it begins with something else)")
    try:
        address, length = ends_of(metadata)
    except FormatError as error:
        raise FileError(f"is not a file of thermospin: {error}") from None
    if length != metadata.length:
        raise FormatError(f"it has {metadata.length:,} bytes and should have {length:,}")
    try:
        return object_at(metadata, address)
    except FormatError as error:
        raise FileError(f"is not a file of thermospin, or is damaged: {error}") from None


def _check_seal(file: OpenFile, start: int) -> None:
    """Raise unless all bytes that are not values are the ones that were written."""
    end = start + len(digests.PENDING)
    places = [(start, end), *(variable.place for variable in file.variables.values())]
    outside = digests.surroundings(places, file.length)
    if sum(end - start for start, end in outside) > _MOST_UNCOVERED:
        raise FormatError("it holds much beside its values")
    if digests.of_ranges(file.bytes_at, outside).encode() != file.bytes_at(start, end - start):
        raise FormatError("attributes or other bytes that are not values were altered")
