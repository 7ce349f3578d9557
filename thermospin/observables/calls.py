"""The functions that one calls with a junction; each broadcasts over its fields."""

import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from thermospin.junction import FloatArray, Junction
from thermospin.kernels.density import densities
from thermospin.kernels.leads import COLUMNS
from thermospin.observables.heat_and_noise import Flows, spin_flows
from thermospin.observables.integrals import (
    Currents,
    chord_conductance,
    matching,
    seebeck,
    slopes,
    spin_currents,
    zero_bias,
)
from thermospin.observables.points import (
    DEFAULT_RTOL,
    BoolArray,
    Points,
    checked_rtol,
    leads_table,
    points_of,
)


class ToleranceWarning(RuntimeWarning):
    """Some values did not reach the relative accuracy asked for."""


def warn_unless(met: BoolArray, rtol: float, *, callers: int = 1) -> None:
    """Warn in the name of who called the function that many calls up."""
    missed = met.size - np.count_nonzero(met)
    if missed:
        warnings.warn(
            f"{missed} of {met.size} values did not reach rtol = {rtol:g}",
            ToleranceWarning,
            stacklevel=2 + callers,
        )


def currents(V: ArrayLike, junction: Junction, *, rtol: float = DEFAULT_RTOL) -> Currents:
    """Return the spin-resolved quasiparticle currents.

    Parameters
    ----------
    V : array_like
        Bias voltage μ_S − μ_Sm = eV, in Δ0/e, −1000 to 1000; broadcasts with the junction's fields.
    junction : Junction
        The junction, or an array of them.
    rtol : float, optional
        Relative accuracy asked of I_up and of I_down, 1e-13 to 1e-2. Where a current passes through
        zero, rounding of the integral of the modulus (about 1e-14 of it) takes its place.

    Returns
    -------
    Currents
        Currents in G_T Δ0/e, of the shape to which V and the junction broadcast.

    Raises
    ------
    ValueError
        If V or ``rtol`` is not finite or out of range.

    Warns
    -----
    ToleranceWarning
        If some value did not reach ``rtol``; ``converged`` says which.

    Notes
    -----
    .. math:: I_σ = \\frac{G_T}{2e} \\int dE\\, N_{Sσ}(E - eV) N_{Smσ}(E) [f_S(E - eV) - f_{Sm}(E)],

    Eq. (2) of Germanese et al., Phys. Rev. B (2021), arXiv:2105.01527, on energy grids that are
    dense at the gap edges and the Fermi steps. I_down(V) = −I_up(−V) holds exactly, unless the
    barrier is polarised: I_σ is then (1 + σP) times as large. With exchange fields at an angle θ
    the spins are those along h_exc (docs/polarised.md).
    """
    points, shape = points_of(V, junction, rtol)
    flat = spin_currents(points)
    warn_unless(flat.converged, rtol)
    return flat.reshaped(shape)


def flows(V: ArrayLike, junction: Junction, *, rtol: float = DEFAULT_RTOL) -> Flows:
    """Return the currents of charge and of heat, the efficiency and the noise.

    Parameters
    ----------
    V : array_like
        Bias voltage, in Δ0/e; broadcasts with the junction's fields.
    junction : Junction
        The junction, or an array of them.
    rtol : float, optional
        Relative accuracy asked of each spin's charge and heat currents and noise.

    Returns
    -------
    Flows
        Heat currents and power in G_T Δ0²/e², noise in G_T Δ0, of the shape to which V and the
        junction broadcast.

    Raises
    ------
    ValueError
        If V or ``rtol`` is not finite or out of range.

    Warns
    -----
    ToleranceWarning
        If some value did not reach ``rtol``; ``converged`` says which.

    Notes
    -----
    With N = N_Sσ(E − eV) N_Smσ(E), f_S = f_S(E − eV) and f_Sm = f_Sm(E), in the sign of Eq. (2),

    .. math::
        J_S &= \\frac{G_T}{2e^2} \\sum_σ \\int dE\\, (E - eV)\\, N\\, [f_S - f_{Sm}], \\\\
        J_{Sm} &= \\frac{G_T}{2e^2} \\sum_σ \\int dE\\, E\\, N\\, [f_S - f_{Sm}] = J_S + I_q V, \\\\
        S_I &= G_T \\sum_σ \\int dE\\, N\\, [f_S (1 - f_{Sm}) + f_{Sm} (1 - f_S)].

    Derivations: docs/efficiency.md and docs/noise.md.
    """
    points, shape = points_of(V, junction, rtol)
    flat = spin_flows(points)
    warn_unless(flat.converged, rtol)
    return flat.reshaped(shape)


def differential_conductance(
    V: ArrayLike, junction: Junction, *, rtol: float = DEFAULT_RTOL
) -> FloatArray:
    """Return dI_q/dV, differentiated under the integral.

    Parameters
    ----------
    V : array_like
        Bias voltage, in Δ0/e; broadcasts with the junction's fields.
    junction : Junction
        The junction, or an array of them.
    rtol : float, optional
        Relative accuracy asked of dI_up/dV and of dI_down/dV.

    Returns
    -------
    ndarray
        Differential conductance in G_T, of the shape to which V and the junction broadcast.

    Raises
    ------
    ValueError
        If V or ``rtol`` is not finite or out of range.

    Notes
    -----
    With E shifted by eV only the density of Sm and its Fermi function carry V, so that
    dI_σ/dV = (G_T/2) ∫ N_S {N'_Sm,σ (f_S − f_Sm) + N_Sm,σ (−f'_Sm)} dE; at V = 0 this is Eq. (3)
    with its misprint (f_Sm for f_S) corrected and its thermal term added.
    """
    points, shape = points_of(V, junction, rtol)
    slope, met = slopes(points)
    warn_unless(met, rtol)
    return slope.reshape(shape)


def _per_junction(
    junction: Junction,
    rtol: float,
    quantity: Callable[[FloatArray, float], tuple[FloatArray, BoolArray]],
) -> FloatArray:
    """Return a quantity without a bias, of the junction's shape."""
    value, met = quantity(leads_table(junction).reshape(-1, COLUMNS), checked_rtol(rtol))
    warn_unless(met, rtol, callers=2)
    return value.reshape(junction.shape)


def zero_bias_conductance(junction: Junction, *, rtol: float = DEFAULT_RTOL) -> FloatArray:
    """Return G_0 = dI_q/dV at V = 0, in G_T, of the junction's shape.

    Parameters
    ----------
    junction : Junction
        The junction, or an array of them.
    rtol : float, optional
        Relative accuracy asked for.

    Returns
    -------
    ndarray
        Zero-bias conductance in G_T, negative where the junction is thermoactive.

    Raises
    ------
    ValueError
        If ``rtol`` is out of range.
    """
    return _per_junction(junction, rtol, zero_bias)


def matching_voltages(junction: Junction) -> tuple[FloatArray, FloatArray]:
    """Return (V_p_minus, V_p_plus), where the gap edges of one spin line up, in Δ0/e.

    Parameters
    ----------
    junction : Junction
        The junction, or an array of them.

    Returns
    -------
    tuple of ndarray
        ||δ| − |h|| and |δ| + |h|, with δ = Δ_Sm − Δ_S and h = h_exc − h_S, of the junction's shape.
    """
    return matching(leads_table(junction))


def seebeck_voltage(junction: Junction) -> FloatArray:
    """Return V_S, the outermost zero of I_q on V > 0 where it goes from − to +, in Δ0/e.

    Parameters
    ----------
    junction : Junction
        The junction, or an array of them.

    Returns
    -------
    ndarray
        Seebeck voltage, of the junction's shape; NaN where there is none.
    """
    table = leads_table(junction)
    return seebeck(table.reshape(-1, COLUMNS)).reshape(junction.shape)


def maximum_conductance(junction: Junction, *, rtol: float = DEFAULT_RTOL) -> FloatArray:
    """Return G_max = I_q/V at V_p_minus, in G_T; its limit G_0 where V_p_minus = 0.

    Parameters
    ----------
    junction : Junction
        The junction, or an array of them.
    rtol : float, optional
        Relative accuracy asked of I_up and I_down.

    Returns
    -------
    ndarray
        −(largest load conductance that the junction drives) where negative; the junction's shape.

    Raises
    ------
    ValueError
        If ``rtol`` is out of range.
    """

    def quantity(table: FloatArray, rtol: float) -> tuple[FloatArray, BoolArray]:
        peak = Points(matching(table)[0], np.arange(len(table)), table, rtol)
        charge = spin_currents(peak)
        value, met = chord_conductance(peak, charge)
        return value, met & charge.converged

    return _per_junction(junction, rtol, quantity)


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
