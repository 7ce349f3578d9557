"""Chunks cover the mesh once, stay small, and know where their values belong."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep_cases import make_spec

from thermospin.dataset import is_biased
from thermospin.execution.chunks import Mesh
from thermospin.execution.cut_sizes import CUT_SIZES, CutSizes

ORDERS = [("V", "T_S", "h_exc"), ("T_S", "V", "h_exc"), ("T_S", "h_exc", "V"), ("T_S", "h_exc")]


def spec_of(order, lengths, outputs, symmetric=False):
    starts = {"V": 0.1, "T_S": 0.1, "h_exc": 0.0}
    axes = {
        name: starts[name] + 0.01 * np.arange(n) for name, n in zip(order, lengths, strict=False)
    }
    if symmetric and "V" in axes:
        n = len(axes["V"])
        axes["V"] = (2.0 * np.arange(n) - (n - 1)) / 1000
    return make_spec(axes, outputs, fixed={} if "V" in order else {"V": 0.1})


@settings(deadline=None, max_examples=60)
@given(
    order=st.sampled_from(ORDERS),
    lengths=st.tuples(*[st.integers(1, 13)] * 3),
    outputs=st.sampled_from([("I_q",), ("I_q", "V_S"), ("V_S",)]),
    symmetric=st.booleans(),
    largest=st.sampled_from([1, 5, 64, 1000]),
    run=st.sampled_from([1, 4, 512]),
)
def test_every_value_is_written_once(order, lengths, outputs, symmetric, largest, run):
    sizes = CutSizes(largest=largest, run=run)
    mesh = Mesh.of(spec_of(order, lengths, outputs, symmetric), sizes)
    every = list(mesh.chunks())
    assert mesh.chunk_count() == len(every)
    assert every[0].points == max(chunk.points for chunk in every)
    for biased in {is_biased(name) for name in outputs}:
        total = mesh.points if biased else mesh.junctions
        written = np.zeros(total, dtype=int)
        for chunk in mesh.chunks():
            if biased in map(is_biased, chunk.variables):
                runs = mesh.runs(chunk, biased=biased)
                for first, length in runs:
                    written[first : first + length] += 1
                count = chunk.junctions * (chunk.bias_count if biased else 1)
                assert sum(length for _, length in runs) == count
        assert (written == 1).all()


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("lengths", [(3000, 40, 30), (7, 5, 90000), (100, 100, 100), (1, 1, 1)])
@pytest.mark.parametrize("outputs", [("I_q",), ("I_q", "V_S"), ("V_S",)])
@pytest.mark.parametrize("symmetric", [True, False])
def test_chunks_are_bounded_and_lie_in_long_runs(order, lengths, outputs, symmetric):
    mesh = Mesh.of(spec_of(order, lengths, outputs, symmetric))
    assert mesh.chunk_count() == len(list(mesh.chunks()))
    for chunk in mesh.chunks():
        assert chunk.junctions * chunk.bias_count <= CUT_SIZES.largest
        assert len(mesh.runs(chunk, biased=True)) <= 2 * CUT_SIZES.largest / CUT_SIZES.run


@pytest.mark.parametrize("count", [1, 2, 3, 8, 1001, 300_000])
@pytest.mark.parametrize("rest", [1, 30])
def test_symmetric_bias_stays_symmetric_in_every_chunk(count, rest):
    mesh = Mesh.of(spec_of(("T_S", "V"), (rest, count), ("I_q",), symmetric=True))
    assert mesh.mirrored
    for chunk in mesh.chunks():
        bias = mesh.bias_of(chunk)
        assert np.array_equal(bias, -bias[::-1])


def test_bias_that_is_not_quite_symmetric_is_taken_as_it_is():
    bias = np.array([-0.2, 0.0, np.nextafter(0.2, 1.0)])
    assert not Mesh.of(make_spec({"V": bias}, ["I_q"])).mirrored


def test_the_junctions_of_a_chunk_are_those_of_the_mesh():
    axes = {"T_S": [0.1, 0.2, 0.3], "V": [0.1, 0.2], "h_exc": [0.0, 0.5], "T_Sm": [0.01, 0.02]}
    mesh = Mesh.of(make_spec(axes, ["I_q"]))
    (chunk,) = mesh.chunks()
    junction = mesh.junction(chunk)
    whole = np.meshgrid(axes["T_S"], axes["h_exc"], axes["T_Sm"], indexing="ij")
    for name, values in zip(("T_S", "h_exc", "T_Sm"), whole, strict=True):
        assert np.array_equal(getattr(junction, name), values.ravel())
    assert junction.h_S == 0.0


def test_a_hundred_million_bias_values_are_split():
    bias = np.broadcast_to(0.0, (10**8,))  # takes no memory
    spec = make_spec({"T_S": [0.5]}, ["I_q"])
    mesh = Mesh(spec, ("T_S",), (), bias, mirrored=True)
    assert mesh.points == 10**8
    sizes = [chunk.bias_count for chunk in mesh.chunks()]
    assert sum(sizes) == 10**8
    assert max(sizes) <= CUT_SIZES.largest


@pytest.mark.parametrize("order", [("T_S", "V"), ("T_S", "h_exc")])
def test_the_last_chunks_are_small_so_that_all_threads_end_together(order):
    mesh = Mesh.of(spec_of(order, (3000, 3000), ("I_q",)))
    sizes = [chunk.points for chunk in mesh.chunks()]
    assert sizes[:-1] == sorted(sizes[:-1], reverse=True)
    assert 0.9 * CUT_SIZES.largest < sizes[0] <= CUT_SIZES.largest
    assert sizes[-2] <= CUT_SIZES.last
    assert len(sizes) < 2 * mesh.points / CUT_SIZES.largest + CUT_SIZES.fewest


def test_a_sweep_of_a_million_points_is_not_cut_finer():
    mesh = Mesh.of(spec_of(("T_S", "V"), (1000, 1000), ("I_q",)))
    sizes = {chunk.points for chunk in mesh.chunks()}
    assert sizes == {15_000, 10_000}


def test_chunks_that_are_too_many_to_go_through_are_counted():
    axes = {"T_S": np.linspace(0.1, 1.0, 40_000), "h_exc": np.linspace(0.0, 0.7, 45_000)}
    mesh = Mesh.of(make_spec(axes, ["V_S", "power_max"]))
    first = next(mesh.chunks())
    assert mesh.chunk_count() > 10_000_000
    assert mesh.chunk_count() == pytest.approx(mesh.points / first.points, rel=1e-4)


@pytest.mark.parametrize("order", [("h_exc", "T_S", "V"), ("T_S", "h_exc", "V"), ("V", "h_exc")])
def test_chunks_of_families_are_counted(order):
    axes = {"h_exc": np.linspace(0.0, 0.7, 141), "T_S": np.linspace(0.3, 0.9, 7)}
    axes |= {"V": np.linspace(-1.0, 1.0, 401)}
    mesh = Mesh.of(make_spec({name: axes[name] for name in order}, ["I_q"]))
    assert mesh.family() > 1
    assert mesh.chunk_count() == len(list(mesh.chunks()))
