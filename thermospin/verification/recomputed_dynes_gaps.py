"""The gap of a lead with Dynes Γ in its gap equation, by the slow reference, in plain NumPy.

With z = E + h + iΓ and s = ±1 for the spins, the Matsubara sum of the gap equation turned onto the
real axis is

    R(Δ) = Re ln(w + √(w² + Δ²)) + Σ_s ∫_0^∞ f(E) Re 1/(√(z_s − Δ) √(z_s + Δ)) dE,  w = Γ + ih:

the first term is the value of R at T = 0. Energies are in zero-temperature gaps without Γ.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)
CUTOFF = 45.0
"""Where the integral ends, in k_B T."""
FRACTIONS = np.concatenate([np.linspace(1.0, 0.02, 200), np.geomspace(0.02, 1e-6, 60)[1:]])
ROUNDING = 3e-14
"""Rounding error of the residual."""
STEP = 1e-4
BISECTIONS = 50


class Gap(NamedTuple):
    """A gap, and how far rounding may move the gap of another solver from it, both in Δ0."""

    value: float
    error: float


def broadened_gap(kT: float, h: float, gamma: float) -> Gap:
    """Return the gap of lowest grand potential, in zero-temperature gaps without Γ.

    Parameters
    ----------
    kT, h, gamma : float
        Thermal energy, exchange field and Dynes Γ, in the same unit.
    """
    tried = FRACTIONS
    residuals = np.array([_residual(gap, kT, h, gamma) for gap in tried])
    negative = residuals < 0.0
    if not negative.any():
        return Gap(0.0, 10.0 * tried[-1] if abs(residuals[-1]) < 1e-11 else 0.0)
    first = int(np.argmax(negative))
    low, high = tried[first], tried[max(first - 1, 0)]
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _residual(middle, kT, h, gamma) < 0.0 else (low, middle)
    root = 0.5 * (low + high)
    if not negative[-1] and _condensation(root, kT, h, gamma) >= 0.0:
        return Gap(0.0, 0.0)
    sides = [_residual(root * (1.0 + side * STEP), kT, h, gamma) for side in (-1, 1)]
    slope = (sides[1] - sides[0]) / (2.0 * STEP * root)
    return Gap(float(root), float(ROUNDING / slope) + 1e-15 * float(root))


def _condensation(root: float, kT: float, h: float, gamma: float) -> float:
    """Return (Ω_S − Ω_N)/N_0 = ∫_0^root 2Δ R(Δ) dΔ, whose sign tells which state is stable."""
    gaps = 0.5 * root * (NODES + 1.0)
    values = [2.0 * gap * _residual(float(gap), kT, h, gamma) for gap in gaps]
    return float(0.5 * root * np.dot(WEIGHTS, values))


def _residual(gap: float, kT: float, h: float, gamma: float) -> float:
    """Return the residual R at a gap, 0 at a solution of the gap equation."""
    w = complex(gamma, h)
    cold = math.log(abs(w + np.sqrt(w * w + gap * gap)))
    total = 0.0
    for s in (1, -1):
        edges = [-s * h - gap, -s * h + gap]
        energies, weights = _panels(edges, gamma, kT, CUTOFF * kT)
        z = energies + s * h + 1j * gamma
        anomalous = (1.0 / (np.sqrt(z - gap) * np.sqrt(z + gap))).real
        occupation = np.exp(-np.logaddexp(0.0, energies / kT))
        total += math.fsum((weights * occupation * anomalous).tolist())
    return cold + total


def _panels(
    edges: list[float], gamma: float, kT: float, end: float
) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights on (0, end), in panels that double in width away from each edge."""
    breaks = {0.0, end}
    for edge, width in [(edges[0], gamma), (edges[1], gamma), (0.0, kT)]:
        offset = 0.5 * width
        breaks.add(min(max(edge, 0.0), end))
        while offset < end + abs(edge):
            breaks |= {min(max(edge + side * offset, 0.0), end) for side in (-1, 1)}
            offset *= 2.0
    ends = np.array(sorted(breaks))
    half = 0.5 * np.diff(ends)
    middle = 0.5 * (ends[1:] + ends[:-1])
    nodes = middle[:, None] + half[:, None] * NODES
    return nodes.ravel(), (half[:, None] * WEIGHTS).ravel()
