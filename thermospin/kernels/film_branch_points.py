"""Where the density of states of a film has branch points, found along the real energy axis.

θ(z) of a film has square-root branch points, next to which its second derivative is in proportion
to (z − z0)^(−3/2): the second and the third derivative at z tell z0 = z + (3/2) θ″/θ‴, the more
accurately the nearer z0 is. The branch points that matter to an integral along E + iΓ are those
that are the nearest ones somewhere along it. So the energies are walked down from far above to 0,
in steps in proportion to the distance of the nearest branch point, and one is noted wherever that
distance has a minimum.

They need not be accurate: a table, or a quadrature, that is dense around an energy is so for all
singularities near that energy.
"""

import math
from typing import NamedTuple

from thermospin.kernels.depaired_density import Film, root_beside, root_of
from thermospin.machine.compilation import inner

PLACE, WIDTH = range(2)
"""Columns of a list of branch points: |Re z0|, and the distance of z0 from the line of E + iΓ."""
MOST_POINTS = 16
"""Branch points on one side of E = 0 that are kept."""
TOP = 4.0
"""The walk begins at so many times the sum of Δ, |h|, Γ and all rates."""
FIRST = 0.25
STRIDE = 0.4
"""Steps in distances of the nearest branch point, the first of which counts as that part of E."""
TOO_LONG = 1.2
"""A step was too long if the nearest branch point is then nearer by so many times its length."""
SHORTEST = 0.5
"""Where a derivative vanishes, a branch point may seem to be nearer than this part of Γ."""
CLOSE = 0.1
"""A branch point is approached until its distance changes by this part of its width."""
MOST_APPROACHES = 8
DEEP = 0.3
"""What cannot be approached counts if it is below the line by this part of its distance."""
LOWEST = 0.4
"""Branch points are below the line of E + iΓ by at least this part of Γ."""
MOST_STRIDES = 2000
SAME = 0.25
"""Two branch points are one if they are nearer to each other than this part of the width."""


class Slopes(NamedTuple):
    """Second and third derivatives of ln w by the energy for both spins, in 1/Δ0² and 1/Δ0³."""

    up: complex
    down: complex
    up_3: complex
    down_3: complex


class Trail(NamedTuple):
    """What a walk has found of a spin at an energy: the nearest branch point and how far it is.

    ``earlier`` is how far the nearest one was from the energy before; all are in Δ0.
    """

    place: complex
    apart: float
    earlier: float


@inner
def slopes_at(film, height, w):
    """Return derivatives of ln w = iθ by the energy at a root, by implicit differentiation.

    Parameters
    ----------
    film : Film
        The film and the energy, in Δ0.
    height : float
        Im z in Δ0.
    w : Exponentials
        The root there.

    Returns
    -------
    Slopes
        Second and third derivatives of both spins.
    """
    rate, so, sf = film.orbital + film.spin_flip, film.spin_orbit, film.spin_flip
    w1, w2 = w.up, w.down
    v1, v2 = 1.0 / w1, 1.0 / w2
    high, low = film.energy + film.field, film.energy - film.field
    rise1, fall1 = complex(high + film.gap, height) * w1, complex(high - film.gap, height) * v1
    rise2, fall2 = complex(low + film.gap, height) * w2, complex(low - film.gap, height) * v2
    sum1, sum2, g1, g2 = w1 + v1, w2 + v2, w1 - v1, w2 - v2
    even1, odd1 = 1j * rate * (w1 * w1 + v1 * v1), 1j * rate * (w1 * w1 - v1 * v1)
    even2, odd2 = 1j * rate * (w2 * w2 + v2 * v2), 1j * rate * (w2 * w2 - v2 * v2)
    near, mixed = 1j * so * (w1 * v2 + w2 * v1), 1j * so * (w1 * v2 - w2 * v1)
    far, flipped = 1j * sf * (w1 * w2 + v1 * v2), 1j * sf * (w1 * w2 - v1 * v2)
    J11, J22 = rise1 + fall1 + even1 + near + far, rise2 + fall2 + even2 + near + far
    J12 = far - near
    over = 1.0 / (J11 * J22 - J12 * J12)
    up, down = (J12 * g2 - J22 * g1) * over, (J12 * g1 - J11 * g2) * over
    less, more = up - down, up + down
    own1, own2 = rise1 - fall1 + 2.0 * odd1, rise2 - fall2 + 2.0 * odd2
    across, along = mixed * less * less, flipped * more * more
    h1 = own1 * up * up + 2.0 * sum1 * up + across + along
    h2 = own2 * down * down + 2.0 * sum2 * down - across + along
    up_2, down_2 = (J12 * h2 - J22 * h1) * over, (J12 * h1 - J11 * h2) * over
    across = less * (near * less * less + 3.0 * mixed * (up_2 - down_2))
    along = more * (far * more * more + 3.0 * flipped * (up_2 + down_2))
    steep1, steep2 = rise1 + fall1 + 4.0 * even1, rise2 + fall2 + 4.0 * even2
    h1 = up * up * (steep1 * up + 3.0 * g1) + 3.0 * up_2 * (own1 * up + sum1) + across + along
    h2 = down * down * (steep2 * down + 3.0 * g2) + 3.0 * down_2 * (own2 * down + sum2)
    h2 += along - across
    return Slopes(up_2, down_2, (J12 * h2 - J22 * h1) * over, (J12 * h1 - J11 * h2) * over)


@inner
def _nearest(energy, second, third):
    """Return the branch point that two derivatives tell, and how far from the energy it is."""
    if third == 0.0:
        return complex(energy, 0.0), math.inf
    apart = 1.5 * second / third
    return energy + apart, abs(apart)


@inner
def _noted(place, width, count, point):
    """Add a branch point to a list ascending in energy unless it is there; return the length."""
    for k in range(count):
        if abs(point[k, PLACE] - place) <= SAME * max(point[k, WIDTH], width):
            if width < point[k, WIDTH]:
                point[k, PLACE], point[k, WIDTH] = place, width
            return count
    if count == len(point):
        return count
    k = count
    while k > 0 and point[k - 1, PLACE] > place:
        point[k, PLACE], point[k, WIDTH] = point[k - 1, PLACE], point[k - 1, WIDTH]
        k -= 1
    point[k, PLACE], point[k, WIDTH] = place, width
    return count + 1


@inner
def at_energy(film, energy):
    """Return a film at another energy.

    Parameters
    ----------
    film : Film
        The film, in Δ0.
    energy : float
        The other energy in Δ0.

    Returns
    -------
    Film
        The film, otherwise unchanged.
    """
    return Film(energy, film.gap, film.field, film.orbital, film.spin_orbit, film.spin_flip)


@inner
def _approached(film, gamma, is_up, place, apart, w):
    """Return a branch point from derivatives at the energy above it, and whether it is one there.

    A place that moves away is no branch point, nor is one above the line of E + iΓ.
    """
    energy = place.real
    for _ in range(MOST_APPROACHES):
        w, found = root_beside(at_energy(film, energy), gamma, w)
        slopes = slopes_at(at_energy(film, energy), gamma, w)
        second, third = slopes.down, slopes.down_3
        if is_up:
            second, third = slopes.up, slopes.up_3
        place, near = _nearest(energy, second, third)
        if not found or near > 2.0 * apart:
            return place, False
        if abs(place.real - energy) < CLOSE * near:
            return place, place.imag <= -LOWEST * gamma
        energy = place.real
    return place, False


@inner
def _followed(trail, film, gamma, is_up, place, apart, w, count, point):
    """Follow the distance of a spin's nearest branch point; note it where it was the smallest."""
    if trail.apart <= trail.earlier and trail.apart < apart:
        there, found = _approached(film, gamma, is_up, trail.place, trail.apart, w)
        if not found:
            there, found = trail.place, trail.place.imag <= -DEEP * trail.apart
        if found:
            count = _noted(abs(there.real), -there.imag, count, point)
    return Trail(place, apart, trail.apart), count


@inner
def branch_points(film, gamma, point):
    """Write the branch points that matter along E + iΓ, E ≥ 0, ascending; return how many.

    Those at E < 0 are their mirror images. Where there is none, E = 0 takes its place, as wide as
    the nearest one is far.

    Parameters
    ----------
    film : Film
        The film at any energy, in Δ0.
    gamma : float
        Dynes Γ in Δ0, > 0.
    point : array of shape (n, 2)
        Receives the branch points, columns above, in Δ0.

    Returns
    -------
    count : int
        How many there are.
    found : bool
        Whether the root was found at every energy.
    """
    size = film.gap + abs(film.field) + gamma + film.orbital + film.spin_orbit + film.spin_flip
    before = TOP * size
    w, found = root_of(at_energy(film, before), gamma)
    nowhere = complex(before, 0.0)
    ups, downs = Trail(nowhere, math.inf, math.inf), Trail(nowhere, math.inf, math.inf)
    apart = FIRST * before
    count = strides = 0
    while found and before > 0.0 and strides < MOST_STRIDES:
        strides += 1
        energy = max(before - STRIDE * apart, 0.0)
        here = at_energy(film, energy)
        there, found = root_beside(here, gamma, w)
        slopes = slopes_at(here, gamma, there)
        up, apart_up = _nearest(energy, slopes.up, slopes.up_3)
        down, apart_down = _nearest(energy, slopes.down, slopes.down_3)
        nearest = max(min(apart_up, apart_down), SHORTEST * gamma)
        if nearest < apart - TOO_LONG * (before - energy) and apart > gamma:
            # No distance falls faster than the energy: it was less than it seemed.
            apart = nearest + (before - energy)
            continue
        w, before, apart = there, energy, nearest
        ups, count = _followed(ups, here, gamma, True, up, apart_up, w, count, point)
        downs, count = _followed(downs, here, gamma, False, down, apart_down, w, count, point)
    if count == 0:
        count = _noted(0.0, max(min(apart, size), gamma), count, point)
    return count, found and before == 0.0


@inner
def note_beside(energy, width, film, gamma, count, point):
    """Note the branch point next to an energy at which a density is not smooth enough.

    Parameters
    ----------
    energy, width : float
        The energy in Δ0, ≥ 0, and the width to note there if nothing is found.
    film : Film
        The film at any energy, in Δ0.
    gamma : float
        Dynes Γ in Δ0, > 0.
    count : int
        How many branch points there are.
    point : array of shape (n, 2)
        The branch points, written to.

    Returns
    -------
    int
        How many there are afterwards.
    """
    here = at_energy(film, energy)
    w, _ = root_of(here, gamma)
    slopes = slopes_at(here, gamma, w)
    up, apart_up = _nearest(energy, slopes.up, slopes.up_3)
    down, apart_down = _nearest(energy, slopes.down, slopes.down_3)
    is_up = apart_up <= apart_down
    place, apart = (up, apart_up) if is_up else (down, apart_down)
    there, found = _approached(film, gamma, is_up, place, apart, w)
    if found and abs(there.real - energy) <= 2.0 * apart:
        before = count
        count = _noted(abs(there.real), -there.imag, count, point)
        if count > before:
            return count
    return _noted(energy, max(width, gamma), count, point)
