"""Claims on Eq. (3) of the paper, the conductance at zero bias."""

import numpy as np

from thermospin.gap import bcs_gap
from thermospin.observables import zero_bias_conductance
from thermospin.reproduction.claims.claim import COLD, Claim, Evidence, Finding, judged
from thermospin.reproduction.claims.equation_3 import equation_3

_SMALL = 0.01
"""Largest relative error at which Eq. (3) counts as right."""

_LEFT_OUT = 10.0
"""Error allowed of Eq. (3), in units of the thermal term that it drops: see `_dropped`."""


def _dropped(T_S: float, h_exc: float, gamma: float) -> float:
    """Return the term that Eq. (3) drops, Γ²Δ_Sm²/[Δ_S (Δ_Sm² − h²)^{3/2}], in G_T."""
    gap_S, gap_Sm = float(bcs_gap(T_S)), float(bcs_gap(COLD, h_exc))
    return float(gamma**2 * gap_Sm**2 / (gap_S * (gap_Sm**2 - h_exc**2) ** 1.5))


def _compared(evidence: Evidence, T_S: float, h_exc: float) -> tuple[float, float, float, bool]:
    """Return G_0 by differentiation, by Eq. (3) as printed and corrected, and whether they agree.

    They agree if they differ by no more than ten times the term that Eq. (3) drops, and rounding:
    the integrand has a peak of width Γ and height Γ^-3/2, on which z is rounded.
    """
    exact = float(zero_bias_conductance(evidence.junction(T_S=T_S, h_exc=h_exc)))
    printed, corrected = equation_3(T_S, h_exc, evidence.gamma, COLD)
    return (
        exact,
        printed,
        corrected,
        (
            abs(corrected - exact)
            <= _LEFT_OUT * _dropped(T_S, h_exc, evidence.gamma)
            + 1e-8 * abs(exact)
            + np.finfo(float).eps * evidence.gamma**-1.5
        ),
    )


def _printed(evidence: Evidence) -> Finding:
    """Evaluate Eq. (3) where Fig. 2(a) shows it, T_S = 0.7 and h = 0.2."""
    exact, printed, corrected, agrees = _compared(evidence, 0.7, 0.2)
    error = abs(corrected / exact - 1.0)
    return Finding(
        judged(abs(printed / exact - 1.0) <= _SMALL),
        f"as printed {printed:.2e} G_T; dI_q/dV at V = 0 is {exact:.8f} G_T",
        "1 %",
        "a misprint: f_Sm must be f_S, and the real part is meant; corrected it gives "
        f"{corrected:.8f} G_T, {error:.0e} off"
        + (
            ", more than it leaves out"
            if not agrees
            else ": at this Γ the term that it drops is not small"
            if error > _SMALL
            else ""
        ),
        {"exact": exact, "printed": printed, "corrected": corrected, "error": error},
    )


def _domain(evidence: Evidence) -> Finding:
    """Evaluate the corrected Eq. (3) below the threshold, where the paper says it fails."""
    exact, _, corrected, agrees = _compared(evidence, 0.7, 0.1)
    error = abs(corrected / exact - 1.0)
    above, _, there, _ = _compared(evidence, 0.7, 0.2)
    beside = abs(there / above - 1.0)
    remark = "with finite Γ and the real part it holds on both sides of the threshold alike"
    if max(error, beside) > _SMALL:
        remark = (
            f"at this Γ the term that it drops is not small; at h = 0.2 > h_t: {beside:.0e} off"
        )
    return Finding(
        judged(not agrees),
        f"at h = 0.1 < h_t the corrected form gives {corrected:.8f} G_T, exact {exact:.8f}: "
        f"{error:.0e} off",
        "the term of order Γ² that it drops",
        remark if agrees else "",
        {"exact": exact, "corrected": corrected, "error": error, "error above h_t": beside},
    )


ZERO_BIAS = (
    Claim(6, "Eq. (3) gives the conductance for V → 0", "with f_Sm(E, T_Sm)", ("2a",), _printed),
    Claim(7, "Eq. (3) holds only for Δ(T_S) > Δ(T_Sm) − h", "only there", ("2b",), _domain),
)
