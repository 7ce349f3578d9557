"""Files of ours are read, unfinished ones too; all others are refused and never changed."""

import os
from dataclasses import replace
from functools import partial

import h5py
import numpy as np
import pytest
from sweep_cases import STAND_IN, digest, expected, make_spec, stand_in

from thermospin import dataset, execution
from thermospin.dataset import FileError
from thermospin.quantities import STATUS

SPEC = make_spec(
    {"h_exc": [0.0, 0.2], "V": [-0.2, 0.0, 0.2]}, ["I_q", "V_S"], overrides=["fixed.T_S=0.7"]
)


run_sweep = partial(execution.run_sweep, engine=STAND_IN)


@pytest.fixture
def path(tmp_path):
    run_sweep(SPEC, tmp_path / "out.h5", threads=1)
    return tmp_path / "out.h5"


@pytest.fixture
def unfinished(tmp_path):
    """A copy of a file of which one value per output has been computed."""
    target = dataset.check_output(tmp_path / "out.h5")
    file = dataset.PartialFile(dataset.Job(SPEC), target, {"threads": 1}).create()
    for name, value in (("I_q", -1.5), ("status", 1), ("V_S", 0.25), ("junction_status", 2)):
        file.write(dataset.ValueRange(name, 1, 1), np.array([value]))
    file.close()
    target.partial.rename(tmp_path / "copy.h5.partial")
    return tmp_path / "copy.h5.partial"


def test_describe_says_what_a_file_holds(path):
    summary = dataset.describe(path)
    assert summary.complete
    assert summary.bytes == path.stat().st_size
    assert (summary.title, summary.name, summary.layout) == (SPEC.title, "small", dataset.LAYOUT)
    assert (summary.gap_model, summary.rtol) == (SPEC.gap_model, SPEC.rtol)
    assert [(axis.name, axis.minimum, axis.maximum) for axis in summary.axes] == [
        ("h_exc", 0.0, 0.2),
        ("V", -0.2, 0.2),
    ]
    current, seebeck = summary.outputs
    assert (current.name, current.dims, current.shape) == ("I_q", ("h_exc", "V"), (2, 3))
    assert current.minimum == expected(SPEC, "I_q").min()
    assert current.maximum == expected(SPEC, "I_q").max()
    assert seebeck.dims == ("h_exc",)
    assert summary.fixed == SPEC.fixed
    assert summary.status["status"] == {"not_computed": 0, "ok": 6, "tolerance_missed": 0}
    assert summary.status["junction_status"]["ok"] == 2
    assert summary.spec == (SPEC.text, SPEC.overrides) == dataset.read_spec_text(path)
    assert summary.spec_sha256 == SPEC.sha256
    assert summary.provenance["threads"] == 1


def test_read_returns_the_numbers(path):
    contents = dataset.read(path)
    assert contents.complete
    for name in SPEC.outputs:
        assert contents.outputs[name].tobytes() == expected(SPEC, name).tobytes()
        assert contents.dims[name] == SPEC.dims(name)
    assert list(contents.axes) == list(SPEC.axes)
    for name, values in SPEC.axes.items():
        assert np.array_equal(contents.axes[name], values)
    assert contents.fixed == SPEC.fixed
    assert (contents.status["status"] == STATUS["ok"]).all()


def test_an_unfinished_file_has_nan_where_nothing_was_computed(unfinished):
    contents = dataset.read(unfinished)
    assert not contents.complete
    assert contents.outputs["I_q"][0, 1] == -1.5
    assert np.isnan(contents.outputs["I_q"]).sum() == 5
    np.testing.assert_array_equal(contents.outputs["V_S"], [np.nan, 0.25])
    summary = dataset.describe(unfinished)
    assert not summary.complete
    assert summary.status["status"] == {"not_computed": 5, "ok": 1, "tolerance_missed": 0}
    assert summary.status["junction_status"]["tolerance_missed"] == 1
    assert (summary.outputs[0].minimum, summary.outputs[0].maximum) == (-1.5, -1.5)


def test_limits_leave_out_what_is_undefined(tmp_path):
    def undefined(outputs, V, junction, *, rtol):
        evaluation = stand_in(outputs, V, junction, rtol=rtol)
        evaluation.values["V_S"][:] = np.nan
        return evaluation

    run_sweep(SPEC, tmp_path / "out.h5", engine=replace(STAND_IN, evaluate=undefined))
    seebeck = dataset.describe(tmp_path / "out.h5").outputs[1]
    assert (seebeck.minimum, seebeck.maximum) == (None, None)


def test_limits_and_counts_cover_files_read_in_parts(tmp_path, monkeypatch):
    spec = make_spec({"h_exc": np.linspace(0, 1, 5), "V": np.linspace(-1, 1, 33)}, ["I_q"])
    run_sweep(spec, tmp_path / "out.h5")
    whole = dataset.describe(tmp_path / "out.h5")
    for slab in (1, 7, 40):
        monkeypatch.setattr("thermospin.dataset.contents._SLAB", slab)
        assert dataset.describe(tmp_path / "out.h5") == whole
    assert whole.status["status"]["ok"] == 165


def refused(path, reason):
    before = digest(path)
    for reader in (dataset.describe, dataset.read):
        with pytest.raises(FileError, match=reason) as refusal:
            reader(path)
        assert str(path) in str(refusal.value)
    assert digest(path) == before


def test_text_is_refused(tmp_path):
    (tmp_path / "notes.h5").write_text("title: not HDF5\n")
    refused(tmp_path / "notes.h5", "is not a readable HDF5 file")


def test_the_hdf5_file_of_others_is_refused(tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["I_q"] = np.zeros(3)
    refused(tmp_path / "other.h5", "is not a file of thermospin")


def test_a_newer_layout_is_refused(path):
    with h5py.File(path, "r+") as file:
        file.attrs["thermospin_layout"] = dataset.LAYOUT + 1
    refused(path, f"has layout {dataset.LAYOUT + 1}.*install a newer thermospin")


@pytest.mark.parametrize("end", [100, 5000, -5000, -1])
def test_a_truncated_file_is_refused(path, end):
    path.write_bytes(path.read_bytes()[:end])
    refused(path, "readable|damaged")


def test_values_in_another_file_are_refused(path, tmp_path):
    (tmp_path / "secret").write_bytes(bytes(48))
    with h5py.File(path, "r+") as file:
        del file["I_q"]
        file.create_dataset("I_q", (2, 3), "f8", external=[(str(tmp_path / "secret"), 0, 48)])
    refused(path, "is not stored as float64 in it")


def test_a_link_to_another_file_is_refused(path, tmp_path):
    with h5py.File(path, "r+") as file:
        del file["I_q"]
        file["I_q"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "/I_q")
    refused(path, "I_q is a link")


def test_a_missing_status_is_refused(path):
    with h5py.File(path, "r+") as file:
        del file["status"]
    refused(path, "I_q has no status")


def test_what_is_no_file_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileError, match="is not a regular file"):
        dataset.describe(tmp_path / "pipe")
    with pytest.raises(FileError, match="no such file"):
        dataset.read_spec_text(tmp_path / "absent.h5")


def test_a_status_of_another_shape_is_refused(path):
    with h5py.File(path, "r+") as file:
        del file["status"]
        file["status"] = np.ones((3, 2), dtype="i1")
    with pytest.raises(FileError, match="damaged"):
        dataset.read(path)
