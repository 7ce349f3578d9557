"""The scripts in benchmarks/ measure the right thing, and those that documents name are there."""

import itertools
import re
import sys
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.integrate import quad

from thermospin.bench import BenchmarkError
from thermospin.bench.budget import Budget
from thermospin.execution import CutSizes, Engine
from thermospin.observables import evaluate

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "benchmarks"
sys.path.insert(0, str(FOLDER))

import film_gaps  # noqa: E402
import memory  # noqa: E402
import outputs  # noqa: E402
import tca_bcs  # noqa: E402
import whole_sweeps  # noqa: E402
from durability import Round, compare_stores, share_of_durability  # noqa: E402
from whole_sweeps import LONG, SHORT, USUAL  # noqa: E402

FAIR = 1e-6  # relative error beyond which a program is misused
DOCUMENTS = [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *FOLDER.glob("*.py")]


def test_scripts_that_documents_name_are_there():
    """And documents name some."""
    named = {
        name
        for path in DOCUMENTS
        for name in re.findall(r"benchmarks/(\w+\.py)", path.read_text("utf-8"))
    }
    assert "run.py" in named
    assert {name for name in named if not (FOLDER / name).exists()} == set()


def bcs_amplitude(kelvin, gap_1, gap_2):
    """Return the amplitude that mitmojco would, with its units, by another quadrature.

    The normalised current ½ ∫ N(E) N(E + V) [tanh(E + V) − tanh E], gaps equal and without Γ.
    """
    half = gap_1 / (gap_1 + gap_2)
    b = (gap_1 + gap_2) / (2.0 * 0.08617333262 * kelvin)

    def current(x):
        def integrand(E):
            density = abs(E * (E + x)) / np.sqrt((E**2 - half**2) * ((E + x) ** 2 - half**2))
            return density * (np.tanh(b * (E + x)) - np.tanh(b * E))

        parts = [quad(lambda t: 2 * t * integrand(half + t * t), 0, 6)[0]]
        if x > 1.0:
            middle = -0.5 * x  # the window between −x + ½ and −½, an edge at each end
            low, high = (
                lambda t: 2 * t * integrand(half - x + t * t),
                lambda t: 2 * t * integrand(-half - t * t),
            )
            reach = np.sqrt(-half - middle)
            parts += [quad(side, 0, reach)[0] for side in (low, high)]
        parts.append(quad(lambda t: 2 * t * integrand(-half - x - t * t), 0, 6)[0])
        return 0.5 * sum(parts)

    return None, np.vectorize(lambda x: 1j * current(x))


def test_mitmojco_is_asked_in_its_own_units(monkeypatch):
    monkeypatch.setattr(tca_bcs, "find_spec", lambda _: True)
    monkeypatch.setattr(tca_bcs, "import_module", lambda _: SimpleNamespace(tca_bcs=bcs_amplitude))
    seconds, kernel, error = tca_bcs.measured()
    assert error <= FAIR
    assert seconds > kernel > 0


def test_a_program_that_is_not_installed_has_a_row_that_says_so(monkeypatch):
    monkeypatch.setattr(tca_bcs, "find_spec", lambda _: None)
    name, *numbers = asdict(tca_bcs.row()).values()
    assert name.endswith("not installed")
    assert numbers == [None] * 5


def test_a_sweep_has_about_the_points_asked_for_and_no_mirrored_half():
    spec = whole_sweeps.mesh_spec(10_000)
    assert spec.size == 10_000
    assert spec.axes["V"].min() > 0


def test_the_peak_memory_is_that_of_the_sweep():
    budget = memory.peak_memory(1000)
    assert budget.figure == "peak memory of a sweep of 1e3 points"
    assert 0.0 < budget.value < budget.bound


@pytest.mark.parametrize(
    ("measure", "output"),
    [
        ("compare_maps", "G_0"),
        ("compare_maps", "G_max"),
        ("compare_flows", "J_S"),
        ("compare_flows", "S_I"),
        ("seebeck_time", "V_S"),
    ],
)
def test_an_output_with_a_wrong_answer_is_no_benchmark(monkeypatch, measure, output):
    monkeypatch.setitem(outputs.ANSWERS, output, 0.3)
    with pytest.raises(BenchmarkError, match=f"{output} must agree"):
        getattr(outputs, measure)(quick=True)


@pytest.mark.parametrize("name", ["ANSWER", "END"])
def test_gaps_of_films_with_a_wrong_answer_are_no_benchmark(monkeypatch, name):
    monkeypatch.setattr(film_gaps, name, 0.3)
    with pytest.raises(BenchmarkError, match="must agree"):
        film_gaps.figures(quick=True)


@pytest.mark.parametrize(("long", "bounds"), [(101, [1.85, 1.25]), (100, [1.85, 1.05])])
def test_long_sweeps_are_held_to_a_closer_bound(monkeypatch, long, bounds):
    monkeypatch.setattr(whole_sweeps, "LONG", long)
    assert [figure.bound for figure in whole_sweeps.compare_sweeps(100, rounds=1)] == bounds


@pytest.mark.parametrize(("quick", "sizes"), [(True, [SHORT]), (False, [USUAL, LONG])])
def test_only_the_full_form_takes_long_sweeps(monkeypatch, quick, sizes):
    def bounds(points, rounds):
        return [Budget("a sweep", points, rounds)]

    monkeypatch.setattr(whole_sweeps, "compare_sweeps", bounds)
    monkeypatch.setattr(whole_sweeps, "compare_junctions", lambda *_, rounds: bounds(0, rounds)[0])
    found = whole_sweeps.figures(quick)
    assert [figure.value for figure in found if figure.value] == sizes
    assert all(figure.bound > 0 for figure in found)


MANY_CHUNKS = Engine(sizes=CutSizes(smallest=32))


def test_durability_is_measured_on_the_same_numbers(tmp_path):
    rounds = compare_stores(400, 2, 1, tmp_path, MANY_CHUNKS)
    assert len(rounds) == 2
    assert all(each.bare > 0 and each.stored > 0 for each in rounds)
    assert list(tmp_path.iterdir()) == []


def test_durability_of_other_numbers_is_no_benchmark(tmp_path):
    calls = itertools.count()

    def drifting(*arguments, **options):
        found = evaluate(*arguments, **options)
        found.values["I_up"] += next(calls)
        return found

    engine = replace(MANY_CHUNKS, evaluate=drifting)
    with pytest.raises(
        BenchmarkError, match=r"chunk \d+ has other bits in the file than in memory"
    ):
        compare_stores(400, 1, 1, tmp_path, engine)


def test_the_share_of_durability_is_that_of_the_durable_run():
    figure = share_of_durability(10_000_000, [Round(9.0, 10.0), Round(9.6, 10.0), Round(1.0, 10.0)])
    assert figure.value == pytest.approx(10.0)
    assert figure.figure.endswith("a sweep of 1e7 points")
    assert not figure.met
