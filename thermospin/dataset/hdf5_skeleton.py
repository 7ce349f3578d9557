"""The skeleton of an HDF5 file: everything in the file but the values, laid out once.

HDF5 decides where each variable lies and writes the metadata; afterwards the library never touches
the output again, and values are put at their places with plain writes. An unfinished file is
therefore a valid HDF5 file at any moment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
from h5py import h5d, h5f, h5fd, h5g, h5p, h5s, h5t

from thermospin.dataset import digests
from thermospin.dataset.schema import Variable

_IN_ORDER = h5p.CRT_ORDER_TRACKED | h5p.CRT_ORDER_INDEXED  # else readers sort by the alphabet
PAGE = 4096
_METADATA_BLOCK = 1 << 15  # bytes; keeps the metadata together at the head of the file


class SparseImage:
    """A file in memory for HDF5 to write to, which stores only the pages that are written.

    HDF5 must not meet a full disk (it crashes), so it never writes to one: it lays the file out
    here, where the places of the results take no memory, and the bytes are copied from here.
    """

    def __init__(self) -> None:
        """Begin with an empty file."""
        self.size = 0
        self._position = 0
        self._pages: dict[int, bytearray] = {}

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move to an offset from the start, the position or the end."""
        self._position = offset + (0, self._position, self.size)[whence]
        return self._position

    def tell(self) -> int:
        """Return the position."""
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer from the position on; what was never written is zero."""
        view = memoryview(buffer).cast("B")
        view[:] = self.read_at(self._position, len(view))
        self._position += len(view)
        return len(view)

    def read(self, count: int) -> bytes:
        """Return bytes from the position on; what was never written is zero."""
        data = self.read_at(self._position, count)
        self._position += count
        return data

    def read_at(self, offset: int, count: int) -> bytes:
        """Return bytes from an offset on; what was never written is zero."""
        blank = bytes(PAGE)
        first, last = offset // PAGE, (offset + count - 1) // PAGE
        data = b"".join(self._pages.get(page, blank) for page in range(first, last + 1))
        return data[offset - first * PAGE :][:count]

    def write(self, data: Any) -> int:
        """Store bytes at the position."""
        view = memoryview(data).cast("B")
        done = 0
        while done < len(view):
            page, start = divmod(self._position + done, PAGE)
            part = view[done : done + PAGE - start]
            self._pages.setdefault(page, bytearray(PAGE))[start : start + len(part)] = part
            done += len(part)
        self._position += done
        self.size = max(self.size, self._position)
        return done

    def truncate(self, size: int | None = None) -> int:
        """Set the length of the file."""
        self.size = self._position if size is None else size
        return self.size

    def flush(self) -> None:
        """Do nothing: there is nothing behind this file."""


DEFAULT_PICTURE = {"default": "entry"}
"""The attribute of a file that leads NeXus viewers to its pictures."""


@dataclass(frozen=True)
class FileSkeleton:
    """The bytes of a file outside its values.

    Attributes
    ----------
    pieces : list of (int, bytes)
        Offsets in the file and what stands there; everything but values, padding included.
    offsets : dict
        Where the values of each variable begin, in bytes.
    size : int
        Length of the file in bytes.
    """

    pieces: list[tuple[int, bytes]]
    offsets: dict[str, int]
    size: int


def build(
    variables: Iterable[Variable], root: Mapping[str, Any], computed: Mapping[str, str]
) -> FileSkeleton:
    """Lay out a file.

    Two skeletons of the same variables, whose attributes of the file differ but have the same
    lengths, put everything at the same place.

    Parameters
    ----------
    variables : iterable of Variable
        What it holds, in order.
    root : mapping
        The attributes of the file itself.
    computed : mapping of str to str
        The digests of the variables whose values are complete and that the spec does not fix.
    """
    variables = list(variables)
    image = SparseImage()
    with h5py.File(_create(image)) as file:
        _set_attributes(file, root)
        created = {variable.name: _create_dataset(file, variable) for variable in variables}
        for variable in variables:
            digest = computed.get(variable.name) or digests.of_known(variable)
            created[variable.name].attrs[digests.ATTRIBUTE] = np.bytes_(digest)
        _attach_scales(created, variables)
        _add_pictures(file, variables)
        seal = _place(_create_seal(file))
        places = {name: _place(dataset) for name, dataset in created.items()}
    spoken_for = sorted([*places.values(), seal])
    outside = digests.surroundings(spoken_for, image.size)
    pieces = [(start, image.read_at(start, end - start)) for start, end in outside]
    pieces.append((seal[0], digests.of_ranges(image.read_at, outside).encode()))
    return FileSkeleton(pieces, {name: start for name, (start, _) in places.items()}, image.size)


def _place(dataset: h5py.Dataset) -> tuple[int, int]:
    start = dataset.id.get_offset() or 0  # None of one without values
    return start, start + dataset.id.get_storage_size()


def _create(image: SparseImage) -> h5f.FileID:
    creation = h5p.create(h5p.FILE_CREATE)
    creation.set_link_creation_order(_IN_ORDER)
    creation.set_attr_creation_order(_IN_ORDER)
    creation.set_obj_track_times(False)
    access = h5p.create(h5p.FILE_ACCESS)
    access.set_libver_bounds(h5f.LIBVER_V18, h5f.LIBVER_V110)  # later formats shut readers out
    access.set_fclose_degree(h5f.CLOSE_STRONG)
    access.set_alignment(PAGE, PAGE)
    access.set_meta_block_size(_METADATA_BLOCK)
    access.set_fileobj_driver(h5fd.fileobj_driver, image)
    return h5f.create(b"skeleton", h5f.ACC_TRUNC, creation, access)


def _create_dataset(file: h5py.File, variable: Variable) -> h5py.Dataset:
    dataset = _create_place(file, variable.name, variable.dtype, variable.shape)
    if variable.is_axis:
        dataset.make_scale(variable.name)
    _set_attributes(dataset, variable.attributes)
    return dataset


def _create_seal(file: h5py.File) -> h5py.Dataset:
    parent, name = digests.SEAL.strip("/").split("/")
    return _create_place(_create_group(file, parent, {}), name, f"S{len(digests.PENDING)}", ())


def _create_place(
    parent: h5py.Group, name: str, dtype: str, shape: tuple[int, ...]
) -> h5py.Dataset:
    """Create a dataset whose values have one place, known before there are any."""
    properties = h5p.create(h5p.DATASET_CREATE)
    properties.set_layout(h5d.CONTIGUOUS)
    properties.set_alloc_time(h5d.ALLOC_TIME_EARLY)
    properties.set_fill_time(h5d.FILL_TIME_NEVER)
    properties.set_obj_track_times(False)
    properties.set_attr_creation_order(_IN_ORDER)
    space = h5s.create_simple(shape) if shape else h5s.create(h5s.SCALAR)
    stored = h5t.py_create(np.dtype(dtype))
    return h5py.Dataset(h5d.create(parent.id, name.encode(), stored, space, properties))


def _attach_scales(created: Mapping[str, h5py.Dataset], variables: Iterable[Variable]) -> None:
    for variable in variables:
        if not variable.is_axis:
            for index, name in enumerate(variable.dims):
                dimension = created[variable.name].dims[index]
                if name in created:
                    dimension.attach_scale(created[name])
                else:
                    dimension.label = name


def pictured(variables: Iterable[Variable]) -> list[Variable]:
    """Return the variables of which a file has pictures: the outputs that have axes."""
    variables = list(variables)
    known = {variable.name for variable in variables if variable.is_axis}
    computed = [variable for variable in variables if variable.values is None and variable.dims]
    plotted = [variable for variable in computed if known.issuperset(variable.dims)]
    return [variable for variable in plotted if "flag_values" not in variable.attributes]


def _add_pictures(file: h5py.File, variables: Iterable[Variable]) -> None:
    """Add what NeXus viewers open: for each output that has axes, a group that plots it."""
    outputs = pictured(variables)
    if not outputs:
        return
    _set_attributes(file, DEFAULT_PICTURE)
    entry = _create_group(file, "entry", {"NX_class": "NXentry", "default": outputs[0].name})
    for output in outputs:
        axes = np.array(output.dims, dtype=h5py.string_dtype())
        attributes = {"NX_class": "NXdata", "signal": output.name, "axes": axes}
        picture = _create_group(entry, output.name, attributes)
        for name in (output.name, *output.dims):
            picture[name] = h5py.SoftLink(f"/{name}")


def _create_group(parent: h5py.Group, name: str, attributes: Mapping[str, Any]) -> h5py.Group:
    properties = h5p.create(h5p.GROUP_CREATE)
    properties.set_link_creation_order(_IN_ORDER)
    properties.set_attr_creation_order(_IN_ORDER)
    properties.set_obj_track_times(False)
    group = h5py.Group(h5g.create(parent.id, name.encode(), gcpl=properties))
    _set_attributes(group, attributes)
    return group


def _set_attributes(target: h5py.HLObject, attributes: Mapping[str, Any]) -> None:
    for name, value in attributes.items():
        target.attrs[name] = value
