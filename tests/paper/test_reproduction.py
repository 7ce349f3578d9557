"""reproduce: which files come about, what is kept, and the physics in the datasets."""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from thermospin import Junction, bcs_gap, currents, figures, reproduction
from thermospin.cli import main
from thermospin.dataset import FileError, read
from thermospin.execution import Stopped
from thermospin.reproduction import FIGURES, GAMMA, PANELS, Events, csv_table, reproduce
from thermospin.reproduction.datasets import produce, spec_of
from thermospin.reproduction.whole_paper import chosen

V_P_MINUS, V_P_PLUS = 0.228770970447738, 0.571229029552262  # of h = 0.4 at T_S = 0.7
ROUNDING = 1e-12


@pytest.fixture(scope="module")
def data(bundled):
    return {panel: bundled(f"fig{panel}") for panel in PANELS}


# -- which panels, which sweeps ------------------------------------------------------------------


def test_panels_and_figures_are_asked_for_by_name():
    assert chosen([]) == [*PANELS, GAMMA]
    assert chosen(["3d", "fig2", "2a"]) == [*FIGURES["fig2"], "3d"]
    with pytest.raises(ValueError, match="fig4, zz: no such panel, must be one of 1b, 2a"):
        chosen(["zz", "fig4", "2a"])


def test_sweeps_are_the_bundled_ones_with_gamma_changed_only_if_it_is_another():
    assert spec_of("fig2b", 1e-4).overrides == ()
    assert spec_of("fig2b", 1e-3).fixed["gamma"] == 1e-3
    assert spec_of("gamma_peaks", 1e-3).overrides == ()


def test_coarse_maps_are_every_other_point_of_the_full_ones():
    full, coarse = spec_of("fig3c", 1e-4), spec_of("fig3c", 1e-4, quick=True)
    for name in ("T_S", "h_exc"):
        np.testing.assert_array_equal(coarse.axes[name], full.axes[name][::2])
    assert spec_of("fig2a", 1e-4, quick=True).sha256 == spec_of("fig2a", 1e-4).sha256


def test_a_current_dataset_is_kept_and_another_is_replaced(tmp_path):
    spec = spec_of("fig2c", 1e-4)
    first = produce(spec, tmp_path)
    before = first.path.stat()
    assert (first.skipped, first.missed) == (0, 0)
    second = produce(spec, tmp_path)
    assert second.skipped == second.points == spec.size
    assert first.path.stat().st_mtime_ns == before.st_mtime_ns
    third = produce(spec_of("fig2c", 1e-3), tmp_path)
    assert third.skipped == 0
    assert read(third.path).fixed["gamma"] == 1e-3


def test_a_dataset_of_other_kernels_is_not_current(tmp_path, monkeypatch):
    spec = spec_of("fig2c", 1e-4)
    produce(spec, tmp_path)
    monkeypatch.setattr("thermospin.execution.numerics.code_digest", lambda: "of another version")
    assert produce(spec, tmp_path).skipped == 0


def test_a_foreign_file_is_left_alone(tmp_path):
    (tmp_path / "fig2c.h5").write_text("my own notes")
    with pytest.raises(FileError, match=r"fig2c\.h5"):
        produce(spec_of("fig2c", 1e-4), tmp_path)
    assert (tmp_path / "fig2c.h5").read_text() == "my own notes"


def test_unfinished_work_is_continued_and_that_of_another_sweep_thrown_away(tmp_path):
    asked = iter([False])

    def stop_after_a_chunk():
        return next(asked, True)

    spec = spec_of("fig2b", 1e-4, quick=True)
    with pytest.raises(Stopped):
        produce(spec, tmp_path, threads=1, stop=stop_after_a_chunk)
    assert not (tmp_path / "fig2b.h5").exists()
    assert os.listdir(tmp_path)
    other = produce(spec_of("fig2b", 1e-3, quick=True), tmp_path)
    assert other.skipped == 0
    assert os.listdir(tmp_path) == ["fig2b.h5"]


# -- physics in the datasets ---------------------------------------------------------------------


def test_1b_two_curves_join_at_large_bias_and_step_at_the_sum_gaps(data):
    V, (without, with_field) = data["1b"].axes["V"], data["1b"].outputs["I_q"]
    gap = float(bcs_gap(0.7))
    assert abs(with_field[-1] / without[-1] - 1) < 0.01
    for curve, steps in ((without, [1 + gap]), (with_field, [1 + gap - 0.4, 1 + gap + 0.4])):
        for step in steps:
            rise = np.interp([step - 0.005, step + 0.005], V, curve)
            expected = np.pi / 4 * np.sqrt(gap)  # of one spin, times its occupation 0.87
            assert np.diff(rise)[0] > 0.8 * expected
    assert np.all(data["1b"].outputs["I_s"][0] == 0)


def test_2a_thermoactive_windows_end_at_the_seebeck_voltage(data):
    V, h = data["2a"].axes["V"], data["2a"].axes["h_exc"]
    for field, I_q, V_S in zip(
        h, data["2a"].outputs["I_q"], data["2a"].outputs["V_S"], strict=True
    ):
        active = V[(I_q * V < 0) & (V > 0)]
        assert np.isnan(V_S) == (active.size == 0) == (field < 0.2)
        if active.size:
            assert active.max() < V_S < V[active.max() < V].min() + ROUNDING


def test_2b_and_2d_change_sign_on_the_threshold(data):
    for panel, name in (("2b", "G_0"), ("2d", "G_max")):
        values = data[panel].outputs[name]
        T_S, h = data[panel].axes["T_S"], data[panel].axes["h_exc"]
        h_t = bcs_gap(0.01) - bcs_gap(T_S)
        for row in np.flatnonzero((T_S >= 0.65) & (T_S <= 0.96)):
            first = h[np.argmax(values[row] < 0)]
            assert h_t[row] < first <= h_t[row] + 0.0101  # the next point of the grid
    G_0 = data["2b"].outputs["G_0"]
    point = np.ix_(data["2b"].axes["T_S"] == 0.7, data["2b"].axes["h_exc"] == 0.2)
    assert G_0[point].item() == pytest.approx(-1.4039187260, rel=1e-9)


def test_2c_the_seebeck_voltage_stays_below_the_field(data):
    V_S, h = data["2c"].outputs["V_S"], data["2c"].axes["h_exc"]
    assert np.all((h > V_S) | np.isnan(V_S))
    reference = {0.5: 0.37295, 0.6: 0.33887, 0.7: 0.28103, 0.8: 0.18050}
    for row, T_S in enumerate(data["2c"].axes["T_S"]):
        at = V_S[row, h == 0.4].item()
        assert (np.isnan(at) and T_S == 0.9) or at == pytest.approx(reference[T_S], abs=6e-6)


def test_3a_spins_add_up_and_mirror_each_other(data):
    out = data["3a"].outputs
    np.testing.assert_allclose(out["I_up"] + out["I_down"], out["I_q"], rtol=0, atol=ROUNDING)
    np.testing.assert_allclose(out["I_up"] - out["I_down"], out["I_s"], rtol=0, atol=ROUNDING)
    np.testing.assert_allclose(out["I_down"], -out["I_up"][::-1], rtol=0, atol=ROUNDING)


def test_3a_says_what_the_library_says(data):
    found = currents(data["3a"].axes["V"], Junction(T_S=0.7, h_exc=0.4, gamma=1e-4))
    np.testing.assert_allclose(data["3a"].outputs["I_up"], found.up, rtol=1e-8)


def test_3b_efficiency_is_whole_up_to_the_field_and_changes_its_sign_beyond(data):
    V, SGE = np.abs(data["3b"].axes["V"]), data["3b"].outputs["SGE"]
    np.testing.assert_allclose(SGE[V < 0.3999], 1.0, rtol=0, atol=ROUNDING)
    assert np.all(SGE[V > 0.4001] < 1 - 1e-3)
    peak = np.argmin(np.abs(V - V_P_PLUS))
    assert SGE[peak] == pytest.approx(-0.591, abs=6e-4)


def test_3c_the_ridge_lies_on_the_threshold(data):
    T_S, h, I_s = (data["3c"].axes["T_S"], data["3c"].axes["h_exc"], data["3c"].outputs["I_s_peak"])
    h_t = bcs_gap(0.01) - bcs_gap(T_S)
    for row in np.flatnonzero((T_S >= 0.5) & (T_S <= 0.96)):
        assert abs(h[np.argmax(I_s[row])] - h_t[row]) <= 0.0101  # the nearer points of the grid


def test_3d_is_cut_from_3c_and_each_cut_is_largest_at_its_threshold(data):
    cuts, whole = data["3d"], data["3c"]
    shared = np.isin(cuts.axes["h_exc"], whole.axes["h_exc"])
    rows = np.isin(whole.axes["T_S"], cuts.axes["T_S"])
    columns = np.isin(whole.axes["h_exc"], cuts.axes["h_exc"][shared])
    np.testing.assert_allclose(
        cuts.outputs["I_s_peak"][:, shared],
        whole.outputs["I_s_peak"][np.ix_(rows, columns)],
        rtol=1e-8,
    )
    best = cuts.axes["h_exc"][np.argmax(cuts.outputs["I_s_peak"], axis=1)]
    np.testing.assert_allclose(best, cuts.outputs["h_t"][:, 0], rtol=0, atol=ROUNDING)


# -- files ---------------------------------------------------------------------------------------


def rows_of(text):
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def test_numbers_are_those_of_the_dataset(data):
    text = csv_table.table(data["2a"], {})
    rows = rows_of(text)
    assert text.startswith("# Charge current for several exchange fields, Fig. 2(a); T_S = 0.7")
    assert "V in Δ0/e, I_q in G_T Δ0/e" in text
    assert len(rows) == data["2a"].outputs["I_q"].size
    shown = np.array([float(row["I_q"]) for row in rows])
    np.testing.assert_allclose(shown, data["2a"].outputs["I_q"].ravel(), rtol=1e-9)
    assert {row["V_S"] for row in rows if row["h_exc"] == "0.1"} == {""}  # there is none
    (V_S,) = {float(row["V_S"]) for row in rows if row["h_exc"] == "0.4"}
    assert pytest.approx(0.281033740, abs=1.5e-9) == V_S


def test_derived_columns_broadcast(data):
    h_t = (bcs_gap(0.01) - bcs_gap(data["2b"].axes["T_S"]))[:, None]
    rows = rows_of(csv_table.table(data["2b"], {"h_t": h_t}))
    found = {float(row["T_S"]): float(row["h_t"]) for row in rows}
    assert found[0.7] == pytest.approx(0.171229029552262, abs=1e-10)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    told = []
    folder = tmp_path_factory.mktemp("out") / "deep" / "figures"
    events = Events(done=lambda report: told.append(report.path.name),
                    written=lambda path: told.append(path.name))  # fmt: skip
    return reproduce(["2c", "3d"], folder, quick=True, threads=1, events=events), told


def test_each_panel_gives_a_dataset_a_picture_and_its_numbers(made):
    result, told = made
    suffixes = (".h5", ".pdf", ".png", ".csv")
    expected = {f"fig{panel}{suffix}" for panel in ("2c", "3d") for suffix in suffixes}
    expected |= {"claims.md", "claims.json"}
    assert {path.name for path in result.files} == expected == set(os.listdir(result.folder))
    assert set(told) == expected
    assert (result.folder / "fig2c.png").read_bytes().startswith(b"\x89PNG")
    assert (result.folder / "fig2c.pdf").read_bytes().startswith(b"%PDF")


def test_only_claims_about_the_panels_asked_for_are_judged(made):
    result, _ = made
    judged = [one.claim.number for one in result.judgements]
    assert judged == [13, 14, 15, 27, 29, 30]
    table = json.loads((result.folder / "claims.json").read_text())
    assert [claim["number"] for claim in table["claims"]] == judged
    assert table["gamma"] == 1e-4
    assert "| 27 |" in (result.folder / "claims.md").read_text()


@pytest.mark.parametrize("gamma", [0.0, -1e-4, 2.0, float("nan")])
def test_an_impossible_gamma_is_refused_before_anything_is_made(tmp_path, gamma):
    with pytest.raises(ValueError, match="gamma must be between"):
        reproduce(["2c"], tmp_path / "out", gamma=gamma)
    assert os.listdir(tmp_path) == []


def command(*arguments):
    return CliRunner().invoke(main, ["reproduce", *arguments], catch_exceptions=False)


def test_the_command_prints_the_claims_and_tells_what_it_does(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = command("2c", "--quick", "--gamma", "1e-3")
    assert result.exit_code == 0
    assert "fig2c.h5: 505 points, computed in" in result.stderr
    assert "fig2c: drawn" in result.stderr
    assert "13  agrees with a caveat: |V_S| grows monotonically with h\n" in result.stdout
    for head in (
        "paper      monotonic",
        "tolerance  every step upwards",
        "computed   each of the 5",
    ):
        assert f"    {head}" in result.stdout
    assert "3 statements: 1 agrees, 2 agree with a caveat, 0 do not hold" in result.stdout
    assert "at Γ = 1e-3 Δ0" in result.stdout
    assert read("figures/fig2c.h5").fixed["gamma"] == 1e-3
    again = command("2c", "--quick", "--gamma", "1e-3", "--json")
    assert "fig2c.h5: 505 points, there already" in again.stderr
    assert [claim["number"] for claim in json.loads(again.stdout)["claims"]] == [13, 14, 15]
    assert command("2c", "--gamma", "1e-3", "-q").stderr == ""


def test_the_command_refuses_what_it_does_not_know(tmp_path):
    result = command("2e", "-o", str(tmp_path / "out"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "2e: no such panel, must be one of 1b, 2a" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_stop_between_two_pictures_leaves_whole_files(tmp_path):
    drawn = []
    events = Events(written=drawn.append, stop=lambda: any(path.suffix == ".png" for path in drawn))
    with pytest.raises(Stopped, match="stopped with 1,495 of 1,495 points done"):
        reproduce(["2c", "3d"], tmp_path, threads=1, events=events)
    assert {path.name for path in tmp_path.glob("*.p*")} == {"fig2c.pdf", "fig2c.png"}


def test_a_stop_is_told_and_can_be_continued(tmp_path, monkeypatch):
    def stopped(*_, **__):
        raise Stopped(10, 505)

    monkeypatch.setattr(reproduction, "reproduce", stopped)
    result = command("2c", "-o", str(tmp_path))
    assert result.exit_code == 75
    assert "stopped with 10 of 505 points done; continue with the same command" in result.stderr


def test_a_missing_matplotlib_is_named_before_anything_is_computed(tmp_path, monkeypatch):
    def missing():
        raise figures.FigureError("plotting needs matplotlib")

    monkeypatch.setattr(figures, "check_matplotlib", missing)
    with pytest.raises(figures.FigureError, match="matplotlib"):
        reproduce(["2c"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_everything_at_once(tmp_path):
    made = reproduce((), tmp_path)
    names = {path.name for path in made.files}
    for stem in (*(f"fig{panel}" for panel in PANELS), *FIGURES, GAMMA):
        assert {f"{stem}.pdf", f"{stem}.png"} <= names
    assert {"claims.md", "claims.json", "gamma.md", "gamma_peaks.csv", "gamma_window.csv"} <= names
    assert len(made.judgements) == 30
    assert made.missed == 0
    for name in FIGURES:
        assert Path(tmp_path / f"{name}.png").stat().st_size < 300_000


@pytest.mark.parametrize("gamma", ["0.05", "0.1"])
def test_a_gamma_without_seebeck_voltage_has_a_table_too(tmp_path, gamma):
    result = command("2c", "3b", "--quick", "--gamma", gamma, "--output", str(tmp_path))
    assert result.exit_code == 0
    claims = json.loads((tmp_path / "claims.json").read_text(), parse_constant=pytest.fail)
    verdicts = {one["number"]: (one["verdict"], one["remark"]) for one in claims["claims"]}
    assert verdicts[21] == ("does not hold", "at this Γ there is no Seebeck voltage")
    assert "nan" not in (tmp_path / "claims.md").read_text().lower()
