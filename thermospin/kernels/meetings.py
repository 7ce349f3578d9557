"""Where singularities of the integrand of I_up meet, and how far from the real V axis.

With E measured from the chemical potential of Sm, I_up(V) = ½ ∫ N_S(E − V) N_Sm(E) [f_S − f_Sm] dE.
Each factor is analytic but for the branch points of its density, at the gap edges, and the poles of
its Fermi function. As V changes, those of S move, and I_up(V) is singular where they meet those of
Sm from opposite sides of the real axis, with the path of the integral in between: where two gap
edges meet, and where the edge of one lead meets the Fermi step of the other, of whose poles the
first is πk_BT away. The steps do not meet each other, for no term has both. A normal lead has no
edges. Each function returns a voltage and a distance, with signs ±1 for which edges; e = 1.
"""

import math

from thermospin.machine.compilation import merged


@merged
def edges_meet(leads, edge_S, edge_Sm):
    """Return where an edge of S meets one of Sm.

    Parameters
    ----------
    leads : Leads
        Both leads.
    edge_S, edge_Sm : float
        1 for the upper edge, −1 for the lower.

    Returns
    -------
    place, width : float
        V_j and its distance from the real axis in Δ0/e.
    """
    place = leads.h_S - leads.h_Sm - edge_S * leads.gap_S + edge_Sm * leads.gap_Sm
    return place, leads.gamma_S + leads.gamma_Sm


@merged
def edge_of_S_meets_step(leads, edge):
    """Return where an edge of S meets the Fermi step of Sm.

    Parameters
    ----------
    leads : Leads
        Both leads.
    edge : float
        1 for the upper edge, −1 for the lower.

    Returns
    -------
    place, width : float
        The voltage and its distance from the real axis in Δ0/e.
    """
    return leads.h_S - edge * leads.gap_S, leads.gamma_S + math.pi * leads.kT_Sm


@merged
def edge_of_Sm_meets_step(leads, edge):
    """Return where an edge of Sm meets the Fermi step of S.

    Parameters
    ----------
    leads : Leads
        Both leads.
    edge : float
        1 for the upper edge, −1 for the lower.

    Returns
    -------
    place, width : float
        The voltage and its distance from the real axis in Δ0/e.
    """
    return edge * leads.gap_Sm - leads.h_Sm, leads.gamma_Sm + math.pi * leads.kT_S
