"""A junction in a circuit: operating points, their stability, and the most that it can give.

Derivations: docs/physics/loadline.md. Units: bias in Δ0/e, currents in G_T Δ0/e, conductances in
G_T, resistances in 1/G_T, power in G_T Δ0²/e².
"""

import math

import numpy as np
import pytest
from frozen_records import INTERPRETED

from thermospin import (
    Junction,
    currents,
    differential_conductance,
    evaluate,
    flows,
    matching_voltages,
    maximum_conductance,
    maximum_efficiency,
    maximum_load_conductance,
    maximum_power,
    operating_points,
    seebeck_voltage,
    zero_bias_conductance,
)

FOUR_DECIMALS = 6e-5
FIVE_DECIMALS = 6e-6
ZERO = 1e-9  # of the largest spin current: I_q + V/R_L at an operating point
STANDING = {"T_S": 0.7, "T_Sm": 0.01, "h_exc": 0.4, "gamma": 1e-4}
DENSE = np.linspace(1e-4, 2.6, 11 if INTERPRETED else 4001)
CASES = [(0.0, 0.0, 0.0), (0.3, 0.0, 0.0), (-0.2, 0.4, 0.1)]  # P, theta, h_S
LOADS = [0.5, 1.6, 2.0, 30.0, 1e9]


def given_points(found):
    return found.V[~np.isnan(found.V)], found.stable[~np.isnan(found.V)]


# --- operating points -------------------------------------------------------------------------


def test_every_operating_point_is_a_zero_and_no_other_zero_is_seen(thinned):
    for (P, theta, h_S), R_L in thinned([(case, R_L) for case in CASES for R_L in LOADS]):
        junction = Junction(P=P, theta=theta, h_S=h_S, R_L=R_L, **STANDING)
        V, stable = given_points(operating_points(junction))
        net = currents(V, junction, rtol=1e-11)
        size = np.abs(net.up) + np.abs(net.down)
        slope = differential_conductance(V, junction) + 1.0 / R_L
        assert (np.abs(net.charge + V / R_L) <= ZERO * size + 1e-11 * np.abs(slope)).all()
        np.testing.assert_array_equal(stable, slope > 0.0)
        dense = np.concatenate([-DENSE[::-1], DENSE])
        signs = np.sign(currents(dense, junction).charge + dense / R_L)
        for k in np.flatnonzero(np.diff(signs)):
            assert ((dense[k] <= V) & (dense[k + 1] >= V)).any(), (P, theta, R_L)


def test_stable_and_unstable_points_alternate_and_the_outermost_are_stable(thinned):
    R_L = thinned(np.geomspace(0.3, 1e6, 20))
    found = operating_points(Junction(R_L=R_L, **STANDING))
    for V, stable in zip(found.V, found.stable, strict=True):
        kept = stable[~np.isnan(V)]
        assert (np.diff(V[~np.isnan(V)]) > 0.0).all()
        assert (kept[::2]).all()
        assert not kept[1::2].any()


def test_a_bistable_pair_appears_at_the_largest_load_conductance():
    """Below 1/R_L = −min I_q/V there are two stable voltages ±V; above, only V = 0."""
    most = maximum_load_conductance(Junction(**STANDING)).value
    assert most == pytest.approx(0.65449, abs=FIVE_DECIMALS)
    R_L = 1.0 / (most * np.array([1.0 - 1e-6, 1.0 + 1e-6]))
    found = operating_points(Junction(R_L=R_L, **STANDING))
    assert found.bistable.tolist() == [True, False]
    np.testing.assert_array_equal(found.V[0, :5], -found.V[0, 4::-1])
    assert found.count.tolist() == [5, 1]
    assert found.outermost[1] == 0.0


def test_an_open_junction_rests_at_its_seebeck_voltage():
    junction = Junction(R_L=1e12, **STANDING)
    V_S = seebeck_voltage(junction)
    assert operating_points(junction).outermost == pytest.approx(V_S, rel=1e-9)


def test_a_dissipative_junction_rests_without_bias():
    found = operating_points(Junction(T_S=0.7, h_exc=0.1, R_L=[0.1, 1e9]))
    assert found.count.tolist() == [1, 1]
    assert found.stable[:, 0].all()
    assert (found.outermost == 0.0).all()
    assert not found.bistable.any()


def test_through_a_polarised_barrier_a_short_carries_current():
    found = operating_points(Junction(P=0.5, R_L=1e-4, **STANDING))
    V, stable = given_points(found)
    assert stable.tolist() == [True]
    thermal = currents(0.0, Junction(P=0.5, **STANDING)).charge
    assert V[0] == pytest.approx(-1e-4 * thermal, rel=1e-3)


def test_polarisation_and_voltages_change_sign_together():
    here = operating_points(Junction(P=0.3, R_L=5.0, **STANDING))
    there = operating_points(Junction(P=-0.3, R_L=5.0, **STANDING))
    V, stable = given_points(here)
    W, other = given_points(there)
    np.testing.assert_array_equal(V, -W[::-1])
    np.testing.assert_array_equal(stable, other[::-1])


def test_junctions_broadcast():
    junction = Junction(T_S=[[0.6], [0.7]], h_exc=[0.3, 0.4, 0.5], R_L=3.0)
    found = operating_points(junction)
    assert found.V.shape == found.stable.shape == (2, 3, 15)
    one = operating_points(Junction(T_S=0.7, h_exc=0.4, R_L=3.0))
    np.testing.assert_array_equal(found.V[1, 1], one.V)
    assert found.outermost.shape == found.count.shape == found.bistable.shape == (2, 3)


def test_a_load_that_is_missing_is_named():
    with pytest.raises(ValueError, match="need a load: give R_L"):
        operating_points(Junction(**STANDING))
    with pytest.raises(ValueError, match="output V_load needs a load: give R_L"):
        evaluate(["V_load"], None, Junction(**STANDING))


# --- the most that a junction can give --------------------------------------------------------


def test_largest_power():
    """It grows with the field: 0.0038, 0.0343 and 0.0644 at h = 0.2, 0.4 and 0.6."""
    junction = Junction(T_S=0.7, h_exc=[0.2, 0.4, 0.6])
    found = maximum_power(junction)
    np.testing.assert_allclose(found.value, [0.0038, 0.0343, 0.0644], rtol=0, atol=FOUR_DECIMALS)
    np.testing.assert_allclose(found.V, matching_voltages(junction)[0], rtol=0, atol=1e-5)
    broad = maximum_power(Junction(T_S=0.5, h_exc=0.4, gamma=1e-2))
    assert broad.value == pytest.approx(1.8e-4, abs=6e-6)
    assert found.converged.all()


@pytest.mark.parametrize(
    ("gamma", "P"),
    [(1e-4, 0.0), (1e-4, 0.4), (1e-2, 0.0), (1e-2, 0.4)][:: 3 if INTERPRETED else 1],
)
def test_nothing_on_a_dense_grid_exceeds_a_maximum_and_it_is_reached(gamma, P):
    junction = Junction(T_S=0.6, h_exc=0.35, gamma=gamma, P=P)
    dense = np.concatenate([-DENSE, DENSE])
    all_flows, charge = flows(dense, junction), currents(dense, junction).charge
    for found, values in (
        (maximum_power(junction), -charge * dense),
        (maximum_efficiency(junction), all_flows.efficiency),
        (maximum_load_conductance(junction), -charge / dense),
    ):
        assert found.value >= np.nanmax(values) * (1.0 - 1e-9)
        if found.V != 0.0:
            here = flows(found.V, junction)
            reached = {True: here.power, False: here.efficiency}
            assert np.isclose(
                found.value,
                [*reached.values(), -here.currents.charge / found.V],
                rtol=1e-6,
                atol=0.0,
            ).any()


def test_largest_load_conductance():
    """−G_max within 1e-3 at Γ = 1e-4; −G_0 where broadening smears the peak."""
    sharp = Junction(T_S=0.7, h_exc=[0.3, 0.4, 0.6])
    most = maximum_load_conductance(sharp).value
    np.testing.assert_allclose(most, -maximum_conductance(sharp), rtol=1e-3)
    assert (most >= -maximum_conductance(sharp)).all()
    broad = Junction(T_S=0.7, h_exc=0.2, gamma=1e-2)
    found = maximum_load_conductance(broad)
    assert found.value == pytest.approx(0.824, abs=6e-4)
    assert found.value == pytest.approx(-zero_bias_conductance(broad), rel=1e-9)
    assert found.V == 0.0


def test_a_current_without_bias_drives_any_load():
    assert maximum_load_conductance(Junction(P=0.3, **STANDING)).value == math.inf


def test_a_dissipative_junction_gives_nothing():
    junction = Junction(T_S=[0.7, 0.4, 0.4], T_Sm=[0.01, 0.4, 0.6], h_exc=[0.1, 0.3, 0.0])
    for maximum in (maximum_power, maximum_efficiency, maximum_load_conductance):
        found = maximum(junction)
        assert (found.value == 0.0).all()
        assert (found.V == 0.0).all()


def test_efficiency_stays_below_that_of_carnot(thinned):
    T_S = thinned(np.linspace(0.3, 0.95, 8))
    found = maximum_efficiency(Junction(T_S=T_S, h_exc=[[0.3], [0.6]], gamma=1e-3))
    assert (found.value < 1.0 - 0.01 / T_S).all()
    assert found.value.max() > 0.05


# --- as outputs -------------------------------------------------------------------------------


def test_outputs_are_those_of_the_single_functions():
    names = ["V_load", "power_load", "efficiency_load", "power_max", "efficiency_max", "G_load_max"]
    junction = Junction(T_S=0.7, h_exc=0.4, R_L=[1.0, 30.0] if INTERPRETED else [1.0, 3.0, 30.0])
    found = evaluate(names, None, junction)
    V = operating_points(junction).outermost
    np.testing.assert_array_equal(found.values["V_load"], V)
    np.testing.assert_allclose(found.values["power_load"], flows(V, junction).power, atol=1e-10)
    np.testing.assert_array_equal(found.values["efficiency_load"], flows(V, junction).efficiency)
    np.testing.assert_array_equal(found.values["power_max"], maximum_power(junction).value)
    np.testing.assert_array_equal(
        found.values["efficiency_max"], maximum_efficiency(junction).value
    )
    np.testing.assert_array_equal(
        found.values["G_load_max"], maximum_load_conductance(junction).value
    )
    assert (found.values["power_load"] <= found.values["power_max"]).all()
    assert math.isnan(found.values["efficiency_load"][0])
