"""A junction in a circuit: operating points across a load, and the most that it can give."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from thermospin.junction import FloatArray, Junction
from thermospin.kernels import maxima
from thermospin.kernels.circuit import FINE
from thermospin.kernels.leads import COLUMNS, POLARISATION
from thermospin.kernels.leads import LOAD as LOAD_COLUMN
from thermospin.kernels.panel_model import EFFICIENCY, LOAD, POWER
from thermospin.kernels.rules import QUADRATURE
from thermospin.observables.conductances import zero_bias
from thermospin.observables.points import leads_table, refuse_microwaves
from thermospin.observables.spin_up_integrals import IndexArray, by_films
from thermospin.observables.tolerance import BoolArray, checked_rtol, warn_unless
from thermospin.observables.voltages import outermost_zeros
from thermospin.quantities import DEFAULT_RTOL

ON_ONE_SIDE = 7
"""Operating points of a junction that are kept on either side of V = 0."""


@dataclass(frozen=True)
class OperatingPoints:
    """Where a junction rests across its load: the zeros of I_q(V) + V/R_L.

    Attributes
    ----------
    V : ndarray, shape (..., 15)
        Voltages in Δ0/e, ascending, then NaN.
    stable : ndarray of bool, shape (..., 15)
        Whether dI_q/dV + 1/R_L > 0: the junction returns there.
    """

    V: FloatArray
    stable: BoolArray

    @property
    def count(self) -> IndexArray:
        """Number of operating points."""
        return np.asarray(np.count_nonzero(~np.isnan(self.V), axis=-1))

    @property
    def bistable(self) -> BoolArray:
        """Whether two operating points or more are stable; history decides where it rests."""
        return np.asarray(np.count_nonzero(self.stable, axis=-1) > 1)

    @property
    def outermost(self) -> FloatArray:
        """The stable operating point farthest from 0, of a pair ±V the positive one, in Δ0/e."""
        size = np.where(self.stable, np.abs(self.V), -1.0)
        last = size.shape[-1] - 1 - np.argmax(size[..., ::-1], axis=-1)
        return np.take_along_axis(self.V, last[..., np.newaxis], axis=-1)[..., 0]


@dataclass(frozen=True)
class Maximum:
    """The largest value of a quantity at any bias, and the bias at which it is reached.

    Attributes
    ----------
    value : ndarray
        The largest value, 0 where none is positive.
    V : ndarray
        Where it is reached, in Δ0/e; of a pair ±V the positive one.
    converged : ndarray of bool
        Whether the value is as accurate as was asked for.
    """

    value: FloatArray
    V: FloatArray
    converged: BoolArray

    def reshaped(self, shape: tuple[int, ...]) -> Maximum:
        """Return these maxima in another shape."""
        return Maximum(*(getattr(self, field.name).reshape(shape) for field in fields(self)))


@dataclass(frozen=True)
class AcrossLoad:
    """What a load gets at the outermost stable operating point.

    Attributes
    ----------
    V : ndarray
        Voltage across the load, in Δ0/e.
    conductance : ndarray
        Conductance 1/R_L of the load, in G_T.
    """

    V: FloatArray
    conductance: FloatArray

    @property
    def power(self) -> FloatArray:
        """Power V²/R_L in the load, in G_T Δ0²/e²."""
        return self.V * self.V * self.conductance


def operating_points(junction: Junction) -> OperatingPoints:
    """Return the voltages at which a junction rests across its load R_L, and which are stable.

    Parameters
    ----------
    junction : Junction
        The junction, or an array of them, with a ``R_L``.

    Returns
    -------
    OperatingPoints
        Voltages in Δ0/e, of the junction's shape and up to 15 of each.

    Raises
    ------
    ValueError
        If no R_L is given, or there are microwaves (V_ac > 0).

    Notes
    -----
    The operating points are the zeros of I_q(V) + V/R_L. With the capacitance C of the junction,
    C dV/dt = −(I_q + V/R_L), so that a zero is stable where dI_q/dV + 1/R_L > 0. Zeros nearer to
    each other than the samples, which are as dense as I_q changes, may go unseen:
    docs/physics/loadline.md.
    """
    if junction.R_L is None:
        raise ValueError("operating points need a load: give R_L")
    refuse_microwaves("an operating point", junction)
    found = operating(leads_table(junction).reshape(-1, COLUMNS))
    shape = (*junction.shape, found.V.shape[-1])
    return OperatingPoints(found.V.reshape(shape), found.stable.reshape(shape))


def maximum_power(junction: Junction, *, rtol: float = DEFAULT_RTOL) -> Maximum:
    """Return the largest power −I_q V that a junction gives, and at which bias.

    Parameters
    ----------
    junction : Junction
        The junction, or an array of them.
    rtol : float, optional
        Relative accuracy asked of the currents.

    Returns
    -------
    Maximum
        Power in G_T Δ0²/e² and voltage in Δ0/e, of the junction's shape.

    Raises
    ------
    ValueError
        If ``rtol`` is out of range, or there are microwaves (V_ac > 0).
    """
    found = _maximum_of(POWER, junction, rtol)
    warn_unless(found.converged, rtol)
    return found


def maximum_efficiency(junction: Junction, *, rtol: float = DEFAULT_RTOL) -> Maximum:
    """Return the largest efficiency −I_q V/J_S of a junction, and at which bias.

    Parameters, errors and the form of the result are those of `maximum_power`; an efficiency has no
    unit.
    """
    found = _maximum_of(EFFICIENCY, junction, rtol)
    warn_unless(found.converged, rtol)
    return found


def maximum_load_conductance(junction: Junction, *, rtol: float = DEFAULT_RTOL) -> Maximum:
    """Return the largest conductance of a load that a junction drives, −min I_q/V, in G_T.

    Parameters, errors and the form of the result are those of `maximum_power`. The conductance is ∞
    where a current flows at V = 0, through a polarised barrier.
    """
    found = _maximum_of(LOAD, junction, rtol)
    warn_unless(found.converged, rtol)
    return found


def _maximum_of(kind: int, junction: Junction, rtol: float) -> Maximum:
    """Return the largest of a kind of quantity, of the junction's shape."""
    refuse_microwaves("the largest power, efficiency or load", junction)
    table = leads_table(junction).reshape(-1, COLUMNS)
    return maximum(kind, table, checked_rtol(rtol)).reshaped(junction.shape)


def operating(table: FloatArray) -> OperatingPoints:
    """Return the operating points of each row of leads, shape (m, 15)."""
    below, odd, above = _zeros_on_both_sides(table)
    slope = zero_bias(table, FINE)
    middle = np.where(odd, 0.0, np.nan)[:, np.newaxis]
    V = np.concatenate((-below, middle, above[:, ::-1]), axis=1)
    # At large |V| the bracket has the sign of V: the outermost zeros are stable, and every other.
    alternating = np.arange(ON_ONE_SIDE) % 2 == 0
    stable = np.empty(V.shape, dtype=np.bool_)
    stable[:, :ON_ONE_SIDE], stable[:, -ON_ONE_SIDE:] = alternating, alternating[::-1]
    stable[:, ON_ONE_SIDE] = slope.value + table[:, LOAD_COLUMN] > slope.error
    order = np.argsort(V, axis=1, kind="stable")  # NaN last
    V = np.take_along_axis(V, order, axis=1)
    return OperatingPoints(V, np.take_along_axis(stable, order, axis=1) & ~np.isnan(V))


def _zeros_on_both_sides(table: FloatArray) -> tuple[FloatArray, BoolArray, FloatArray]:
    """Return |V| of the zeros on V < 0, where I_q(V) is odd, and the zeros on V > 0."""
    load = table[:, LOAD_COLUMN]
    above, odd = outermost_zeros(table, load, ON_ONE_SIDE)
    below = above.copy()
    if not odd.all():
        opposite = table[~odd]
        opposite[:, POLARISATION] *= -1.0  # its I_q(V) is −I_q(−V) of the junction
        below[~odd] = outermost_zeros(opposite, load[~odd], ON_ONE_SIDE)[0]
    return below, odd, above


def maximum(kind: int, table: FloatArray, rtol: float) -> Maximum:
    """Return the largest of a kind of quantity of each row of leads, shape (m,).

    ``kind`` is POWER, EFFICIENCY or LOAD of the kernels.
    """
    m = len(table)
    found = Maximum(np.empty(m), np.empty(m), np.empty(m, dtype=np.bool_))
    for rows, films in by_films(table, np.arange(m), FINE):
        value, V, met = (np.empty(rows.size, each.dtype) for each in vars(found).values())
        maxima.maxima(kind, table[rows], rtol, QUADRATURE, films, value, V, met)
        found.value[rows], found.V[rows], found.converged[rows] = value, V, met
    return found


def across_load(table: FloatArray) -> AcrossLoad:
    """Return what the load of each row of leads gets, shape (m,)."""
    return AcrossLoad(operating(table).outermost, table[:, LOAD_COLUMN])
