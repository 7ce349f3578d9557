"""The command `thermospin fit`: tables, files, pictures, exit codes."""

import json
import signal
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import thermospin as ts
from thermospin.cli import main
from thermospin.cli.fit_progress import FitProgress
from thermospin.cli.progress_display import StatusLine

FILM = ts.Material(Delta_0="205 ueV", G_T="0.098 mS")
FREE = "Delta_0,G_T,gamma,V_offset,I_offset"
SCALES = "Delta_0=200 ueV,G_T=0.1 mS"
TRUTH = {"Delta_0": 205e-6, "G_T": 98e-6, "gamma": 0.05 * 205e-6, "V_offset": 3e-6,
         "I_offset": 1e-10}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_curve(name="iv.dat", points=61, h_exc=0.0):
    """Write a curve of known truth as a laboratory does, with a lost reading."""
    V = np.linspace(-3.0, 3.0, points)
    junction = ts.Junction(T=0.2, gamma=0.05, h_exc=h_exc)
    noise = np.random.default_rng(3).normal(0.0, 2e-3, points)
    I = ts.currents(V, junction).charge + noise  # noqa: E741
    volt, ampere = V * FILM.Delta_0 + 3e-6, I * FILM.factor("G_T Δ0/e") + 1e-10
    rows = [f"{1e6 * v:.4f}\t{1e9 * i:.6f}" for v, i in zip(volt, ampere, strict=True)]
    Path(name).write_text("\n".join(["V (uV)\tI (nA)", *rows, "700\tnan"]) + "\n")


def run(*words):
    return CliRunner().invoke(main, ["fit", *words])


def command(*more):
    T = FILM.si("T_S", 0.2)[0]
    return ("iv.dat", "--material", SCALES, "--fixed", f"T={T:.8f} K", "--free", FREE, *more)


def test_the_truth_is_found_and_printed_with_its_unit_and_its_error():
    write_curve()
    done = run(*command())
    assert done.exit_code == 0, done.output
    assert "iv.dat: left out 1 of 62 rows without a finite number (line 63)" in done.stderr
    for name in TRUTH:
        (line,) = (line for line in done.stdout.splitlines() if line.startswith(name))
        assert "±" in line
    assert "ueV" in done.stdout
    assert "mS" in done.stdout or "uS" in done.stdout


def test_the_json_of_a_fit_has_every_value_in_si_within_its_errors():
    write_curve()
    done = run(*command("--json"))
    found = json.loads(done.stdout)
    assert (found["converged"], found["stopped"], found["describes_the_data"]) == (
        True,
        False,
        True,
    )
    assert found["dof"] == 61 - len(TRUTH)
    for name, true in TRUTH.items():
        value = found["parameters"][name]
        assert abs(value["SI_value"] - true) < 4.0 * value["SI_error"]
        assert value["SI_error"] < 0.05 * max(true, 1e-4 * 205e-6)
    assert np.array(found["covariance"]).shape == (5, 5)
    assert found["curves"][0]["points"] == 61
    assert found["remarks"] == ["iv.dat: left out 1 of 62 rows without a finite number (line 63)"]


def test_a_folder_gets_the_result_its_pictures_and_a_spec_that_check_accepts():
    write_curve()
    done = run(*command("--profile", "gamma", "-o", "new/fitted"))
    assert done.exit_code == 0, done.output
    folder = Path("new/fitted")
    names = {"fit.json", "fit.png", "fit.pdf", "profile_gamma.png", "junction.yaml"}
    assert {path.name for path in folder.iterdir()} == names
    for name in ("fit.png", "profile_gamma.png"):
        assert (folder / name).read_bytes().startswith(b"\x89PNG")
    assert (folder / "fit.pdf").read_bytes().startswith(b"%PDF")
    found = json.loads((folder / "fit.json").read_text(encoding="utf-8"))
    low, high = found["profiles"]["gamma"]["interval_68"]
    assert low < found["parameters"]["gamma"]["value"] < high
    checked = CliRunner().invoke(main, ["check", str(folder / "junction.yaml")])
    assert checked.exit_code == 0, checked.output


def test_the_spec_of_the_fitted_junction_gives_the_fitted_curve():
    write_curve()
    run(*command("-o", "fitted"))
    spec = ts.load_spec("fitted/junction.yaml")
    assert spec.material.Delta_0 == pytest.approx(205e-6, rel=2e-3)
    assert pytest.approx(98e-6, rel=2e-3) == spec.material.G_T
    assert spec.fixed["T"] == pytest.approx(0.2, rel=2e-3)
    V = np.array([-1.5, 0.7, 2.5])
    there = ts.currents(V, ts.Junction(T=spec.fixed["T"], gamma=spec.fixed["gamma"])).charge
    truth = ts.currents(V, ts.Junction(T=0.2, gamma=0.05)).charge
    np.testing.assert_allclose(there, truth, atol=5e-3)


def test_curves_with_values_of_their_own_get_a_spec_each():
    write_curve("zero.dat")
    write_curve("field.dat", h_exc=0.3)
    Path("fit.yaml").write_text(
        "material: {Delta_0: 205 ueV, G_T: 98 uS}\n"
        "data: [{file: zero.dat, h_exc: 0}, {file: field.dat, h_exc: 61.5 ueV}]\n"
        "fixed: {T: 0.2}\nfree: {gamma: , V_offset: }\ncircuit: {I_offset: 0.1 nA}\n"
        "numerics: {sigma_I: 40.18 pA}\n"
    )
    done = run("--spec", "fit.yaml", "-o", "fitted")
    assert done.exit_code == 0, done.output
    fields = [ts.load_spec(f"fitted/junction_{i}.yaml").fixed["h_exc"] for i in (1, 2)]
    assert fields == [0.0, pytest.approx(0.3)]
    assert not Path("fitted/junction.yaml").exists()


def test_a_model_that_does_not_describe_the_data_ends_with_3():
    write_curve(h_exc=0.5)  # the fit knows no exchange field
    done = run(*command("--json"))
    assert done.exit_code == 3
    assert json.loads(done.stdout)["describes_the_data"] is False


def test_a_scale_that_is_known_with_its_unit_is_kept_beside_a_guess():
    write_curve()
    words = ("iv.dat", "--fixed", "Delta_0=205 ueV", "--fixed", "T=0.27 K", "--free", "G_T,gamma")
    done = run(*words, "--json")
    assert "; G_T is free as well" not in done.stderr  # it was named
    found = json.loads(done.stdout)
    assert "Delta_0" not in found["parameters"]
    gap = found["curves"][0]["parameters"]["Delta_0"] * found["scales"]["Delta_0_eV"]
    assert gap == pytest.approx(205e-6, rel=1e-9)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "name the files of measured curves, or a fit spec with --spec"),
        (("--spec", "none.yaml"), "none.yaml: cannot be read: No such file"),
        (("--spec", "fit.yaml", "--skip", "2"), "--skip says how the files DATA are read"),
        (("none.dat", "--fixed", "T=0.1", "--free", "gamma"), "none.dat: cannot be read"),
        (("iv.dat", "--fixed", "T=0.1 V", "--free", "gamma"), "must be a temperature in K, mK"),
        (("iv.dat", "--material", "200 ueV"), "must be such as 'Delta_0=200 ueV,G_T=0.1 mS'"),
        (("iv.dat", "--free", "gamma,,T"), "must be names with commas between"),
        (("iv.dat", "--free", "gama"), "did you mean 'gamma'?"),
        (("iv.dat", "--kind", "i"), "'i' is not one of"),
        (command("--profile", "h_S"), "h_S"),
        (command("-o", "iv.dat"), "is a file"),
    ],
)
def test_a_wrong_call_ends_with_2_and_says_what_to_do(words, message):
    write_curve()
    done = run(*words)
    assert done.exit_code == 2
    assert message in done.stderr
    assert done.stdout == ""


def test_ctrl_c_gives_the_best_so_far_marked_as_not_converged(monkeypatch):
    def interrupt(display, evaluations, chi2):  # noqa: ARG001
        if evaluations == 3:
            signal.raise_signal(signal.SIGINT)

    write_curve()
    monkeypatch.setattr(FitProgress, "__call__", interrupt)
    done = run(*command("--json", "-o", "fitted"))
    assert done.exit_code == 75
    found = json.loads(done.stdout)
    assert (found["converged"], found["stopped"]) == (False, True)
    assert json.loads(Path("fitted/fit.json").read_text(encoding="utf-8")) == found
    assert any("stopped by the user" in note for note in found["notes"])


def test_a_long_fit_says_now_and_then_how_it_goes(monkeypatch, capsys):
    moments = iter([0.0, 1.0, 3.0, 10.0, 40.0])
    monkeypatch.setattr("thermospin.cli.fit_progress.time.monotonic", lambda: next(moments))
    with StatusLine() as line:
        report = FitProgress(line, 61)
        for evaluations in (1, 2, 3, 4):
            report(evaluations, 123.4)
    shown = capsys.readouterr().err.splitlines()
    beginning = "χ² = 123.4 for 61 points, model computed"
    ending = "times; Ctrl-C takes the best so far"
    assert shown == [f"{beginning} {evaluations} {ending}" for evaluations in (2, 4)]
