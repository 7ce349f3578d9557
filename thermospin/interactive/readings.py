"""What the cursor reads in a picture: values with their units, and their estimated errors."""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from bokeh.models import CustomJSHover

from thermospin.dataset import Contents
from thermospin.figures.display import Display, ShownUnit
from thermospin.figures.labels import unit_of
from thermospin.quantities import OUTPUTS

Formatters: TypeAlias = dict[str, Literal["numeral", "datetime", "printf"] | CustomJSHover]
"""What writes each number that a cursor reads."""
DIGITS = 6
"""Digits of a value that is read."""

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
    for error in OUTPUTS.values():
        times = dict(error.bounds).get(name)
        if times is not None and error.name in contents.outputs:
            return error.name, float(times)
    return None


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
