"""Conductances: dI_q/dV, its limit G_0 at V = 0, and G_max at the inner matching voltage.

Equations are those of Germanese et al., arXiv:2105.01527. Units: energies in Δ0, temperatures in
T_c, bias in Δ0/e, conductances in G_T.
"""

import numpy as np
import pytest
import reference as ref

from thermospin import (
    Junction,
    bcs_gap,
    currents,
    differential_conductance,
    matching_voltages,
    maximum_conductance,
    zero_bias_conductance,
)
from thermospin.gap import lead_gap
from thermospin.units import BCS_RATIO

ROUNDING = 1e-15  # of ∫|N_S dN_Sm/dE| dE, which is about 1/Γ where two edges meet
ELEVEN_DIGITS = 6e-11
SMALL_G_0 = 3e-15  # what the quoted 11 digits mean where G_0 is itself a small difference
EXACT = 1e-10  # two exact expressions at rtol = 1e-11
TWO_DIGITS = 0.06
FIVE_DIGITS = 6e-5
FIVE_DECIMALS = 6e-6
DIFFERENCES = 1e-7  # left by a difference of eighth order with a step of Γ/10
FINE = 1e-11

GAP_S = 0.828770970447738  # Δ(0.7 T_c)
STANDING = Junction(T_S=0.7, T_Sm=0.01, h_exc=0.4, gamma=1e-4)


# --- against the frozen records -------------------------------------------------------------


@pytest.mark.parametrize("rtol", [1e-3, 1e-5, 1e-8, FINE])
def test_slope_reaches_the_accuracy_asked_for(conductance_records, rtol):
    records = conductance_records
    slope = differential_conductance(records.V, records.junction, rtol=rtol)
    rounding = ROUNDING / np.minimum(records["gamma_S"], records["gamma_Sm"])
    error = np.abs(slope - records["dIdV"])
    assert (error <= rtol * np.abs(records["dIdV"]) + rounding).all()


@pytest.mark.parametrize("rtol", [1e-3, 1e-5, 1e-8])
def test_rounding_is_no_excuse_away_from_coincident_edges(conductance_records, rtol):
    records = conductance_records.but("coincident edges")
    slope = differential_conductance(records.V, records.junction, rtol=rtol)
    np.testing.assert_allclose(slope, records["dIdV"], rtol=rtol, atol=0.0)


@pytest.mark.parametrize("kind", ["zero bias", "field in S"])
def test_a_record_is_what_the_reference_gives(conductance_records, kind):
    records = conductance_records.of(kind)
    computed = ref.differential_conductance(records.V[0], *records.leads(0), digits=10)
    assert float(computed) == pytest.approx(records["dIdV"][0], rel=1e-10, abs=0.0)


@pytest.mark.slow
def test_every_record_is_what_the_reference_gives(conductance_records):
    for i, row in enumerate(conductance_records.rows):
        computed = ref.differential_conductance(row["V"], *conductance_records.leads(i))
        assert float(computed) == pytest.approx(row["dIdV"], rel=1e-15, abs=0.0)


# --- the slope is the slope of the current --------------------------------------------------

EIGHTH_ORDER = np.array([4 / 5, -1 / 5, 4 / 105, -1 / 280])


@pytest.mark.parametrize("V", [0.0, 0.1, 0.229, 0.4, 0.5712, 1.4288, 2.2288, -0.3])
@pytest.mark.parametrize("h_S", [0.0, 0.15])
def test_slope_is_the_derivative_of_the_current(V, h_S):
    gamma = 1e-2
    junction = Junction(T_S=0.7, h_exc=0.4, h_S=h_S, gamma=gamma)
    step = gamma / 10
    offset = step * np.arange(1, 5)
    rise = currents(V + offset, junction, rtol=1e-12).charge
    fall = currents(V - offset, junction, rtol=1e-12).charge
    expected = np.sum(EIGHTH_ORDER * (rise - fall)) / step
    assert differential_conductance(V, junction) == pytest.approx(expected, abs=DIFFERENCES)


def test_slope_is_even_in_the_bias():
    V = np.array([1e-9, 0.03, 0.2288, 0.7, 2.3])
    junction = Junction(T_S=0.7, h_exc=[[0.4], [0.0], [-0.2]], h_S=0.1)
    slope = differential_conductance(V, junction)
    assert np.array_equal(slope, differential_conductance(-V, junction))


def test_slope_tends_to_the_normal_conductance():
    slope = differential_conductance(np.array([30.0, 300.0]), STANDING)
    # I_q = V − O(Δ²/V), hence a slope of 1 + O(Δ²/V²).
    assert 0.0 < slope[1] - 1.0 < 2e-5
    assert slope[0] - 1.0 == pytest.approx(100 * (slope[1] - 1.0), rel=0.01)


# --- Eq. (3) ----------------------------------------------------------------------------------

G_0 = [  # T_S, h, exact G_0, relative error of Eq. (3) with f_S in place of its misprinted f_Sm
    (0.3, 0.2, 1.9529814339e-03, -5.5e-06),
    (0.3, 0.4, 2.0393409240e-05, -6.4e-04),
    (0.3, 0.6, -2.7366492153e-04, 7.2e-05),
    (0.5, 0.05, -2.0302366794e00, 5.2e-09),
    (0.5, 0.1, -9.3653898709e-02, 1.1e-07),
    (0.5, 0.4, 6.4098255980e-03, -2.1e-06),
    (0.7, 0.1, 1.0581751857e00, -1.2e-08),
    (0.7, 0.2, -1.4039187260e00, 9.1e-09),
    (0.7, 0.3, -1.6499945644e-01, 8.4e-08),
    (0.7, 0.4, -4.8784652895e-02, 3.2e-07),
    (0.7, 0.6, -6.6120979763e-03, 3.6e-06),
    (0.8, 0.3, -6.1592659141e00, 2.6e-09),
    (0.8, 0.5, -1.3570133328e-01, 1.6e-07),
    (0.9, 0.4, 1.6555188512e00, -1.5e-08),
    (0.9, 0.6, -4.9705692480e-01, 7.5e-08),
    (0.97, 0.7, 3.4448843317e01, -2.7e-09),
]


def test_zero_bias_conductance_to_11_digits():
    T_S, h, exact, _ = np.array(G_0).T
    computed = zero_bias_conductance(Junction(T_S=T_S, h_exc=h), rtol=FINE)
    np.testing.assert_allclose(computed, exact, rtol=ELEVEN_DIGITS, atol=SMALL_G_0)


@pytest.mark.parametrize(("T_S", "h", "exact", "error_of_eq3"), [G_0[1], G_0[7], G_0[15]])
def test_corrected_equation_3_and_its_thermal_term(T_S, h, exact, error_of_eq3):
    """Eq. (3) leaves out N_S(0) N_Sm(0) of the cold lead; with it, it is exact."""
    gaps = (float(bcs_gap(T_S)), float(bcs_gap(0.01, h)))
    eq3, thermal = (
        float(part) for part in ref.zero_bias_conductance_eq3(T_S, 0.01, h, 1e-4, *gaps, digits=12)
    )
    computed = zero_bias_conductance(Junction(T_S=T_S, h_exc=h), rtol=FINE)
    assert computed == pytest.approx(eq3 + thermal, rel=2 * EXACT, abs=SMALL_G_0)
    assert computed == pytest.approx(exact, rel=2 * EXACT)
    assert eq3 / computed - 1 == pytest.approx(error_of_eq3, rel=TWO_DIGITS)


def test_zero_bias_conductance_is_the_slope_at_no_bias():
    junction = Junction(T_S=[0.3, 0.7, 0.9], h_exc=[[0.0], [0.2], [0.6]], h_S=0.05)
    slope = differential_conductance(0.0, junction)
    assert np.array_equal(zero_bias_conductance(junction), slope)


def test_extremes_beside_the_threshold_field():
    """G_0 ~ −c x/(x² + 4Γ²), x = h − h_t, c = ½ √(Δ_S Δ_Sm) f_S(Δ_S)."""
    h = 1.0 - GAP_S + 2e-4 * np.array([-1.0, 1.0])
    extremes = zero_bias_conductance(Junction(T_S=0.7, h_exc=h, gamma=1e-4))
    np.testing.assert_allclose(extremes, [126.07, -124.82], rtol=FIVE_DIGITS)
    c = 0.5 * np.sqrt(GAP_S) / (1 + np.exp(GAP_S / (0.7 * BCS_RATIO)))
    # The background under the peak is even in x where the peak is odd.
    assert 0.5 * (extremes[0] - extremes[1]) == pytest.approx(c / 4e-4, rel=1e-3)


# --- where thermoelectricity begins and ends, Figs. 2(b) and 2(d) ---------------------------

FIELDS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
LOWER_EDGE = [0.36432, 0.43226, 0.51544, 0.57027, 0.60990, 0.63856, 0.65747, 0.66519]
UPPER_EDGE = [0.51722, 0.61088, 0.72845, 0.80755, 0.86605, 0.91059, 0.94443, 0.96939]
LOWER_EDGE_BROAD = [0.406, 0.450, 0.528, 0.585, 0.630, 0.666, 0.697, 0.725]  # Γ = 1e-2
UPPER_EDGE_BROAD = [0.494, 0.603, 0.725, 0.806, 0.865, 0.910, 0.944, 0.969]
LOWER_PEAK_EDGE = {  # of G_max < 0, at h of FIELDS; there is none at h = 0.05, Γ = 1e-2
    1e-5: [0.173, 0.174, 0.173, 0.171, 0.171, 0.172, 0.175, 0.177],
    1e-4: [0.218, 0.223, 0.223, 0.221, 0.221, 0.223, 0.227, 0.231],
    1e-3: [0.292, 0.304, 0.310, 0.311, 0.311, 0.315, 0.320, 0.327],
    1e-2: [np.nan, 0.459, 0.481, 0.493, 0.502, 0.511, 0.522, 0.537],
}


@pytest.mark.parametrize(
    ("gamma", "lower", "upper", "digit"),
    [
        (1e-4, LOWER_EDGE, UPPER_EDGE, 1e-5),
        (1e-2, LOWER_EDGE_BROAD, UPPER_EDGE_BROAD, 1e-3),
    ],
)
def test_zero_bias_conductance_is_negative_in_a_window(gamma, lower, upper, digit):
    """Both edges: Δ(T_S) > Δ(T_Sm) − h is necessary (upper), but not sufficient (lower)."""
    edges = np.array([lower, upper])
    T_S = edges + digit * np.array([-1.0, 1.0])[:, np.newaxis, np.newaxis]
    sign = np.sign(zero_bias_conductance(Junction(T_S=T_S, h_exc=FIELDS, gamma=gamma)))
    assert (sign[:, 0] == [[1.0], [-1.0]]).all()
    assert (sign[:, 1] == [[-1.0], [1.0]]).all()


@pytest.mark.parametrize("gamma", LOWER_PEAK_EDGE)
def test_peak_conductance_turns_negative_at_a_temperature_set_by_the_broadening(gamma):
    edges = np.array(LOWER_PEAK_EDGE[gamma])
    known = np.isfinite(edges)
    T_S = edges[known] + 1e-3 * np.array([[-1.0], [1.0]])
    junction = Junction(T_S=T_S, h_exc=np.array(FIELDS)[known], gamma=gamma)
    assert (np.sign(maximum_conductance(junction)) == [[1.0], [-1.0]]).all()


def test_peak_conductance_ends_at_the_threshold_temperature():
    edges = np.array(UPPER_EDGE)
    T_S = edges + 3e-5 * np.array([[-1.0], [1.0]])
    conductance = maximum_conductance(Junction(T_S=T_S, h_exc=FIELDS, gamma=1e-4))
    assert (np.sign(conductance) == [[-1.0], [1.0]]).all()


def test_broad_edges_hide_the_effect_in_a_small_field():
    junction = Junction(T_S=np.linspace(0.1, 0.52, 15), h_exc=0.05, gamma=1e-2)
    assert (maximum_conductance(junction) > 0.0).all()


# --- G_max ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("gamma", "quoted"), [(1e-4, -0.65449), (1e-2, -0.14470)])
def test_peak_conductance_of_the_standing_case(gamma, quoted):
    computed = maximum_conductance(Junction(T_S=0.7, h_exc=0.4, gamma=gamma))
    assert computed == pytest.approx(quoted, abs=FIVE_DECIMALS)


def test_peak_conductance_is_the_chord_to_the_inner_matching_voltage():
    junction = Junction(T_S=[0.5, 0.7, 0.9], h_exc=[[0.1], [0.4]], gamma_Sm=1e-3)
    inner, _ = matching_voltages(junction)
    chord = currents(inner, junction).charge / inner
    np.testing.assert_allclose(maximum_conductance(junction), chord, rtol=1e-15)


@pytest.mark.parametrize("offset", [0.0, 1e-13, 1e-9, 1e-6])
@pytest.mark.parametrize("model", ["self-consistent", "constant"])
def test_peak_conductance_tends_to_the_zero_bias_conductance(offset, model):
    """At the threshold field V_p_minus = 0, and I_q/V has the limit G_0."""
    gaps = {"gap_S": 0.8, "gap_model": model}
    gap_S = lead_gap(0.5, 0.0, 0.8, model)
    junction = Junction(T_S=0.5, h_exc=1.0 - gap_S + offset, **gaps)
    G_max, slope = maximum_conductance(junction), zero_bias_conductance(junction)
    # dI_q/dV is even and changes on the scale of 2Γ: so far is the chord from the tangent.
    assert G_max == pytest.approx(slope, rel=4 * (offset / 2e-4) ** 2 + 1e-8)
