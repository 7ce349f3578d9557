"""Laws that the currents of Eq. (2) obey: exact symmetries, thermodynamics, limits, closed forms.

Equations are those of Germanese et al., arXiv:2105.01527. Units: energies in Δ0, temperatures in
T_c, bias in Δ0/e, currents in G_T Δ0/e.
"""

import math

import numpy as np
import pytest
import reference as ref
from hypothesis import given
from hypothesis import strategies as st
from strategies import BIAS, JUNCTIONS, reversed_fields

from thermospin import Junction, bcs_gap, currents, differential_conductance, matching_voltages

SHIFT = 0.9  # deviation from the shift identity, in Γ
ROUNDING = 1e-14

STANDING = {"T_S": 0.7, "T_Sm": 0.01, "gamma": 1e-4}


# --- over all that is allowed ---------------------------------------------------------------


@given(BIAS, JUNCTIONS)
def test_symmetries_hold_to_the_last_bit(V, parameters):
    """I_down(V) = −I_up(−V); I_q odd in V and even in the fields; I_s even in V, odd in them."""
    junction, reversed_junction = Junction(**parameters), Junction(**reversed_fields(parameters))
    here, there = currents(V, junction), currents(-V, junction)
    assert here.down == -there.up
    assert here.charge == -there.charge
    assert here.spin == there.spin
    other = currents(V, reversed_junction)
    assert (other.up, other.down) == (here.down, here.up)
    assert here.error == there.error == other.error


@given(BIAS, JUNCTIONS)
def test_without_fields_there_is_no_spin_current(V, parameters):
    unsplit = parameters | {"h_exc": 0.0, "h_S": 0.0}
    assert currents(V, Junction(**unsplit)).spin == 0.0


@given(BIAS, JUNCTIONS)
def test_every_point_is_finite_and_met_and_its_error_covered(V, parameters):
    junction = Junction(**parameters)
    loose, strict = (currents(V, junction, rtol=rtol) for rtol in (1e-8, 1e-12))
    assert loose.converged
    assert strict.converged
    assert math.isfinite(differential_conductance(V, junction))
    for a, b in ((loose.up, strict.up), (loose.down, strict.down)):
        assert abs(a - b) <= loose.error + strict.error


@given(BIAS, JUNCTIONS, st.booleans())
def test_second_law(V, parameters, reverse):
    """At equal temperatures nothing flows without bias, and no power is drawn from heat."""
    T = parameters["T_S"]
    equal = parameters | {"T_Sm": T}
    junction = Junction(**(reversed_fields(equal) if reverse else equal))
    found = currents(np.array([0.0, V]), junction)
    assert (found.up[0], found.down[0]) == (0.0, 0.0)
    assert found.charge[1] * V >= -2.0 * found.error[1] * abs(V)
    assert differential_conductance(0.0, junction) > 0.0


@given(BIAS, JUNCTIONS)
def test_exchanged_leads_exchange_the_spins(V, parameters):
    """With E → E + eV the roles of the leads change: I_up(V) of one is I_down(V) of the other."""
    partner = {"S": "Sm", "Sm": "S"}
    swapped = {"gap_model": parameters["gap_model"]}
    for quantity in ("T", "gamma", "gap"):
        for lead, other in partner.items():
            swapped[f"{quantity}_{lead}"] = parameters[f"{quantity}_{other}"]
    swapped |= {"h_S": parameters["h_exc"], "h_exc": parameters["h_S"]}
    here, there = currents(V, Junction(**parameters)), currents(V, Junction(**swapped))
    assert abs(here.up - there.down) <= here.error + there.error
    assert abs(here.down - there.up) <= here.error + there.error


@pytest.mark.parametrize("factor", [0.1, 7.0])
def test_currents_scale_with_the_unit_of_energy(current_records, factor):
    records = current_records.of("random", "unequal broadenings", "coincident edges")
    columns = {name: records[name] for name in ("T_S", "T_Sm", "h_exc", "h_S", "gamma_Sm")}
    columns |= {"gamma_S": np.maximum(records["gamma_S"], 1e-7), "gamma_Sm": 1e-4}
    columns |= {"gap_S": records["Delta_S"], "gap_Sm": records["Delta_Sm"]}
    scaled = {name: factor * values for name, values in columns.items()}
    here = currents(records.V, Junction(**columns, gap_model="constant"))
    there = currents(factor * records.V, Junction(**scaled, gap_model="constant"))
    # One rounding of V moves a coincident edge by 1e-16, of Γ ≥ 1e-7.
    allowed = there.error + factor * here.error + 1e-8 * np.abs(there.up)
    assert (np.abs(there.up - factor * here.up) <= allowed).all()


# --- edges that meet ------------------------------------------------------------------------


@pytest.mark.parametrize("gamma", [1e-8, 1e-6, 1e-4, 1e-2])
@pytest.mark.parametrize("h", [0.0, 0.1, 0.4])
def test_nothing_jumps_where_two_edges_meet(gamma, h):
    """Between two neighbouring floats, and from merged to separate breakpoints at Γ/4."""
    gap_S = bcs_gap(0.7)
    junction = Junction(T_S=0.7, h_exc=h, gamma=gamma)
    for V in (abs(1 - gap_S - h), 1 - gap_S + h, 1 + gap_S - h, 1 + gap_S + h):
        floats = V + np.spacing(V) * np.arange(-4, 5)
        merging = V + gamma * np.array([-0.26, -0.25, -0.249, 0.0, 0.249, 0.25, 0.26])
        for bias in (floats, merging):
            found = currents(bias, junction, rtol=1e-10)
            steps = np.abs(np.diff(found.up)), np.abs(np.diff(found.down))
            slope = np.abs(differential_conductance(bias, junction)).max()
            # By spin the slope is as steep as that of a step of height 1 in 2Γ.
            steepest = slope + 1.0 / gamma
            allowed = steepest * np.diff(bias) + 1e-9
            assert (np.maximum(*steps) <= allowed).all()


@pytest.mark.parametrize("gamma", [1e-8, 1e-4])
def test_a_matching_peak_is_smooth_on_the_scale_of_the_broadening(gamma):
    """Second differences of I_down around V_p_minus are those of a parabola."""
    junction = Junction(T_S=0.7, h_exc=0.4, gamma=gamma)
    V = matching_voltages(junction)[0] + gamma * np.linspace(-0.4, 0.4, 33)
    down = currents(V, junction, rtol=1e-11).down
    curvature = np.diff(down, 2)
    assert (curvature > 0.0).all()  # a negative peak


# --- limits and closed forms ----------------------------------------------------------------


@pytest.mark.parametrize("gamma", [1e-4, 1e-5, 1e-7])
def test_shift_identity(gamma):
    """I_σ(V, h) = ½ I_0(V + σh) for T_Sm → 0, Γ → 0 and |h| < Δ_Sm, at the same gaps.

    The exchange field acts as a bias of opposite sign for the two spins.
    """
    V = np.array([-1.3, -0.4, 0.0, 0.05, 0.1, 0.2288, 0.3, 0.45, 0.7, 1.6, 2.4])
    gaps = {"gap_S": 0.828770970447738, "gap_Sm": 1.0, "gap_model": "constant"}
    leads = gaps | {"T_S": 0.7, "T_Sm": 0.01, "gamma": gamma}
    for h in (0.1, 0.2, 0.4, 0.6):
        split = currents(V, Junction(h_exc=h, **leads))
        for sigma, current in ((1, split.up), (-1, split.down)):
            unsplit = currents(V + sigma * h, Junction(h_exc=0.0, **leads)).charge
            assert np.abs(current - 0.5 * unsplit).max() <= SHIFT * gamma


def test_shift_identity_of_the_zero_bias_conductance():
    """G_0 is the slope of the unsplit junction at eV = h: thermopower from a negative slope."""
    leads = STANDING | {"gamma": 1e-6}
    G_0 = differential_conductance(0.0, Junction(h_exc=0.4, **leads))
    slope = differential_conductance(0.4, Junction(h_exc=0.0, **leads))
    assert G_0 < 0.0
    assert pytest.approx(slope, abs=1e-6) == G_0


@pytest.mark.parametrize("sigma", [1, -1])
@pytest.mark.parametrize("V", [1.5, 1.9, 2.4, -2.6, 7.0])
def test_two_superconductors_at_zero_temperature(V, sigma):
    """Elliptic integrals of the charge current, shifted by the exchange field; linear in Γ."""
    closed = float(ref.sis_current_at_zero_temperature(V + sigma * 0.4, 0.8, 1.0)) / 2
    gaps = {"gap_S": 0.8, "gap_Sm": 1.0, "gap_model": "constant"}
    gamma = np.array([1e-6, 1e-7])
    found = currents(V, Junction(T_S=0.01, T_Sm=0.01, h_exc=0.4, gamma=gamma, **gaps), rtol=1e-12)
    deviation = (found.up if sigma > 0 else found.down) - closed
    assert abs(deviation[1]) < 4 * gamma[1]
    assert deviation[0] == pytest.approx(10 * deviation[1], rel=2e-3)


@pytest.mark.parametrize("sigma", [1, -1])
@pytest.mark.parametrize("V", [0.2, 0.8, 1.5, -2.0])
def test_normal_lead_at_zero_temperature_and_any_broadening(V, sigma):
    """I_σ = ½ [s(V + σh) − s(σh)], s(e) = Re √((e + iΓ)² − Δ²); deviations fall with T²."""
    closed = float(ref.nis_current_at_zero_temperature(V, sigma, 0.3, 0.05, 1.0))
    T = np.array([1e-3, 2e-4])
    leads = {"h_exc": 0.3, "gamma_S": 1e-4, "gamma_Sm": 0.05, "gap_S": 0.0}
    found = currents(V, Junction(T_S=T, T_Sm=T, gap_model="constant", **leads), rtol=1e-13)
    deviation = (found.up if sigma > 0 else found.down) - closed
    assert abs(deviation[1]) < 1e-6
    assert deviation[0] == pytest.approx(25 * deviation[1], rel=0.01)


@pytest.mark.parametrize("T", [0.1, 0.3])
@pytest.mark.parametrize("V", [0.01, 0.3, 0.8])
def test_normal_lead_at_finite_temperature(V, T):
    """2Δ Σ (−1)^(n+1) K_1(nΔ/k_BT) sinh(nV/k_BT) as Γ → 0, with the first correction in Γ.

    To first order the density of states gains Γ Δ²/(Δ² − E²)^(3/2) in the gap.
    """
    closed = float(ref.nis_subgap_current(V, T, 1.0))
    gamma = np.array([1e-7, 1e-8])
    leads = {"gap_S": 0.0, "gap_Sm": 1.0, "gap_model": "constant"}
    found = currents(V, Junction(T_S=T, T_Sm=T, gamma=gamma, **leads), rtol=1e-12)
    deviation = found.charge - closed
    assert 0.0 < deviation[1] < 10 * gamma[1]
    assert deviation[0] == pytest.approx(10 * deviation[1], rel=1e-3)


@pytest.mark.parametrize("V", [1e-12, -0.3, 2.0, 200.0, -1000.0])
@pytest.mark.parametrize("model", ["self-consistent", "constant"])
def test_normal_leads_obey_ohms_law(V, model):
    """Whatever their temperatures, fields and Γ: I_σ = G_T V/2."""
    hot = {"T_S": [1.0, 1.5, 40.0], "T_Sm": 1.1, "h_exc": 0.4, "h_S": 0.1, "gamma_Sm": 1e-2}
    gaps = {"gap_S": 0.0, "gap_Sm": 0.0} if model == "constant" else {}
    found = currents(V, Junction(gap_model=model, **hot, **gaps), rtol=1e-13)
    for current in (found.up, found.down):
        assert (np.abs(current - V / 2) <= found.error + ROUNDING * abs(V)).all()
        np.testing.assert_allclose(current, V / 2, rtol=0, atol=1e-13 * (40.0 + abs(V)))


def test_large_bias():
    """I_q → G_T V and I_s → G_T h/e; I_s does not vanish, its share of the current does."""
    V = np.array([30.0, 100.0, 300.0, 1000.0])
    found = currents(V, Junction(h_exc=0.4, **STANDING))
    for current, limit in ((found.charge, V), (found.spin, 0.4)):
        deviation = np.abs(current - limit)
        assert (deviation * V < 2.0).all()
    assert found.sge == pytest.approx(found.spin / found.charge, rel=1e-15)
    assert (np.diff(found.sge) < 0.0).all()


# --- pure spin current ----------------------------------------------------------------------


@pytest.mark.parametrize("h", [0.05, 0.2, 0.4, 0.6])
def test_spins_flow_oppositely_up_to_the_exchange_field(h):
    """SGE = 1 exactly where I_up and I_down differ in sign: for e|V| < h, as Γ → 0."""
    leads = STANDING | {"gamma": 1e-6}
    V = h * np.array([-0.999999, -0.5, -1e-3, 0.0, 1e-9, 0.3, 0.999999])
    assert (currents(V, Junction(h_exc=h, **leads)).sge == 1.0).all()
    assert (currents(V, Junction(h_exc=-h, **leads)).sge == -1.0).all()
    beyond = currents(h * 1.000001 * np.array([-1.0, 1.0]), Junction(h_exc=h, **leads))
    assert (beyond.sge < 1.0).all()


def test_without_field_only_the_sum_is_known():
    """0/0 at V = 0: the share of nothing is undefined."""
    found = currents(np.array([0.0, 0.1]), Junction(h_exc=0.0, **STANDING))
    np.testing.assert_array_equal(found.sge, [math.nan, 0.0])


def test_unequal_temperatures_carry_opposite_spins_at_no_bias():
    found = currents(0.0, Junction(h_exc=[0.1, 0.4, -0.4], **STANDING))
    assert (found.charge == 0.0).all()
    assert (np.sign(found.up) == [1.0, 1.0, -1.0]).all()


def test_equal_gaps_are_dissipative_without_field():
    """Unsplit, the hot lead's gap is the smaller one: no thermopower, whatever the bias."""
    V = np.linspace(0.01, 3.0, 40)
    T_S = np.linspace(0.1, 0.99, 10)[:, np.newaxis]
    for gamma in (1e-4, 1e-2):
        charge = currents(V, Junction(T_S=T_S, h_exc=0.0, gamma=gamma)).charge
        assert (charge > 0.0).all()


def test_the_larger_gap_hot_is_thermoactive_without_field():
    """Then I_q is negative at small V > 0 with no field at all."""
    V = np.linspace(0.001, 0.2, 10)
    leads = {"gap_S": 1.0, "gap_Sm": 0.7, "T_S": 0.6, "T_Sm": 0.01, "gap_model": "constant"}
    charge = currents(V, Junction(h_exc=0.0, **leads)).charge
    assert (charge < 0.0).all()
