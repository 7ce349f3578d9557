"""`read_curve`: from the file of a laboratory to a measured curve in SI."""

import math
import os
from collections.abc import Sequence
from pathlib import Path

from thermospin.measured.chosen_columns import ChosenColumns, chosen_columns
from thermospin.measured.column_units import ARBITRARY, ValueKind, listed_units, unit_as
from thermospin.measured.measured_curve import MeasuredCurve, MeasuredError
from thermospin.measured.number_columns import number_columns
from thermospin.measured.source_lines import source_lines
from thermospin.measured.table_layout import table_layout
from thermospin.spec.problems import quoted
from thermospin.spec.written_numbers import parse_number, split_unit


def read_curve(
    path: str | os.PathLike[str],
    *,
    columns: Sequence[str | int] | None = None,
    units: Sequence[str] | None = None,
    skip: int | None = None,
    offset: float | str = 0.0,
    factor: float = 1.0,
    kind: ValueKind | None = None,
) -> MeasuredCurve:
    """Read a measured I(V) or dI/dV(V) from a text file.

    The delimiter, comments, headings and units are found in the file: see
    ``docs/howto/measured.md``.

    Parameters
    ----------
    path : path
        The file.
    columns : sequence of str or int, optional
        The columns of bias and values: two names, or numbers from 1 on.
    units : sequence of str, optional
        The units of both, such as ``("mV", "nA")``; ``reduced`` for Δ0/e, G_T Δ0/e and G_T, and
        ``arb`` for values in arbitrary units. By default those of the headings.
    skip : int, optional
        Number of lines at the beginning of the file that are left out.
    offset : float or str
        The bias at which the junction had none, which is subtracted: in the unit of the column, or
        a text with a unit, such as ``12 uV``.
    factor : float
        What the values are multiplied by.
    kind : {"I", "dIdV"}, optional
        Whether the values are a current or dI/dV. By default the columns say so, and of both the
        current is taken.

    Returns
    -------
    MeasuredCurve
        The curve in SI, or in reduced units where its units say so.

    Raises
    ------
    MeasuredError
        If the file cannot be read, or does not say what its columns are. The message names the
        file, the line and the rule.
    OSError
        If the file cannot be opened.
    """
    if not math.isfinite(factor) or factor == 0.0:
        raise MeasuredError(f"--factor must be a finite number other than 0, got {factor:g}")
    lines = source_lines(path)
    layout = table_layout(path, lines, skip or 0)
    chosen = chosen_columns(path, layout.columns, columns, units, asked=kind)
    if chosen.value_unit.symbol == ARBITRARY and factor != 1.0:
        raise MeasuredError(
            f"{path}: {chosen.value.label} times --factor must have a unit, not arbitrary ones:"
            " give it with --data-units, such as mV,uS"
        )
    shift = _shift(chosen, offset)
    places = (chosen.bias.place, chosen.value.place)
    V, values, left_out = number_columns(path, lines, layout, places)
    return MeasuredCurve(
        Path(path),
        V * chosen.bias_unit.factor - shift,
        values * (chosen.value_unit.factor * factor),
        chosen.kind,
        chosen.bias_unit.symbol,
        chosen.value_unit.symbol,
        (chosen.bias.label, chosen.value.label),
        (*chosen.notes, *left_out),
    )


def _shift(chosen: ChosenColumns, offset: float | str) -> float:
    """Return the offset of the bias in the unit in which the bias is given on."""
    if not isinstance(offset, str):
        if not math.isfinite(offset):
            raise MeasuredError(f"--offset must be a finite number, got {offset}")
        return offset * chosen.bias_unit.factor
    number, unit = split_unit(offset)
    found = unit_as("V", unit) if unit else chosen.bias_unit
    if found is None or found.symbol != chosen.bias_unit.symbol:
        raise MeasuredError(
            f"--offset must be in {listed_units('V')}, as the column {chosen.bias.label} is,"
            f" got {quoted(offset)}"
        )
    try:
        return float(parse_number(number.strip())) * found.factor
    except ValueError as error:
        raise MeasuredError(f"--offset {error}, got {quoted(offset)}") from None
