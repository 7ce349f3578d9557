"""Averages over the bias: the modulation of a lock-in amplifier, and fast noise of the bias."""

import math
from typing import NamedTuple

import numpy as np

from thermospin.junction import FloatArray
from thermospin.measured.column_units import ValueKind

FARTHEST = 6.0
"""Noise is averaged over so many standard deviations to either side: beyond are 2e-9 of it."""
MOST = 1024
"""Nodes of one average at most."""
DIGITS = 18.0
"""−ln of what an average misses, where a curve bends as sharply as its width says."""


class Average(NamedTuple):
    """Nodes of an average over the bias.

    ``offset`` is where the curve is taken, in Δ0/e from the bias, and ``weight`` with what weight;
    the weights add up to 1. ``by_lock_in`` and ``by_broadening`` are the derivatives of the offsets
    by both amplitudes. All have the shape (nodes,).
    """

    offset: FloatArray
    weight: FloatArray
    by_lock_in: FloatArray
    by_broadening: FloatArray


def average(kind: ValueKind, lock_in: float, broadening: float, width: float) -> Average:
    """Return the average that a measurement takes of a curve.

    Parameters
    ----------
    kind : str
        ``I``, of which a modulated bias shows the mean over a period; or ``dIdV``, of which a
        lock-in amplifier shows the first harmonic over the amplitude of the bias.
    lock_in : float
        rms amplitude of the modulation, in Δ0/e.
    broadening : float
        Standard deviation of fast Gaussian noise of the bias, in Δ0/e.
    width : float
        How far from real bias the sharpest singularity of the curve is, in Δ0/e.

    Returns
    -------
    Average
        One node at the bias itself where both amplitudes are 0.

    Notes
    -----
    With the peak amplitude A = √2 · ``lock_in`` the mean over a period is
    (1/π) ∫ I(V + A x) / √(1 − x²) dx, and the first harmonic over A is
    (2/π) ∫ I'(V + A x) √(1 − x²) dx, x from −1 to 1: the rules of Chebyshev for both.
    """
    amplitude = math.sqrt(2.0) * lock_in
    x, u = _modulation(kind, amplitude, width)
    t, v = _noise(broadening, width)
    offset = amplitude * x[:, np.newaxis] + broadening * t
    weight = u[:, np.newaxis] * v
    by_lock_in = np.broadcast_to(math.sqrt(2.0) * x[:, np.newaxis], offset.shape)
    by_broadening = np.broadcast_to(t, offset.shape)
    return Average(offset.ravel(), weight.ravel(), by_lock_in.ravel(), by_broadening.ravel())


def _modulation(kind: ValueKind, amplitude: float, width: float) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights of an average over a modulation, in its amplitude."""
    if amplitude == 0.0:
        return np.zeros(1), np.ones(1)
    n = min(8 + math.ceil(0.5 * DIGITS * amplitude / width), MOST)
    if kind == "I":
        return np.cos(np.pi * (np.arange(n) + 0.5) / n), np.full(n, 1.0 / n)
    angle = np.pi * np.arange(1, n + 1) / (n + 1)
    return np.cos(angle), 2.0 / (n + 1) * np.sin(angle) ** 2


def _noise(broadening: float, width: float) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights of an average over Gaussian noise, in its standard deviation."""
    if broadening == 0.0:
        return np.zeros(1), np.ones(1)
    step = min(0.5, 2.0 * math.pi * width / (DIGITS * broadening))
    n = min(2 * math.ceil(FARTHEST / step) + 1, MOST + 1)
    t = np.linspace(-FARTHEST, FARTHEST, n)
    weight = np.exp(-0.5 * t * t)
    return t, weight / weight.sum()
