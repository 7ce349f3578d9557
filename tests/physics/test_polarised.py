"""Polarised barriers and exchange fields in both leads, at any angle.

Derivations: docs/physics/polarised.md. Units: energies in Δ0, temperatures in T_c, bias in Δ0/e,
currents in G_T Δ0/e.
"""

import math

import numpy as np
import pytest
import reference as ref
from hypothesis import given
from hypothesis import strategies as st
from strategies import BIAS, JUNCTIONS

from thermospin import (
    Junction,
    bcs_gap,
    currents,
    differential_conductance,
    evaluate,
    flows,
    matching_voltages,
    seebeck_voltage,
    zero_bias_conductance,
)
from thermospin.units import BCS_RATIO

FOUR_DECIMALS = 6e-5
ROUNDING = 1e-13
STANDING = {"T_S": 0.7, "T_Sm": 0.01, "h_exc": 0.4, "gamma": 1e-4}
POLARISATIONS = st.floats(-1.0, 1.0)
ANGLES = st.floats(0.0, 1.0)


# --- the barrier ------------------------------------------------------------------------------


@given(BIAS, JUNCTIONS, POLARISATIONS)
def test_a_polarised_barrier_scales_each_spin(V, parameters, P):
    plain, behind = flows(V, Junction(**parameters)), flows(V, Junction(**parameters, P=P))
    assert behind.up == (1.0 + P) * plain.up
    assert behind.down == (1.0 - P) * plain.down
    scaled = currents(V, Junction(**parameters, P=P))
    assert scaled.up == (1.0 + P) * currents(V, Junction(**parameters)).up


@given(BIAS, JUNCTIONS, POLARISATIONS)
def test_reversed_bias_and_polarisation_reverse_the_current(V, parameters, P):
    """I_down(V, P) = −I_up(−V, −P); at one P the symmetry in the bias is gone."""
    here = currents(V, Junction(**parameters, P=P))
    there = currents(-V, Junction(**parameters, P=-P))
    assert here.down == -there.up
    assert here.charge == -there.charge


@given(BIAS, JUNCTIONS, POLARISATIONS, ANGLES)
def test_laws_of_thermodynamics(V, parameters, P, theta):
    junction = Junction(**parameters, P=P, theta=theta)
    found = flows(V, junction)
    balance = found.J_Sm - found.J_S - found.currents.charge * V
    assert abs(balance) <= found.J_error + abs(V) * found.I_error * 2.0
    produced = found.J_Sm / junction.T_Sm - found.J_S / junction.T_S
    assert produced >= -found.J_error * (1.0 / junction.T_Sm + 1.0 / junction.T_S)


def test_perfect_spin_filter():
    """P = 1: only one spin passes, |I_s| = |I_q| and SGE = 1 at every bias."""
    V = np.array([-0.7, -0.2, 0.0, 0.1, 0.5])
    found = currents(V, Junction(P=[[1.0], [-1.0]], **STANDING))
    np.testing.assert_array_equal(found.spin_to_charge, 1.0)
    np.testing.assert_array_equal(found.spin, [[1.0], [-1.0]] * found.charge)


def test_without_polarisation_more_spin_flows_than_charge():
    """|I_s| > |I_q| for e|V| < h without any spin filter: the spins flow oppositely."""
    V = np.array([0.05, 0.2288, 0.3, 0.39, 0.41])
    ratio = currents(V, Junction(**STANDING)).spin_to_charge
    assert (ratio[:4] > 1.0).all()
    assert ratio[4] < 1.0


def test_linear_thermopower():
    """Without a bias I_q = P I_s(P = 0): heat alone drives a charge current, open or shorted."""
    plain = currents(0.0, Junction(**STANDING))
    P = np.array([-0.5, 0.1, 1.0])
    behind = currents(0.0, Junction(P=P, **STANDING))
    np.testing.assert_allclose(behind.charge, P * plain.spin, rtol=1e-14)
    warm = Junction(T_S=0.301, T_Sm=0.3, h_exc=0.3, gamma=1e-2, P=0.2)
    cool = Junction(T_S=0.3001, T_Sm=0.3, h_exc=0.3, gamma=1e-2, P=0.2)
    ratio = currents(0.0, warm, rtol=1e-11).charge / currents(0.0, cool, rtol=1e-11).charge
    assert ratio == pytest.approx(10.0, rel=0.01)  # linear in T_S − T_Sm


def test_a_polarised_barrier_does_not_change_the_zero_bias_conductance():
    junction = [Junction(P=P, **STANDING) for P in (0.0, 0.7)]
    assert zero_bias_conductance(junction[0]) == zero_bias_conductance(junction[1])


def test_a_polarised_barrier_rectifies():
    """|I_q(V)| ≠ |I_q(−V)|, by 2 P I_s(P = 0)."""
    V = 0.3
    both = currents(np.array([V, -V]), Junction(P=0.3, **STANDING))
    plain = currents(V, Junction(**STANDING))
    assert both.charge.sum() == pytest.approx(0.6 * plain.spin, rel=1e-12)
    # Unpolarised, or without a field, it does not.
    for junction in (Junction(**STANDING), Junction(T_S=0.7, P=0.3)):
        assert currents(np.array([V, -V]), junction).charge.sum() == 0.0


def test_slope_behind_a_polarised_barrier():
    junction = Junction(T_S=0.7, h_exc=0.4, gamma=1e-2, P=0.4)
    V, step = np.array([-0.35, 0.0, 0.2]), 1e-4
    rise = [currents(V + side * step, junction, rtol=1e-12).charge for side in (1, -1)]
    numerical = (rise[0] - rise[1]) / (2.0 * step)
    np.testing.assert_allclose(differential_conductance(V, junction), numerical, rtol=1e-3)


def test_chord_conductance_behind_a_polarised_barrier():
    """I_q/V diverges at V = 0 where a thermal current flows; it is undefined there."""
    V = np.array([-1e-3, -1e-5, 0.0, 1e-7, 9e-5, 0.2])
    found = evaluate(["G", "I_q"], V, Junction(P=0.3, **STANDING), rtol=1e-11).values
    quotient = found["I_q"][0, V != 0] / V[V != 0]
    np.testing.assert_allclose(found["G"][0, V != 0], quotient, rtol=1e-9)
    assert math.isnan(found["G"][0, 2])
    equal = Junction(T_S=0.3, T_Sm=0.3, h_exc=0.2, P=0.3)
    limit = evaluate(["G", "G_0"], [0.0, 1e-9], equal).values
    np.testing.assert_allclose(limit["G"][0], limit["G_0"][0], rtol=1e-6)


def test_seebeck_voltage_behind_a_polarised_barrier():
    """It joins that of the plain barrier, and changes sides with the polarisation."""
    plain = seebeck_voltage(Junction(**STANDING))
    assert seebeck_voltage(Junction(P=1e-9, **STANDING)) == pytest.approx(plain, rel=1e-8)
    junction = Junction(P=[0.3, -0.3], **STANDING)
    V = seebeck_voltage(junction)
    for side in (-1e-9, 1e-9):
        assert (currents(V * (1 + side), junction, rtol=1e-12).charge * side > 0.0).all()


# --- fields in both leads ---------------------------------------------------------------------


@pytest.mark.parametrize("theta", [0.0, 1.0])
def test_collinear_angles_are_the_signs_of_the_field(theta):
    V = np.array([-0.4, 0.0, 0.2, 0.9])
    turned = Junction(h_S=0.3, theta=theta, **STANDING)
    collinear = Junction(h_S=0.3 if theta == 0.0 else -0.3, **STANDING)
    np.testing.assert_array_equal(currents(V, turned).up, currents(V, collinear).up)
    np.testing.assert_array_equal(flows(V, turned).J_S, flows(V, collinear).J_S)
    np.testing.assert_array_equal(
        differential_conductance(V, turned), differential_conductance(V, collinear)
    )
    assert matching_voltages(turned) == matching_voltages(collinear)


def test_parallel_and_antiparallel_fields():
    parallel = Junction(h_S=0.4, **STANDING)
    inner, outer = matching_voltages(parallel)
    assert inner == outer == pytest.approx(0.3258, abs=FOUR_DECIMALS)
    found = currents(inner, parallel)
    assert found.up == pytest.approx(0.6530, abs=FOUR_DECIMALS)
    assert found.down == pytest.approx(0.0731, abs=FOUR_DECIMALS)
    antiparallel = Junction(h_S=0.4, theta=1.0, **STANDING)
    inner = matching_voltages(antiparallel)[0]
    assert inner == pytest.approx(0.4742, abs=FOUR_DECIMALS)
    assert currents(inner, antiparallel).charge == pytest.approx(-0.0491, abs=FOUR_DECIMALS)


@pytest.mark.parametrize("V", [0.31, -0.8])
def test_four_channels_at_an_angle(V):
    """I_σ' = Σ_σ (1 + σσ' cos θ)/2 · ½ ∫ N_Sσ N_Smσ' F, of the slow reference."""
    theta = np.array([0.25, 0.5, 0.8])
    fields = {"T_S": 0.7, "T_Sm": 0.1, "gamma_S": 1e-3, "gamma_Sm": 3e-3}
    h_S, h_exc = 0.2, 0.35
    gaps = float(bcs_gap(0.7, h_S)), float(bcs_gap(0.1, h_exc))
    found = currents(V, Junction(h_S=h_S, h_exc=h_exc, theta=theta, P=0.2, **fields))
    for up, computed in ((1, found.up), (-1, found.down)):
        total = np.zeros(3)
        for sigma in (1, -1):
            share = 0.5 * (1.0 + sigma * up * np.cos(math.pi * theta))
            leads = (0.7, 0.1, h_exc, sigma * up * h_S, 1e-3, 3e-3, *gaps)
            total += share * float(ref.spin_current(V, up, *leads, digits=12))
        np.testing.assert_allclose(computed, (1.0 + 0.2 * up) * total, rtol=1e-8)


@given(BIAS, JUNCTIONS, ANGLES)
def test_symmetries_at_an_angle(V, parameters, theta):
    """I_down(V) = −I_up(−V) at every angle of an unpolarised junction."""
    junction = Junction(**parameters, theta=theta)
    here, there = currents(V, junction), currents(-V, junction)
    assert here.down == -there.up
    assert here.converged
    # Turning by π − θ is the field of S reversed; the angle is rounded, hence the tolerance.
    other = parameters | {"h_S": -parameters["h_S"]}
    reversed_S = currents(V, Junction(**other, theta=1.0 - theta))
    size = abs(here.up) + abs(reversed_S.up)
    allowed = here.error + reversed_S.error + ROUNDING * size
    if parameters["h_exc"] != 0.0:
        assert abs(here.up - reversed_S.up) <= allowed + 1e-15 * _larger(V, parameters)


def _larger(V, parameters):
    """Return the largest of the collinear currents, to which the share of an angle is rounded."""
    sizes = [
        np.abs(currents(V, Junction(**(parameters | {"h_S": sign * parameters["h_S"]}))).up)
        for sign in (1, -1)
    ]
    return max(sizes)


def test_parts_that_cancel_are_computed_more_accurately():
    """I_up of parallel and antiparallel fields differ in sign here; at some angle they cancel."""
    leads = {"T_S": 0.7, "gamma": 1e-3, "h_exc": 0.4, "h_S": 0.3}
    V = -0.4
    parts = currents(V, Junction(theta=[0.0, 1.0], **leads), rtol=1e-12).up
    assert parts[0] * parts[1] < 0.0
    share = parts[0] / (parts[0] - parts[1]) * (1.0 + 1e-3)
    theta = math.acos(1.0 - 2.0 * share) / math.pi
    loose, strict = (
        currents(V, Junction(theta=theta, **leads), rtol=rtol) for rtol in (1e-8, 1e-12)
    )
    assert abs(strict.up) < 1e-2 * abs(parts).max()
    assert loose.error <= 1e-8 * max(abs(loose.up), abs(loose.down))
    assert loose.up == pytest.approx(strict.up, rel=1e-8)
    assert loose.converged


def test_only_fields_in_both_leads_make_an_angle():
    V = np.array([-0.4, 0.2])
    for field in ({"h_exc": 0.4}, {"h_S": 0.3}, {}):
        plain = currents(V, Junction(T_S=0.7, **field))
        turned = currents(V, Junction(T_S=0.7, theta=0.4, **field))
        np.testing.assert_array_equal(plain.up, turned.up)


def test_equilibrium_noise_at_an_angle():
    junction = Junction(
        T_S=0.4, T_Sm=0.4, h_exc=0.3, h_S=0.2, gamma=1e-2, theta=[0.0, 0.3, 1.0], P=0.5
    )
    noise, slope = flows(0.0, junction).S_I, zero_bias_conductance(junction)
    np.testing.assert_allclose(noise, 4.0 * BCS_RATIO * 0.4 * slope, rtol=1e-8)


def test_seebeck_voltage_at_an_angle():
    junction = Junction(h_S=0.1, theta=[0.3, 0.7], **STANDING)
    V = seebeck_voltage(junction)
    for side in (-1e-9, 1e-9):
        assert (currents(V * (1 + side), junction, rtol=1e-12).charge * side > 0.0).all()
    collinear = seebeck_voltage(Junction(h_S=[0.1, -0.1], **STANDING))
    nearly = seebeck_voltage(Junction(h_S=0.1, theta=[1e-7, 1 - 1e-7], **STANDING))
    np.testing.assert_allclose(nearly, collinear, rtol=1e-6)
