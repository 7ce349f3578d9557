"""The symbols and units of quantities in figures, as in the paper, in the mathtext of matplotlib.

Quantities appear as dimensionless ratios: eV/Δ0, T_S/T_c, e I_q/(G_T Δ0).
"""

from collections.abc import Sequence

from thermospin.quantities import OUTPUTS, PARAMETERS

SYMBOLS = {
    "V": r"V",
    "T_S": r"T_\mathrm{S}",
    "T_Sm": r"T_\mathrm{Sm}",
    "h_exc": r"h_\mathrm{exc}",
    "h_S": r"h_\mathrm{S}",
    "gamma": r"\Gamma",
    "gamma_S": r"\Gamma_\mathrm{S}",
    "gamma_Sm": r"\Gamma_\mathrm{Sm}",
    "gap_S": r"\Delta_\mathrm{S,0}",
    "gap_Sm": r"\Delta_\mathrm{Sm,0}",
    "P": r"\mathcal{P}",
    "R_L": r"R_\mathrm{L}",
    "theta": r"\theta",
    "I_up": r"I_\uparrow",
    "I_down": r"I_\downarrow",
    "I_q": r"I_\mathrm{q}",
    "I_s": r"I_\mathrm{s}",
    "G": r"G",
    "dIdV": r"(\mathrm{d}I_\mathrm{q}/\mathrm{d}V)",
    "SGE": r"\mathrm{SGE}",
    "spin_to_charge": r"|I_\mathrm{s}/I_\mathrm{q}|",
    "power": r"P",
    "I_error": r"\delta I",
    "J_S": r"J_\mathrm{S}",
    "J_Sm": r"J_\mathrm{Sm}",
    "J_error": r"\delta J",
    "efficiency": r"\eta",
    "carnot_fraction": r"(\eta/\eta_\mathrm{C})",
    "S_I": r"S_I",
    "S_I_error": r"\delta S_I",
    "fano": r"F",
    "Delta_S": r"\Delta_\mathrm{S}",
    "Delta_Sm": r"\Delta_\mathrm{Sm}",
    "G_0": r"G_0",
    "V_p_minus": r"V_\mathrm{p}^{-}",
    "V_p_plus": r"V_\mathrm{p}^{+}",
    "I_q_peak": r"I_\mathrm{q}(V_\mathrm{p}^{-})",
    "I_s_peak": r"I_\mathrm{s}(V_\mathrm{p}^{-})",
    "G_max": r"G_\mathrm{max}",
    "V_S": r"V_\mathrm{S}",
    "power_max": r"P_\mathrm{max}",
    "efficiency_max": r"\eta_\mathrm{max}",
    "G_load_max": r"G_\mathrm{L,max}",
    "V_load": r"V_\mathrm{L}",
    "power_load": r"P_\mathrm{L}",
    "efficiency_load": r"\eta_\mathrm{L}",
    "h_t": r"h_\mathrm{t}",
}
"""Every parameter and output, without dollar signs."""

_RATIOS = {
    "": r"{}",
    "Δ0": r"{}/\Delta_0",
    "Δ0/e": r"e{}/\Delta_0",
    "T_c": r"{}/T_c",
    "π": r"{}/\pi",
    "G_T": r"{}/G_T",
    "1/G_T": r"G_T{}",
    "G_T Δ0/e": r"e{}/(G_T\Delta_0)",
    "G_T Δ0²/e²": r"e^2{}/(G_T\Delta_0^2)",
    "G_T Δ0": r"{}/(G_T\Delta_0)",
}
_UNITS = {
    "": r"",
    "Δ0": r"\,\Delta_0",
    "Δ0/e": r"\,\Delta_0/e",
    "T_c": r"\,T_c",
    "π": r"\,\pi",
    "G_T": r"\,G_T",
    "1/G_T": r"/G_T",
    "G_T Δ0/e": r"\,G_T\Delta_0/e",
    "G_T Δ0²/e²": r"\,G_T\Delta_0^2/e^2",
    "G_T Δ0": r"\,G_T\Delta_0",
}
_GENERIC = {
    "Δ0": r"\Delta",
    "Δ0/e": r"V",
    "G_T": r"G",
    "G_T Δ0/e": r"I",
    "G_T Δ0": r"S_I",
}
"""The symbol on an axis that several outputs of one unit share.

Heat currents and powers share a unit, and have the two symbols below.
"""
_HEAT, _POWER = r"J", r"P"


def unit_of(name: str) -> str:
    """Return the unit of a parameter or an output, as in ``thermospin.quantities``."""
    return PARAMETERS[name].unit if name in PARAMETERS else OUTPUTS[name].unit


def symbol(name: str) -> str:
    """Return the symbol of a quantity in mathtext, for legends."""
    return f"${SYMBOLS[name]}$"


def axis_label(names: Sequence[str]) -> str:
    """Return the label of an axis that shows some quantities, all of one unit."""
    unit = unit_of(names[0])
    return f"${_RATIOS[unit].format(_shared_symbol(names, unit))}$"


def _shared_symbol(names: Sequence[str], unit: str) -> str:
    if len(names) == 1:
        return SYMBOLS[names[0]]
    if unit in _GENERIC:
        return _GENERIC[unit]
    if not unit:
        return r",\ ".join(SYMBOLS[name] for name in names)
    kinds = sorted({_HEAT if name.startswith("J_") else _POWER for name in names})
    return kinds[0] if len(kinds) == 1 else f"({','.join(kinds)})"


def value_text(name: str, value: float) -> str:
    """Return a quantity with its value and unit, such as T_S = 0.7 T_c."""
    return f"${SYMBOLS[name]}={number(value)}{_UNITS[unit_of(name)]}$"


def number(value: float) -> str:
    """Return a number in mathtext with up to four digits, a power of ten where it is short."""
    mantissa, _, exponent = f"{value:.4g}".partition("e")
    if not exponent and 0.0 < abs(value) < 1e-2:
        mantissa, _, exponent = f"{value:.3e}".partition("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
    if not exponent:
        return mantissa
    power = f"10^{{{int(exponent)}}}"
    return {"1": power, "-1": f"-{power}"}.get(mantissa, rf"{mantissa}\times {power}")
