"""The gap with Dynes Γ in the gap equation (Herman and Hlubina, arXiv:1606.02983).

Derivation: docs/physics/dynes-gap.md. Energies in Δ0, the zero-temperature gap without Γ;
temperatures in its T_c.
"""

import math

import numpy as np
import pytest
import reference as ref
from mpmath import mp

from thermospin import Junction, bcs_gap, evaluate, parse_spec
from thermospin.gap import lead_gap
from thermospin.units import BCS_RATIO
from thermospin.verification.recomputed_gaps import gap as referee_gap

TEN_DECIMALS = 6e-11
RESIDUAL = 1e-13
CLOSED = 1e-9
TABLE = {  # Γ: T_c, Δ(0), and Δ at T = 0.1, 0.5, 0.7, 0.9
    1e-4: (0.9998614625, 0.999899995, 0.9998994337, 0.9567487494, 0.8285783694, 0.5259768319),
    1e-3: (0.9986143575, 0.9989994995, 0.9989939880, 0.9555238921, 0.8268425304, 0.5226787221),
    1e-2: (0.9861165985, 0.9899494937, 0.9898929312, 0.9431588093, 0.8092378479, 0.4883991368),
}


@pytest.mark.parametrize("gamma", TABLE)
def test_table_of_gaps(gamma):
    T_c, at_zero, *gaps = TABLE[gamma]
    found = bcs_gap([0.1, 0.5, 0.7, 0.9], gamma=gamma)
    np.testing.assert_allclose(found, gaps, rtol=0, atol=TEN_DECIMALS)
    assert bcs_gap(1e-4, gamma=gamma) == pytest.approx(at_zero, abs=2.0 * TEN_DECIMALS)
    beside = bcs_gap(T_c + np.array([-1e-8, 1e-8]), gamma=gamma)
    assert beside[0] > 0.0 == beside[1]


@pytest.mark.parametrize("gamma", [1e-6, 1e-3, 0.1, 0.4, 0.499])
def test_cold_gap_and_critical_temperature_in_closed_form(gamma):
    """Δ(0) = √(1 − 2Γ); ln(1/t) = ψ(½ + Γ/2πk_BT_c) − ψ(½); no superconductivity from Γ = ½."""
    assert bcs_gap(1e-4, gamma=gamma) == pytest.approx(math.sqrt(1.0 - 2.0 * gamma), rel=1e-5)

    def equation(t):
        unit = 2 * mp.pi * BCS_RATIO * t
        return mp.log(t) + mp.digamma(mp.mpf("0.5") + gamma / unit) - mp.digamma("0.5")

    T_c = float(mp.findroot(equation, (1e-3, 1.0), solver="anderson"))
    beside = bcs_gap(T_c * (1.0 + np.array([-CLOSED, CLOSED])), gamma=gamma)
    assert beside[0] > 0.0 == beside[1]
    assert bcs_gap(1e-3, gamma=0.5) == bcs_gap(0.5, gamma=0.6) == 0.0


@pytest.mark.parametrize(
    ("T", "h", "gamma"),
    [(0.3, 0.4, 1e-3), (0.7, 0.2, 0.05), (0.1, 0.6, 1e-2), (0.55, 0.5, 1e-4), (0.05, 0.2, 0.3)],
)
def test_it_solves_the_gap_equation(T, h, gamma):
    """Against the Matsubara sum of the slow reference."""
    Delta = float(bcs_gap(T, h, gamma=gamma))
    assert Delta > 0.0
    assert abs(ref.gap_residual_matsubara(Delta, T, h, gamma)) < RESIDUAL


def test_without_broadening_it_is_that_of_bcs():
    T, h = np.linspace(0.05, 1.0, 12)[:, np.newaxis], np.linspace(0.0, 0.7, 9)
    plain = bcs_gap(T, h)
    np.testing.assert_array_equal(plain, lead_gap(T, h, 1.0, "self-consistent"))
    open_ = plain > 0.05
    nearly = bcs_gap(T, h, gamma=1e-8)
    np.testing.assert_allclose(nearly[open_], plain[open_], rtol=1e-6)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_referee_finds_the_same_gaps(seed):
    """It integrates on the real axis, and compares grand potentials by ∫ 2Δ R dΔ."""
    rng = np.random.default_rng(seed)
    for T, h, log_gamma in rng.uniform([0.02, 0.0, -5.0], [1.0, 0.72, -0.4], (6, 3)):
        gamma = 10.0**log_gamma
        found = referee_gap(T, h, 1.0, "dynes", gamma)
        assert bcs_gap(T, h, gamma=gamma) == pytest.approx(found.value, rel=1e-12, abs=found.error)


def test_broadening_breaks_pairs():
    gamma = np.array([0.0, 1e-4, 1e-2, 0.1, 0.3])
    for T, h in ((0.1, 0.0), (0.5, 0.3)):
        assert (np.diff(bcs_gap(T, h, gamma=gamma)) < 0.0).all() or T == 0.5
    jump = bcs_gap(0.1, np.linspace(0.5, 0.75, 251), gamma=0.05)
    assert np.count_nonzero(np.diff(jump) < -0.3) == 1  # still of first order
    assert jump[0] > 0.0 == jump[-1]


def test_leads_take_their_own_broadening():
    junction = Junction(T_S=0.7, gamma_S=1e-2, gamma_Sm=1e-3, gap_Sm=0.8, gap_model="dynes")
    found = evaluate(["Delta_S", "Delta_Sm", "h_t"], None, junction).values
    assert found["Delta_S"][0] == bcs_gap(0.7, gamma=1e-2)
    assert found["Delta_Sm"][0] == bcs_gap(0.01, 0.0, 0.8, 1e-3)
    spec = parse_spec(
        "fixed: {T_S: 0.7, gamma: 1e-2}\naxes: {h_exc: [0]}\noutputs: [h_t]\ngap_model: dynes\n",
        "dynes.yaml",
    )
    assert spec.gap_model == "dynes"
    at_once = evaluate(["h_t"], None, Junction(T_S=0.7, gamma=1e-2, gap_model="dynes"))
    assert at_once.values["h_t"][0] == pytest.approx(0.181, abs=6e-4)


@pytest.mark.parametrize("gamma", [-1e-3, 1e-9, 1.5, math.nan])
def test_a_broadening_out_of_range_is_named(gamma):
    with pytest.raises(ValueError, match="gamma must be between 1e-08 and 1 Δ0"):
        bcs_gap(0.5, gamma=gamma)
