"""`fit`: a fit in one call, from files, arrays or curves."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from thermospin.fitting.assumptions import (
    freed_scales,
    guessed_scales,
    in_si,
    settled,
    usual_free,
)
from thermospin.fitting.fit_parameters import FIT_PARAMETERS
from thermospin.fitting.fit_result import FitResult
from thermospin.fitting.fitting_run import fit_problem
from thermospin.fitting.least_squares import Progress
from thermospin.fitting.problem import Curve, FitProblem, Free
from thermospin.fitting.reduced_curves import reduced_curve
from thermospin.junction import Junction
from thermospin.measured import MeasuredCurve, read_curve
from thermospin.measured.column_units import REDUCED, ValueKind
from thermospin.quantities import NOT_WITH_MICROWAVES, PARAMETERS, SI_UNITS, STANDS_FOR
from thermospin.spec import Material
from thermospin.spec.material import exact_quantity
from thermospin.spec.written_numbers import split_unit

Data: TypeAlias = "str | os.PathLike[str] | MeasuredCurve | Curve | tuple[ArrayLike, ArrayLike]"
"""A file, a curve that was read, a curve in reduced units, or arrays of bias and values."""
FreeNames: TypeAlias = "Sequence[str | Free] | Mapping[str, float | str | Free | None]"
_NOT_FITTED = ("R_L", "V_ac", "hf")
_LEAST_BIAS = 0.01
"""Largest bias, in Δ0/e, that a curve must reach at least: in volts one reaches less."""


def fit(
    data: Data | list[Data],
    junction: Junction | None = None,
    *,
    free: FreeNames | None = None,
    each: Sequence[str] = (),
    fixed: Mapping[str, float | str] | None = None,
    material: Material | None = None,
    kind: ValueKind = "I",
    sigma: float | str | None = None,
    sigma_V: float | str = 0.0,
    profile: Sequence[str] = (),
    progress: Progress | None = None,
) -> FitResult:
    """Fit measured curves: find the parameters of the junction and its circuit, with errors.

    Parameters
    ----------
    data : path, MeasuredCurve, Curve or pair of arrays, or a list of them
        The curves, which are fitted at once. A pair of arrays is the bias and the values: in volts
        and amperes or siemens with a ``material``, else in reduced units.
    junction : Junction, optional
        What is known of the junction: a parameter of it that is not free is fixed; one that is free
        starts from there, unless it has its default.
    free : sequence of str or Free, or mapping, optional
        The parameters that are determined; a mapping gives each a start, or None. Without a start
        the data give one. By default the gap ``Delta_0``, ``G_T``, ``gamma``, ``h_exc``, the
        offsets and a temperature, those that are not fixed.
    each : sequence of str
        Free parameters of which every curve has a value of its own.
    fixed : mapping of str to float or str, optional
        Parameters that are known, in reduced units or as texts with a unit, such as ``30 mK``.
    material : Material, optional
        The scales that the fit starts from; guessed from data in SI if it is not given, of which
        ``Delta_0`` and ``G_T`` are then free as well, unless they or a gap are given.
    kind : {"I", "dIdV"}
        What the values of a pair of arrays are.
    sigma : float or str, optional
        Standard deviation of the noise of the values, in the unit of a pair of arrays or as a text
        with a unit, such as ``1 pA``; estimated from each curve if it is not given.
    sigma_V : float or str
        That of the bias of each point, likewise.
    profile : sequence of str
        Free values whose profile likelihood is computed.
    progress : callable, optional
        Is told, after each evaluation of the model, how many there were, and the least χ² so far.

    Returns
    -------
    FitResult
        Values, errors, and what the data cannot tell, in words.

    Raises
    ------
    ValueError
        If a parameter is unknown, out of range, or free and fixed at once, or a curve cannot be
        taken.
    OSError
        If a file cannot be read.

    Examples
    --------
    >>> import numpy as np
    >>> import thermospin as ts
    >>> V = np.linspace(-2.5, 2.5, 101)
    >>> I = ts.currents(V, ts.Junction(T_S=0.6, T_Sm=0.1, gamma=0.01)).charge
    >>> found = ts.fit((V, I), ts.Junction(T_S=0.5, T_Sm=0.1), free=["T_S", "gamma"], sigma=1e-3)
    >>> print(f"{found.values['T_S']:.4f}")
    0.6000
    """
    several = [_read(one, kind, material, i) for i, one in enumerate(_listed(data))]
    normal = _normal(junction, fixed or {})
    given = settled(set(fixed or {}) | _given(junction), normal)
    if free is None:
        free = usual_free(given, {curve.kind for curve in several})
    starts = dict(free) if isinstance(free, Mapping) else {_name(one): one for one in free}
    measured = [curve for curve in several if isinstance(curve, MeasuredCurve)]
    if material is None and in_si(measured):
        material = Material(**guessed_scales(measured, 1 if normal else 2))
        starts |= dict.fromkeys(freed_scales(given | set(starts)))
    known, own = ({}, {}) if junction is None else _of_junction(junction, list(starts))
    known |= {name: _number(name, value, material) for name, value in (fixed or {}).items()}
    noise = None if sigma is None else _noise(sigma, kind, material)
    noise_V = _noise(sigma_V, "V", material)
    unknown = [name for name in each if name not in starts]
    if unknown:
        raise ValueError(f"each names {', '.join(unknown)}, which must be free as well")
    problem = FitProblem(
        curves=tuple(
            curve
            if isinstance(curve, Curve)
            else reduced_curve(curve, material, sigma=noise, sigma_V=noise_V)[0]
            for curve in several
        ),
        free=tuple(
            _free(name, start, own.get(name), name in each, material)
            for name, start in starts.items()
        ),
        fixed=known,
        gap_model="self-consistent" if junction is None else junction.gap_model,
        material=material,
    )
    return fit_problem(problem, progress=progress, profile=profile)


def _listed(data: Data | list[Data]) -> list[Data]:
    return data if isinstance(data, list) else [data]


def _given(junction: Junction | None) -> set[str]:
    """Return which parameters a junction has that are not at their default."""
    return set() if junction is None else set(_of_junction(junction, ())[0])


def _normal(junction: Junction | None, fixed: Mapping[str, float | str]) -> list[str]:
    """Return the gaps that are 0."""
    known = {} if junction is None else _of_junction(junction, ())[0]
    return [gap for gap in ("gap_S", "gap_Sm") if {**known, **fixed}.get(gap) == 0.0]


def _name(one: str | Free) -> str:
    return one.name if isinstance(one, Free) else one


def _free(
    name: str,
    start: float | str | Free | None,
    of_junction: float | None,
    each: bool,
    material: Material | None,
) -> Free:
    """Return a free parameter; a list of names gives each its own name in place of a start."""
    if isinstance(start, Free):
        return start
    given = of_junction if start is None or start == name else _number(name, start, material)
    return Free(name, start=given, each=each)


def _of_junction(
    junction: Junction, free: Sequence[str]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the parameters of a junction that are fixed, and the starts of those that are free."""
    if junction.shape:
        raise ValueError(f"a fit takes a single junction, not an array of shape {junction.shape}")
    if np.any(junction.V_ac):
        raise ValueError(f"a fit {NOT_WITH_MICROWAVES}")
    values = {
        name: float(getattr(junction, name))
        for name in PARAMETERS
        if name not in _NOT_FITTED and getattr(junction, name, None) is not None
    }
    starts = {}
    for both, parts in STANDS_FOR.items():
        if both in free:
            first, second = (values.pop(part) for part in parts)
            if first == second:
                values[both] = first
    for name in free:
        if name in values and (value := values.pop(name)) != PARAMETERS[name].default:
            starts[name] = value
    return {n: v for n, v in values.items() if v != (PARAMETERS[n].default or 0.0)}, starts


def _number(name: str, given: float | str, material: Material | None) -> float:
    """Return the value of a parameter in its reduced unit."""
    if name not in FIT_PARAMETERS:
        raise ValueError(f"{name} is no parameter of a fit: these are {', '.join(FIT_PARAMETERS)}")
    described = FIT_PARAMETERS[name]
    value = _reduced(name, given, described.unit, material)
    if not described.low <= value <= described.high:
        raise ValueError(f"{name} {described.rule()}, not {value:.6g}")
    return value


def _reduced(name: str, given: float | str, unit: str, material: Material | None) -> float:
    if not isinstance(given, str) or not split_unit(given)[1]:
        return float(given)
    if material is None:
        raise ValueError(f"{name} = {given}: a unit needs a material")
    return float(exact_quantity(name, unit, given) / material.scale(unit))


def _noise(given: float | str, kind: str, material: Material | None) -> float:
    """Return noise of values or bias in their reduced unit, from the unit of the data."""
    unit = REDUCED[kind]  # type: ignore[index]
    if isinstance(given, str) or material is None:
        return _reduced(f"sigma_{kind}", given, unit, material)
    return given / material.factor(unit)


def _read(
    data: Data, kind: ValueKind, material: Material | None, place: int
) -> MeasuredCurve | Curve:
    """Return a curve, whatever it is given as."""
    if isinstance(data, Curve | MeasuredCurve):
        return data
    if isinstance(data, tuple):
        return _of_arrays(data, kind, material, place)
    return read_curve(data)


def _of_arrays(
    pair: tuple[ArrayLike, ArrayLike], kind: ValueKind, material: Material | None, place: int
) -> MeasuredCurve:
    """Return arrays of bias and values as a curve, in SI with a material."""
    name = f"curve {place + 1}"
    V, values = (np.asarray(each, dtype=np.float64) for each in pair)
    if V.ndim != 1 or V.shape != values.shape:
        raise ValueError(
            f"{name}: bias and values must be arrays of one length, got {V.shape}, {values.shape}"
        )
    if not (np.isfinite(V).all() and np.isfinite(values).all()):
        raise ValueError(f"{name}: bias and values must be finite: leave out what is not")
    units = [REDUCED["V"], REDUCED[kind]]
    if material is None and np.max(np.abs(V), initial=0.0) < _LEAST_BIAS:
        raise ValueError(
            f"{name}: arrays without a material are in units of Δ0/e, but the bias is"
            f" {np.max(np.abs(V), initial=0.0):g} at most: give a material for data in SI, such as"
            " material=ts.Material(Delta_0='200 ueV', R_T='5 kohm'), which may be a guess"
        )
    if material is not None:
        units = [SI_UNITS[unit].symbol for unit in units]
    return MeasuredCurve(Path(name), V, values, kind, units[0], units[1], ("V", kind))
