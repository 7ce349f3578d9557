"""The numbers of two columns of a table, read by pandas, and what had to be left out."""

import csv
import io
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thermospin.junction import FloatArray
from thermospin.measured.measured_curve import MeasuredError
from thermospin.measured.table_cells import (
    BLANKS,
    MISSING,
    cells_of,
    is_number_like,
    is_placeholder,
)
from thermospin.measured.table_layout import TableLayout, advice_on
from thermospin.spec.problems import quoted

IntArray = NDArray[np.int64]

_NAMED_LINES = 5  # lines that a note names
_THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2}(?:,[0-9]{3})+")
_FORTRAN = re.compile(r"(?<=[0-9.,])[dD](?=[-+]?[0-9])")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")


@dataclass(frozen=True)
class _Rows:
    """The rows of a table that have all their cells.

    Attributes
    ----------
    texts : list of str
        The rows.
    numbers : ndarray of int
        The number of each line in its file, from 1.
    """

    texts: list[str]
    numbers: IntArray

    @property
    def quoting(self) -> int:
        return csv.QUOTE_MINIMAL if any('"' in text for text in self.texts) else csv.QUOTE_NONE


def number_columns(
    path: object, lines: list[str], layout: TableLayout, places: tuple[int, int]
) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    """Read two columns of a table.

    Parameters
    ----------
    path : path
        The file, for messages.
    lines : list of str
        Its lines.
    layout : TableLayout
        The layout of the table.
    places : tuple of int
        The places of both columns, from 0.

    Returns
    -------
    first, second : ndarray
        The finite numbers of both columns, shape (n,).
    notes : tuple of str
        Which rows were left out: those without a finite number in both columns, and those with
        another number of cells.

    Raises
    ------
    MeasuredError
        If a cell is not a number, or fewer than two rows are left.
    """
    rows, notes = _whole_rows(path, lines, layout)
    if not rows.texts:
        raise MeasuredError("; ".join([f"{path}: has no rows of numbers", *notes]))
    try:
        table = _parsed("\n".join(rows.texts), layout.delimiter, places, rows.quoting)
    except ValueError:  # of pandas; among them decimal commas and the exponents of Fortran
        table = _parsed_as_written(path, rows, layout, places)
    finite = np.isfinite(table).all(axis=1)
    if not finite.all():
        left_out = rows.numbers[~finite]
        notes.append(f"{_counted(len(left_out), len(table))} without a finite number"
                     f" {_named(left_out)}")  # fmt: skip
    if finite.sum() < 2:
        count = "one row" if finite.any() else "no rows"
        raise MeasuredError(
            "; ".join([f"{path}: has {count} of numbers, a curve needs two or more", *notes])
        )
    return table[finite, 0], table[finite, 1], tuple(notes)


def _counted(count: int, of: int) -> str:
    return f"left out {count} of {of} rows"


def _named(numbers: list[int] | IntArray) -> str:
    """Return the numbers of lines in words, the first few of many."""
    shown = ", ".join(str(number) for number in numbers[:_NAMED_LINES])
    return f"(line{'s' * (len(numbers) > 1)} {shown}{' …' * (len(numbers) > _NAMED_LINES)})"


def _whole_rows(path: object, lines: list[str], layout: TableLayout) -> tuple[_Rows, list[str]]:
    """Return the rows with a cell for each column, and a note on all others."""
    texts, numbers, ragged = [], [], []
    width, delimiter, marks = len(layout.columns), layout.delimiter, layout.marks
    for number, line in enumerate(lines[layout.start :], layout.start + 1):
        text = line.strip(" ")
        if not text.strip() or text[0] in marks:
            continue
        count = _count(text, delimiter)
        if count == width + 1 and text.endswith(delimiter):
            text, count = text[:-1], width  # a delimiter at the end of the row
        if count == width:
            texts.append(text)
            numbers.append(number)
            continue
        if delimiter == "," and count > width:
            _check_commas(path, number, text, width)
        ragged.append(number)
    notes = []
    if ragged:
        rows = len(ragged) + len(texts)
        notes.append(f"{_counted(len(ragged), rows)} with other than {width} cells"
                     f" {_named(ragged)}")  # fmt: skip
    return _Rows(texts, np.array(numbers, dtype=np.int64)), notes


def _count(text: str, delimiter: str) -> int:
    """Return the number of cells of a row, 0 if a quotation mark is left open."""
    if delimiter == BLANKS:
        return len(text.split())
    if '"' not in text:
        return text.count(delimiter) + 1
    return len(cells_of(text, delimiter)) if text.count('"') % 2 == 0 else 0


def _check_commas(path: object, number: int, text: str, width: int) -> None:
    """Refuse a row in which commas may be decimal ones."""
    cells = cells_of(text, ",")
    if sum(is_number_like(cell) for cell in cells) > 1:
        raise MeasuredError(
            f"{path}:{number}: has {len(cells)} cells for {width} columns; {advice_on(',')}"
        )


def _parsed(text: str, delimiter: str, places: tuple[int, int], quoting: int) -> FloatArray:
    """Read two columns of rows as numbers, each rounded once.

    Raises
    ------
    ValueError
        If a cell is not a number.
    """
    missing = sorted(MISSING)
    frame = _frame(text, delimiter, places, quoting, dtype=np.float64, na_values=missing)
    return np.column_stack([frame[place].to_numpy(dtype=np.float64) for place in places])


def _frame(text: str, delimiter: str, places: tuple[int, int], quoting: int, **options: Any) -> Any:
    """Return the data frame of two columns of rows; a ValueError says what pandas cannot read."""
    import pandas

    if tuple(int(part) for part in pandas.__version__.split(".")[:2]) < (3, 1):
        options["float_precision"] = "round_trip"  # later versions always round correctly
    frame = pandas.read_csv(
        io.StringIO(text),
        sep=r"\s+" if delimiter == BLANKS else delimiter,
        header=None,
        usecols=sorted(places),
        skipinitialspace=True,
        skip_blank_lines=False,
        quoting=quoting,
        **options,
    )
    if len(frame) != text.count("\n") + 1:
        raise ValueError("rows have been lost")
    return frame


def _parsed_as_written(
    path: object, rows: _Rows, layout: TableLayout, places: tuple[int, int]
) -> FloatArray:
    """Read two columns with decimal commas or exponents of Fortran, or name what is no number."""
    text, lines = "\n".join(rows.texts), np.repeat(rows.numbers, 2)
    try:
        frame = _frame(text, layout.delimiter, places, rows.quoting, dtype=object, na_filter=False)
        columns = [frame[place].tolist() for place in places]
    except ValueError as error:
        raise MeasuredError(f"{path}: is no table of numbers: {error}") from None
    written = [cell for pair in zip(*columns, strict=True) for cell in pair]
    if any("," in cell for cell in written):
        _check_decimal_commas(path, written, lines)
    pairs = map("\t".join, zip(*columns, strict=True))
    text = _FORTRAN.sub("e", "\n".join(pairs).replace(",", "."))
    try:
        return _parsed(text, "\t", (0, 1), csv.QUOTE_NONE)
    except ValueError:
        plain = [_FORTRAN.sub("e", cell.strip().replace(",", ".")) for cell in written]
    for cell, number, line in zip(written, plain, lines, strict=True):
        if not (_DECIMAL.fullmatch(number) or is_placeholder(number)):
            cell = cell.strip()
            raise MeasuredError(f"{path}:{line}: {_rule(cell)}, got {quoted(cell)}")
    # All are numbers, but before version 3.1 pandas reads none that overflows.
    numbers = [float(number) if _DECIMAL.fullmatch(number) else np.nan for number in plain]
    return np.array(numbers).reshape(-1, 2)


def _check_decimal_commas(path: object, cells: list[str], lines: IntArray) -> None:
    """Refuse commas that may separate thousands."""
    comma = next(place for place, cell in enumerate(cells) if "," in cell)
    point = next((place for place, cell in enumerate(cells) if "." in cell), None)
    written = f"{path}:{lines[comma]}: {quoted(cells[comma])}"
    if point is not None:
        raise MeasuredError(
            f"{written} has a comma and {quoted(cells[point])} in line {lines[point]} a point;"
            " write all numbers with a decimal point and no other mark"
        )
    if all(_THOUSANDS.fullmatch(cell.strip()) for cell in cells if "," in cell):
        raise MeasuredError(
            f"{written} may be a decimal number or thousands, as may every number with a comma;"
            " write the numbers with a decimal point"
        )


def _rule(cell: str) -> str:
    rule = "must be a decimal number"
    if cell.count(",") + cell.count(".") > 1 and is_number_like(cell):
        return f"{rule} without separated thousands"
    if not cell.isascii():
        return f"{rule} in plain digits"
    if not re.search("[0-9]", cell):
        return f"{rule} (lines above the numbers can be left out with --skip)"
    return rule
