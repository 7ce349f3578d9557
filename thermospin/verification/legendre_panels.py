"""Polynomials on panels by the slow reference: Gauss–Legendre points and Legendre coefficients."""

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

NODES, WEIGHTS = legendre.leggauss(24)
_TO_COEFFICIENTS = WEIGHTS[:, None] * legendre.legvander(NODES, 23) * (np.arange(24) + 0.5)


def coefficients_of(values: FloatArray) -> FloatArray:
    """Return the Legendre coefficients of the polynomial through values at the nodes, last axis."""
    return np.asarray(values @ _TO_COEFFICIENTS)
