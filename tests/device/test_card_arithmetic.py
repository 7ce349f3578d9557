"""Roots and quotients as a card takes them, computed here from what its tables would give."""

import numpy as np
import pytest
from frozen_records import INTERPRETED
from numba import types
from numba.extending import intrinsic

from thermospin.machine import arithmetic
from thermospin.machine.compilation import from_python

pytestmark = pytest.mark.skipif(INTERPRETED, reason="there is machine code to test")
COUNT = 20_000
TABLES = 1e-6
"""Relative error of the tables of a card, in either direction."""
DOUBLE = types.float64


def root_from(about):
    @intrinsic
    def near(_typing_context, _x, _inverse):
        def codegen(_context, builder, _signature, arguments):
            return arithmetic.root_near(builder, *arguments)

        return DOUBLE(DOUBLE, DOUBLE), codegen

    compute = from_python(near)
    return lambda x: compute(x, about / np.sqrt(x))


def quotient_from(about):
    @intrinsic
    def near(_typing_context, _a, _b, _inverse):
        def codegen(_context, builder, _signature, arguments):
            return arithmetic.quotient_near(builder, *arguments)

        return DOUBLE(DOUBLE, DOUBLE, DOUBLE), codegen

    compute = from_python(near)
    return lambda a, b: compute(a, b, about / b)


@pytest.mark.parametrize("error", [-TABLES, 0.0, TABLES])
def test_roots_are_rounded_to_nearest(error):
    x = 10.0 ** np.random.default_rng(6).uniform(-300.0, 300.0, COUNT)
    root = root_from(1.0 + error)
    np.testing.assert_array_equal([root(each) for each in x], np.sqrt(x))


@pytest.mark.parametrize("error", [-TABLES, 0.0, TABLES])
def test_quotients_are_rounded_to_nearest(error):
    random = np.random.default_rng(7)
    a = random.uniform(1.0, 10.0, COUNT) * 10.0 ** random.integers(-150, 150, COUNT)
    b = random.uniform(1.0, 10.0, COUNT) * 10.0 ** random.integers(-150, 150, COUNT)
    b *= random.choice([-1.0, 1.0], COUNT)
    a[0] = 0.0
    quotient = quotient_from(1.0 + error)
    found = [quotient(top, bottom) for top, bottom in zip(a, b, strict=True)]
    np.testing.assert_array_equal(found, a / b)


@pytest.mark.parametrize("size", [1e-300, 1e300])
def test_both_ends_of_the_range(size):
    assert root_from(1.0)(size) == np.sqrt(size)
    assert quotient_from(1.0)(3.0, size) == 3.0 / size
