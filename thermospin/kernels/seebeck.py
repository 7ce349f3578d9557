"""The Seebeck voltage: the outermost zero of I_q on V > 0 where it goes from − to +."""

import math
from typing import NamedTuple

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


class Reading(NamedTuple):
    """A voltage with I_q, which counts as 0 where rounding hides its sign, and its error."""

    V: float
    value: float
    error: float


@inner
def charge_current(V, leads, rtol, work):
    """Return I_q(V) = I_up(V) − I_up(−V) and its error."""
    up, error_up, _ = spin_up(CURRENT, V, leads, rtol, work)
    mirrored, error_mirrored, _ = spin_up(CURRENT, -V, leads, rtol, work)
    return up - mirrored, error_up + error_mirrored


@inner
def _read(V, leads, work):
    """Return I_q as accurately as its sign needs."""
    rtol = COARSE
    while rtol > 1e-13:
        value, error = charge_current(V, leads, rtol, work)
        if abs(value) > error:
            return Reading(V, value, error)
        rtol *= 1e-3
    return Reading(V, 0.0, error)


@inner
def _features(leads):
    """Return the matching voltages, the onsets of the sums of the gaps, and the field."""
    h = abs(leads.h_Sm - leads.h_S)
    difference = abs(leads.gap_Sm - leads.gap_S)
    total = leads.gap_Sm + leads.gap_S
    return abs(difference - h), difference + h, abs(total - h), total + h, h


@inner
def _is_feature(V, leads):
    return V in _features(leads)


@inner
def _stays_positive(above, here, below):
    """Return whether I_q > 0 between two readings follows from the one above them.

    Between features I_q(V) is curved one way: α + βV + A ln|V − V_p|. Bent down, it is least at an
    end; bent up, it falls below ``here`` no more steeply than above. Twice that must leave some.
    """
    if not (above.V > here.V and above.value > 0.0 and here.value > 0.0 and below.value > 0.0):
        return False
    least = here.value - here.error
    fall = max(above.value + above.error - least, 0.0) / (above.V - here.V)
    return 2.0 * fall * (here.V - below.V) < least


@inner
def samples(leads, sample):
    """Write voltages that see every feature of I_q on V > 0, ascending; return how many.

    I_q has peaks on the scale of Γ at the matching voltages ||Δ_Sm − Δ_S| ± h|, and may change its
    slope within Γ of 0: there the samples stand at ±Γ 3^k. It rises in steps at |Δ_Sm + Δ_S ± h|
    and is smooth elsewhere, where uniform samples see its sign.
    """
    gamma = 0.25 * (leads.gamma_S + leads.gamma_Sm)
    inner, outer, _, onset, _ = _features(leads)
    highest = onset + leads.kT_S + leads.kT_Sm + 4.0 * gamma
    step = highest / UNIFORM
    count = 0
    for i in range(1, UNIFORM + 1):
        sample[count] = i * step
        count += 1
    for feature in _features(leads):
        if feature > 0.0:
            sample[count] = feature
            count += 1
    for centre in (0.0, inner, outer):
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
def _zero_between(below, above, leads, work):
    """Return the zero of I_q between two readings, the lower of which is negative."""
    bracket = bracket_of(below.V, below.value, above.V, above.value)
    x = inside(bracket)
    for _ in range(MOST_STEPS):
        fx, error = charge_current(x, leads, FINE, work)
        bracket = narrowed(bracket, x, fx)
        if is_narrow(bracket, HIDDEN * error):
            break
        x = inside(bracket)
    return nearest(bracket)


@inner
def _outermost_rise(leads, sample, work):
    """Return the outermost readings of which one is negative and the next above it positive.

    Without a negative one the lower is the lowest of all that are not hidden. A sample at which
    I_q cannot be negative is left out.
    """
    i = samples(leads, sample) - 1
    before = above = _read(sample[i], leads, work)
    while i > 0:
        next_i = max(i - 2, 0)
        below = _read(sample[next_i], leads, work)
        if i - next_i == 2:
            smooth = not (_is_feature(sample[i], leads) or _is_feature(sample[i - 1], leads))
            if not (smooth and sample[i] == above.V and _stays_positive(before, above, below)):
                middle = _read(sample[i - 1], leads, work)
                if middle.value < 0.0 and above.value > 0.0:
                    return middle, above
                if middle.value != 0.0:
                    before, above = above, middle
        if below.value < 0.0 and above.value > 0.0:
            return below, above
        if below.value != 0.0:
            before, above = above, below
        i = next_i
    return above, above


@inner
def seebeck_voltage(leads, sample, work):
    """Return V_S, or NaN where I_q does not go from − to + on V > 0."""
    below, above = _outermost_rise(leads, sample, work)
    if below.value < 0.0 and above.value > 0.0:
        return _zero_between(below, above, leads, work)
    slope, error, _ = spin_up(CONDUCTANCE, 0.0, leads, FINE, work)
    if not (above.value > 0.0 and slope < -error):
        return math.nan
    # I_q is negative next to V = 0 only.
    V = above.V
    while V > 1e-12:
        V *= 0.25
        below = _read(V, leads, work)
        if below.value < 0.0:
            return _zero_between(below, above, leads, work)
    return math.nan


@entry
def seebeck_voltages(table, quadrature, voltage):
    """Write V_S of each row (8,) of leads; table (m, 8), voltage (m,)."""
    work = workspace(quadrature)
    sample = np.empty(1024)
    for i in range(voltage.size):
        voltage[i] = seebeck_voltage(leads_of(table[i]), sample, work)
