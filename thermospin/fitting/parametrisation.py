"""The free values of a fit as a vector with limits, and what each curve takes from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from thermospin.fitting.fit_parameters import FIT_PARAMETERS
from thermospin.fitting.problem import FitProblem, Free
from thermospin.junction import FloatArray
from thermospin.quantities import STANDS_FOR

LOGARITHMIC = ("gamma", "gamma_S", "gamma_Sm")
"""Parameters of which the logarithm is varied: they are positive and range over decades."""
FIELDS = ("h_exc", "h_S")
"""Parameters on which a curve may depend only by their size: at 0 nothing draws them away."""
LEAST_FIELD = 0.02
"""Size from which the search for an exchange field starts at least, in Δ0."""
INSIDE = 1e-3
"""Least distance of the start from a limit, as a part of the range, or of the start."""


@dataclass(frozen=True)
class FreeValue:
    """One number that the fit determines.

    Attributes
    ----------
    label : str
        The parameter's name; with the number of the curve behind it, from 1 on, where every curve
        has a value of its own, as in ``h_exc[2]``.
    name : str
        One of `FIT_PARAMETERS`.
    curve : int or None
        The place of the only curve that depends on it; None if all do.
    start, low, high : float
        Where the search starts, and the limits, in reduced units.
    """

    label: str
    name: str
    curve: int | None
    start: float
    low: float
    high: float

    @property
    def logarithmic(self) -> bool:
        """Whether its logarithm is varied."""
        return self.name in LOGARITHMIC

    def coordinate(self, value: float) -> float:
        """Return the number in the vector that stands for a value."""
        return float(np.log(value)) if self.logarithmic else value

    def value(self, coordinate: float) -> float:
        """Return the value, in reduced units, that a number in the vector stands for."""
        return float(np.exp(coordinate)) if self.logarithmic else float(coordinate)


@dataclass(frozen=True)
class Parametrisation:
    """All numbers that a fit determines, in the order of its vector.

    Attributes
    ----------
    problem : FitProblem
        The fit.
    free : tuple of FreeValue
        Shared values stand once, others once for each curve.
    """

    problem: FitProblem = field(repr=False)
    free: tuple[FreeValue, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of the vector."""
        return tuple(each.label for each in self.free)

    @property
    def start(self) -> FloatArray:
        """Where the search starts, shape (free,)."""
        return np.array([each.coordinate(each.start) for each in self.free])

    @property
    def limits(self) -> tuple[FloatArray, FloatArray]:
        """The lower and the upper limits of the vector, each of shape (free,)."""
        low = [each.coordinate(each.low) for each in self.free]
        high = [each.coordinate(each.high) for each in self.free]
        return np.array(low), np.array(high)

    def values(self, vector: FloatArray) -> FloatArray:
        """Return the values, in reduced units, for which a vector stands, shape (free,)."""
        return np.array([each.value(x) for each, x in zip(self.free, vector, strict=True)])

    def slopes(self, vector: FloatArray) -> FloatArray:
        """Return the derivatives of the values by the numbers in the vector, shape (free,)."""
        logarithmic = np.array([each.logarithmic for each in self.free], dtype=bool)
        return np.where(logarithmic, self.values(vector), 1.0)

    def of_curve(self, curve: int) -> list[int]:
        """Return the places in the vector of what a curve depends on."""
        return [i for i, each in enumerate(self.free) if each.curve in (None, curve)]

    def parameters(self, values: FloatArray, curve: int) -> dict[str, float]:
        """Return all parameters of a curve, fixed and free, in reduced units, by name."""
        free = {self.free[i].name: float(values[i]) for i in self.of_curve(curve)}
        return {**known(self.problem, curve), **free}


def known(problem: FitProblem, curve: int) -> dict[str, float]:
    """Return the fixed parameters of a curve, its own before those of all, by name."""
    return {**problem.fixed, **problem.curves[curve].fixed}


def parametrisation(problem: FitProblem, starts: Mapping[str, float]) -> Parametrisation:
    """Return the numbers that a fit determines.

    Parameters
    ----------
    problem : FitProblem
        The fit.
    starts : mapping of str to float
        Where the search starts, in reduced units, by label; it matters where the problem itself
        gives no start. A single curve may have its own values with a number or without.

    Raises
    ------
    ValueError
        If a value has no start, or a start that is not within its limits, or the limits are none.
    """
    several = len(problem.curves) > 1
    values = []
    for free in problem.free:
        if free.each and several:
            of = [(f"{free.name}[{i + 1}]", i) for i in range(len(problem.curves))]
            values += [_free_value(free, label, i, starts) for label, i in of]
        else:
            values.append(_free_value(free, free.name, None, starts))
    return Parametrisation(problem, tuple(values))


def refuse_contradictions(problem: FitProblem) -> None:
    """Raise `ValueError` if a fit has nothing to find, or contradicts itself.

    Parameters
    ----------
    problem : FitProblem
        The fit.
    """
    if not problem.curves:
        raise ValueError("a fit needs at least one curve")
    if not problem.free:
        raise ValueError("a fit needs at least one free parameter; name some by free")
    names = [free.name for free in problem.free]
    for name in names:
        if name not in FIT_PARAMETERS:
            raise ValueError(
                f"{name} cannot be free: it must be one of {', '.join(FIT_PARAMETERS)}"
            )
        if names.count(name) > 1:
            raise ValueError(f"{name} is free twice: name it once")
    for i, curve in enumerate(problem.curves):
        fixed = known(problem, i)
        for name in names:
            if name in fixed:
                raise ValueError(f"{curve.name}: {name} is free and fixed at once: remove one")
        for both, parts in STANDS_FOR.items():
            beside = [part for part in parts if part in fixed or part in names]
            if beside and (both in fixed or both in names):
                raise ValueError(
                    f"{curve.name}: {both} is given beside {' and '.join(beside)}: give {both},"
                    f" which stands for both leads, or {' and '.join(parts)}"
                )


def _free_value(
    free: Free, label: str, curve: int | None, starts: Mapping[str, float]
) -> FreeValue:
    """Return a free value with its start and its limits."""
    described = FIT_PARAMETERS[free.name]
    low = described.low if free.low is None else free.low
    high = described.high if free.high is None else free.high
    if not described.low <= low < high <= described.high:
        raise ValueError(
            f"{free.name}: min and max must be apart and between {described.low:g} and"
            f" {described.high:g}, got {low:g} and {high:g}"
        )
    start = free.start
    if start is None:
        start = starts.get(label, starts.get(f"{label}[1]", described.default))
        if start is None:
            raise ValueError(f"{free.name} needs a start: the data do not give one")
        start = min(max(start, low), high)
    if not low <= start <= high:
        raise ValueError(f"{free.name}: start must be between {low:g} and {high:g}, got {start:g}")
    if free.name in FIELDS and abs(start) < LEAST_FIELD:
        start = LEAST_FIELD if high >= LEAST_FIELD else -LEAST_FIELD
    return FreeValue(label, free.name, curve, _within(start, low, high), low, high)


def _within(start: float, low: float, high: float) -> float:
    """Return a start that is a little away from the limits, where a search cannot begin."""
    margin = INSIDE * min(high - low, max(abs(start), INSIDE))
    return min(max(start, low + margin), high - margin)
