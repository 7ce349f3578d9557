"""The hot loops: sums of the integrand of Eq. (2), and of its derivative, over nodes of a piece.

All are branch-free and work on as many nodes at once as the processor is wide. Per node of the
current: three square roots, two divisions, and two or three exponentials.
"""

import math
from typing import NamedTuple

from thermospin.kernels.compiled import inlined, summing
from thermospin.kernels.density import density_and_slope, density_factors
from thermospin.kernels.exponential import exp
from thermospin.kernels.fermi import fermi_difference, fermi_slope, fermi_step
from thermospin.kernels.rules import ORDERS, RULES


class Span(NamedTuple):
    """A piece of the energy axis, E = breakpoint + g sinh t with t from ``start`` over ``length``.

    ``scale`` is g, negative where the piece lies below its breakpoint; ``rule`` is the index of the
    order.
    """

    scale: float
    start: float
    length: float
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
def _map(span, node):
    """Return the distance from the breakpoint and |dE/dt| times the length, at a node."""
    grow = exp(span.start + span.length * node)
    shrink = 1.0 / grow
    half = 0.5 * span.scale
    return half * (grow - shrink), abs(half) * (grow + shrink) * span.length


@inlined
def _densities(u, view, leads):
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
    rate_x = 1.0 / leads.kT_S
    rate_y = 1.0 / leads.kT_Sm
    value = modulus = c1 = c2 = c3 = c4 = 0.0
    rule = RULES[span.rule]
    for i in range(ORDERS[span.rule]):
        u, jacobian = _map(span, rule[0, i])
        over, under = _densities(u, view, leads)
        rise, fall = fermi_difference(
            view.x + u * rate_x, view.y + u * rate_y, view.y_minus_x + u * (rate_y - rate_x)
        )
        f = 0.5 * over * rise * jacobian / (under * fall)
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
    rule = RULES[span.rule]
    for i in range(ORDERS[span.rule]):
        u, jacobian = _map(span, rule[0, i])
        over, under = _densities(u, view, leads)
        rise, fall = fermi_step(x + u * rate, above)
        f = sign * over * rise * jacobian / (under * fall)
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
    rate_x = 1.0 / leads.kT_S
    rate_y = 1.0 / leads.kT_Sm
    value = modulus = c1 = c2 = c3 = c4 = 0.0
    rule = RULES[span.rule]
    for i in range(ORDERS[span.rule]):
        u, jacobian = _map(span, rule[0, i])
        density_S, _ = density_and_slope(
            view.S_above + u, view.S_below + u, leads.gamma_S, leads.gap_S * leads.gap_S
        )
        density_Sm, slope_Sm = density_and_slope(
            view.Sm_above + u, view.Sm_below + u, leads.gamma_Sm, leads.gap_Sm * leads.gap_Sm
        )
        y = view.y + u * rate_y
        rise, fall = fermi_difference(
            view.x + u * rate_x, y, view.y_minus_x + u * (rate_y - rate_x)
        )
        moved = slope_Sm * rise / fall + density_Sm * fermi_slope(y, leads.kT_Sm)
        f = 0.5 * density_S * moved * jacobian
        value += rule[1, i] * f
        modulus += rule[1, i] * abs(f)
        c1 += rule[2, i] * f
        c2 += rule[3, i] * f
        c3 += rule[4, i] * f
        c4 += rule[5, i] * f
    return Sums(value, modulus, max(abs(c1), max(abs(c2), abs(c3))), abs(c4))
