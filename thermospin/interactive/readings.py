"""What the cursor reads in a picture: values with their units, and their estimated errors."""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from bokeh.models import CustomJSHover

from thermospin.dataset import Contents
from thermospin.figures.display import Display, ShownUnit
from thermospin.figures.labels import unit_of

Formatters: TypeAlias = dict[str, Literal["numeral", "datetime", "printf"] | CustomJSHover]
"""What writes each number that a cursor reads."""
DIGITS = 6
"""Digits of a value that is read."""

_ERRORS = {  # the output that has the estimated error of another, and how many of it add up
    **dict.fromkeys(("I_up", "I_down"), ("I_error", 1)),
    **dict.fromkeys(("I_q", "I_s"), ("I_error", 2)),
    **dict.fromkeys(("J_S", "J_Sm"), ("J_error", 1)),
    "S_I": ("S_I_error", 1),
    "P_ac": ("P_ac_error", 1),
}
NUMBER = f"""
const number = (value) => Number.isFinite(value) ? String(Number(value.toPrecision({DIGITS})))
  : Number.isNaN(value) ? "undefined" : value > 0 ? "∞" : "−∞";
const error = (value) => Number.isFinite(value) ? " ± " + String(Number(value.toPrecision(2))) : "";
"""
"""JavaScript: how the numbers that the cursor reads are written."""


def error_of(contents: Contents, name: str) -> tuple[str, float] | None:
    """Return the output of a file that bounds the error of another, and by how many times itself.

    Parameters
    ----------
    contents : Contents
        The contents of the file.
    name : str
        The output. I_q and I_s are sums of two currents, whose errors may add up.

    Returns
    -------
    tuple of str and float, or None
        None if the file has no such output.
    """
    error = _ERRORS.get(name)
    if error is None or error[0] not in contents.outputs:
        return None
    return error[0], float(error[1])


def unit_text(name: str, unit: ShownUnit) -> str:
    """Return the unit of the numbers of a quantity in plain text, with a space before it."""
    symbol = unit_of(name) if unit.symbol is None else unit.symbol
    return f" {symbol}" if symbol else ""


def reading(name: str, value: float, display: Display) -> str:
    """Return a value of a quantity with its unit in plain text, such as ``700 mK``."""
    unit = display.unit(unit_of(name), value)
    return f"{value * unit.factor:.{DIGITS}g}{unit_text(name, unit)}"


def hover(code: str, args: Mapping[str, Any]) -> CustomJSHover:
    """Return what writes a number that the cursor reads.

    Parameters
    ----------
    code : str
        JavaScript that returns a text; it may use ``number`` and ``error``.
    args : mapping
        What it uses besides.
    """
    return CustomJSHover(args=dict(args), code=NUMBER + code)
