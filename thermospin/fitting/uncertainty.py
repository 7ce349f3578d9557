"""The covariance of fitted values, and how well the data tell them apart."""

from dataclasses import dataclass, field

import numpy as np

from thermospin.junction import FloatArray

ROUNDING = 1e-9
"""Relative size below which a singular value of the scaled Jacobian is one of rounding."""
PRESENT = 0.1
"""Part of a direction from which on a value is said to belong to it."""


@dataclass(frozen=True)
class Uncertainty:
    """What the noise of the data leaves open.

    Attributes
    ----------
    covariance : ndarray
        Of the values in reduced units, shape (free, free). The variance of a value that the data
        do not determine is infinite, and its covariances are 0.
    correlation : ndarray
        Shape (free, free), 1 on the diagonal.
    condition : float
        Condition number of the Jacobian with columns of length 1: 1 if every value has an effect of
        its own on the data, infinite if some combination of them has none.
    weakest : tuple of int
        Places of the values that make up the combination that the data tell least about.
    """

    covariance: FloatArray = field(repr=False)
    correlation: FloatArray = field(repr=False)
    condition: float
    weakest: tuple[int, ...]

    @property
    def errors(self) -> FloatArray:
        """The standard errors in reduced units, shape (free,)."""
        return np.sqrt(np.diag(self.covariance))


def uncertainty(jacobian: FloatArray, slopes: FloatArray) -> Uncertainty:
    """Return the covariance (JᵀJ)⁻¹ of fitted values.

    Parameters
    ----------
    jacobian : ndarray
        Derivatives of the residuals, in units of the noise, by the numbers that are varied, shape
        (points, free).
    slopes : ndarray
        Derivatives of the values by the numbers that are varied, shape (free,).
    """
    lengths = np.linalg.norm(jacobian, axis=0)
    scales = np.where(lengths > 0.0, lengths, 1.0)
    _, singular, directions = np.linalg.svd(jacobian / scales, full_matrices=True)
    singular = np.concatenate([singular, np.zeros(slopes.size - singular.size)])
    known = singular > ROUNDING * singular[0]
    inverse = np.divide(1.0, singular, out=np.zeros_like(singular), where=known)
    root = directions.T * inverse
    normal = root @ root.T
    open_ = np.any(np.abs(directions[~known]) > PRESENT, axis=0)
    normal[open_, :] = normal[:, open_] = 0.0
    size = np.sqrt(np.diag(normal))
    correlation = normal / np.where(size > 0.0, np.outer(size, size), 1.0)
    np.fill_diagonal(correlation, 1.0)
    by_value = slopes / scales
    covariance = normal * np.outer(by_value, by_value)
    covariance[open_, open_] = np.inf
    condition = float(singular[0] / singular[-1]) if known[-1] else np.inf
    weakest = np.flatnonzero(np.abs(directions[-1]) > PRESENT)
    return Uncertainty(covariance, correlation, condition, tuple(map(int, weakest)))
