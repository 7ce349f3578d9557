"""A measured figure beside the bound that it has to keep."""

from dataclasses import dataclass
from typing import Any


class BenchmarkError(RuntimeError):
    """The answer of a benchmark is wrong, so that its time means nothing."""


@dataclass(frozen=True)
class Budget:
    """A figure and its bound: the least value allowed, or the largest.

    Attributes
    ----------
    figure : str
        What was measured, in words.
    value, bound : float
        The measured value and its bound.
    unit : str
        The unit of both: "×", "%", "MB", "s", "µs" or nothing.
    at_least : bool
        Whether the bound is the least value allowed rather than the largest.
    """

    figure: str
    value: float
    bound: float
    unit: str = ""
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the figure keeps its bound."""
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    def as_dict(self) -> dict[str, Any]:
        """Return the figure, its bound and the verdict as values that JSON can hold."""
        return {
            "figure": self.figure,
            "value": self.value,
            "unit": self.unit,
            "bound": self.bound,
            "sense": "at least" if self.at_least else "at most",
            "met": self.met,
        }


def require(what: str, deviation: float, tolerance: float) -> None:
    """Raise `BenchmarkError` unless a deviation is within its tolerance (NaN is not).

    Parameters
    ----------
    what : str
        What must agree; the message begins with it.
    deviation, tolerance : float
        The deviation found and the largest one allowed, in one unit.
    """
    if not deviation <= tolerance:
        raise BenchmarkError(f"{what} must agree within {tolerance:g}, got {deviation:.3g}")
