"""From a spec or a junction to the state with which a page opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from thermospin.explorer.checked_view import CheckedView
from thermospin.explorer.view_state import CURRENTS_SHOWN, HEATED_NUM, ViewState
from thermospin.junction import Junction
from thermospin.quantities import DEFAULT_RTOL, HEATING, PARAMETERS, PREFIXES, SI_UNITS, STANDS_FOR
from thermospin.spec import Material, SweepSpec, reduced_number

_ALWAYS = ("T_S", "T", "T_Sm", "h_exc", "gamma", "gamma_S", "gamma_Sm", *HEATING)
_FEWEST = 101  # voltages of a spec with fewer are shown on a finer mesh


def state_of_spec(spec: SweepSpec) -> ViewState:
    """Return the state of the junction of a spec: its fixed values, and the first of its axes.

    Parameters
    ----------
    spec : SweepSpec
        The spec. Its axis V, if it has one, is the window of bias.
    """
    values = dict(spec.fixed) | {name: float(points[0]) for name, points in spec.axes.items()}
    values.pop("V", None)
    shown = tuple(name for name in CURRENTS_SHOWN if name in spec.outputs)
    state = state_of_values(values, spec.material)
    state = replace(
        state,
        shown=shown or ViewState.shown,
        gap_model=spec.gap_model,
        branch=spec.branch,
        rtol=ViewState.rtol if spec.rtol == DEFAULT_RTOL else f"{spec.rtol!r}",
    )
    bias = spec.axes.get("V")
    if bias is None or bias.size < 2:
        return state
    evenly = np.allclose(np.diff(bias), (bias[-1] - bias[0]) / (bias.size - 1), rtol=1e-6)
    count = bias.size if evenly and bias.size >= _FEWEST else int(state.num)
    start, stop = (written("V", float(end), spec.material) for end in (bias[0], bias[-1]))
    return replace(state, start=start, stop=stop, num=f"{count}")


def state_of_junction(junction: Junction, material: Material | None = None) -> ViewState:
    """Return the state of a junction.

    Parameters
    ----------
    junction : Junction
        A single junction.
    material : Material, optional
        The scales with which the page shows it in SI.

    Raises
    ------
    ValueError
        If the junction is an array of several.
    """
    if junction.shape:
        raise ValueError(f"a page shows a single junction, not an array of shape {junction.shape}")
    values = {name: float(value) for name, value in junction.given().items()}
    state = state_of_values(values, material)
    return replace(state, gap_model=junction.gap_model, branch=str(junction.branch))


def state_of_values(
    values: Mapping[str, float], material: Material | None, digits: int | None = None
) -> ViewState:
    """Return the state with parameters of a junction, given as numbers in reduced units.

    Numbers are written with all their digits, or with ``digits`` of them.
    """

    def text(name: str, value: float) -> str:
        if digits is None:
            return written(name, value, material)
        return rounded_text(name, value, material, digits)

    joined = dict(values)
    for both, parts in STANDS_FOR.items():
        if both != "T" and parts[0] in joined and joined.get(parts[0]) == joined.get(parts[1]):
            joined[both] = joined.pop(parts[0])
            del joined[parts[1]]
    scales = {} if material is None else dict(material.given)
    if "Sigma" in scales:
        joined.pop("electron_phonon", None)
    texts = {
        name: text(name, joined[name])
        for name in PARAMETERS
        if name in joined and (name in _ALWAYS or joined[name] != (PARAMETERS[name].default or 0.0))
    }
    if "hf" in texts:
        texts.setdefault("V_ac", "0")
    start, stop = (text("V", float(end)) for end in (ViewState.start, ViewState.stop))
    num = HEATED_NUM if "heater" in texts else ViewState.num
    return ViewState(parameters=texts, scales=scales, num=num, start=start, stop=stop)


def in_other_units(state: ViewState, view: CheckedView, scales: Mapping[str, str]) -> ViewState:
    """Return a state with all its texts in the units of another material, or in reduced units.

    Parameters
    ----------
    state : ViewState
        The state.
    view : CheckedView
        The same as numbers.
    scales : mapping of str to str
        The material, with which numbers are written in SI; empty for reduced units.
    """
    material = Material(**scales) if scales else None
    values = {name: value for name, value in view.spec.fixed.items() if name in state.parameters}
    if view.junction.is_heated:
        values["electron_phonon"] = float(np.asarray(view.junction.electron_phonon))
    texts = {name: _short_text(name, value, material) for name, value in values.items()}
    ends = (float(view.V[0]), float(view.V[-1]), view.bias)
    start, stop, bias = (_short_text("V", value, material) for value in ends)
    return replace(state, parameters=texts, scales=dict(scales), start=start, stop=stop, bias=bias)


def written(name: str, value: float, material: Material | None) -> str:
    """Return a number in reduced units as it is typed into a field, with all its digits.

    Parameters
    ----------
    name : str
        The parameter.
    value : float
        The number.
    material : Material or None
        The scales; with them the number is written in SI, if it can be without loss.
    """
    if material is not None and _has_si_unit(name):
        text = rounded_text(name, value, material, _DIGITS)
        if material.reduced(name, text) == value:
            return text
    return repr(float(value)).removesuffix(".0")


def rounded_text(name: str, value: float, material: Material | None, digits: int) -> str:
    """Return a number in reduced units as text with some digits, in SI if there is a material."""
    if material is None or not _has_si_unit(name):
        return f"{value:.{digits}g}"
    si, factor = SI_UNITS[PARAMETERS[name].unit], material.factor(PARAMETERS[name].unit)
    powers = {prefix.strip(): PREFIXES[prefix.strip()] for prefix in si.prefixes}
    size = abs(value) * factor or 10.0 ** _USUAL_POWER[si.symbol]
    fitting = [prefix for prefix, power in powers.items() if size >= (1 - 1e-9) * 10.0**power]
    prefix = (
        max(fitting, key=powers.__getitem__) if fitting else min(powers, key=powers.__getitem__)
    )
    return f"{value * factor / 10.0 ** powers[prefix]:.{digits}g} {prefix}{si.symbol}"


def _short_text(name: str, value: float, material: Material | None) -> str:
    """Return the shortest text that is as near to a number as one of `_SHORT` digits may be.

    So 0.75 is 0.75 again after it was written in SI.
    """
    texts = [rounded_text(name, value, material, digits) for digits in range(1, _SHORT + 1)]
    near = 0.6 * 10.0 ** (1 - _SHORT) * abs(value)
    return min(
        (text for text in texts if abs(reduced_number(name, text, material) - value) <= near),
        key=len,
        default=texts[-1],
    )


def _has_si_unit(name: str) -> bool:
    """Return whether a parameter is written with a unit where there is a material."""
    unit = SI_UNITS.get(PARAMETERS[name].unit)
    return unit is not None and bool(unit.prefixes) and name not in ("gap_S", "gap_Sm")


_DIGITS, _SHORT = 12, 6
_USUAL_POWER = {"V": -6, "eV": -6, "K": -3, "W": -12, "ohm": 3}
"""The power of ten whose prefix a value of 0 has."""
