"""The gap of a lead: self-consistent, without or with Γ in its equation, and two simpler models."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermospin.kernels.gap_equation import stable_gaps
from thermospin.machine.arithmetic import portable
from thermospin.quantities import GAP_MODELS, PARAMETERS, GapModel
from thermospin.quantities.plain_numbers import refuse_what_numpy_drops

FloatArray = NDArray[np.float64]


def bcs_gap(
    T: ArrayLike, h: ArrayLike = 0.0, gap: ArrayLike = 1.0, gamma: ArrayLike = 0.0
) -> FloatArray:
    """Return the self-consistent BCS gap Δ(T, h) on its thermodynamically stable branch.

    Parameters
    ----------
    T : array_like
        Temperature, in T_c of the reference gap Δ0, 1e-4 to 100.
    h : array_like, optional
        Exchange field, in Δ0; the gap is even in it.
    gap : array_like, optional
        Zero-temperature gap at zero field without broadening, in Δ0. Its critical temperature is
        ``gap`` T_c.
    gamma : array_like, optional
        Dynes Γ in the gap equation, in Δ0, 0 to 1; 0, the default, leaves broadening out of it.

    Returns
    -------
    ndarray or float
        Gap in Δ0, of the shape to which the arguments broadcast; exactly 0 in the normal state.

    Raises
    ------
    ValueError
        If a value is not finite or outside the limits of `thermospin.quantities`.

    Notes
    -----
    The gap is the root of

    .. math:: \\ln(T/T_c) + 2\\pi k_B T \\sum_{n\\ge 0} \\{ 1/\\omega_n
              - \\mathrm{Re}[(\\omega_n + Γ + ih)^2 + Δ^2]^{-1/2} \\} = 0,
              \\quad \\omega_n = (2n + 1) \\pi k_B T,

    that minimises the grand potential. Where the normal state lies lower the gap is 0: for
    T < 0.561 T_c it jumps to 0 at a first-order line that starts from |h| = Δ0/√2 at T = 0
    (Chandrasekhar–Clogston), above that temperature it closes continuously.
    With Γ the gap is √(Δ0(Δ0 − 2Γ)) at T = h = 0 (docs/dynes-gap.md). The relative accuracy
    is 1e-13, or what one rounding of T and h amounts to next to the line where the gap closes.
    """
    return lead_gap(
        _within_limits("T", T, "T_S"),
        _within_limits("h", h, "h_S"),
        _within_limits("gap", gap, "gap_S"),
        "dynes",
        _broadening(gamma),
    )


def lead_gap(
    T: ArrayLike, h: ArrayLike, gap: ArrayLike, model: GapModel, gamma: ArrayLike = 0.0
) -> FloatArray:
    """Return the gap of a lead in one of the gap models, for values that have been validated.

    Parameters
    ----------
    T : array_like
        Temperature, in T_c of the reference gap Δ0.
    h : array_like
        Exchange field, in Δ0.
    gap : array_like
        Zero-temperature gap at zero field, in Δ0; 0 for a normal metal.
    model : {"self-consistent", "tanh", "constant", "dynes"}
        In this order: Δ(T, h) of `bcs_gap` without Γ; ``gap`` tanh(1.74 √(``gap`` T_c/T − 1))
        whatever the field; ``gap`` as given; Δ(T, h) of `bcs_gap` with Γ.
    gamma : array_like, optional
        Dynes Γ, in Δ0; only the model "dynes" takes it.

    Returns
    -------
    ndarray or float
        Gap in Δ0, of the shape to which the arguments broadcast.

    Raises
    ------
    ValueError
        If the model is none of these.
    """
    if model not in GAP_MODELS:
        raise ValueError(f"gap_model must be one of {', '.join(GAP_MODELS)}, not {model!r}")
    given = gamma if model == "dynes" else 0.0
    T, h, gap, gamma = np.broadcast_arrays(
        *(np.asarray(x, dtype=np.float64) for x in (T, h, gap, given))
    )
    if model == "constant":
        result = gap.copy()
    elif model == "tanh":
        result = gap * portable(math.tanh, 1.74 * np.sqrt(np.maximum(gap / T - 1.0, 0.0)))
    else:
        result = _self_consistent(T, h, gap, gamma)
    return result[()]


def _self_consistent(
    T: FloatArray, h: FloatArray, gap: FloatArray, gamma: FloatArray
) -> FloatArray:
    """Return the self-consistent gap, in Δ0; all arguments have one shape."""
    result = np.zeros(gap.shape)
    # Elsewhere the lead is normal. A gap of 0 is left out as well: the kernel takes all in units of
    # the zero-temperature gap.
    candidate = (gap > T) & (gap > np.abs(h))
    unit = gap[candidate]
    found = stable_gaps(T[candidate] / unit, h[candidate] / unit, gamma[candidate] / unit)
    result[candidate] = unit * found
    return result


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
