"""The gap of films with depairing, and the temperature where it ends (docs/physics/films.md).

Energies in Δ0, the zero-temperature gap of the pure film; temperatures in its T_c.
"""

import math
from fractions import Fraction
from functools import cache

import mpmath as mp
import numpy as np
import pytest
import usadel
import usadel_gap as ref
from frozen_records import INTERPRETED
from scipy.optimize import brentq
from scipy.special import polygamma, psi

import thermospin as ts
from thermospin import bcs_gap, critical_temperature
from thermospin.gap import lead_gap
from thermospin.kernels import depaired_gap, frequency_rule
from thermospin.kernels import matsubara_film as film_kernels
from thermospin.machine.compilation import from_python
from thermospin.units import BCS_RATIO

RATES = ("depairing", "spin_orbit", "spin_flip")
TWELVE_DECIMALS = 6e-13  # half a unit of the last digit, and rounding
TABLE_RTOL = 1e-13
POTENTIAL = 1e-11  # the potentials have 12 decimals
CLOSED = 1e-10
LINE = 1e-9  # distance from the transitions, tabulated with 10 digits
ROUNDING = 4e-15

COLD = [  # Γ_orb, Γ_so, Γ_sf, and Δ at T = 0.01 and h = 0.4
    (0, 0.01, 0, 0.998531854559),
    (0, 0.03, 0, 0.995921320142),
    (0, 0.1, 0, 0.989339363834),
    (0, 0.3, 0, 0.981484783457),
    (0, 1, 0, 0.980699225556),
    (0.01, 0, 0, 0.992114848525),
    (0.03, 0, 0, 0.976151388950),
    (0.1, 0, 0, 0.918002542723),
    (0, 0, 0.01, 0.975381743425),
    (0, 0, 0.03, 0.923616190768),
]
WARM = [  # T, h, Γ_orb, Γ_so, Γ_sf, Δ of 25-digit arithmetic, (Ω_S − Ω_N)/N_0
    (0.5, 0.4, 0.02, 0.1, 0.02, 0.7564323500874346, -0.066477595517),
    (0.7, 0.4, 0.05, 0, 0, 0.50554431356232, -0.010609304362),
    (0.7, 0.4, 0, 0.1, 0, 0.6952404549153536, -0.043147919008),
    (0.3, 0.3, 0.1, 0.5, 0.05, 0.6787241270264631, -0.058311472966),
    (0.9, 0.2, 0, 1, 0, 0.492767061686079, -0.010749028263),
    (0.5, 0.6, 0, 0.3, 0, 0.7991116408779274, -0.074071419357),
    (0.3, 0.4, 0, 0.2, 0, 0.9740267643982405, -0.287475214165),
]
ENDS = [  # h, Γ_orb, Γ_so, Γ_sf, T_c
    (0, 0.05, 0, 0, 0.9299522873826),
    (0, 0.1, 0, 0, 0.8581634209135),
    (0, 0.2, 0, 0, 0.7078863503499),
    (0, 0.4, 0, 0, 0.3552388002460),
    (0, 0, 0, 0.05, 0.7842961571696),
    (0.4, 0, 0.1, 0, 0.8935414749415),
    (0.3, 0, 0.5, 0, 0.9599778497211),
    (0.3, 0.05, 0.2, 0.03, 0.7356212234650),
]
JUMPS = [  # T, Γ_orb, Γ_so, h of the first-order line, Δ just below it
    (0.1, 0, 0.03, 0.7203645130, 0.975201),
    (0.1, 0, 0.1, 0.7662474620, 0.927992),
    (0.1, 0, 0.3, 0.8843842576, 0.825056),
    (0.1, 0, 1, 1.2151453860, 0.581643),
    (0.1, 0.1, 0, 0.5873197561, 0.890758),
    (0.3, 0, 0.03, 0.6788840704, 0.863576),
    (0.3, 0, 0.1, 0.7216173282, 0.809318),
    (0.3, 0, 0.3, 0.8337950122, 0.665933),
    (0.5, 0, 0.03, 0.6367819990, 0.436915),
    (0.5, 0, 0.1, 0.6763803285, 0.309146),
]
CONTINUOUS = [  # T, Γ_so, h of the second-order line
    (0.3, 1, 1.1583982375),
    (0.5, 0.3, 0.7808386277),
    (0.5, 1, 1.0600341739),
]


@cache
def compiled(function):
    """Return a function that only kernels call as one that Python can call."""
    return from_python(function)


def gap_of(T, h, *rates, gamma=0.0):
    return bcs_gap(T, h, gamma=gamma, **dict(zip(RATES, rates, strict=True)))


def end_of(h, *rates):
    return critical_temperature(h, **dict(zip(RATES, rates, strict=True)))


# --- tables ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", COLD)
def test_cold_gaps_of_the_standing_case(row):
    *rates, gap = row
    assert gap_of(0.01, 0.4, *rates) == pytest.approx(gap, abs=TWELVE_DECIMALS)


@pytest.mark.parametrize("row", WARM)
def test_gaps_and_potentials_of_25_digits(row):
    *film, gap, potential = row
    found = gap_of(*film)
    assert found == pytest.approx(gap, rel=TABLE_RTOL)
    assert left_side_and_potential(found, *film)[1] == pytest.approx(potential, abs=POTENTIAL)


@pytest.mark.parametrize("row", ENDS)
def test_critical_temperatures(row):
    *film, T_c = row
    assert end_of(*film) == pytest.approx(T_c, abs=1e-13)


@pytest.mark.parametrize("row", JUMPS)
def test_jump_at_the_first_order_line(row):
    T, orb, so, h, gap = row
    below, above = gap_of(T, [h - LINE, h + LINE], orb, so, 0)
    assert below == pytest.approx(gap, abs=5e-7)  # six digits
    assert above == 0.0


@pytest.mark.parametrize(("T", "so", "h"), CONTINUOUS)
def test_strong_spin_orbit_scattering_lets_the_gap_close_continuously(T, so, h):
    below, above = gap_of(T, [h - LINE, h + LINE], 0, so, 0)
    assert 0.0 < below < 1e-3
    assert above == 0.0


# --- closed forms ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [1e-4, 0.1, 0.3, 0.4])
def test_cold_gap_of_abrikosov_and_gorkov(rate):
    """At T = 0: ln Δ = −πζ/4 with ζ = Γ_orb/Δ ≤ 1."""
    Delta = brentq(lambda gap: math.log(gap) + math.pi * rate / (4.0 * gap), 0.4, 1.0, xtol=1e-15)
    assert bcs_gap(0.003, depairing=rate) == pytest.approx(Delta, abs=1e-13)
    assert bcs_gap(0.003, spin_flip=rate / 3.0) == pytest.approx(Delta, abs=1e-13)


def test_the_cold_gap_at_a_depairing_of_0_3():
    assert bcs_gap(0.005, depairing=0.3) == pytest.approx(0.72134360652052, abs=1e-13)


@pytest.mark.parametrize("rate", [0.48, 0.49, 0.4999])
def test_gapless_superconductors_are_those_of_abrikosov_and_gorkov(rate):
    """At T = 0 and ζ > 1: ln Δ = −arcosh ζ − [ζ arcsin(1/ζ) − √(1 − 1/ζ²)]/2; corrections ~ T²."""

    def equation(gap):
        zeta = rate / gap
        bracket = zeta * math.asin(1.0 / zeta) - math.sqrt(1.0 - 1.0 / zeta**2)
        return math.log(gap) + math.acosh(zeta) + 0.5 * bracket

    Delta = brentq(equation, 1e-9, rate, xtol=1e-15)
    assert Delta < rate
    at_T, at_2T = bcs_gap([1e-4, 2e-4], depairing=rate) ** 2
    assert math.sqrt(at_T - (at_2T - at_T) / 3.0) == pytest.approx(Delta, abs=1e-10)


@pytest.mark.parametrize("rate", [1e-6, 1e-3, 0.1, 0.45, 0.499])
def test_the_critical_temperature_of_abrikosov_and_gorkov(rate):
    """ln(1/t) = ψ(½ + α/2πk_BT_c) − ψ(½) with α = Γ_orb + 3Γ_sf."""

    def equation(t):
        return mp.log(t) + mp.psi(0, 0.5 + rate / (2 * mp.pi * BCS_RATIO * t)) - mp.psi(0, 0.5)

    T_c = float(mp.findroot(equation, (1e-3, 1.0), solver="anderson"))
    assert critical_temperature(depairing=rate) == pytest.approx(T_c, rel=CLOSED)
    both = critical_temperature(depairing=0.4 * rate, spin_flip=0.2 * rate, spin_orbit=0.7)
    assert both == pytest.approx(T_c, rel=CLOSED)


def linear_residual(t, h, orb, so, sf):
    """Return R(0) by digamma functions."""
    A, B, unit = orb + 3 * sf, orb + 2 * so + sf, 2 * math.pi * BCS_RATIO * t
    q = np.sqrt(complex((B - A) ** 2 / 4 - h * h))
    total = math.log(t) - psi(0.5)
    for sign in (1, -1):
        weight, rate = 0.5 - sign * (B - A) / (4 * q), (A + B) / 2 + sign * q
        total += weight * psi(0.5 + rate / unit)
    return total.real


@pytest.mark.parametrize(
    "film",
    [
        (0.2, 0, 0.05, 0),
        (0.5, 0.1, 1.0, 0.05),
        (1.4, 0.01, 2.0, 0.0),
        (0.3, 0.0, 10.0, 0.0),
        (1e-3, 0.3, 1e-3, 1e-3),
    ],
)
def test_a_gap_that_opens_continuously_opens_at_the_zero_of_digamma_functions(film):
    T_c = brentq(linear_residual, 0.05, 1.0, film, xtol=1e-16)
    assert end_of(*film) == pytest.approx(T_c, rel=1e-12)


def test_where_the_digamma_functions_have_a_pole_that_cancels_nothing_happens():
    """At |h| = Γ_so − Γ_sf both of their arguments are equal, and their weights infinite."""
    h = 1.0 + 1e-3 * np.array([-2, -1, 0, 1, 2])
    T_c = critical_temperature(h, spin_orbit=1.0)
    assert T_c[0] == pytest.approx(brentq(linear_residual, 0.3, 0.9, (h[0], 0, 1, 0)), rel=1e-11)
    assert abs(np.diff(T_c, 4)[0]) < 1e-9


@pytest.mark.parametrize("t", [1e-4, 1e-2, 0.3, 1.0])
@pytest.mark.parametrize("x", [0.0, 1e-3, 1.0, 30.0])
def test_sums_over_all_frequencies_are_polygamma_functions(t, x):
    """2πk_BT Σ 1/(ω + x)² = ψ'(½ + x/2πk_BT)/2πk_BT."""
    unit = math.pi * BCS_RATIO * t
    frequency, weight = compiled(frequency_rule.frequency_rule)(unit, 1.0 + x, 24)
    exact = polygamma(1, 0.5 + x / (2 * unit)) / (2 * unit)
    assert weight @ (frequency + x) ** -2.0 == pytest.approx(exact, rel=ROUNDING)
    exact = -polygamma(2, 0.5 + x / (2 * unit)) / (2 * (2 * unit) ** 2)
    assert weight @ (frequency + x) ** -3.0 == pytest.approx(exact, rel=ROUNDING)


def bernoulli_at_half(n):
    row = [Fraction(1, m + 1) for m in range(n + 1)]
    for m in range(n + 1):
        for j in range(m, 0, -1):
            row[j - 1] = j * (row[j - 1] - row[j])
    return (Fraction(2) ** (1 - n) - 1) * row[0]


def test_the_weights_of_the_differences_solve_their_equations():
    for k in range(1, len(frequency_rule.ENDS) + 1):
        terms = [
            2 * Fraction(weight) * Fraction(2 * j + 1, 2) ** (2 * k - 1)
            for j, weight in enumerate(frequency_rule.ENDS)
        ]
        exact = -bernoulli_at_half(2 * k) / (2 * k)
        size = sum(abs(term) for term in terms)
        assert abs(float((sum(terms) - exact) / size)) < ROUNDING


# --- beside the reference -------------------------------------------------------------------------


def left_side_and_potential(gap, T, h, orb, so, sf, gamma=0.0):
    """Return R and Ω at any gap."""
    film = film_kernels.Breaking(gamma, abs(h), float(orb), float(so), float(sf))
    equation = compiled(film_kernels.equation_of)(T, film, frequency_rule.TERMS)
    R, _, found = compiled(film_kernels.left_side)(equation, gap)
    rest, also = compiled(film_kernels.grand_potential)(equation, gap)
    assert found
    assert also
    return R, gap * gap * R + rest


def drawn(rng, count):
    """Return films that may be superconducting: T, h, Γ_orb, Γ_so, Γ_sf and Γ of all sizes."""
    films = []
    for _ in range(count):
        tops = (-0.5, 1.0, -1.0)
        rates = [10 ** rng.uniform(-4, top) if rng.random() < 0.6 else 0.0 for top in tops]
        rates[0] += 1e-4  # at least one is there
        gamma = 10 ** rng.uniform(-5, -1) if rng.random() < 0.3 else 0.0
        h = rng.uniform(0, 0.8) if rng.random() < 0.8 else 0.0
        films.append([float(x) for x in (rng.uniform(0.05, 1.0), h, *rates, gamma)])
    return films


@pytest.mark.parametrize("count", [20, pytest.param(60, marks=pytest.mark.slow)])
def test_random_films_have_the_gap_of_the_reference(thinned, count):
    films = thinned(drawn(np.random.default_rng(16), count))
    found = [gap_of(*film[:5], gamma=film[5]) for film in films]
    for gap, film in zip(found, films, strict=True):
        assert gap == pytest.approx(ref.stable_gap(*film), abs=1e-11), film
    assert INTERPRETED or count / 3 < np.count_nonzero(found) < count


def at_the_line(rng, count):
    """Return films at low temperature next to the field where their gap ends."""
    films = []
    while len(films) < count:
        T, _, orb, so, sf, gamma = drawn(rng, 1)[0]
        T, orb, sf = 0.1 + 0.4 * T, 0.3 * orb, 0.3 * sf
        low, high = 0.0, 4.0
        if gap_of(T, low, orb, so, sf, gamma=gamma) == 0.0:
            continue
        while high - low > 2e-3:
            h = 0.5 * (low + high)
            low, high = (h, high) if gap_of(T, h, orb, so, sf, gamma=gamma) > 0.0 else (low, h)
        films += [(T, low - 1e-3, orb, so, sf, gamma), (T, high + 1e-3, orb, so, sf, gamma)]
    return films


@pytest.mark.parametrize("count", [10, pytest.param(30, marks=pytest.mark.slow)])
def test_next_to_the_line_of_transitions_the_stable_state_is_that_of_the_reference(count):
    films = at_the_line(np.random.default_rng(17), 4 if INTERPRETED else count)
    jumps = 0
    for film in films:
        found, expected = gap_of(*film[:5], gamma=film[5]), ref.stable_gap(*film)
        assert found == pytest.approx(expected, abs=1e-11), film
        jumps += found > 0.0 and ref.residual([1e-6], *film)[0] > 0.0
    assert jumps > 0


def test_the_reference_has_the_angles_of_forty_digits():
    for W, film in ((0.3, (0.8, 0.4, 0.05, 0.2, 0.02)), (0.02, (0.6, 0.6, 1e-3, 0.0, 0.0))):
        up, down = usadel.angles(0, W, *film)
        exact = [complex(mp.sin(up)), complex(mp.sin(down))]
        found = ref.sines(np.array([W]), np.array([film[0]]), *film[1:])[:, 0]
        np.testing.assert_allclose(found, exact, rtol=1e-13)


@pytest.mark.parametrize(
    "film",
    [
        (0.5, 0.4, 0.02, 0.1, 0.02),
        (0.1, 0.5, 0.05, 0.0, 0.0),
        (0.3, 0.9, 0.0, 0.7, 0.01),
        (0.7, 0.0, 0.1, 0.0, 0.03),
    ],
)
@pytest.mark.parametrize("gap", [1e-3, 0.4, 0.9])
def test_the_grand_potential_is_the_integral_of_the_gap_equation(film, gap):
    """dΩ/dΔ = 2ΔR, at gaps that are not roots as well."""
    x, weights = np.polynomial.legendre.leggauss(12 if INTERPRETED else 40)
    nodes = gap * (x + 1) / 2
    R = [left_side_and_potential(node, *film)[0] for node in nodes]
    _, potential = left_side_and_potential(gap, *film)
    tolerance = 1e-5 if INTERPRETED else 1e-11
    assert gap * (weights @ (nodes * R)) == pytest.approx(potential, rel=tolerance)


@pytest.mark.parametrize("film", [(0.5, 0.4, 0.02, 0.1, 0.02), (0.01, 0.3, 0.05, 2.0, 0.0)])
def test_the_slope_of_the_gap_equation_is_its_derivative(film):
    equation = compiled(film_kernels.equation_of)(
        film[0], film_kernels.Breaking(1e-3, *film[1:]), frequency_rule.TERMS
    )
    left_side = compiled(film_kernels.left_side)
    for gap in (0.05, 0.6):
        slope, step = left_side(equation, gap)[1], 1e-4 * gap
        ends = [left_side(equation, gap + k * step)[0] for k in (-2, -1, 1, 2)]
        difference = (ends[0] - 8 * ends[1] + 8 * ends[2] - ends[3]) / (12 * step)
        assert 2 * gap * slope == pytest.approx(difference, rel=1e-9)


# --- where the gap ends ---------------------------------------------------------------------------


def test_the_gap_ends_at_the_critical_temperature(thinned):
    rng = np.random.default_rng(18)
    _, h, orb, so, sf, _ = np.transpose(drawn(rng, 10 if INTERPRETED else 100))
    orb, sf = 0.5 * orb, 0.5 * sf
    T_c = end_of(h, orb, so, sf)
    there = T_c > 1e-3
    assert np.count_nonzero(there) > 0
    beside = np.where(there, T_c, 0.5)
    for distance in (1e-4, 1e-11):
        assert np.all(gap_of(beside * (1 - distance), h, orb, so, sf)[there] > 0.0)
        assert np.all(gap_of(beside * (1 + distance), h, orb, so, sf)[there] == 0.0)
    for T in thinned([1e-4, 1e-3, 0.01, 0.1, 0.3, 0.5, 0.8]):
        assert np.all(gap_of(T, h, orb, so, sf)[(T_c < T)] == 0.0)


def test_a_film_without_rates_ends_where_the_gap_of_bcs_does():
    h = np.array([0.0, 0.3, 0.6, 0.65, 0.7, 0.72])
    T_c = critical_temperature(h)
    assert T_c[0] == 1.0
    assert T_c[-1] == 0.0
    assert np.all(bcs_gap(T_c[1:-1] * (1 - 1e-9), h[1:-1]) > 0.0)
    assert np.all(bcs_gap(T_c[1:-1] * (1 + 1e-9), h[1:-1]) == 0.0)


def test_some_films_next_to_the_line_become_normal_again_on_cooling():
    """The temperature is the one above which there is no gap, not the only one where it ends."""
    film = (0.37395, 0.1768105817, 0.0187844764, 0.0459346274)
    T_c = end_of(*film)
    found = gap_of([0.05, 0.14, T_c - 1e-9, T_c + 1e-9], *film)
    assert [gap > 0.0 for gap in found] == [False, True, True, False]


# --- limits and symmetries ------------------------------------------------------------------------


def test_without_rates_it_is_the_gap_of_bcs_to_the_last_bit():
    T, h = np.linspace(0.05, 1.0, 12)[:, np.newaxis], np.linspace(0.0, 0.7, 9)
    for gamma in (0.0, 1e-3):
        plain = bcs_gap(T, h, 1.0, gamma)
        some = bcs_gap(T, h, 1.0, gamma, depairing=[[[0.0]], [[0.1]]], spin_flip=0.0)
        np.testing.assert_array_equal(some[0], plain)
        assert not np.any((some[1] == plain) & (plain > 0.0))


@pytest.mark.parametrize("name", RATES)
def test_a_rate_that_goes_to_zero_gives_the_gap_of_bcs(name):
    T, h = np.array([[1e-4], [0.05], [0.4], [0.7]]), np.array([0.1, 0.35, 0.6])
    for gamma in (0.0, 1e-2):
        plain = bcs_gap(T, h, gamma=gamma)
        found = bcs_gap(T, h, gamma=gamma, **{name: 1e-14})
        np.testing.assert_allclose(found, plain, rtol=0, atol=2e-13)


def test_without_a_field_spin_orbit_scattering_does_nothing():
    T = np.linspace(0.1, 1.0, 7)
    assert np.array_equal(bcs_gap(T, spin_orbit=0.7), bcs_gap(T))
    given = {"depairing": 0.05, "spin_flip": [[0.0], [0.02]]}
    assert np.array_equal(bcs_gap(T, spin_orbit=0.7, **given), bcs_gap(T, **given))


def test_even_in_the_field():
    film = ([0.1, 0.5], 0.4, 0.02, 0.1, 0.02)
    np.testing.assert_array_equal(gap_of(film[0], -0.4, *film[2:]), gap_of(*film))
    assert end_of(-0.4, *film[2:]) == end_of(0.4, *film[2:])


@pytest.mark.parametrize("unit", [0.25, 2.0, 64.0])
def test_only_ratios_of_energies_matter(unit):
    """A power of two rounds nothing: the equality is exact."""
    h, rates = 0.1, {"depairing": 0.01, "spin_orbit": 0.1, "spin_flip": 0.01}
    scaled = {name: unit * rate for name, rate in rates.items()}
    found = bcs_gap(unit * 0.3, unit * h, unit, unit * 1e-3, **scaled)
    assert found == unit * bcs_gap(0.3, h, 1.0, 1e-3, **rates)
    there = critical_temperature(unit * h, unit, **scaled)
    assert there == pytest.approx(unit * critical_temperature(h, **rates), rel=ROUNDING)


@pytest.mark.parametrize(
    "rates", [(0.5, 0, 0), (0.6, 0, 0), (10, 10, 10), (0, 0, 0.17), (0, 0, 10)]
)
def test_rates_that_leave_no_gap_give_exactly_0(rates):
    T = np.array([1e-4, 0.01, 0.3, 0.9, 2.0])
    assert np.all(gap_of(T, [[0.0], [0.4]], *rates) == 0.0)
    assert end_of(0.1, *rates) == 0.0


def test_strong_spin_orbit_scattering_keeps_a_gap_in_fields_beyond_it():
    assert 0.5 < bcs_gap(0.1, 1.2, spin_orbit=1.0) < 0.8
    assert bcs_gap(0.1, 2.0, spin_orbit=10.0) > 0.5
    assert bcs_gap(0.1, 2.0) == 0.0


def test_normal_metals_stay_normal():
    assert bcs_gap(0.1, 0.2, 0.0, depairing=0.1) == 0.0
    assert critical_temperature(0.2, 0.0, depairing=0.1) == 0.0
    assert bcs_gap(1.0, depairing=0.1) == bcs_gap(50.0, 1.0, spin_orbit=1.0) == 0.0


def test_depairing_lowers_the_gap_and_where_it_ends():
    rates = np.array([0.0, 1e-6, 1e-3, 0.03, 0.1, 0.3])
    for name in ("depairing", "spin_flip"):
        assert np.all(np.diff(bcs_gap(0.4, **{name: rates / 2})) < 0.0)
        assert np.all(np.diff(critical_temperature(**{name: rates / 2})) < 0.0)


def test_spin_orbit_scattering_raises_the_field_where_the_gap_ends():
    assert bcs_gap(0.1, 0.75) == 0.0
    assert np.all(bcs_gap(0.1, 0.75, spin_orbit=[0.1, 0.3, 1.0, 10.0]) > 0.9)


# --- shapes, models and failures ------------------------------------------------------------------


def test_broadcasts_and_solves_equal_films_once(monkeypatch):
    sizes = []

    def counted(*arguments):
        sizes.append(arguments[0].size)
        return depaired_gap.depaired_gaps(*arguments)

    monkeypatch.setattr("thermospin.gap.depaired_gaps", counted)
    found = bcs_gap([[0.7], [0.1]], [0.4, -0.4, 0.0], depairing=[[[0.1]], [[0.0]]], spin_flip=0.01)
    assert found.shape == (2, 2, 3)
    assert sizes == [8]
    assert found[0, 1, 0] == bcs_gap(0.1, 0.4, depairing=0.1, spin_flip=0.01)
    assert isinstance(bcs_gap(0.7, depairing=0.1), float)
    assert isinstance(critical_temperature(), float)
    assert critical_temperature([[0.0], [0.1]], depairing=[0.1, 0.2, 0.6]).shape == (2, 3)
    assert bcs_gap(np.empty(0), depairing=0.1).shape == (0,)
    assert ts.critical_temperature is critical_temperature


def test_only_self_consistent_models_take_rates():
    rates = {"depairing": 0.1, "spin_orbit": 0.2, "spin_flip": 0.01}
    for model in ("tanh", "constant"):
        assert lead_gap(0.5, 0.3, 1.0, model, **rates) == lead_gap(0.5, 0.3, 1.0, model)
    assert lead_gap(0.5, 0.3, 1.0, "self-consistent", 1e-2, **rates) == bcs_gap(0.5, 0.3, **rates)
    assert lead_gap(0.5, 0.3, 1.0, "dynes", 1e-2, **rates) == bcs_gap(0.5, 0.3, 1.0, 1e-2, **rates)


def test_what_did_not_converge_is_nan_and_said(monkeypatch):
    def lost(t, *_):
        return np.where(t < 0.6, np.nan, 0.5)

    monkeypatch.setattr("thermospin.gap.depaired_gaps", lost)
    with pytest.warns(RuntimeWarning, match="the gap was not found for 1 of 2 films; it is NaN"):
        found = bcs_gap([0.5, 0.7], depairing=0.1)
    np.testing.assert_array_equal(found, [np.nan, 0.5])
    monkeypatch.setattr("thermospin.gap.critical_temperatures", lost)
    with pytest.warns(RuntimeWarning, match="critical temperature was not found for 1 of 1"):
        assert math.isnan(critical_temperature(depairing=0.1))


def test_an_angle_that_is_not_found_leaves_no_number():
    lost = film_kernels.Breaking(math.nan, 0.4, 0.1, 0.1, 0.0)
    assert math.isnan(compiled(depaired_gap.stable_depaired_gap)(0.5, lost))


def test_a_sum_that_is_not_accurate_confirms_no_gap():
    T, film = 0.3, film_kernels.Breaking(0.0, 0.4, 0.05, 0.1, 0.0)
    equation = compiled(film_kernels.equation_of)(T, film, frequency_rule.TERMS)
    gap = float(gap_of(T, *film[1:]))
    is_confirmed = compiled(depaired_gap._is_confirmed)
    assert is_confirmed(T, equation, gap)
    assert is_confirmed(T, equation, 0.0)
    wrong = equation.weight.copy()
    wrong[-1] *= 1 + 1e-10
    assert not is_confirmed(T, equation._replace(weight=wrong), gap)
    assert not is_confirmed(T, equation._replace(at_zero=equation.at_zero + 1e-9), 0.0)


@pytest.mark.parametrize("call", [lambda **rate: bcs_gap(0.5, **rate), critical_temperature])
@pytest.mark.parametrize("name", RATES)
@pytest.mark.parametrize("value", [-0.1, 11, math.nan, math.inf])
def test_a_rate_beyond_its_limits_is_named(call, name, value):
    with pytest.raises(ValueError, match=f"^{name} must be between 0 and 10 Δ0, not {value:g}$"):
        call(**{name: value})


def test_a_rate_with_a_mask_is_refused():
    with pytest.raises(TypeError, match="spin_flip must not be a masked array"):
        bcs_gap(0.5, spin_flip=np.ma.masked_array([0.1], [True]))
