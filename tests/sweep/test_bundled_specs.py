"""The bundled specs: one for each panel, on grids that hold the points where something happens."""

import re
import shutil
from decimal import Decimal

import numpy as np
import pytest
import yaml

from thermospin.spec import (
    SpecError,
    bundled_specs,
    bundled_text,
    json_schema,
    load_spec,
    parse_spec,
)

PANELS = ["fig1b", "fig2a", "fig2b", "fig2c", "fig2d", "fig3a", "fig3b", "fig3c", "fig3d"]
SENSITIVITY = ["gamma_peaks", "gamma_window"]
MACHINE = ["critical_current", "efficiency", "film", "heater", "loadline", "noise", "polarised"]
MICROWAVES = ["microwaves", "microwaves_seebeck"]
FILMS = ["fig2b_film", "fig3b_film"]
THRESHOLD = {  # 1 − Δ(T_S)/Δ0 of the BCS gap, 15 digits
    0.5: 0.043115284125109,
    0.6: 0.093006034865243,
    0.7: 0.171229029552262,
    0.8: 0.288956957613789,
    0.9: 0.473658065448883,
}
GRADES = [Decimal(grade) for grade in ("0.0001", "0.0003", "0.001", "0.0025", "0.005")]
SUM_OF_GAPS = 2 - THRESHOLD[0.7]
ROUND_OFF = 1e-15  # of sums and differences of the 15-digit numbers above


def matching(*fields):
    return [abs(THRESHOLD[0.7] + sign * field) for field in fields for sign in (-1, 1)]


def around(points, signs=(-1, 1)):
    rounded = [Decimal(point).quantize(Decimal("0.000001")) for point in points]
    return [float(point + sign * grade) for point in rounded for sign in signs for grade in GRADES]


def assert_holds(axis, points):
    assert max(np.abs(axis - point).min() for point in points) <= ROUND_OFF


@pytest.mark.parametrize("name", SENSITIVITY)
def test_the_broadening_runs_over_decades_ten_values_each(name):
    gamma = load_spec(name).axes["gamma"]
    np.testing.assert_allclose(gamma, np.geomspace(1e-5, 1e-2, 31), rtol=1e-12)
    assert load_spec(name).fixed["h_exc"] == 0.4
    assert max(map(len, bundled_text(name).splitlines())) <= 100


def test_the_bias_axis_of_the_broadening_holds_the_peaks():
    bias = load_spec("gamma_peaks").axes["V"]
    assert_holds(bias, matching(0.4))
    assert {i / 100 for i in range(76)} <= set(bias.tolist())


def test_there_is_one_for_each_panel_for_the_broadening_for_films_and_for_each_use():
    assert bundled_specs() == sorted([*PANELS, *SENSITIVITY, *FILMS, *MACHINE, *MICROWAVES])


@pytest.mark.parametrize("name", [*FILMS, *MACHINE, *MICROWAVES])
def test_each_use_is_a_good_example(name):
    spec = load_spec(name)
    assert spec.title
    assert spec.fixed["gamma"] == 1e-4
    assert spec.text.startswith("# yaml-language-server: $schema=thermospin.schema.json\n")
    assert "docs/" in spec.text
    assert max(map(len, spec.text.splitlines())) <= 100


@pytest.mark.parametrize(
    ("name", "outputs", "dims"),
    [
        ("efficiency", ("power", "J_S", "efficiency"), ("h_exc", "V")),
        ("heater", ("T_S_rising", "T_S_falling", "I_q"), ("V", "heater")),
        ("loadline", ("V_load", "power_load", "efficiency_load"), ("h_exc", "R_L")),
        ("microwaves", ("I_q", "P_ac"), ("V_ac", "V")),
        ("microwaves_seebeck", ("V_S", "G_0"), ("hf", "V_ac")),
        ("noise", ("S_I", "fano"), ("T_S", "V")),
        ("film", ("I_q", "dIdV", "V_S"), ("T_S", "V")),
        ("polarised", ("I_q", "spin_to_charge"), ("P", "V")),
        ("critical_current", ("I_c", "G_0", "h_t"), ("T_S", "h_exc")),
        ("fig2b_film", ("G_0",), ("spin_orbit_Sm", "depairing_Sm", "T_S", "h_exc")),
        ("fig3b_film", ("I_q", "I_s", "SGE", "V_S"), ("spin_orbit_Sm", "depairing_Sm", "V")),
    ],
)
def test_outputs_of_each_use(name, outputs, dims):
    spec = load_spec(name)
    assert spec.outputs == outputs
    assert spec.dims(outputs[0]) == dims


@pytest.mark.parametrize("name", PANELS)
def test_each_is_a_good_example(name):
    spec = load_spec(name)
    assert spec.name == name
    assert spec.title.endswith(f"Fig. {name[3]}({name[4]})")
    assert spec.fixed["T_Sm"] == 0.01
    assert spec.fixed["gamma"] == 1e-4
    assert spec.gap_model == "self-consistent"
    assert spec.text == bundled_text(name)
    assert spec.text.startswith("# yaml-language-server: $schema=thermospin.schema.json\n")
    assert max(map(len, spec.text.splitlines())) <= 100


@pytest.mark.parametrize(
    ("name", "outputs", "dims"),
    [
        ("fig1b", ("I_q", "I_s"), ("h_exc", "V")),
        ("fig2a", ("I_q", "G_0", "G_max", "V_S", "V_p_minus", "V_p_plus"), ("h_exc", "V")),
        ("fig2b", ("G_0",), ("T_S", "h_exc")),
        ("fig2c", ("V_S",), ("T_S", "h_exc")),
        ("fig2d", ("G_max", "h_t"), ("T_S", "h_exc")),
        ("fig3a", ("I_up", "I_down", "I_q", "I_s"), ("V",)),
        ("fig3b", ("I_q", "I_s", "SGE", "V_S"), ("V",)),
        ("fig3c", ("I_s_peak", "h_t"), ("T_S", "h_exc")),
        ("fig3d", ("I_s_peak", "h_t"), ("T_S", "h_exc")),
    ],
)
def test_outputs_and_the_dimensions_of_the_first(name, outputs, dims):
    spec = load_spec(name)
    assert spec.outputs == outputs
    assert spec.dims(outputs[0]) == dims


@pytest.mark.parametrize(
    ("name", "stop", "step", "singular"),
    [
        ("fig1b", "2.5", "0.02", [*matching(0, 0.4), SUM_OF_GAPS, SUM_OF_GAPS - 0.4,
                                  SUM_OF_GAPS + 0.4]),
        ("fig2a", "0.75", "0.01", matching(0, 0.1, 0.2, 0.3, 0.4)),
        ("fig3a", "1", "0.01", matching(0.4)),
        ("fig3b", "1", "0.01", [*matching(0.4), 0.4]),
    ],
)  # fmt: skip
def test_bias_axes_hold_the_singular_voltages_and_points_around_them(name, stop, step, singular):
    spec = load_spec(name)
    bias = spec.axes["V"]
    assert np.array_equal(bias, -bias[::-1])
    assert np.isin(0.0, bias)
    assert_holds(bias, singular)
    uniform = [float(i * Decimal(step)) for i in range(int(Decimal(stop) / Decimal(step)) + 1)]
    uniform += [i / 100 for i in range(1, 71)] if name == "fig1b" else []  # the inset
    expected = {*uniform, *around(singular)}
    outside = {float(point) for point in bias if point > 0} - expected
    assert expected <= set(bias.tolist())
    assert len(outside) <= len(singular)  # the singular voltages themselves
    assert bias[-1] == float(stop)


@pytest.mark.parametrize(
    ("name", "signs", "step", "steep"),
    [("fig2c", (1,), 100, []), ("fig3d", (-1, 1), 200, [0.001, 0.0025])],
)
def test_field_axes_hold_the_thresholds_and_points_around_them(name, signs, step, steep):
    spec = load_spec(name)
    assert spec.axes["T_S"].tolist() == list(THRESHOLD)
    field = spec.axes["h_exc"]
    uniform = [i / step for i in range(7 * step // 10 + 1)]
    assert set(field.tolist()) == {*uniform, *steep, *THRESHOLD.values(),
                                   *around(THRESHOLD.values(), signs)}  # fmt: skip
    assert (field[0], field[-1]) == (0, 0.7)


@pytest.mark.parametrize("name", ["fig2b", "fig2d", "fig3c"])
def test_maps_hold_the_temperatures_and_fields_of_the_curves(name):
    spec = load_spec(name)
    assert spec.shape == (191, 141)
    assert {0.5, 0.6, 0.7, 0.8, 0.9} <= set(spec.axes["T_S"].tolist())
    assert {0.1, 0.2, 0.3, 0.4} <= set(spec.axes["h_exc"].tolist())


@pytest.mark.parametrize("name", FILMS)
def test_films_differ_from_the_panel_of_their_name_by_the_rates_of_one_lead(name):
    spec, panel = load_spec(name), load_spec(name.removesuffix("_film"))
    assert spec.fixed == panel.fixed
    assert set(spec.outputs) == set(panel.outputs)
    assert spec.gap_model == "self-consistent"
    assert spec.axes["spin_orbit_Sm"].tolist() == [0, 0.03, 0.1, 0.3]
    assert spec.axes["depairing_Sm"].tolist() == [0, 0.01, 0.03]
    assert set(spec.axes) == {"spin_orbit_Sm", "depairing_Sm", *panel.axes}


def test_the_maps_of_films_have_every_other_point_of_the_map_of_the_ideal_junction():
    spec, panel = load_spec("fig2b_film"), load_spec("fig2b")
    assert np.array_equal(spec.axes["T_S"], panel.axes["T_S"][::2])
    assert np.array_equal(spec.axes["h_exc"], panel.axes["h_exc"][::2])


def test_the_bias_of_films_is_symmetric_and_leaves_out_the_zero_of_the_spin_down_current():
    bias = load_spec("fig3b_film").axes["V"]
    assert np.array_equal(bias, -bias[::-1])
    assert np.abs(np.abs(bias) - 0.4).min() > 1e-4


def test_a_bundled_spec_takes_overrides():
    spec = load_spec("fig2b", ["gamma=1e-2", "h_exc=0.4"])
    assert spec.fixed["gamma"] == 1e-2
    assert spec.dims("G_0") == ("T_S",)


def test_an_unknown_name_gets_a_hint():
    with pytest.raises(
        SpecError,
        match=r"must be one of critical_current, efficiency, fig1b, .*\n.*did you mean 'fig3d'",
    ):
        bundled_text("fig3dd")


def test_a_file_of_the_same_name_goes_first_and_a_folder_does_not(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fig2b").mkdir()
    assert load_spec("fig2b").outputs == ("G_0",)
    shutil.rmtree(tmp_path / "fig2b")
    (tmp_path / "fig2b").write_text("fixed: {T_S: 0.7}\naxes: {V: [0]}\noutputs: [I_s]\n")
    assert load_spec("fig2b").outputs == ("I_s",)


def as_an_editor_reads_it(node):
    """Return what YAML 1.2 makes of a value; PyYAML leaves numbers such as 1e-4 as text."""
    if isinstance(node, dict):
        return {key: as_an_editor_reads_it(value) for key, value in node.items()}
    if isinstance(node, list):
        return [as_an_editor_reads_it(item) for item in node]
    try:
        return float(node)
    except ValueError:
        return node


def conforms(value, schema, definitions):
    """Check a value against the part of JSON Schema that our schema uses."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].removeprefix("#/$defs/")]
    if "oneOf" in schema:
        return sum(conforms(value, form, definitions) for form in schema["oneOf"]) == 1
    if "anyOf" in schema:
        return any(conforms(value, form, definitions) for form in schema["anyOf"])
    if schema["type"] == "object":
        known = schema["properties"]
        return (
            isinstance(value, dict)
            and set(schema.get("required", [])) <= value.keys() <= known.keys()
            and all(conforms(value[key], known[key], definitions) for key in value)
        )
    if schema["type"] == "array":
        items = value if isinstance(value, list) else [None]
        return all(conforms(item, schema["items"], definitions) for item in items)
    if schema["type"] == "string":
        pattern = schema.get("pattern", "")
        known = isinstance(value, str) and value in schema.get("enum", [value])
        return known and re.search(pattern, value) is not None
    low, high = schema.get("minimum", -np.inf), schema.get("maximum", np.inf)
    return isinstance(value, float) and low <= value <= high


def conforms_to_the_published_schema(text):
    schema = json_schema()
    return conforms(as_an_editor_reads_it(yaml.safe_load(text)), schema, schema["$defs"])


@pytest.mark.parametrize("name", [*PANELS, *SENSITIVITY, *FILMS, *MACHINE])
def test_editors_accept_each(name):
    assert conforms_to_the_published_schema(bundled_text(name))


@pytest.mark.parametrize(
    ("written", "instead"),
    [("h_exc", "h_ex"), ("num", "nun"), ("G_0]", "G0]"), ("1e-4", "2"), ("axes:", "axis:")],
)
def test_editors_refuse_mistakes(written, instead):
    text = "\n".join(
        line for line in bundled_text("fig2b").splitlines() if not line.startswith("#")
    )
    assert conforms_to_the_published_schema(text)
    assert not conforms_to_the_published_schema(text.replace(written, instead))


@pytest.mark.parametrize("name", [*PANELS, *FILMS, *MACHINE])
def test_a_copy_means_the_same(name, tmp_path):
    path = tmp_path / "copy.yaml"
    path.write_text(bundled_text(name), encoding="utf-8")
    assert load_spec(path).sha256 == load_spec(name).sha256
    assert parse_spec(bundled_text(name), "copy").name == "copy"
