"""Zeros and extrema of many functions at once, each followed in a bracket of its own.

The steps in a bracket depend on the values of its own function alone.
"""

from collections.abc import Callable

import numpy as np

from thermospin.junction import FloatArray

Function = Callable[[np.ndarray, FloatArray], FloatArray]
"""Takes the numbers of some brackets and a place in each, and returns the values there."""

_RESOLUTION = 4e-16
"""Relative width of a bracket in which no other number lies."""
_MOST_STEPS = 200
_GOLDEN = 0.5 * (5.0**0.5 - 1.0)


def zeros(
    function: Function, low: FloatArray, high: FloatArray, at_low: FloatArray, at_high: FloatArray
) -> FloatArray:
    """Return a zero of each function between two places where its signs differ.

    By Chandrupatla's method: inverse quadratic interpolation where it is safe, else bisection.

    Parameters
    ----------
    function : callable
        See `Function`.
    low, high : ndarray, shape (n,)
        The ends of the brackets.
    at_low, at_high : ndarray, shape (n,)
        The values there, of different signs or 0.

    Returns
    -------
    ndarray, shape (n,)
        The places of the zeros, to rounding.
    """
    a, b, fa, fb = high.copy(), low.copy(), at_high.copy(), at_low.copy()
    c, fc = a.copy(), fa.copy()
    share = np.full(a.size, 0.5)
    open_ = np.flatnonzero((fa != 0.0) & (fb != 0.0))
    for _ in range(_MOST_STEPS):
        if not open_.size:
            break
        t = share[open_]
        x = a[open_] + t * (b[open_] - a[open_])
        fx = function(open_, x)
        same = np.sign(fx) == np.sign(fa[open_])
        c[open_] = np.where(same, a[open_], b[open_])
        fc[open_] = np.where(same, fa[open_], fb[open_])
        b[open_] = np.where(same, b[open_], a[open_])
        fb[open_] = np.where(same, fb[open_], fa[open_])
        a[open_], fa[open_] = x, fx
        best = np.where(np.abs(fa) < np.abs(fb), a, b)[open_]
        least = _RESOLUTION * np.abs(best) / np.abs(b[open_] - a[open_])
        done = (fx == 0.0) | (least > 0.5)
        share[open_] = np.clip(_share(a, b, c, fa, fb, fc, open_), least, 1.0 - least)
        open_ = open_[~done]
    return np.where(np.abs(fa) < np.abs(fb), a, b)


def _share(
    a: FloatArray,
    b: FloatArray,
    c: FloatArray,
    fa: FloatArray,
    fb: FloatArray,
    fc: FloatArray,
    some: np.ndarray,
) -> FloatArray:
    """Return where between a and b the next step of Chandrupatla's method goes, from 0 to 1."""
    a, b, c, fa, fb, fc = (each[some] for each in (a, b, c, fa, fb, fc))
    with np.errstate(divide="ignore", invalid="ignore"):
        xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
        safe = (phi * phi < xi) & ((1.0 - phi) * (1.0 - phi) < 1.0 - xi)
        inverse = fa / (fb - fa) * fc / (fb - fc)
        inverse += (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
    return np.where(safe & np.isfinite(inverse), inverse, 0.5)


def maxima(
    function: Function, low: FloatArray, middle: FloatArray, high: FloatArray, steps: int
) -> FloatArray:
    """Return where each function is largest between two ends, by golden sections.

    Parameters
    ----------
    function : callable
        See `Function`.
    low, middle, high : ndarray, shape (n,)
        Ends of brackets, and a place inside each where the function is not less than at its ends.
    steps : int
        Number of sections; each leaves at most 0.62 of the bracket.

    Returns
    -------
    ndarray, shape (n,)
        The best places that were met.
    """
    a, x, b = low.copy(), middle.copy(), high.copy()
    every = np.arange(a.size)
    fx = function(every, x)
    for _ in range(steps):
        right = b - x > x - a
        u = np.where(right, x + (1.0 - _GOLDEN) * (b - x), x - (1.0 - _GOLDEN) * (x - a))
        fu = function(every, u)
        better = fu > fx
        a = np.where(better & right, x, np.where(~better & ~right, u, a))
        b = np.where(better & ~right, x, np.where(~better & right, u, b))
        x, fx = np.where(better, u, x), np.where(better, fu, fx)
    return x
