"""Outputs of a junction in a circuit by the slow reference: across a load, and the largest ones."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

from thermospin.verification.net_current import (
    highest,
    margin_of_zero,
    net,
    outermost_negative,
    voltages,
    voltages_below_zero,
)
from thermospin.verification.recomputation import Expected, Point
from thermospin.verification.recomputed_junction import RecomputedJunction

FLATNESS = 1e-8
"""Relative error allowed of an extremum besides."""
BISECTIONS = 45

LARGEST = {"power_max": "power", "efficiency_max": "efficiency", "G_load_max": "G"}
"""Outputs that are the largest value of another quantity over V, and that quantity."""
ACROSS_LOAD = ("V_load", "power_load", "efficiency_load")


def expected(name: str, junction: RecomputedJunction, rtol: float, load: float) -> Expected:
    """Return an output of a junction in a circuit, and how far a stored value may differ.

    Parameters
    ----------
    name : str
        One of `LARGEST` or of `ACROSS_LOAD`.
    junction : RecomputedJunction
        The junction.
    rtol : float
        Relative accuracy that was asked of the stored output.
    load : float
        Conductance of the load, G_T; NaN if there is none.
    """
    if name in LARGEST:
        return _largest(LARGEST[name], junction, rtol)
    V = _across_load(junction, load)
    margin = margin_of_zero(V, junction, load)
    if name == "V_load":
        return Expected(V, margin)
    if name == "power_load":
        return Expected(V * V * load, 2.0 * abs(V) * margin * load)
    here, beside = (Point(at, junction, rtol).output("efficiency") for at in (V, V + margin))
    moved = abs(here.value - beside.value) if margin else 0.0
    return Expected(here.value, here.allowed + moved)


def _sides(junction: RecomputedJunction) -> Iterator[tuple[float, RecomputedJunction]]:
    """Yield 1 with the junction, and −1 with the junction whose I_q(V) is its −I_q(−V).

    Without polarisation both are the same, and only the first is given.
    """
    yield 1.0, junction
    if junction.polarisation != 0.0:
        yield -1.0, replace(junction, polarisation=-junction.polarisation)


@lru_cache(maxsize=16)
def _across_load(junction: RecomputedJunction, load: float) -> float:
    """Return the outermost zero at which I_q + G_L V rises, Δ0/e; 0 if there is none but V = 0."""
    found = 0.0
    for side, seen in _sides(junction):
        # From above, this is the first voltage at which the net current is negative.
        low = outermost_negative(seen, load)
        if low is not None:
            high = next(V for V in voltages(seen) if low < V)
            zero = _bisected(low, high, lambda V: net(V, seen, load))  # noqa: B023
            found = side * zero if zero > abs(found) else found
    return found


def _bisected(low: float, high: float, function: Callable[[float], float]) -> float:
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if function(middle) < 0.0 else (low, middle)
    return 0.5 * (low + high)


def _largest(what: str, junction: RecomputedJunction, rtol: float) -> Expected:
    """Return the largest power, efficiency or −I_q/V (``what`` is G) over all V ≠ 0, at least 0."""
    sign = -1.0 if what == "G" else 1.0
    best, place = 0.0, 0.0
    if what == "G":
        still = Point(0.0, junction, rtol)
        if junction.polarisation and still.output("I_q").value != 0.0:
            return Expected(math.inf, 0.0)
        best = max(0.0, -still.output("G").value)
    for side, seen in _sides(junction):

        def value(V: float, seen: RecomputedJunction = seen) -> float:
            found = sign * Point(V, seen, rtol).output(what).value
            return found if found > 0.0 else 0.0

        negative = voltages_below_zero(seen)
        if negative:
            everywhere = sorted({*voltages(seen), *negative})
            middle = max(negative, key=value)
            i = everywhere.index(middle)
            low = everywhere[i - 1] if i else 0.5 * middle
            V, top = highest(value, low, middle, everywhere[min(i + 1, len(everywhere) - 1)])
            if top > best:
                best, place = top, side * V
    if best == 0.0:
        return Expected(0.0, 0.0)
    here = Point(place, junction, rtol).output(what)
    blur = sum(
        abs(Point(place, moved, rtol).output(what).value - here.value)
        for moved in junction.perturbed()
    )
    return Expected(best, here.allowed + blur + FLATNESS * best)
