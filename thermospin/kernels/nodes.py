"""The hot loops: sums of the integrand of Eq. (2), and of its derivative, over nodes of a piece.

All are branch-free and work on as many nodes at once as the processor is wide. Per node of the
current: three square roots, one division, and one exponential or two.
"""

import math
from typing import NamedTuple

import numpy as np

from thermospin.kernels.compiled import inlined, summing
from thermospin.kernels.density import density_and_slope, density_factors
from thermospin.kernels.fermi import fermi_difference, fermi_slope, fermi_step
from thermospin.kernels.rules import ORDERS, RULES


class Span(NamedTuple):
    """A piece of the energy axis: its nodes lie at breakpoint + ``scale`` · ``distance``.

    ``scale`` is negative where the piece lies below its breakpoint; ``speed`` is how fast the
    distance grows with the node x of the rule, which has the index ``rule``.
    """

    scale: float
    distance: np.ndarray
    speed: np.ndarray
    rule: int


class Sums(NamedTuple):
    """The integral over a piece, that of the modulus, and the sizes of Legendre coefficients.

    ``last`` and ``middle`` are what ``rules.error_estimate`` asks for.
    """

    value: float
    modulus: float
    last: float
    middle: float


@inlined
def density_product(u, view, leads):
    """Return (numerator, denominator) of N_S N_Sm at a distance u from the breakpoint."""
    square_S, over_S, under_S = density_factors(
        view.S_above + u, view.S_below + u, leads.gamma_S, leads.gap_S * leads.gap_S
    )
    square_Sm, over_Sm, under_Sm = density_factors(
        view.Sm_above + u, view.Sm_below + u, leads.gamma_Sm, leads.gap_Sm * leads.gap_Sm
    )
    return 0.5 * math.sqrt(square_S * square_Sm) * over_S * over_Sm, under_S * under_Sm


@summing
def current_sums(span, view, leads):
    """Sum ½ N_S N_Sm (f_S − f_Sm) over a piece."""
    value = modulus = c1 = c2 = c3 = c4 = 0.0
    width = 0.5 * abs(span.scale)
    rule = RULES[span.rule]
    for i in range(ORDERS[span.rule]):
        u = span.scale * span.distance[i]
        over, under = density_product(u, view, leads)
        rise, fall = fermi_difference(
            view.x + u * leads.rate_S,
            view.y + u * leads.rate_Sm,
            view.y_minus_x + u * (leads.rate_Sm - leads.rate_S),
        )
        f = width * over * rise * span.speed[i] / (under * fall)
        value += rule[1, i] * f
        modulus += rule[1, i] * abs(f)
        c1 += rule[2, i] * f
        c2 += rule[3, i] * f
        c3 += rule[4, i] * f
        c4 += rule[5, i] * f
    return Sums(value, modulus, max(abs(c1), max(abs(c2), abs(c3))), abs(c4))


@summing
def step_current_sums(span, view, leads, x, rate, sign, above):
    """Sum ½ N_S N_Sm (f_S − f_Sm) over a piece on which one of the leads is full or empty.

    The other's Fermi function has the argument x + u · rate; see ``fermi_step`` for ``above``.
    """
    value = modulus = c1 = c2 = c3 = c4 = 0.0
    width = sign * abs(span.scale)
    rule = RULES[span.rule]
    for i in range(ORDERS[span.rule]):
        u = span.scale * span.distance[i]
        over, under = density_product(u, view, leads)
        rise, fall = fermi_step(x + u * rate, above)
        f = width * over * rise * span.speed[i] / (under * fall)
        value += rule[1, i] * f
        modulus += rule[1, i] * abs(f)
        c1 += rule[2, i] * f
        c2 += rule[3, i] * f
        c3 += rule[4, i] * f
        c4 += rule[5, i] * f
    return Sums(value, modulus, max(abs(c1), max(abs(c2), abs(c3))), abs(c4))


@summing
def conductance_sums(span, view, leads):
    """Sum ½ N_S {dN_Sm/dE (f_S − f_Sm) + N_Sm (−df_Sm/dE)}, the derivative of Eq. (2) by V.

    With E shifted by eV only Sm carries V; the derivative is taken there and the energy put back.
    """
    value = modulus = c1 = c2 = c3 = c4 = 0.0
    width = 0.5 * abs(span.scale)
    rule = RULES[span.rule]
    for i in range(ORDERS[span.rule]):
        u = span.scale * span.distance[i]
        density_S, _ = density_and_slope(
            view.S_above + u, view.S_below + u, leads.gamma_S, leads.gap_S * leads.gap_S
        )
        density_Sm, slope_Sm = density_and_slope(
            view.Sm_above + u, view.Sm_below + u, leads.gamma_Sm, leads.gap_Sm * leads.gap_Sm
        )
        y = view.y + u * leads.rate_Sm
        rise, fall = fermi_difference(
            view.x + u * leads.rate_S, y, view.y_minus_x + u * (leads.rate_Sm - leads.rate_S)
        )
        moved = slope_Sm * rise / fall + density_Sm * fermi_slope(y, leads.rate_Sm)
        f = width * density_S * moved * span.speed[i]
        value += rule[1, i] * f
        modulus += rule[1, i] * abs(f)
        c1 += rule[2, i] * f
        c2 += rule[3, i] * f
        c3 += rule[4, i] * f
        c4 += rule[5, i] * f
    return Sums(value, modulus, max(abs(c1), max(abs(c2), abs(c3))), abs(c4))
