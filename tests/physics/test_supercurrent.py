"""The critical current: printed numbers, closed forms, sums over frequencies, and laws.

Energies in Δ0, temperatures in T_c, currents in G_T Δ0/e. Derivation: docs/physics/supercurrent.md.
The slow reference is that of `thermospin verify`, which integrates along the real axis and shares
no code with the kernels; the sums over Matsubara frequencies here share none with either.
"""

import math

import numpy as np
import pytest
from frozen_records import INTERPRETED
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import ellipk

from thermospin import Junction, ToleranceWarning, bcs_gap, critical_current, evaluate
from thermospin.kernels.film_leads import tabulate_leads
from thermospin.kernels.film_table import FOUND, films_of_junctions
from thermospin.kernels.leads import COLUMNS
from thermospin.kernels.rules import QUADRATURE
from thermospin.kernels.supercurrent import critical_currents
from thermospin.observables.points import leads_table
from thermospin.quantities import STATUS
from thermospin.units import BCS_RATIO
from thermospin.verification.slow_reference import Lead, spin_supercurrent

GAP_S = 0.828770970447738  # of S at T_S = 0.7
GAP_HALF = 0.956884715874891  # of either lead at 0.5
COLD = 1e-3
COUNT = 40 if INTERPRETED else 2000
FREQUENCIES = 4000  # that are summed one by one
DIGITS = 1e-14  # of the printed numbers, and of doubles
EXACT = 1e-12
NEXT_ORDER = 1e-4  # of a step, by how else I_c changes beside it
# Δ_S, Δ_Sm, T_S, T_Sm, h_exc, h_S, Γ and I_c by arithmetic of 25 digits along the real axis.
PRINTED = [
    (GAP_HALF, GAP_HALF, 0.5, 0.5, 0.0, 0.0, 1e-4, 1.403553387794977),
    (1.0, 1.0, 0.05, 0.05, 0.6, -0.6, 1e-4, 1.750595779581436),
    (GAP_S, 1.0, 0.7, 0.01, 0.0, 0.0, 1e-4, 1.164335287787857),
    (GAP_S, 1.0, 0.7, 0.01, 0.2, 0.0, 1e-4, 1.32082773827639),
    (GAP_S, 1.0, 0.7, 0.01, 0.4, 0.0, 1e-4, 1.348453296752823),
    (GAP_S, 1.0, 0.7, 0.01, 0.4, 0.0, 1e-2, 1.333506530665362),
]


def with_gaps(gap_S, gap_Sm, **fields):
    return Junction(gap_S=gap_S, gap_Sm=gap_Sm, gap_model="constant", **fields)


def without_broadening(gap_S, gap_Sm, **fields):
    """Return I_c at Γ = 0, from small ones."""
    gamma = np.array([1e-7, 2e-7, 3e-7])
    found = critical_current(with_gaps(gap_S, gap_Sm, gamma=gamma, **fields), rtol=1e-13)
    return found @ np.array([3.0, -3.0, 1.0])


def drawn(rng, **more):
    """Return fields of a random junction with gaps as given."""
    return {
        "gap_S": rng.uniform(0.1, 1.2),
        "gap_Sm": rng.choice([1.0, rng.uniform(0.1, 1.2)]),
        "h_exc": rng.choice([0.0, rng.uniform(-0.9, 0.9)]),
        "h_S": rng.choice([0.0, rng.uniform(-0.5, 0.5)]),
        "gamma_S": 10 ** rng.uniform(-7, -1),
        "gamma_Sm": 10 ** rng.uniform(-7, -1),
    } | more


def with_temperatures(rng):
    return drawn(rng, T_S=10 ** rng.uniform(-2, 0.2), T_Sm=10 ** rng.uniform(-2, 0.2))


def leads_of(fields):
    """Return S and Sm as the slow reference takes them."""
    rates = ("depairing", "spin_orbit", "spin_flip")
    return [
        Lead(
            BCS_RATIO * fields[f"T_{lead}"],
            fields.get(field, 0.0),
            fields.get(f"gamma_{lead}", 1e-4),
            fields[f"gap_{lead}"],
            *(fields.get(f"{rate}_{lead}", 0.0) for rate in rates),
        )
        for lead, field in (("S", "h_S"), ("Sm", "h_exc"))
    ]


def along_the_real_axis(fields):
    """Return I_c of both spins by the slow reference, and the integral of the modulus."""
    spins = [spin_supercurrent(sigma, *leads_of(fields)) for sigma in (1, -1)]
    return sum(spin.value for spin in spins), sum(spin.modulus for spin in spins)


def over_frequencies(summand, T):
    """Return 2π k_BT times the sum of a function of the frequency, its far part as an integral."""
    step = 2.0 * math.pi * BCS_RATIO * T
    first = FREQUENCIES * step
    total = math.fsum(summand((n + 0.5) * step) for n in range(FREQUENCIES))
    beyond = quad(lambda x: summand(first / x) * first / x**2, 0.0, 1.0, epsabs=0, epsrel=1e-12)[0]
    small = 1e-3 * first  # the first of the corrections of Euler and Maclaurin
    slope = (summand(first + small) - summand(first - small)) / (2.0 * small)
    return step * total + beyond + step**2 * slope / 24.0


def ideal_product(fields, theta):
    """Return the product of singlets and that of triplets at a frequency, of ideal leads."""

    def amplitudes(omega, gap, gamma, h):
        spins = [gap / np.sqrt((omega + gamma + 1j * s * h) ** 2 + gap**2) for s in (1, -1)]
        return (spins[0] + spins[1]) / 2.0, (spins[0] - spins[1]) / 2.0

    def summand(omega):
        f_S, t_S = amplitudes(omega, fields["gap_S"], fields["gamma_S"], fields["h_S"])
        f_Sm, t_Sm = amplitudes(omega, fields["gap_Sm"], fields["gamma_Sm"], fields["h_exc"])
        return (f_S * f_Sm + math.cos(math.pi * theta) * t_S * t_Sm).real

    return summand


# --- numbers and closed forms -------------------------------------------------------------------


@pytest.mark.parametrize("row", PRINTED)
def test_printed_numbers(row):
    *given, expected = row
    names = ("gap_S", "gap_Sm", "T_S", "T_Sm", "h_exc", "h_S", "gamma")
    junction = Junction(**dict(zip(names, given, strict=True)), gap_model="constant")
    assert critical_current(junction, rtol=1e-12) == pytest.approx(expected, rel=DIGITS)


def test_equal_leads_without_fields_obey_ambegaokar_and_baratoff():
    for T in (0.05, 0.3, 0.7, 0.95):
        gap = float(bcs_gap(T))
        expected = 0.5 * math.pi * gap * math.tanh(gap / (2.0 * BCS_RATIO * T))
        assert without_broadening(gap, gap, T=T) == pytest.approx(expected, rel=EXACT)


def test_cold_leads_of_two_gaps_obey_the_elliptic_integral():
    for gap_S, gap_Sm in ((1.0, 0.5), (0.2, 1.0), (0.7, 0.9)):
        total = gap_S + gap_Sm
        expected = 2.0 * gap_S * gap_Sm / total * ellipk(((gap_S - gap_Sm) / total) ** 2)
        assert without_broadening(gap_S, gap_Sm, T=COLD) == pytest.approx(expected, rel=EXACT)


def test_equal_leads_in_parallel_fields_obey_their_closed_form():
    h = 0.3
    for T in (0.2, 0.6):
        sides = (math.tanh((1.0 + sign * h) / (2.0 * BCS_RATIO * T)) for sign in (1, -1))
        found = without_broadening(1.0, 1.0, T=T, h_exc=h, h_S=h)
        assert found == pytest.approx(0.25 * math.pi * sum(sides), rel=EXACT)


def test_the_step_at_the_threshold_field_is_that_of_quasiparticles_at_the_edge():
    """(π/2) √(Δ_S Δ_Sm) f_S(Δ_S), which is as wide as the matching peak of I_q: Γ_S + Γ_Sm."""
    threshold = 1.0 - GAP_S
    f_S, f_Sm = (1.0 / (1.0 + math.exp(GAP_S / (BCS_RATIO * T))) for T in (0.7, 0.01))
    expected = 0.5 * math.pi * math.sqrt(GAP_S) * (f_S - f_Sm)
    assert expected == pytest.approx(0.157634, abs=5e-7)
    for gamma, away in ((1e-8, 1e-8), (1e-8, 1e-7), (2e-8, 1e-6)):
        h_exc = threshold + np.array([-away, away])
        junction = with_gaps(GAP_S, 1.0, T_S=0.7, T_Sm=0.01, h_exc=h_exc, gamma=gamma)
        below, above = critical_current(junction)
        climbed = expected * 2.0 / math.pi * math.atan(away / (2.0 * gamma))
        assert above - below == pytest.approx(climbed, rel=NEXT_ORDER)


def test_without_a_field_both_spins_make_the_step_twice_as_high():
    f_S = 1.0 / (1.0 + math.exp(1.0 / (BCS_RATIO * 0.7)))
    gap = 1.0 + np.array([-1.0, 1.0]) * 1e-6
    narrow, wide = critical_current(with_gaps(1.0, gap, T_S=0.7, T_Sm=0.01, gamma=1e-8))
    climbed = math.pi * f_S * 2.0 / math.pi * math.atan(1e-6 / 2e-8)
    assert narrow - wide == pytest.approx(climbed, rel=NEXT_ORDER)


# --- other ways to the same number --------------------------------------------------------------


def test_at_one_temperature_it_is_the_sum_over_matsubara_frequencies_at_any_angle():
    rng = np.random.default_rng(1)
    for theta in (0.0, 1.0, 0.5, 0.3):
        T = 10 ** rng.uniform(-1.5, 0.2)
        fields = drawn(rng, T_S=T, T_Sm=T)
        expected = over_frequencies(ideal_product(fields, theta), T)
        found = critical_current(Junction(**fields, theta=theta, gap_model="constant"))
        assert found == pytest.approx(expected, rel=EXACT)


def test_at_one_temperature_the_real_axis_gives_the_same():
    rng = np.random.default_rng(2)
    for _ in range(8):
        T = 10 ** rng.uniform(-2, 0.2)
        fields = drawn(rng, T_S=T, T_Sm=T)
        expected, modulus = along_the_real_axis(fields)
        found = critical_current(Junction(**fields, gap_model="constant"))
        assert found == pytest.approx(expected, rel=EXACT, abs=EXACT * modulus)


@pytest.mark.parametrize("rtol", [1e-4, 1e-8, 1e-12])
def test_errors_hold_beside_the_real_axis_at_any_two_temperatures(rtol):
    rng = np.random.default_rng(3)
    for _ in range(20):
        fields = with_temperatures(rng)
        expected, modulus = along_the_real_axis(fields)
        junction = Junction(**fields, gap_model="constant")
        found = evaluate(["I_c", "I_c_error"], None, junction, rtol=rtol)
        (value,), (error,) = found.values.values()
        assert error <= rtol * abs(value)
        assert found.junction_status == STATUS["ok"]
        assert abs(value - expected) <= error + 1e-13 * modulus


@pytest.mark.slow
def test_errors_hold_between_hostile_leads():
    """Edges that coincide, hardly any broadening or much, all temperatures, fields beyond gaps."""
    rng = np.random.default_rng(7)
    for _ in range(1000):
        gap_S, T_S = 10 ** rng.uniform(-3, 2), 10 ** rng.uniform(-4, 2)
        gap_Sm = rng.choice([gap_S, 10 ** rng.uniform(-3, 2)])
        h_exc = rng.choice([0.0, gap_Sm - gap_S, 2.0 * gap_Sm, 10 ** rng.uniform(-4, 1)])
        fields = {
            "gap_S": gap_S,
            "gap_Sm": gap_Sm,
            "T_S": T_S,
            "T_Sm": rng.choice([T_S, 10 ** rng.uniform(-4, 2)]),
            "h_exc": np.clip(h_exc, -10.0, 10.0),
            "h_S": rng.choice([0.0, np.clip(h_exc, -10.0, 10.0), rng.uniform(-1.0, 1.0)]),
            "gamma_S": 10 ** rng.uniform(-8, 0),
            "gamma_Sm": 10 ** rng.uniform(-8, 0),
        }
        expected, modulus = along_the_real_axis(fields)
        junction = Junction(**fields, gap_model="constant")
        found = evaluate(["I_c", "I_c_error"], None, junction, rtol=10 ** rng.uniform(-12, -3))
        (value,), (error,) = found.values.values()
        assert abs(value - expected) <= error + 1e-13 * modulus


def usadel_root(omega, gap, rate):
    """Return u = cot θ of a film without a field: ω/Δ = u (1 − (Γ_orb/Δ)/√(1 + u²))."""

    def residual(u):
        return u * (1.0 - rate / gap / math.sqrt(1.0 + u * u)) - omega / gap

    return brentq(residual, omega / gap, (omega + rate) / gap + 1.0, xtol=1e-15, rtol=1e-14)


def test_films_at_one_temperature_are_the_sum_over_matsubara_frequencies():
    gap, gamma, rate, T = 0.8, 1e-3, 0.2, 0.3

    def product(omega):
        u = usadel_root(omega + gamma, gap, rate)
        v = (omega + gamma) / 1.0
        return 1.0 / math.sqrt((1.0 + u * u) * (1.0 + v * v))

    found = critical_current(with_gaps(gap, 1.0, T=T, gamma=gamma, depairing_S=rate))
    assert found == pytest.approx(over_frequencies(product, T), rel=1e-11)


@pytest.mark.parametrize(
    "rates",
    [
        {"spin_orbit_Sm": 0.1},
        {"depairing_S": 0.05, "spin_flip_Sm": 0.02},
        {"depairing_Sm": 0.02, "spin_orbit_Sm": 0.3, "spin_orbit_S": 0.1, "h_S": -0.2},
    ],
)
def test_errors_hold_beside_the_real_axis_between_films(rates):
    fields = {"T_S": 0.7, "T_Sm": 0.1, "gap_S": GAP_S, "gap_Sm": 1.0, "h_exc": 0.4} | rates
    fields |= {"gamma_S": 1e-2, "gamma_Sm": 1e-3}
    expected, modulus = along_the_real_axis(fields)
    for rtol in (1e-4, 1e-10):
        junction = Junction(**fields, gap_model="constant")
        found = evaluate(["I_c", "I_c_error"], None, junction, rtol=rtol)
        (value,), (error,) = found.values.values()
        assert error <= rtol * value
        assert abs(value - expected) <= error + 2e-12 * modulus


def test_films_with_hardly_any_rates_are_ideal_leads():
    fields = {"T_S": 0.7, "T_Sm": 0.1, "h_exc": 0.4, "h_S": 0.1, "gamma": 1e-2}
    ideal = critical_current(with_gaps(GAP_S, 1.0, **fields))
    for name in ("depairing", "spin_orbit", "spin_flip"):
        film = critical_current(with_gaps(GAP_S, 1.0, **fields, **{name: 1e-9}), rtol=1e-10)
        assert film == pytest.approx(ideal, abs=3e-8)
        assert film != ideal


# --- laws ---------------------------------------------------------------------------------------


def test_reversed_fields_and_polarisation_leave_every_bit():
    rng = np.random.default_rng(4)
    for _ in range(20):
        fields = with_temperatures(rng) | {"P": 0.4, "theta": 0.3}
        there = fields | {name: -fields[name] for name in ("h_exc", "h_S", "P")}
        assert critical_current(Junction(**fields)) == critical_current(Junction(**there))


def test_exchanged_leads_have_the_same_critical_current():
    rng = np.random.default_rng(5)
    names = {"T_S": "T_Sm", "h_S": "h_exc", "gap_S": "gap_Sm", "gamma_S": "gamma_Sm"}
    names |= {there: here for here, there in names.items()}
    for _ in range(20):
        fields = with_temperatures(rng)
        here = critical_current(Junction(**fields, gap_model="constant"), rtol=1e-12)
        exchanged = {names[name]: value for name, value in fields.items()}
        there = critical_current(Junction(**exchanged, gap_model="constant"), rtol=1e-12)
        assert there == pytest.approx(here, rel=EXACT)


def test_a_polarised_barrier_lets_the_root_of_one_less_its_square_pass():
    P = np.array([0.0, 0.6, -0.8, 1.0])
    found = critical_current(Junction(T_S=0.7, h_exc=0.4, P=P))
    np.testing.assert_allclose(found, found[0] * np.array([1.0, 0.8, 0.6, 0.0]), rtol=1e-15)


def test_at_an_angle_it_is_the_mean_between_parallel_and_antiparallel_fields():
    theta = np.array([0.0, 0.2, 0.5, 1.0])
    fields = {"T_S": 0.6, "T_Sm": 0.1, "h_exc": 0.4, "h_S": 0.2}
    found = critical_current(Junction(**fields, theta=theta))
    parallel, antiparallel = critical_current(Junction(**fields | {"h_S": np.array([0.2, -0.2])}))
    turned = np.sin(0.5 * np.pi * theta) ** 2
    expected = (1.0 - turned) * parallel + turned * antiparallel
    np.testing.assert_allclose(found, expected, rtol=1e-15)


def test_without_a_field_in_one_lead_the_angle_does_not_matter():
    theta = np.array([0.0, 0.3, 1.0])
    assert np.ptp(critical_current(Junction(T_S=0.6, h_exc=0.4, theta=theta))) == 0.0


def test_a_normal_lead_carries_no_supercurrent():
    normal = [{"gap_Sm": 0.0}, {"gap_S": 0.0}, {"T_S": 1.0}, {"h_exc": 0.8}, {"T": 1.2}]
    for fields in normal:
        junction = Junction(**({"T_S": 0.7} if "T" not in fields else {}) | fields)
        found = evaluate(["I_c", "I_c_error"], None, junction)
        assert [values.tolist() for values in found.values.values()] == [[0.0], [0.0]]
        assert found.junction_status == STATUS["ok"]


def test_no_junction_with_self_consistent_gaps_is_a_pi_junction():
    rng = np.random.default_rng(6)
    T_S, T_Sm = rng.uniform(0.01, 1.0, (2, COUNT))
    h_exc, h_S = rng.uniform(-0.7, 0.7, (2, COUNT))
    junction = Junction(T_S=T_S, T_Sm=T_Sm, h_exc=h_exc, h_S=h_S)
    found = evaluate(["I_c", "Delta_S", "Delta_Sm"], None, junction).values
    size = np.sqrt(found["Delta_S"] * found["Delta_Sm"])
    assert np.count_nonzero(size) > COUNT // 4
    assert (found["I_c"][size > 0.0] > 0.0).all()
    assert (found["I_c"][size == 0.0] == 0.0).all()


def test_fields_of_any_shape_broadcast_and_none_depends_on_the_others():
    T_S, h_exc = np.array([[0.3], [0.7]]), np.array([0.0, 0.2, 0.4])
    together = critical_current(Junction(T_S=T_S, h_exc=h_exc))
    assert together.shape == (2, 3)
    alone = [[critical_current(Junction(T_S=T, h_exc=h)) for h in h_exc] for T in T_S.ravel()]
    np.testing.assert_array_equal(together, alone)


def test_what_misses_its_tolerance_is_flagged():
    film = Junction(T_S=0.9, T_Sm=0.01, h_exc=0.3, depairing=0.05)
    with pytest.warns(ToleranceWarning, match="1 of 1 values did not reach rtol = 1e-13"):
        critical_current(film, rtol=1e-13)
    status = evaluate(["I_c"], None, film, rtol=1e-13).junction_status
    assert status == STATUS["tolerance_missed"]


def test_what_is_not_found_of_a_film_is_no_number():
    film = Junction(T_S=0.7, T_Sm=0.1, h_exc=0.3, depairing=0.05)
    films, table = films_of_junctions(), leads_table(film).reshape(1, COLUMNS)
    tabulate_leads(table[0], 1e-8, films)
    value, error, met = np.empty(1), np.empty(1), np.empty(1, dtype=np.bool_)
    for found, expected in ((1, critical_current(film)), (0, np.nan)):
        films.numbers[:, FOUND] = found
        critical_currents(table, 1e-8, QUADRATURE, films, value, error, met)
        np.testing.assert_array_equal(value, expected)
        assert met[0] == (found == 1)


def test_a_tolerance_out_of_range_is_refused():
    with pytest.raises(ValueError, match=r"rtol must be between 1e-13 and 0.01, not 0\.5"):
        critical_current(Junction(T_S=0.7), rtol=0.5)
