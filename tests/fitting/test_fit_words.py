"""What a fit says of its result: what the data cannot tell, and whether the model fits at all."""

import numpy as np
import pytest
from fit_cases import BIAS, KNOWN, TRUTH, fit_of, noisy_curve

from thermospin.fitting import fit_problem
from thermospin.fitting.least_squares import FitModel
from thermospin.fitting.model_accuracy import told_inaccuracy
from thermospin.fitting.parametrisation import parametrisation
from thermospin.fitting.uncertainty import uncertainty

FILM = {"h_exc": 0.4, "gamma_S": 1e-3, "gamma_Sm": 1e-3, "T_S": 0.7, "gap_S": 1.0, "gap_Sm": 1.0,
        "G_T": 1.0}  # fmt: skip
THIN = BIAS[::2]


def said(result, words):
    return [note for note in result.notes if words in note]


def test_both_broadenings_are_known_only_by_their_sum():
    found = fit_problem(fit_of(noisy_curve(1, truth=FILM), starts=FILM))
    (note,) = said(found, "gamma_S and gamma_Sm are both free")
    pair = [found.labels.index(name) for name in ("gamma_S", "gamma_Sm")]
    error = np.sqrt(found.covariance[np.ix_(pair, pair)].sum())
    assert f"± {error:.2g} Δ0" in note
    assert error < 0.2 * found.errors["gamma_S"]
    assert not said(fit_problem(fit_of(noisy_curve(1))), "both free")


def test_a_cold_lead_has_no_temperature_that_data_tell():
    starts = {**TRUTH, "T_Sm": 0.1}
    found = fit_problem(fit_of(noisy_curve(1), starts=starts, fixed={}))
    assert said(found, "below about 0.2 T_c no current depends on the temperature of Sm")
    warm = noisy_curve(1, T_Sm=0.4)
    found = fit_problem(fit_of(warm, starts={**TRUTH, "T_Sm": 0.35}, fixed={}))
    assert not said(found, "below about 0.2")


def test_gaps_are_not_told_apart_without_the_edge_of_their_sum():
    starts = {**{k: v for k, v in TRUTH.items() if k != "Delta_0"}, "gap_S": 1.02, "gap_Sm": 1.02}
    short = noisy_curve(1, V=np.linspace(-0.8, 0.8, 161))
    assert said(fit_problem(fit_of(short, starts=starts)), "both gaps are free, but no curve")
    assert not said(fit_problem(fit_of(noisy_curve(1), starts=starts)), "both gaps are free")


def test_strong_correlations_are_named_with_their_size():
    found = fit_problem(fit_of(noisy_curve(1)))
    i, j = found.labels.index("Delta_0"), found.labels.index("T_S")
    assert said(found, f"Delta_0 and T_S ({found.correlation[i, j]:+.3f})")
    assert abs(found.correlation[i, j]) > 0.95
    fewer = {name: value for name, value in TRUTH.items() if name != "T_S"}
    found = fit_problem(fit_of(noisy_curve(1), starts=fewer, fixed={**KNOWN, "T_S": 0.7}))
    assert not said(found, "strong correlations")


def test_what_has_no_effect_on_the_data_has_no_error():
    starts = {**TRUTH, "spin_orbit_S": 0.1}  # without a field in S
    found = fit_problem(fit_of(noisy_curve(1, V=THIN), starts=starts))
    assert np.isinf(found.errors["spin_orbit_S"])
    assert np.isfinite(found.errors["h_exc"])
    assert said(found, "the data do not determine spin_orbit_S")


def test_a_good_fit_says_nothing_of_a_misfit():
    for seed in range(3):
        found = fit_problem(fit_of(noisy_curve(seed, V=THIN)))
        assert found.describes_the_data
        assert not said(found, "does not describe")


@pytest.mark.parametrize(
    ("truth", "name"),
    [
        ({"P": 0.1}, "P"),
        ({"R_series": 0.02}, "R_series"),
        pytest.param({"broadening": 0.03}, "broadening", marks=pytest.mark.slow),
        pytest.param({"T_Sm": 0.4}, "T_Sm", marks=pytest.mark.slow),
        ({"V_offset": 0.02}, "V_offset"),
        pytest.param({"spin_orbit_Sm": 0.1}, "spin_orbit_Sm", marks=pytest.mark.slow),
        pytest.param({"depairing_Sm": 0.03}, "depairing_Sm", marks=pytest.mark.slow),
    ],
)
def test_a_model_that_does_not_describe_the_data_says_so_first_and_what_to_free(truth, name):
    film = {**FILM, "gamma_S": 5e-3, "gamma_Sm": 5e-3}
    curve = noisy_curve(3, V=BIAS if name == "R_series" else THIN, truth=film, **truth)
    found = fit_problem(fit_of(curve, starts=film))
    assert not found.describes_the_data
    assert found.notes[0].startswith("this model does not describe the data: χ²/dof = ")
    advice = found.notes[0].partition("Free as well")[2]
    assert advice.partition(": ")[2].startswith(f"{name} (")
    assert found.report().index("does not describe") < found.report().index("G_T  ")


def test_a_misfit_of_one_broadening_names_both():
    split = {**TRUTH, "h_exc": 0.0, "gamma_S": 0.1, "gamma_Sm": 1e-4, "T_S": 0.3}
    del split["gamma"]
    starts = {**{k: v for k, v in TRUTH.items() if k != "h_exc"}, "gamma": 0.05, "T_S": 0.3}
    found = fit_problem(fit_of(noisy_curve(1, truth=split, noise=1e-5), starts=starts))
    assert "gamma_S and gamma_Sm in place of gamma" in found.notes[0]


@pytest.mark.slow
def test_a_value_that_curves_do_not_share_is_named_with_the_worst_curve():
    curves = [noisy_curve(i, h_exc=h) for i, h in enumerate((0.4, 0.4, 0.3))]
    found = fit_problem(fit_of(*curves))
    assert "worst is curve 3, curve 2" in found.notes[0]
    assert "h_exc of every curve" in found.notes[0]


def test_a_covariance_is_the_inverse_where_all_is_determined():
    jacobian = np.random.default_rng(1).standard_normal((20, 3)) * [1.0, 1e3, 1e-4]
    slopes = np.array([1.0, 2.0, 0.5])
    found = uncertainty(jacobian, slopes, np.full(3, 1e9))
    expected = np.linalg.inv(jacobian.T @ jacobian) * np.outer(slopes, slopes)
    np.testing.assert_allclose(found.covariance, expected, rtol=1e-9)
    np.testing.assert_allclose(np.diag(found.correlation), 1.0)


def test_two_values_with_the_same_effect_have_no_errors_but_the_third_has():
    one = np.random.default_rng(1).standard_normal((20, 2))
    found = uncertainty(
        np.column_stack([one[:, 0], 3 * one[:, 0], one[:, 1]]), np.ones(3), np.full(3, 1e9)
    )
    assert np.isinf(found.errors[:2]).all()
    assert np.isfinite(found.errors[2])
    assert found.condition == np.inf
    assert found.weakest == (0, 1)


def test_a_model_that_is_less_accurate_than_the_data_says_so():
    for noise, told in ((1e-15, True), (1e-3, False)):
        model = FitModel(parametrisation(fit_of(noisy_curve(1, noise=noise)), {}))
        notes = told_inaccuracy(model, model.at(model.numbers.start))
        assert told == any("the model itself is computed to" in note for note in notes)
