"""Claims on the current-voltage characteristics of Figs. 1(b) and 2(a)."""

import numpy as np

from thermospin.gap import bcs_gap
from thermospin.junction import FloatArray, Junction
from thermospin.observables import currents, matching_voltages
from thermospin.reproduction.claims.claim import (
    COLD,
    NO_POWER,
    STANDING_T_S,
    Claim,
    Evidence,
    Finding,
    judged,
    short,
)
from thermospin.reproduction.edges_and_summits import summit


def _ohmic(evidence: Evidence) -> Finding:
    """Compare I_q at large bias with G_T V."""
    near, far = (float(currents(V, evidence.junction()).charge) for V in (5.0, 100.0))
    deviation = abs(far / 100.0 - 1.0)
    return Finding(
        judged(deviation <= 1e-3 and deviation < abs(near / 5.0 - 1.0)),
        f"I_q = {near:.4f} at V = 5, {far:.4f} at V = 100",
        "1e-3 of G_T V at V = 100",
        values={"I_q(5)": near, "I_q(100)": far},
    )


def _peaks(evidence: Evidence) -> Finding:
    """Count the cusps of |I_q| below the sum gap, and find how far they are from V_p."""
    data = evidence["1b"]
    V = data.axes["V"]
    counts, shifts = [], []
    for h, I_q in zip(data.axes["h_exc"], data.outputs["I_q"], strict=True):
        junction = evidence.junction(h_exc=h)
        subgap = np.abs(V) < 0.95 * (bcs_gap(STANDING_T_S) + bcs_gap(COLD, h) - h)
        size = np.abs(I_q[subgap])
        counts.append(int(np.count_nonzero((size[1:-1] > size[:-2]) & (size[1:-1] > size[2:]))))
        for V_p in map(float, matching_voltages(junction)):
            shifts.append(_shift(junction, V_p, 2.0 * evidence.gamma))
    worst = max(shifts)
    return Finding(
        judged(counts == [2, 4] and worst <= evidence.gamma),
        f"{counts[0]} and {counts[1]} peaks; at most {worst:.1e} Δ0/e off |Δ_Sm − Δ_S ± h|",
        f"Γ = {short(evidence.gamma)} Δ0",
        _smeared(counts, worst > evidence.gamma),
        {"peaks": counts, "shift": worst},
    )


def _smeared(counts: list[int], shifted: bool) -> str:
    if counts != [2, 4]:
        return "at this Γ the peaks are not all distinct"
    return "at this Γ the peaks are off by more than Γ" if shifted else ""


def _shift(junction: Junction, V_p: float, reach: float) -> float:
    """Return how far from V_p the current is largest."""
    return abs(
        summit(lambda V: np.abs(currents(V, junction).charge), V_p - reach, V_p + reach)[0] - V_p
    )


def _dissipative_without_field(evidence: Evidence) -> Finding:
    """Look for I_q V < 0 without field, at any temperature."""
    T_S = np.linspace(0.1, 0.99, 90)
    V = np.concatenate([np.geomspace(1e-5, 0.05, 40), np.linspace(0.06, 2.5, 245)])
    chord = currents(V, evidence.junction(T_S=T_S[:, None], h_exc=0.0)).charge / V
    lowest = float(chord.min())
    drawn = evidence["1b"]
    positive = drawn.axes["V"] > 0.0
    without = int(np.flatnonzero(drawn.axes["h_exc"] == 0.0)[0])
    drawn_lowest = float(drawn.outputs["I_q"][without][positive].min())
    return Finding(
        judged(lowest > 0.0 and drawn_lowest > 0.0),
        f"min I_q/V = {lowest:.1e} G_T over T_S from 0.1 to 0.99 T_c and V up to 2.5",
        "I_q/V > 0",
        values={"lowest": lowest},
    )


def _onset(evidence: Evidence) -> Finding:
    """Find which fields of Fig. 2(a) are thermoactive, and which spin has the inner peak."""
    data = evidence["2a"]
    h, V, I_q = data.axes["h_exc"], data.axes["V"], data.outputs["I_q"]
    lowest = I_q[:, V > 0.0].min(axis=1)
    peak = data.outputs["G_max"] * data.outputs["V_p_minus"]
    h_t = float(bcs_gap(COLD) - bcs_gap(STANDING_T_S))
    spins = [_spin_of_inner_peak(evidence, field) for field in (0.1, 0.2)]
    split = data.outputs["V_p_plus"] - data.outputs["V_p_minus"]
    thermoactive = lowest < 0.0
    holds = np.array_equal(thermoactive, h >= 0.2) and split[h == 0.1][0] > 0.0
    return Finding(
        judged(bool(holds)),
        f"I_q(V_p_minus) = {peak[h == 0.1][0]:+.5f} at h = 0.1, {peak[h == 0.2][0]:+.5f} at 0.2; "
        f"threshold h_t = {h_t:.6f}",
        "signs",
        _who_is_active(h[thermoactive], spins, holds=bool(holds)),
        {
            "I_q(0.1)": float(peak[h == 0.1][0]),
            "I_q(0.2)": float(peak[h == 0.2][0]),
            "h_t": h_t,
            "spins": spins,
        },
    )


def _who_is_active(active: FloatArray, spins: list[str], *, holds: bool) -> str:
    """Return the remark: if the claim fails the thermoactive fields, else the spin of the peaks."""
    if not holds:
        listed = ", ".join(f"{field:g}" for field in active)
        return f"thermoactive at h = {listed} only" if active.size else f"{NO_POWER} at T_S = 0.7"
    label = "the label changes at the threshold"
    told = f"the inner peak at V > 0 is spin {spins[0]} below h_t and spin {spins[1]} above"
    return f"{told}: {label}" if spins[0] != spins[1] else told


def _spin_of_inner_peak(evidence: Evidence, h_exc: float) -> str:
    """Return the spin whose current has the cusp at +V_p_minus: up or down."""
    junction = evidence.junction(h_exc=h_exc)
    V_p = float(matching_voltages(junction)[0])
    around = currents(V_p + 20.0 * evidence.gamma * np.array([-1.0, 0.0, 1.0]), junction)
    up, down = (abs(np.diff(part, 2)[0]) for part in (around.up, around.down))
    return "up" if up > down else "down"


CHARACTERISTICS = (
    Claim(2, "I_q is ohmic at large V", "I_q → G_T V", ("1b",), _ohmic),
    Claim(
        3,
        "Each of the two matching peaks at h = 0 is doubled by a field; they are at "
        "±|Δ(T_S) − Δ(T_Sm) ± h|/e",
        "2 and 4 peaks",
        ("1b",),
        _peaks,
    ),
    Claim(4, "Without field, equal gaps are dissipative at every V", "I_q V > 0", ("1b",),
          _dissipative_without_field),
    Claim(
        5,
        "At T_S = 0.7 T_c, h = 0.1 splits the peaks and dissipates; h ≥ 0.2 is thermoactive",
        "between 0.1 and 0.2",
        ("2a",),
        _onset,
    ),
)  # fmt: skip
