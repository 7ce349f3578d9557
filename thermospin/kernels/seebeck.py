"""The Seebeck voltage: the outermost zero of I_q on V > 0 where it goes from − to +."""

import math

import numpy as np

from thermospin.kernels.bracket import (
    MOST_STEPS,
    bracket_of,
    inside,
    is_narrow,
    narrowed,
    nearest,
)
from thermospin.kernels.compiled import entry, inner
from thermospin.kernels.pieces import workspace
from thermospin.kernels.tunnelling import CONDUCTANCE, CURRENT, leads_of, spin_up

UNIFORM = 20
"""Samples between V = 0 and the onset of the sum of the gaps."""
RATIO = 3.0
"""Ratio of the distances of the samples on each side of a matching voltage."""
COARSE, FINE = 1e-2, 1e-10
"""Relative tolerances of I_up and I_down: for the sign at a sample, and for the zero."""
HIDDEN = 0.01
"""A value smaller than this part of its error counts as zero."""


@inner
def charge_current(V, leads, rtol, work):
    """Return I_q(V) = I_up(V) − I_up(−V) and its error."""
    up, error_up, _ = spin_up(CURRENT, V, leads, rtol, work)
    mirrored, error_mirrored, _ = spin_up(CURRENT, -V, leads, rtol, work)
    return up - mirrored, error_up + error_mirrored


@inner
def _sign(V, leads, work):
    """Return the sign of I_q, 0 where rounding hides it."""
    rtol = COARSE
    while rtol > 1e-13:
        value, error = charge_current(V, leads, rtol, work)
        if abs(value) > error:
            return math.copysign(1.0, value)
        rtol *= 1e-3
    return 0.0


@inner
def samples(leads, sample):
    """Write voltages that see every feature of I_q on V > 0, ascending; return how many.

    I_q has peaks on the scale of Γ at the matching voltages ||Δ_Sm − Δ_S| ± h|, and may change its
    slope within Γ of 0: there the samples stand at ±Γ 3^k. It rises in steps at |Δ_Sm + Δ_S ± h|
    and is smooth elsewhere, where uniform samples see its sign.
    """
    gamma = 0.25 * (leads.gamma_S + leads.gamma_Sm)
    h = abs(leads.h_Sm - leads.h_S)
    difference = abs(leads.gap_Sm - leads.gap_S)
    total = leads.gap_Sm + leads.gap_S
    highest = total + h + leads.kT_S + leads.kT_Sm + 4.0 * gamma
    step = highest / UNIFORM
    count = 0
    for i in range(1, UNIFORM + 1):
        sample[count] = i * step
        count += 1
    for centre in (abs(difference - h), difference + h, abs(total - h), total + h, h):
        if centre > 0.0:
            sample[count] = centre
            count += 1
    for centre in (0.0, abs(difference - h), difference + h):
        offset = gamma
        while offset < step:
            for V in (centre - offset, centre + offset):
                if 0.0 < V < highest:
                    sample[count] = V
                    count += 1
            offset *= RATIO
    sample[:count].sort()
    return count


@inner
def _zero_between(a, b, leads, work):
    """Return the zero of I_q between a, where it is negative, and b."""
    fa, _ = charge_current(a, leads, FINE, work)
    fb, _ = charge_current(b, leads, FINE, work)
    bracket = bracket_of(a, fa, b, fb)
    x = 0.5 * (a + b)
    for _ in range(MOST_STEPS):
        fx, error = charge_current(x, leads, FINE, work)
        bracket = narrowed(bracket, x, fx)
        if is_narrow(bracket, HIDDEN * error):
            break
        x = inside(bracket)
    return nearest(bracket)


@inner
def seebeck_voltage(leads, sample, work):
    """Return V_S, or NaN where I_q does not go from − to + on V > 0."""
    count = samples(leads, sample)
    above = 0.0
    upper = math.nan
    for i in range(count - 1, -1, -1):
        sign = _sign(sample[i], leads, work)
        if sign < 0.0 and above > 0.0:
            return _zero_between(sample[i], upper, leads, work)
        if sign != 0.0:
            above = sign
            upper = sample[i]
    slope, error, _ = spin_up(CONDUCTANCE, 0.0, leads, FINE, work)
    if not (above > 0.0 and slope < -error):
        return math.nan
    # I_q is negative next to V = 0 only.
    lower = upper
    while lower > 1e-12:
        lower *= 0.25
        if _sign(lower, leads, work) < 0.0:
            return _zero_between(lower, upper, leads, work)
    return math.nan


@entry
def seebeck_voltages(table, voltage):
    """Write V_S of each row (8,) of leads; table (m, 8), voltage (m,)."""
    work = workspace()
    sample = np.empty(1024)
    for i in range(voltage.size):
        voltage[i] = seebeck_voltage(leads_of(table[i]), sample, work)
