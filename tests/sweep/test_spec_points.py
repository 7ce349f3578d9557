"""The points of long axes: as many as one likes, each the float nearest to its number."""

from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thermospin.spec import axis_points, double_double

EXAMPLES = 60
LONG = st.integers(double_double.BLOCK + 1, 2 * double_double.BLOCK + 7)


@st.composite
def decimals(draw, lowest, highest):
    """Draw a decimal number of some digits and some size, as one would write it."""
    digits = draw(st.integers(1, 10 ** draw(st.integers(1, 17)) - 1))
    power = draw(st.integers(lowest, highest)) - len(str(digits))
    return Fraction(digits) * Fraction(10) ** power


def nearest(start, stop, num):
    step = (stop - start) / (num - 1)
    return [float(start + i * step) for i in range(num)]


@settings(max_examples=EXAMPLES, deadline=None)
@given(decimals(-7, 3), decimals(-7, 3), st.sampled_from([(1, 1), (-1, 1), (-1, -1)]), LONG)
def test_every_point_of_a_long_range_is_the_nearest_float(a, b, signs, num):
    start, stop = sorted((signs[0] * a, signs[1] * b))
    if start < stop:
        assert axis_points.linear_points(start, stop, num).tolist() == nearest(start, stop, num)


@settings(max_examples=EXAMPLES, deadline=None)
@given(decimals(-7, 3), LONG)
def test_a_long_range_about_zero_is_antisymmetric_to_the_last_bit(end, num):
    points = axis_points.linear_points(-end, end, num)
    assert points.tobytes() == (0.0 - points[::-1]).tobytes()


def nearest_of_ratios(start, stop, num):
    with localcontext() as context:
        context.prec = 80
        first, last = (Decimal(end.numerator) / Decimal(end.denominator) for end in (start, stop))
        logarithm = (last / first).ln()
        return [float(first * (logarithm * i / (num - 1)).exp()) for i in range(0, num, 97)]


@settings(max_examples=EXAMPLES // 3, deadline=None)
@given(decimals(-7, 12), decimals(-7, 12), LONG)
def test_every_point_of_a_long_logarithmic_range_is_the_nearest_float(a, b, num):
    start, stop = sorted((a, b))
    if start < stop:
        points = axis_points.log_points(start, stop, num)
        assert points[::97].tolist() == nearest_of_ratios(start, stop, num)
        assert len(points) == num


@pytest.mark.parametrize("decades", [3, 20])
def test_decades_are_exact_in_a_long_range(decades):
    points = axis_points.log_points(
        Fraction(10) ** -8, Fraction(10) ** (decades - 8), 1000 * decades + 1
    )
    assert points[::1000].tolist() == [float(f"1e{k - 8}") for k in range(decades + 1)]


@pytest.mark.parametrize(
    ("start", "stop"), [("1e-300", "1"), ("1e-8", "1e300"), ("1e-320", "1e-310")]
)
def test_beyond_the_range_of_floats_points_are_as_near(start, stop):
    first, last, num = Fraction(start), Fraction(stop), double_double.BLOCK + 98
    assert axis_points.linear_points(first, last, num).tolist() == nearest(first, last, num)
    assert axis_points.log_points(first, last, num)[::97].tolist() == nearest_of_ratios(
        first, last, num
    )


def test_hardly_any_point_of_a_long_axis_is_computed_one_by_one():
    """That took 45 seconds for 1e8 points of a logarithmic axis."""
    asked = []
    start, step = Fraction("0.1234567890123"), Fraction("1.000000987e-7")
    with localcontext() as context:
        context.prec = 60
        double_double.linear(start, step, 10**6, lambda i: asked.append(i) or 0.0)
        double_double.geometric(
            Decimal("0.3"), Decimal("1.00001"), 10**6, lambda i: asked.append(i) or 0.0
        )
    assert len(asked) < 10
    assert np.ptp(axis_points.log_points(Fraction(1), Fraction(2), 10**6)) == 1.0
