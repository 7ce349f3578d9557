"""The integrand of Eq. (2), ½ N_S(E − eV) N_Sm(E) [f_S(E − eV) − f_Sm(E)], and its derivative by V.

They stand here once, and every loop over nodes calls them. Densities of states and Fermi functions
come as fractions, pairs of a numerator and a denominator: all that is divided is divided once, for
a division costs as much as a dozen other operations.

Factors that all nodes have in common are multiplied with the sum over the nodes of a piece: at
every node they would take 2 to 3 % of the time of a current. They are powers of two, so the bits
are those that they would give at the nodes.
"""

from thermospin.kernels.density import density_factors
from thermospin.machine.arithmetic import fma, quotient, root
from thermospin.machine.compilation import inlined

HALF = 0.5
"""The ½ of Eq. (2), by which the sum of ``conductance_integrand`` is multiplied."""
QUARTER = 0.5 * HALF
"""By which the sum of ``current_integrand`` is multiplied, of which 2 N_S N_Sm is a factor."""


@inlined
def product_of_fractions(factor, a, b):
    """Return factor · a · b of two fractions (numerator, denominator)."""
    return quotient(factor * (a[0] * b[0]), a[1] * b[1])


@inlined
def current_integrand(dE, twice_N_S_N_Sm, f_S_minus_f_Sm):
    """Return 2 N_S(E − eV) N_Sm(E) [f_S(E − eV) − f_Sm(E)] dE; ``QUARTER`` makes it Eq. (2).

    Parameters
    ----------
    dE : float
        Part of the energy axis that a node stands for, or a number in proportion to it, in Δ0.
    twice_N_S_N_Sm : (float, float)
        Twice the product of the densities of states at the node as a fraction: ``density_product``.
        Or what takes its place in the derivative where f_Sm is 0 or 1: N_S dN_Sm/dE.
    f_S_minus_f_Sm : (float, float)
        Difference of the Fermi functions as a fraction: see ``fermi_difference``. Or what takes its
        place: ±f of one lead where the other is full or empty, or 1 over the denominator that the
        difference has in common with the rate of crossings.

    Returns
    -------
    float
        Four times the summand of the current, in G_T Δ0/e.
    """
    return product_of_fractions(dE, twice_N_S_N_Sm, f_S_minus_f_Sm)


@inlined
def conductance_integrand(dE, density_S, density_Sm, difference, slope):
    """Return N_S {dN_Sm/dE (f_S − f_Sm) + N_Sm (−df_Sm/dE)} dE; ``HALF`` makes it dI_up/dV.

    With E shifted by eV only Sm carries V: the derivative is taken there, and the energy put back.

    Parameters
    ----------
    dE : float
        Part of the energy axis that a node stands for, or a number in proportion to it, in Δ0.
    density_S, density_Sm : (float, float, float, float)
        Densities of states at the node with their slopes: see ``density_and_slope_factors``.
    difference, slope : (float, float)
        f_S − f_Sm and −df_Sm/dE as fractions: see ``fermi_difference`` and ``fermi_slope``.

    Returns
    -------
    float
        Twice the summand of dI_up/dV, in G_T.
    """
    n_S, _, square_S, w_S = density_S
    n_Sm, s_Sm, square_Sm, w_Sm = density_Sm
    rise, fall = difference
    steep, steep_under = slope
    moved = fma(s_Sm * rise, steep_under, n_Sm * (w_Sm * w_Sm) * steep * fall)
    under = root(square_S * square_Sm) * (w_S * w_Sm) * (w_Sm * w_Sm)
    return quotient(dE * n_S * moved, under * (fall * steep_under))


@inlined
def density_product(u, edges, leads):
    """Return 2 N_S(E − eV) N_Sm(E) as a fraction.

    Parameters
    ----------
    u : float
        Energy E from a breakpoint in Δ0.
    edges : (float, float, float, float)
        Distances of the breakpoint from the upper and the lower gap edge of S, and of Sm, in Δ0.
    leads : Leads
        Both leads.

    Returns
    -------
    numerator, denominator : float
        Of twice the product, a number without unit.
    """
    above_S, below_S, above_Sm, below_Sm = edges
    square_S, over_S, under_S = density_factors(
        above_S + u, below_S + u, leads.gamma_S, leads.gap_S * leads.gap_S
    )
    square_Sm, over_Sm, under_Sm = density_factors(
        above_Sm + u, below_Sm + u, leads.gamma_Sm, leads.gap_Sm * leads.gap_Sm
    )
    return root(square_S * square_Sm) * (over_S * over_Sm), under_S * under_Sm
