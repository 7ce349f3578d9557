"""How fast the sums on a piece converge, from where the integrand is singular.

On a piece E = breakpoint + g sinh t, with t from its start to its end. A singularity at x ± iw
from the breakpoint stands at sinh t = (x ± iw)/g, which is about

``t = asinh(|x + iw|/|g|) ± i arg(x/g + iw/|g|)``

where it is not much nearer to the breakpoint than g. The Legendre coefficients of a function that
is singular at t fall as ρ^−k, with ρ the sum of the half axes of the ellipse through t around the
ends of the piece, in units of half its length: if s is the sum of the distances of t from both ends
over the length, ρ = s + √(s² − 1).

Breakpoints leave ρ large. A singular energy that a map resolves without a breakpoint of its own,
such as a Fermi step beside a sharp gap edge, may stand above the middle of a long piece. What it
adds to the integrand falls slowly, and may as yet be hidden by what falls faster.
"""

import math

from thermospin.kernels.compiled import inner

BESIDE = 2.0
"""A singularity that is so many times as far from the breakpoint as the end of a piece is resolved:
no breakpoint is nearer to a piece."""


@inner
def log_rate(x, width, scale, start, length):
    """Return ln ρ of a piece that begins at ``start``, for a singularity at x ± i·width.

    x and ``width`` are in Δ0, from the breakpoint; ``scale`` is g.
    """
    size = math.sqrt(x * x + width * width)
    along = math.asinh(size / abs(scale)) - start
    aside = math.atan2(width, math.copysign(1.0, scale) * x)
    distances = math.sqrt(along * along + aside * aside)
    along -= length
    distances += math.sqrt(along * along + aside * aside)
    return math.acosh(max(distances / length, 1.0))
