"""A slow reference of the density of states with depairing: mpmath, and another way to the root.

The positive map whose only fixed point is the physical root is iterated at Im z = Γ itself, without
continuation, and the Usadel equation is then polished in extended precision.
"""

from mpmath import atan, cos, fabs, findroot, mp, mpc, mpf, re, sin, sqrt

mp.dps = 40


def _equation(z, gap, h, orb, so, sf):
    def residual(up, down):
        values = []
        for this, other, sign in ((up, down, 1), (down, up, -1)):
            values.append(
                -mpc(0, 1) * (z + sign * h) * sin(this)
                - gap * cos(this)
                + (orb + sf) * sin(this) * cos(this)
                + so * sin(this - other)
                + sf * sin(this + other)
            )
        return values

    return residual


def angles(E, gamma, gap, h, orb, so, sf):
    """Return the angles of both spins, to 30 digits or so."""
    E, gamma, gap, h, orb, so, sf = map(mpf, (E, gamma, gap, h, orb, so, sf))
    z = mpc(E, gamma)
    at = [(mpf(1), mpf(0)), (mpf(1), mpf(0))]
    with mp.workdps(20):
        for _ in range(20_000):
            new = []
            for (c, s), (ct, st), field in ((at[0], at[1], h), (at[1], at[0], -h)):
                a = -mpc(0, 1) * (z + field) + orb / 2 * c + so * ct + sf * (c / 2 + ct)
                b = gap - orb / 2 * s + so * st - sf * (s / 2 + st)
                length = sqrt(a * a + b * b)
                new.append((a / length, b / length))
            moved = max(fabs(n[0] - o[0]) + fabs(n[1] - o[1]) for n, o in zip(new, at, strict=True))
            at = new
            if moved < mpf(10) ** -9:
                break
    start = [2 * atan(s / (1 + c)) for c, s in at]
    return findroot(_equation(z, gap, h, orb, so, sf), start, tol=1e-50, maxsteps=60)


def density(*film):
    """Return N of the spin that sees +h; arguments as of `angles`."""
    return re(cos(angles(*film)[0]))


def condition(*film):
    """Return how much larger than that of all arguments the relative error of N may be."""
    film = [mpf(value) for value in film]
    total = mpf(0)
    for place, value in enumerate(film):
        if value:
            step = fabs(value) * mpf(10) ** -14

            def moved(x, place=place):
                return density(*(x if k == place else each for k, each in enumerate(film)))

            slope = (moved(value + step) - moved(value - step)) / (2 * step)
            total += fabs(slope * value)
    return total / density(*film)
