"""The slow reference of `thermospin verify` for films with rates, and what it finds in a file.

Printed numbers are of other programs: densities to 40 digits, currents by quadratures of 48 and 64
points a panel, gaps by a Matsubara sum in 25 digits.
"""

import numpy as np
import pytest
from printed_films import CURRENTS

from thermospin import Junction, density_of_states, parse_spec, run_sweep
from thermospin.execution import Engine
from thermospin.observables.evaluation import Evaluation, evaluate
from thermospin.quantities import RATES
from thermospin.units import BCS_RATIO
from thermospin.verification import verify
from thermospin.verification.net_current import voltages
from thermospin.verification.recomputed_film_angles import RecomputedFilm, pairing_angles
from thermospin.verification.recomputed_film_densities import film_density
from thermospin.verification.recomputed_film_edges import spin_edges
from thermospin.verification.recomputed_film_gaps import film_gap
from thermospin.verification.recomputed_gaps import gap
from thermospin.verification.recomputed_junction import RecomputedJunction
from thermospin.verification.recomputed_seebeck import objection
from thermospin.verification.slow_reference import (
    Lead,
    spin_conductance,
    spin_current,
    spin_heat_entering,
    spin_heat_leaving,
    spin_rate,
)

GAP_S = 0.828770970447738
BIAS = (0.1, 0.228770970447738, 1.0)
# t, h, Γ_orb, Γ_so, Γ_sf and Δ.
GAPS = [
    (0.5, 0.4, 0.02, 0.1, 0.02, 0.7564323500874346),
    (0.7, 0.4, 0.05, 0, 0, 0.50554431356232),
    (0.7, 0.4, 0, 0.1, 0, 0.6952404549153536),
    (0.3, 0.3, 0.1, 0.5, 0.05, 0.6787241270264631),
    (0.9, 0.2, 0, 1, 0, 0.492767061686079),
    (0.5, 0.6, 0, 0.3, 0, 0.7991116408779274),
    (0.3, 0.4, 0, 0.2, 0, 0.9740267643982405),
]
HOT = Lead(0.7 * BCS_RATIO, 0.0, 1e-4, GAP_S)
MIXED = Lead(0.1 * BCS_RATIO, 0.4, 1e-3, 0.9, 0.02, 0.1, 0.02)


def cold(*rates):
    return Lead(0.01 * BCS_RATIO, 0.4, 1e-4, 1.0, *rates)


def drawn(rng):
    """Return Γ and a film: rates of all sizes, each 0 at times."""
    rates = [10 ** rng.uniform(-8, 1) if rng.random() < 0.6 else 0.0 for _ in RATES]
    h = float(rng.choice([0.0, rng.uniform(-2, 2)]))
    return 10 ** rng.uniform(-8, 0), RecomputedFilm(h, rng.uniform(0.01, 1.2), *rates)


def test_both_ways_to_the_density_of_random_films_agree():
    rng = np.random.default_rng(18)
    for _ in range(100):
        gamma, film = drawn(rng)
        beside = rng.choice([-1, 1], 40) * 10 ** rng.uniform(-8, 0, 40)
        edges = rng.choice([-1, 1], 40) * film.gap + rng.choice([-1, 1], 40) * film.h
        E = np.concatenate((rng.uniform(-3, 3, 40), edges + beside))
        phi = pairing_angles(E + 1j * gamma, film)
        found = -np.sin(phi.real) * np.cosh(phi.imag)
        rates = dict(zip(RATES, film[2:], strict=True))
        for h, density in ((film.h, found[0]), (-film.h, found[1])):
            expected = density_of_states(E, film.gap, gamma, h, **rates)
            # A rounding of the energy moves the density by the inverse root of Γ.
            np.testing.assert_allclose(density, expected, rtol=1e-12 / np.sqrt(gamma))


@pytest.mark.parametrize(
    ("E", "gamma", "film"),
    [
        (0.76025807995, 2.3e-8, RecomputedFilm(-0.2397421633, 1.0, 0.0, 4.3e-7, 0.0)),
        (-1.27e-5, 7.9e-6, RecomputedFilm(2.7e-6, 1e-4, 0.0, 4.4, 2.7e-7)),
        (0.0167, 1.4e-8, RecomputedFilm(1e-5, 0.0167, 2e-6, 4.5, 0.0)),
    ],
)
def test_where_the_map_is_slow_the_root_is_found_as_well(E, gamma, film):
    z = np.linspace(0.9 * E, 1.1 * E, 1001) + 1j * gamma
    rates = dict(zip(RATES, film[2:], strict=True))
    expected = density_of_states(z.real, film.gap, gamma, film.h, **rates)
    up = pairing_angles(z, film)[0]
    found = -np.sin(up.real) * np.cosh(up.imag)
    np.testing.assert_allclose(found, expected, rtol=1e-11 / np.sqrt(gamma))


def test_the_polynomials_keep_the_density_and_its_printed_slope():
    film, gamma = RecomputedFilm(0.4, 0.95, 0.02, 0.1, 0.02), 1e-3
    found = film_density(film, gamma)
    E = np.concatenate((np.linspace(-3, 3, 1001), [100.0, -1000.0]))
    rates = dict(zip(RATES, film[2:], strict=True))
    for sigma in (1, -1):
        expected = density_of_states(E, 0.95, gamma, sigma * 0.4, **rates)
        np.testing.assert_allclose(found.density(E, sigma), expected, rtol=1e-12)
    slopes = [found.slope(np.array([0.9]), sigma)[0] for sigma in (1, -1)]
    np.testing.assert_allclose(slopes, [-1.368126096819, 0.355944740547], rtol=1e-11)
    fastest = sorted(abs(energy) for energy in found.features())
    np.testing.assert_allclose(fastest[:2], 0.4225, atol=0.01)  # the gap edge of both spins


@pytest.mark.parametrize("row", CURRENTS, ids=lambda row: str(row[0]))
def test_currents_are_the_printed_ones(row):
    rates, *printed = row
    found = [spin_current(V, sigma, HOT, cold(*rates)).value for V in BIAS for sigma in (1, -1)]
    np.testing.assert_allclose(found, printed, rtol=3e-12)


def test_rates_that_do_nothing_leave_the_density_of_equation_1():
    ideal = spin_current(0.1, 1, HOT, cold()).value
    assert spin_current(0.1, 1, HOT._replace(spin_orbit=0.3), cold()).value == ideal
    normal = HOT._replace(gap=0.0)
    without = spin_current(0.1, 1, normal, cold()).value
    assert spin_current(0.1, 1, normal._replace(depairing=0.3), cold()).value == without
    nearly = spin_current(0.1, 1, HOT, cold(1e-12, 1e-12, 1e-12)).value
    assert nearly == pytest.approx(ideal, rel=1e-10)


@pytest.mark.parametrize("S", [HOT, HOT._replace(h=0.2, spin_orbit=0.3, depairing=0.01)])
@pytest.mark.parametrize("V", [0.0, 0.15, 1.3])
def test_films_keep_the_laws_of_a_junction(S, V):
    for sigma in (1, -1):
        here, there = (spin_current(sign * V, sign * sigma, S, MIXED) for sign in (1, -1))
        assert here.value == pytest.approx(-there.value, abs=1e-13 * here.modulus)
        gained = spin_heat_entering(V, sigma, S, MIXED).value
        gained -= spin_heat_leaving(V, sigma, S, MIXED).value
        assert gained == pytest.approx(here.value * V, abs=1e-13)
        step = 1e-4
        beside = [spin_current(V + n * step, sigma, S, MIXED).value for n in (-2, -1, 1, 2)]
        slope = np.dot(beside, [1, -8, 8, -1]) / (12 * step)
        found = spin_conductance(V, sigma, S, MIXED)
        assert found.value == pytest.approx(slope, rel=1e-6)
    warm = MIXED._replace(kT=S.kT)
    # Johnson and Nyquist: S_I = 4 k_B T G_0, and S_I is twice the rates of both spins.
    rates = sum(spin_rate(0.0, sigma, S, warm).value for sigma in (1, -1))
    conductances = sum(spin_conductance(0.0, sigma, S, warm).value for sigma in (1, -1))
    assert 2.0 * rates == pytest.approx(4.0 * S.kT * conductances, rel=1e-11)


@pytest.mark.parametrize("row", GAPS)
def test_gaps_are_the_printed_ones(row):
    t, h, *rates, printed = row
    found = film_gap(t, RecomputedFilm(h, 0.0, *rates), 0.0)
    assert found.value == pytest.approx(printed, abs=1e-13)
    assert 1e-13 < found.error < 1e-11
    scaled = gap(0.5 * t, -0.5 * h, 0.5, "self-consistent", 1e-2,
                 {name: 0.5 * rate for name, rate in zip(RATES, rates, strict=True)})  # fmt: skip
    assert scaled.value == pytest.approx(0.5 * printed, abs=1e-13)


@pytest.mark.parametrize(("t", "h"), [(0.3, 0.4), (0.9, 0.1), (0.05, 0.6)])
@pytest.mark.parametrize(("model", "gamma"), [("self-consistent", 0.0), ("dynes", 0.03)])
def test_without_rates_the_sum_gives_the_gap_of_the_real_axis(t, h, model, gamma):
    found = film_gap(t, RecomputedFilm(h, 0.0, 0.0, 0.0, 0.0), gamma)
    expected = gap(t, h, 1.0, model, gamma)
    assert expected.value > 0.1
    assert found.value == pytest.approx(expected.value, abs=1e-12)


def test_the_stable_state_is_taken_beyond_the_thermodynamic_field_and_temperature():
    field = 0.6788840704  # of t = 0.3 and Γ_so = 0.03, where the gap is 0.863576
    film = RecomputedFilm(field, 0.0, 0.0, 0.03, 0.0)
    assert film_gap(0.3, film._replace(h=field + 1e-9), 0.0).value == 0.0
    below = film_gap(0.3, film._replace(h=field - 1e-8), 0.0).value
    assert below == pytest.approx(0.863576, abs=1e-5)
    depaired, critical = RecomputedFilm(0.0, 0.0, 0.05, 0.0, 0.0), 0.9299522873826
    assert film_gap(critical + 1e-9, depaired, 0.0).value == 0.0
    assert 0.0 < film_gap(critical - 1e-6, depaired, 0.0).value < 0.01


@pytest.mark.parametrize(
    ("rates", "V_S"),
    [({"spin_orbit_Sm": 0.1}, 0.23178822018), ({"depairing_Sm": 0.01}, 0.30733320374)],
)
def test_a_seebeck_voltage_of_a_film_is_judged(rates, V_S):
    given = {"T_S": 0.7, "T_Sm": 0.01, "h_exc": 0.4, "h_S": 0.0, "gamma": 1e-4}
    given |= {"gap_S": 1.0, "gap_Sm": 1.0, **rates}
    junction = RecomputedJunction.of(given, "self-consistent")
    assert len(voltages(junction)) < 400
    assert objection(V_S, junction) is None
    assert "does not go from − to +" in objection(V_S + 1e-6, junction)
    assert "I_q < 0" in objection(float("nan"), junction)


def test_states_begin_where_the_density_of_the_slow_reference_does():
    rng, gamma, above = np.random.default_rng(19), 1e-9, 0
    for _ in range(100):
        film = drawn(rng)[1]
        sides = spin_edges(film)
        for sigma, edge in zip((1, -1), sides, strict=True):
            if not min(sides) > 0.01 * film.gap:
                continue
            # Just below an edge the density is in proportion to Γ, above it is not.
            there = edge * np.array([1.0 - 1e-4, 1.0 + 1e-4])
            once, twice = (pairing_angles(there + 1j * n * gamma, film) for n in (1, 2))
            densities = [-np.sin(phi.real) * np.cosh(phi.imag) for phi in (once, twice)]
            below, beyond = densities[1][(1 - sigma) // 2] / densities[0][(1 - sigma) // 2]
            assert below == pytest.approx(2.0, rel=0.01)
            assert beyond < 1.9
            above += 1
    assert above > 60


def test_edges_are_those_of_the_outputs():
    rng = np.random.default_rng(20)
    films = [drawn(rng)[1] for _ in range(200)]
    h, gap, *rates = np.array(films).T
    given = {f"{name}_Sm": rate for name, rate in zip(RATES, rates, strict=True)}
    junction = Junction(
        T_S=0.5, T_Sm=0.1, h_exc=h, gap_S=0.5, gap_Sm=gap, gap_model="constant", **given
    )
    found = evaluate(["E_g_Sm", "V_p_minus", "V_p_plus"], None, junction).values
    edges = np.array([spin_edges(film) for film in films])
    lowest = np.where(edges.min(axis=1) > 0.0, edges.min(axis=1), np.nan)
    np.testing.assert_allclose(found["E_g_Sm"], lowest, rtol=0, atol=1e-9)
    apart = np.sort(np.abs(edges - 0.5), axis=1)
    some = np.any(np.array(rates), axis=0)
    assert some.sum() > 100
    assert np.isnan(lowest).sum() > 20
    for k, name in enumerate(("V_p_minus", "V_p_plus")):
        np.testing.assert_allclose(found[name][some], apart[some, k], rtol=0, atol=1e-9)


def test_films_without_mixing_have_the_edge_of_abrikosov_and_gorkov():
    below = 0.8 * (1.0 - (0.2 / 0.8) ** (2.0 / 3.0)) ** 1.5
    assert spin_edges(RecomputedFilm(0.1, 0.8, 0.2, 0.0, 0.0)) == (
        pytest.approx(below - 0.1, abs=1e-13),
        pytest.approx(below + 0.1, abs=1e-13),
    )
    assert spin_edges(RecomputedFilm(0.0, 0.8, 0.05, 0.7, 0.05))[0] == pytest.approx(
        below, abs=1e-13
    )
    assert np.isnan(spin_edges(RecomputedFilm(0.0, 0.8, 0.8, 0.0, 0.0))).all()
    assert spin_edges(RecomputedFilm(-0.1, 0.8, 0.0, 0.0, 0.0)) == (0.9, 0.8 - 0.1)


JUNCTIONS = """\
fixed: {T_S: 0.7, T_Sm: 0.01, h_exc: %s, h_S: %s, gamma: 1e-3}
axes:
  %s
outputs: [Delta_Sm, E_g_S, E_g_Sm, V_p_minus, V_p_plus, I_q_peak, I_s_peak, G_max]
"""
# Fields of Sm and of S, and an axis of rates; the last film of some is gapless.
AXES = [
    (0.4, 0.0, "spin_orbit_Sm: [0, 0.01, 0.1, 1]"),
    (0.4, 0.0, "depairing_Sm: [0, 0.01, 0.1]"),
    (0.1, 0.0, "depairing: [0, 0.05, 0.3]"),
    (0.3, 0.1, "spin_flip_Sm: [0, 0.01, 0.1]"),
    (0.9, 0.0, "spin_orbit_Sm: [0, 0.5, 1]"),
]


def damaging(**changes):
    """Return the physics with some outputs moved by so much at all junctions."""

    def evaluated(outputs, V, junction, *, rtol):
        found = evaluate(outputs, V, junction, rtol=rtol)
        for name, change in changes.items():
            found.values[name] = found.values[name] + change
        return found

    return Engine(evaluate=evaluated)


@pytest.mark.parametrize("axis", AXES, ids=lambda axis: axis[2])
def test_verify_agrees_with_edges_and_what_is_at_a_matching_voltage(axis, tmp_path):
    run_sweep(parse_spec(JUNCTIONS % axis, "edges.yaml"), tmp_path / "edges.h5", threads=1)
    checks = {check.name: check for check in verify(tmp_path / "edges.h5").checks}
    wrong = [f"{check.name}: {check.detail}" for check in checks.values() if not check.passed]
    assert wrong == []


@pytest.mark.parametrize("name", ["E_g_S", "E_g_Sm", "V_p_minus", "V_p_plus", "I_q_peak", "G_max"])
def test_verify_finds_an_edge_of_films_or_what_hangs_on_one_that_is_off(name, tmp_path):
    spec = parse_spec(JUNCTIONS % AXES[0], "edges.yaml")
    run_sweep(spec, tmp_path / "wrong.h5", threads=1, engine=damaging(**{name: 1e-6}))
    failed = [check for check in verify(tmp_path / "wrong.h5").checks if not check.passed]
    assert [check.name for check in failed] == ["recomputed junctions"]
    assert failed[0].detail.startswith(f"{name} at")


SPEC = """\
fixed: {T_S: 0.7, h_exc: 0.4, gap_S: 0.828770970447738, depairing_Sm: %s, spin_flip_Sm: 0}
axes:
  spin_orbit_Sm: %s
  V: [0.1, 0.228770970447738, 1]
outputs: [I_up, I_down, I_q]
gap_model: constant
numerics: {rtol: 1e-10}
"""


def printed(wrong):
    """Return a stand-in for the physics that gives printed currents, times 1 + wrong for I_down."""
    rows = {rates: currents for rates, *currents in CURRENTS}

    def evaluate(outputs, V, junction, *, rtol):  # noqa: ARG001
        each = zip(junction.depairing_Sm * np.ones(junction.shape), junction.spin_orbit_Sm,
                   strict=True)  # fmt: skip
        found = np.array([rows[(float(orb), float(so), 0)] for orb, so in each])
        at = np.searchsorted(BIAS, V)
        up, down = found[:, 0::2][:, at], found[:, 1::2][:, at] * (1.0 + wrong)
        values = {"I_up": up, "I_down": down, "I_q": up + down}
        return Evaluation(values, np.ones(up.shape, np.int8), None)

    return Engine(evaluate=evaluate)


@pytest.mark.parametrize(("depairing", "mixing"), [(0, [0.05, 0.2, 1.0]), (0.05, [0.0])])
def test_verify_agrees_with_printed_currents_of_films_and_with_no_others(
    depairing, mixing, tmp_path
):
    spec = parse_spec(SPEC % (depairing, mixing), "films.yaml")
    run_sweep(spec, tmp_path / "films.h5", threads=1, engine=printed(wrong=0.0))
    assert verify(tmp_path / "films.h5").passed
    run_sweep(spec, tmp_path / "wrong.h5", threads=1, engine=printed(wrong=1e-9))
    failed = [check.name for check in verify(tmp_path / "wrong.h5").checks if not check.passed]
    assert failed == ["recomputed points"]
