"""The zero-bias conductance by Eq. (3) of the paper, as printed and in its corrected form."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from thermospin.gap import bcs_gap
from thermospin.junction import FloatArray
from thermospin.observables import density_of_states
from thermospin.units import BCS_RATIO

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)
_TAIL = 60.0  # in k_B T: the rest of the integral is e^-60 of the whole


class ZeroBias(NamedTuple):
    """G_0 in G_T by Eq. (3): with f_Sm as printed, and with f_S in its place."""

    printed: float
    corrected: float


def equation_3(T_S: float, h_exc: float, gamma: float, T_Sm: float) -> ZeroBias:
    """Return G_0 by Eq. (3) of arXiv:2105.01527, its real part taken.

    Parameters
    ----------
    T_S, T_Sm : float
        Temperatures, in T_c.
    h_exc, gamma : float
        Exchange field in Sm and Dynes Γ, in Δ0.

    Returns
    -------
    ZeroBias
        The two forms, in G_T.

    Notes
    -----
    .. math:: \\frac{G_0}{G_T} = -Δ^2 \\sum_σ \\mathrm{Re} \\int_0^∞ dE\\,
              \\frac{N_S(E) f(E)}{[\\sqrt{z_σ - Δ} \\sqrt{z_σ + Δ}]^3},
              \\quad z_σ = E + iΓ + σ h_{exc},

    with Δ = Δ(T_Sm). f is f_Sm in the paper. It must be f_S: differentiating Eq. (2) in a frame in
    which Sm alone carries the bias gives N_Sm' (f_S − f_Sm), and f_Sm is negligible. The panels
    double in width away from every edge, from Γ/2 on.
    """
    gap_S, gap_Sm = float(bcs_gap(T_S)), float(bcs_gap(T_Sm, h_exc))
    edges = [gap_S, abs(gap_Sm - h_exc), gap_Sm + h_exc]
    E, weight = _graded(edges, 0.5 * gamma, max(edges) + _TAIL * BCS_RATIO * max(T_S, T_Sm))
    cube = np.zeros(E.size, dtype=np.complex128)
    for sigma in (1.0, -1.0):
        z = E + 1j * gamma + sigma * h_exc
        cube += (np.sqrt(z - gap_Sm) * np.sqrt(z + gap_Sm)) ** -3.0
    kernel = -(gap_Sm**2) * density_of_states(E, gap_S, gamma) * cube.real * weight
    return ZeroBias(*(float(kernel @ _fermi(E / (BCS_RATIO * T))) for T in (T_Sm, T_S)))


def _fermi(x: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-np.logaddexp(0.0, x)))


def _graded(edges: list[float], width: float, end: float) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights from 0 to an end, on panels that double in width from each edge."""
    widths = width * 2.0 ** np.arange(np.ceil(np.log2(end / width)) + 1)
    ends = [edge + sign * reach for edge in (0.0, *edges) for sign in (-1, 1) for reach in widths]
    inside = [place for place in ends if 0.0 < place < end]
    panels = np.array(list(pairwise(np.unique([0.0, *edges, *inside, end]))))
    half = 0.5 * np.diff(panels, axis=1)
    return (panels.mean(axis=1)[:, None] + half * _NODES).ravel(), (half * _WEIGHTS).ravel()
