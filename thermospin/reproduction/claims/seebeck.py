"""Claims on the Seebeck voltage, Fig. 2(c)."""

import math

import numpy as np

from thermospin.gap import bcs_gap
from thermospin.observables import seebeck_voltage
from thermospin.reproduction.claims.claim import COLD, Claim, Evidence, Finding, judged
from thermospin.reproduction.searching import edge

_COLD_SIDE = np.linspace(0.1, 0.5, 81)  # T_S below the curves drawn


def _grows_with_field(evidence: Evidence) -> Finding:
    """Follow the curves of Fig. 2(c), and one at a low temperature."""
    drawn = evidence["2c"].outputs["V_S"]
    steps = np.diff(drawn, axis=1)
    monotonic = bool(np.all(steps[np.isfinite(steps)] > 0.0))
    h = np.linspace(0.05, 0.7, 66)
    cold = seebeck_voltage(evidence.junction(T_S=0.2, h_exc=h))
    falls = np.diff(cold[np.isfinite(cold)]) < 0.0
    low = [float(seebeck_voltage(evidence.junction(T_S=0.2, h_exc=field))) for field in (0.5, 0.6)]
    remark = f"not at T_S = 0.2 T_c: V_S = {low[0]:.4f} at h = 0.5, {low[1]:.4f} at 0.6"
    return Finding(
        judged(monotonic, caveat=bool(falls.any())),
        f"each of the {len(drawn)} curves rises; largest V_S = {np.nanmax(drawn):.4f} Δ0/e",
        "every step upwards",
        remark if np.isfinite(low).all() else "at T_S = 0.2 T_c Γ leaves it at some fields only",
        {"largest": float(np.nanmax(drawn)), "V_S(T_S=0.2)": low},
    )


def _grows_on_cooling(evidence: Evidence) -> Finding:
    """Compare the curves of Fig. 2(c), and go on to lower temperatures."""
    drawn = evidence["2c"].outputs["V_S"]
    steps = np.diff(drawn, axis=0)  # from cold to hot
    monotonic = bool(np.all(steps[np.isfinite(steps)] < 0.0))
    V_S = seebeck_voltage(evidence.junction(T_S=_COLD_SIDE))
    known = np.isfinite(V_S)
    if not known.any():
        return Finding(judged(monotonic), "V_S grows from curve to curve", "every step upwards")
    best = int(np.nanargmax(V_S))
    below = bool(np.any(~known[:best])) or bool(np.any(V_S[:best] < V_S[best]))
    gone = float(_COLD_SIDE[known][0])
    return Finding(
        judged(monotonic, caveat=below),
        f"V_S grows from curve to curve; at h = 0.4 up to {V_S[best]:.4f} Δ0/e at "
        f"T_S = {_COLD_SIDE[best]:.3f} T_c",
        "every step upwards",
        f"colder still it falls, and below {gone:.3f} T_c there is none",
        {"T_S": float(_COLD_SIDE[best]), "V_S": float(V_S[best]), "gone": gone},
    )


def _clogston(evidence: Evidence) -> Finding:
    """Find the field at which Sm turns normal."""
    critical = edge(lambda h: np.where(bcs_gap(COLD, h) > 0.0, 1.0, -1.0), 0.6, 0.8)
    limit = 1.0 / math.sqrt(2.0)
    V_S = evidence["2c"].outputs["V_S"]
    below = bool(np.all(V_S[np.isfinite(V_S)] < critical))
    return Finding(
        judged(abs(critical - limit) <= 1e-3 and below),
        f"Δ_Sm jumps to 0 at h = {critical:.6f} Δ0; Δ0/√2 = {limit:.6f}",
        "1e-3 Δ0 (T_Sm = 0.01 T_c is not 0)",
        values={"critical": critical},
    )


SEEBECK = (
    Claim(13, "|V_S| grows monotonically with h", "monotonic", ("2c",), _grows_with_field),
    Claim(14, "|V_S| grows as T_S is lowered", "monotonic", ("2c",), _grows_on_cooling),
    Claim(
        15,
        "h is limited by Chandrasekhar and Clogston, and so is |V_S|",
        "h ≤ Δ0/√2",
        ("2c",),
        _clogston,
    ),
)
