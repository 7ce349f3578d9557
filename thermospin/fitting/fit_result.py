"""`FitResult`: what was found, with errors, and what the data cannot tell, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from thermospin.fitting.fit_report import report, shown_rows
from thermospin.fitting.fitted_junctions import fitted_junction, fitted_material
from thermospin.fitting.parametrisation import Parametrisation
from thermospin.fitting.problem import FitProblem
from thermospin.fitting.profile import Profile
from thermospin.junction import FloatArray, Junction
from thermospin.quantities.representation import html_table, line
from thermospin.spec import Material

if TYPE_CHECKING:
    from thermospin.figures.style import StyledFigure


@dataclass(frozen=True, eq=False, repr=False)
class FitResult:
    """The parameters of junctions that describe measured curves best.

    All numbers are in the reduced units that the fit starts from.

    Attributes
    ----------
    problem : FitProblem
        What was fitted.
    numbers : Parametrisation
        The free values, with their limits.
    values, errors : dict of str to float
        The free values and their standard errors, by label: the parameter's name, or
        ``h_exc[2]`` for the second curve's own.
    covariance, correlation : ndarray
        Of the free values, in the order of ``values``, shape (free, free).
    condition : float
        Condition number of the scaled Jacobian: how well the data tell the values apart.
    chi2 : float
        Sum of the squares of the residuals in units of their noise.
    dof : int
        Number of points less that of free values.
    converged : bool
        Whether the search ended by itself, at a minimum.
    stopped : bool
        Whether the user ended it.
    describes_the_data : bool
        Whether χ² is as low as noise explains; True if the search was stopped before it was known.
    notes : tuple of str
        What to know before the values are used, in words; a model that does not describe the data
        comes first.
    predictions : tuple of ndarray
        The model of each curve at its bias, each of shape (n,).
    sigmas : tuple of ndarray
        The noise that the residuals are measured by, with that of the bias, each of shape (n,).
    profiles : dict of str to Profile
        Profile likelihoods that were asked for, by label.
    evaluations : int
        How often the model was computed.
    """

    problem: FitProblem
    numbers: Parametrisation
    values: dict[str, float]
    errors: dict[str, float]
    covariance: FloatArray
    correlation: FloatArray
    condition: float
    chi2: float
    dof: int
    converged: bool
    stopped: bool
    describes_the_data: bool
    notes: tuple[str, ...]
    predictions: tuple[FloatArray, ...]
    sigmas: tuple[FloatArray, ...]
    evaluations: int
    profiles: Mapping[str, Profile] = field(default_factory=dict)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the free values, in the order of the covariance."""
        return self.numbers.labels

    @property
    def residuals(self) -> tuple[FloatArray, ...]:
        """Data less model of each curve, in the unit of its values, each of shape (n,)."""
        pairs = zip(self.problem.curves, self.predictions, strict=True)
        return tuple(curve.values - model for curve, model in pairs)

    def parameters(self, curve: int = 0) -> dict[str, float]:
        """Return all parameters of a curve, fixed and fitted, in reduced units, by name.

        Parameters
        ----------
        curve : int
            The place of the curve, from 0 on.
        """
        return self.numbers.parameters(np.array(list(self.values.values())), curve)

    @property
    def junctions(self) -> tuple[Junction, ...]:
        """The junction of each curve: in units of its material, or of the data without one."""
        problem = self.problem
        return tuple(
            fitted_junction(self.parameters(i), problem.gap_model, problem.material)
            for i in range(len(problem.curves))
        )

    @property
    def materials(self) -> tuple[Material, ...]:
        """The fitted scales of each curve; empty if the data are in reduced units."""
        material = self.problem.material
        if material is None:
            return ()
        count = len(self.problem.curves)
        return tuple(fitted_material(self.parameters(i), material) for i in range(count))

    @property
    def junction(self) -> Junction:
        """The junction of the first curve, which is the only one of most fits."""
        return self.junctions[0]

    @property
    def material(self) -> Material | None:
        """The fitted scales of the first curve, None if the data are in reduced units."""
        return self.materials[0] if self.problem.material is not None else None

    def report(self) -> str:
        """Return the result as text: what to know first, then every value with its error."""
        return report(self)

    def plot(self) -> StyledFigure:
        """Return a picture of the data, the model and the residuals."""
        from thermospin.fitting.result_picture import result_picture

        return result_picture(self)

    def __repr__(self) -> str:
        """Show the values with their errors in one line, and how much there is to know."""
        return line(self._title(), shown_rows(self))

    def _repr_html_(self) -> str:
        """Show the values with their errors and meanings as a table."""
        return html_table(self._title(), shown_rows(self))

    def _title(self) -> str:
        return "FitResult" if self.converged else "FitResult (not converged)"
