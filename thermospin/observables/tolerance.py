"""The relative accuracy asked of a value, and the warning where a value does not reach it."""

import warnings

import numpy as np
from numpy.typing import NDArray

from thermospin.quantities import RTOL

BoolArray = NDArray[np.bool_]


class ToleranceWarning(RuntimeWarning):
    """Some values did not reach the relative accuracy asked for."""


def checked_rtol(rtol: float) -> float:
    """Return a relative accuracy if it can be asked for, else raise ValueError."""
    if not RTOL.low <= rtol <= RTOL.high:
        raise ValueError(f"rtol {RTOL.rule()}, not {rtol!r}")
    return float(rtol)


def warn_unless(converged: BoolArray, rtol: float) -> None:
    """Warn of values that missed their tolerance, at the line that called the public function."""
    missed = converged.size - np.count_nonzero(converged)
    if missed:
        warnings.warn(
            f"{missed} of {converged.size} values did not reach rtol = {rtol:g}",
            ToleranceWarning,
            stacklevel=3,
        )
