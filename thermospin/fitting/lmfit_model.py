"""The model of a fit with its exact Jacobian for lmfit, with its constraints and its reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from thermospin.fitting.least_squares import FitModel, Progress
from thermospin.fitting.parametrisation import parametrisation, refuse_contradictions
from thermospin.fitting.problem import FitProblem
from thermospin.fitting.starting_values import starting_values
from thermospin.junction import FloatArray

if TYPE_CHECKING:
    from lmfit import Parameters

STEP = 1e-6
"""Relative change of a parameter by which the slopes of expressions are found."""


class LmfitModel:
    """A fit as lmfit takes it: parameters, residuals in units of their noise, and a Jacobian.

    Parameters
    ----------
    problem : FitProblem
        The curves, and what is free and fixed. Noise of the bias is left out.
    progress : callable, optional
        Is told, after each evaluation of the model, how many there were, and the least χ² so far.

    Attributes
    ----------
    parameters : lmfit.Parameters
        The free values with their starts and limits, in reduced units. Their names are the labels
        of a `FitResult` with ``h_exc_2`` for ``h_exc[2]``. They may be fixed or get expressions.

    Examples
    --------
    >>> import lmfit, numpy as np  # doctest: +SKIP
    >>> model = LmfitModel(problem)  # doctest: +SKIP
    >>> found = lmfit.minimize(
    ...     model.residual, model.parameters, Dfun=model.jacobian
    ... )  # doctest: +SKIP
    """

    def __init__(self, problem: FitProblem, progress: Progress | None = None) -> None:
        """Make the parameters, with their starts from the data where the problem has none."""
        import lmfit

        refuse_contradictions(problem)
        numbers = parametrisation(problem, starting_values(problem))
        self._model = FitModel(numbers, progress)
        self._names = [label.replace("[", "_").rstrip("]") for label in numbers.labels]
        self.parameters: Parameters = lmfit.Parameters()
        for name, free in zip(self._names, numbers.free, strict=True):
            self.parameters.add(name, value=free.start, min=free.low, max=free.high)

    def residual(self, parameters: Parameters) -> FloatArray:
        """Return (model − data)/σ of all curves, one after the other, shape (points,)."""
        return self._model.at(self._vector(parameters)).residuals

    def jacobian(self, parameters: Parameters) -> FloatArray:
        """Return the derivatives of the residuals by what varies, shape (points, varying).

        What an expression ties to a parameter moves with it.
        """
        vector = self._vector(parameters)
        by_value = self._model.at(vector).jacobian / self._model.numbers.slopes(vector)
        return by_value @ self._slopes(parameters)

    def _vector(self, parameters: Parameters) -> FloatArray:
        free = self._model.numbers.free
        values = [float(parameters[name].value) for name in self._names]
        return np.array([one.coordinate(x) for one, x in zip(free, values, strict=True)])

    def _slopes(self, parameters: Parameters) -> FloatArray:
        """Return the derivatives of the values by what varies, shape (free, varying)."""
        varying = [name for name, one in parameters.items() if one.vary and one.expr is None]
        if all(parameters[name].expr is None for name in self._names):
            return np.array([[float(a == b) for b in varying] for a in self._names])
        columns = []
        for name in varying:
            moved, here = parameters.copy(), float(parameters[name].value)
            step = STEP * max(abs(here), STEP)
            ends = []
            for end in (here + step, here - step):
                moved[name].set(value=end)
                ends.append([float(moved[one].value) for one in self._names])
            columns.append((np.array(ends[0]) - np.array(ends[1])) / (2.0 * step))
        return np.stack(columns, axis=1)
