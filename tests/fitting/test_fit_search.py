"""The search of a fit: it finds the truth, its errors are honest, and it ends well."""

import numpy as np
import pytest
from fit_cases import BIAS, KNOWN, NOISE, TRUTH, fit_of, noisy_curve, pulls

from thermospin.fitting import Free, fit_problem, fitting_run
from thermospin.fitting.least_squares import FitModel
from thermospin.fitting.noise import noise_of
from thermospin.fitting.parametrisation import parametrisation
from thermospin.fitting.problem import Curve, FitProblem

SAME_MINIMUM = 1e-3  # in standard errors: two searches ended at one place
SLOPES = 1e-5  # of the Jacobian against differences, whose step is 1e-6
REALISATIONS = 20
SPREAD = (0.85, 1.15)  # of pulls: what is asked of a long campaign


def off(starts, seed):
    """Return starts that are up to a quarter off; gaps, which set the scale, up to a tenth."""
    random = np.random.default_rng(seed)
    reach = {"Delta_0": 0.1, "G_T": 0.2, "V_offset": 1.0, "I_offset": 1.0}
    return {k: v * (1.0 + reach.get(k, 0.25) * random.uniform(-1, 1)) for k, v in starts.items()}


@pytest.mark.parametrize("kind", ["I", "dIdV"])
@pytest.mark.parametrize("seed", range(3))
def test_a_fit_ends_at_the_same_minimum_wherever_it_starts(kind, seed):
    truth = {k: v for k, v in TRUTH.items() if kind == "I" or k != "I_offset"}
    truth["gamma"] = 0.02  # points of dI/dV are not farther apart than its peaks are wide
    curve = noisy_curve(7, kind=kind, truth=truth)
    best = fit_problem(fit_of(curve, starts=truth))
    found = fit_problem(fit_of(curve, starts=off(truth, seed)))
    assert found.converged
    assert best.converged
    for label, error in best.errors.items():
        assert abs(found.values[label] - best.values[label]) < SAME_MINIMUM * error


def test_a_broadening_that_starts_ten_times_too_large_is_no_obstacle():
    curve = noisy_curve(3)
    best = fit_problem(fit_of(curve))
    found = fit_problem(fit_of(curve, starts={**off(TRUTH, 1), "gamma": 10 * TRUTH["gamma"]}))
    assert found.chi2 == pytest.approx(best.chi2, rel=1e-6)


def test_deviations_from_the_truth_are_as_large_as_the_errors_say():
    every = np.concatenate(
        [pulls(fit_problem(fit_of(noisy_curve(seed)))) for seed in range(REALISATIONS)]
    )
    assert SPREAD[0] < np.std(every) < SPREAD[1]
    assert abs(np.mean(every)) < 3.0 / np.sqrt(every.size)


def test_noise_of_the_bias_makes_errors_larger_and_never_too_small():
    found = [fit_problem(fit_of(noisy_curve(seed, sigma_V=1e-3))) for seed in range(REALISATIONS)]
    assert np.std(np.concatenate([pulls(each) for each in found])) < SPREAD[1]
    without = fit_problem(fit_of(noisy_curve(0)))
    assert found[0].errors["V_offset"] > 1.5 * without.errors["V_offset"]


def test_noise_that_is_not_told_is_estimated():
    found = [fit_problem(fit_of(noisy_curve(seed, known=False))) for seed in range(6)]
    for each in found:
        assert each.sigmas[0][0] == pytest.approx(NOISE, rel=0.25)
        assert each.describes_the_data


@pytest.mark.parametrize("kind", ["I", "dIdV"])
def test_the_jacobian_of_all_curves_is_that_of_the_residuals(kind):
    truth = {k: v for k, v in TRUTH.items() if kind == "I" or k != "I_offset"}
    curves = [noisy_curve(seed, kind=kind, V=BIAS[::8], truth=truth) for seed in (1, 2)]
    problem = fit_of(*curves, starts=truth, each=("h_exc", "T_S"))
    model = FitModel(parametrisation(problem, {}))
    start = model.numbers.start
    at = model.at(start)
    for place in range(start.size):
        step = 1e-6 * np.eye(start.size)[place]
        ends = [model.at(start + sign * step).residuals for sign in (1, -1)]
        slope = (ends[0] - ends[1]) / 2e-6
        scale = np.abs(slope).max()
        np.testing.assert_allclose(at.jacobian[:, place], slope, rtol=0, atol=SLOPES * scale)


def test_curves_share_what_is_not_each_of_their_own():
    fields = (0.1, 0.25, 0.4)
    curves = [noisy_curve(i, h_exc=h) for i, h in enumerate(fields)]
    found = fit_problem(fit_of(*curves, starts={**TRUTH, "h_exc": 0.2}, each=("h_exc",)))
    assert list(found.values)[1:4] == ["h_exc[1]", "h_exc[2]", "h_exc[3]"]
    for i, h in enumerate(fields):
        label = f"h_exc[{i + 1}]"
        assert abs(found.values[label] - h) < 4 * found.errors[label]
        assert found.parameters(i)["h_exc"] == found.values[label]
    alone = fit_problem(fit_of(curves[2], starts=TRUTH))
    assert found.errors["gamma"] < alone.errors["gamma"]
    assert found.covariance.shape == (len(TRUTH) + 2,) * 2


def test_a_curve_may_know_more_than_the_others():
    curves = [noisy_curve(i, fixed={"T_S": t}) for i, t in enumerate((0.5, 0.8))]
    starts = {name: value for name, value in TRUTH.items() if name != "T_S"}
    found = fit_problem(fit_of(*curves, starts=starts))
    assert found.describes_the_data
    assert [found.parameters(i)["T_S"] for i in (0, 1)] == [0.5, 0.8]


def test_limits_are_kept():
    found = fit_problem(fit_of(noisy_curve(1), starts={**TRUTH, "T_S": 0.5}, T_S=(0.4, 0.6)))
    assert found.values["T_S"] <= 0.6
    assert any("T_S is at the largest value allowed, 0.6" in note for note in found.notes)


def test_a_field_that_starts_from_nothing_is_found():
    found = fit_problem(fit_of(noisy_curve(1), starts={**TRUTH, "h_exc": 0.0}))
    assert abs(found.values["h_exc"] - TRUTH["h_exc"]) < 4 * found.errors["h_exc"]


def test_a_field_is_reported_positive_where_its_sign_changes_nothing():
    found = fit_problem(fit_of(noisy_curve(1), starts={**TRUTH, "h_exc": -0.35}))
    assert abs(found.values["h_exc"] - TRUTH["h_exc"]) < 4 * found.errors["h_exc"]
    assert any("only the size of h_exc is known" in note for note in found.notes)


def test_ctrl_c_gives_the_best_so_far():
    told = []

    def progress(evaluations, chi2):
        told.append((evaluations, chi2))
        if evaluations == 4:
            raise KeyboardInterrupt

    found = fit_problem(fit_of(noisy_curve(1), starts=off(TRUTH, 5)), progress=progress)
    assert not found.converged
    assert found.stopped
    assert found.chi2 == told[-1][1] == min(chi2 for _, chi2 in told)
    assert any("stopped by the user" in note for note in found.notes)
    assert "not converged" in found.report()
    assert "not converged" in repr(found)


def test_ctrl_c_while_a_fit_begins_again_keeps_what_there_is(monkeypatch):
    def stop(_):
        raise KeyboardInterrupt

    problem = fit_of(noisy_curve(1, P=0.1))
    calls = iter([lambda _: {}, stop])
    monkeypatch.setattr(fitting_run, "starting_values", lambda given: next(calls)(given))
    found = fit_problem(problem)
    assert found.stopped
    assert not found.converged
    assert all(np.isfinite(error) for error in found.errors.values())


def test_ctrl_c_while_a_profile_is_drawn_keeps_the_fit(monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(fitting_run, "profile_likelihood", stop)
    found = fit_problem(fit_of(noisy_curve(1)), profile=["h_exc"])
    assert found.converged
    assert found.stopped
    assert found.profiles == {}


def test_a_profile_of_a_parabola_is_the_error():
    found = fit_problem(fit_of(noisy_curve(2)), profile=["T_S", "gamma"])
    for label in ("T_S", "gamma"):
        profile, value, error = found.profiles[label], found.values[label], found.errors[label]
        for rise, width in ((1.0, 1.0), (4.0, 2.0)):
            low, high = profile.interval(rise)
            assert (value - low) / error == pytest.approx(width, rel=0.05)
            assert (high - value) / error == pytest.approx(width, rel=0.05)
        assert profile.rise.min() > -1e-6
        assert (np.diff(profile.values) > 0).all()


def test_a_profile_is_of_each_curve_where_each_has_its_own():
    problem = fit_of(noisy_curve(1), noisy_curve(2), each=("h_exc",))
    assert list(fit_problem(problem, profile=["h_exc"]).profiles) == ["h_exc[1]", "h_exc[2]"]
    assert list(fit_problem(problem, profile=["h_exc[2]"]).profiles) == ["h_exc[2]"]
    with pytest.raises(ValueError, match=r"P has no profile: it must be free, one of Delta_0"):
        fit_problem(problem, profile=["P"])


@pytest.mark.parametrize("order", ["sweep", "back and forth", "shuffled", "twice"])
def test_noise_is_estimated_in_whatever_order_the_points_are(order):
    V = np.linspace(-1, 1, 200)
    V = {
        "sweep": V,
        "back and forth": np.concatenate([V, V[::-1]]),
        "shuffled": np.random.default_rng(1).permutation(V),
        "twice": np.repeat(V, 2),
    }[order]
    values = np.sin(V) + np.where(V > 0.3, 5.0, 0.0)
    values = values + 1e-3 * np.random.default_rng(0).standard_normal(V.size)
    assert noise_of(Curve("x", V, values, "I"))[0] == pytest.approx(1e-3, rel=0.2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"free": ()}, "needs at least one free parameter"),
        ({"free": (Free("V", 1.0),)}, "V cannot be free: it must be one of Delta_0"),
        ({"free": (Free("T_S", 0.5), Free("T_S", 0.5))}, "T_S is free twice"),
        ({"free": (Free("T_Sm", 0.5),)}, "curve 1: T_Sm is free and fixed at once"),
        ({"free": (Free("T", 0.5),)}, "curve 1: T is given beside T_Sm"),
        ({"free": (Free("T_S", 0.5, 0.6, 0.7),)}, "start must be between 0.6 and 0.7, got 0.5"),
        ({"free": (Free("T_S", 0.5, 0.7, 0.6),)}, "T_S: min and max must be apart"),
        ({"curves": ()}, "at least one curve"),
    ],
)
def test_a_fit_that_contradicts_itself_is_refused(change, message):
    whole = {"curves": (noisy_curve(1),), "free": (Free("T_S", 0.5),), "fixed": KNOWN}
    with pytest.raises(ValueError, match=message):
        fit_problem(FitProblem(**{**whole, **change}))


def test_a_fit_needs_more_points_than_free_values():
    curve = noisy_curve(1, V=BIAS[:7])
    with pytest.raises(ValueError, match="7 free values need more than 7 points"):
        fit_problem(fit_of(curve))


@pytest.mark.parametrize("sigma", [0.0, -1.0, np.nan])
def test_noise_that_is_none_is_refused(sigma):
    curve = Curve("x.dat", BIAS, BIAS, "I", np.full(BIAS.size, sigma))
    with pytest.raises(ValueError, match=r"x\.dat: the noise of the values must be positive"):
        fit_problem(fit_of(curve))
