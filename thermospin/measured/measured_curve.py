"""`MeasuredCurve`, a curve as it was measured, and the error of a file that holds none."""

from dataclasses import dataclass, field
from pathlib import Path

from thermospin.junction import FloatArray
from thermospin.measured.column_units import ValueKind


class MeasuredError(ValueError):
    """A file with a measured curve cannot be read; the message says what to do about it."""


@dataclass(frozen=True, eq=False)
class MeasuredCurve:
    """A measured I(V) or dI/dV(V), in the order of its file.

    Attributes
    ----------
    path : Path
        The file it was read from.
    V : ndarray
        Bias in ``V_unit``, shape (n,); finite, as the values are.
    values : ndarray
        Current or differential conductance in ``unit``, shape (n,).
    kind : str
        ``I`` or ``dIdV``.
    V_unit : str
        ``V``, or the reduced unit ``Δ0/e``.
    unit : str
        ``A`` or ``S``; the reduced unit ``G_T Δ0/e`` or ``G_T``; or ``arb.``, arbitrary units.
    columns : tuple of str
        The names of both columns in the file, with their units.
    notes : tuple of str
        What was left out of the file or settled by a rule, in words; empty if nothing was.
    """

    path: Path
    V: FloatArray = field(repr=False)
    values: FloatArray = field(repr=False)
    kind: ValueKind
    V_unit: str
    unit: str
    columns: tuple[str, str]
    notes: tuple[str, ...] = ()
