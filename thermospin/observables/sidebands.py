"""Currents with microwaves: sums of currents without them over sidebands, shared where they can be.

A voltage V_ac cos(2πft) across the barrier turns what flows at V into
``X(V) = Σ_n J_n(a)² X_0(V + n hf/e)`` with ``a = eV_ac/hf`` (docs/physics/microwaves.md). All
points whose sidebands fall on the same voltage of an otherwise equal junction take one integral
from there.
"""

import math
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermospin.junction import FloatArray
from thermospin.kernels.leads import (
    COLUMNS,
    GAMMA_S,
    GAMMA_SM,
    GAP_S,
    GAP_SM,
    H_S,
    H_SM,
    LOAD,
    PHOTON,
    POLARISATION,
    T_S,
    T_SM,
    V_AC,
)
from thermospin.quantities import RTOL

BoolArray = NDArray[np.bool_]
IndexArray = NDArray[np.int64]
Found = tuple[FloatArray, FloatArray, BoolArray]
Integrate = Callable[..., Found]
"""Takes voltages and rows of a table, and a relative accuracy ``rtol``; returns values, their
errors, and whether they are accurate. Values and errors have the shape (n,) or (n, columns)."""

TAIL = 1e-20
"""Sidebands are left out whose weights times (1 + n)² add up to no more."""
BEYOND = 1e-30
"""Bound of |J_n| at which the recurrence for the Bessel functions begins."""
ROUNDING = 2e-15
"""Largest error found of J_n(a)², over |J_n(a)| (tests/physics/test_microwaves.py)."""
LATTICE = 2520e9
"""Voltages that are whole multiples of Δ0/e over this number, such as decimals of nine digits, are
added as such, so that sidebands that should fall on the same voltage do."""
LARGEST_CURRENT = 20.0
"""Bound of a current over |eV| and the energies of the junction: that of ln(1/Γ) in its peaks."""
MOST_SIDEBANDS = 1 << 22
"""Sidebands of all points that are summed together at most: some hundred megabytes."""
_IN_INTEGRALS = [c for c in range(COLUMNS) if c not in (POLARISATION, LOAD, V_AC, PHOTON)]


@lru_cache(maxsize=1024)
def sideband_weights(a: float) -> FloatArray:
    """Return J_0(a)², J_1(a)², … as far as they count, at least J_0(a)².

    Miller's recurrence from high orders down, whose values are scaled so that
    J_0² + 2 Σ J_n² = 1: all terms of this sum are positive.

    Parameters
    ----------
    a : float
        Amplitude eV_ac/hf of the microwaves, 0 to 1000.
    """
    if a < 1e-20:  # J_1² is below any rounding, and 2/a may overflow
        return np.ones(1)
    order = _beyond(a)
    above, here = 0.0, 1.0
    found = [here]
    for n in range(order, 0, -1):
        above, here = here, (2.0 * n / a) * here - above
        found.append(here)
    squares = [each * each for each in reversed(found)]
    total = math.fsum([squares[0], *(2.0 * each for each in squares[1:])])
    weights = [each / total for each in squares]
    left_out = 0.0
    while len(weights) > 1:
        left_out += 2.0 * weights[-1] * float(len(weights)) ** 2
        if left_out > TAIL:
            break
        weights.pop()
    return np.array(weights)


def _beyond(a: float) -> int:
    """Return an order from which on |J_n(a)| ≤ (a/2)^n/n! is below `BEYOND`."""
    bound, n = 1.0, 0
    while bound > BEYOND or n <= a:
        n += 1
        bound *= 0.5 * a / n
    return n


class Weighted(NamedTuple):
    """How sidebands are added up.

    ``in_photons`` weights each with the energy n hf that it takes from the field; ``by_voltage``
    says that the integral is a derivative by V.
    """

    in_photons: bool
    by_voltage: bool


class _Comb(NamedTuple):
    """The microwaves at each row of a table.

    ``photon`` is hf in Δ0, 0 without microwaves; the weights of row i are ``weights[start[i]]`` and
    the ``order[i]`` values after it.
    """

    photon: FloatArray
    weights: FloatArray
    start: IndexArray
    order: IndexArray


def _comb(table: FloatArray) -> _Comb:
    amplitude = table[:, V_AC]
    pumped = amplitude > 0.0
    photon = np.where(pumped, table[:, PHOTON], 0.0)
    a = np.divide(amplitude, photon, out=np.zeros(len(table)), where=pumped)
    distinct, which = np.unique(a, return_inverse=True)
    of_each = [sideband_weights(float(each)) for each in distinct]
    lengths = np.array([each.size for each in of_each])
    start = np.cumsum(lengths) - lengths
    return _Comb(photon, np.concatenate(of_each), start[which], lengths[which] - 1)


def sidebands_of(
    integrate: Integrate,
    weighted: Weighted,
    voltage: FloatArray,
    row: IndexArray,
    table: FloatArray,
    rtol: float,
) -> Found:
    """Return an integral with microwaves at points, the sum over their sidebands.

    Where sidebands all but cancel, they are asked for more accurately. What then remains is as
    accurate as its terms, or rounding of these. The bits of a value do not depend on other points.

    Parameters
    ----------
    integrate : callable
        Computes the integral without microwaves, X_0.
    weighted : Weighted
        How the sidebands are added up.
    voltage, row : ndarray, shape (n,)
        Voltage in Δ0/e and row of the table of each point.
    table : ndarray, shape (m, COLUMNS)
        Rows of leads, with the microwaves.
    rtol : float
        Relative accuracy asked for.

    Returns
    -------
    tuple of ndarray
        The sums, their estimated errors, and whether they are accurate.
    """
    found, missed = _to_accuracy(integrate, weighted, voltage, row, table, (rtol, rtol))
    some, terms = np.flatnonzero(missed), rtol
    while some.size and terms > RTOL.low:
        terms = max(1e-3 * terms, RTOL.low)
        at = voltage[some], row[some]
        part, missed = _to_accuracy(integrate, weighted, *at, table, (rtol, terms))
        for mine, its in zip(found, part, strict=True):
            mine[some] = its
        some = some[missed]
    return found


def _to_accuracy(
    integrate: Integrate,
    weighted: Weighted,
    voltage: FloatArray,
    row: IndexArray,
    table: FloatArray,
    accuracy: tuple[float, float],
) -> tuple[Found, BoolArray]:
    """Return sums over sidebands, and which of them miss the accuracy asked for.

    ``accuracy`` is that asked of the sums and that asked of their terms.
    """
    rtol, of_terms = accuracy
    comb = _comb(table)
    ends = np.cumsum(2 * comb.order[row] + 1)
    parts = [
        _summed(partial(integrate, rtol=of_terms), voltage[some], row[some], table, comb, weighted)
        for some in _blocks(ends)
    ]
    value, error, converged, modulus = (np.concatenate(each) for each in zip(*parts, strict=True))
    error += _column(_left_out(voltage, row, table, weighted), error)
    missed = error > rtol * np.abs(value)
    rough = missed & (error > RTOL.low * modulus)
    alone = table[row, V_AC] == 0.0
    columns = tuple(range(1, missed.ndim))
    missed, rough = (each.any(axis=columns) for each in (missed, rough))
    return (value, error, converged | (~alone & ~rough)), missed & ~alone


def _blocks(ends: IndexArray) -> Iterator[slice]:
    """Yield consecutive points that have `MOST_SIDEBANDS` together, or one point with more."""
    first = 0
    while first < ends.size or first == 0:
        before = ends[first - 1] if first else 0
        last = max(int(np.searchsorted(ends, before + MOST_SIDEBANDS, side="right")), first + 1)
        yield slice(first, last)
        first = last


def _summed(
    integrate: Integrate,
    voltage: FloatArray,
    row: IndexArray,
    table: FloatArray,
    comb: _Comb,
    weighted: Weighted,
) -> tuple[FloatArray, FloatArray, BoolArray, FloatArray]:
    """Return the sums of some points, their errors, whether all terms are accurate, the moduli."""
    values, errors, met, central = _shared(integrate, voltage, row, table, comb)
    shape = (row.size, *values.shape[1:])
    value, error, modulus = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    converged = np.ones(row.size, dtype=np.bool_)
    for n in range(int(comb.order.max(initial=0)) + 1):
        some = np.flatnonzero(comb.order[row] >= n)
        here = row[some]
        weights = comb.weights[comb.start[here] + n]
        rounding = np.where(comb.order[here] > 0, ROUNDING * np.sqrt(weights), 0.0)
        weight, rounding = _column(weights, values), _column(rounding, values)
        above, below = central[some] + n, central[some] - n
        half = 1.0 if n else 0.5  # without photons both sides are the same
        # Both sides together: then reversed fields, which exchange them, change no bit.
        terms = half * (values[above] + (-values[below] if weighted.in_photons else values[below]))
        errors_of = half * (errors[above] + errors[below])
        moduli = half * (np.abs(values[above]) + np.abs(values[below]))
        converged[some] &= met[above] & met[below]
        photons = _column(n * comb.photon[here], values) if weighted.in_photons else 1.0
        value[some] += photons * (weight * terms)
        error[some] += photons * (weight * errors_of + rounding * moduli)
        modulus[some] += photons * (weight * moduli)
    return value, error, converged, modulus


def _column(numbers: FloatArray, values: FloatArray) -> FloatArray:
    """Return numbers as a column that broadcasts with values of one dimension more, if they are."""
    return numbers.reshape(-1, *(1,) * (values.ndim - 1))


def _shared(
    integrate: Integrate, voltage: FloatArray, row: IndexArray, table: FloatArray, comb: _Comb
) -> tuple[FloatArray, FloatArray, BoolArray, IndexArray]:
    """Return X_0 at the sidebands of all points: values, errors and whether they are accurate.

    And for each point the place of its own voltage; those of its sidebands lie beside it, in order.
    """
    _, first, junction = np.unique(
        table[:, _IN_INTEGRALS], axis=0, return_index=True, return_inverse=True
    )
    junction = junction.reshape(-1)
    _, with_photon = np.unique(junction + 1j * comb.photon, return_inverse=True)
    _, sample, ladder = np.unique(
        with_photon[row] + 1j * (voltage + 0.0), return_index=True, return_inverse=True
    )
    order = np.zeros(sample.size, dtype=np.int64)
    np.maximum.at(order, ladder, comb.order[row])
    ends = np.cumsum(2 * order + 1)
    central = ends - order - 1
    which = np.repeat(np.arange(sample.size), 2 * order + 1)
    n = np.arange(which.size) - central[which]
    at = sample[which]
    shifted = sideband_voltages(voltage[at], n, comb.photon[row[at]])
    keys, place = np.unique(junction[row[at]] + 1j * shifted, return_inverse=True)
    rows = first[keys.real.astype(np.int64)]
    value, error, met = integrate(np.ascontiguousarray(keys.imag), rows)
    return value[place], error[place], met[place], central[ladder]


def sideband_voltages(voltage: FloatArray, n: IndexArray, photon: FloatArray) -> FloatArray:
    """Return V + n hf/e, in Δ0/e: the same bits wherever it is the same number on `LATTICE`."""
    V, step = np.rint(voltage * LATTICE), np.rint(photon * LATTICE)
    exact = (voltage == V / LATTICE) & (photon == step / LATTICE)
    return np.where(exact, (V + n * step) / LATTICE, voltage + n * photon) + 0.0


def _left_out(
    voltage: FloatArray, row: IndexArray, table: FloatArray, weighted: Weighted
) -> FloatArray:
    """Return a bound of what the sidebands left out add to a current, of either sign, shape (n,).

    A current is at most in proportion to |eV| and the energies of the junction, a heat current to
    their square, and a conductance to their ratio to Γ.
    """
    energies = np.abs(table[:, [GAP_S, GAP_SM, H_S, H_SM, T_S, T_SM]]).T
    reach = 1.0 + sum(each[row] for each in energies) + np.abs(voltage)
    reach = np.maximum(reach, np.nan_to_num(table[row, PHOTON]))
    broad = table[row, GAMMA_S] + table[row, GAMMA_SM]
    bound = TAIL * LARGEST_CURRENT * (reach / broad if weighted.by_voltage else reach * reach)
    return np.where(table[row, V_AC] > 0.0, bound, 0.0)
