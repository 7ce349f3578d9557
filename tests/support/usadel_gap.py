"""A slow reference of the gap of films with depairing: NumPy, and other ways to everything.

The angles of both spins are found one by one by a map whose only fixed point is the physical root,
the sum over Matsubara frequencies is a plain one that is extrapolated in the number of its terms,
and the grand potential is the integral ∫ 2Δ R dΔ. Units: Δ0 and T_c of the pure film.
"""

import math
from itertools import pairwise

import numpy as np
from scipy.optimize import brentq

K_T_C = math.exp(np.euler_gamma) / math.pi
LEVELS = 7
"""Sums that are extrapolated, each of twice as many terms as the one before."""
FIRST = 8.0
"""Frequency, in units of the largest energy, up to which the shortest sum goes."""


def mapped(W, gap, h, orb, so, sf, steps):
    """Return sin θ and cos θ of both spins after some steps of the map."""
    c, s = np.ones((2, *W.shape), complex), np.zeros((2, *W.shape), complex)
    field = np.array([h, -h]).reshape(2, *(1 for _ in W.shape))
    for _ in range(steps):
        a = W - 1j * field + (orb + sf) / 2 * c + (so + sf) * c[::-1]
        b = gap - (orb + sf) / 2 * s + (so - sf) * s[::-1]
        length = np.sqrt(a * a + b * b)
        c, s = a / length, b / length
    return s, c


def sines(W, gap, h, orb, so, sf):
    """Return sin θ of both spins at W = ω + Γ, by the map and Newton's method; the root is checked.

    W and gap have one shape.
    """
    s, c = mapped(W, gap, h, orb, so, sf, 60)
    theta = 2 * np.arctan(s / (1 + c))
    field = np.array([h, -h]).reshape(2, *(1 for _ in W.shape))
    for _ in range(60):
        s, c = np.sin(theta), np.cos(theta)
        other = theta[::-1]
        value = (W - 1j * field) * s - gap * c + (orb + sf) * s * c
        value += so * np.sin(theta - other) + sf * np.sin(theta + other)
        near, far = so * np.cos(theta - other), sf * np.cos(theta + other)
        J = (W - 1j * field) * c + gap * s + (orb + sf) * (c * c - s * s) + near + far
        K = far - near
        step = (K * value[::-1] - J[::-1] * value) / (J[0] * J[1] - K[0] * K[1])
        theta = theta + step * np.minimum(1.0, 0.5 / np.maximum(abs(step), 1e-300))
        if np.max(abs(step) / abs(theta)) < 1e-13:
            break
    else:
        raise ArithmeticError("the angles did not converge")
    if not np.all(np.cos(theta).real > abs(np.sin(theta).imag)):
        raise ArithmeticError("not the physical root")
    return np.sin(theta)


def residual(gaps, T, h=0.0, orb=0.0, so=0.0, sf=0.0, gamma=0.0, levels=LEVELS):
    """Return R at some gaps, shape (n,), to 1e-13 or so; with 4 levels to 1e-6 and faster."""
    gaps = np.asarray(gaps, float)
    unit = 2 * math.pi * K_T_C * T
    largest = 1 + abs(h) + gamma + 2 * (orb + so + sf)
    first = math.ceil(FIRST * largest / unit)
    omega = unit * (np.arange(first * 2 ** (levels - 1)) + 0.5)
    W, gap = np.broadcast_arrays(omega + gamma, gaps[:, np.newaxis])
    terms = 1 / omega - sines(W, gap, h, orb, so, sf).mean(axis=0).real / gap
    sums = np.cumsum(terms, axis=1)
    table = [sums[:, first * 2**k - 1] for k in range(levels)]
    for power in range(1, levels):  # what is left out is a series in 1/N
        table = [(2**power * b - a) / (2**power - 1) for a, b in pairwise(table)]
    return math.log(T) + unit * table[0]


def potential(gap, *film):
    """Return ∫ 2Δ R dΔ from 0 to a gap, which is (Ω_S − Ω_N)/N_0, to 1e-6 or so."""
    x, weights = np.polynomial.legendre.leggauss(48)
    nodes = gap * (x + 1) / 2
    return gap * float(weights @ (nodes * residual(nodes, *film, levels=4)))


def polished(low, high, *film):
    """Return the root of R between two gaps at which its signs differ."""
    return brentq(lambda gap: residual([gap], *film)[0], low, high, xtol=1e-15, rtol=1e-14)


def stable_gap(*film):
    """Return the root with the lowest potential, or 0 if all are above the normal state's."""
    gaps = np.concatenate([[1e-7], np.geomspace(1e-3, 0.05, 12), np.linspace(0.06, 1.02, 49)])
    R = residual(gaps, *film, levels=4)
    roots = [polished(*gaps[[k, k + 1]], *film) for k in np.flatnonzero((R[:-1] < 0) & (R[1:] > 0))]
    best = min(((potential(root, *film), root) for root in roots), default=(0.0, 0.0))
    return best[1] if best[0] < 0 else 0.0
