"""The density of states of a lead, Eq. (1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from thermospin.junction import FloatArray
from thermospin.kernels.density import densities
from thermospin.quantities.plain_numbers import refuse_what_numpy_drops


def density_of_states(
    E: ArrayLike, gap: ArrayLike = 1.0, gamma: ArrayLike = 1e-4, h: ArrayLike = 0.0
) -> FloatArray:
    """Return the density of states of one spin, Eq. (1), relative to the normal state.

    Parameters
    ----------
    E : array_like
        Energy from the chemical potential of the lead, in Δ0.
    gap : array_like, optional
        Gap Δ of the lead, in Δ0; 0 is a normal metal.
    gamma : array_like, optional
        Dynes Γ, in Δ0, above 0 and at most 1.
    h : array_like, optional
        Exchange field seen by this spin, σh, in Δ0.

    Returns
    -------
    ndarray
        N_σ(E) > 0, of the shape to which the arguments broadcast.

    Raises
    ------
    ValueError
        If a value is not finite or out of range.

    Notes
    -----
    N = Re z/(√(z − Δ) √(z + Δ)) with z = E + σh + iΓ, relative accuracy about 1e-15 in the gap too.
    """
    given = {"E": E, "gap": gap, "gamma": gamma, "h": h}
    for name, numbers in given.items():
        refuse_what_numpy_drops(name, numbers, "Δ0")
    energy, gap, gamma, h = (np.asarray(value, dtype=np.float64) for value in given.values())
    for name, value in zip(given, (energy, gap, gamma, h), strict=True):
        if not np.all(np.isfinite(value)):
            raise ValueError(f"{name} must be finite, not {value[~np.isfinite(value)].flat[0]}")
    if np.any(gap < 0.0):
        raise ValueError(f"gap must be at least 0 Δ0, not {gap[gap < 0.0].flat[0]:g}")
    wide = (gamma <= 0.0) | (gamma > 1.0)
    if np.any(wide):
        raise ValueError(f"gamma must be above 0 and at most 1 Δ0, not {gamma[wide].flat[0]:g}")
    energy, gap, gamma = np.broadcast_arrays(energy + h, gap, gamma)
    density = np.empty(energy.shape)
    densities(energy.ravel(), gap.ravel(), gamma.ravel(), density.reshape(-1))
    return density
