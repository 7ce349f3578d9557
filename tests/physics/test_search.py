"""The search for the zeros of I_q and for the most that a junction gives, where zeros are born.

The reference is a dense scan of I_q: samples on both sides of every voltage at which it may be
singular, and whatever lies between two of them followed to its lowest point.
"""

import functools
import itertools

import numba
import numpy as np
import pytest
from frozen_records import INTERPRETED

from thermospin import Junction, currents, evaluate, seebeck_voltage
from thermospin.kernels.circuit import circuit_of, is_odd, memory_of_circuit
from thermospin.kernels.panel_halving import halve
from thermospin.kernels.panel_layout import lay_panels
from thermospin.kernels.panel_model import LOAD, RTOL, SIZE, VOLTAGE, at, chart_of_search, mixture
from thermospin.kernels.rules import QUADRATURE
from thermospin.kernels.search import Question, highest, model_on, read
from thermospin.observables.biased_points import points_of

MAXIMA = ["power_max", "efficiency_max", "G_load_max"]
BARRIERS = {
    "plain": {},
    "field in S": {"h_S": 0.12},
    "polarised": {"P": 0.05},
    "turned": {"h_S": 0.12, "P": 0.05, "theta": 0.3},
}
FIELDS = np.linspace(0.02, 0.45, 7)
NEITHER_GIVES_NOR_TAKES = 1e-12


def scanned(parameters):
    """Return voltages (n, m), ascending, that see every feature of I_q of n junctions."""
    gaps = evaluate(["Delta_S", "Delta_Sm"], [0.0], Junction(**parameters)).values
    h, h_S, gamma = parameters["h_exc"], parameters.get("h_S", 0.0), parameters["gamma"]
    top = gaps["Delta_S"] + gaps["Delta_Sm"] + np.abs(h) + h_S + parameters["T_S"] + 0.01
    centres = [0.0 * top] + [
        np.abs(gaps["Delta_S"] + s * gaps["Delta_Sm"] + t * h + u * h_S)
        for s, t, u in itertools.product((-1.0, 1.0), repeat=3)
    ]
    offsets = 0.1 * gamma * 1.9 ** np.arange(20)
    parts = [top[:, None] * np.linspace(0.01, 1.0, 100), np.stack(centres, axis=1)]
    parts += [c[:, None] + side * offsets for c in centres for side in (-1.0, 1.0)]
    V = np.concatenate(parts, axis=1)
    return np.sort(np.where((V > 0.0) & (top[:, None] > V), V, top[:, None]), axis=1)


def charge(V, parameters, rows):
    """Return I_q and its error of some junctions, each at voltages of its own."""
    own = {
        name: value[rows, None] if np.ndim(value) else value for name, value in parameters.items()
    }
    found = currents(V, Junction(**own), rtol=1e-10)
    return found.charge, found.error


def gives(parameters):
    """Return at which voltage each junction gives the most current against V > 0, and how much."""
    V = scanned(parameters)
    everyone = np.arange(len(V))
    I_q, _ = charge(V, parameters, everyone)
    lowest = np.argmin(I_q, axis=1)
    best, place = I_q[everyone, lowest], V[everyone, lowest]
    dip = (I_q[:, 1:-1] <= np.minimum(I_q[:, :-2], I_q[:, 2:])) & (I_q[:, 1:-1] > 0.0)
    rows, columns = np.nonzero(dip)
    low, high = V[rows, columns], V[rows, columns + 2]
    for _ in range(8):
        inside = low[:, None] + (high - low)[:, None] * np.linspace(0.0, 1.0, 9)
        I_q, _ = charge(inside, parameters, rows)
        i, each = np.argmin(I_q, axis=1), np.arange(len(rows))
        low, high = inside[each, np.maximum(i - 1, 0)], inside[each, np.minimum(i + 1, 8)]
    for row, V_dip, I_dip in zip(rows, inside[each, i], I_q[each, i], strict=True):
        if I_dip < min(best[row], 0.0):
            best[row], place[row] = I_dip, V_dip
    return place, -best


@functools.cache
def births(barrier, gamma):
    """Return junctions without T_S, and T_S just before and just after V_S appears as it grows."""
    parameters = {"h_exc": FIELDS, "gamma": gamma, "T_Sm": 0.01} | BARRIERS[barrier]
    T_S = np.linspace(0.1, 0.95, 60)
    meshed = parameters | {"h_exc": FIELDS[:, None], "T_S": T_S}
    there = np.isfinite(seebeck_voltage(Junction(**meshed)))
    row, first = np.nonzero(~there[:, :-1] & there[:, 1:])
    low, high = T_S[first], T_S[first + 1]
    parameters["h_exc"] = FIELDS[row]
    for _ in range(26):
        middle = 0.5 * (low + high)
        there = np.isfinite(seebeck_voltage(Junction(T_S=middle, **parameters)))
        low, high = np.where(there, low, middle), np.where(there, middle, high)
    return parameters, low, high


@pytest.mark.parametrize("gamma", [1e-4, 1e-2])
@pytest.mark.parametrize("barrier", BARRIERS)
def test_a_pair_of_zeros_is_seen_as_soon_as_it_is_born(barrier, gamma):
    parameters, before, after = births(barrier, gamma)
    assert len(before) > 2
    for earlier in (1e-7, 1e-5, 1e-3):
        junctions = parameters | {"T_S": before * (1.0 - earlier)}
        _, most = gives(junctions)
        unseen = np.isnan(seebeck_voltage(Junction(**junctions)))
        assert np.all(most[unseen] <= NEITHER_GIVES_NOR_TAKES)
    assert np.isfinite(seebeck_voltage(Junction(T_S=after, **parameters))).all()


@pytest.mark.parametrize("barrier", BARRIERS)
def test_what_has_a_seebeck_voltage_gives_power_and_nothing_else_does(barrier):
    parameters, before, after = births(barrier, 1e-2)
    for T_S in (before, after, after * (1.0 + 1e-5), after * (1.0 + 1e-3)):
        junction = Junction(T_S=T_S, **parameters)
        values = evaluate(MAXIMA, [0.0], junction).values
        backwards = Junction(T_S=T_S, **parameters | {"P": -parameters.get("P", 0.0)})
        works = np.isfinite(seebeck_voltage(junction)) | np.isfinite(seebeck_voltage(backwards))
        for name in MAXIMA:
            assert np.array_equal(values[name] > 0.0, works)


@pytest.mark.parametrize("barrier", BARRIERS)
def test_no_current_of_a_dense_scan_gives_more_than_the_maxima(barrier):
    parameters, _, after = births(barrier, 1e-2)
    for later in (1e-6, 1e-4, 1e-2):
        junctions = parameters | {"T_S": after * (1.0 + later)}
        V, I_q = gives(junctions)
        values = evaluate(MAXIMA, [0.0], Junction(**junctions)).values
        assert np.all(I_q * V <= values["power_max"] * (1.0 + 1e-8))
        assert np.all(I_q / V <= values["G_load_max"] * (1.0 + 1e-8))
        assert I_q.max() > 0.0


def test_maxima_just_after_their_birth():
    junction = Junction(T_S=0.48, h_exc=0.275, gamma=1e-2, R_L=5000.0)
    found = evaluate([*MAXIMA, "power_load"], [0.0], junction).values
    right = [1.358985875e-05, 2.141264162e-04, 2.605094730e-04]
    np.testing.assert_allclose([found[name][0] for name in MAXIMA], right, rtol=2e-8)
    assert found["power_load"][0] < found["power_max"][0]


@pytest.mark.parametrize(
    ("parameters", "V_S"),
    [
        ({"T_S": 0.22, "h_exc": 0.28}, 0.2796589680),
        ({"T_S": 0.485, "h_exc": 0.315, "gamma": 1e-2}, 0.2708485700),
        (
            {"T_S": 0.4859420289855072, "h_exc": 0.32463768115942027, "gamma": 1e-2},
            0.28009079534,
        ),
    ],
)
def test_seebeck_voltages_just_after_their_birth(parameters, V_S):
    np.testing.assert_allclose(seebeck_voltage(Junction(**parameters)), V_S, rtol=2e-10)


@numba.njit(error_model="numpy")
def _largest_share_of_bounds(table, quadrature, halvings):
    """Return by how much I_q is off a panel's model at most, in units of what the panel says."""
    memory, chart = memory_of_circuit(quadrature, ()), chart_of_search()
    spare = np.empty(RTOL + 1)
    worst = 0.0
    for row in table:
        circuit = circuit_of(row)
        question = Question(circuit, LOAD, is_odd(circuit, memory.workspace))
        panels, nodes, pairs = lay_panels(highest(circuit), circuit, (), chart)
        for n in range(nodes):
            read(chart.node[n, VOLTAGE], question, 1e-11, memory, chart.node[n])
        for p in range(panels - 1, -1, -1):
            count = p + 1
            for k in range(halvings + 1):
                low, middle, high = chart.node[chart.panel[count - 1]][:, VOLTAGE]
                model = model_on(count - 1, 0.0, question, pairs, chart)
                for x in (0.1, 0.25, 0.4, 0.6, 0.75, 0.9):
                    V = low + x * (high - low)
                    read(V, question, 1e-11, memory, spare)
                    F, error = mixture(1.0, 0.0, model.divided, spare)
                    off = abs(F - at(model, V, chart.log, chart.factors[0]))
                    unit = V if model.divided else 1.0
                    known = model.missed + model.noise + error + 1e-13 * spare[SIZE] / unit
                    worst = max(worst, off / known)
                read(0.5 * (low + middle), question, 1e-11, memory, chart.node[nodes])
                read(0.5 * (middle + high), question, 1e-11, memory, chart.node[nodes + 1])
                upper = (p + k) % 2 == 0
                count = halve(count - 1, nodes, upper, not upper, question, pairs, chart)
                nodes += 2
    return worst


# To compile the search once more for this test takes 40 s, which two junctions without do not.
@pytest.mark.parametrize("n", [2] if INTERPRETED else [pytest.param(25, marks=pytest.mark.slow)])
def test_between_the_nodes_of_a_panel_the_current_is_within_what_the_panel_says(n):
    rng = np.random.default_rng(5)
    junctions = Junction(
        T_S=rng.uniform(0.02, 1.2, n),
        T_Sm=rng.uniform(0.005, 0.5, n),
        h_exc=rng.uniform(0.0, 0.8, n),
        h_S=rng.uniform(-0.3, 0.3, n),
        P=rng.choice([0.0, 0.4, -0.7], n),
        theta=rng.choice([0.0, 0.3, 1.0], n),
        gamma_S=10.0 ** rng.uniform(-6.0, -1.0, n),
        gamma_Sm=10.0 ** rng.uniform(-6.0, -1.0, n),
    )
    points, _ = points_of(np.zeros(n), junctions, 1e-8)
    table = np.ascontiguousarray(points.table)
    least = 0.1 if n > 2 else 0.0  # of two junctions none comes near its bound
    assert least < _largest_share_of_bounds(table, QUADRATURE, 6) < 1.0
