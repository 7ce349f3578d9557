"""The power from the electrons of a spin-split superconductor to its phonons, in Σ 𝒱 T_c⁵.

Formula and limits: docs/physics/heat-balance.md. Temperatures in T_c, fields and gaps in Δ0.
"""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad

import thermospin as ts
from thermospin.observables.electron_phonon import power_to_phonons
from thermospin.units import BCS_RATIO

TABLE = {  # T, T_bath, h: 13 digits, of Gauss rules over E = Δ cosh u
    (0.1, 0.01, 0.0): 2.049039393271e-13,
    (0.2, 0.01, 0.0): 9.527812565580e-08,
    (0.3, 0.01, 0.0): 3.8128570080363e-05,
    (0.5, 0.01, 0.0): 9.0316064956215e-03,
    (0.7, 0.01, 0.0): 1.2922576183236e-01,
    (0.9, 0.01, 0.0): 6.0767856326312e-01,
    (0.7, 0.3, 0.0): 1.2877654776789e-01,
    (0.3, 0.01, 0.4): 6.8825882044257e-05,
    (0.5, 0.01, 0.4): 1.1707452496126e-02,
    (0.7, 0.01, 0.4): 1.5112965136253e-01,
    (0.2, 0.1, 0.4): 7.5727289651769e-07,
}
REFERENCE = 1e-12  # what the digits of the table and rounding of the gap leave
PROMISED = 1e-10
ZETA_5 = 1.0369277551433699


@pytest.mark.parametrize("place", TABLE)
def test_the_power_is_that_of_the_table(place):
    assert ts.electron_phonon_power(*place) == pytest.approx(TABLE[place], rel=REFERENCE)


def test_without_a_gap_the_power_goes_as_the_fifth_power_of_temperature():
    T = np.array([1e-4, 0.3, 1.0, 7.0, 100.0])
    np.testing.assert_allclose(ts.electron_phonon_power(T, 0.2, gap=0.0), T**5 - 0.2**5, rtol=1e-14)
    np.testing.assert_allclose(ts.electron_phonon_power(T[2:], 0.2), T[2:] ** 5 - 0.2**5)


def test_a_closing_gap_leads_to_the_power_of_a_normal_metal():
    """The integrals themselves, which no longer know of a gap, give 24 ζ(5) of the fifth powers."""
    args = (np.array([0.9]), np.array([0.2]), np.array([0.3]))
    found = [float(power_to_phonons(*args, np.array([Delta]))[0]) for Delta in (1e-3, 1e-4, 1e-5)]
    normal = 0.9**5 - 0.2**5
    assert abs(found[-1] / normal - 1.0) < 1e-8
    assert abs(found[0] / normal - 1.0) > abs(found[1] / normal - 1.0)


@pytest.mark.parametrize("h", [0.0, 0.3])
def test_far_below_the_gap_scattering_and_recombination_have_their_known_limits(h):
    """Next orders are smaller by k_BT/Δ: the ratio tends to 1 in proportion to T."""
    ratios = []
    for T in (0.1, 0.05, 0.025):
        kT, Delta = BCS_RATIO * T, float(ts.bcs_gap(T, h))
        scattering = 64.0 / (63.0 * ZETA_5) * math.exp(-Delta / kT) * math.cosh(h / kT)
        pairs = math.pi / (3.0 * ZETA_5) * Delta**4 / kT**4 * math.exp(-2.0 * Delta / kT)
        ratios.append(ts.electron_phonon_power(T, 1e-4, h) / (T**5 * (scattering + pairs)))
    gaps = 1.0 - np.array(ratios)
    assert (np.abs(gaps) < 0.06).all()
    np.testing.assert_allclose(gaps[1:] / gaps[:-1], 0.5, atol=0.06)


def slow_power(T, T_bath, h, Delta):
    """Integrate over the phonon energy and the energy of an electron with SciPy, Γ = 0."""
    kT, kT_bath = BCS_RATIO * T, BCS_RATIO * T_bath

    def fermi(x):
        return 0.5 * (1.0 - math.tanh(0.5 * x / kT))

    def transitions(e):
        def scatter(u, s):
            E = Delta * math.cosh(u)
            factor = (E * (E + e) - Delta**2) / math.sqrt((E + e) ** 2 - Delta**2)
            return factor * (fermi(E - s * h) - fermi(E + e - s * h))

        far = math.acosh(1.0 + 40.0 * kT / Delta + h)
        total = sum(quad(scatter, 0.0, far, (s,), epsabs=0, epsrel=1e-11, limit=200)[0]
                    for s in (-1, 1))  # fmt: skip
        if e > 2.0 * Delta:  # E from Δ to ε − Δ, with both ends smoothed by a sine
            half = 0.5 * e - Delta

            def recombine(a):
                E = 0.5 * e + half * math.sin(a)
                other = e - E
                root = math.sqrt((E + Delta) * (other + Delta))
                return (E * other + Delta**2) / root * (1 - fermi(E - h) - fermi(other + h))

            ends = (-0.5 * math.pi, 0.5 * math.pi)
            total += quad(recombine, *ends, epsabs=0, epsrel=1e-11, limit=200)[0]
        return total

    def phonons(e):
        return e**3 * (1 / math.expm1(e / kT) - 1 / math.expm1(e / kT_bath)) * transitions(e)

    ends = [1e-9, 0.2 * Delta, 2.0 * Delta, 2.0 * Delta + 4.0 * kT, 2.0 * Delta + 45.0 * kT]
    parts = [quad(phonons, a, b, epsrel=1e-9, limit=200)[0] for a, b in pairwise(ends)]
    return sum(parts) / (24.0 * ZETA_5 * BCS_RATIO**5)


@pytest.mark.parametrize(("T", "T_bath", "h"), [(0.8, 0.5, 0.2)])
def test_the_power_is_that_of_scipy(T, T_bath, h):
    Delta = float(ts.bcs_gap(T, h))
    slow = slow_power(T, T_bath, h, Delta)
    assert ts.electron_phonon_power(T, T_bath, h) == pytest.approx(slow, rel=1e-8)


def test_no_power_flows_between_equal_temperatures_and_its_sign_is_that_of_the_difference():
    T = np.array([0.01, 0.1, 0.5, 0.9, 2.0])
    assert (ts.electron_phonon_power(T, T, 0.2) == 0.0).all()
    assert (ts.electron_phonon_power(T, 0.99 * T, 0.2) > 0.0).all()
    assert (ts.electron_phonon_power(T, 1.01 * T, 0.2) < 0.0).all()


def test_next_to_equilibrium_the_power_keeps_its_relative_accuracy():
    """It is linear in the difference, and of the same size on both sides."""
    args = (np.array([0.2]), np.array([0.65]))
    T = np.array([0.6])
    small, smaller = (float(power_to_phonons(T, T - d, *args)[0] / d) for d in (2.0**-30, 2.0**-31))
    assert small == pytest.approx(smaller, rel=1e-8)


def test_the_power_is_even_in_the_field_and_grows_with_temperature():
    T = np.linspace(0.05, 1.2, 24)
    found = ts.electron_phonon_power(T, 0.05, 0.3)
    np.testing.assert_array_equal(found, ts.electron_phonon_power(T, 0.05, -0.3))
    assert (np.diff(found) > 0.0).all()


def test_bits_do_not_depend_on_what_else_is_computed():
    T = np.linspace(0.02, 0.99, 37)
    together = ts.electron_phonon_power(T, 0.1, 0.2)
    alone = [float(ts.electron_phonon_power(each, 0.1, 0.2)) for each in T]
    assert together.tolist() == alone


@pytest.mark.parametrize("T", [1e-4, 0.01, 0.5, 0.999999])
def test_extreme_temperatures_give_finite_powers(T):
    found = ts.electron_phonon_power(T, [1e-4, 0.3, 100.0], 0.3)
    assert np.isfinite(found).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.0, 0.1), "T_S must be between"),
        ((0.1, 1e3), "T_bath must be between"),
        ((0.1, 0.1, 11.0), "h_S must be between"),
        ((0.1, 0.1, 0.0, -1.0), "gap must be between"),
    ],
)
def test_what_is_out_of_range_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        ts.electron_phonon_power(*arguments)
