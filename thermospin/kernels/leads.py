"""Both leads of a junction: the columns of a table of junctions, and the leads in one of its rows.

A table holds a junction a row: temperatures in T_c, energies and rates in Δ0, polarisation and
share of the barrier without unit, the conductance of the load in G_T.
"""

from typing import NamedTuple

from thermospin.machine.compilation import merged
from thermospin.units import BCS_RATIO

T_S, T_SM, H_S, H_SM, GAMMA_S, GAMMA_SM, GAP_S, GAP_SM, POLARISATION, TURNED, LOAD = range(11)
"""Columns of a table: temperatures, exchange fields, Dynes Γ and gaps of S and Sm; the polarisation
of the barrier, the share sin²(θ/2) of the current that flows as between antiparallel fields, and
the conductance 1/R_L of the load, or NaN."""
V_AC, PHOTON = range(11, 13)
"""Columns of microwaves: the amplitude V_ac of the voltage, and the energy hf of a photon, or 0
where there are none. No kernel reads them: a current with microwaves is a sum of currents without
(``thermospin.observables.points``)."""
ORBITAL_S, ORBITAL_SM, SPIN_ORBIT_S, SPIN_ORBIT_SM, SPIN_FLIP_S, SPIN_FLIP_SM = range(13, 19)
"""Further columns: rates of orbital depairing, spin-orbit and spin-flip scattering in S and in Sm;
where a rate has no effect its column is 0."""
COLUMNS = 19


class Leads(NamedTuple):
    """Both leads of one junction: energies in Δ0 (k_BT too), rates 1/k_BT; spin up sees −h.

    ``rate_difference`` is 1/k_BT_Sm − 1/k_BT_S, which the rates themselves lose where the
    temperatures are nearly equal.
    """

    kT_S: float
    kT_Sm: float
    h_S: float
    h_Sm: float
    gamma_S: float
    gamma_Sm: float
    gap_S: float
    gap_Sm: float
    rate_S: float
    rate_Sm: float
    rate_difference: float


@merged
def leads_of(row):
    """Return the leads of a junction.

    An exchange field moves the gap edges of a lead; without a gap it does nothing.

    Parameters
    ----------
    row : array of shape (≥ 8,)
        Row of a table, of which the first eight columns are taken.

    Returns
    -------
    Leads
        Both leads.
    """
    kT_S, kT_Sm = BCS_RATIO * row[T_S], BCS_RATIO * row[T_SM]
    rate_S, rate_Sm = 1.0 / kT_S, 1.0 / kT_Sm
    return Leads(
        kT_S,
        kT_Sm,
        row[H_S] if row[GAP_S] > 0.0 else 0.0,
        row[H_SM] if row[GAP_SM] > 0.0 else 0.0,
        row[GAMMA_S],
        row[GAMMA_SM],
        row[GAP_S],
        row[GAP_SM],
        rate_S,
        rate_Sm,
        (row[T_S] - row[T_SM]) * BCS_RATIO * (rate_S * rate_Sm),
    )


@merged
def with_fields(leads, h_S, h_Sm):
    """Return the leads in other exchange fields.

    Parameters
    ----------
    leads : Leads
        Both leads.
    h_S, h_Sm : float
        Exchange fields in S and Sm in Δ0.

    Returns
    -------
    Leads
        Both leads, otherwise unchanged.
    """
    return Leads(
        leads.kT_S,
        leads.kT_Sm,
        h_S,
        h_Sm,
        leads.gamma_S,
        leads.gamma_Sm,
        leads.gap_S,
        leads.gap_Sm,
        leads.rate_S,
        leads.rate_Sm,
        leads.rate_difference,
    )


@merged
def mirrored(leads):
    """Return the leads with both exchange fields reversed, whose I_up(V) is −I_up(−V) of the leads.

    Parameters
    ----------
    leads : Leads
        Both leads.

    Returns
    -------
    Leads
        Both leads with −h_S and −h_Sm, otherwise unchanged.
    """
    return with_fields(leads, -leads.h_S, -leads.h_Sm)
