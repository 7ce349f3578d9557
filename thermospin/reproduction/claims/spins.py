"""Claims on the currents of both spins as functions of the bias: Figs. 3(a) and 3(b)."""

import numpy as np

from thermospin.gap import bcs_gap
from thermospin.observables import currents, matching_voltages
from thermospin.reproduction.claims.claim import (
    COLD,
    NO_POWER,
    NO_SEEBECK,
    STANDING_H,
    STANDING_T_S,
    Claim,
    Evidence,
    Finding,
    absent,
    judged,
)
from thermospin.reproduction.edges_and_summits import edge

_WHOLE = 1e-12
"""Rounding error of SGE where it is 1."""


def _one_spin(evidence: Evidence) -> Finding:
    """Find at which V > 0 the current of each spin is thermoactive, I_σ V < 0."""
    data = evidence["3a"]
    V = data.axes["V"]
    active = {name: data.outputs[name] * V < 0.0 for name in ("I_up", "I_down")}
    up = int(np.count_nonzero(active["I_up"] & (V > 0.0)))
    down = V[active["I_down"] & (V > 0.0)]
    if not down.size:
        return absent("for V > 0 I_down never is", "no other point", "one spin at least is missing")
    step = float(np.diff(V).max())
    whole = f"that is, for 0 < e|V| < h = {STANDING_H:g} Δ0"
    swapped = int(np.count_nonzero(active["I_down"] & (V < 0.0)))
    return Finding(
        judged(up == 0 and swapped == 0 and down.size > 0),
        f"for V > 0 I_up never is, I_down is from V = {down[0]:.2f} to {down[-1]:.4f} Δ0/e",
        "no other point",
        whole
        if STANDING_H - down[-1] <= 1.5 * step
        else f"at this Γ it ends below e|V| = h = {STANDING_H:g} Δ0",
        {"I_up": up, "from": float(down[0]), "to": float(down[-1])},
    )


def _largest_spin_current(evidence: Evidence) -> Finding:
    """Find the largest I_s below the sum gap, and at any bias."""
    data = evidence["1b"]
    V, I_s = data.axes["V"], data.outputs["I_s"][data.axes["h_exc"] == STANDING_H][0]
    V_p = float(matching_voltages(evidence.junction())[0])
    onset = float(bcs_gap(STANDING_T_S) + bcs_gap(COLD) - STANDING_H)
    subgap = (V > 0.0) & (onset - 0.01 > V)
    best, whole = V[subgap][np.argmax(I_s[subgap])], V[np.argmax(I_s)]
    holds = abs(abs(best) - V_p) <= 0.005
    reach = f"the sum gap e|V| = Δ_S + Δ_Sm − h = {onset:.3f} Δ0"
    return Finding(
        judged(bool(holds), caveat=abs(whole) > onset),
        f"I_s = {I_s[subgap].max():.4f} at V = {abs(best):.4f}, V_p_minus = {V_p:.4f} Δ0/e",
        "0.005 Δ0/e",
        (f"only below {reach}" if holds else f"not at this Γ, even below {reach}")
        + f": at e|V| = {abs(whole):.2f} Δ0 it is {I_s.max():.3f}",
        {"subgap": float(I_s[subgap].max()), "V": float(abs(best)), "whole": float(I_s.max())},
    )


def _opposite_spins(evidence: Evidence) -> Finding:
    """Compute 1 − SGE where the spin currents of Fig. 3(b) are opposite and I_q V < 0."""
    data = evidence["3b"]
    V, SGE = data.axes["V"], data.outputs["SGE"]
    up = 0.5 * (data.outputs["I_q"] + data.outputs["I_s"])
    opposite = up * (data.outputs["I_q"] - up) < 0.0
    active = data.outputs["I_q"] * V < 0.0
    if not active.any():
        return absent("I_q V > 0 at every V at T_S = 0.7, h = 0.4", f"{_WHOLE:.0e}", NO_POWER)
    short = float(np.max(1.0 - SGE[active]))
    beyond = V[opposite & ~active & (V > 0.0)]
    return Finding(
        judged(bool(np.all(opposite[active])) and short <= _WHOLE),
        f"1 − SGE ≤ {short:.1g} at {np.count_nonzero(active)} thermoactive voltages",
        f"{_WHOLE:.0e}",
        f"also up to V = {beyond.max():.4f} Δ0/e, beyond V_S: |I_s| > |I_q| alone does not tell "
        "thermoactivity"
        if beyond.size
        else "",
        {"short": short, "opposite up to": float(beyond.max()) if beyond.size else None},
    )


def _plateau(evidence: Evidence) -> Finding:
    """Find the voltage at which the plateau SGE = 1 ends, and SGE beyond."""
    junction = evidence.junction()
    V_S, V_p_plus = float(evidence["3b"].outputs["V_S"]), float(matching_voltages(junction)[1])
    if not np.isfinite(V_S):
        return absent("I_q has no zero at V > 0 at T_S = 0.7, h = 0.4", f"{_WHOLE:.0e}", NO_SEEBECK)
    end = edge(lambda V: currents(V, junction).down, V_S, V_p_plus)
    if not np.isfinite(end):
        reason = "at this Γ I_down keeps its sign beyond V_S"
        return absent(
            f"I_down has no zero from V_S = {V_S:.6f} to V_p_plus", f"{_WHOLE:.0e}", reason
        )
    lowest = float(currents(V_p_plus, junction).sge)
    SGE, V = evidence["3b"].outputs["SGE"], np.abs(evidence["3b"].axes["V"])
    first = SGE[(V > V_S) & (end > V)]
    then = SGE[end < V]
    holds = bool(np.all(1.0 - first <= _WHOLE)) and bool(np.all(then < 1.0))
    return Finding(
        judged(holds),
        f"SGE = 1 from V_S = {V_S:.6f} to {end:.10f} Δ0/e, then below 1",
        f"{_WHOLE:.0e}",
        f"the plateau ends at e|V| = {'h' if abs(end - STANDING_H) <= 1e-3 else f'{end:.3f} Δ0'}; "
        f"beyond, SGE {'has a sign' if lowest < 0.0 else 'falls'}: {lowest:.3f} at V_p_plus",
        {"V_S": V_S, "end": end, "SGE(V_p_plus)": lowest},
    )


def _large_bias(evidence: Evidence) -> Finding:
    """Compute I_s and SGE at large bias."""
    found = currents(np.array([10.0, 100.0]), evidence.junction())
    near, far = map(float, found.spin)
    efficiency = float(found.sge[1])
    limit = f"G_T h/e = {STANDING_H:g} G_T Δ0/e"
    near_limit = abs(far - STANDING_H) <= 0.01 * STANDING_H
    return Finding(
        judged(abs(far) <= 0.01 * STANDING_H),
        f"I_s = {near:.4f} at V = 10, {far:.7f} at V = 100",
        "1 % of G_T h/e",
        (
            f"I_s → {limit}"
            if near_limit
            else f"the states that Γ puts below the gap keep I_s off {limit}"
        )
        + f"; it is SGE{' → h/(e|V|)' if near_limit else ''} that vanishes, "
        f"{efficiency:.4f} at V = 100",
        {"I_s(10)": near, "I_s(100)": far, "SGE(100)": efficiency},
    )


SPINS = (
    Claim(
        20,
        "Only one spin component is thermoactive: I_down for V > 0, I_up for V < 0",
        "one",
        ("3a",),
        _one_spin,
    ),
    Claim(
        22,
        "The maximum spin current is at the internal peaks ±V_p_minus",
        "±V_p_minus",
        ("1b",),
        _largest_spin_current,
    ),
    Claim(
        23,
        "Where the components flow in opposite directions and I_q V < 0, SGE = 1",
        "SGE = 1",
        ("3b",),
        _opposite_spins,
    ),
    Claim(24, "For |V| > V_S first SGE = 1, then SGE < 1", "two ranges", ("3b",), _plateau),
    Claim(
        25, "For large |V| the components are equal and I_s → 0", "I_s → 0", ("3b",), _large_bias
    ),
)
