"""The file is HDF5, NetCDF-4 and NeXus at once, and says what everything in it is."""

import json
from functools import partial

import h5py
import numpy as np
import pytest
import xarray
from sweep_cases import ALUMINIUM, STAND_IN, expected, make_spec, stopped_after

from thermospin import dataset, execution
from thermospin.dataset.schema import variables
from thermospin.quantities import OUTPUTS, PARAMETERS, STATUS

K_B = 8.617333262e-5  # eV/K
SI_DIGITS = 1e-9  # relative; K_B above has ten digits


run_sweep = partial(execution.run_sweep, engine=STAND_IN)


@pytest.fixture
def spec():
    axes = {"h_exc": [0.0, 0.1, 0.2], "V": np.linspace(-1, 1, 11), "T_S": [0.3, 0.5]}
    outputs = ("I_s", "I_q", "SGE", "V_S", "G_max")
    return make_spec(axes, outputs, material=ALUMINIUM, overrides=["fixed.T_Sm=0.01"])


@pytest.fixture
def path(spec, tmp_path):
    run_sweep(spec, tmp_path / "out.h5", threads=1)
    return tmp_path / "out.h5"


def test_the_file_declares_itself(path, spec):
    with h5py.File(path) as file:
        root = dict(file.attrs)
    assert root["Conventions"] == "thermospin-1"
    assert root["title"] == spec.title
    assert root["thermospin_spec"] == spec.text
    assert json.loads(root["thermospin_spec_overrides"]) == ["fixed.T_Sm=0.01"]
    assert root["thermospin_spec_sha256"] == spec.sha256
    assert root["thermospin_layout"] == dataset.LAYOUT
    assert root["thermospin_complete"] == 1
    assert root["source"].startswith(f"thermospin {root['thermospin_version']}")
    assert root["history"][:2] == "20"


def test_provenance_names_what_made_the_numbers_and_no_user(path):
    with h5py.File(path) as file:
        provenance = json.loads(file.attrs["thermospin_provenance"])
    versions = {"python", "numpy", "numba", "llvmlite", "h5py", "hdf5", "thermospin"}
    assert versions == set(provenance["versions"])
    assert provenance["threads"] == 1
    assert provenance["wall_seconds"] >= 0
    assert provenance["started"] <= provenance["finished"]
    assert {"kernels", "cpu", "host", "commit"} <= set(provenance)
    assert "/" not in json.dumps(provenance)


def test_variables_stand_in_the_order_of_the_spec(path, spec):
    contents = dataset.read(path)
    assert list(contents.axes) == list(spec.axes)
    assert list(contents.fixed) == list(spec.fixed)
    assert list(contents.outputs) == list(spec.outputs)


def test_every_dimension_has_exactly_one_scale_named_like_it(path, spec):
    with h5py.File(path) as file:
        for output in spec.outputs:
            labels = [[scale.name for scale in dim.values()] for dim in file[output].dims]
            assert labels == [[f"/{axis}"] for axis in spec.dims(output)]
        for axis in spec.axes:
            assert file[axis].is_scale


def test_words_and_units_come_from_the_quantities(path, spec):
    with h5py.File(path) as file:
        for name in (*spec.axes, *spec.fixed, *spec.outputs):
            word = PARAMETERS.get(name) or OUTPUTS[name]
            assert file[name].attrs["long_name"] == word.meaning
            assert file[name].attrs.get("units", "") == word.unit


def test_what_was_not_computed_is_nan_and_status_has_its_flags(path, spec):
    with h5py.File(path) as file:
        for name in spec.outputs:
            assert np.isnan(file[name].attrs["_FillValue"])
            assert file[name].attrs["_FillValue"].dtype == file[name].dtype
        for name, companion in (("status", "I_q"), ("junction_status", "V_S")):
            flags = file[name].attrs
            assert file[name].dtype == np.int8
            assert file[name].shape == file[companion].shape
            assert file[companion].attrs["ancillary_variables"] == name
            words = flags["flag_meanings"].split()
            assert dict(zip(words, flags["flag_values"].tolist(), strict=True)) == STATUS


@pytest.mark.parametrize(("outputs", "absent"), [(["I_q"], "junction_status"), (["V_S"], "status")])
def test_status_is_stored_only_for_what_was_asked(tmp_path, outputs, absent):
    run_sweep(make_spec({"T_S": [0.3], "V": [0.1, 0.2]}, outputs), tmp_path / "out.h5")
    with h5py.File(tmp_path / "out.h5") as file:
        assert absent not in file


def test_viewers_open_on_the_first_output(path, spec):
    with h5py.File(path) as file:
        assert file.attrs["NX_class"] == "NXroot"
        entry = file[file.attrs["default"]]
        assert entry.attrs["NX_class"] == "NXentry"
        assert entry.attrs["default"] == spec.outputs[0]
        for output in spec.outputs:
            picture = entry[output]
            assert picture.attrs["NX_class"] == "NXdata"
            assert tuple(picture.attrs["axes"]) == spec.dims(output)
            assert picture[picture.attrs["signal"]] == file[output]
            for axis in spec.dims(output):
                assert picture[axis] == file[axis]


def test_readers_of_hdf5_1_8_understand_the_format(path):
    superblock_version = path.read_bytes()[8]
    assert superblock_version == 2


@pytest.mark.parametrize("engine", [None, "h5netcdf", "netcdf4"])
def test_xarray_sees_labelled_outputs(path, spec, engine):
    with xarray.open_dataset(path, engine=engine) as loaded:
        assert set(loaded.data_vars) >= set(spec.outputs)
        for output in spec.outputs:
            array = loaded[output]
            assert array.dims == spec.dims(output)
            assert array.values.tobytes() == expected(spec, output).tobytes()
            for axis in array.dims:
                assert np.array_equal(array[axis], spec.axes[axis])
            for name, value in spec.fixed.items():
                assert array[name] == value
        assert (loaded.status == STATUS["ok"]).all()


@pytest.mark.parametrize("engine", ["h5netcdf", "netcdf4"])
def test_an_unfinished_file_is_read_with_nan_where_nothing_is_yet(spec, tmp_path, engine):
    stopped_after(2, spec, tmp_path / "out.h5")
    with xarray.open_dataset(tmp_path / "out.h5.partial", engine=engine) as loaded:
        for output in spec.outputs:
            status = loaded.status if "V" in loaded[output].dims else loaded.junction_status
            known = (status != STATUS["not_computed"]).values
            assert 0 < known.sum() < known.size
            assert np.isnan(loaded[output].values[~known]).all()
            assert np.array_equal(loaded[output].values[known], expected(spec, output)[known])
    with h5py.File(tmp_path / "out.h5.partial", locking=False) as file:
        known = file["status"][()] != STATUS["not_computed"]
        assert (file["I_q"][()][~known] == 0.0).all()
        assert not file["status"][()][~known].any()


def test_all_readers_see_the_same(path):
    with (
        xarray.open_dataset(path, engine="h5netcdf") as one,
        xarray.open_dataset(path, engine="netcdf4") as other,
    ):
        xarray.testing.assert_identical(one, other)


def test_laboratory_units_stand_beside_the_axes(path, spec):
    with xarray.open_dataset(path) as loaded:
        current = loaded.I_q
        assert current.V_volt.attrs["units"] == "V"
        assert np.array_equal(current.V_volt, spec.axes["V"] * 200e-6)
        assert np.array_equal(current.h_exc_eV, spec.axes["h_exc"] * 200e-6)
        # k_B T_c = 0.5669 Δ0
        kelvin = spec.axes["T_S"] * 0.5669329586555488 * 200e-6 / K_B
        np.testing.assert_allclose(current.T_S_kelvin, kelvin, rtol=SI_DIGITS)
        assert "V_volt" not in loaded.V_S.coords


@pytest.mark.parametrize("name", list(PARAMETERS))
def test_every_axis_with_a_unit_stands_once_more_in_that_of_the_laboratory(name):
    axes = {name: [0.2, 0.3]} if name == "V" else {name: [0.2, 0.3], "V": [0.1, 0.2]}
    found = variables(make_spec(axes, ["I_q"], material=ALUMINIUM))
    beside = [
        each.name for each in found if each.dims == (name,) and each.name.startswith(f"{name}_")
    ]
    assert len(beside) == bool(PARAMETERS[name].unit)
    current = next(each for each in found if each.name == "I_q")
    assert set(beside) <= set(current.attributes["coordinates"].split())


def test_scale_factors_turn_outputs_into_si(path):
    with h5py.File(path) as file:
        current, conductance, temperature = file["I_q"], file["G_max"], file["T_Sm"]
        assert (current.attrs["SI_factor"], current.attrs["SI_units"]) == (200e-6 * 1e-4, "A")
        assert (conductance.attrs["SI_factor"], conductance.attrs["SI_units"]) == (1e-4, "S")
        assert temperature.attrs["SI_units"] == "K"
        assert "SI_factor" not in file["SGE"].attrs
        assert (file["Delta_0"][()], file["G_T"][()]) == (200e-6, 1e-4)


def test_without_a_material_everything_is_reduced(tmp_path):
    run_sweep(make_spec({"V": [0.1, 0.2]}, ["I_q"]), tmp_path / "out.h5")
    with h5py.File(tmp_path / "out.h5") as file:
        assert "V_volt" not in file
        assert "SI_factor" not in file["I_q"].attrs


def test_the_same_spec_gives_the_same_bytes_but_for_times(spec, tmp_path, monkeypatch):
    monkeypatch.setattr("thermospin.dataset.provenance.now", lambda: "2000-01-01T00:00:00Z")
    monkeypatch.setattr("thermospin.dataset.checkpoint.time.monotonic", lambda: 0.0)
    for name in ("one.h5", "two.h5"):
        run_sweep(spec, tmp_path / name, threads=2)
    assert (tmp_path / "one.h5").read_bytes() == (tmp_path / "two.h5").read_bytes()
