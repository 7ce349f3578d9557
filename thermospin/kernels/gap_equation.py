"""The self-consistent gap Δ(T, h) of a superconductor in an exchange field, stable branch.

Inside, energies are in units of π k_B T, where the Matsubara frequencies are the odd numbers
x = 2n + 1. With z = x + ia, a = h/(π k_B T), d = (Δ/(π k_B T))² and s = √(z² + d), the gap equation
is

    R(d) = ln(T/T_c) + 2 Σ_n [1/x − Re 1/s] = 0.

With the Dynes broadening Γ in it every frequency gains g = Γ/(π k_B T): z = x + g + ia (Herman and
Hlubina, Phys. Rev. B 94, 144508, arXiv:1606.02983). The equation is summed as a term without the
gap, and one that is exactly proportional to d and thus keeps its relative accuracy where the gap
closes:

    R(d) = { ln(T/T_c) + 2 Σ_n Re[1/x − 1/z] } + 2d Σ_n Re 1/(z s (z + s)).

The first `TERMS` frequencies are summed; the rest is an integral, known in closed form, and its
Euler–Maclaurin corrections. All singularities of the summand lie on the imaginary axis, hence at
least 2·TERMS from where the corrections are taken, and the accuracy is the same at every
temperature and field.
"""

import math

import numpy as np

from thermospin.machine.arithmetic import bits
from thermospin.machine.compilation import entry, inlined, inner
from thermospin.units import BCS_RATIO

TERMS = 16
EDGE = 2.0 * TERMS
"""Lower limit of the integral: half a step below the first frequency that is not summed."""
MIDPOINT_WEIGHTS = (1 / 12, -7 / 120, 31 / 252, -127 / 240, 511 / 132)
"""(2^(2k−1) − 1) B_2k / 2k for k = 1, 2, …, with the Bernoulli numbers B_2k.

With step 2 and c_n the Taylor coefficients of f at EDGE,
``Σ f(x) = ½ ∫ f dx + Σ_k MIDPOINT_WEIGHTS[k−1] c_{2k−1}``; the first term left out is 4e-17.
"""
CLOGSTON = math.sqrt(0.5)
"""Exchange field, in zero-temperature gaps, from which the normal state wins at any T."""
RESOLUTION = 1e-15
"""Relative step of d below which rounding alone is left."""
SAMPLES, THINNING = 200, 0.8
"""A root with broadening is first sought at 0.8^k of the largest possible d, k from 1 to 200."""
COLD = 13.0
"""Energy in π k_B T beyond which excitations, e^−40, no longer reduce the gap."""
MOST_STEPS = 100
"""Newton needs about 5 steps, and some 30 at the tricritical point or where two roots merge."""

MOST_SLOTS = 1 << 14
"""Places, a power of two, in which solved gaps are looked up; where two gaps fall on one place,
some are solved again."""


@inlined
def inverse(w):
    """Return 1/w of a complex number, w* / |w|².

    The compiler's own division guards against overflow and is slower.

    Parameters
    ----------
    w : complex
        Number other than 0 of which |w|² neither overflows nor underflows.

    Returns
    -------
    complex
        1/w, in the inverse of the unit of w.
    """
    scale = 1.0 / (w.real * w.real + w.imag * w.imag)
    return complex(w.real * scale, -w.imag * scale)


@inlined
def root(x, a, d):
    """Return s = √((x + ia)² + d), the root in one term of the gap equation, with Re s > 0.

    Parameters
    ----------
    x : float
        Matsubara frequency, with the Dynes Γ added, in π k_B T; > 0.
    a : float
        Exchange field h in π k_B T, ≥ 0.
    d : float
        Δ² in (π k_B T)², ≥ 0.

    Returns
    -------
    complex
        s in π k_B T.
    """
    u = x * x + (d - a * a)
    v = 2.0 * x * a
    large = math.sqrt(0.5 * (math.sqrt(u * u + v * v) + abs(u)))
    small = 0.5 * v / large  # the other part would lose its digits in a difference
    if u < 0.0:
        return complex(small, large)
    return complex(large, small)


@inner
def corrections(power, value, z, square):
    """Return the real Euler–Maclaurin corrections of Σ (z² + d)^−power.

    ``value`` is (z² + d)^−power and ``square`` is z² + d at EDGE. The Taylor coefficients follow
    from the three-term recurrence of the Gegenbauer polynomials.
    """
    unit = inverse(square)
    before = 0.0 * value
    coefficient = value
    total = 0.0
    for n in range(2 * len(MIDPOINT_WEIGHTS) - 1):
        after = -((2.0 * (n + power) * z * coefficient) + (n + 2.0 * power - 1.0) * before)
        before = coefficient
        coefficient = after * unit / (n + 1.0)
        if n % 2 == 0:
            total += MIDPOINT_WEIGHTS[n // 2] * coefficient.real
    return total


@inner
def normal_part(t, a, g):
    """Return R(0), the gap equation's left side at Δ = 0; the gap opens where it is negative.

    It equals ln t + Re ψ(½ + (g + ia)/2) − ψ(½).
    """
    pairs = 0.0
    for n in range(TERMS):
        x = 2.0 * n + 1.0
        y = x + g
        pairs += (g * y + a * a) / (x * (y * y + a * a))
    z = complex(EDGE + g, a)
    edge = complex(EDGE, 0.0)
    tail = corrections(0.5, inverse(edge), edge, edge * edge)
    tail -= corrections(0.5, inverse(z), z, z * z)
    beyond = (g / EDGE) * (2.0 + g / EDGE) + (a / EDGE) ** 2
    return math.log(t) + 2.0 * (pairs + tail) + 0.5 * math.log1p(beyond)


@inner
def gap_part(d, a, g):
    """Return R(d) − R(0) and dR/dd."""
    difference = 0.0
    slope = 0.0
    for n in range(TERMS):
        x = 2.0 * n + 1.0 + g
        z = complex(x, a)
        s = root(x, a, d)
        difference += inverse(z * s * (z + s)).real
        slope += inverse(s * s * s).real
    z = complex(EDGE + g, a)
    s = root(EDGE + g, a, d)
    ratio = 0.5 * d * inverse(z * (z + s))  # (z + s)/2z − 1
    logarithm = 0.5 * math.log1p(2.0 * ratio.real + ratio.real**2 + ratio.imag**2)
    tail = corrections(0.5, inverse(z), z, z * z) - corrections(0.5, inverse(s), z, s * s)
    # Newton's slope may be coarse: one correction leaves it 1e-7 off.
    slope += (0.5 * inverse(s * (z + s)) - 0.25 * z * inverse(s * s * s * s * s)).real
    return 2.0 * (d * difference + tail) + logarithm, slope


@inner
def grand_potential(d, a, g):
    """Return (Ω_S − Ω_N) / N_0(π k_B T)² at a root d of the gap equation.

    It is −2 Σ_n Re (s − z)²/s, from ∫ R dd by parts with R(d) = 0.
    """
    total = 0.0
    for n in range(TERMS):
        x = 2.0 * n + 1.0 + g
        z = complex(x, a)
        s = root(x, a, d)
        total += d * d * inverse(s * (z + s) * (z + s)).real
    z = complex(EDGE + g, a)
    s = root(EDGE + g, a, d)
    total += 0.25 * d * d * inverse((z + s) * (z + s)).real
    total += 2.0 * corrections(-0.5, s, z, s * s) - d * corrections(0.5, inverse(s), z, s * s)
    return -2.0 * (total - 2.0 * MIDPOINT_WEIGHTS[0])


@inner
def largest_root(d, a, at_zero):
    """Return the largest root of the gap equation below d; 0 if there is none.

    Newton's method on e^{2R} − 1, a convex function of d wherever it rises, and nearly a straight
    line both at low temperature (R = ln Δ) and where the gap closes (R linear in Δ²). Started
    above the root it descends to it, and stops when rounding ends the descent. It can leave the
    rising part only if there is no root.
    """
    for _ in range(MOST_STEPS):
        rise, slope = gap_part(d, a, 0.0)
        residual = at_zero + rise
        if residual > 0.0 and slope <= 0.0:
            return 0.0
        step = 0.5 * math.expm1(-2.0 * residual) / slope
        if step >= -RESOLUTION * d:
            return d + step
        d += step
        if d <= 0.0:
            return 0.0
    return d


@inner
def largest_broadened_root(top, a, g, at_zero):
    """Return the largest root d < top of the gap equation with broadening; 0 if there is none.

    With g > 0 e^{2R} is no longer convex and Newton's method might overshoot: where R falls towards
    the root from above, its steps are kept within a bracket, which is halved where they leave it.
    """
    high = top
    low = high
    # The largest root lies below the largest sample with R < 0, if there is one.
    for _ in range(SAMPLES):
        low *= THINNING
        if at_zero + gap_part(low, a, g)[0] < 0.0:
            break
        high = low
    else:
        return 0.0
    d = 0.5 * (low + high)
    for _ in range(MOST_STEPS):
        rise, slope = gap_part(d, a, g)
        residual = at_zero + rise
        if residual > 0.0:
            high = d
        else:
            low = d
        step = 0.5 * math.expm1(-2.0 * residual) / slope if slope > 0.0 else math.inf
        if abs(step) <= RESOLUTION * d or high - low <= RESOLUTION * d:
            return d + step if slope > 0.0 else d
        d = d + step if low < d + step < high else 0.5 * (low + high)
    return d


@inner
def stable_gap(t, h, gamma):
    """Return the gap that minimises the grand potential, in zero-temperature gaps.

    With R(0) < 0 there is one root and it is stable. With R(0) > 0 there are none or two: the
    larger one is a minimum, and the normal state (gap 0) is stable unless it lies higher.
    """
    if t >= 1.0 or abs(h) >= (CLOGSTON if gamma == 0.0 else 1.0):
        return 0.0
    unit = math.pi * BCS_RATIO * t
    if gamma == 0.0 and 1.0 - abs(h) > COLD * unit:
        # So cold, only the grand potential of the normal state depends on the temperature.
        return 1.0 if h * h + unit * unit / 3.0 < 0.5 else 0.0
    a, g = abs(h) / unit, gamma / unit
    at_zero = normal_part(t, a, g)
    if gamma == 0.0:
        d = largest_root(1.0 / unit**2, a, at_zero)
    else:
        d = largest_broadened_root(1.0 / unit**2, a, g, at_zero)
    if at_zero >= 0.0 and d > 0.0 and grand_potential(d, a, g) >= 0.0:
        return 0.0
    return unit * math.sqrt(d)


@entry
def stable_gaps(t, h, gamma):
    """Return the stable gap at each temperature and exchange field.

    Parameters
    ----------
    t : array of shape (n,)
        Temperature in units of the superconductor's own critical temperature, > 0.
    h : array of shape (n,)
        Exchange field in units of its own zero-temperature gap.
    gamma : array of shape (n,)
        Dynes Γ in the gap equation in the same units; 0 for none.

    Returns
    -------
    array of shape (n,)
        Gap in units of the zero-temperature gap without Γ; 0 where the normal state is stable.
    """
    gaps = np.empty(t.size)
    slots = 1
    while slots < min(2 * t.size, MOST_SLOTS):
        slots *= 2
    latest = np.full(slots, -1)
    for i in range(t.size):
        # On a mesh most gaps occur often; to solve for one again would give an equal value.
        mixed = bits(t[i]) ^ (bits(h[i]) >> 1) ^ (bits(gamma[i]) >> 2)
        slot = (mixed ^ (mixed >> 20) ^ (mixed >> 40)) & (slots - 1)
        j = latest[slot]
        if j >= 0 and t[i] == t[j] and h[i] == h[j] and gamma[i] == gamma[j]:
            gaps[i] = gaps[j]
        else:
            gaps[i] = stable_gap(t[i], h[i], gamma[i])
            latest[slot] = i
    return gaps
