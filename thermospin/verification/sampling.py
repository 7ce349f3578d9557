"""A random sample of a file, recomputed by the referee."""

import math
from collections.abc import Iterator

import numpy as np

from thermospin.dataset.stored import Stored
from thermospin.quantities import OUTPUTS, STATUS
from thermospin.verification import circuits
from thermospin.verification.checks import Check, outputs_of
from thermospin.verification.recomputation import Expected, Junction, Point, at_point, of_junction
from thermospin.verification.seebeck import objection

MOST_NAMED = 3
"""So many disagreements are spelt out."""


def check_points(stored: Stored, sample: int) -> Check:
    """Recompute random points."""
    names = [name for name in outputs_of(stored, biased=True) if not OUTPUTS[name].is_error]
    return _check(stored, sample, names, "status", "points")


def check_junctions(stored: Stored, sample: int) -> Check:
    """Recompute the outputs without a bias of random junctions."""
    names = outputs_of(stored, biased=False)
    return _check(stored, sample, names, "junction_status", "junctions")


def _check(stored: Stored, sample: int, names: list[str], status: str, what: str) -> Check:
    title = f"recomputed {what}"
    if not names:
        return Check(title, True, "none stored")
    drawn = missed = 0
    worst, against = 0.0, []
    for index in _draw(stored, names[0], sample):
        if int(stored.read(status, index, 1)[0]) != STATUS["ok"]:
            missed += 1  # no accuracy was promised there
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


def _draw(stored: Stored, name: str, sample: int) -> list[int]:
    """Return random places in an output, the same each time for the same spec."""
    size = stored.variables[name].size
    random = np.random.default_rng(int(stored.head.spec_sha256[:16], 16))
    return sorted(random.choice(size, min(sample, size), replace=False).tolist())


def _parameters(stored: Stored, name: str, index: int) -> dict[str, float]:
    """Return the parameters of a place in an output."""
    variable = stored.variables[name]
    places = np.unravel_index(index, variable.shape)
    at = zip(variable.dims, map(int, places), strict=True)
    return stored.fixed() | {axis: float(stored.read(axis, place, 1)[0]) for axis, place in at}


def _place(stored: Stored, name: str, index: int) -> str:
    parameters = _parameters(stored, name, index)
    return ", ".join(f"{axis} = {parameters[axis]:.6g}" for axis in stored.variables[name].dims)


def _compared(stored: Stored, names: list[str], index: int) -> Iterator[tuple[str, float, str]]:
    """Yield each output, its difference in units of the one allowed, and both in words."""
    parameters = _parameters(stored, names[0], index)
    junction = Junction.of(parameters, stored.head.gap_model)
    error = float(stored.read("I_error", index, 1)[0]) if "I_error" in stored.variables else 0.0
    variants = Point(parameters.get("V", 0.0), junction, stored.head.rtol, error).variants()
    for name in names:
        value = float(stored.read(name, index, 1)[0])
        if name == "V_S":
            reason = "V_S is infinite" if math.isinf(value) else objection(value, junction)
            yield name, math.inf if reason else 0.0, reason or ""
            continue
        if name in circuits.LARGEST or name in circuits.ACROSS_LOAD:
            load = 1.0 / parameters.get("R_L", math.inf)
            expected = circuits.expected(name, junction, stored.head.rtol, load)
        elif OUTPUTS[name].biased:
            expected = at_point(variants, name)
        else:
            expected = of_junction(junction, stored.head.rtol, name)
        share = _share(value, expected)
        yield name, share, f"{value:.17g} stored, {expected.value:.17g} recomputed"


def _share(value: float, expected: Expected) -> float:
    difference = abs(value - expected.value)
    same = value == expected.value or (math.isnan(value) and math.isnan(expected.value))
    if same or math.isinf(expected.allowed):
        return 0.0
    return difference / expected.allowed if expected.allowed > 0.0 else math.inf
