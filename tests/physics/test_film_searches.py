"""Seebeck voltages, largest powers and operating points of junctions with films."""

import numpy as np
import pytest

import thermospin as ts

JUNCTION = ts.Junction(T_S=0.7, T_Sm=0.01, h_exc=0.4, spin_orbit_Sm=0.1, R_L=20.0)
# The rate of Sm and V_S by another program; NaN where it found none.
SEEBECK = [
    ({"spin_orbit_Sm": 0.01}, 0.27532950933),
    ({"spin_orbit_Sm": 0.03}, 0.26458046125),
    ({"spin_orbit_Sm": 0.1}, 0.23178822018),
    ({"spin_orbit_Sm": 0.3}, 0.16068119699),
    ({"spin_orbit_Sm": 1.0}, np.nan),
    ({"depairing_Sm": 0.01}, 0.30733320374),
    ({"depairing_Sm": 0.03}, 0.27044755515),
    ({"depairing_Sm": 0.1}, np.nan),
    ({"spin_flip_Sm": 0.01}, 0.33129907636),
    ({"spin_flip_Sm": 0.03}, np.nan),
]


@pytest.mark.parametrize(("rates", "V_S"), SEEBECK, ids=str)
def test_seebeck_voltages_are_those_of_another_program(rates, V_S):
    found = ts.seebeck_voltage(ts.Junction(T_S=0.7, T_Sm=0.01, h_exc=0.4, **rates))
    assert found == pytest.approx(V_S, abs=2e-11, nan_ok=True)


def test_the_current_changes_its_sign_at_the_seebeck_voltage():
    V = ts.seebeck_voltage(JUNCTION)
    below, at, above = ts.currents(V + np.array([-1e-6, 0.0, 1e-6]), JUNCTION).charge
    assert below < 0.0 < above
    assert abs(at) < 1e-4 * (above - below)


def random_junctions(count):
    """Return junctions with films of all sizes in Sm, and some in S."""
    rng = np.random.default_rng(22)
    rates = {
        f"{name}_{lead}": np.where(rng.random(count) < often, 10 ** rng.uniform(-5, 0, count), 0.0)
        for name in ("depairing", "spin_orbit", "spin_flip")
        for lead, often in (("S", 0.2), ("Sm", 0.5))
    }
    return ts.Junction(
        T_S=rng.uniform(0.3, 0.95, count),
        T_Sm=10 ** rng.uniform(-2, -0.5, count),
        h_exc=rng.uniform(-0.6, 0.6, count),
        gamma=10 ** rng.uniform(-5, -2, count),
        **rates,
    )


def test_the_outermost_sign_change_on_a_dense_line_is_the_seebeck_voltage():
    junctions = random_junctions(60)
    V = np.linspace(1e-3, 2.5, 1500)
    charge = ts.currents(V[:, np.newaxis], junctions, rtol=1e-6).charge
    found = ts.seebeck_voltage(junctions)
    thermoactive = 0
    for k in range(60):
        rises = np.flatnonzero((charge[:-1, k] < 0.0) & (charge[1:, k] > 0.0))
        if rises.size:
            thermoactive += 1
            assert V[rises[-1]] <= found[k] <= V[rises[-1] + 1]
        else:  # what there is lies below the line
            assert np.isnan(found[k]) or found[k] < V[0]
    assert thermoactive > 10


def test_no_bias_gives_more_than_the_largest_power():
    best = ts.maximum_power(JUNCTION)
    power = ts.currents(np.linspace(0.0, 0.3, 301), JUNCTION).power
    assert 0.99 * best.value < power.max() <= best.value * (1 + 1e-9)
    assert ts.currents(best.V, JUNCTION).power == pytest.approx(float(best.value), rel=1e-8)


def test_operating_points_are_zeros_on_the_load_line():
    found = ts.operating_points(JUNCTION)
    assert found.count == 3
    V = found.V[: int(found.count)]
    assert np.all(np.abs(ts.currents(V, JUNCTION).charge + V / 20.0) < 1e-9)


def test_the_smallest_current_is_that_of_another_program():
    V = 0.18710 + np.linspace(-1e-3, 1e-3, 201)
    assert ts.currents(V, JUNCTION).charge.min() == pytest.approx(-0.05639447, abs=1e-8)
