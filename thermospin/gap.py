"""The gap of a lead: self-consistent Δ(T, h) on its stable branch, and two simpler models."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermospin.kernels.gap import stable_gaps
from thermospin.quantities import GAP_MODELS, PARAMETERS, GapModel

FloatArray = NDArray[np.float64]


def bcs_gap(T: ArrayLike, h: ArrayLike = 0.0, gap: ArrayLike = 1.0) -> FloatArray:
    """Return the self-consistent BCS gap Δ(T, h), stable branch.

    Parameters
    ----------
    T : array_like
        Temperature, in T_c of the reference gap Δ0, 1e-4 to 100.
    h : array_like, optional
        Exchange field, in Δ0; the gap is even in it.
    gap : array_like, optional
        Zero-temperature gap at zero field, in Δ0. Its critical temperature is ``gap`` T_c.

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
              - \\mathrm{Re}[(\\omega_n + ih)^2 + Δ^2]^{-1/2} \\} = 0,
              \\quad \\omega_n = (2n + 1) \\pi k_B T,

    that minimises the grand potential. Where the normal state lies lower the gap is 0: for
    T < 0.561 T_c it jumps to 0 at a first-order line that starts from |h| = Δ0/√2 at T = 0
    (Chandrasekhar–Clogston), above that temperature it closes continuously. The relative accuracy
    is 1e-13, or what one rounding of T and h amounts to next to the line where the gap closes.
    """
    return lead_gap(
        _within_limits("T", T, "T_S"),
        _within_limits("h", h, "h_S"),
        _within_limits("gap", gap, "gap_S"),
        "self-consistent",
    )


def lead_gap(T: ArrayLike, h: ArrayLike, gap: ArrayLike, model: GapModel) -> FloatArray:
    """Return the gap of a lead in one of the gap models; the values given count as validated.

    Parameters
    ----------
    T : array_like
        Temperature, in T_c of the reference gap Δ0.
    h : array_like
        Exchange field, in Δ0.
    gap : array_like
        Zero-temperature gap at zero field, in Δ0; 0 for a normal metal.
    model : {"self-consistent", "tanh", "constant"}
        Δ(T, h) of `bcs_gap`; ``gap`` tanh(1.74 √(``gap`` T_c/T − 1)) whatever the field; or
        ``gap`` as given.

    Returns
    -------
    ndarray or float
        Gap in Δ0, of the shape to which the arguments broadcast.

    Raises
    ------
    ValueError
        If there is no such model.
    """
    if model not in GAP_MODELS:
        raise ValueError(f"gap_model must be one of {', '.join(GAP_MODELS)}, not {model!r}")
    T, h, gap = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (T, h, gap)))
    if model == "constant":
        result = gap.copy()
    elif model == "tanh":
        result = gap * np.tanh(1.74 * np.sqrt(np.maximum(gap / T - 1.0, 0.0)))
    else:
        result = _self_consistent(T, h, gap)
    return result[()]


def _self_consistent(T: FloatArray, h: FloatArray, gap: FloatArray) -> FloatArray:
    result = np.zeros(gap.shape)
    # Elsewhere the lead is normal; a gap of 0, by which the kernel's units divide, is left out too.
    candidate = (gap > T) & (gap > np.abs(h))
    unit = gap[candidate]
    result[candidate] = unit * stable_gaps(T[candidate] / unit, h[candidate] / unit)
    return result


def _within_limits(key: str, value: ArrayLike, name: str) -> FloatArray:
    """Return the value as floats if it keeps to the limits of the parameter called name."""
    limits = PARAMETERS[name]
    values = np.asarray(value, dtype=np.float64)
    wrong = ~((values >= limits.low) & (values <= limits.high))  # NaN is neither
    if np.any(wrong):
        raise ValueError(f"{key} {limits.rule()}, not {values[wrong].flat[0]:g}")
    return values
