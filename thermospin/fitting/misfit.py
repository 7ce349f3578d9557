"""Whether the model describes the data, and if not, which fixed parameter would mend it most."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from thermospin.fitting.fit_parameters import FIT_PARAMETERS
from thermospin.fitting.least_squares import Evaluated, Model
from thermospin.fitting.parametrisation import Parametrisation
from thermospin.fitting.prediction import predicted
from thermospin.junction import FloatArray
from thermospin.quantities import RATES, STANDS_FOR, of_one_lead

CERTAIN = 5.0
"""Number of its standard deviations by which χ² must be too large."""
FROM_ESTIMATE = 12.0
"""Variance of an estimate of the noise squared, relative, times the number of points."""
LEAST_EXCESS = 1.2
"""χ²/dof up to which a model describes the data, however many they are."""
WORTH = 0.1
"""Least part of χ² that freeing a parameter must take away to be named."""
MOST_NAMED = 3
"""Number of parameters that are named."""
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

The effects of several are not proportional to them, and begin with the square of some.
"""
BOTH_WAYS = ("V_offset", "I_offset", "P")
"""Parameters that may be less than 0 as well: others that are 0 can only grow."""


class Remedy(NamedTuple):
    """A parameter that might be free as well, and the part of χ² that this would take away."""

    words: str
    part: float


def misfit(model: Model, best: Evaluated) -> list[str]:
    """Return what to know if the model does not describe the data, in words; else nothing.

    Parameters
    ----------
    model : Model
        The model, with the noise of the data.
    best : Evaluated
        The model at the best fit.
    """
    excess = best.chi2 / max(best.residuals.size - best.vector.size, 1)
    if excess <= _largest_excess(model, best):
        return []
    curves = model.numbers.problem.curves
    parts = zip(curves, best.curves, strict=True)
    off = max(float(np.std(c.values - p.values) / np.ptp(c.values)) for c, p in parts)
    first = (
        f"this model does not describe the data: χ²/dof = {excess:.3g}, the residuals are"
        f" {np.sqrt(excess):.2g} times the noise and {100.0 * off:.2g} % of the range of the"
        " values; the values below and their errors mean little"
    )
    worst = _worst_curve(model, best)
    remedies = sorted(_remedies(model, best), key=lambda remedy: -remedy.part)
    named = [each for each in remedies if each.part >= WORTH][:MOST_NAMED]
    if not named:
        advice = (
            "no single parameter that is fixed would mend it: look at the residuals, at the noise"
            " that was assumed, and at what was measured"
        )
    else:
        told = ", ".join(f"{each.words} ({100.0 * each.part:.0f} %)" for each in named)
        advice = f"free as well, one at a time (the part of χ² it may take away): {told}"
    return [f"{first}{worst}. {advice[0].upper()}{advice[1:]}"]


def _largest_excess(model: Model, best: Evaluated) -> float:
    """Return the largest χ²/dof that noise explains."""
    dof = max(best.residuals.size - best.vector.size, 1)
    estimated = any(curve.sigma is None for curve in model.numbers.problem.curves)
    variance = 2.0 / dof + (FROM_ESTIMATE / dof if estimated else 0.0)
    return max(LEAST_EXCESS, 1.0 + CERTAIN * float(np.sqrt(variance)))


def _worst_curve(model: Model, best: Evaluated) -> str:
    curves = model.numbers.problem.curves
    if len(curves) == 1:
        return ""
    ends = np.cumsum([curve.V.size for curve in curves])[:-1]
    each = [float(np.mean(part**2)) for part in np.split(best.residuals, ends)]
    return f"; worst is curve {int(np.argmax(each)) + 1}, {curves[int(np.argmax(each))].name}"


def _remedies(model: Model, best: Evaluated) -> Iterator[Remedy]:
    """Yield what part of χ² each parameter might take away if it were free as well.

    This is a score test with finite steps: of the effect of a parameter on the residuals only what
    the free parameters cannot do as well counts.
    """
    columns, _ = np.linalg.qr(best.jacobian)
    values = model.numbers.values(best.vector)
    for name in _candidates(model.numbers):
        now = _value(model.numbers.parameters(values, 0), name)
        sided = now == 0.0 and name not in BOTH_WAYS
        effects = [_effect(model, best, values, name, step) for step in STEPS[name]]
        parts = [_part(columns, best, each[:, np.newaxis], sided) for each in effects]
        yield Remedy(_words(model.numbers, name), max(parts))
    sizes = [curve.V.size for curve in model.numbers.problem.curves]
    for place, free in enumerate(model.numbers.free):
        if free.curve is None and len(sizes) > 1:
            own = _each_apart(sizes, best.jacobian[:, place])
            yield Remedy(f"{free.name} of every curve", _part(columns, best, own, sided=False))


def _part(columns: FloatArray, best: Evaluated, effects: FloatArray, sided: bool) -> float:
    """Return what part of χ² effects take away beside the orthonormal columns of what is free.

    The effects, of shape (points, n), are of any size; ``sided`` says that the first can only be
    added.
    """
    apart = effects - columns @ (columns.T @ effects)
    if not np.sum(apart**2) > APART * np.sum(effects**2):
        return 0.0
    amounts = np.linalg.lstsq(apart, -best.residuals, rcond=1e-6)[0]
    if sided and amounts[0] < 0.0:
        return 0.0
    taken = apart @ amounts
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
    model: Model, best: Evaluated, values: FloatArray, name: str, step: float
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
