"""The self-consistent gap against high-precision tables, limits and an independent reference.

The package sums over Matsubara frequencies; the reference here integrates along the real axis and
takes the grand potential from its definition.
"""

import math

import mpmath as mp
import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import psi

from thermospin.gap import bcs_gap, lead_gap
from thermospin.kernels import gap_equation as kernels
from thermospin.machine.compilation import from_python
from thermospin.units import BCS_RATIO

TABLE_RTOL = 1e-13  # the tables have 14 or 15 digits
REFERENCE_RTOL = 1e-12
POTENTIAL_RTOL = 2e-6  # the potentials have 6 to 10 digits
LINE = 1e-9  # distance from the first-order line, tabulated with 10 digits
ROUNDING = 4e-15

CLOGSTON = math.sqrt(0.5)
TRICRITICAL = (0.561493166126581, 0.608221219729936)

ZERO_FIELD = {  # t: Δ/Δ0, from 30-digit arithmetic
    0.10: 0.999999987044915,
    0.15: 0.999994343533162,
    0.20: 0.999876762046119,
    0.25: 0.999195300230321,
    0.30: 0.997123762490192,
    0.35: 0.992702919993128,
    0.40: 0.985033712407391,
    0.45: 0.973329275906735,
    0.50: 0.956884715874891,
    0.55: 0.935016998063066,
    0.60: 0.906993965134757,
    0.65: 0.871949999869894,
    0.70: 0.828770970447738,
    0.75: 0.775909847804173,
    0.80: 0.711043042386211,
    0.85: 0.630320059481029,
    0.90: 0.526341934551117,
    0.95: 0.380316949882442,
    0.96: 0.341607933916751,
    0.97: 0.297086207756849,
    0.98: 0.243583333877911,
    0.99: 0.172953854079703,
    0.999: 0.0548955491315732,
}
IN_FIELD = [  # t, h, Δ, (Ω_S − Ω_N)/N_0 of the stable root
    (0.01, 0.4, 1.0000000000000, -0.3398942594),
    (0.1, 0.5, 0.99995615596302, -0.2394310454),
    (0.1, 0.65, 0.9993765393694, -0.06699825077),
    (0.2, 0.6, 0.98654727168081, -0.1007614887),
    (0.3, 0.4, 0.98385728373523, -0.2505431571),
    (0.3, 0.6, 0.9359681332355, -0.06485341141),
    (0.4, 0.3, 0.96844510009166, -0.2557660448),
    (0.5, 0.4, 0.89233032983486, -0.1346547316),
    (0.5, 0.6, 0.64427334643836, -0.008730896457),
    (0.6, 0.5, 0.69860439677375, -0.03323222525),
    (0.7, 0.2, 0.79914670426411, -0.09046985931),
    (0.7, 0.4, 0.67416784890419, -0.0356874141),
    (0.7, 0.55, 0.23952607620611, -0.0003193370674),
    (0.8, 0.3, 0.60029998550129, -0.02347359732),
    (0.9, 0.2, 0.45261861648466, -0.007368286093),
    (0.9, 0.36, 0.11650438046446, -2.798240493e-5),
]
NOT_STABLE = [  # t, h, Δ, (Ω_S − Ω_N)/N_0 of metastable and unstable roots
    (0.1, 0.65, 0.50936313332972, 0.03649188),
    (0.2, 0.6, 0.32492593816233, 0.005701457),
    (0.3, 0.6, 0.20120084924163, 0.000586848),
    (0.3, 0.68, 0.85507747985196, 0.02172512),
    (0.3, 0.68, 0.59358437574467, 0.02731555),
    (0.1, 0.72, 0.99780499882003, 0.02872262),
    (0.1, 0.72, 0.63825831695885, 0.08388674),
]
FIRST_ORDER = {  # t: h_c, Δ just below it
    0.01: (0.7070320073, 1.0),
    0.1: (0.6997148605, 0.998481),
    0.2: (0.6814115994, 0.968725),
    0.3: (0.6598649425, 0.888104),
    0.4: (0.6387940595, 0.743033),
    0.5: (0.6193345862, 0.483888),
    0.55: (0.6102517336, 0.214366),
}
SECOND_ORDER = {  # t: h_c2
    0.6: 0.599754576105537,
    0.7: 0.560347462152658,
    0.8: 0.489396285465371,
    0.9: 0.367622407272292,
    0.95: 0.267340846875938,
}


# --- the reference: real axis, ξ = Δ sinh u, trapezoidal rule (the integrands are even in u) ------


def real_axis(gap, t, h, step=0.01):
    """Return T, the energies ε = Δ cosh u and the weights of ∫_0^∞ du, in double precision."""
    T = BCS_RATIO * t
    u = np.arange(0.0, math.acosh(1.0 + (abs(h) + 50.0 * T) / gap) + step, step)
    weights = np.full(u.size, step)
    weights[0] = step / 2.0
    return T, gap * np.cosh(u), weights


def residual(gap, t, h):
    """Return ln(Δ/Δ0) + ∫ du [f(ε − h) + f(ε + h)]."""
    T, energy, weights = real_axis(gap, t, h)
    occupied = sum(0.5 - 0.5 * np.tanh((energy + field) / (2.0 * T)) for field in (h, -h))
    return math.log(gap) + weights @ occupied


def potential(gap, t, h):
    """Return (Ω_S − Ω_N)/N_0 = −Δ²/2 + Δ² ln Δ − 2T ∫ dξ Σ ln[1 + e^−(ε ± h)/T] + h² + π²T²/3."""
    T, energy, weights = real_axis(gap, t, h)
    entropy = sum(np.logaddexp(0.0, -(energy + field) / T) for field in (h, -h))
    thermal = 2.0 * T * (weights * energy) @ entropy
    return gap**2 * (math.log(gap) - 0.5) - thermal + h**2 + (math.pi * T) ** 2 / 3.0


def polish(gap, t, h):
    """Return the root next to gap in 25-digit arithmetic."""
    with mp.workdps(25):
        T = mp.exp(mp.euler) / mp.pi * mp.mpf(t)
        step = mp.mpf(1) / 50

        def equation(gap):
            last = int(mp.acosh(1 + (h + 60 * T) / gap) / step) + 1
            energies = [gap * mp.cosh(n * step) for n in range(last)]
            terms = [
                1 / (mp.exp((e - h) / T) + 1) + 1 / (mp.exp((e + h) / T) + 1) for e in energies
            ]
            return mp.log(gap) + step * (mp.fsum(terms) - terms[0] / 2)

        start = mp.mpf(gap)
        return float(mp.findroot(equation, (start, start * (1 + mp.mpf(1) / 10**9))))


def reference_gap(t, h):
    """Return the stable gap: every root is found, and the potentials are compared."""
    trial = np.concatenate([np.geomspace(1e-4, 0.02, 30), np.linspace(0.025, 1.001, 60)])
    values = [residual(gap, t, h) for gap in trial]
    brackets = [i for i in range(len(trial) - 1) if values[i] * values[i + 1] < 0.0]
    roots = [brentq(residual, trial[i], trial[i + 1], (t, h), xtol=1e-14) for i in brackets]
    best = min(roots, key=lambda gap: potential(gap, t, h), default=0.0)
    return polish(best, t, h) if best and potential(best, t, h) < 0.0 else 0.0


def random_points():
    random = np.random.default_rng(20210504)
    everywhere = zip(random.uniform(0.05, 1.02, 12), random.uniform(0.0, 0.72, 12), strict=True)
    corner = zip(random.uniform(0.5, 0.62, 10), random.uniform(0.59, 0.625, 10), strict=True)
    return [*everywhere, *corner, (1.0 - 1e-5, 0.0), (0.999, 0.03), (0.05, 0.704), (0.05, 0.706)]


@pytest.mark.parametrize(("t", "h"), random_points())
def test_agrees_with_the_real_axis(t, h):
    assert bcs_gap(t, h) == pytest.approx(reference_gap(t, h), rel=REFERENCE_RTOL, abs=0.0)


# --- tables ---------------------------------------------------------------------------------------


def test_zero_field_table():
    gaps = bcs_gap(list(ZERO_FIELD))
    np.testing.assert_allclose(gaps, list(ZERO_FIELD.values()), rtol=TABLE_RTOL)


def test_exchange_field_table():
    t, h, expected, _ = np.transpose(IN_FIELD)
    np.testing.assert_allclose(bcs_gap(t, h), expected, rtol=TABLE_RTOL)


@pytest.mark.parametrize(("t", "h"), [(0.3, 0.68), (0.1, 0.72), (0.5, 0.625), (1.0, 0.0), (50, 3)])
def test_normal_state(t, h):
    assert bcs_gap(t, h) == 0.0


@pytest.mark.parametrize(("t", "h", "gap", "expected"), IN_FIELD + NOT_STABLE)
def test_grand_potential_of_roots(t, h, gap, expected):
    unit = math.pi * BCS_RATIO * t
    found = unit**2 * from_python(kernels.grand_potential)((gap / unit) ** 2, h / unit, 0.0)
    assert found == pytest.approx(expected, rel=POTENTIAL_RTOL)


# --- transition lines -----------------------------------------------------------------------------


@pytest.mark.parametrize("t", FIRST_ORDER)
def test_jump_at_the_first_order_line(t):
    h, gap = FIRST_ORDER[t]
    below, above = bcs_gap(t, [h - LINE, h + LINE])
    assert below == pytest.approx(gap, abs=5e-7)  # six digits
    assert above == 0.0


@pytest.mark.parametrize("t", [1e-4, 1e-3, 0.01, 0.03])
def test_first_order_line_at_low_temperature(t):
    """Quasiparticles freeze out and leave h_c² = Δ0²/2 − (π k_B T)²/3, the normal entropy."""
    h = math.sqrt(0.5 - (math.pi * BCS_RATIO * t) ** 2 / 3.0)
    below, above = bcs_gap(t, [h - 1e-6, h + 1e-6])
    assert below > 0.9999
    assert above == 0.0


@pytest.mark.parametrize("t", [1e-4, 1e-3, 0.01])
def test_zero_temperature_limit(t):
    fields = np.array([0.0, 0.1, 0.4, 0.7])
    np.testing.assert_allclose(bcs_gap(t, fields), 1.0, rtol=ROUNDING)
    assert np.all(bcs_gap(t, [CLOGSTON, 0.8, 1.0, 10.0]) == 0.0)


@pytest.mark.parametrize("h", [0.0, 0.3, 0.6, 0.7])
def test_cold_gaps_join_those_of_the_gap_equation(h):
    t = (1.0 - h) / (kernels.COLD * math.pi * BCS_RATIO)
    colder, warmer = bcs_gap([0.999 * t, 1.001 * t], h)
    assert colder == 1.0
    assert warmer == pytest.approx(1.0, abs=ROUNDING)


@pytest.mark.parametrize("t", SECOND_ORDER)
def test_gap_closes_continuously_at_the_second_order_line(t):
    """The line is ln t = ψ(½) − Re ψ(½ + ia/2), a = h/πT; the gap follows Ginzburg and Landau."""
    h = brentq(lambda h: normal_state_residual(t, h), 0.1, 0.7, xtol=1e-15)
    assert h == pytest.approx(SECOND_ORDER[t], rel=1e-14)
    assert bcs_gap(t, h * (1.0 + 1e-12)) == 0.0
    assert 0.0 < bcs_gap(t, h * (1.0 - 1e-12)) < 1e-5
    for distance in (1e-5, 1e-6, 1e-7):
        landau = landau_gap(t, h * (1.0 - distance))
        assert bcs_gap(t, h * (1.0 - distance)) == pytest.approx(landau, rel=100.0 * distance)


def landau_gap(t, h):
    """Return √(16 (πT)² R_0 / Re ψ''(½ + ia/2)), where R_0 is the gap equation at Δ = 0."""
    unit = math.pi * BCS_RATIO * t
    quartic = float(mp.psi(2, mp.mpc(0.5, h / (2.0 * unit))).real) / 16.0
    return unit * math.sqrt(normal_state_residual(t, h) / quartic)


def normal_state_residual(t, h):
    x = h / (2.0 * math.pi * BCS_RATIO * t)
    return math.log(t) + psi(complex(0.5, x)).real - psi(0.5)


@pytest.mark.parametrize("t", [1e-4, 0.05, 0.5, 1.0 - 1e-9])
@pytest.mark.parametrize("h", [0.0, 1e-5, 0.1, 0.7])
def test_gap_equation_without_gap_is_a_digamma_function(t, h):
    found = from_python(kernels.normal_part)(t, h / (math.pi * BCS_RATIO * t), 0.0)
    assert found == pytest.approx(normal_state_residual(t, h), rel=1e-14, abs=1e-15)


@pytest.mark.parametrize("distance", [1e-4, 1e-6, 1e-8, 1e-10])
def test_square_root_next_to_the_critical_temperature(distance):
    """Δ² → 8 (π k_B T_c)² (1 − t)/7ζ(3), with corrections of order 1 − t."""
    t = 1.0 - distance
    zeta = 1.2020569031595942
    leading = math.pi * BCS_RATIO * math.sqrt(8.0 * (1.0 - t) / (7.0 * zeta))
    assert bcs_gap(t) == pytest.approx(leading, rel=max(distance, 1e-12))


def test_fourth_root_at_the_tricritical_point():
    """Δ⁴ is linear in h there: the coefficients of Δ² and of Δ⁴ vanish together."""
    t, h = TRICRITICAL
    gaps = bcs_gap(t, h - np.array([1e-6, 1e-8, 1e-10]))
    np.testing.assert_allclose(gaps[:-1] / gaps[1:], 100.0**0.25, rtol=2e-3)
    assert bcs_gap(t, h + 1e-8) == 0.0


def test_order_of_the_transition_changes_at_the_tricritical_point(thinned):
    t, _ = TRICRITICAL

    def smallest_gap(t):
        fields = thinned(np.linspace(0.59, 0.62, 3001))
        gaps = bcs_gap(t, fields)
        return gaps[gaps > 0.0].min()

    assert smallest_gap(t - 0.01) > 0.2
    assert smallest_gap(t + 0.01) < 0.05


# --- symmetries -----------------------------------------------------------------------------------


def test_falls_with_temperature_and_field():
    t, h = np.ogrid[0.005:1.05:50j, 0.0:0.75:50j]
    gaps = bcs_gap(t, h)
    assert np.all(np.diff(gaps, axis=0) <= ROUNDING)
    assert np.all(np.diff(gaps, axis=1) <= ROUNDING)
    assert np.all((gaps >= 0.0) & (gaps <= 1.0 + ROUNDING))


def test_even_in_the_field():
    t, h = np.ogrid[0.1:1.0:10j, 0.0:0.7:8j]
    np.testing.assert_array_equal(bcs_gap(t, h), bcs_gap(t, -h))


@pytest.mark.parametrize("gap", [0.25, 2.0, 64.0])
def test_scales_with_the_zero_temperature_gap(gap):
    """A power of two rounds nothing: the equality is exact."""
    t, h = np.ogrid[0.1:1.0:10j, 0.0:0.1:3j]
    np.testing.assert_array_equal(bcs_gap(gap * t, gap * h, gap), gap * bcs_gap(t, h))


def test_broadcasts_and_keeps_normal_metals_normal():
    gaps = bcs_gap([[0.7], [0.1]], [0.4, 0.0, 0.0], [1.0, 1.0, 0.0])
    assert gaps.shape == (2, 3)
    assert gaps[0, 1] == bcs_gap(0.7)
    assert np.all(gaps[:, 2] == 0.0)
    assert isinstance(bcs_gap(0.7), float)
    assert bcs_gap(np.empty(0)).shape == (0,)


@pytest.mark.parametrize("model", ["self-consistent", "tanh", "constant"])
def test_bitwise_independent_of_neighbours(model):
    random = np.random.default_rng(3)
    t = np.repeat(random.uniform(0.05, 1.0, 60), 3)
    h = random.choice([0.0, 0.3, 0.65], 180)
    whole = lead_gap(t, h, 1.0, model)
    for order in (np.arange(180)[::-1], random.permutation(180), np.arange(7, 20)):
        np.testing.assert_array_equal(lead_gap(t[order], h[order], 1.0, model), whole[order])


# --- models and messages --------------------------------------------------------------------------


def test_tanh_model():
    t = np.array([0.1, 0.55, 0.7, 0.99, 0.999])
    expected = [0.9999415233, 0.9176421935, 0.8141099337, 0.1731154390, 0.0549956178]
    np.testing.assert_allclose(lead_gap(t, 0.3, 1.0, "tanh"), expected, rtol=2e-9)
    np.testing.assert_allclose(lead_gap(0.5 * t, 0.3, 0.5, "tanh"), 0.5 * np.array(expected), 2e-9)
    assert np.all(lead_gap([1.0, 1.5, 0.6, 0.1], 0.0, [1.0, 1.0, 0.5, 0.0], "tanh") == 0.0)


def test_constant_model():
    gaps = lead_gap([[0.1], [5.0]], 0.9, [1.0, 0.0, 2.5], "constant")
    np.testing.assert_array_equal(gaps, [[1.0, 0.0, 2.5], [1.0, 0.0, 2.5]])


def test_self_consistent_model_is_the_bcs_gap():
    assert lead_gap(0.7, 0.4, 1.0, "self-consistent") == bcs_gap(0.7, 0.4)


def test_unknown_model():
    with pytest.raises(ValueError, match=r"gap_model must be one of self-consistent, .*'bcs'"):
        lead_gap(0.5, 0.0, 1.0, "bcs")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"T": 0.0}, "T must be between 0.0001 and 100 T_c, not 0"),
        ({"T": [0.5, -1.0]}, "T must be between 0.0001 and 100 T_c, not -1"),
        ({"T": math.nan}, "T must be between 0.0001 and 100 T_c, not nan"),
        ({"T": 0.5, "h": math.inf}, "h must be between -10 and 10 Δ0, not inf"),
        ({"T": 0.5, "gap": -1.0}, "gap must be between 0 and 100 Δ0, not -1"),
    ],
)
def test_values_out_of_range(arguments, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        bcs_gap(**arguments)
