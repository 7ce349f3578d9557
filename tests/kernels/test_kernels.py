"""The kernels: exponential, density of states, Fermi functions, Gauss rules, breakpoints.

The oracle is mpmath with 60 digits. Equations are those of Germanese et al., arXiv:2105.01527.
Energies in Δ0.
"""

import math

import numpy as np
import pytest
from mpmath import mp, mpc, mpf
from numpy.polynomial.chebyshev import chebval

from thermospin.kernels import breakpoints as singular
from thermospin.kernels import (
    convergence,
    density,
    fermi,
    mean_conductance,
    node_loops,
    rules,
)
from thermospin.kernels import workspace as memory
from thermospin.kernels.breakpoints import (
    CHOSEN,
    CLOSE,
    HIDDEN,
    HIGH,
    LOW,
    REACH,
    S_LOWER,
    S_STEP,
    SINGULARITIES,
    SM_STEP,
    SM_UPPER,
)
from thermospin.kernels.chebyshev import References, dense_values
from thermospin.kernels.leads import GAP_S, GAP_SM, Leads
from thermospin.kernels.leads import leads_of as leads_of_row
from thermospin.machine import exponential
from thermospin.machine.compilation import from_python
from thermospin.machine.exponential import SMALLEST
from thermospin.units import BCS_RATIO

density_factors, density_and_slope_factors = map(
    from_python, (density.density_factors, density.density_and_slope_factors)
)
coarse_log, decay, exp = map(
    from_python, (exponential.coarse_log, exponential.decay, exponential.exp)
)
breakpoints, distance, singularities, offsets_at = map(
    from_python,
    (singular.breakpoints, singular.distance, singular.singularities, singular.offsets_at),
)
fermi_difference, fermi_step, fermi_slope = map(
    from_python, (fermi.fermi_difference, fermi.fermi_step, fermi.fermi_slope)
)
is_smooth, leads_of, log_rate, mean_slope, place_on_map = map(
    from_python,
    (
        mean_conductance.is_smooth,
        leads_of_row,
        convergence.log_rate,
        mean_conductance.mean_slope,
        convergence.place_on_map,
    ),
)
error_estimate, order_for, steps_to = map(
    from_python, (rules.error_estimate, rules.order_for, rules.steps_to)
)

UNITS_IN_THE_LAST_PLACE = 2.0
DENSITY = 3e-15
SLOPE = 3e-15  # of |Δ²/w^(3/2)|: the slope itself passes through zero outside the gap
FERMI = 1e-13
FERMI_ZERO = 1e-300  # below, e^−|x| has no digits left
POLYNOMIAL = 5e-15
WEIGHT = 1e-13
COEFFICIENT = 1e-13
SUM_ROUNDING = 1e-14

SEED = 210501527


@pytest.fixture(autouse=True)
def _precision():
    with mp.workdps(60):
        yield


def log_uniform(rng, low, high, count):
    return np.exp(rng.uniform(math.log(low), math.log(high), count))


# --- exponential ----------------------------------------------------------------------------


def test_exponential_is_good_to_two_units_in_the_last_place(thinned):
    rng = np.random.default_rng(SEED)
    awkward = [-708.0, 708.0, 0.0, 1e-300, -5e-324, math.log(2) / 2, -math.log(2) / 2, 1.0]
    for x in thinned([*awkward, *rng.uniform(-708, 708, 1500), *rng.uniform(-1, 1, 500)]):
        exact = mp.exp(mpf(float(x)))
        assert abs(exp(x) - exact) <= UNITS_IN_THE_LAST_PLACE * np.spacing(float(exact))


def test_exponential_against_numpy():
    x = np.linspace(-708.0, 708.0, 1417)
    np.testing.assert_allclose([exp(value) for value in x], np.exp(x), rtol=6e-16, atol=0.0)


@pytest.mark.parametrize("x", [709.0, -1e4, 1e300, -math.inf])
def test_decay_neither_vanishes_nor_overflows(x):
    assert decay(x) == exp(SMALLEST) > 0.0


def test_coarse_logarithm_is_good_to_three_hundredths():
    rng = np.random.default_rng(SEED)
    for x in log_uniform(rng, 1e-300, 1e300, 2000):
        assert abs(coarse_log(x) - math.log(x)) <= 0.03


def test_tabulated_lengths_are_the_nearest_to_what_a_piece_needs():
    """To a 32nd of an octave; never less than one step, and one more than there are if too long."""
    half = rules.LENGTHS[1]
    rng = np.random.default_rng(SEED)
    for ratio in log_uniform(rng, 1e-300, 1e300, 2000):
        wanted = min(max(math.asinh(ratio) / half, 1.0), rules.STEPS + 1)
        assert abs(steps_to(ratio) - wanted) <= 0.5 + math.log(2.0) / 32.0 / half
    assert [steps_to(ratio) for ratio in (0.0, math.inf)] == [1, rules.STEPS + 1]


# --- density of states, Eq. (1) -------------------------------------------------------------


def edges(count):
    """Yield (above, below, Γ): distances from both edges, the nearer one of any size."""
    rng = np.random.default_rng(SEED)
    near = rng.choice([-1.0, 1.0], count) * log_uniform(rng, 1e-15, 20.0, count)
    width = 2.0 * log_uniform(rng, 1e-3, 10.0, count) * (rng.random(count) > 0.05)
    gamma = log_uniform(rng, 1e-10, 1e-1, count)
    at_upper_edge = rng.random(count) < 0.5
    above = np.where(at_upper_edge, near, near - width)
    below = np.where(at_upper_edge, near + width, near)
    return list(zip(above, below, gamma, strict=True))


def exact_density(above, below, gamma):
    """Return N, dN/dε, |Δ²/w^(3/2)| and Δ² from the two distances, which are exact."""
    energy, gap = (mpf(below) + mpf(above)) / 2, (mpf(below) - mpf(above)) / 2
    z = mpc(energy, gamma)
    root = mp.sqrt(z - gap) * mp.sqrt(z + gap)
    slope = -(gap**2) / root**3
    return (z / root).real, slope.real, abs(slope), float(gap**2)


def test_density_keeps_its_digits_in_the_gap_and_out_of_it(thinned):
    for above, below, gamma in thinned(edges(1500)):
        density, _, _, gap_squared = exact_density(above, below, gamma)
        square, over, under = density_factors(above, below, gamma, gap_squared)
        computed = math.sqrt(0.5 * square) * over / under
        assert abs(computed - density) <= DENSITY * density
        assert computed > 0.0


def test_slope_is_the_derivative_of_the_density(thinned):
    for above, below, gamma in thinned(edges(1500)):
        density, slope, scale, gap_squared = exact_density(above, below, gamma)
        energy = float((mpf(above) + mpf(below)) / 2)
        n, s, square, w = density_and_slope_factors(energy, above, below, gamma, gap_squared)
        a = math.sqrt(square)
        computed, computed_slope = n / (a * w), s / (a * w**3)
        assert abs(computed - density) <= DENSITY * density
        assert abs(computed_slope - slope) <= SLOPE * scale


def test_the_slope_keeps_its_digits_in_the_middle_of_a_wide_gap():
    """There it goes with the energy, of which the distances from both edges have lost digits."""
    for energy in (1e-12, -0.0423, 0.3):
        gap, gamma = 9.93, 5e-6
        slope = exact_density(mpf(energy) - mpf(gap), mpf(energy) + mpf(gap), gamma)[1]
        _, s, square, w = density_and_slope_factors(
            energy, energy - gap, energy + gap, gamma, gap * gap
        )
        assert s / (math.sqrt(square) * w**3) == pytest.approx(float(slope), rel=1e-14)


def test_oracle_of_the_slope_is_itself_a_derivative():
    for energy in (mpf("-1.2"), mpf("0.4"), mpf("0.9999")):
        slope = mp.diff(lambda e: exact_density(e - 1, e + 1, mpf("1e-3"))[0], energy)
        assert slope == pytest.approx(exact_density(energy - 1, energy + 1, mpf("1e-3"))[1])


# --- Fermi functions ------------------------------------------------------------------------


def exact_step(x):
    """Return f(x); 1 − f(x) = f(−x)."""
    return 1 / (1 + mp.exp(x))


def exact_difference(x, y):
    """Return f(x) − f(y) of numbers that may agree in far more than 60 digits."""
    return exact_step(-y) * exact_step(x) * -mp.expm1(x - y)


def fermi_arguments(count):
    """Yield (x, y − x): any sizes, both signs, and differences down to 1e-18 of x."""
    rng = np.random.default_rng(SEED)
    signs = rng.choice([-1.0, 1.0], (2, count))
    x = signs[0] * log_uniform(rng, 1e-12, 690.0, count)
    near = np.abs(x) * log_uniform(rng, 1e-18, 1.0, count)
    far = log_uniform(rng, 1e-12, 690.0, count)
    return list(zip(x, signs[1] * np.where(rng.random(count) < 0.5, near, far), strict=True))


def test_fermi_difference_does_not_cancel(thinned):
    for x, y_minus_x in thinned(fermi_arguments(3000)):
        y = x + y_minus_x
        exact_y = mpf(x) + mpf(y_minus_x)
        exact = exact_difference(mpf(x), exact_y)
        over, under = fermi_difference(x, y, y_minus_x)
        # y is rounded, y − x is not. Above the series' range that blurs a difference of decays.
        blur = abs(float(exact_y - mpf(y))) / min(1.0, max(abs(y_minus_x), fermi.SMALL))
        assert abs(over / under - exact) <= (FERMI + 2 * blur) * abs(exact) + FERMI_ZERO


def test_fermi_difference_is_continuous_at_its_series():
    """The first term that the series leaves out is below 1e-14 where the series is left."""
    for x in (-8.0, -1.0, 0.0, 0.5, 16.0):
        for step in (fermi.SMALL * (1 - 2**-20), fermi.SMALL, fermi.SMALL * (1 + 2**-20)):
            exact = exact_difference(mpf(x), mpf(x) + mpf(step))
            over, under = fermi_difference(x, x + step, step)
            assert abs(over / under - exact) <= FERMI * exact


@pytest.mark.parametrize("x", [1e5, -1e5, 1e300])
def test_fermi_difference_of_extreme_arguments(x):
    for y in (-x, 2 * x, 0.0):
        over, under = fermi_difference(x, y, y - x)
        expected = float(exact_difference(mpf(x), mpf(y)))
        assert over / under == pytest.approx(expected, rel=FERMI, abs=FERMI_ZERO * 1e-6)


@pytest.mark.parametrize("x", [-680.0, -40.0, -1e-3, 0.0, 1e-3, 40.0, 600.0])
def test_fermi_step_against_a_full_or_empty_lead(x):
    exact = exact_step(mpf(x))
    assert abs(1.0 / fermi_step(x) - exact) <= FERMI * exact


@pytest.mark.parametrize("y", [-700.0, -3.0, 0.0, 1e-8, 20.0, 700.0])
def test_fermi_slope(y):
    exact = exact_step(mpf(y)) * exact_step(-mpf(y)) / mpf(0.25)
    over, under = fermi_slope(y, 4.0)
    assert abs(over / under - exact) <= FERMI * exact


# --- Gauss rules ----------------------------------------------------------------------------


@pytest.mark.parametrize("index", range(rules.HIGHEST + 1))
def test_rules_integrate_polynomials_exactly(index):
    """An n-point Gauss rule is exact up to degree 2n − 1, and not at 2n."""
    n = rules.ORDERS[index]
    nodes, weights = rules.RULES[index, :2, :n]
    for degree in (0, 1, n - 1, 2 * n - 1):
        assert weights @ nodes**degree == pytest.approx(1 / (degree + 1), rel=POLYNOMIAL)
    if n <= 8:
        legendre = np.polynomial.legendre.Legendre.basis(n)
        assert weights @ legendre(2 * nodes - 1) ** 2 == pytest.approx(0.0, abs=1e-25)


def exact_weight(node, n):
    """Return the weight on (−1, 1) of the zero of P_n next to ``node``: 2/((1 − x²) P_n'(x)²)."""
    x = mpf(float(node))
    for _ in range(6):
        before, polynomial = mpf(1), x
        for k in range(2, n + 1):
            before, polynomial = polynomial, ((2 * k - 1) * x * polynomial - (k - 1) * before) / k
        slope = n * (x * polynomial - before) / (x * x - 1)
        x -= polynomial / slope
    return 2 / ((1 - x * x) * slope**2)


def test_orders_are_those_that_the_loops_run_to():
    order_of = from_python(rules.order_of)
    assert [order_of(rule) for rule in range(rules.ORDERS.size)] == rules.ORDERS.tolist()


@pytest.mark.parametrize("begin", range(3))
def test_tables_begin_with_a_line_of_the_cache(begin):
    table = np.arange(20.0 + begin).reshape(-1, 1)[begin:]
    assert rules.aligned(table).ctypes.data % 64 == 0
    np.testing.assert_array_equal(rules.aligned(table), table)
    work = from_python(memory.workspace)(rules.QUADRATURE)
    assert all(each.ctypes.data % 64 == 0 for each in (*rules.QUADRATURE, work.values))


@pytest.mark.parametrize("rule", range(rules.ORDERS.size))
@pytest.mark.parametrize("step", [1, 9, 28])
def test_nodes_made_for_one_piece_are_those_of_the_table(rule, step):
    work = from_python(memory.workspace)(rules.QUADRATURE)
    piece = np.recarray(1, memory.PIECE)[0]
    piece.rule, piece.table, piece.start = rule, memory.FREE, 0.0
    piece.length = rules.LENGTHS[step]
    assert from_python(node_loops.mapped_nodes)(piece, work.quadrature, work.free) == (0, rule)
    order = rules.ORDERS[rule]
    made = work.free[:, memory.FREE, rule, :order]
    # sinh is made from e^t, and next to t = 0 only its absolute error is that small.
    tabulated = rules.QUADRATURE.nodes[:, step, rule, :order]
    np.testing.assert_allclose(made, tabulated, rtol=1e-14, atol=4e-16)


@pytest.mark.parametrize("index", range(rules.HIGHEST + 1))
def test_weights_are_exact_at_the_ends_too(index):
    """There they are smallest, and there a decaying integrand lives."""
    n = int(rules.ORDERS[index])
    nodes, weights = rules.RULES[index, :2, :n]
    for node, weight in list(zip(nodes, weights, strict=True))[: n // 2]:
        exact = float(exact_weight(2 * node - 1, n)) / 2
        assert weight == pytest.approx(exact, rel=WEIGHT, abs=0.0)


@pytest.mark.parametrize("index", range(rules.HIGHEST + 1))
def test_rules_give_legendre_coefficients(index):
    n = rules.ORDERS[index]
    nodes = rules.RULES[index, 0, :n]
    for row, degree in zip(rules.RULES[index, 2:, :n], (n - 1, n - 2, n - 3, n // 2), strict=True):
        for other in (0, n // 2, n - 4, n - 3, n - 2, n - 1):
            values = np.polynomial.legendre.Legendre.basis(int(other))(2 * nodes - 1)
            assert row @ values == pytest.approx(float(other == degree), abs=COEFFICIENT)


def sums_of(f, index):
    """Return the integral over (0, 1) by a rule, that of |f|, its estimated error and the fall."""
    n = rules.ORDERS[index]
    values = f(rules.RULES[index, 0, :n])
    _, weights, *coefficients = rules.RULES[index, :, :n]
    last = max(abs(row @ values) for row in coefficients[:3])
    return (
        weights @ values,
        weights @ np.abs(values),
        *error_estimate(last, abs(coefficients[3] @ values), 0.0),
    )


def pole(a, b):
    """Return 1/((t − a)² + b²) and its integral over (0, 1)."""
    integral = (math.atan((1 - a) / b) + math.atan(a / b)) / b
    return lambda t: 1 / ((t - a) ** 2 + b * b), integral


def root_outside(a):
    """Return (t + a)^(−1/2) and its integral: a branch point at −a, as beside a gap edge."""
    return lambda t: (t + a) ** -0.5, 2 * (math.sqrt(1 + a) - math.sqrt(a))


def growing(rate):
    return lambda t: np.exp(rate * t), math.expm1(rate) / rate


NEAR_SINGULARITIES = [
    *(pole(a, b) for a in (0.5, 0.0, 0.93, -0.1) for b in (0.02, 0.1, 0.3, 1.0)),
    *(root_outside(a) for a in (1e-3, 0.03, 0.3)),
    *(growing(rate) for rate in (-40.0, 3.0, 20.0)),
]


@pytest.mark.parametrize("index", range(rules.HIGHEST + 1))
def test_error_of_a_rule_is_never_ten_times_its_estimate(index):
    for f, exact in NEAR_SINGULARITIES:
        value, modulus, estimate, _ = sums_of(f, index)
        assert abs(value - exact) <= 10 * estimate + SUM_ROUNDING * modulus


def test_error_estimate_follows_the_error():
    """It is not merely large: to 1e-13 it falls as fast as a rule of 7n/8 nodes would."""
    f, exact = pole(0.5, 0.3)
    estimates = [sums_of(f, index)[2] / exact for index in range(rules.HIGHEST + 1)]
    assert estimates[0] < 1e-1
    assert estimates[3] < 1e-5
    assert estimates[-1] < 1e-12


def test_next_order_reaches_the_target_or_is_refused():
    for f, exact in NEAR_SINGULARITIES:
        _, _, estimate, fall = sums_of(f, 0)
        target = 1e-9 * exact
        if estimate > target:
            index = order_for(estimate, target, fall, 0)
            assert 0 < index <= rules.HIGHEST + 1
            if index <= rules.HIGHEST:
                assert sums_of(f, index)[2] <= 100 * target


@pytest.mark.parametrize("length", [2.0, 4.0, 14.0])
def test_no_fall_is_faster_than_the_branch_point_of_the_map_allows(length):
    """The Legendre coefficients of (1 + sinh² t)^(−1/2), singular at ±iπ/2, fall at that rate."""
    table = list(rules.LENGTHS).index(length)
    n = 64
    x, w = np.polynomial.legendre.leggauss(4 * n)
    f = 1.0 / np.cosh(0.5 * length * (x + 1.0))
    k = np.arange(n)
    c = np.abs(np.polynomial.legendre.legvander(x, n - 1).T @ (w * f)) * (2 * k + 1) / 2
    seen = (c > 1e-11) & (k > 3)
    rate = math.exp(-np.polyfit(k[seen], np.log(c[seen]), 1)[0])
    known = rules.FASTEST[table, 0] ** (-1 / (0.75 * rules.ORDERS[0]))
    assert known == pytest.approx(rate, rel=0.1)


def test_coefficients_that_do_not_fall_have_no_order():
    assert order_for(1.0, 1e-9, 1.0, 2) == rules.HIGHEST + 1


# --- breakpoints ----------------------------------------------------------------------------


def chosen_breakpoints(V, leads):
    edge = np.empty((SINGULARITIES, 4))
    order = np.empty((3, SINGULARITIES), np.int64)
    singularities(V, leads, edge)
    count, hidden = breakpoints(-1, leads, edge, order)
    assert not set(order[HIDDEN, :hidden]) & set(order[CHOSEN, :count])
    return edge, order[CHOSEN, :count]


def leads_with(kT, fields, gammas, gaps):
    rates = 1 / np.array(kT)
    return Leads(*kT, *fields, *gammas, *gaps, *rates, rates[1] - rates[0])


def energies(edge, chosen):
    return edge[chosen][:, [HIGH, LOW]].sum(axis=1)


STANDING = leads_with((0.4, 0.0057), (0.0, 0.4), (1e-4, 1e-4), (0.83, 1.0))


def test_each_gap_edge_and_the_cold_step_has_a_breakpoint():
    edge, chosen = chosen_breakpoints(0.1, STANDING)
    np.testing.assert_allclose(
        energies(edge, chosen), [-1.4, -0.73, 0.0, 0.6, 0.93], rtol=0, atol=1e-15
    )


@pytest.mark.parametrize("ulps", range(-3, 4))
@pytest.mark.parametrize("V", [1.0 - 0.83 - 0.4, 1.0 + 0.83 - 0.4])
def test_edges_that_meet_share_a_breakpoint(V, ulps):
    V += ulps * np.spacing(V)
    _, chosen = chosen_breakpoints(V, STANDING)
    assert len(chosen) == 4


@pytest.mark.parametrize(("offset", "count"), [(0.9 * CLOSE, 4), (1.1 * CLOSE, 5)])
def test_edges_are_merged_on_the_scale_of_the_broadening(offset, count):
    _, chosen = chosen_breakpoints(1.43 + offset * 1e-4, STANDING)
    assert len(chosen) == count


def test_breakpoints_resolve_every_singularity():
    rng = np.random.default_rng(SEED)
    for _ in range(300):
        gaps = rng.choice([0.0, 0.3, 1.0, 1.0], 2)
        fields = rng.choice([0.0, 0.1, -0.7], 2)
        kT, gammas = log_uniform(rng, 1e-4, 10.0, 2), log_uniform(rng, 1e-8, 1.0, 2)
        leads = leads_with(kT, fields, gammas, gaps)
        V = rng.choice([0.0, 0.7, -1.3, rng.normal()])
        edge, chosen = chosen_breakpoints(V, leads)
        assert (np.diff([distance(edge, k, SM_STEP) for k in chosen]) > 0.0).all()
        for k in range(SINGULARITIES):
            nearest = min(abs(distance(edge, k, c)) for c in chosen)
            assert nearest <= edge[k, REACH]


def test_normal_leads_have_fermi_steps_only():
    normal = STANDING._replace(gap_S=0.0, gap_Sm=0.0)
    edge, chosen = chosen_breakpoints(0.9, normal)
    assert energies(edge, chosen).tolist() == [0.0]
    edge, chosen = chosen_breakpoints(0.9, normal._replace(kT_S=0.01))
    assert energies(edge, chosen).tolist() == [0.0, 0.9]


def test_distances_between_edges_are_exact():
    """Edges that agree to the last bit still differ, by what their rounding left."""
    V = 0.1
    edge = np.empty((SINGULARITIES, 4))
    leads = STANDING._replace(h_S=0.3, gap_S=0.7, h_Sm=0.2, gap_Sm=0.1)
    singularities(V, leads, edge)
    view = offsets_at(edge, 0, V, leads)
    upper_S = mpf(V) - mpf(leads.h_S) + mpf(leads.gap_S)
    for computed, edge in (
        (view.S_middle, mpf(V) - mpf(leads.h_S)),
        (view.Sm_middle, -mpf(leads.h_Sm)),
        (view.S_below, mpf(V) - mpf(leads.h_S) - mpf(leads.gap_S)),
        (view.Sm_above, -mpf(leads.h_Sm) + mpf(leads.gap_Sm)),
        (view.Sm_below, -mpf(leads.h_Sm) - mpf(leads.gap_Sm)),
    ):
        assert abs(computed - (upper_S - edge)) <= 2e-16 * abs(upper_S - edge)
    assert view.S_above == 0.0


def test_what_is_not_a_breakpoint_is_hidden_unless_it_is_passed_over():
    edge, order = np.empty((SINGULARITIES, 4)), np.empty((3, SINGULARITIES), np.int64)
    cold = STANDING._replace(h_Sm=0.995)  # the cold step is within its reach of an edge of Sm
    singularities(0.1, cold, edge)
    count, hidden = breakpoints(-1, cold, edge, order)
    assert count == 4
    assert sorted(order[HIDDEN, :hidden]) == [S_STEP, SM_STEP]
    _, hidden = breakpoints(S_STEP, cold, edge, order)
    assert order[HIDDEN, :hidden].tolist() == [SM_STEP]


def test_occupations_at_an_edge_keep_what_its_rounding_left():
    """An edge of Sm at 10 Δ0 − 9 Δ0 − …, a thousandth of a cold k_BT from the step of S."""
    V, kT = 0.1, 1e-4
    leads = leads_with((kT, 0.1), (0.0, 9.9), (1e-6, 1e-6), (1.0, 10.000000000000123))
    edge = np.empty((SINGULARITIES, 4))
    singularities(V, leads, edge)
    view = offsets_at(edge, SM_UPPER, V, leads)
    energy = mpf(leads.gap_Sm) - mpf(leads.h_Sm)
    assert view.x == pytest.approx(float((energy - mpf(V)) / mpf(kT)), rel=1e-15)
    assert view.y == pytest.approx(float(energy / mpf(0.1)), rel=1e-15)


@pytest.mark.parametrize("kT", [(3e-4, 0.1), (0.1, 3e-4)])
def test_the_difference_of_occupations_does_not_cancel(kT):
    """At an edge beside the Fermi step of the cold lead, with a bias of thousands of its k_BT."""
    V = 0.67 if kT[0] < kT[1] else -0.67
    leads = leads_with(kT, (0.0, 0.0), (1e-6, 1e-6), (0.672, 0.672))
    edge = np.empty((SINGULARITIES, 4))
    singularities(V, leads, edge)
    for k in (S_LOWER, SM_UPPER):
        view = offsets_at(edge, k, V, leads)
        energy = mpf(V) - mpf(leads.gap_S) if k == S_LOWER else mpf(leads.gap_Sm)
        x, y = (energy - mpf(V)) * mpf(leads.rate_S), energy * mpf(leads.rate_Sm)
        assert abs(view.y_minus_x - (y - x)) <= 3e-16 * max(abs(x), abs(y))


def test_temperatures_that_are_nearly_equal_keep_their_difference():
    T = 0.5 * (1 + 1e-13), 0.5
    row = np.array([*T, 0.0, 0.0, 1e-4, 1e-4, 1.0, 1.0])
    exact = (mpf(T[0]) - mpf(T[1])) / (mpf(BCS_RATIO) * mpf(T[0]) * mpf(T[1]))
    assert leads_of(row).rate_difference == pytest.approx(float(exact), rel=1e-15)


def test_a_field_in_a_normal_lead_is_no_field():
    row = np.array([0.7, 0.1, 0.3, 0.4, 1e-4, 1e-4, 0.0, 1.0])
    assert (leads_of(row).h_S, leads_of(row).h_Sm) == (0.0, 0.4)
    row[[GAP_S, GAP_SM]] = 1.0, 0.0
    assert (leads_of(row).h_S, leads_of(row).h_Sm) == (0.3, 0.0)


# --- how fast sums converge -------------------------------------------------------------------


def test_a_rate_is_that_of_the_ellipse_and_never_above_it():
    """Against ρ of the exact t, for singularities above a piece, and beside its breakpoint."""
    rng = np.random.default_rng(SEED)
    ratios = []
    for _ in range(500):
        scale, length = rng.choice([-1.0, 1.0]) * 10 ** rng.uniform(-8, -1), rng.uniform(4.0, 14.0)
        angle = rng.uniform(0.7, 2.5)
        size = 10 ** rng.uniform(-1.0, math.log10(0.9 * math.sinh(length)))
        z = size * mp.expj(angle)
        both = mp.asinh(z), mpc(0, mp.pi) - mp.asinh(z)
        s = min((abs(t) + abs(t - length)) / length for t in both)
        x, width = size * math.cos(angle) * scale, size * math.sin(angle) * abs(scale)
        found = log_rate(place_on_map(x, width, scale), 0.0, length)
        ratios.append(found / float(mp.log(s + mp.sqrt(s * s - 1))))
    assert max(ratios) <= 1.02
    assert min(ratios) >= 0.8


def test_the_worst_place_of_a_hidden_singularity_is_assumed_first():
    slowest = rules.SLOWEST[1:] >= rules.FASTEST[1:]
    assert slowest.all()
    for table in (4, 10, rules.STEPS):
        length = rules.LENGTHS[table]
        above_the_middle = mp.sinh(mpc(0.5 * length, mp.pi / 4))
        place = place_on_map(float(above_the_middle.real), float(above_the_middle.imag), 1.0)
        rate = log_rate(place, 0.0, length)
        assert rules.SLOWEST[table, 3] >= 0.9 * math.exp(-0.75 * rules.ORDERS[3] * 1.1 * rate)


# --- the mean of the derivative ---------------------------------------------------------------


@pytest.mark.parametrize("angle", np.linspace(0.0, math.pi, 7))
def test_the_mean_of_eight_slopes_misses_no_more_than_it_says(angle):
    """The derivative has a pole as near to [0, V] as is allowed, in any direction."""
    V = 0.7
    pole = mpc(V / 2, 0) + (V / 2 + mean_conductance.ROOM * V) * mp.expj(angle)
    slopes = np.array(
        [
            float((1 / (V * mpf(x) - pole)).real)
            for x in mean_conductance.CHORD[mean_conductance.NODE]
        ]
    )
    exact = float(((mp.log(V - pole) - mp.log(-pole)) / V).real)
    mean, error, met = mean_slope(slopes, np.zeros(8), 1e-13)
    assert met
    assert abs(mean - exact) <= error
    assert error <= 3e-14 * np.abs(slopes).max()


@pytest.mark.parametrize("gaps", [(0.8, 0.5), (0.0, 0.5), (0.8, 0.0), (0.0, 0.0)])
def test_smooth_is_what_is_far_from_all_meetings(gaps):
    """Edge with edge, and each edge with the step of the other lead; a normal lead has no edges."""
    S, Sm = gaps
    leads = leads_with((0.02, 0.01), (0.1, 0.3), (1e-3, 1e-4), gaps)
    meetings = []
    for s in (-1, 1):
        meetings += [(0.1 + s * S, 1e-3 + math.pi * 0.01)] * (S > 0.0)
        meetings += [(-0.3 + s * Sm, 1e-4 + math.pi * 0.02)] * (Sm > 0.0)
        meetings += [(0.1 - 0.3 + s * S + t * Sm, 1.1e-3) for t in (-1, 1)] * (S * Sm > 0.0)
    for V in np.linspace(-1.003, 1.0, 201):
        low, high = min(V, 0.0), max(V, 0.0)
        distances = [math.hypot(max(0.0, a - high, low - a), width) for a, width in meetings]
        smooth = min(distances, default=math.inf) >= mean_conductance.ROOM * abs(V)
        assert is_smooth(V, leads, ()) == smooth


def test_dense_values_are_the_sums_of_their_series():
    """Against NumPy's Chebyshev series, on two blocks of panels."""
    rng = np.random.default_rng(3)
    ends = np.array([-1.5, -0.4, -0.1, 0.6, 2.0])
    place, scale = -0.2, 0.03
    t = np.arcsinh((ends - place) / scale)
    panels = np.column_stack([np.full(4, place), np.full(4, scale), t[:-1], t[1:]])
    panels = np.concatenate([panels, panels])
    references = References(
        low=np.concatenate([ends[:-1], ends[:-1]]),
        panel=panels,
        series=rng.normal(size=(8, 6)),
        error=rng.uniform(size=8),
        begin=np.array([0, 4, 8]),
    )
    V, h = rng.uniform(-1.4, 1.0, 7), np.sort(rng.uniform(0.0, 0.9, 5))
    panel, block = rng.integers(0, 3, V.size), np.array([0, 1, 1])
    along_V, along_h = rng.normal(size=(V.size, 4)), rng.uniform(-1.0, 1.0, (3, h.size))
    further = rng.uniform(size=(3, h.size))
    value, error = np.empty((h.size, V.size)), np.empty((h.size, V.size))
    dense_values(V, h, panel, block, along_V, along_h, further, references, value, error)
    for j, i in np.ndindex(value.shape):
        p = panel[i]
        W = V[i] + h[j]
        q = 4 * block[p] + np.searchsorted(ends, W) - 1
        first, last = panels[q, 2:]
        x = (2.0 * np.arcsinh((W - place) / scale) - first - last) / (last - first)
        expected = chebval(x, references.series[q]) + chebval(along_h[p, j], along_V[i])
        assert value[j, i] == pytest.approx(expected, abs=SUM_ROUNDING)
        assert error[j, i] == references.error[q] + further[p, j]
