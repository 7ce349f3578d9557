"""From values to colours: colour maps that show the sign of a quantity, and their scales."""

from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import (
    CenteredNorm,
    Colormap,
    LogNorm,
    Normalize,
    SymLogNorm,
    TwoSlopeNorm,
)

from thermospin.figures.errors import FigureError
from thermospin.figures.scales import Range, both_signs, decades, positive, spread, symmetric
from thermospin.figures.style import NOT_A_NUMBER
from thermospin.figures.view import ScaleName
from thermospin.junction import FloatArray
from thermospin.quantities import OUTPUTS
from thermospin.spec.problems import suggest

_SEQUENTIAL = "viridis"
_BY_THERMOACTIVE_SIGN = {
    -1: "RdBu_r",  # red dissipative, blue thermoactive
    1: "RdBu",
    0: "PuOr_r",  # the sign is a direction
}
_SHARE = 0.5  # of a decade, for the linear part of a logarithmic scale on either side of zero


@dataclass(frozen=True)
class Colours:
    """How the values of an output become colours.

    ``ticks`` are those of the colour bar; None where matplotlib chooses them. ``extend`` says at
    which ends of the bar values lie beyond it.
    """

    norm: Normalize
    map: Colormap
    ticks: list[float] | None
    extend: str


def colours_of(
    output: str,
    values: FloatArray,
    *,
    scale: ScaleName | None = None,
    limits: tuple[float, float] | None = None,
    cmap: str | None = None,
) -> Colours:
    """Choose the colours for the values of an output.

    An output whose sign has a meaning, or whose values are of both signs, has a map of two colours
    with zero in its middle. All its values have colours of their own; where they span decades the
    scale is logarithmic on both sides of zero.

    Parameters
    ----------
    output : str
        Its name.
    values : ndarray
        Its values, NaN where it is undefined.
    scale : str, optional
        The scale, if it is not to follow from the values.
    limits : pair of float, optional
        The limits of the colours, in the unit of the values.
    cmap : str, optional
        Name of the colour map, if it is not to follow from the output.

    Raises
    ------
    FigureError
        If the values or limits do not fit the scale, or there is no such colour map.
    """
    signed = OUTPUTS[output].signed or both_signs(values)
    if limits is not None and not limits[0] < 0.0 < limits[1]:
        signed = False
    span = symmetric(values)
    if scale is None and limits is None:
        scale = _fitting_scale(output, values, span if signed else None)
    ticks = None
    if scale == "log":
        norm: Normalize = _logarithmic(output, values, limits)
        signed = False
    elif scale == "symlog":
        span = _with_decades(output, span, limits)
        norm = SymLogNorm(span.linear, linscale=_SHARE, vmin=-span.half, vmax=span.half)
        ticks = span.ticks()
    elif limits is not None:
        norm = TwoSlopeNorm(0.0, *limits) if signed else Normalize(*limits)
    else:
        norm = CenteredNorm(0.0, span.half) if signed else Normalize(*positive(values))
    fitting = _diverging(output) if signed else _SEQUENTIAL
    chosen = colour_map(fitting if cmap is None else cmap)
    return Colours(norm, chosen.with_extremes(bad=NOT_A_NUMBER), ticks, _extend(values, norm))


def colour_map(name: str) -> Colormap:
    """Return a colour map of matplotlib.

    Raises
    ------
    FigureError
        If there is none of that name; the message names the most similar one.
    """
    if name not in colormaps:
        hint = suggest(name, list(colormaps))
        known = "viridis, cividis, magma, RdBu_r, PuOr_r, gray"
        raise FigureError(f"cmap: {name}: no such colour map, {hint or f'such as {known}'}")
    return colormaps[name]


def _diverging(output: str) -> str:
    return _BY_THERMOACTIVE_SIGN[OUTPUTS[output].thermoactive]


def _fitting_scale(output: str, values: FloatArray, span: Range | None) -> ScaleName:
    if span is not None:
        return "symlog" if span.logarithmic else "linear"
    known_to = OUTPUTS[output].spans_decades and np.any(values > 0.0)
    return "log" if known_to or spread(values) else "linear"


def _with_decades(output: str, span: Range, limits: tuple[float, float] | None) -> Range:
    """Return a range about zero that is logarithmic in any case, and has the limits asked for."""
    if limits is not None and limits[0] != -limits[1]:
        low, high = limits
        raise FigureError(
            f"clim: {output}: limits on a symlog scale must be -b,b about zero,"
            f" got {low:g},{high:g}"
        )
    half = span.half if limits is None else limits[1]
    if span.linear < 0.1 * half:
        return Range(half, span.linear)
    return Range(half, decades(half).linear)


def _logarithmic(output: str, values: FloatArray, limits: tuple[float, float] | None) -> LogNorm:
    check_logarithm(output, values)
    if limits is None:
        above = values[np.isfinite(values) & (values > 0.0)]
        low, high = float(above.min()), float(above.max())
        return LogNorm(low, high if high > low else 10.0 * low)
    if limits[0] <= 0.0:
        raise FigureError(
            f"clim: {output}: limits on a log scale must be more than 0, got {limits[0]:g}"
        )
    return LogNorm(*limits)


def check_logarithm(output: str, values: FloatArray) -> None:
    """Raise `FigureError` if values cannot be shown on a logarithmic scale."""
    if both_signs(values) or not np.any(values > 0.0):
        what = "negative values" if np.any(values < 0.0) else "no value above 0"
        raise FigureError(
            f"scale: log: {output} has {what} where it is shown; take symlog, or cut it with xlim"
        )


def _extend(values: FloatArray, norm: Normalize) -> str:
    known = values[np.isfinite(values)]
    low, high = norm.vmin, norm.vmax
    if not known.size or low is None or high is None:
        return "neither"
    slack = 1e-9 * max(abs(low), abs(high))
    if isinstance(norm, LogNorm):
        known = known[known > 0.0]
    ends = bool(known.min() < low - slack), bool(known.max() > high + slack)
    return {(False, False): "neither", (True, False): "min", (False, True): "max"}.get(ends, "both")
