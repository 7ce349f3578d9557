"""Chandrupatla's method: a zero is kept in a bracket that shrinks.

Inverse quadratic steps are taken where they are safe, and the bracket is halved elsewhere (T. R.
Chandrupatla, Adv. Eng. Softw. 28, 145 (1997)). The caller evaluates the function.
"""

from typing import NamedTuple

from thermospin.machine.compilation import outer

MOST_STEPS = 60
RESOLUTION = 1e-12
"""Relative accuracy of a zero, where rounding of the function allows it."""


class Bracket(NamedTuple):
    """Two places a, b between which a function changes its sign, the one before, and its values."""

    a: float
    fa: float
    b: float
    fb: float
    c: float
    fc: float


@outer
def bracket_of(a, fa, b, fb):
    """Return the bracket of two places at which a function differs in sign."""
    return Bracket(a, fa, b, fb, a, fa)


@outer
def narrowed(bracket, x, fx):
    """Return the bracket with the value of the function at a place x inside."""
    if (fx > 0.0) == (bracket.fa > 0.0):
        return Bracket(x, fx, bracket.b, bracket.fb, bracket.a, bracket.fa)
    return Bracket(x, fx, bracket.a, bracket.fa, bracket.b, bracket.fb)


@outer
def nearest(bracket):
    """Return the end of the bracket at which the function is smaller."""
    return bracket.a if abs(bracket.fa) < abs(bracket.fb) else bracket.b


@outer
def _limit(bracket):
    """Return the resolution as a fraction of the bracket that came before."""
    if bracket.b == bracket.c:
        return 1.0
    return RESOLUTION * abs(nearest(bracket)) / abs(bracket.b - bracket.c)


@outer
def is_narrow(bracket, rounding):
    """Return whether the zero is known to the resolution, or its value to rounding."""
    return _limit(bracket) > 0.5 or min(abs(bracket.fa), abs(bracket.fb)) <= rounding


@outer
def inside(bracket):
    """Return where to evaluate the function next."""
    a, fa, b, fb, c, fc = bracket
    xi = (a - b) / (c - b)
    phi = (fa - fb) / (fc - fb)
    t = 0.5
    if phi * phi < xi and (1.0 - phi) * (1.0 - phi) < 1.0 - xi:
        t = fa / (fb - fa) * fc / (fb - fc)
        t += (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
    limit = _limit(bracket)
    return a + min(max(t, limit), 1.0 - limit) * (b - a)
