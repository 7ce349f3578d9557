"""The profile likelihood of a value: how χ² rises as it is held away from the best."""

from dataclasses import dataclass, field

import numpy as np

from thermospin.fitting.least_squares import Evaluated, FitModel, minimum
from thermospin.junction import FloatArray

STEP = 0.5
"""Distance of the values that are tried, in standard errors."""
MOST_STEPS = 16
"""Number of values that are tried on either side, at most."""
HIGHEST = 9.0
"""Rise of χ² at which the profile ends: three standard errors of a parabola."""
ONE_ERROR, TWO_ERRORS = 1.0, 4.0
"""Rises of χ² at the ends of the intervals of 68.3 % and 95.4 %."""


@dataclass(frozen=True)
class Profile:
    """The least χ² at given values of one parameter, all others refitted.

    Attributes
    ----------
    label : str
        The free value.
    values : ndarray
        Its values in reduced units, in ascending order, shape (n,).
    rise : ndarray
        χ² less that of the best fit, shape (n,).
    """

    label: str
    values: FloatArray = field(repr=False)
    rise: FloatArray = field(repr=False)

    def interval(self, rise: float = ONE_ERROR) -> tuple[float, float]:
        """Return where χ² has risen by so much on either side.

        Parameters
        ----------
        rise : float
            1 for the interval of 68.3 %, 4 for that of 95.4 %.

        Returns
        -------
        low, high : float
            In reduced units; infinite where it does not rise so far within the profile.
        """
        best = int(np.argmin(self.rise))
        low = self._crossing(self.values[best::-1], self.rise[best::-1], rise)
        high = self._crossing(self.values[best:], self.rise[best:], rise)
        return (-np.inf if low is None else low, np.inf if high is None else high)

    @staticmethod
    def _crossing(values: FloatArray, rises: FloatArray, rise: float) -> float | None:
        """Return where a rise is reached first; its root is nearly straight in the value."""
        above = np.flatnonzero(rises >= rise)
        if not above.size:
            return None
        i = int(above[0])
        roots = np.sqrt(np.maximum(rises[i - 1 : i + 1], 0.0))
        part = (np.sqrt(rise) - roots[0]) / (roots[1] - roots[0])
        return float(values[i - 1] + part * (values[i] - values[i - 1]))


def profile_likelihood(model: FitModel, best: Evaluated, place: int, error: float) -> Profile:
    """Return the profile likelihood of one free value.

    Parameters
    ----------
    model : FitModel
        The model, with the noise that the fit ended with.
    best : Evaluated
        The model at the best fit.
    place : int
        The place of the value in the vector.
    error : float
        The standard error of that number in the vector.
    """
    low, high = (limits[place] for limits in model.numbers.limits)
    centre = best.vector[place]
    step = STEP * error if np.isfinite(error) and error > 0.0 else (high - low) / (2 * MOST_STEPS)
    points = {float(centre): 0.0}
    for sign in (-1.0, 1.0):
        vector, rise = best.vector, 0.0
        for count in range(1, MOST_STEPS + 1):
            held = float(np.clip(centre + sign * count * step, low, high))
            if rise >= HIGHEST or held in points:
                break
            start = np.array(vector)
            start[place] = held
            found = minimum(model, start, held=place)
            vector, rise = found.at.vector, found.at.chi2 - best.chi2
            points[held] = rise
    free = model.numbers.free[place]
    coordinates = sorted(points)
    values = np.array([free.value(x) for x in coordinates])
    return Profile(free.label, values, np.array([points[x] for x in coordinates]))
