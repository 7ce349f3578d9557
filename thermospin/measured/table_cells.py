"""The cells of a line of a table, and which of them stand for numbers."""

import csv
import re

BLANKS = " "
"""The delimiter of columns with blanks or tabs between them, one or more."""

_WORDS = (
    *("nan", "-nan", "nan(ind)", "-nan(ind)", "na", "n/a", "#n/a", "null", "none", "--", "---"),
    *("1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan", "1.#inf", "-1.#inf"),
)
MISSING = {
    *("", "NaN", "-NaN", "NaN(ind)", "-NaN(ind)"),
    *(form(word) for word in _WORDS for form in (str.lower, str.upper, str.capitalize)),
}
"""Cells that stand where an instrument has no number; nA is none of them."""
_ENDLESS = re.compile(r"[-+]?inf(?:inity)?", re.IGNORECASE)
_NUMBER_LIKE = re.compile(
    r"[-+]?(?:[0-9]{1,3}(?:[,.][0-9]{3})+[,.]?[0-9]*|[0-9]+[.,]?[0-9]*|[.,][0-9]+)"
    r"(?:[eEdD][-+]?[0-9]+)?"
)
"""A number as instruments write it, with a decimal point or a comma, or with thousands apart."""


def cells_of(line: str, delimiter: str) -> list[str]:
    """Split a line into its cells, without blanks and quotation marks around them.

    Parameters
    ----------
    line : str
        The line.
    delimiter : str
        The character between cells, or `BLANKS`.

    Raises
    ------
    csv.Error
        If a cell in quotation marks is too long.
    """
    if delimiter == BLANKS:
        return line.replace('"', "").split()
    if '"' in line:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]
    return [cell.strip() for cell in line.split(delimiter)]


def is_number_like(cell: str) -> bool:
    """Return whether a cell was meant as a number."""
    return bool(_NUMBER_LIKE.fullmatch(cell))


def is_placeholder(cell: str) -> bool:
    """Return whether a cell stands where there is no number, or none that is finite."""
    return cell in MISSING or bool(_ENDLESS.fullmatch(cell))


def holds_number(cells: list[str]) -> bool:
    """Return whether one of some cells was meant as a number."""
    return any(is_number_like(cell) for cell in cells)
