"""The physics one calls: currents, conductances, matching and Seebeck voltages, heat and noise.

Every function takes a `Junction` whose fields may be arrays, and broadcasts. `evaluate`, by which a
sweep computes, gives any outputs on a mesh of voltages and junctions from the same integrals.
"""

from thermospin.observables.circuits import (
    Maximum,
    OperatingPoints,
    maximum_efficiency,
    maximum_load_conductance,
    maximum_power,
    operating_points,
)
from thermospin.observables.conductances import (
    absorbed_power,
    differential_conductance,
    maximum_conductance,
    zero_bias_conductance,
)
from thermospin.observables.critical_current import critical_current
from thermospin.observables.electron_phonon import electron_phonon_power
from thermospin.observables.evaluation import Evaluation, evaluate, takes_currents
from thermospin.observables.heat_and_noise import Flows, flows
from thermospin.observables.junction_derivatives import Derivatives, junction_derivatives
from thermospin.observables.points import Points
from thermospin.observables.spin_currents import Currents, currents
from thermospin.observables.states import density_of_states, density_slopes
from thermospin.observables.steady_states import SteadyTemperatures, steady_temperatures
from thermospin.observables.tolerance import ToleranceWarning
from thermospin.observables.voltages import matching_voltages, seebeck_voltage

__all__ = [
    "Currents",
    "Derivatives",
    "Evaluation",
    "Flows",
    "Maximum",
    "OperatingPoints",
    "Points",
    "SteadyTemperatures",
    "ToleranceWarning",
    "absorbed_power",
    "critical_current",
    "currents",
    "density_of_states",
    "density_slopes",
    "differential_conductance",
    "electron_phonon_power",
    "evaluate",
    "flows",
    "junction_derivatives",
    "matching_voltages",
    "maximum_conductance",
    "maximum_efficiency",
    "maximum_load_conductance",
    "maximum_power",
    "operating_points",
    "seebeck_voltage",
    "steady_temperatures",
    "takes_currents",
    "zero_bias_conductance",
]
