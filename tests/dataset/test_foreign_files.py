"""Files that are not ours, or not any more, are refused by every command and never changed."""

import os
import pickle
import re

import h5py
import numpy as np
import pytest
from click.testing import CliRunner
from h5py import h5a, h5d, h5p, h5s, h5t
from sweep_cases import digest

from thermospin import dataset, parse_spec, run_sweep
from thermospin.cli import main
from thermospin.dataset import FileError, digests
from thermospin.spec import LARGEST

SPEC = """\
fixed: {T_S: 0.7, gamma: 1e-3}
axes: {h_exc: [0, 0.2], V: [-0.2, 0, 0.2]}
outputs: [I_q, V_S]
"""
COMMANDS = ("info", "verify", "plot", "run")


@pytest.fixture(scope="session")
def bytes_of_ours(tmp_path_factory):
    path = tmp_path_factory.mktemp("foreign") / "ours.h5"
    run_sweep(parse_spec(SPEC, "ours.yaml"), path, threads=1)
    return path.read_bytes()


@pytest.fixture
def path(tmp_path, bytes_of_ours):
    (tmp_path / "file.h5").write_bytes(bytes_of_ours)
    return tmp_path / "file.h5"


def resealed(path):
    """Give a crafted file the seal that one who knows the layout would give it."""
    with h5py.File(path) as file:
        if not isinstance(file.get(digests.SEAL), h5py.Dataset):
            return
        hard = (name for name in file if isinstance(file.get(name, getlink=True), h5py.HardLink))
        found = [file[name].id for name in hard if isinstance(file[name], h5py.Dataset)]
        found = [each for each in found if each.get_create_plist().get_layout() == h5d.CONTIGUOUS]
        places = [(each.get_offset(), each.get_storage_size()) for each in found]
        seal = file[digests.SEAL].id.get_offset()
    data = bytearray(path.read_bytes())
    places = [(start, start + size) for start, size in places if start is not None]
    outside = digests.surroundings([*places, (seal, seal + 64)], len(data))
    data[seal : seal + 64] = digests.of_ranges(lambda at, n: data[at : at + n], outside).encode()
    path.write_bytes(data)


def crafted(path, craft):
    with h5py.File(path, "r+") as file:
        craft(file)
    resealed(path)


def replaced(file, name, **how):
    """Put something else in the place of a variable, with the dimensions it had."""
    dims = [each[0].name.lstrip("/") if len(each) else "" for each in file[name].dims]
    del file[name]
    made = file.create_dataset(name, **how)
    for k, dim in enumerate(dims[: made.ndim]):
        made.dims[k].attach_scale(file[dim])


def external(file):
    secret = file.filename + ".secret"
    with open(secret, "wb") as other:
        other.write(bytes(48))
    replaced(file, "I_q", shape=(2, 3), dtype="f8", external=[(secret, 0, 48)])


def virtual(file):
    layout = h5py.VirtualLayout((2, 3), "f8")
    layout[:] = h5py.VirtualSource(".", "I_copy", (2, 3))
    del file["I_q"]
    file.create_virtual_dataset("I_q", layout)


def huge_and_never_written(file):
    properties = h5p.create(h5p.DATASET_CREATE)
    properties.set_layout(h5d.CONTIGUOUS)
    properties.set_alloc_time(h5d.ALLOC_TIME_LATE)
    del file["I_q"]
    space = h5s.create_simple((10**9, 10**9))
    h5d.create(file.id, b"I_q", h5t.IEEE_F64LE, space, properties)


def soft_link(file):
    del file["I_q"]
    file["I_q"] = h5py.SoftLink("/I_s")


def external_link(file):
    del file["V"]
    file["V"] = h5py.ExternalLink("/etc/passwd", "/V")


def named_type(file):
    file["kind"] = np.dtype("f8")


def nameless_axis(file):
    shape = file["I_q"].shape
    del file["I_q"]
    file["I_q"] = np.zeros(shape)


def anonymous_axis(file):
    stranger = file["entry"].create_dataset("h_exc_2", data=np.arange(2.0))
    stranger.make_scale("h_exc_2")
    values = file["I_q"][()]
    del file["I_q"]
    made = file.create_dataset("I_q", data=values)
    made.dims[0].attach_scale(stranger)
    made.dims[1].attach_scale(file["V"])
    del file["entry/h_exc_2"]


def longer_axis(file):
    del file["V"]
    file["V"] = np.arange(4.0)
    file["V"].make_scale("V")


def dimension_list(kind):
    """Craft the attribute that says which axes a variable runs along; HDF5 walks along it."""

    def craft(file):
        of_reference = h5py.vlen_dtype(h5py.ref_dtype)
        scales = {name: np.array([file[name].ref], dtype=h5py.ref_dtype) for name in ("h_exc", "V")}
        one, other = scales["h_exc"], scales["V"]
        stray = file["entry"].create_dataset("stray", data=np.arange(2.0))
        lists = {
            "too few": [one],
            "too many": [one, other, other],
            "two for one dimension": [np.concatenate([one, other]), other],
            "none for one dimension": [one, one[:0]],
            "null": [one, np.array([h5py.Reference()], dtype=h5py.ref_dtype)],
            "of the top": [one, np.array([file.ref], dtype=h5py.ref_dtype)],
            "of itself": [one, np.array([file["I_q"].ref], dtype=h5py.ref_dtype)],
            "of a stray": [one, np.array([stray.ref], dtype=h5py.ref_dtype)],
            "in another order": [other, one],
            "twice the same": [one, one],
        }
        attributes = file["I_q"].attrs
        del attributes["DIMENSION_LIST"]
        if kind in lists:
            value = np.empty(len(lists[kind]), dtype=object)
            value[:] = lists[kind]
            attributes.create("DIMENSION_LIST", value, dtype=of_reference)
        elif kind == "numbers":
            attributes["DIMENSION_LIST"] = [1, 2]
        elif kind == "texts":
            attributes.create("DIMENSION_LIST", ["h_exc", "V"], dtype=h5py.string_dtype())
        elif kind == "bare references":
            attributes.create("DIMENSION_LIST", np.concatenate([one, other]), dtype=h5py.ref_dtype)
        elif kind == "a table":
            value = np.empty((1, 2), dtype=object)
            value[0, 0], value[0, 1] = one, other
            attributes.create("DIMENSION_LIST", value, dtype=of_reference)
        elif kind == "empty":
            attributes["DIMENSION_LIST"] = h5py.Empty(of_reference)

    craft.__name__ = f"references {kind}"
    return craft


REFERENCES = (
    "too few", "too many", "two for one dimension", "none for one dimension", "null", "of the top",
    "of itself", "of a stray", "in another order", "twice the same", "numbers", "texts",
    "bare references", "a table", "empty", "missing",
)  # fmt: skip


def labels(value, dtype=None):
    """Craft names of dimensions in the place of axes."""

    def craft(file):
        attributes = file["I_q"].attrs
        del attributes["DIMENSION_LIST"]
        attributes.create("DIMENSION_LABELS", value, dtype=dtype)

    craft.__name__ = f"labels {value!r:.30}"
    return craft


def mark(value):
    """Craft the attribute that makes an axis of a variable."""

    def craft(file):
        del file["V"].attrs["CLASS"]
        file["V"].attrs["CLASS"] = value

    craft.__name__ = f"mark {value!r:.30}"
    return craft


def of_128_bits(name):
    """Craft a number that no computer has."""

    def craft(file):
        wide = h5t.STD_I64LE.copy()
        wide.set_size(16)
        wide.set_precision(128)
        del file.attrs[name]
        h5a.create(file.id, name.encode(), wide, h5s.create(h5s.SCALAR))

    craft.__name__ = f"{name} of 128 bits"
    return craft


def attribute(name, value):
    def craft(file):
        file.attrs[name] = value

    craft.__name__ = f"attribute {name} = {str(value)[:20]!r}"
    return craft


def variable(name, **how):
    def craft(file):
        replaced(file, name, **how)

    craft.__name__ = f"variable {name} with {', '.join(how)} {how.get('dtype', '')}"
    return craft


def group(name):
    def craft(file):
        file[name] = file["/"]  # a cycle

    craft.__name__ = f"cycle {name}"
    return craft


CRAFTED = [
    (external, "I_q is not stored as float64 in it"),
    (virtual, "I_q is not stored as float64 in it"),
    (huge_and_never_written, "no room for its values"),
    (soft_link, "I_q is a link"),
    (external_link, "V is a link"),
    (named_type, "kind is not a variable"),
    (group("loop"), "loop is not a variable"),
    (nameless_axis, "dimension without a name"),
    (anonymous_axis, "is damaged"),
    (longer_axis, "dimension|differ in length"),
    (variable("I_q", data=np.zeros((2, 3), "f4")), "I_q is not stored as float64"),
    (variable("I_q", data=np.zeros((2, 3), ">f8")), "I_q is not stored as float64"),
    (variable("I_q", data=np.zeros((2, 3), "i8")), "I_q is not stored as float64"),
    (variable("I_q", data=np.zeros((2, 3), "c16")), "I_q is not stored as float64"),
    (variable("I_q", data=np.zeros((2, 3), "f8,f8")), "I_q is not stored as float64"),
    (variable("I_q", shape=(2, 3), dtype=h5py.string_dtype()), "I_q is not stored as float64"),
    (variable("I_q", shape=(2, 3), dtype=h5py.vlen_dtype("f8")), "I_q is not stored as float64"),
    (variable("I_q", shape=(2, 3), dtype=h5py.ref_dtype), "I_q is not stored as float64"),
    (variable("I_q", data=np.zeros((2, 3)), compression="gzip"), "I_q is not stored as float64"),
    (variable("I_q", data=np.zeros((2, 3)), fletcher32=True), "I_q is not stored as float64"),
    (variable("I_q", data=np.zeros((2, 3)), chunks=(1, 1)), "I_q is not stored as float64"),
    (variable("I_q", data=h5py.Empty("f8")), "I_q is not stored as float64"),
    (variable("I_q", data=np.zeros((2, 4))), "differ in"),
    (variable("I_q", data=np.zeros((3, 2))), "differ in"),
    (variable("I_q", data=np.zeros(6)), "differ in"),
    (variable("status", data=np.ones((3, 2), "i1")), "differ in"),
    (variable("status", data=np.ones((2, 3), "u1")), "status is not stored as int8"),
    (variable("T_S", data=np.zeros(2)), "T_S is neither an axis nor a number"),
    (attribute("thermospin_layout", dataset.LAYOUT + 1), "install a newer thermospin"),
    (attribute("thermospin_layout", 0), "has layout 0"),
    (attribute("thermospin_layout", "one"), "thermospin_layout is not a number"),
    (attribute("thermospin_layout", [1, 1]), "thermospin_layout is not a number"),
    (attribute("thermospin_layout", h5py.Empty("i4")), "thermospin_layout is not a number"),
    (attribute("thermospin_layout", np.float64("nan")), "has layout nan"),
    (of_128_bits("thermospin_layout"), "thermospin_layout is not a number"),
    (of_128_bits("thermospin_complete"), "thermospin_complete is not a number"),
    (attribute("thermospin_complete", 2), "thermospin_complete is not what was written"),
    *((dimension_list(kind), "I_q .*(axis of|runs along|dimension)") for kind in REFERENCES),
    (labels([b"\xff", b"V"]), "is not UTF-8"),
    (labels(["h_exc", b"\xff"], h5py.string_dtype()), "is not UTF-8"),
    (labels(["h_exc", ""], h5py.string_dtype()), "dimension"),
    (labels(["h_exc"], h5py.string_dtype()), "dimension"),
    (labels(["h_exc", "x" * 100], h5py.string_dtype()), "dimension"),
    (labels(["\x1b[2J", "V"], h5py.string_dtype()), "dimension"),
    (labels([1, 2]), "dimension"),
    (mark("DIMENSION"), "V is neither an axis nor a number"),
    (mark(7), "V is neither an axis nor a number"),
    (mark(np.void(b"DIMENSION_SCALE")), "V is neither an axis nor a number"),
]
TEXTS = [  # found out by those who need them
    (attribute("thermospin_spec", 7), "run", "thermospin_spec is not text"),
    (attribute("thermospin_spec", ["a", "b"]), "run", "thermospin_spec is not text"),
    (attribute("thermospin_spec", "\x1b]0;owned\x07"), "run", "control characters"),
    (attribute("thermospin_spec", "x" * (LARGEST + 1)), "run", "longer than"),
    (attribute("thermospin_spec_overrides", "[1]"), "run", "is not a list of text"),
    (attribute("thermospin_spec_overrides", "{"), "run", "is damaged"),
    (attribute("thermospin_rtol", "small"), "info", "thermospin_rtol is not a number"),
    (attribute("thermospin_complete", "yes"), "plot", "thermospin_complete is not a number"),
    (attribute("title", "\x1b[2J"), "info", "title holds control characters"),
    (attribute("title", 7), "plot", "title is not text"),
    (attribute("thermospin_provenance", "[]"), "info", "thermospin_provenance is not"),
    (attribute("thermospin_provenance", '{"host": "\\u001b[2J"}'), "info", "is not what was"),
    (attribute("thermospin_provenance", "[" * 100_000), "info", "is damaged"),
    (attribute("thermospin_spec_sha256", 1), "verify", "thermospin_spec_sha256 is not text"),
    (attribute("thermospin_spec_sha256", "abc"), "verify", "thermospin_spec_sha256 is not what"),
    (attribute("thermospin_gap_model", "bcs"), "verify", "thermospin_gap_model is not what"),
    *(
        (attribute("thermospin_rtol", rtol), "verify", "thermospin_rtol is not what")
        for rtol in (np.nan, np.inf, 0.0, -1e-8, 1.0)
    ),
    *(
        (attribute("thermospin_provenance", text), "info", "thermospin_provenance is not")
        for text in (
            '{"wall_seconds": "long"}',
            '{"wall_seconds": []}',
            '{"wall_seconds": null}',
            '{"wall_seconds": Infinity}',
            '{"wall_seconds": NaN}',
            '{"wall_seconds": -1}',
            f'{{"wall_seconds": 1{"0" * 4000}}}',
            f'{{"wall_seconds": 1{"0" * 40000}}}',
            f'{{"threads": 1{"0" * 4000}}}',
            '{"versions": {"numpy": 1e999}}',
            '{"host": ["a"]}',
            '{"versions": {"numpy": {"a": 1}}}',
            '{"host": "\\u009b"}',
            f'{{"host": {"[" * 3000}{"]" * 3000}}}',
            f'{{"host": {"{" + chr(34) + "a" + chr(34) + ":"}{"[" * 3000}{"]" * 3000}}}}}',
        )
    ),
]


def refusal(command, path, reason):
    """Run a command on a file that is not to be accepted."""
    before, stamp = digest(path), path.stat().st_mtime_ns
    arguments = [command, str(path)]
    if command in ("plot", "run"):
        arguments += ["-o", str(path.parent / ("new.png" if command == "plot" else "new.h5"))]
    done = CliRunner().invoke(main, arguments)
    if command == "verify" and done.exit_code == 1:  # ours, but damaged: a report says so
        assert "FAILED  checksums  is damaged" in done.stdout
        assert re.search(reason, done.stdout), done.stdout
    else:
        assert done.exit_code == 2, done.output
        assert done.stderr.count(str(path)) == 1
        assert len(done.stderr.splitlines()) == 1
        assert re.search(reason, done.stderr), done.stderr
    assert (digest(path), path.stat().st_mtime_ns) == (before, stamp)
    assert not list(path.parent.glob("new.*"))


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("craft", "reason"), CRAFTED, ids=lambda x: getattr(x, "__name__", ""))
def test_what_is_not_stored_as_ours_is_refused(path, command, craft, reason):
    crafted(path, craft)
    refusal(command, path, reason)


@pytest.mark.parametrize(
    ("craft", "command", "reason"), TEXTS, ids=lambda x: getattr(x, "__name__", "")
)
def test_text_that_is_not_ours_is_refused(path, command, craft, reason):
    crafted(path, craft)
    refusal(command, path, reason)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("content", [b"", b"title: a text\n", b"\x89HDF\r\n\x1a\n" + bytes(600)])
def test_what_is_not_hdf5_is_refused(tmp_path, command, content):
    (tmp_path / "file.h5").write_bytes(content)
    refusal(command, tmp_path / "file.h5", "not a readable HDF5 file|not a file of thermospin")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_behind_a_user_block_is_refused(tmp_path, command):
    with h5py.File(tmp_path / "file.h5", "w", userblock_size=512) as file:
        file.attrs["thermospin_layout"] = 1
        file["I_q"] = np.zeros(3)
    refusal(command, tmp_path / "file.h5", "begins with something else|has no status")


@pytest.mark.parametrize("name", ["a\nb", "\x1b[2J", "Δ", "x" * 100])
def test_strange_names_are_refused_and_not_printed(path, name):
    with h5py.File(path, "r+") as file:
        file[name] = 1.0
    with pytest.raises(FileError, match="it holds") as refused:
        dataset.describe(path)
    assert str(refused.value).isprintable()


class Malice:
    """An object that creates a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_nothing_is_unpickled(path, tmp_path):
    trap = tmp_path / "sprung"
    with h5py.File(path, "r+") as file:
        pickled = np.void(pickle.dumps(Malice(trap)))
        for name in ("title", "thermospin_spec", "thermospin_provenance", "long_name"):
            file.attrs[name] = pickled
            file["I_q"].attrs[name] = pickled
    resealed(path)
    for command in COMMANDS:
        refusal(command, path, "is not text")
    assert not trap.exists()


def no_seal(file):
    del file["integrity"]


def seal_elsewhere(file):
    del file[digests.SEAL]
    file[digests.SEAL] = h5py.ExternalLink("/etc/passwd", "/sha256")


def seal_of_another_kind(file):
    del file[digests.SEAL]
    file[digests.SEAL] = "0" * 64


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("craft", "reason"),
    [
        (no_seal, "it has no seal"),
        (seal_elsewhere, "it has no seal"),
        (seal_of_another_kind, "is not stored as text of 64"),
        (attribute("comment", "my favourite"), "bytes that are not values were altered"),
        (attribute("title", "another"), "bytes that are not values were altered"),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_a_broken_seal_is_refused(path, command, craft, reason):
    with h5py.File(path, "r+") as file:
        craft(file)
    refusal(command, path, reason)
