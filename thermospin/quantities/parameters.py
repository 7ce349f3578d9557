"""The quantities that are given: every parameter with its unit, its symbol and its limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

Value = TypeVar("Value")

GapModel = Literal["self-consistent", "tanh", "constant", "dynes"]
GAP_MODELS: tuple[GapModel, ...] = get_args(GapModel)


@dataclass(frozen=True)
class Parameter:
    """A quantity that is given: fixed or an axis.

    ``symbol`` is mathtext without dollar signs. ``low`` and ``high`` are the limits of what is
    supported, both included. A parameter that is ``implicit`` has no place in a spec or a file
    where it is not given.
    """

    name: str
    meaning: str
    unit: str
    symbol: str
    low: float
    high: float
    default: float | None = None
    implicit: bool = False

    def rule(self) -> str:
        """Return the limits in words, for error messages."""
        return f"must be between {self.low:g} and {self.high:g}{self.unit and ' ' + self.unit}"


_GAMMA = (1e-8, 1.0)
_FIELD = (-10.0, 10.0)
_TEMPERATURE = (1e-4, 100.0)
_VOLTAGE = (-1000.0, 1000.0)
_GAP = (0.0, 100.0)
_RATE = (0.0, 10.0)

# fmt: off
PARAMETERS: dict[str, Parameter] = {
    parameter.name: parameter
    for parameter in (
        Parameter("V", "bias voltage, μ_S − μ_Sm = eV", "Δ0/e", r"V", *_VOLTAGE),
        Parameter("T", "quasiparticle temperature of both leads", "T_c", r"T", *_TEMPERATURE,
                  implicit=True),
        Parameter("T_S", "quasiparticle temperature of S", "T_c", r"T_\mathrm{S}",
                  *_TEMPERATURE),
        Parameter("T_Sm", "quasiparticle temperature of Sm", "T_c", r"T_\mathrm{Sm}",
                  *_TEMPERATURE, 0.01),
        Parameter("h_exc", "exchange field in Sm", "Δ0", r"h_\mathrm{exc}", *_FIELD, 0.0),
        Parameter("h_S", "exchange field in S", "Δ0", r"h_\mathrm{S}", *_FIELD, 0.0),
        Parameter("gamma", "Dynes Γ of both leads", "Δ0", r"\Gamma", *_GAMMA, 1e-4),
        Parameter("gamma_S", "Dynes Γ of S", "Δ0", r"\Gamma_\mathrm{S}", *_GAMMA, 1e-4),
        Parameter("gamma_Sm", "Dynes Γ of Sm", "Δ0", r"\Gamma_\mathrm{Sm}", *_GAMMA, 1e-4),
        Parameter("gap_S", "zero-temperature, zero-field gap of S", "Δ0",
                  r"\Delta_\mathrm{S,0}", *_GAP, 1.0),
        Parameter("gap_Sm", "zero-temperature, zero-field gap of Sm", "Δ0",
                  r"\Delta_\mathrm{Sm,0}", *_GAP, 1.0),
        Parameter("P", "spin polarisation of the barrier, along h_exc", "", r"\mathcal{P}",
                  -1.0, 1.0, 0.0, implicit=True),
        Parameter("R_L", "resistance of the load", "1/G_T", r"R_\mathrm{L}",
                  1e-6, 1e12, implicit=True),
        Parameter("theta", "angle between the fields h_S and h_exc", "π", r"\theta",
                  0.0, 1.0, 0.0, implicit=True),
        Parameter("heater", "power of a heater into S", "G_T Δ0²/e²", r"P_\mathrm{h}",
                  0.0, 1e12, implicit=True),
        Parameter("T_bath", "temperature of the phonons in S", "T_c", r"T_\mathrm{bath}",
                  *_TEMPERATURE, implicit=True),
        Parameter("electron_phonon", "coupling κ = Σ volume T_c⁵/(G_T Δ0²/e²) of S to phonons",
                  "", r"\kappa", 0.0, 1e12, implicit=True),
        Parameter("depairing", "rate Γ_orb of orbital depairing in both leads",
                  "Δ0", r"\Gamma_\mathrm{orb}", *_RATE, 0.0, implicit=True),
        Parameter("depairing_S", "rate Γ_orb of orbital depairing in S",
                  "Δ0", r"\Gamma_\mathrm{orb,S}", *_RATE, 0.0, implicit=True),
        Parameter("depairing_Sm", "rate Γ_orb of orbital depairing in Sm",
                  "Δ0", r"\Gamma_\mathrm{orb,Sm}", *_RATE, 0.0, implicit=True),
        Parameter("spin_orbit", "rate Γ_so = ħ/4τ_so of spin-orbit scattering in both leads",
                  "Δ0", r"\Gamma_\mathrm{so}", *_RATE, 0.0, implicit=True),
        Parameter("spin_orbit_S", "rate Γ_so = ħ/4τ_so of spin-orbit scattering in S",
                  "Δ0", r"\Gamma_\mathrm{so,S}", *_RATE, 0.0, implicit=True),
        Parameter("spin_orbit_Sm", "rate Γ_so = ħ/4τ_so of spin-orbit scattering in Sm",
                  "Δ0", r"\Gamma_\mathrm{so,Sm}", *_RATE, 0.0, implicit=True),
        Parameter("spin_flip", "rate Γ_sf = ħ/4τ_sf of spin-flip scattering in both leads",
                  "Δ0", r"\Gamma_\mathrm{sf}", *_RATE, 0.0, implicit=True),
        Parameter("spin_flip_S", "rate Γ_sf = ħ/4τ_sf of spin-flip scattering in S",
                  "Δ0", r"\Gamma_\mathrm{sf,S}", *_RATE, 0.0, implicit=True),
        Parameter("spin_flip_Sm", "rate Γ_sf = ħ/4τ_sf of spin-flip scattering in Sm",
                  "Δ0", r"\Gamma_\mathrm{sf,Sm}", *_RATE, 0.0, implicit=True),
        Parameter("V_ac", "amplitude of the voltage of microwaves", "Δ0/e", r"V_\mathrm{ac}",
                  0.0, 100.0, 0.0, implicit=True),
        Parameter("hf", "energy of the photons of microwaves", "Δ0", r"hf",
                  1e-3, 10.0, implicit=True),
    )
}
# fmt: on
"""Every parameter by name."""

STANDS_FOR = {
    name: (f"{name}_S", f"{name}_Sm")
    for name in ("T", "gamma", "depairing", "spin_orbit", "spin_flip")
}
"""The parameters that stand for those of both leads together."""


def of_one_lead(parameters: Mapping[str, Value], name: str) -> Value:
    """Return the value of a parameter of one lead, which may be given for both leads together.

    Parameters
    ----------
    parameters : mapping
        Values by the name of the parameter.
    name : str
        A parameter such as ``T_S`` or ``gamma_Sm``, or one that no other stands for.

    Raises
    ------
    KeyError
        If it is given neither for this lead nor for both.
    """
    if name in parameters:
        return parameters[name]
    for both, parts in STANDS_FOR.items():
        if name in parts and both in parameters:
            return parameters[both]
    raise KeyError(name)


DEFAULT_RTOL = 1e-8
RTOL = Parameter("rtol", "relative accuracy of I_up and I_down", "", "", 1e-13, 1e-2, DEFAULT_RTOL)
