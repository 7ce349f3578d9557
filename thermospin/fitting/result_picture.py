"""The pictures of a result: its curves with the model, and the profiles of its parameters."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from thermospin.figures import check_matplotlib
from thermospin.fitting.fit_parameters import FIT_PARAMETERS

if TYPE_CHECKING:
    from thermospin.figures.style import StyledFigure
    from thermospin.fitting.fit_result import FitResult


def result_picture(result: FitResult) -> StyledFigure:
    """Return a picture of the data, the model and the residuals, in SI where a material is.

    Parameters
    ----------
    result : FitResult
        The result.

    Raises
    ------
    FigureError
        If matplotlib is missing.
    """
    check_matplotlib()
    from thermospin.figures.fit_picture import FittedCurve, draw_fit

    triples = zip(result.problem.curves, result.predictions, result.sigmas, strict=True)
    curves = [
        FittedCurve(PurePath(curve.name).stem, curve.kind, curve.V, curve.values, model, sigma)
        for curve, model, sigma in triples
    ]
    return draw_fit(curves, result.problem.material)


def profile_picture(result: FitResult, label: str) -> StyledFigure:
    """Return a picture of the profile of a free value, in SI where a material is.

    Parameters
    ----------
    result : FitResult
        The result.
    label : str
        One of ``result.profiles``.

    Raises
    ------
    FigureError
        If matplotlib is missing.
    """
    check_matplotlib()
    from thermospin.figures.fit_picture import ProfileCurve, draw_profile

    profile = result.profiles[label]
    parameter = FIT_PARAMETERS[label.partition("[")[0]]
    curve = ProfileCurve(
        parameter, label, profile.values, profile.rise, result.values[label], result.errors[label]
    )
    return draw_profile(curve, result.problem.material)
