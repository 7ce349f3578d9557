"""The reference is right: published numbers, closed forms, symmetries and exact limits.

The digits quoted were computed with 30-digit arithmetic independently of this file.
"""

import math

import pytest
import reference as ref
from mpmath import mp, mpf

QUOTED_15 = 6e-15  # 15 significant digits are quoted
QUOTED_14 = 6e-14
QUOTED_11 = 6e-11
QUOTED_10 = 6e-10
QUOTED_2 = 0.06
EXACT = 1e-15  # two exact expressions, 16 digits each
WORKING = 1e-25  # two expressions of one number at 40 digits

GAMMA = 1e-4
GAP_HOT = float(ref.stable_gap(0.7))
STANDING = (0.7, 0.01, 0.4, 0.0, GAMMA, GAMMA, GAP_HOT, 1.0)  # T_S ... Delta_Sm, h = 0.4
INNER_PEAK = 0.4 - (1 - GAP_HOT)


def close(computed: mpf, expected: float, tolerance: float) -> bool:
    return abs(computed - expected) <= tolerance * abs(expected)


# --- density of states ----------------------------------------------------------------------


def of_numbers(function, *numbers):
    """Return a function of MPFR's numbers at numbers of mpmath."""
    return ref.precise(function(*(ref.quick(mpf(number)) for number in numbers)))


@pytest.mark.parametrize("E", [-1.7, -1.0, -0.3, 0.0, 1e-9, 0.99999, 1.0, 5.0])
@pytest.mark.parametrize("gamma", [1e-6, 1e-1])
def test_density_is_equation_1_as_printed(E, gamma):
    """|Re z/√(z² - Δ²)| with the principal root and the modulus."""
    with ref.working_digits(40):
        z = mp.mpc(E + mpf("0.2"), gamma)
        printed = abs((z / mp.sqrt(z * z - 1)).real)
        computed = of_numbers(ref.density_of_states, E, 1, gamma, mpf("0.2"))
        assert close(computed, printed, WORKING)


def test_density_slope_is_the_derivative_of_the_density():
    lead = 1, mpf("1e-3"), mpf("0.1")
    for E in (mpf("-1.3"), mpf("0.3"), mpf("0.999")):
        # A quotient of differences needs the density with more digits than it gives.
        with ref.working_digits(80):
            steps = (of_numbers(ref.density_of_states, E + x, *lead) for x in (1e-20, -1e-20))
            slope = (next(steps) - next(steps)) / mpf(2e-20)
        with ref.working_digits(40):
            computed = of_numbers(ref.density_of_states_slope, E, *lead)
            assert close(computed, slope, 1e-12)


# --- currents -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("V", "sigma", "current"),
    [
        (0.1, 1, 0.0530242554180546),
        (0.1, -1, -0.0591789014693296),
        (INNER_PEAK, 1, 0.0523895636371453),
        (INNER_PEAK, -1, -0.202117870879158),
        (0.0, 1, 0.0545288885217019),
    ],
)
def test_currents_of_the_standing_case(V, sigma, current):
    assert close(ref.spin_current(V, sigma, *STANDING), current, QUOTED_15)


def test_particle_hole_symmetry_exchanges_the_spins():
    leads = (0.7, 0.05, 0.4, 0.1, 3e-2, 1e-2, 0.8, 1.1)
    up, down = ref.spin_current(0.37, 1, *leads), ref.spin_current(-0.37, -1, *leads)
    assert close(up, -down, EXACT)


def test_equal_temperatures_carry_no_current_at_zero_bias():
    assert ref.spin_current(0.0, 1, 0.4, 0.4, 0.3, 0.0, 1e-4, 1e-4, 1.0, 1.0) == 0


@pytest.mark.parametrize("V", [1e-12, -0.3, 200.0])
def test_normal_leads_obey_ohms_law(V):
    current = ref.spin_current(V, 1, 0.7, 0.01, 0.4, 0.1, 1e-8, 1e-2, 0.0, 0.0)
    assert close(current, V / 2, EXACT)


def test_charge_current_keeps_its_digits_where_the_spins_cancel():
    """At V → 0, I_q = G_0 V + O(V³/Γ²) although I_up = -I_down to six digits."""
    leads = (0.7, 0.1, 0.4, 0.0, 0.1, 0.1, GAP_HOT, 1.0)
    G_0 = ref.zero_bias_conductance(*leads, digits=12)
    assert close(ref.charge_current(1e-6, *leads, wanted=10) / mpf(1e-6), G_0, 1e-9)


def test_charge_current_vanishes_at_zero_bias():
    assert ref.charge_current(0.0, *STANDING) == 0


def test_exponentially_small_current_of_a_cold_junction():
    """Below the gap I_q falls as e^((V-Δ)/k_BT); the states of Γ in the gap add Γ V/√(Δ² - V²)."""
    V, T, gamma = 0.7, 0.02, 1e-16
    closed = ref.nis_subgap_current(V, T, 1.0) + gamma * V / math.sqrt(1 - V * V)
    current = ref.charge_current(V, T, T, 0.0, 0.0, gamma, gamma, 0.0, 1.0, wanted=12)
    assert current < 1e-12
    assert close(current, closed, 1e-6)


@pytest.mark.parametrize("sigma", [1, -1])
def test_zero_temperature_limit_of_two_superconductors(sigma):
    """Deviations from the elliptic integrals fall linearly with Γ."""
    closed = ref.sis_current_at_zero_temperature(2.4 + sigma * 0.4, 0.8, 1.0) / 2
    deviations = [
        ref.spin_current(2.4, sigma, 0.01, 0.01, 0.4, 0.0, gamma, gamma, 0.8, 1.0) / closed - 1
        for gamma in (1e-6, 1e-7)
    ]
    assert abs(deviations[1]) < 1e-6
    assert close(deviations[0] / deviations[1], 10, 1e-3)


def test_step_at_the_gap_sum():
    step = ref.sis_current_at_zero_temperature(mpf("1.8") + mpf("1e-12"), mpf("0.8"), 1)
    assert close(step, math.pi / 2 * math.sqrt(0.8), 1e-11)


@pytest.mark.parametrize("sigma", [1, -1])
def test_zero_temperature_limit_of_a_normal_lead_at_any_broadening(sigma):
    """Deviations from the closed form fall with T²."""
    closed = ref.nis_current_at_zero_temperature(0.8, sigma, 0.3, 0.05, 1.0)
    deviations = [
        ref.spin_current(0.8, sigma, T, T, 0.3, 0.0, 1e-4, 0.05, 0.0, 1.0) / closed - 1
        for T in (1e-3, 1e-4)
    ]
    assert abs(deviations[1]) < 1e-6
    assert close(deviations[0] / deviations[1], 100, 1e-2)


# --- conductances ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("T_S", "h", "G_0", "relative_error_of_eq3"),
    [
        (0.5, 0.1, -9.3653898709e-02, 1.1e-07),
        (0.97, 0.7, 3.4448843317e01, -2.7e-09),
    ],
)
def test_zero_bias_conductance_and_the_corrected_eq3(T_S, h, G_0, relative_error_of_eq3):
    gap = float(ref.stable_gap(T_S))
    computed = ref.zero_bias_conductance(T_S, 0.01, h, 0.0, GAMMA, GAMMA, gap, 1.0, digits=12)
    assert close(computed, G_0, QUOTED_11)
    eq3, thermal = ref.zero_bias_conductance_eq3(T_S, 0.01, h, GAMMA, gap, 1.0, digits=12)
    assert close(eq3 + thermal, computed, 1e-12)
    assert close(eq3 / computed - 1, relative_error_of_eq3, QUOTED_2)


def test_differential_conductance_is_the_slope_of_the_current():
    """A central difference of this step is off by about (step/Γ)²."""
    leads = (0.7, 0.1, 0.4, 0.1, 0.1, 3e-2, 0.83, 1.0)
    V, step = mpf("0.31"), mpf("1e-6")
    rise, fall = (ref.charge_current(V + s * step, *leads, wanted=15) for s in (1, -1))
    computed = ref.differential_conductance(V, *leads, digits=12)
    assert close(computed, (rise - fall) / (2 * step), 3e-9)


# --- the gap --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("T", "gap"),
    [
        (0.10, 0.999999987044915),
        (0.50, 0.956884715874891),
        (0.70, 0.828770970447738),
        (0.90, 0.526341934551117),
        (0.999, 0.0548955491315732),
    ],
)
def test_gap_without_field(T, gap):
    assert close(ref.stable_gap(T), gap, QUOTED_15)


@pytest.mark.parametrize(
    ("T", "h", "gap", "grand_potential"),
    [
        (0.1, 0.65, 0.9993765393694, -0.06699825077),
        (0.2, 0.6, 0.98654727168081, -0.1007614887),
        (0.5, 0.6, 0.64427334643836, -0.008730896457),
        (0.7, 0.55, 0.23952607620611, -0.0003193370674),
        (0.9, 0.36, 0.11650438046446, -2.798240493e-5),
    ],
)
def test_gap_in_an_exchange_field(T, h, gap, grand_potential):
    computed = ref.stable_gap(T, h)
    assert close(computed, gap, QUOTED_14)
    assert close(ref.grand_potential(computed, T, h), grand_potential, QUOTED_10)


@pytest.mark.parametrize(("T", "h"), [(0.3, 0.68), (0.1, 0.72), (0.5, 0.625), (1.0, 0.0)])
def test_normal_state_beyond_the_transition(T, h):
    assert ref.stable_gap(T, h) == 0


def test_metastable_and_unstable_gaps_are_found():
    roots = ref.gap_roots(0.3, 0.68)
    assert len(roots) == 2
    assert close(roots[0], 0.85507747985196, QUOTED_14)
    assert close(roots[1], 0.59358437574467, QUOTED_14)


@pytest.mark.parametrize(("T", "h_c"), [(0.1, 0.6997148605), (0.4, 0.6387940595)])
def test_first_order_transition(T, h_c):
    assert ref.stable_gap(T, h_c - 1e-9) > 0.7
    assert ref.stable_gap(T, h_c + 1e-9) == 0


def test_gap_equation_as_a_matsubara_sum():
    with mp.workdps(30):
        for Delta, T, h in ((0.6, 0.7, 0.4), (0.9, 0.3, 0.0)):
            on_the_axis = ref.gap_residual(Delta, T, h)
            assert close(ref.gap_residual_matsubara(Delta, T, h), on_the_axis, 1e-18)


def test_gap_scales_with_the_zero_temperature_gap():
    assert close(ref.stable_gap(1.4, 0.8, gap=2.0), 2 * ref.stable_gap(0.7, 0.4), EXACT)
