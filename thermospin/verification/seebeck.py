"""Is a stored V_S the outermost zero of I_q on V > 0 where it goes from − to +?"""

import math

from thermospin.verification.recomputation import Junction, Point

SAMPLES = 12
"""Between a zero and the onset of the sum of the gaps, to see whether another one follows."""
NEARNESS = 1e-7
"""A stored zero may be off by this part of itself."""
CURRENT = 1e-8
"""It may also be off by as much as this part of I_up and I_down changes it."""


def objection(stored: float, junction: Junction) -> str | None:
    """Return what speaks against a stored Seebeck voltage, or None.

    Parameters
    ----------
    stored : float
        V_S, Δ0/e; NaN says that there is none.
    junction : Junction
        The junction.
    """
    total = junction.S.gap + junction.Sm.gap + abs(junction.Sm.h) + abs(junction.S.h)
    highest = total + junction.S.kT + junction.Sm.kT
    if math.isnan(stored):
        crossing = _crossing(0.0, highest, junction)
        return crossing and f"I_q goes from − to + {crossing}, yet V_S is NaN"
    if not stored > 0.0:
        return "V_S is not above 0"
    margin = _margin(stored, junction)
    below, above = (_sign(stored + side * margin, junction) for side in (-1.0, 1.0))
    if below > 0.0 or above < 0.0:
        return f"I_q does not go from − to + within {margin:.1e} of V_S"
    crossing = _crossing(stored + margin, max(highest, 1.1 * stored), junction)
    return crossing and f"I_q goes from − to + once more {crossing}"


def _margin(V: float, junction: Junction) -> float:
    """Return how far a zero may be off: by its own resolution, by errors of I_q and of the gaps."""
    point = Point(V, junction, rtol=0.0)
    slope = abs(sum(part.value for part in point.slopes(V)))
    errors = CURRENT * sum(abs(current.value) for current in point.currents)
    for moved in junction.perturbed():
        errors += abs(_charge(V, moved) - _charge(V, junction))
    return min(NEARNESS * V + (errors / slope if slope > 0.0 else math.inf), 0.5 * V)


def _charge(V: float, junction: Junction) -> float:
    return Point(V, junction, rtol=0.0).output("I_q").value


def _sign(V: float, junction: Junction) -> float:
    """Return the sign of I_q, 0 where rounding hides it."""
    charge = Point(V, junction, rtol=0.0).output("I_q")
    return math.copysign(1.0, charge.value) if abs(charge.value) > charge.allowed else 0.0


def _crossing(low: float, high: float, junction: Junction) -> str | None:
    """Return between which of a few samples I_q goes from − to +, or None."""
    negative = None
    if low == 0.0:
        slope = sum(part.value for part in Point(0.0, junction, rtol=0.0).slopes(0.0))
        sign = _sign(0.0, junction) if junction.polarisation else 0.0
        negative = 0.0 if (sign or slope) < 0.0 else None
    uniform = [low + (high - low) * i / SAMPLES for i in range(1, SAMPLES + 1)]
    peaks = [V for V in junction.matching if low < V < high]
    for V in sorted([*uniform, *peaks]):
        sign = _sign(V, junction)
        if sign > 0.0 and negative is not None:
            return f"between V = {negative:.6g} and {V:.6g}"
        if sign != 0.0:
            negative = V if sign < 0.0 else None
    return None
