"""The temperatures at which a heated lead S is steady: it gives off as much as its heater gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from thermospin.junction import FloatArray, Junction, validated
from thermospin.observables.brackets import zeros
from thermospin.observables.heat_balance import HeatBalances, Samples
from thermospin.observables.spin_up_integrals import IndexArray
from thermospin.observables.tolerance import BoolArray, checked_rtol, warn_unless
from thermospin.quantities import DEFAULT_RTOL, PARAMETERS, RTOL

_SHARPER = 1e-3
"""So much of the relative accuracy asked of T_S is asked of the heat currents."""
_NEARBY = 1e-6
"""Relative change of T_S by which the slope of the power is estimated."""
_MOST_BALANCES = 256
"""Balances that are sampled together."""


@dataclass(frozen=True)
class SteadyTemperatures:
    """The temperatures at which S is steady, all of them.

    Attributes
    ----------
    T_S : ndarray, shape (..., k)
        Temperatures in T_c, ascending, then NaN; k is the largest number of them at any point.
    stable : ndarray of bool, shape (..., k)
        Whether S returns there after a small change of its temperature.
    converged : ndarray of bool, shape (..., k)
        Whether a temperature is as accurate as was asked for.
    """

    T_S: FloatArray
    stable: BoolArray
    converged: BoolArray

    @property
    def count(self) -> IndexArray:
        """Number of steady temperatures."""
        return np.asarray(np.count_nonzero(~np.isnan(self.T_S), axis=-1))

    @property
    def bistable(self) -> BoolArray:
        """Whether two temperatures or more are stable; history decides which one S has."""
        return np.asarray(np.count_nonzero(self.stable, axis=-1) > 1)


@dataclass(frozen=True)
class SteadyBranches:
    """The steady temperature of S on each branch, in T_c, shape (n,).

    Attributes
    ----------
    rising, falling : ndarray
        The temperature that is reached as the heater grows from zero, and as it falls from a large
        power; NaN where that lies outside 1e-4 to 100 T_c.
    converged : ndarray of bool
        Whether both are as accurate as was asked for.
    """

    rising: FloatArray
    falling: FloatArray
    converged: BoolArray

    def of(self, branch: str) -> FloatArray:
        """Return the temperatures of one branch, in T_c."""
        found: FloatArray = getattr(self, branch)
        return found


@dataclass(frozen=True)
class _Crossings:
    """Where the power that S gives off passes that of a heater, one after the other.

    ``point`` is the number of the point, ``rises`` whether the power rises there with T_S.
    """

    point: IndexArray
    T: FloatArray
    rises: BoolArray
    converged: BoolArray


def steady_temperatures(
    V: ArrayLike, junction: Junction, *, rtol: float = DEFAULT_RTOL
) -> SteadyTemperatures:
    """Return all temperatures at which a heated lead S is steady, and which are stable.

    Parameters
    ----------
    V : array_like
        Bias voltage, in Δ0/e; broadcasts with the junction's fields.
    junction : Junction
        The junction, or an array of them, with heater, T_bath and electron_phonon.
    rtol : float, optional
        Relative accuracy asked of the temperatures.

    Returns
    -------
    SteadyTemperatures
        Temperatures in T_c, of the shape to which V and the junction broadcast, and as many of each
        as there are at most. Those outside 1e-4 to 100 T_c are left out.

    Raises
    ------
    ValueError
        If no heater is given, or V or ``rtol`` is out of range.

    Warns
    -----
    ToleranceWarning
        If some temperature is not as accurate as was asked for, which happens next to a fold, where
        two of them are born; ``converged`` says which.

    Notes
    -----
    The steady temperatures are the zeros of J_S(V, T_S) + κ q(T_S, T_bath) − heater. A zero is
    stable where the first two together rise with T_S. At a fixed gap they always rise; where they
    fall the gap closes and edges of the densities of states pass each other, so that samples next
    to those temperatures show every turn. Two zeros may go unseen if they differ from a fold, in
    the heater, by less than 1e-9 of the change between samples: docs/physics/heat-balance.md.
    """
    if not junction.is_heated:
        raise ValueError("steady temperatures need heater, T_bath and electron_phonon")
    voltage, rows = np.broadcast_arrays(validated("V", V), rows_of(junction))
    shape, n = voltage.shape, voltage.size
    found = _crossings(voltage.ravel(), rows.ravel(), junction, checked_rtol(rtol), outer=False)
    warn_unless(found.converged, rtol)
    order = np.arange(found.point.size) - np.searchsorted(found.point, found.point)
    most = int(order.max(initial=-1)) + 1
    T, stable = np.full((n, most), np.nan), np.zeros((n, most), dtype=np.bool_)
    converged = np.ones((n, most), dtype=np.bool_)
    place = found.point, order
    T[place], stable[place], converged[place] = found.T, found.rises, found.converged
    shape = (*shape, most)
    return SteadyTemperatures(T.reshape(shape), stable.reshape(shape), converged.reshape(shape))


def rows_of(junction: Junction) -> IndexArray:
    """Return the number of each junction, of their shape."""
    return np.arange(int(np.prod(junction.shape, dtype=np.int64))).reshape(junction.shape)


def steady_branches(
    voltage: FloatArray, rows: IndexArray, junction: Junction, rtol: float
) -> SteadyBranches:
    """Return the steady temperature of each branch at voltages, each for one of the junctions.

    What grows from zero finds the lowest steady temperature, for S is never warmer than where it
    gives off what the heater gives; what falls finds the highest.
    """
    n = voltage.size
    found = _crossings(voltage, rows, junction, rtol, outer=True)
    points = np.arange(n)
    ends = []
    for side in ("left", "right"):
        k = np.searchsorted(found.point, points, side) - (side == "right")
        k = np.clip(k, 0, max(found.point.size - 1, 0))
        there = np.zeros(n, dtype=np.bool_)
        if found.point.size:
            there = (found.point[k] == points) & found.rises[k]
        T, converged = np.full(n, np.nan), np.zeros(n, dtype=np.bool_)
        T[there], converged[there] = found.T[k[there]], found.converged[k[there]]
        ends.append((T, converged))
    (rising, met), (falling, also_met) = ends
    return SteadyBranches(rising, falling, met & also_met)


def within_limits(T: FloatArray) -> FloatArray:
    """Return temperatures of S, in T_c, the lowest one that is supported in place of NaN."""
    return np.where(np.isnan(T), PARAMETERS["T_S"].low, T)


def _crossings(
    voltage: FloatArray, rows: IndexArray, junction: Junction, rtol: float, *, outer: bool
) -> _Crossings:
    """Return where the heaters of points meet their balances; if ``outer``, the ends alone."""
    heater = np.broadcast_to(np.asarray(junction.heater), junction.shape).reshape(-1)[rows]
    # One that is even in V is sampled once for both signs.
    even = np.broadcast_to(np.asarray(junction.P) == 0.0, junction.shape).reshape(-1)[rows]
    V = np.where(even, np.abs(voltage), voltage) + 0.0
    first, balance = _same(V, rows, junction)
    order = np.argsort(balance, kind="stable")
    parts = []
    for start in range(0, first.size, _MOST_BALANCES):
        some = first[start : start + _MOST_BALANCES]
        ends = np.searchsorted(balance[order], (start, start + some.size))
        points = order[ends[0] : ends[1]]
        balances = HeatBalances(V[some], _picked(junction, rows[some]), sharper(rtol))
        parts.append(_solved(balances, points, balance[points] - start, heater, rtol, outer))
    joined = [np.concatenate([getattr(part, name) for part in parts]) for name in _NAMES]
    order = np.lexsort((joined[1], joined[0]))
    return _Crossings(*(each[order] for each in joined))


_NAMES = tuple(_Crossings.__dataclass_fields__)


def sharper(rtol: float) -> float:
    """Return the relative accuracy asked of heat currents, for temperatures accurate to rtol."""
    return max(_SHARPER * rtol, RTOL.low)


def _same(V: FloatArray, rows: IndexArray, junction: Junction) -> tuple[IndexArray, IndexArray]:
    """Return the first point of each balance, and the number of the balance of each point."""
    columns = [V]
    for value in _without_heater(junction).values():
        if np.ndim(value):
            columns.append(np.broadcast_to(value, junction.shape).reshape(-1)[rows])
    _, first, which = np.unique(
        np.stack(columns, axis=1), axis=0, return_index=True, return_inverse=True
    )
    return first, which.reshape(-1)


def _without_heater(junction: Junction) -> dict[str, FloatArray]:
    return {name: value for name, value in junction.given().items() if name != "heater"}


def _picked(junction: Junction, rows: IndexArray) -> Junction:
    """Return some of the junctions, with heaters of 0, as an array of one dimension."""
    some = {
        name: np.broadcast_to(value, junction.shape).reshape(-1)[rows] if np.ndim(value) else value
        for name, value in _without_heater(junction).items()
    }
    return Junction(heater=np.zeros(rows.size), gap_model=junction.gap_model, **some)


def _solved(
    balances: HeatBalances,
    points: IndexArray,
    which: IndexArray,
    heater: FloatArray,
    rtol: float,
    outer: bool,
) -> _Crossings:
    """Return the crossings of some points, each with the number of its balance."""
    samples = balances.samples()
    turns = [_turns(samples, k, heater[p], outer) for p, k in zip(points, which, strict=True)]
    number = np.repeat(np.arange(points.size), [each.size for each in turns])
    low = np.concatenate([np.empty(0, dtype=np.int64), *turns])
    place, power = which[number], heater[points[number]]

    def excess(some: IndexArray, T: FloatArray) -> FloatArray:
        return balances.released(place[some], T).power - power[some]

    ends = samples.power[low] - power, samples.power[low + 1] - power
    T = zeros(excess, samples.T[low], samples.T[low + 1], *ends)
    here, beside = (balances.released(place, T * (1.0 + step)) for step in (0.0, _NEARBY))
    slope = np.abs(beside.power - here.power) / (_NEARBY * T)
    lost = np.abs(here.power - power) + here.error
    met = here.converged & (lost <= rtol * T * slope)
    return _Crossings(points[number], T, ends[1] > ends[0], met)


def _turns(samples: Samples, k: int, power: float, outer: bool) -> IndexArray:
    """Return after which samples of a balance it passes a power; if ``outer``, the ends alone."""
    first, end = samples.first[k : k + 2]
    above = samples.power[first:end] > power
    found = first + np.flatnonzero(above[1:] != above[:-1])
    return np.unique(found[[0, -1]]) if outer and found.size else found
