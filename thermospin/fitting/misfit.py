"""Whether the model describes the data, and what to say if it does not."""

import numpy as np

from thermospin.fitting.least_squares import Evaluated, FitModel
from thermospin.fitting.remedies import Remedy, remedies

CERTAIN = 4.0
"""Number of its standard deviations by which χ² must be too large."""
FROM_ESTIMATE = 12.0
"""Variance of an estimate of the noise squared, relative, times the number of points."""
LEAST_EXCESS = 1.2
"""χ²/dof up to which a model describes the data, however many they are."""
WORTH = 0.1
"""Least part of χ² that freeing a parameter must take away to be named."""
MOST_NAMED = 3
"""Number of parameters that are named."""


def describes_the_data(model: FitModel, best: Evaluated) -> bool:
    """Return whether χ² is as low as noise explains.

    Parameters
    ----------
    model : FitModel
        The model, with the noise of the data.
    best : Evaluated
        The model at the best fit.
    """
    dof = _dof(model, best)
    estimated = any(curve.sigma is None for curve in model.numbers.problem.curves)
    variance = (2.0 + (FROM_ESTIMATE if estimated else 0.0)) / dof
    return best.chi2 / dof <= max(LEAST_EXCESS, 1.0 + CERTAIN * float(np.sqrt(variance)))


def misfit(model: FitModel, best: Evaluated) -> str:
    """Return how badly a model describes the data, and which parameters would mend it, in words.

    Parameters
    ----------
    model, best
        As in `describes_the_data`.
    """
    excess = best.chi2 / _dof(model, best)
    pairs = zip(model.numbers.problem.curves, best.curves, strict=True)
    off = max(float(np.std(c.values - p.values) / np.ptp(c.values)) for c, p in pairs)
    first = (
        f"this model does not describe the data: χ²/dof = {excess:.3g}, the residuals are"
        f" {np.sqrt(excess):.2g} times the noise and {100.0 * off:.2g} % of the range of the"
        " values; the values below and their errors mean little"
    )
    by_words: dict[str, Remedy] = {}  # gamma_S and gamma_Sm are freed in the same words
    for each in remedies(model, best):
        if each.words not in by_words or each.part > by_words[each.words].part:
            by_words[each.words] = each
    found = sorted(by_words.values(), key=lambda remedy: -remedy.part)
    named = [each for each in found if each.part >= WORTH][:MOST_NAMED]
    if named:
        told = ", ".join(f"{each.words} ({100.0 * each.part:.0f} %)" for each in named)
        advice = f"Free as well, one at a time (about what it takes away of χ²): {told}"
    else:
        advice = (
            "No single parameter that is fixed would mend it: look at the residuals, at the noise"
            " that was assumed, and at what was measured"
        )
    return f"{first}{_worst_curve(model, best)}. {advice}"


def _dof(model: FitModel, best: Evaluated) -> int:
    return max(model.points - best.vector.size, 1)


def _worst_curve(model: FitModel, best: Evaluated) -> str:
    curves = model.numbers.problem.curves
    if len(curves) == 1:
        return ""
    ends = np.cumsum([curve.V.size for curve in curves])[:-1]
    each = [float(np.mean(part**2)) for part in np.split(best.residuals, ends)]
    return f"; worst is curve {int(np.argmax(each)) + 1}, {curves[int(np.argmax(each))].name}"
