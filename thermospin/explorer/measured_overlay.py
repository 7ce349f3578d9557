"""A measured curve over the curves of a page, and its fit from the values of the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from thermospin.explorer.checked_view import CheckedView
from thermospin.explorer.given_view import rounded_text, state_of_values
from thermospin.explorer.view_state import ViewState
from thermospin.fitting import Curve, FitProblem, FitResult, Free, fit_problem
from thermospin.fitting.assumptions import guessed_scales, usual_free
from thermospin.fitting.fit_parameters import FIT_PARAMETERS
from thermospin.fitting.fit_report import shown_rows
from thermospin.fitting.fitted_junctions import junction_parameters
from thermospin.fitting.reduced_curves import reduced_curve
from thermospin.measured import MeasuredCurve, MeasuredError, read_curve
from thermospin.quantities import NOT_WITH_MICROWAVES
from thermospin.spec import Material

_DIGITS = 6  # of fitted values, in the fields


@dataclass(frozen=True, eq=False)
class FittedView:
    """What a fit found, as a page shows it.

    Attributes
    ----------
    result : FitResult
        The result.
    state : ViewState
        The page with the fitted values in its fields.
    values : tuple of str
        Every fitted value with its error and unit, a line each.
    curve : Curve
        The model at the bias of the data, in reduced units of the fitted material.
    """

    result: FitResult
    state: ViewState
    values: tuple[str, ...]
    curve: Curve


def uploaded_curve(name: str, content: bytes) -> MeasuredCurve:
    """Read a measured curve from the content of a file.

    Raises
    ------
    MeasuredError
        If the content does not say what its columns are.
    """
    plain = Path(name).name or "measured"
    with TemporaryDirectory() as folder:
        path = Path(folder, plain)
        path.write_bytes(content)
        try:
            return replace(read_curve(path), path=Path(plain))
        except MeasuredError as error:
            words = str(error).replace(str(path), plain)
            if "--" in words:
                words += "; thermospin explore --overlay FILE takes these options"
            raise MeasuredError(words) from None


def needs_material(curve: MeasuredCurve, material: Material | None) -> bool:
    """Return whether a curve is in SI, and no material says how large reduced units are."""
    return material is None and curve.V_unit == "V"


def guessed_material(curve: MeasuredCurve) -> dict[str, str]:
    """Return the scales that a curve in SI shows, for two leads with a gap, to two digits."""
    return guessed_scales([curve], 2)


def reduced(curve: MeasuredCurve, material: Material | None) -> tuple[Curve, tuple[str, ...]]:
    """Return a curve in reduced units, and what was left out of it, in words."""
    found, notes = reduced_curve(curve, material)
    return found, (*curve.notes, *notes)


def over_the_data(state: ViewState, curve: MeasuredCurve, material: Material | None) -> ViewState:
    """Return a state whose window of bias reaches as far as a curve."""
    V = reduced(curve, material)[0].V
    for end, value in (("start", V.min()), ("stop", V.max())):
        state = state.with_text(end, rounded_text("V", float(value), material, 3))
    return state


def free_names(state: ViewState) -> list[str]:
    """Return the parameters that may be free in a fit from a view."""
    return [name for name in FIT_PARAMETERS if name in state.parameters or name not in _PARTS]


def usually_free(state: ViewState, curve: MeasuredCurve) -> list[str]:
    """Return the parameters that are free unless others are chosen."""
    given = {name for name in ("T_Sm", "gap_S", "gap_Sm", "gamma_S") if name in state.parameters}
    names = usual_free(given, {curve.kind})
    if "T" in state.parameters:
        names = ["T" if name == "T_S" else name for name in names]
    if curve.V_unit != "V":
        names = [name for name in names if name not in ("Delta_0", "G_T")]
    return names


_PARTS = ("T", "T_S", "T_Sm", "gamma_S", "gamma_Sm")


def fitted_view(
    state: ViewState,
    view: CheckedView,
    measured: MeasuredCurve,
    free: Sequence[str],
    progress: Callable[[int, float], None],
) -> FittedView:
    """Fit a measured curve, starting from the values of a view.

    Parameters
    ----------
    state : ViewState
        The texts of the fields.
    view : CheckedView
        The same as numbers.
    measured : MeasuredCurve
        The curve.
    free : sequence of str
        The parameters that are found; all others keep the value of the view.
    progress : callable
        Is told how often the model was computed, and the least χ² so far.

    Raises
    ------
    ValueError
        If the view or the curve is not one that a fit takes.
    """
    if view.junction.is_heated:
        raise ValueError("a fit needs T_S in place of a heater: give T_S")
    if np.any(view.junction.V_ac):
        raise ValueError(f"a fit {NOT_WITH_MICROWAVES}")
    known = {name: view.spec.fixed[name] for name in state.parameters if name in FIT_PARAMETERS}
    starts = known | {"Delta_0": 1.0, "G_T": 1.0}
    problem = FitProblem(
        curves=(reduced(measured, view.material)[0],),
        free=tuple(Free(name, start=starts.get(name)) for name in free),
        fixed={name: value for name, value in known.items() if name not in free},
        gap_model=view.spec.gap_model,
        material=view.material,
    )
    result = fit_problem(problem, progress=progress)
    parameters = result.parameters()
    values = junction_parameters(parameters, view.material)
    after = state_of_values(values, result.material, _DIGITS)
    after = replace(
        after,
        start=state.start,
        stop=state.stop,
        num=state.num,
        bias=state.bias,
        shown=state.shown,
        rtol=state.rtol,
        gap_model=state.gap_model,
    )
    if result.material is not None:
        after = replace(after, scales=_scales(result.material))
    rows = tuple(f"{row.name} = {row.shown}" for row in shown_rows(result))
    return FittedView(result, after, rows, _model(result))


def _scales(material: Material) -> dict[str, str]:
    return {
        "Delta_0": f"{1e6 * material.Delta_0:.{_DIGITS}g} ueV",
        "G_T": f"{1e6 * material.G_T:.{_DIGITS}g} uS",
    }


def _model(result: FitResult) -> Curve:
    """Return the fitted curve in reduced units of the fitted material."""
    curve, parameters = result.problem.curves[0], result.parameters()
    volt = ampere = 1.0
    if result.problem.material is not None:
        volt = parameters.get("Delta_0", 1.0)
        siemens = parameters.get("G_T", 1.0)
        ampere = volt * siemens if curve.kind == "I" else siemens
    return Curve(curve.name, curve.V / volt, result.predictions[0] / ampere, curve.kind)
