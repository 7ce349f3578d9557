"""What a good spec means: exact axis points, completed defaults, dimensions, hash, overrides."""

import json
import pickle
from fractions import Fraction

import numpy as np
import pytest

from thermospin.quantities import OUTPUTS, PARAMETERS
from thermospin.spec import Material, SpecError, json_schema, parse_spec

GOOD = """\
title: Charge current
fixed: {T_S: 0.7, T_Sm: 0.01, gamma: 1e-4}
axes:
  h_exc: [0, 0.2, 0.4]
  V: {start: -0.75, stop: 0.75, num: 1501}
outputs: [I_q, I_s, G_0]
"""


def axis(form, name="V"):
    return parse_spec(f"fixed: {{T_S: 0.7}}\naxes: {{{name}: {form}}}\noutputs: [G_0]\n", "s").axes[
        name
    ]


def changed(*overrides, text=GOOD):
    return parse_spec(text, "s.yaml", overrides)


def mistakes(*overrides):
    with pytest.raises(SpecError) as caught:
        changed(*overrides)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("start", "stop", "num"),
    [
        ("0", "1", 11),
        ("-0.75", "0.75", 1501),
        ("-1.3", "1.3", 1999),
        ("0.05", "1", 191),
        ("-0.171229029552262", "0.4", 1000),  # too many digits for exact doubles
        ("1e-300", "1e-290", 7),
        ("-1000", "1000", 4),
    ],
)
def test_points_of_a_range_are_the_floats_nearest_to_the_decimal_numbers(start, stop, num):
    first, last = Fraction(start), Fraction(stop)
    expected = [float(first + i * (last - first) / (num - 1)) for i in range(num)]
    points = axis(f"{{start: {start}, stop: {stop}, num: {num}}}")
    assert points.dtype == np.float64
    assert points.tolist() == expected


def test_a_range_holds_the_number_that_one_writes():
    assert 0.7 in axis("{start: 0, stop: 1, num: 11}")
    assert 0.7 not in np.linspace(0, 1, 11)  # what is usually done


@pytest.mark.parametrize("num", [2, 3, 10, 1001, 4000])
@pytest.mark.parametrize("stop", ["1.3", "0.75", "0.1712290295522623"])
def test_symmetric_ranges_are_antisymmetric_to_the_last_bit(stop, num):
    points = axis(f"{{start: -{stop}, stop: {stop}, num: {num}}}")
    assert np.array_equal(points, -points[::-1])
    assert not np.signbit(points[points == 0]).any()


def test_a_step_makes_the_same_points_as_the_number_of_points():
    stepped = axis("{start: 1, stop: 1.3, step: 0.1}")  # numpy.arange makes four points of it
    assert stepped.tolist() == [1, 1.1, 1.2, 1.3]


def test_logarithmic_decades_are_exact():
    decades = axis("{start: 1e-8, stop: 0.1, num: 8, scale: log}", "gamma")
    assert decades.tolist() == [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1]
    halves = axis("{start: 1e-4, stop: 1e-2, num: 5, scale: log}", "gamma")
    assert halves.tolist() == [1e-4, 0.00031622776601683794, 1e-3, 0.0031622776601683794, 1e-2]


def test_one_point_is_an_axis():
    assert axis("{start: 0.3, stop: 0.3, num: 1}").tolist() == [0.3]
    assert axis("{start: 0.3, stop: 0.3, num: 1, scale: log}").tolist() == [0.3]
    assert axis("[0.3]").tolist() == [0.3]


def test_points_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        axis("[0.3]")[0] = 1


def test_a_spec_is_completed_with_defaults():
    spec = changed()
    assert spec.name == "s"
    assert spec.title == "Charge current"
    assert list(spec.axes) == ["h_exc", "V"]
    assert spec.shape == (3, 1501)
    assert spec.size == 4503
    assert spec.fixed == {
        "T_S": 0.7, "T_Sm": 0.01, "h_S": 0, "gamma": 1e-4, "gap_S": 1, "gap_Sm": 1,
    }  # fmt: skip
    assert spec.outputs == ("I_q", "I_s", "G_0")
    assert (spec.gap_model, spec.rtol, spec.material) == ("self-consistent", 1e-8, None)
    assert (spec.text, spec.overrides) == (GOOD, ())


def test_axes_keep_the_order_in_which_they_are_written():
    swapped = GOOD.replace("  h_exc: [0, 0.2, 0.4]\n", "").replace(
        "outputs", "  h_exc: [0, 0.2, 0.4]\noutputs"
    )
    assert changed(text=swapped).shape == (1501, 3)


@pytest.mark.parametrize(
    ("given", "fixed"),
    [
        ("gamma: 1e-3", {"gamma": 1e-3}),
        ("h_S: 0", {"gamma": 1e-4}),
        ("gamma_S: 1e-3", {"gamma_S": 1e-3, "gamma_Sm": 1e-4}),
        ("gamma_Sm: 1e-3", {"gamma_S": 1e-4, "gamma_Sm": 1e-3}),
        ("gamma_S: 1e-3, gamma_Sm: 1e-2", {"gamma_S": 1e-3, "gamma_Sm": 1e-2}),
    ],
)
def test_broadening_is_that_of_both_leads_or_of_each(given, fixed):
    spec = changed(text=GOOD.replace("gamma: 1e-4", given))
    assert {key: value for key, value in spec.fixed.items() if "gamma" in key} == fixed


def test_broadening_as_an_axis():
    one = changed(text=GOOD.replace(", gamma: 1e-4", "").replace("h_exc: [0,", "gamma: [0.1,"))
    assert not any("gamma" in key for key in one.fixed)
    each = changed(text=GOOD.replace(", gamma: 1e-4", "").replace("h_exc: [0,", "gamma_S: [0.1,"))
    assert {key: each.fixed[key] for key in each.fixed if "gamma" in key} == {"gamma_Sm": 1e-4}


def test_dimensions_of_outputs():
    spec = changed()
    assert spec.dims("I_q") == ("h_exc", "V")
    assert spec.dims("G_0") == ("h_exc",)
    fixed_bias = changed("V=0.3")
    assert fixed_bias.fixed["V"] == 0.3
    assert fixed_bias.dims("I_q") == fixed_bias.dims("G_0") == ("h_exc",)
    only_bias = changed("h_exc=0.4")
    assert only_bias.dims("G_0") == ()


@pytest.mark.parametrize(
    ("gap", "energy"),
    [("200 ueV", 2e-4), ("200 µeV", 2e-4), ("200 μeV", 2e-4), ("0.2meV", 2e-4), ("2e-4 eV", 2e-4)],
)
def test_material(gap, energy):
    spec = changed(f"material.Delta_0={gap}", "material.G_T=0.1 mS")
    assert spec.material == Material(Delta_0=gap, R_T="10 kohm")
    assert (spec.material.Delta_0, spec.material.G_T) == (energy, 1e-4)


def test_specs_can_be_sent_to_other_processes():
    spec = pickle.loads(pickle.dumps(changed()))
    assert spec.sha256 == changed().sha256


SAME = {
    "order of fixed": GOOD.replace("T_S: 0.7, T_Sm: 0.01", "T_Sm: 0.01, T_S: 0.7"),
    "block style": GOOD.replace("fixed: {T_S: 0.7, T_Sm: 0.01, gamma: 1e-4}",
                                "fixed:\n  T_S: 0.7\n  T_Sm: 0.01\n  gamma: 1e-4"),
    "notation": GOOD.replace("0.7,", "7e-1,").replace("1e-4", "0.0001").replace("0.01", "1.0E-2"),
    "comments": "# first\n" + GOOD.replace("\noutputs", "  # last\noutputs"),
    "line ends": GOOD.replace("\n", "\r\n"),
    "byte order mark": "\ufeff" + GOOD,
    "step for num": GOOD.replace("num: 1501", "step: 0.001"),
    "defaults": GOOD.replace(", T_Sm: 0.01, gamma: 1e-4", ""),
    "defaults written": GOOD + "gap_model: self-consistent\nnumerics: {rtol: 1e-8}\n",
    "minus zero": GOOD.replace("[0,", "[-0.0,"),
}  # fmt: skip


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_hash_does_not_depend_on_the_way_of_writing(text):
    assert changed(text=text).sha256 == changed().sha256


@pytest.mark.parametrize(
    "override",
    ["title=Other", "T_S=0.71", "gamma=1.0000001e-4", "h_S=1e-300", "axes.V.num=1500",
     "axes.h_exc=[0, 0.2, 0.41]", "outputs=[I_q, I_s]", "gap_model=tanh", "numerics.rtol=1e-9",
     "material={Delta_0: 200 ueV, G_T: 1 S}", "h_exc=0"],
)  # fmt: skip
def test_hash_depends_on_everything_that_is_computed(override):
    assert changed(override).sha256 != changed().sha256


def test_overrides_equal_the_edited_file():
    overridden = changed(
        "fixed.T_S=0.8", "axes.V={start: 0, stop: 1, num: 11}", "numerics.rtol=1e-6"
    )
    edited = GOOD.replace("0.7,", "0.8,").replace(
        "-0.75, stop: 0.75, num: 1501", "0, stop: 1, num: 11"
    )
    assert overridden.sha256 == changed(text=edited + "numerics: {rtol: 1e-6}\n").sha256
    assert overridden.text == GOOD
    assert overridden.overrides[0] == "fixed.T_S=0.8"


def test_a_bare_parameter_replaces_the_axis_or_the_fixed_value():
    spec = changed("h_exc=0.3", "T_S=0.8", "h_S=0.1")
    assert list(spec.axes) == ["V"]
    assert (spec.fixed["h_exc"], spec.fixed["T_S"], spec.fixed["h_S"]) == (0.3, 0.8, 0.1)


def test_an_axis_replaces_the_fixed_value_and_comes_last():
    spec = changed("axes.T_S=[0.6, 0.7]")
    assert list(spec.axes) == ["h_exc", "V", "T_S"]
    assert "T_S" not in spec.fixed


@pytest.mark.parametrize(
    ("override", "found"),
    [
        ("axes.V.num=x",
         ["--set axes.V.num=x: axes.V.num: must be a whole number, got 'x'"]),
        ("axes.V.nmu=3", ["--set axes.V.nmu=3: axes.V.nmu: unknown key", "did you mean 'num'?"]),
        ("T_s=3", ["--set T_s=3: T_s: unknown key", "did you mean 'T_S'?"]),
        ("fixd.T_S=3", ["--set fixd.T_S=3: fixd.T_S: unknown key", "did you mean 'fixed'?"]),
        ("rtol=1e-6", ["--set rtol=1e-6: rtol: unknown key", "'rtol' belongs in numerics"]),
        ("T_S", ["--set T_S: must be written key=value"]),
        ("=1", ["--set =1: : unknown key"]),
        ("T_S=", ["--set T_S=: fixed.T_S: must be a number, got nothing"]),
        ("T_S=[1, 2]", ["--set T_S=[1, 2]: fixed.T_S: must be a number, got a list"]),
        ("T_S=[1", ["--set T_S=[1: fixed.T_S: is not valid YAML: expected ',' or ']', but got"
                    " '<stream end>'"]),
        ("T_S=!!float 1", ["--set T_S=!!float 1: fixed.T_S: YAML tags are not allowed, got"
                           " 'tag:yaml.org,2002:float'"]),
        ("T_S=-1", ["--set T_S=-1: fixed.T_S: must be between 0.0001 and 100 T_c, got -1"]),
        ("title.x=1", ["--set title.x=1: title.x: title is 'Charge current', must be replaced as a"
                       " whole: title=…"]),
        ("axes.h_exc.num=3", ["--set axes.h_exc.num=3: axes.h_exc.num: axes.h_exc is a list, must"
                              " be replaced as a whole: axes.h_exc=…"]),
    ],
)  # fmt: skip
def test_mistakes_in_overrides_are_located_by_the_override(override, found):
    lines = [line.strip() for line in mistakes(override)]
    assert lines == [*found, "1 problem in s.yaml"]


def test_an_override_given_twice_is_a_mistake():
    assert mistakes("T_S=0.5", "fixed.T_S=0.6") == [
        "--set fixed.T_S=0.6: fixed.T_S: is given twice",
        "1 problem in s.yaml",
    ]


def test_schema_describes_every_key():
    schema = json_schema()
    json.dumps(schema, allow_nan=False)
    assert schema["required"] == ["axes", "outputs"]
    assert schema["additionalProperties"] is False
    definitions = schema["$defs"]
    for section in ("Fixed", "Axes"):
        assert list(definitions[section]["properties"]) == list(PARAMETERS)
        assert definitions[section]["additionalProperties"] is False
    gamma = definitions["Fixed"]["properties"]["gamma"]
    number, quantity = gamma["anyOf"]
    assert number == {"type": "number", "minimum": 1e-8, "maximum": 1}
    assert quantity == {"type": "string", "pattern": "[0-9.] *(eV|meV|ueV|µeV|μeV|neV)$"}
    assert definitions["Fixed"]["properties"]["P"]["type"] == "number"
    assert gamma["default"] == 1e-4
    assert "default" not in definitions["Fixed"]["properties"]["T_S"]
    assert schema["properties"]["outputs"]["items"]["enum"] == list(OUTPUTS)
    bias = definitions["Axes"]["properties"]["V"]
    assert [form.get("type", "object") for form in bias["oneOf"]] == ["array", "object", "object"]
    assert definitions["V_num"]["required"] == ["start", "stop", "num"]
    assert definitions["V_step"]["required"] == ["start", "stop", "step"]
