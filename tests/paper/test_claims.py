"""The thirty statements of the paper: verdicts and numbers, and that a verdict can be otherwise."""

import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from thermospin import Junction, bcs_gap, seebeck_voltage, zero_bias_conductance
from thermospin.gap import lead_gap
from thermospin.reproduction import PANELS, claims_table, gamma_sensitivity
from thermospin.reproduction.claims import CLAIMS, Evidence, Verdict, short, spins, zero_bias
from thermospin.reproduction.claims.equation_3 import ZeroBias, equation_3
from thermospin.reproduction.claims.regions import window
from thermospin.reproduction.claims.spin_peak import peak_spin_current
from thermospin.reproduction.edges_and_summits import edge, summit
from thermospin.reproduction.whole_paper import judged

DELTA = 0.171229029552262  # Δ_Sm − Δ_S at T_S = 0.7 T_c, 15 digits
V_P_MINUS = 0.228770970447738  # of h = 0.4
CAVEATS = {8, 12, 13, 14, 16, 18, 22, 26, 28, 29}
FAILURES = {6, 7, 25}
PRINTED = 1.5  # units of the last digit to which a reference is printed


@pytest.fixture(scope="module")
def evidence_for(bundled):
    def evidence(gamma):
        return Evidence(gamma, {panel: bundled(f"fig{panel}", gamma) for panel in PANELS})

    return evidence


@pytest.fixture(scope="module")
def evidence(evidence_for):
    return evidence_for(1e-4)


@pytest.fixture(scope="module")
def judgements(evidence):
    return judged(evidence)


@pytest.fixture(scope="module")
def findings(judgements):
    return {one.claim.number: one.finding for one in judgements}


def examined(number, evidence):
    return next(claim for claim in CLAIMS if claim.number == number).examine(evidence)


def test_there_are_thirty_each_about_panels_and_each_with_its_words(findings):
    assert [claim.number for claim in CLAIMS] == list(range(1, 31))
    assert all(claim.panels and set(claim.panels) <= set(PANELS) for claim in CLAIMS)
    assert all(claim.statement and claim.stated for claim in CLAIMS)
    assert all(finding.computed and finding.tolerance for finding in findings.values())
    for number in CAVEATS | FAILURES:
        assert findings[number].remark  # the caveat, or the reason


@pytest.mark.parametrize("number", range(1, 31))
def test_verdicts(findings, number):
    expected = Verdict.AGREES
    if number in CAVEATS:
        expected = Verdict.CAVEAT
    if number in FAILURES:
        expected = Verdict.FAILS
    assert findings[number].verdict is expected


@pytest.mark.parametrize(
    ("number", "name", "expected", "digit"),
    [
        (2, "I_q(5)", 4.8351, 1e-4),
        (2, "I_q(100)", 99.9916, 1e-4),
        (5, "I_q(0.1)", 0.19151, 1e-5),
        (5, "I_q(0.2)", -0.13180, 1e-5),
        (5, "h_t", DELTA, 1e-15),
        (6, "exact", -1.4039187260, 1e-10),
        (7, "exact", 1.0581751857, 1e-10),
        (8, "G_0", 6.4098255980e-03, 1e-13),
        (9, "low", 0.60990, 1e-5),
        (9, "high", 0.86605, 1e-5),
        (9, "T_max", 0.86605, 1e-5),
        (14, "gone", 0.12254, 1e-5),
        (14, "V_S", 0.3997, 1e-4),
        (15, "critical", 0.7070320073, 1e-10),
        (18, "load", 0.824, 1e-3),
        (18, "G_max", -0.613, 1e-3),
        (19, "I_up", 0.0545288885217019, 1e-12),
        (21, "V_S", 0.281033740, 1e-9),
        (21, "I_up", 0.0522806, 1e-7),
        (22, "subgap", 0.25451, 1e-5),
        (22, "whole", 1.10, 1e-2),
        (24, "end", 0.3999999917, 1e-10),
        (24, "SGE(V_p_plus)", -0.591, 1e-3),
        (25, "I_s(10)", 0.4032, 1e-4),
        (25, "I_s(100)", 0.3999900541, 1e-10),
        (28, "worst", 0.017425439, 1e-9),
        (28, "at", 0.5673, 1e-4),
        (30, "unit", 20.0, 1e-10),
        (30, "stated", 10.0, 1e-10),
    ],
)
def test_values_have_the_digits_of_the_reference(findings, number, name, expected, digit):
    assert findings[number].values[name] == pytest.approx(expected, rel=0, abs=PRINTED * digit)


def test_lists_of_values_have_the_digits_of_the_reference(findings):
    edges = findings[12].values["edges"]
    np.testing.assert_allclose(edges, [0.171, 0.221, 0.311, 0.502], rtol=0, atol=6e-4)
    power = findings[17].values["power"]
    np.testing.assert_allclose(
        [power[h] for h in (0.2, 0.4, 0.6)], [0.0038, 0.0343, 0.0644], rtol=0, atol=6e-5
    )
    low = findings[13].values["V_S(T_S=0.2)"]
    np.testing.assert_allclose(low, [0.35158, 0.29078], rtol=0, atol=6e-6)
    spin = findings[26].values["I_s"]
    np.testing.assert_allclose(spin, [0.4138, 0.8176, 0.5731, 0.4890], rtol=0, atol=6e-5)
    excess = findings[28].values["excess"]
    shown = [excess[T_S] for T_S in (0.5, 0.6, 0.7, 0.8, 0.9)]
    np.testing.assert_allclose(shown, [0.39, 0.185, 0.086, 0.033, 0.008], rtol=0, atol=6e-3)
    tops = findings[29].values["tops"]
    shown = [tops[T_S] for T_S in (0.5, 0.6, 0.7, 0.8, 0.9, 0.96)]
    expected = [0.1036, 0.2262, 0.4042, 0.6372, 0.9150, 1.0707]
    np.testing.assert_allclose(shown, expected, rtol=0, atol=6e-5)
    assert findings[5].values["spins"] == ["up", "down"]  # of the inner peak, below and above h_t
    assert findings[3].values["peaks"] == [2, 4]
    assert findings[3].values["shift"] <= 1e-6
    assert findings[1].values["violation"] <= 1e-11


def test_the_seebeck_voltage_on_cooling_is_followed_to_its_end(findings, evidence):
    """At h = 0.4 it exists as long as G_0 < 0; it jumps where another pair of zeros is born."""
    values, remark = findings[14].values, findings[14].remark
    ((at, above, below),) = values["jumps"]
    assert at == pytest.approx(0.2193, abs=5e-4)
    assert (above, below) == (pytest.approx(0.3997, abs=1e-4), pytest.approx(0.2647, abs=5e-4))
    G_0 = zero_bias_conductance(evidence.junction(T_S=values["gone"] + np.array([-1e-5, 1e-5])))
    assert np.sign(G_0).tolist() == [1.0, -1.0]
    colder = seebeck_voltage(evidence.junction(T_S=np.linspace(0.02, values["gone"] - 1e-6, 500)))
    assert np.isnan(colder).all()
    assert remark.startswith("colder still it is lower: it jumps from 0.3997 to 0.264")
    assert remark.endswith("and below 0.12254 T_c there is none")


def test_the_peak_of_the_spin_current_rises_to_the_cusp_and_falls_beyond(findings, evidence):
    found = findings[26]
    assert "to where Δ(T_S) = Δ(T_Sm) − h; with a caveat if it falls" in found.tolerance
    T_S = np.array([0.8, 0.86, 0.866, 0.867, 0.9, 0.995])
    I_s = peak_spin_current(evidence, T_S, np.full(T_S.shape, 0.4))
    assert np.sign(np.diff(I_s)).tolist() == [1, 1, -1, -1, -1]


def test_nowhere_is_the_estimate_of_the_threshold_further_off_than_said(findings):
    T_S = np.linspace(0.02, 0.9999, 4001)
    exact = bcs_gap(0.01) - bcs_gap(T_S)
    estimate = lead_gap(0.01, 0.0, 1.0, "tanh") - lead_gap(T_S, 0.0, 1.0, "tanh")
    worst = np.abs(estimate - exact).max()
    assert findings[28].values["worst"] == pytest.approx(worst, rel=1e-6)
    assert findings[28].values["worst"] >= worst
    assert "at most 0.0174 Δ0 off, at T_S = 0.567 T_c" in findings[28].remark


def test_a_misprint_is_ten_orders_off_and_its_correction_is_not(findings):
    values = findings[6].values
    assert abs(values["printed"]) < 1e-10 * abs(values["exact"])
    assert 1e-9 < values["error"] < 1e-7


@pytest.mark.parametrize(
    ("T_S", "h_exc", "gamma", "error"),
    [
        (0.3, 0.2, 1e-4, 5.5e-6),
        (0.5, 0.05, 1e-4, 5.2e-9),
        (0.7, 0.1, 1e-4, 1.2e-8),
        (0.7, 0.4, 1e-4, 3.2e-7),
        (0.9, 0.6, 1e-4, 7.5e-8),
        (0.97, 0.7, 1e-4, 2.7e-9),
    ],
)
def test_the_corrected_equation_3_leaves_out_what_it_should(T_S, h_exc, gamma, error):
    exact = float(zero_bias_conductance(Junction(T_S=T_S, h_exc=h_exc, gamma=gamma)))
    corrected = equation_3(T_S, h_exc, gamma, 0.01).corrected
    assert abs(corrected / exact - 1) == pytest.approx(error, rel=0.05)


def test_with_a_broad_gamma_verdicts_and_values_are_others(evidence_for):
    found = {one.claim.number: one.finding for one in judged(evidence_for(1e-2))}
    assert found[18].verdict is Verdict.FAILS  # −G_0 is the largest load there
    assert found[27].verdict is Verdict.FAILS
    assert "T_S = 0.5" in found[27].remark
    assert found[5].values["I_q(0.2)"] == pytest.approx(-0.01763, abs=6e-6)
    assert found[21].values["V_S"] == pytest.approx(0.276233376, abs=6e-10)
    assert found[29].values["tops"][0.9] == pytest.approx(0.476, abs=6e-4)
    assert found[24].values["end"] == pytest.approx(0.39992, abs=6e-6)


@pytest.mark.parametrize(
    "gamma",
    [1e-8, *(pytest.param(gamma, marks=pytest.mark.slow) for gamma in (0.03, 0.05, 0.1, 0.9))],
)
def test_at_any_gamma_there_is_a_table_and_nan_nowhere(evidence_for, gamma):
    found = judged(evidence_for(gamma))
    text = claims_table.markdown(found, gamma)
    assert len([line for line in text.splitlines() if line.startswith("| ")]) == 2 + 30
    plain = json.dumps(claims_table.plain(found, gamma), ensure_ascii=False, allow_nan=False)
    assert not re.search(r"\b(nan|inf)\b", text + plain, re.IGNORECASE)
    for one in found:
        assert one.finding.remark or one.finding.verdict is Verdict.AGREES


@pytest.fixture(scope="module")
def dissipative(evidence_for):
    return evidence_for(0.1)


@pytest.mark.parametrize(
    ("numbers", "reason"),
    [
        ((8, 9, 10, 11, 16, 18, 23), "at this Γ there is no thermoelectricity"),
        ((13, 14, 21, 24), "at this Γ there is no Seebeck voltage"),
        ((12,), "at this Γ G_max is not negative"),
        ((5,), "at this Γ there is no thermoelectricity at T_S = 0.7"),
    ],
)
def test_what_does_not_exist_at_this_gamma_does_not_hold(dissipative, numbers, reason):
    for number in numbers:
        found = examined(number, dissipative)
        assert (found.verdict, found.remark) == (Verdict.FAILS, reason)


def test_remarks_follow_from_the_values_at_a_large_gamma(dissipative):
    assert "holds on both sides" in examined(7, Evidence(1e-4, {})).remark
    assert "is not small" in examined(7, Evidence(0.9, {})).remark
    assert "does not come from Γ" in examined(9, Evidence(1e-4, {})).remark
    at_0_05 = examined(9, Evidence(0.05, {}))
    assert at_0_05.verdict is Verdict.FAILS  # the upper end is 0.03 T_c off
    assert "depends on Γ" in at_0_05.remark
    assert "from h = 0.3 to 0.7 (G_max)" in examined(11, Evidence(0.03, {})).computed
    assert "G_T h/e" in examined(25, Evidence(1e-4, {})).remark.split("→")[1]
    assert "keep I_s off" in examined(25, Evidence(0.9, {})).remark
    assert "ends below" in examined(20, dissipative).remark
    assert examined(15, dissipative).verdict is Verdict.CAVEAT


def changed(evidence, panel, **outputs):
    """Return evidence in which some outputs of a panel are other than they should be."""
    contents = evidence[panel]
    data = {**evidence.data, panel: replace(contents, outputs=contents.outputs | outputs)}
    return Evidence(evidence.gamma, data)


@pytest.mark.parametrize(
    ("number", "panel", "name", "change"),
    [
        (1, "3a", "I_up", lambda x: x * (1 + 1e-6)),
        (1, "3a", "I_q", lambda x: x + 1e-6),
        (3, "1b", "I_q", lambda x: x * np.cos(40 * np.linspace(-1, 1, x.shape[1]))),
        (4, "1b", "I_q", lambda x: -x),
        (5, "2a", "I_q", np.abs),
        (8, "2b", "G_0", lambda x: -x),
        (10, "2d", "G_max", np.abs),
        (13, "2c", "V_S", lambda x: x[:, ::-1]),
        (14, "2c", "V_S", lambda x: x[::-1]),
        (15, "2c", "V_S", lambda x: x + 0.2),
        (19, "1b", "I_s", lambda x: x + 1e-6),
        (20, "3a", "I_up", lambda x: -x),
        (21, "3b", "V_S", lambda x: x + 1e-6),
        (22, "1b", "I_s", lambda x: -x),
        (23, "3b", "SGE", lambda x: x * (1 - 1e-9)),
        (24, "3b", "SGE", np.ones_like),
        (26, "3c", "I_s_peak", lambda x: x[::-1]),
        (27, "3d", "I_s_peak", lambda x: x[:, ::-1]),
        (29, "3d", "I_s_peak", lambda x: 5 * x),
    ],
)
def test_a_wrong_dataset_changes_the_verdict(evidence, number, panel, name, change):
    wrong = changed(evidence, panel, **{name: change(evidence[panel].outputs[name])})
    assert examined(number, wrong).verdict is Verdict.FAILS


def test_the_table_says_everything_and_json_holds_the_numbers(judgements, findings):
    text = claims_table.markdown(judgements, 1e-4)
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == 2 + 30
    cells = [row.replace("\\|", "¦").strip("| ").split(" | ") for row in rows]
    assert {len(row) for row in cells} == {6}
    assert "Γ = 1e-4 Δ0" in text
    assert claims_table.counted(judgements) in text
    plain = json.loads(json.dumps(claims_table.plain(judgements, 1e-4), allow_nan=False))
    assert [claim["verdict"] for claim in plain["claims"]] == [
        str(findings[number].verdict) for number in range(1, 31)
    ]
    assert plain["claims"][14]["values"]["critical"] == findings[15].values["critical"]


def test_the_published_table_has_the_same_verdicts(judgements):
    def verdicts(text):
        rows = [line for line in text.splitlines() if line.startswith("| ")][2:]
        return {row.split(" | ")[0]: row.split(" | **")[1].split("**")[0] for row in rows}

    page = Path(__file__).parents[2] / "docs" / "paper" / "claims.md"
    published = page.read_text(encoding="utf-8")
    assert verdicts(published) == verdicts(claims_table.markdown(judgements, 1e-4))
    assert f"{claims_table.counted(judgements)}." in published


def test_verdicts_are_counted_in_words(judgements):
    agree = 30 - len(CAVEATS) - len(FAILURES)
    assert claims_table.counted(judgements) == (
        f"30 statements: {agree} agree, {len(CAVEATS)} agree with a caveat, "
        f"{len(FAILURES)} do not hold"
    )
    one = claims_table.counted([j for j in judgements if j.claim.number in (1, 6)])
    assert one == "2 statements: 1 agrees, 0 agree with a caveat, 1 does not hold"


def test_windows_are_those_of_the_reference(evidence):
    for h, low, high in [(0.1, 0.43226, 0.61088), (0.4, 0.60990, 0.86605), (0.7, 0.66519, 0.96939)]:
        np.testing.assert_allclose(window(evidence, "G_0", h), (low, high), rtol=0, atol=1.5e-5)
    assert window(evidence, "G_max", 0.4, 1e-3).low == pytest.approx(0.311, abs=6e-4)
    assert np.isnan(window(evidence, "G_0", 0.0).low)  # there is none without a field


def test_searches_find_edges_cusps_and_nothing():
    assert edge(lambda x: x**3 - 2, 0.0, 2.0) == pytest.approx(2 ** (1 / 3), rel=1e-15)
    assert np.isnan(edge(np.cosh, -1.0, 1.0))
    at, value = summit(lambda x: -np.sqrt(np.abs(x - 0.123456789)), 0.0, 1.0)
    assert at == pytest.approx(0.123456789, abs=1e-11)
    assert value == pytest.approx(0.0, abs=1e-5)
    assert summit(lambda x: x, 0.0, 1.0) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("value", "text"), [(1e-5, "1e-5"), (2.5e-4, "2.5e-4"), (0.01, "0.01"), (0.4, "0.4")]
)
def test_small_numbers_are_written_short(value, text):
    assert short(value) == text


@pytest.fixture(scope="module")
def over_gamma(bundled):
    return [bundled(name) for name in (gamma_sensitivity.PEAKS, gamma_sensitivity.WINDOW)]


def test_peaks_grow_by_the_same_amount_for_each_decade_of_gamma(over_gamma):
    peaks, _ = over_gamma
    predicted = gamma_sensitivity.slope_per_decade(0.7, 0.01)
    assert predicted == pytest.approx(0.02508830 * np.log(10), rel=1e-6)
    charge, spin = (np.diff(peaks.outputs[name][::10]) for name in ("I_q_peak", "I_s_peak"))
    np.testing.assert_allclose([charge[0], -spin[0]], predicted, rtol=4e-4)
    np.testing.assert_allclose([*charge, *-spin], predicted, rtol=0.03)


def test_gamma_moves_the_seebeck_voltage_little_and_the_low_edge_much(over_gamma):
    peaks, region = over_gamma
    V_S = peaks.outputs["V_S"]
    assert np.all(np.diff(V_S) < 0)
    np.testing.assert_allclose(V_S[[10, 30]], [0.281033740, 0.276233376], rtol=1e-8)
    rows = gamma_sensitivity.decade_rows(region)
    cells = [row.split(" | ") for row in gamma_sensitivity.table(*over_gamma).splitlines()[-4:]]
    for row, words in zip(rows, cells, strict=True):
        low, high = map(float, words[-1].rstrip(" |").split("–"))
        negative = region.axes["T_S"][region.outputs["G_max"][row] < 0]
        assert (low, high) == pytest.approx((negative[0], negative[-1]))
    lows = [float(words[-1].split("–")[0]) for words in cells]
    np.testing.assert_allclose(lows, [0.171, 0.221, 0.311, 0.502], rtol=0, atol=0.005)


def test_a_model_that_did_as_the_paper_says_would_be_told_so(evidence, monkeypatch):
    vanishing = SimpleNamespace(spin=np.array([1e-3, 1e-4]), sge=np.array([1e-3, 1e-4]))
    monkeypatch.setattr(spins, "currents", lambda *_: vanishing)
    assert examined(25, evidence).verdict is Verdict.AGREES
    exact = float(zero_bias_conductance(evidence.junction(h_exc=0.2)))
    monkeypatch.setattr(zero_bias, "equation_3", lambda *_: ZeroBias(exact, 0.5 * exact))
    assert examined(6, evidence).verdict is Verdict.AGREES
    assert examined(7, evidence).verdict is Verdict.AGREES  # the other form fails below h_t
