"""Other peers of the kernels: currents on uniform grids of energies, and by `quad_vec`."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import scipy.fft
from scipy.integrate import quad_vec, trapezoid
from scipy.interpolate import BarycentricInterpolator

from thermospin.bench.quadratures import (
    MERGED,
    TAIL,
    Method,
    SpinUp,
    break_points,
    formula,
    one_by_one,
)
from thermospin.bench.standing_case import GAMMA, KT_S, KT_SM, Case
from thermospin.junction import FloatArray

TRAPEZOIDS = (4_001, 40_001, 400_001, 1_000_001)
"""Numbers of energies of the trapezoid rule; the last grid has a step of Γ/4."""
STEPS = (10.0, 2.0, 0.5, 0.2)
"""Steps of the grids of energies and voltages that are correlated, in Γ."""
LARGEST_VOLTAGE = 2.5  # of the standing case, in Δ0/e
NEIGHBOURS = 8
"""Number of neighbouring grid voltages from which the current between them is interpolated."""


def methods(rtol: float) -> list[Method]:
    """Return the methods, each kind from its coarsest to its finest form.

    ``rtol`` is the relative tolerance that `quad_vec` is given.
    """
    integrand = formula(np.sqrt, np.tanh)
    return [
        Method("quad_vec, points", one_by_one(by_quad_vec(integrand, rtol))),
        Method("quad_vec, points, all voltages of a field in one vector", _in_vectors(rtol)),
        *(
            Method(
                f"trapezoid, {count:_} energies".replace("_", " "), one_by_one(by_trapezoid(count))
            )
            for count in TRAPEZOIDS
        ),
        *(_correlation(step) for step in STEPS),
    ]


def by_quad_vec(integrand: Any, rtol: float) -> SpinUp:
    """Return the method that calls `quad_vec` with the break points of each case."""

    def spin_up(case: Case) -> float:
        points = break_points(case)
        low, high = points[0] - TAIL, points[-1] + TAIL
        return float(quad_vec(integrand, low, high, epsrel=rtol, points=points, args=case)[0])

    return spin_up


def by_trapezoid(count: int) -> SpinUp:
    """Return the trapezoid rule on a uniform grid of ``count`` energies."""
    integrand = formula(np.sqrt, np.tanh)

    def spin_up(case: Case) -> float:
        points = break_points(case)
        energies = np.linspace(points[0] - TAIL, points[-1] + TAIL, count)
        return float(trapezoid(integrand(energies, *case), energies))

    return spin_up


def _by_field(cases: Sequence[Case]) -> list[list[int]]:
    """Return the places of the cases of each exchange field."""
    groups = defaultdict(list)
    for i, case in enumerate(cases):
        groups[case.h_exc].append(i)
    return list(groups.values())


def _in_vectors(rtol: float) -> Callable[[Sequence[Case]], FloatArray]:
    """Return the method that calls `quad_vec` once a field, on the vector of all its voltages."""
    integrand = formula(np.sqrt, np.tanh)

    def both_spins(cases: Sequence[Case]) -> FloatArray:
        found = np.empty((len(cases), 2))
        for members in _by_field(cases):
            voltage = np.array([cases[i].V for i in members])
            voltage = np.concatenate((voltage, -voltage))
            one = cases[members[0]]
            energies = sorted(e for V in voltage for e in break_points(one._replace(V=float(V))))
            points = [b for a, b in pairwise((-np.inf, *energies)) if b - a > MERGED]
            current, _ = quad_vec(
                integrand,
                points[0] - TAIL,
                points[-1] + TAIL,
                epsrel=rtol,
                norm="max",
                points=points,
                args=(voltage, *one[1:]),
            )
            found[members] = current.reshape(2, -1).T * (1.0, -1.0)
        return found

    return both_spins


def _correlation(step: float) -> Method:
    """Return the method that correlates grids with a step in Γ, then interpolates in voltage."""
    spacing = step * GAMMA
    count = round(LARGEST_VOLTAGE / spacing)
    name = f"FFT correlation, dE = {step:g} Γ, all of {count:_} voltages".replace("_", " ")

    def both_spins(cases: Sequence[Case]) -> FloatArray:
        found = np.empty((len(cases), 2))
        for members in _by_field(cases):
            current = correlated(cases[members[0]], spacing, count)
            for i in members:
                V = cases[i].V / spacing
                found[i] = _between(current, V, count), -_between(current, -V, count)
        return found

    return Method(name, both_spins, computed=count)


def correlated(case: Case, spacing: float, count: int) -> FloatArray:
    """Return I_up at V = 0 and at ``count`` steps of voltage on each side, ascending.

    With F = f − ½ the integrand is N_Sm(E) {(N_S F_S)(E − V) − F_Sm(E) N_S(E − V)}: on a grid, two
    correlations of a function of S with a function of Sm. The grid of S reaches farther than the
    grid of Sm by the largest voltage, so that every product has both factors.

    Parameters
    ----------
    case : Case
        Gives the field and the gaps.
    spacing : float
        The step of the grids of energies and voltages, in Δ0.
    count : int
        Number of positive voltages.
    """
    reach = round((LARGEST_VOLTAGE + TAIL) / spacing)
    length = scipy.fft.next_fast_len(2 * (reach + count) + 1, real=True)

    def transformed(values: FloatArray) -> Any:
        """Return the Fourier transform of values at energies that are symmetric about 0."""
        half = len(values) // 2
        padded = np.zeros(length)
        padded[: half + 1], padded[-half:] = values[half:], values[:half]
        return scipy.fft.rfft(padded)

    def density(z: Any, gap: float) -> Any:
        return np.abs((z / np.sqrt(z * z - gap * gap)).real)

    E_S = spacing * np.arange(-reach - count, reach + count + 1)
    E_Sm = spacing * np.arange(-reach, reach + 1)
    N_S = density(E_S + 1j * GAMMA, case.gap_S)
    N_Sm = density(E_Sm + case.h_exc + 1j * GAMMA, case.gap_Sm)
    F_S, F_Sm = -0.5 * np.tanh(0.5 * E_S / KT_S), -0.5 * np.tanh(0.5 * E_Sm / KT_SM)
    product = transformed(N_Sm) * transformed(N_S * F_S).conj()
    product -= transformed(N_Sm * F_Sm) * transformed(N_S).conj()
    current = 0.5 * spacing * scipy.fft.irfft(product, length)
    return np.concatenate((current[-count:], current[: count + 1]))


def _between(current: FloatArray, V: float, count: int) -> float:
    """Return the current at a voltage, in steps of the grid, interpolated from its neighbours."""
    first = min(max(int(np.floor(V)) + count - NEIGHBOURS // 2 + 1, 0), current.size - NEIGHBOURS)
    near = np.arange(first, first + NEIGHBOURS)
    return float(BarycentricInterpolator(near - count, current[near])(V))
