"""Fit specs: what they say, and how their mistakes are reported."""

import numpy as np
import pytest

import thermospin as ts
from thermospin.fitting.fit_changes import FitChanges
from thermospin.fitting.fit_parameters import CIRCUIT
from thermospin.fitting.fit_spec import load_fit_spec
from thermospin.fitting.problem import Free
from thermospin.quantities import PARAMETERS
from thermospin.spec import Material, SpecError

GOOD = """\
title: Two fields
material: {Delta_0: 200 ueV, G_T: 0.1 mS}
data:
  - {file: B0.dat, kind: dIdV, T_Sm: 30 mK}
  - {file: B1.dat, T_Sm: 0.1, columns: [1, 2], units: [uV, uS], offset: 10 uV, factor: 2, skip: 1,
     within: [-300 uV, 0.3 mV], exclude: [[-1 uV, 1 uV], [45 uV, 155 uV]], sigma_dIdV: 1 uS}
fixed: {T_S: 30 mK}
free:
  Delta_0: {start: 200 ueV, min: 150 ueV, max: 250 ueV}
  gamma:
  h_exc: {each: true}
circuit: {V_offset: free, I_offset: {max: 10 nA}, R_series: 0, lock_in: 5 uV, broadening: 0}
numerics: {sigma_I: 1 pA, sigma_V: 0.2 uV}
"""
BARE = """\
data: [{file: reduced.dat}]
fixed: {T: 0.1}
free: {gamma: }
"""
ALUMINIUM = Material(Delta_0="200 ueV", G_T="0.1 mS")
VOLT = np.arange(-40, 41, 2) * 1e-5


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [f"{1e6 * V:.1f}, {100 + i}, {V * 1e5:.6f}" for i, V in enumerate(VOLT)]
    for name in ("B0", "B1"):
        (tmp_path / f"{name}.dat").write_text("\n".join(["V (uV), dI/dV (uS), I (nA)", *rows]))
    lines = [f"{V / 2e-4:.4f}, {V / 2e-4:.4f}" for V in VOLT]
    heads = {"reduced": "V (Δ0/e), I (G_T Δ0/e)", "lockin": "V (uV), LIX (a.u.)"}
    for name, head in heads.items():
        (tmp_path / f"{name}.dat").write_text("\n".join([head, *lines]), encoding="utf-8")
    return tmp_path


def read(text, **changes):
    with open("fit.yaml", "w", encoding="utf-8") as file:
        file.write(text)
    return load_fit_spec("fit.yaml", FitChanges(**changes))


def refused(text, **changes):
    with pytest.raises(SpecError) as error:
        read(text, **changes)
    return str(error.value)


def test_a_fit_spec_says_what_is_free_and_what_is_known_in_any_unit():
    problem = read(GOOD).problem
    assert problem.material == ALUMINIUM
    assert problem.fixed == {
        "T_S": ALUMINIUM.reduced("T_S", "30 mK"),
        "R_series": 0.0,
        "lock_in": ALUMINIUM.reduced("V", "5 uV"),
        "broadening": 0.0,
    }
    assert problem.free == (
        Free("Delta_0", 1.0, 0.75, 1.25),
        Free("gamma"),
        Free("h_exc", each=True),
        Free("V_offset"),
        Free("I_offset", high=0.5),
    )


def test_a_curve_has_its_own_columns_range_noise_and_fixed_parameters():
    first, second = read(GOOD).problem.curves
    assert (first.kind, second.kind) == ("dIdV", "dIdV")
    assert first.fixed == {"T_Sm": ALUMINIUM.reduced("T_Sm", "30 mK")}
    assert first.sigma is None
    assert first.sigma_V == pytest.approx(1e-3)
    np.testing.assert_allclose(first.V, VOLT / 2e-4, atol=1e-12)
    bias = VOLT[1:] - 1e-5  # the first row of numbers is left out with the line of names
    kept = (abs(bias) < 3.05e-4) & (abs(bias) > 1e-6) & ((bias < 4.5e-5) | (bias > 1.55e-4))
    np.testing.assert_allclose(second.V, bias[kept] / 2e-4, atol=1e-12)
    np.testing.assert_allclose(second.values, 2.0 * (101 + np.arange(40.0))[kept] * 1e-2)
    np.testing.assert_allclose(second.sigma, 1e-2)


def test_a_file_with_a_current_and_didv_gives_the_kind_that_is_asked_for():
    for kind, unit in (("I", "A"), ("dIdV", "S")):
        found = read(GOOD, data=("B0.dat",), reading={"kind": kind})
        assert (found.problem.curves[0].kind, found.measured[0].unit) == (kind, unit)


def test_files_are_looked_for_beside_the_spec_and_those_of_a_command_where_it_runs(folder):
    (folder / "below").mkdir()
    (folder / "below" / "fit.yaml").write_text(BARE)
    (folder / "reduced.dat").rename(folder / "below" / "other.dat")
    with pytest.raises(SpecError, match=r"data\[0\].file: cannot be read: No such file"):
        load_fit_spec("below/fit.yaml")
    given = FitChanges(data=("below/other.dat",))
    assert load_fit_spec("below/fit.yaml", given).problem.curves[0].name == "below/other.dat"


def test_what_a_command_says_replaces_what_the_spec_says():
    problem = read(
        GOOD, data=("B1.dat",), free=("T_S",), fixed=("gamma=4 ueV", "V_offset=0"),
        material={"T_c": "1.3 K", "R_T": "5 kohm"},
    ).problem  # fmt: skip
    film = Material(T_c="1.3 K", R_T="5 kohm")
    assert problem.material == film
    assert [curve.name for curve in problem.curves] == ["B1.dat"]
    assert [free.name for free in problem.free] == ["Delta_0", "h_exc", "T_S", "I_offset"]
    assert problem.fixed["gamma"] == pytest.approx(film.reduced("gamma", "4 ueV"))
    assert problem.fixed["V_offset"] == 0.0
    assert "T_S" not in problem.fixed


def test_a_command_alone_is_enough():
    given = FitChanges(data=("reduced.dat",), free=("gamma", "G_T"), fixed=("T=0.1",))
    problem = load_fit_spec(None, given).problem
    assert (problem.fixed, problem.free) == ({"T": 0.1}, (Free("gamma"), Free("G_T")))


def test_values_in_arbitrary_units_are_ratios_to_their_mean_at_large_bias():
    found = read(GOOD, data=("lockin.dat",), reading={"units": ("uV", "arb")})
    assert found.problem.curves[0].values[-1] == pytest.approx(1.0, rel=0.1)
    assert any("divided the values by" in note for note in found.notes)


def test_what_was_left_out_of_a_file_is_told(folder):
    text = (folder / "reduced.dat").read_text(encoding="utf-8")
    (folder / "reduced.dat").write_text(f"{text}\nnan, 1\n", encoding="utf-8")
    (note,) = read(BARE).notes
    assert note == "reduced.dat: left out 1 of 42 rows without a finite number (line 43)"


@pytest.mark.parametrize(("normal", "field"), [("gap_Sm", []), ("gap_S", ["h_exc"])])
def test_a_lead_without_a_gap_says_nothing_of_the_gap_of_the_other(normal, field):
    given = FitChanges(data=("B0.dat",), fixed=(f"{normal}=0", "T=60 mK"))
    free = [parameter.name for parameter in load_fit_spec(None, given).problem.free]
    assert free == ["Delta_0", "G_T", "gamma", *field, "V_offset", "I_offset"]
    found = ts.fit((VOLT / 2e-4, VOLT / 2e-4), fixed={normal: 0.0, "T": 0.1})
    assert ("Delta_0" in found.values, "h_exc" in found.values) == (True, bool(field))


def test_bare_numbers_beside_guessed_scales_are_told():
    text = BARE.replace("reduced.dat}", "B0.dat, h_exc: 0.1, h_S: 0}")
    told = "T, h_exc are in units of this guess, for want of a unit such as mK or ueV"
    assert told in read(text).notes
    with_units = text.replace("T: 0.1", "T: 100 mK").replace("0.1, h_S", "20 ueV, h_S")
    assert not any("this guess" in note for note in read(with_units).notes)
    given = text + "material: {Delta_0: 200 ueV, G_T: 0.1 mS}\n"
    assert not any("this guess" in note for note in read(given).notes)


@pytest.mark.parametrize(
    ("wrong", "right", "place", "message"),
    [
        ("gama: 0.1", "gamma: 0.1", "fixed.gama", "unknown key"),
        ("V_ofset: 0", "V_offset: 0", "fixed.V_ofset", "did you mean 'V_offset'?"),
        ("V: 0.1", "h_S: 0.1", "fixed.V", "unknown key"),
        ("h_exc: 20", "h_exc: 2", "fixed.h_exc", "must be between -10 and 10 Δ0, got 20"),
        ("h_exc: 20 ueV", "h_exc: 0.1", "fixed.h_exc", "a number with a unit needs a material"),
        ("h_exc: [1]", "h_exc: 1", "fixed.h_exc", "must be a number, got a list"),
        ("h_exc: 1_0", "h_exc: 1", "fixed.h_exc", "must be a finite decimal number"),
        ("gamma_S: 0.1", "h_S: 0.1", "free.gamma", "must not be given beside gamma_S"),
        ("T_S: 0.1", "T_S: 0.1, T: ", "fixed.T", "must not be given beside T_S"),
    ],
)  # fmt: skip
def test_a_mistake_in_what_is_known_is_reported_at_its_place(wrong, right, place, message):  # noqa: ARG001
    text = refused(BARE.replace("T: 0.1}", f"T: 0.1, {wrong}}}"))
    assert f": {place}: " in text
    assert message in text


@pytest.mark.parametrize(
    ("free", "place", "message"),
    [
        ("[gamma]", "free", "must be a mapping, got a list"),
        ("{gamma: 0.1}", "free.gamma", "must be a mapping, got '0.1'"),
        ("{gamma: {stat: 0.1}}", "free.gamma.stat", "did you mean 'start'?"),
        ("{gamma: {start: 2}}", "free.gamma.start", "must be between 1e-08 and 1 Δ0, got 2"),
        ("{gamma: {min: 0.2, max: 0.1}}", "free.gamma.max",
         "must be greater than min, got '0.2' and '0.1'"),
        ("{gamma: {start: 0.3, max: 0.1}}", "free.gamma.start", "must be between min and max"),
        ("{gamma: {each: yes}}", "free.gamma.each", "must be one of true, false, got 'yes'"),
        ("{T: , gamma: }", "free.T", "is given in fixed already"),
        ("{T_Sm: }", "fixed.T", "stands for T_S and T_Sm, must not be given beside T_Sm"),
        ("{R_L: }", "free.R_L", "unknown key"),
    ],
)  # fmt: skip
def test_a_mistake_in_what_is_free_is_reported_at_its_place(free, place, message):
    text = refused(BARE.replace("{gamma: }", free))
    assert text.count(f": {place}: ") == 1
    assert message in text


@pytest.mark.parametrize(
    ("entry", "place", "message"),
    [
        ("[]", "data", "must list the files of at least one curve"),
        ("{file: B0.dat}", "data", "must be a list, got a mapping"),
        ("[B0.dat]", "data[0]", "must be a mapping such as {file:"),
        ("[{kind: I}]", "data[0].file", "missing key"),
        ("[{fil: B0.dat}]", "data[0].fil", "did you mean 'file'?"),
        ("[{file: none.dat}]", "data[0].file", "cannot be read: No such file or directory"),
        ("[{file: fit.yaml}]", "data[0].file", "fit.yaml"),
        ("[{file: reduced.dat, kind: i}]", "data[0].kind", "must be one of I, dIdV, got 'i'"),
        ("[{file: reduced.dat, kind: dIdV}]", "data[0].file", "has no column of dI/dV"),
        ("[{file: reduced.dat, columns: [1]}]", "data[0].columns", "must be two"),
        ("[{file: reduced.dat, columns: 1}]", "data[0].columns", "must be a list"),
        ("[{file: reduced.dat, columns: [1, 9]}]", "data[0].file", "has no column '9'"),
        ("[{file: reduced.dat, units: [uV, K]}]", "data[0].file", "are keys of this entry"),
        ("[{file: reduced.dat, skip: 1.5}]", "data[0].skip", "must be a whole number from 0"),
        ("[{file: reduced.dat, factor: x}]", "data[0].factor", "must be a finite decimal number"),
        ("[{file: reduced.dat, factor: 0}]", "data[0].file", "must be a finite number other"),
        ("[{file: reduced.dat, within: [1]}]", "data[0].within", "must be two values of the bias"),
        ("[{file: reduced.dat, within: [1, 0]}]", "data[0].within",
         "must go from a lower to a higher bias, got '1' to '0'"),
        ("[{file: reduced.dat, exclude: [[0, 1], 3]}]", "data[0].exclude[1]", "must be a list"),
        ("[{file: reduced.dat, within: [0, 0.01]}]", "data[0].file", "has 1 points to be fitted"),
        ("[{file: reduced.dat, gamma: 0.1}]", "data[0].gamma",
         "is free, and so must not be given for one curve"),
        ("[{file: reduced.dat, T_S: 0.1}]", "fixed.T", "must not be given beside T_S"),
        ("[{file: reduced.dat, sigma_I: 0}]", "data[0].sigma_I", "must be between 1e-15"),
    ],
)  # fmt: skip
def test_a_mistake_about_a_curve_is_reported_at_its_place(entry, place, message):
    text = refused(BARE.replace("[{file: reduced.dat}]", entry))
    assert f": {place}: " in text
    assert message in text


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ("circut: {}", "circut", "did you mean 'circuit'?"),
        ("axes: {V: [1]}", "axes", "unknown key"),
        ("h_exc: 0.1", "h_exc", "'h_exc' belongs in fixed or free"),
        ("lock_in: 0.1", "lock_in", "'lock_in' belongs in circuit, fixed or free"),
        ("circuit: {h_S: 0}", "circuit.h_S", "'h_S' belongs in fixed or free"),
        ("circuit: {lock_in: fre}", "circuit.lock_in", "must be a finite decimal number"),
        ("circuit: {R_series: -1}", "circuit.R_series", "must be between 0 and 1000 1/G_T"),
        ("gap_model: bcs", "gap_model", "must be one of self-consistent"),
        ("numerics: {sigma: 1}", "numerics.sigma", "did you mean 'sigma_V'?"),
        ("material: {Delta_0: 200 ueV}", "material", "must have exactly one of G_T and R_T"),
        ("material: {Delta_0: 200 mK, G_T: 1 S}", "material.Delta_0", "must be a number and a"),
        ("material: {Delta: 1 eV, G_T: 1 S}", "material.Delta", "did you mean 'Delta_0'?"),
        ("free: {}", "free", "is given twice"),
    ],
)
def test_a_mistake_elsewhere_is_reported_at_its_place(line, place, message):
    text = refused(BARE + line + "\n")
    assert "fit.yaml:4:" in text
    assert f": {place}: " in text
    assert message in text


def test_every_mistake_of_a_fit_spec_is_reported_at_once_with_its_line():
    text = refused(
        "data: [{fil: B0.dat}]\nfixed: {T_s: 30}\nfree: {h_exc: 1}\ncircuit: {lockin: 0}\n"
    )
    for place in ("1:9: data[0].fil", "2:9: fixed.T_s", "3:15: free.h_exc", "4:11: circuit.lockin"):
        assert f"fit.yaml:{place}" in text
    assert "missing key, must be given in fixed or free" not in text  # T_s was meant
    assert text.endswith("5 problems in fit.yaml")  # and there is no file


@pytest.mark.parametrize(
    ("changes", "place", "message"),
    [
        ({"fixed": ("T_S",)}, "--fixed T_S", "must be written name=value"),
        ({"fixed": ("T=nan",)}, "--fixed T=nan: fixed.T", "must be a finite decimal number"),
        ({"fixed": ("Tm=1",)}, "--fixed Tm=1: fixed.Tm", "did you mean 'T_Sm'?"),
        ({"free": ("gama",)}, "--free gama: free.gama", "did you mean 'gamma'?"),
        ({"material": {"Delta_0": "2 K", "G_T": "1 S"}}, "--material: material.Delta_0", "2 K"),
        ({"data": ("none.dat",)}, "none.dat", "cannot be read"),
        ({"data": ("reduced.dat",), "reading": {"columns": ("1", "9")}}, "reduced.dat",
         "has no column '9'"),
    ],
)  # fmt: skip
def test_a_mistake_of_a_command_is_reported_with_the_option_or_the_file(changes, place, message):
    text = refused(BARE, **changes)
    assert f"{place}: " in text
    assert message in text


def test_a_temperature_of_s_must_be_known_or_free():
    assert "T_S: missing key" in refused(BARE.replace("T: 0.1", "gap_S: 1"))
    assert read(BARE.replace("T: 0.1", "gap_S: 1").replace("gamma: }", "T_S: }")).problem
    own = BARE.replace("reduced.dat}", "reduced.dat, T_S: 0.1}").replace("T: 0.1", "gap_S: 1")
    assert read(own).problem.curves[0].fixed == {"T_S": 0.1}


@pytest.mark.parametrize("text", ["", "7", "- a", "free: [", "free: &a {}\n", "\x00"])
def test_what_is_no_mapping_is_refused(text):
    assert "fit.yaml" in refused(text)


def test_a_parameter_of_a_fit_is_one_of_the_junction_or_of_the_circuit():
    assert set(CIRCUIT).isdisjoint(PARAMETERS)
