"""The observables: Seebeck voltage, matching voltages, SGE, density of states, and `evaluate`.

Equations are those of Germanese et al., arXiv:2105.01527. Units: energies in Δ0, temperatures in
T_c, bias in Δ0/e, currents in G_T Δ0/e, conductances in G_T.
"""

import math
import warnings

import numpy as np
import pytest
from frozen_records import INTERPRETED
from sweep_cases import OF_GIVEN_T_S

import thermospin
from thermospin import (
    Junction,
    ToleranceWarning,
    absorbed_power,
    bcs_gap,
    critical_current,
    currents,
    density_of_states,
    differential_conductance,
    evaluate,
    flows,
    matching_voltages,
    maximum_conductance,
    seebeck_voltage,
    zero_bias_conductance,
)
from thermospin.observables import spin_up_integrals
from thermospin.quantities import FLOWS, OUTPUTS, STATUS

NINE_DECIMALS = 6e-10
FIVE_DECIMALS = 6e-6
FOUR_DECIMALS = 6e-5
BRACKET = 1e-9  # relative distance at which I_q differs from 0 in sign
DENSITY = 1e-14

IN_CIRCUIT = ("power_max", "efficiency_max", "G_load_max")
IN_CIRCUIT += ("V_load", "power_load", "efficiency_load")  # see test_circuits
FLOW_OUTPUTS = [name for name, output in OUTPUTS.items() if output.source is FLOWS]
CURRENTS = [name for name in OF_GIVEN_T_S if name not in FLOW_OUTPUTS]
BIASED = [name for name, output in OUTPUTS.items() if output.biased and not output.heated]
UNBIASED = [name for name, output in OUTPUTS.items() if not output.biased]
BIAS = np.array([-1.7, -0.3, -1e-5, 0.0, 1e-5, 0.2, 0.3])
DRAWN = slice(None, None, 100 if INTERPRETED else 1)  # without the JIT each takes six seconds
EACH = slice(None, None, 2 if INTERPRETED else 1)  # and all outputs of one ten
JUNCTIONS = Junction(
    T_S=[0.7, 0.5, 0.9, 0.7][EACH], h_exc=[0.4, 0.3, 0.0, 0.1][EACH], gamma_Sm=2e-4, R_L=4.0
)
COUNT = np.size(JUNCTIONS.T_S)


def same(a, b):
    """Return whether two arrays have the same bits, NaN included."""
    return np.asarray(a).tobytes() == np.asarray(b).tobytes()


# --- the Seebeck voltage, Fig. 2(c) ---------------------------------------------------------

FIELDS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
NONE = math.nan
SEEBECK = {  # T_S: V_S at each of FIELDS, Γ = 1e-4
    0.25: [0.04959, 0.09952, 0.19951, 0.29952, 0.39953, 0.49953, 0.59952, 0.69949],
    0.20: [NONE, NONE, NONE, 0.16491, 0.28482, 0.35158, 0.29078, NONE],
    0.3: [0.04868, 0.09843, 0.19833, 0.29835, 0.39839, 0.49841, 0.59842, 0.69841],
    0.5: [0.01918, 0.07489, 0.17372, 0.27306, 0.37295, 0.47307, 0.57327, 0.67347],
    0.6: [NONE, 0.02478, 0.13957, 0.23923, 0.33887, 0.43887, 0.53910, 0.63941],
    0.7: [NONE, NONE, 0.06692, 0.17962, 0.28103, 0.38138, 0.48171, 0.58214],
    0.8: [NONE, NONE, NONE, 0.04512, 0.18050, 0.28653, 0.38873, 0.48998],
    0.9: [NONE, NONE, NONE, NONE, NONE, 0.08655, 0.22224, 0.33252],
    0.95: [NONE, NONE, NONE, NONE, NONE, NONE, NONE, 0.18374],
}


def test_table_of_seebeck_voltages(thinned):
    """V_S grows with the field; NaN where the junction is dissipative at every bias."""
    table = [
        (T_S, h, V_S) for T_S, row in SEEBECK.items() for h, V_S in zip(FIELDS, row, strict=True)
    ]
    T_S, h, V_S = np.array(thinned(table)).T
    computed = seebeck_voltage(Junction(T_S=T_S, h_exc=h))
    np.testing.assert_allclose(computed, V_S, rtol=0, atol=FIVE_DECIMALS)


@pytest.mark.parametrize(
    ("gamma", "h", "V_S"),
    [
        (1e-4, 0.2, 0.066917163),
        (1e-4, 0.3, 0.179620777),
        (1e-4, 0.4, 0.281033740),
        (1e-4, 0.5, 0.381375201),
        (1e-2, 0.2, 0.062475154),
        (1e-2, 0.4, 0.276233376),
    ],
)
def test_seebeck_voltage_to_nine_decimals(gamma, h, V_S):
    computed = seebeck_voltage(Junction(T_S=0.7, h_exc=h, gamma=gamma))
    assert computed == pytest.approx(V_S, abs=NINE_DECIMALS)


def test_the_outermost_zero_is_taken():
    """At low T_S the current has more zeros than one; V_S is the last from − to +."""
    junction = Junction(T_S=0.2, h_exc=0.6)
    V_S = seebeck_voltage(junction)
    np.testing.assert_allclose(V_S, 0.29078, rtol=0, atol=FIVE_DECIMALS)
    beyond = currents(np.linspace(V_S * 1.001, 3.0, 50), junction).charge
    assert (beyond > 0.0).all()


def test_current_changes_sign_at_the_seebeck_voltage():
    junction = Junction(T_S=[[0.5], [0.7], [0.8]], h_exc=[0.3, 0.5, -0.6], gamma=1e-3)
    V_S = seebeck_voltage(junction)
    below = currents(V_S * (1 - BRACKET), junction, rtol=1e-12).charge
    above = currents(V_S * (1 + BRACKET), junction, rtol=1e-12).charge
    assert (below < 0.0).all()
    assert (above > 0.0).all()
    assert (np.abs(junction.h_exc) > V_S).all()  # I_q(h) = I_0(2h)/2 > 0


def test_no_current_is_negative_beyond_the_seebeck_voltage():
    """Samples from Γ/100 to 1 on either side of each matching voltage, 300 drawn junctions."""
    rng = np.random.default_rng(20210501)
    drawn = rng.uniform([0.02, 0.0, -7.0], [1.05, 0.75, -1.5], (300, 3))
    T_S, h, exponent = drawn[DRAWN].T
    junction = Junction(T_S=T_S, h_exc=h, gamma=10.0**exponent)
    V_S = seebeck_voltage(junction)
    offset = 10.0**exponent * np.logspace(-2, 7, 28)[:, None]
    centres = [0.0 * h, *matching_voltages(junction)]
    V = np.concatenate([centre + sign * offset for centre in centres for sign in (-1.0, 1.0)])
    V = np.clip(V, 0.0, 3.0)
    found = currents(V, junction, rtol=1e-4)
    beyond = np.where(np.isnan(V_S), 0.0, V_S * (1 + BRACKET)) < V
    assert np.count_nonzero(beyond) > 0.3 * V.size
    assert (found.charge[beyond] >= -2 * found.error[beyond]).all()


def test_spins_balance_at_the_seebeck_voltage():
    junction = Junction(T_S=0.7, h_exc=0.4)
    balanced = currents(seebeck_voltage(junction), junction, rtol=1e-12)
    assert balanced.up == pytest.approx(0.0522806, abs=6e-8)
    assert balanced.down == pytest.approx(-balanced.up, rel=1e-10)


def test_seebeck_voltage_does_not_depend_on_the_sign_of_the_field():
    junction = Junction(T_S=[0.3, 0.7], h_exc=0.4, h_S=0.05)
    reversed_junction = Junction(T_S=[0.3, 0.7], h_exc=-0.4, h_S=-0.05)
    assert same(seebeck_voltage(junction), seebeck_voltage(reversed_junction))


def test_normal_leads_have_no_seebeck_voltage():
    assert np.isnan(seebeck_voltage(Junction(T_S=[0.7, 2.0], gap_S=0.0, gap_Sm=[0.0, 1.0]))).all()


# --- matching voltages ----------------------------------------------------------------------


def test_matching_voltages():
    """V_p_∓ = |δ ∓ h| with δ = Δ_Sm − Δ_S, at the gaps of both leads."""
    h = np.array([0.0, 0.1, 0.4, -0.4])
    delta = bcs_gap(0.01, h) - bcs_gap(0.7)
    inner, outer = matching_voltages(Junction(T_S=0.7, h_exc=h))
    np.testing.assert_array_equal(inner, np.abs(delta - np.abs(h)))
    np.testing.assert_array_equal(outer, delta + np.abs(h))


def test_only_the_difference_of_the_fields_moves_the_peaks():
    leads = {"T_S": 0.7, "gap_S": 0.5, "gap_model": "constant"}
    both = matching_voltages(Junction(h_exc=0.4, h_S=0.3, **leads))
    one = matching_voltages(Junction(h_exc=0.1, **leads))
    np.testing.assert_allclose(both, one, rtol=1e-15)
    np.testing.assert_allclose(one, [0.4, 0.6], rtol=1e-15)


@pytest.mark.parametrize(("h", "extremes"), [(0.1, "up up"), (0.2, "down up"), (0.4, "down up")])
def test_peaks_stand_at_the_matching_voltages(h, extremes):
    """Within 2e-6 for Γ = 1e-4; the inner one is dissipative below h_t and thermoactive above."""
    junction = Junction(T_S=0.7, h_exc=h)
    signs = {"up": [1.0, -1.0], "down": [-1.0, 1.0]}
    for V, kind in zip(matching_voltages(junction), extremes.split(), strict=True):
        slope = differential_conductance(V + 2e-6 * np.array([-1.0, 1.0]), junction)
        assert np.sign(slope).tolist() == signs[kind]


# --- SGE and power --------------------------------------------------------------------------


@pytest.mark.parametrize(("gamma", "end"), [(1e-4, 0.3999999917), (1e-2, 0.39992)])
def test_end_of_the_plateau_of_pure_spin_current(gamma, end):
    """SGE = 1 up to e|V| = h, where I_down vanishes, less a small correction in Γ."""
    junction = Junction(T_S=0.7, h_exc=0.4, gamma=gamma)
    width = 1e-9 if gamma < 1e-3 else 1e-5
    sge = currents(end + width * np.array([-1.0, 1.0]), junction, rtol=1e-12).sge
    assert sge[0] == 1.0
    assert sge[1] < 1.0


def test_spin_generation_is_signed():
    junction = Junction(T_S=0.7, h_exc=0.4)
    found = currents(matching_voltages(junction)[1], junction)
    assert found.sge == found.spin / found.charge < -0.5


@pytest.mark.parametrize(("h", "power"), [(0.2, 0.0038), (0.4, 0.0343), (0.6, 0.0644)])
def test_power_at_the_inner_matching_voltage(h, power):
    junction = Junction(T_S=0.7, h_exc=h)
    V = matching_voltages(junction)[0]
    found = evaluate(["power", "I_q"], V, junction).values
    assert found["power"] == pytest.approx(power, abs=FOUR_DECIMALS)
    assert found["power"] == -found["I_q"] * V


# --- density of states, Eq. (1) -------------------------------------------------------------


def test_density_of_states_is_equation_1():
    """|Re (E + σh + iΓ)/√((E + σh + iΓ)² − Δ²)| with NumPy's root and the modulus."""
    E = np.linspace(-3.0, 3.0, 101)
    gamma = np.array([[1e-3], [0.1]])
    z = E + 0.2 + 1j * gamma
    printed = np.abs((z / np.sqrt(z * z - 0.81)).real)
    computed = density_of_states(E, gap=0.9, gamma=gamma, h=0.2)
    assert computed.shape == (2, 101)
    np.testing.assert_allclose(computed, printed, rtol=1e-11)


def test_density_of_states_of_a_normal_metal_is_one():
    computed = density_of_states(np.array([-2.0, 1e-9, 0.3]), gap=0.0)
    np.testing.assert_allclose(computed, 1.0, rtol=DENSITY)


def test_density_in_the_gap_is_of_the_order_of_the_broadening():
    """N(0) → Γ Δ²/(Δ² − h²)^(3/2) as Γ → 0."""
    h = np.array([1e-9, 0.3, 0.6])
    computed = density_of_states(0.0, gap=1.0, gamma=1e-8, h=h)
    np.testing.assert_allclose(computed, 1e-8 / (1 - h**2) ** 1.5, rtol=1e-13)


@pytest.mark.parametrize("E", [0.0, -0.0])
def test_density_in_mid_gap(E):
    """N(0) = Γ/√(Δ² + Γ²) at h = 0."""
    gamma = np.array([1e-8, 1e-4, 0.3])
    computed = density_of_states(E, gap=0.8, gamma=gamma)
    np.testing.assert_allclose(computed, gamma / np.hypot(0.8, gamma), rtol=DENSITY)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"E": math.nan}, "E must be finite, not nan"),
        ({"E": 0.0, "h": math.inf}, "h must be finite, not inf"),
        ({"E": 0.0, "gap": [1.0, -0.5]}, "gap must be at least 0 Δ0, not -0.5"),
        ({"E": 0.0, "gamma": [1e-4, 0.0]}, "gamma must be above 0 and at most 1 Δ0, not 0"),
        ({"E": 0.0, "gamma": 1.5}, "gamma must be above 0 and at most 1 Δ0, not 1.5"),
    ],
)
def test_density_of_states_names_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        density_of_states(**arguments)


# --- broadcasting ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["T_S", "T_Sm", "h_exc", "h_S", "gamma", "gamma_S", "gap_Sm"])
def test_any_parameter_may_be_an_array(name):
    fixed = {"T_S": 0.6, "h_exc": 0.3}
    values = np.array([0.1, 0.4, 0.55])
    V = np.array([[0.2], [0.5]])
    found = currents(V, Junction(**(fixed | {name: values})))
    assert found.up.shape == found.converged.shape == found.V.shape == (2, 3)
    np.testing.assert_array_equal(found.power, -found.charge * V)
    for (i, j), up in np.ndenumerate(found.up):
        assert up == currents(V[i, 0], Junction(**(fixed | {name: values[j]}))).up


def test_scalars_give_scalars_in_shape():
    found = currents(0.1, Junction(T_S=0.7))
    for part in (found.up, found.down, found.charge, found.spin, found.sge, found.error):
        assert np.shape(part) == ()
    assert np.shape(seebeck_voltage(Junction(T_S=0.7, h_exc=0.4))) == ()


def test_empty_arrays_give_empty_arrays():
    assert currents(np.empty((0, 2)), Junction(T_S=[0.5, 0.7])).up.shape == (0, 2)


def test_shapes_that_do_not_broadcast_are_refused():
    with pytest.raises(ValueError, match="broadcast"):
        currents([0.1, 0.2, 0.3], Junction(T_S=[0.5, 0.7]))


@pytest.mark.parametrize("V", [math.nan, 1001.0, -math.inf])
@pytest.mark.parametrize("function", [currents, differential_conductance])
def test_a_bias_out_of_range_is_named(V, function):
    with pytest.raises(ValueError, match=f"^V must be between -1000 and 1000 Δ0/e, not {V:g}$"):
        function([0.1, V], Junction(T_S=0.7))


@pytest.mark.parametrize("rtol", [0.0, 1e-14, 0.1, math.nan, -1e-8])
@pytest.mark.parametrize(
    "call",
    [
        lambda rtol: currents(0.1, Junction(T_S=0.7), rtol=rtol),
        lambda rtol: differential_conductance(0.1, Junction(T_S=0.7), rtol=rtol),
        lambda rtol: zero_bias_conductance(Junction(T_S=0.7), rtol=rtol),
        lambda rtol: maximum_conductance(Junction(T_S=0.7), rtol=rtol),
        lambda rtol: evaluate(["I_q"], 0.1, Junction(T_S=0.7), rtol=rtol),
    ],
)
def test_a_tolerance_out_of_range_is_named(call, rtol):
    with pytest.raises(ValueError, match=r"rtol must be between 1e-13 and 0\.01, not"):
        call(rtol)


# --- evaluate -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def everything():
    return evaluate(OF_GIVEN_T_S, BIAS, JUNCTIONS)


@pytest.fixture(scope="module")
def without_heat():
    return evaluate(CURRENTS, BIAS, JUNCTIONS)


def test_outputs_are_those_of_the_single_functions(without_heat, everything):
    mesh = Junction(
        T_S=JUNCTIONS.T_S[:, np.newaxis], h_exc=JUNCTIONS.h_exc[:, np.newaxis], gamma_Sm=2e-4
    )
    found = currents(BIAS, mesh)
    inner, outer = matching_voltages(JUNCTIONS)
    peak = currents(inner, JUNCTIONS)
    direct = {
        "I_up": found.up,
        "I_down": found.down,
        "I_q": found.charge,
        "I_s": found.spin,
        "SGE": found.sge,
        "spin_to_charge": found.spin_to_charge,
        "I_error": found.error,
        "power": 0.0 - found.charge * BIAS,
        "dIdV": differential_conductance(BIAS, mesh),
        "P_ac": absorbed_power(BIAS, mesh),
        "P_ac_error": np.zeros((len(JUNCTIONS.T_S), len(BIAS))),
        "Delta_S": bcs_gap(JUNCTIONS.T_S),
        "Delta_Sm": bcs_gap(0.01, JUNCTIONS.h_exc),
        "E_g_S": bcs_gap(JUNCTIONS.T_S),
        "E_g_Sm": bcs_gap(0.01, JUNCTIONS.h_exc) - JUNCTIONS.h_exc,
        "G_0": zero_bias_conductance(JUNCTIONS),
        "V_p_minus": inner,
        "V_p_plus": outer,
        "I_q_peak": peak.charge,
        "I_s_peak": peak.spin,
        "G_max": maximum_conductance(JUNCTIONS),
        "V_S": seebeck_voltage(JUNCTIONS),
        "I_c": critical_current(JUNCTIONS),
        "h_t": bcs_gap(0.01, JUNCTIONS.h_exc) - bcs_gap(JUNCTIONS.T_S),
    }
    assert {*direct, "G", "I_c_error"} == {*CURRENTS} - {*IN_CIRCUIT}
    for name, values in direct.items():
        np.testing.assert_array_equal(without_heat.values[name], values, err_msg=name)
    together = flows(BIAS, mesh)
    for name in (*FLOW_OUTPUTS, "power"):
        np.testing.assert_array_equal(everything.values[name], getattr(together, name))


def test_chord_conductance_is_continuous_at_no_bias(everything):
    """G = I_q/V, with the limit G_0; more accurate where the currents cancel."""
    G, charge, error = (everything.values[name] for name in ("G", "I_q", "I_error"))
    away = np.abs(BIAS) > 1e-3
    quotient, allowed = charge[:, away] / BIAS[away], error[:, away] / np.abs(BIAS[away])
    assert np.all(np.abs(G[:, away] - quotient) <= 2.0 * allowed)
    assert np.count_nonzero(G[:, away] == quotient) > 0.7 * quotient.size
    np.testing.assert_allclose(G[:, BIAS == 0.0].ravel(), everything.values["G_0"], rtol=1e-14)
    tiny = evaluate(["G"], [1e-12, 1e-9, 1e-7], JUNCTIONS).values["G"]
    np.testing.assert_allclose(tiny, tiny[:, :1] * np.ones(3), rtol=1e-5)
    np.testing.assert_allclose(tiny[:, 0], everything.values["G_0"], rtol=1e-9)


def test_chord_conductance_joins_the_quotient():
    """At |V| = Γ the mean slope hands over to I_q/V."""
    junction = Junction(T_S=[0.7, 0.5], h_exc=[0.4, 0.1], gamma=1e-3)
    V = 1e-3 * np.array([1 - 1e-9, 1 + 1e-9])
    G = evaluate(["G"], V, junction, rtol=1e-12).values["G"]
    np.testing.assert_allclose(G[:, 0], G[:, 1], rtol=1e-8)


def test_shapes_and_order(everything):
    assert list(everything.values) == OF_GIVEN_T_S
    for name, values in everything.values.items():
        assert values.shape == ((COUNT, len(BIAS)) if OUTPUTS[name].biased else (COUNT,))
    assert everything.status.shape == (COUNT, len(BIAS))
    assert everything.junction_status.shape == (COUNT,)
    assert everything.status.dtype == everything.junction_status.dtype == np.int8
    assert (everything.status == STATUS["ok"]).all()
    assert (everything.junction_status == STATUS["ok"]).all()


def test_a_single_junction_is_one_row():
    found = evaluate(["I_q", "G_0"], 0.1, Junction(T_S=0.7, h_exc=0.4))
    assert found.values["I_q"].shape == (1, 1)
    assert found.values["G_0"].shape == (1,)


def test_only_what_is_asked_for_has_a_status():
    assert evaluate(["I_q"], BIAS, JUNCTIONS).junction_status is None
    without = evaluate(["V_S", "h_t"], None, JUNCTIONS)
    assert without.status is None
    assert list(without.values) == ["V_S", "h_t"]


@pytest.mark.parametrize("name", OF_GIVEN_T_S)
def test_bits_do_not_depend_on_what_else_is_asked_for(everything, without_heat, name):
    """Only heat and noise bring their own currents, which are as accurate."""
    alone = evaluate([name], BIAS, JUNCTIONS).values[name]
    all_of_a_kind = everything if name in FLOW_OUTPUTS else without_heat
    assert same(alone, all_of_a_kind.values[name])


def test_currents_that_come_with_heat_are_those_that_come_alone(everything, without_heat):
    accuracy = 1e-8 * (np.abs(without_heat.values["I_up"]) + np.abs(without_heat.values["I_down"]))
    for name in ("I_up", "I_down", "I_q", "I_s"):
        difference = np.abs(everything.values[name] - without_heat.values[name])
        assert (difference <= accuracy).all(), name


def test_bits_do_not_depend_on_what_else_is_on_the_mesh(everything):
    for i in range(COUNT):
        one = Junction(T_S=JUNCTIONS.T_S[i], h_exc=JUNCTIONS.h_exc[i], gamma_Sm=2e-4, R_L=4.0)
        for j, V in [*enumerate(BIAS)][EACH]:
            alone = evaluate(BIASED, V, one)
            for name in BIASED:
                assert same(alone.values[name][0, 0], everything.values[name][i, j]), (name, V)
        for name in UNBIASED:
            assert same(evaluate([name], None, one).values[name][0], everything.values[name][i])


def test_mirrored_bias_gives_the_same_bits():
    """A symmetric bias axis takes half the work, and nothing else about it is different."""
    V = np.array([-2.2, -0.3, -1e-6, 0.0, 1e-6, 0.3, 2.2])
    mirrored = evaluate(BIASED, V, JUNCTIONS)
    plain = evaluate(BIASED, np.append(V, 0.7), JUNCTIONS)
    for name in BIASED:
        assert same(mirrored.values[name], np.ascontiguousarray(plain.values[name][:, :-1])), name


def test_mirrored_bias_is_computed_once(monkeypatch):
    counted = []
    plain = spin_up_integrals.spin_up_values

    def counting(kind, V, *rest):
        counted.append(V.size)
        plain(kind, V, *rest)

    monkeypatch.setattr(spin_up_integrals, "spin_up_values", counting)
    evaluate(["I_q"], np.array([-0.2, 0.0, 0.2]), JUNCTIONS)
    assert sum(counted) == 3 * COUNT
    counted.clear()
    evaluate(["I_q"], np.array([-0.2, 0.0, 0.3]), JUNCTIONS)
    assert sum(counted) == 6 * COUNT


def test_an_unknown_output_is_named():
    with pytest.raises(ValueError, match=r"outputs must be among I_up, .*, not 'Iq'"):
        evaluate(["I_q", "Iq"], BIAS, JUNCTIONS)


@pytest.mark.parametrize("name", BIASED)
def test_an_output_that_lacks_its_bias_is_named(name):
    with pytest.raises(ValueError, match=f"output {name} needs a bias"):
        evaluate(["V_S", name], None, JUNCTIONS)


# --- points that miss their tolerance -------------------------------------------------------


@pytest.fixture
def _missing_one(monkeypatch):
    """Let the kernel say that the first point of each call did not reach its tolerance."""
    plain = spin_up_integrals.spin_up_values

    def missing(*arguments):
        plain(*arguments)
        arguments[-1][:1] = False

    monkeypatch.setattr(spin_up_integrals, "spin_up_values", missing)


@pytest.mark.usefixtures("_missing_one")
@pytest.mark.parametrize(
    "call",
    [
        lambda: currents([0.1, 0.2, 0.3], Junction(T_S=0.7)),
        lambda: differential_conductance([0.1, 0.2, 0.3], Junction(T_S=0.7)),
        lambda: zero_bias_conductance(Junction(T_S=[0.5, 0.6, 0.7])),
        lambda: maximum_conductance(Junction(T_S=[0.5, 0.6, 0.7])),
    ],
)
def test_a_missed_tolerance_is_warned_of(call):
    with pytest.warns(ToleranceWarning, match="1 of 3 values did not reach rtol = 1e-08") as caught:
        call()
    assert caught[0].filename == __file__


@pytest.mark.usefixtures("_missing_one")
def test_the_point_that_missed_is_marked():
    with pytest.warns(ToleranceWarning):
        found = currents([0.1, 0.2, 0.3], Junction(T_S=0.7))
    assert found.converged.tolist() == [False, True, True]


@pytest.mark.usefixtures("_missing_one")
@pytest.mark.parametrize("name", ["I_up", "SGE", "G", "dIdV"])
def test_a_missed_tolerance_is_a_status(name):
    status = evaluate([name], [0.1, 0.2], Junction(T_S=[0.5, 0.7])).status
    assert status.tolist() == [[STATUS["tolerance_missed"], STATUS["ok"]], [STATUS["ok"]] * 2]


@pytest.mark.usefixtures("_missing_one")
@pytest.mark.parametrize("name", ["G_0", "G_max", "I_q_peak", "I_s_peak"])
def test_a_missed_tolerance_without_bias_is_a_status(name):
    status = evaluate([name], None, Junction(T_S=[0.5, 0.7])).junction_status
    assert status.tolist() == [STATUS["tolerance_missed"], STATUS["ok"]]


def test_the_package_offers_the_observables():
    for name in ("currents", "evaluate", "seebeck_voltage", "density_of_states"):
        assert getattr(thermospin, name) is getattr(thermospin.observables, name)


def test_conductances_at_the_smallest_voltages_are_those_without_a_bias():
    V = np.array([5e-324, 1e-310, 1e-300, 1e-200])
    junction = Junction(T_S=0.7, h_exc=0.4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = evaluate(["G"], V, junction).values["G"][0]
        polarised = evaluate(["G"], V, Junction(T_S=0.7, h_exc=0.4, P=0.1)).values["G"][0]
        alike = evaluate(["G"], V, Junction(T_S=0.3, T_Sm=0.3, gamma=1e-3)).values["G"][0]
    np.testing.assert_allclose(found, zero_bias_conductance(junction), rtol=1e-8)
    np.testing.assert_allclose(
        alike, zero_bias_conductance(Junction(T_S=0.3, T_Sm=0.3, gamma=1e-3)), rtol=1e-8
    )
    assert np.isinf(polarised[0])
