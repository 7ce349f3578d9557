"""What a real film as Sm does to the effect, at T_S = 0.7, T_Sm = 0.01, h = 0.4 and Γ = 1e-4."""

import runpy
from pathlib import Path

import numpy as np
import pytest

import thermospin as ts

SCRIPT = Path(__file__).parents[2] / "docs" / "physics" / "films" / "effect.py"
COLUMNS = ("Delta_Sm", "E_g_Sm", "G_0", "V_S", "end", "least", "V_least")
LAST_DIGIT = (1e-12, 1e-10, 1e-8, 1e-11, 1e-9, 1e-8, 1e-5)
NONE = np.nan

# From sums over frequencies and integrals of another program, made for this table alone; the end
# of SGE = 1 is the voltage at which I_down vanishes.
ELSEWHERE = {
    (): (1, 0.6, -0.04878465, 0.28103373980, 0.399999992, -0.14972840, 0.22877),
    ("spin_orbit_Sm", 0.01): (0.998531854559, 0.6046075013, -0.05447589, 0.27532950933,
                              0.394535717, -0.11576685, 0.22336),
    ("spin_orbit_Sm", 0.03): (0.995921320142, 0.6119631343, -0.06736395, 0.26458046125,
                              0.384170993, -0.08758354, 0.21431),
    ("spin_orbit_Sm", 0.1): (0.989339363834, 0.6327470732, -0.12786750, 0.23178822018,
                             0.352154013, -0.05639447, 0.18710),
    ("spin_orbit_Sm", 0.3): (0.981484783457, 0.6783514589, -0.24247122, 0.16068119699,
                             0.277917135, -0.02728088, 0.12541),
    ("spin_orbit_Sm", 1): (0.980699225556, 0.7715901774, 0.11552850, NONE,
                           0.114803628, NONE, NONE),
    ("depairing_Sm", 0.01): (0.992114848525, 0.5234909576, -0.03623969, 0.30733320374,
                             0.399999993, -0.02398771, 0.25337),
    ("depairing_Sm", 0.03): (0.976151388950, 0.4360722659, -0.00652196, 0.27044755515,
                             0.399999997, -0.00240545, 0.20503),
    ("depairing_Sm", 0.1): (0.918002542723, 0.2225795423, 0.09327034, NONE,
                            0.399999881, NONE, NONE),
    ("spin_flip_Sm", 0.01): (0.975381743425, 0.4957341723, -0.01194771, 0.33129907636,
                             0.402402456, -0.01937764, 0.27873),
    ("spin_flip_Sm", 0.03): (0.923616190768, 0.3561437641, 0.04567707, NONE,
                             0.458406981, NONE, NONE),
}  # fmt: skip


def junction(T_S=0.7, h_exc=0.4, **rates):
    return ts.Junction(T_S=T_S, T_Sm=0.01, h_exc=h_exc, gamma=1e-4, **rates)


@pytest.fixture(scope="module")
def effect():
    return runpy.run_path(str(SCRIPT))["effect"]


@pytest.mark.parametrize("film", ELSEWHERE, ids=lambda film: "=".join(map(str, film)) or "ideal")
def test_the_effect_of_each_film_is_that_of_another_program(film, effect):
    found = effect(dict([film] if film else []))
    for name, expected, digit in zip(COLUMNS, ELSEWHERE[film], LAST_DIGIT, strict=True):
        assert found[name] == pytest.approx(expected, rel=0, abs=digit, nan_ok=True), name


def test_a_few_per_cent_of_spin_orbit_scattering_take_half_the_power_and_depairing_takes_more(
    effect,
):
    ideal = effect({})["power"]
    assert effect({"spin_orbit_Sm": 0.03})["power"] / ideal == pytest.approx(0.55, abs=0.005)
    assert effect({"depairing_Sm": 0.01})["power"] / ideal == pytest.approx(0.18, abs=0.005)
    assert effect({"depairing_Sm": 0.03})["power"] / ideal == pytest.approx(0.015, abs=0.0005)


@pytest.mark.parametrize(
    ("film", "limit"),
    [
        (("spin_orbit_Sm", 0.1), 0.34090),
        (("spin_orbit_Sm", 0.3), 0.26710),
        (("spin_orbit_Sm", 1), 0.15749),
        (("depairing_Sm", 0.05), 0.40000),
        (("spin_flip_Sm", 0.02), 0.39268),
    ],
)
def test_at_large_bias_mixing_of_spins_leaves_less_spin_current_than_the_field(film, limit):
    # What is left at V = 50, about 1/V², is nearly the same with and without rates.
    ideal, real = (ts.currents(50.0, junction(**dict(rates))).spin for rates in ([], [film]))
    assert real - ideal == pytest.approx(limit - 0.4, rel=0, abs=2e-5)


@pytest.mark.parametrize("rate", [0.03, 0.1, 0.3])
def test_with_spin_orbit_scattering_both_densities_begin_at_one_edge(rate):
    film = junction(spin_orbit_Sm=rate)
    values = ts.evaluate(["E_g_Sm", "Delta_Sm"], None, film).values
    edge, gap = values["E_g_Sm"].item(), values["Delta_Sm"].item()
    for h in (0.4, -0.4):
        below, above = ts.density_of_states(
            edge + np.array([-0.01, 0.01]), gap=gap, gamma=1e-8, h=h, spin_orbit=rate
        )
        assert below < 1e-5
        assert above > 0.1


def test_depairing_alone_leaves_the_edges_apart_by_the_field_and_no_infinite_peak():
    gap = ts.bcs_gap(0.01, h=0.4, depairing=0.03)
    E = np.linspace(0, 2, 2001)
    film = {"gap": gap, "depairing": 0.03}
    up, down = (ts.density_of_states(E, gamma=1e-8, h=h, **film) for h in (0.4, -0.4))
    edge = gap * (1 - (0.03 / gap) ** (2 / 3)) ** 1.5
    assert E[np.argmax(up > 1e-3)] == pytest.approx(edge - 0.4, abs=0.001)
    assert E[np.argmax(down > 1e-3)] == pytest.approx(edge + 0.4, abs=0.001)
    broadened = ts.density_of_states(E, gamma=1e-4, h=0.4, **film)
    assert up.max() == pytest.approx(broadened.max(), rel=1e-3)


def test_depairing_makes_sm_the_lead_with_the_smaller_gap_which_is_thermoactive_without_a_field():
    T_S = np.array([0.3, 0.4, 0.5, 0.6])
    assert np.all(ts.zero_bias_conductance(junction(T_S=T_S, h_exc=0.0)) > 0.0)
    film = junction(T_S=T_S, h_exc=0.0, depairing_Sm=0.03)
    assert (ts.zero_bias_conductance(film) < 0.0).tolist() == [True, True, True, False]
    edge = ts.evaluate(["E_g_Sm"], None, film).values["E_g_Sm"]
    assert np.all(ts.bcs_gap(T_S) > edge)
