"""The density of states of a lead: Eq. (1), and that of a film with depairing."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from thermospin.junction import FloatArray
from thermospin.kernels.density import densities
from thermospin.kernels.depaired_density import depaired_densities
from thermospin.kernels.depaired_slopes import depaired_slopes
from thermospin.observables.tolerance import ToleranceWarning
from thermospin.quantities import PARAMETERS, RATES
from thermospin.quantities.plain_numbers import refuse_what_numpy_drops


def density_of_states(
    E: ArrayLike,
    gap: ArrayLike = 1.0,
    gamma: ArrayLike = 1e-4,
    h: ArrayLike = 0.0,
    *,
    depairing: ArrayLike = 0.0,
    spin_orbit: ArrayLike = 0.0,
    spin_flip: ArrayLike = 0.0,
) -> FloatArray:
    """Return the density of states of one spin relative to the normal state.

    Parameters
    ----------
    E : array_like
        Energy from the chemical potential of the lead, in Δ0.
    gap : array_like, optional
        Gap Δ of the lead, in Δ0; 0 is a normal metal.
    gamma : array_like, optional
        Dynes Γ, in Δ0, above 0 and at most 1.
    h : array_like, optional
        Exchange field seen by this spin, σh, in Δ0; the other spin sees −σh.
    depairing : array_like, optional
        Rate Γ_orb of orbital depairing, in Δ0, 0 to 10: α of Abrikosov and Gor'kov.
    spin_orbit : array_like, optional
        Rate Γ_so = ħ/4τ_so of spin-orbit scattering, in Δ0, 0 to 10. Without a field it does
        nothing.
    spin_flip : array_like, optional
        Rate Γ_sf = ħ/4τ_sf of spin-flip scattering, in Δ0, 0 to 10.

    Returns
    -------
    ndarray
        N_σ(E) > 0, of the shape to which the arguments broadcast.

    Raises
    ------
    ValueError
        If a value is not finite or out of range.
    TypeError
        If a value is a quantity of a library of units, or a masked array.

    Warns
    -----
    ToleranceWarning
        If a density with rates was not found; it is NaN then.

    Notes
    -----
    Without rates N = Re z/(√(z − Δ) √(z + Δ)), Eq. (1), with z = E + σh + iΓ, relative accuracy
    about 1e-15 in the gap too. With them N = Re cos θ of the homogeneous Usadel equation, both
    spins solved together (docs/physics/films.md), to rounding times the condition of the equation.
    """
    given: dict[str, ArrayLike] = {"E": E, "gap": gap, "gamma": gamma, "h": h}
    given |= {"depairing": depairing, "spin_orbit": spin_orbit, "spin_flip": spin_flip}
    flat, shape = _checked(given)
    energy, gaps, gammas, field, orbital, mixing, flips = flat
    mixing = np.where(field == 0.0, 0.0, mixing)  # both spins are alike
    ideal = (orbital == 0.0) & (mixing == 0.0) & (flips == 0.0)
    density = np.empty(energy.shape)
    found = np.empty(np.count_nonzero(ideal))
    densities((energy + field)[ideal], gaps[ideal], gammas[ideal], found)
    density[ideal] = found
    if not ideal.all():
        density[~ideal] = _depaired(
            [each[~ideal] for each in (energy, gaps, gammas, field, orbital, mixing, flips)]
        )
    return density.reshape(shape)


class DensitySlopes(NamedTuple):
    """How a density of states changes with each of its parameters, in 1/Δ0.

    The fields have the names of the arguments of `density_of_states`.
    """

    E: FloatArray
    gamma: FloatArray
    h: FloatArray
    gap: FloatArray
    depairing: FloatArray
    spin_orbit: FloatArray
    spin_flip: FloatArray


def density_slopes(
    E: ArrayLike,
    gap: ArrayLike = 1.0,
    gamma: ArrayLike = 1e-4,
    h: ArrayLike = 0.0,
    *,
    depairing: ArrayLike = 0.0,
    spin_orbit: ArrayLike = 0.0,
    spin_flip: ArrayLike = 0.0,
) -> DensitySlopes:
    """Return the derivatives of the density of states of one spin by each of its parameters.

    Parameters
    ----------
    E, gap, gamma, h, depairing, spin_orbit, spin_flip : array_like
        As those of `density_of_states`, in Δ0; a rate of 0 has a derivative as well.

    Returns
    -------
    DensitySlopes
        dN_σ/dp for each parameter p, in 1/Δ0, of the shape to which the arguments broadcast. That
        by ``h`` is by the field that this spin sees.

    Raises
    ------
    ValueError
        If a value is not finite or out of range.
    TypeError
        If a value is a quantity of a library of units, or a masked array.

    Warns
    -----
    ToleranceWarning
        If a density was not found; its derivatives are NaN then.

    Notes
    -----
    The Usadel equation of both spins is differentiated (docs/physics/films.md). N depends on
    ratios of energies alone: the sum of all parameters times their derivatives is 0.
    """
    given: dict[str, ArrayLike] = {"E": E, "gap": gap, "gamma": gamma, "h": h}
    given |= {"depairing": depairing, "spin_orbit": spin_orbit, "spin_flip": spin_flip}
    flat, shape = _checked(given)
    slope = np.empty((flat[0].size, len(DensitySlopes._fields)))
    depaired_slopes(*(np.ascontiguousarray(each) for each in flat), slope)
    _warn_of_missing(slope[:, 0])
    return DensitySlopes(*(column.reshape(shape) for column in slope.T))


def _checked(given: dict[str, ArrayLike]) -> tuple[list[FloatArray], tuple[int, ...]]:
    """Return arguments as flat arrays, after broadcasting, with their shape; refuse wrong ones."""
    for name, numbers in given.items():
        refuse_what_numpy_drops(name, numbers, "Δ0")
    arrays = {name: np.asarray(value, dtype=np.float64) for name, value in given.items()}
    _check(arrays)
    flat = [np.ravel(each) for each in np.broadcast_arrays(*arrays.values())]
    return flat, np.broadcast_shapes(*(each.shape for each in arrays.values()))


def _check(arrays: dict[str, FloatArray]) -> None:
    """Refuse values that are not finite or out of range."""
    for name, value in arrays.items():
        if not np.all(np.isfinite(value)):
            raise ValueError(f"{name} must be finite, not {value[~np.isfinite(value)].flat[0]}")
    gap, gamma = arrays["gap"], arrays["gamma"]
    if np.any(gap < 0.0):
        raise ValueError(f"gap must be at least 0 Δ0, not {gap[gap < 0.0].flat[0]:g}")
    wide = (gamma <= 0.0) | (gamma > 1.0)
    if np.any(wide):
        raise ValueError(f"gamma must be above 0 and at most 1 Δ0, not {gamma[wide].flat[0]:g}")
    for name in RATES:
        rate, limits = arrays[name], PARAMETERS[name]
        wrong = (rate < limits.low) | (rate > limits.high)
        if np.any(wrong):
            raise ValueError(f"{name} {limits.rule()}, not {rate[wrong].flat[0]:g}")


def _depaired(columns: list[FloatArray]) -> FloatArray:
    density = np.empty(columns[0].shape)
    depaired_densities(*(np.ascontiguousarray(each) for each in columns), density)
    _warn_of_missing(density)
    return density


def _warn_of_missing(density: FloatArray) -> None:
    """Warn if a density, or a derivative of one, was not found."""
    if missed := np.count_nonzero(np.isnan(density)):
        message = f"the density of states was not found at {missed} energies; it is NaN there"
        warnings.warn(message, ToleranceWarning, stacklevel=4)
