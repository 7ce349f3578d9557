"""The kinds of values in a spec: from the text of a scalar to a number, a word or a quantity.

Each function here is, or returns, a validator for pydantic, whose message says rule and value.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from pydantic_core import PydanticCustomError

from thermospin.spec.axes import parse_number
from thermospin.spec.problems import Path, quoted, shorten, suggest
from thermospin.spec.reader import QuotedText

MOST_POINTS_OF_AXIS = 10**8

ENERGIES = {
    "eV": Fraction(1),
    "meV": Fraction(1, 10**3),
    "ueV": Fraction(1, 10**6),
    "µeV": Fraction(1, 10**6),  # U+00B5, the micro sign
    "μeV": Fraction(1, 10**6),  # U+03BC, the Greek letter
}
CONDUCTANCES = {
    "S": Fraction(1),
    "mS": Fraction(1, 10**3),
    "uS": Fraction(1, 10**6),
    "µS": Fraction(1, 10**6),
    "μS": Fraction(1, 10**6),
    "nS": Fraction(1, 10**9),
}


def broken_rule(message: str, at: Path = (), hint: str = "") -> PydanticCustomError:
    """Return a validation error; ``at`` leads from the checked value to the culprit."""
    return PydanticCustomError("rule", "{message}", {"message": message, "at": at, "hint": hint})


def number_between(low: float, high: float, limits: str) -> Callable[[object], Fraction]:
    """Return a validator of a number between two limits, both included, that ``limits`` words."""

    def parse(value: object) -> Fraction:
        exact = any_number(value)
        # The limits are floats: 1e-8 as written is not quite the float 1e-8.
        if not low <= float(exact) <= high:
            raise broken_rule(f"{limits}, got {value}")
        return exact

    return parse


def any_number(value: object) -> Fraction:
    """Validate a number."""
    text = _unquoted(value, "a number")
    try:
        return parse_number(text)
    except ValueError as error:
        raise broken_rule(f"{error}, got {quoted(text)}") from None


def point_count(value: object) -> int:
    """Validate a number of points."""
    text = _unquoted(value, "a whole number")
    if not re.fullmatch("-?(0|[1-9][0-9]*)", text):
        raise broken_rule(f"must be a whole number written in digits, got {quoted(text)}")
    if text[0] in "-0" or (len(text) > 9 and text != str(MOST_POINTS_OF_AXIS)):
        raise broken_rule(f"must be between 1 and {MOST_POINTS_OF_AXIS}, got {shorten(text)}")
    return int(text)


def one_of(options: Iterable[str]) -> Callable[[str], str]:
    """Return a validator of a word out of a list."""
    words = list(options)

    def known(word: str) -> str:
        if word in words:
            return word
        listed = f"must be one of {', '.join(words)}, got {quoted(word)}"
        raise broken_rule(listed, hint=suggest(word, words))

    return known


def one_line(text: str) -> str:
    """Validate a printable text of one line."""
    if not text.strip().isprintable():
        raise broken_rule(f"must be one line without control characters, got {quoted(text)}")
    return text.strip()


def positive_in(
    units: Mapping[str, Fraction], example: str
) -> Callable[[object], tuple[float, str]]:
    """Return a validator of a positive quantity with a unit: its value in SI, and its text."""
    longest_first = sorted(units, key=len, reverse=True)  # 'meV' ends in 'eV' too

    def parse(value: object) -> tuple[float, str]:
        text = _scalar(value, "a number and a unit")
        unit = next((unit for unit in longest_first if text.endswith(unit)), "")
        if not unit:
            rule = f"must be a number and a unit ({', '.join(units)}), such as {example}"
            raise broken_rule(f"{rule}; got {quoted(text)}")
        in_si = float(any_number(text.removesuffix(unit).rstrip(" ")) * units[unit])
        if not 0 < in_si < math.inf:
            raise broken_rule(f"must be positive, got {quoted(text)}")
        return in_si, str(text)

    return parse


def _unquoted(value: object, wanted: str) -> str:
    text = _scalar(value, wanted)
    if text and isinstance(text, QuotedText):
        raise broken_rule(f"must be {wanted} without quotation marks, got {quoted(text)}")
    return text


def _scalar(value: object, wanted: str) -> str:
    if isinstance(value, str):
        return value
    raise broken_rule(f"must be {wanted}, got a {'mapping' if isinstance(value, dict) else 'list'}")
