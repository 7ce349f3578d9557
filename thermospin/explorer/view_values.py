"""What a page shows as plain arrays: curves with their errors, and numbers with their units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thermospin.explorer.checked_view import READ_OUTS, CheckedView
from thermospin.explorer.view_state import CURRENTS_SHOWN
from thermospin.junction import FloatArray
from thermospin.observables import evaluate
from thermospin.quantities import OUTPUTS, STATUS

_WITH_CURRENTS = (*CURRENTS_SHOWN, "SGE", "power", "I_error")


@dataclass(frozen=True, eq=False)
class ViewCurves:
    """The curves of a view, in reduced units, each of shape (n,).

    Attributes
    ----------
    V : ndarray
        Bias, in Δ0/e.
    values : dict of str to ndarray
        Outputs with a bias by name: currents with their error ``I_error``, ``SGE``, ``power`` and
        ``dIdV``; NaN where one is undefined.
    missed : ndarray of bool
        Where the currents missed their tolerance.
    slope_missed : ndarray of bool
        Where dI/dV missed its tolerance.
    """

    V: FloatArray
    values: dict[str, FloatArray]
    missed: NDArray[np.bool_]
    slope_missed: NDArray[np.bool_]


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
        Whether the numbers without a bias missed their tolerance.
    why : str
        Why there is no number, in words; empty if there is one.
    """

    name: str
    value: float
    missed: bool = False
    why: str = ""


def view_curves(view: CheckedView) -> ViewCurves:
    """Return the curves of a view."""
    rtol = view.spec.rtol
    names = [*_WITH_CURRENTS]
    if view.junction.is_heated:
        names += ["T_S_rising", "T_S_falling"]
    currents = evaluate(names, view.V, view.junction, rtol=rtol)
    slope = evaluate(["dIdV"], view.V, view.junction, rtol=rtol)
    values = {name: each[0] for name, each in {**currents.values, **slope.values}.items()}
    return ViewCurves(view.V, values, _missed(currents.status), _missed(slope.status))


def _missed(status: NDArray[np.int8] | None) -> NDArray[np.bool_]:
    assert status is not None  # outputs with a bias were asked for
    return np.asarray(status[0] == STATUS["tolerance_missed"])


def read_outs(view: CheckedView) -> list[ReadOut]:
    """Return the numbers of a view, those without a meaning with the reason; none if heated."""
    found: list[ReadOut] = []
    if view.junction.is_heated:
        return found
    for name in READ_OUTS:
        if OUTPUTS[name].loaded and view.junction.R_L is None:
            continue
        try:
            one = evaluate([name], None, view.junction, rtol=view.spec.rtol)
        except ValueError as error:
            found.append(ReadOut(name, np.nan, why=str(error).removeprefix(f"output {name} ")))
            continue
        status = one.junction_status
        missed = status is not None and bool(status[0] == STATUS["tolerance_missed"])
        found.append(ReadOut(name, float(one.values[name][0]), missed))
    return found
