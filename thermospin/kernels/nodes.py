"""The hot loops: sums of the integrand of Eq. (2), and of its derivative, over the nodes of pieces.

The loops over nodes are branch-free and work on as many nodes at once as the processor is wide. Per
node of the current: three square roots, one division, and one exponential or two. Each function
takes all pieces of a round in one call, so that its many constants are made ready once.
"""

import math

from thermospin.kernels.compiled import inlined, merged, summing
from thermospin.kernels.density import density_and_slope_factors, density_factors
from thermospin.kernels.exponential import exp
from thermospin.kernels.fermi import fermi_difference, fermi_slope, fermi_step
from thermospin.kernels.pieces import (
    DISTANCE,
    ERROR,
    FALL,
    FAR,
    FREE,
    LENGTH,
    MODULUS,
    NEAR,
    NOT_YET,
    RULE,
    S_ABOVE,
    S_BELOW,
    SCALE,
    SM_ABOVE,
    SM_BELOW,
    SPEED,
    START,
    STEP,
    STEP_RATE,
    STEP_SIGN,
    TABLE,
    VALUE,
    Y_MINUS_X,
    X,
    Y,
)
from thermospin.kernels.rules import FASTEST, ORDERS, RULES, error_estimate

SLOPE_SAFETY = 2.0
"""The last coefficients of the derivative count as so much larger: rarely they fall by chance."""
SETTLED = 60.0
"""Where Sm is full, or empty, to within e^−60 of the other's occupation its slope is left out."""


@merged
def mapped_nodes(piece, nodes):
    """Return where in ``nodes`` the nodes of a piece stand, for the scale 1: table and rule."""
    rule = int(piece[RULE])
    table = int(piece[TABLE])
    distance, speed = nodes[DISTANCE, table, rule], nodes[SPEED, table, rule]
    if table == FREE or speed[0] == NOT_YET:
        for i in range(ORDERS[rule]):
            grow = exp(piece[START] + piece[LENGTH] * RULES[rule, 0, i])
            shrink = 1.0 / grow
            distance[i] = 0.5 * (grow - shrink)
            speed[i] = 0.5 * (grow + shrink) * piece[LENGTH]
    return table, rule


@merged
def _store(piece, width, value, modulus, last, middle):
    """Write the integral over a piece, that of the modulus, its error and what refines it.

    All sums are yet to be multiplied by ``width``, the factor that all nodes have in common.
    """
    fastest = FASTEST[int(piece[TABLE]), int(piece[RULE])]
    error, fall = error_estimate(last, middle, fastest)
    piece[VALUE] = width * value
    piece[MODULUS] = width * modulus
    piece[ERROR], piece[FALL] = width * error, fall


@inlined
def density_product(above_S, below_S, above_Sm, below_Sm, leads):
    """Return (numerator, denominator) of 2 N_S N_Sm at distances from the four edges."""
    square_S, over_S, under_S = density_factors(
        above_S, below_S, leads.gamma_S, leads.gap_S * leads.gap_S
    )
    square_Sm, over_Sm, under_Sm = density_factors(
        above_Sm, below_Sm, leads.gamma_Sm, leads.gap_Sm * leads.gap_Sm
    )
    return math.sqrt(square_S * square_Sm) * (over_S * over_Sm), under_S * under_Sm


@summing
def current_sums(queue, count, leads, pieces, nodes):
    """Sum ½ N_S N_Sm (f_S − f_Sm) over the first ``count`` pieces of a queue."""
    for q in range(count):
        piece = pieces[queue[q]]
        table, rule = mapped_nodes(piece, nodes)
        distance, speed = nodes[DISTANCE, table, rule], nodes[SPEED, table, rule]
        weights = RULES[rule]
        scale = piece[SCALE]
        above_S, below_S, above_Sm, below_Sm = (
            piece[S_ABOVE],
            piece[S_BELOW],
            piece[SM_ABOVE],
            piece[SM_BELOW],
        )
        x, y, y_minus_x = piece[X], piece[Y], piece[Y_MINUS_X]
        width = 0.25 * abs(scale)
        value = modulus = c1 = c2 = c3 = c4 = 0.0
        for i in range(ORDERS[rule]):
            u = scale * distance[i]
            over, under = density_product(
                above_S + u, below_S + u, above_Sm + u, below_Sm + u, leads
            )
            rise, fall = fermi_difference(
                x + u * leads.rate_S,
                y + u * leads.rate_Sm,
                y_minus_x + u * (leads.rate_Sm - leads.rate_S),
            )
            f = speed[i] * (over * rise) / (under * fall)
            value += weights[1, i] * f
            modulus += weights[1, i] * abs(f)
            c1 += weights[2, i] * f
            c2 += weights[3, i] * f
            c3 += weights[4, i] * f
            c4 += weights[5, i] * f
        _store(piece, width, value, modulus, max(abs(c1), max(abs(c2), abs(c3))), abs(c4))


@summing
def step_current_sums(queue, count, leads, pieces, nodes):
    """Sum ½ N_S N_Sm (f_S − f_Sm) over pieces on which one of the leads is full or empty.

    What is left of the difference is ``STEP_SIGN`` · f(``STEP`` + u · ``STEP_RATE``): the integrand
    has one sign, and its sum is that of the modulus, too.
    """
    for q in range(count):
        piece = pieces[queue[q]]
        table, rule = mapped_nodes(piece, nodes)
        distance, speed = nodes[DISTANCE, table, rule], nodes[SPEED, table, rule]
        weights = RULES[rule]
        scale = piece[SCALE]
        above_S, below_S, above_Sm, below_Sm = (
            piece[S_ABOVE],
            piece[S_BELOW],
            piece[SM_ABOVE],
            piece[SM_BELOW],
        )
        x, rate = piece[STEP], piece[STEP_RATE]
        width = 0.25 * abs(scale)
        modulus = c1 = c2 = c3 = c4 = 0.0
        for i in range(ORDERS[rule]):
            u = scale * distance[i]
            over, under = density_product(
                above_S + u, below_S + u, above_Sm + u, below_Sm + u, leads
            )
            f = speed[i] * over / (under * fermi_step(x + u * rate))
            modulus += weights[1, i] * f
            c1 += weights[2, i] * f
            c2 += weights[3, i] * f
            c3 += weights[4, i] * f
            c4 += weights[5, i] * f
        value = piece[STEP_SIGN] * modulus
        _store(piece, width, value, modulus, max(abs(c1), max(abs(c2), abs(c3))), abs(c4))


@merged
def _sm_is_settled(piece, leads):
    """Return whether Sm is full or empty on a piece to within e^−60 of the occupation of S.

    Both f_Sm and its slope are then left out. This is stricter than for the current: what is left
    may be as small as dN_Sm/dE in the gap, Γ, and the slope is 1/k_BT as large.
    """
    x0, x1 = piece[X] + piece[NEAR] * leads.rate_S, piece[X] + piece[FAR] * leads.rate_S
    y0, y1 = piece[Y] + piece[NEAR] * leads.rate_Sm, piece[Y] + piece[FAR] * leads.rate_Sm
    beyond = min(abs(y0) - abs(x0), abs(y1) - abs(x1))
    return y0 * y1 > 0.0 and min(min(abs(y0), abs(y1)), beyond) > SETTLED


@merged
def _slopes(piece, distance, speed, weights, order, leads):
    """Return the sums over one piece on which both Fermi functions vary, yet to be scaled."""
    scale = piece[SCALE]
    above_S, below_S, above_Sm, below_Sm = (
        piece[S_ABOVE],
        piece[S_BELOW],
        piece[SM_ABOVE],
        piece[SM_BELOW],
    )
    x, y, y_minus_x = piece[X], piece[Y], piece[Y_MINUS_X]
    value = modulus = c1 = c2 = c3 = c4 = 0.0
    for i in range(order):
        u = scale * distance[i]
        n_S, _, square_S, w_S = density_and_slope_factors(
            above_S + u, below_S + u, leads.gamma_S, leads.gap_S * leads.gap_S
        )
        n_Sm, s_Sm, square_Sm, w_Sm = density_and_slope_factors(
            above_Sm + u, below_Sm + u, leads.gamma_Sm, leads.gap_Sm * leads.gap_Sm
        )
        y_here = y + u * leads.rate_Sm
        rise, fall = fermi_difference(
            x + u * leads.rate_S, y_here, y_minus_x + u * (leads.rate_Sm - leads.rate_S)
        )
        steep, steep_under = fermi_slope(y_here, leads.rate_Sm)
        # Over one denominator: a division costs as much as a dozen other operations.
        moved = s_Sm * rise * steep_under + n_Sm * (w_Sm * w_Sm) * steep * fall
        under = math.sqrt(square_S * square_Sm) * (w_S * w_Sm) * (w_Sm * w_Sm)
        f = speed[i] * n_S * moved / (under * (fall * steep_under))
        value += weights[1, i] * f
        modulus += weights[1, i] * abs(f)
        c1 += weights[2, i] * f
        c2 += weights[3, i] * f
        c3 += weights[4, i] * f
        c4 += weights[5, i] * f
    return value, modulus, max(abs(c1), max(abs(c2), abs(c3))), abs(c4)


@merged
def _step_slopes(piece, distance, speed, weights, order, leads):
    """Return the sums over one piece on which Sm is full or empty, yet to be scaled."""
    scale = piece[SCALE]
    above_S, below_S, above_Sm, below_Sm = (
        piece[S_ABOVE],
        piece[S_BELOW],
        piece[SM_ABOVE],
        piece[SM_BELOW],
    )
    # Against an empty lead f is left, and against a full one f(x) − 1 = −f(−x).
    sign = math.copysign(1.0, piece[Y] + piece[FAR] * leads.rate_Sm)
    x, rate = sign * piece[X], sign * leads.rate_S
    value = modulus = c1 = c2 = c3 = c4 = 0.0
    for i in range(order):
        u = scale * distance[i]
        n_S, _, square_S, w_S = density_and_slope_factors(
            above_S + u, below_S + u, leads.gamma_S, leads.gap_S * leads.gap_S
        )
        _, s_Sm, square_Sm, w_Sm = density_and_slope_factors(
            above_Sm + u, below_Sm + u, leads.gamma_Sm, leads.gap_Sm * leads.gap_Sm
        )
        under = math.sqrt(square_S * square_Sm) * (w_S * w_Sm) * (w_Sm * w_Sm)
        f = speed[i] * (n_S * s_Sm) / (under * fermi_step(x + u * rate))
        value += weights[1, i] * f
        modulus += weights[1, i] * abs(f)
        c1 += weights[2, i] * f
        c2 += weights[3, i] * f
        c3 += weights[4, i] * f
        c4 += weights[5, i] * f
    return sign * value, modulus, max(abs(c1), max(abs(c2), abs(c3))), abs(c4)


@summing
def conductance_sums(queue, count, leads, pieces, nodes):
    """Sum ½ N_S {dN_Sm/dE (f_S − f_Sm) + N_Sm (−df_Sm/dE)}, the derivative of Eq. (2) by V.

    With E shifted by eV only Sm carries V; the derivative is taken there and the energy put back.
    """
    for q in range(count):
        piece = pieces[queue[q]]
        table, rule = mapped_nodes(piece, nodes)
        distance, speed = nodes[DISTANCE, table, rule], nodes[SPEED, table, rule]
        weights, order = RULES[rule], ORDERS[rule]
        if _sm_is_settled(piece, leads):
            sums = _step_slopes(piece, distance, speed, weights, order, leads)
        else:
            sums = _slopes(piece, distance, speed, weights, order, leads)
        value, modulus, last, middle = sums
        _store(piece, 0.5 * abs(piece[SCALE]), value, modulus, SLOPE_SAFETY * last, middle)
