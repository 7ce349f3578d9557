"""The search for the parameters with the least sum of squares, by SciPy, with exact derivatives."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from thermospin.fitting.noise import estimated_noise, noise_of
from thermospin.fitting.parametrisation import Parametrisation
from thermospin.fitting.prediction import Prediction, predicted
from thermospin.fitting.problem import Curve
from thermospin.junction import FloatArray

Progress = Callable[[int, float], None]
"""Is told, after each evaluation of the model, how many there were, and the least χ² so far."""

ACCURACY = 1e-10
"""Relative change of χ² and of the parameters at which the search ends."""
MOST_EVALUATIONS = 300
REFITS = 5
"""How often the noise of the data is estimated anew, at most."""
SETTLED = 0.02
"""Change of each parameter, in its error, below which that noise has settled."""


@dataclass(frozen=True)
class Evaluated:
    """The model at one vector.

    Attributes
    ----------
    vector : ndarray
        Shape (free,).
    curves : tuple of Prediction
        One of each curve; its derivatives are those by the values it depends on.
    residuals : ndarray
        (model − data)/σ of all curves, one after the other, shape (points,).
    jacobian : ndarray
        Derivatives of the residuals by the numbers in the vector, shape (points, free).
    """

    vector: FloatArray
    curves: tuple[Prediction, ...] = field(repr=False)
    residuals: FloatArray = field(repr=False)
    jacobian: FloatArray = field(repr=False)

    @property
    def chi2(self) -> float:
        """The sum of the squares of the residuals."""
        return float(self.residuals @ self.residuals)


class FitModel:
    """The curves of a fit as a function of its vector, which remembers the last and the best.

    Parameters
    ----------
    numbers : Parametrisation
        What the vector means.
    progress : callable, optional
        See `Progress`.

    Attributes
    ----------
    left_out : tuple of ndarray
        Which points of each curve do not count.
    weights : tuple of ndarray
        The standard deviation that each residual is divided by, with the noise of the bias;
        infinite for points that do not count.
    best : Evaluated or None
        The model where χ² was least so far.
    evaluations : int
        How often the model was computed.
    """

    def __init__(self, numbers: Parametrisation, progress: Progress | None = None) -> None:
        """Remember what is fitted, and estimate the noise that is not given."""
        curves = numbers.problem.curves
        self.numbers = numbers
        self.left_out = tuple(np.zeros(curve.V.shape, dtype=np.bool_) for curve in curves)
        self.weights = tuple(map(noise_of, curves))
        self.evaluations = 0
        self.best: Evaluated | None = None
        self._last: Evaluated | None = None
        self._progress = progress

    def from_elsewhere(self, numbers: Parametrisation) -> "FitModel":
        """Return the same model with other starts, which goes on counting."""
        other = FitModel(numbers, self._progress)
        other.evaluations = self.evaluations
        return other

    def without(self, left_out: tuple[NDArray[np.bool_], ...]) -> "FitModel":
        """Return the same model in which some points of each curve do not count."""
        other = self.from_elsewhere(self.numbers)
        other.left_out = left_out
        other.weights = other._counted(other.weights)
        return other

    @property
    def points(self) -> int:
        """The number of points that count."""
        return sum(int(np.count_nonzero(~each)) for each in self.left_out)

    def _counted(self, weights: tuple[FloatArray, ...]) -> tuple[FloatArray, ...]:
        pairs = zip(self.left_out, weights, strict=True)
        return tuple(np.where(left_out, np.inf, sigma) for left_out, sigma in pairs)

    def at(self, vector: FloatArray) -> Evaluated:
        """Return the model at a vector; the same vector again costs nothing."""
        if self._last is None or not np.array_equal(self._last.vector, vector):
            self._last = self._evaluated(np.array(vector))
            self.evaluations += 1
            if self.best is None or self._last.chi2 < self.best.chi2:
                self.best = self._last
            if self._progress is not None:
                self._progress(self.evaluations, self.best.chi2)
        return self._last

    def reweighted(self, at: Evaluated) -> Evaluated:
        """Return the model where it is known, with the noise of the data as it follows from there.

        σ² = σ_I² + (dI/dV σ_V)², with the slope that the model has; σ_I is estimated from what
        remains of the data beside the model, if it is not given. Further evaluations take it, too.
        """
        curves = self.numbers.problem.curves
        self.weights = self._counted(tuple(map(_noise_beside, curves, at.curves)))
        self._last = self.best = self._weighed(at.vector, at.curves)
        return self._last

    def _evaluated(self, vector: FloatArray) -> Evaluated:
        problem = self.numbers.problem
        values = self.numbers.values(vector)
        predictions = tuple(
            predicted(
                curve,
                self.numbers.parameters(values, i),
                [self.numbers.free[place].name for place in self.numbers.of_curve(i)],
                problem.gap_model,
            )
            for i, curve in enumerate(problem.curves)
        )
        return self._weighed(vector, predictions)

    def _weighed(self, vector: FloatArray, predictions: tuple[Prediction, ...]) -> Evaluated:
        curves = self.numbers.problem.curves
        slopes = self.numbers.slopes(vector)
        residuals, blocks = [], []
        for i, (curve, each, sigma) in enumerate(
            zip(curves, predictions, self.weights, strict=True)
        ):
            places = self.numbers.of_curve(i)
            block = np.zeros((curve.V.size, slopes.size))
            block[:, places] = each.jacobian * slopes[places] / sigma[:, None]
            residuals.append((each.values - curve.values) / sigma)
            blocks.append(block)
        return Evaluated(vector, predictions, np.concatenate(residuals), np.concatenate(blocks))


@dataclass(frozen=True)
class Found:
    """Where a search ended.

    Attributes
    ----------
    at : Evaluated
        The best that was found.
    converged : bool
        Whether the search ended by itself.
    stopped : bool
        Whether it was interrupted by the user.
    """

    at: Evaluated
    converged: bool
    stopped: bool = False


def _noise_beside(curve: Curve, model: Prediction) -> FloatArray:
    """Return the noise of a curve with a known model: of its values, and through V of its bias."""
    from_bias = model.by_voltage * curve.sigma_V
    if curve.sigma is not None:
        return np.hypot(noise_of(curve), from_bias)
    # What is estimated has the noise of the bias in it already, but only where the curve is flat.
    beside = estimated_noise(curve, curve.values - model.values)
    return np.hypot(np.minimum(noise_of(curve), beside), from_bias)


def search(model: FitModel, begin: Callable[[FitModel], FloatArray]) -> Found:
    """Return the parameters with the least χ².

    Parameters
    ----------
    model : FitModel
        The model.
    begin : callable
        Returns where the search starts, shape (free,).

    Notes
    -----
    Where the noise is not known beforehand, because it is to be estimated or is one of the bias,
    the search goes on with what the first result says of it, until that settles. Ctrl-C ends the
    search with the best so far.
    """
    curves = model.numbers.problem.curves
    known = all(curve.sigma is not None and curve.sigma_V == 0.0 for curve in curves)
    try:
        found = minimum(model, begin(model))
        return found if known else _with_settled_noise(model, found)
    except KeyboardInterrupt:
        best = model.best or model.at(model.numbers.start)
        return Found(best, converged=False, stopped=True)


def _with_settled_noise(model: FitModel, found: Found) -> Found:
    for _ in range(REFITS):
        before = model.reweighted(found.at)
        found = minimum(model, before.vector)
        moved = found.at.vector - before.vector
        if np.linalg.norm(found.at.jacobian @ moved) <= SETTLED * np.sqrt(moved.size):
            break
    return found


def minimum(
    model: FitModel,
    start: FloatArray,
    *,
    held: int | None = None,
    most: int = MOST_EVALUATIONS,
    accuracy: float = ACCURACY,
    loss: Literal["linear", "soft_l1"] = "linear",
) -> Found:
    """Return the least χ² near a start.

    Parameters
    ----------
    model : FitModel
        The model.
    start : ndarray
        Where the search starts, shape (free,).
    held : int, optional
        The place of a number in the vector that keeps the value it starts from.
    most : int
        How often the model is computed, at most.
    accuracy : float
        Relative change of χ² and of the parameters at which the search ends.
    loss : {"linear", "soft_l1"}
        What is least: χ², or a sum in which residuals that are large count only as themselves.
    """
    varied = np.array([place != held for place in range(start.size)])
    if not varied.any():
        return Found(model.at(start), converged=True)

    def whole(part: FloatArray) -> FloatArray:
        vector = np.array(start)
        vector[varied] = part
        return vector

    def residuals(part: FloatArray) -> FloatArray:
        return model.at(whole(part)).residuals

    def jacobian(part: FloatArray) -> FloatArray:
        return model.at(whole(part)).jacobian[:, varied]

    low, high = model.numbers.limits
    done = least_squares(
        residuals,
        np.clip(start, low, high)[varied],
        jac=jacobian,
        bounds=(low[varied], high[varied]),
        x_scale="jac",
        ftol=accuracy,
        xtol=accuracy,
        gtol=None,
        loss=loss,
        max_nfev=most,
    )
    return Found(model.at(whole(done.x)), converged=bool(done.status > 0))
