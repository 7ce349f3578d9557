"""The density of states of one spin at nodes of pieces, with its derivatives by all parameters.

For an ideal lead, with z = ε + iΓ and w = z² − Δ²: N = Re z w^(−1/2), and with c = w^(−3/2)

``∂N/∂E = ∂N/∂h = −Δ² Re c``, ``∂N/∂Γ = Δ² Im c``, ``∂N/∂Δ = Δ Re z c``.
"""

import math

from thermospin.kernels.depaired_density import root_beside, root_of
from thermospin.kernels.depaired_slopes import PARAMETERS, write_slopes
from thermospin.kernels.film_branch_points import at_energy
from thermospin.machine.arithmetic import fma
from thermospin.machine.compilation import inner, merged

DENSITY, BY_E, BY_GAMMA, BY_FIELD, BY_GAP = range(5)
"""Rows of what is written: N, and its derivatives by the energy, Γ, the field and Δ; in the rows
after these, of films, by the rates of orbital depairing, spin-orbit and spin-flip scattering."""
IDEAL_ROWS = 5
ROWS = 1 + PARAMETERS
BY_FIRST = BY_GAMMA
"""The first row with a derivative by a parameter."""


@merged
def ideal_derivatives(n, middle, edges, gamma, gap, scale, distance, row):
    """Write the density of an ideal lead and its derivatives at the nodes of a piece.

    Parameters
    ----------
    n : int
        How many nodes there are.
    middle : float
        Energy of the breakpoint from the middle of the gap in Δ0.
    edges : (float, float)
        Energy of the breakpoint from the upper and the lower gap edge in Δ0.
    gamma, gap : float
        Γ > 0 and Δ in Δ0.
    scale : float
        Scale of the map of the piece in Δ0.
    distance : array of shape (nodes,)
        Distances of the nodes from the breakpoint at scale 1.
    row : array of shape (ROWS, nodes)
        Receives N and, in 1/Δ0, its derivatives.
    """
    density, by_E, by_gamma, by_gap = row[DENSITY], row[BY_E], row[BY_GAMMA], row[BY_GAP]
    by_field = row[BY_FIELD]
    g2, d2 = gamma * gamma, gap * gap
    above, below = edges
    for i in range(n):
        high, low = above + scale * distance[i], below + scale * distance[i]
        energy = middle + scale * distance[i]
        size = abs(energy)
        w = math.sqrt(fma(high, high, g2) * fma(low, low, g2))
        real = fma(high, low, -g2)
        large = math.sqrt(0.5 * (w + abs(real)))
        small = size * gamma / large
        outside = real > 0.0
        # Root of w for |ε|: a + ib; both parts are positive.
        a, b = (large, small) if outside else (small, large)
        over = 1.0 / w
        sign = math.copysign(1.0, energy)
        density[i] = fma(size, a, gamma * b) * over
        cube = over * over * over
        # w^(−3/2) = (a − ib)³/|w|³, with |w| = a² + b² and Re w = a² − b².
        c_real = a * fma(2.0, real, -w) * cube
        c_imag = -b * fma(2.0, real, w) * cube
        by_E[i] = by_field[i] = -(sign * d2) * c_real
        by_gamma[i] = d2 * c_imag
        by_gap[i] = gap * fma(size, c_real, -(gamma * c_imag))


@inner
def film_derivatives(n, energy, film, gamma, scale, distance, row):
    """Write the density of a film and its derivatives at the nodes of a piece.

    Parameters
    ----------
    n : int
        How many nodes there are.
    energy : float
        Energy of the breakpoint from the chemical potential in Δ0.
    film : Film
        The film, with the field that spin up sees; its energy does not matter.
    gamma : float
        Γ > 0 in Δ0.
    scale, distance, row
        As in ``ideal_derivatives``.

    Returns
    -------
    bool
        Whether the roots were found at all nodes.
    """
    w, found = root_of(at_energy(film, energy + scale * distance[0]), gamma)
    for i in range(n):
        here = at_energy(film, energy + scale * distance[i])
        w, right = root_beside(here, gamma, w)
        found = found and right
        square = w.up.real * w.up.real + w.up.imag * w.up.imag
        row[DENSITY, i] = 0.5 * w.up.real * (1.0 + 1.0 / square)
        write_slopes(here, gamma, w, row[BY_E:, i])
    return found
