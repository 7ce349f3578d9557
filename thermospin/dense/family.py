"""One family: junctions that differ in the exchange field of Sm alone, at some voltages."""

import math
from typing import NamedTuple

import numpy as np
from numpy.polynomial.chebyshev import chebvander
from numpy.typing import NDArray

from thermospin.dense.blocks import Block, blocks
from thermospin.dense.panels import (
    FloatArray,
    Panel,
    Singularity,
    graded,
    lebesgue,
    nodes,
    positions,
    relative,
    to_series,
)
from thermospin.kernels.series import References, dense_values
from thermospin.kernels.tunnelling import CURRENT, spin_up_values

KT_S, KT_SM, H_S, H_SM, GAMMA_S, GAMMA_SM, GAP_S, GAP_SM = range(8)
"""Columns of a table of leads."""
PAYS = 3
"""The series must save that many integrals each."""
STRICTER = 1e-2
"""Tolerance of the integrals that the series are made of, in ``rtol``."""
STRICTEST = 1e-13
W_LENGTH = 2.0
"""Longest panel in W, in t."""
NEGLECTED = 10.0
"""What is neglected is below that many times the occupation of Sm at its gap edges."""


class Orders(NamedTuple):
    """Numbers of nodes of a panel."""

    W: int
    V: int
    h: int


class Plan(NamedTuple):
    """The panels of a family.

    ``references`` are those in W, of block ``reference_block[i]`` each; ``panels`` those in V, with
    the reference voltage of each; ``panel`` says in which of them each voltage lies.
    """

    blocks: list[Block]
    references: list[Panel]
    reference_block: NDArray[np.int64]
    panels: list[Panel]
    block: NDArray[np.int64]
    panel: NDArray[np.int64]
    orders: Orders

    @property
    def integrals(self) -> int:
        """Number of integrals."""
        return len(self.references) * self.orders.W + len(self.panels) * self.orders.V * self.orders.h
    
    @property
    def voltages(self) -> FloatArray:
        """Reference voltage of each block."""
        return np.array([block.reference for block in self.blocks])


class Fields(NamedTuple):
    """Exchange fields on each panel in V, h = middle + half · tanh u: u is a panel without edges.

    The gap edges of Sm stand at u = ±∞ at the nearer of the voltages and of the reference.
    """

    middle: FloatArray  # (panels, 1)
    half: FloatArray
    first: FloatArray
    last: FloatArray

    def positions(self, order: int) -> FloatArray:
        """Return the nodes, shape (panels, order)."""
        u = 0.5 * (self.first + self.last) + 0.5 * (self.last - self.first) * nodes(order)
        return self.middle + self.half * np.tanh(u)

    def relative(self, h: FloatArray) -> FloatArray:
        """Return where in (−1, 1) each field stands on each panel, shape (panels, m)."""
        u = np.arctanh((h - self.middle) / self.half)
        return (2.0 * u - self.first - self.last) / (self.last - self.first)


def family_currents(
    V: FloatArray, h: FloatArray, leads: FloatArray, spread: float, rtol: float
) -> tuple[FloatArray, FloatArray] | None:
    """Return spin-up currents and their errors, each of shape (m, n), if the series pay.

    Parameters
    ----------
    V : ndarray
        Voltages, in Δ0/e, shape (n,).
    h : ndarray
        Exchange fields of Sm, in Δ0, shape (m,), all above 0 and inside its gap.
    leads : ndarray
        A row of a table of leads, for the rest.
    spread : float
        By how much the gap of Sm differs between the fields, in Δ0.
    rtol : float
        Relative accuracy asked for; what does not reach it is returned all the same.

    Returns
    -------
    tuple of ndarray or None
        Currents in G_T Δ0/e with estimated errors; None if the points are too few.
    """
    plan = _plan(V, h, leads, rtol)
    if PAYS * plan.integrals > V.size * h.size:
        return None
    references = _references(plan, leads, spread, rtol)
    fields, series, error = _differences(plan, h, leads, rtol)
    table = np.array(plan.panels)[plan.panel]
    along_V = np.einsum(
        "ik,ikl->il", chebvander(relative(table, V), plan.orders.V - 1), series[plan.panel]
    )
    further = error[:, None] + _neglected(plan, h, leads)
    found = np.empty((h.size, V.size)), np.empty((h.size, V.size))
    dense_values(
        V, h, plan.panel, plan.block, along_V, fields.relative(h), further, references, *found
    )
    return found


def _orders(leads: FloatArray, rtol: float) -> Orders:
    """Return orders that random junctions needed.

    What is added to the reference is of the order Γ_Sm, and need not be more accurate than the
    current that S excites thermally.
    """
    digits = -math.log10(rtol)
    thermal = math.exp(-leads[GAP_S] / leads[KT_S])
    less = max(digits - math.log10(1.0 + thermal / leads[GAMMA_SM]), 3.0)
    return Orders(round(4 + 2.5 * digits), round(3 + 2.0 * less), round(4 + 1.4 * less))


def _plan(V: FloatArray, h: FloatArray, leads: FloatArray, rtol: float) -> Plan:
    gap_S, gap_Sm, h_S = leads[GAP_S], leads[GAP_SM], leads[H_S]
    width = leads[GAMMA_S] + math.pi * leads[KT_SM]
    edges = [Singularity(h_S + sign * gap_S, width) for sign in (-1, 1)] if gap_S > 0.0 else []
    found = [
        block
        for block in blocks(V.min(), V.max(), edges, 0.5 * (h.min() + h.max()))
        if np.any((block.panels[0].low <= V) & (V <= block.panels[-1].high))
    ]
    points = _singular_sums(leads)
    references = [
        graded(block.panels[0].low + h.min(), block.panels[-1].high + h.max(), points, W_LENGTH)
        for block in found
    ]
    panels = [panel for block in found for panel in block.panels]
    lows = [panel.low for panel in panels]
    return Plan(
        found,
        [panel for of_block in references for panel in of_block],
        np.repeat(np.arange(len(found)), [len(of_block) for of_block in references]),
        panels,
        np.repeat(np.arange(len(found)), [len(block.panels) for block in found]),
        np.maximum(np.searchsorted(lows, V, side="right") - 1, 0),
        _orders(leads, rtol),
    )


def _singular_sums(leads: FloatArray) -> list[Singularity]:
    """Return where in W = V + h the current is singular: where gap edges of S and Sm line up.

    And, blurred, where an edge of Sm lines up with the Fermi step of S.
    """
    both = leads[GAMMA_S] + leads[GAMMA_SM]
    step = leads[GAMMA_SM] + math.pi * leads[KT_S]
    points = []
    for edge in (-leads[GAP_SM], leads[GAP_SM]):
        points.append(Singularity(edge, step))
        if leads[GAP_S] > 0.0:
            points += [Singularity(leads[H_S] + edge + s * leads[GAP_S], both) for s in (-1, 1)]
    return sorted(points)


def _integrals(
    V: FloatArray, h: FloatArray, leads: FloatArray, rtol: float
) -> tuple[FloatArray, FloatArray]:
    """Return spin-up currents and their errors at voltages and fields of the same shape."""
    table = np.broadcast_to(leads, (*V.shape, leads.shape[-1])).copy()
    table[..., H_SM] = h
    flat = table.reshape(-1, leads.shape[-1])
    value, error = np.empty(V.shape), np.empty(V.shape)
    met = np.empty(V.size, dtype=np.bool_)
    spin_up_values(
        CURRENT, V.ravel(), np.arange(V.size), flat, rtol, value.reshape(-1), error.reshape(-1), met
    )
    return value, error


def _references(plan: Plan, leads: FloatArray, spread: float, rtol: float) -> References:
    """Return the currents at the reference voltages, as series in W."""
    panels = np.array(plan.references)
    W = positions(panels, plan.orders.W)
    V = np.broadcast_to(plan.voltages[plan.reference_block][:, None], W.shape)
    value, error = _integrals(V, W - V, leads, max(STRICTER * rtol, STRICTEST))
    series = np.einsum("pi,ki->pk", value, to_series(plan.orders.W))
    tail = 2.0 * np.abs(series[:, -2:]).sum(axis=1)
    noise = lebesgue(plan.orders.W) * error.max(axis=1)
    moved = spread * (np.abs(value).max(axis=1) + 2.0 * _steepest(panels, series))
    return References(
        np.array([panel.low for panel in plan.references]),
        panels,
        series,
        tail + noise + moved,
        np.searchsorted(plan.reference_block, np.arange(len(plan.blocks) + 1)),
    )


def _steepest(panels: FloatArray, series: FloatArray) -> FloatArray:
    """Return a bound on the slope by W on each panel."""
    _, scale, first, last = panels.T
    slowest = scale * np.cosh(np.maximum(np.maximum(first, -last), 0.0))
    slope = np.abs(series) @ np.arange(series.shape[1]) ** 2
    return 2.0 * slope / ((last - first) * slowest)


def _differences(
    plan: Plan, h: FloatArray, leads: FloatArray, rtol: float
) -> tuple[Fields, FloatArray, FloatArray]:
    """Return what is added to the references, as series in V and h, with an error for each panel.

    It is the current of a junction with S as cold as Sm: see ``thermospin.dense``.
    """
    orders = plan.orders
    reference = plan.voltages[plan.block]
    fields = _fields(plan, h, leads)
    V = positions(np.array(plan.panels), orders.V)[:, :, None]
    at_nodes = np.broadcast_arrays(V, fields.positions(orders.h)[:, None, :])
    table = np.broadcast_to(leads, (len(reference), 1, 1, leads.size)).copy()
    table[..., KT_S] = leads[KT_SM]
    table[..., H_S] = leads[H_S] - reference[:, None, None]
    bias = at_nodes[0] - reference[:, None, None]
    value, error = _integrals(bias, at_nodes[1], table, max(STRICTER * rtol, STRICTEST))
    in_V = np.einsum("pij,ki->pkj", value, to_series(orders.V))
    series = np.einsum("pkj,lj->pkl", in_V, to_series(orders.h))
    tail = 2.0 * (np.abs(series[:, -2:]).sum(axis=(1, 2)) + np.abs(series[:, :, -2:]).sum(axis=(1, 2)))
    noise = lebesgue(orders.V) * lebesgue(orders.h) * error.max(axis=(1, 2))
    return fields, series, tail + noise


def _offsets(plan: Plan) -> tuple[FloatArray, FloatArray]:
    """Return how far above the reference the ends of each panel in V lie, both (panels, 1)."""
    reference = plan.voltages[plan.block][:, None]
    low = np.array([[panel.low] for panel in plan.panels])
    high = np.array([[panel.high] for panel in plan.panels])
    return low - reference, high - reference


def _fields(plan: Plan, h: FloatArray, leads: FloatArray) -> Fields:
    low, high = _offsets(plan)
    lowest = np.maximum(-low, 0.0) - leads[GAP_SM]
    highest = leads[GAP_SM] - np.maximum(high, 0.0)
    middle, half = 0.5 * (lowest + highest), 0.5 * (highest - lowest)
    ends = (np.arctanh((end - middle) / half) for end in (h.min(), h.max()))
    return Fields(middle, half, *ends)


def _neglected(plan: Plan, h: FloatArray, leads: FloatArray) -> FloatArray:
    """Return a bound on what the occupation of Sm at its gap edges adds, shape (panels, m)."""
    low, high = _offsets(plan)
    field = np.maximum(h, np.maximum(np.abs(h + low), np.abs(h + high)))
    return NEGLECTED * np.exp((field - leads[GAP_SM]) / leads[KT_SM])
