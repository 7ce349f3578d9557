"""The critical current of a junction whose leads have temperatures of their own.

At V = 0 and with collinear fields, with s the pair amplitude of a lead, the supercurrent is
I_c sin φ with

``I_c = ¼ Σ_σ ∫ [tanh(E/2k_BT_S) Im s_S Re s_Sm + tanh(E/2k_BT_Sm) Re s_S Im s_Sm] dE``,

where both spins contribute equally. Along tails it falls as slowly as 1/E³. Split into halves of
the sum and of the difference of both tanh it becomes

``I_c = ½ [M(T_S) + M(T_Sm)] + ½ ∫ [f_S − f_Sm] (Re s_S Im s_Sm − Im s_S Re s_Sm) dE``,

with M(T) the critical current at one temperature, a sum over Matsubara frequencies
(``equilibrium_supercurrent``). The last integral is that of Eq. (2) with another weight for the
densities of states: it is cut off as fast, singular where these are, and 0 between equal
temperatures.
"""

import math

from thermospin.kernels.breakpoints import WHOLE_TAIL
from thermospin.kernels.depaired_density import root_beside, root_of
from thermospin.kernels.equilibrium_supercurrent import equilibrium_supercurrent
from thermospin.kernels.fermi import fermi_difference
from thermospin.kernels.film_integral import refine_film_piece
from thermospin.kernels.film_leads import MOST_FILM_PIECES, are_found, workspace_for
from thermospin.kernels.film_pieces import lay_film_pieces
from thermospin.kernels.film_table import IS_FILM, OF_S
from thermospin.kernels.integrand import HALF
from thermospin.kernels.kinds import CONDUCTANCE
from thermospin.kernels.leads import POLARISATION, TURNED, leads_of, mirrored, with_fields
from thermospin.kernels.node_loops import each_piece
from thermospin.kernels.node_sums import add_up, sum_pieces
from thermospin.kernels.pair_amplitude import film_amplitude, film_in_field, ideal_amplitude
from thermospin.kernels.pieces import lay_pieces, locate_hidden
from thermospin.kernels.rounds import MAX_ROUNDS, ROUNDING, enqueue, refine
from thermospin.kernels.rules import order_for, order_of
from thermospin.kernels.workspace import BOTH, ERROR, FALL, MAX_PIECES, NONE, edges_of
from thermospin.machine.arithmetic import fma
from thermospin.machine.compilation import entry, inlined, inner, looping, merged
from thermospin.machine.exponential import coarse_log
from thermospin.machine.stack_alignment import align_stack

RE_S, IM_S, RE_SM, IM_SM = range(4)
"""Rows of ``Films.node`` that receive the parts of s of both leads."""
AMPLITUDES = 2
"""How many of these rows are of one lead."""
ROUNDING_OF_FILMS = 3e-13
"""Error of a sum from rounding, relative to the same, where a lead is a film."""


@merged
def _crossing(piece, u, leads):
    """Return f_S − f_Sm at a distance from the breakpoint of a piece."""
    rise, fall = fermi_difference(
        fma(u, leads.rate_S, piece.x),
        fma(u, leads.rate_Sm, piece.y),
        fma(u, leads.rate_difference, piece.y_minus_x),
    )
    return rise / fall


@merged
def _differences(piece, rule, distance, speed, leads, _work, value):
    """Write twice the last integrand of the module at the nodes of a piece between ideal leads."""
    S_above, S_below, Sm_above, Sm_below = edges_of(piece)
    scale = piece.scale
    for i in range(order_of(rule)):
        u = scale * distance[i]
        re_S, im_S = ideal_amplitude(S_above + u, S_below + u, leads.gamma_S, leads.gap_S)
        re_Sm, im_Sm = ideal_amplitude(Sm_above + u, Sm_below + u, leads.gamma_Sm, leads.gap_Sm)
        value[i] = speed[i] * (re_S * im_Sm - im_S * re_Sm) * _crossing(piece, u, leads)


@looping
def _difference_values(queue, count, leads, work):
    """Write twice the last integrand of the module at the nodes of pieces between ideal leads."""
    each_piece(_differences, queue, count, leads, work, work.values)


@merged
def _ideal_amplitudes(above, below, gamma, gap, scale, distance, n, real, imaginary):
    """Write s of an ideal lead at the nodes of a piece."""
    for i in range(n):
        u = scale * distance[i]
        real[i], imaginary[i] = ideal_amplitude(above + u, below + u, gamma, gap)


@inlined
def _film_amplitudes(energy, h, gamma, key, scale, distance, n, real, imaginary):
    """Write s of a film at the nodes of a piece; return 1, or NaN where it was not found."""
    w, found = root_of(film_in_field(energy + scale * distance[0], h, key), gamma)
    for i in range(n):
        film = film_in_field(energy + scale * distance[i], h, key)
        w, right = root_beside(film, gamma, w)
        found = found and right
        real[i], imaginary[i] = film_amplitude(w.up)
    return 1.0 if found else math.nan


@merged
def _amplitudes(lead, piece, distance, n, leads, films):
    """Write s of spin up in a lead at the nodes of a piece; return 1, or NaN if it is not found."""
    real, imaginary = films.node[AMPLITUDES * lead], films.node[AMPLITUDES * lead + 1]
    gap, h, gamma = leads.gap_Sm, leads.h_Sm, leads.gamma_Sm
    above, below = piece.Sm_above, piece.Sm_below
    if lead == OF_S:
        gap, h, gamma = leads.gap_S, leads.h_S, leads.gamma_S
        above, below = piece.S_above, piece.S_below
    scale = piece.scale
    if films.numbers[lead, IS_FILM] == 1:  # both distances are the energy from μ
        key = films.key[lead]
        return _film_amplitudes(above, h, gamma, key, scale, distance, n, real, imaginary)
    _ideal_amplitudes(above, below, gamma, gap, scale, distance, n, real, imaginary)
    return 1.0


@merged
def _film_differences(piece, rule, distance, speed, leads, work, value):
    """Write twice the last integrand of the module at the nodes of a piece; NaN if s is not found.

    A film is solved at each node: its table has the density of states alone.
    """
    n, node = order_of(rule), work.films.node
    found = _amplitudes(0, piece, distance, n, leads, work.films)
    found *= _amplitudes(1, piece, distance, n, leads, work.films)
    for i in range(n):
        weight = node[RE_S, i] * node[IM_SM, i] - node[IM_S, i] * node[RE_SM, i]
        f = _crossing(piece, piece.scale * distance[i], leads)
        value[i] = found * speed[i] * weight * f


@looping
def _film_difference_values(queue, count, leads, work):
    """Write twice the last integrand of the module at the nodes of pieces between films."""
    each_piece(_film_differences, queue, count, leads, work, work.values)


@merged
def _integrate(mean, leads, rtol, work):
    """Return the last integral of the module between ideal leads and its error.

    Its pieces are refined until it is as accurate as is asked of I_c, with ``mean`` its other part.
    """
    count, hidden = lay_pieces(False, 0.0, leads, -coarse_log(rtol), WHOLE_TAIL, work)
    both = NONE
    for j in range(count):
        if hidden > 0:
            locate_hidden(j, hidden, leads, work)
        both, _ = enqueue(j, both, NONE, CONDUCTANCE, work)
    value = error = rounding = 0.0
    for _ in range(MAX_ROUNDS):
        _difference_values(work.queue[BOTH], both, leads, work)
        sum_pieces(work.queue[BOTH], both, HALF, False, work)
        value, modulus, error = add_up(count, 1.0, work.sums)
        rounding = ROUNDING * modulus
        target = max(rtol * abs(mean + value), rounding)
        if error <= target or count == MAX_PIECES:
            break
        both = NONE
        for j in range(count):
            if work.sums[ERROR, j] * count > target and count < MAX_PIECES:
                aim = 0.5 * target / count
                rule = order_for(work.sums[ERROR, j], aim, work.sums[FALL, j], work.piece[j].rule)
                count, both, _ = refine(j, rule, count, both, NONE, CONDUCTANCE, leads, work)
    return value, error + rounding


@merged
def _integrate_films(mean, leads, rtol, work):
    """Return the last integral of the module where a lead is a film, and its error."""
    if not are_found(work.films):
        return math.nan, math.inf
    count, breaks = lay_film_pieces(0.0, leads, -coarse_log(rtol), WHOLE_TAIL, work)
    both = NONE
    for j in range(count):
        work.queue[BOTH, both] = j
        both += 1
    value = error = rounding = 0.0
    for _ in range(MAX_ROUNDS):
        _film_difference_values(work.queue[BOTH], both, leads, work)
        sum_pieces(work.queue[BOTH], both, HALF, False, work)
        value, modulus, error = add_up(count, 1.0, work.sums)
        rounding = ROUNDING_OF_FILMS * modulus
        target = max(rtol * abs(mean + value), rounding)
        if not error > target or count == MOST_FILM_PIECES:
            break
        both = NONE
        for j in range(count):
            if work.sums[ERROR, j] * count > target and count < MOST_FILM_PIECES:
                aim = 0.5 * target / count
                rule = order_for(work.sums[ERROR, j], aim, work.sums[FALL, j], work.piece[j].rule)
                count, both = refine_film_piece(j, rule, count, both, breaks, leads, work)
    return value, error + rounding


@merged
def _integrate_between(films, mean, leads, rtol, work):
    """Return the last integral of the module between ideal leads or films, and its error.

    Where ``films`` is empty the compiler leaves out all that concerns films.
    """
    if len(films) == 0:
        return _integrate(mean, leads, rtol, work)
    return _integrate_films(mean, leads, rtol, work)


@inner
def _between_collinear_fields(leads, rtol, work):
    """Return I_c for collinear fields, and its error.

    It does not change where both fields are reversed; of each such pair one is computed, so that
    this holds to the last bit.
    """
    align_stack()
    if not leads.gap_S * leads.gap_Sm > 0.0:
        return leads.gap_S * leads.gap_Sm, 0.0  # 0 of a normal lead, or not a number
    split = leads.h_Sm if leads.h_Sm != 0.0 else leads.h_S
    if split < 0.0:
        leads = mirrored(leads)
    mean, error = equilibrium_supercurrent(leads.kT_Sm, leads, work.films)
    if leads.kT_S == leads.kT_Sm:
        return mean, error
    other, more = equilibrium_supercurrent(leads.kT_S, leads, work.films)
    mean = 0.5 * (mean + other)
    difference, rest = _integrate_between(work.films, mean, leads, rtol, work)
    return mean + difference, 0.5 * (error + more) + rest


@entry
def critical_currents(table, rtol, quadrature, films, value, error, met):
    """Write the critical current of many junctions.

    Between fields at an angle θ it is the mean of those between parallel and antiparallel fields:
    the singlet parts of both leads do not care, and the product of the triplet parts goes with
    cos θ. A barrier lets pairs pass as t_up t_down, √(1 − P²) of what it is without polarisation.

    Parameters
    ----------
    table : array of shape (m, COLUMNS)
        Junctions, columns as in ``leads``.
    rtol : float
        Relative accuracy that is asked for.
    quadrature : Quadrature
        ``rules.QUADRATURE``.
    films : Films or ()
        Tables of the leads that are films, the same for all; () where no lead is one.
    value, error, met : array of shape (m,)
        Receive I_c and its error in G_T Δ0/e, and whether it is as accurate as asked.
    """
    align_stack()
    work = workspace_for(quadrature, films)
    for i in range(len(table)):
        leads, turned, P = leads_of(table[i]), table[i, TURNED], table[i, POLARISATION]
        found = missed = 0.0
        for share, h_S in ((1.0 - turned, leads.h_S), (turned, -leads.h_S)):
            if share > 0.0:
                part = _between_collinear_fields(with_fields(leads, h_S, leads.h_Sm), rtol, work)
                found += share * part[0]
                missed += share * part[1]
        passing = math.sqrt((1.0 - P) * (1.0 + P))
        value[i], error[i] = passing * found, passing * missed
        met[i] = error[i] <= rtol * abs(value[i])
