"""The checks that recompute a random sample of a file by the slow reference."""

import math
from collections.abc import Iterator
from typing import cast

import numpy as np

from thermospin.dataset.open_file import OpenFile
from thermospin.quantities import OUTPUTS, STATUS, GapModel
from thermospin.verification import recomputed_circuits
from thermospin.verification.checks import Check, outputs_of
from thermospin.verification.recomputation import Expected, Point, at_point, of_junction
from thermospin.verification.recomputed_heat_balance import RecomputedBalance
from thermospin.verification.recomputed_junction import RecomputedJunction
from thermospin.verification.recomputed_seebeck import objection

MOST_NAMED = 3
"""Number of disagreements that are spelt out."""


def check_points(stored: OpenFile, sample: int) -> Check:
    """Recompute the outputs that depend on the bias at random points.

    Parameters
    ----------
    stored : OpenFile
        The file.
    sample : int
        Number of points.
    """
    names = outputs_of(stored, biased=True)
    return _check(stored, sample, names, "status", "points")


def check_junctions(stored: OpenFile, sample: int) -> Check:
    """Recompute the outputs that do not depend on the bias for random junctions.

    Parameters
    ----------
    stored : OpenFile
        The file.
    sample : int
        Number of junctions.
    """
    names = outputs_of(stored, biased=False)
    return _check(stored, sample, names, "junction_status", "junctions")


def _check(stored: OpenFile, sample: int, names: list[str], status: str, what: str) -> Check:
    """Compare outputs of one size with the slow reference at random places with status ok."""
    title = f"recomputed {what}"
    names = [name for name in names if not OUTPUTS[name].is_error]
    if not names:
        return Check(title, True, "none stored")
    drawn = missed = 0
    worst, against = 0.0, []
    for index in _draw(stored, names[0], sample):
        if int(stored.read(status, index, 1)[0]) != STATUS["ok"]:
            missed += 1  # no accuracy is promised for this point
            continue
        drawn += 1
        for name, share, words in _compared(stored, names, index):
            worst = max(worst, share)
            if not share <= 1.0:
                against.append(f"{name} at {_place(stored, names[0], index)}: {words}")
    if against:
        more = [f"and {len(against) - MOST_NAMED} more"] if len(against) > MOST_NAMED else []
        return Check(title, False, "; ".join([*against[:MOST_NAMED], *more]))
    skipped = f", {missed:,} left out that missed their tolerance" if missed else ""
    detail = f"{drawn:,} agree, at most {worst:.2g} of the difference allowed{skipped}"
    return Check(title, True, detail)


def _draw(stored: OpenFile, name: str, sample: int) -> list[int]:
    """Return random places in an output; one spec always gives the same places."""
    size = stored.variables[name].size
    random = np.random.default_rng(int(stored.header.spec_sha256[:16], 16))
    return sorted(random.choice(size, min(sample, size), replace=False).tolist())


def _parameters(stored: OpenFile, name: str, index: int) -> dict[str, float]:
    """Return the parameters at a place in an output, by name."""
    variable = stored.variables[name]
    places = np.unravel_index(index, variable.shape)
    at = zip(variable.dims, map(int, places), strict=True)
    return stored.fixed() | {axis: float(stored.read(axis, place, 1)[0]) for axis, place in at}


def _place(stored: OpenFile, name: str, index: int) -> str:
    parameters = _parameters(stored, name, index)
    return ", ".join(f"{axis} = {parameters[axis]:.6g}" for axis in stored.variables[name].dims)


def _compared(stored: OpenFile, names: list[str], index: int) -> Iterator[tuple[str, float, str]]:
    """Yield the name of each output, its difference over that allowed, and both values in words."""
    parameters = _parameters(stored, names[0], index)
    if "heater" in parameters:
        yield from _compared_heated(stored, names, index)
        return
    junction = RecomputedJunction.of(parameters, stored.header.gap_model)
    error = float(stored.read("I_error", index, 1)[0]) if "I_error" in stored.variables else 0.0
    variants = Point(parameters.get("V", 0.0), junction, stored.header.rtol, error).variants()
    for name in names:
        value = float(stored.read(name, index, 1)[0])
        if name == "V_S":
            reason = "V_S is infinite" if math.isinf(value) else objection(value, junction)
            yield name, math.inf if reason else 0.0, reason or ""
            continue
        if name in recomputed_circuits.LARGEST or name in recomputed_circuits.ACROSS_LOAD:
            load = 1.0 / parameters.get("R_L", math.inf)
            expected = recomputed_circuits.expected(name, junction, stored.header.rtol, load)
        elif OUTPUTS[name].biased:
            expected = at_point(variants, name)
        else:
            expected = of_junction(junction, stored.header.rtol, name)
        yield name, _share(value, expected), _in_words(value, expected)


def _compared_heated(
    stored: OpenFile, names: list[str], index: int
) -> Iterator[tuple[str, float, str]]:
    """Yield what `_compared` does at a point at which T_S follows from a heat balance."""
    parameters, head = _parameters(stored, names[0], index), stored.header
    balance = RecomputedBalance(parameters, cast(GapModel, head.gap_model), head.rtol)
    error = float(stored.read("I_error", index, 1)[0]) if "I_error" in stored.variables else 0.0
    T_S = balance.temperature(head.branch)
    # Where T_S is not known better than to its tolerance, nor is what depends on it.
    points = [
        Point(parameters["V"], balance.junction_at(T), head.rtol, error)
        for T in (T_S.value, T_S.value + T_S.allowed)
        if not math.isnan(T)
    ]
    variants = [*points[0].variants(), *points[1:]] if points else []
    for name in names:
        value = float(stored.read(name, index, 1)[0])
        expected = Expected(math.nan, 0.0)
        if OUTPUTS[name].heated:
            expected = balance.temperature(OUTPUTS[name].attribute)
        elif variants:
            expected = at_point(variants, name)
        yield name, _share(value, expected), _in_words(value, expected)


def _in_words(value: float, expected: Expected) -> str:
    return f"{value:.17g} stored, {expected.value:.17g} recomputed"


def _share(value: float, expected: Expected) -> float:
    difference = abs(value - expected.value)
    same = value == expected.value or (math.isnan(value) and math.isnan(expected.value))
    if same or math.isinf(expected.allowed):
        return 0.0
    return difference / expected.allowed if expected.allowed > 0.0 else math.inf
