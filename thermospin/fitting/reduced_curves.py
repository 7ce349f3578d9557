"""From a measured curve in SI to a curve in reduced units that a fit takes."""

from collections.abc import Mapping, Sequence

import numpy as np

from thermospin.fitting.problem import Curve
from thermospin.junction import FloatArray
from thermospin.measured import MeasuredCurve, MeasuredError
from thermospin.measured.column_units import ARBITRARY, REDUCED
from thermospin.spec import Material

FEWEST = 5
"""Points that a curve must have: fewer say nothing about its noise."""
_OUTERMOST = 0.9  # from this share of the largest bias on a junction counts as ohmic

Range = tuple[float, float]
"""The ends of a range of bias, in Δ0/e, both included."""


def reduced_curve(
    measured: MeasuredCurve,
    material: Material | None,
    *,
    sigma: float | None = None,
    sigma_V: float = 0.0,
    fixed: Mapping[str, float] | None = None,
    within: Range | None = None,
    exclude: Sequence[Range] = (),
) -> tuple[Curve, tuple[str, ...]]:
    """Convert a measured curve to reduced units, and leave out what shall not be fitted.

    Parameters
    ----------
    measured : MeasuredCurve
        The curve, as `thermospin.measured.read_curve` gives it.
    material : Material or None
        The scales; needed if the curve is in SI.
    sigma : float, optional
        Standard deviation of the noise of its values, in G_T Δ0/e or G_T; None if unknown.
    sigma_V : float
        Standard deviation of the noise of its bias, in Δ0/e.
    fixed : mapping of str to float, optional
        What is known of this curve alone, in reduced units, by name.
    within : pair of float, optional
        The range of bias that is fitted, in Δ0/e.
    exclude : sequence of pair of float
        Ranges of bias that are left out, in Δ0/e.

    Returns
    -------
    curve : Curve
        The curve, in the order of its file.
    notes : tuple of str
        What was left out, and by what values in arbitrary units were divided, in words.

    Raises
    ------
    MeasuredError
        If the curve is in SI and there is no material, or too few of its points are to be fitted.
    """
    V = _reduced(measured, "V", measured.V, measured.V_unit, material)
    kept = np.ones(V.size, dtype=bool) if within is None else _inside(V, within)
    for each in exclude:
        kept &= ~_inside(V, each)
    if kept.sum() < FEWEST:
        raise MeasuredError(
            f"{measured.path}: has {kept.sum()} points to be fitted, of {V.size}, and at least"
            f" {FEWEST} are needed"
        )
    notes = () if kept.all() else (f"left out {V.size - kept.sum()} of {V.size} points by bias",)
    if measured.unit == ARBITRARY:
        scale = _ohmic(V, measured.values)
        values = measured.values / scale
        notes = (*notes, f"divided the values by {scale:.6g}, their mean at the largest bias")
    else:
        values = _reduced(measured, measured.kind, measured.values, measured.unit, material)
    size = int(kept.sum())
    noise = None if sigma is None else np.full(size, sigma)
    known = dict(fixed or {})
    name = str(measured.path)
    return Curve(name, V[kept], values[kept], measured.kind, noise, sigma_V, known), notes


def _inside(V: FloatArray, ends: Range) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return (ends[0] <= V) & (ends[1] >= V)


def _reduced(
    measured: MeasuredCurve, kind: str, numbers: FloatArray, unit: str, material: Material | None
) -> FloatArray:
    """Return numbers of a column in reduced units."""
    reduced = REDUCED[kind]  # type: ignore[index]
    if unit == reduced:
        return numbers
    if material is None:
        raise MeasuredError(
            f"{measured.path}: {' and '.join(measured.columns)} are in SI, which takes a material,"
            " whose values may be guesses: material: {Delta_0: 200 ueV, G_T: 0.1 mS} in a fit"
            " spec, or --material 'Delta_0=200 ueV,G_T=0.1 mS'"
        )
    return numbers / material.factor(reduced)


def _ohmic(V: FloatArray, values: FloatArray) -> float:
    """Return the mean of the values, or of I/V, at the largest bias."""
    outermost = np.abs(V) >= _OUTERMOST * np.abs(V).max()
    return float(np.median(np.abs(values[outermost]))) or 1.0
