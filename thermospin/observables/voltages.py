"""The gaps of both leads, where their edges line up, and where the charge current vanishes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from thermospin.junction import FloatArray, Junction
from thermospin.kernels.leads import COLUMNS, GAP_S, GAP_SM, H_S, H_SM, TURNED
from thermospin.kernels.outermost_zero import seebeck_voltages
from thermospin.kernels.rules import QUADRATURE
from thermospin.observables.points import leads_table, rows_by_kind


@dataclass(frozen=True)
class Gaps:
    """The gaps of S and of Sm, in Δ0."""

    S: FloatArray
    Sm: FloatArray

    @property
    def threshold(self) -> FloatArray:
        """The exchange field Δ_Sm − Δ_S at which the edges of one spin line up without a bias."""
        return self.Sm - self.S


class MatchingVoltages(NamedTuple):
    """The voltages at which the gap edges of one spin line up, in Δ0/e: ||δ| − |h|| and |δ| + |h|.

    δ = Δ_Sm − Δ_S and h = h_exc − h_S.
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
        h = h_exc − h_S, of the junction's shape.
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
        Seebeck voltage, of the junction's shape; NaN where there is none.
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
    difference = np.abs(table[..., GAP_SM] - table[..., GAP_S])
    h_S = np.where(table[..., TURNED] > 0.5, -table[..., H_S], table[..., H_S])
    field = np.abs(table[..., H_SM] - h_S)
    return MatchingVoltages(np.abs(difference - field), difference + field)


def seebeck(table: FloatArray) -> SeebeckVoltages:
    """Return V_S of each row of leads, shape (m,)."""
    voltage = np.empty(len(table))
    for rows, films in rows_by_kind(table):
        found = np.empty(rows.size)
        seebeck_voltages(table[rows], QUADRATURE, films, found)
        voltage[rows] = found
    return SeebeckVoltages(voltage)
