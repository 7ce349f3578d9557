"""The words: every parameter and output, its unit, its meaning and its limits.

One name per quantity: the YAML key, the Python field, the HDF5 variable and the keyword are the
same word. Units are reduced: energies in Δ0, temperatures in T_c, bias in Δ0/e, currents in
G_T Δ0/e, conductances in G_T, power and heat in G_T Δ0²/e², noise in G_T Δ0, where Δ0 and T_c
belong to one reference gap.
"""

from dataclasses import dataclass
from typing import Literal, get_args

GapModel = Literal["self-consistent", "tanh", "constant", "dynes"]
GAP_MODELS: tuple[GapModel, ...] = get_args(GapModel)


@dataclass(frozen=True)
class Parameter:
    """A quantity that is given: fixed or an axis.

    ``low`` and ``high`` are the limits of what is supported, both included. One that is
    ``implicit`` has no place in a spec or a file where it is not given.
    """

    name: str
    meaning: str
    unit: str
    low: float
    high: float
    default: float | None = None
    implicit: bool = False

    def rule(self) -> str:
        """Return the limits in words, for error messages."""
        return f"must be between {self.low:g} and {self.high:g}{self.unit and ' ' + self.unit}"


@dataclass(frozen=True)
class Output:
    """A quantity that is computed; ``biased`` if it depends on V, ``loaded`` if on R_L."""

    name: str
    meaning: str
    unit: str
    biased: bool
    loaded: bool = False


_GAMMA = (1e-8, 1.0)
_FIELD = (-10.0, 10.0)
_TEMPERATURE = (1e-4, 100.0)

PARAMETERS: dict[str, Parameter] = {
    parameter.name: parameter
    for parameter in (
        Parameter("V", "bias voltage, μ_S − μ_Sm = eV", "Δ0/e", -1000.0, 1000.0),
        Parameter("T_S", "quasiparticle temperature of S", "T_c", *_TEMPERATURE),
        Parameter("T_Sm", "quasiparticle temperature of Sm", "T_c", *_TEMPERATURE, 0.01),
        Parameter("h_exc", "exchange field in Sm", "Δ0", *_FIELD, 0.0),
        Parameter("h_S", "exchange field in S", "Δ0", *_FIELD, 0.0),
        Parameter("gamma", "Dynes Γ of both leads", "Δ0", *_GAMMA, 1e-4),
        Parameter("gamma_S", "Dynes Γ of S", "Δ0", *_GAMMA, 1e-4),
        Parameter("gamma_Sm", "Dynes Γ of Sm", "Δ0", *_GAMMA, 1e-4),
        Parameter("gap_S", "zero-temperature, zero-field gap of S", "Δ0", 0.0, 100.0, 1.0),
        Parameter("gap_Sm", "zero-temperature, zero-field gap of Sm", "Δ0", 0.0, 100.0, 1.0),
        Parameter("P", "spin polarisation of the barrier, along h_exc", "", -1.0, 1.0, 0.0, True),
        Parameter("R_L", "resistance of the load", "1/G_T", 1e-6, 1e12, None, True),
        Parameter("theta", "angle between the fields h_S and h_exc", "π", 0.0, 1.0, 0.0, True),
    )
}
"""Every parameter by name; ``gamma`` stands for ``gamma_S`` and ``gamma_Sm`` together."""

_CURRENT = "G_T Δ0/e"
_POWER = "G_T Δ0²/e²"
_NOISE = "G_T Δ0"

OUTPUTS: dict[str, Output] = {
    output.name: output
    for output in (
        Output("I_up", "spin-up current", _CURRENT, True),
        Output("I_down", "spin-down current", _CURRENT, True),
        Output("I_q", "charge current I_up + I_down", _CURRENT, True),
        Output("I_s", "spin current I_up − I_down", _CURRENT, True),
        Output("G", "conductance I_q/V", "G_T", True),
        Output("dIdV", "differential conductance dI_q/dV", "G_T", True),
        Output("SGE", "spin current generation efficiency I_s/(|I_up| + |I_down|)", "", True),
        Output("spin_to_charge", "|I_s/I_q|, which a perfect spin filter makes 1", "", True),
        Output("power", "thermoelectric power −I_q V", _POWER, True),
        Output("I_error", "estimated error of I_up and I_down, the larger", _CURRENT, True),
        Output("J_S", "heat current leaving S", _POWER, True),
        Output("J_Sm", "heat current entering Sm", _POWER, True),
        Output("J_error", "estimated error of J_S and J_Sm, the larger", _POWER, True),
        Output("efficiency", "power/J_S, where power > 0 and heat leaves S", "", True),
        Output("carnot_fraction", "efficiency over Carnot's 1 − T_Sm/T_S", "", True),
        Output("S_I", "zero-frequency noise of the charge current", _NOISE, True),
        Output("S_I_error", "estimated error of S_I", _NOISE, True),
        Output("fano", "Fano factor S_I/(2e|I_q|)", "", True),
        Output("Delta_S", "gap of S", "Δ0", False),
        Output("Delta_Sm", "gap of Sm", "Δ0", False),
        Output("G_0", "zero-bias conductance dI_q/dV at V = 0", "G_T", False),
        Output("V_p_minus", "inner matching voltage", "Δ0/e", False),
        Output("V_p_plus", "outer matching voltage", "Δ0/e", False),
        Output("I_q_peak", "charge current at V_p_minus", _CURRENT, False),
        Output("I_s_peak", "spin current at V_p_minus", _CURRENT, False),
        Output("G_max", "conductance I_q/V at V_p_minus", "G_T", False),
        Output("V_S", "Seebeck voltage, outermost zero of I_q from − to +", "Δ0/e", False),
        Output("power_max", "largest power at any V", _POWER, False),
        Output("efficiency_max", "largest efficiency at any V", "", False),
        Output("G_load_max", "largest conductance of a load that is driven", "G_T", False),
        Output("V_load", "stable voltage across the load, the outermost", "Δ0/e", False, True),
        Output("power_load", "power V_load²/R_L in the load", _POWER, False, True),
        Output("efficiency_load", "efficiency at V_load", "", False, True),
        Output("h_t", "threshold exchange field Delta_Sm − Delta_S", "Δ0", False),
    )
}
"""Every output by name."""

STATUS = {"not_computed": 0, "ok": 1, "tolerance_missed": 2}
"""What became of a point; the zero of a file that was never written means not computed."""
