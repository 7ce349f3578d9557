"""The density of states of one spin, Eq. (1), in real arithmetic.

With z = ε + iΓ, where ε is the energy from the middle of the gap, and w = z² − Δ² = (z − Δ)(z + Δ),
``N = Re z/√w`` with the cut on [−Δ, Δ], so that N > 0 for all real ε: no absolute value is needed.
Squaring, ``2 |w|² N² = |z|²|w| + Re(z² w*)``. In the gap the two terms cancel; there the imaginary
part of the same root does not, and ``N = |ε| Γ Δ² / (|w| √((|z|²|w| − Re(z² w*)) / 2))``.

The energy comes as its distances from the two edges, ``above = ε − Δ`` and ``below = ε + Δ``: a
caller that knows the distance from the nearer edge exactly loses nothing.
"""

import math

from thermospin.machine.arithmetic import fma, root
from thermospin.machine.compilation import entry, inlined


@inlined
def density_factors(above, below, gamma, gap_squared):
    """Return (square, numerator, denominator): N = √(square/2) · numerator / denominator.

    The roots of two leads are taken in one: √(square_S · square_Sm)/2.

    Parameters
    ----------
    above, below : float
        Energy from the upper and the lower gap edge, ε − Δ and ε + Δ, in Δ0.
    gamma : float
        Dynes Γ in Δ0, > 0.
    gap_squared : float
        Δ² in Δ0².

    Returns
    -------
    square : float
        |z|²|w| + |Re(z² w*)| in Δ0⁴.
    numerator, denominator : float
        1 and |w| outside the gap; 2 Γ Δ² |ε| and |w| · square in it.
    """
    energy = 0.5 * (above + below)
    e2 = energy * energy
    g2 = gamma * gamma
    w = root(fma(above, above, g2) * fma(below, below, g2))
    real = fma(e2, fma(above, below, 2.0 * g2), g2 * (g2 + gap_squared))
    square = fma(e2 + g2, w, abs(real))
    in_gap = real < 0.0
    numerator = (2.0 * gamma * gap_squared) * abs(energy) if in_gap else 1.0
    denominator = w * square if in_gap else w
    return square, numerator, denominator


@inlined
def density_and_slope_factors(energy, above, below, gamma, gap_squared):
    """Return (n, s, a², w): N = n/(a |w|) and dN/dε = −Δ² Re w^(−3/2) = s/(a |w|³).

    The larger part of w^(1/2) = √(z − Δ) √(z + Δ) is a, in size; the smaller is |ε|Γ/a. The real
    part has the sign of ε and the imaginary one is positive: N = (|ε| Re + Γ Im)/|w|, and
    dN/dε = −Δ² Re (2 Re w − |w|)/|w|³ as |w| is the sum of their squares. The roots of two leads
    are taken in one.

    Well inside the gap dN/dε goes with ε, which the distances from the edges, both near Δ, know to
    the rounding of Δ only.

    Parameters
    ----------
    energy : float
        Energy ε from the middle of the gap in Δ0.
    above, below : float
        Energy from the upper and the lower gap edge, ε − Δ and ε + Δ, in Δ0.
    gamma : float
        Dynes Γ in Δ0, > 0.
    gap_squared : float
        Δ² in Δ0².

    Returns
    -------
    n : float
        a |w| N in Δ0³.
    s : float
        a |w|³ dN/dε in Δ0⁶.
    square : float
        a² in Δ0².
    w : float
        |w| in Δ0².
    """
    size = abs(energy)
    g2 = gamma * gamma
    w = root(fma(above, above, g2) * fma(below, below, g2))
    real = fma(above, below, -g2)
    square = 0.5 * (w + abs(real))
    outside = real > 0.0
    density = size * (square + g2) if outside else gamma * fma(energy, energy, square)
    part = square if outside else size * gamma
    return density, math.copysign(gap_squared * part, energy) * fma(real, -2.0, w), square, w


@entry
def densities(energy, gap, gamma, density):
    """Write the density of states at each energy from mid-gap; all arrays have the shape (n,).

    Parameters
    ----------
    energy, gap, gamma : array of shape (n,)
        Energy from mid-gap, Δ and Γ > 0 in Δ0.
    density : array of shape (n,)
        Receives N in units of that of the normal state.
    """
    for i in range(energy.size):
        square, numerator, denominator = density_factors(
            energy[i] - gap[i], energy[i] + gap[i], gamma[i], gap[i] * gap[i]
        )
        density[i] = root(0.5 * square) * numerator / denominator
