"""How the gap of a lead changes with what it depends on, by differences of the gap equation."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from thermospin.gap import lead_gap
from thermospin.quantities import GapModel

STEP = 1e-3
"""Steps are this part of a value, or of a tenth of the gap if that is more: gaps are accurate to
1e-13, so that their slopes are to about 1e-10."""
_RATES = ("depairing", "spin_orbit", "spin_flip")
_CENTRAL = np.array([-2.0, -1.0, 1.0, 2.0]), np.array([1.0, -8.0, 8.0, -1.0]) / 12.0
_AHEAD = np.arange(5.0), np.array([-25.0, 48.0, -36.0, 16.0, -3.0]) / 12.0
"""Places in steps and weights of values for a derivative; what they miss is of fourth order."""


def gap_slope(name: str, lead: Mapping[str, float], model: GapModel) -> float:
    """Return the derivative of the gap of a lead by one of the arguments of the gap equation.

    Parameters
    ----------
    name : str
        The argument: ``T``, ``h``, ``gap``, ``gamma``, ``depairing``, ``spin_orbit`` or
        ``spin_flip``.
    lead : mapping of str to float
        All of them by these names, in reduced units.
    model : str
        The gap model.

    Returns
    -------
    float
        In Δ0 per unit of the argument; 0 in the normal state. Next to a transition it is the
        derivative on the side of the superconducting state.
    """
    if model == "constant":
        return 1.0 if name == "gap" else 0.0
    if name == "gamma" and model != "dynes":
        return 0.0
    size = abs(lead[name])
    step = STEP * (size if name == "T" else max(size, 0.1 * lead["gap"]))
    if step == 0.0:  # of a normal metal
        return 0.0
    stencils = [(step, *_CENTRAL), (-step, *_AHEAD), (step, *_AHEAD)]
    if name in _RATES and size < 2.0 * step:
        stencils = [(step, *_AHEAD)]
    for h, places, weights in stencils:
        values: dict[str, Any] = {**lead, name: lead[name] + h * places}
        gaps = lead_gap(model=model, **values)
        if np.all(gaps > 0.0):
            return math.fsum(weights * gaps) / h
    return math.nan if np.isnan(gaps).any() else 0.0
