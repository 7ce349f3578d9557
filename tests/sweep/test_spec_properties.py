"""Whatever is written, a spec is understood or refused: never another exception, never a hang."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep_cases import OF_GIVEN_T_S

from thermospin.quantities import PARAMETERS
from thermospin.spec import SpecError, SweepSpec, parse_spec

MUTATIONS = 100
MANY_MUTATIONS = 5_000

GOOD = """\
title: "Charge current"
fixed: {T_S: 0.7, gamma: 1e-4}
axes:
  h_exc: [0, 0.2, 0.4]   # a comment
  T_Sm: {start: 0.01, stop: 0.05, step: 0.01}
  V: {start: -0.75, stop: 0.75, num: 13}
  h_S: {start: 1e-3, stop: 1e-1, num: 3, scale: log}
outputs: [I_q, G_0]
numerics: {rtol: 1e-6}
material:
  Delta_0: '200 ueV'
  G_T: 0.1 mS
"""
CHARACTERS = st.one_of(
    st.sampled_from("0123456789.,:-+eE[]{}&*!|>%@`'\"#?~<= \t\n\r\0\x85\u2028\ufeff−Δ"),
    st.characters(),
)


def understood_or_refused(text, overrides=()):
    """Return the spec, or None with the report made."""
    try:
        spec = parse_spec(text, "s.yaml", overrides)
    except SpecError as error:
        spec, report = None, str(error)
    if spec is None:
        assert report.endswith("in s.yaml")
        return None
    assert isinstance(spec, SweepSpec)
    assert len(spec.sha256) == 64
    return spec


def mutated(position, character, kind):
    position %= len(GOOD)
    inserted = "" if kind == "delete" else character
    return GOOD[:position] + inserted + GOOD[position + (kind != "insert") :]


MUTATION = st.builds(
    mutated, st.integers(0, 10**6), CHARACTERS, st.sampled_from(["delete", "insert", "replace"])
)


def test_the_spec_that_is_mutated_is_good():
    assert understood_or_refused(GOOD).shape == (3, 5, 13, 3)


@settings(max_examples=MUTATIONS, deadline=1000)
@given(MUTATION)
def test_one_changed_character(text):
    understood_or_refused(text)


@pytest.mark.slow
@settings(max_examples=MANY_MUTATIONS, deadline=2000)
@given(MUTATION)
def test_one_changed_character_many_times(text):
    understood_or_refused(text)


@settings(max_examples=MUTATIONS, deadline=1000)
@given(st.binary(max_size=200))
def test_arbitrary_bytes(content):
    understood_or_refused(content)


@settings(max_examples=MUTATIONS, deadline=1000)
@given(
    st.sampled_from(["T_S", "axes.V", "axes.V.num", "title", "outputs", "fixed", "x.y", ""]),
    st.text(CHARACTERS, max_size=12),
)
def test_arbitrary_overrides(key, value):
    understood_or_refused(GOOD, [f"{key}={value}"])


def values(name):
    parameter = PARAMETERS[name]
    return st.floats(parameter.low, parameter.high, allow_subnormal=False)


@st.composite
def specs(draw):
    """Draw the content of a good spec."""
    names = draw(
        st.permutations(
            ["V", "T_S", "T_Sm", "h_exc", "h_S", "gap_S", "gap_Sm", "P", "theta", "R_L"]
        )
    )
    cut = draw(st.integers(1, 3))
    axes = {
        name: sorted(draw(st.sets(values(name), min_size=1, max_size=4))) for name in names[:cut]
    }
    return {
        "title": draw(st.text("abc Δ(1)", max_size=9)),
        # Most outputs of loads are refused with microwaves, and P_ac without their amplitude.
        "fixed": {name: draw(values(name)) for name in (*names[cut:], "hf")} | {"V_ac": 0.0},
        "axes": axes,
        "outputs": draw(st.lists(st.sampled_from(OF_GIVEN_T_S), min_size=1, unique=True)),
        "numerics": {"rtol": draw(st.floats(1e-13, 1e-2))},
    }


@settings(max_examples=MUTATIONS // 2, deadline=None)
@given(specs(), st.randoms(use_true_random=False))
def test_what_is_written_is_what_is_read(content, random):
    # JSON is YAML, and writes floats so that they are read back unchanged.
    spec = understood_or_refused(json.dumps(content, ensure_ascii=False, indent=1))
    assert {name: points.tolist() for name, points in spec.axes.items()} == content["axes"]
    assert content["fixed"].items() <= spec.fixed.items()
    assert list(spec.axes) == list(content["axes"])
    assert spec.outputs == tuple(content["outputs"])
    assert spec.title == content["title"].strip()
    assert spec.rtol == content["numerics"]["rtol"]

    fixed = list(content["fixed"].items())
    random.shuffle(fixed)
    sections = list({**content, "fixed": dict(fixed)}.items())
    random.shuffle(sections)
    again = json.dumps(dict(sections), ensure_ascii=False).replace("\n", "\r\n")
    assert understood_or_refused(again).sha256 == spec.sha256
