"""The choice of the two columns of a curve, and of their units."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from thermospin.measured.column_headings import Column, is_other_sweep
from thermospin.measured.column_units import (
    ARBITRARY,
    ColumnUnit,
    Kind,
    ValueKind,
    kinds_of,
    listed_units,
    unit_as,
)
from thermospin.measured.measured_curve import MeasuredError
from thermospin.spec.problems import quoted

_ASK_COLUMNS = "name two of them with --columns, such as --columns 1,2"
_ASK_UNITS = (
    "give the units of bias and values with --data-units, such as mV,nA, or reduced,reduced for"
    " Δ0/e and G_T Δ0/e"
)


@dataclass(frozen=True)
class ChosenColumns:
    """The columns of a curve, what they hold and in which units."""

    bias: Column
    value: Column
    kind: ValueKind
    bias_unit: ColumnUnit
    value_unit: ColumnUnit
    notes: tuple[str, ...] = ()


def chosen_columns(
    path: object,
    columns: tuple[Column, ...],
    wanted: Sequence[str | int] | None,
    units: Sequence[str] | None,
    asked: ValueKind | None = None,
) -> ChosenColumns:
    """Choose the columns of a curve.

    Parameters
    ----------
    path : path
        The file, for messages.
    columns : tuple of Column
        All its columns.
    wanted : sequence of str or int, optional
        The names, or the numbers from 1 on, of both columns.
    units : sequence of str, optional
        The units of both columns; by default as the headings say.
    asked : {"I", "dIdV"}, optional
        What the values are; by default as the column says.

    Raises
    ------
    MeasuredError
        If the file does not say which columns, or in which units, or what is asked for does not
        fit; the message lists the columns.
    """
    notes: list[str] = []
    for given, option in ((wanted, "--columns A,B"), (units, "--data-units U,W")):
        if given is not None and (isinstance(given, str) or len(given) != 2):
            raise MeasuredError(f"{option} must name two, for bias and values, got {given!r}")
    if wanted is not None:
        bias, value = (_wanted(path, columns, each) for each in wanted)
    elif units is not None and _unnamed_pair(columns):
        bias, value = columns
    else:
        bias = _bias(path, columns, notes)
        value = _value(path, columns, bias, asked, notes)
    if bias is value:
        raise MeasuredError(f"{path}: bias and values must be two columns, got {bias.label} twice")
    try:
        kind = asked or _kind(value, None if units is None else units[1])
        bias_unit = _unit(bias, "V", None if units is None else units[0], notes)
        value_unit = _unit(value, kind, None if units is None else units[1], notes)
    except ValueError as error:
        raise MeasuredError(f"{path}: {error}; {listed(columns)}") from None
    return ChosenColumns(bias, value, kind, bias_unit, value_unit, tuple(notes))


def listed(columns: Sequence[Column]) -> str:
    """Return the names of columns in words, for messages."""
    if not any(column.heading for column in columns):
        return f"its {len(columns)} columns have no names"
    shown = ", ".join(column.label for column in columns[:12])
    return f"its columns are {shown}{', …' * (len(columns) > 12)}"


def _named(columns: Sequence[Column], kind: Kind) -> list[Column]:
    return [column for column in columns if column.named_kind == kind]


def _unnamed_pair(columns: Sequence[Column]) -> bool:
    """Return whether there are two columns, which may be a bias and values in this order."""
    return len(columns) == 2 and columns[0].named_kind is None and not _named(columns, "V")


def _wanted(path: object, columns: Sequence[Column], wanted: str | int) -> Column:
    """Return the column with a heading, a name or a number."""
    text = str(wanted).strip()
    ways: tuple[Callable[[Column], bool], ...] = (
        lambda column: column.heading == text,
        lambda column: column.name == text,
        lambda column: column.name.lower() == text.lower() != "",
        lambda column: text.isascii() and text.isdigit() and text == str(column.place + 1),
    )
    for fits in ways:
        found = [column for column in columns if fits(column)]
        if len(found) == 1:
            return found[0]
        if found:
            raise MeasuredError(
                f"{path}: has {len(found)} columns {quoted(text)}; give the number of one, from 1"
                f" to {len(columns)}"
            )
    raise MeasuredError(f"{path}: has no column {quoted(text)}; {listed(columns)}")


def _bias(path: object, columns: Sequence[Column], notes: list[str]) -> Column:
    """Return the column that is named a bias, else the only one in a unit of voltage."""
    for found in (_named(columns, "V"), [c for c in columns if _only(c) == "V"]):
        found = _of_main_sweep(found)
        calculated = [column for column in found if "calc" in column.name.lower()]
        if len(found) > 1 and len(calculated) == 1:
            others = ", ".join(column.label for column in found if column is not calculated[0])
            notes.append(f"took {calculated[0].label} as the bias, not {others}")
            return calculated[0]
        if found:
            return _single(path, columns, found, "a bias")
    if not any(column.heading for column in columns):
        raise MeasuredError(f"{path}: {listed(columns)}; {_ASK_COLUMNS}, and {_ASK_UNITS}")
    raise MeasuredError(f"{path}: has no column of a bias; {listed(columns)}; {_ASK_COLUMNS}")


def _value(
    path: object,
    columns: Sequence[Column],
    bias: Column,
    asked: ValueKind | None,
    notes: list[str],
) -> Column:
    """Return the column of the current, else that of dI/dV, else a lock-in's only one."""
    rest = [column for column in columns if column is not bias]
    ways: list[tuple[ValueKind, list[Column]]] = [
        ("I", _named(rest, "I")),
        ("dIdV", _named(rest, "dIdV")),
        ("dIdV", [column for column in rest if column.named_kind == "lock-in"]),
        ("I", [c for c in rest if c.named_kind is None and _only(c) == "I"]),
        ("dIdV", [c for c in rest if c.named_kind is None and _only(c) == "dIdV"]),
    ]
    every = [_of_main_sweep(found) for kind, found in ways if asked in (None, kind)]
    for place, found in enumerate(every):
        if found:
            chosen = _single(path, columns, found, "a current or dI/dV")
            others = [column.label for later in every[place + 1 :] for column in later]
            if others:
                notes.append(f"took {chosen.label}, not {', '.join(others)}")
            return chosen
    what = {None: "a current or dI/dV", "I": "a current", "dIdV": "dI/dV"}[asked]
    raise MeasuredError(f"{path}: has no column of {what}; {listed(columns)}; {_ASK_COLUMNS}")


def _of_main_sweep(columns: list[Column]) -> list[Column]:
    """Leave out columns of other sweeps where there is one of the main sweep."""
    return [column for column in columns if not is_other_sweep(column)] or columns


def _only(column: Column) -> Kind | None:
    """Return what a column holds by its unit, if that leaves no doubt."""
    return column.kinds[0] if len(column.kinds) == 1 else None


def _single(path: object, columns: Sequence[Column], found: list[Column], what: str) -> Column:
    if len(found) > 1:
        names = " and ".join(f"{column.label} ({column.place + 1})" for column in found)
        raise MeasuredError(
            f"{path}: has more than one column of {what}, {names}; name two columns with"
            f" --columns, such as --columns 1,{found[-1].place + 1}; {listed(columns)}"
        )
    return found[0]


def _kind(value: Column, unit: str | None) -> ValueKind:
    """Return whether values are a current or dI/dV, by their unit or else by their name.

    A ValueError says what is missing.
    """
    named = value.named_kind
    if named == "lock-in" and unit is None and "dIdV" not in value.kinds:
        raise ValueError(
            f"{value.label} is the signal of a lock-in amplifier; if it is proportional to"
            " dI/dV, say so with --data-units V,arb, or with --data-units V,uS and --factor"
        )
    text = unit if unit is not None else value.unit
    kinds = () if text is None else kinds_of(text)
    if kinds and "I" not in kinds:
        if "dIdV" in kinds:
            return "dIdV"
        if named is None or named in ("V", "lock-in"):
            raise ValueError(
                f"{value.label} in {text} is neither a current nor dI/dV; give what it"
                " stands for with --data-units, such as mV,nA, and what one of it is with --factor"
            )
    if kinds == ("I",) and named != "dIdV":
        return "I"
    if named in ("dIdV", "lock-in"):
        return "dIdV"
    arbitrary = text is not None and unit_as("I", text) == ColumnUnit(ARBITRARY, 1.0)
    return "dIdV" if arbitrary and named is None else "I"


def _unit(column: Column, kind: Kind, given: str | None, notes: list[str]) -> ColumnUnit:
    """Return the unit of a column, as given or else as its heading says.

    A ValueError says what is missing.
    """
    text = column.unit if given is None else given.strip()
    if not text:
        raise ValueError(f"{column.label} has no unit; {_ASK_UNITS}")
    unit = unit_as(kind, text)
    if unit is None:
        raise ValueError(
            f"{column.label} must be in {listed_units(kind)}, got {quoted(text)}; say"
            " otherwise with --data-units, such as mV,nA"
        )
    written = None if column.unit is None else unit_as(kind, column.unit)
    if given is not None and written is not None and written != unit:
        notes.append(f"took {column.label} in {text}, as --data-units says")
    return unit
