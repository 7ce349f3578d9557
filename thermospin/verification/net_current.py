"""Where the net current I_q + G_L V of a junction with a load is negative, found from samples.

Samples gather on either side of each voltage at which I_q has a feature. Where a sample lies below
both its neighbours and is positive, the dip is followed to its lowest point by golden sections.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

from thermospin.verification.recomputation import Point
from thermospin.verification.recomputed_film_densities import film_density
from thermospin.verification.recomputed_junction import RecomputedJunction
from thermospin.verification.recomputed_sidebands import sidebands
from thermospin.verification.slow_reference import Lead

UNIFORM = 24
RATIO = 3.5
"""There are `UNIFORM` equidistant samples, and others on each side of every feature, at distances
that grow from (Γ_S + Γ_Sm)/8 by the factor `RATIO`."""
CURRENT = 1e-8
"""Relative error allowed of I_up and I_down; a zero may be off by what that does to it."""
NEARNESS = 1e-9
"""Relative error allowed of a zero besides."""
WEAK = 1e-4
"""Weight of a sideband below which it no longer extends the search."""
FAINT = 1e-9
"""Weight of a sideband below which it does not change the sign of a current."""
SECTIONS = 30  # golden sections
GOLDEN = 0.5 * (3.0 - math.sqrt(5.0))


@lru_cache(maxsize=16)
def voltages(junction: RecomputedJunction) -> tuple[float, ...]:
    """Return the sampled voltages V > 0 of a junction, in Δ0/e, ascending.

    The last lies above every feature of I_q, where I_q > 0.
    """
    gamma = 0.125 * (junction.S.gamma + junction.Sm.gamma)
    total, fields = junction.Sm.gap + junction.S.gap, _fields(junction)
    highest = total + max(fields) + junction.S.kT + junction.Sm.kT
    centres = {0.0, *fields, *_meetings(junction)}
    found = {highest * (i + 1) / UNIFORM for i in range(UNIFORM)} | centres
    for centre in centres:
        offset = gamma
        while offset < highest / UNIFORM:
            found |= {centre - offset, centre + offset}
            offset *= RATIO
    return tuple(sorted(V for V in found if 0.0 < V <= highest))


def _fields(junction: RecomputedJunction) -> set[float]:
    """Return the fields that the spins of both leads see together, in Δ0."""
    fields = {abs(junction.Sm.h - junction.S.h)}
    return fields | {abs(junction.Sm.h + junction.S.h)} if junction.theta > 0.0 else fields


def _meetings(junction: RecomputedJunction) -> set[float]:
    """Return voltages at which fast changes of the densities of both leads meet, in Δ0/e."""
    if junction.has_film:
        of_S, of_Sm = (_fast_changes(lead) for lead in (junction.S, junction.Sm))
        return {abs(above - below) for above in of_Sm for below in of_S}
    gaps = (abs(junction.Sm.gap - junction.S.gap), junction.Sm.gap + junction.S.gap)
    fields = _fields(junction)
    return {abs(gap + side * h) for gap in gaps for h in fields for side in (-1, 1)}


def _fast_changes(lead: Lead) -> list[float]:
    """Return energies at which the density of spin up of a lead changes fast, in Δ0."""
    if lead.is_film:
        return film_density(lead.film, lead.gamma).features()
    return [lead.gap - lead.h, -lead.gap - lead.h]


@lru_cache(maxsize=16)
def _charges(junction: RecomputedJunction) -> tuple[float, ...]:
    return tuple(net(V, junction, 0.0) for V in voltages(junction))


def net(V: float, junction: RecomputedJunction, load: float) -> float:
    """Return the net current I_q + G_L V, in G_T Δ0/e; 0 where rounding hides the sign.

    Parameters
    ----------
    V : float
        Bias voltage, in Δ0/e.
    junction : RecomputedJunction
        The junction.
    load : float
        Conductance G_L of the load, in G_T; 0 without a load.
    """
    charge = Point(V, junction, rtol=0.0).output("I_q")
    value = charge.value + load * V
    return value if abs(value) > charge.allowed else 0.0


def margin_of_zero(V: float, junction: RecomputedJunction, load: float) -> float:
    """Return how far a stored zero of the net current may be off, in Δ0/e.

    It may be off by its resolution, and by what errors of the currents and of the gaps do to it;
    parameters as of `net`.
    """
    if V == 0.0:
        return 0.0
    point = Point(V, junction, rtol=0.0)
    slope = abs(sum(part.value for part in point.slopes(V)) + load)
    errors = CURRENT * sum(abs(current.value) for current in point.currents)
    charge = point.output("I_q").value
    for moved in junction.perturbed():
        errors += abs(Point(V, moved, rtol=0.0).output("I_q").value - charge)
    return NEARNESS * abs(V) + (errors / slope if slope > 0.0 else math.inf)


def outermost_negative(
    junction: RecomputedJunction, load: float, above: float = 0.0
) -> float | None:
    """Return the outermost sampled voltage, in Δ0/e, at which I_q + G_L V < 0, if there is one.

    The outermost zero at which the net current rises lies next above it.

    Parameters
    ----------
    junction : RecomputedJunction
        The junction.
    load : float
        Conductance G_L of the load, in G_T; 0 without a load.
    above : float
        Only voltages above this one count, in Δ0/e.
    """
    return next((V for V in _negative(junction, load) if above < V), None)


def outermost_pumped(junction: RecomputedJunction, above: float) -> float | None:
    """Return the outermost of some voltages, in Δ0/e, at which I_q < 0 with microwaves, if any.

    They lie whole photons from the voltages at which the leads' densities meet, where the dips of
    I_q are, and half a photon apart. Sidebands of one are others, so that each current without
    microwaves is taken once.

    Parameters
    ----------
    junction : RecomputedJunction
        The junction, with microwaves.
    above : float
        Only voltages above this one count, in Δ0/e.
    """
    hf, still = junction.hf, replace(junction, V_ac=0.0)
    bands = [band for band in sidebands(junction.V_ac, hf) if band.weight > FAINT]
    order = max(band.photons for band in bands)
    count = math.ceil(voltages(still)[-1] / hf) + sum(band.weight > WEAK for band in bands) // 2
    found = []
    meetings = [V for V in _meetings(junction) if junction.S.gap + junction.Sm.gap > V]
    for offset in {*(sign * V % hf for V in meetings for sign in (1, -1)), 0.0, 0.5 * hf}:
        teeth = range(-order, count + order + 1)
        charge = {k: Point(offset + k * hf, still, 0.0).output("I_q") for k in teeth}
        for k in range(count + 1):
            total = sum(band.weight * charge[k + band.photons].value for band in bands)
            rounding = sum(band.weight * charge[k + band.photons].allowed for band in bands)
            if offset + k * hf > above and total < -rounding:
                found.append(offset + k * hf)
    return max(found, default=None)


def voltages_below_zero(junction: RecomputedJunction) -> list[float]:
    """Return sampled voltages at which I_q < 0, and the lowest points of dips between samples."""
    return list(_negative(junction, 0.0))


def _negative(junction: RecomputedJunction, load: float) -> Iterator[float]:
    """Yield voltages at which the net current is negative, from the highest down."""
    points = voltages(junction)
    nets = [charge + load * V for V, charge in zip(points, _charges(junction), strict=True)]
    for i in range(len(points) - 2, -1, -1):
        if nets[i] < 0.0:
            yield points[i]
        elif nets[i] > 0.0 and i > 0 and nets[i] <= min(nets[i - 1], nets[i + 1]):
            V, drop = highest(
                lambda V: -net(V, junction, load), points[i - 1], points[i], points[i + 1]
            )
            if drop > 0.0:
                yield V


def highest(
    function: Callable[[float], float], a: float, b: float, c: float
) -> tuple[float, float]:
    """Return where a function is largest between two places, and its value there.

    Parameters
    ----------
    function : callable
        The function.
    a, b, c : float
        The ends a < c of the interval, and a place b in it where the function is at least as large
        as at both ends.
    """
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
