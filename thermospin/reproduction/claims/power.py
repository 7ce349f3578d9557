"""Claims on the thermoelectric power, and on the load that a junction can drive."""

from typing import NamedTuple

import numpy as np

from thermospin.junction import FloatArray, Junction
from thermospin.observables import (
    currents,
    matching_voltages,
    maximum_conductance,
    zero_bias_conductance,
)
from thermospin.reproduction.claims.claim import (
    NO_PEAK_POWER,
    NO_POWER,
    Claim,
    Evidence,
    Finding,
    absent,
    judged,
)
from thermospin.reproduction.edges_and_summits import summit

_CASES = (
    (0.5, 0.2), (0.5, 0.4), (0.6, 0.3), (0.7, 0.2), (0.7, 0.4), (0.7, 0.6), (0.8, 0.4), (0.8, 0.6),
    (0.9, 0.6),
)  # fmt: skip
"""T_S and h_exc of thermoactive junctions."""

_BROAD = 1e-2
"""A Γ of aluminium junctions, in Δ0."""

_SHARP = 1e-3
"""Largest distance from V_p_minus, in Δ0/e, at which the maximum counts as at the peak."""


class MaximumPower(NamedTuple):
    """The largest power of a junction, and the largest load conductance that it can drive.

    Attributes
    ----------
    V, power : float
        The voltage of the largest power, in Δ0/e, and that power, in G_T Δ0²/e².
    V_p : float
        V_p_minus, in Δ0/e.
    load : float
        The largest −I_q/V, in G_T.
    G_max, G_0 : float
        The conductances at V_p_minus and at V = 0, in G_T.
    """

    V: float
    power: float
    V_p: float
    load: float
    G_max: float
    G_0: float


def _maximum_power(junction: Junction) -> MaximumPower:
    """Return the largest power of a junction, and the largest load conductance."""
    h, V_p = float(np.asarray(junction.h_exc)), float(matching_voltages(junction)[0])

    def power(V: FloatArray) -> FloatArray:
        return -currents(V, junction).charge * V

    def load(V: FloatArray) -> FloatArray:
        return -currents(V, junction).charge / V

    ranges = ((1e-4, h), (0.5 * V_p, min(1.5 * V_p, h)))
    V, best = max((summit(power, *ends) for ends in ranges), key=lambda found: found[1])
    G_0, G_max = float(zero_bias_conductance(junction)), float(maximum_conductance(junction))
    largest = max(-G_0, *(summit(load, *ends)[1] for ends in ranges))
    return MaximumPower(V, best, V_p, largest, G_max, G_0)


def _power_at_the_peak(evidence: Evidence) -> Finding:
    """Find the voltage of maximum power of nine junctions, and of the same junctions at large Γ."""
    shifts = {
        gamma: [
            abs(found.V - found.V_p)
            for found in (
                _maximum_power(evidence.junction(T_S=T, h_exc=h, gamma=gamma)) for T, h in _CASES
            )
            if found.power > 0.0
        ]
        for gamma in (evidence.gamma, _BROAD)
    }
    active = len(shifts[evidence.gamma])
    tolerance = f"0.01 Δ0/e; with a caveat if it is more than {_SHARP:g} Δ0/e at Γ = {_BROAD:g} Δ0"
    if not active:
        return absent(f"I_q V > 0 in all {len(_CASES)} junctions", tolerance, NO_POWER)
    own, broad = max(shifts[evidence.gamma]), max(shifts[_BROAD])
    return Finding(
        judged(own <= 0.01, caveat=broad > _SHARP),
        f"at most {own:.1e} Δ0/e off V_p_minus in {_count(active)}",
        tolerance,
        f"where Γ is small; at Γ = {_BROAD:g} Δ0 up to {broad:.1e} Δ0/e off",
        {"shift": own, "broad": broad},
    )


def _count(junctions: int) -> str:
    return f"{junctions} junction{'' if junctions == 1 else 's'}"


def _power_grows(evidence: Evidence) -> Finding:
    """Compute the power at V_p_minus at T_S = 0.7 as the field grows."""
    h = np.array([0.2, 0.3, 0.4, 0.5, 0.6, 0.7])
    junction = evidence.junction(h_exc=h)
    power = -maximum_conductance(junction) * matching_voltages(junction)[0] ** 2
    none = [f"{field:g}" for field in h[power <= 0.0]]
    shown = dict(zip(h.tolist(), power.tolist(), strict=True))
    return Finding(
        judged(bool(np.all(np.diff(power) > 0.0)) and not none),
        f"{shown[0.2]:.4f}, {shown[0.4]:.4f}, {shown[0.6]:.4f} G_T Δ0²/e² at h = 0.2, 0.4, 0.6",
        "each larger than the one before",
        f"at this Γ no power at V_p_minus at h = {', '.join(none)}" if none else "",
        {"power": shown},
    )


def _load(evidence: Evidence) -> Finding:
    """Compare −G_max with the largest −I_q/V at any V."""
    found = [_maximum_power(evidence.junction(T_S=T, h_exc=h)) for T, h in _CASES]
    excess = [one.load / -one.G_max - 1.0 for one in found if one.G_max < 0.0]
    if not excess:
        reason = NO_PEAK_POWER if any(one.load > 0.0 for one in found) else NO_POWER
        return absent(f"G_max > 0 in all {len(_CASES)} junctions", "5 %", reason)
    worst = max(excess)
    broad = _maximum_power(evidence.junction(T_S=0.7, h_exc=0.2, gamma=_BROAD))
    return Finding(
        judged(worst <= 0.05, caveat=worst > 1e-8 or broad.load > -1.05 * broad.G_max),
        f"max −I_q/V exceeds −G_max by at most {worst:.1e} of −G_max in {_count(len(excess))}",
        "5 %",
        f"an approximation: at Γ = {_BROAD:g} Δ0, T_S = 0.7, h = 0.2 the largest load conductance "
        f"is {broad.load:.4f} G_T = −G_0, not −G_max = {-broad.G_max:.4f}",
        {"excess": worst, "load": broad.load, "G_max": broad.G_max, "G_0": broad.G_0},
    )


POWER = (
    Claim(16, "The power −I_q V is typically largest at V_p_minus", "V_p_minus", ("2a",),
          _power_at_the_peak),
    Claim(17, "The maximum power grows with h", "monotonic", ("2a",), _power_grows),
    Claim(18, "−G_max is the largest load conductance that the junction supports", "−G_max",
          ("2d",), _load),
)  # fmt: skip
