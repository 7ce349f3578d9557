"""The table that shows how numbers of the paper's figures depend on Γ, from 1e-5 to 1e-2 Δ0."""

import math

import numpy as np

from thermospin.dataset import Contents
from thermospin.gap import bcs_gap
from thermospin.units import BCS_RATIO

PEAKS, WINDOW = "gamma_peaks", "gamma_window"
"""Names of the bundled specs with Γ as an axis: one along the bias, one over T_S."""

DECADES = (1e-5, 1e-4, 1e-3, 1e-2)
"""Γ of each row of the table, in Δ0."""

_HEADS = (
    "Γ (Δ0)",
    "I_q(V_p_minus)",
    "I_s(V_p_minus)",
    "change of I_q",
    "V_S (Δ0/e)",
    "G_0 (G_T)",
    "G_max (G_T)",
    "G_0 < 0 (T_c)",
    "G_max < 0 (T_c)",
)


def slope_per_decade(T_S: float, T_Sm: float) -> float:
    """Return the growth of a matching peak of one spin for each decade by which Γ falls.

    Parameters
    ----------
    T_S, T_Sm : float
        Temperatures, in T_c.

    Returns
    -------
    float
        dI_σ/dlog10(1/Γ) = ln 10 · ¼ √(Δ_S Δ_Sm) f_S(Δ_S), in G_T Δ0/e: where two inverse square
        roots meet, the integral of Eq. (2) has a logarithm.
    """
    gap_S, gap_Sm = float(bcs_gap(T_S)), float(bcs_gap(T_Sm))
    occupation = 1.0 / (1.0 + math.exp(gap_S / (BCS_RATIO * T_S)))
    return math.log(10.0) * 0.25 * math.sqrt(gap_S * gap_Sm) * occupation


def decade_rows(contents: Contents) -> list[int]:
    """Return the places of `DECADES` along the axis gamma of a dataset."""
    gammas = contents.axes["gamma"]
    return [int(np.argmin(np.abs(np.log(gammas / gamma)))) for gamma in DECADES]


def table(peaks: Contents, window: Contents) -> str:
    """Return the table of the sensitivity to Γ as Markdown.

    Parameters
    ----------
    peaks, window : Contents
        The datasets of the bundled specs `PEAKS` and `WINDOW`.
    """
    fixed = peaks.fixed
    predicted = slope_per_decade(fixed["T_S"], fixed["T_Sm"])
    lines = [
        "# Sensitivity to Γ",
        "",
        f"T_S = {fixed['T_S']:g} T_c, h = {fixed['h_exc']:g} Δ0, T_Sm = {fixed['T_Sm']:g} T_c; "
        "currents in G_T Δ0/e. The last two columns are the windows of T_S in which the "
        "conductance at V = 0, and that at the inner peak, are negative.",
        "",
        "A matching peak is a logarithm: for each decade by which Γ falls it is predicted to grow "
        f"by ln 10 · ¼ √(Δ_S Δ_Sm) f_S(Δ_S) = {predicted:.4f} G_T Δ0/e.",
        "",
        "| " + " | ".join(_HEADS) + " |",
        "|" + " ---: |" * len(_HEADS),
    ]
    before = None
    for row in decade_rows(peaks):
        values = {name: float(peaks.outputs[name][row]) for name in
                  ("I_q_peak", "I_s_peak", "V_S", "G_0", "G_max")}  # fmt: skip
        change = "" if before is None else f"{values['I_q_peak'] - before:+.4f}"
        before = values["I_q_peak"]
        cells = [
            f"{peaks.axes['gamma'][row]:.0e}".replace("e-0", "e-"),
            f"{values['I_q_peak']:+.5f}",
            f"{values['I_s_peak']:+.5f}",
            change,
            f"{values['V_S']:.6f}",
            f"{values['G_0']:+.5f}",
            f"{values['G_max']:+.5f}",
            *(_window(window, name, row) for name in ("G_0", "G_max")),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _window(contents: Contents, name: str, row: int) -> str:
    """Return in words the hottest window of T_S in which a conductance is negative, to the grid."""
    T_S, negative = contents.axes["T_S"], contents.outputs[name][row] < 0.0
    if not negative.any():
        return "none"
    last = int(np.flatnonzero(negative)[-1])
    before = np.flatnonzero(~negative[:last])
    first = int(before[-1]) + 1 if before.size else 0
    return f"{T_S[first]:.3f}–{T_S[last]:.3f}"
