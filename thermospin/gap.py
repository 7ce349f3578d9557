"""The gap of a lead, self-consistent or of two simpler models, and the temperature where it ends.

The self-consistent gap may have Γ in its equation, and rates of depairing, spin-orbit and spin-flip
scattering.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermospin.kernels.critical_temperature import critical_temperatures
from thermospin.kernels.depaired_gap import depaired_gaps
from thermospin.kernels.gap_equation import stable_gaps
from thermospin.machine.arithmetic import portable
from thermospin.quantities import GAP_MODELS, PARAMETERS, GapModel
from thermospin.quantities.plain_numbers import refuse_what_numpy_drops

FloatArray = NDArray[np.float64]


def bcs_gap(
    T: ArrayLike,
    h: ArrayLike = 0.0,
    gap: ArrayLike = 1.0,
    gamma: ArrayLike = 0.0,
    *,
    depairing: ArrayLike = 0.0,
    spin_orbit: ArrayLike = 0.0,
    spin_flip: ArrayLike = 0.0,
) -> FloatArray:
    """Return the self-consistent gap Δ(T, h) on its thermodynamically stable branch.

    Parameters
    ----------
    T : array_like
        Temperature, in T_c of the reference gap Δ0, 1e-4 to 100.
    h : array_like, optional
        Exchange field, in Δ0; the gap is even in it.
    gap : array_like, optional
        Zero-temperature gap at zero field without broadening and rates, in Δ0. Its critical
        temperature is ``gap`` T_c.
    gamma : array_like, optional
        Dynes Γ in the gap equation, in Δ0, 0 to 1; 0, the default, leaves broadening out of it.
    depairing : array_like, optional
        Rate Γ_orb of orbital depairing, in Δ0, 0 to 10: α of Abrikosov and Gor'kov.
    spin_orbit : array_like, optional
        Rate Γ_so = ħ/4τ_so of spin-orbit scattering, in Δ0, 0 to 10. Without a field it does
        nothing.
    spin_flip : array_like, optional
        Rate Γ_sf = ħ/4τ_sf of spin-flip scattering, in Δ0, 0 to 10.

    Returns
    -------
    ndarray or float
        Gap in Δ0, of the shape to which the arguments broadcast; exactly 0 in the normal state.

    Raises
    ------
    ValueError
        If a value is not finite or out of range.
    TypeError
        If a value is a quantity of a library of units, or a masked array.

    Warns
    -----
    RuntimeWarning
        If a gap with rates was not found to its accuracy; it is NaN then.

    Notes
    -----
    Without rates the gap is the root of

    .. math:: \\ln(T/T_c) + 2\\pi k_B T \\sum_{n\\ge 0} \\{ 1/\\omega_n
              - \\mathrm{Re}[(\\omega_n + Γ + ih)^2 + Δ^2]^{-1/2} \\} = 0,
              \\quad \\omega_n = (2n + 1) \\pi k_B T,

    that minimises the grand potential. Where the normal state lies lower the gap is 0: for
    T < 0.561 T_c it jumps to 0 at a first-order line that starts from |h| = Δ0/√2 at T = 0
    (Chandrasekhar–Clogston), above that temperature it closes continuously.
    With Γ the gap is √(Δ0(Δ0 − 2Γ)) at T = h = 0 (docs/physics/dynes-gap.md). The relative accuracy
    is 1e-13, or what one rounding of T and h amounts to next to the line where the gap closes.
    With rates the square root becomes that of the Usadel equation, and the transition a continuous
    one at lower temperatures too (docs/physics/films.md); the accuracy is the same.
    """
    return lead_gap(
        _within_limits("T", T, "T_S"),
        _within_limits("h", h, "h_S"),
        _within_limits("gap", gap, "gap_S"),
        "dynes",
        _broadening(gamma),
        _within_limits("depairing", depairing, "depairing"),
        _within_limits("spin_orbit", spin_orbit, "spin_orbit"),
        _within_limits("spin_flip", spin_flip, "spin_flip"),
    )


def critical_temperature(
    h: ArrayLike = 0.0,
    gap: ArrayLike = 1.0,
    *,
    depairing: ArrayLike = 0.0,
    spin_orbit: ArrayLike = 0.0,
    spin_flip: ArrayLike = 0.0,
) -> FloatArray:
    """Return the temperature above which a lead is normal: where the gap of `bcs_gap` ends.

    Parameters
    ----------
    h : array_like, optional
        Exchange field, in Δ0; the temperature is even in it.
    gap : array_like, optional
        Zero-temperature gap at zero field without rates, in Δ0.
    depairing, spin_orbit, spin_flip : array_like, optional
        Rates Γ_orb, Γ_so and Γ_sf as of `bcs_gap`, in Δ0, 0 to 10.

    Returns
    -------
    ndarray or float
        Temperature in T_c of the reference gap Δ0, of the shape to which the arguments broadcast;
        0 where the lead is normal at every temperature from 1e-4, the lowest one supported.

    Raises
    ------
    ValueError
        If a value is not finite or out of range.
    TypeError
        If a value is a quantity of a library of units, or a masked array.

    Warns
    -----
    RuntimeWarning
        If a gap that had to be compared was not found; the temperature is NaN then.

    Notes
    -----
    The gap ends continuously at a zero of the gap equation's left side for Δ = 0, which is the
    digamma equation of Abrikosov and Gor'kov if h = 0; or with a jump at a higher temperature, up
    to which the superconducting state has the lower grand potential. Both are found to rounding of
    the temperature. Below, the gap is open, but for rare films next to the line of transitions that
    become normal once more on cooling.
    """
    h = _within_limits("h", h, "h_S")
    gap = _within_limits("gap", gap, "gap_S")
    rates = {"depairing": depairing, "spin_orbit": spin_orbit, "spin_flip": spin_flip}
    films = np.broadcast_arrays(
        gap, h, *(_within_limits(name, rate, name) for name, rate in rates.items())
    )
    coldest = PARAMETERS["T_S"].low
    result = np.zeros(films[0].shape)
    candidate = films[0] > coldest  # the others are normal, or become so below that temperature
    unit = films[0][candidate]
    scaled = [np.abs(each[candidate]) / unit for each in films[1:]]
    result[candidate] = unit * _once_each(critical_temperatures, coldest / unit, *scaled)
    _warn_of_what_was_not_found("critical temperature", result)
    return result[()]


def lead_gap(
    T: ArrayLike,
    h: ArrayLike,
    gap: ArrayLike,
    model: GapModel,
    gamma: ArrayLike = 0.0,
    depairing: ArrayLike = 0.0,
    spin_orbit: ArrayLike = 0.0,
    spin_flip: ArrayLike = 0.0,
) -> FloatArray:
    """Return the gap of a lead in one of the gap models, for values that have been validated.

    Parameters
    ----------
    T : array_like
        Temperature, in T_c of the reference gap Δ0.
    h : array_like
        Exchange field, in Δ0.
    gap : array_like
        Zero-temperature gap at zero field without rates, in Δ0; 0 for a normal metal.
    model : {"self-consistent", "tanh", "constant", "dynes"}
        In this order: Δ(T, h) of `bcs_gap` without Γ; ``gap`` tanh(1.74 √(``gap`` T_c/T − 1))
        whatever the field; ``gap`` as given; Δ(T, h) of `bcs_gap` with Γ.
    gamma : array_like, optional
        Dynes Γ, in Δ0; only the model "dynes" takes it.
    depairing, spin_orbit, spin_flip : array_like, optional
        Rates Γ_orb, Γ_so and Γ_sf, in Δ0; the models "self-consistent" and "dynes" take them.

    Returns
    -------
    ndarray or float
        Gap in Δ0, of the shape to which the arguments broadcast.

    Raises
    ------
    ValueError
        If the model is none of these.

    Warns
    -----
    RuntimeWarning
        If a gap with rates was not found to its accuracy; it is NaN then.
    """
    if model not in GAP_MODELS:
        raise ValueError(f"gap_model must be one of {', '.join(GAP_MODELS)}, not {model!r}")
    given = gamma if model == "dynes" else 0.0
    T, h, gap, *breaking = np.broadcast_arrays(
        *(
            np.asarray(x, dtype=np.float64)
            for x in (T, h, gap, given, depairing, spin_orbit, spin_flip)
        )
    )
    if model == "constant":
        result = gap.copy()
    elif model == "tanh":
        result = gap * portable(math.tanh, 1.74 * np.sqrt(np.maximum(gap / T - 1.0, 0.0)))
    else:
        result = _self_consistent(T, h, gap, *breaking)
        _warn_of_what_was_not_found("gap", result)
    return result[()]


def _self_consistent(
    T: FloatArray,
    h: FloatArray,
    gap: FloatArray,
    gamma: FloatArray,
    depairing: FloatArray,
    spin_orbit: FloatArray,
    spin_flip: FloatArray,
) -> FloatArray:
    """Return the self-consistent gap, in Δ0; all arguments have one shape."""
    result = np.zeros(gap.shape)
    mixing = np.where(h == 0.0, 0.0, spin_orbit)  # both spins are alike
    ideal = (depairing == 0.0) & (mixing == 0.0) & (spin_flip == 0.0)
    # Elsewhere the lead is normal. A gap of 0 is left out as well: the kernels take all in units of
    # the zero-temperature gap.
    candidate = ideal & (gap > T) & (gap > np.abs(h))
    unit = gap[candidate]
    found = stable_gaps(T[candidate] / unit, h[candidate] / unit, gamma[candidate] / unit)
    result[candidate] = unit * found
    film = ~ideal & (gap > T)
    if film.any():
        unit = gap[film]
        arguments = (T, gamma, np.abs(h), depairing, mixing, spin_flip)
        result[film] = unit * _once_each(depaired_gaps, *(each[film] / unit for each in arguments))
    return result


def _once_each(kernel: Callable[..., FloatArray], *arguments: FloatArray) -> FloatArray:
    """Return what a kernel computes of arguments of shape (n,), each set of which it takes once."""
    rows, place = np.unique(np.stack(arguments, axis=1), axis=0, return_inverse=True)
    return kernel(*np.ascontiguousarray(rows.T))[place.ravel()]


def _warn_of_what_was_not_found(name: str, values: FloatArray) -> None:
    """Warn of values that are NaN, at the line that called the public function."""
    if missed := np.count_nonzero(np.isnan(values)):
        message = f"the {name} was not found for {missed} of {values.size} films; it is NaN there"
        warnings.warn(message, RuntimeWarning, stacklevel=4)


def _broadening(gamma: ArrayLike) -> FloatArray:
    """Return Γ as floats if it is 0 or within its limits."""
    refuse_what_numpy_drops("gamma", gamma, "Δ0")
    values = np.asarray(gamma, dtype=np.float64)
    _within_limits("gamma", values[values != 0.0], "gamma")
    return values


def _within_limits(key: str, value: ArrayLike, name: str) -> FloatArray:
    """Return a value as floats if it keeps to the limits of the parameter called name."""
    limits = PARAMETERS[name]
    refuse_what_numpy_drops(key, value, limits.unit)
    values = np.asarray(value, dtype=np.float64)
    wrong = ~((values >= limits.low) & (values <= limits.high))  # NaN is neither
    if np.any(wrong):
        raise ValueError(f"{key} {limits.rule()}, not {values[wrong].flat[0]:g}")
    return values
