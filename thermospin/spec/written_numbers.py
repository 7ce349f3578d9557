"""Numbers as people write them: decimal digits, and a unit behind them."""

import math
import re
from decimal import Decimal
from fractions import Fraction

from thermospin.quantities import FREQUENCIES, ISLAND_UNITS, SI_UNITS

LONGEST_NUMBER = 64
"""Characters of a number: enough for every physical quantity, and exact arithmetic stays cheap."""

_NUMBER = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_SPELLINGS = sorted(
    {*FREQUENCIES, *(spelling for unit in SI_UNITS.values() for spelling in unit.spellings)}
    | {spelling for spellings in ISLAND_UNITS.values() for spelling in spellings},
    key=len,
    reverse=True,
)
"""Every unit that a quantity may have, the longest first: 'meV' ends in 'eV', and that in 'V'."""
_WITH_UNKNOWN_UNIT = re.compile(
    r"([-+]?\.?[0-9][0-9.,]*(?:[eE][-+]?[0-9]+)?)\s*([^\W\d_][^\W\d_/²·*^]*)"
)
_POWER_OF_TEN = re.compile(r"(?:([0-9.]+)\s*[*x×·]\s*)?10(?:\^|\*\*)\(?([-+−]?[0-9]+)\)?")


def parse_number(text: str) -> Fraction:
    """Read a decimal number as YAML 1.2 writes it.

    Parameters
    ----------
    text : str
        Such as ``-0.75`` or ``1e-4``.

    Returns
    -------
    Fraction
        The exact value.

    Raises
    ------
    ValueError
        If the text is not a decimal number, or its value does not fit into double precision; the
        message is the rule that it breaks.
    """
    if text in ("", "~", "null"):
        raise ValueError("must be a number")
    if not _NUMBER.fullmatch(text) or len(text) > LONGEST_NUMBER:
        raise ValueError(f"must be a finite decimal number{_advice(text)}")
    rounded = float(text)
    if math.isinf(rounded):
        raise ValueError("overflows double precision")
    if rounded == 0.0:
        if re.search("[1-9]", re.split("[eE]", text)[0]):
            raise ValueError("underflows to zero in double precision")
        return Fraction(0)
    return Fraction(Decimal(text))


def _advice(text: str) -> str:
    """Return what to change in a text that was meant as a number."""
    if len(text) > LONGEST_NUMBER:
        return f" of at most {LONGEST_NUMBER} characters"
    if re.fullmatch("[-+0-9]+,[0-9]+", text):
        return " with a decimal point, not a comma"
    if power := _POWER_OF_TEN.fullmatch(text):
        return f" such as {power[1] or '1'}e{power[2].replace('−', '-').lstrip('+')}"
    for character in text:
        if not character.isascii():
            return f" in plain digits and '-', not with the character U+{ord(character):04X}"
    return ""


def split_unit(text: str) -> tuple[str, str]:
    """Split a text into a number and the unit behind it.

    Parameters
    ----------
    text : str
        Such as ``100 mK``, ``1.3K`` or ``0.7``.

    Returns
    -------
    number : str
        What stands before the unit; not checked.
    unit : str
        The unit, known or not; empty if there is none.
    """
    stripped = text.strip()
    for spelling in _SPELLINGS:
        number = stripped.removesuffix(spelling).rstrip()
        if number != stripped and number[-1:] and (number[-1].isdigit() or number[-1] == "."):
            return number, spelling
    unknown = _WITH_UNKNOWN_UNIT.fullmatch(stripped)
    return (unknown[1], unknown[2]) if unknown else (text, "")
