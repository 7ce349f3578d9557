"""A table of the density of states of a film: Chebyshev series of ln N for both spins.

Between E = 0 and ``HIGHEST`` the energy axis is cut half way between neighbouring branch points. On
either side of one, at E = x ± g sinh t with g the distance of the nearest singularity, N is smooth
in t, and ln N is interpolated there: the error of N is relative, in the gap too. Of negative
energies the series of the other spin tells, N_up(E) = N_down(−E).

A series that is not accurate enough is replaced by those of both halves of its panel. What is
missed is estimated by its last coefficients. Where less accuracy is asked for, the first terms of a
series are enough.
"""

import math
from typing import NamedTuple

import numpy as np

from thermospin.kernels.depaired_density import Film, root_beside, root_of
from thermospin.kernels.film_branch_points import (
    MOST_POINTS,
    PLACE,
    WIDTH,
    at_energy,
    branch_points,
    note_beside,
)
from thermospin.kernels.rules import ORDERS
from thermospin.machine.arithmetic import fma, portable
from thermospin.machine.compilation import inner

TERMS = 48
"""Terms of a series, and nodes that it is made from."""
HIGHEST = 1e4
"""Energy in Δ0 up to which a table reaches; beyond it N is 1 to within 1e-8 Δ² /Δ0²."""
MOST_PANELS = 160
LONGEST = 6.0
"""Longest panel in t that is tried."""
SHORTEST = 0.2
"""Panels are not cut further than to this length in t: what is left then is rounding."""
ROUNDING = 5e-16
"""Rounding of an energy moves it by this part of itself, from a singularity or towards it."""
NOISY = 8.0
"""Coefficients of a series that are so many times as large as rounding may be just that."""
ROUGH = 10.0
"""Beside a branch point that was overlooked, coefficients are so many times as large as allowed."""
MOST_REPAIRS = 8
GUARD = 4.0
"""The error of a series counts as so many times its last coefficients."""
FINEST = 3e-14
"""Relative error of N that is tried for."""
LOW, HIGH, BASE, SCALE, START, LENGTH, ERROR, ENOUGH = range(8)
"""Columns of a list of panels: both ends, the branch point, ±g, where t begins and how far it goes,
energies in Δ0; the relative error of N, and how many terms are enough for the table's tolerance."""
COLUMNS = 8
UP, DOWN, UP_SLOPE, DOWN_SLOPE = range(4)
"""Rows of the series of a panel: ln N of both spins, and their derivatives by the variable in
which the series are, from −1 to 1."""


def _transform() -> np.ndarray:
    """Return the matrix that makes the coefficients of a series from the values at its nodes."""
    k, j = np.arange(TERMS)[None, :], np.arange(TERMS)[:, None]
    factors = 2.0 / TERMS * portable(math.cos, math.pi / TERMS * k * (j + 0.5))
    factors[:, 0] *= 0.5
    return factors


TRANSFORM = _transform()
NODES = portable(math.cos, math.pi / TERMS * (np.arange(TERMS) + 0.5))
"""Nodes of a series on [−1, 1], descending."""


MOST_SINGULARITIES = 4 * MOST_POINTS + 2
MOST_CUTS = 4 * (MOST_PANELS + 1)


class Films(NamedTuple):
    """Tables of both leads of one junction after another, and memory for integrals over them.

    The first index of the tables is the lead. The arrays are few, as in ``Workspace``.
    """

    key: np.ndarray  # (2, 7) Δ, |h|, Γ_orb, Γ_so, Γ_sf, Γ and the relative error that may do
    numbers: np.ndarray  # (2, 5) columns below
    edge: np.ndarray  # (2, MOST_POINTS, 2) branch points, columns as in ``film_branch_points``
    panel: np.ndarray  # (2, MOST_PANELS, COLUMNS) ascending in energy
    series: np.ndarray  # (2, MOST_PANELS, 4, TERMS)
    node: np.ndarray  # (5, nodes) what is computed at the nodes of a panel, or of a piece
    point: np.ndarray  # (MOST_SINGULARITIES, 6) singular energies: see ``film_pieces``
    order: np.ndarray  # (2, MOST_SINGULARITIES) the sharpest first, and breakpoints ascending
    cut: np.ndarray  # (MOST_CUTS,) where panels of both tables end, from μ_Sm


OF_S, OF_SM = range(2)
"""The leads."""
IS_FILM, POINTS, PANELS, FOUND, FINE = range(5)
"""Columns of ``numbers``: whether the lead is a film, how many branch points and panels it has,
whether the root was always found, and whether all terms of series are summed."""
GAMMA, TOLERANCE = 5, 6
"""Columns of ``key``."""
N_S, N_SM, SLOPE, T, STEEPNESS = range(5)
"""Rows of what is computed at nodes: densities of both leads, the slope of that of Sm, arguments of
series, and how steep the map of a table is, times the density."""


def films_of_junctions() -> Films:
    """Return memory for the films of junctions.

    Returns
    -------
    Films
        Of no junction.
    """
    return Films(
        np.full((2, TOLERANCE + 1), np.nan),
        np.zeros((2, FINE + 1), np.int64),
        np.empty((2, MOST_POINTS, 2)),
        np.empty((2, MOST_PANELS, COLUMNS)),
        np.empty((2, MOST_PANELS, 4, TERMS)),
        np.empty((STEEPNESS + 1, ORDERS[-1])),
        np.empty((MOST_SINGULARITIES, 6)),
        np.empty((2, MOST_SINGULARITIES), np.int64),
        np.empty(MOST_CUTS),
    )


@inner
def film_of(key):
    """Return a film at E = 0.

    Parameters
    ----------
    key : array of shape (≥ 5,)
        Δ, |h| and the rates in Δ0, as in ``Films.key``.

    Returns
    -------
    Film
        The film.
    """
    return Film(0.0, key[0], key[1], key[2], key[3], key[4])


@inner
def log_density(w):
    """Return ln Re cos θ for w = exp(iθ), without cancellation in the gap.

    Parameters
    ----------
    w : complex
        The unknown of one spin, Re w > 0.

    Returns
    -------
    float
        ln N.
    """
    square = w.real * w.real + w.imag * w.imag
    return math.log(0.5 * w.real * (1.0 + 1.0 / square))


@inner
def _fill(panel, film, gamma, w, node, series):
    """Write both series of a panel; return the root at its last node and whether all were found."""
    for spin in range(2):
        for k in range(TERMS):
            series[spin, k] = 0.0
    found = True
    for j in range(TERMS):
        t = panel[START] + panel[LENGTH] * (0.5 + 0.5 * NODES[j])
        energy = panel[BASE] + panel[SCALE] * math.sinh(t)
        w, right = root_beside(at_energy(film, energy), gamma, w)
        found = found and right
        node[N_S, j], node[N_SM, j] = log_density(w.up), log_density(w.down)
    for j in range(TERMS):
        up, down = node[N_S, j], node[N_SM, j]
        for k in range(TERMS):
            series[UP, k] = fma(TRANSFORM[j, k], up, series[UP, k])
            series[DOWN, k] = fma(TRANSFORM[j, k], down, series[DOWN, k])
    return w, found


@inner
def _missed(series):
    """Return by how much the worse of two series may be off."""
    largest = 0.0
    for spin in range(2):
        for k in range(TERMS - 3, TERMS):
            largest = max(largest, abs(series[spin, k]))
    return GUARD * largest


@inner
def _finish(panel, series, tolerance):
    """Write the derivatives of both series, and how many terms are enough for a tolerance."""
    enough = 2
    for spin in range(2):
        log, slope = series[spin], series[UP_SLOPE + spin]
        slope[TERMS - 1] = 0.0
        slope[TERMS - 2] = 2.0 * (TERMS - 1) * log[TERMS - 1]
        for k in range(TERMS - 3, -1, -1):
            slope[k] = slope[k + 2] + 2.0 * (k + 1) * log[k + 1]
        slope[0] *= 0.5
        rest = 0.0
        for k in range(TERMS - 1, -1, -1):
            rest += abs(log[k])
            if rest > tolerance:
                enough = max(enough, k + 1)
                break
    panel[ENOUGH] = enough + enough % 2


@inner
def _set_panel(panel, base, scale, start, length):
    """Set a panel from t = ``start`` on."""
    near, far = base + scale * math.sinh(start), base + scale * math.sinh(start + length)
    panel[LOW], panel[HIGH] = min(near, far), max(near, far)
    panel[BASE], panel[SCALE], panel[START], panel[LENGTH] = base, scale, start, length


@inner
def _add_side(count, base, scale, reach, film, w, lead, films):
    """Add the panels from a branch point to ``reach`` on the side that the sign of scale tells.

    They are added outwards from the branch point, each as long as is accurate enough. Returns how
    many panels there are, the root at the last node, whether all roots were found, and the panel
    that is not accurate however short it is, or −1.
    """
    key = films.key[lead]
    whole = math.asinh(reach / abs(scale))
    start, length = 0.0, min(LONGEST, whole)
    found = True
    rough = -1
    while start < whole and count < MOST_PANELS:
        panel, series = films.panel[lead, count], films.series[lead, count]
        if start + 1.0001 * length > whole:
            length = whole - start
        _set_panel(panel, base, scale, start, length)
        w, right = _fill(panel, film, key[GAMMA], w, films.node, series)
        missed = _missed(series)
        noise = ROUNDING * (panel[HIGH] + film.gap) / (abs(scale) * math.cosh(start))
        allowed = max(FINEST, NOISY * noise)
        if missed > allowed and length > SHORTEST:
            length *= 0.5
            continue
        if missed > ROUGH * allowed:
            rough = count
        panel[ERROR] = missed
        _finish(panel, series, key[TOLERANCE])
        found = found and right
        start += length
        count += 1
        length = min(2.0 * length, LONGEST)
    return count, w, found and start >= whole, rough


@inner
def _graded(point, count, k):
    """Return the distance of the nearest branch point from branch point k, or its own width."""
    scale = point[k, WIDTH]
    for j in range(count):
        scale = min(scale, point[j, WIDTH] + abs(point[j, PLACE] - point[k, PLACE]))
    return scale


@inner
def tabulate(lead, films):
    """Write the table of a lead that is a film, whose ``key`` is set.

    Parameters
    ----------
    lead : int
        ``OF_S`` or ``OF_SM``.
    films : Films
        Receives the table.
    """
    key, edge, numbers = films.key[lead], films.edge[lead], films.numbers[lead]
    film = film_of(key)
    points, found = branch_points(film, key[GAMMA], edge)
    for _ in range(MOST_REPAIRS):
        numbers[PANELS], right, rough = _lay_panels(points, film, lead, films)
        found = found and right
        if rough < 0 or points == MOST_POINTS:
            break
        # A branch point was overlooked there.
        low, high = films.panel[lead, rough, LOW], films.panel[lead, rough, HIGH]
        points = note_beside(0.5 * (low + high), high - low, film, key[GAMMA], points, edge)
    numbers[POINTS], numbers[FOUND] = points, 1 if found and rough < 0 else 0


@inner
def _lay_panels(points, film, lead, films):
    """Write the panels of a table; return how many, whether all roots were found, and a rough one.

    The rough panel is one that is not accurate, or −1.
    """
    edge = films.edge[lead]
    w, found = root_of(film, films.key[lead, GAMMA])
    count = 0
    rough = -1
    low = 0.0
    for end in range(2 * points):  # both sides of each branch point
        k = end // 2
        base, scale = edge[k, PLACE], _graded(edge, points, k)
        high = 0.5 * (base + edge[k + 1, PLACE]) if k + 1 < points else HIGHEST
        reach = high - base
        if end % 2 == 0:
            reach, scale = base - low, -scale
            low = high
        if reach > 0.0:
            first = count
            count, w, right, bad = _add_side(count, base, scale, reach, film, w, lead, films)
            found = found and right
            if scale < 0.0:
                _reverse(films.panel[lead], films.series[lead], first, count)
                bad = first + count - 1 - bad if bad >= 0 else bad
            rough = bad if bad >= 0 else rough
    return count, found, rough


@inner
def _reverse(panel, series, first, after):
    """Reverse the order of some panels."""
    i, j = first, after - 1
    while i < j:
        for k in range(COLUMNS):
            panel[i, k], panel[j, k] = panel[j, k], panel[i, k]
        for row in range(4):
            for k in range(TERMS):
                other = series[i, row, k]
                series[i, row, k] = series[j, row, k]
                series[j, row, k] = other
        i += 1
        j -= 1


@inner
def density_at(energy, spin, lead, films):
    """Return the density of states of a film at one energy.

    Parameters
    ----------
    energy : float
        Energy from the chemical potential in Δ0, ≥ 0.
    spin : int
        ``UP`` or ``DOWN``.
    lead : int
        ``OF_S`` or ``OF_SM``.
    films : Films
        The tables.

    Returns
    -------
    float
        N in units of that of the normal state.
    """
    p = 0
    while p + 1 < films.numbers[lead, PANELS] and energy > films.panel[lead, p, HIGH]:
        p += 1
    panel, series = films.panel[lead, p], films.series[lead, p, spin]
    t = math.asinh((energy - panel[BASE]) / panel[SCALE])
    x = 2.0 * (t - panel[START]) / panel[LENGTH] - 1.0
    old, new = 0.0, 0.0
    for k in range(TERMS - 1, 0, -1):
        old, new = new, 2.0 * x * new - old + series[k]
    return math.exp(x * new - old + series[0])
