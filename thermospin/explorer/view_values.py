"""What a page shows as plain arrays: curves with their errors, and numbers with their units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thermospin.device import CPU
from thermospin.explorer.checked_view import READ_OUTS, CheckedView
from thermospin.explorer.view_state import CURRENTS_SHOWN
from thermospin.junction import FloatArray
from thermospin.observables import evaluate
from thermospin.quantities import NOT_WITH_MICROWAVES, OUTPUTS, STATUS

_WITH_CURRENTS = (*CURRENTS_SHOWN, "I_error", "SGE")
_HEATED_BLOCK = 4  # voltages


@dataclass(frozen=True, eq=False)
class ViewCurves:
    """Curves of a view, in reduced units, each of shape (n,).

    Attributes
    ----------
    V : ndarray
        Bias, in Δ0/e.
    values : dict of str to ndarray
        Outputs with a bias by name; NaN where one is undefined.
    missed : ndarray of bool
        Where they missed their tolerance.
    """

    V: FloatArray
    values: dict[str, FloatArray]
    missed: NDArray[np.bool_]


@dataclass(frozen=True)
class ReadOut:
    """A number that a page shows beside its curves.

    Attributes
    ----------
    name : str
        The output.
    value : float
        In its reduced unit; NaN where there is none.
    missed : bool
        Whether it missed its tolerance.
    why : str
        Why there is no number, in words; empty if there is one.
    """

    name: str
    value: float
    missed: bool = False
    why: str = ""


def view_currents(view: CheckedView, device: str = CPU) -> ViewCurves:
    """Return the currents of a view with their error ``I_error``, and ``SGE``."""
    return _curves(_WITH_CURRENTS, view, device)


def view_slope(view: CheckedView, device: str = CPU) -> ViewCurves:
    """Return ``dIdV`` of a view."""
    return _curves(("dIdV",), view, device)


def heated_curves(view: CheckedView, device: str = CPU) -> Iterator[ViewCurves]:
    """Return all curves of a heated junction, a few voltages after the others.

    Each voltage takes some ten milliseconds: between them one may turn to another view.
    """
    for V in np.array_split(view.V, -(-view.V.size // _HEATED_BLOCK)):
        yield _curves((*_WITH_CURRENTS, "dIdV"), view, device, V)


def joined(blocks: Sequence[ViewCurves]) -> ViewCurves:
    """Return curves whose voltages follow on one another as one."""
    values = {
        name: np.concatenate([block.values[name] for block in blocks]) for name in blocks[0].values
    }
    V, missed = (np.concatenate([getattr(b, name) for b in blocks]) for name in ("V", "missed"))
    return ViewCurves(V, values, missed)


def _curves(
    names: Sequence[str], view: CheckedView, device: str, V: FloatArray | None = None
) -> ViewCurves:
    V = view.V if V is None else V
    found = evaluate(names, V, view.junction, rtol=view.spec.rtol, device=device)
    assert found.status is not None  # outputs with a bias were asked for
    values = {name: each[0] for name, each in found.values.items()}
    return ViewCurves(V, values, found.status[0] == STATUS["tolerance_missed"])


def read_outs(view: CheckedView) -> list[ReadOut]:
    """Return the numbers of a view, those without a meaning with the reason; none if heated."""
    if view.junction.is_heated:
        return []
    pumped = bool(np.any(view.junction.V_ac))
    loaded = view.junction.R_L is not None
    names = [name for name in READ_OUTS if loaded or not OUTPUTS[name].loaded]
    known = [name for name in names if not (pumped and OUTPUTS[name].source.still)]
    found, met = _without_bias(known, view)
    missed = set() if met else {name for name in known if not _without_bias([name], view)[1]}
    return [
        ReadOut(name, float(found[name][0]), name in missed)
        if name in found
        else ReadOut(name, np.nan, why=NOT_WITH_MICROWAVES)
        for name in names
    ]


def _without_bias(names: Sequence[str], view: CheckedView) -> tuple[dict[str, FloatArray], bool]:
    """Return outputs without a bias, and whether all of them are accurate."""
    found = evaluate(names, None, view.junction, rtol=view.spec.rtol)
    status = found.junction_status
    return found.values, status is None or bool(status[0] != STATUS["tolerance_missed"])
