"""Any outputs on a mesh of voltages and junctions: what a sweep computes.

An output is an attribute of a result, as its entry in ``thermospin.quantities.OUTPUTS`` says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermospin.device import CPU, check_device
from thermospin.junction import FloatArray, Junction, validated
from thermospin.kernels.leads import COLUMNS
from thermospin.kernels.panel_model import EFFICIENCY, LOAD, POWER
from thermospin.observables.biased_points import Heated, points_on_mesh
from thermospin.observables.circuits import AcrossLoad, Maximum, across_load, maximum
from thermospin.observables.conductances import (
    absorbed,
    chord_conductance,
    peak_conductance,
    peak_currents,
    slopes,
    zero_bias,
)
from thermospin.observables.critical_current import supercurrents
from thermospin.observables.heat_and_noise import Flows, spin_flows
from thermospin.observables.points import NO_T_S, Points, leads_table, one_each
from thermospin.observables.spin_currents import Currents, spin_currents
from thermospin.observables.spin_up_integrals import Integral
from thermospin.observables.steady_states import SteadyBranches
from thermospin.observables.tolerance import checked_rtol
from thermospin.observables.voltages import (
    Edges,
    Gaps,
    MatchingVoltages,
    SeebeckVoltages,
    edges,
    gaps,
    matching,
    seebeck,
)
from thermospin.quantities import (
    DEFAULT_RTOL,
    FLOWS,
    NOT_WITH_MICROWAVES,
    OUTPUTS,
    SLOPE,
    STATUS,
    Output,
)


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
        What became of the outputs without a bias of each junction, shape (R,).
    """

    values: dict[str, FloatArray]
    status: NDArray[np.int8] | None
    junction_status: NDArray[np.int8] | None


class _Results:
    """Results that outputs are attributes of, each computed when it is first asked for.

    The public methods are named by ``thermospin.quantities.Source``. ``converged`` says at which
    points all results so far are accurate; a result without a tolerance has no such attribute.
    """

    def __init__(self, count: int) -> None:
        self.converged = np.ones(count, dtype=np.bool_)
        self._found: dict[str, Any] = {}

    # No functools.cached_property: before Python 3.12 it lets one thread compute at a time.
    def result(self, name: str) -> Any:
        """Return a result by the name of the method that computes it."""
        if name not in self._found:
            self._found[name] = getattr(self, name)()
            self.converged &= getattr(self._found[name], "converged", True)
        return self._found[name]

    def output(self, output: Output) -> FloatArray:
        """Return an output at each point."""
        values: FloatArray = getattr(self.result(output.source.name), output.attribute)
        return values

    def status(self) -> NDArray[np.int8]:
        """Return what became of each point."""
        ok, missed = np.int8(STATUS["ok"]), np.int8(STATUS["tolerance_missed"])
        return np.where(self.converged, ok, missed)


class _AtPoints(_Results):
    """Results that depend on V.

    ``heat`` says that heat or noise is asked for: the currents then come with these.
    """

    def __init__(self, points: Points | Heated, *, heat: bool) -> None:
        self._steady = points.steady if isinstance(points, Heated) else None
        self._points = points.points if isinstance(points, Heated) else points
        super().__init__(self._points.voltage.size)
        self.converged = self._points.met(self.converged)
        self._heat = heat

    def steady(self) -> SteadyBranches | None:
        return self._steady

    def currents(self) -> Currents:
        if self._heat:
            found: Flows = self.result("flows")
            return found.currents
        return spin_currents(self._points)

    def flows(self) -> Flows:
        return spin_flows(self._points)

    def slope(self) -> Integral:
        return slopes(self._points)

    def absorbed(self) -> Integral:
        return absorbed(self._points)

    def chord(self) -> Integral:
        return chord_conductance(self._points, self.result("currents"))


class _OfJunctions(_Results):
    """Results without a bias, of each row of a table of leads."""

    def __init__(self, table: FloatArray, rtol: float, device: str) -> None:
        super().__init__(len(table))
        self._table = table
        self._rtol = rtol
        self._device = device

    def gaps(self) -> Gaps:
        return gaps(self._table)

    def edges(self) -> Edges:
        return edges(self._table)

    def matching(self) -> MatchingVoltages:
        return matching(self._table)

    def zero_bias(self) -> Integral:
        return zero_bias(self._table, self._rtol, self._device)

    def supercurrent(self) -> Integral:
        return supercurrents(self._table, self._rtol)

    def peak(self) -> Currents:
        return peak_currents(self._table, self._rtol)

    def peak_chord(self) -> Integral:
        return peak_conductance(self._table, self.result("peak"), self._rtol)

    def seebeck(self) -> SeebeckVoltages:
        return seebeck(self._table)

    def most_power(self) -> Maximum:
        return maximum(POWER, self._table, self._rtol)

    def most_efficiency(self) -> Maximum:
        return maximum(EFFICIENCY, self._table, self._rtol)

    def most_load(self) -> Maximum:
        return maximum(LOAD, self._table, self._rtol)

    def load(self) -> AcrossLoad:
        return across_load(self._table)

    def load_flows(self) -> Flows:
        return spin_flows(self._points_at(self.result("load").V))

    def _points_at(self, voltage: FloatArray) -> Points:
        return one_each(voltage, self._table, self._rtol)


def takes_currents(outputs: Iterable[str]) -> bool:
    """Return whether outputs with a bias need currents other than those that come with heat."""
    sources = {OUTPUTS[name].source for name in outputs}
    return FLOWS not in sources and sources != {SLOPE}


def evaluate(
    outputs: Iterable[str],
    V: ArrayLike | None,
    junction: Junction,
    *,
    rtol: float = DEFAULT_RTOL,
    device: str = CPU,
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
    device : str, optional
        What computes the integrals between ideal leads: ``"cpu"``, or ``"cuda"`` for an NVIDIA
        graphics card (docs/howto/cuda.md).

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
        If an output is unknown, lacks its bias, its load or its heater, has no bias where there is
        a heater, or is not known with microwaves, if V or ``rtol`` is out of range, or if there is
        no such device.
    ModuleNotFoundError, OSError
        If there is no graphics card, or what it needs is missing; the message says what to do.
    """
    entries = _entries(outputs, V, junction)
    rtol = checked_rtol(rtol)
    check_device(device)
    found: dict[str, FloatArray] = {}
    status = junction_status = None
    biased = [output for output in entries if output.biased]
    unbiased = [output for output in entries if not output.biased]
    if biased:
        voltage = np.atleast_1d(validated("V", V if V is not None else ()))
        shape = (-1, voltage.size)
        heat = any(output.source is FLOWS for output in biased)
        at_points = _AtPoints(points_on_mesh(voltage, junction, rtol, device), heat=heat)
        found |= {output.name: at_points.output(output).reshape(shape) for output in biased}
        status = at_points.status().reshape(shape)
    if unbiased:
        of_junctions = _OfJunctions(leads_table(junction).reshape(-1, COLUMNS), rtol, device)
        found |= {output.name: of_junctions.output(output) for output in unbiased}
        junction_status = of_junctions.status()
    values = {output.name: found[output.name] for output in entries}
    return Evaluation(values, status, junction_status)


def _entries(outputs: Iterable[str], V: ArrayLike | None, junction: Junction) -> list[Output]:
    """Return the entries of outputs; raise ValueError if one cannot be computed of a junction."""
    names = tuple(outputs)
    pumped = np.any(junction.V_ac)
    for name in names:
        if name not in OUTPUTS:
            raise ValueError(f"outputs must be among {', '.join(OUTPUTS)}, not {name!r}")
        if OUTPUTS[name].biased and V is None:
            raise ValueError(f"output {name} needs a bias: give V")
        if OUTPUTS[name].loaded and junction.R_L is None:
            raise ValueError(f"output {name} needs a load: give R_L")
        if OUTPUTS[name].source.still and pumped:
            raise ValueError(f"output {name} {NOT_WITH_MICROWAVES}")
        if OUTPUTS[name].heated and not junction.is_heated:
            raise ValueError(
                f"output {name} needs a heater: give heater, T_bath and electron_phonon"
            )
        if junction.is_heated and not OUTPUTS[name].biased:
            raise ValueError(f"output {name}: {NO_T_S}")
    return [OUTPUTS[name] for name in names]
