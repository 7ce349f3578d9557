"""Values of the kernels for some junctions beside right values, and the verdict on each.

A value must be within ``rtol`` of the right one, or within `ROUNDING` of the integral of the
modulus of its integrand, unless it is flagged; and within its own estimate, if it has one.

The right values come from tests/support/oracle.py. They are drafted in double precision first;
wherever a draft cannot tell for certain, and at every small ``rtol``, they are taken in extended
precision.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ordeal.kinds import NAMES, Draw, junction_of
from thermospin.kernels.kinds import CONDUCTANCE, CURRENT
from thermospin.observables.biased_points import points_of
from thermospin.observables.conductances import chord_conductance
from thermospin.observables.points import Points
from thermospin.observables.spin_currents import spin_currents
from thermospin.observables.spin_up_integrals import HEAT_AND_NOISE

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "support"))
import oracle

from thermospin.junction import FloatArray

BoolArray = NDArray[np.bool_]

ROUNDING = 1e-14
"""Rounding error allowed of a sum, relative to the integral of the modulus: it is documented for
currents, and sums of some hundred terms of either sign need no less."""
SMALLEST = 1e-290
"""Smaller values count as 0: they are near the end of the range of doubles."""
DRAFT_ERROR = 2e-15
"""Bound of the error of a draft, relative to the integral of the modulus: eight times a typical
error."""
CERTAIN = 0.5
"""A draft settles that a deviation is below its limit if it is below this part of the limit."""
NEAR = 0.25, 8.0
"""I_q/V may come from slopes where the currents are analytic within this part of V around the real
axis, and from currents unless they are so within the second number times V."""
FINEST_DRAFTED = 1e-11
"""The smallest ``rtol`` for which drafts are precise enough."""


class Found(NamedTuple):
    """Values of the kernels, estimates of their errors (NaN without), and if they are unflagged."""

    value: FloatArray
    estimate: FloatArray
    met: BoolArray


class Right(NamedTuple):
    """Right values, the sizes that ``rtol`` refers to, integrals of the modulus, and the errors."""

    value: FloatArray
    size: FloatArray
    modulus: FloatArray
    error: FloatArray


@dataclass(frozen=True)
class Verdict:
    """The verdict on an output at each point: its deviation over that allowed and its estimate."""

    output: str
    found: FloatArray
    right: FloatArray
    over_allowed: FloatArray
    over_estimate: FloatArray
    met: BoolArray


@dataclass(frozen=True)
class Part:
    """Outputs that come from one call of the kernels and from one of the oracle."""

    outputs: tuple[str, ...]
    found: Callable[[Points], list[Found]]
    right: Callable[[Any], list[Right]]


# --- what the kernels give ------------------------------------------------------------------


def _current(points: Points) -> list[Found]:
    return [Found(*points.spin_up(CURRENT, points.voltage))]


def _flows(points: Points) -> list[Found]:
    value, estimate, met = points.spin_up(HEAT_AND_NOISE, points.voltage)
    return [Found(value[:, k], estimate[:, k], met) for k in range(value.shape[1])]


def _slope(points: Points) -> list[Found]:
    return [Found(*points.spin_up(CONDUCTANCE, points.voltage))]


def _slope_without_bias(points: Points) -> list[Found]:
    return [Found(*points.spin_up(CONDUCTANCE, 0.0 * points.voltage))]


def _chord(points: Points) -> list[Found]:
    currents = spin_currents(points)
    value, _, met = chord_conductance(points, currents)
    return [Found(value, np.full(value.shape, np.nan), met & currents.converged)]


# --- right values ----------------------------------------------------------------------------


def _right(integral: Any) -> Right:
    return Right(integral.value, np.abs(integral.value), integral.modulus, integral.error)


def _right_flows(j: Any) -> list[Right]:
    flows = [_right(integral) for integral in oracle.spin_up(j)]
    return [flows[0], *flows]


def _right_slope(j: Any) -> list[Right]:
    return [_right(oracle.spin_up_slope(j))]


def _right_slope_without_bias(j: Any) -> list[Right]:
    return _right_slope(j.at(0.0 * j.V))


def _right_chord(j: Any) -> list[Right]:
    """Return I_q/V. It may be as accurate as the currents, or as the slopes near V = 0."""
    chord, rough = oracle.conductance(j), j.with_effort(oracle.DRAFT)
    size, modulus = np.abs(chord.value), 1.0 * chord.modulus
    radius = oracle.smooth_within(rough) / np.maximum(np.abs(rough.V), np.finfo(np.float64).tiny)
    for some, sums in ((radius > NEAR[0], _of_both_slopes), (radius < NEAR[1], _of_both_currents)):
        if some.any():
            for mine, its in zip((size, modulus), sums(rough[some]), strict=True):
                mine[some] = np.maximum(mine[some], its)
    return [Right(chord.value, size, modulus, chord.error)]


def _of_both_slopes(j: Any) -> tuple[FloatArray, FloatArray]:
    """Return how large the slopes of both spins are, and the integrals of their moduli."""
    up, down = (oracle.spin_up_slope(j.at(sign * j.V)) for sign in (1, -1))
    return np.abs(up.value) + np.abs(down.value), up.modulus + down.modulus


def _of_both_currents(j: Any) -> tuple[FloatArray, FloatArray]:
    """Return how large the currents of both spins are over V, and the integrals of their moduli."""
    up, down = (oracle.spin_up(j.at(sign * j.V)).current for sign in (1, -1))
    size = np.abs(j.V)
    return (np.abs(up.value) + np.abs(down.value)) / size, (up.modulus + down.modulus) / size


PARTS = (
    Part(("I", "I of flows", "J_S", "J_Sm", "R"), lambda p: _current(p) + _flows(p), _right_flows),
    Part(("dI/dV",), _slope, _right_slope),
    Part(("G_0",), _slope_without_bias, _right_slope_without_bias),
    Part(("G",), _chord, _right_chord),
)
"""The outputs, of spin up except G: for spin down they follow from those of spin up at −V."""


# --- the verdicts ---------------------------------------------------------------------------


def verdicts(draw: Draw, rtol: FloatArray, parts: Sequence[Part] = PARTS) -> list[Verdict]:
    """Return the verdicts on outputs of random junctions.

    Parameters
    ----------
    draw : Draw
        The parameters of n junctions.
    rtol : ndarray
        The tolerance of each junction, shape (n,), a few different ones in all.
    parts : sequence of Part, optional
        The outputs judged.
    """
    return [verdict for part in parts for verdict in _of_part(part, draw, rtol)]


def _of_part(part: Part, draw: Draw, rtol: FloatArray) -> list[Verdict]:
    found = _all_found(part, draw, rtol)
    right = part.right(oracle.Junctions.of(effort=oracle.DRAFT, **draw))
    open_questions = np.flatnonzero(_uncertain(found, right, rtol))
    if open_questions.size:
        some = {name: draw[name][open_questions] for name in NAMES}
        exact = part.right(oracle.Junctions.of(effort=oracle.ONCE, **some))
        right = [
            Right(*(_replaced(old, open_questions, new) for old, new in zip(*pair, strict=True)))
            for pair in zip(right, exact, strict=True)
        ]
    return [
        Verdict(output, mine.value, its.value, *_ratios(mine, its, rtol), mine.met)
        for output, mine, its in zip(part.outputs, found, right, strict=True)
    ]


def _all_found(part: Part, draw: Draw, rtol: FloatArray) -> list[Found]:
    number = rtol.size
    found = [
        Found(np.empty(number), np.empty(number), np.empty(number, np.bool_)) for _ in part.outputs
    ]
    for one in np.unique(rtol):
        chosen = rtol == one
        some_of_them = {name: draw[name][chosen] for name in NAMES}
        points, _ = points_of(some_of_them["V"], junction_of(some_of_them), one)
        for whole, some in zip(found, part.found(points), strict=True):
            for mine, its in zip(whole, some, strict=True):
                mine[chosen] = its
    return found


def _replaced(old: FloatArray, where: NDArray[np.intp], new: FloatArray) -> FloatArray:
    replaced = old.astype(new.dtype)
    replaced[where] = new
    return replaced


def _deviation(found: Found, right: Right) -> FloatArray:
    """Return by how much a value is off for certain; NaN and infinity are off by infinity."""
    off = np.maximum(np.abs(found.value - right.value) - right.error - SMALLEST, 0.0)
    return np.where(np.isfinite(found.value), off, np.inf)


def _allowed(right: Right, rtol: FloatArray) -> FloatArray:
    return np.maximum(rtol * right.size, ROUNDING * right.modulus)


def _ratios(found: Found, right: Right, rtol: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the deviation over that allowed, and over its estimate (NaN without an estimate)."""
    off, allowed = _deviation(found, right), _allowed(right, rtol)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = (
            np.where(off > 0.0, off / limit, 0.0 * limit) for limit in (allowed, found.estimate)
        )
        over_allowed, over_estimate = (ratio.astype(np.float64) for ratio in ratios)
    return over_allowed, over_estimate


def _uncertain(found: Sequence[Found], right: Sequence[Right], rtol: FloatArray) -> BoolArray:
    """Return the points at which drafts of right values do not settle every verdict."""
    uncertain = rtol < FINEST_DRAFTED
    for mine, its in zip(found, right, strict=True):
        draft = its._replace(error=-DRAFT_ERROR * its.modulus)  # off by so much at most
        for ratio in _ratios(mine, draft, rtol):
            uncertain |= ratio > CERTAIN
    return uncertain
