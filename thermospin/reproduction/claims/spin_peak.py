"""Claims on the spin current at the inner peak: Figs. 3(c) and 3(d)."""

import numpy as np

from thermospin.gap import bcs_gap, lead_gap
from thermospin.junction import FloatArray
from thermospin.observables import currents, matching_voltages
from thermospin.reproduction.claims.claim import (
    COLD,
    STANDING_H,
    Claim,
    Evidence,
    Finding,
    judged,
)
from thermospin.reproduction.claims.regions import hottest
from thermospin.reproduction.datasets import spec_of
from thermospin.reproduction.edges_and_summits import summit
from thermospin.reproduction.gamma_sensitivity import slope_per_decade

_SHARP = 1e-2
"""Largest Γ, in Δ0, up to which the matching peaks are a logarithm of Γ."""

_WARM = 0.3
"""T_S, in T_c, from which I_s at the peak must grow; at lower T_S it nearly vanishes."""

_STATED = 0.5
"""Maximum spin current that the paper states, in G_T Δ0/e."""


def peak_spin_current(evidence: Evidence, T_S: FloatArray, h_exc: FloatArray) -> FloatArray:
    """Return I_s at +V_p_minus, in G_T Δ0/e, for T_S in T_c and h_exc in Δ0; arrays broadcast."""
    junction = evidence.junction(T_S=T_S, h_exc=h_exc)
    return currents(matching_voltages(junction)[0], junction).spin


def _grows_with_temperature(evidence: Evidence) -> Finding:
    """Check whether I_s grows with T_S at h = 0.4, in Fig. 3(c)."""
    data = evidence["3c"]
    T_S = data.axes["T_S"]
    column = data.outputs["I_s_peak"][:, data.axes["h_exc"] == STANDING_H][:, 0]
    top = hottest(STANDING_H)
    rising = bool(np.all(np.diff(column[(top >= T_S) & (T_S >= _WARM)]) > 0.0))
    falls = bool(np.any(np.diff(column[top < T_S]) < 0.0))
    temperatures = np.array([0.8, top, 0.9, 0.995])
    values = peak_spin_current(evidence, temperatures, np.full(4, STANDING_H))
    listed = ", ".join(f"{one:.4f} ({T:.3f})" for T, one in zip(temperatures, values, strict=True))
    return Finding(
        judged(rising, caveat=falls),
        f"I_s(V_p_minus) at h = 0.4 (T_S/T_c): {listed}",
        f"every step upwards from {_WARM:g} T_c to where Δ(T_S) = Δ(T_Sm) − h; with a caveat if it"
        " falls beyond",
        _turn(top if values[1] >= column.max() else float(T_S[np.argmax(column)]), top)
        if falls
        else "",
        {"T_S": temperatures.tolist(), "I_s": values.tolist()},
    )


def _turn(largest: float, top: float) -> str:
    """Return the remark: whether I_s rises up to the cusp, or Γ has moved its maximum."""
    where = f"a cusp where Δ(T_S) = Δ(T_Sm) − h, T_S = {top:.3f} T_c"
    if abs(largest - top) > 0.02:
        where = f"T_S = {largest:.3f} T_c, no longer to the cusp at {top:.3f} T_c"
    return f"it rises up to {where}, and drops beyond: not strictly true"


def _optimal_field(evidence: Evidence) -> Finding:
    """Find the field of the largest I_s of each curve of Fig. 3(d)."""
    data = evidence["3d"]
    shifts = {}
    for T_S, row in zip(data.axes["T_S"], data.outputs["I_s_peak"], strict=True):
        drawn = float(data.axes["h_exc"][np.argmax(row)])
        h_t = float(bcs_gap(COLD) - bcs_gap(T_S))

        def at(h: FloatArray, T_S: float = T_S) -> FloatArray:
            return peak_spin_current(evidence, np.full(h.shape, T_S), h)

        found, _ = summit(at, max(drawn - 0.02, 0.0), min(drawn + 0.02, 0.7))
        shifts[float(T_S)] = found - h_t
    worst = max(map(abs, shifts.values()))
    return Finding(
        judged(worst <= 0.01),
        f"at most {worst:.1e} Δ0 off h_t on {len(shifts)} cuts",
        "0.01 Δ0",
        _smeared(shifts),
        {"shifts": shifts},
    )


def _smeared(shifts: dict[float, float]) -> str:
    lost = [f"{T_S:g}" for T_S, shift in shifts.items() if abs(shift) > 0.01]
    return f"Γ has smeared the cusp away at T_S = {', '.join(lost)} T_c" if lost else ""


def _approximation(evidence: Evidence) -> Finding:  # noqa: ARG001 - gaps have no Γ
    """Compare the tanh formula of h_t with the self-consistent gaps."""
    T_S = np.array([0.5, 0.6, 0.7, 0.8, 0.9])
    excess = _tanh_threshold(T_S) / _threshold(T_S) - 1.0
    listed = ", ".join(f"{part:+.1%} ({T:g})" for T, part in zip(T_S, excess, strict=True))
    at, worst = summit(lambda T: np.abs(_tanh_threshold(T) - _threshold(T)), 0.02, 0.9999)
    return Finding(
        judged(worst <= 0.02, caveat=bool(excess.max() > 0.01)),
        f"off by (T_S/T_c): {listed}",
        "0.02 Δ0 at any T_S; with a caveat if more than 1 %",
        f"an approximation, good near T_c; at most {worst:.4f} Δ0 off, at T_S = {at:.3f} T_c",
        {"excess": dict(zip(T_S.tolist(), excess.tolist(), strict=True)), "worst": worst, "at": at},
    )


def _threshold(T_S: FloatArray) -> FloatArray:
    """Return h_t = Δ(T_Sm) − Δ(T_S), in Δ0."""
    return bcs_gap(COLD) - bcs_gap(T_S)


def _tanh_threshold(T_S: FloatArray) -> FloatArray:
    """Return h_t by the tanh formula of the paper, in Δ0."""
    return lead_gap(COLD, 0.0, 1.0, "tanh") - lead_gap(T_S, 0.0, 1.0, "tanh")


def _magnitude(evidence: Evidence) -> Finding:
    """Compute I_s at h_t, the tops of the curves of Fig. 3(d), and their growth as Γ falls."""
    T_S = np.array([0.5, 0.6, 0.7, 0.8, 0.9, 0.96])
    h_t = _threshold(T_S)
    tops = peak_spin_current(evidence, T_S, h_t)
    drawn = evidence["3d"].outputs["I_s_peak"].max(axis=1)
    slope = 2.0 * slope_per_decade(0.7, COLD)  # at h_t both spins have their cusp at V = 0
    listed = ", ".join(f"{top:.3f} ({T:g})" for T, top in zip(T_S, tops, strict=True))
    within = _STATED / 3.0 <= drawn.max() <= 3.0 * _STATED
    spread = float(drawn.max() / drawn.min())
    return Finding(
        judged(bool(within), caveat=spread > 1.1),
        f"I_s at h_t (T_S/T_c): {listed} G_T Δ0/e",
        "a factor 3 for the largest drawn",
        f"{'' if within else 'not '}the order of magnitude; it depends on T_S, and on Γ, which the "
        f"text does not give: {slope:.3f} per decade at T_S = 0.7"
        + (" where Γ is small" if evidence.gamma > _SHARP else ""),
        {"tops": dict(zip(T_S.tolist(), tops.tolist(), strict=True)), "slope": slope},
    )


def _aluminium(evidence: Evidence) -> Finding:
    """Convert the stated and the computed maximum to nanoampere, with the material of Fig. 3(b)."""
    material = spec_of("fig3b", evidence.gamma).material
    if material is None:
        raise ValueError("fig3b: must have a material")
    unit = material.factor("G_T Δ0/e") * 1e9
    stated = _STATED * unit
    tops = evidence["3d"].outputs["I_s_peak"].max(axis=1) * unit
    within = 10.0 / 3.0 <= tops.max() <= 3.0 * 10.0
    return Finding(
        judged(abs(stated / 10.0 - 1.0) <= 0.01, caveat=not within),
        f"G_T Δ0/e = {unit:.1f} nA for {' and '.join(material.given.values())}; "
        f"{_STATED:g} G_T Δ0/e = {stated:.1f} nA",
        "1 %",
        f"the tops of Fig. 3(d) are {tops.min():.1f} to {tops.max():.1f} nA"
        + ("" if within else ", more than a factor 3 off at the largest"),
        {"unit": unit, "stated": stated, "tops": tops.tolist()},
    )


SPIN_PEAK = (
    Claim(
        26,
        "At fixed h, I_s(V_p_minus) grows with the thermal bias",
        "monotonic",
        ("3c",),
        _grows_with_temperature,
    ),
    Claim(
        27,
        "At fixed T_S, I_s(V_p_minus) is largest at h = Δ(T_Sm) − Δ(T_S)",
        "h_t",
        ("3d",),
        _optimal_field,
    ),
    Claim(
        28,
        "h_t can be estimated as Δ0 (1 − tanh[1.74 √(T_c/T_S − 1)])",
        "formula",
        ("3c",),
        _approximation,
    ),
    Claim(
        29,
        "The maximum spin current is of the order of 0.5 G_T Δ0/e",
        "0.5 G_T Δ0/e",
        ("3d",),
        _magnitude,
    ),
    Claim(
        30,
        "With Δ0 = 200 µeV and G_T = 0.1 mS spin currents are of the order of 10 nA",
        "10 nA",
        ("3d",),
        _aluminium,
    ),
)
