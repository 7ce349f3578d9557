"""How fast the sums on a piece converge, from where the integrand is singular.

On a piece E = breakpoint + g sinh t, with t from its start to its end. A singularity at z = x ± iw
from the breakpoint, in units of |g|, stands where sinh t = z. With A the mean of |z − i| and
|z + i| that is, on the side of the breakpoint where x is, at

``t = arcosh A ± i arcsin(w/A)``

and, on the other side, at −arcosh A ± i arcsin(w/A) and arcosh A ± i [π − arcsin(w/A)]. The
Legendre coefficients of a function that is singular at t fall as ρ^−k, with ρ the sum of the half
axes of the ellipse through t around the ends of the piece, in units of half its length: if s is the
sum of the distances of t from both ends over the length, ρ = s + √(s² − 1).

Breakpoints leave ρ large. A singular energy that a map resolves without a breakpoint of its own,
such as a Fermi step beside a sharp gap edge, may stand above the middle of a long piece. What it
adds to the integrand falls slowly, and may as yet be hidden by what falls faster.
"""

import math

import numpy as np

from thermospin.machine.arithmetic import bits, portable
from thermospin.machine.compilation import inlined
from thermospin.machine.exponential import log

BESIDE = 1.0
"""A singularity that is so many times as far from the breakpoint as the end of a piece, or farther,
slows its sums no more than the breakpoint itself does."""


def _log_rates() -> tuple[int, np.ndarray]:
    """Return ln ρ for every sixteenth of an octave of s − 1, and the bits of the first."""
    first, last = np.array([1e-6, 1e3]).view(np.int64) >> 48
    beyond = (np.arange(first, last) << 48).view(np.float64)
    return int(first), portable(math.acosh, 1.0 + beyond)


FIRST_BITS, LOG_RATES = _log_rates()


@inlined
def place_on_map(x, width, scale):
    """Return where a singularity at x ± i·width stands on a map E = breakpoint + g sinh t.

    Parameters
    ----------
    x, width : float
        Energy of the singularity from the breakpoint, real and imaginary part, in Δ0.
    scale : float
        g in Δ0; its sign says on which side pieces are.

    Returns
    -------
    along, cosine : float
        arcosh A, and the cosine of arcsin(w/A).
    is_beside : bool
        Whether it is on the side of the pieces.
    """
    X, W = abs(x / scale), width / abs(scale)
    A = 0.5 * (math.sqrt(X * X + (W - 1.0) * (W - 1.0)) + math.sqrt(X * X + (W + 1.0) * (W + 1.0)))
    along = log(A + math.sqrt(max(A * A - 1.0, 0.0)))
    return along, math.sqrt(max(1.0 - (W / A) * (W / A), 0.0)), x * scale >= 0.0


@inlined
def _distances(along, v, start, length):
    """Return how far along + i arccos(1 − v) is from both ends of a piece, added up."""
    aside = 2.0 * v * (1.0 + v * (1.0 / 12.0 + v * (3.0 / 160.0))) ** 2  # all terms are positive
    from_start, from_end = along - start, along - start - length
    return math.sqrt(from_start * from_start + aside) + math.sqrt(from_end * from_end + aside)


@inlined
def log_rate(place, start, length):
    """Return ln ρ of a piece that begins at ``start``, for a singularity; it is rounded down.

    Parameters
    ----------
    place : tuple
        Where the singularity stands, of ``place_on_map``.
    start, length : float
        Where t begins, and how far it goes.

    Returns
    -------
    float
        ln ρ, for |c_k| ~ ρ^−k.
    """
    along, cosine, is_beside = place
    if is_beside:
        distances = _distances(along, 1.0 - cosine, start, length)
    else:
        distances = min(
            _distances(-along, 1.0 - cosine, start, length),
            _distances(along, 1.0 + cosine, start, length),
        )
    place = (bits(distances / length - 1.0) >> 48) - FIRST_BITS
    return LOG_RATES[min(max(place, 0), LOG_RATES.size - 1)]
