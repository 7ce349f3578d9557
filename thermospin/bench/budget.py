"""A measured figure beside the bound that it has to keep."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class BenchmarkError(RuntimeError):
    """A benchmark whose answer is wrong; its time means nothing."""


@dataclass(frozen=True)
class Budget:
    """A figure and its bound: the least value allowed, or the largest.

    ``unit`` stands behind both numbers: "×", "MB", "s" or nothing.
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
        """Return the figure as JSON can hold it."""
        return {
            "figure": self.figure,
            "value": self.value,
            "unit": self.unit,
            "bound": self.bound,
            "sense": "at least" if self.at_least else "at most",
            "met": self.met,
        }


def require(what: str, deviation: float, tolerance: float) -> None:
    """Raise `BenchmarkError` unless a deviation is within its tolerance (NaN is not)."""
    if not deviation <= tolerance:
        raise BenchmarkError(f"{what} must agree within {tolerance:g}, got {deviation:.3g}")


def seconds_of(work: Callable[[], object]) -> float:
    """Return the wall time of a call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
