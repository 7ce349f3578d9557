"""The values of a spec: from text to a number, a word or a physical quantity.

Each function is, or returns, a validator for pydantic, whose message gives the rule and the value
that breaks it. A validator of numbers finds the `Surroundings` of its value in the context of
pydantic.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from pydantic import ValidationInfo
from pydantic_core import PydanticCustomError

from thermospin.quantities import Parameter
from thermospin.spec.material import Material, exact_quantity, read_scale
from thermospin.spec.problems import KeyPath, quoted, shorten, suggest
from thermospin.spec.written_numbers import parse_number, split_unit
from thermospin.spec.yaml_tree import QuotedText

MOST_POINTS_OF_AXIS = 10**8
_MOST_LISTED = 10


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


@dataclass(frozen=True)
class Surroundings:
    """What the rest of a spec says about its numbers.

    Attributes
    ----------
    material : Material or None
        Converts quantities with a unit; None if there is none.
    broken : bool
        Whether there is a material whose mistakes are reported already.
    """

    material: Material | None = None
    broken: bool = False


@dataclass(frozen=True)
class GivenNumber:
    """A number of a spec.

    Attributes
    ----------
    value : Fraction
        The exact value in reduced units.
    si : Fraction or None
        The exact value in SI, if it is written with a unit.
    shown : str
        The number, for messages.
    """

    value: Fraction
    si: Fraction | None
    shown: str


def number_of(
    parameter: Parameter, *, limited: bool = True
) -> Callable[[object, ValidationInfo], GivenNumber]:
    """Make a validator of a number of a parameter.

    Parameters
    ----------
    parameter : Parameter
        Says which unit the number may have, and what its limits are.
    limited : bool
        Whether the number must keep to the limits; a step need not.

    Returns
    -------
    callable
        Takes the text of a number, perhaps with a unit, and returns a `GivenNumber`.
    """

    def validate(value: object, info: ValidationInfo) -> GivenNumber:
        return given_number(parameter, value, info.context or Surroundings(), limited=limited)

    return validate


def given_number(
    parameter: Parameter, value: object, surroundings: Surroundings, *, limited: bool = True
) -> GivenNumber:
    """Validate a number of a parameter.

    Parameters
    ----------
    parameter : Parameter
        Says which unit the number may have, and what its limits are.
    value : object
        The text of a number, perhaps with a unit; anything else is refused.
    surroundings : Surroundings
        What the rest of the spec says about numbers.
    limited : bool
        Whether the number must keep to the limits.

    Returns
    -------
    GivenNumber

    Raises
    ------
    PydanticCustomError
        If it is not such a number.
    """
    text = _text(value, "a number")
    if split_unit(text)[1]:
        given = _with_unit(parameter, text, surroundings)
        if surroundings.broken:
            return given
    else:
        exact = any_number(value)
        given = GivenNumber(exact, None, repr(float(exact)))
    # The limits are floats: 1e-8 as written is not quite the float 1e-8.
    if limited and not parameter.low <= float(given.value) <= parameter.high:
        converted = given.si is not None
        reduced = f" = {float(given.value):.6g} {parameter.unit}" if converted else ""
        raise broken_rule(f"{parameter.rule()}, got {value}{reduced}")
    return given


def _with_unit(parameter: Parameter, text: str, surroundings: Surroundings) -> GivenNumber:
    try:
        si = exact_quantity(parameter.name, parameter.unit, text)
    except ValueError as error:
        raise broken_rule(str(error).removeprefix(f"{parameter.name} ")) from None
    if surroundings.material is not None:
        return GivenNumber(si / surroundings.material.scale(parameter.unit), si, text)
    if surroundings.broken:
        return GivenNumber(si, si, text)
    raise broken_rule(
        f"a number with a unit needs a material, got {quoted(text)}; add one, such as"
        " material: {T_c: 1.3 K, R_T: 5 kohm}, or give a bare number in"
        f" {parameter.unit}"
    )


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


def scale_of_material(name: str) -> Callable[[object], str]:
    """Make a validator of a quantity by which a material is given.

    Parameters
    ----------
    name : str
        One of `thermospin.spec.material.SCALES` or `ISLAND`.

    Returns
    -------
    callable
        Takes a text such as ``200 ueV`` and returns it.
    """

    def validate(value: object) -> str:
        text = _text(value, "a number and a unit")
        try:
            read_scale(name, text)
        except ValueError as error:
            raise broken_rule(str(error).removeprefix(f"{name} ")) from None
        return str(text)

    return validate


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
    try:
        number = parse_number(text)
    except ValueError:
        number = Fraction(1, 2)  # like any other number that is not whole
    if number.denominator != 1:
        raise broken_rule(f"must be a whole number, got {quoted(text)}")
    if not 1 <= number <= MOST_POINTS_OF_AXIS:
        raise broken_rule(f"must be between 1 and {MOST_POINTS_OF_AXIS}, got {shorten(text)}")
    return int(number)


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
        known = words if len(words) <= _MOST_LISTED else [*words[:_MOST_LISTED], "…"]
        rule = f"must be one of {', '.join(known)}, got {quoted(word)}"
        raise broken_rule(rule, hint=suggest(word, words) or _list_of_outputs(words))

    return validate


def _list_of_outputs(words: list[str]) -> str:
    page = "docs/reference/parameters.md"
    return f"{page} lists all {len(words)}" if len(words) > _MOST_LISTED else ""


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
