"""What is read without HDF5 is what HDF5 reads, and no bytes whatever do harm."""

import random
from dataclasses import replace
from functools import partial

import h5py
import numpy as np
import pytest
from sweep_cases import ALUMINIUM, OF_GIVEN_T_S, STAND_IN, make_spec, patience, stopped_after
from sweep_cases import Metadata as Places

from thermospin import dataset, execution
from thermospin.dataset import FileError, opened, output_path_of
from thermospin.dataset.hdf5_metadata import Metadata
from thermospin.dataset.hdf5_objects import ends_of, object_at
from thermospin.execution import CutSizes
from thermospin.verification import verify

DAMAGES = 60  # of a bounded sample
AXES = {"h_exc": [0.0, 0.2], "V": [-0.2, 0.0, 0.2], "T_S": [0.3, 0.7]}
SMALL = make_spec({"V": [0.1, 0.2]}, ["I_q"])
LARGE = make_spec(AXES, OF_GIVEN_T_S, fixed={"R_L": 1.0, "theta": 0.5}, material=ALUMINIUM)
LONG = make_spec(AXES, ["I_q", "V_S"], overrides=[f"title={'Δ' * 60_000}"])


run_sweep = partial(execution.run_sweep, engine=STAND_IN)


@pytest.fixture(params=["small", "large", "long", "shard", "partial"])
def path(request, tmp_path):
    """Return files of all forms."""
    spec = {"large": LARGE, "long": LONG}.get(request.param, SMALL)
    if request.param == "partial":
        single = replace(STAND_IN, sizes=CutSizes(largest=1, smallest=1))
        stopped_after(1, spec, tmp_path / "out.h5", engine=single)
        return output_path_of(tmp_path / "out.h5").partial
    run_sweep(spec, tmp_path / "out.h5", shard="1/1" if request.param == "shard" else None)
    return tmp_path / "out.h5"


def value_of(attribute):
    for found in (attribute.text(), attribute.numbers(), attribute.texts()):
        if found is not None:
            return found
    return attribute.references()


def same(ours, theirs):
    """Return whether a value is the one that HDF5 reads; references are told by their objects."""
    if isinstance(theirs, bytes):
        theirs = theirs.decode()
    if isinstance(ours, str):
        return ours == theirs
    return np.array_equal(np.ravel(ours), np.ravel(theirs), equal_nan=isinstance(ours[0], float))


def compare(metadata, address, group):
    """Compare an object and all that is in it."""
    found = object_at(metadata, address)
    assert found.attributes.keys() == set(group.attrs)
    for name, attribute in found.attributes.items():
        if name not in ("REFERENCE_LIST", "DIMENSION_LIST"):
            assert same(value_of(attribute), group.attrs[name]), name
    if isinstance(group, h5py.Dataset):
        assert found.shape == group.shape
        assert found.place == (group.id.get_offset(), group.id.get_storage_size())
        return
    assert found.links.keys() == set(group)
    for name, target in found.links.items():
        if isinstance(group.get(name, getlink=True), h5py.HardLink):
            compare(metadata, target, group[name])
        else:
            assert target is None


def test_every_object_and_attribute_is_the_one_that_hdf5_reads(path):
    with h5py.File(path, locking=False) as file, path.open("rb") as raw:
        metadata = Metadata(raw.fileno())
        root, length = ends_of(metadata)
        assert length == path.stat().st_size
        compare(metadata, root, file)


def test_every_variable_is_the_one_that_hdf5_reads(path):
    with h5py.File(path, locking=False) as file, opened(path) as ours:
        assert list(ours.variables) == [name for name in file if name in ours.variables]
        assert set(file) - ours.variables.keys() <= {"entry", "integrity"}
        for name, variable in ours.variables.items():
            theirs = file[name]
            assert ours.array(name).tobytes() == theirs[()].tobytes()
            assert (variable.shape, variable.dtype) == (theirs.shape, theirs.dtype)
            assert variable.meaning == theirs.attrs.get("long_name", "")
            if not theirs.is_scale:
                dims = [dim[0].name[1:] if len(dim) else dim.label for dim in theirs.dims]
                assert variable.dims == tuple(dims)
        assert ours.header.title == file.attrs["title"]
        assert ours.header.spec.text == file.attrs["thermospin_spec"]


def outcome(path):
    """Read a file in every way; return whether it was accepted."""
    with patience():
        try:
            dataset.describe(path)
            dataset.read(path)
        except FileError as error:
            reason = str(error)
        else:
            verify(path, sample=0)
            return True
    assert reason.startswith(f"{path}: ")
    assert reason.isprintable()
    return False


@pytest.mark.parametrize("sealed", [False, True], ids=["seal as it was", "seal as it would be"])
def test_damaged_metadata_are_refused_or_harmless(path, sealed):
    """Also where whoever made the damage made the seal that goes with it."""
    data, metadata = path.read_bytes(), Places(path)
    places = metadata.places()
    used = [i for i in places if data[max(0, i - 8) : i + 8].strip(b"\0")]
    draw = random.Random(1)
    refused = 0
    for _ in range(DAMAGES):
        damaged = bytearray(data)
        for _ in range(draw.choice([1, 1, 2, 8])):
            where = draw.choice(used)
            damaged[where] = draw.choice([damaged[where] ^ 1 << draw.randrange(8), 0, 1, 255])
        path.write_bytes(metadata.sealed(damaged) if sealed else damaged)
        refused += not outcome(path)
    assert refused > DAMAGES // 4


def test_a_heap_that_does_not_end_is_no_trap(path):
    """A free entry of no length in the heap of texts: HDF5 looks for the next one for ever."""
    data = path.read_bytes()
    for place in [k for k in range(0, len(data) - 4, 8) if data[k : k + 4] == b"GCOL"]:
        damaged = bytearray(data)
        damaged[place + 16 : place + 32] = bytes(16)
        path.write_bytes(damaged)
        assert not outcome(path)
