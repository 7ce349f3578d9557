"""The currents of Eq. (2) against an independent integration, and the numbers it is known by.

Equations are those of Germanese et al., arXiv:2105.01527. Units: energies in Δ0, temperatures in
T_c, bias in Δ0/e, currents in G_T Δ0/e.
"""

import math

import numpy as np
import pytest
import reference as ref

from thermospin import Junction, bcs_gap, currents, matching_voltages, zero_bias_conductance
from thermospin.gap import lead_gap
from thermospin.units import BCS_RATIO

DOUBLE = 3e-16  # a record is rounded to double precision
DIGITS_15 = 2e-14  # 15 digits are quoted; the integral is good to 1e-14 of that of its modulus
FIVE_DECIMALS = 6e-6
FOUR_DECIMALS = 6e-5
CHARGE_RTOL = 1e-6  # of I_q where I_up and I_down nearly cancel, V = 1e-3
SPURIOUS = 1e-13  # rounding, of integrals of the modulus below 10

DELTA = 1.0 - 0.828770970447738  # Δ_Sm(0.01 T_c) − Δ_S(0.7 T_c)
STANDING = Junction(T_S=0.7, T_Sm=0.01, h_exc=0.4, gamma=1e-4)


def worst(found, records):
    """Return the larger error of I_up and of I_down, and the smaller of their sizes."""
    up, down = records["I_up"], records["I_down"]
    error = np.maximum(np.abs(found.up - up), np.abs(found.down - down))
    return error, np.maximum(np.abs(up), np.abs(down))


# --- against the frozen records -------------------------------------------------------------


@pytest.mark.parametrize("rtol", [1e-3, 1e-5, 1e-8, 1e-11])
def test_each_spin_reaches_the_accuracy_asked_for(current_records, rtol):
    """However small the current: coincident edges, cold leads, V → 0, |V| ≫ Δ, normal leads …"""
    found = currents(current_records.V, current_records.junction, rtol=rtol)
    for computed, name in ((found.up, "I_up"), (found.down, "I_down")):
        exact = current_records[name]
        assert (np.abs(computed - exact) <= (rtol + DOUBLE) * np.abs(exact)).all()
    assert found.converged.all()


@pytest.mark.parametrize("rtol", [1e-2, 1e-3, 1e-5, 1e-8, 1e-11, 1e-13])
def test_the_error_is_estimated_safely(current_records, rtol):
    found = currents(current_records.V, current_records.junction, rtol=rtol)
    error, size = worst(found, current_records)
    assert (error <= found.error + DOUBLE * size).all()


@pytest.mark.parametrize("rtol", [1e-5, 1e-8, 1e-11])
def test_the_estimate_stays_below_what_was_asked_for(current_records, rtol):
    records = current_records.of("standing case")
    found = currents(records.V, records.junction, rtol=rtol)
    larger = np.maximum(np.abs(found.up), np.abs(found.down))
    assert (found.error <= rtol * larger + SPURIOUS).all()


def test_charge_current_of_the_standing_case(current_records):
    records = current_records.of("standing case")
    charge = currents(records.V, records.junction).charge
    np.testing.assert_allclose(charge, records["I_q"], rtol=CHARGE_RTOL)


def test_a_smaller_tolerance_brings_a_smaller_error(current_records):
    records = current_records.of("standing case", "random")
    errors = []
    for rtol in (1e-2, 1e-5, 1e-8):
        found = currents(records.V, records.junction, rtol=rtol)
        errors.append(np.max(worst(found, records)[0] / worst(found, records)[1]))
    assert errors[0] > 10 * errors[1] > 100 * errors[2]


def test_the_records_hold_what_is_hard(current_records):
    """Cold junctions carry next to nothing, and yet every digit of it was asked for above."""
    assert np.abs(current_records.of("cold leads")["I_up"]).min() < 1e-12
    assert np.abs(current_records.of("small bias").V).min() <= 1e-9
    assert np.abs(current_records.of("large bias").V).max() >= 100.0


@pytest.mark.parametrize("kind", ["random", "coincident edges", "cold leads", "field in S"])
def test_a_record_is_what_the_reference_gives(current_records, kind):
    _recompute(current_records.of(kind), 0, digits=10)


@pytest.mark.slow
def test_every_record_is_what_the_reference_gives(current_records):
    for i in range(len(current_records.rows)):
        _recompute(current_records, i, digits=16)


def _recompute(records, i, digits):
    for sigma, name in ((1, "I_up"), (-1, "I_down")):
        computed = float(ref.spin_current(records.V[i], sigma, *records.leads(i), digits=digits))
        assert computed == pytest.approx(records.rows[i][name], rel=10.0**-digits, abs=0.0)


# --- V → 0 ----------------------------------------------------------------------------------


@pytest.mark.parametrize("V", [1e-12, -1e-9, 1e-6])
@pytest.mark.parametrize("T_S", [0.3, 0.7])
def test_without_field_the_current_keeps_its_digits_down_to_no_bias(V, T_S):
    """I_σ → G_0 V/2, though what flows at E cancels what flows at −E to 1e-12 of it."""
    junction = Junction(T_S=T_S, h_exc=0.0)
    found = currents(V, junction, rtol=1e-10)
    limit = 0.5 * zero_bias_conductance(junction, rtol=1e-10) * V
    assert found.up == pytest.approx(limit, rel=1e-7 * abs(V) / 1e-6 + 1e-9, abs=0.0)
    assert found.error <= 1e-9 * abs(limit)


# --- numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("V", "up", "down"),
    [
        (0.0, 0.0545288885217019, -0.0545288885217019),
        (0.1, 0.0530242554180546, -0.0591789014693296),
        (0.4 - DELTA, 0.0523895636371453, -0.202117870879158),
    ],
)
def test_standing_case_to_15_digits(V, up, down):
    found = currents(V, STANDING, rtol=1e-13)
    assert found.up == pytest.approx(up, rel=DIGITS_15, abs=0.0)
    assert found.down == pytest.approx(down, rel=DIGITS_15, abs=0.0)


PEAKS = [  # Γ, h, I_q(V_p_minus), I_q(V_p_plus), I_s(V_p_minus), I_s(V_p_plus) at T_S = 0.7
    (1e-4, 0.0, 0.40424, 0.40424, 0.0, 0.0),
    (1e-4, 0.1, 0.19151, 0.25747, 0.21272, -0.14676),
    (1e-4, 0.2, -0.13180, 0.25470, 0.27244, -0.14954),
    (1e-4, 0.3, -0.14819, 0.25428, 0.25604, -0.14996),
    (1e-4, 0.4, -0.14973, 0.25408, 0.25451, -0.15015),
    (1e-4, 0.5, -0.15001, 0.25384, 0.25422, -0.15040),
    (1e-2, 0.1, 0.07628, 0.14268, 0.09731, -0.03094),
    (1e-2, 0.2, -0.01763, 0.14052, 0.15595, -0.03311),
    (1e-2, 0.4, -0.03310, 0.14141, 0.14045, -0.03228),
]


@pytest.mark.parametrize(("gamma", "h", "q_minus", "q_plus", "s_minus", "s_plus"), PEAKS)
def test_currents_at_the_matching_voltages(gamma, h, q_minus, q_plus, s_minus, s_plus):
    """Fig. 2(a): dissipative below the threshold field 0.1712, thermoactive above."""
    junction = Junction(T_S=0.7, h_exc=h, gamma=gamma)
    found = currents(np.array(matching_voltages(junction)), junction)
    np.testing.assert_allclose(found.charge, [q_minus, q_plus], rtol=0, atol=FIVE_DECIMALS)
    np.testing.assert_allclose(found.spin, [s_minus, s_plus], rtol=0, atol=FIVE_DECIMALS)


AT_THRESHOLD = {  # I_s(V_p_minus = 0) at h = h_t for T_S = 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.96
    1e-4: [0.1036, 0.2262, 0.4042, 0.6372, 0.9150, 1.0498, 1.0707],
    1e-3: [0.0664, 0.1549, 0.2887, 0.4697, 0.6955, 0.8151, 0.8364],
}


@pytest.mark.parametrize("gamma", AT_THRESHOLD)
def test_spin_current_at_the_threshold_field(gamma):
    """Fig. 3(d): pure spin current, the charge current of the unsplit junction at eV = δ."""
    T_S = np.array([0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.96])
    found = currents(0.0, Junction(T_S=T_S, h_exc=1.0 - bcs_gap(T_S), gamma=gamma))
    np.testing.assert_allclose(found.spin, AT_THRESHOLD[gamma], rtol=0, atol=FOUR_DECIMALS)
    assert (found.charge == 0.0).all()


def test_threshold_is_the_cusp_of_the_spin_current():
    """Fig. 3(d): I_s(V_p_minus) rises up to h_t and falls beyond."""
    h = DELTA + np.array([-0.02, -0.002, 0.0, 0.002, 0.02])
    junction = Junction(T_S=0.7, h_exc=h)
    spin = currents(matching_voltages(junction)[0], junction).spin
    assert (np.diff(spin) * [1, 1, -1, -1] > 0.0).all()


@pytest.mark.parametrize(("model", "quoted"), [("self-consistent", 0.05777), ("tanh", 0.05916)])
def test_matching_peak_diverges_logarithmically(model, quoted):
    """One spin alone gains ¼ √(Δ_S Δ_Sm) f_S(Δ_S) ln 10 per decade of Γ at V_p_minus."""
    junction = Junction(T_S=0.7, h_exc=0.4, gamma=np.array([1e-6, 1e-7]), gap_model=model)
    charge = currents(matching_voltages(junction)[0], junction).charge
    gap_S = lead_gap(0.7, 0.0, 1.0, model)
    rate = math.sqrt(gap_S) / 4 / (1 + math.exp(gap_S / (0.7 * BCS_RATIO)))
    assert charge[0] - charge[1] == pytest.approx(rate * math.log(10), rel=1e-5)
    assert charge[0] - charge[1] == pytest.approx(quoted, abs=FIVE_DECIMALS)


def test_current_steps_up_where_the_gaps_add():
    """At eV = Δ_S + Δ_Sm − h a spin steps by (π/4) √(Δ_S Δ_Sm) [1 − f_S(Δ_S)], smeared by 2Γ."""
    gamma, x = 1e-6, 1e-4
    V = 2.0 - DELTA - 0.4 + x * np.array([-1.0, 1.0])
    up = currents(V, Junction(T_S=0.7, h_exc=0.4, gamma=gamma)).up
    assert up[1] - up[0] == pytest.approx(0.62815, abs=FIVE_DECIMALS)


def test_far_beyond_the_gaps():
    """Ohm's law for the charge, while the spin current tends to G_T h/e instead of to 0."""
    found = currents(np.array([5.0, 10.0, 100.0]), STANDING)
    np.testing.assert_allclose(found.charge[[0, 2]], [4.8351, 99.9916], rtol=0, atol=FOUR_DECIMALS)
    np.testing.assert_allclose(found.spin[1:], [0.4032, 0.3999900541], rtol=0, atol=FOUR_DECIMALS)
    assert found.spin[2] == pytest.approx(0.3999900541, abs=1e-10)


@pytest.mark.parametrize(
    ("T_Sm", "spin"), [(0.01, 0.40009), (0.1, 0.40008), (0.2, 0.39785), (0.3, 0.38304)]
)
def test_spin_current_far_beyond_the_gaps_of_a_warmer_lead(T_Sm, spin):
    junction = Junction(T_S=0.7, T_Sm=T_Sm, h_exc=0.4, gamma=1e-5)
    assert currents(60.0, junction).spin == pytest.approx(spin, abs=FIVE_DECIMALS)


def test_fields_in_both_leads():
    """Parallel equal fields leave the matching peaks unsplit; antiparallel ones add up."""
    split = Junction(T_S=0.7, h_exc=0.4, h_S=0.4)
    inner, outer = matching_voltages(split)
    assert inner == outer == pytest.approx(0.3258, abs=FOUR_DECIMALS)
    parallel = currents(inner, split)
    np.testing.assert_allclose(
        [parallel.up, parallel.down], [0.6530, 0.0731], rtol=0, atol=FOUR_DECIMALS
    )
    opposite = Junction(T_S=0.7, h_exc=0.4, h_S=-0.4)
    inner = matching_voltages(opposite)[0]
    assert inner == pytest.approx(0.4742, abs=FOUR_DECIMALS)
    assert currents(inner, opposite).charge == pytest.approx(-0.0491, abs=FOUR_DECIMALS)
