"""The physics one calls: currents, conductances, matching and Seebeck voltages.

Every function takes a `Junction` whose fields may be arrays, and broadcasts. A sweep is the same
path: `evaluate` gives any outputs on a mesh of voltages and junctions.
"""

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermospin.gap import lead_gap
from thermospin.junction import FloatArray, Junction, validated
from thermospin.kernels.density import densities
from thermospin.kernels.seebeck import seebeck_voltages
from thermospin.kernels.tunnelling import CHORD, CONDUCTANCE, CURRENT, spin_up_values
from thermospin.quantities import BCS_RATIO, OUTPUTS, STATUS

DEFAULT_RTOL = 1e-8
RTOL_LIMITS = (1e-13, 1e-2)
GAP_S, GAP_SM = 6, 7
"""Columns of the gaps in a table of leads."""


class ToleranceWarning(RuntimeWarning):
    """Some values did not reach the relative accuracy asked for."""


@dataclass(frozen=True)
class Currents:
    """The spin-resolved currents of Eq. (2), in G_T Δ0/e.

    Attributes
    ----------
    up, down : ndarray
        Spin-up and spin-down currents.
    error : ndarray
        Estimated error of ``up`` and ``down``, the larger.
    converged : ndarray of bool
        Whether both reached the relative accuracy asked for, or rounding.
    """

    up: FloatArray
    down: FloatArray
    error: FloatArray
    converged: NDArray[np.bool_]

    @property
    def charge(self) -> FloatArray:
        """Charge current I_q = I_up + I_down, in G_T Δ0/e."""
        return self.up + self.down

    @property
    def spin(self) -> FloatArray:
        """Spin current I_s = I_up − I_down, in G_T Δ0/e."""
        return self.up - self.down

    @property
    def sge(self) -> FloatArray:
        """Spin current generation efficiency I_s/(|I_up| + |I_down|); NaN where both vanish."""
        total = np.abs(self.up) + np.abs(self.down)
        return np.divide(self.spin, total, out=np.full_like(total, np.nan), where=total > 0.0)


@dataclass(frozen=True)
class Points:
    """Pairs of a voltage and a row in a table of leads, with the shape of the result.

    ``voltage`` and ``row`` have the shape (n,), ``table`` (m, 8). If ``mirror`` is given, the point
    at −V of the same junction is point ``mirror[i]``.
    """

    voltage: FloatArray
    row: NDArray[np.int64]
    table: FloatArray
    rtol: float
    mirror: NDArray[np.int64] | None = None

    def spin_up(self, kind: int, voltage: FloatArray) -> tuple[FloatArray, ...]:
        """Return value, error and success of the spin-up integral at a voltage for each row."""
        value, error = np.empty(voltage.size), np.empty(voltage.size)
        met = np.empty(voltage.size, dtype=np.bool_)
        spin_up_values(kind, voltage, self.row, self.table, self.rtol, value, error, met)
        return value, error, met

    def both_spins(self, kind: int) -> tuple[tuple[FloatArray, ...], tuple[FloatArray, ...]]:
        """Return the spin-up integral at V and at −V: (value, error, success) of each."""
        up = self.spin_up(kind, self.voltage)
        if self.mirror is None:
            return up, self.spin_up(kind, -self.voltage)
        return up, tuple(part[self.mirror] for part in up)


def _checked_rtol(rtol: float) -> float:
    low, high = RTOL_LIMITS
    if not low <= rtol <= high:
        raise ValueError(f"rtol must be between {low:g} and {high:g}, not {rtol!r}")
    return float(rtol)


def _leads(junction: Junction) -> FloatArray:
    """Return the leads of every junction, shape (*junction.shape, 8), as the kernels want them."""
    j = junction
    columns = (
        np.multiply(BCS_RATIO, j.T_S),
        np.multiply(BCS_RATIO, j.T_Sm),
        j.h_S,
        j.h_exc,
        j.gamma_S,
        j.gamma_Sm,
        lead_gap(j.T_S, j.h_S, j.gap_S, j.gap_model),
        lead_gap(j.T_Sm, j.h_exc, j.gap_Sm, j.gap_model),
    )
    table = np.empty((*junction.shape, len(columns)))
    for k, column in enumerate(columns):
        table[..., k] = column
    return table


def _points(V: ArrayLike, junction: Junction, rtol: float) -> tuple[Points, tuple[int, ...]]:
    """Return the points to which V and the junction broadcast, and their shape."""
    voltage = validated("V", V)
    table = _leads(junction)
    rows = np.arange(table.size // table.shape[-1]).reshape(junction.shape)
    voltage, rows = np.broadcast_arrays(voltage, rows)
    points = Points(voltage.ravel(), rows.ravel(), table.reshape(-1, 8), _checked_rtol(rtol))
    return points, voltage.shape


def _currents(points: Points) -> Currents:
    (up, error_up, met_up), (mirrored, error_down, met_down) = points.both_spins(CURRENT)
    # I_down(V) = −I_up(−V); adding 0 turns −0 into 0.
    return Currents(up, 0.0 - mirrored, np.maximum(error_up, error_down), met_up & met_down)


def _slopes(points: Points) -> tuple[FloatArray, NDArray[np.bool_]]:
    (at_V, _, met), (mirrored, _, met_mirrored) = points.both_spins(CONDUCTANCE)
    return at_V + mirrored, met & met_mirrored


def _zero_bias(table: FloatArray, rtol: float) -> tuple[FloatArray, NDArray[np.bool_]]:
    rows = np.arange(len(table))
    at_zero = Points(np.zeros(len(table)), rows, table, rtol)
    slope, _, met = at_zero.spin_up(CONDUCTANCE, at_zero.voltage)
    return 2.0 * slope, met


def _conductance(points: Points, charge: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return I_q/V; next to V = 0 the mean of dI_q/dV from 0 to V, which does not cancel.

    There I_q(V) is analytic within 2Γ of the real axis: eight Gauss nodes give the mean to 1e-14 for
    |V| up to Γ (Γ the mean of the leads').
    """
    voltage, table = points.voltage, points.table
    conductance = np.divide(charge, voltage, out=np.zeros_like(charge), where=voltage != 0.0)
    met = np.ones(voltage.size, dtype=np.bool_)
    gamma = 0.5 * (table[points.row, 4] + table[points.row, 5])
    near = np.flatnonzero(np.abs(voltage) <= gamma)
    mean = np.zeros(near.size)
    for node, weight in CHORD.T:
        part = Points(voltage[near] * node, points.row[near], table, points.rtol)
        slope, part_met = _slopes(part)
        mean += weight * slope
        met[near] &= part_met
    conductance[near] = mean
    return conductance, met


def _matching(table: FloatArray) -> tuple[FloatArray, FloatArray]:
    difference = np.abs(table[..., GAP_SM] - table[..., GAP_S])
    field = np.abs(table[..., 3] - table[..., 2])
    return np.abs(difference - field), difference + field


def _warn_unless(met: NDArray[np.bool_], rtol: float) -> None:
    missed = met.size - np.count_nonzero(met)
    if missed:
        warnings.warn(
            f"{missed} of {met.size} values did not reach rtol = {rtol:g}",
            ToleranceWarning,
            stacklevel=3,
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

    Eq. (2) of Phys. Rev. B 104, 184502 (2021), arXiv:2105.01527, on energy grids that are dense at
    the gap edges and the Fermi steps. I_down(V) = −I_up(−V) holds exactly.
    """
    points, shape = _points(V, junction, rtol)
    flat = _currents(points)
    _warn_unless(flat.converged, rtol)
    return Currents(
        *(part.reshape(shape) for part in (flat.up, flat.down, flat.error, flat.converged))
    )


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
    points, shape = _points(V, junction, rtol)
    slope, met = _slopes(points)
    _warn_unless(met, rtol)
    return slope.reshape(shape)


def _per_junction(
    junction: Junction,
    rtol: float,
    quantity: Callable[[FloatArray, float], tuple[FloatArray, NDArray[np.bool_]]],
) -> FloatArray:
    """Return a quantity without a bias, of the junction's shape."""
    value, met = quantity(_leads(junction).reshape(-1, 8), _checked_rtol(rtol))
    _warn_unless(met, rtol)
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
    return _per_junction(junction, rtol, _zero_bias)


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
    return _matching(_leads(junction))


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
    table = _leads(junction)
    return _seebeck(table.reshape(-1, 8)).reshape(junction.shape)


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

    def quantity(table: FloatArray, rtol: float) -> tuple[FloatArray, NDArray[np.bool_]]:
        peak = Points(_matching(table)[0], np.arange(len(table)), table, rtol)
        charge = _currents(peak)
        value, met = _conductance(peak, charge.charge)
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
    if np.any((gamma <= 0.0) | (gamma > 1.0)):
        raise ValueError(f"gamma must be above 0 and at most 1 Δ0, not {gamma.flat[0]:g}")
    energy, gap, gamma = np.broadcast_arrays(energy + h, gap, gamma)
    density = np.empty(energy.shape)
    densities(energy.ravel(), gap.ravel(), gamma.ravel(), density.reshape(-1))
    return density


def _seebeck(table: FloatArray) -> FloatArray:
    voltage = np.empty(len(table))
    seebeck_voltages(np.ascontiguousarray(table), voltage)
    return voltage


@dataclass(frozen=True)
class Evaluation:
    """Outputs on a mesh of R junctions and n voltages.

    Attributes
    ----------
    values : dict of str to ndarray
        Outputs by name: shape (R, n) if they depend on V, else (R,).
    status : ndarray of int8 or None
        What became of each point, shape (R, n): see ``thermospin.quantities.STATUS``.
    junction_status : ndarray of int8 or None
        The same for the outputs without a bias, shape (R,).
    """

    values: dict[str, FloatArray]
    status: NDArray[np.int8] | None
    junction_status: NDArray[np.int8] | None


def _status(met: NDArray[np.bool_]) -> NDArray[np.int8]:
    return np.where(met, STATUS["ok"], STATUS["tolerance_missed"]).astype(np.int8)


class _Biased:
    """The outputs that depend on V, each computed when it is first asked for."""

    def __init__(self, points: Points) -> None:
        self.points = points
        self.met = np.ones(points.voltage.size, dtype=np.bool_)

    @cached_property
    def currents(self) -> Currents:
        found = _currents(self.points)
        self.met &= found.converged
        return found

    def output(self, name: str) -> FloatArray:
        """Return an output by its name, shape (n,)."""
        if name == "dIdV":
            slope, met = _slopes(self.points)
            self.met &= met
            return slope
        current = self.currents
        if name == "G":
            conductance, met = _conductance(self.points, current.charge)
            self.met &= met
            return conductance
        return {
            "I_up": lambda: current.up,
            "I_down": lambda: current.down,
            "I_q": lambda: current.charge,
            "I_s": lambda: current.spin,
            "SGE": lambda: current.sge,
            "power": lambda: 0.0 - current.charge * self.points.voltage,
            "I_error": lambda: current.error,
        }[name]()


class _Unbiased:
    """The outputs without a bias, each computed when it is first asked for."""

    def __init__(self, table: FloatArray, rtol: float) -> None:
        self.table = table
        self.rtol = rtol
        self.met = np.ones(len(table), dtype=np.bool_)

    @cached_property
    def peak(self) -> _Biased:
        voltage = _matching(self.table)[0]
        return _Biased(Points(voltage, np.arange(len(self.table)), self.table, self.rtol))

    def at_peak(self, name: str) -> FloatArray:
        value = self.peak.output(name)
        self.met &= self.peak.met
        return value

    def zero_bias(self) -> FloatArray:
        value, met = _zero_bias(self.table, self.rtol)
        self.met &= met
        return value

    def output(self, name: str) -> FloatArray:
        """Return an output by its name, shape (R,)."""
        return {
            "Delta_S": lambda: self.table[:, GAP_S],
            "Delta_Sm": lambda: self.table[:, GAP_SM],
            "G_0": self.zero_bias,
            "V_p_minus": lambda: _matching(self.table)[0],
            "V_p_plus": lambda: _matching(self.table)[1],
            "I_q_peak": lambda: self.at_peak("I_q"),
            "I_s_peak": lambda: self.at_peak("I_s"),
            "G_max": lambda: self.at_peak("G"),
            "V_S": lambda: _seebeck(self.table),
            "h_t": lambda: self.table[:, GAP_SM] - self.table[:, GAP_S],
        }[name]()


def _mesh_points(voltage: FloatArray, table: FloatArray, rtol: float) -> Points:
    """Return every voltage for every row of leads; half of them mirror the others if they can."""
    rows, n = len(table), voltage.size
    mirror = None
    if np.array_equal(voltage, -voltage[::-1]):
        mirror = np.arange(rows * n).reshape(rows, n)[:, ::-1].ravel()
    return Points(np.tile(voltage, rows), np.repeat(np.arange(rows), n), table, rtol, mirror)


def evaluate(
    outputs: Iterable[str],
    V: ArrayLike | None,
    junction: Junction,
    *,
    rtol: float = DEFAULT_RTOL,
) -> Evaluation:
    """Return any outputs on a mesh of voltages and junctions.

    Parameters
    ----------
    outputs : iterable of str
        Names of ``thermospin.quantities.OUTPUTS``.
    V : array_like or None
        Bias voltages, in Δ0/e, shape (n,); None if no output needs them. If they are antisymmetric,
        ``V == −V[::-1]``, each pair ±V is computed once.
    junction : Junction
        Junctions whose fields broadcast to the shape () or (R,).
    rtol : float, optional
        Relative accuracy asked of I_up, I_down and of the conductances.

    Returns
    -------
    Evaluation
        Outputs of shape (R, n) or (R,), and what became of each point. The bits of a value do not
        depend on what else is on the mesh.

    Raises
    ------
    ValueError
        If an output is unknown or lacks its bias, or V or ``rtol`` is out of range.
    """
    names = tuple(outputs)
    for name in names:
        if name not in OUTPUTS:
            raise ValueError(f"outputs must be among {', '.join(OUTPUTS)}, not {name!r}")
        if OUTPUTS[name].biased and V is None:
            raise ValueError(f"output {name} needs a bias: give V")
    rtol = _checked_rtol(rtol)
    table = _leads(junction).reshape(-1, 8)
    biased_names = [name for name in names if OUTPUTS[name].biased]
    unbiased_names = [name for name in names if not OUTPUTS[name].biased]
    found: dict[str, FloatArray] = {}
    status = junction_status = None
    if biased_names:
        voltage = np.atleast_1d(validated("V", V if V is not None else ()))
        shape = (len(table), voltage.size)
        biased = _Biased(_mesh_points(voltage, table, rtol))
        found |= {name: biased.output(name).reshape(shape) for name in biased_names}
        status = _status(biased.met).reshape(shape)
    if unbiased_names:
        unbiased = _Unbiased(table, rtol)
        found |= {name: unbiased.output(name) for name in unbiased_names}
        junction_status = _status(unbiased.met)
    return Evaluation({name: found[name] for name in names}, status, junction_status)
