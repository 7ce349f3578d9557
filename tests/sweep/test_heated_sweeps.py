"""Sweeps over heaters: specs that have one in place of T_S, their chunks, files and units."""

import re
import runpy
import sys
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from matplotlib import pyplot

import thermospin as ts
from thermospin.execution import CutSizes, Engine
from thermospin.execution.chunks import Mesh
from thermospin.fitting import load_fit_spec
from thermospin.spec import SpecError, parse_spec
from thermospin.verification import verify

TEXT = """\
fixed: {T_bath: 0.01, electron_phonon: 1, h_exc: 0.4, gamma: 1e-3%s}
axes: {%s}
%s
outputs: [%s]
"""
AXES = {
    "V": "V: [-0.2, 0, 0.2]",
    "heater": "heater: {start: 0, stop: 1.2, num: 7}",
    "T_Sm": "T_Sm: [0.01, 0.1]",
}
NAMES = "T_S_rising, T_S_falling, I_q"
ISLAND = "material: {Delta_0: 200 ueV, G_T: 0.1 mS, Sigma: 0.3 nW/um3/K5, volume: 0.1 um3}\n"


def spec_of(axes, fixed="", rest="", outputs=NAMES):
    return parse_spec(TEXT % (fixed, ", ".join(AXES[name] for name in axes), rest, outputs), "x")


def refused(text):
    with pytest.raises(SpecError) as caught:
        parse_spec(text, "bad.yaml")
    return str(caught.value)


# --- the values -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def swept():
    return ts.sweep(spec_of(["T_Sm", "V", "heater"])).load()


def test_a_sweep_holds_what_the_calls_return(swept):
    junction = ts.Junction(
        heater=swept.heater.values,
        T_Sm=swept.T_Sm.values[:, None, None],
        T_bath=0.01,
        electron_phonon=1.0,
        h_exc=0.4,
        gamma=1e-3,
    )
    V = swept.V.values[:, None]
    np.testing.assert_array_equal(swept.I_q, ts.currents(V, junction).charge)
    every = ts.steady_temperatures(V, junction).T_S
    np.testing.assert_array_equal(swept.T_S_rising, np.nanmin(every, axis=-1))
    np.testing.assert_array_equal(swept.T_S_falling, np.nanmax(every, axis=-1))
    assert (swept.status == 1).all()


@pytest.mark.parametrize("order", [["heater", "T_Sm", "V"], ["V", "heater", "T_Sm"]])
def test_bits_do_not_depend_on_the_order_of_the_axes(swept, order):
    other = ts.sweep(spec_of(order)).transpose(*swept.T_S_rising.dims)
    for name in ("T_S_rising", "T_S_falling", "I_q"):
        np.testing.assert_array_equal(swept[name], other[name])


def test_bits_do_not_depend_on_shards_and_chunks(swept, tmp_path):
    spec = spec_of(["heater", "V"], ", T_Sm: 0.01")
    tiny = Engine(sizes=CutSizes(largest=256, smallest=256, run=1, last=1))
    assert Mesh.of(spec, tiny.sizes).chunk_count() > 1
    ts.run_sweep(spec, tmp_path / "x.h5", engine=tiny, threads=2)
    other = ts.read(tmp_path / "x.h5").outputs
    here = swept.sel(T_Sm=0.01).transpose("heater", "V")
    for name in ("T_S_rising", "I_q"):
        np.testing.assert_array_equal(other[name], here[name])


def test_the_branch_is_in_the_file_and_in_the_hash(tmp_path):
    rising, falling = (
        spec_of(["heater"], ", V: 0.1", f"branch: {b}", "I_q") for b in ("rising", "falling")
    )
    assert rising.sha256 != falling.sha256
    assert rising.sha256 == spec_of(["heater"], ", V: 0.1", "", "I_q").sha256
    ts.run_sweep(falling, tmp_path / "x.h5", threads=1)
    with xr.open_dataset(tmp_path / "x.h5") as ds:
        assert ds.attrs["thermospin_branch"] == "falling"
        assert ds.heater.attrs["units"] == "G_T Δ0²/e²"
    assert "branch" in repr(falling)


# --- chunks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("order", list(permutations(AXES)))
def test_every_point_is_in_one_chunk(order):
    spec = spec_of(order)
    for sizes in (CutSizes(), CutSizes(largest=512, smallest=256, run=256, last=256)):
        mesh = Mesh.of(spec, sizes)
        chunks = list(mesh.chunks())
        assert sum(chunk.points for chunk in chunks) == mesh.points == 42
        places = [i for c in chunks for first, n in mesh.runs(c, biased=True)
                  for i in range(first, first + n)]  # fmt: skip
        assert sorted(places) == list(range(42))


@pytest.mark.parametrize("order", [["T_Sm", "V", "heater"], ["T_Sm", "heater", "V"]])
def test_heaters_of_a_balance_stay_in_one_chunk(order):
    spec = spec_of(order, rest="", outputs=NAMES)
    mesh = Mesh.of(spec, CutSizes(largest=256, smallest=256))
    for chunk in mesh.chunks():
        heater = np.unique(mesh.junction(chunk).heater)
        assert len(heater) == 7


def test_a_chunk_of_heated_points_is_smaller():
    heated, plain = spec_of(["T_Sm", "V", "heater"]), ts.load_spec("fig2a")
    assert Mesh.of(heated).sizes.largest == 256
    assert Mesh.of(plain).sizes == CutSizes()


# --- units and materials ----------------------------------------------------------------------


def test_the_coupling_follows_from_material_and_volume():
    text = ISLAND + "fixed: {T_bath: 30 mK, T_Sm: 30 mK}\naxes: {heater: [0 pW, 4 pW], V: [0]}\n"
    spec = parse_spec(text + "outputs: [T_S_rising]\n", "x")
    assert spec.fixed["electron_phonon"] == pytest.approx(29.58048730294, rel=1e-12)
    np.testing.assert_allclose(spec.axes["heater"], [0.0, 1.0], rtol=1e-12)
    assert spec.material.electron_phonon == spec.fixed["electron_phonon"]


def test_a_material_with_an_island_reads_its_units():
    scales = {"Delta_0": "200 ueV", "G_T": "0.1 mS"}
    island = ts.Material(**scales, Sigma="3e8 W/m3/K5", volume="1 um3")
    assert island == ts.Material(**scales, Sigma="0.3 nW/µm3/K5", volume="1e9 nm3")
    assert island != ts.Material(**scales)
    assert ts.Material(**scales).electron_phonon is None
    assert island.electron_phonon == pytest.approx(295.8048730294, rel=1e-12)
    with pytest.raises(ValueError, match="both of Sigma and volume"):
        ts.Material(**scales, volume="1 um3")
    with pytest.raises(ValueError, match="Sigma must be a number and a unit"):
        ts.Material(**scales, Sigma="0.3", volume="1 um3")


def test_a_coupling_beyond_its_limits_is_refused():
    text = ISLAND.replace("0.1 um3", "1e9 m3") + GOOD.replace(", electron_phonon: 1", "")
    assert "Sigma and volume make electron_phonon, which must be between 0" in refused(text)


def test_a_fit_has_no_island(tmp_path):
    path = tmp_path / "fit.yaml"
    path.write_text(ISLAND + "data: [{file: a.dat}]\nfree: {gamma: }\nfixed: {T: 0.3}\n")
    with pytest.raises(SpecError, match=r"material\.Sigma: has a meaning with a heater only"):
        load_fit_spec(path)


# --- mistakes ---------------------------------------------------------------------------------

GOOD = "fixed: {heater: 1, T_bath: 0.1, electron_phonon: 1}\naxes: {V: [0]}\noutputs: [I_q]\n"


def test_the_good_spec_is_good():
    assert parse_spec(GOOD, "x").is_heated


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("T_bath: 0.1, ", ""), "T_bath: missing key, must be given in fixed or in axes beside"),
        ((", electron_phonon: 1", ""), "electron_phonon: missing key"),
        (("heater: 1, ", ""), "heater: missing key"),
        (("heater: 1", "heater: 1, T_S: 0.1"), "fixed.heater: stands in place of T_S"),
        (("heater: 1", "heater: 1, T: 0.1"), "must not be given beside T\n"),
        (("heater: 1", "heater: -1"), "must be between 0 and 1e+12 G_T Δ0²/e², got -1"),
        (("[I_q]", "[I_q, V_S]"), "output V_S has no bias, at which a heater sets T_S"),
        (("heater: 1", "heater: 1, depairing_S: 0.1"), "not derived for a film"),
        (("outputs", "gap_model: dynes\noutputs"), "not derived for gap_model dynes"),
        (("outputs", "branch: up\noutputs"), "branch: must be one of rising, falling, got 'up'"),
        (("fixed", ISLAND + "fixed"), "electron_phonon: follows from Sigma and volume"),
        (("fixed", ISLAND.replace("0.3 nW/um3/K5", "1 W/K5") + "fixed"), "material.Sigma: must be"),
        (("fixed", ISLAND.replace(", volume: 0.1 um3", "") + "fixed"), "both or neither of Sigma"),
        (("heater: 1, T_bath: 0.1, electron_phonon: 1", ""), "T_S: missing key"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(change, message):
    assert message in refused(GOOD.replace(*change))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("branch: falling\n", "branch: has a meaning with a heater only"),
        (ISLAND, "material.volume: has a meaning with a heater only"),
    ],
)
def test_what_would_be_ignored_is_refused(text, message):
    assert message in refused(text + "fixed: {T_S: 0.3}\naxes: {V: [0]}\noutputs: [I_q]\n")


def test_a_temperature_that_is_sought_needs_a_heater():
    text = refused("fixed: {T_S: 0.3}\naxes: {V: [0]}\noutputs: [T_S_rising]\n")
    assert "output T_S_rising needs a heater: add heater to axes or fixed" in text


@pytest.mark.parametrize("name", ["heater", "T_bath", "electron_phonon"])
def test_a_fit_has_no_heater(name):
    V = np.linspace(-2.0, 2.0, 41)
    curve = (V, ts.currents(V, ts.Junction(T=0.3)).charge)
    with pytest.raises(ValueError, match=name):
        ts.fit(curve, ts.Junction(T=0.3), free=[name])


# --- verify -----------------------------------------------------------------------------------

VERIFIED = "T_S_rising, T_S_falling, I_q, J_S, J_Sm, dIdV"


def evaluated_wrongly(name, factor):
    def evaluate(outputs, V, junction, *, rtol):
        found = ts.evaluate(outputs, V, junction, rtol=rtol)
        found.values[name] *= factor
        return found

    return Engine(evaluate=evaluate)


def failed(path, **options):
    return [check.name for check in verify(path, **options).checks if not check.passed]


def test_a_sound_file_passes(tmp_path):
    text = TEXT.replace("1e-3", "1e-3, h_S: 0.1, P: 0.2")
    axes = "heater: [0.3, 1.1], V: [-0.2, 0.2]"
    ts.run_sweep(parse_spec(text % ("", axes, "branch: falling", VERIFIED), "x"), tmp_path / "x.h5")
    assert failed(tmp_path / "x.h5", sample=2) == []


@pytest.mark.parametrize("name", ["T_S_rising", "T_S_falling", "I_q", "J_S"])
def test_a_wrong_number_is_found(tmp_path, name):
    spec = parse_spec(TEXT % ("", "heater: [0.3], V: [0.2]", "", name), "x")
    ts.run_sweep(spec, tmp_path / "x.h5", engine=evaluated_wrongly(name, 1.0 + 1e-6), threads=1)
    assert failed(tmp_path / "x.h5", sample=1) == ["recomputed points"]


def test_the_wrong_branch_is_found(tmp_path):
    def evaluate(_, V, junction, *, rtol):
        found = ts.evaluate(["T_S_falling"], V, junction, rtol=rtol)
        found.values["T_S_rising"] = found.values.pop("T_S_falling")
        return found

    spec = parse_spec(
        (TEXT % ("", "heater: [1.1], V: [0]", "", "T_S_rising")).replace("1e-3", "1e-4"), "x"
    )
    ts.run_sweep(spec, tmp_path / "x.h5", engine=Engine(evaluate=evaluate), threads=1)
    assert failed(tmp_path / "x.h5", sample=1) == ["recomputed points"]


def test_lost_energy_is_found_where_a_heater_sets_the_temperature(tmp_path):
    spec = parse_spec(TEXT % ("", "heater: [0.3], V: [0.2]", "", "J_S, J_Sm, I_q"), "x")
    ts.run_sweep(spec, tmp_path / "x.h5", engine=evaluated_wrongly("J_Sm", 1.0001), threads=1)
    assert "thermodynamics" in failed(tmp_path / "x.h5", sample=0)


# --- the page ---------------------------------------------------------------------------------

PAGE = Path(__file__).parents[2] / "docs" / "physics" / "heat-balance.md"


def test_the_spec_of_the_page_is_understood():
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    spec = parse_spec(text, "page")
    assert spec.fixed["electron_phonon"] == pytest.approx(29.58, abs=5e-3)
    assert spec.axes["heater"][-1] == pytest.approx(2.5)


def test_the_script_of_the_page_draws_its_picture(tmp_path, monkeypatch):
    picture = tmp_path / "hysteresis.png"
    monkeypatch.setattr(sys, "argv", ["hysteresis.py", str(picture)])
    runpy.run_path(str(PAGE.parent / "heat-balance" / "hysteresis.py"), run_name="__main__")
    pyplot.close("all")
    assert picture.read_bytes().startswith(b"\x89PNG")
