"""No value is off without being flagged, and no estimate is too small: a bounded sample.

The campaign itself, of any number of random junctions, is ``benchmarks/hostile.py``.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from frozen_records import DATA, INTERPRETED, Records

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from hostile import RTOLS
from ordeal.kinds import KINDS, NAMES, drawn
from ordeal.verdicts import PARTS, Found, Part, verdicts

NUMBER = 8 if INTERPRETED else 40
SEED = 2
FLAGGED = 0.01  # of the values of any kind, at most: to flag everything would be no use


def faults(draw, rtol, judged):
    """Return what is off although it is not flagged, and what is estimated too small, in words."""
    return [
        f"{verdict.output} is off {ratio[i]:.3g} times what is {limit}: "
        f"{verdict.found[i]:.17g}, right {verdict.right[i]:.17g} at rtol={rtol[i]:g}, "
        + ", ".join(f"{name}={float(draw[name][i])!r}" for name in NAMES)
        for verdict in judged
        for limit, ratio in (
            ("allowed", np.where(verdict.met, verdict.over_allowed, 0.0)),
            ("estimated", verdict.over_estimate),
        )
        for i in np.flatnonzero(ratio > 1.0)
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_of_random_junctions_no_value_is_off_unflagged_and_hardly_any_is_flagged(kind):
    draw = drawn(kind, NUMBER, SEED, 0)
    rtol = np.random.default_rng(SEED).choice(RTOLS, NUMBER)
    judged = verdicts(draw, rtol)
    assert faults(draw, rtol, judged) == []
    assert np.mean([~verdict.met for verdict in judged]) <= FLAGGED


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.outputs[0])
def test_junctions_that_were_once_wrong_are_right(part, thinned):
    records = json.loads((DATA / "hostile.json").read_text(encoding="utf-8"))["records"]
    known = Records(list(thinned(records)))
    draw = {name: known[name] for name in NAMES}
    assert faults(draw, known["rtol"], verdicts(draw, known["rtol"], [part])) == []


# --- the judge himself ----------------------------------------------------------------------


def spoilt(part, by):
    """Return the same part of the outputs with values that are a little off."""

    def found(points):
        return [
            Found(value * (1.0 + by * points.rtol), estimate, met)
            for value, estimate, met in part.found(points)
        ]

    return Part(part.outputs, found, part.right)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.outputs[0])
def test_values_that_are_off_by_twice_what_is_allowed_are_noticed(part):
    draw = drawn("usual", NUMBER, SEED, 0)
    for verdict in verdicts(draw, np.full(NUMBER, 1e-6), [spoilt(part, 2.0)]):
        assert 1.5 <= np.max(verdict.over_allowed) <= 2.2


def test_estimates_that_are_too_small_are_noticed():
    def found(points):
        return [value._replace(estimate=6e-4 * value.estimate) for value in part.found(points)]

    part = PARTS[0]
    draw = drawn("usual", NUMBER, SEED, 0)
    judged = verdicts(draw, np.full(NUMBER, 1e-2), [Part(part.outputs, found, part.right)])
    assert all(np.max(verdict.over_estimate) > 1.0 for verdict in judged)
