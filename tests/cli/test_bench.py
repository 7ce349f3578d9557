"""The benchmark measures the right thing: its points, its answers and its verdicts."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from thermospin.bench import BenchmarkError, films, grids, headline, run, table
from thermospin.bench.budget import Budget, require
from thermospin.bench.quadratures import break_points
from thermospin.bench.standing_case import standing_case

RECORDS = json.loads(Path(__file__).parents[1].joinpath("data", "currents.json").read_text("utf-8"))
FROZEN = [record for record in RECORDS["records"] if record["kind"] == "standing case"]
ROUNDED = 1e-15  # numbers that differ in the last bits at most
FAIR = 1e-6  # relative error beyond which an alternative that is given its break points is misused
COMPARE = """
import json
from dataclasses import asdict
from thermospin.bench.comparison import compare
rows, speedup = compare(quick=True)
print(json.dumps([[asdict(row) for row in rows], speedup.as_dict()]))
"""


@pytest.fixture(scope="module")
def comparison():
    """Rows by method and the verdict, from a process in which kernels are compiled for certain."""
    environment = {key: value for key, value in os.environ.items() if key != "NUMBA_DISABLE_JIT"}
    command = [sys.executable, "-W", "error", "-c", COMPARE]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    rows, speedup = json.loads(done.stdout)
    return {row["method"]: row for row in rows}, speedup


def test_the_points_are_those_of_the_frozen_reference():
    cases = standing_case()
    assert len(cases) == len(FROZEN) == 45
    for case, record in zip(cases, FROZEN, strict=True):
        expected = (record["V"], record["h_exc"], record["Delta_S"], record["Delta_Sm"])
        assert case == pytest.approx(expected, rel=ROUNDED)


def test_the_kernel_meets_its_tolerance_and_its_own_estimate(comparison):
    rows, _ = comparison
    (kernel,) = (row for name, row in rows.items() if name.startswith("thermospin"))
    assert kernel["error_spin"] <= 1e-8
    assert kernel["error_charge"] <= 1e-6
    assert kernel["error_over_estimate"] <= 1


@pytest.mark.parametrize("kind", ["NumPy scalars", "pure Python", "merged points"])
def test_an_alternative_is_used_well(comparison, kind):
    rows, _ = comparison
    (row,) = (row for name, row in rows.items() if "points" in name and kind in name)
    assert row["error_spin"] <= FAIR


def test_an_alternative_on_a_grid_converges_to_the_frozen_reference():
    """On one field; the finest form of each is used well, the coarsest is far off."""
    members = [0, 3, 7]
    cases = [standing_case()[i] for i in members]
    exact = np.array([(FROZEN[i]["I_up"], FROZEN[i]["I_down"]) for i in members])
    error = {
        method.name: np.max(np.abs(method.both_spins(cases) / exact - 1.0))
        for method in grids.methods(1e-8)
    }
    for kind, coarse in (("quad_vec", 0.0), ("trapezoid", 1e-2), ("FFT", 1e-2)):
        errors = [value for name, value in error.items() if name.startswith(kind)]
        assert errors[-1] <= FAIR
        assert errors[0] >= coarse


def test_a_time_is_divided_by_the_points_that_are_computed():
    one = [case for case in standing_case() if case.h_exc == 0.1]
    direct, correlation = grids.methods(1e-8)[0], grids.methods(1e-8)[-1]
    assert direct.points(one) == len(one) == 9
    assert correlation.points(one) * 5 == correlation.points(standing_case()) == 5 * 125_000


def test_the_verdict_is_on_the_ratio_to_the_best_alternative(comparison):
    rows, speedup = comparison
    (best,) = (row for name, row in rows.items() if "merged" in name)
    assert speedup["value"] == best["ratio"] > 1
    assert speedup["met"] == (best["ratio"] >= speedup["bound"])


def test_break_points_that_coincide_are_one():
    at_gap_sum = standing_case()[8]
    assert at_gap_sum.gap_S + at_gap_sum.gap_Sm == at_gap_sum.V
    assert len(break_points(at_gap_sum)) == 5
    assert len(break_points(at_gap_sum._replace(V=0.5))) == 6


@pytest.mark.parametrize("deviation", [1e-3, math.inf, math.nan])
def test_a_wrong_answer_is_no_benchmark(deviation):
    with pytest.raises(BenchmarkError, match="I_q must agree within 1e-06"):
        require("I_q", deviation, 1e-6)


@pytest.mark.parametrize("wrong", [(0.3, films.ANSWER[1]), (films.ANSWER[0], math.nan)])
def test_wrong_currents_of_a_film_are_no_benchmark(monkeypatch, wrong):
    monkeypatch.setattr(films, "ANSWER", wrong)
    with pytest.raises(BenchmarkError, match=r"I_(up|down) of a film must agree within 1e-09"):
        films.compare_films(quick=True)


@pytest.mark.parametrize(
    ("value", "at_least", "met"),
    [(80.0, True, True), (79.0, True, False), (80.0, False, True), (81.0, False, False)],
)
def test_a_bound_is_met_or_not(value, at_least, met):
    assert Budget("speed", value, 80.0, "×", at_least).as_dict()["met"] is met


@pytest.mark.parametrize("at_least", [True, False])
def test_what_is_not_a_number_meets_no_bound(at_least):
    assert not Budget("speed", math.nan, 80.0, "×", at_least).met


def test_without_scipy_the_way_out_is_named(monkeypatch):
    monkeypatch.setattr(headline, "find_spec", lambda _: None)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "thermospin\[bench\]"'):
        run(quick=True)


def test_the_table_is_markdown_with_the_verdicts():
    row = {
        "method": "quad",
        "microseconds": 10234.0,
        "ratio": 1023.4,
        "error_spin": 0.16,
        "error_charge": 4.4,
        "error_over_estimate": None,
    }
    results = {
        "machine": {"cpu": "a processor", "cores": 2, "load_average": [0.5, 0.4, 0.3]},
        "versions": dict.fromkeys(("thermospin", "python", "numpy", "numba", "scipy"), "1.2"),
        "commit": None,
        "date": "2026-01-01T00:00:00Z",
        "rows": [row],
        "figures": [Budget("speed", 62.14, 80.0, "×", at_least=True).as_dict()],
    }
    text = table(results)
    assert "| quad   |      10200 |  1020 |      1.6e-01 |      4.4e+00 |                |" in text
    assert "| speed  |    62.1× | ≥ 80× |  no |" in text
    assert "commit unknown" in text
