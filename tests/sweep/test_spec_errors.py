"""A spec that cannot be used is refused with every mistake, each at its place, and nothing else."""

import os
import pickle
import re
import subprocess
import sys
import textwrap

import pytest

from thermospin.quantities import OUTPUTS
from thermospin.spec import SpecError, load_spec, parse_spec

GOOD = textwrap.dedent("""\
    title: Charge current
    fixed: {T_S: 0.7, T_Sm: 0.01, gamma: 1e-4}
    axes:
      h_exc: [0, 0.2, 0.4]
      V: {start: -0.75, stop: 0.75, num: 1501}
    outputs: [I_q, I_s]
    """)


def report(text, name="fig2a.yaml"):
    with pytest.raises(SpecError) as caught:
        parse_spec(text, name)
    return str(caught.value)


def rules(text):
    """Return ``line:column: key: rule`` of each problem."""
    with pytest.raises(SpecError) as caught:
        parse_spec(text, "s.yaml")
    return [
        re.sub(r"^s\.yaml:(?=\d)", "", str(problem).splitlines()[0])
        for problem in caught.value.problems
    ]


def with_axis(axis):
    return f"fixed: {{T_S: 0.7}}\noutputs: [I_q]\naxes:\n  V: {axis}\n"


def with_fixed(key, value):
    return GOOD.replace(
        "fixed: {T_S: 0.7, T_Sm: 0.01, gamma: 1e-4}",
        f"fixed:\n  {'T_S: 0.7' if key != 'T_S' else 'T_Sm: 0.01'}\n  {key}: {value}",
    )


def test_the_spec_that_the_mistakes_are_made_in_is_good():
    assert parse_spec(GOOD, "good.yaml").shape == (3, 1501)


def test_report_shows_every_mistake_with_line_caret_and_hint():
    text = GOOD.replace("h_exc", "h_ecx").replace("0.7", "x", 1)
    assert report(text) == textwrap.dedent("""\
        fig2a.yaml:2:14: fixed.T_S: must be a finite decimal number, got 'x'
            2 | fixed: {T_S: x, T_Sm: 0.01, gamma: 1e-4}
              |              ^
        fig2a.yaml:4:3: axes.h_ecx: unknown key
            4 |   h_ecx: [0, 0.2, 0.4]
              |   ^  did you mean 'h_exc'?
        2 problems in fig2a.yaml""")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["s.yaml: the spec is empty"]),
        ("# only a comment\n", ["s.yaml: the spec is empty"]),
        ("- 1\n", ["1:1: the spec must be a mapping at the top level, got a list"]),
        ("V\n", ["1:1: the spec must be a mapping at the top level, got 'V'"]),
        (GOOD + "---\na: 1\n", ["7:1: more than one YAML document; keep one in each file"]),
        (GOOD + "&a numerics: {}\n", ["7:1: anchors and aliases are not allowed"]),
        (GOOD + "<<: {a: 1}\n", ["7:1: <<: merge keys are not allowed"]),
        (GOOD + "V: 1\nV: 2\n", ["7:1: V: unknown key", "8:1: V: is given twice, first on line 7"]),
        (GOOD.replace("T_Sm: 0.01", "T_S: 0.7"),
         ["2:19: fixed.T_S: is given twice, first on line 2"]),
        (GOOD.replace("  h_exc", "  V: [0]\n  h_exc"),
         ["6:3: axes.V: is given twice, first on line 4"]),
        (GOOD + "1: 2\n", ["7:1: 1: unknown key"]),
        (GOOD + "? [1, 2]\n: 3\n", ["7:3: a key must be plain text, got a list"]),
        ("a: " + "[" * 8 + "]" * 8, ["1:11: is nested deeper than 8 levels"]),
    ],
)  # fmt: skip
def test_yaml_that_could_mean_something_else_is_refused(text, expected):
    assert rules(text) == expected


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ("!!python/object/apply:os.system [ls]", "tag:yaml.org,2002:python/object/apply:os.system"),
        ('!!float "nan"', "tag:yaml.org,2002:float"),
        ("!include /etc/passwd", "!include"),
    ],
)
def test_tags_are_refused_and_nothing_is_run(value, tag):
    found = rules(GOOD.replace("title: Charge current", f"title: {value}"))
    assert found[0] == f"1:8: title: YAML tags are not allowed, got '{tag}'"
    assert len(found) == 1


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [*x, *x]\nb: &y [*x, *x]\nc: [*y, *y]\n",  # an alias bomb, and one within itself
        "axes: &axes\n  V: *axes\n",
    ],
)
def test_aliases_are_not_expanded(text):
    assert any(rule.endswith("anchors and aliases are not allowed") for rule in rules(text))


def test_tabs_as_indentation_are_refused():
    assert rules("fixed:\n\tT_S: 0.7\n") == [
        "2:1: is not valid YAML: found character '\\t' that cannot start any token"
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (GOOD.replace("Charge", "Überstrom").encode("latin-1"), "is not UTF-8 text (byte 7)"),
        (GOOD.encode("utf-16"), "is not UTF-8 text (byte 0)"),
        ("title: \ud800", "is not UTF-8 text (byte 7)"),
        (b"#" * (2**18 + 1), "must have at most 262144 bytes, got more"),
        (b'title: "\\UFFFFFFFF"', "is not valid YAML: a number in it is too large"),
    ],
)
def test_texts_that_are_not_text_are_refused(content, expected):
    assert rules(content) == [f"s.yaml: {expected}"]


def test_control_characters_are_refused_raw_and_escaped():
    assert rules("a: 1\ntitle: x\0\n") == ["2:9: control character U+0000 is not allowed"]
    escaped = GOOD.replace("title: Charge current", 'title: "a\\eb"')
    assert rules(escaped) == [
        "1:8: title: must be one line without control characters, got 'a\\x1bb'"
    ]


def test_reports_never_send_control_characters_to_the_terminal():
    text = report(GOOD.replace("title", '"ti\\etle"') + "x\u2028: 1\n", name="a\x1b[31m.yaml")
    assert all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.parametrize(
    "value",
    [".nan", ".inf", "-.inf", "nan", "inf", "1:30", "2024-01-01", "0x1F", "010", "1_000", "1d-3",
     "1/3", "2*pi", "yes", "on", "true", "~", "null", "0.4#c", "1 e-3", "0.1.2", "+-1", "e5", "."],
)  # fmt: skip
def test_only_decimal_numbers_are_numbers(value):
    (found,) = rules(with_fixed("h_S", value))
    assert found.startswith("4:8: fixed.h_S: must be a ")
    assert found.endswith(f", got '{value}'")


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("", "must be a number, got nothing"),
        ('""', "must be a number, got nothing"),
        ('"0.1"', "must be a number without quotation marks, got '0.1'"),
        ("'1e-1'", "must be a number without quotation marks, got '1e-1'"),
        ("1e400", "overflows double precision, got '1e400'"),
        ("1e-400", "underflows to zero in double precision, got '1e-400'"),
        ("0,5", "must be a finite decimal number with a decimal point, not a comma, got '0,5'"),
        ("−0.1", "must be a finite decimal number in plain digits and '-', not with the character"
                 " U+2212, got '−0.1'"),
        ("０.1", "must be a finite decimal number in plain digits and '-', not with the character"
                " U+FF10, got '０.1'"),
        ("0." + "1" * 99, "must be a finite decimal number of at most 64 characters, got '0."
                          + "1" * 57 + "…'"),
        ("[0, 1]", "must be a number, got a list"),
        ("{a: 1}", "must be a number, got a mapping"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_number_is_said(value, rule):
    assert [found.split(": ", 2)[2] for found in rules(with_fixed("h_S", value))] == [rule]


@pytest.mark.parametrize("value", ["1e-1", "0.1", ".1", "+1E-1", "0.10"])
def test_ways_to_write_a_tenth(value):
    assert parse_spec(with_fixed("h_S", value), "s").fixed["h_S"] == 0.1


@pytest.mark.parametrize(
    ("key", "value", "limits"),
    [
        ("T_S", "-0.7", "between 0.0001 and 100 T_c"),
        ("T_S", "0", "between 0.0001 and 100 T_c"),
        ("T_S", "101", "between 0.0001 and 100 T_c"),
        ("T_Sm", "0", "between 0.0001 and 100 T_c"),
        ("gamma", "0", "between 1e-08 and 1 Δ0"),
        ("gamma", "-1e-4", "between 1e-08 and 1 Δ0"),
        ("gamma", "1.1", "between 1e-08 and 1 Δ0"),
        ("h_S", "10.1", "between -10 and 10 Δ0"),
        ("gap_S", "-1", "between 0 and 100 Δ0"),
    ],
)
def test_parameters_have_limits(key, value, limits):
    assert rules(with_fixed(key, value)) == [
        f"4:{5 + len(key)}: fixed.{key}: must be {limits}, got {value}"
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [("gamma", 1e-8), ("gamma", 1), ("T_S", 1e-4), ("h_S", -0.3), ("gap_S", 0), ("h_S", 0.9)],
)
def test_limits_are_included_and_fields_may_be_negative(key, value):
    assert parse_spec(with_fixed(key, value), "s").fixed[key] == value


def test_texts_may_stand_in_quotation_marks():
    quoted = GOOD + "material: {Delta_0: '200 ueV', G_T: \"0.1 mS\"}\ngap_model: 'tanh'\n"
    spec = parse_spec(quoted, "s")
    assert spec.gap_model == "tanh"
    assert type(spec.gap_model) is type(spec.material.given["Delta_0"]) is str


def test_a_quoted_number_of_points_is_text():
    (found,) = rules(with_axis("{start: 0, stop: 1, num: '11'}"))
    assert found.endswith("axes.V.num: must be a whole number without quotation marks, got '11'")


@pytest.mark.parametrize("num", ["1e-3", "0x10", "1_000", "010", "yes", "", "٣", "1.5"])
def test_num_is_a_whole_number(num):
    (found,) = rules(with_axis(f"{{start: 0, stop: 1, num: {num}}}"))
    got = f"'{num}'" if num else "nothing"
    assert found.endswith(f"axes.V.num: must be a whole number, got {got}")


@pytest.mark.parametrize(
    ("axis", "found"),
    [
        ("{start: 0, stop: 1, num: 0}", "num: must be between 1 and 100000000, got 0"),
        ("{start: 0, stop: 1, num: -5}", "num: must be between 1 and 100000000, got -5"),
        ("{start: 0, stop: 1, num: 99999999999999999999}",
         "num: must be between 1 and 100000000, got 99999999999999999999"),
        ("{start: 0, stop: 1, num: 1}",
         "num: must be at least 2 where start and stop differ, got 1"),
        ("{start: 1, stop: 0.5, num: 3}", "start: must be less than stop, got 1.0 and 0.5"),
        ("{start: 1, stop: 1, num: 3}", "start: must be less than stop, got 1.0 and 1.0"),
        ("{start: 1, stop: 0.5, step: 0.1}", "start: must be less than stop, got 1.0 and 0.5"),
        ("{start: 0, stop: 1, step: 0}", "step: must be greater than 0, got 0.0"),
        ("{start: 0, stop: 1, step: -0.1}", "step: must be greater than 0, got -0.1"),
        ("{start: 0, stop: 1, step: 0.3}",
         "step: must divide stop − start = 1.0, got 0.3; nearest is num: 4 instead"),
        ("{start: 0, stop: 1, step: 5}",
         "step: must divide stop − start = 1.0, got 5.0; nearest is num: 2 instead"),
        ("{start: 0, stop: 1, step: 1e-9}",
         "step: must make at most 100000000 points, got 1e-09"),
        ("{start: 0, stop: 1, step: 0.1, num: 11}", "num: give either num or step, not both"),
        ("{start: 1, stop: 2, step: 0.1, scale: log}",
         "scale: can only be given with num, not with step"),
        ("{start: 0, stop: 1, num: 11, scale: log}",
         "start: must be greater than 0 with scale: log, got 0.0"),
        ("{start: 0, stop: 1, num: 11, scale: lg}",
         "scale: must be one of linear, log, got 'lg'"),
        ("{start: 0, stop: 1}", "num: missing key"),
        ("{start: 0, stop: 1, n: 11}", "n: unknown key"),
        ("{start: 0, stop: 2000, num: 11}", "stop: must be between -1000 and 1000 Δ0/e, got 2000"),
    ],
)  # fmt: skip
def test_ranges(axis, found):
    assert [rule.split("axes.V.")[1] for rule in rules(with_axis(axis))] == [found]


@pytest.mark.parametrize(
    ("axis", "found"),
    [
        ("[]", ": must have at least one point, got an empty list"),
        ("[0, 1, 1]", "[2]: points must be strictly increasing, got 1.0 after 1.0"),
        ("[0, 2, 1]", "[2]: points must be strictly increasing, got 1.0 after 2.0"),
        ("[0, x]", "[1]: must be a finite decimal number, got 'x'"),
        ("[0, 1001]", "[1]: must be between -1000 and 1000 Δ0/e, got 1001"),
        ("0.3", ": must be a list, {start, stop, num} or {start, stop, step}, got '0.3'"),
        ("", ": must be a list, {start, stop, num} or {start, stop, step}, got nothing"),
        ("[1, 1.00000000000000000001]",
         ": points 1 and 2 are equal in double precision, got 1.0"),
        ("{start: 1, stop: 1.000000000000001, num: 11}",
         ": points 1 and 2 are equal in double precision, got 1.0"),
    ],
)  # fmt: skip
def test_lists(axis, found):
    assert [rule.split("axes.V")[1] for rule in rules(with_axis(axis))] == [found]


def test_one_mistake_is_one_problem_and_two_are_two():
    assert len(rules(with_axis("{start: x, stop: 1, num: 3}"))) == 1
    assert len(rules(with_axis("{start: x, stop: y, num: z}"))) == 3
    assert len(rules(with_axis("[a, 1, b]"))) == 2


def test_a_mesh_has_a_largest_size():
    axes = "".join(f"  {name}: {{start: 0, stop: 1, num: 100000}}\n" for name in ("h_exc", "h_S"))
    text = f"fixed: {{T_S: 0.7}}\naxes:\n{axes}outputs: [G_0]\n"
    assert rules(text) == [
        "2:1: axes: must span at most 2000000000 points in all, got 100000 × 100000 = 10000000000"
    ]


@pytest.mark.parametrize(
    ("written", "instead", "found"),
    [
        ("T_S: 0.7, ", "", "2:1: T_S: missing key, must be given in fixed or in axes"),
        ("T_S", "t_s", "2:9: fixed.t_s: unknown key"),
        ("  V:", "  v:", "5:3: axes.v: unknown key"),
        ("h_exc", "h_ex", "4:3: axes.h_ex: unknown key"),
        ("outputs", "output", "6:1: output: unknown key"),
        ("outputs: [I_q, I_s]", "", "1:1: outputs: missing key"),
        ("[I_q, I_s]", "[]", "6:10: outputs: must name at least one output, got an empty list"),
        ("[I_q, I_s]", "[I_q, G_0, I_q]",
         "6:21: outputs[2]: must name each output once, got 'I_q' twice"),
        ("[I_q, I_s]", "I_q", "6:10: outputs: must be a list, got 'I_q'"),
        ("[I_q, I_s]", "[[I_q]]", "6:11: outputs[0]: must be text, got a list"),
        ("T_Sm: 0.01", "h_exc: 0", "4:3: axes.h_exc: is named both in fixed and in axes"),
        ("T_Sm: 0.01", "gamma_S: 1e-3",
         "2:34: fixed.gamma: stands for gamma_S and gamma_Sm, must not be given beside gamma_S"),
        ("h_exc: [0,", "gamma_Sm: [0.1,",
         "2:31: fixed.gamma: stands for gamma_S and gamma_Sm, must not be given beside gamma_Sm"),
        ("title", "list: 0\ntitle", "1:1: list: unknown key"),
        ("T_Sm: 0.01", "num: 0.01", "2:19: fixed.num: unknown key"),
        ("title", "T_Sm: 0.02\ntitle", "1:1: T_Sm: unknown key"),
        ("title", "gap_model: bcs\ntitle",
         "1:12: gap_model: must be one of self-consistent, tanh, constant, dynes, got 'bcs'"),
        ("title", "numerics: {rtol: 1e-14}\ntitle",
         "1:18: numerics.rtol: must be between 1e-13 and 0.01, got 1e-14"),
        ("title", "numerics: {rtol: 0.1}\ntitle",
         "1:18: numerics.rtol: must be between 1e-13 and 0.01, got 0.1"),
        ("title", "numerics: 1e-8\ntitle", "1:11: numerics: must be a mapping, got '1e-8'"),
        ("title", "material: {Delta_0: 200 ueV}\ntitle",
         "1:11: material: must have exactly one of G_T and R_T, got neither"),
        ("title", "material: {Delta_0: 200, G_T: 1 S}\ntitle",
         "1:21: material.Delta_0: must be a number and a unit (eV, meV, ueV, neV), such as"
         " 200 ueV; got '200'"),
        ("title", "material: {Delta_0: 1 meV, G_T: 0 S}\ntitle",
         "1:33: material.G_T: must be positive, got '0 S'"),
        ("title", "material: {Delta_0: 1 meV, G_T: a S}\ntitle",
         "1:33: material.G_T: must be a number and a unit (S, mS, uS, nS), such as 0.1 mS;"
         " got 'a S'"),
    ],
)  # fmt: skip
def test_keys(written, instead, found):
    assert rules(GOOD.replace(written, instead, 1)) == [found]


@pytest.mark.parametrize(
    ("written", "instead", "hint"),
    [
        ("T_S", "t_s", "did you mean 'T_S'?"),
        ("  V:", "  v:", "did you mean 'V'?"),
        ("outputs", "outptus", "did you mean 'outputs'?"),
        ("num", "n", "did you mean 'num'?"),
        ("I_s", "I_S", "did you mean 'I_s'?"),
        ("title", "rtol: 1e-6\ntitle", "'rtol' belongs in numerics"),
        ("title", "h_S: 0\ntitle", "'h_S' belongs in fixed or axes"),
        ("T_Sm: 0.01", "gap_model: tanh", "'gap_model' belongs at the top level"),
        ("T_Sm: 0.01", "rtol: 1e-6", "'rtol' belongs in numerics"),
        ("num: 1501", "num: 1501, T_Sm: 0.1", "'T_Sm' belongs in fixed or axes"),
        ("T_Sm", "Tsm", "did you mean 'T_Sm'?"),
        ("I_s", "IS", "did you mean 'I_s'?"),
    ],
)
def test_misspelt_and_misplaced_keys_get_a_hint(written, instead, hint):
    assert report(GOOD.replace(written, instead, 1)).splitlines()[2].endswith(f"^  {hint}")


def test_an_output_that_needs_a_bias_says_so():
    text = "fixed: {T_S: 0.7}\naxes: {h_exc: [0, 0.1]}\noutputs: [G_0, I_q, V_S, SGE]\n"
    rule = "needs a bias: add V to axes or fixed"
    assert rules(text) == [
        f"3:16: outputs[1]: output I_q {rule}",
        f"3:26: outputs[3]: output SGE {rule}",
    ]


def test_axes_must_not_be_empty():
    assert rules("fixed: {T_S: 0.7}\naxes: {}\noutputs: [G_0]\n") == [
        "2:7: axes: must name at least one parameter, got none"
    ]


def test_mistakes_in_different_sections_are_all_reported():
    text = GOOD.replace("T_S: 0.7, ", "").replace("T_Sm", "h_exc").replace("num", "nun")
    text += "numerics: {rtol: 1}\ntitle: again\n"
    assert rules(text) == [
        "2:1: T_S: missing key, must be given in fixed or in axes",
        "4:3: axes.h_exc: is named both in fixed and in axes",
        "5:33: axes.V.nun: unknown key",
        "7:18: numerics.rtol: must be between 1e-13 and 0.01, got 1",
        "8:1: title: is given twice, first on line 1",
    ]


def test_long_reports_are_cut_and_long_lines_shown_around_the_mistake():
    text = report(with_axis("[" + ", ".join(["x"] * 500) + "]")).splitlines()
    assert text[-2:] == ["… and 450 more", "500 problems in fig2a.yaml"]
    assert max(map(len, text)) < 120
    assert all(
        line[caret.index("^")] == "x"
        for line, caret in zip(text[1:-2:3], text[2:-2:3], strict=True)
    )


def test_a_spec_error_survives_pickling():
    with pytest.raises(SpecError) as caught:
        parse_spec("", "s.yaml")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda _: None, "No such file or directory"),
        (lambda path: path.mkdir(), "not a regular file"),
        (lambda path: os.mkfifo(path), "not a regular file"),
        (lambda path: path.symlink_to(path), "Too many levels of symbolic links"),
    ],
)
def test_what_is_not_a_file_cannot_be_read(tmp_path, make, reason):
    path = tmp_path / "spec.yaml"
    make(path)
    with pytest.raises(SpecError) as caught:
        load_spec(path)
    assert str(caught.value) == f"{path}: cannot be read: {reason}\n1 problem in {path}"


def test_a_file_that_is_too_large_is_not_read_whole(tmp_path):
    path = tmp_path / "spec.yaml"
    with path.open("wb") as file:
        file.truncate(2**40)  # sparse
    with pytest.raises(SpecError, match="must have at most 262144 bytes"):
        load_spec(path)


def test_a_misspelt_bundled_name_gets_a_hint():
    with pytest.raises(SpecError, match="did you mean 'fig2b'"):
        load_spec("figg2b")


def test_reading_specs_needs_no_compiler_no_hdf5_and_no_plotting():
    heavy = "{'numba', 'h5py', 'matplotlib'}"
    code = f"import sys, thermospin.spec; print(sorted({heavy} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


LIST = ", ".join(["1"] * 60_000)


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("".join(f"k{i}: 1\n" for i in range(20_000)), "101:1: has more than 100 keys"),
        (with_axis("{" + ", ".join(f"q{i}: 1" for i in range(20_000)) + "}"), "keys"),
        (with_axis(f"[{LIST}]"), "has more than 50,000 values"),
        (GOOD.replace("[I_q, I_s]", f"[{', '.join(['I_q'] * 9_000)}]"),
         f"must name each output once, {len(OUTPUTS)} at most, got 9000"),
        (with_axis(f"[{', '.join(['*a'] * 60_000)}]"),
         "reading stopped here, after 1,000 problems"),
        (GOOD + "title: a\n" * 9_000, "has more than 100 keys"),
    ],
    ids=["unknown keys", "keys of an axis", "values", "outputs", "aliases", "the same key"],
)  # fmt: skip
def test_what_cannot_be_a_spec_is_not_read_to_its_end(text, last):
    """All of it was held against all that might have been meant, for a quarter of a minute."""
    with pytest.raises(SpecError) as caught:
        parse_spec(text, "s.yaml")
    assert len(caught.value.problems) <= 1_001
    assert any(problem.rule in last or last in str(problem) for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("overrides", "reason"),
    [
        (["V=1"] * 101, "must have at most 100 overrides, got 101"),
        ([f"title={'x' * 200_000}", f"outputs={' ' * 70_000}"], "at most 262144 bytes together"),
        ([f"{'axes.' * 50_000}V=1"], "is nested deeper than 8 levels"),
    ],
    ids=["many", "long", "deep"],
)
def test_overrides_that_make_no_sense_are_refused(overrides, reason):
    with pytest.raises(SpecError, match=reason):
        parse_spec(GOOD, "s.yaml", overrides)


@pytest.mark.parametrize("character", ["\x85", "\x9b", "\x1b", "\n", "\x7f", "\udcfc"])
def test_a_name_that_a_file_could_not_hold_is_refused(character):
    with pytest.raises(SpecError, match=r"the name of a spec must .*; rename"):
        parse_spec(GOOD, f"a{character}b.yaml")
