"""Where the current I_q(V) and the heat J_S(V) are singular, and which functions they are there.

The singular voltages are those at which singularities of the integrand meet (``meetings``).

**Edges that meet**, at V_j and a distance G = Γ_S + Γ_Sm from the real axis. Both densities are
inverse square roots there, and an integral of 1/√((E − a)(E − c)) is a logarithm of a − c: at
w = V − V_j − iG

``I_up(V) = A(V) − Re{κ(V) ln w}``, A and κ analytic,

where κ is the value of the other factors of the integrand half way between the edges,

``κ = ¼ √(Δ_S Δ_Sm) u [f_S(ε_S − w/2) − f_Sm(ε_Sm + w/2)] (1 + ⅜ (s'/Δ_Sm − s/Δ_S) w + …)``,

with the energies ε_S = s Δ_S − h_S − iΓ_S and ε_Sm = s' Δ_Sm − h + iΓ_Sm of the edges, and u = 1
for edges of one sign, a peak at a matching voltage, or ∓i for edges of two, a step at a sum of the
gaps. κ is kept to first order in w. The κ of the heat has the energy ε_S − w/2 as a factor more.

**An edge at a step.** The states at the Fermi level of the other lead, of density n, see the edge:
I_up = ½ n √(2Δ |V − V_b|) on the side on which it opens, a kink that is rounded over its distance
from the real axis. If the level is in the gap, n is of the order Γ. On the closed side flow thermal
excitations alone, e^(−|V − V_b|/k_BT), and the little current that broadening allows.
"""

import cmath
import math

from thermospin.kernels.density import density_factors
from thermospin.kernels.meetings import (
    edge_of_S_meets_step,
    edge_of_Sm_meets_step,
    edges_meet,
)
from thermospin.machine.compilation import outer

MOST_BRANCHES = 16
"""Four pairs of edges for each spin, and as many again with the field in S reversed."""
PLACE, SIDE, WIDTH, REACH, TURN = range(5)
"""Columns of a table of pairs of edges: V_j, or −V_j with −1 for 1 as side if the pair is one of
I_up(−V); G; the distance from V_j up to which κ to first order is of use; and ±1, by which w is
multiplied so that a step is 0 inside the gap. Voltages and distances are in Δ0/e."""
CHARGE, CHARGE_SLOPE, HEAT, HEAT_SLOPE = range(4)
"""Columns of a table of the κ of these pairs: of I_q at w = 0, in G_T Δ0/e, with its derivative by
w, and of J_S, in G_T Δ0²/e², with its derivative by w."""
AT, APART, HEIGHT, OPENS, THERMAL, BROADENING = range(6)
"""Columns of a table of kinks: V_b, its distance from the real axis, ½ n √(2Δ), 1 if the kink opens
to larger V and −1 if to smaller, k_BT of the step, Γ of the edge. A height of 0 ends the table."""
SHARPEST = 1e-100
"""A smaller G counts as this, whose square does not underflow to 0."""
BLUNTEST = 1.0
"""Largest imaginary part of ε in k_BT: the first poles of the Fermi function lie at π k_BT."""
NEARBY = 2.0
"""The density at a Fermi level is the largest within so many k_BT of that level."""


@outer
def _fermi(z):
    """Return 1/(1 + e^z)."""
    if z.real > 0.0:
        small = cmath.exp(-z)
        return small / (1.0 + small)
    return 1.0 / (1.0 + cmath.exp(z))


@outer
def _difference(x, y):
    """Return f(x) − f(y), without cancellation where both are nearly 1."""
    if x.real < 0.0 and y.real < 0.0:
        return _fermi(-y) - _fermi(-x)
    return _fermi(x) - _fermi(y)


@outer
def _edge(sign, gap, h, gamma, kT):
    return complex(sign * gap - h, math.copysign(min(abs(gamma), BLUNTEST * kT), gamma))


@outer
def _write_pair(leads, edge_S, edge_Sm, side, passing, place, kappa):
    """Write the row of a pair of edges that meet in I_up(side · V), as part of I_q and of J_S."""
    energy_S = _edge(edge_S, leads.gap_S, leads.h_S, -leads.gamma_S, leads.kT_S)
    energy_Sm = _edge(edge_Sm, leads.gap_Sm, leads.h_Sm, leads.gamma_Sm, leads.kT_Sm)
    x, y = energy_S * leads.rate_S, energy_Sm * leads.rate_Sm
    occupied = _difference(x, y)
    slope = 0.5 * leads.rate_S * _fermi(x) * _fermi(-x)
    slope += 0.5 * leads.rate_Sm * _fermi(y) * _fermi(-y)
    slope += 0.375 * (edge_Sm / leads.gap_Sm - edge_S / leads.gap_S) * occupied
    unit = complex(1.0, 0.0) if edge_S == edge_Sm else complex(0.0, -edge_S)
    factor = 0.25 * passing * math.sqrt(leads.gap_S * leads.gap_Sm) * unit
    meeting, width = edges_meet(leads, edge_S, edge_Sm)
    place[PLACE], place[SIDE] = side * meeting, side
    place[WIDTH] = max(width, SHARPEST)
    place[REACH] = min(abs(energy_S.real), abs(energy_Sm.real)) + place[WIDTH]
    place[TURN] = -1.0 if edge_S < edge_Sm else 1.0
    kappa[CHARGE] = side * factor * occupied
    kappa[CHARGE_SLOPE] = side * factor * slope
    kappa[HEAT] = factor * occupied * energy_S
    kappa[HEAT_SLOPE] = factor * (slope * energy_S - 0.5 * occupied)


@outer
def density_near(h, kT, gamma, gap):
    """Return the largest density of states within a few k_BT of the Fermi level.

    Parameters
    ----------
    h, kT, gamma, gap : float
        Exchange field, k_BT, Γ and gap of an ideal lead in Δ0.

    Returns
    -------
    float
        N in units of that of the normal state.
    """
    if gap == 0.0:
        return 1.0
    far = abs(h)
    x = min(far + NEARBY * kT, gap) if far < gap else max(far - NEARBY * kT, gap)
    square, numerator, denominator = density_factors(x - gap, x + gap, gamma, gap * gap)
    return math.sqrt(0.5 * square) * numerator / denominator


@outer
def _write_kink(place, width, height, opens, kT, gamma, kink, count):
    if height > 0.0:
        row = kink[count]
        row[AT], row[APART], row[HEIGHT], row[OPENS] = place, width, height, opens
        row[THERMAL], row[BROADENING] = kT, gamma
        count += 1
    return count


@outer
def _write_kinks(leads, side, passing, kink, count):
    """Write the kinks of I_up(side · V), as part of I_q; return how many the table has now."""
    n_S = density_near(leads.h_S, leads.kT_S, leads.gamma_S, leads.gap_S)
    n_Sm = density_near(leads.h_Sm, leads.kT_Sm, leads.gamma_Sm, leads.gap_Sm)
    at_S, at_Sm = 0.5 * passing * n_Sm, 0.5 * passing * n_S
    for edge in (1.0, -1.0):
        place, width = edge_of_S_meets_step(leads, edge)
        height, opens = at_S * math.sqrt(2.0 * leads.gap_S), -side * edge
        count = _write_kink(
            side * place, width, height, opens, leads.kT_Sm, leads.gamma_S, kink, count
        )
        place, width = edge_of_Sm_meets_step(leads, edge)
        height, opens = at_Sm * math.sqrt(2.0 * leads.gap_Sm), side * edge
        count = _write_kink(
            side * place, width, height, opens, leads.kT_S, leads.gamma_Sm, kink, count
        )
    return count


@outer
def singularities_of(circuit, place, kappa, kink):
    """Write where the current and the heat of a junction are singular in V, and how strongly.

    A pair of edges that meet gives −Re(κ ln w), and an edge that meets a step ½ n √(2Δ |V − V_b|).

    Parameters
    ----------
    circuit : Circuit
        The junction.
    place : array of shape (MOST_BRANCHES, 5)
        Receives the pairs of edges that meet, columns from ``PLACE`` on, in Δ0/e.
    kappa : complex array of shape (MOST_BRANCHES, 4)
        Receives κ of each pair, columns from ``CHARGE`` on, in G_T Δ0/e and G_T Δ0²/e².
    kink : array of shape (MOST_BRANCHES + 1, 6)
        Receives the kinks of I_q, columns from ``AT`` on, and then a row of height 0. Voltages are
        in Δ0/e, heights in G_T (Δ0/e)^½, k_BT and Γ in Δ0.

    Returns
    -------
    int
        How many pairs there are.
    """
    pairs = kinks = 0
    for turned in range(2):
        leads = circuit.reversed_S if turned else circuit.leads
        share = circuit.turned if turned else 1.0 - circuit.turned
        if share > 0.0:
            for side in (1.0, -1.0):
                passing = share * (1.0 + side * circuit.polarisation)
                kinks = _write_kinks(leads, side, passing, kink, kinks)
                if leads.gap_S > 0.0 and leads.gap_Sm > 0.0:
                    for edge_S in (1.0, -1.0):
                        for edge_Sm in (1.0, -1.0):
                            _write_pair(
                                leads, edge_S, edge_Sm, side, passing, place[pairs], kappa[pairs]
                            )
                            pairs += 1
    kink[kinks, HEIGHT] = 0.0
    return pairs
