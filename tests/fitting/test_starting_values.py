import numpy as np
import pytest
from scipy.optimize import least_squares
from scipy.stats import qmc
from synthetic_curves import KINDS, changed, measured, problem_of, random_truth

from thermospin.fitting.fit_parameters import FIT_PARAMETERS
from thermospin.fitting.prediction import predicted
from thermospin.fitting.problem import Curve, FitProblem, Free
from thermospin.fitting.shape_search import spread
from thermospin.fitting.starting_values import starting_values

USUAL = ("T_S", "h_exc", "gamma", "Delta_0", "G_T", "V_offset", "I_offset")
NORMAL = ("T_S", "h_S", "gamma", "Delta_0", "G_T", "V_offset", "I_offset")
EQUAL = ("T", "h_exc", "gamma", "Delta_0", "G_T", "V_offset", "I_offset")
AS_GOOD = 1.0
"""Squares of standard deviations: an optimum is the same if its χ² differs by less."""


def chi2_at_the_end(problem, start):
    """Return χ² where plain least squares lead from a start."""
    (curve,) = problem.curves
    names = [free.name for free in problem.free]
    logarithmic = np.array([name == "gamma" for name in names])
    low = np.array([0.0 if name[:2] == "h_" else FIT_PARAMETERS[name].low for name in names])
    high = np.array([FIT_PARAMETERS[name].high for name in names])
    fixed = {**problem.fixed, **curve.fixed}

    def inward(x):
        return np.where(logarithmic, np.log(np.where(logarithmic, x, 1.0)), x)

    def outward(u):
        return np.where(logarithmic, np.exp(np.where(logarithmic, u, 0.0)), u)

    def model(u):
        parameters = fixed | dict(zip(names, outward(u).tolist(), strict=True))
        return predicted(curve, parameters, names, problem.gap_model)

    end = least_squares(
        lambda u: (model(u).values - curve.values) / curve.sigma,
        np.clip(inward(np.array([start[name] for name in names])), inward(low), inward(high)),
        lambda u: model(u).jacobian * np.where(logarithmic, outward(u), 1.0) / curve.sigma[:, None],
        bounds=(inward(low), inward(high)),
        x_scale="jac",
        max_nfev=50,
    )
    return 2.0 * end.cost


def leads_to_the_optimum(truth, curve, free):
    problem = problem_of(truth, curve, free)
    begun = chi2_at_the_end(problem, starting_values(problem))
    return begun < chi2_at_the_end(problem, truth) + AS_GOOD


def usual(seed, kind="I", **given):
    rng = np.random.default_rng(seed)
    truth = random_truth(rng)
    return rng, truth, measured(truth, kind, rng, **given)


def spiked(seed, kind="I"):
    rng, truth, curve = usual(seed, kind)
    places = rng.choice(len(curve.V), 4, replace=False)
    values = curve.values.copy()
    values[places] += rng.choice([-1.0, 1.0], 4) * np.ptp(values)
    sigma = curve.sigma.copy()
    sigma[places] = 1e3 * np.ptp(values)  # the fit knows them; the start does not ask for it
    return truth, changed(curve, slice(None), values=values, sigma=sigma)


def with_a_supercurrent(seed, kind="I"):
    _, truth, curve = usual(seed, kind, points=241)
    away = np.abs(curve.V - truth["V_offset"])
    at_zero = away < 0.05 * truth["Delta_0"]
    side = np.sign(curve.V - truth["V_offset"])
    extra = truth["G_T"] * (0.7 * truth["Delta_0"] * side if kind == "I" else 20.0)
    sigma = np.where(at_zero, 1e3 * np.ptp(curve.values), curve.sigma)
    return truth, changed(curve, slice(None), values=curve.values + at_zero * extra, sigma=sigma)


def swept_to_and_fro(seed, kind="I"):
    rng, truth, curve = usual(seed, kind)
    there_and_back = np.concatenate([np.arange(161), np.arange(161)[::-1]])
    return truth, changed(curve, rng.permutation(there_and_back))


def far_from_zero(seed, kind="I"):
    rng = np.random.default_rng(seed)
    truth = random_truth(rng)
    truth |= {"V_offset": 0.9 * truth["Delta_0"], "I_offset": 2.0}
    return truth, measured(truth, kind, rng)


def of_few_points(seed, kind="I"):
    return usual(seed, kind, points=41 if kind == "I" else 101)[1:]  # peaks of dI/dV are narrow


def noisy(seed, kind="I"):
    return usual(seed, kind, noise=0.03)[1:]


def in_arbitrary_units(seed, kind="I"):
    rng = np.random.default_rng(seed)
    truth = random_truth(rng) | {"G_T": 3e4}
    return truth, measured(truth, kind, rng)


WARTS = (
    spiked, with_a_supercurrent, swept_to_and_fro, far_from_zero, of_few_points, noisy,
    in_arbitrary_units,
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [0, 4])
def test_a_fit_from_its_own_start_ends_where_one_from_the_truth_ends(seed, kind):
    _, truth, curve = usual(seed, kind)
    assert leads_to_the_optimum(truth, curve, USUAL)


@pytest.mark.parametrize("wart", WARTS, ids=lambda wart: wart.__name__)
def test_what_goes_wrong_in_a_laboratory_does_not_mislead_the_start(wart):
    assert leads_to_the_optimum(*wart(4), USUAL)


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_is_found_for_a_normal_lead(kind):
    rng = np.random.default_rng(1)
    truth = random_truth(rng, lead="normal")
    assert leads_to_the_optimum(truth, measured(truth, kind, rng), NORMAL)


def test_a_start_is_found_for_leads_of_one_temperature():
    rng = np.random.default_rng(1)
    truth = random_truth(rng, lead="equal")
    assert leads_to_the_optimum(truth, measured(truth, "I", rng), EQUAL)


def test_curves_of_a_series_share_what_is_shared_and_have_their_own_starts():
    rng = np.random.default_rng(0)
    truth = random_truth(rng) | {"T_Sm": 0.05}
    temperatures = np.array([0.35, 0.5, 0.65, 0.8]) * truth["Delta_0"]
    curves = tuple(measured(truth | {"T_S": T}, "I", rng) for T in temperatures)
    free = tuple(Free(name, each=name == "T_S") for name in USUAL)
    starts = starting_values(FitProblem(curves, free, {"T_Sm": 0.05}))
    own = [starts.pop(f"T_S[{number}]") for number in range(1, 5)]
    assert set(starts) == set(USUAL) - {"T_S"}
    assert np.allclose(own, temperatures, rtol=0.05)
    assert starts["Delta_0"] == pytest.approx(truth["Delta_0"], rel=0.02)


def test_a_start_that_is_given_is_left_to_the_fit_and_guides_the_rest():
    _, truth, curve = usual(4)
    known = {"T_Sm": truth["T_Sm"]}
    free = tuple(Free(name, start=truth[name] if name == "T_S" else None) for name in USUAL)
    starts = starting_values(FitProblem((curve,), free, known))
    assert set(starts) == set(USUAL) - {"T_S"}
    assert starts["Delta_0"] == pytest.approx(truth["Delta_0"], rel=0.02)
    given = tuple(Free(name, start=truth[name]) for name in USUAL)
    assert starting_values(FitProblem((curve,), given, known)) == {}


def test_a_start_lies_within_the_limits():
    _, truth, curve = usual(4)
    limits = {"h_exc": (-0.3, -0.05), "gamma": (1e-3, 2e-3), "Delta_0": (1.0, 1.1), "G_T": (9, 10)}
    free = tuple(Free(name, None, *limits.get(name, (None, None))) for name in USUAL)
    starts = starting_values(FitProblem((curve,), free, {"T_Sm": truth["T_Sm"]}))
    assert all(low <= starts[name] <= high for name, (low, high) in limits.items())


V = np.linspace(-2.0, 2.0, 50)
STRANGE = {
    "constant": (V, 0.0 * V + 1.0),
    "zero": (V, 0.0 * V),
    "ohmic": (V, V),
    "of two points": (V[:2], V[:2]),
    "of two biases": (np.sign(V), V),
    "on one side": (-np.abs(V), V**3),
    "of the opposite sign": (V, -(V**3) - V),
    "far from zero": (V + 500.0, V**3),
    "of noise": (V, np.random.default_rng(0).normal(size=50)),
    "huge": (V, 1e9 * V**3),
    "tiny": (V, 1e-12 * V**3),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("curve", STRANGE.values(), ids=STRANGE)
def test_a_strange_curve_has_starts_within_what_is_supported(curve, kind):
    names = (*USUAL, "R_series", "lock_in", "broadening")
    free = tuple(Free(name) for name in names)
    starts = starting_values(FitProblem((Curve("strange", *curve, kind),), free, {"T_Sm": 0.1}))
    assert set(starts) == set(names)
    limits = {name: (FIT_PARAMETERS[name].low, FIT_PARAMETERS[name].high) for name in names}
    assert [n for n, (low, high) in limits.items() if not low <= starts[n] <= high] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_curve_at_one_bias_is_refused(kind):
    curve = Curve("stuck.dat", np.ones(20), np.arange(20.0), kind)
    with pytest.raises(ValueError, match=r"stuck\.dat: all points have the same bias"):
        starting_values(FitProblem((curve,), (Free("T_S"), Free("G_T"))))


@pytest.mark.parametrize("name", FIT_PARAMETERS)
def test_every_parameter_has_a_start(name):
    _, _, curve = usual(4)
    parts = {"T": {}, "T_S": {"T_Sm": 0.1}}.get(name, {"T_S": 0.5})
    problem = FitProblem((curve,), (Free(name),), parts)
    (start,) = starting_values(problem).values()
    assert FIT_PARAMETERS[name].low <= start <= FIT_PARAMETERS[name].high


def without_a_wart(seed, kind):
    return usual(seed, kind)[1:]


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "most"), [("I", 10), ("dIdV", 15)])
def test_most_of_a_hundred_fits_with_warts_end_at_the_optimum(kind, most):
    cases = [(wart, seed) for wart in (*WARTS, without_a_wart) for seed in range(13)]
    wrong = [
        f"{wart.__name__} {seed}"
        for wart, seed in cases
        if not leads_to_the_optimum(*wart(seed, kind), USUAL)
    ]
    assert len(wrong) <= most, wrong


@pytest.mark.parametrize("dimensions", [1, 2, 7])
def test_looks_are_spread_evenly_along_every_coordinate(dimensions):
    places = spread(dimensions)
    number = len(places)
    intervals = np.sort(np.floor(number * places), axis=0)
    assert np.array_equal(intervals, np.tile(np.arange(number)[:, np.newaxis], dimensions))
    assert np.array_equal(places, qmc.LatinHypercube(dimensions, rng=17).random(number))
