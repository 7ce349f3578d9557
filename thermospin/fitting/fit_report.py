"""How the result of a fit is written: values with their errors, in reduced units and in SI."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from thermospin.fitting.fit_parameters import FIT_PARAMETERS
from thermospin.quantities import PREFIXES, SI_UNITS
from thermospin.quantities.representation import ShownRow
from thermospin.spec import Material

if TYPE_CHECKING:
    from thermospin.fitting.fit_result import FitResult

OWN_SIZE = 1e-30
"""Size below which a number is taken as 0 when a prefix is chosen."""


class SIValue(NamedTuple):
    """A fitted value in the laboratory's units: ``value`` and ``error`` in ``unit``."""

    value: float
    error: float
    unit: str


def in_si(name: str, value: float, error: float, material: Material) -> SIValue:
    """Return a fitted value with its error in SI, without a prefix.

    Parameters
    ----------
    name : str
        A parameter of a fit.
    value, error : float
        In its reduced unit.
    material : Material
        The scales that the fit starts from.
    """
    unit = FIT_PARAMETERS[name].unit
    if unit not in SI_UNITS:
        return SIValue(value, error, unit)
    factor = material.factor(unit)
    return SIValue(value * factor, error * factor, SI_UNITS[unit].symbol)


def with_error(value: float, error: float) -> str:
    """Return a value and its standard error with two digits of the error, as in 0.4003 ± 0.0012."""
    if not (math.isfinite(error) and error > 0.0):
        return f"{value:.6g} ± {'∞' if error else '0'}"
    digits = 1 - math.floor(math.log10(error))
    if value and not 1e-4 <= max(abs(value), error) < 1e6:
        power = math.floor(math.log10(max(abs(value), error)))
        places = max(0, digits + power)
        scale = 10.0**power
        return f"({value / scale:.{places}f} ± {error / scale:.{places}f})e{power:d}"
    return f"{round(value, digits):.{max(0, digits)}f} ± {round(error, digits):.{max(0, digits)}f}"


def with_unit(si: SIValue) -> str:
    """Return a value in SI with its error and a prefix that suits both, as in 201.3 ± 0.4 ueV."""
    units = {unit.symbol: unit for unit in SI_UNITS.values() if unit.prefixes}
    if si.unit not in units:
        return f"{with_error(si.value, si.error)} {si.unit}".rstrip()
    size = max(abs(si.value), OWN_SIZE)
    prefixes = [prefix.strip() for prefix in units[si.unit].prefixes]
    powers = {prefix: PREFIXES[prefix] for prefix in prefixes}
    fitting = [prefix for prefix in prefixes if 10.0 ** powers[prefix] <= size]
    prefix = max(fitting or prefixes, key=lambda p: powers[p] if fitting else -powers[p])
    scale = 10.0 ** -powers[prefix]
    return f"{with_error(si.value * scale, si.error * scale)} {prefix}{si.unit}"


def shown_rows(result: FitResult) -> list[ShownRow]:
    """Return every fitted value with its error, unit and meaning, and then χ² over its dof."""
    rows = []
    for free in result.numbers.free:
        described = FIT_PARAMETERS[free.name]
        value, error = result.values[free.label], result.errors[free.label]
        material = result.problem.material
        if material is None:
            shown = f"{with_error(value, error)} {described.unit}".rstrip()
        else:
            shown = with_unit(in_si(free.name, value, error, material))
        rows.append(ShownRow(free.label, shown, described.meaning))
    rows.append(ShownRow("χ²/dof", f"{result.chi2 / max(result.dof, 1):.4g}", _goodness(result)))
    return rows


def report(result: FitResult) -> str:
    """Return the result of a fit as text of several lines."""
    material = result.problem.material
    head = ["parameter", "value", *(["in SI"] if material else []), "meaning"]
    table = [head]
    for free in result.numbers.free:
        described = FIT_PARAMETERS[free.name]
        value, error = result.values[free.label], result.errors[free.label]
        cells = [free.label, f"{with_error(value, error)} {described.unit}".rstrip()]
        if material is not None:
            cells.append(with_unit(in_si(free.name, value, error, material)))
        table.append([*cells, described.meaning])
    blocks = [_goodness(result), *result.notes, _aligned(table)]
    return "\n\n".join(blocks)


def _goodness(result: FitResult) -> str:
    points = result.chi2, result.dof
    end = "" if result.converged else "; " + _why_not_converged(result)
    return f"χ² = {points[0]:.6g} with {points[1]} degrees of freedom{end}"


def _why_not_converged(result: FitResult) -> str:
    return "stopped by the user, not converged" if result.stopped else "not converged"


def _aligned(table: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) for row in table)
    return "\n".join(line.rstrip() for line in lines)
