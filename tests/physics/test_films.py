"""The density of states of films with depairing, beside a reference with another way to it."""

import numpy as np
import pytest
import usadel
from frozen_records import INTERPRETED
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mpf

import thermospin as ts
from thermospin import density_of_states

RATES = ("depairing", "spin_orbit", "spin_flip")
# E, Γ, Δ, h, Γ_orb, Γ_so, Γ_sf and both densities, by continuation and Newton with 40 digits
# (tests/support/usadel.py gives the same).
PRINTED = [
    ("0.5", "1e-4", "1", "0.4", "0.05", "0", "0", 1.6758427577023762, 0.00010713337931235928),
    ("0.65", "1e-4", "1", "0.4", "0", "0.1", "0", 4.4650621406817043, 0.21091869793449249),
    ("1.4", "1e-4", "1", "0.4", "0", "0.1", "0", 1.2574016770365373, 2.4886476660335483),
    ("0", "1e-4", "1", "0.4", "0", "0.1", "0", 0.000122051003007556, 0.000122051003007556),
    ("0.62", "1e-4", "1", "0.4", "0.001", "0.003", "0", 5.15125591765699, 0.013130924342621482),
    ("0.9", "1e-4", "1", "0.4", "0.02", "0.1", "0.02", 1.6008746194397773, 0.23625336139143073),
    ("-1.25", "1e-4", "1", "0.4", "0.02", "0.1", "0.02", 0.9540587966955675, 1.2735154981205257),
    ("0.8", "1e-6", "1", "0.4", "0", "1", "0", 1.5206898479051511, 0.3778679856382852),
    ("0.35", "1e-3", "1", "0.4", "0", "0", "0.05", 0.054012543294916933, 0.0046779000999673491),
    ("0.3", "1e-3", "0.6", "0.3", "0.7", "0.2", "0.05", 0.93083776303884832, 0.77424706319087668),
]


def both(E, gamma, gap, h, *rates):
    named = dict(zip(RATES, rates, strict=True))
    return [density_of_states(E, gap, gamma, sign * h, **named) for sign in (1, -1)]


@pytest.mark.parametrize("row", PRINTED)
def test_both_densities_are_those_of_forty_digits(row):
    film, printed = [float(number) for number in row[:7]], row[7:]
    np.testing.assert_allclose(both(*film), printed, rtol=1e-13)


@pytest.mark.parametrize("row", PRINTED[::3])
def test_the_reference_finds_them_by_its_own_way(row):
    up = usadel.density(*row[:7])
    down = usadel.density(*row[:3], -mpf(row[3]), *row[4:7])
    np.testing.assert_allclose([float(up), float(down)], row[7:], rtol=1e-14)


def drawn(rng):
    """Return a film and an energy, rates and broadening of all sizes."""
    rates = [10 ** rng.uniform(-8, 1) if rng.random() < 0.6 else 0.0 for _ in RATES]
    gamma, gap = 10 ** rng.uniform(-8, 0), rng.choice([rng.uniform(0.01, 1.2), 1.0, 0.0])
    h = rng.choice([0.0, rng.uniform(-2, 2)])
    near = rng.choice([gap, -gap]) - h + rng.choice([-1, 1]) * 10 ** rng.uniform(-8, 0)
    E = rng.choice([rng.uniform(-3, 3), near, 0.0])
    return [float(value) for value in (E, gamma, gap, h, *rates)]


@pytest.mark.parametrize("count", [15, pytest.param(40, marks=pytest.mark.slow)])
def test_of_random_films_no_density_is_off_by_more_than_rounding_allows(thinned, count):
    rng = np.random.default_rng(16)
    films = [drawn(rng) for _ in range(count)]
    for film in thinned(films):
        exact, allowed = usadel.density(*film), 1 + usadel.condition(*film)
        found = both(*film)[0]
        assert abs(float(found - exact) / float(exact)) <= 1e-14 * float(allowed), film


@pytest.mark.parametrize("count", [20_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_at_every_energy_of_many_random_films_a_root_is_found(count):
    rng = np.random.default_rng(17)
    table = np.array([drawn(rng) for _ in range(500 if INTERPRETED else count)]).T
    E, gamma, gap, h, *rates = table
    found = density_of_states(E, gap, gamma, h, **dict(zip(RATES, rates, strict=True)))
    assert np.all(found > 0.0)


def test_without_rates_it_is_equation_1_to_the_last_bit():
    E, h = np.linspace(-2, 2, 101), np.array([[0.0], [0.3]])
    ideal = density_of_states(E, 0.9, 1e-5, h)
    assert np.array_equal(density_of_states(E, 0.9, 1e-5, h, depairing=0, spin_flip=0.0), ideal)
    some = density_of_states(E, 0.9, 1e-5, h, depairing=[[[0.0]], [[0.1]]])
    assert np.array_equal(some[0], ideal)
    assert not np.any(some[1] == ideal)


def test_a_rate_that_goes_to_zero_gives_equation_1():
    E = np.linspace(-2, 2, 41)
    for name in RATES:
        found = density_of_states(E, 0.9, 1e-2, 0.3, **{name: 1e-14})
        np.testing.assert_allclose(found, density_of_states(E, 0.9, 1e-2, 0.3), rtol=1e-10)


def test_without_a_field_spin_orbit_scattering_does_nothing():
    E = np.linspace(-2, 2, 41)
    given = {"depairing": [[0.0], [0.05]], "spin_flip": [[0.0], [0.02]]}
    without = density_of_states(E, 0.9, 1e-4, 0.0, **given)
    assert np.array_equal(density_of_states(E, 0.9, 1e-4, 0.0, spin_orbit=0.7, **given), without)


films = st.tuples(
    st.floats(-3, 3), st.floats(1e-6, 1), st.floats(0, 1.2), st.floats(-2, 2),
    *(st.sampled_from([0.0, 1e-4, 0.03, 0.4, 6.0]) for _ in RATES),
)  # fmt: skip


@given(films)
def test_reversing_energy_exchanges_the_spins(film):
    up, down = both(*film)
    opposite_up, opposite_down = both(-film[0], *film[1:])
    np.testing.assert_allclose([opposite_down, opposite_up], [up, down], rtol=1e-9)


@given(films)
def test_only_ratios_of_energies_matter(film):
    up, _ = both(*film)
    half, _ = both(*(0.5 * value for value in film))
    np.testing.assert_allclose(half, up, rtol=1e-9)


def test_orbital_depairing_alone_gives_the_quartic_of_maki():
    E, gap, gamma, h, rate = 0.7, 0.95, 1e-3, 0.2, 0.04
    z = complex(E + h, gamma)
    # (Δu − z)²(1 − u²) = Γ²u²
    quartic = [-(gap**2), 2 * gap * z, gap**2 - z * z - rate**2, -2 * gap * z, z * z]
    roots = np.roots(quartic)
    values = [(u / np.sqrt(u * u - 1)).real for u in roots]
    found = density_of_states(E, gap, gamma, h, depairing=rate)
    assert min(abs(abs(value) - found) for value in values) < 1e-10


def test_the_gap_of_abrikosov_and_gorkov():
    rate, gap = 0.05, 1.0
    edge = gap * (1 - (rate / gap) ** (2 / 3)) ** 1.5
    inside, outside = density_of_states([edge - 1e-3, edge + 1e-3], gap, 1e-8, depairing=rate)
    assert inside < 1e-4
    assert outside > 0.1
    assert edge == pytest.approx(0.80349102670183555, abs=1e-15)


def test_states_are_moved_and_not_lost():
    E = np.linspace(-40, 40, 1601)
    found = density_of_states(E, 1.0, 0.1, 0.4, depairing=0.02, spin_orbit=0.1, spin_flip=0.02)
    sum_of_changes = np.sum(found - 1.0) * (E[1] - E[0])
    assert sum_of_changes == pytest.approx(-1.0 / 40, rel=1e-3)  # what lies beyond ±40 Δ0


@pytest.mark.parametrize("name", RATES)
@pytest.mark.parametrize(
    ("value", "message"),
    [(-0.1, "between 0 and 10 Δ0, not -0.1"), (11, "not 11"), (np.nan, "must be finite")],
)
def test_a_rate_beyond_its_limits_is_named(name, value, message):
    with pytest.raises(ValueError, match=f"{name}.*{message}"):
        density_of_states(0.5, **{name: value})


def test_a_normal_film_has_the_density_of_the_normal_state():
    found = density_of_states([-1.0, 0.0, 0.3], 0.0, 1e-4, 0.3, spin_orbit=0.2, depairing=0.1)
    np.testing.assert_allclose(found, 1.0, rtol=1e-14)
    assert ts.density_of_states is density_of_states


# dN/d(E, Γ, h, Δ, Γ_orb, Γ_so, Γ_sf) of both spins at E = 0.9, Γ = 1e-3, h = 0.4, Δ = 0.95,
# Γ_orb = 0.02, Γ_so = 0.1 and Γ_sf = 0.02, by another program and checked with differences.
SLOPES_UP = [-1.368126096819, -0.661473141852, -1.085997098054, 1.760785695660,
             -1.128828831203, 1.022866381306, -4.304133644128]  # fmt: skip
SLOPES_DOWN = [0.355944740547, 1.697017168004, -0.638073739311, -0.350255525614,
               0.648078182327, 1.699202470905, 4.152157533014]  # fmt: skip


def test_slopes_are_those_of_another_program():
    rates = {"depairing": 0.02, "spin_orbit": 0.1, "spin_flip": 0.02}
    up, down = (ts.density_slopes(0.9, 0.95, 1e-3, h, **rates) for h in (0.4, -0.4))
    np.testing.assert_allclose(up, SLOPES_UP, atol=2e-12)
    by_its_field = [-slope if name == "h" else slope for name, slope in down._asdict().items()]
    np.testing.assert_allclose(by_its_field, SLOPES_DOWN, atol=2e-12)


@given(films)
def test_slopes_obey_the_theorem_of_euler(film):
    E, gamma, gap, h, *rates = film
    slopes = ts.density_slopes(E, gap, gamma, h, **dict(zip(RATES, rates, strict=True)))
    parts = np.array([E, gamma, h, gap, *rates]) * np.array(slopes)
    assert abs(parts.sum()) <= 1e-9 * np.abs(parts).max() + 1e-12


def test_slopes_of_ideal_leads_are_those_of_equation_1():
    E, gap, gamma, h = 0.7, 0.9, 1e-2, 0.3
    z = complex(E + h, gamma)
    root = np.sqrt(z - gap) * np.sqrt(z + gap)
    slopes = ts.density_slopes(E, gap, gamma, h)
    by_z = -(gap**2) / root**3
    assert pytest.approx(by_z.real, rel=1e-12) == slopes.E
    assert slopes.h == pytest.approx(by_z.real, rel=1e-12)
    assert slopes.gamma == pytest.approx(-by_z.imag, rel=1e-12)
    assert slopes.gap == pytest.approx((z * gap / root**3).real, rel=1e-12)
    assert np.isfinite(slopes.depairing)
