"""A sweep is broadcasting: the file holds what one call on the whole mesh would give."""

import itertools
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from sweep_cases import STAND_IN, expected, make_spec, stand_in

from thermospin import dataset
from thermospin.execution import CutSizes, Engine, plan, run_sweep
from thermospin.execution.chunks import Mesh
from thermospin.observables import evaluate
from thermospin.quantities import STATUS

MEMORY = 25e6  # bytes in flight for a sweep whose file has 68 MB
BIAS = np.array([-0.4, -0.2, 0.0, 0.2, 0.4])
AXES = {"V": BIAS, "T_S": [0.3, 0.5, 0.7], "h_exc": [0.0, 0.1], "T_Sm": [0.01, 0.05]}


def bits(path):
    contents = dataset.read(path)
    return {name: values.tobytes() for name, values in (contents.outputs | contents.status).items()}


@pytest.mark.parametrize("order", list(itertools.permutations(AXES)))
def test_any_order_of_axes(tmp_path, order):
    engine = replace(STAND_IN, sizes=CutSizes(largest=16, run=3))
    spec = make_spec({name: AXES[name] for name in order}, ["I_q", "V_S", "I_s"])
    run_sweep(spec, tmp_path / "out.h5", threads=2, engine=engine)
    contents = dataset.read(tmp_path / "out.h5")
    for name in spec.outputs:
        assert contents.outputs[name].tobytes() == expected(spec, name).tobytes()
    assert contents.dims["I_q"] == order


@pytest.mark.parametrize(
    ("axes", "fixed", "outputs"),
    [
        ({"T_S": [0.3, 0.5], "h_exc": [0.0, 0.1]}, {"V": 0.25}, ["I_q", "V_S"]),
        ({"T_S": [0.3, 0.5], "h_exc": [0.0, 0.1]}, {}, ["V_S", "G_max"]),
        ({"V": BIAS}, {}, ["I_q", "V_S"]),
        ({"V": [0.25]}, {}, ["I_q"]),
        ({"T_S": [0.3]}, {"V": 0.0}, ["I_q"]),
    ],
    ids=["V fixed", "no V", "V alone", "one point", "one junction"],
)
def test_bias_swept_fixed_or_absent(tmp_path, axes, fixed, outputs):
    spec = make_spec(axes, outputs, fixed=fixed)
    report = run_sweep(spec, tmp_path / "out.h5", threads=1, engine=STAND_IN)
    contents = dataset.read(tmp_path / "out.h5")
    for name in outputs:
        assert contents.outputs[name].shape == expected(spec, name).shape
        assert contents.outputs[name].tobytes() == expected(spec, name).tobytes()
    assert report.points == spec.size


def test_outputs_without_bias_are_computed_once_per_junction(tmp_path):
    counted = {"V_S": 0, "I_q": 0}

    def counting(outputs, V, junction, *, rtol):
        evaluation = stand_in(outputs, V, junction, rtol=rtol)
        for name in outputs:
            counted[name] += evaluation.values[name].size
        return evaluation

    engine = replace(STAND_IN, evaluate=counting, sizes=CutSizes(largest=4))
    run_sweep(make_spec(AXES, ["V_S", "I_q"]), tmp_path / "out.h5", threads=1, engine=engine)
    assert counted == {"V_S": 12, "I_q": 60}


def test_the_report_counts_what_missed_its_tolerance(tmp_path):
    def missing(outputs, V, junction, *, rtol):
        evaluation = stand_in(outputs, V, junction, rtol=rtol)
        evaluation.status[:, V > 0.3] = STATUS["tolerance_missed"]
        evaluation.junction_status[:] = STATUS["tolerance_missed"]
        return evaluation

    spec, engine = make_spec(AXES, ["I_q", "V_S"]), replace(STAND_IN, evaluate=missing)
    report = run_sweep(spec, tmp_path / "out.h5", threads=1, engine=engine)
    assert report.missed == 12 + 12
    summary = dataset.describe(tmp_path / "out.h5")
    assert summary.status["status"]["tolerance_missed"] == 12
    assert summary.status["junction_status"]["tolerance_missed"] == 12
    assert report.bytes == (tmp_path / "out.h5").stat().st_size
    assert report.path == tmp_path / "out.h5"


def test_progress_counts_points_up_to_all_of_them(tmp_path):
    seen, spec, sizes = [], make_spec(AXES, ["I_q"]), CutSizes(largest=8)
    run_sweep(
        spec,
        tmp_path / "out.h5",
        threads=2,
        engine=replace(STAND_IN, sizes=sizes),
        progress=lambda *now: seen.append(now),
    )
    done = [now[0] for now in seen]
    assert done == sorted(set(done))
    assert done[0] == 0
    assert len(done) == 1 + len(list(Mesh.of(spec, sizes).chunks())) > 2
    assert seen[-1] == (spec.size, spec.size)


def test_memory_does_not_grow_with_the_sweep(tmp_path):
    axes = {
        "T_S": np.linspace(0.1, 1, 1000),
        "V": np.linspace(-1, 1, 401),
        "h_exc": np.arange(10.0),
    }
    spec = make_spec(axes, ["I_q", "I_s"])
    tracemalloc.start()
    try:
        report = run_sweep(spec, tmp_path / "out.h5", threads=2, engine=STAND_IN)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert report.bytes > 2.5 * MEMORY
    assert peak < MEMORY


@pytest.mark.parametrize("outputs", [["I_q"], ["V_S"], ["I_q", "V_S"]])
def test_a_plan_tells_the_size_before_anything_is_run(tmp_path, outputs):
    spec = make_spec(AXES, outputs)
    planned = plan(spec, threads=3)
    assert list(tmp_path.iterdir()) == []
    report = run_sweep(spec, tmp_path / "out.h5", threads=1, engine=STAND_IN)
    assert (planned.points, planned.bytes) == (report.points, report.bytes)
    assert planned.junctions == 12
    assert planned.chunks == len(list(Mesh.of(spec).chunks()))
    assert planned.threads == 3
    assert planned.seconds > 0


PHYSICS = make_spec(
    {"h_exc": [0.0, 0.4], "V": BIAS, "T_S": [0.3, 0.7]}, ["I_q", "I_error", "G", "V_S", "Delta_S"]
)


def test_the_file_holds_what_a_direct_call_gives(tmp_path):
    run_sweep(PHYSICS, tmp_path / "out.h5", threads=2)
    contents = dataset.read(tmp_path / "out.h5")
    mesh = Mesh.of(PHYSICS)
    for i, j in np.ndindex(2, 2):
        row = {"h_exc": PHYSICS.axes["h_exc"][[i]], "T_S": PHYSICS.axes["T_S"][[j]]}
        direct = evaluate(PHYSICS.outputs, BIAS, mesh.junction_with(row), rtol=PHYSICS.rtol)
        assert contents.outputs["I_q"][i, :, j].tobytes() == direct.values["I_q"].tobytes()
        assert contents.outputs["G"][i, :, j].tobytes() == direct.values["G"].tobytes()
        assert contents.outputs["Delta_S"][i, j] == direct.values["Delta_S"].item()
        np.testing.assert_array_equal(contents.outputs["V_S"][i, j], direct.values["V_S"].item())


def test_bits_do_not_depend_on_threads_or_chunks(tmp_path):
    run_sweep(PHYSICS, tmp_path / "reference.h5", threads=1)
    reference = bits(tmp_path / "reference.h5")
    for number, (largest, run, threads) in enumerate(
        [(1, 1, 3), (2, 1, 1), (7, 2, 2), (64, 512, 2)]
    ):
        path = tmp_path / f"{number}.h5"
        engine = Engine(sizes=CutSizes(largest=largest, run=run))
        run_sweep(PHYSICS, path, threads=threads, engine=engine)
        assert bits(path) == reference
