"""Panels of the bias on which a curve is a polynomial, dense where the curve is sharp.

A curve is singular, beside the real axis, where two edges of the gaps match (as far from it as both
Γ together), where an edge meets the other chemical potential (Γ and π k_BT of the hotter step) and
at V = 0. Each panel is short against its distance from all of these.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np
import scipy.sparse

from thermospin.junction import FloatArray, Junction
from thermospin.kernels.film_branch_points import PLACE, WIDTH
from thermospin.kernels.film_leads import tabulate_leads
from thermospin.kernels.film_table import IS_FILM, POINTS, films_of_junctions
from thermospin.kernels.leads import GAMMA_S, GAP_S, H_S, ORBITAL_S, T_S
from thermospin.observables import junction_derivatives
from thermospin.observables.points import leads_table
from thermospin.quantities import DEFAULT_RTOL
from thermospin.units import BCS_RATIO

NODES = 16
"""Nodes of a panel, those of Chebyshev."""
CLEAR = 1.5
"""A panel is cut in two while a singularity is nearer to its middle than so many half lengths."""
MOST_PANELS = 4000


def _nodes() -> tuple[FloatArray, FloatArray]:
    """Return the nodes on [−1, 1], and the matrix from T_k(x) to weights of the values there."""
    angle = np.pi * (np.arange(NODES) + 0.5) / NODES
    k = np.arange(NODES)[:, np.newaxis]
    matrix = np.where(k == 0, 1.0, 2.0) / NODES * np.cos(k * angle)
    return np.cos(angle), matrix


PLACES, MATRIX = _nodes()


def singular_voltages(junction: Junction) -> FloatArray:
    """Return where the curve of a junction is singular.

    Parameters
    ----------
    junction : Junction
        One junction.

    Returns
    -------
    ndarray
        The voltages, and how far from the real axis they are, in Δ0/e, shape (2, singularities).
    """
    row = leads_table(junction).reshape(-1)
    films = films_of_junctions()
    if np.count_nonzero(row[ORBITAL_S:]):
        tabulate_leads(row, DEFAULT_RTOL, films)
    kT = BCS_RATIO * row[[T_S, T_S + 1]]
    edges: list[list[tuple[float, float]]] = []
    for lead in range(2):
        if films.numbers[lead, IS_FILM]:
            found = films.edge[lead, : films.numbers[lead, POINTS]]
            sizes = [(float(edge[PLACE]), float(edge[WIDTH])) for edge in found]
        else:
            gap, field, gamma = row[GAP_S + lead], row[H_S + lead], row[GAMMA_S + lead]
            sizes = [(gap + field, gamma), (gap - field, gamma)] if gap > 0.0 else []
        edges.append([(sign * place, depth) for place, depth in sizes for sign in (1.0, -1.0)])
    points = [(0.0, math.pi * float(kT.sum()))]
    for lead in range(2):
        points += [(place, depth + math.pi * float(kT[1 - lead])) for place, depth in edges[lead]]
    points += [(b - a, c + d) for (a, c), (b, d) in itertools.product(*edges)]
    return np.array(points).T


@dataclass(frozen=True, eq=False)
class Panels:
    """Panels of the bias, with the nodes of a polynomial on each.

    Attributes
    ----------
    ends : ndarray
        Ends of the panels in Δ0/e, ascending, shape (panels + 1,).
    nodes : ndarray
        Nodes of all panels in Δ0/e, shape (panels · NODES,).
    """

    ends: FloatArray
    nodes: FloatArray

    def interpolated(self, columns: FloatArray, bias: FloatArray) -> FloatArray:
        """Return curves at other voltages.

        Parameters
        ----------
        columns : ndarray
            The curves at the nodes, shape (nodes, curves).
        bias : ndarray
            Voltages within the panels, in Δ0/e, shape (n,).

        Returns
        -------
        ndarray
            The curves there, shape (n, curves).
        """
        panel = np.clip(np.searchsorted(self.ends, bias) - 1, 0, self.ends.size - 2)
        low, high = self.ends[panel], self.ends[panel + 1]
        x = np.clip((2.0 * bias - low - high) / (high - low), -1.0, 1.0)
        weights = np.cos(np.arccos(x)[:, np.newaxis] * np.arange(NODES)) @ MATRIX
        place = NODES * panel[:, np.newaxis] + np.arange(NODES)
        rows = np.arange(0, weights.size + 1, NODES)
        shape = (bias.size, self.nodes.size)
        matrix = scipy.sparse.csr_array((weights.ravel(), place.ravel(), rows), shape=shape)
        found: FloatArray = matrix @ columns
        return found


def panels_of(junction: Junction, series: float, low: float, high: float) -> Panels:
    """Return panels between two voltages on which the curve of a junction is smooth.

    Parameters
    ----------
    junction : Junction
        One junction.
    series : float
        Resistance in series, in 1/G_T: the bias is that of both together.
    low, high : float
        The voltages, in Δ0/e.

    Returns
    -------
    Panels
        That cover all between.
    """
    place, depth = singular_voltages(junction)
    if series:  # where the bias of the junction is singular, that of both is series · I beyond
        current, slope = junction_derivatives(place, junction, ())
        place = place + series * current.value
        depth = depth * np.clip(1.0 + series * slope.value, 0.1, 1.0)
    margin = 1e-9 * (1.0 + high - low)
    pending = [(low - margin, high + margin)]
    done: list[tuple[float, float]] = []
    while pending:
        a, b = pending.pop()
        middle, half = 0.5 * (a + b), 0.5 * (b - a)
        near = np.hypot(middle - place, depth).min()
        if near < CLEAR * half and len(done) + len(pending) < MOST_PANELS:
            pending += [(middle, b), (a, middle)]
        else:
            done.append((a, b))
    ends = np.array([a for a, _ in done] + [done[-1][1]])
    middles, halves = 0.5 * (ends[1:] + ends[:-1]), 0.5 * np.diff(ends)
    nodes = middles[:, np.newaxis] + halves[:, np.newaxis] * PLACES
    return Panels(ends, nodes.ravel())
