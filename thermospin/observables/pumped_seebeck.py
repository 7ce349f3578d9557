"""V_S with microwaves: where the charge current summed over sidebands goes from − to + last.

The searches of the kernels follow the logarithms of one junction; those of a sum over sidebands are
too many for them. Here the current is sampled on combs of voltages u + m hf/e: the sidebands of
each are others of its comb, so that every integral serves all of them.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from thermospin.junction import FloatArray
from thermospin.kernels.leads import (
    GAMMA_S,
    GAMMA_SM,
    GAP_S,
    GAP_SM,
    H_S,
    H_SM,
    LOAD,
    PHOTON,
    T_S,
    T_SM,
    TURNED,
    V_AC,
)
from thermospin.observables.points import Points, one_each
from thermospin.observables.sidebands import sideband_weights
from thermospin.observables.spin_currents import spin_currents
from thermospin.observables.spin_up_integrals import IndexArray
from thermospin.units import BCS_RATIO

SCAN = 1e-6
"""Relative accuracy of the samples; a sample within its error of 0 has no sign."""
FINE = 1e-11
"""Relative accuracy of the currents between which the zero is followed."""
CLOSE = 1e-13
"""Share of V to which the zero is enclosed."""
RATIO = 2.0
"""Samples beside a matching voltage are at distances that grow by this factor from Γ_S + Γ_Sm."""
SPACING = 0.05
"""Largest distance between samples, in Δ0/e."""
WEAK = 1e-3
"""Share of the current that may come from sidebands which no longer extend the search."""
ZOOMS = 5
INSIDE = 8
"""A dip between samples is divided so many times into so many parts."""


class _Combs(NamedTuple):
    """The charge current without microwaves at offset + m hf/e, for ascending m from ``first``.

    Voltages, currents and errors have the shape (offsets, teeth).
    """

    V: FloatArray
    charge: FloatArray
    error: FloatArray
    first: int


class _Samples(NamedTuple):
    """Voltages above 0 in Δ0/e, ascending, with I_q there and its error."""

    V: FloatArray
    charge: FloatArray
    error: FloatArray

    @property
    def negative(self) -> IndexArray:
        """The places at which I_q is negative."""
        return np.flatnonzero(self.charge < -self.error)


def pumped_seebeck(table: FloatArray, edges_S: FloatArray, edges_Sm: FloatArray) -> FloatArray:
    """Return the outermost voltage above 0 where I_q goes from − to +, with microwaves.

    A pair of zeros goes unseen if it lies between two samples that enclose no dip, or in a dip that
    falls farther below its lowest sample than the neighbouring samples lie above it. Next to every
    distance of two gap edges plus whole photons the samples are Γ_S + Γ_Sm apart, then at distances
    that double, and nowhere more than 0.05 Δ0/e.

    Parameters
    ----------
    table : ndarray, shape (m, COLUMNS)
        Rows of leads, all with microwaves.
    edges_S, edges_Sm : ndarray, shape (m, 2)
        Gap edges of spin up and down in both leads, in Δ0; NaN where there is none.

    Returns
    -------
    ndarray, shape (m,)
        The voltage in Δ0/e, NaN where there is none.
    """
    low, high = np.full(len(table), np.nan), np.full(len(table), np.nan)
    others = np.delete(table, [V_AC, LOAD], axis=1)
    _, first, alike = np.unique(others, axis=0, return_index=True, return_inverse=True)
    for group, i in enumerate(first):
        rows = np.flatnonzero(alike.reshape(-1) == group)
        combs = _combs(table[rows], _offsets(table[i], edges_S[i], edges_Sm[i]))
        for row in rows:
            low[row], high[row] = _bracket(table[row : row + 1], combs)
    found = np.full(len(table), np.nan)
    some = np.flatnonzero(~np.isnan(low))
    found[some] = _zeros(table[some], low[some], high[some])
    return found


def _bracket(table: FloatArray, combs: _Combs) -> tuple[float, float]:
    """Return two voltages between which I_q of one junction goes from − to + last, or NaN."""
    samples = _summed(table[0], combs)
    negative = samples.negative
    last = int(negative[-1]) if negative.size else -1
    dip = _outermost_dip(table, samples, last)
    if dip is not None:
        return dip
    if last < 0 or last + 1 == samples.V.size:
        return math.nan, math.nan
    return float(samples.V[last]), float(samples.V[last + 1])


def _offsets(leads: FloatArray, edges_S: FloatArray, edges_Sm: FloatArray) -> FloatArray:
    """Return offsets of the combs, from 0 to hf/e, ascending: dense where gap edges meet."""
    photon, width = leads[PHOTON], leads[GAMMA_S] + leads[GAMMA_SM]
    sharp, blunt = [0.0], [0.0]
    for lead_S in (edges_S, edges_S[::-1])[: 2 if leads[TURNED] else 1]:
        for Sm, S in _pairs(edges_Sm, lead_S):
            for sign in (1, -1):
                (sharp if Sm and S else blunt).append(sign * (Sm - S))
    steps = [0.0]
    step = width
    while step < 0.5 * photon:
        steps += [step, -step]
        step *= RATIO
    uniform = photon * np.arange(math.ceil(photon / min(SPACING, 0.25 * photon)))
    uniform /= max(uniform.size, 1)
    near_zero = 1e-3 * width
    graded = np.add.outer(sharp, steps).ravel()
    found = np.concatenate((graded, blunt, uniform, [near_zero]))
    found = np.sort(np.mod(found[np.isfinite(found)], photon))
    apart = np.concatenate(([True], np.diff(found) > 0.1 * near_zero))
    return np.asarray(found[apart])


def _pairs(edges_Sm: FloatArray, edges_S: FloatArray) -> Iterator[tuple[float, float]]:
    """Yield the energies of spin up, an edge or the Fermi step, at which both leads change fast."""
    for Sm in (edges_Sm[0], -edges_Sm[1], 0.0):
        for S in (edges_S[0], -edges_S[1], 0.0):
            yield float(Sm), float(S)


def _combs(table: FloatArray, offsets: FloatArray) -> _Combs:
    """Return the current on combs that serve junctions which differ in V_ac alone."""
    photon = table[0, PHOTON]
    order = max(_weights(leads).size for leads in table) - 1
    count = max(_count(leads) for leads in table)
    still = table[:1].copy()
    still[:, V_AC] = 0.0
    V = offsets[:, np.newaxis] + photon * np.arange(-order, count + order)
    found = spin_currents(Points(V.ravel(), np.zeros(V.size, dtype=np.int64), still, SCAN))
    charge, error = found.charge.reshape(V.shape), 2.0 * found.error.reshape(V.shape)
    return _Combs(V, charge, error, -order)


def _weights(leads: FloatArray) -> FloatArray:
    return sideband_weights(float(leads[V_AC] / leads[PHOTON]))


def _count(leads: FloatArray) -> int:
    """Return how many photons above V = 0 the current is positive for good."""
    top = leads[GAP_S] + leads[GAP_SM] + abs(leads[H_S]) + abs(leads[H_SM])
    top = float(top + BCS_RATIO * (leads[T_S] + leads[T_SM]))
    return math.ceil(top / float(leads[PHOTON])) + _of_weight(_weights(leads)) + 1


def _summed(leads: FloatArray, combs: _Combs) -> _Samples:
    """Return the current with microwaves, up to where it is positive for good."""
    weights, start, count = _weights(leads), -combs.first, _count(leads)
    total, unsure = (
        weights[0] * each[:, start : start + count] for each in (combs.charge, combs.error)
    )
    for n in range(1, weights.size):
        below, above = slice(start - n, start - n + count), slice(start + n, start + n + count)
        total += weights[n] * (combs.charge[:, below] + combs.charge[:, above])
        unsure += weights[n] * (combs.error[:, below] + combs.error[:, above])
    V = combs.V[:, start : start + count].ravel()
    place = np.argsort(V, kind="stable")
    place = place[V[place] > 0.0]
    return _Samples(V[place], total.ravel()[place], unsure.ravel()[place])


def _of_weight(weights: FloatArray) -> int:
    """Return how many sidebands on one side carry all of the current but a share of `WEAK`."""
    rest = np.cumsum((weights * np.arange(1, weights.size + 1))[::-1])[::-1]
    return int(np.count_nonzero(2.0 * rest > WEAK))


def _outermost_dip(table: FloatArray, samples: _Samples, last: int) -> tuple[float, float] | None:
    """Return an interval in which I_q goes from − to + beyond all negative samples, if one dips.

    Samples that lie below both their neighbours enclose a lowest point, which is zoomed in on if
    it may lie below 0: if it is no farther below its sample than the neighbours are above.
    """
    charge = samples.charge
    inner, left, right = charge[1:-1], charge[:-2], charge[2:]
    within = inner <= np.maximum(left, right) - inner
    dips = 1 + np.flatnonzero((inner <= left) & (inner <= right) & within)
    dips = dips[dips > last + 1]
    low, high = samples.V[dips - 1], samples.V[dips + 1]
    for _ in range(ZOOMS):
        if not dips.size:
            break
        V = low[:, np.newaxis] + (high - low)[:, np.newaxis] * np.arange(INSIDE + 1) / INSIDE
        points = Points(V.ravel(), np.zeros(V.size, dtype=np.int64), table, SCAN)
        found = spin_currents(points)
        at = found.charge.reshape(V.shape)
        below = at < -2.0 * found.error.reshape(V.shape)
        negative = np.flatnonzero(below.any(axis=1))
        if negative.size:
            k = int(negative[-1])
            i = int(np.flatnonzero(below[k])[-1])
            return float(V[k, i]), float(V[k, min(i + 1, INSIDE)])
        lowest = np.clip(np.argmin(at, axis=1), 1, INSIDE - 1)
        each = np.arange(dips.size)
        low, high = V[each, lowest - 1], V[each, lowest + 1]
    return None


def _zeros(table: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Return a zero of I_q of each row between two voltages, by Chandrupatla's method."""

    def charge(V: FloatArray, some: IndexArray) -> FloatArray:
        return spin_currents(one_each(V, table[some], FINE)).charge

    every = np.arange(len(table))
    a, b, c = high.copy(), low.copy(), high.copy()
    fa, fb = charge(a, every), charge(b, every)
    fc, t = fa.copy(), np.full(every.size, 0.5)
    some = every
    while some.size:
        V = a[some] + t[some] * (b[some] - a[some])
        f = charge(V, some)
        same = np.sign(f) == np.sign(fa[some])
        c[some], fc[some] = np.where(same, a[some], b[some]), np.where(same, fa[some], fb[some])
        b[some], fb[some] = np.where(same, b[some], a[some]), np.where(same, fb[some], fa[some])
        a[some], fa[some] = V, f
        best = np.where(np.abs(fa) < np.abs(fb), a, b)
        reach = CLOSE * np.abs(best) + np.finfo(np.float64).tiny
        some = some[(np.abs(b - a)[some] > 2.0 * reach[some]) & (fa[some] != 0.0)]
        t[some] = _step(*(each[some] for each in (a, b, c, fa, fb, fc, reach)))
    return np.where(np.abs(fa) < np.abs(fb), a, b)


def _step(
    a: FloatArray,
    b: FloatArray,
    c: FloatArray,
    fa: FloatArray,
    fb: FloatArray,
    fc: FloatArray,
    reach: FloatArray,
) -> FloatArray:
    """Return where between a (0) and b (1) to look next: by inverse parabola, or the middle."""
    with np.errstate(divide="ignore", invalid="ignore"):
        xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
        smooth = (phi * phi < xi) & ((1.0 - phi) * (1.0 - phi) < 1.0 - xi)
        t = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
    least = reach / np.abs(b - a)
    return np.asarray(np.clip(np.where(smooth, t, 0.5), least, 1.0 - least))
