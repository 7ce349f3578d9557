"""Parameter sweeps of the spin-resolved quasiparticle currents of superconducting tunnel junctions.

The names below are imported when they are first used, so that ``import thermospin`` costs nothing.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = [
    "Currents",
    "FitResult",
    "Flows",
    "Junction",
    "Material",
    "Maximum",
    "OperatingPoints",
    "SpecError",
    "SteadyTemperatures",
    "SweepSpec",
    "ToleranceWarning",
    "absorbed_power",
    "bcs_gap",
    "critical_current",
    "critical_temperature",
    "currents",
    "density_of_states",
    "density_slopes",
    "differential_conductance",
    "electron_phonon_power",
    "evaluate",
    "explore",
    "fit",
    "flows",
    "load_spec",
    "matching_voltages",
    "maximum_conductance",
    "maximum_efficiency",
    "maximum_load_conductance",
    "maximum_power",
    "operating_points",
    "parse_spec",
    "plot",
    "read",
    "run_sweep",
    "seebeck_voltage",
    "steady_temperatures",
    "sweep",
    "zero_bias_conductance",
]

if TYPE_CHECKING:
    from thermospin.dataset import read
    from thermospin.execution import run_sweep, sweep
    from thermospin.explorer import explore
    from thermospin.figures import plot
    from thermospin.fitting import FitResult, fit
    from thermospin.gap import bcs_gap, critical_temperature
    from thermospin.junction import Junction
    from thermospin.observables import (
        Currents,
        Flows,
        Maximum,
        OperatingPoints,
        SteadyTemperatures,
        ToleranceWarning,
        absorbed_power,
        critical_current,
        currents,
        density_of_states,
        density_slopes,
        differential_conductance,
        electron_phonon_power,
        evaluate,
        flows,
        matching_voltages,
        maximum_conductance,
        maximum_efficiency,
        maximum_load_conductance,
        maximum_power,
        operating_points,
        seebeck_voltage,
        steady_temperatures,
        zero_bias_conductance,
    )
    from thermospin.spec import Material, SpecError, SweepSpec, load_spec, parse_spec
else:  # hidden from type checkers, which would take any name for granted
    _HOMES = {
        "bcs_gap": "gap",
        "critical_temperature": "gap",
        "Junction": "junction",
        "Currents": "observables",
        "FitResult": "fitting",
        "Flows": "observables",
        "Maximum": "observables",
        "OperatingPoints": "observables",
        "SteadyTemperatures": "observables",
        "ToleranceWarning": "observables",
        "absorbed_power": "observables",
        "critical_current": "observables",
        "currents": "observables",
        "density_of_states": "observables",
        "density_slopes": "observables",
        "differential_conductance": "observables",
        "electron_phonon_power": "observables",
        "evaluate": "observables",
        "explore": "explorer",
        "fit": "fitting",
        "flows": "observables",
        "matching_voltages": "observables",
        "maximum_conductance": "observables",
        "maximum_efficiency": "observables",
        "maximum_load_conductance": "observables",
        "maximum_power": "observables",
        "operating_points": "observables",
        "seebeck_voltage": "observables",
        "steady_temperatures": "observables",
        "zero_bias_conductance": "observables",
        "Material": "spec",
        "SpecError": "spec",
        "SweepSpec": "spec",
        "load_spec": "spec",
        "parse_spec": "spec",
        "plot": "figures",
        "read": "dataset",
        "run_sweep": "execution",
        "sweep": "execution",
    }

    def __getattr__(name):
        """Import a public name from the module it lives in."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = value  # the next access is an ordinary one
        return value

    def __dir__():
        """Return the public names, whether imported yet or not."""
        return sorted({*globals(), *__all__})
