"""Spin-up currents on a mesh: together for families of junctions, one by one for the rest."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermospin.dense.family import family_currents
from thermospin.dense.panels import FloatArray
from thermospin.kernels.kinds import CURRENT
from thermospin.kernels.leads import (
    COLUMNS,
    GAMMA_S,
    GAMMA_SM,
    GAP_S,
    GAP_SM,
    H_S,
    H_SM,
    ORBITAL_S,
    T_S,
    T_SM,
)
from thermospin.kernels.rules import QUADRATURE
from thermospin.kernels.tunnelling import spin_up_values
from thermospin.units import BCS_RATIO

LEAST_POINTS = 1 << 13
"""Families of fewer points are integrated point by point."""
INSIDE = 30.0
"""How many k_BT inside the gap of Sm a field must be for a family to be accurate enough."""
SAME_GAP = 12
"""Decimals to which the gaps of Sm of one family agree."""


def inside_gap(h: FloatArray, T: ArrayLike, gap: ArrayLike) -> NDArray[np.bool_]:
    """Return which exchange fields of Sm are well inside its gap, and not zero.

    Fields and gaps are in Δ0, temperatures in T_c.
    """
    margin = INSIDE * np.multiply(BCS_RATIO, T)
    return np.asarray((h != 0.0) & (np.abs(h) < np.subtract(gap, margin)))


def has_family(points: int, table: FloatArray) -> bool:
    """Return whether a number of points of some leads may hold a family: one field is none."""
    if points < LEAST_POINTS or np.count_nonzero(table[:, ORBITAL_S:COLUMNS]):
        return False  # a family has the densities of Eq. (1)
    return bool(np.ptp(table[:, H_SM]) > 0.0)


def mesh_currents(
    V: FloatArray, table: FloatArray, rtol: float
) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
    """Return spin-up currents on a mesh, with errors and whether they are accurate enough.

    Parameters
    ----------
    V : ndarray
        Voltages, in Δ0/e, shape (n,).
    table : ndarray
        Rows of leads, shape (m, columns).
    rtol : float
        Relative accuracy asked for.

    Returns
    -------
    tuple of ndarray
        Currents in G_T Δ0/e, estimated errors and whether these meet ``rtol``, all of the shape
        (m · n,), the voltages varying fastest.
    """
    families = _families(table, LEAST_POINTS / V.size)
    if not families:
        row = np.repeat(np.arange(len(table)), V.size)
        return _singly(np.tile(V, len(table)), row, table, rtol)
    value = np.zeros((len(table), V.size))
    error = np.full_like(value, np.inf)
    for rows in families:
        _fill(V, table, rows, rtol, value, error)
    met = error <= rtol * np.abs(value)
    # Contiguous, for else the kernel would be compiled once more.
    row, at = (np.ascontiguousarray(index) for index in np.nonzero(~met))
    value[row, at], error[row, at], met[row, at] = _singly(V[at], row, table, rtol)
    return value.ravel(), error.ravel(), met.ravel()


def _singly(
    V: FloatArray, row: NDArray[np.int64], table: FloatArray, rtol: float
) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
    """Return currents, errors and whether they are accurate, each point integrated by itself."""
    value, error, met = np.empty(V.size), np.empty(V.size), np.empty(V.size, dtype=np.bool_)
    spin_up_values(CURRENT, V, row, table, rtol, QUADRATURE, (), value, error, met)
    return value, error, met


def _families(table: FloatArray, fewest: float) -> list[NDArray[np.int64]]:
    """Return runs of rows that differ in h_exc alone, and not in its sign, if they are long enough.

    Rows without an exchange field are left out.
    """
    key = table[:, [H_SM, GAP_SM, T_S, T_SM, H_S, GAMMA_S, GAMMA_SM, GAP_S]]
    key[:, 0] = np.sign(key[:, 0])
    key[:, 1] = np.round(key[:, 1], SAME_GAP)
    ends = np.flatnonzero((key[1:] != key[:-1]).any(axis=1)) + 1
    runs = np.concatenate(([0], ends, [len(key)]))
    long = np.flatnonzero(np.diff(runs) >= fewest)
    return [np.arange(runs[k], runs[k + 1]) for k in long if key[runs[k], 0] != 0.0]


def _fill(
    V: FloatArray,
    table: FloatArray,
    rows: NDArray[np.int64],
    rtol: float,
    value: FloatArray,
    error: FloatArray,
) -> None:
    """Write the currents of a family and their errors, if it pays to compute them together.

    I_up(V, h_S, h) = −I_up(−V, −h_S, −h): only positive fields are needed.
    """
    rows = rows[inside_gap(*(table[rows, column] for column in (H_SM, T_SM, GAP_SM)))]
    rows = rows[np.argsort(np.abs(table[rows, H_SM]))]
    if rows.size * V.size < LEAST_POINTS or table[rows[0], H_SM] == table[rows[-1], H_SM]:
        return
    leads = table[rows[0]].copy()
    sign = np.sign(leads[H_SM])
    leads[H_S] *= sign
    h = np.abs(table[rows, H_SM])
    spread = float(np.ptp(table[rows, GAP_SM]))
    found = family_currents(sign * V, h, leads, spread, rtol)
    if found is not None:
        value[rows], error[rows] = sign * found[0], found[1]
