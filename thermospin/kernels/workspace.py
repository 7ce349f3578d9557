"""The memory of an evaluation: pieces of the energy axis, values at their nodes, and their sums."""

from typing import Any, NamedTuple

import numpy as np

from thermospin.kernels.breakpoints import SINGULARITIES
from thermospin.kernels.rules import HIGHEST, ORDERS, Quadrature
from thermospin.machine.compilation import CONFIG, allocating, merged
from thermospin.machine.packed_sums import PACK

MAX_PIECES = 96
NONE = np.int64(0)
"""A count to begin with. A plain 0 is of a type of its own, and compiled for that as well."""
FREE = 0
"""In place of the index of a tabulated length: the nodes of the piece are computed each time."""


class Workspace(NamedTuple):
    """Memory of one evaluation, made once and used for every point.

    The arrays are few, since each is counted in and out of every function that takes them.
    """

    edge: np.ndarray  # (6, 4) singular energies: see ``breakpoints``
    order: np.ndarray  # (3, 6) their orders
    piece: np.ndarray  # (pieces,) records, ``PIECE``
    queue: np.ndarray  # (2, pieces) pieces to be integrated: rows below
    values: np.ndarray  # (pieces, nodes) the integrand at the nodes, times the slope of the map
    sums: np.ndarray  # (9, pieces + 8) sums of these values, and their errors: rows below
    quadrature: Quadrature
    free: np.ndarray  # (2, 1, orders, nodes) like ``Quadrature.nodes``, for another length
    films: Any  # ``Films`` of ``film_leads``; () where no lead can be a film


PIECE = np.dtype(
    [
        ("rule", np.int64),  # index of its order
        ("table", np.int64),  # index of its length among the tabulated ones, or FREE
        ("kind", np.int64),  # the queue that it belongs to: rows below
        ("scale", np.float64),  # of the map, E = breakpoint + scale · sinh t, in Δ0
        ("start", np.float64),  # where t begins
        ("length", np.float64),  # and how far it goes
        ("near", np.float64),  # both ends, in Δ0 from the breakpoint
        ("far", np.float64),
        ("log_rate", np.float64),  # ln ρ of ``convergence``, ∞ if nothing slows it, or NOT_LOCATED
        ("S_above", np.float64),  # ``Offsets`` of the breakpoint, from here
        ("S_below", np.float64),
        ("Sm_above", np.float64),
        ("Sm_below", np.float64),
        ("S_middle", np.float64),
        ("Sm_middle", np.float64),
        ("x", np.float64),
        ("y", np.float64),
        ("y_minus_x", np.float64),  # to here
        ("step", np.float64),  # of the Fermi function that is left where one lead is full or
        ("step_rate", np.float64),  # empty: its argument at the breakpoint, how that grows in 1/Δ0,
        ("step_sign", np.float64),  # and its sign in f_S − f_Sm; see ``step_current_terms``
        ("panel_S", np.int64),  # of films: the panels of their tables that it lies on
        ("panel_Sm", np.int64),
    ],
    align=True,
)
"""Fields of a piece."""
NOT_LOCATED = 0.0
"""In place of a rate: there are hidden singularities, taken to be at the worst place."""
BOTH, ONE_STEP = range(2)
"""Rows of the queue: pieces with two Fermi functions, and those where one lead is full or empty."""
VALUE, MODULUS, ERROR, FALL, LAST, MIDDLE, FASTEST_FALL = range(7)
"""Rows of the sums, with a number a piece in each: its integral, that of the modulus, the error and
the fall of ``error_estimate``, the sizes of its last Legendre coefficients and of the middle one,
and ``fastest_fall``. The first three are added up."""
SLOPE, SLOPE_ERROR = range(7, 9)
"""Further rows: derivatives at several voltages, whose mean is taken, and their errors."""


@merged
def middles_of(piece):
    """Return how far the breakpoint of a piece lies above the middle of the gaps of S and Sm.

    Parameters
    ----------
    piece : record
        ``PIECE``.

    Returns
    -------
    S_middle, Sm_middle : float
        Energies in Δ0.
    """
    return piece.S_middle, piece.Sm_middle


@merged
def edges_of(piece):
    """Return how far the breakpoint of a piece lies above each of the four gap edges.

    Parameters
    ----------
    piece : record
        ``PIECE``.

    Returns
    -------
    S_above, S_below, Sm_above, Sm_below : float
        Energies in Δ0 from the upper and the lower edge of S, and of Sm; negative below the edge.
    """
    return piece.S_above, piece.S_below, piece.Sm_above, piece.Sm_below


if CONFIG.DISABLE_JIT:

    def empty_pieces(count):
        """Return memory for pieces, whose fields Python finds by name in a recarray only."""
        return np.recarray(count, PIECE)

else:  # pragma: no cover - this branch is for the compiler only

    @allocating
    def empty_pieces(count):
        """Return memory for pieces."""
        return np.empty(count, PIECE)


@allocating
def workspace_of(quadrature, pieces, films):
    """Return memory for the integrals over energy of junctions whose leads may be films.

    Parameters
    ----------
    quadrature : Quadrature
        ``rules.QUADRATURE``.
    pieces : int
        How many pieces there is room for.
    films : Films or ()
        Memory for the tables of films.

    Returns
    -------
    Workspace
        With no pieces in it yet; values begin with a line of the cache, as ``rules.aligned`` does.
    """
    nodes = ORDERS[HIGHEST]
    memory = np.empty(pieces * nodes + PACK)
    first = -(int(memory.ctypes.data) // 8) % PACK  # as in ``rules.aligned``
    return Workspace(
        np.empty((SINGULARITIES, 4)),
        np.empty((3, SINGULARITIES), np.int64),
        empty_pieces(pieces),
        np.empty((2, pieces), np.int64),
        memory[first : first + pieces * nodes].reshape((pieces, nodes)),
        np.zeros((SLOPE_ERROR + 1, pieces + PACK)),
        quadrature,
        np.empty((2, 1, ORDERS.size, nodes)),
        films,
    )


@allocating
def workspace(quadrature):
    """Return memory for the integrals over energy, to be used at one voltage after another.

    Parameters
    ----------
    quadrature : Quadrature
        ``rules.QUADRATURE``.

    Returns
    -------
    Workspace
        That of ideal leads.
    """
    return workspace_of(quadrature, MAX_PIECES, ())
