"""The comparison of the kernels with other methods, on the same points and interleaved."""

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
from scipy.integrate import IntegrationWarning

from thermospin.bench import grids
from thermospin.bench.budget import Budget, require
from thermospin.bench.quadratures import (
    LOW_LEVEL,
    Method,
    compiled_integrand,
    methods,
    one_by_one,
    with_points,
)
from thermospin.bench.standing_case import Case, kernel_points, standing_case
from thermospin.junction import FloatArray
from thermospin.kernels.kinds import CURRENT

RTOL = 1e-8
REFERENCE_RTOL = 1e-13
CHECK_RTOL = 1e-11
SPIN_TOLERANCE, CHARGE_TOLERANCE = 1e-8, 1e-6
"""Relative errors allowed of I_up and I_down, and of I_q."""
REFERENCE_SPIN, REFERENCE_CHARGE = 1e-10, 1e-8
"""Largest relative difference between the reference and an independent quadrature."""
LEAST_SPEEDUP = 80.0
KERNEL_REPEATS = 20  # one pass over the points is too short to be timed
SPARSE = slice(None, None, 5)  # on these points slow methods are timed if it must be quick


@dataclass(frozen=True)
class Row:
    """The line of a method in the comparison; a number is None where it cannot be measured.

    Attributes
    ----------
    method : str
        What the method is.
    microseconds : float or None
        Processor time per point, which is I_up and I_down, in µs.
    ratio : float or None
        That time over the time of the kernel.
    error_spin, error_charge : float or None
        Worst relative error of I_up and I_down, and of I_q.
    error_over_estimate : float or None
        Worst ratio of the error to the estimate that the method returns.
    """

    method: str
    microseconds: float | None
    ratio: float | None
    error_spin: float | None
    error_charge: float | None
    error_over_estimate: float | None = None


def compare(quick: bool, every: bool = False) -> tuple[list[Row], Budget]:
    """Time every method in turn, each between two runs of the kernel on the same points.

    Times are processor times of one thread; ratios are medians over the rounds.

    Parameters
    ----------
    quick : bool
        Whether fewer rounds, and a fifth of the points for slow methods, are enough.
    every : bool, optional
        Whether the methods of `grids` are compared as well.

    Returns
    -------
    rows : list of Row
        The methods, the kernel last.
    speedup : Budget
        How many times faster the kernel is than the best of the other methods that are accurate.

    Raises
    ------
    BenchmarkError
        If the kernel, the reference or the best of the other methods is not accurate.
    """
    cases = standing_case()
    reference = _reference(cases)
    alternatives = [*(grids.methods(RTOL) if every else ()), *methods(RTOL)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IntegrationWarning)  # their effect shows in the errors
        errors = [_errors(m.both_spins(cases), reference) for m in alternatives]  # also compiles
        rounds = 3 if every and quick else 5 if every or quick else 15
        times = _timed(alternatives, cases, rounds, sparse=quick or every)
    rows = [
        Row(method.name, 1e6 * median(found.seconds), median(found.ratios), *error)
        for method, found, error in zip(alternatives, times, errors, strict=True)
    ]
    require(f"{LOW_LEVEL}: I_up and I_down", errors[-1][0], SPIN_TOLERANCE)
    kernel = _kernel_row(cases, reference, 1e6 * median(times[-1].kernel_seconds))
    ratio = median(times[-1].ratios)
    speedup = Budget(
        "speed against LowLevelCallable quad", ratio, LEAST_SPEEDUP, "×", at_least=True
    )
    return [*rows, kernel], speedup


def _reference(cases: Sequence[Case]) -> FloatArray:
    """Return I_up and I_down to 1e-13, shape (n, 2), checked against another quadrature."""
    reference, _ = _kernel(cases, REFERENCE_RTOL)
    independent = with_points(compiled_integrand(), epsabs=0.0, epsrel=CHECK_RTOL)
    spin, charge = _errors(one_by_one(independent)(cases), reference)
    require("the reference of I_up and I_down", spin, REFERENCE_SPIN)
    require("the reference of I_q", charge, REFERENCE_CHARGE)
    return reference


def _kernel(cases: Sequence[Case], rtol: float) -> tuple[FloatArray, FloatArray]:
    """Return I_up and I_down by the kernel, and their error estimates, each of shape (n, 2)."""
    up, mirrored = kernel_points(cases, rtol).both_spins(CURRENT)
    values = np.stack((up.value, -mirrored.value), axis=1)
    return values, np.stack((up.error, mirrored.error), axis=1)


def _errors(values: FloatArray, reference: FloatArray) -> tuple[float, float]:
    """Return the worst relative error of I_up and I_down, and that of I_q."""
    charge, exact = values.sum(axis=1), reference.sum(axis=1)
    return (
        float(np.max(np.abs(values / reference - 1.0))),
        float(np.max(np.abs(charge / exact - 1.0))),
    )


def _kernel_row(cases: Sequence[Case], reference: FloatArray, microseconds: float) -> Row:
    values, estimates = _kernel(cases, RTOL)
    spin, charge = _errors(values, reference)
    over_estimate = float(np.max(np.abs(values - reference) / estimates))
    require("thermospin: I_up and I_down", spin, SPIN_TOLERANCE)
    require("thermospin: I_q", charge, CHARGE_TOLERANCE)
    require("thermospin: error over its estimate", over_estimate, 1.0)
    name = f"thermospin, rtol {RTOL:.0e}, with its error estimate".replace("e-0", "e-")
    return Row(name, microseconds, 1.0, spin, charge, over_estimate)


@dataclass(frozen=True)
class Times:
    """Seconds per point of a method and of the kernel, and their ratios, for each round."""

    seconds: list[float]
    kernel_seconds: list[float]
    ratios: list[float]


def _timed(
    alternatives: Sequence[Method], cases: Sequence[Case], rounds: int, sparse: bool
) -> list[Times]:
    times = [Times([], [], []) for _ in alternatives]
    for _ in range(rounds):
        for method, found in zip(alternatives, times, strict=True):
            chosen = cases[SPARSE] if sparse and method.slow else cases
            seconds, kernel = _side_by_side(method, chosen)
            seconds, kernel = seconds / method.points(chosen), kernel / len(chosen)
            found.seconds.append(seconds)
            found.kernel_seconds.append(kernel)
            found.ratios.append(seconds / kernel)
    return times


def _side_by_side(method: Method, cases: Sequence[Case]) -> tuple[float, float]:
    """Return the times of a method, and of the kernel as the mean of before and after it."""
    points = kernel_points(cases, RTOL)

    def kernel() -> None:
        for _ in range(KERNEL_REPEATS):
            points.both_spins(CURRENT)

    before = _seconds(kernel)
    seconds = _seconds(lambda: method.both_spins(cases))
    after = _seconds(kernel)
    return seconds, 0.5 * (before + after) / KERNEL_REPEATS


def _seconds(work: Callable[[], Any]) -> float:
    started = time.thread_time()
    work()
    return time.thread_time() - started
