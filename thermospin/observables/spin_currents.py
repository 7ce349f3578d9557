"""The spin-resolved currents of Eq. (2)."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike

from thermospin.device import CPU, check_device
from thermospin.junction import FloatArray, Junction
from thermospin.kernels.kinds import CURRENT
from thermospin.observables.biased_points import points_of
from thermospin.observables.points import Points
from thermospin.observables.tolerance import BoolArray, warn_unless
from thermospin.quantities import DEFAULT_RTOL, OUTPUTS, PARAMETERS, Output, Parameter
from thermospin.quantities.representation import ShownRow, html_table, line, row


@dataclass(frozen=True, repr=False)
class Currents:
    """The spin-resolved currents I_up and I_down, in G_T Δ0/e, and what follows from them.

    Attributes
    ----------
    V : ndarray
        Bias voltage, in Δ0/e.
    up, down : ndarray
        Spin-up and spin-down currents.
    error : ndarray
        Estimated error of ``up`` and ``down``, the larger.
    converged : ndarray of bool
        Whether both reached the relative accuracy asked for, or rounding.
    """

    V: FloatArray
    up: FloatArray
    down: FloatArray
    error: FloatArray
    converged: BoolArray

    @property
    def charge(self) -> FloatArray:
        """Charge current I_q = I_up + I_down, in G_T Δ0/e."""
        return self.up + self.down

    @property
    def spin(self) -> FloatArray:
        """Spin current I_s = I_up − I_down, in G_T Δ0/e."""
        return self.up - self.down

    @property
    def power(self) -> FloatArray:
        """Thermoelectric power −I_q V, in G_T Δ0²/e²."""
        return 0.0 - self.charge * self.V

    @property
    def sge(self) -> FloatArray:
        """Spin current generation efficiency I_s/(|I_up| + |I_down|); NaN where both vanish."""
        total = np.abs(self.up) + np.abs(self.down)
        efficiency = np.full_like(total, np.nan)
        np.divide(self.spin, total, out=efficiency, where=total > 0.0)
        return efficiency

    @property
    def spin_to_charge(self) -> FloatArray:
        """|I_s/I_q|; NaN where no charge current flows."""
        charge = np.abs(self.charge)
        ratio = np.full_like(charge, np.nan)
        np.divide(np.abs(self.spin), charge, out=ratio, where=charge > 0.0)
        return ratio

    def _rows(self) -> list[ShownRow]:
        """Return what is shown of the currents: their ranges, and how accurate they are."""
        shown: dict[str, tuple[Parameter | Output, FloatArray]] = {
            "V": (PARAMETERS["V"], self.V),
            "charge": (OUTPUTS["I_q"], self.charge),
            "spin": (OUTPUTS["I_s"], self.spin),
            "error": (OUTPUTS["I_error"], self.error),
        }
        rows = [row(name, values, of.unit, of.meaning) for name, (of, values) in shown.items()]
        missed = np.count_nonzero(~np.asarray(self.converged))
        if missed:
            rows.append(ShownRow("missed", str(missed), "values that missed their tolerance"))
        return rows

    def __repr__(self) -> str:
        """Show the ranges of the currents with their units, in one line."""
        return line("Currents", self._rows())

    def _repr_html_(self) -> str:
        """Show the ranges of the currents with their units and meanings, as a table."""
        return html_table("Currents", self._rows())

    def reshaped(self, shape: tuple[int, ...]) -> Currents:
        """Return these currents in another shape."""
        return Currents(*(getattr(self, field.name).reshape(shape) for field in fields(self)))


def currents(
    V: ArrayLike, junction: Junction, *, rtol: float = DEFAULT_RTOL, device: str = CPU
) -> Currents:
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
    device : str, optional
        What computes the integrals between ideal leads: ``"cpu"``, or ``"cuda"`` for an NVIDIA
        graphics card (docs/howto/cuda.md).

    Returns
    -------
    Currents
        Currents in G_T Δ0/e, of the shape to which V and the junction broadcast.

    Raises
    ------
    ValueError
        If V or ``rtol`` is not finite or out of range, or there is no such device.
    ModuleNotFoundError, OSError
        If there is no graphics card, or what it needs is missing; the message says what to do.

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
    the spins are those along h_exc (docs/physics/polarised.md).
    """
    check_device(device)
    points, shape = points_of(V, junction, rtol, device)
    flat = spin_currents(points)
    warn_unless(flat.converged, rtol)
    return flat.reshaped(shape)


def spin_currents(points: Points) -> Currents:
    """Return both currents at each point, shape (n,)."""
    up, mirrored = points.both_spins(CURRENT)
    # In place: in a large chunk of a sweep new arrays take longer than what is done to them.
    for spin, passing in zip((up, mirrored), points.passing(), strict=True):
        spin.value[:] *= passing
        spin.error[:] *= passing
    # I_down(V) = −I_up(−V) but for the barrier; taking it from 0 leaves no −0.
    down = np.subtract(0.0, mirrored.value, out=mirrored.value)
    error = np.maximum(up.error, mirrored.error, out=up.error)
    converged = points.met(up.converged & mirrored.converged)
    return Currents(points.voltage, up.value, down, error, converged)
