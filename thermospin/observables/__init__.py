"""The physics one calls: currents, conductances, matching and Seebeck voltages, heat and noise.

Every function takes a `Junction` whose fields may be arrays, and broadcasts. A sweep is the same
path: `evaluate` gives any outputs on a mesh of voltages and junctions.
"""

from thermospin.observables.calls import (
    ToleranceWarning,
    currents,
    density_of_states,
    differential_conductance,
    flows,
    matching_voltages,
    maximum_conductance,
    seebeck_voltage,
    zero_bias_conductance,
)
from thermospin.observables.circuit_calls import (
    maximum_efficiency,
    maximum_load_conductance,
    maximum_power,
    operating_points,
)
from thermospin.observables.circuits import Maximum, OperatingPoints
from thermospin.observables.heat_and_noise import Flows
from thermospin.observables.integrals import Currents
from thermospin.observables.mesh import Evaluation, evaluate, takes_currents
from thermospin.observables.points import Points

__all__ = [
    "Currents",
    "Evaluation",
    "Flows",
    "Maximum",
    "OperatingPoints",
    "Points",
    "ToleranceWarning",
    "currents",
    "density_of_states",
    "differential_conductance",
    "evaluate",
    "flows",
    "matching_voltages",
    "maximum_conductance",
    "maximum_efficiency",
    "maximum_load_conductance",
    "maximum_power",
    "operating_points",
    "seebeck_voltage",
    "takes_currents",
    "zero_bias_conductance",
]
