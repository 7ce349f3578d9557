"""The oracle: the integrals of Eq. (2) at many points, far more accurately than the kernels.

Nothing is shared with the package, and the quadrature is another one: panels whose lengths are in
proportion to their distance from the nearest singularity in the complex plane, with Gauss-Legendre
nodes of one order, in long doubles. Every panel knows its energies as offsets from a singular
energy beside it, and all differences of singular energies as sums of two long doubles: nothing is
lost where edges all but coincide, whatever the bias. Each integral is taken twice, with two kinds
of panels and two orders; by what they differ is part of the error returned. A long double has 64
bits on x86-64; where it has less, the errors are larger and say so.

:mod:`reference` is a thousand times slower, knows any number of digits, and vouches for this module
in ``test_oracle.py``. Units are reduced as there: energies in Δ0, temperatures in T_c, currents in
G_T Δ0/e.
"""

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

Real = np.longdouble
KT_C = Real("0.5669329586555487655578751724044205")
"""k_BT_c/Δ0 = e^γ/π of a weak-coupling superconductor."""
TAIL = 60.0
"""The integrals end this many k_BT of the hotter lead beyond the last singular energy."""
FORGOTTEN = 400.0
"""So many k_BT from its Fermi energy a lead is full or empty for the laying of panels: even to the
product of two densities in their gaps, Γ² and more, e^−200 adds nothing."""
ROUNDING = 4.0
"""Error of a sum from rounding, in units of the last place of the integral of the modulus."""
BATCH = 500
"""Panels that are evaluated at once: their nodes stay in the cache."""
EMPTY = 11000.0
"""Nothing is added by e^−EMPTY, which a long double still holds."""
S_UPPER, S_LOWER, SM_UPPER, SM_LOWER, S_STEP, SM_STEP = range(6)


class Resolution(NamedTuple):
    """How long panels may be, in distances from a singularity and in k_BT; their order."""

    growth: float
    widths: float
    order: int


FINE, COARSE = Resolution(1.6, 12.0, 20), Resolution(2.5, 14.0, 22)


class Effort(NamedTuple):
    """What is spent on an integral: the type of its numbers, and with which panels it is taken.

    ``truncation`` is the error of the coarsest of them, relative to the integral of the modulus.
    """

    real: type
    panels: tuple[Resolution, ...]
    truncation: float = 0.0


CHECKED = Effort(Real, (FINE, COARSE))
ONCE = Effort(Real, (FINE,), 2e-18)
DRAFT = Effort(np.float64, (FINE,))


class Integral(NamedTuple):
    """Integrals, the integrals of the moduli, and bounds of the errors; all of shape (n,)."""

    value: np.ndarray
    modulus: np.ndarray
    error: np.ndarray


# --- junctions ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Junctions:
    """Junctions at a bias, arrays of shape (n,): what is given as doubles is taken as exact.

    Gaps are the actual ones. A lead without a gap feels no field.
    """

    V: np.ndarray
    T_S: np.ndarray
    T_Sm: np.ndarray
    h_S: np.ndarray
    h_exc: np.ndarray
    gamma_S: np.ndarray
    gamma_Sm: np.ndarray
    gap_S: np.ndarray
    gap_Sm: np.ndarray
    effort: Effort = CHECKED

    @classmethod
    def of(cls, *, effort=CHECKED, **given):
        """Return the junctions of values by name, which broadcast."""
        names = [field.name for field in fields(cls)][:-1]
        arrays = np.broadcast_arrays(*(np.atleast_1d(given.pop(name)) for name in names))
        if given:
            raise TypeError(f"a junction at a bias has no {', '.join(given)}")
        self = cls(*(np.array(array, dtype=effort.real) for array in arrays), effort)
        self.h_S[self.gap_S == 0.0] = 0.0
        self.h_exc[self.gap_Sm == 0.0] = 0.0
        return self

    def columns(self):
        return [getattr(self, field.name) for field in fields(self)][:-1]

    def __getitem__(self, chosen):
        return Junctions(*(column[chosen] for column in self.columns()), self.effort)

    def with_effort(self, effort):
        """Return the same junctions, on which another effort is spent."""
        return Junctions(*(column.astype(effort.real) for column in self.columns()), effort)

    def at(self, V):
        """Return the same junctions at another bias."""
        return Junctions(V, *self.columns()[1:], self.effort)

    @property
    def real(self):
        """The type of all numbers."""
        return self.effort.real

    @property
    def kT(self):
        """Thermal energies of S and of Sm, shape (2, n)."""
        return self.real(KT_C) * np.stack((self.T_S, self.T_Sm))

    @property
    def without_field(self):
        return (self.h_S == 0.0) & (self.h_exc == 0.0)


# --- energies -------------------------------------------------------------------------------


def _two_sum(a, b):
    """Return the rounded sum of two numbers and its rounding error."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def _singular_energies(j):
    """Return the six singular energies as sums of two long doubles, both of shape (n, 6)."""
    high, low = np.zeros((2, j.V.size, 6), dtype=j.real)
    middle, rest = _two_sum(j.V, -j.h_S)
    for k, start, lost, gap in (
        (S_UPPER, middle, rest, j.gap_S),
        (S_LOWER, middle, rest, -j.gap_S),
        (SM_UPPER, -j.h_exc, 0.0, j.gap_Sm),
        (SM_LOWER, -j.h_exc, 0.0, -j.gap_Sm),
        (S_STEP, j.V, 0.0, 0.0),
        (SM_STEP, 0.0 * j.V, 0.0, 0.0),
    ):
        total, error = _two_sum(start, gap)
        high[:, k], low[:, k] = _two_sum(total, error + lost)
    return high, low


class Geometry(NamedTuple):
    """Where the integrand is singular: distances of singular energies k − j, shape (n, 6, 6).

    ``width`` (n, 6) is how far each singularity stands from the real axis, and ``order`` (n, 6)
    says which comes first; kT (n, 2) of S and Sm.
    """

    apart: np.ndarray
    width: np.ndarray
    order: np.ndarray
    kT: np.ndarray


def _geometry(j):
    high, low = _singular_energies(j)
    apart = (high[:, :, None] - high[:, None, :]) + (low[:, :, None] - low[:, None, :])
    edges = (
        np.where(gap > 0.0, gamma, np.inf)
        for gap, gamma in ((j.gap_S, j.gamma_S),) * 2 + ((j.gap_Sm, j.gamma_Sm),) * 2
    )
    width = np.stack((*edges, *(np.pi * j.kT)), axis=1)
    return Geometry(apart, width, np.lexsort((low, high), axis=1), j.kT.T)


# --- panels ---------------------------------------------------------------------------------


class Panels(NamedTuple):
    """Panels from ``start`` to ``start + length`` on one side, +1 or −1, of a singular energy."""

    point: np.ndarray
    anchor: np.ndarray
    side: np.ndarray
    start: np.ndarray
    length: np.ndarray


def _sides(g):
    """Return both sides of each singular energy, half way to the next, as one panel each."""
    n = len(g.order)
    points = np.arange(n)[:, None]
    spacing = g.apart[points, g.order[:, 1:], g.order[:, :-1]]
    tail = TAIL * g.kT.max(axis=1)[:, None]
    length = np.stack(
        (
            np.concatenate((tail, spacing / 2), axis=1),
            np.concatenate((spacing / 2, tail), axis=1),
        ),
        axis=2,
    )
    point, anchor = np.broadcast_to(points[:, :, None], (n, 6, 2)), np.repeat(g.order, 2)
    side = np.broadcast_to([-1.0, 1.0], (n, 6, 2))
    flat = (
        point.ravel(),
        anchor,
        side.ravel(),
        np.zeros(12 * n, dtype=length.dtype),
        length.ravel(),
    )
    some = flat[-1] > 0.0
    return Panels(*(column[some] for column in flat))


def _longest(sides, start, g, resolution):
    """Return how long a panel that begins at ``start`` may be, for each side."""
    from_each = g.apart[sides.point, sides.anchor] + (sides.side * start)[:, None]
    distance = np.hypot(from_each, g.width[sides.point]).min(axis=1)
    kT = g.kT[sides.point]
    varying = np.abs(from_each[:, S_STEP:]) < FORGOTTEN * kT
    thermal = np.where(varying, resolution.widths * kT, np.inf).min(axis=1)
    return np.minimum(resolution.growth * distance, thermal)


def _lay_panels(g, resolution):
    """Return all panels, those of one point after those of the one before."""
    sides = _sides(g)
    start, laid = sides.start, []
    while start.size:
        end = np.minimum(start + _longest(sides, start, g, resolution), sides.length)
        laid.append(sides._replace(start=start, length=end - start))
        left = end < sides.length
        sides, start = Panels(*(column[left] for column in sides)), end[left]
    panels = [np.concatenate(columns) for columns in zip(*laid, strict=True)]
    by_point = np.argsort(panels[0], kind="stable")
    return Panels(*(column[by_point] for column in panels))


def _gauss_legendre(order):
    """Return nodes and weights on (0, 1): NumPy's, and three steps of Newton's iteration."""
    x = np.polynomial.legendre.leggauss(order)[0].astype(Real)
    for _ in range(3):
        before, here = np.ones_like(x), x
        for k in range(2, order + 1):
            before, here = here, ((2 * k - 1) * x * here - (k - 1) * before) / k
        slope = order * (before - x * here) / (1 - x * x)
        x = x - here / slope
    return (1 + x) / 2, 1 / ((1 - x * x) * slope * slope)


# --- the integrand --------------------------------------------------------------------------


class Nodes(NamedTuple):
    """What both integrands need at the nodes of some panels, each of shape (panels, order)."""

    above_S: np.ndarray
    below_S: np.ndarray
    above_Sm: np.ndarray
    below_Sm: np.ndarray
    from_V: np.ndarray
    energy: np.ndarray
    rise: np.ndarray
    full_S: np.ndarray
    empty_S: np.ndarray
    full_Sm: np.ndarray
    empty_Sm: np.ndarray


def _occupations(x):
    """Return f(x) and 1 − f(x) with all their digits, f(x) = 1/(1 + e^x)."""
    p = np.exp(-np.minimum(np.abs(x), EMPTY))
    less, more = p / (1 + p), 1 / (1 + p)
    above = x > 0
    return np.where(above, less, more), np.where(above, more, less)


def _nodes(panels, j, g, t):
    u = panels.side[:, None] * (panels.start[:, None] + panels.length[:, None] * t)
    apart = g.apart[panels.point, panels.anchor]
    above_S, below_S, above_Sm, below_Sm, from_V, energy = (apart[:, k, None] + u for k in range(6))
    V, T_S, T_Sm = (column[panels.point, None] for column in (j.V, j.T_S, j.T_Sm))
    kT_S, kT_Sm = j.kT[:, panels.point, None]
    full_S, empty_S = _occupations(from_V / kT_S)
    full_Sm, empty_Sm = _occupations(energy / kT_Sm)
    # E/k_BT_Sm − (E − V)/k_BT_S, with the difference of the temperatures taken first, and the bias
    # in units of the hotter lead: no term is larger than the two arguments.
    fall = np.where(T_Sm < T_S, energy, from_V) * ((T_S - T_Sm) / (kT_S * T_Sm))
    fall += V / np.maximum(kT_S, kT_Sm)
    most = np.where(fall > 0, full_S * empty_Sm, full_Sm * empty_S)
    rise = np.copysign(np.expm1(-np.abs(fall)), fall) * most
    return Nodes(
        above_S, below_S, above_Sm, below_Sm, from_V, energy, rise,
        full_S, empty_S, full_Sm, empty_Sm,
    )  # fmt: skip


class Density(NamedTuple):
    """One lead's density of states, with what its derivative needs as well.

    z = ε + iΓ, w = z² − Δ² and √w = p + iq, each with the sign of ε taken out; the larger of p
    and q comes from |w| ± Re w, the smaller from Im w = 2εΓ = 2pq: nothing cancels.
    """

    value: np.ndarray
    p: np.ndarray
    real: np.ndarray
    modulus: np.ndarray

    def slope(self, above, below):
        """Return dN/dε = −Δ² Re w^(−3/2), where Re w^(3/2) = p (p² − 3q²) = p (2 Re w − |w|)."""
        gap = (below - above) / 2
        part = np.copysign(gap * gap * self.p, -above - below)
        return part * (2 * self.real - self.modulus) / (self.modulus * self.modulus * self.modulus)


def _density(above, below, gamma):
    """Return the density of states of Eq. (1), N = Re z/√w = (εp + Γq)/|w|."""
    size, square = np.abs(above + below) / 2, gamma * gamma
    real = above * below - square
    modulus = np.sqrt((above * above + square) * (below * below + square))
    larger = np.sqrt((modulus + np.abs(real)) / 2)
    smaller = size * gamma / larger
    outside = real > 0
    p, q = np.where(outside, larger, smaller), np.where(outside, smaller, larger)
    return Density((size * p + gamma * q) / modulus, p, real, modulus)


def _flows(nodes, gammas):
    """Return what one spin adds to charge, heat from S, heat to Sm, and crossings."""
    density_S = _density(nodes.above_S, nodes.below_S, gammas[0])
    density_Sm = _density(nodes.above_Sm, nodes.below_Sm, gammas[1])
    product = density_S.value * density_Sm.value / 2
    charge = product * nodes.rise
    crossings = product * (nodes.full_S * nodes.empty_Sm + nodes.full_Sm * nodes.empty_S)
    return charge, nodes.from_V * charge, nodes.energy * charge, crossings


def _slopes(nodes, gammas, kT):
    """Return the derivative of Eq. (2) by V, taken in Sm, and taken in S."""
    density_S = _density(nodes.above_S, nodes.below_S, gammas[0])
    density_Sm = _density(nodes.above_Sm, nodes.below_Sm, gammas[1])
    slope_S = density_S.slope(nodes.above_S, nodes.below_S)
    slope_Sm = density_Sm.slope(nodes.above_Sm, nodes.below_Sm)
    step_S = nodes.full_S * nodes.empty_S / kT[0]
    step_Sm = nodes.full_Sm * nodes.empty_Sm / kT[1]
    in_Sm = density_S.value * (slope_Sm * nodes.rise + density_Sm.value * step_Sm)
    in_S = density_Sm.value * (density_S.value * step_S - slope_S * nodes.rise)
    return in_Sm / 2, in_S / 2


# --- integrals ------------------------------------------------------------------------------


def _sums(j, g, resolution, slopes):
    """Return the integrals and those of the moduli, shape (2, quantities, n)."""
    panels = _lay_panels(g, resolution)
    t, weight = (part.astype(j.real) for part in _gauss_legendre(resolution.order))
    found = []
    for first in range(0, panels.point.size, BATCH):
        some = Panels(*(column[first : first + BATCH] for column in panels))
        nodes = _nodes(some, j, g, t)
        gammas = [column[some.point, None] for column in (j.gamma_S, j.gamma_Sm)]
        if slopes:
            values = _slopes(nodes, gammas, g.kT[some.point].T[:, :, None])
        else:
            values = _flows(nodes, gammas)
        weighted = [value * (weight * some.length[:, None]) for value in values]
        found.append([[part.sum(axis=1), np.abs(part).sum(axis=1)] for part in weighted])
    by_panel = np.concatenate(found, axis=-1).swapaxes(0, 1)
    first_of_point = np.searchsorted(panels.point, np.arange(j.V.size))
    return np.add.reduceat(by_panel, first_of_point, axis=-1)


def _integrals(j, slopes):
    """Return the integrals of all quantities."""
    with np.errstate(under="ignore"):
        g = _geometry(j)
        value, modulus = _sums(j, g, j.effort.panels[0], slopes)
        relative = ROUNDING * float(np.finfo(j.real).eps) + j.effort.truncation
        error = relative * modulus
        for panels in j.effort.panels[1:]:
            error += np.abs(value - _sums(j, g, panels, slopes)[0])
    return [Integral(*each) for each in zip(value, modulus, error, strict=True)]


class Flows(NamedTuple):
    """Charge and heat of spin up, and how often its electrons cross: half of its noise."""

    current: Integral
    heat_S: Integral
    heat_Sm: Integral
    crossings: Integral


def spin_up_slope(j):
    """Return dI_up/dV.

    Taken in S and taken in Sm it is the same: the one with less cancellation counts. The modulus is
    that of the one in Sm, ½ ∫ |N_S {N'_Sm (f_S − f_Sm) + N_Sm (−f'_Sm)}| dE.
    """
    in_Sm, in_S = _integrals(j, slopes=True)
    better = in_Sm.error <= in_S.error
    return Integral(
        np.where(better, in_Sm.value, in_S.value),
        in_Sm.modulus,
        np.where(better, in_Sm.error, in_S.error),
    )


def spin_up(j):
    """Return the flows of spin up. The moduli are those of the integrands as they stand in Eq. (2).

    Without a field the current is an odd function of V, of which next to V = 0 the mean slope keeps
    all digits.
    """
    current, *others = _integrals(j, slopes=False)
    value, _, error = current
    near = np.flatnonzero(j.without_field & _slope_is_smooth(j))
    if near.size:
        mean = _mean_slope(j[near])
        value[near] = j.V[near] * mean.value
        error[near] = np.abs(j.V[near]) * mean.error
    return Flows(Integral(value, current.modulus, error), *others)


def conductance(j):
    """Return I_q/V = [I_up(V) − I_up(−V)]/V, and at V = 0 its limit; next to it by the mean slope.

    The modulus is that of what is summed.
    """
    found = Integral(*(np.empty(j.V.size, dtype=j.real) for _ in Integral._fields))
    near = _slope_is_smooth(j)
    for part, of_part in ((near, _twice_the_mean_slope), (~near, _from_both_currents)):
        if part.any():
            for column, values in zip(found, of_part(j[part]), strict=True):
                column[part] = values
    return found


def _from_both_currents(j):
    up, mirrored = spin_up(j).current, spin_up(j.at(-j.V)).current
    size = np.abs(j.V)
    return Integral(
        (up.value - mirrored.value) / j.V,
        (up.modulus + mirrored.modulus) / size,
        (up.error + mirrored.error) / size,
    )


def _twice_the_mean_slope(j):
    return Integral(*(2 * column for column in _mean_slope(j)))


def smooth_within(j):
    """Return how far from the real axis I_up(V) is analytic.

    It is singular where, as V moves the singular energies of S, one from above the real axis meets
    one of Sm from below.
    """
    beyond_S, beyond_Sm = np.pi * j.kT
    has_S, has_Sm = j.gap_S > 0.0, j.gap_Sm > 0.0
    meetings = (
        np.where(has_S & has_Sm, j.gamma_S + j.gamma_Sm, np.inf),
        np.where(has_S, j.gamma_S + beyond_Sm, np.inf),
        np.where(has_Sm, beyond_S + j.gamma_Sm, np.inf),
    )
    return np.minimum.reduce(meetings)


def _slope_is_smooth(j):
    return np.abs(j.V) <= smooth_within(j) / 2


def _mean_slope(j):
    """Return the mean of dI_up/dV from −V to V, by as many Gauss nodes as it needs.

    With r times |V| as the distance of the nearest singularity, n nodes leave (r + √(r² + 1))^−2n.
    """
    radius = smooth_within(j) / np.maximum(np.abs(j.V), np.finfo(float).tiny)
    total = np.zeros((3, j.V.size), dtype=j.real)
    for order, least, most in ((4, 1000.0, np.inf), (8, 8.0, 1000.0), (16, 0.0, 8.0)):
        part = (least < radius) & (radius <= most)
        # Without a field the slope is an even function of V: half of the nodes suffice.
        for field, some in ((False, part & j.without_field), (True, part & ~j.without_field)):
            if some.any():
                total[:, some] = _gauss_mean(j[some], order, both_sides=field)
    return Integral(*total)


def _gauss_mean(j, order, both_sides):
    """Return the mean of dI_up/dV over the Gauss nodes between −V and V, or those beyond 0."""
    at, weight = (part.astype(j.real) for part in _gauss_legendre(order))
    if not both_sides:
        at, weight = at[order // 2 :], 2 * weight[order // 2 :]
    slopes = [spin_up_slope(j.at((2 * node - 1) * j.V)) for node in at]
    return np.tensordot(weight, np.array(slopes), 1)
