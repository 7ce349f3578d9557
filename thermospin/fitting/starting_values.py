"""Where a fit begins, from the measured curves themselves."""

from collections.abc import Mapping, Sequence

import numpy as np

from thermospin.fitting.curve_features import Features, features
from thermospin.fitting.fit_parameters import FIT_PARAMETERS
from thermospin.fitting.problem import Curve, FitProblem, Free
from thermospin.fitting.shape_search import Interval, ShapeSearch, in_order
from thermospin.quantities import STANDS_FOR, GapModel

_LINEAR = ("G_T", "I_offset")
_GAPS = ("gap_S", "gap_Sm")
_RATES = tuple(
    name for kind in ("depairing", "spin_orbit", "spin_flip") for name in (kind, *STANDS_FOR[kind])
)
_ROUNDING = ("lock_in", "broadening", *_RATES)
"""What rounds a curve, as Γ does, which stands for it in the search."""
_ROUNDING_START = 0.02
_SEVERAL = 5
"""As many curves, from the first to the last, are asked for what all share."""
_LARGEST_DROP = 0.4
"""Part of a large bias that drops over what is in series, at most."""


def starting_values(problem: FitProblem) -> dict[str, float]:
    """Return where the search for the free parameters of a fit begins.

    Parameters
    ----------
    problem : FitProblem
        The curves, and what is to be found.

    Returns
    -------
    dict of str to float
        A value of every free parameter without a start, in reduced units, by its label: its name,
        or the name with the number of the curve, ``h_exc[2]``, where every curve has its own.

    Raises
    ------
    ValueError
        If all points of a curve have the same bias.

    Notes
    -----
    What a curve shows of itself, its centre of symmetry and where it becomes ohmic, bounds a box in
    which a few hundred junctions are compared with it. From the best of them a few steps of least
    squares lead downhill, with a loss that spikes and supercurrents hardly move. Modulation, noise
    of the bias and rates of films are left out: Γ stands for them.
    """
    if all(free.start is not None for free in problem.free):
        return {}
    shared = _shared(problem)
    own = [free for free in problem.free if free.each]
    starts = dict(shared)
    for number, curve in enumerate(problem.curves if own else (), 1):
        found = _of_curve(curve, own, {**problem.fixed, **shared}, problem.gap_model)
        starts |= {f"{free.name}[{number}]": found[free.name] for free in own}
    given = {free.name for free in problem.free if free.start is not None}
    return {label: value for label, value in starts.items() if label.split("[")[0] not in given}


def _shared(problem: FitProblem) -> dict[str, float]:
    """Return what several curves say of the shared values, by name: the medians."""
    shared = [free.name for free in problem.free if not free.each]
    if not shared:
        return {}
    several = np.linspace(0, len(problem.curves) - 1, _SEVERAL).round().astype(int)
    curves = [problem.curves[place] for place in dict.fromkeys(several.tolist())]
    found = [_of_curve(curve, problem.free, problem.fixed, problem.gap_model) for curve in curves]
    starts = {name: float(np.median([each[name] for each in found])) for name in shared}
    offsets = [
        each["I_offset"]
        for each, curve in zip(found, curves, strict=True)
        if curve.kind == "I" and "I_offset" in each
    ]
    return starts | ({"I_offset": float(np.median(offsets))} if offsets else {})


def _of_curve(
    curve: Curve,
    asked: Sequence[Free],
    known: Mapping[str, float],
    gap_model: GapModel,
) -> dict[str, float]:
    """Return starting values of free parameters from one curve, by name."""
    free = {parameter.name: parameter for parameter in asked}
    fixed = {
        name: value for name, value in {**known, **curve.fixed}.items() if name not in _ROUNDING
    }
    centre = None if "V_offset" in free else fixed.get("V_offset", 0.0)
    shown = features(curve, centre)
    box = {
        name: _within(parameter, _interval(name, shown, free, fixed))
        for name, parameter in free.items()
        if name not in (*_LINEAR, *_ROUNDING)
    }
    search = ShapeSearch(
        *in_order(curve, shown.centre),
        differences=curve.kind == "dIdV",
        box=box,
        conductance=_conductance(shown, free, fixed),
        I_offset=None if "I_offset" in free else fixed.get("I_offset", 0.0),
        fixed=fixed,
        gap_model=gap_model,
    )
    found = search.nearest(shown)
    found |= {name: _ROUNDING_START for name in free if name in _ROUNDING}
    limits = {name: _limits(parameter) for name, parameter in free.items()}
    return {name: min(max(found[name], low), high) for name, (low, high) in limits.items()}


def _conductance(shown: Features, free: Mapping[str, Free], fixed: Mapping[str, float]) -> Interval:
    """Return where G_T is: near dI/dV at large bias, unless known gaps may lie beyond the curve."""
    if "G_T" not in free:
        return Interval(fixed.get("G_T", 1.0), fixed.get("G_T", 1.0))
    beyond = 1.15 if {"Delta_0", *_GAPS} & set(free) else 1e6
    in_series = 1.0 / (1.0 - _LARGEST_DROP) if "R_series" in free else 1.0
    measured = abs(shown.conductance)
    least = max(0.3 * measured, 0.95 * abs(shown.mean_conductance))
    return _within(free["G_T"], Interval(least, max(beyond * in_series * measured, 1.2 * least)))


def _interval(
    name: str, shown: Features, free: Mapping[str, Free], fixed: Mapping[str, float]
) -> Interval:
    """Return where a parameter is searched for, by what the curve shows."""
    edge = shown.edge
    gaps = [fixed.get(gap, 1.0) for gap in _GAPS if gap not in free]
    if name == "Delta_0":
        factor = edge / sum(gaps) if gaps and sum(gaps) > 0.0 else 1.0
        return Interval(min(0.6 * factor, 0.8), max(1.8 * factor, 1.25), True)
    scale = edge if 0.0 in gaps else edge / 2.0
    if "Delta_0" not in free and len(gaps) == 2:
        scale = fixed.get("Delta_0", 1.0) * max(gaps)
    if name in _GAPS:
        return Interval(0.35 * scale, 1.7 * scale, True)
    if name == "V_offset":
        return Interval(shown.centre - 0.2 * scale, shown.centre + 0.2 * scale)
    if name == "R_series":
        return Interval(0.0, _LARGEST_DROP / max(abs(shown.conductance), 1e-9))
    if name in ("T", *STANDS_FOR["T"]):
        return Interval(0.2 * scale, scale)
    if name in ("gamma", *STANDS_FOR["gamma"]):
        return Interval(3e-4 * scale, 0.2 * scale, True)
    if name in ("h_exc", "h_S"):
        return Interval(0.0, 0.8 * scale)
    return {"P": Interval(-0.9, 0.9), "theta": Interval(0.05, 0.95)}[name]


def _limits(free: Free) -> tuple[float, float]:
    """Return the limits of a parameter: those of the fit, or of what is supported."""
    parameter = FIT_PARAMETERS[free.name]
    low = parameter.low if free.low is None else free.low
    high = parameter.high if free.high is None else free.high
    return low, high


def _within(free: Free, interval: Interval) -> Interval:
    """Return the part of an interval that is allowed, or near the start that is given."""
    low, high = interval.low, interval.high
    if free.start is not None:
        reach = max(0.3 * abs(free.start), 1e-3)
        low, high = free.start - reach, free.start + reach
    low, high = np.clip([low, high], *_limits(free)).tolist()
    if low >= high:
        low, high = _limits(free)
    return Interval(low, high, interval.logarithmic and low > 0.0)
