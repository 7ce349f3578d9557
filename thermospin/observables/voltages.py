"""The gaps of both leads, where their edges line up, and where the charge current vanishes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from thermospin.junction import FloatArray, Junction
from thermospin.kernels.circuit import FINE
from thermospin.kernels.current_zeros import current_zeros
from thermospin.kernels.film_table import OF_S, OF_SM
from thermospin.kernels.leads import COLUMNS, GAP_S, GAP_SM, H_S, H_SM, ORBITAL_S, TURNED, V_AC
from thermospin.kernels.rules import QUADRATURE
from thermospin.observables.points import leads_table
from thermospin.observables.pumped_seebeck import pumped_seebeck
from thermospin.observables.spin_edges import spin_edges
from thermospin.observables.spin_up_integrals import by_films
from thermospin.observables.tolerance import BoolArray


@dataclass(frozen=True)
class Gaps:
    """The gaps of S and of Sm, in Δ0."""

    S: FloatArray
    Sm: FloatArray

    @property
    def threshold(self) -> FloatArray:
        """The exchange field Δ_Sm − Δ_S at which the edges of one spin line up without a bias."""
        return self.Sm - self.S


@dataclass(frozen=True)
class Edges:
    """The lowest energies at which S and Sm have states, in Δ0; NaN where they are gapless."""

    S: FloatArray
    Sm: FloatArray


class MatchingVoltages(NamedTuple):
    """The voltages at which the gap edges of one spin line up, in Δ0/e, ascending.

    ||δ| − |h|| and |δ| + |h| with δ = Δ_Sm − Δ_S and h = h_exc − h_S, or with a film the distances
    of the edges of both spins.
    """

    inner: FloatArray
    outer: FloatArray


class SeebeckVoltages(NamedTuple):
    """The Seebeck voltage of each junction, in Δ0/e; NaN where there is none."""

    V: FloatArray


def matching_voltages(junction: Junction) -> MatchingVoltages:
    """Return (V_p_minus, V_p_plus), where the gap edges of one spin line up, in Δ0/e.

    Parameters
    ----------
    junction : Junction
        The junction, or an array of them.

    Returns
    -------
    MatchingVoltages
        The tuple (``inner``, ``outer``) of ||δ| − |h|| and |δ| + |h|, with δ = Δ_Sm − Δ_S and
        h = h_exc − h_S, of the junction's shape. Where a lead is a film, |E_Sm,σ − E_S,σ| of both
        spins with the edges E of their densities of states: films that mix the spins have one edge
        for both, and one voltage; NaN where a lead is gapless.
    """
    return matching(leads_table(junction))


def seebeck_voltage(junction: Junction) -> FloatArray:
    """Return V_S, the outermost zero of I_q on V > 0 where it goes from − to +, in Δ0/e.

    Parameters
    ----------
    junction : Junction
        The junction, or an array of them.

    Returns
    -------
    ndarray
        Seebeck voltage, of the junction's shape; NaN where there is none. With microwaves, that of
        the current summed over sidebands; which zeros may go unseen then says
        docs/physics/microwaves.md.
    """
    return seebeck(leads_table(junction).reshape(-1, COLUMNS)).V.reshape(junction.shape)


def gaps(table: FloatArray) -> Gaps:
    """Return the gaps of each row of leads, in Δ0, shape (m,)."""
    return Gaps(table[..., GAP_S], table[..., GAP_SM])


def matching(table: FloatArray) -> MatchingVoltages:
    """Return the matching voltages of each row of leads, in Δ0/e.

    At an angle θ the matching peaks are those of parallel fields up to π/2, where these have the
    larger share, and those of antiparallel fields beyond.
    """
    flat = table.reshape(-1, COLUMNS)
    film = np.any(flat[:, ORBITAL_S:], axis=1)
    apart = np.abs(spin_edges(flat[film], OF_SM) - spin_edges(flat[film], OF_S))
    difference = np.abs(table[..., GAP_SM] - table[..., GAP_S])
    h_S = np.where(table[..., TURNED] > 0.5, -table[..., H_S], table[..., H_S])
    field = np.abs(table[..., H_SM] - h_S)
    inner, outer = np.asarray(np.abs(difference - field)), np.asarray(difference + field)
    inner.reshape(-1)[film], outer.reshape(-1)[film] = apart.min(axis=1), apart.max(axis=1)
    return MatchingVoltages(inner[()], outer[()])


def edges(table: FloatArray) -> Edges:
    """Return the edges of the densities of states of each row of leads, in Δ0, shape (m,)."""
    lowest = [spin_edges(table, lead).min(axis=1) for lead in (OF_S, OF_SM)]
    return Edges(*(np.where(edge > 0.0, edge, np.nan) for edge in lowest))


def seebeck(table: FloatArray) -> SeebeckVoltages:
    """Return V_S of each row of leads, shape (m,)."""
    voltage = outermost_zeros(table, np.zeros(len(table)), 1)[0][:, 0]
    pumped = np.flatnonzero(table[:, V_AC])
    if pumped.size:
        edges = (spin_edges(table[pumped], lead) for lead in (OF_S, OF_SM))
        voltage[pumped] = pumped_seebeck(table[pumped], *edges)
    return SeebeckVoltages(voltage)


def outermost_zeros(table: FloatArray, load: FloatArray, most: int) -> tuple[FloatArray, BoolArray]:
    """Return where I_q + G_L V is 0 on V > 0 for each row of leads, and where I_q(V) is odd.

    Of the zeros the ``most`` outermost ones, descending, then NaN: shape (m, most).
    """
    voltage, odd = np.empty((len(table), most)), np.empty(len(table), dtype=np.bool_)
    for rows, films in by_films(table, np.arange(len(table)), FINE):
        found, mirrored = voltage[rows], odd[rows]
        current_zeros(table[rows], load[rows], QUADRATURE, films, found, mirrored)
        voltage[rows], odd[rows] = found, mirrored
    return voltage, odd
