"""Chandrupatla's method: a zero of a function is kept in a bracket that shrinks.

Inverse quadratic steps are taken where they are safe, and the bracket is halved elsewhere (T. R.
Chandrupatla, Adv. Eng. Softw. 28, 145 (1997)). The caller evaluates the function, in any unit of
its own; all callers look for zeros in V, so places are voltages in Δ0/e.
"""

from typing import NamedTuple

from thermospin.machine.compilation import outer

MOST_STEPS = 60
RESOLUTION = 1e-12
"""Relative accuracy of a zero, where rounding of the function allows it."""


class Bracket(NamedTuple):
    """Two places between which a function changes its sign, and its values there.

    Of them a is the latest; c is the place that gave way to a, or b before there was any other.
    """

    a: float
    fa: float
    b: float
    fb: float
    c: float
    fc: float


@outer
def bracket_of(a, fa, b, fb):
    """Return the bracket between two places at which a function differs in sign.

    Parameters
    ----------
    a, b : float
        The places in Δ0/e.
    fa, fb : float
        Values of the function there, in its unit.

    Returns
    -------
    Bracket
        From a to b.
    """
    return Bracket(a, fa, b, fb, a, fa)


@outer
def narrowed(bracket, x, fx):
    """Return the part of a bracket in which the function still changes its sign, cut at a place x.

    Parameters
    ----------
    bracket : Bracket
        Where the function changes its sign.
    x, fx : float
        Place inside the bracket in Δ0/e, and the value of the function there, in its unit.

    Returns
    -------
    Bracket
        From x to one end of the given bracket.
    """
    if (fx > 0.0) == (bracket.fa > 0.0):
        return Bracket(x, fx, bracket.b, bracket.fb, bracket.a, bracket.fa)
    return Bracket(x, fx, bracket.a, bracket.fa, bracket.b, bracket.fb)


@outer
def nearest(bracket):
    """Return the end of a bracket at which the modulus of the function is smaller: the zero found.

    Parameters
    ----------
    bracket : Bracket
        Where the function changes its sign.

    Returns
    -------
    float
        Place in Δ0/e.
    """
    return bracket.a if abs(bracket.fa) < abs(bracket.fb) else bracket.b


@outer
def _limit(bracket):
    """Return the resolution as a fraction of the distance from b to c, or 1 where that is 0."""
    if bracket.b == bracket.c:
        return 1.0
    return RESOLUTION * abs(nearest(bracket)) / abs(bracket.b - bracket.c)


@outer
def is_narrow(bracket, rounding):
    """Return whether a zero is known as well as it can be: to 1e-12 of its place, or to rounding.

    Parameters
    ----------
    bracket : Bracket
        Where the function changes its sign.
    rounding : float
        Value of the function, in its unit, up to which it counts as 0.

    Returns
    -------
    bool
        True if ``nearest`` of the bracket is the zero.
    """
    return _limit(bracket) > 0.5 or min(abs(bracket.fa), abs(bracket.fb)) <= rounding


@outer
def inside(bracket):
    """Return the place at which to evaluate the function next, for ``narrowed``.

    Parameters
    ----------
    bracket : Bracket
        Where the function changes its sign.

    Returns
    -------
    float
        Place between the ends of the bracket, in Δ0/e.
    """
    a, fa, b, fb, c, fc = bracket
    xi = (a - b) / (c - b)
    phi = (fa - fb) / (fc - fb)
    t = 0.5
    if phi * phi < xi and (1.0 - phi) * (1.0 - phi) < 1.0 - xi:
        t = fa / (fb - fa) * fc / (fb - fc)
        t += (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
    limit = _limit(bracket)
    return a + min(max(t, limit), 1.0 - limit) * (b - a)
