"""Points that no values of a model fit, though it describes all the others."""

from dataclasses import replace

import numpy as np

from thermospin.fitting.curve_features import SUPERCURRENT, symmetry_centre
from thermospin.fitting.integrated_curves import start_from_integrals
from thermospin.fitting.least_squares import FitModel, Found, minimum, search
from thermospin.fitting.misfit import describes_the_data
from thermospin.fitting.noise import NORMAL_MEDIAN
from thermospin.fitting.parametrisation import parametrisation
from thermospin.fitting.problem import Curve
from thermospin.fitting.starting_values import starting_values
from thermospin.junction import FloatArray
from thermospin.spec import Material

FAR = 8.0
"""Distance from the model, in units of the noise, from which on a point may be left out."""
MOST = 0.08
"""Part of the points that may be left out."""
MOST_LISTED = 6
MOST_EVALUATIONS = 100


def without_outliers(model: FitModel, found: Found) -> tuple[FitModel, Found] | None:
    """Return the fit without the points that are far off, if the model describes the others.

    The points are found beside a fit in which a large distance counts as itself, not as its
    square. A spike, or a supercurrent about V = 0, is left out so; a model that is wrong is not
    made right by it, for then more points than `MOST` are off.

    Parameters
    ----------
    model : FitModel
        The model, which does not describe the data.
    found : Found
        Its best fit.

    Returns
    -------
    (FitModel, Found) or None
        The model without these points, and its best fit; None if that does not help.
    """
    trimmed = _trimmed(model, found.at.vector)
    return trimmed or _trimmed(model, _best_beside_the_centre(model))


def _trimmed(model: FitModel, start: FloatArray) -> tuple[FitModel, Found] | None:
    """Return the fit without the points that are far off the best one near a start."""
    robust = minimum(model, start, most=MOST_EVALUATIONS, loss="soft_l1")
    off = np.abs(robust.at.residuals)
    noise = max(1.0, float(np.median(off)) / NORMAL_MEDIAN)
    kept = off <= FAR * noise
    if not 0 < np.count_nonzero(~kept) <= MOST * kept.size:
        return None
    sizes = np.cumsum([curve.V.size for curve in model.numbers.problem.curves])[:-1]
    others = model.without(tuple(~part for part in np.split(kept, sizes)))
    again = search(others, lambda _: robust.at.vector)
    return (others, again) if describes_the_data(others, again.at) else None


def _best_beside_the_centre(model: FitModel) -> FloatArray:
    """Return the best fit of the curves without their centre, where a supercurrent may flow."""
    problem = model.numbers.problem
    outside = replace(
        problem,
        curves=tuple(_without_centre(curve) for curve in problem.curves),
        free=tuple(replace(free, start=None) for free in problem.free),
    )
    numbers = parametrisation(outside, starting_values(outside))
    return search(FitModel(numbers), start_from_integrals).at.vector


def _without_centre(curve: Curve) -> Curve:
    distance = np.abs(curve.V - symmetry_centre(curve))
    kept = distance > SUPERCURRENT * distance.max()
    sigma = None if curve.sigma is None else curve.sigma[kept]
    return replace(curve, V=curve.V[kept], values=curve.values[kept], sigma=sigma)


def told_outliers(model: FitModel, material: Material | None) -> list[str]:
    """Return which points were left out, in words.

    Parameters
    ----------
    model : FitModel
        The model, which knows them.
    material : Material or None
        The scales with which the bias is told in SI.
    """
    notes = []
    for curve, left_out in zip(model.numbers.problem.curves, model.left_out, strict=True):
        if not left_out.any():
            continue
        V = np.sort(curve.V[left_out])
        factor, unit = (1.0, "Δ0/e") if material is None else (1e6 * material.factor("Δ0/e"), "uV")
        places = [f"{factor * each:.5g}" for each in V]
        where = ", ".join(places) if V.size <= MOST_LISTED else f"{places[0]} to {places[-1]}"
        notes.append(
            f"{curve.name}: {V.size} of {curve.V.size} points are left out, which lie more than"
            f" {FAR:g} times the noise off what describes the others: at V = {where} {unit}"
        )
    return notes
