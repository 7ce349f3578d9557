"""A sweep without a file gives what opening its file would give."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from sweep_cases import MANY_CHUNKS, make_spec, stand_in

import thermospin as ts
from thermospin.quantities import STATUS
from thermospin.spec import bundled_text, spec_of

FILM = """\
title: A film — in µV
material: {T_c: 1.3 K, R_T: 5 kohm}
fixed: {T_Sm: 30 mK, gamma: 1 ueV}
axes:
  h_exc: [0, 60 ueV]
  T_S: {start: 100 mK, stop: 1.2 K, num: 4}
  V: {start: -0.4 mV, stop: 0.4 mV, num: 9}
  theta: [0, 0.5]
outputs: [I_q, dIdV, G_0, V_S]
"""
OF_THE_FILE_ITSELF = ("history", "thermospin_provenance", "thermospin_spec_name")


def without(dataset, names=OF_THE_FILE_ITSELF):
    return dataset.assign_attrs(dict.fromkeys(names, ""))


@pytest.fixture
def film_file(tmp_path):
    path = tmp_path / "film.yaml"
    path.write_text(FILM, encoding="utf-8")
    return path


@pytest.mark.parametrize("engine", ["h5netcdf", "netcdf4"])
def test_it_is_identical_to_the_file(film_file, engine, tmp_path):
    target = tmp_path / "film.h5"
    ts.run_sweep(film_file, target)
    found = ts.sweep(film_file)
    with xr.open_dataset(target, engine=engine) as there:
        xr.testing.assert_identical(without(found), without(there.load()))
        assert list(found.variables) == list(there.variables)
        assert list(found.attrs) == list(there.attrs)
    assert found.attrs["thermospin_spec_name"] == "film"


def test_it_has_the_values_of_a_file_cut_into_many_chunks(tmp_path):
    spec = make_spec(
        {"h_exc": [0, 0.1, 0.2], "V": np.linspace(-1, 1, 7), "T_S": [0.3, 0.5]}, ["I_q", "V_S"]
    )
    ts.run_sweep(spec, tmp_path / "x.h5", engine=MANY_CHUNKS)
    with xr.open_dataset(tmp_path / "x.h5") as there:
        xr.testing.assert_identical(
            without(ts.sweep(spec, engine=MANY_CHUNKS)), without(there.load())
        )


def test_a_spec_may_come_in_any_form(film_file):
    written = {
        "title": "A film — in µV",
        "material": {"T_c": "1.3 K", "R_T": "5 kohm"},
        "fixed": {"T_Sm": "30 mK", "gamma": "1 ueV"},
        "axes": {
            "h_exc": [0, "60 ueV"],
            "T_S": {"start": "100 mK", "stop": "1.2 K", "num": np.int64(4)},
            "V": {"start": "-0.4 mV", "stop": "0.4 mV", "num": 9},
            "theta": np.array([0, 0.5]),
        },
        "outputs": ("I_q", "dIdV", "G_0", "V_S"),
    }
    hashes = {
        spec_of(source).sha256
        for source in (film_file, str(film_file), FILM, written, ts.load_spec(film_file))
    }
    assert len(hashes) == 1
    assert spec_of("fig2b").sha256 == ts.load_spec("fig2b").sha256
    assert spec_of(bundled_text("fig2b")).sha256 == ts.load_spec("fig2b").sha256


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        (3.0, TypeError, "a spec must be a SweepSpec, a path, .* not float"),
        ({"axes": {"V": object()}}, TypeError, "made of texts, numbers, lists and mappings"),
        ({"fixed": {"T_S": np.ma.array([1.0])}}, TypeError, "must be bare, or a text with a unit"),
        ("fig2z", ts.SpecError, "did you mean 'fig2"),
        ("axes: {V: [0, 1]}", ts.SpecError, "T_S"),
    ],
)
def test_what_is_no_spec_is_refused(source, error, message):
    with pytest.raises(error, match=message):
        ts.sweep(source)


def test_progress_is_reported_and_ends_with_all_points():
    seen = []
    ts.sweep(make_spec({"V": np.linspace(0, 1, 9)}, ["I_q"]), progress=lambda *at: seen.append(at),
             engine=MANY_CHUNKS)  # fmt: skip
    assert seen[0] == (0, 9)
    assert seen[-1] == (9, 9)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_a_bar_is_shown_where_it_is_asked_for(capsys):
    ts.sweep(make_spec({"V": np.linspace(0, 1, 9)}, ["I_q"]))
    assert capsys.readouterr().err == ""
    ts.sweep(make_spec({"V": np.linspace(0, 1, 9)}, ["I_q"]), progress=True)
    assert "9.00/9.00" in capsys.readouterr().err


def test_values_that_missed_their_tolerance_are_told():
    def missing_one(outputs, V, junction, *, rtol):
        found = stand_in(outputs, V, junction, rtol=rtol)
        found.status[:, V > 0.9] = STATUS["tolerance_missed"]
        return found

    spec = make_spec({"V": np.linspace(0, 1, 9)}, ["I_q"])
    with pytest.warns(ts.ToleranceWarning, match="1 value missed rtol = 1e-06"):
        found = ts.sweep(spec, engine=replace(MANY_CHUNKS, evaluate=missing_one))
    assert found.status.values.tolist() == [STATUS["ok"]] * 8 + [STATUS["tolerance_missed"]]


LONG = """
import sys, thermospin as ts
text = 'fixed: {T_Sm: 0.01}\\naxes: {T_S: {start: 0.1, stop: 0.9, num: 4000}, h_exc:' \\
       ' {start: 0, stop: 0.6, num: 400}}\\noutputs: [power_max]'
def started(done, total):
    print(done, flush=True)
ts.sweep(text, progress=started)
"""


def test_it_stops_when_it_is_interrupted(tmp_path):
    script = tmp_path / "long.py"
    script.write_text(LONG, encoding="utf-8")
    command = [sys.executable, script]
    environment = os.environ | {"PYTHONPATH": str(Path(ts.__file__).parents[1])}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, env=environment) as process:
        process.stdout.readline()
        process.stdout.readline()
        process.send_signal(2)
        error = process.stderr.read().decode()
        assert process.wait() != 0
    assert "KeyboardInterrupt" in error


@pytest.mark.parametrize("engine", ["h5netcdf", "netcdf4"])
def test_a_file_that_xarray_holds_open_can_be_read_and_drawn_from(tmp_path, engine):
    path = tmp_path / "x.h5"
    ts.run_sweep(make_spec({"V": np.linspace(0, 1, 9)}, ["I_q"]), path)
    with xr.open_dataset(path, engine=engine) as held:
        held.I_q.load()
        assert np.array_equal(ts.read(path).outputs["I_q"], held.I_q.values)
