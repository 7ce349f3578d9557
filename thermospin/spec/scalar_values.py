"""The values of a spec: from text to a number, a word or a physical quantity.

Apart from `parse_number`, each function is, or returns, a validator for pydantic, whose message
gives the rule and the value that breaks it.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from pydantic_core import PydanticCustomError

from thermospin.spec.problems import KeyPath, quoted, shorten, suggest
from thermospin.spec.yaml_tree import QuotedText

LONGEST_NUMBER = 64
"""Characters of a number: enough for every physical quantity, and exact arithmetic stays cheap."""
MOST_POINTS_OF_AXIS = 10**8

ENERGY_UNITS = {
    "eV": Fraction(1),
    "meV": Fraction(1, 10**3),
    "ueV": Fraction(1, 10**6),
    "µeV": Fraction(1, 10**6),  # U+00B5, the micro sign
    "μeV": Fraction(1, 10**6),  # U+03BC, the Greek letter
}
"""Units of energy, in eV."""
CONDUCTANCE_UNITS = {
    "S": Fraction(1),
    "mS": Fraction(1, 10**3),
    "uS": Fraction(1, 10**6),
    "µS": Fraction(1, 10**6),
    "μS": Fraction(1, 10**6),
    "nS": Fraction(1, 10**9),
}
"""Units of conductance, in S."""

_NUMBER = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")


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
    for character in text:
        if not character.isascii():
            return f" in plain digits and '-', not with the character U+{ord(character):04X}"
    return ""


def broken_rule(message: str, at: KeyPath = (), hint: str = "") -> PydanticCustomError:
    """Make the error with which a validator refuses a value.

    Parameters
    ----------
    message : str
        The rule, and the value that breaks it.
    at : KeyPath
        The way from the checked value to the part that is wrong; empty for the value itself.
    hint : str
        What was probably meant; may be empty.

    Returns
    -------
    PydanticCustomError
        The error to raise.
    """
    return PydanticCustomError("rule", "{message}", {"message": message, "at": at, "hint": hint})


def number_between(low: float, high: float, rule: str) -> Callable[[object], Fraction]:
    """Make a validator of a number between two limits.

    Parameters
    ----------
    low, high : float
        The limits, both allowed.
    rule : str
        The limits in words, for the message.

    Returns
    -------
    callable
        Takes the text of a number and returns its exact value.
    """

    def validate(value: object) -> Fraction:
        exact = any_number(value)
        # The limits are floats: 1e-8 as written is not quite the float 1e-8.
        if not low <= float(exact) <= high:
            raise broken_rule(f"{rule}, got {value}")
        return exact

    return validate


def any_number(value: object) -> Fraction:
    """Validate a number without limits.

    Parameters
    ----------
    value : object
        The text of a number; anything else is refused.

    Returns
    -------
    Fraction
        Its exact value.

    Raises
    ------
    PydanticCustomError
        If it is not a number.
    """
    text = _unquoted(value, "a number")
    try:
        return parse_number(text)
    except ValueError as error:
        raise broken_rule(f"{error}, got {quoted(text)}") from None


def point_count(value: object) -> int:
    """Validate the number of points of an axis.

    Parameters
    ----------
    value : object
        The text of a whole number; anything else is refused.

    Returns
    -------
    int
        From 1 to `MOST_POINTS_OF_AXIS`.

    Raises
    ------
    PydanticCustomError
        If it is not such a number.
    """
    text = _unquoted(value, "a whole number")
    if not re.fullmatch("-?(0|[1-9][0-9]*)", text):
        raise broken_rule(f"must be a whole number written in digits, got {quoted(text)}")
    if text[0] in "-0" or (len(text) > 9 and text != str(MOST_POINTS_OF_AXIS)):
        raise broken_rule(f"must be between 1 and {MOST_POINTS_OF_AXIS}, got {shorten(text)}")
    return int(text)


def one_of(options: Iterable[str]) -> Callable[[str], str]:
    """Make a validator of a word that must be one of several.

    Parameters
    ----------
    options : iterable of str
        The words that are allowed.

    Returns
    -------
    callable
        Takes a word and returns it.
    """
    words = list(options)

    def validate(word: str) -> str:
        if word in words:
            return word
        rule = f"must be one of {', '.join(words)}, got {quoted(word)}"
        raise broken_rule(rule, hint=suggest(word, words))

    return validate


def single_line(text: str) -> str:
    """Validate a text that must be one printable line.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    str
        The text without blanks around it.

    Raises
    ------
    PydanticCustomError
        If it holds control characters or line breaks.
    """
    if not text.strip().isprintable():
        raise broken_rule(f"must be one line without control characters, got {quoted(text)}")
    return text.strip()


def positive_quantity(
    units: Mapping[str, Fraction], example: str
) -> Callable[[object], tuple[float, str]]:
    """Make a validator of a positive quantity with a unit.

    Parameters
    ----------
    units : mapping of str to Fraction
        The units that are allowed, and their values in the first one.
    example : str
        A quantity as it may be written, for the message.

    Returns
    -------
    callable
        Takes a text such as ``200 ueV`` and returns its value in the first unit, and the text.
    """
    longest_first = sorted(units, key=len, reverse=True)  # 'meV' ends in 'eV' too

    def validate(value: object) -> tuple[float, str]:
        text = _text(value, "a number and a unit")
        unit = next((unit for unit in longest_first if text.endswith(unit)), "")
        if not unit:
            rule = f"must be a number and a unit ({', '.join(units)}), such as {example}"
            raise broken_rule(f"{rule}; got {quoted(text)}")
        converted = float(any_number(text.removesuffix(unit).rstrip(" ")) * units[unit])
        if not 0 < converted < math.inf:
            raise broken_rule(f"must be positive, got {quoted(text)}")
        return converted, str(text)

    return validate


def _unquoted(value: object, wanted: str) -> str:
    """Return a text that is not in quotation marks, or refuse it as something else than wanted."""
    text = _text(value, wanted)
    if text and isinstance(text, QuotedText):
        raise broken_rule(f"must be {wanted} without quotation marks, got {quoted(text)}")
    return text


def _text(value: object, wanted: str) -> str:
    """Return a value that is a text, or refuse a list or mapping as something else than wanted."""
    if isinstance(value, str):
        return value
    raise broken_rule(f"must be {wanted}, got a {'mapping' if isinstance(value, dict) else 'list'}")
