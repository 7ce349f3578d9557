"""The check of a stored V_S: is it the outermost V > 0 at which I_q goes from − to +?"""

import math
from functools import partial

from thermospin.verification.net_current import (
    margin_of_zero,
    net,
    outermost_negative,
    outermost_pumped,
)
from thermospin.verification.recomputation import Point
from thermospin.verification.recomputed_junction import RecomputedJunction


def objection(stored: float, junction: RecomputedJunction) -> str | None:
    """Return in words why a stored Seebeck voltage is wrong; None if it is right.

    Parameters
    ----------
    stored : float
        The stored V_S, in Δ0/e; NaN if the junction is said to have none.
    junction : RecomputedJunction
        The junction.
    """
    outermost = outermost_pumped if junction.V_ac else partial(outermost_negative, load=0.0)
    if math.isnan(stored):
        negative = 0.0 if _falls_from_zero(junction) else outermost(junction, above=0.0)
        return None if negative is None else f"I_q < 0 next to V = {negative:.6g}, yet V_S is NaN"
    if not stored > 0.0:
        return "V_S is not above 0"
    margin = min(margin_of_zero(stored, junction, 0.0), 0.5 * stored)
    if net(stored - margin, junction, 0.0) > 0.0 or net(stored + margin, junction, 0.0) < 0.0:
        return f"I_q does not go from − to + within {margin:.1e} of V_S"
    negative = outermost(junction, above=stored + margin)
    return None if negative is None else f"I_q < 0 also at V = {negative:.6g}"


def _falls_from_zero(junction: RecomputedJunction) -> bool:
    """Return whether I_q is negative just above V = 0."""
    still = net(0.0, junction, 0.0) if junction.polarisation else 0.0
    if still != 0.0:
        return still < 0.0
    slopes = Point(0.0, junction, rtol=0.0).slopes(0.0)
    return sum(part.value + part.allowed for part in slopes) < 0.0
