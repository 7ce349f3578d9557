"""Where the integrand of Eq. (2) is singular, and the pieces on which it is integrated.

The spin-up integrand has a branch point at each gap edge, at a distance Γ from the real axis, and
poles of the Fermi functions at πk_BT from it. Around a breakpoint the energy is written as
E = breakpoint ± g sinh t, with g the distance of the nearest singularity: in t the singularities
stand at ±iπ/2, and equal steps of t are dense exactly where the integrand is.

The spin-down current needs no code of its own: I_down(V) = −I_up(−V).
"""

import math
from typing import NamedTuple

from thermospin.machine.compilation import merged
from thermospin.machine.exponential import exp

S_UPPER, S_LOWER, SM_UPPER, SM_LOWER, S_STEP, SM_STEP = range(6)
SINGULARITIES = 6
HIGH, LOW, REACH, WIDTH = range(4)
"""Columns of a table of singular energies: the energy as a sum of two floats, how near a breakpoint
must be to resolve this energy, and the scale g of the map at a breakpoint there; all in Δ0."""
SHARPEST, CHOSEN, HIDDEN = range(3)
"""Rows of a table of orders, each a list of rows of the table of singular energies: all rows by
ascending reach, the breakpoints by ascending energy, and the hidden singularities, which are no
breakpoints but matter to how fast sums converge."""
CLOSE = 0.25
"""Two edges nearer than this fraction of Γ share one breakpoint."""
STEP_SCALE = 2.0
"""Scale of the map at a Fermi step, in k_BT."""
WHOLE_TAIL = 37.0
"""Tails that end this many k_BT of the hotter lead beyond the last singular energy lack e^−37 of
their integral, 1e-16, which counts as rounding."""
TAIL_MARGIN = 7.0
"""Tails are first cut where they have fallen by rtol · e^−7."""
TAIL_LOSS = 20.0
"""The loss beyond the cut counts as this many times e^−tail of the integral of the modulus."""
ALIKE, MORE_LOSS = 0.1, 2.0
"""If the temperatures differ by less than this part, and |V| is less than k_BT, the occupations
differ by x e^−x along a tail at x k_BT, and a cut loses more of x e^−x than of e^−x."""


class Offsets(NamedTuple):
    """What to add to the energy from a breakpoint, for each factor of the integrand.

    The first six are the energy of the breakpoint from the gap edges and from the middle of both
    gaps, in Δ0; the others are the arguments x = (E − eV)/k_BT_S and y = E/k_BT_Sm of the two
    Fermi functions at the breakpoint, and their difference.
    """

    S_above: float
    S_below: float
    Sm_above: float
    Sm_below: float
    S_middle: float
    Sm_middle: float
    x: float
    y: float
    y_minus_x: float


@merged
def _exact_sum(a, b):
    """Return the rounded sum of two numbers and its rounding error."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


@merged
def singularities(V, leads, edge):
    """Write the six singular energies of the spin-up integrand as unevaluated sums of two floats.

    Two edges may agree to the last bit and still differ: the second float keeps the difference.

    Parameters
    ----------
    V : float
        Bias voltage in Δ0/e.
    leads : Leads
        Both leads.
    edge : array of shape (6, 4)
        Receives the energies in Δ0, in the columns ``HIGH`` and ``LOW``.
    """
    middle, rest = _exact_sum(V, -leads.h_S)
    for k, gap in ((S_UPPER, leads.gap_S), (S_LOWER, -leads.gap_S)):
        edge[k, HIGH], error = _exact_sum(middle, gap)
        edge[k, LOW] = error + rest
    edge[SM_UPPER, HIGH], edge[SM_UPPER, LOW] = _exact_sum(-leads.h_Sm, leads.gap_Sm)
    edge[SM_LOWER, HIGH], edge[SM_LOWER, LOW] = _exact_sum(-leads.h_Sm, -leads.gap_Sm)
    edge[S_STEP, HIGH], edge[S_STEP, LOW] = V, 0.0
    edge[SM_STEP, HIGH], edge[SM_STEP, LOW] = 0.0, 0.0


@merged
def distance(edge, a, b):
    """Return how far singular energy a lies above b, exactly even where they nearly agree.

    Parameters
    ----------
    edge : array of shape (6, 4)
        Singular energies in Δ0, columns above.
    a, b : int
        Rows of the singular energies.

    Returns
    -------
    float
        E_a − E_b in Δ0.
    """
    return (edge[a, HIGH] - edge[b, HIGH]) + (edge[a, LOW] - edge[b, LOW])


@merged
def offsets_at(edge, k, V, leads):
    """Return what to add to the energy from singular energy k, for each factor of the integrand.

    The difference y − x is as accurate as the smaller of two large numbers allows: the bias counts
    in k_BT of the hotter lead.

    Parameters
    ----------
    edge : array of shape (6, 4)
        Singular energies in Δ0, columns above.
    k : int
        Row of the singular energy.
    V : float
        Bias voltage in Δ0/e.
    leads : Leads
        Both leads.

    Returns
    -------
    Offsets
        Of that energy.
    """
    from_S, from_Sm = distance(edge, k, S_STEP), distance(edge, k, SM_STEP)
    middle_S, rest = _exact_sum(V, -leads.h_S)
    if leads.rate_Sm < leads.rate_S:
        y_minus_x = from_S * leads.rate_difference + V * leads.rate_Sm
    else:
        y_minus_x = from_Sm * leads.rate_difference + V * leads.rate_S
    return Offsets(
        distance(edge, k, S_UPPER),
        distance(edge, k, S_LOWER),
        distance(edge, k, SM_UPPER),
        distance(edge, k, SM_LOWER),
        (edge[k, HIGH] - middle_S) + (edge[k, LOW] - rest),
        (edge[k, HIGH] + leads.h_Sm) + edge[k, LOW],
        from_S * leads.rate_S,
        from_Sm * leads.rate_Sm,
        y_minus_x,
    )


@merged
def _width(k, leads):
    """Return the scale of the map at singular energy k."""
    if k < SM_UPPER:
        return leads.gamma_S
    if k < S_STEP:
        return leads.gamma_Sm
    return STEP_SCALE * (leads.kT_S if k == S_STEP else leads.kT_Sm)


@merged
def _reach(k, leads):
    """Return how near another breakpoint must be to resolve singular energy k; ∞ if there is none.

    A normal metal has no edges.
    """
    if k < SM_UPPER:
        return CLOSE * leads.gamma_S if leads.gap_S > 0.0 else math.inf
    if k < S_STEP:
        return CLOSE * leads.gamma_Sm if leads.gap_Sm > 0.0 else math.inf
    return math.pi * (leads.kT_S if k == S_STEP else leads.kT_Sm)


@merged
def _sharpest_first(edge, order):
    """Write the singular energies in ascending order of their reach."""
    for k in range(SINGULARITIES):
        j = k
        while j > 0 and edge[order[SHARPEST, j - 1], REACH] > edge[k, REACH]:
            order[SHARPEST, j] = order[SHARPEST, j - 1]
            j -= 1
        order[SHARPEST, j] = k


@merged
def breakpoints(passed_over, leads, edge, order):
    """Choose at which singular energies the energy axis is cut into pieces to be integrated.

    A singularity that is far from the real axis compared with its distance from a breakpoint
    already chosen is resolved by the map of that breakpoint, and needs none of its own: it is
    hidden. The sharpest singularities are therefore chosen first.

    Parameters
    ----------
    passed_over : int
        Row of the singular energy that is not listed where it is hidden; −1 for none.
    leads : Leads
        Both leads.
    edge : array of shape (6, 4)
        Singular energies in Δ0, as ``singularities`` wrote them; receives ``REACH`` and ``WIDTH``.
    order : int array of shape (3, 6)
        Receives the three lists of rows of ``edge``: see ``SHARPEST``, ``CHOSEN`` and ``HIDDEN``.

    Returns
    -------
    count, hidden : int
        Lengths of the lists ``CHOSEN`` and ``HIDDEN``.
    """
    for k in range(SINGULARITIES):
        edge[k, REACH] = _reach(k, leads)
        edge[k, WIDTH] = _width(k, leads)
    _sharpest_first(edge, order)
    count = hidden = 0
    for s in range(SINGULARITIES):
        k = order[SHARPEST, s]
        reach = edge[k, REACH]
        j = count
        absent = not reach < math.inf
        resolved = absent
        for i in range(count):
            above = distance(edge, k, order[CHOSEN, i])
            resolved = resolved or abs(above) <= reach
            if above < 0.0 and j == count:
                j = i
        if not resolved:
            for i in range(count, j, -1):
                order[CHOSEN, i] = order[CHOSEN, i - 1]
            order[CHOSEN, j] = k
            count += 1
        elif not absent and k != passed_over:
            order[HIDDEN, hidden] = k
            hidden += 1
    return count, hidden


@merged
def map_scale(edge, order, count, i):
    """Return the distance from breakpoint i to the nearest singularity in the complex plane.

    Parameters
    ----------
    edge : array of shape (6, 4)
        Singular energies in Δ0, columns above.
    order : array of shape (3, 6)
        Orders, rows above.
    count, i : int
        How many breakpoints there are, and which.

    Returns
    -------
    float
        Scale g of the map E = breakpoint ± g sinh t in Δ0.
    """
    k = order[CHOSEN, i]
    width = edge[k, WIDTH]
    square = width * width
    for j in (i - 1, i + 1):
        if 0 <= j < count:
            apart = distance(edge, k, order[CHOSEN, j])
            other = edge[order[CHOSEN, j], WIDTH]
            square = min(square, apart * apart + other * other)
    return math.sqrt(square) if square < width * width else width


@merged
def lost_beyond(tail, V, leads):
    """Return the loss beyond the ends of the tails, relative to the integral of the modulus.

    Parameters
    ----------
    tail : float
        Length of the tails in k_BT of the hotter lead.
    V : float
        Bias voltage in Δ0/e.
    leads : Leads
        Both leads.

    Returns
    -------
    float
        Part of the integral of the modulus.
    """
    alike = abs(leads.kT_S - leads.kT_Sm) < ALIKE * leads.kT_S and abs(V) < leads.kT_S
    return (MORE_LOSS * (1.0 + tail) if alike else TAIL_LOSS) * exp(-tail)
