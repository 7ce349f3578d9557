"""Any outputs on a mesh of voltages and junctions: what a sweep computes."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermospin.junction import FloatArray, Junction, validated
from thermospin.kernels.leads import COLUMNS, GAP_S, GAP_SM
from thermospin.observables.circuits import CIRCUIT_OUTPUTS, at_load, maximum, operating
from thermospin.observables.heat_and_noise import FLOW_OUTPUTS, Flows, spin_flows
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
    Points,
    checked_rtol,
    leads_table,
    mesh_points,
)
from thermospin.quantities import OUTPUTS, STATUS


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
    return np.where(met, np.int8(STATUS["ok"]), np.int8(STATUS["tolerance_missed"]))


_FIELDS = {
    "I_up": "up",
    "I_down": "down",
    "I_q": "charge",
    "I_s": "spin",
    "SGE": "sge",
    "spin_to_charge": "spin_to_charge",
    "I_error": "error",
}
"""The outputs that are fields of `Currents`."""


class _Biased:
    """The outputs that depend on V, each computed when it is first asked for.

    ``names`` are those that will be: with heat or noise among them, the currents come with these.
    """

    def __init__(self, points: Points, names: Iterable[str]) -> None:
        self.points = points
        self.met = np.ones(points.voltage.size, dtype=np.bool_)
        self._with_flows = not FLOW_OUTPUTS.isdisjoint(names)
        self._currents: Currents | None = None
        self._flows: Flows | None = None

    # No functools.cached_property: before Python 3.12 it lets one thread compute at a time.
    @property
    def currents(self) -> Currents:
        if self._with_flows:
            return self.flows.currents
        if self._currents is None:
            self._currents = spin_currents(self.points)
            self.met &= self._currents.converged
        return self._currents

    @property
    def flows(self) -> Flows:
        if self._flows is None:
            self._flows = spin_flows(self.points)
            self.met &= self._flows.converged
        return self._flows

    def output(self, name: str) -> FloatArray:
        """Return an output by its name, shape (n,)."""
        if name == "dIdV":
            slope, met = slopes(self.points)
            self.met &= met
            return slope
        if name in FLOW_OUTPUTS:
            found: FloatArray = getattr(self.flows, name)
            return found
        current = self.currents
        if name == "G":
            conductance, met = chord_conductance(self.points, current)
            self.met &= met
            return conductance
        if name == "power":
            return 0.0 - current.charge * self.points.voltage
        value: FloatArray = getattr(current, _FIELDS[name])
        return value


class _Unbiased:
    """The outputs without a bias, each computed when it is first asked for."""

    def __init__(self, table: FloatArray, rtol: float) -> None:
        self.table = table
        self.rtol = rtol
        self.met = np.ones(len(table), dtype=np.bool_)
        voltage = matching(table)[0]
        self._across_load: FloatArray | None = None
        self.peak = _Biased(Points(voltage, np.arange(len(table)), table, rtol), ())

    def at_peak(self, name: str) -> FloatArray:
        value = self.peak.output(name)
        self.met &= self.peak.met
        return value

    def zero_bias(self) -> FloatArray:
        value, met = zero_bias(self.table, self.rtol)
        self.met &= met
        return value

    def in_circuit(self, name: str) -> FloatArray:
        if name in CIRCUIT_OUTPUTS:
            found = maximum(name, self.table, self.rtol)
            value, met = found.value, found.converged
        else:
            if self._across_load is None:
                self._across_load = operating(self.table).outermost
            value, met = at_load(name, self._across_load, self.table, self.rtol)
        self.met &= met
        return value

    def output(self, name: str) -> FloatArray:
        """Return an output by its name, shape (R,)."""
        if name in CIRCUIT_OUTPUTS or OUTPUTS[name].loaded:
            return self.in_circuit(name)
        match name:
            case "G_0":
                return self.zero_bias()
            case "I_q_peak" | "I_s_peak" | "G_max":
                return self.at_peak({"I_q_peak": "I_q", "I_s_peak": "I_s", "G_max": "G"}[name])
            case "V_S":
                return seebeck(self.table)
            case "V_p_minus" | "V_p_plus":
                return matching(self.table)[name == "V_p_plus"]
        gap_S, gap_Sm = self.table[:, GAP_S], self.table[:, GAP_SM]
        return {"Delta_S": gap_S, "Delta_Sm": gap_Sm, "h_t": gap_Sm - gap_S}[name]


def takes_currents(outputs: Iterable[str]) -> bool:
    """Return whether outputs with a bias are made of currents, and not of those that heat takes."""
    names = set(outputs)
    return FLOW_OUTPUTS.isdisjoint(names) and names != {"dIdV"}


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
        depend on what else is on the mesh, but for currents: within their accuracy these depend on
        whether heat or noise is asked for, and on whether the mesh has so many voltages, and
        exchange fields one after the other, that few integrals give them all
        (``thermospin.dense``).

    Raises
    ------
    ValueError
        If an output is unknown or lacks its bias or its load, or V or ``rtol`` is out of range.
    """
    names = tuple(outputs)
    for name in names:
        if name not in OUTPUTS:
            raise ValueError(f"outputs must be among {', '.join(OUTPUTS)}, not {name!r}")
        if OUTPUTS[name].biased and V is None:
            raise ValueError(f"output {name} needs a bias: give V")
        if OUTPUTS[name].loaded and junction.R_L is None:
            raise ValueError(f"output {name} needs a load: give R_L")
    rtol = checked_rtol(rtol)
    table = leads_table(junction).reshape(-1, COLUMNS)
    biased_names = [name for name in names if OUTPUTS[name].biased]
    unbiased_names = [name for name in names if not OUTPUTS[name].biased]
    found: dict[str, FloatArray] = {}
    status = junction_status = None
    if biased_names:
        voltage = np.atleast_1d(validated("V", V if V is not None else ()))
        shape = (len(table), voltage.size)
        biased = _Biased(mesh_points(voltage, table, rtol), biased_names)
        found |= {name: biased.output(name).reshape(shape) for name in biased_names}
        status = _status(biased.met).reshape(shape)
    if unbiased_names:
        unbiased = _Unbiased(table, rtol)
        found |= {name: unbiased.output(name) for name in unbiased_names}
        junction_status = _status(unbiased.met)
    return Evaluation({name: found[name] for name in names}, status, junction_status)
