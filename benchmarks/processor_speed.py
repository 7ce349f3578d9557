"""How fast the processor does single operations, each in a compiled loop of its own."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numba
import numpy as np
from measuring import seconds_of

from thermospin.machine.compilation import from_python, inner
from thermospin.machine.exponential import decay

LENGTH = 512  # numbers of a loop: they stay in the first-level cache
PASSES = 400
REPEATS = 15
FMAS = 24

_summing = numba.njit(nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})


# ``shift`` differs from pass to pass, so that the compiler cannot leave one out.


@_summing
def _roots(x, shift):
    total = 0.0
    for i in range(x.size):
        total += np.sqrt(x[i] + shift)
    return total


@_summing
def _quotients(x, shift):
    total = 0.0
    for i in range(x.size):
        total += shift / x[i]
    return total


@_summing
def _mixed(x, shift):
    """Take as many square roots and divisions of a number as a node has."""
    total = 0.0
    for i in range(x.size):
        a, b, c = np.sqrt(x[i] + shift), np.sqrt(x[i] - shift), np.sqrt(x[i])
        total += (a + b) / (c + shift)
    return total


@_summing
def _exponentials(x, shift):
    total = 0.0
    for i in range(x.size):
        total += decay(x[i] + shift)
    return total


@_summing
def _multiply_adds(x, shift):
    total = 0.0
    for i in range(x.size):
        y = shift
        for k in range(FMAS):
            y = y * x[i] + (0.5 + 0.01 * k)
        total += y
    return total


def _repeated(loop: Any) -> Any:
    """Return a compiled function that runs a loop many times."""

    @inner
    def run(x, passes):
        total = 0.0
        for i in range(passes):
            total += loop(x, 1e-6 * i)
        return total

    return from_python(run)


def shortest(work: Callable[[], Any]) -> float:
    """Return the shortest of `REPEATS` times of a call, in seconds, after one that warms up."""
    work()
    return min(seconds_of(work) for _ in range(REPEATS))


def throughputs() -> dict[str, float]:
    """Return the ns that each operation takes; ``mixed`` is all roots and divisions of a node."""
    x = np.random.default_rng(1).uniform(0.5, 0.99, LENGTH)
    found = {}
    for name, loop, each in (
        ("square root", _roots, 1),
        ("division", _quotients, 1),
        ("mixed", _mixed, 1),
        ("exponential", _exponentials, 1),
        ("multiply-add", _multiply_adds, FMAS),
    ):
        run = _repeated(loop)
        found[name] = 1e9 * shortest(partial(run, x, PASSES)) / (PASSES * LENGTH * each)
    return found
