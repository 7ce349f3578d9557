"""Which fixed parameters a model needs that does not describe the data."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from thermospin.fitting.fit_parameters import FIT_PARAMETERS
from thermospin.fitting.least_squares import Evaluated, FitModel, minimum
from thermospin.fitting.parametrisation import Parametrisation, parametrisation
from thermospin.fitting.prediction import predicted
from thermospin.fitting.problem import Free
from thermospin.junction import FloatArray
from thermospin.quantities import RATES, STANDS_FOR, of_one_lead

APART = 1e-8
"""Least part, squared, of the effect of a parameter that the free ones do not have as well."""
STEPS: dict[str, tuple[float, ...]] = {
    "V_offset": (1e-3,),
    "I_offset": (1e-3,),
    "R_series": (1e-3,),
    "lock_in": (0.01, 0.05),
    "broadening": (0.01, 0.05),
    "Delta_0": (1e-3,),
    "G_T": (1e-3,),
    "gap_S": (1e-3,),
    "gap_Sm": (1e-3,),
    "T_S": (1e-3,),
    "T_Sm": (1e-3, 0.2),
    "h_exc": (2e-2, 0.2),
    "h_S": (2e-2, 0.2),
    "gamma": (1e-5, 1e-2),
    "gamma_S": (1e-5, 1e-2),
    "P": (2e-2,),
    **{f"{rate}_{lead}": (0.01, 0.1) for rate in RATES for lead in ("S", "Sm")},
}
"""What is tried of each fixed parameter: so much more of it, in its reduced unit.

A search begins with the first; the effect of films is not proportional to it.
"""
FILMS = tuple(f"{rate}_{lead}" for rate in RATES for lead in ("S", "Sm"))
"""Parameters of films, which are slow."""
MOST_FILMS = 2
"""Number of them that are tried."""
LEAST_SCORE = 0.02
"""Part of χ² that one of them must promise before it is tried."""
MOST_POINTS = 200
"""Number of points on which parameters are tried."""
MOST_POINTS_OF_FILMS = 80
"""Number of points on which rates of films are tried."""
ENOUGH = 0.9
"""Part of χ² from which on rates of films are not tried, if another parameter takes it away."""
MOST_EVALUATIONS = 40
"""How often the model is computed, at most, when a parameter is tried."""
MOST_EVALUATIONS_OF_FILMS = 15
"""The same for rates of films."""


class Remedy(NamedTuple):
    """A parameter that might be free as well, and the part of χ² that this would take away."""

    words: str
    part: float


def remedies(model: FitModel, best: Evaluated) -> list[Remedy]:
    """Return what part of χ² each fixed parameter takes away if it is free as well.

    Parameters
    ----------
    model : FitModel
        The model, with the noise of the data.
    best : Evaluated
        The model at the best fit.
    """
    found = list(_shared_values(model, best))
    for name in _candidates(model.numbers):
        if name not in FILMS:
            found.append(Remedy(_words(model.numbers, name), _tried(model, best, name)))
    if all(each.part < ENOUGH for each in found):
        for name in _likely_films(model, best):
            found.append(Remedy(_words(model.numbers, name), _tried(model, best, name)))
    return found


def _likely_films(model: FitModel, best: Evaluated) -> list[str]:
    """Return the rates of films that promise to take away most of χ², most first.

    This is a score test with finite steps: of the effect of a parameter on the residuals only what
    the free parameters cannot do as well counts.
    """
    columns, _ = np.linalg.qr(best.jacobian)
    values = model.numbers.values(best.vector)
    scores = {}
    for name in _candidates(model.numbers):
        if name in FILMS:
            effects = [_effect(model, best, values, name, step) for step in STEPS[name]]
            scores[name] = max(_part(columns, best, each[:, np.newaxis]) for each in effects)
    likely = sorted((n for n in scores if scores[n] >= LEAST_SCORE), key=lambda n: -scores[n])
    return likely[:MOST_FILMS]


def _shared_values(model: FitModel, best: Evaluated) -> Iterator[Remedy]:
    """Yield what a value of its own for every curve would take away, where all share one."""
    columns, _ = np.linalg.qr(best.jacobian)
    sizes = [curve.V.size for curve in model.numbers.problem.curves]
    for place, free in enumerate(model.numbers.free):
        if free.curve is None and len(sizes) > 1:
            own = _each_apart(sizes, best.jacobian[:, place])
            yield Remedy(f"{free.name} of every curve", _part(columns, best, own))


def _tried(model: FitModel, best: Evaluated, name: str) -> float:
    """Return what part of χ² is gone when a parameter is free as well, on fewer points.

    The search begins where the fit began: where it ended, values may be far off to make up for
    what is missing.
    """
    numbers = model.numbers
    problem = numbers.problem
    points = MOST_POINTS_OF_FILMS if name in FILMS else MOST_POINTS
    stride = -(-best.residuals.size // points)
    curves, before, first = [], 0.0, 0
    for curve, sigma in zip(problem.curves, model.weights, strict=True):
        fixed = _by_leads({**problem.fixed, **curve.fixed}, name)
        fixed.pop(name, None)
        some = slice(None, None, stride)
        thin = replace(
            curve, V=curve.V[some], values=curve.values[some], sigma=sigma[some], sigma_V=0.0,
            fixed=fixed,
        )  # fmt: skip
        curves.append(thin)
        before += float(np.sum(best.residuals[first : first + curve.V.size : stride] ** 2))
        first += curve.V.size
    now = _value(numbers.parameters(numbers.values(numbers.start), 0), name)
    tried = Free(name, start=now + STEPS[name][0])
    starts = {each.label: each.start for each in numbers.free}
    free, starts = _apart([replace(one, start=None) for one in problem.free], starts, name)
    whole = replace(problem, curves=tuple(curves), free=(*free, tried), fixed={})
    model = FitModel(parametrisation(whole, starts))
    with suppress(ValueError):  # where the start itself is impossible
        most = MOST_EVALUATIONS_OF_FILMS if name in FILMS else MOST_EVALUATIONS
        found = minimum(model, model.numbers.start, most=most)
        return max(0.0, 1.0 - found.at.chi2 / before)
    return 0.0


def _apart(
    free: list[Free], starts: Mapping[str, float], name: str
) -> tuple[list[Free], dict[str, float]]:
    """Return free parameters of each lead in place of those of both, but for one, with starts."""
    several, begun = list[Free](), dict(starts)
    for one in free:
        parts = STANDS_FOR.get(one.name, ())
        if name not in parts:
            several.append(one)
            continue
        (other,) = (part for part in parts if part != name)
        several.append(replace(one, name=other))
        begun |= {label.replace(one.name, other, 1): x for label, x in starts.items()
                  if label.partition("[")[0] == one.name}  # fmt: skip
    return several, begun


def _part(columns: FloatArray, best: Evaluated, effects: FloatArray) -> float:
    """Return what part of χ² effects take away beside the orthonormal columns of what is free.

    The effects are of any size and sign, shape (points, n).
    """
    apart = effects - columns @ (columns.T @ effects)
    if not np.sum(apart**2) > APART * np.sum(effects**2):
        return 0.0
    taken = apart @ np.linalg.lstsq(apart, best.residuals, rcond=1e-6)[0]
    return float(taken @ taken) / best.chi2


def _each_apart(sizes: Sequence[int], column: FloatArray) -> FloatArray:
    """Return a column of a Jacobian as one column a curve, each 0 at the other curves."""
    of = np.repeat(np.arange(len(sizes)), sizes)
    apart: FloatArray = column[:, np.newaxis] * (of[:, np.newaxis] == np.arange(len(sizes)))
    return apart


def _candidates(numbers: Parametrisation) -> list[str]:
    """Return the parameters that are not free, and that the curves may depend on."""
    free = {each.name for each in numbers.free}
    kinds = {curve.kind for curve in numbers.problem.curves}
    idle = {"I": "lock_in", "dIdV": "I_offset"}
    out = {name for kind, name in idle.items() if kinds == {kind}}
    out |= {"gap_S", "gap_Sm"} if len(free & {"Delta_0", "gap_S", "gap_Sm"}) > 1 else set()
    given = set(numbers.parameters(numbers.values(numbers.start), 0))
    out.add("gamma" if given & {"gamma_S", "gamma_Sm"} or "gamma" in free else "gamma_S")
    if given & {"theta"}:  # fields at an angle have no rates
        out |= {f"{rate}_{lead}" for rate in RATES for lead in ("S", "Sm")}
    return [name for name in STEPS if name not in free | out]


def _value(parameters: Mapping[str, float], name: str) -> float:
    """Return the value of a parameter, which may be given for both leads."""
    try:
        return of_one_lead(parameters, name)
    except KeyError:
        return FIT_PARAMETERS[name].default or 0.0


def _effect(
    model: FitModel, best: Evaluated, values: FloatArray, name: str, step: float
) -> FloatArray:
    """Return by how much the residuals grow with so much more of a parameter, shape (points,)."""
    effects = []
    for i, curve in enumerate(model.numbers.problem.curves):
        parameters = model.numbers.parameters(values, i)
        changed = {**_by_leads(parameters, name), name: _value(parameters, name) + step}
        there = predicted(curve, changed, [], model.numbers.problem.gap_model).values
        effects.append((there - best.curves[i].values) / model.weights[i])
    return np.concatenate(effects)


def _by_leads(parameters: Mapping[str, float], name: str) -> dict[str, float]:
    """Return parameters with one value for each lead where one of them is to be changed."""
    apart = dict(parameters)
    for both, parts in STANDS_FOR.items():
        if name in parts and both in apart:
            value = apart.pop(both)
            apart.update(dict.fromkeys(parts, value))
    return apart


def _words(numbers: Parametrisation, name: str) -> str:
    """Return what is to be freed, in words: both parts in place of what stands for both."""
    free = {each.name for each in numbers.free}
    for both, parts in STANDS_FOR.items():
        if name in parts and both in free:
            return f"{' and '.join(parts)} in place of {both}"
    return name
