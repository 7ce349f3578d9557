"""Tables of result files: what they hold is what the file holds, to the last bit."""

import csv

import numpy as np
import pytest
import xarray as xr

import thermospin as ts
from thermospin.dataset import FileError, csv_lines

FILM = """\
material: {T_c: 1.3 K, R_T: 5 kohm}
fixed: {T_Sm: 30 mK}
axes: {h_exc: [0, 60 ueV], T_S: {start: 100 mK, stop: 1.2 K, num: 12}, V: [-0.1 mV, 0, 13 uV]}
outputs: [I_q, SGE, G_0, V_S]
"""


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "film.h5"
    ts.run_sweep(FILM, path)
    return path


def table(path, at=None, show=(), *, si):
    """Return the columns of the table of a file, numbers as numbers."""
    head, *rows = csv.reader(csv_lines(ts.read(path), at, show, si=si))
    columns = dict(zip(head, zip(*rows, strict=True), strict=True))
    return {
        name: list(cells) if "status" in name else np.array(cells, dtype=float)
        for name, cells in columns.items()
    }


def test_a_table_holds_the_bits_of_the_file(film):
    with xr.open_dataset(film) as there:
        frame = there.to_dataframe(dim_order=["h_exc", "T_S", "V"]).reset_index()
    found = table(film, si=False)
    assert list(found) == [
        "h_exc (Δ0)", "T_S (T_c)", "V (Δ0/e)",
        "I_q (G_T Δ0/e)", "SGE", "G_0 (G_T)", "V_S (Δ0/e)", "status", "junction_status",
    ]  # fmt: skip
    for column in list(found)[:-2]:
        name = column.partition(" ")[0]
        assert np.array_equal(found[column], frame[name], equal_nan=True), name
    assert set(found["status"]) == {"ok"}


def test_in_si_the_axes_are_the_numbers_that_were_written(film):
    found = table(film, si=True)
    assert list(found)[:4] == ["h_exc (eV)", "T_S (K)", "V (V)", "I_q (A)"]
    assert sorted(set(found["V (V)"])) == [-1e-4, 0.0, 13e-6]
    assert sorted(set(found["T_S (K)"])) == [round(0.1 * i, 1) for i in range(1, 13)]
    reduced = table(film, si=False)
    factor = ts.Material(T_c="1.3 K", R_T="5 kohm").si("I_q", 1.0)[0]
    assert np.array_equal(found["I_q (A)"], reduced["I_q (G_T Δ0/e)"] * factor)


def test_a_cut_keeps_the_column_of_its_axis(film):
    found = table(film, {"T_S": "320 mK", "h_exc": 0.0}, ["I_q"], si=True)
    assert list(found) == ["h_exc (eV)", "T_S (K)", "V (V)", "I_q (A)", "status"]
    assert set(found["T_S (K)"]) == {0.3}
    assert len(found["status"]) == 3


def test_outputs_of_junctions_have_a_row_for_each_junction(film):
    found = table(film, show=["G_0", "V_S"], si=False)
    assert list(found) == ["h_exc (Δ0)", "T_S (T_c)", "G_0 (G_T)", "V_S (Δ0/e)", "junction_status"]
    assert len(found["G_0 (G_T)"]) == 24


def test_an_output_of_the_only_junction_has_one_row(tmp_path):
    path = tmp_path / "one.h5"
    ts.run_sweep("fixed: {T_S: 0.7}\naxes: {V: [0, 0.1]}\noutputs: [I_q, h_t]\n", path)
    found = table(path, show=["h_t"], si=False)
    assert found["junction_status"] == ["ok"]
    assert found["h_t (Δ0)"] == [float(ts.read(path).outputs["h_t"])]


@pytest.mark.parametrize(
    ("at", "show", "message"),
    [
        ({"T": 1.0}, (), "T: no such axis, must be one of h_exc, T_S, V"),
        ({"T_S": 9.0}, (), "T_S = 9.0: must be between 0.0769231 and 0.923077 T_c"),
        ({"T_S": "9 K"}, (), "T_S = 9 K: must be between"),
        ({"T_S": "1 mV"}, (), "T_S must be a temperature in K, mK, uK, got '1 mV'"),
        ({"T_S": "warm"}, (), "T_S must be a finite decimal number, got 'warm'"),
        ({}, ("I_s",), "I_s: no such output, must be one of I_q, SGE, G_0, V_S"),
    ],
)
def test_what_the_file_has_not_is_named(film, at, show, message):
    with pytest.raises(FileError, match=message):
        list(csv_lines(ts.read(film), at, show, si=False))


def test_si_needs_a_material(tmp_path):
    ts.run_sweep("fixed: {T_S: 0.5}\naxes: {V: [0, 1]}\noutputs: [I_q]\n", tmp_path / "x.h5")
    contents = ts.read(tmp_path / "x.h5")
    with pytest.raises(FileError, match="has no material in its spec"):
        list(csv_lines(contents, si=True))
    with pytest.raises(FileError, match="V = 0 uV: a unit needs a material"):
        list(csv_lines(contents, {"V": "0 uV"}, si=False))
