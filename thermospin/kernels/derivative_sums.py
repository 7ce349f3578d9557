"""Sums over nodes for I_up, dI_up/dV and the derivatives of both, in one pass.

With u = E − eV the integrand of Eq. (2) is ½ N_S(u) N_Sm(E) F, F = f_S(u) − f_Sm(E). A parameter of
a lead moves the density of that lead, a temperature its occupation, ∂f/∂k_BT = −f' x with
x = energy/k_BT. For dI/dV, V is differentiated in the lead that the parameter does not belong to:
first derivatives of both densities are then enough, also of what is d²I/dV dp. With

``X_S = −N_S' F + N_S (−f_S')`` and ``X_Sm = N_Sm' F + N_Sm (−f_Sm')``,

both of which are the derivative by V, once at fixed E and once at fixed u, and a prime for d/dE,

``dI/dV = ½∫ N_S X_Sm``, ``d²I/dV² = ½∫ [N_Sm' X_S − N_S' N_Sm (−f_Sm')]``,
``d²I/dV dp = ½∫ (∂N_S/∂p) X_Sm`` for S, and ``½∫ (∂N_Sm/∂p) X_S`` for Sm.
"""

from thermospin.kernels.density_derivatives import BY_E, BY_FIRST, DENSITY, ROWS
from thermospin.kernels.fermi import fermi_difference
from thermospin.kernels.film_table import OF_S
from thermospin.kernels.integrand import HALF
from thermospin.kernels.rules import order_of
from thermospin.machine.arithmetic import fma
from thermospin.machine.compilation import merged
from thermospin.machine.exponential import decay
from thermospin.machine.packed_sums import PACK
from thermospin.units import BCS_RATIO

VALUE, BY_V, BY_T_S, BY_T_SM, BY_LEADS = range(5)
"""Columns of what is written: the value, its derivatives by V and both temperatures, and then those
by what ``density_derivatives`` has from ``BY_FIRST`` on, of S and of Sm in turn."""
COLUMNS = BY_LEADS + 2 * (ROWS - BY_FIRST)
CURRENT, CONDUCTANCE = range(2)
KINDS = 2
"""Rows: I_up and dI_up/dV."""
STEP, STEEP_S, STEEP_SM, WARM_S, WARM_SM, X_S, X_SM, PRODUCT = range(8)
OCCUPATIONS = 8
"""Rows of occupations at nodes, times the weight of the node: F, −f' of both leads, ∂F by both
temperatures in k_B, and what the head of this module calls X; PRODUCT is memory."""
WEIGHT = 1
"""Row of the weights in a rule."""


@merged
def write_occupations(piece, rule, distance, speed, leads, workspace, occupation):
    """Write F and its derivatives at the nodes of a piece, times the weights.

    Parameters
    ----------
    piece : record
        ``PIECE``.
    rule : int
        Index of its order.
    distance, speed : array of shape (nodes,)
        Distances of the nodes from the breakpoint at scale 1, and their derivative.
    leads : Leads
        Both leads.
    workspace : Workspace
        Memory of the evaluation, whose weights are read.
    occupation : array of shape (8, nodes)
        Receives the first five rows above, F times Δ0 and the others without unit.
    """
    scale, weights = piece.scale, workspace.quadrature.rules[rule, WEIGHT]
    x, y, y_minus_x = piece.x, piece.y, piece.y_minus_x
    width = HALF * abs(scale)
    step, steep_S, steep_Sm = occupation[STEP], occupation[STEEP_S], occupation[STEEP_SM]
    for i in range(order_of(rule)):
        u = scale * distance[i]
        here, there = fma(u, leads.rate_S, x), fma(u, leads.rate_Sm, y)
        rise, fall = fermi_difference(here, there, fma(u, leads.rate_difference, y_minus_x))
        dE = width * weights[i] * speed[i]
        step[i] = dE * rise / fall
    warm_S, warm_Sm = occupation[WARM_S], occupation[WARM_SM]
    for i in range(order_of(rule)):
        u = scale * distance[i]
        dE = width * weights[i] * speed[i]
        here = fma(u, leads.rate_S, x)
        p = decay(here)
        steep_S[i] = dE * leads.rate_S * p / ((1.0 + p) * (1.0 + p))
        warm_S[i] = steep_S[i] * here
    for i in range(order_of(rule)):
        u = scale * distance[i]
        dE = width * weights[i] * speed[i]
        there = fma(u, leads.rate_Sm, y)
        q = decay(there)
        steep_Sm[i] = dE * leads.rate_Sm * q / ((1.0 + q) * (1.0 + q))
        warm_Sm[i] = -(steep_Sm[i] * there)


@merged
def _write_shifts(n, S, Sm, occupation):
    """Write what V changes at fixed E and at fixed E − eV."""
    step, steep_S, steep_Sm = occupation[STEP], occupation[STEEP_S], occupation[STEEP_SM]
    x_S, x_Sm = occupation[X_S], occupation[X_SM]
    N_S, slope_S, N_Sm, slope_Sm = S[DENSITY], S[BY_E], Sm[DENSITY], Sm[BY_E]
    for i in range(n):
        x_S[i] = fma(N_S[i], steep_S[i], -(slope_S[i] * step[i]))
    for i in range(n):
        x_Sm[i] = fma(N_Sm[i], steep_Sm[i], slope_Sm[i] * step[i])


@merged
def _add(n, a, b, total):
    """Add the products of two rows to a third."""
    for i in range(n):
        total[i] = fma(a[i], b[i], total[i])


@merged
def _multiply(n, a, b, product):
    """Write the products of two rows to a third."""
    for i in range(n):
        product[i] = a[i] * b[i]


@merged
def add_piece(n, rows, S, Sm, occupation, total):
    """Add what a piece contributes to all sums.

    Parameters
    ----------
    n : int
        How many nodes there are.
    rows : int
        How many rows of densities there are, ``IDEAL_ROWS`` or ``ROWS``.
    S, Sm : array of shape (ROWS, nodes)
        Densities of both leads and their derivatives, as in ``density_derivatives``.
    occupation : array of shape (8, nodes)
        What ``write_occupations`` wrote; the other rows are written to.
    total : array of shape (KINDS, COLUMNS, nodes)
        Receives the sums, one a lane.
    """
    _write_shifts(n, S, Sm, occupation)
    current, conductance = total[CURRENT], total[CONDUCTANCE]
    product = occupation[PRODUCT]
    _multiply(n, S[DENSITY], Sm[DENSITY], product)
    _add(n, product, occupation[STEP], current[VALUE])
    _add(n, product, occupation[WARM_S], current[BY_T_S])
    _add(n, product, occupation[WARM_SM], current[BY_T_SM])
    _add(n, S[DENSITY], occupation[X_SM], current[BY_V])
    _add(n, Sm[BY_E], occupation[X_S], conductance[BY_V])
    _multiply(n, S[BY_E], Sm[DENSITY], product)
    for i in range(n):
        product[i] = -product[i]
    _add(n, product, occupation[STEEP_SM], conductance[BY_V])
    _add(n, product, occupation[WARM_SM], conductance[BY_T_SM])
    _multiply(n, S[DENSITY], Sm[BY_E], product)
    _add(n, product, occupation[WARM_S], conductance[BY_T_S])
    for lead in range(2):
        mine, other = (S, Sm[DENSITY]) if lead == OF_S else (Sm, S[DENSITY])
        moved = occupation[X_SM] if lead == OF_S else occupation[X_S]
        _multiply(n, other, occupation[STEP], product)
        for row in range(BY_FIRST, rows):
            column = BY_LEADS + 2 * (row - BY_FIRST) + lead
            _add(n, mine[row], product, current[column])
            _add(n, mine[row], moved, conductance[column])


@merged
def fold(total, result):
    """Add up the lanes of all sums.

    Parameters
    ----------
    total : array of shape (KINDS, COLUMNS, nodes)
        Sums, one a lane; used up.
    result : array of shape (KINDS, COLUMNS)
        Receives the sums, in G_T Δ0/e and G_T and these per Δ0/e, T_c and Δ0.
    """
    for kind in range(KINDS):
        for column in range(COLUMNS):
            row = total[kind, column]
            half = row.size // 2
            while half >= PACK:
                for i in range(half):
                    row[i] += row[i + half]
                half //= 2
            pairs = (row[0] + row[4], row[1] + row[5], row[2] + row[6], row[3] + row[7])
            result[kind, column] = (pairs[0] + pairs[2]) + (pairs[1] + pairs[3])
        for column in (BY_T_S, BY_T_SM):
            result[kind, column] *= BCS_RATIO
    result[CONDUCTANCE, VALUE] = result[CURRENT, BY_V]
