"""The same bits on every x86-64 processor.

No test can change the processor, but it can have the kernels compiled for another one, and keep
NumPy and OpenBLAS from the code that they have for this one.
"""

import ast
import json
import os
import platform
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from frozen_records import INTERPRETED
from llvmlite import binding
from numba.core.errors import TypingError

import thermospin
from thermospin.machine import packed_series, packed_sums
from thermospin.machine.arithmetic import fma
from thermospin.machine.compilation import from_python
from thermospin.machine.record_copies import copy_record

SCRIPT = Path(__file__).parents[1].joinpath("support", "bits_of_results.py")
HOST = binding.get_host_cpu_features()
WITHOUT_FMA = "sandybridge"

PACKAGE = Path(thermospin.__file__).parent
COMPUTING = [
    path
    for room in ("machine", "kernels", "dense", "observables", "gap.py")
    for path in (PACKAGE / room, *sorted((PACKAGE / room).glob("*.py")))
    if path.is_file()
]
ROUNDED_BY_THE_PROCESSOR = {
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "power", "float_power", "cbrt"),
    *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "hypot"),
    *("sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh"),
    *("dot", "vdot", "inner", "matmul", "tensordot", "geomspace", "logspace"),
}
"""Functions of NumPy that round as the processor likes; BLAS takes sums as it likes, too."""

machine_code = pytest.mark.skipif(
    INTERPRETED or platform.machine() not in ("x86_64", "AMD64") or not HOST.get("fma"),
    reason="there is no machine code, or not that of x86-64 with FMA",
)


def printed(*command, **settings):
    """Return what a new Python prints, with other settings in its environment."""
    environment = os.environ | settings
    command = [sys.executable, *map(str, command)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def of_another(processor):
    """Return the settings with which the libraries work as they do on another processor."""
    from numpy._core import _multiarray_umath as compiled

    there = [name for name in compiled.__cpu_dispatch__ if compiled.__cpu_features__[name]]
    return {
        "NUMBA_CPU_NAME": processor,
        "NUMBA_CPU_FEATURES": "",
        "NPY_DISABLE_CPU_FEATURES": " ".join(there),
        "OPENBLAS_CORETYPE": "Nehalem",
    }


def fused(a, b, c):
    """Return a·b + c, rounded once: so are fractions."""
    return float(Fraction(a) * Fraction(b) + Fraction(c))


def in_lanes(weights, values):
    """Return the sum of products in the order that ``packed_sums`` promises, product by product."""
    lanes = [0.0] * 8
    for i, (weight, value) in enumerate(zip(weights, values, strict=True)):
        lanes[i % 8] = fused(weight, value, lanes[i % 8])
    for width in (4, 2, 1):
        lanes = [lanes[k] + lanes[k + width] for k in range(width)]
    return lanes[0]


@machine_code
@pytest.mark.parametrize("count", [0, 8, 24, 64])
def test_sums_are_taken_in_eight_lanes_whatever_the_processor(count):
    random = np.random.default_rng(count)
    value, weights = random.normal(size=64), random.normal(size=(6, 64))
    found = from_python(packed_sums.weighted_sums)(value, weights, count)
    rows = [weights[1], *weights[2:]]
    expected = [in_lanes(row[:count], value[:count]) for row in rows]
    assert found[0] == expected[0]
    assert found[1] == in_lanes(weights[1, :count], np.abs(value[:count]))
    assert list(found[2:]) == expected[1:]
    added = from_python(packed_sums.row_sums)(weights, count)
    assert list(added) == [in_lanes(row[:count], np.ones(count)) for row in weights[:3]]


@machine_code
@pytest.mark.parametrize("count", [0, 8, 24, 64])
def test_sums_over_strided_numbers_have_the_same_bits(count):
    table = np.random.default_rng(count).normal(size=(6, 64, 3))[:, :, 1]
    added = from_python(packed_sums.row_sums)(table, count)
    assert list(added) == [in_lanes(row[:count], np.ones(count)) for row in table[:3]]


@machine_code
def test_lanes_of_two_nodes_add_up_to_the_same_bits():
    """As four neighbouring threads of a card sum over the nodes of a piece."""
    random = np.random.default_rng(5)
    value, weights = random.normal(size=64), random.normal(size=(6, 64))
    with_term = from_python(packed_sums.with_term)
    lanes = []
    for first in range(8):
        sums = packed_sums.NO_TERMS
        for i in range(first, 64, 8):
            sums = with_term(sums, value[i], weights, i)
        lanes.append(np.array(sums))
    a, b, c, d = (lanes[k] + lanes[k + 4] for k in range(4))
    found = from_python(packed_sums.weighted_sums)(value, weights, 64)
    np.testing.assert_array_equal((a + c) + (b + d), found)


@machine_code
@pytest.mark.parametrize("terms", [2, 4, 48])
@pytest.mark.parametrize("count", [0, 8, 24])
def test_a_series_is_summed_from_its_last_term_at_every_argument(terms, count):
    random = np.random.default_rng(terms)
    series, arguments = random.normal(size=48), random.uniform(-2.0, 2.0, 32)
    found = np.full(32, np.nan)
    from_python(packed_series.sum_series)(series, terms, arguments, found, count)
    assert np.isnan(found[count:]).all()
    for t, value in zip(arguments[:count], found[:count], strict=True):
        after, total = 0.0, series[terms - 1]
        for c in series[terms - 2 : 0 : -1]:
            after, total = total, fused(t, total, c - after)
        assert value == fused(0.5 * t, total, series[0] - after)
    exact = np.polynomial.chebyshev.chebval(0.5 * arguments[:count], series[:terms])
    np.testing.assert_allclose(found[:count], exact, rtol=1e-12, atol=1e-12)


@machine_code
def test_a_series_that_does_not_lie_in_a_row_is_refused():
    row = np.ones(8)
    with pytest.raises(TypingError, match="series are summed over rows of doubles"):
        from_python(packed_series.sum_series)(row, 8, np.ones((8, 2))[:, 0], row, 8)


@machine_code
@pytest.mark.parametrize(
    ("value", "weights"),
    [
        (np.ones((64, 2)), np.ones((6, 64))),
        (np.ones(64, dtype=np.float32), np.ones((6, 64))),
        (np.ones(64), np.asfortranarray(np.ones((6, 64)))),
    ],
)
def test_what_does_not_lie_in_rows_is_refused(value, weights):
    with pytest.raises(TypingError, match="sums are over rows of doubles"):
        from_python(packed_sums.weighted_sums)(value, weights, 8)


@machine_code
def test_a_copied_record_leaves_alone_what_lies_between_its_fields():
    fields = {"names": ["a", "b"], "formats": ["f8", "i8"]}
    copied = from_python(copy_record)
    together = np.array([(1.5, 2), (0.0, 0)], np.dtype(fields, align=True))
    copied(together[0], together[1])
    assert together[1] == together[0]
    apart = np.dtype(fields | {"offsets": [0, 16], "itemsize": 32}, align=True)
    numbers = np.arange(8, dtype=np.int64)
    records = numbers.view(apart)
    copied(records[0], records[1])
    assert numbers.tolist() == [0, 1, 2, 3, 0, 5, 2, 7]
    with pytest.raises(TypingError, match="copies are from a record to another"):
        copied(records[0], 1.0)


@machine_code
def test_a_fused_product_is_rounded_once():
    random = np.random.default_rng(1)
    once = from_python(fma)
    for a, b in random.normal(size=(200, 2)):
        assert once(a, b, -a * b) == fused(a, b, -a * b)


def rounded_by_the_processor(source):
    """Return what in a source leaves the last bits to the processor."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", None) == "np":
            found |= {node.attr} & ROUNDED_BY_THE_PROCESSOR
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            found.add("@")
        elif isinstance(node, ast.keyword) and node.arg == "fastmath":
            found.add("fastmath")
    return found


@pytest.mark.parametrize("path", COMPUTING, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_leaves_the_last_bits_to_the_processor(path):
    assert rounded_by_the_processor(path.read_text(encoding="utf-8")) == set()


def test_this_test_sees_what_it_looks_for():
    source = "np.tanh(x) + a @ b + np.sqrt(x)\nnumba.njit(fastmath=True)(f)"
    assert rounded_by_the_processor(source) == {"tanh", "@", "fastmath"}


WIDER = ["skylake-avx512"] if HOST.get("avx512f") else []
"""Processors whose code only a wide one can run."""


@machine_code
def test_the_bits_are_those_of_a_processor_half_as_wide(tmp_path):
    here = printed(SCRIPT)
    assert printed(SCRIPT, NUMBA_CACHE_DIR=str(tmp_path), **of_another("haswell")) == here
    digests = json.loads(here).values()
    assert len(set(digests)) == len(digests)


@pytest.mark.slow
@machine_code
@pytest.mark.parametrize("processor", ["haswell", "znver2", *WIDER, WITHOUT_FMA])
def test_all_results_have_the_same_bits_on_other_processors(tmp_path, processor):
    there = printed(SCRIPT, "all", NUMBA_CACHE_DIR=str(tmp_path), **of_another(processor))
    assert there == printed(SCRIPT, "all")


@machine_code
@pytest.mark.skipif(not HOST.get("avx512f"), reason="NumPy has no other code for this processor")
def test_the_libraries_do_take_other_code_then():
    code = "import numpy as np; print(np.exp(np.linspace(-9, 9, 10_000)).tobytes().hex())"
    here, there = printed("-c", code), printed("-c", code, **of_another("haswell"))
    assert here != there
    assert len(here) == len(there)
