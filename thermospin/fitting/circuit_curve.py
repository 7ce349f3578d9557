"""The curve of a junction with a resistance in series, and its derivatives."""

from collections.abc import Sequence

import numpy as np

from thermospin.junction import FloatArray, Junction
from thermospin.measured.column_units import ValueKind
from thermospin.observables import evaluate, junction_derivatives

VALUE, BY_BIAS, BY_SERIES, BY_NAMES = range(4)
"""Columns: the curve, its derivatives by the bias and by the resistance, and from there on those by
parameters of the junction."""
MOST_STEPS = 60
NEAR = 1e-7
"""A bias that is off by this much is corrected by one more step of Newton's method, to rounding."""


def circuit_curve(
    kind: ValueKind, bias: FloatArray, junction: Junction, series: float, names: Sequence[str]
) -> FloatArray:
    """Return I or dI/dV of a junction in series with a resistance, and its derivatives.

    Parameters
    ----------
    kind : str
        ``I`` or ``dIdV``.
    bias : ndarray
        Bias of both together, in Δ0/e, shape (n,).
    junction : Junction
        One junction.
    series : float
        The resistance, in 1/G_T.
    names : sequence of str
        Parameters of the junction.

    Returns
    -------
    ndarray
        In G_T Δ0/e or G_T and per reduced unit, shape (n, 3 + parameters), columns above.

    Notes
    -----
    The junction has the bias x with x + r I(x) = V. With g = I', what is measured is I(x) or
    g/(1 + r g); its derivatives follow from ∂x/∂V = 1/(1 + r g), ∂x/∂r = −I/(1 + r g) and
    ∂x/∂p = −r (∂I/∂p)/(1 + r g). Where 1 + r g is negative the junction jumps between several such
    x, and one of them is taken.
    """
    at = _junction_bias(bias, junction, series) if series else bias
    current, slope = junction_derivatives(at, junction, names)
    if series:
        off = (at + series * current.value - bias) / (1.0 + series * slope.value)
        current.value[:] -= slope.value * off
        slope.value[:] -= slope.by_V * off
    g = slope.value[:, np.newaxis]
    share = 1.0 / (1.0 + series * g)
    moves = np.concatenate(
        (
            np.ones_like(g),
            -current.value[:, np.newaxis],
            -series * current.by_parameter,
        ),
        axis=1,
    )
    moves *= share
    direct = np.zeros_like(moves)
    if kind == "I":
        direct[:, BY_NAMES - 1 :] = current.by_parameter
        return np.concatenate((current.value[:, np.newaxis], direct + g * moves), axis=1)
    direct[:, BY_SERIES - 1] = -(slope.value**2)
    direct[:, BY_NAMES - 1 :] = slope.by_parameter
    changes = share**2 * (direct + slope.by_V[:, np.newaxis] * moves)
    return np.concatenate((g * share, changes), axis=1)


def _junction_bias(bias: FloatArray, junction: Junction, series: float) -> FloatArray:
    """Return the bias of the junction alone, to about `NEAR`: Newton's method within brackets."""
    low = np.minimum(bias, 0.0) - series
    high = np.maximum(bias, 0.0) + series  # against the bias the current is less than G_T Δ0/e
    x = bias / (1.0 + series)
    left = np.arange(bias.size)
    for _ in range(MOST_STEPS):
        found = evaluate(("I_q", "dIdV"), x[left], junction).values
        excess = x[left] + series * found["I_q"][0] - bias[left]
        above = excess > 0.0
        high[left] = np.where(above, x[left], high[left])
        low[left] = np.where(above, low[left], x[left])
        with np.errstate(divide="ignore", invalid="ignore"):
            step = x[left] - excess / (1.0 + series * found["dIdV"][0])
        inside = (step >= low[left]) & (step <= high[left])
        moved = np.where(inside, step, 0.5 * (low[left] + high[left]))
        far = np.abs(moved - x[left]) > NEAR
        x[left] = moved
        left = left[far]
        if not left.size:
            break
    return x
