"""The energies at which the density of states of each spin of a lead begins."""

import numpy as np

from thermospin.junction import FloatArray
from thermospin.kernels.film_edges import spectral_edges


def spin_edges(table: FloatArray, lead: int) -> FloatArray:
    """Return the edges of both spins of a lead, in Δ0, shape (m, 2)."""
    edge = np.empty((len(table), 2))
    spectral_edges(np.ascontiguousarray(table), lead, edge)
    return edge
