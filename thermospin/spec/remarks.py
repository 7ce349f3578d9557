"""Remarks on a spec that is valid and yet may not say what was meant."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermospin.quantities import PARAMETERS, RATES, rates_of_lead
from thermospin.spec.sweep_spec import SweepSpec

_FAR_BIAS = 20.0
"""Δ0/e; nothing but a straight line happens beyond a few."""
_HOT = 5.0
"""T_c; no lead superconducts from its own critical temperature on."""


def remarks(spec: SweepSpec) -> list[str]:
    """Return what a user may want to look at once more, in sentences.

    Parameters
    ----------
    spec : SweepSpec
        A valid spec.
    """
    return [*_ranges_meant(spec), *_far_values(spec), *_rates_without_effect(spec)]


def _ranges_meant(spec: SweepSpec) -> Iterator[str]:
    """Yield the axes of three points that look like start, stop and the number of points."""
    for name, points in spec.axes.items():
        if len(points) == 3 and points[2] >= 3 and points[2] == round(points[2]):
            start, stop, num = points.tolist()
            if num - stop > stop - start:
                yield (
                    f"{name} has 3 points, {start:g}, {stop:g} and {num:g}; was {name}: {{start:"
                    f" {start:g}, stop: {stop:g}, num: {num:g}}} meant?"
                )


def _far_values(spec: SweepSpec) -> Iterator[str]:
    """Yield the bare numbers that may have been meant in another unit."""
    limits = {"Δ0/e": (_FAR_BIAS, "uV"), "T_c": (_HOT, "mK")}
    given: dict[str, NDArray[np.float64]] = {
        **{name: np.array([value]) for name, value in spec.fixed.items()},
        **{name: points for name, points in spec.axes.items() if name not in spec.si_axes},
    }
    for name, values in given.items():
        unit = PARAMETERS[name].unit
        largest = float(np.abs(values).max())
        if unit in limits and largest > limits[unit][0]:
            yield (
                f"{name} goes up to {largest:g} {unit}: bare numbers are in {unit}; a number with"
                f" a unit, such as {largest:g} {limits[unit][1]}, needs a material"
            )


def _rates_without_effect(spec: SweepSpec) -> Iterator[str]:
    """Yield where spin-orbit scattering does nothing, and rates that the gaps do not know."""
    values: dict[str, ArrayLike] = {**spec.fixed, **spec.axes}
    rates = {lead: rates_of_lead(values, lead) for lead in ("S", "Sm")}
    for lead, field in (("S", "h_S"), ("Sm", "h_exc")):
        if np.any(rates[lead].get("spin_orbit", 0.0)) and not np.any(values[field]):
            yield f"spin-orbit scattering in {lead} does nothing without an exchange field, {field}"
    given = [name for name in RATES if any(np.any(of.get(name, 0.0)) for of in rates.values())]
    if given and spec.gap_model in ("tanh", "constant"):
        yield f"the gaps of gap_model {spec.gap_model} do not depend on {', '.join(given)}"
