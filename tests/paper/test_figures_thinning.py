"""Pictures of files of any size: what is drawn is little, and shows every peak."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep_cases import REST_OF_HEADER, STAND_IN, make_spec

from thermospin import dataset
from thermospin.dataset import Contents
from thermospin.execution import run_sweep
from thermospin.figures import thinning
from thermospin.figures.scales import geometric
from thermospin.figures.thinning import thinned


def contents(axes, values):
    axes = {name: np.asarray(points, dtype="f8") for name, points in axes.items()}
    return Contents(
        title="", name="", complete=True, gap_model="constant", spec_sha256="", axes=axes, fixed={},
        outputs={"I_q": values}, status={}, dims={"I_q": tuple(axes)}, **REST_OF_HEADER,
    )  # fmt: skip


def test_few_values_stay_as_they_are():
    values = np.arange(12.0).reshape(3, 4)
    whole = contents({"T_S": [0.1, 0.2, 0.3], "V": [0, 1, 2, 3]}, values)
    found = thinned(whole)
    assert np.array_equal(found.outputs["I_q"], values)
    assert all(np.array_equal(found.axes[name], whole.axes[name]) for name in whole.axes)


@settings(max_examples=100, deadline=None)
@given(
    st.integers(40, 5000), st.integers(1, 5), st.booleans(), st.integers(0, 9), st.integers(1, 900)
)
def test_every_peak_of_a_long_curve_is_drawn_where_it_is(length, rows, first, seed, block):
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(length, rows))
    values[draw.random(values.shape) < 0.1] = np.nan
    x, family = np.linspace(-1.0, 1.0, length), np.arange(float(rows))
    axes = {"V": x, "T_S": family} if first else {"T_S": family, "V": x}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(thinning, "MOST_POINTS", 32)
        patch.setattr(thinning, "BLOCK", block)
        found = thinned(contents(axes, values if first else values.T))
    step = -(-length // 32)
    drawn = found.outputs["I_q"] if first else found.outputs["I_q"].T
    assert drawn.shape == (len(found.axes["V"]), rows)
    assert len(found.axes["V"]) <= 32
    assert np.array_equal(found.axes["V"], x[::step])
    for start in range(0, length - 2 * step + 1, 2 * step):
        part, pair = values[start : start + 2 * step], drawn[start // step : start // step + 2]
        assert np.array_equal(np.fmin.reduce(pair), np.fmin.reduce(part), equal_nan=True)
        assert np.array_equal(np.fmax.reduce(pair), np.fmax.reduce(part), equal_nan=True)
        for row in range(rows):
            if np.isfinite(part[:, row]).any() and step > 1:
                rises = np.nanargmin(part[:, row]) <= np.nanargmax(part[:, row])
                assert (pair[0, row] <= pair[1, row]) == rises or pair[0, row] == pair[1, row]


def test_a_large_map_has_as_many_cells_as_can_be_seen():
    axes = {"T_S": np.linspace(0.1, 1.0, 3000), "V": np.geomspace(0.1, 10.0, 2500)}
    values = np.add.outer(axes["T_S"], axes["V"])
    found = thinned(contents(axes, values))
    assert found.outputs["I_q"].size <= thinning.MOST_VALUES
    assert found.outputs["I_q"].size > thinning.MOST_VALUES / 4
    assert np.array_equal(found.outputs["I_q"], np.add.outer(found.axes["T_S"], found.axes["V"]))
    assert geometric(found.axes["V"])


def test_an_axis_may_be_as_long_as_one_likes_if_the_others_are_short():
    steps = thinning._steps({"V": 20_000_000, "T_S": 6})
    assert steps == {"T_S": 1, "V": -(-20_000_000 // thinning.MOST_POINTS)}


MEASURED = """
import resource, sys
from thermospin.figures import plot
plot("small.h5")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
plot(sys.argv[1])
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


@pytest.mark.parametrize("axes", [{"V": 2_000_001}, {"T_S": 300, "V": 7001}], ids=["curve", "map"])
def test_a_large_file_is_drawn_in_little_more_memory_than_it_has_bytes(tmp_path, monkeypatch, axes):
    """The pages of the file itself count; every point of a curve took five times as much."""
    monkeypatch.chdir(tmp_path)
    points = {name: np.linspace(0.1, 1.0, count) for name, count in axes.items()}
    run_sweep(make_spec(points, ["I_q"]), "large.h5", engine=STAND_IN)
    run_sweep(
        make_spec({name: it[:9] for name, it in points.items()}, ["I_q"]),
        "small.h5",
        engine=STAND_IN,
    )
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, "large.h5"], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 2.5 * os.path.getsize("large.h5")


def test_numbers_that_stay_in_the_file_are_the_ones_that_are_read(tmp_path):
    spec = make_spec({"T_S": [0.3, 0.5], "V": [-0.2, 0.0, 0.2]}, ["I_q", "V_S"])
    run_sweep(spec, tmp_path / "out.h5", engine=STAND_IN)
    there, here = (dataset.read(tmp_path / "out.h5", mapped=mapped) for mapped in (True, False))
    for name in ("axes", "outputs", "status"):
        for key, values in getattr(here, name).items():
            assert np.array_equal(getattr(there, name)[key], values)
            assert not getattr(there, name)[key].flags.writeable
