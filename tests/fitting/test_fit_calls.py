"""`ts.fit`, what it gives back, and the same model in the hands of lmfit."""

import lmfit
import numpy as np
import pytest
from fit_cases import BIAS, TRUTH, fit_of, model_values, noisy_curve

import thermospin as ts
from thermospin.fitting import Free, LmfitModel, fit_problem
from thermospin.fitting.fit_report import SIValue, with_error, with_unit

SI_ROUNDING = 1e-9  # two conversions there and back
SAME_MINIMUM = 1e-3  # in standard errors
MATERIAL = ts.Material(Delta_0="195 ueV", G_T="0.11 mS")
TRUE_MATERIAL = ts.Material(Delta_0="200 ueV", G_T="0.1 mS")
JUNCTION = ts.Junction(T_S=0.6, T_Sm=0.1, gamma=0.01, h_exc=0.3)


def in_si(seed=1, noise=3e-3):
    """Return bias and current in V and A of a junction of 200 µeV and 0.1 mS."""
    current = ts.currents(BIAS, JUNCTION).charge
    current = current + noise * np.random.default_rng(seed).standard_normal(BIAS.size)
    factors = TRUE_MATERIAL.factor("Δ0/e"), TRUE_MATERIAL.factor("G_T Δ0/e")
    return BIAS * factors[0], current * factors[1]


@pytest.fixture(scope="module")
def measured():
    names = ["Delta_0", "G_T", "T_S", "gamma", "h_exc"]
    return ts.fit(in_si(), free=names, fixed={"T_Sm": "131 mK"}, material=MATERIAL)


def test_a_fit_of_arrays_in_si_finds_the_scales_of_the_junction(measured):
    gap, error = (x["Delta_0"] * MATERIAL.Delta_0 for x in (measured.values, measured.errors))
    assert abs(gap - 200e-6) < 4 * error
    assert error < 1e-3 * gap
    assert measured.material.Delta_0 == pytest.approx(gap, rel=SI_ROUNDING)
    assert pytest.approx(MATERIAL.G_T * measured.values["G_T"]) == measured.material.G_T
    assert measured.describes_the_data


def test_the_fitted_junction_in_units_of_its_material_is_the_model(measured):
    V, _ = in_si()
    scales = measured.material
    current = ts.currents(V / scales.factor("Δ0/e"), measured.junction).charge
    model = measured.predictions[0] * MATERIAL.factor("G_T Δ0/e")
    atol = 1e-6 * np.abs(model).max()  # the model is interpolated
    np.testing.assert_allclose(current * scales.factor("G_T Δ0/e"), model, rtol=0, atol=atol)


def test_without_a_material_the_fitted_junction_is_in_units_of_the_data():
    found = fit_problem(fit_of(noisy_curve(1)))
    p = found.parameters()
    current = p["G_T"] * ts.currents(BIAS - p["V_offset"], found.junction).charge + p["I_offset"]
    atol = 1e-6 * np.abs(current).max()  # the model is interpolated
    np.testing.assert_allclose(found.predictions[0], current, rtol=0, atol=atol)
    assert found.material is None
    assert found.materials == ()


def test_a_report_has_every_value_in_reduced_units_and_in_si(measured):
    text = measured.report()
    assert text.startswith("χ² = ")
    for words in ("in SI", "ueV", "uS", "mK", *measured.labels, *measured.notes):
        assert words in text
    assert "in SI" not in fit_problem(fit_of(noisy_curve(1))).report()


def test_a_result_shows_itself_in_a_line_and_as_a_table(measured):
    assert repr(measured).startswith("FitResult(Delta_0 = ")
    assert "ueV" in repr(measured)
    table = measured._repr_html_()
    assert table.count("<tr>") == len(measured.labels) + 1
    assert "factor of both gaps" in table


def test_a_result_has_residuals_and_a_picture(measured):
    (residuals,) = measured.residuals
    weighed = residuals / measured.sigmas[0]
    assert weighed @ weighed == pytest.approx(measured.chi2)
    assert measured.dof == BIAS.size - 5
    assert len(measured.plot().axes) == 2


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.40031, 0.00123, "0.4003 ± 0.0012"),
        (201.26, 0.4, "201.26 ± 0.40"),
        (1234.5, 123.0, "1230 ± 120"),
        (3.2e-7, 4.5e-9, "(3.200 ± 0.045)e-7"),
        (0.5, 0.0, "0.5 ± 0"),
        (0.5, np.inf, "0.5 ± ∞"),
    ],
)
def test_values_are_written_with_two_digits_of_their_errors(value, error, text):
    assert with_error(value, error) == text


def test_values_in_si_have_a_prefix_that_suits_them():
    assert with_unit(SIValue(2.013e-4, 4e-7, "eV")) == "201.30 ± 0.40 ueV"
    assert with_unit(SIValue(1.2, 0.01, "K")) == "1.200 ± 0.010 K"
    assert with_unit(SIValue(0.3, 0.01, "rad")) == "0.300 ± 0.010 rad"
    assert with_unit(SIValue(0.3, 0.01, "")) == "0.300 ± 0.010"


def test_a_junction_says_what_is_known_and_where_the_rest_begins():
    values = model_values(BIAS, T_S=0.6, T_Sm=0.3, h_exc=0.2, gamma=0.01, P=0.2)
    guess = ts.Junction(T_S=0.5, T_Sm=0.3, h_exc=0.25, P=0.2)
    found = ts.fit((BIAS, values), guess, free=["T_S", "gamma", "h_exc"], sigma=1e-3)
    assert dict(found.problem.fixed) == {"T_Sm": 0.3, "P": 0.2}
    assert [one.start for one in found.problem.free] == [0.5, None, 0.25]
    for name, true in (("T_S", 0.6), ("gamma", 0.01), ("h_exc", 0.2)):
        assert abs(found.values[name] - true) < 0.1 * found.errors[name]


def test_starts_may_be_given_with_names_limits_and_units():
    free = {"Delta_0": 1.02, "T_S": "800 mK", "gamma": None, "G_T": None,
            "h_exc": Free("h_exc", 0.25, 0.1, 0.5)}  # fmt: skip
    noise = {"sigma": "60 pA", "sigma_V": "10 nV"}
    found = ts.fit(in_si(), free=free, fixed={"T_Sm": 0.1}, material=MATERIAL, **noise)
    starts = {one.name: one.start for one in found.problem.free}
    assert starts["T_S"] == pytest.approx(MATERIAL.reduced("T_S", "800 mK"))
    assert starts["gamma"] is None
    assert found.problem.curves[0].sigma[0] * MATERIAL.factor("G_T Δ0/e") == pytest.approx(6e-11)
    assert found.problem.curves[0].sigma_V * MATERIAL.factor("Δ0/e") == pytest.approx(1e-8)
    known = {"T_Sm": 0.1, "gamma": 0.01, "h_exc": 0.3}
    how = {"material": TRUE_MATERIAL, "sigma": 6e-11}
    numbers = ts.fit(in_si(), free={"T_S": 0.6}, fixed=known, **how)
    assert numbers.problem.curves[0].sigma[0] == pytest.approx(3e-3)


def test_several_curves_are_fitted_at_once():
    pairs = [(BIAS, model_values(BIAS, T_S=t, T_Sm=0.1, gamma=0.01)) for t in (0.5, 0.7)]
    found = ts.fit(pairs, free={"T_S": 0.6, "gamma": 0.02}, each=["T_S"], sigma=1e-3)
    assert found.values["T_S[1]"] == pytest.approx(0.5, abs=1e-3)
    assert found.values["T_S[2]"] == pytest.approx(0.7, abs=1e-3)
    assert len(found.junctions) == 2


def test_a_file_is_fitted_as_it_was_measured(tmp_path, measured):
    path = tmp_path / "iv.dat"
    np.savetxt(path, np.column_stack(in_si()), header="V (V), I (A)", fmt="%.17g")
    names = ["Delta_0", "G_T", "T_S", "gamma", "h_exc"]
    found = ts.fit(path, free=names, fixed={"T_Sm": "131 mK"}, material=MATERIAL)
    for label, value in measured.values.items():
        assert abs(found.values[label] - value) < SAME_MINIMUM * measured.errors[label]


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"free": ["T_X"]}, "T_X cannot be free"),
        ({"free": ["T_S"], "each": ["gamma"]}, "each names gamma, which must be free as well"),
        ({"free": ["T_S"], "fixed": {"T_Q": 1.0}}, "T_Q is no parameter of a fit"),
        ({"free": ["T_S"], "fixed": {"P": 3.0}}, "P must be between -1 and 1, not 3"),
        ({"free": ["T_S"], "fixed": {"T_Sm": "30 mK"}}, "a unit needs a material"),
        ({"free": ["T_S"], "junction": ts.Junction(T_S=[0.1, 0.2])}, "a single junction"),
    ],
)
def test_what_a_fit_cannot_take_is_refused(how, message):
    with pytest.raises(ValueError, match=message):
        ts.fit((BIAS, BIAS), **how)


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ((BIAS, BIAS[1:]), "curve 1: bias and values must be arrays of one length"),
        ((BIAS, np.full(BIAS.size, np.nan)), "curve 1: bias and values must be finite"),
    ],
)
def test_arrays_that_are_no_curve_are_refused(pair, message):
    with pytest.raises(ValueError, match=message):
        ts.fit(pair, free=["T_S"])


def test_lmfit_finds_the_same_minimum_with_the_same_errors():
    starts = {**TRUTH, "T_S": 0.6, "h_exc": 0.35}
    problem = fit_of(noisy_curve(4), starts=starts)
    best, model = fit_problem(problem), LmfitModel(problem)
    found = lmfit.minimize(model.residual, model.parameters, Dfun=model.jacobian, scale_covar=False)
    assert found.chisqr == pytest.approx(best.chi2, rel=1e-6)
    for name, one in found.params.items():
        assert abs(one.value - best.values[name]) < 1e-2 * best.errors[name]
        assert one.stderr == pytest.approx(best.errors[name], rel=0.02)


def test_lmfit_may_tie_and_fix_parameters_and_the_jacobian_follows():
    curves = [noisy_curve(1), noisy_curve(2, h_exc=0.2)]
    model = LmfitModel(fit_of(*curves, each=("h_exc",)))
    model.parameters["T_S"].set(vary=False)
    model.parameters.add("ratio", value=0.6)
    model.parameters["h_exc_2"].set(expr="ratio * h_exc_1")
    found = lmfit.minimize(model.residual, model.parameters, Dfun=model.jacobian)
    ratio = found.params["ratio"]
    assert abs(ratio.value - 0.5) < 4 * ratio.stderr
    assert found.params["T_S"].value == TRUTH["T_S"]
    varying = [name for name, one in model.parameters.items() if one.vary and not one.expr]
    jacobian = model.jacobian(model.parameters)
    moved = model.parameters.copy()
    for column, name in enumerate(varying):
        ends = []
        for step in (1e-6, -1e-6):
            moved[name].set(value=model.parameters[name].value + step)
            ends.append(model.residual(moved))
        moved[name].set(value=model.parameters[name].value)
        slope = (ends[0] - ends[1]) / 2e-6
        atol = 1e-4 * np.abs(slope).max()  # of differences
        np.testing.assert_allclose(jacobian[:, column], slope, rtol=0, atol=atol)
