"""The layout of a table in lines of text: its delimiter, its headings, where its numbers begin."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from thermospin.measured.column_headings import Column, bare_unit, column_of
from thermospin.measured.column_units import kinds_of
from thermospin.measured.measured_curve import MeasuredError
from thermospin.measured.table_cells import (
    BLANKS,
    cells_of,
    holds_number,
    is_number_like,
    is_placeholder,
)

COMMENT_MARKS = "#%;!"
"""Each begins a comment, the semicolon only where it is not the delimiter."""
_DELIMITERS = ("\t", ";", ",", BLANKS)
_MOST_COLUMNS = 1000
_SAMPLE = 60  # lines that show the layout
_HEADER_LINES = 60  # lines above the numbers among which the headings are looked for
_METADATA_LINES = 10_000  # most lines above the mark [DATA]
_LONGEST_HEADER = 20_000  # characters of a line with headings
_LONGEST_WITH_BLANKS = 2000  # of one whose blanks may belong to a heading, which takes long
_SKIP = "lines that do not belong to the table can be left out with --skip"


@dataclass(frozen=True)
class TableLayout:
    """The layout of a table.

    Attributes
    ----------
    delimiter : str
        A character; `BLANKS` for any number of blanks and tabs.
    columns : tuple of Column
        The columns, with their headings if the table has any.
    start : int
        The place, from 0, of the line after the headings.
    """

    delimiter: str
    columns: tuple[Column, ...]
    start: int

    @property
    def marks(self) -> str:
        """The characters that begin a comment."""
        return COMMENT_MARKS.replace(self.delimiter, "")


@dataclass(frozen=True)
class _Sample:
    """A few lines with numbers, split at a delimiter; ``score`` says how well that fits."""

    delimiter: str
    rows: list[list[str]]
    score: float

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    def is_blank(self, place: int) -> bool:
        return not any(row[place] for row in self.rows)


def table_layout(path: object, lines: list[str], skip: int) -> TableLayout:
    """Find the layout of the table in a file.

    Parameters
    ----------
    path : path
        The file, for messages.
    lines : list of str
        Its lines.
    skip : int
        Number of lines at the beginning that are left out.

    Raises
    ------
    MeasuredError
        If there are no two columns of numbers, or the headings do not fit them.
    """
    top = _after_metadata(lines, skip)
    sample = _best_sample(lines, top)
    if not sample.rows:
        raise MeasuredError(f"{path}: has no line with two numbers{_beginning(lines, top)}")
    if sample.width > _MOST_COLUMNS:
        raise MeasuredError(f"{path}: has {sample.width} columns, a curve at most {_MOST_COLUMNS}")
    first = _first_row(lines, top, sample)
    marks = COMMENT_MARKS.replace(sample.delimiter, "")
    columns, start = _columns(lines, range(top, first), sample, marks)
    if not columns:
        _check_headings(path, lines, range(top, first), sample, marks)
        columns, start = tuple(Column(place) for place in range(sample.width)), top
    while start < first and not _may_be_row(cells_of(lines[start], sample.delimiter)):
        start += 1
    return TableLayout(sample.delimiter, columns, start)


def _after_metadata(lines: list[str], skip: int) -> int:
    """Return the place of the line after a block of metadata that ends in [DATA]."""
    marked = (
        place for place, line in enumerate(lines[:_METADATA_LINES]) if line.strip(" \t") == "[DATA]"
    )
    return max(skip, next(marked, -1) + 1)


def _beginning(lines: list[str], top: int) -> str:
    for line in lines[top:]:
        if line.strip():
            return f"; its first line is {line.strip()[:60]!r}"
    return " after the lines that are skipped" if top else ""


def _best_sample(lines: list[str], top: int) -> _Sample:
    """Split some lines, most of them from the end, at each delimiter; return what fits best."""
    filled = [
        line for line in lines[top:] if (text := line.lstrip()) and text[0] not in COMMENT_MARKS
    ]
    if not filled:  # rows that begin with a semicolon, the delimiter
        filled = [line for line in lines[top:] if line.lstrip().startswith(";")]
    step = max(1, len(filled) // (_SAMPLE // 3))
    chosen = [*filled[::step], *filled[-_SAMPLE:]]
    samples = [_sample(chosen, delimiter) for delimiter in _DELIMITERS]
    return max(samples, key=lambda sample: sample.score)  # of equal ones the first


def _sample(lines: list[str], delimiter: str) -> _Sample:
    try:
        rows = [cells_of(line, delimiter) for line in lines]
    except csv.Error:
        return _Sample(delimiter, [], 0.0)
    shares = {}
    for place, row in enumerate(rows):
        numbers = sum(is_number_like(cell) for cell in row)
        words = sum(is_placeholder(cell) for cell in row)
        if numbers + words >= 2 and numbers > 0:
            shares[place] = (numbers + words) / len(row)
    if not shares:
        return _Sample(delimiter, [], 0.0)
    width = Counter(len(rows[place]) for place in shares).most_common(1)[0][0]
    fitting = [place for place in shares if len(rows[place]) == width]
    return _Sample(delimiter, [rows[p] for p in fitting], sum(shares[p] for p in fitting))


def _may_be_row(cells: list[str]) -> bool:
    return holds_number(cells) or any(cell and is_placeholder(cell) for cell in cells)


def _first_row(lines: list[str], top: int, sample: _Sample) -> int:
    """Return the place of the first line that looks like those of the sample."""
    for place in range(top, len(lines)):
        text = lines[place].lstrip()
        if text and text[0] not in COMMENT_MARKS.replace(sample.delimiter, ""):
            cells = cells_of(text, sample.delimiter)
            numbers = sum(is_number_like(cell) for cell in cells)
            if len(cells) == sample.width and numbers >= min(2, sample.width):
                return place
    return len(lines)


def _columns(
    lines: list[str], above: range, sample: _Sample, marks: str
) -> tuple[tuple[Column, ...], int]:
    """Return the columns by their headings, and the place after these; none without headings.

    The headings are the line nearest to the numbers that names a bias and what was measured with
    it, also in a comment; else the line next to the numbers. A line of units may stand between.
    """
    units: list[str] = [""] * sample.width
    start, nearest = above.stop, None
    for place in reversed(above[-_HEADER_LINES:]):
        if not lines[place].strip():
            continue
        for cells in _headings(lines[place], sample, marks):
            if _are_units(cells):
                units = cells
                start = place + 1
                break
            columns = tuple(
                column_of(*each) for each in zip(range(len(cells)), cells, units, strict=True)
            )
            kinds = {column.named_kind for column in columns}
            if "V" in kinds and len(kinds - {None}) > 1:
                return columns, place + 1
            if nearest is None:
                nearest = columns, place + 1
        if nearest is None and not any(units):
            nearest = (), above.start  # the line next to the numbers is no line of headings
    if nearest is not None and nearest[0]:
        return nearest
    if any(units):
        return tuple(column_of(place, "", unit) for place, unit in enumerate(units)), start
    return (), above.start


def _are_units(cells: list[str]) -> bool:
    """Return whether cells are units; others than those of a curve may be among them."""
    others = [cell for cell in cells if cell and not kinds_of(bare_unit(cell))]
    known = sum(map(bool, cells)) - len(others)
    named = any(column_of(0, cell).named_kind for cell in others)  # V I: the first is no volt
    return not named and (known > 1 or not others)


def _headings(line: str, sample: _Sample, marks: str) -> Iterator[list[str]]:
    """Yield each way to split a line into one heading, not a number, for each column."""
    if len(line) > _LONGEST_HEADER:
        return
    text = line.strip(" ").lstrip(marks + "/").strip(" ")
    if text.startswith(";") and not sample.is_blank(0):
        text = text.lstrip(";")  # a comment, although the semicolon is the delimiter
    text = re.sub(r"^(columns?|fields|data)\s*[:=]\s*", "", text, flags=re.IGNORECASE)
    ways = [
        cells_of(text, sample.delimiter),
        *(cells_of(text, delimiter) for delimiter in _DELIMITERS[:3]),
        re.split(r"\s{2,}|\t", text),
        re.split(r"(?<=[)\]])\s+", text),
    ]
    if len(text) <= _LONGEST_WITH_BLANKS:
        ways.append(re.split(r"\s+(?![(\[/])(?![^(\[]*[)\]])(?<!/ )", text))
    for cells in ways:
        while len(cells) > sample.width and cells[-1].lower() in ("", "comment"):  # as LabVIEW
            cells = cells[:-1]
        while len(cells) < sample.width and sample.is_blank(len(cells)):
            cells = [*cells, ""]
        if len(cells) == sample.width and any(cells) and not _may_be_row(cells):
            yield [cell.strip() for cell in cells]


def _check_headings(
    path: object, lines: list[str], above: range, sample: _Sample, marks: str
) -> None:
    """Refuse a table whose rows have another number of cells than its line of names."""
    for place in reversed(above):
        text = lines[place].strip()
        if not text or text[0] in marks or len(text) > _LONGEST_HEADER:
            continue
        names = [cell for cell in cells_of(text, sample.delimiter) if cell]
        if sample.delimiter != BLANKS and len(names) > 1 and not holds_number(names):
            advice = advice_on(sample.delimiter) if sample.width > len(names) else _SKIP
            raise MeasuredError(
                f"{path}:{place + 1}: has {len(names)} names, {', '.join(names)[:80]}, for rows of"
                f" {sample.width} cells; {advice}"
            )
        break
    whole = not any("." in cell for row in sample.rows for cell in row)
    if sample.delimiter == "," and sample.width > 2 and sample.width % 2 == 0 and whole:
        raise MeasuredError(
            f"{path}: has rows of {sample.width} cells without a point;"
            f" {advice_on(sample.delimiter)}"
        )


def advice_on(delimiter: str) -> str:
    """Return what to change where rows have too many cells, perhaps for decimal commas."""
    if delimiter != ",":
        return _SKIP
    return (
        "a comma cannot both separate cells and be decimal: write numbers with a decimal"
        " point, or separate the cells with tabs or semicolons"
    )
