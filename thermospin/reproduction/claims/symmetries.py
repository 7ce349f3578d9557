"""Claims on how currents change with the sign of the bias and of the field, and with the spin."""

import numpy as np

from thermospin.observables import currents
from thermospin.reproduction.claims.claim import (
    NO_SEEBECK,
    STANDING_H,
    Claim,
    Evidence,
    Finding,
    absent,
    judged,
    short,
)
from thermospin.verification.recomputed_junction import RecomputedJunction
from thermospin.verification.slow_reference import spin_current

_RELATIVE = 1e-8
"""Relative accuracy asked of every dataset."""


def _parities(evidence: Evidence) -> Finding:
    """Compare currents with those at −h_exc, at −V, and by an independent quadrature."""
    data = evidence["3a"]
    V, I_q, I_s = data.axes["V"], data.outputs["I_q"], data.outputs["I_s"]
    reversed_field = currents(V, evidence.junction(h_exc=-STANDING_H))
    leads = RecomputedJunction.of({**data.fixed, "gamma": evidence.gamma}, data.gap_model)
    sample = np.flatnonzero(V > 0.0)[::20]
    down = np.array([spin_current(-V[i], -1, leads.S, leads.Sm).value for i in sample])
    largest = float(np.abs(I_q).max())
    worst = max(
        float(np.abs(I_q - reversed_field.charge).max()),
        float(np.abs(I_s + reversed_field.spin).max()),
        float(np.abs(I_q + I_q[::-1]).max()),
        float(np.abs(I_s - I_s[::-1]).max()),
        float(np.abs(data.outputs["I_up"][sample] + down).max()),
    )
    relative = worst / largest
    return Finding(
        judged(relative <= _RELATIVE),
        f"largest violation {relative:.1e} of the largest current",
        short(_RELATIVE),
        f"I_down(−V) by an independent quadrature at {sample.size} voltages",
        {"violation": relative},
    )


def _no_field_no_spin(evidence: Evidence) -> Finding:
    """Find the largest I_s without field, and the currents of both spins at V = 0."""
    pair, components = evidence["1b"], evidence["3a"]
    without = int(np.flatnonzero(pair.axes["h_exc"] == 0.0)[0])
    spin = float(np.abs(pair.outputs["I_s"][without]).max())
    zero = int(np.flatnonzero(components.axes["V"] == 0.0)[0])
    up, down = (float(components.outputs[name][zero]) for name in ("I_up", "I_down"))
    return Finding(
        judged(spin <= _RELATIVE and up != 0.0 and abs(up + down) <= _RELATIVE * abs(up)),
        f"max |I_s(h = 0)| = {spin:.1g}; I_up(0) = {up:.10f}, I_down(0) = {down:.10f}",
        short(_RELATIVE),
        values={"I_s": spin, "I_up": up, "I_down": down},
    )


def _seebeck_compensates(evidence: Evidence) -> Finding:
    """Compare the currents of both spins at the Seebeck voltage of the dataset."""
    V_S = float(evidence["3b"].outputs["V_S"])
    if not np.isfinite(V_S):
        nowhere = "I_q has no zero at V > 0 at T_S = 0.7, h = 0.4"
        return absent(nowhere, f"{short(_RELATIVE)} of I_up", NO_SEEBECK)
    found = currents(V_S, evidence.junction())
    up, down = float(found.up), float(found.down)
    relative = abs(up + down) / abs(up)
    return Finding(
        judged(relative <= _RELATIVE),
        f"I_up = {up:.7f}, I_down = {down:.7f} at V_S = {V_S:.7f}",
        f"{short(_RELATIVE)} of I_up",
        values={"V_S": V_S, "I_up": up, "I_down": down},
    )


SYMMETRIES = (
    Claim(
        1,
        "I_q is odd in V and even in h_exc, I_s even in V and odd in h_exc; I_down(V) = −I_up(−V)",
        "exact",
        ("3a",),
        _parities,
    ),
    Claim(
        19,
        "I_s = 0 without field; at V = 0 the spin components are finite and opposite",
        "exact",
        ("1b", "3a"),
        _no_field_no_spin,
    ),
    Claim(
        21,
        "At V_S the two components compensate: I_up(V_S) = −I_down(V_S), a pure spin current",
        "exact",
        ("3b",),
        _seebeck_compensates,
    ),
)
