"""The panels on which the current of a family is integrated, in W = V + h, in V and in h."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermospin.dense.panels import FloatArray, Panel, Singularity, graded, nodes
from thermospin.dense.voltage_blocks import LONGEST, VoltageBlock, voltage_blocks
from thermospin.kernels.leads import GAMMA_S, GAMMA_SM, GAP_S, GAP_SM, H_S, T_S, T_SM
from thermospin.machine.arithmetic import portable
from thermospin.units import BCS_RATIO

W_LENGTH = 2.0
"""Longest panel in W, in t."""
FEWEST_DIGITS = 3.0
"""Digits to which what is added to the reference is computed at least."""
PAYS = 3
"""A family is computed together if it has this many times as many points as integrals, or more."""


class Orders(NamedTuple):
    """Numbers of Chebyshev nodes of a panel along each variable."""

    W: int
    V: int
    h: int


class Fields(NamedTuple):
    """The range of exchange fields on each panel in V, h = middle + half · tanh u.

    u runs from ``first`` to ``last``. What is added to the reference is singular where h, or the
    field W − V_r at the reference, reaches a gap edge of Sm; u = ±∞ are the nearest such fields of
    the panel. All attributes have the shape (panels, 1).
    """

    middle: FloatArray
    half: FloatArray
    first: FloatArray
    last: FloatArray

    def positions(self, order: int) -> FloatArray:
        """Return the fields at the nodes of each panel, shape (panels, order)."""
        u = 0.5 * (self.first + self.last) + 0.5 * (self.last - self.first) * nodes(order)
        return np.asarray(self.middle + self.half * portable(math.tanh, u))

    def relative(self, h: FloatArray) -> FloatArray:
        """Return where in (−1, 1) each field stands on each panel, shape (panels, m)."""
        u = _artanh((h - self.middle) / self.half)
        return np.asarray((2.0 * u - self.first - self.last) / (self.last - self.first))


class FamilyPlan(NamedTuple):
    """The panels of a family, block after block.

    Attributes
    ----------
    voltage : ndarray
        Reference voltage of each block, in Δ0/e.
    references, reference_block : list of Panel and ndarray
        Panels in W, and the block of each.
    panels, block : list of Panel and ndarray
        Panels in V, and the block of each.
    low, high : ndarray
        How far above the reference voltage the ends of each panel in V lie, shape (panels, 1).
    panel : ndarray
        Which panel in V each voltage of the mesh lies in.
    fields : Fields
        The fields on each panel in V.
    orders : Orders
        The numbers of nodes of each panel.
    """

    voltage: FloatArray
    references: list[Panel]
    reference_block: NDArray[np.int64]
    panels: list[Panel]
    block: NDArray[np.int64]
    low: FloatArray
    high: FloatArray
    panel: NDArray[np.int64]
    fields: Fields
    orders: Orders

    @property
    def integrals(self) -> int:
        """Number of integrals that the family takes."""
        orders = self.orders
        return len(self.references) * orders.W + len(self.panels) * orders.V * orders.h


def plan_of(V: FloatArray, h: FloatArray, leads: FloatArray, rtol: float) -> FamilyPlan | None:
    """Return the panels for the voltages and fields of a family; see ``family_currents``.

    None if the points are too few to pay for the integrals, or if a gap edge of Sm comes between a
    panel and its reference.
    """
    offset, gap, orders = 0.5 * (h[0] + h[-1]), leads[GAP_SM], _orders(leads, rtol)
    unit = min(gap, 1.0)
    # A wide range in small panels: not even these are laid.
    panels_at_least = (V.max() - V.min()) / (LONGEST * unit)
    if PAYS * panels_at_least * orders.V * orders.h > V.size * h.size:
        return None
    found = _used(voltage_blocks(V.min(), V.max(), _edges_of_S(leads), offset, unit), V)
    points = _singular_sums(leads)
    references = [
        graded(block.panels[0].low + h[0], block.panels[-1].high + h[-1], points, W_LENGTH)
        for block in found
    ]
    numbers = np.arange(len(found))
    block = np.repeat(numbers, [len(of_block.panels) for of_block in found])
    panels = [panel for of_block in found for panel in of_block.panels]
    voltage = np.array([of_block.reference for of_block in found])
    ends = np.array([(panel.low, panel.high) for panel in panels])
    low, high = np.hsplit(ends - voltage[block][:, None], 2)
    fields = _fields(low, high, h, gap)
    if fields is None:
        return None
    plan = FamilyPlan(
        voltage=voltage,
        references=[panel for of_block in references for panel in of_block],
        reference_block=np.repeat(numbers, [len(of_block) for of_block in references]),
        panels=panels,
        block=block,
        low=low,
        high=high,
        panel=_panel_of(panels, V),
        fields=fields,
        orders=orders,
    )
    return plan if PAYS * plan.integrals <= V.size * h.size else None


def _panel_of(panels: list[Panel], V: FloatArray) -> NDArray[np.int64]:
    """Return in which of ascending panels each voltage lies, or after which by rounding."""
    lows = [panel.low for panel in panels]
    return np.maximum(np.searchsorted(lows, V, side="right") - 1, 0)


def _used(found: list[VoltageBlock], V: FloatArray) -> list[VoltageBlock]:
    """Return the blocks in which there is a voltage."""
    panels = [panel for block in found for panel in block.panels]
    block = np.repeat(np.arange(len(found)), [len(block.panels) for block in found])
    return [found[number] for number in np.unique(block[_panel_of(panels, V)])]


def _edges_of_S(leads: FloatArray) -> list[Singularity]:
    """Return the voltages at which the Fermi step of Sm meets a gap edge of S."""
    width = leads[GAMMA_S] + math.pi * (BCS_RATIO * leads[T_SM])
    gap = leads[GAP_S]
    return [Singularity(leads[H_S] + s * gap, width) for s in (-1, 1)] if gap > 0.0 else []


def _singular_sums(leads: FloatArray) -> list[Singularity]:
    """Return the W at which gap edges line up or, blurred, one of Sm meets the Fermi step of S."""
    both = leads[GAMMA_S] + leads[GAMMA_SM]
    step = leads[GAMMA_SM] + math.pi * (BCS_RATIO * leads[T_S])
    points = []
    for edge in (-leads[GAP_SM], leads[GAP_SM]):
        points.append(Singularity(edge, step))
        if leads[GAP_S] > 0.0:
            points += [Singularity(leads[H_S] + edge + s * leads[GAP_S], both) for s in (-1, 1)]
    return _sharpest(points)


def _sharpest(points: list[Singularity]) -> list[Singularity]:
    """Return the points, ascending, without those that panels graded to a sharper one resolve."""
    kept: list[Singularity] = []
    for point in sorted(points, key=lambda point: point.width):
        if all(abs(point.place - other.place) > point.width for other in kept):
            kept.append(point)
    return sorted(kept)


def _fields(low: FloatArray, high: FloatArray, h: FloatArray, gap: float) -> Fields | None:
    """Return the range of fields of each panel in V; None if a gap edge of Sm lies within."""
    lowest, highest = np.maximum(-low, 0.0) - gap, gap - np.maximum(high, 0.0)
    if lowest.max() >= h[0] or highest.min() <= h[-1]:
        return None
    middle, half = 0.5 * (lowest + highest), 0.5 * (highest - lowest)
    first, last = (_artanh((end - middle) / half) for end in (h[0], h[-1]))
    return Fields(middle, half, first, last)


def _artanh(place: FloatArray) -> FloatArray:
    """Return artanh; where rounding has put a field on an edge, it counts as just inside."""
    inside = np.nextafter(1.0, 0.0)
    return portable(math.atanh, np.clip(place, -inside, inside))


def _orders(leads: FloatArray, rtol: float) -> Orders:
    """Return the numbers of nodes, fitted to what junctions of all kinds were found to need.

    What is added to the reference is of the order Γ_Sm, and its absolute error need not be smaller
    than that of the current of the quasiparticles excited in S.
    """
    digits = -math.log10(rtol)
    excited = math.exp(-leads[GAP_S] / (BCS_RATIO * leads[T_S]))
    fewer = max(digits - math.log10(1.0 + excited / leads[GAMMA_SM]), FEWEST_DIGITS)
    return Orders(_even(4 + 2.5 * digits), _even(3 + 2.0 * fewer), _even(4 + 1.4 * fewer))


def _even(order: float) -> int:
    """Return the nearest even number."""
    return 2 * math.ceil(0.5 * order - 0.25)
