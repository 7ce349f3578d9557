"""Claims on where in (h_exc, T_S) the junction is thermoactive: Figs. 2(b) and 2(d)."""

from typing import NamedTuple

import numpy as np

from thermospin.gap import bcs_gap
from thermospin.junction import FloatArray
from thermospin.observables import currents, maximum_conductance, zero_bias_conductance
from thermospin.reproduction.claims.claim import (
    COLD,
    NO_PEAK_POWER,
    NO_POWER,
    STANDING_H,
    Claim,
    Evidence,
    Finding,
    absent,
    judged,
    short,
)
from thermospin.reproduction.edges_and_summits import edge

_CONDUCTANCES = {"G_0": zero_bias_conductance, "G_max": maximum_conductance}
_SCAN = np.linspace(0.05, 1.0, 191)
_SAME = 0.01
"""Edges of windows that differ by no more than this, in T_c, count as equal."""

FIELDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
GAMMAS = (1e-5, 1e-4, 1e-3, 1e-2)


class Window(NamedTuple):
    """Temperatures T_S between which a conductance is negative, in T_c; NaN where it never is."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """The width of the window, in T_c."""
        return self.high - self.low


def window(evidence: Evidence, name: str, h_exc: float, gamma: float | None = None) -> Window:
    """Return the hottest window of T_S in which a conductance is negative.

    Parameters
    ----------
    evidence : Evidence
        Gives the junction and, by default, Γ.
    name : str
        ``G_0`` or ``G_max``.
    h_exc : float
        Exchange field in Sm, in Δ0.
    gamma : float, optional
        Dynes Γ, in Δ0.
    """

    def conductance(T_S: FloatArray) -> FloatArray:
        return _CONDUCTANCES[name](evidence.junction(T_S=T_S, h_exc=h_exc, gamma=gamma))

    negative = conductance(_SCAN) < 0.0
    changes = np.flatnonzero(negative[:-1] != negative[1:])
    ends = changes[negative[changes]]
    if not ends.size:
        return Window(np.nan, np.nan)
    last = int(ends[-1])
    starts = changes[changes < last]
    low = edge(conductance, *_SCAN[starts[-1] : starts[-1] + 2]) if starts.size else np.nan
    return Window(low, edge(conductance, *_SCAN[last : last + 2]))


def hottest(h_exc: float) -> float:
    """Return T_S, in T_c, at which Δ(T_S) = Δ(T_Sm) − h_exc for a field in Δ0."""
    return edge(lambda T: bcs_gap(T) - (bcs_gap(COLD, h_exc) - h_exc), 0.01, 1.0)


def _threshold(evidence: Evidence) -> Finding:
    """Look for thermoactivity below the threshold, and for dissipation above it."""
    linear, peak = evidence["2b"].outputs["G_0"], evidence["2d"].outputs["G_max"]
    below = evidence["2d"].axes["h_exc"] <= evidence["2d"].outputs["h_t"]
    if not bool(np.any((linear < 0.0) | (peak < 0.0))):
        return absent("no thermoactive point in Figs. 2(b) and 2(d)", "no point", NO_POWER)
    violations = int(np.count_nonzero(below & ((linear < 0.0) | (peak < 0.0))))
    T_S = np.linspace(0.3, 0.95, 14)
    short = np.geomspace(1e-5, 3e-3, 9)[:, None]
    h = bcs_gap(COLD) - bcs_gap(T_S) - short
    V = np.geomspace(1e-6, 2.2, 300)[:, None, None]
    chord = currents(V, evidence.junction(T_S=T_S, h_exc=h)).charge / V
    lowest = float(chord[:, h > 0.0].min())
    share = float(np.mean(linear[~below] > 0.0))
    example = float(zero_bias_conductance(evidence.junction(T_S=0.5)))
    return Finding(
        judged(violations == 0 and lowest > 0.0, caveat=share > 0.0),
        f"{violations} thermoactive points at h ≤ h_t; just below h_t I_q/V ≥ {lowest:.1e} G_T",
        "no point",
        f"necessary, not sufficient: G_0 > 0 at {share:.0%} of the points of Fig. 2(b) with "
        f"h > h_t, as at T_S = 0.5, h = 0.4: {example:+.2e} G_T",
        {"violations": violations, "lowest": lowest, "share": share, "G_0": example},
    )


def _limited_range(evidence: Evidence) -> Finding:
    """Find both ends of the window of G_0 < 0 at h = 0.4, and whether Γ moves the lower one."""
    found = window(evidence, "G_0", STANDING_H)
    factor, label = (0.1, "Γ/10") if evidence.gamma >= 1e-7 else (10.0, "10 Γ")  # Γ ≥ 1e-8
    other = window(evidence, "G_0", STANDING_H, gamma=evidence.gamma * factor)
    upper = hottest(STANDING_H)
    allowed = min(10.0 * evidence.gamma, _SAME)
    tolerance = ("10 Γ" if allowed < _SAME else f"{_SAME:g} T_c") + " at the upper end"
    if not np.isfinite(found.high):
        return absent(f"G_0 < 0 at no T_S at h = {STANDING_H:g}", tolerance, NO_POWER)
    holds = abs(found.high - upper) <= allowed and found.low > 0.05
    cause = "does not come from Γ" if abs(found.low - other.low) <= _SAME else "depends on Γ"
    return Finding(
        judged(bool(holds)),
        f"G_0 < 0 from {found.low:.5f} to {found.high:.5f} T_c at h = 0.4; "
        f"Δ(T_S) = Δ(T_Sm) − h at {upper:.5f} T_c",
        tolerance,
        f"the lower end {cause} ({other.low:.5f} T_c at {label}); the text gives the "
        "upper end only",
        {"low": found.low, "high": found.high, "T_max": upper, f"low at {label}": other.low},
    )


def _maps_differ(evidence: Evidence) -> Finding:
    """Compare the signs of Figs. 2(b) and 2(d)."""
    linear, peak = evidence["2b"].outputs["G_0"], evidence["2d"].outputs["G_max"]
    if not bool(np.any((linear < 0.0) | (peak < 0.0))):
        return absent("both are positive at every point", "1 % of the map", NO_POWER)
    differing = (linear > 0.0) & (peak < 0.0)
    share = float(np.mean(differing))
    junction = evidence.junction(T_S=0.5)
    G_0, G_max = float(zero_bias_conductance(junction)), float(maximum_conductance(junction))
    example = ", as" if G_0 > 0.0 > G_max else ";"
    return Finding(
        judged(share > 0.01),
        f"G_0 > 0 but G_max < 0 on {share:.0%} of the map{example} at T_S = 0.5, h = 0.4: "
        f"{G_0:+.4f} and {G_max:+.4f} G_T",
        "1 % of the map",
        "" if share > 0.01 else "at this Γ G_max is negative only where G_0 is, or nearly so",
        {"share": share, "G_0": G_0, "G_max": G_max},
    )


def _widens(evidence: Evidence) -> Finding:
    """Compute the widths of the windows of G_0 < 0 and G_max < 0 as the field grows."""
    widths = {name: [window(evidence, name, h).width for h in FIELDS] for name in _CONDUCTANCES}
    tolerance = "each wider than the one before"
    if not np.isfinite(widths["G_max"]).any():
        reason = NO_PEAK_POWER if np.isfinite(widths["G_0"]).any() else NO_POWER
        return absent("G_max < 0 in no window of T_S from h = 0.1 to 0.7", tolerance, reason)
    grows = {name: bool(np.all(np.diff(found) > 0.0)) for name, found in widths.items()}
    (peak_range, peak), (linear_range, linear) = map(_ends, (widths["G_max"], widths["G_0"]))
    if peak_range == linear_range:
        computed = f"width in T_S from h = {peak_range}: {peak} (G_max), {linear} (G_0)"
    else:
        computed = (
            f"width in T_S: {peak} from h = {peak_range} (G_max), "
            f"{linear} from h = {linear_range} (G_0)"
        )
    return Finding(
        judged(grows["G_max"], caveat=not grows["G_0"]), computed, tolerance,
        _narrowed(widths, grows), widths,
    )  # fmt: skip


def _ends(widths: list[float]) -> tuple[str, str]:
    """Return the first and the last field at which there is a window, and the widths there."""
    there = np.flatnonzero(np.isfinite(widths))
    if not there.size:
        return "0.1 to 0.7", "none"
    first, last = int(there[0]), int(there[-1])
    return (
        f"{FIELDS[first]:g} to {FIELDS[last]:g}",
        f"{widths[first]:.3f} to {widths[last]:.3f} T_c",
    )


def _narrowed(widths: dict[str, list[float]], grows: dict[str, bool]) -> str:
    """Return the remark: at which fields there is no window, or which window does not widen."""
    missing = [
        f"{h:g}" for h, width in zip(FIELDS, widths["G_max"], strict=True) if np.isnan(width)
    ]
    if missing:
        return f"{NO_PEAK_POWER} at h = {', '.join(missing)}"
    if not grows["G_max"]:
        return "at this Γ the window of G_max does not widen at every step"
    return "" if grows["G_0"] else "that of G_max; Γ narrows that of G_0 at large h"


def _low_temperature(evidence: Evidence) -> Finding:
    """Find the lower edge of G_max < 0 for several Γ."""
    edges = {gamma: window(evidence, "G_max", STANDING_H, gamma).low for gamma in GAMMAS}
    values = np.array(list(edges.values()))
    own, high = window(evidence, "G_max", STANDING_H)
    moves = bool(np.all(np.diff(values) > 0.01))
    listed = ", ".join(f"{low:.3f} T_c (Γ = {short(gamma)})" for gamma, low in edges.items())
    computed, tolerance = (
        f"at h = 0.4 G_max < 0 from {listed}",
        "a lower edge; equal for every Γ to 0.01 T_c",
    )
    if not np.isfinite(high):
        nowhere = f"{computed}; at no T_S at Γ = {short(evidence.gamma)}"
        return absent(nowhere, tolerance, NO_PEAK_POWER)
    return Finding(
        judged(own > 0.05, caveat=moves),
        computed,
        tolerance,
        "the effect is there, its stated cause is not: the edge is where the leakage by Γ wins, "
        "and it goes to 0 with Γ",
        {"edges": list(values), "gammas": list(GAMMAS)},
    )


REGIONS = (
    Claim(
        8,
        "Thermoelectricity needs Δ(T_S) > Δ(T_Sm) − h",
        "upper limit of T_S",
        ("2b", "2d"),
        _threshold,
    ),
    Claim(
        9,
        "At fixed h there is thermoelectricity in a limited range of T_S only",
        "up to Δ(T_S) = Δ(T_Sm) − h",
        ("2b",),
        _limited_range,
    ),
    Claim(10, "The maps of G_0 and G_max differ", "shown", ("2b", "2d"), _maps_differ),
    Claim(11, "The range of T_S widens as h grows", "monotonic", ("2d",), _widens),
    Claim(
        12,
        "At low T_S thermoelectricity disappears, being nonlinear in the temperature",
        "from the nonlinearity",
        ("2d",),
        _low_temperature,
    ),
)
