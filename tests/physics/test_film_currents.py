"""Currents and what follows from them between films, beside printed numbers, laws and a reference.

The reference is the slow one of `thermospin verify`, which shares no code with the kernels.
"""

import numpy as np
import pytest
from frozen_records import INTERPRETED
from printed_films import CURRENTS

import thermospin as ts
from thermospin.kernels.film_edges import spectral_edges
from thermospin.kernels.flow_sums import HEAT_S, RATE
from thermospin.kernels.kinds import CONDUCTANCE, CURRENT
from thermospin.kernels.leads import COLUMNS
from thermospin.observables.points import leads_table
from thermospin.observables.spin_up_integrals import HEAT_AND_NOISE, spin_up_integral
from thermospin.units import BCS_RATIO
from thermospin.verification.slow_reference import (
    Lead,
    spin_conductance,
    spin_current,
    spin_heat_leaving,
    spin_rate,
)

RATES = ("depairing", "spin_orbit", "spin_flip")
GAP_S = 0.828770970447738
STANDING = {"T_S": 0.7, "T_Sm": 0.01, "h_exc": 0.4, "gap_S": GAP_S, "gap_model": "constant"}
BIAS = np.array([0.1, 0.228770970447738, 1.0])
# With self-consistent gaps: the rate of Sm, Δ_Sm, its edge and G_0.
STANDING_CASE = [
    ({"spin_orbit": 0.01}, 0.998531854559, 0.6046075013, -0.05447589),
    ({"spin_orbit": 0.03}, 0.995921320142, 0.6119631343, -0.06736395),
    ({"spin_orbit": 0.1}, 0.989339363834, 0.6327470732, -0.12786750),
    ({"spin_orbit": 0.3}, 0.981484783457, 0.6783514589, -0.24247122),
    ({"spin_orbit": 1.0}, 0.980699225556, 0.7715901774, 0.11552850),
    ({"depairing": 0.01}, 0.992114848525, 0.5234909576, -0.03623969),
    ({"depairing": 0.03}, 0.976151388950, 0.4360722659, -0.00652196),
    ({"depairing": 0.1}, 0.918002542723, 0.2225795423, 0.09327034),
    ({"spin_flip": 0.01}, 0.975381743425, 0.4957341723, -0.01194771),
    ({"spin_flip": 0.03}, 0.923616190768, 0.3561437641, 0.04567707),
]


def of_Sm(rates):
    return {f"{name}_Sm": rate for name, rate in zip(RATES, rates, strict=True)}


def drawn(rng):
    """Return a junction with films of all sizes in one lead or both, and a bias."""
    fields = {
        "T_S": 10 ** rng.uniform(-2, 0.2),
        "T_Sm": 10 ** rng.uniform(-2, 0.2),
        "gap_S": rng.choice([1.0, rng.uniform(0.1, 1.2), 0.0]),
        "gap_Sm": rng.choice([1.0, rng.uniform(0.1, 1.2)]),
        "h_exc": rng.choice([0.0, rng.uniform(-1, 1), rng.uniform(0, 0.6)]),
        "h_S": rng.choice([0.0, 0.0, rng.uniform(-0.5, 0.5)]),
        "gamma_S": 10 ** rng.uniform(-6, -1),
        "gamma_Sm": 10 ** rng.uniform(-6, -1),
    }
    for name in RATES:
        for lead, often in (("S", 0.25), ("Sm", 0.5)):
            if rng.random() < often:
                fields[f"{name}_{lead}"] = 10 ** rng.uniform(-6, 0.5)
    V = rng.choice([rng.uniform(-2.5, 2.5), rng.uniform(-0.5, 0.5), 10 ** rng.uniform(-6, 0)])
    return {name: float(value) for name, value in fields.items()}, float(V)


def reference(fields, V):
    """Return I_up, dI_up/dV, the heat that leaves S and the rate of crossings, all of spin up."""
    leads = [
        Lead(
            BCS_RATIO * fields[f"T_{name}"],
            fields[field],
            fields[f"gamma_{name}"],
            fields[f"gap_{name}"],
            **{rate: fields.get(f"{rate}_{name}", 0.0) for rate in RATES},
        )
        for name, field in (("S", "h_S"), ("Sm", "h_exc"))
    ]
    integrals = (spin_current, spin_conductance, spin_heat_leaving, spin_rate)
    return [integral(V, 1, *leads) for integral in integrals]


def computed(fields, V, rtol):
    """Return the same by the kernels: value, error, and whether it met its tolerance."""
    table = leads_table(ts.Junction(**fields, gap_model="constant")).reshape(1, COLUMNS)
    at = np.array([V]), np.zeros(1, np.int64), table, rtol
    current, slope = (spin_up_integral(kind, *at) for kind in (CURRENT, CONDUCTANCE))
    flows = spin_up_integral(HEAT_AND_NOISE, *at)
    found = [(part.value[0], part.error[0], part.converged[0]) for part in (current, slope)]
    for flow in (HEAT_S, RATE):
        found.append((flows.value[0, flow], flows.error[0, flow], flows.converged[0]))
    return found


@pytest.mark.parametrize("row", CURRENTS, ids=str)
def test_currents_are_those_of_another_program(row):
    rates, printed = row[0], np.reshape(row[1:], (3, 2)).T
    found = ts.currents(BIAS, ts.Junction(**STANDING, **of_Sm(rates)))
    np.testing.assert_allclose([found.up, found.down], printed, rtol=0, atol=2e-12)
    assert np.all(found.error < 1e-8 * np.abs(printed).max(axis=0))


@pytest.mark.parametrize("row", STANDING_CASE[:: 5 if INTERPRETED else 1], ids=str)
def test_the_standing_case_with_rates(row):
    rates, gap, edge, G_0 = row
    films = {f"{name}_Sm": rate for name, rate in rates.items()}
    junction = ts.Junction(T_S=0.7, T_Sm=0.01, h_exc=0.4, **films)
    found = ts.evaluate(("Delta_Sm", "E_g_Sm", "G_0"), None, junction).values
    assert found["Delta_Sm"][0] == pytest.approx(gap, abs=1e-11)
    assert found["E_g_Sm"][0] == pytest.approx(edge, abs=1e-10)
    assert found["G_0"][0] == pytest.approx(G_0, abs=1e-8)


def check_beside_reference(cases, rtol):
    """Check that no value is further off than its estimate; return the worst that met rtol."""
    worst = 0.0
    for fields, V in cases:
        found = computed(fields, V, rtol)
        for (value, error, met), exact in zip(found, reference(fields, V), strict=True):
            off = abs(value - exact.value)
            rounding = 2e-12 * exact.modulus  # of the reference
            assert off <= error + rounding, (fields, V)
            assert not met or error <= rtol * abs(value) + 1e-11 * exact.modulus, (fields, V)
            if met:
                worst = max(worst, off / (rtol * abs(exact.value) + rounding))
    return worst


@pytest.mark.parametrize("rtol", [1e-5, 1e-8, 1e-11])
def test_random_films_are_as_accurate_as_estimated(rtol, thinned):
    rng = np.random.default_rng(20)
    assert check_beside_reference(thinned([drawn(rng) for _ in range(7)]), rtol) <= 1.0


@pytest.mark.slow
def test_a_thousand_random_films_are_as_accurate_as_estimated():
    rng = np.random.default_rng(21)
    assert check_beside_reference([drawn(rng) for _ in range(1000)], 1e-8) <= 1.0


def test_without_a_field_spin_orbit_scattering_does_nothing_to_the_last_bit():
    fields = {**STANDING, "h_exc": [0.0, 0.4]}
    ideal = ts.currents(BIAS[:, np.newaxis], ts.Junction(**fields))
    film = ts.currents(BIAS[:, np.newaxis], ts.Junction(**fields, spin_orbit=0.1))
    assert np.array_equal(film.up[:, 0], ideal.up[:, 0])
    assert not np.any(film.up[:, 1] == ideal.up[:, 1])


@pytest.mark.parametrize("name", RATES)
def test_a_rate_that_goes_to_zero_gives_the_currents_of_ideal_leads(name):
    fields = {**STANDING, "gamma": 1e-3}
    ideal = ts.currents(BIAS, ts.Junction(**fields))
    film = ts.currents(BIAS, ts.Junction(**fields, **{name: 1e-9}))
    np.testing.assert_allclose(film.up, ideal.up, rtol=1e-5)
    np.testing.assert_allclose(film.down, ideal.down, rtol=1e-5)


FILM = {"depairing_Sm": 0.02, "spin_orbit_Sm": 0.1, "spin_flip_S": 0.03, "h_S": 0.1}


def test_reversing_bias_and_fields_reverses_the_currents_to_the_last_bit():
    one = ts.Junction(**STANDING, **FILM)
    other = ts.Junction(**{**STANDING, **FILM, "h_exc": -0.4, "h_S": -0.1})
    forwards, backwards = ts.currents(BIAS, one), ts.currents(-BIAS, one)
    assert np.array_equal(forwards.down, -backwards.up)
    reversed_ = ts.currents(BIAS, other)
    assert np.array_equal(reversed_.up, forwards.down)
    assert np.array_equal(reversed_.down, forwards.up)


def test_exchanging_the_leads_reverses_the_current():
    here = ts.Junction(**STANDING, **FILM)
    there = ts.Junction(
        T_S=0.01, T_Sm=0.7, h_S=0.4, h_exc=0.1, gap_S=1.0, gap_Sm=GAP_S, gap_model="constant",
        depairing_S=0.02, spin_orbit_S=0.1, spin_flip_Sm=0.03,
    )  # fmt: skip
    one, other = ts.currents(BIAS, here, rtol=1e-10), ts.currents(-BIAS, there, rtol=1e-10)
    np.testing.assert_allclose(other.up, -one.up, rtol=1e-10)


def test_energy_is_conserved_and_noise_at_equal_temperatures_is_that_of_johnson():
    flows = ts.flows(BIAS, ts.Junction(**STANDING, **FILM))
    given = flows.J_Sm - flows.J_S
    np.testing.assert_allclose(given, flows.currents.charge * BIAS, atol=1e-9)
    warm = ts.Junction(**{**STANDING, **FILM, "T_Sm": 0.7})
    johnson = 4 * BCS_RATIO * 0.7 * ts.zero_bias_conductance(warm)
    np.testing.assert_allclose(ts.flows(0.0, warm).S_I, johnson, rtol=1e-7)


def test_dIdV_is_the_derivative_of_the_current(thinned):
    junction = ts.Junction(**STANDING, **FILM)
    for V in thinned([0.15, -0.4, 1.2]):
        h = 2e-3
        points = V + h * np.array([-2.0, -1.0, 1.0, 2.0])
        charge = ts.currents(points, junction, rtol=1e-12).charge
        slope = (charge[0] - 8 * charge[1] + 8 * charge[2] - charge[3]) / (12 * h)
        assert ts.differential_conductance(V, junction) == pytest.approx(slope, rel=1e-5)


@pytest.mark.parametrize("rates", [(0, 0.1, 0), (0, 1, 0), (0.05, 0, 0), (0, 0, 0.02)])
def test_at_large_bias_the_spin_current_is_what_mixing_leaves_of_the_field(rates):
    # ½ ∫ (N_up − N_down) tanh(E/2k_BT_Sm) dE from 0 on, whatever S is.
    t = np.linspace(0.0, np.arcsinh(100.0), 1001 if INTERPRETED else 8001)
    E, named = np.sinh(t), dict(zip(RATES, rates, strict=True))
    up, down = (ts.density_of_states(E, 1.0, 1e-2, h, **named) for h in (0.4, -0.4))
    spin = 0.5 * np.trapezoid((up - down) * np.tanh(E / (2 * BCS_RATIO * 0.01)) * np.cosh(t), t)
    junction = ts.Junction(**STANDING, gap_Sm=1.0, gamma=1e-2, **of_Sm(rates))
    assert ts.currents(900.0, junction).spin == pytest.approx(spin, abs=1e-4)


def test_edges_without_mixing_are_those_of_abrikosov_and_gorkov():
    film = ts.Junction(T_S=0.7, h_exc=0.3, depairing_Sm=0.05, gap_model="constant")
    table, edge = leads_table(film).reshape(1, COLUMNS), np.empty((1, 2))
    spectral_edges(table, 1, edge)
    middle = (1 - 0.05 ** (2 / 3)) ** 1.5
    np.testing.assert_allclose(edge[0], [middle - 0.3, middle + 0.3], rtol=1e-14)
    matching = ts.matching_voltages(film)
    assert matching.inner == pytest.approx(middle + 0.3 - 1.0, abs=1e-14)
    assert matching.outer == pytest.approx(1.0 - middle + 0.3, abs=1e-14)


@pytest.mark.parametrize(
    ("rates", "edge"),
    [((0, 0.1, 0), 0.64315993224385523), ((0, 1, 0), 0.78993425786984289),
     ((0.02, 0.1, 0.02), 0.46747444745263493), ((0, 0, 0.05), 0.35231620565278498)],
)  # fmt: skip
def test_edges_with_mixing_are_branch_points_of_the_usadel_equation(rates, edge):
    fields = {**STANDING, "gap_Sm": 1.0}
    found = ts.evaluate(("E_g_Sm", "E_g_S"), None, ts.Junction(**fields, **of_Sm(rates))).values
    assert found["E_g_Sm"][0] == pytest.approx(edge, abs=1e-12)
    assert found["E_g_S"][0] == GAP_S


def test_a_gapless_film_has_no_edge_and_no_matching_voltage():
    film = ts.Junction(T_S=0.7, depairing_Sm=[0.9, 1.1], gap_model="constant")
    names = ("E_g_Sm", "V_p_minus", "V_p_plus", "I_q_peak", "G_max", "Delta_Sm")
    found = ts.evaluate(names, None, film)
    for name in names[:-1]:
        assert np.isfinite(found.values[name]).tolist() == [True, False], name
    assert found.junction_status.tolist() == [1, 1]


def test_a_mesh_of_ideal_leads_and_films_has_the_values_of_each():
    mesh = ts.Junction(**{**STANDING, "T_S": [[0.5], [0.7]]}, spin_orbit_Sm=[0.0, 0.1, 0.0, 0.2])
    found = ts.currents(0.2, mesh)
    for i, T_S in enumerate((0.5, 0.7)):
        for k, rate in enumerate((0.0, 0.1, 0.0, 0.2)):
            alone = ts.Junction(**{**STANDING, "T_S": T_S}, spin_orbit_Sm=rate)
            assert ts.currents(0.2, alone).up == found.up[i, k]
