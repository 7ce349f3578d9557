"""One family: junctions that differ in the exchange field of Sm alone, at some voltages."""

import math

import numpy as np
from numpy.polynomial.chebyshev import chebvander

from thermospin.dense.family_plan import FamilyPlan, plan_of
from thermospin.dense.panels import FloatArray, lebesgue, positions, relative, to_series
from thermospin.kernels.chebyshev import ON_PANEL, References, dense_values
from thermospin.kernels.kinds import CURRENT
from thermospin.kernels.leads import GAP_S, GAP_SM, H_S, H_SM, T_S, T_SM
from thermospin.kernels.rules import QUADRATURE
from thermospin.kernels.tunnelling import spin_up_values
from thermospin.machine.arithmetic import portable
from thermospin.units import BCS_RATIO

STRICTER = 1e-2
"""Tolerance of the integrals behind the series, relative to that of the points."""
STRICTEST = 1e-13
"""Smallest relative tolerance that integrals are computed to."""
ROUNDING = 4.0 * np.finfo(np.float64).eps
"""Rounding error of W and of its singular points, relative to the largest of their terms."""
NEGLECTED = 10.0
"""Bound on what is neglected, relative to the occupation of Sm at its gap edges."""


def family_currents(
    V: FloatArray, h: FloatArray, leads: FloatArray, spread: float, rtol: float
) -> tuple[FloatArray, FloatArray] | None:
    """Return spin-up currents and their errors, both of shape (m, n), from few integrals.

    Parameters
    ----------
    V : ndarray
        Voltages, in Δ0/e, shape (n,).
    h : ndarray
        Exchange fields of Sm, in Δ0, shape (m,): ascending from above 0, inside its gap, not all
        the same.
    leads : ndarray
        The other columns of a table of leads.
    spread : float
        By how much the gap of Sm differs from field to field, in Δ0.
    rtol : float
        Relative accuracy asked for; it is missed where the error that is returned is larger.

    Returns
    -------
    tuple of ndarray, or None
        Currents in G_T Δ0/e with estimated errors; None if the points are too few for the range
        of voltages, or the gap of Sm too small.
    """
    plan = plan_of(V, h, leads, rtol)
    if plan is None:
        return None
    references = _references(plan, leads, spread, rtol)
    series, error = _differences(plan, leads, rtol)
    place = relative(np.array(plan.panels)[plan.panel], V)
    along_V = np.einsum("ik,ikl->il", chebvander(place, plan.orders.V - 1), series[plan.panel])
    outside = np.bincount(plan.panel, np.abs(place) > ON_PANEL, minlength=error.size) > 0.0
    error[outside] = np.inf
    further = error[:, None] + _neglected(plan, h, leads)
    along_h = plan.fields.relative(h)
    found = np.empty((h.size, V.size)), np.empty((h.size, V.size))
    dense_values(V, h, plan.panel, plan.block, along_V, along_h, further, references, *found)
    return found


def _integrals(V: FloatArray, leads: FloatArray, rtol: float) -> tuple[FloatArray, FloatArray]:
    """Return spin-up currents and their errors at voltages (...) of leads (..., columns)."""
    value, error = np.empty(V.shape), np.empty(V.shape)
    met = np.empty(V.size, dtype=np.bool_)
    table = leads.reshape(-1, leads.shape[-1])
    finer = max(STRICTER * rtol, STRICTEST)
    found = value.reshape(-1), error.reshape(-1), met
    spin_up_values(CURRENT, V.ravel(), np.arange(V.size), table, finer, QUADRATURE, (), *found)
    return value, error


def _references(plan: FamilyPlan, leads: FloatArray, spread: float, rtol: float) -> References:
    """Return the currents at the reference voltages, as series in W.

    Where the gap of Sm differs a little from that of the leads given, all that is sharp moves by
    the difference, and by the rounding of W: the error counts both.
    """
    panels, order = np.array(plan.references), plan.orders.W
    W = positions(panels, order)
    V = np.broadcast_to(plan.voltage[plan.reference_block][:, None], W.shape)
    table = np.tile(leads, (*W.shape, 1))
    table[..., H_SM] = W - V
    value, error = _integrals(V, table, rtol)
    series = np.einsum("pi,ki->pk", value, to_series(order))
    tail = 2.0 * np.abs(series[:, -2:]).sum(axis=1)
    noise = lebesgue(order) * error.max(axis=1)
    sums = np.abs(W).max(axis=1) + np.abs(V[:, 0]) + abs(leads[H_S]) + leads[GAP_S] + leads[GAP_SM]
    shift = spread + ROUNDING * sums
    moved = shift * (np.abs(value).max(axis=1) + 2.0 * _steepest(panels, series))
    return References(
        low=np.array([panel.low for panel in plan.references]),
        panel=panels,
        series=series,
        error=tail + noise + moved,
        begin=np.searchsorted(plan.reference_block, np.arange(plan.voltage.size + 1)),
    )


def _steepest(panels: FloatArray, series: FloatArray) -> FloatArray:
    """Return a bound on the slope of each series: that of T_k is at most k²."""
    _, scale, first, last = panels.T
    least = np.maximum(np.maximum(first, -last), 0.0)
    stretch = 0.5 * (last - first) * scale * portable(math.cosh, least)
    return np.asarray((np.abs(series) * np.arange(series.shape[1]) ** 2).sum(axis=1) / stretch)


def _differences(plan: FamilyPlan, leads: FloatArray, rtol: float) -> tuple[FloatArray, FloatArray]:
    """Return what is added to the references: series (panels, V, h), and the error of each panel.

    What is added is the current of another junction, see ``thermospin.dense``.
    """
    orders = plan.orders
    reference = plan.voltage[plan.block][:, None, None]
    V = positions(np.array(plan.panels), orders.V)[:, :, None] - reference
    table = np.tile(leads, (len(plan.panels), orders.V, orders.h, 1))
    table[..., T_S] = leads[T_SM]
    table[..., H_S] = leads[H_S] - reference
    table[..., H_SM] = plan.fields.positions(orders.h)[:, None, :]
    value, error = _integrals(np.broadcast_to(V, table.shape[:-1]), table, rtol)
    in_V = np.einsum("pij,ki->pkj", value, to_series(orders.V))
    series = np.einsum("pkj,lj->pkl", in_V, to_series(orders.h))
    size = np.abs(series)
    tail = 2.0 * (size[:, -2:].sum(axis=(1, 2)) + size[:, :, -2:].sum(axis=(1, 2)))
    noise = lebesgue(orders.V) * lebesgue(orders.h) * error.max(axis=(1, 2))
    return series, tail + noise


def _neglected(plan: FamilyPlan, h: FloatArray, leads: FloatArray) -> FloatArray:
    """Return a bound on what the occupation of Sm at its gap edges does, shape (panels, m)."""
    field = np.maximum(h, np.maximum(np.abs(h + plan.low), np.abs(h + plan.high)))
    outside = np.minimum(field - leads[GAP_SM], 0.0)
    return np.asarray(NEGLECTED * portable(math.exp, outside / (BCS_RATIO * leads[T_SM])))
