"""What is measured of a junction in its circuit: offsets, series resistance, lock-in and noise.

Units are reduced: bias in Δ0/e, currents in G_T Δ0/e, conductances in G_T.
"""

import math

import numpy as np
import pytest
from scipy.integrate import quad

from thermospin import Junction, currents, differential_conductance
from thermospin.fitting import prediction
from thermospin.fitting.averages import average
from thermospin.fitting.circuit_curve import circuit_curve
from thermospin.fitting.prediction import predicted
from thermospin.fitting.problem import Curve
from thermospin.fitting.voltage_panels import NODES, panels_of

JUNCTION = {"T_S": 0.7, "T_Sm": 0.3, "h_exc": 0.3, "gamma": 0.005}
CIRCUIT = {"Delta_0": 1.05, "G_T": 1.1, "V_offset": 0.01, "I_offset": 0.02}
LOCK_IN = {
    "T_S": 0.7,
    "T_Sm": 0.01,
    "h_exc": 0.4,
    "gamma": 1e-3,
    "gap_S": 0.8287709704477384,
    "gap_Sm": 1.0,
}
TEN_DIGITS = 6e-11
OF_PANELS = 1e-6  # of the largest value: a polynomial of degree 15 on each panel
OF_VALUES = 1e-6  # of the largest value: what the values themselves may miss
DIFFERENCES = 1e-5  # of the largest: panels move with the parameters


def curve(V, kind):
    V = np.atleast_1d(np.asarray(V, dtype=float))
    return Curve("curve", V, np.zeros_like(V), kind)


def values(V, kind, p, model="self-consistent"):
    return predicted(curve(V, kind), p, (), model).values


@pytest.mark.parametrize("kind", ["I", "dIdV"])
def test_a_plain_curve_is_that_of_the_junction(kind):
    V = np.linspace(-2.4, 2.4, 33)
    found = values(V, kind, {**JUNCTION, **CIRCUIT})
    junction = Junction(**JUNCTION, gap_S=1.05, gap_Sm=1.05)
    if kind == "I":
        expected = 0.02 + 1.1 * currents(V - 0.01, junction).charge
    else:
        expected = 1.1 * differential_conductance(V - 0.01, junction)
    np.testing.assert_allclose(found, expected, atol=OF_VALUES * np.abs(expected).max())


@pytest.mark.parametrize(
    ("V", "peak", "printed", "miss"),
    [
        (0.1, 0.02, -0.0917631829, TEN_DIGITS),
        (0.2287710295, 0.02, 0.2157895267, 1e-8),  # at a peak of width Γ, ten times as narrow
        (0.2287710295, 0.002, 0.2655008563, TEN_DIGITS),
    ],
)
def test_lock_in_is_that_printed_of_an_independent_program(V, peak, printed, miss):
    p = {**LOCK_IN, "lock_in": peak / math.sqrt(2.0)}
    assert values(V, "dIdV", p, "constant")[0] == pytest.approx(printed, rel=0.0, abs=miss)


def test_a_modulated_bias_shows_the_mean_current_of_a_period():
    junction = Junction(**LOCK_IN, gap_model="constant")
    mean, _ = quad(
        lambda t: float(currents(0.23 + 0.02 * math.cos(t), junction).charge) / math.pi,
        *(0.0, math.pi),
        limit=200,
        epsrel=1e-9,
    )
    found = values(0.23, "I", {**LOCK_IN, "lock_in": 0.02 / math.sqrt(2.0)}, "constant")
    assert found[0] == pytest.approx(mean, rel=1e-7)


def test_fast_noise_broadens_as_a_gaussian():
    junction = Junction(**LOCK_IN, gap_model="constant")

    def weighted(t):
        at = float(differential_conductance(0.23 + 0.01 * t, junction))
        return at * math.exp(-0.5 * t * t) / math.sqrt(2.0 * math.pi)

    mean, _ = quad(weighted, -7.0, 7.0, limit=400, epsrel=1e-8, points=[-0.12, 0.0])
    found = values(0.23, "dIdV", {**LOCK_IN, "broadening": 0.01}, "constant")
    assert found[0] == pytest.approx(mean, rel=1e-6)


@pytest.mark.parametrize("kind", ["I", "dIdV"])
def test_averages_have_weight_one_and_the_right_second_moment(kind):
    for lock_in, broadening in ((0.02, 0.0), (0.0, 0.01), (0.02, 0.01), (0.0, 0.0)):
        over = average(kind, lock_in, broadening, 1e-3)
        # ⟨x²⟩ of a sine is half its peak squared, with the weight of the first harmonic a quarter.
        expected = lock_in**2 * (1.0 if kind == "I" else 0.5) + broadening**2
        assert over.weight.sum() == pytest.approx(1.0, rel=1e-13)
        assert over.weight @ over.offset**2 == pytest.approx(expected, rel=1e-7)


def test_a_series_resistance_takes_its_part_of_the_bias():
    V, junction = np.linspace(-2.4, 2.4, 49), Junction(**JUNCTION)
    columns = circuit_curve("I", V, junction, 0.3, ())
    exact = currents(V - 0.3 * columns[:, 0], junction).charge
    np.testing.assert_allclose(columns[:, 0], exact, atol=OF_VALUES)
    slope = differential_conductance(V - 0.3 * columns[:, 0], junction)
    conductance = circuit_curve("dIdV", V, junction, 0.3, ())[:, 0]
    np.testing.assert_allclose(conductance, slope / (1.0 + 0.3 * slope), atol=1e-5)


@pytest.mark.parametrize("kind", ["I", "dIdV"])
@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"R_series": 0.05},
        {"lock_in": 0.02},
        {"broadening": 0.015},
        {"R_series": 0.05, "lock_in": 0.02, "broadening": 0.01},
    ],
    ids=lambda extra: "+".join(extra) or "plain",
)
def test_derivatives_are_the_limits_of_differences(kind, extra):
    V, p = np.linspace(-2.4, 2.4, 17), {**JUNCTION, **CIRCUIT, **extra}
    names = tuple(p)
    found = predicted(curve(V, kind), p, names, "self-consistent")
    for k, name in enumerate(names):
        step = 1e-5 * max(abs(p[name]), 0.01)
        near, far = (
            values(V, kind, {**p, name: p[name] + m * step})
            - values(V, kind, {**p, name: p[name] - m * step})
            for m in (1, 2)
        )
        expected = (8.0 * near - far) / (12.0 * step)
        size = max(np.abs(expected).max(), 1e-6)
        assert np.abs(found.jacobian[:, k] - expected).max() <= DIFFERENCES * size, name


@pytest.mark.parametrize("kind", ["I", "dIdV"])
def test_the_derivative_by_the_bias_is_that_of_the_curve(kind):
    V, p, step = np.linspace(-2.4, 2.4, 25), {**JUNCTION, "R_series": 0.05}, 1e-5
    found = predicted(curve(V, kind), p, (), "self-consistent").by_voltage
    expected = (values(V + step, kind, p) - values(V - step, kind, p)) / (2.0 * step)
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("film", [{}, {"spin_orbit": 0.05, "depairing_Sm": 0.01}])
@pytest.mark.parametrize("series", [0.0, 0.05])
def test_panels_interpolate_what_is_computed_point_by_point(film, series):
    junction = Junction(**JUNCTION, **film)
    panels = panels_of(junction, series, -2.5, 2.5)
    V = np.random.default_rng(1).uniform(-2.5, 2.5, 60)
    for kind in ("I", "dIdV"):
        nodes = circuit_curve(kind, panels.nodes, junction, series, ("h_exc", "gamma"))
        exact = circuit_curve(kind, V, junction, series, ("h_exc", "gamma"))
        error = np.abs(panels.interpolated(nodes, V) - exact).max(axis=0)
        allowed = OF_PANELS * np.array([1.0, 10.0, 10.0, 10.0, 10.0])  # derivatives are steeper
        assert (error <= allowed * np.abs(exact).max(axis=0)).all()
    assert panels.nodes.size == NODES * (panels.ends.size - 1)


def test_curves_of_many_points_are_interpolated(monkeypatch):
    few, many = np.linspace(-2.4, 2.4, 41), np.linspace(-2.4, 2.4, 8001)
    monkeypatch.setattr(prediction, "MOST_SAMPLES", 999)  # so that rows are cut as well
    p = {**JUNCTION, **CIRCUIT}
    a = predicted(curve(few, "dIdV"), p, ("h_exc",), "self-consistent")
    b = predicted(curve(many, "dIdV"), p, ("h_exc",), "self-consistent")
    np.testing.assert_allclose(b.values[::200], a.values, atol=1e-6)
    scale = np.abs(a.jacobian).max()
    np.testing.assert_allclose(b.jacobian[::200], a.jacobian, atol=1e-5 * scale)
