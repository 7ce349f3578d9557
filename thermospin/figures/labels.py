"""The symbols and units of quantities in figures, as in the paper, in the mathtext of matplotlib.

Quantities appear in SI units, such as V (µV), or as dimensionless ratios: eV/Δ0, e I_q/(G_T Δ0).
"""

from collections.abc import Iterable, Sequence

from thermospin.figures.display import AS_STORED, Display, ShownUnit
from thermospin.quantities import OUTPUTS, PARAMETERS

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
    "T_c": r"T_\mathrm{S}",
    "G_T": r"G",
    "G_T Δ0/e": r"I",
    "G_T Δ0": r"S_I",
}
"""The symbol on an axis that several outputs of one unit share.

Heat currents and powers share a unit, and have the two symbols below.
"""
_HEAT, _POWER = r"J", r"P"

_REDUCED = Display()


def unit_of(name: str) -> str:
    """Return the unit of a parameter or an output, as in ``thermospin.quantities``."""
    return PARAMETERS[name].unit if name in PARAMETERS else OUTPUTS[name].unit


def bare_symbol(name: str) -> str:
    """Return the symbol of a parameter or output, without dollar signs."""
    return PARAMETERS[name].symbol if name in PARAMETERS else OUTPUTS[name].symbol


def symbol(name: str) -> str:
    """Return a quantity's symbol, for legends."""
    return f"${bare_symbol(name)}$"


def axis_label(names: Sequence[str], unit: ShownUnit = AS_STORED) -> str:
    """Return the label of an axis that shows some quantities, all of one unit."""
    reduced = unit_of(names[0])
    shared = _shared_symbol(names, reduced)
    bracketed = shared.startswith("(") and shared.endswith(")")
    if unit.symbol is not None and len(names) == 1 and bracketed:
        shared = shared[1:-1]  # the parentheses of a fraction that is divided by another unit
    return quantity_label(shared, reduced, unit)


def quantity_label(letters: str, reduced: str, unit: ShownUnit) -> str:
    """Return the label of an axis of a quantity that has a symbol and a reduced unit."""
    if unit.symbol is None:
        return f"${_RATIOS[reduced].format(letters)}$"
    return f"${letters}$ ({unit.symbol})"


def _shared_symbol(names: Sequence[str], unit: str) -> str:
    if len(names) == 1:
        return bare_symbol(names[0])
    if unit in _GENERIC:
        return _GENERIC[unit]
    if not unit:
        return r",\ ".join(bare_symbol(name) for name in names)
    kinds = sorted({_HEAT if name.startswith("J_") else _POWER for name in names})
    return kinds[0] if len(kinds) == 1 else f"({','.join(kinds)})"


def value_text(name: str, value: float, display: Display = _REDUCED) -> str:
    """Return a quantity with its value and unit, such as T_S = 0.7 T_c or T_S = 0.9 K."""
    unit = display.unit(unit_of(name), value)
    if unit.symbol is None:
        return f"${bare_symbol(name)}={number(value)}{_UNITS[unit_of(name)]}$"
    return f"${bare_symbol(name)}={number(value * unit.factor)}$ {unit.symbol}"


def plain_text(name: str, value: float, display: Display = _REDUCED) -> str:
    """Return a value in plain text for messages: a bare number in reduced units, else with unit."""
    unit = display.unit(unit_of(name), value)
    return f"{value * unit.factor:.6g}" + (f" {unit.symbol}" if unit.symbol else "")


def numbers(values: Iterable[float]) -> list[str]:
    """Return the numbers of a list in mathtext, all with powers of ten if one of them has one."""
    known = [float(value) for value in values]
    power = any("10^" in number(value) for value in known if value)
    return [_with_power(value) if power and value else number(value) for value in known]


def number(value: float) -> str:
    """Return a number in mathtext with up to four digits, a power of ten where it is short."""
    mantissa, _, exponent = f"{value:.4g}".partition("e")
    if exponent or 0.0 < abs(value) < 1e-2:
        return _with_power(value)
    return mantissa


def _with_power(value: float) -> str:
    mantissa, _, exponent = f"{value:.3e}".partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".")
    power = f"10^{{{int(exponent)}}}"
    return {"1": power, "-1": f"-{power}"}.get(mantissa, rf"{mantissa}\times {power}")
