"""The power that a heated lead S gives off at each of its temperatures, and where that may turn.

A balance is a bias and a junction without its heater: the power J_S(T_S) + κ q(T_S) that S gives to
Sm and to its phonons. Junctions that differ in their heater alone share a balance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from thermospin.gap import critical_temperature
from thermospin.junction import FloatArray, Junction
from thermospin.kernels.film_table import OF_S, OF_SM
from thermospin.kernels.flow_sums import HEAT_S
from thermospin.kernels.leads import COLUMNS, GAMMA_S, GAMMA_SM, GAP_S, H_S, T_SM
from thermospin.machine.arithmetic import portable
from thermospin.observables.brackets import maxima, zeros
from thermospin.observables.electron_phonon import power_to_phonons
from thermospin.observables.points import Points, leads_table
from thermospin.observables.spin_edges import spin_edges
from thermospin.observables.spin_up_integrals import HEAT_AND_NOISE, IndexArray
from thermospin.observables.tolerance import BoolArray
from thermospin.quantities import PARAMETERS, RATES
from thermospin.units import BCS_RATIO

_COLDEST, _HOTTEST = PARAMETERS["T_S"].low, PARAMETERS["T_S"].high


def _in_proportion(low: float, high: float, count: int) -> FloatArray:
    """Return numbers of equal quotients, with the same bits on every processor."""
    found = portable(math.exp, np.linspace(math.log(low), math.log(high), count))
    found[0], found[-1] = low, high
    return found


_BELOW = np.unique(
    np.concatenate(
        (
            _in_proportion(1e-4, 0.1, 16),
            np.linspace(0.1, 0.95, 35),
            1.0 - _in_proportion(1e-9, 0.05, 9),
        )
    )
)
"""Temperatures below that at which the gap of S closes, in units of it."""
_ABOVE = np.concatenate((1.0 + _in_proportion(1e-9, 0.1, 6), _in_proportion(1.2, 100.0, 12)))
"""Those above it."""
_ANYWHERE = _in_proportion(_COLDEST, _HOTTEST, 61)
"""Temperatures of a lead whose gap does not change, or is closed, in T_c."""
_REACH = 0.1
"""So far around a matching temperature go the samples that belong to it, in its own unit."""
_SAME = 1e-13
"""Relative distance of samples that count as one."""
_GRADES = np.concatenate(([0.0], 0.25 * 3.0 ** np.arange(40)))
"""Distances from a matching temperature, in the width of what happens there."""
_SECTIONS = 24
"""Golden sections by which an extremum is followed, to 1e-5 of its distance from the samples."""
_Q_ERROR = 1e-11
"""Relative error of the power to the phonons."""


class Released(NamedTuple):
    """The power that S gives off, in G_T Δ0²/e², its error, and whether that is small enough."""

    power: FloatArray
    error: FloatArray
    converged: BoolArray


@dataclass(frozen=True)
class Samples:
    """Powers at ascending temperatures of S, between which they rise or fall all the way.

    Attributes
    ----------
    T, power : ndarray, shape (s,)
        Temperatures in T_c and powers in G_T Δ0²/e², those of one balance after those of another.
    first : ndarray of int, shape (m + 1,)
        Where the samples of each balance begin, and the end of the last.
    """

    T: FloatArray
    power: FloatArray
    first: IndexArray


class HeatBalances:
    """The power that S gives off in each of m junctions at a bias, as a function of T_S.

    Parameters
    ----------
    voltage : ndarray, shape (m,)
        Bias voltages, in Δ0/e.
    junctions : Junction
        As many junctions with T_bath and electron_phonon; their heaters are left out.
    rtol : float
        Relative accuracy asked of the heat currents.
    """

    def __init__(self, voltage: FloatArray, junctions: Junction, rtol: float) -> None:
        """Take the junctions; nothing is computed yet."""
        self._voltage = voltage
        self._junctions = junctions
        self._rtol = rtol
        coupling = junctions.electron_phonon
        self._coupling = np.broadcast_to(np.asarray(coupling, np.float64), voltage.shape)
        bath = np.asarray(junctions.T_bath, np.float64)
        self._bath = np.broadcast_to(bath, voltage.shape)

    def leads(self, place: IndexArray, T: FloatArray) -> FloatArray:
        """Return the table of leads of some balances at temperatures of S, shape (n, COLUMNS)."""
        return leads_table(self._junctions.at_temperatures(T, place)).reshape(-1, COLUMNS)

    def released(self, place: IndexArray, T: FloatArray) -> Released:
        """Return the power that S gives off in some balances at temperatures of S, shape (n,).

        The bits of a value depend on its own balance and temperature alone.
        """
        table = self.leads(place, T)
        points = Points(self._voltage[place], np.arange(len(table)), table, self._rtol)
        spins = points.both_spins(HEAT_AND_NOISE)
        power, error = np.zeros(T.size), np.zeros(T.size)
        for spin, passing in zip(spins, points.passing(), strict=True):
            power += passing * spin.value[:, HEAT_S]
            error += passing * spin.error[:, HEAT_S]
        coupled = np.flatnonzero(self._coupling[place] > 0.0)
        if coupled.size:
            phonons = self._coupling[place[coupled]] * self._to_phonons(
                T[coupled], place[coupled], table[coupled]
            )
            power[coupled] += phonons
            error[coupled] += _Q_ERROR * np.abs(phonons)
        return Released(power, error, spins[0].converged & spins[1].converged)

    def _to_phonons(self, T: FloatArray, place: IndexArray, table: FloatArray) -> FloatArray:
        """Return the power to the phonons, which takes each set of its arguments once."""
        columns = (T, self._bath[place], np.abs(table[:, H_S]), table[:, GAP_S])
        rows, which = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
        return power_to_phonons(*np.ascontiguousarray(rows.T))[which.reshape(-1)]

    def samples(self) -> Samples:
        """Return samples of every balance from 1e-4 to 100 T_c, dense where the power may turn.

        At fixed gap the power rises with T_S. It may fall only because the gap closes, where edges
        of the densities of states line up, and there the samples are as dense as Γ asks for. Each
        extremum that they show is followed and becomes a sample.
        """
        base = self._base()
        place, T = ascending(*base, *self._around_matching(*base))
        found = self.released(place, T)
        more, at = self._extrema(place, T, found)
        power = np.concatenate((found.power, self.released(more, at).power))
        place, T = np.concatenate((place, more)), np.concatenate((T, at))
        order = np.lexsort((T, place))
        first = np.searchsorted(place[order], np.arange(self._voltage.size + 1))
        return Samples(T[order], power[order], first)

    def _base(self) -> tuple[IndexArray, FloatArray]:
        """Return the samples that every balance has: its number, and temperatures that ascend."""
        closing = self._closing()
        grids = [
            np.concatenate((_BELOW * at, _ABOVE * at)) if at > _COLDEST else _ANYWHERE
            for at in closing
        ]
        kept = [grid[(grid > _COLDEST) & (grid < _HOTTEST)] for grid in grids]
        whole = [np.concatenate(([_COLDEST], grid, [_HOTTEST])) for grid in kept]
        place = np.repeat(np.arange(len(whole)), [grid.size for grid in whole])
        return place, np.concatenate(whole)

    def _closing(self) -> FloatArray:
        """Return the temperature at which the gap of S closes, in T_c; 0 where it never does."""
        j = self._junctions
        if j.gap_model == "constant":
            return np.zeros(self._voltage.shape)
        gap = np.asarray(j.gap_S, np.float64)
        if j.gap_model == "tanh":
            return np.broadcast_to(gap, self._voltage.shape)
        rates = {name: np.asarray(getattr(j, f"{name}_S"), np.float64) for name in RATES}
        closing = np.asarray(critical_temperature(np.asarray(j.h_S, np.float64), gap, **rates))
        return np.nan_to_num(np.broadcast_to(closing, self._voltage.shape))

    def _around_matching(self, place: IndexArray, T: FloatArray) -> tuple[IndexArray, FloatArray]:
        """Return further samples around the temperatures at which levels of S and Sm line up."""
        at, found, width = self._matching(place, T)
        offset = np.concatenate((-_GRADES[:0:-1], _GRADES))
        around = found[:, np.newaxis] + width[:, np.newaxis] * offset
        near = np.abs(around - found[:, np.newaxis]) <= _REACH * found[:, np.newaxis]
        near &= (around > _COLDEST) & (around < _HOTTEST)
        return np.broadcast_to(at[:, np.newaxis], around.shape)[near], around[near]

    def _matching(
        self, place: IndexArray, T: FloatArray
    ) -> tuple[IndexArray, FloatArray, FloatArray]:
        """Return at which temperatures an edge of S crosses an edge or the Fermi level of Sm.

        They lie between the samples that are given. With the number of the balance and the
        temperature comes the change of T_S in which the levels pass each other.
        """
        table = self.leads(place, T)
        of_S, of_Sm = (both_signs(spin_edges(table, lead)) for lead in (OF_S, OF_SM))
        of_Sm = np.concatenate((of_Sm, np.zeros((len(table), 1))), axis=1)
        level = self._voltage[place, np.newaxis] + of_S
        above = level[:, :, np.newaxis] > of_Sm[:, np.newaxis, :]
        known = ~np.isnan(level[:, :, np.newaxis] + of_Sm[:, np.newaxis, :])
        turns = (above[1:] != above[:-1]) & known[1:] & known[:-1]
        turns &= (place[1:] == place[:-1])[:, np.newaxis, np.newaxis]
        i, k, m = np.nonzero(turns)
        target = of_Sm[i, m] - self._voltage[place[i]]

        def distance(some: IndexArray, at: FloatArray) -> FloatArray:
            edge = both_signs(spin_edges(self.leads(place[i[some]], at), OF_S))
            return edge[np.arange(some.size), k[some]] - target[some]

        ends = of_S[i, k] - target, of_S[i + 1, k] - target
        found = zeros(distance, T[i], T[i + 1], *ends)
        speed = np.abs(ends[1] - ends[0]) / (T[i + 1] - T[i])
        blur = table[i, GAMMA_S] + table[i, GAMMA_SM]
        blur += np.where(m == of_Sm.shape[1] - 1, BCS_RATIO * table[i, T_SM], 0.0)
        return place[i], found, blur / speed

    def _extrema(
        self, place: IndexArray, T: FloatArray, found: Released
    ) -> tuple[IndexArray, FloatArray]:
        """Return the number of the balance and the temperature of each extremum of samples."""
        power, error = found.power, found.error
        noise = error[1:-1] + np.maximum(error[2:], error[:-2])
        rise, fall = power[1:-1] - power[:-2], power[1:-1] - power[2:]
        inside = (place[1:-1] == place[:-2]) & (place[1:-1] == place[2:])
        turns = inside & (rise * fall > 0.0) & (np.minimum(np.abs(rise), np.abs(fall)) > noise)
        i = np.flatnonzero(turns) + 1
        side = np.sign(rise[i - 1])

        def towards(some: IndexArray, at: FloatArray) -> FloatArray:
            return side[some] * self.released(place[i[some]], at).power

        return place[i], maxima(towards, T[i - 1], T[i], T[i + 1], _SECTIONS)


def both_signs(edges: FloatArray) -> FloatArray:
    """Return the edges of both spins above and below the Fermi level, shape (n, 4).

    One spin is above it where the other is below it.
    """
    return np.concatenate((edges, -edges), axis=1)


def ascending(
    place: IndexArray, T: FloatArray, more: IndexArray, at: FloatArray
) -> tuple[IndexArray, FloatArray]:
    """Return samples of each balance together with further ones, ascending, each once."""
    place, T = np.concatenate((place, more)), np.concatenate((T, at))
    order = np.lexsort((T, place))
    place, T = place[order], T[order]
    new = np.ones(T.size, dtype=np.bool_)
    new[1:] = (place[1:] != place[:-1]) | (T[1:] > T[:-1] * (1.0 + _SAME))
    return place[new], T[new]
