"""Charge, heat and noise of both spins together: the junction as an engine or a refrigerator."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike

from thermospin.junction import FloatArray, Junction
from thermospin.kernels.flow_sums import CHARGE, HEAT_S, HEAT_SM, RATE
from thermospin.kernels.leads import T_S, T_SM, V_AC
from thermospin.observables.biased_points import points_of
from thermospin.observables.points import Points
from thermospin.observables.spin_currents import Currents
from thermospin.observables.spin_up_integrals import HEAT_AND_NOISE
from thermospin.observables.tolerance import BoolArray, warn_unless
from thermospin.quantities import DEFAULT_RTOL


@dataclass(frozen=True)
class Flows:
    """The currents of charge and of heat, and the noise, at a bias.

    Attributes
    ----------
    V : ndarray
        Bias voltage, in Δ0/e.
    up, down : ndarray
        Spin-up and spin-down currents, in G_T Δ0/e, within the accuracy asked for those of
        `thermospin.currents`.
    I_error : ndarray
        Estimated error of ``up`` and ``down``, the larger.
    J_S, J_Sm : ndarray
        Heat current that leaves S and that enters Sm, in G_T Δ0²/e²; J_Sm − J_S = I_q V + P_ac.
    J_error : ndarray
        Estimated error of ``J_S`` and ``J_Sm``, the larger.
    S_I : ndarray
        Zero-frequency noise of the charge current, in G_T Δ0.
    S_I_error : ndarray
        Estimated error of ``S_I``.
    P_ac : ndarray
        Power taken from microwaves by this balance, in G_T Δ0²/e²; 0 without them.
    carnot : ndarray
        Carnot's efficiency 1 − T_Sm/T_S.
    converged : ndarray of bool
        Whether all currents and the noise reached the relative accuracy asked for, or rounding.
    """

    V: FloatArray
    up: FloatArray
    down: FloatArray
    I_error: FloatArray
    J_S: FloatArray
    J_Sm: FloatArray
    J_error: FloatArray
    S_I: FloatArray
    S_I_error: FloatArray
    P_ac: FloatArray
    carnot: FloatArray
    converged: BoolArray

    @property
    def currents(self) -> Currents:
        """The spin-resolved currents, in G_T Δ0/e."""
        return Currents(self.V, self.up, self.down, self.I_error, self.converged)

    @property
    def power(self) -> FloatArray:
        """Thermoelectric power −I_q V, in G_T Δ0²/e²."""
        return self.currents.power

    @property
    def efficiency(self) -> FloatArray:
        """Thermoelectric efficiency power/J_S where power > 0 and heat leaves S, else NaN.

        What is taken from microwaves counts as put in, like heat; what is given to them is lost.
        """
        efficiency = np.full_like(self.J_S, np.nan)
        put_in = self.J_S + np.maximum(self.P_ac, 0.0)
        generates = (self.power > 0.0) & (put_in > 0.0)
        np.divide(self.power, put_in, out=efficiency, where=generates)
        return efficiency

    @property
    def carnot_fraction(self) -> FloatArray:
        """``efficiency`` over 1 − T_Sm/T_S; NaN where there is no efficiency or S is not hotter."""
        return self.efficiency / np.where(self.carnot > 0.0, self.carnot, np.nan)

    @property
    def fano(self) -> FloatArray:
        """Fano factor S_I/(2e|I_q|); NaN where no current flows."""
        size = 2.0 * np.abs(self.currents.charge)
        factor = np.full_like(self.S_I, np.nan)
        np.divide(self.S_I, size, out=factor, where=size > 0.0)
        return factor

    def reshaped(self, shape: tuple[int, ...]) -> Flows:
        """Return these flows in another shape."""
        return Flows(*(getattr(self, field.name).reshape(shape) for field in fields(self)))


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

    Derivations: docs/physics/efficiency.md and docs/physics/noise.md.
    """
    points, shape = points_of(V, junction, rtol)
    flat = spin_flows(points)
    warn_unless(flat.converged, rtol)
    return flat.reshaped(shape)


def spin_flows(points: Points) -> Flows:
    """Return the flows at each point, shape (n,).

    What spin down carries at V follows from what spin up carries at −V, but for the barrier: its
    current has the other sign, its heat currents and its rate have equal ones.
    """
    up, mirrored = points.both_spins(HEAT_AND_NOISE)
    ups, downs = (passing[:, np.newaxis] for passing in points.passing())
    up_value, down_value = ups * up.value, downs * mirrored.value
    up_error, down_error = ups * up.error, downs * mirrored.error
    total, error = up_value + down_value, up_error + down_error
    T = points.table[points.row][:, [T_S, T_SM]]
    charge = up_value[:, CHARGE] - down_value[:, CHARGE]
    surplus = total[:, HEAT_SM] - total[:, HEAT_S] - charge * points.voltage
    return Flows(
        V=points.voltage,
        up=up_value[:, CHARGE],
        down=0.0 - down_value[:, CHARGE],
        I_error=np.maximum(up_error[:, CHARGE], down_error[:, CHARGE]),
        J_S=total[:, HEAT_S],
        J_Sm=total[:, HEAT_SM],
        J_error=np.maximum(error[:, HEAT_S], error[:, HEAT_SM]),
        S_I=2.0 * total[:, RATE],
        S_I_error=2.0 * error[:, RATE],
        P_ac=np.where(points.table[points.row, V_AC] > 0.0, surplus, 0.0),
        carnot=1.0 - T[:, 1] / T[:, 0],
        converged=points.met(up.converged & mirrored.converged),
    )
