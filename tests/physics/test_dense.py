"""Meshes of many voltages and exchange fields: few integrals, and each point as accurate."""

import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from frozen_records import INTERPRETED
from sweep_cases import make_spec

from thermospin import Junction, currents, dataset, evaluate
from thermospin.dense import families, family, has_family, mesh_currents
from thermospin.dense.family_plan import plan_of
from thermospin.dense.panels import Singularity, graded
from thermospin.dense.voltage_blocks import voltage_blocks
from thermospin.execution import run_sweep
from thermospin.execution.chunks import Mesh
from thermospin.execution.cut_sizes import CUT_SIZES
from thermospin.kernels.leads import COLUMNS, GAP_S, GAP_SM, H_SM
from thermospin.observables.points import leads_table

pytestmark = pytest.mark.skipif(INTERPRETED, reason="thousands of integrals take too long")

V = 0.02 * np.arange(-100, 101)
FIELDS = np.linspace(0.0, 0.7, 141)
STANDING = {"T_S": 0.7, "T_Sm": 0.01, "gamma": 1e-4}
FINEST = 1e-13


@pytest.fixture
def counted(monkeypatch):
    """Count the integrals: of families, and of single points."""
    counts = {}

    def counting(name, module):
        integrate = module.spin_up_values

        def spin_up_values(kind, voltage, *rest):
            counts[name] = counts.get(name, 0) + voltage.size
            integrate(kind, voltage, *rest)

        monkeypatch.setattr(module, "spin_up_values", spin_up_values)

    counting("series", family)
    counting("points", families)
    return counts


def table_of(fields=FIELDS, **lead):
    return leads_table(Junction(**(STANDING | lead), h_exc=fields))


def single(voltage, table, rtol):
    """Return the currents of single points and their errors, both of shape (m, n)."""
    n = len(table) * voltage.size
    value, error, met = np.empty(n), np.empty(n), np.empty(n, dtype=bool)
    rows = np.repeat(np.arange(len(table)), voltage.size)
    everywhere = np.tile(voltage, len(table))
    given = (families.CURRENT, everywhere, rows, table, rtol, families.QUADRATURE, ())
    families.spin_up_values(*given, value, error, met)
    return value.reshape(len(table), -1), error.reshape(len(table), -1)


def assert_as_accurate_as_promised(voltage, table, rtol, sample):
    """Compare some columns of a mesh with single points at the smallest tolerance."""
    value, error, met = (
        found.reshape(len(table), -1) for found in mesh_currents(voltage, table, rtol)
    )
    exact, uncertain = single(voltage[sample], table, FINEST)
    wrong = np.abs(value[:, sample] - exact)
    assert met.all()
    assert (wrong <= error[:, sample] + uncertain).all()
    assert (error[:, sample] <= rtol * np.abs(exact) + 3.0 * uncertain).all()


HARD = {
    "hot": {},
    "close to T_c": {"T_S": 0.99},
    "normal": {"T_S": 1.2},
    "cold": {"T_S": 0.2},
    "so cold that the gap carries nothing": {"T_S": 0.05},
    "wide edges": {"gamma": 0.1},
    "sharp edges": {"gamma": 1e-8},
    "unequal edges": {"gamma": None, "gamma_S": 1e-6, "gamma_Sm": 1e-2},
    "a field in S": {"h_S": 0.2},
    "the opposite field in S": {"h_S": -0.3},
    "a small gap": {"gap_S": 0.4},
    "a large gap": {"gap_S": 1.6},
    "a warmer Sm": {"T_Sm": 0.03},
    "an icy Sm": {"T_Sm": 0.001},
}


@pytest.mark.parametrize("lead", HARD.values(), ids=HARD)
def test_each_value_is_as_accurate_as_a_single_one(lead, counted):
    assert_as_accurate_as_promised(V, table_of(**lead), 1e-8, np.arange(3, V.size, 13))
    assert counted["series"] > 0


@pytest.mark.parametrize("rtol", [1e-3, 1e-5, 1e-10, 1e-12])
def test_whatever_the_accuracy_asked_for(rtol):
    assert_as_accurate_as_promised(V, table_of(), rtol, np.arange(5, V.size, 17))


def test_one_field_is_no_family():
    two, one = table_of([0.2, 0.4]), leads_table(Junction(T_S=[0.5, 0.7], h_exc=0.4))
    assert has_family(families.LEAST_POINTS, two)
    assert not has_family(families.LEAST_POINTS - 1, two)
    assert not has_family(families.LEAST_POINTS, one)


def random_family(generator):
    """Return voltages and leads of a family, drawn widely."""
    draw = generator.uniform
    lead = {
        "T_S": draw(0.03, 1.3),
        "T_Sm": 10 ** draw(-3, -1.3),
        "gamma_S": 10 ** draw(-8, -1),
        "gamma_Sm": 10 ** draw(-8, -1),
        "gamma": None,
        "gap_S": draw(0.3, 1.7),
        "h_S": draw(-0.2, 0.2) * (draw() < 0.3),
    }
    low = draw(-0.6, 0.3)
    fields = np.linspace(low, low + draw(0.1, 0.6), 129)
    start = draw(-3.0, 2.0)
    return np.linspace(start, start + draw(0.05, 3.0), 257), table_of(fields, **lead)


@pytest.mark.parametrize(
    "seeds", [range(6), pytest.param(range(6, 300), marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_random_families(seeds):
    for seed in seeds:
        generator = np.random.default_rng(seed)
        voltage, table = random_family(generator)
        rtol = 10.0 ** -generator.integers(3, 12)
        sample = generator.choice(voltage.size, 12, replace=False)
        assert_as_accurate_as_promised(voltage, table, rtol, sample)


@pytest.mark.parametrize("gamma", [1e-8, 1e-6, 1e-4])
@pytest.mark.parametrize("gap_model", ["constant", "tanh"])
@pytest.mark.parametrize("gaps", [(1.0, 1.0), (5.0, 1.6)])
def test_rounding_of_the_voltage_is_in_the_error(gamma, gap_model, gaps):
    """Beside a peak of width Γ an ulp of V + h counts; single points know these distances exactly.

    Gaps of these models have no rounding of their own.
    """
    fields = np.linspace(0.05, 0.6, 129)
    lead = {"gap_model": gap_model, "gap_S": gaps[0], "gap_Sm": gaps[1]}
    table = table_of(fields, gamma=gamma, **lead)
    sums = table[0, GAP_SM] + np.array([-1.0, 1.0]) * table[0, GAP_S]
    places = (sums[:, None] - fields).ravel()
    voltage = (places[:, None] + gamma * np.array([-2.0, -0.5, 0.1, 1.0, 5.0])).ravel()
    for rtol in (1e-8, 1e-10, 1e-12):
        assert_as_accurate_as_promised(voltage, table, rtol, np.arange(1, voltage.size, 29))


@pytest.mark.parametrize("T_S", [0.15, 0.3, 0.45, 0.6, 0.75, 0.95])
@pytest.mark.parametrize("h_S", [0.0, 0.15])
def test_few_voltages_each_find_their_panel(T_S, h_S):
    """Also where blocks meet, h_S ± Δ_S and h_S, and none lies in the blocks beside."""
    fields = np.linspace(0.001, 0.6, 6000)
    table = table_of(fields, T_S=T_S, h_S=h_S)
    edge = table[0, GAP_S]
    for voltage in ([-2.0, -1.0, h_S, 1.0, 2.0], [h_S, 1.9, 2.0], [h_S - edge, h_S + edge]):
        points = np.array(voltage)
        some = np.ascontiguousarray(table[::30])
        assert_as_accurate_as_promised(points, some, 1e-8, np.arange(points.size))
        value = mesh_currents(points, table, 1e-8)[0].reshape(len(table), -1)
        exact = single(points, np.ascontiguousarray(table[::150]), 1e-8)[0]
        np.testing.assert_allclose(value[::150], exact, rtol=2e-8)


@pytest.mark.parametrize("gap_Sm", [0.05, 0.2, 0.3])
def test_a_small_gap_of_sm(gap_Sm):
    fields = np.linspace(0.0, 0.7 * gap_Sm, 141)
    table = table_of(fields, gap_Sm=gap_Sm, T_Sm=0.01 * gap_Sm)
    assert_as_accurate_as_promised(V, table, 1e-8, np.arange(3, V.size, 13))
    icy = table_of(fields, gap_Sm=gap_Sm, T_Sm=1e-4)
    assert_as_accurate_as_promised(V, icy, 1e-8, np.arange(3, V.size, 13))


def test_junctions_that_do_not_differ_in_the_field_are_no_family(counted):
    table = leads_table(Junction(**STANDING, h_exc=0.3, P=np.linspace(-1.0, 1.0, 101)))
    mesh_currents(V, table, 1e-8)
    assert "series" not in counted


@pytest.mark.parametrize("T_S", [0.95, 0.7, 0.5, 0.3, 0.15])
def test_a_dense_mesh_takes_a_tenth_of_the_integrals_or_less(T_S, counted):
    voltage = np.linspace(-2.0, 2.0, 401)
    mesh_currents(voltage, table_of(T_S=T_S), 1e-8)
    assert counted["series"] + counted["points"] < 0.15 * voltage.size * FIELDS.size
    counted.clear()
    mesh_currents(np.linspace(-2.0, 2.0, 1201), table_of(T_S=T_S), 1e-8)
    assert counted["series"] + counted["points"] < 0.07 * 1201 * FIELDS.size


def test_reversed_fields_and_voltages_reverse_the_current():
    table = table_of(h_S=0.1)
    mirrored = table_of(-FIELDS, h_S=-0.1)
    up, error, _ = mesh_currents(V, table, 1e-8)
    down, its_error, _ = mesh_currents(-V, mirrored, 1e-8)
    np.testing.assert_array_equal(up, -down)
    np.testing.assert_array_equal(error, its_error)


def test_without_a_field_and_between_few_points_nothing_changes():
    table = table_of()
    value = mesh_currents(V, table, 1e-8)[0].reshape(len(table), -1)
    np.testing.assert_array_equal(value[:1], single(V, table[:1], 1e-8)[0])
    few = mesh_currents(V[:50], table, 1e-8)[0].reshape(len(table), -1)
    np.testing.assert_array_equal(few, single(V[:50], table, 1e-8)[0])


@pytest.mark.parametrize("lead", [{"T_Sm": 0.4}, {"gap_Sm": 0.0}], ids=["warm", "normal"])
def test_an_sm_that_is_warm_or_normal_is_integrated_point_by_point(lead, counted):
    table = table_of(FIELDS + 0.01, **lead)
    value = mesh_currents(V, table, 1e-8)[0].reshape(len(table), -1)
    np.testing.assert_array_equal(value, single(V, table, 1e-8)[0])
    assert "series" not in counted


def test_other_junctions_on_the_mesh_change_no_bit():
    hot, cold = table_of(T_S=0.7), table_of(T_S=0.3)
    together = mesh_currents(V, np.concatenate([cold, hot]), 1e-8)[0].reshape(2, len(hot), -1)
    for number, table in enumerate((cold, hot)):
        alone = mesh_currents(V, table, 1e-8)[0].reshape(len(hot), -1)
        np.testing.assert_array_equal(together[number], alone)


def test_families_whose_junctions_alternate_are_integrated_point_by_point(counted):
    mixed = np.stack([table_of(T_S=0.3), table_of(T_S=0.7)], axis=1).reshape(-1, COLUMNS)
    value = mesh_currents(V, mixed, 1e-8)[0].reshape(len(mixed), -1)
    np.testing.assert_array_equal(value, single(V, mixed, 1e-8)[0])
    assert "series" not in counted


def test_the_order_of_fields_and_voltages_changes_no_bit():
    table = table_of(T_Sm=0.03)  # the gap of Sm is smaller at the largest fields
    value = mesh_currents(V, table, 1e-8)[0].reshape(len(table), -1)
    turned = mesh_currents(V[::-1].copy(), table[::-1].copy(), 1e-8)[0].reshape(len(table), -1)
    np.testing.assert_array_equal(value, turned[::-1, ::-1])


def test_a_value_does_not_depend_on_which_voltages_are_there():
    table = table_of()
    whole = mesh_currents(V, table, 1e-8)[0].reshape(len(table), -1)
    upper = mesh_currents(V[70:], table, 1e-8)[0].reshape(len(table), -1)
    np.testing.assert_array_equal(whole[:, 70:], upper)


def test_blocks_cover_the_voltages_and_nothing_twice():
    edges = [Singularity(-0.8, 0.02), Singularity(0.8, 0.02)]
    for low, high in ((-2.0, 2.0), (-0.1, 0.1), (0.9, 1.0), (-3.0, -2.9)):
        found = voltage_blocks(low, high, edges, 0.35, 1.0)
        ends = [end for block in found for panel in block.panels for end in (panel.low, panel.high)]
        assert ends[0] <= low < high <= ends[-1]
        np.testing.assert_allclose(ends[1:-1:2], ends[2::2], rtol=0, atol=1e-14)


def test_panels_are_graded_towards_singular_points():
    points = [Singularity(-1.0, 1e-6), Singularity(0.5, 1e-2)]
    panels = graded(-2.0, 3.0, points, 2.0)
    assert panels[0].low == pytest.approx(-2.0)
    assert panels[-1].high == pytest.approx(3.0)
    for before, after in pairwise(panels):
        assert before.high == pytest.approx(after.low, abs=1e-14)
    for panel in panels:
        for point in points:
            apart = max(panel.low - point.place, point.place - panel.high, 0.0)
            assert panel.high - panel.low < 7 * (apart + point.width)


ORDERS = [
    ("T_S", "h_exc", "V"),
    ("h_exc", "T_S", "V"),
    ("T_S", "V", "h_exc"),
    ("V", "T_S", "h_exc"),
]
AXES = {"T_S": np.array([0.3, 0.7]), "h_exc": FIELDS[1:], "V": V}


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_a_sweep_keeps_families_together(order, counted, tmp_path):
    spec = make_spec({name: AXES[name] for name in order}, ["I_up", "I_down"], {"gamma": 1e-4})
    for chunk in Mesh.of(spec).chunks():
        assert chunk.points <= CUT_SIZES.largest
        table = leads_table(Mesh.of(spec).junction(chunk))
        assert np.unique(table[:, H_SM]).size == FIELDS.size - 1
    run_sweep(spec, tmp_path / "dense.h5", threads=2)
    assert counted["series"] > 0
    assert counted["series"] + counted["points"] < 0.4 * spec.size


@pytest.mark.parametrize("outputs", [["dIdV"], ["I_q", "S_I"], ["V_S"]])
def test_outputs_that_do_not_profit_are_divided_as_ever(outputs):
    spec = make_spec({name: AXES[name] for name in ORDERS[0]}, outputs)
    assert Mesh.of(spec).family() == 1
    warm = make_spec({name: AXES[name] for name in ORDERS[0]}, ["I_q"], {"T_Sm": 0.2})
    assert Mesh.of(warm).family() == 1


def test_many_fields_and_mirrored_voltages_stay_within_a_chunk():
    fields = np.linspace(0.001, 0.7, 40_000)
    spec = make_spec({"h_exc": fields, "V": [-1.0, 0.0, 1.0]}, ["I_q"])
    assert max(chunk.points for chunk in Mesh.of(spec).chunks()) <= CUT_SIZES.largest


def test_the_order_of_the_axes_changes_no_bit(tmp_path):
    found = []
    for number, order in enumerate(ORDERS[:3]):
        spec = make_spec({name: AXES[name] for name in order}, ["I_s"], {"gamma": 1e-4})
        run_sweep(spec, tmp_path / f"{number}.h5")
        contents = dataset.read(tmp_path / f"{number}.h5")
        found.append(np.transpose(contents.outputs["I_s"], [order.index(name) for name in AXES]))
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_currents_of_a_mesh_and_of_points_agree():
    junction = Junction(**STANDING, h_exc=FIELDS)
    found = evaluate(["I_up", "I_down", "I_error"], V, junction)
    direct = currents(V, Junction(**STANDING, h_exc=FIELDS[:, None]))
    for name, exact in (("I_up", direct.up), ("I_down", direct.down)):
        wrong = np.abs(found.values[name] - exact)
        assert (wrong <= found.values["I_error"] + direct.error).all()
    np.testing.assert_array_equal(found.values["I_down"], 0.0 - found.values["I_up"][:, ::-1])


@pytest.mark.parametrize("reach", [50.0, 1000.0])
@pytest.mark.parametrize("gap_Sm", [0.005, 0.1])
def test_a_mesh_that_does_not_pay_costs_no_memory_to_find_out(gap_Sm, reach):
    table = table_of(np.linspace(0.0, 0.6 * gap_Sm, 65), T_S=0.01, T_Sm=1e-4, gap_Sm=gap_Sm)
    voltage = np.linspace(-reach, reach, 200)
    tracemalloc.start()
    try:
        plan = plan_of(voltage, table[:, H_SM], table[0], 1e-8)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert plan is None
    assert peak < 2e6
