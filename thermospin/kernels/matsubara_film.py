"""The gap equation of a film with depairing: its parts, from the angle θ at Matsubara frequencies.

At E = iω the angles of both spins are complex conjugates of each other, so that there is one
equation: with W = ω + Γ, the field h, the rates Γ_orb, Γ_so and Γ_sf, A = Γ_orb + Γ_sf,
s = sin θ and c = cos θ,

``(W − ih) s − Δ c + A s c + 2i Γ_so Im(s c*) + 2 Γ_sf Re(s c*) = 0``.

Its physical root has |Re θ| < π/2, or |τ| < 1 for the unknown τ = tan θ/2. With κ = 1 − c it reads

``(W − ih + A) s + 2i Γ_so Im s + 2 Γ_sf Re s = Δ + n``,
``n = (A s − Δ) κ + 2i Γ_so Im(s κ*) + 2 Γ_sf Re(s κ*)``,

where n is of third order in Δ: Re s is what a linear equation gives, and a part that is exactly
small. So the gap equation

``R(Δ) = ln(T/T_c) + 2π k_B T Σ_n [1/ω_n − Re s/Δ] = R(0) + 2π k_B T Σ_n N_n``

keeps its accuracy where the gap closes; with A' = Γ_orb + 3Γ_sf and B = Γ_orb + Γ_sf + 2Γ_so,

``N = −[(W + B) Re n − h Im n] / Δ[(W + A')(W + B) + h²]``.

Energies are in units of the zero-temperature gap of the pure film, and t is T over its T_c.
"""

import math
from typing import Any, NamedTuple

from thermospin.kernels.frequency_rule import frequency_rule
from thermospin.kernels.gap_equation import inverse
from thermospin.machine.compilation import inner
from thermospin.units import BCS_RATIO

MOST_STEPS = 40
"""Newton steps at a frequency; they are 2 or 3."""
NEAR = 1e-9
"""Relative size of a Newton step that leaves nothing but rounding."""


class Breaking(NamedTuple):
    """What breaks pairs: Dynes Γ, |h|, Γ_orb, Γ_so and Γ_sf, in zero-temperature gaps."""

    gamma: float
    field: float
    orbital: float
    spin_orbit: float
    spin_flip: float


class Equation(NamedTuple):
    """A gap equation: the film, the frequencies with their weights, and R(0)."""

    film: Breaking
    frequency: Any
    weight: Any
    at_zero: float


class Angle(NamedTuple):
    """θ at a frequency, as τ = tan θ/2, and what dF = a dθ + b dθ* and |a|² − b² are there."""

    tangent: complex
    a: complex
    b: float
    determinant: float


@inner
def _linear(film, W):
    """Return W + B, and (W + A')(W + B) + h²."""
    beside = W + film.orbital + film.spin_flip + 2.0 * film.spin_orbit
    return beside, (W + film.orbital + 3.0 * film.spin_flip) * beside + film.field * film.field


@inner
def equation_of(t, film, terms):
    """Return the gap equation of a film at a temperature.

    Parameters
    ----------
    t : float
        Temperature, in T_c of the pure film, > 0.
    film : Breaking
        Γ, the field ≥ 0 and the rates.
    terms : int
        Number of Matsubara frequencies that are summed one by one.

    Returns
    -------
    Equation
        The equation; its left side at Δ = 0 is negative where the normal state is not stable.
    """
    rates = film.orbital + film.spin_orbit + film.spin_flip
    largest = 1.0 + film.gamma + film.field + 2.0 * rates
    frequency, weight = frequency_rule(math.pi * BCS_RATIO * t, largest, terms)
    total = math.log(t)
    broken = film.gamma + film.orbital + 3.0 * film.spin_flip
    for k in range(frequency.size):
        beside, determinant = _linear(film, frequency[k] + film.gamma)
        lost = broken * beside + film.field * film.field
        total += weight[k] * lost / (frequency[k] * determinant)
    return Equation(film, frequency, weight, total)


@inner
def _turned(tangent, angle):
    """Return tan(θ + angle)/2, nearly; an angle too long for Newton's method is shortened."""
    t = 0.5 * angle
    length = abs(t)
    if length > 0.5:
        t *= 0.5 / length
    return (tangent + t) * inverse(1.0 - tangent * t)


@inner
def _answer(angle, force):
    """Return dθ of a dθ + b dθ* = force."""
    scale = 1.0 / angle.determinant
    return (angle.a.conjugate() * force - angle.b * force.conjugate()) * scale


@inner
def _sine(tangent):
    """Return sin θ and 1 − cos θ."""
    twice = 2.0 * tangent * inverse(1.0 + tangent * tangent)
    return twice, twice * tangent


@inner
def _angle(film, W, gap, tangent):
    """Return the angle at W that Newton's method finds from τ, and whether it is physical."""
    so, sf = film.spin_orbit, film.spin_flip
    rate, pole = film.orbital + sf, complex(W, -film.field)
    angle = Angle(tangent, pole, 0.0, 1.0)
    for _ in range(MOST_STEPS):
        s, kappa = _sine(angle.tangent)
        c = 1.0 - kappa
        mixed = s * c.conjugate()
        force = pole * s - gap * c + rate * s * c
        force += complex(2.0 * sf * mixed.real, 2.0 * so * mixed.imag)
        cc, ss = c.real * c.real + c.imag * c.imag, s.real * s.real + s.imag * s.imag
        near, far = so * (cc + ss), sf * (cc - ss)
        a, b = pole * c + gap * s + rate * (c * c - s * s) + (near + far), far - near
        determinant = a.real * a.real + a.imag * a.imag - b * b
        if determinant == 0.0:
            return angle, False
        angle = Angle(angle.tangent, a, b, determinant)
        step = -_answer(angle, force)
        angle = Angle(_turned(angle.tangent, step), a, b, determinant)
        size = abs(step)
        if not size < math.inf:
            return angle, False
        if size <= NEAR * abs(angle.tangent):
            return angle, abs(angle.tangent) < 1.0
    return angle, False


@inner
def _third_order(film, gap, s, kappa, theta):
    """Return n and dn/dΔ, with the slope dθ/dΔ given as theta."""
    rate, so, sf = film.orbital + film.spin_flip, film.spin_orbit, film.spin_flip
    s_slope, kappa_slope = (1.0 - kappa) * theta, s * theta
    product = s * kappa.conjugate()
    slope = s_slope * kappa.conjugate() + s * kappa_slope.conjugate()
    n = (rate * s - gap) * kappa + complex(2.0 * sf * product.real, 2.0 * so * product.imag)
    n_slope = (rate * s_slope - 1.0) * kappa + (rate * s - gap) * kappa_slope
    return n, n_slope + complex(2.0 * sf * slope.real, 2.0 * so * slope.imag)


@inner
def left_side(equation, gap):
    """Return the left side R of the gap equation and its slope.

    Parameters
    ----------
    equation : Equation
        The film, at its temperature.
    gap : float
        Δ > 0 in zero-temperature gaps.

    Returns
    -------
    value : float
        R(Δ).
    slope : float
        dR/dΔ², per square of the zero-temperature gap.
    found : bool
        Whether the angle was found at every frequency.
    """
    film, frequency, weight, value = equation
    slope, found = 0.0, True
    W = frequency[0] + film.gamma
    tangent = complex(0.5 * gap / W, 0.0)
    for k in range(frequency.size):
        angle, physical = _angle(film, W, gap, tangent)
        found = found and physical
        s, kappa = _sine(angle.tangent)
        n, n_slope = _third_order(film, gap, s, kappa, _answer(angle, 1.0 - kappa))
        beside, determinant = _linear(film, W)
        scale = weight[k] / (determinant * gap)
        value -= scale * (beside * n.real - film.field * n.imag)
        rest = n - gap * n_slope
        slope += scale * (beside * rest.real - film.field * rest.imag)
        if k + 1 < frequency.size:
            lower = frequency[k + 1] + film.gamma
            tangent = _turned(angle.tangent, _answer(angle, -s) * (lower - W))
            W = lower
    return value, slope / (2.0 * gap * gap), found


@inner
def grand_potential(equation, gap):
    """Return (Ω_S − Ω_N)/N_0 less Δ² R(Δ): what it is at a root of the gap equation.

    Each frequency adds
    ``Re[(W − ih) κ² − Δ s κ + A s² κ] + Γ_so (P − |s|² Re κ) + Γ_sf (P + |s|² Re κ)`` with
    ``P = Re(s² κ*) − 2 (Im κ)²``: all is of fourth order in Δ. It follows from the Lagrangian of
    the Usadel equation, less Re s times that equation.

    Parameters
    ----------
    equation : Equation
        The film, at its temperature.
    gap : float
        Δ > 0 in zero-temperature gaps.

    Returns
    -------
    potential : float
        In squares of the zero-temperature gap; N_0 is the density of states of one spin.
    found : bool
        Whether the angle was found at every frequency.
    """
    film, frequency, weight, _ = equation
    rate = film.orbital + film.spin_flip
    total, found = 0.0, True
    tangent = complex(0.5 * gap / (frequency[0] + film.gamma), 0.0)
    for k in range(frequency.size):
        W = frequency[k] + film.gamma
        angle, physical = _angle(film, W, gap, tangent)
        found = found and physical
        tangent = angle.tangent
        s, kappa = _sine(tangent)
        part = (complex(W, -film.field) * kappa - gap * s + rate * s * s) * kappa
        spins = (s * s * kappa.conjugate()).real - 2.0 * kappa.imag * kappa.imag
        odd = (s.real * s.real + s.imag * s.imag) * kappa.real
        mixing = film.spin_orbit * (spins - odd) + film.spin_flip * (spins + odd)
        total += weight[k] * (part.real + mixing)
    return total, found
