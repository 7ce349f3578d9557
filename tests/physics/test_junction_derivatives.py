"""Derivatives of I_q and dI_q/dV by V and by all parameters, from one pass over the nodes.

Units: energies in Δ0, temperatures in T_c, bias in Δ0/e, currents in G_T Δ0/e.
"""

import numpy as np
import pytest
import reference as ref

from thermospin import Junction, currents, differential_conductance
from thermospin.observables import junction_derivatives
from thermospin.units import BCS_RATIO

OF_LEADS = ("T_S", "T_Sm", "h_S", "h_exc", "gamma_S", "gamma_Sm", "gap_S", "gap_Sm")
RATES = tuple(
    f"{rate}_{lead}" for rate in ("depairing", "spin_orbit", "spin_flip") for lead in ("S", "Sm")
)
PRINTED_DIGITS = 6e-14
MEASURED = 1e-6  # of the largest value of a curve; 4e-7 is the worst of 135 random junctions
EIGHT_DIGITS = 2e-8
DIFFERENCES = 1e-8  # left by differences of fourth order of values with 1e-10
REFERENCE_ORDER = (
    "T_S", "T_Sm", "h_exc", "h_S", "gamma_S", "gamma_Sm", "gap_S", "gap_Sm",
)  # fmt: skip
STANDING = {
    "T_S": 0.7,
    "T_Sm": 0.1,
    "h_exc": 0.4,
    "gamma_S": 1e-3,
    "gamma_Sm": 2e-3,
    "gap_S": 0.8287709704477384,
    "gap_model": "constant",
}


def at(V):
    return np.atleast_1d(np.asarray(V, dtype=float))


def by_differences(name, V, junction, conductance):
    """Return the derivative of a curve by a parameter, from five junctions."""
    x = junction[name]
    step = 1e-4 * max(abs(x), 0.05)

    def curve(value):
        changed = Junction(**{**junction, name: value})
        if conductance:
            return differential_conductance(V, changed, rtol=1e-10)
        return currents(V, changed, rtol=1e-10).charge

    near, far = (curve(x + k * step) - curve(x - k * step) for k in (1, 2))
    return (8.0 * near - far) / (12.0 * step)


def assert_derivatives(V, junction, names, tolerance=DIFFERENCES):
    current, conductance = junction_derivatives(V, Junction(**junction), names)
    for k, name in enumerate(names):
        for found, is_conductance in ((current, False), (conductance, True)):
            expected = by_differences(name, V, junction, is_conductance)
            error = np.abs(found.by_parameter[:, k] - expected).max()
            assert error <= tolerance * np.abs(expected).max(), (name, is_conductance)


def test_derivatives_are_those_printed_of_an_independent_program():
    names = ("gap_S", "gap_Sm", "h_exc", "gamma_S", "gamma_Sm", "T_S", "T_Sm")
    current, _ = junction_derivatives(at(0.1), Junction(**STANDING), names)
    printed = [0.1315917141739, -0.1306858028918, 0.0738033415332, 0.0446156532500, 0.0112441076988]
    printed += [x * BCS_RATIO for x in (-0.0126507518908, 0.0001734127948)]
    np.testing.assert_allclose(current.by_parameter[0], printed, rtol=0.0, atol=PRINTED_DIGITS)
    assert current.by_V[0] == pytest.approx(-0.0904887328587, rel=0.0, abs=PRINTED_DIGITS)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow) for name in OF_LEADS if name != "gamma_S"]
    + ["gamma_S"],
)
def test_derivatives_are_those_of_integrals_in_many_digits(name):
    V = 0.3
    junction = {**STANDING, "T_Sm": 0.3, "h_S": 0.1, "gap_Sm": 0.9}
    current, conductance = junction_derivatives(at(V), Junction(**junction), (name,))
    x = junction[name]
    step = 1e-6 * x

    def exact(value, integral, **digits):
        changed = {**junction, name: value}
        return integral(V, *(changed[key] for key in REFERENCE_ORDER), **digits)

    for found, integral, digits in (
        (current, ref.charge_current, {"wanted": 22}),
        (conductance, ref.differential_conductance, {"digits": 22}),
    ):
        above, below = (exact(x + k * step, integral, **digits) for k in (1, -1))
        slope = float((above - below) / ((x + step) - (x - step)))
        assert found.by_parameter[0, 0] == pytest.approx(slope, rel=EIGHT_DIGITS)


@pytest.mark.slow
def test_curvature_is_that_of_integrals_in_many_digits():
    junction = Junction(**STANDING)
    leads = (0.7, 0.1, 0.4, 0.0, 1e-3, 2e-3, STANDING["gap_S"], 1.0)
    _, conductance = junction_derivatives(at(0.3), junction, ())
    above, below = (ref.differential_conductance(V, *leads, digits=22) for V in (0.30001, 0.29999))
    expected = float((above - below) / (0.30001 - 0.29999))
    assert conductance.by_V[0] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("junction", "names"),
    [
        (
            {"T_S": 0.7, "T_Sm": 0.3, "h_exc": 0.3, "h_S": 0.1, "gamma_S": 0.02, "gamma_Sm": 0.01,
             "gap_S": 1.1, "gap_Sm": 0.9, "P": 0.3, "theta": 0.3},
            (*OF_LEADS, "P", "theta"),
        ),
        ({"T": 0.6, "h_exc": 0.2, "gamma": 0.02, "gap_model": "dynes"}, ("T", "h_exc", "gamma")),
        ({"T": 0.6, "gamma": 0.02, "gap_Sm": 1.2, "gap_model": "tanh"}, ("T", "gap_Sm")),
        ({"T_S": 0.7, "gamma": 0.02, "gap_S": 1.1, "gap_Sm": 0.0}, ("T_S", "gamma", "gap_S")),
    ],
    ids=["all", "dynes", "tanh", "normal Sm"],
)  # fmt: skip
def test_gaps_move_with_what_they_depend_on(junction, names):
    assert_derivatives(np.array([-1.3, -0.3, 0.11, 0.23, 0.9, 2.1]), junction, names)


def test_films_have_derivatives_by_their_rates():
    junction = {"T_S": 0.7, "T_Sm": 0.3, "h_exc": 0.3, "gamma": 0.02, "gap_Sm": 0.9}
    rates = {"spin_orbit_Sm": 0.1, "depairing": 0.03, "spin_flip_S": 0.02}
    names = ("T_S", "h_exc", "gap_Sm", *rates)
    assert_derivatives(np.array([-0.3, 0.9, 2.1]), {**junction, **rates}, names, 1e-7)


def test_a_film_without_rates_is_an_ideal_lead():
    junction = Junction(T_S=0.7, T_Sm=0.2, h_exc=0.3, gamma=1e-2)
    V, names = np.linspace(-2.5, 2.5, 41), ("T_S", "h_exc", "gamma", "gap_Sm")
    ideal = junction_derivatives(V, junction, names)
    film = junction_derivatives(V, junction, (*names, *RATES))
    for a, b in zip(ideal, film, strict=True):
        scale = np.abs(a.by_parameter).max(axis=0)
        assert (np.abs(b.by_parameter[:, :4] - a.by_parameter) <= MEASURED * scale).all()
        assert np.isfinite(b.by_parameter).all()


def test_currents_are_of_first_degree_in_all_energies():
    """Euler: Σ p ∂I/∂p + V ∂I/∂V = I, and dI/dV does not change if all energies grow alike."""
    junction = {**STANDING, "h_S": 0.15, "gap_Sm": 0.9}
    names = OF_LEADS
    V = np.linspace(-2.6, 2.6, 53)
    sizes = np.array([junction[name] for name in names])
    for degree, found in zip(
        (1, 0), junction_derivatives(V, Junction(**junction), names), strict=True
    ):
        total = V * found.by_V + found.by_parameter @ sizes
        size = np.abs(V * found.by_V) + np.abs(found.by_parameter) @ sizes
        assert (np.abs(total - degree * found.value) <= 1e-8 * size.max()).all()


@pytest.mark.parametrize("seed", range(8))
def test_values_are_those_of_the_adaptive_integrals(seed):
    rng = np.random.default_rng(seed)
    gammas = 10.0 ** rng.uniform(-6, -1, 2)
    junction = Junction(
        T_S=rng.uniform(0.05, 1.1),
        T_Sm=10.0 ** rng.uniform(-2, 0),
        h_exc=rng.uniform(-0.6, 0.6),
        gamma_S=gammas[0],
        gamma_Sm=gammas[1],
        gap_Sm=rng.uniform(0.3, 2.0),
    )
    V = rng.uniform(-3, 3, 40)
    current, conductance = junction_derivatives(V, junction, ())
    exact = currents(V, junction).charge, differential_conductance(V, junction)
    for found, expected in zip((current, conductance), exact, strict=True):
        assert np.abs(found.value - expected).max() <= MEASURED * np.abs(expected).max()


def test_a_gap_that_is_closed_does_not_move():
    junction = Junction(T_S=0.7, T_Sm=1.2, h_exc=0.3, gamma=0.01)
    current, _ = junction_derivatives(np.array([0.5, 1.5]), junction, ("h_exc", "gap_Sm", "T_Sm"))
    assert (current.by_parameter[:, :2] == 0.0).all()
    assert (current.by_parameter[:, 2] != 0.0).all()
