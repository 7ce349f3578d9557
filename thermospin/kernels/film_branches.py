"""Where I_q(V) of a junction with films bends: pairs of edges that meet, and edges at steps.

The density of a film begins as a square root at its edges, and what ``branches`` tells of ideal
leads is milder: where two edges meet I_q has no peak, and panels of V only end there. Where an edge
meets the Fermi step of the other lead I_q is bounded by a kink as high as that of an ideal edge.
"""

import math

from thermospin.kernels.branches import (
    APART,
    AT,
    BROADENING,
    HEIGHT,
    MOST_BRANCHES,
    OPENS,
    PLACE,
    REACH,
    SIDE,
    THERMAL,
    TURN,
    WIDTH,
    density_near,
    singularities_of,
)
from thermospin.kernels.film_leads import count_of_edges, edge_of_lead
from thermospin.kernels.film_table import IS_FILM, OF_S, OF_SM, density_at
from thermospin.machine.compilation import outer

NEARBY = 2.0
"""The density at a Fermi level is the largest within so many k_BT of that level."""


@outer
def _write_pairs(leads, films, place):
    """Write the pairs of edges of I_up and I_down that meet, the sharpest; return how many."""
    count = 0
    for i in range(2 * count_of_edges(OF_S, leads, films)):
        energy_S, depth_S = edge_of_lead(OF_S, i, leads, films)
        for j in range(2 * count_of_edges(OF_SM, leads, films)):
            energy_Sm, depth_Sm = edge_of_lead(OF_SM, j, leads, films)
            meeting, width = abs(energy_Sm - energy_S), depth_S + depth_Sm
            k = count
            while k > 0 and place[k - 1, WIDTH] > width:
                k -= 1
            if k < MOST_BRANCHES:
                for later in range(min(count, MOST_BRANCHES - 1), k, -1):
                    for column in range(TURN + 1):
                        place[later, column] = place[later - 1, column]
                place[k, PLACE], place[k, WIDTH], place[k, REACH] = meeting, width, 0.0
                place[k, SIDE], place[k, TURN] = 1.0, 1.0
                count = min(count + 1, MOST_BRANCHES)
    return count


@outer
def _height(lead, leads, films):
    """Return the largest density at the Fermi level of a lead, for either spin."""
    gap, kT = (leads.gap_S, leads.kT_S) if lead == OF_S else (leads.gap_Sm, leads.kT_Sm)
    if films.numbers[lead, IS_FILM] == 1:
        largest = 0.0
        for spin in range(2):
            for energy in (0.0, NEARBY * kT):
                largest = max(largest, density_at(energy, spin, lead, films))
        return largest
    gamma, h = (leads.gamma_S, leads.h_S) if lead == OF_S else (leads.gamma_Sm, leads.h_Sm)
    return density_near(h, kT, gamma, gap)


@outer
def _write_kinks(leads, polarisation, films, kink):
    """Write the kinks of I_q where an edge of one lead meets the step of the other."""
    count = 0
    for lead in range(2):
        other = OF_SM if lead == OF_S else OF_S
        gap = leads.gap_S if lead == OF_S else leads.gap_Sm
        kT = leads.kT_Sm if lead == OF_S else leads.kT_S
        height = 0.5 * (1.0 + abs(polarisation)) * _height(other, leads, films)
        height *= math.sqrt(2.0 * gap)
        for i in range(2 * count_of_edges(lead, leads, films)):
            energy, depth = edge_of_lead(lead, i, leads, films)
            at = -energy if lead == OF_S else energy
            for side in (1.0, -1.0):
                if side * at < 0.0 or height == 0.0 or count == MOST_BRANCHES:
                    continue
                row = kink[count]
                row[AT], row[APART] = abs(at), depth + math.pi * kT
                row[HEIGHT], row[OPENS] = height, 1.0
                row[THERMAL], row[BROADENING] = kT, depth
                count += 1
    kink[count, HEIGHT] = 0.0


@outer
def singularities_between(films, circuit, place, kappa, kink):
    """Write where the current and the heat of a junction are singular in V, films or not.

    Where ``films`` is empty the compiler leaves out all that concerns films.

    Parameters
    ----------
    films : Films or ()
        Tables of the leads that are films.
    circuit, place, kappa, kink
        As in ``singularities_of``; the pairs of films have no logarithms.

    Returns
    -------
    int
        How many pairs there are.
    """
    if len(films) == 0:
        return singularities_of(circuit, place, kappa, kink)
    _write_kinks(circuit.leads, circuit.polarisation, films, kink)
    return _write_pairs(circuit.leads, films, place)
