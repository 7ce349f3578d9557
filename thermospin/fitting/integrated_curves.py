"""A better start for fits of dI/dV: the best fit of their integrals.

The peaks of dI/dV are as narrow as Γ, and where those of the model stand beside those of the data
nothing draws them together. The integral of dI/dV has steps in their place, which always overlap.
"""

from dataclasses import replace

import numpy as np

from thermospin.fitting.least_squares import FitModel, minimum
from thermospin.fitting.parametrisation import Parametrisation, parametrisation
from thermospin.fitting.problem import Curve, FitProblem, Free
from thermospin.junction import FloatArray

ROUGHLY = 0.01
"""Noise that is assumed of an integral, as a part of its range: that of the sum over few points."""
MOST_POINTS = 250
MOST_EVALUATIONS = 40
ENOUGH = 1e-4
"""Relative change of χ² at which the search ends."""
_OFFSET = "I_offset"


def start_from_integrals(model: FitModel) -> FloatArray:
    """Return where to start: at the best fit of the integrals, or at the start if that is better.

    Parameters
    ----------
    model : FitModel
        The model of curves of dI/dV; others keep their start.

    Returns
    -------
    ndarray
        Shape (free,).
    """
    numbers = model.numbers
    if any(curve.kind != "dIdV" for curve in numbers.problem.curves):
        return numbers.start
    of_integrals = _numbers_of_integrals(numbers)
    found = minimum(
        FitModel(of_integrals),
        of_integrals.start,
        most=MOST_EVALUATIONS,
        accuracy=ENOUGH,
    )
    values = dict(zip(of_integrals.labels, of_integrals.values(found.at.vector), strict=True))
    vector = np.array([each.coordinate(float(values[each.label])) for each in numbers.free])
    return min((vector, numbers.start), key=lambda each: model.at(each).chi2)


def _numbers_of_integrals(numbers: Parametrisation) -> Parametrisation:
    """Return the same fit of integrals, each with an offset of its own."""
    problem = numbers.problem
    curves = tuple(_integral(curve) for curve in problem.curves)
    starts = {each.label: each.start for each in numbers.free}
    for i, curve in enumerate(curves):
        label = f"{_OFFSET}[{i + 1}]" if len(curves) > 1 else _OFFSET
        known = numbers.parameters(numbers.values(numbers.start), i)
        starts[label] = float(np.interp(known.get("V_offset", 0.0), curve.V, curve.values))
    free = [replace(one, start=None) for one in problem.free if one.name != _OFFSET] + [
        Free(_OFFSET, each=True)
    ]
    fixed = {name: value for name, value in problem.fixed.items() if name != _OFFSET}
    whole = FitProblem(curves, tuple(free), fixed, problem.gap_model, problem.material)
    return parametrisation(whole, starts)


def _integral(curve: Curve) -> Curve:
    """Return the integral of dI/dV over V from its first point on, on fewer points."""
    V, place = np.unique(curve.V, return_inverse=True)
    values = np.bincount(place, curve.values) / np.bincount(place)
    steps = 0.5 * (values[1:] + values[:-1]) * np.diff(V)
    current = np.concatenate(([0.0], np.cumsum(steps)))
    some = slice(None, None, -(-V.size // MOST_POINTS))
    noise = np.full(V[some].size, ROUGHLY * max(np.ptp(current), np.finfo(float).tiny))
    fixed = {name: value for name, value in curve.fixed.items() if name != _OFFSET}
    return Curve(curve.name, V[some], current[some], "I", noise, 0.0, fixed)
