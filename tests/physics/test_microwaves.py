"""Photon-assisted tunnelling: printed numbers, sum rules, limits, and independent quadratures."""

from fractions import Fraction
from functools import partial
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import jv

import thermospin as ts
from thermospin.execution import CutSizes
from thermospin.execution.chunk_values import compute
from thermospin.execution.chunks import Mesh
from thermospin.observables import evaluate
from thermospin.observables.points import Points, leads_table, mesh_points
from thermospin.observables.sidebands import ROUNDING, sideband_voltages, sideband_weights
from thermospin.observables.spin_currents import spin_currents
from thermospin.units import BCS_RATIO

V_P = 0.228770970447738
STANDING = {"T_S": 0.7, "T_Sm": 0.01, "h_exc": 0.4, "gamma": 1e-4}
# V, hf, a; I_up, I_down, J_S, J_Sm, P_ac of another program, printed to 12 or 13 digits.
PRINTED = [
    (0.1, 0.1, 1, 0.0532911271620, -0.0625854553190, 0.205114469472, 0.203605740922,
     -0.000579295735),
    (V_P, 0.1, 0.5, 0.0524048853378, -0.1833137321894, 0.315086720295, 0.285350560881,
     0.000211984521),
    (V_P, 0.1, 1, 0.0524544942451, -0.1362928246758, 0.277254830831, 0.258916048564,
     0.000840993946),
    (0.5, 0.1, 3, 0.0520558420876, 0.0137569520162, 0.194776575464, 0.238158864271,
     0.010475891755),
    (0.1, 0.5, 1, 0.0413703091739, -0.0286306859978, 0.199801655521, 0.222527125089,
     0.021451507251),
    (0.1, 0.02, 1, 0.0530329204974, -0.0592984128561, 0.200863371082, 0.200218052607,
     -0.000018769239),
]  # fmt: skip
LAST_DIGIT = 1e-12


def pumped(a, hf=0.1, **more):
    return ts.Junction(**(STANDING | {"V_ac": a * hf, "hf": hf} | more))


@pytest.mark.parametrize(("V", "hf", "a", "up", "down", "J_S", "J_Sm", "P_ac"), PRINTED)
def test_currents_heat_and_absorbed_power_are_those_of_another_program(
    V, hf, a, up, down, J_S, J_Sm, P_ac
):
    junction = pumped(a, hf)
    currents, flows = ts.currents(V, junction), ts.flows(V, junction)
    found = [currents.up, currents.down, flows.up, flows.down, flows.J_S, flows.J_Sm]
    found += [ts.absorbed_power(V, junction), flows.P_ac]
    expected = [up, down, up, down, J_S, J_Sm, P_ac, P_ac]
    np.testing.assert_allclose(found, expected, rtol=0, atol=LAST_DIGIT)


def test_the_zero_bias_conductance_is_that_of_another_program():
    G_0 = ts.zero_bias_conductance(pumped(np.array([0, 0.5, 1, 2, 3])))
    np.testing.assert_allclose(G_0, [-0.0488, -0.0550, -0.0821, -0.2202, -0.2423], atol=5e-5)


@pytest.mark.parametrize("a", [0.0, 1e-30, 1e-3, 0.1, 0.5, 1.0, 2.0, 5.0, 20.0, 123.4, 1000.0])
def test_squares_of_bessel_functions_are_accurate_and_those_left_out_are_small(a):
    weights = sideband_weights(a)
    N = weights.size - 1
    some = np.unique([*range(min(N, 12) + 1), *range(0, N + 1, max(1, N // 15)), N])
    with mpmath.workdps(40):
        exact = [mpmath.besselj(int(n), mpmath.mpf(a)) for n in some]
        errors = [abs(J * J - mpmath.mpf(weights[n])) for n, J in zip(some, exact, strict=True)]
        assert all(error <= ROUNDING * abs(J) for error, J in zip(errors, exact, strict=True))
        rest = (mpmath.besselj(n, mpmath.mpf(a)) ** 2 * (1 + n) ** 2 for n in range(N + 1, N + 25))
        assert 2 * sum(rest) <= 1e-20


@pytest.mark.parametrize("a", [0.1, 1.0, 5.0, 20.0, 300.0])
def test_weights_of_sidebands_fulfil_their_sum_rules(a):
    weights, n = sideband_weights(a), np.arange(sideband_weights(a).size)
    assert weights[0] + 2 * weights[1:].sum() == pytest.approx(1.0, abs=1e-15)
    assert 2 * (n * n * weights).sum() == pytest.approx(0.5 * a * a, rel=1e-13)
    x = 1.234
    graf = weights[0] + 2 * (weights * np.cos(n * x))[1:].sum()
    assert graf == pytest.approx(jv(0, 2 * a * np.sin(0.5 * x)), abs=1e-13)


def current_of(sigma, V, hf, a, T_S, T_Sm, h, gamma, delta_S, delta_Sm):
    """Return Σ J_n² I_σ(V + n hf) and Σ n hf J_n² I_σ, by functions and quadrature of SciPy."""

    def density(E, delta):
        z = E + 1j * gamma
        return (z / (np.sqrt(z - delta) * np.sqrt(z + delta))).real

    def integrand(E, at):
        f_S = 1 / (1 + np.exp((E - at) / (BCS_RATIO * T_S)))
        f_Sm = 1 / (1 + np.exp(E / (BCS_RATIO * T_Sm)))
        return 0.5 * density(E - at, delta_S) * density(E + sigma * h, delta_Sm) * (f_S - f_Sm)

    total = absorbed = 0.0
    for n in range(-15, 16):
        at = V + n * hf
        cuts = sorted({0.0, at, at - delta_S, at + delta_S, -delta_Sm - sigma * h,
                       delta_Sm - sigma * h, -25.0, 25.0})  # fmt: skip
        part = sum(
            quad(integrand, low, high, (at,), epsabs=1e-11, limit=400)[0]
            for low, high in pairwise(cuts)
        )
        total += jv(n, a) ** 2 * part
        absorbed += jv(n, a) ** 2 * n * hf * part
    return total, absorbed


def test_currents_agree_with_a_quadrature_and_bessel_functions_of_scipy():
    given = {"T_S": 0.6, "T_Sm": 0.3, "gamma": 0.03}
    junction = ts.Junction(
        **given, h_exc=0.3, gap_S=0.8, gap_model="constant", V_ac=0.45, hf=0.25, P=0.4
    )
    found = ts.currents(0.37, junction)
    parts = [current_of(sigma, 0.37, 0.25, 1.8, 0.6, 0.3, 0.3, 0.03, 0.8, 1.0) for sigma in (1, -1)]
    (up, up_absorbed), (down, down_absorbed) = parts
    assert found.up == pytest.approx(1.4 * up, rel=1e-8)
    assert found.down == pytest.approx(0.6 * down, rel=1e-8)
    expected = 1.4 * up_absorbed + 0.6 * down_absorbed
    assert ts.absorbed_power(0.37, junction) == pytest.approx(expected, rel=1e-7)


def test_energy_is_conserved_and_entropy_grows():
    V = np.linspace(-2, 2, 21)
    junction = pumped(np.array([[0.3], [2.0]]), 0.17, P=0.3, h_S=0.1)
    flows = ts.flows(V, junction)
    balance = flows.J_Sm - flows.J_S - flows.currents.charge * V
    P_ac = ts.absorbed_power(V, junction)
    np.testing.assert_allclose(balance, P_ac, rtol=1e-8, atol=1e-10)
    assert np.any(P_ac < -1e-4)
    assert np.all(flows.J_Sm / 0.01 - flows.J_S / 0.7 > 0)


def test_normal_metals_keep_ohms_law_and_absorb_half_the_square_of_the_amplitude():
    V = np.array([-1.0, 0.0, 0.3])
    junction = ts.Junction(T_S=0.5, T_Sm=0.2, gap_S=0, gap_Sm=0, V_ac=0.6, hf=0.35)
    charge = ts.currents(V, junction, rtol=1e-12).charge
    np.testing.assert_allclose(charge, V, rtol=1e-12, atol=1e-13)
    P_ac = ts.absorbed_power(V, junction, rtol=1e-12)
    np.testing.assert_allclose(P_ac, 0.18, rtol=1e-12)
    slope = ts.differential_conductance(V, junction, rtol=1e-12)
    np.testing.assert_allclose(slope, 1.0, rtol=1e-12)


def test_slow_microwaves_average_the_current_over_a_period():
    amplitude, phase = 0.05, (np.arange(400) + 0.5) / 400 * np.pi
    still = ts.Junction(**STANDING | {"gamma": 1e-3})
    mean = ts.currents(0.1 + amplitude * np.cos(phase), still).charge.mean()
    off = [
        abs(ts.currents(0.1, pumped(amplitude / hf, hf, gamma=1e-3)).charge - mean)
        for hf in (0.02, 0.01, 0.005)
    ]
    assert off[0] < 1e-4
    for larger, smaller in pairwise(off):
        assert larger / smaller == pytest.approx(4, rel=0.1)


def test_without_a_polarisation_the_current_is_odd_and_none_flows_without_a_bias():
    V = np.array([-0.3, -0.1, 0.0, 0.1, 0.3])
    charge = ts.currents(V, pumped(1.3)).charge
    assert np.array_equal(charge, -charge[::-1])
    assert charge[2] == 0.0
    up, down = (ts.currents(V, pumped(1.3, P=P)) for P in (0.4, -0.4))
    assert np.array_equal(up.down, -down.up[::-1])


@pytest.mark.parametrize(
    "more", [{"h_S": 0.2, "theta": 0.3}, {"spin_orbit_Sm": 0.1, "depairing_S": 0.02}]
)
def test_turned_fields_and_films_are_summed_in_the_same_way(more):
    V, hf, n = 0.15, 0.1, np.arange(-9, 10)
    given = STANDING | {"gamma": 1e-3} | more
    still = ts.currents(V + n * hf, ts.Junction(**given))
    weights = jv(n, 0.8) ** 2
    found = ts.currents(V, pumped(0.8, hf, **given))
    assert found.up == pytest.approx((weights * still.up).sum(), rel=1e-8)
    assert found.down == pytest.approx((weights * still.down).sum(), rel=1e-8)


def test_error_estimates_hold_and_tolerances_are_reached():
    rng = np.random.default_rng(5)
    n = 60
    junction = ts.Junction(
        T_S=rng.uniform(0.1, 0.9, n),
        T_Sm=rng.uniform(0.02, 0.5, n),
        h_exc=rng.uniform(0, 0.5, n),
        gamma=10 ** rng.uniform(-5, -1, n),
        V_ac=10 ** rng.uniform(-2, 0.5, n),
        hf=10 ** rng.uniform(-0.8, 0.3, n),
    )
    V = rng.uniform(-1.5, 1.5, n)
    rough, fine = (ts.flows(V, junction, rtol=rtol) for rtol in (1e-6, 1e-11))
    assert rough.converged.all()
    assert np.all(np.abs(rough.up - fine.up) <= rough.I_error + fine.I_error)
    assert np.all(np.abs(rough.J_S - fine.J_S) <= rough.J_error + fine.J_error)
    assert np.all(np.abs(rough.S_I - fine.S_I) <= rough.S_I_error + fine.S_I_error)


def test_the_chord_is_smooth_down_to_the_zero_bias_conductance():
    junction = pumped(1.0)
    V = np.array([0.0, 1e-12, 1e-8, 1e-6, 4.9e-5, 5.1e-5])
    G = evaluate(["G"], V, junction).values["G"][0]
    G_0 = ts.zero_bias_conductance(junction)
    assert G[0] == pytest.approx(G_0, rel=1e-10)
    np.testing.assert_allclose(G[1:4], G_0, rtol=1e-6)
    assert G[4] == pytest.approx(G[5], rel=1e-5)
    exact = ts.currents(5.1e-5, junction, rtol=1e-13).charge / 5.1e-5
    assert G[5] == pytest.approx(exact, rel=1e-9)


def test_a_slope_is_the_derivative_of_the_pumped_current():
    junction, V, step = pumped(1.4, gamma=0.01), 0.23, 1e-4
    at = ts.currents(V + step * np.array([-2, -1, 1, 2]), junction, rtol=1e-12).charge
    difference = (at[0] - 8 * at[1] + 8 * at[2] - at[3]) / (12 * step)
    assert ts.differential_conductance(V, junction) == pytest.approx(difference, rel=1e-7)


def test_noise_is_summed_and_efficiency_counts_what_the_field_gives_as_put_in():
    n, V = np.arange(-12, 13), np.array([0.03, 0.15, 0.2])
    found = ts.flows(V, pumped(0.9))
    still = ts.flows(V[:, None] + 0.1 * n, ts.Junction(**STANDING))
    weights = jv(n, 0.9) ** 2
    np.testing.assert_allclose(found.S_I, (weights * still.S_I).sum(axis=1), rtol=1e-8)
    P_ac, charge = ts.absorbed_power(V, pumped(0.9)), ts.currents(V, pumped(0.9)).charge
    assert np.sign(P_ac).tolist() == [-1, -1, 1]
    expected = -charge * V / (found.J_S + np.maximum(P_ac, 0))
    np.testing.assert_allclose(found.efficiency, expected, rtol=1e-7)


def brackets(junction, hf):
    """Return the outermost interval of a dense line of voltages on which I_q goes from − to +."""
    beside = np.geomspace(3e-6, 0.02, 40)
    places = [s * x + k * hf for x in (V_P, 0.571229029552262) for s in (1, -1)
              for k in range(-6, 7)]  # fmt: skip
    V = np.concatenate(
        [np.linspace(0.002, 0.9, 900), *(p + s * beside for p in places for s in (1, -1))]
    )
    V = np.unique(np.concatenate((V[V > 0], [p for p in places if p > 0])))
    charge = ts.currents(V, junction, rtol=1e-6).charge
    rising = np.flatnonzero((charge[:-1] < 0) & (charge[1:] >= 0))
    return (V[rising[-1]], V[rising[-1] + 1]) if rising.size else (np.nan, np.nan)


@pytest.mark.parametrize(("hf", "a"), [(0.1, 0.5), (0.1, 1.0), (0.1, 2.0), (0.33, 1.1), (0.1, 5.0)])
def test_the_seebeck_voltage_is_the_outermost_zero_on_a_dense_line(hf, a):
    V_S, (low, high) = float(ts.seebeck_voltage(pumped(a, hf))), brackets(pumped(a, hf), hf)
    assert (np.isnan(V_S) and np.isnan(low)) or low <= V_S <= high


def test_seebeck_voltages_printed_by_another_program_are_zeros():
    """Its outermost ones at a = 1 and 2 are not: there the next copy of the peak dips below 0."""
    for a, V, outermost in [(0.5, 0.27849546, True), (1, 0.26791000, False),
                            (2, 0.16233840, False), (3, 0.12901521, True)]:  # fmt: skip
        charge = ts.currents([V - 1e-7, V + 1e-7], pumped(a)).charge
        assert charge[0] < 0 < charge[1]
        V_S = float(ts.seebeck_voltage(pumped(a)))
        assert (abs(V_S - V) < 1e-8) if outermost else (0.3288 < V_S < 0.3298)


def test_the_seebeck_voltage_does_not_depend_on_what_else_is_asked_for():
    together = ts.seebeck_voltage(pumped(np.array([0.0, 0.5, 3.0]), h_exc=np.array([[0.3], [0.4]])))
    assert together[1, 1] == ts.seebeck_voltage(pumped(0.5))
    assert together[0, 2] == ts.seebeck_voltage(pumped(3.0, h_exc=0.3))
    assert together[1, 0] == ts.seebeck_voltage(ts.Junction(**STANDING))
    assert together[1, 1] == ts.seebeck_voltage(pumped(0.5, h_exc=-0.4))


SPEC = """
fixed: {T_S: 0.7, h_exc: 0.4, gamma: 1e-3}
axes:
  hf: [0.1, 0.2]
  V_ac: [0, 0.05, 0.1]
  V: {start: -0.3, stop: 0.3, num: 31}
outputs: [I_up, P_ac, G, V_S]
"""


def test_bits_do_not_depend_on_how_a_mesh_is_cut():
    spec = ts.parse_spec(SPEC, "s.yaml")
    whole = ts.sweep(spec)
    mesh = Mesh.of(spec, CutSizes(largest=16, smallest=4))
    assert mesh.chunk_count() > 12
    for chunk in mesh.chunks():
        values = compute(mesh, chunk).values
        for name in set(values) & {"I_up", "P_ac", "G", "V_S"}:
            runs = mesh.runs(chunk, biased=name != "V_S")
            flat = whole[name].to_numpy().ravel()
            expected = np.concatenate([flat[first : first + count] for first, count in runs])
            assert np.array_equal(values[name], expected)


def test_chunks_keep_amplitudes_together():
    mesh = Mesh.of(ts.parse_spec(SPEC, "s.yaml"))
    for chunk in mesh.chunks():
        junction = mesh.junction(chunk)
        for hf in np.unique(junction.hf):
            assert set(np.asarray(junction.V_ac)[junction.hf == hf]) == {0.0, 0.05, 0.1}


def test_one_curve_serves_all_amplitudes_and_voltages(monkeypatch):
    V = np.round(np.linspace(-1, 1, 201), 2)
    table = leads_table(pumped(np.linspace(0, 3, 16)))
    asked = []
    still = Points._still

    def counted(points, kind, voltage, row):
        asked.append(voltage.size)
        return still(points, kind, voltage, row)

    monkeypatch.setattr(Points, "_still", counted)
    points = mesh_points(V, table, 1e-6)
    found = spin_currents(points)
    order = sideband_weights(3.0).size - 1
    assert asked[0] == V.size + 2 * 10 * order  # the step divides hf ten times
    one = [float(ts.currents(0.17, pumped(a), rtol=1e-6).up) for a in (0.0, 1.0, 3.0)]
    at = int(np.flatnonzero(V == 0.17)[0])
    assert np.array_equal(found.up.reshape(16, -1)[[0, 5, 15], at], one)


@pytest.mark.parametrize("step", ["0.001", "0.0123", "1/150", "2/7", "0.000123457"])
def test_voltages_that_are_the_same_number_have_the_same_bits(step):
    step, k, n = Fraction(step), np.arange(-50, 51)[:, None], np.arange(-200, 201)
    V = np.array([[float(int(i) * step)] for i in k.ravel()])
    found = sideband_voltages(V, n, np.array(float(3 * step)))
    exact = np.array([float(i * step) for i in range(-650, 651)])
    assert np.array_equal(found, exact[k + 3 * n + 650])
    assert np.array_equal(sideband_voltages(V, 0 * n, np.array(0.1)) + 0 * n, V + 0.0 * n)


def test_amplitudes_need_a_frequency_that_is_not_too_low():
    with pytest.raises(ValueError, match="V_ac needs the energy of its photons: give hf"):
        ts.Junction(T_S=0.7, V_ac=0.1)
    with pytest.raises(ValueError, match="V_ac must be at most 1000 hf/e, not 1500 hf/e"):
        ts.Junction(T_S=0.7, V_ac=1.5, hf=0.001)
    assert ts.Junction(T_S=0.7, V_ac=0.0).hf is None


@pytest.mark.parametrize(
    "output", ["I_c", "power_max", "efficiency_max", "G_load_max", "V_load", "power_load"]
)
def test_outputs_whose_search_does_not_know_microwaves_are_refused(output):
    junction = pumped(1.0, R_L=1.0)
    with pytest.raises(ValueError, match=f"output {output} is not derived with microwaves"):
        evaluate([output], None, junction)
    with pytest.raises(ts.SpecError, match=f"output {output} is not derived with microwaves"):
        ts.parse_spec(
            "fixed: {T_S: 0.7, hf: 0.1, R_L: 1}\naxes: {V_ac: [0, 0.1]}\n"
            f"outputs: [{output}]\n", "s.yaml"
        )  # fmt: skip


def test_functions_whose_search_does_not_know_microwaves_refuse_them():
    junction = pumped(1.0, R_L=1.0)
    fits = partial(ts.fit, ([0.1, 0.2], [0.1, 0.2]), free=["h_exc"])
    for function in (ts.maximum_power, ts.maximum_efficiency, ts.maximum_load_conductance,
                     ts.operating_points, ts.critical_current, fits):  # fmt: skip
        with pytest.raises(ValueError, match="is not derived with microwaves: set V_ac to 0"):
            function(junction)


@pytest.mark.parametrize(
    ("fixed", "axes", "outputs", "message"),
    [
        ("V_ac: 0.1", "V: [0, 1]", "I_q", "fixed.V_ac: must be given together with hf"),
        ("hf: 0.1", "V: [0, 1]", "I_q", "fixed.hf: must be given together with V_ac"),
        ("V: 1", "V_ac: [0, 1]", "I_q", "axes.V_ac: must be given together with hf"),
        ("hf: 0.001, V: 1", "V_ac: [0, 2]", "I_q", "axes.V_ac: V_ac must be at most 1000 hf/e"),
        ("h_exc: 0.1", "V: [0, 1]", "P_ac", "output P_ac needs microwaves: add V_ac"),
        ("V_ac: -0.1, hf: 0.1", "V: [0, 1]", "I_q", "V_ac: must be between 0 and 100 Δ0/e"),
        ("V_ac: 0.1, hf: 10 GHz", "V: [0, 1]", "I_q", "hf: a number with a unit needs a material"),
    ],
)
def test_mistakes_of_a_spec_name_the_key_and_the_rule(fixed, axes, outputs, message):
    text = f"fixed: {{T_S: 0.7, {fixed}}}\naxes: {{{axes}}}\noutputs: [{outputs}]\n"
    with pytest.raises(ts.SpecError, match=message):
        ts.parse_spec(text, "s.yaml")


def test_photons_are_given_by_their_frequency_or_their_energy():
    def spec(hf, name="hf"):
        fixed = "T_S: 0.7, V_ac: 20 uV" + (f", {name}: {hf}" if name == "hf" else "")
        text = "material: {Delta_0: 200 ueV, G_T: 1 mS}\n" + f"fixed: {{{fixed}}}\n"
        return ts.parse_spec(text + "axes: {V: [0, 1]}\noutputs: [I_q]\n", "s.yaml")

    assert spec("10 GHz").fixed["hf"] == pytest.approx(0.2067833848462, rel=1e-12)
    assert (
        spec("10000 MHz").fixed["hf"] == spec("0.01 THz").fixed["hf"] == spec("1e10 Hz").fixed["hf"]
    )
    assert spec("20 ueV").fixed["hf"] == 0.1
    assert spec("10 GHz").fixed["V_ac"] == 0.1
    film = ts.Material(Delta_0="200 ueV", G_T="1 mS")
    assert film.reduced("hf", 10, "GHz") == pytest.approx(0.2067833848462, rel=1e-12)
    with pytest.raises(ts.SpecError, match="hf: must be a frequency or an energy in Hz, kHz, MHz"):
        spec("10 mK")
    with pytest.raises(ValueError, match="must be an energy in eV"):
        film.reduced("h_exc", "10 GHz")


def test_microwaves_have_no_place_in_specs_and_rows_without_them():
    spec = ts.parse_spec("fixed: {T_S: 0.7}\naxes: {V: [0, 1]}\noutputs: [I_q]\n", "s.yaml")
    assert not {"V_ac", "hf"} & spec.fixed.keys()
    V = np.linspace(-1, 1, 9)
    plain, still = ts.currents(V, ts.Junction(**STANDING)), ts.currents(V, pumped(0.0))
    assert np.array_equal(plain.up, still.up)
    mixed = ts.currents(V, pumped(np.array([[0.0], [1.0]])))
    assert np.array_equal(plain.up, mixed.up[0])
    assert np.array_equal(plain.error, mixed.error[0])
    assert np.array_equal(ts.absorbed_power(V, ts.Junction(**STANDING)), np.zeros(9))
