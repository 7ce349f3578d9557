"""A junction in a circuit, once more: its voltage across a load, and the most that it can give."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

from thermospin.verification.recomputation import Expected, Junction, Point

UNIFORM = 24
RATIO = 3.5
"""Samples: uniform ones, and on each side of every feature at Γ/8 and so on, in this ratio."""
CURRENT = 1e-8
"""A voltage may be off by as much as this part of I_up and I_down changes it."""
NEARNESS = 1e-9
"""It may also be off by this part of itself."""
FLATNESS = 1e-8
"""An extremum may be off by this part of itself."""
BISECTIONS = 45
SECTIONS = 30
GOLDEN = 0.5 * (3.0 - math.sqrt(5.0))

LARGEST = {"power_max": "power", "efficiency_max": "efficiency", "G_load_max": "G"}
"""Outputs that are the largest of something, and of what."""
ACROSS_LOAD = ("V_load", "power_load", "efficiency_load")


def expected(name: str, junction: Junction, rtol: float, load: float) -> Expected:
    """Return an output of a junction in a circuit, and by how much a stored one may differ.

    Parameters
    ----------
    name : str
        One of `LARGEST` or of `ACROSS_LOAD`.
    junction : Junction
        The junction.
    rtol : float
        Relative accuracy asked of the stored one.
    load : float
        Conductance of the load, G_T; NaN if there is none.
    """
    if name in LARGEST:
        return _largest(LARGEST[name], junction, rtol)
    V = _across_load(junction, load)
    margin = _margin(V, junction, load)
    if name == "V_load":
        return Expected(V, margin)
    if name == "power_load":
        return Expected(V * V * load, 2.0 * abs(V) * margin * load)
    here, beside = (Point(at, junction, rtol).output("efficiency") for at in (V, V + margin))
    moved = abs(here.value - beside.value) if margin else 0.0
    return Expected(here.value, here.allowed + moved)


@lru_cache(maxsize=16)
def _charges(junction: Junction) -> tuple[tuple[float, float], ...]:
    """Return voltages V > 0 that see every feature of I_q, ascending, with I_q at each."""
    gamma = 0.125 * (junction.S.gamma + junction.Sm.gamma)
    apart, total = abs(junction.Sm.gap - junction.S.gap), junction.Sm.gap + junction.S.gap
    fields = {abs(junction.Sm.h - junction.S.h)}
    if junction.theta > 0.0:
        fields.add(abs(junction.Sm.h + junction.S.h))
    highest = total + max(fields) + junction.S.kT + junction.Sm.kT
    centres = {0.0, *fields}
    centres |= {abs(gap + side * h) for gap in (apart, total) for h in fields for side in (-1, 1)}
    found = {highest * (i + 1) / UNIFORM for i in range(UNIFORM)} | centres
    for centre in centres:
        offset = gamma
        while offset < highest / UNIFORM:
            found |= {centre - offset, centre + offset}
            offset *= RATIO
    voltages = sorted(V for V in found if 0.0 < V <= highest)
    return tuple((V, Point(V, junction, rtol=0.0).output("I_q").value) for V in voltages)


def _sides(junction: Junction) -> Iterator[tuple[float, Junction]]:
    """Yield 1 and the junction, and −1 and the one whose I_q(V) is −I_q(−V) of it."""
    yield 1.0, junction
    if junction.polarisation != 0.0:
        yield -1.0, replace(junction, polarisation=-junction.polarisation)


def _net(V: float, junction: Junction, load: float) -> float:
    return Point(V, junction, rtol=0.0).output("I_q").value + load * V


@lru_cache(maxsize=16)
def _across_load(junction: Junction, load: float) -> float:
    """Return the outermost zero of I_q + G_L V at which it rises, 0 if there is none but V = 0."""
    found = 0.0
    for side, seen in _sides(junction):
        # Above this voltage the net current is positive; walking down, it first turns negative.
        points = [V for V, _ in _charges(seen)]
        nets = [charge + load * V for V, charge in _charges(seen)]
        for i in range(len(points) - 2, -1, -1):
            low = _below_zero(i, points, nets, seen, load)
            if low is not None:
                zero = _bisected(low, points[i + 1], lambda V: _net(V, seen, load))  # noqa: B023
                found = side * zero if zero > abs(found) else found
                break
    return found


def _below_zero(
    i: int, points: list[float], nets: list[float], junction: Junction, load: float
) -> float | None:
    """Return a voltage at or around point i at which the net current is negative, if there is."""
    if nets[i] < 0.0:
        return points[i]
    if i > 0 and nets[i] <= min(nets[i - 1], nets[i + 1]):
        ends = points[i - 1], points[i], points[i + 1]
        V, net = _highest(lambda V: -_net(V, junction, load), *ends)
        return V if net > 0.0 else None
    return None


def _bisected(low: float, high: float, function: Callable[[float], float]) -> float:
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if function(middle) < 0.0 else (low, middle)
    return 0.5 * (low + high)


def _highest(
    function: Callable[[float], float], a: float, b: float, c: float
) -> tuple[float, float]:
    """Return where between a and c a function is the largest, and its value; b is the best yet."""
    top = function(b)
    for _ in range(SECTIONS):
        x = b + GOLDEN * (c - b) if c - b > b - a else b - GOLDEN * (b - a)
        value = function(x)
        if value > top:
            a, c = (b, c) if x > b else (a, b)
            b, top = x, value
        elif x > b:
            c = x
        else:
            a = x
    return b, top


def _margin(V: float, junction: Junction, load: float) -> float:
    """Return how far a zero may be off, by its own resolution, errors of I_q and of the gaps."""
    if V == 0.0:
        return 0.0
    point = Point(V, junction, rtol=0.0)
    slope = abs(sum(part.value for part in point.slopes(V)) + load)
    errors = CURRENT * sum(abs(current.value) for current in point.currents)
    for moved in junction.perturbed():
        errors += abs(_net(V, moved, load) - _net(V, junction, load))
    return NEARNESS * abs(V) + (errors / slope if slope > 0.0 else math.inf)


def _largest(what: str, junction: Junction, rtol: float) -> Expected:
    """Return the largest power, efficiency or −I_q/V at any V ≠ 0, at least 0."""
    sign = -1.0 if what == "G" else 1.0
    best, place = 0.0, 0.0
    if what == "G":
        still = Point(0.0, junction, rtol)
        if junction.polarisation and still.output("I_q").value != 0.0:
            return Expected(math.inf, 0.0)
        best = max(0.0, -still.output("G").value)
    for side, seen in _sides(junction):

        def value(V: float, seen: Junction = seen) -> float:
            found = sign * Point(V, seen, rtol).output(what).value
            return found if found > 0.0 else 0.0

        points = [V for V, charge in _charges(seen) if charge < 0.0]
        if points:
            values = [value(V) for V in points]
            i = max(range(len(points)), key=values.__getitem__)
            ends = (points[i - 1] if i else 0.5 * points[0], points[min(i + 1, len(points) - 1)])
            V, top = _highest(value, ends[0], points[i], ends[1])
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
