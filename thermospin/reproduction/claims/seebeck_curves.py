"""Claims on the curves of the Seebeck voltage V_S in Fig. 2(c)."""

import math

import numpy as np

from thermospin.gap import bcs_gap
from thermospin.junction import FloatArray
from thermospin.observables import seebeck_voltage
from thermospin.reproduction.claims.claim import (
    COLD,
    NO_SEEBECK,
    Claim,
    Evidence,
    Finding,
    absent,
    judged,
)
from thermospin.reproduction.edges_and_summits import edge

_UPWARDS = "every step upwards"
_COLD_SIDE = np.linspace(0.02, 0.5, 961)  # T_S, in T_c, below those of the curves drawn
_LEAP = 0.02
"""Difference of V_S between neighbours on the cold side, in Δ0/e, that may be a jump."""


def _grows_with_field(evidence: Evidence) -> Finding:
    """Check whether the curves of Fig. 2(c) rise, and one at a lower T_S."""
    drawn = evidence["2c"].outputs["V_S"]
    steps = np.diff(drawn, axis=1)
    known = np.isfinite(steps)
    if not known.any():
        return absent("no curve has two points", _UPWARDS, NO_SEEBECK)
    rise = ~np.any(steps[known.any(axis=1)] <= 0.0, axis=1)
    h = np.linspace(0.05, 0.7, 66)
    cold = seebeck_voltage(evidence.junction(T_S=0.2, h_exc=h))
    falls = bool(np.any(np.diff(cold[np.isfinite(cold)]) < 0.0))
    low = [float(seebeck_voltage(evidence.junction(T_S=0.2, h_exc=field))) for field in (0.5, 0.6)]
    each = f"each of the {rise.size}" if rise.all() else f"{np.count_nonzero(rise)} of {rise.size}"
    return Finding(
        judged(bool(rise.all()), caveat=falls),
        f"{each} curves rises; largest V_S = {np.nanmax(drawn):.4f} Δ0/e",
        _UPWARDS,
        _when_cold(cold, low, falls=falls),
        {"largest": float(np.nanmax(drawn)), "V_S(T_S=0.2)": low},
    )


def _when_cold(cold: FloatArray, low: list[float], *, falls: bool) -> str:
    """Return the remark on V_S at T_S = 0.2 T_c as the field grows; nothing if V_S rises there."""
    if falls and low[1] < low[0]:
        return f"not at T_S = 0.2 T_c: V_S = {low[0]:.4f} at h = 0.5, {low[1]:.4f} at 0.6"
    if falls:
        return "not at every field at T_S = 0.2 T_c"
    if not np.isfinite(cold).any():
        return "at T_S = 0.2 T_c there is none"
    return "" if np.isfinite(low).all() else "at T_S = 0.2 T_c Γ leaves it at some fields only"


def _grows_on_cooling(evidence: Evidence) -> Finding:
    """Compare the curves of Fig. 2(c) with each other, and V_S at lower T_S."""
    drawn = evidence["2c"].outputs["V_S"]
    steps = np.diff(drawn, axis=0)  # from cold to hot
    known_steps = steps[np.isfinite(steps)]
    if not known_steps.size:
        return absent("no two curves have V_S at the same field", _UPWARDS, NO_SEEBECK)
    monotonic = bool(np.all(known_steps < 0.0))
    curves = "V_S grows from curve to curve" if monotonic else "V_S does not grow at every step"
    V_S = seebeck_voltage(evidence.junction(T_S=_COLD_SIDE))
    known = np.isfinite(V_S)
    if not known.any():
        return Finding(
            judged(monotonic, caveat=True), curves, _UPWARDS,
            f"at h = 0.4 there is none up to {_COLD_SIDE[-1]:g} T_c",
        )  # fmt: skip
    best = int(np.nanargmax(V_S))
    lower = bool(np.any(V_S[:best] < V_S[best]))
    ends = _end(evidence, V_S)
    jumps = _jumps(evidence, V_S)
    return Finding(
        judged(monotonic, caveat=lower or ends is not None),
        f"{curves}; at h = 0.4 up to {V_S[best]:.4f} Δ0/e at T_S = {_COLD_SIDE[best]:.3f} T_c",
        _UPWARDS,
        _when_colder(lower, jumps, ends),
        {"T_S": float(_COLD_SIDE[best]), "V_S": float(V_S[best]), "gone": ends, "jumps": jumps},
    )


def _end(evidence: Evidence, V_S: FloatArray) -> float | None:
    """Return T_S, in T_c, below which V_S does not exist; None if it always exists."""
    first = int(np.flatnonzero(np.isfinite(V_S))[0])
    if first == 0:
        return None

    def exists(T_S: FloatArray) -> FloatArray:
        return np.where(np.isfinite(seebeck_voltage(evidence.junction(T_S=T_S))), 1.0, -1.0)

    return edge(exists, _COLD_SIDE[first - 1], _COLD_SIDE[first])


def _jumps(evidence: Evidence, V_S: FloatArray) -> list[tuple[float, float, float]]:
    """Return each jump of V_S on the cold side: its T_S, in T_c, and V_S above and below, Δ0/e."""
    found = []
    for i in np.flatnonzero(np.abs(np.diff(V_S)) > _LEAP):
        middle = 0.5 * (V_S[i] + V_S[i + 1])

        def beyond(T_S: FloatArray, middle: float = middle) -> FloatArray:
            return seebeck_voltage(evidence.junction(T_S=T_S)) - middle

        at = edge(beyond, _COLD_SIDE[i], _COLD_SIDE[i + 1])
        below, above = seebeck_voltage(evidence.junction(T_S=at + np.array([-1e-9, 1e-9])))
        if abs(above - below) > 0.5 * abs(
            V_S[i + 1] - V_S[i]
        ):  # otherwise V_S is steep here and does not jump
            found.append((at, float(above), float(below)))
    return found


def _when_colder(lower: bool, jumps: list[tuple[float, float, float]], ends: float | None) -> str:
    """Return the remark on V_S below the T_S at which it is largest: its jumps and its end."""
    parts = [f"it jumps from {a:.4f} to {b:.4f} at {at:.4f} T_c" for at, a, b in reversed(jumps)]
    parts += [] if ends is None else [f"below {ends:.5f} T_c there is none"]
    head = "colder still it is lower" if lower else ""
    return ": ".join(part for part in (head, ", and ".join(parts)) if part)


def _clogston(evidence: Evidence) -> Finding:
    """Find the field at which Sm turns normal, and compare it with Δ0/√2."""
    critical = edge(lambda h: np.where(bcs_gap(COLD, h) > 0.0, 1.0, -1.0), 0.6, 0.8)
    limit = 1.0 / math.sqrt(2.0)
    V_S = evidence["2c"].outputs["V_S"]
    known = V_S[np.isfinite(V_S)]
    below = bool(np.all(known < critical))
    return Finding(
        judged(abs(critical - limit) <= 1e-3 and below, caveat=not known.size),
        f"Δ_Sm jumps to 0 at h = {critical:.6f} Δ0; Δ0/√2 = {limit:.6f}",
        "1e-3 Δ0 (T_Sm = 0.01 T_c is not 0)",
        "" if known.size else f"h only: {NO_SEEBECK}",
        {"critical": critical},
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
