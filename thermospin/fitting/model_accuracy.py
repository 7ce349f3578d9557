"""How accurate the model of a fit is beside the noise: its curves by other integrals."""

from collections.abc import Mapping

import numpy as np

from thermospin.fitting.circuit_curve import VALUE, circuit_curve
from thermospin.fitting.least_squares import Evaluated, FitModel
from thermospin.fitting.prediction import circuit_of, junction_of
from thermospin.fitting.problem import Curve
from thermospin.junction import FloatArray
from thermospin.observables import evaluate
from thermospin.quantities import GapModel

MOST_POINTS = 50
"""Points of a curve that are computed once more."""
LEAST = 0.1
"""Error of the model, in units of the noise, from which on it is told."""


def told_inaccuracy(model: FitModel, best: Evaluated) -> list[str]:
    """Return by how much the curves of a model may be off, in words, if that is not negligible.

    The model takes orders of quadrature that are chosen beforehand; here the same currents and
    conductances are integrated adaptively, with the error that this asks for.

    Parameters
    ----------
    model : FitModel
        The model, with the noise of the data.
    best : Evaluated
        Its best fit.
    """
    numbers = model.numbers
    values = numbers.values(best.vector)
    notes = []
    for i, (curve, sigma) in enumerate(zip(numbers.problem.curves, model.weights, strict=True)):
        some = slice(None, None, -(-curve.V.size // MOST_POINTS))
        parameters = numbers.parameters(values, i)
        missed = _missed(curve, curve.V[some], parameters, numbers.problem.gap_model)
        worst = float(np.max(missed / sigma[some]))
        if not worst < LEAST:
            notes.append(
                f"{curve.name}: the model itself is computed to {worst:.2g} times the noise only:"
                " the errors below are too small"
            )
    return notes


def _missed(
    curve: Curve, V: FloatArray, parameters: Mapping[str, float], gap_model: GapModel
) -> FloatArray:
    """Return how far a curve without its averages is off, in the unit of its values."""
    circuit, junction = circuit_of(parameters), junction_of(parameters, gap_model)
    series = circuit["R_series"] * circuit["G_T"]
    bias = V - circuit["V_offset"]
    found = circuit_curve(curve.kind, bias, junction, series, ())[:, VALUE]
    current = (
        found if curve.kind == "I" else circuit_curve("I", bias, junction, series, ())[:, VALUE]
    )
    exact = evaluate(("I_q", "dIdV"), bias - series * current, junction).values
    slope = exact["dIdV"][0]
    if curve.kind == "I":
        off = (exact["I_q"][0] - current) / (1.0 + series * slope)
    else:
        off = slope / (1.0 + series * slope)
        off = off - circuit_curve(curve.kind, bias, junction, series, ())[:, VALUE]
    missed: FloatArray = circuit["G_T"] * np.abs(off)
    return missed
