"""Lines drawn on maps: where a quantity vanishes, and where thermoelectricity sets in."""

from typing import NamedTuple, cast

import numpy as np
from contourpy import contour_generator
from matplotlib.axes import Axes
from matplotlib.contour import QuadContourSet
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import AbstractPathEffect, Normal, Stroke

from thermospin.dataset import Contents
from thermospin.figures.scales import both_signs, geometric
from thermospin.gap import lead_gap
from thermospin.junction import FloatArray
from thermospin.quantities import GapModel, of_one_lead

ZERO, THRESHOLD = "zero contour", r"threshold $eV_\mathrm{p}^{-}=0$"
"""What the legend calls the lines."""

_BOUNDARY_POINTS = 401
_VANISHING = 1e-12  # of the largest |value|: what is smaller on a whole line is zero there
_ZERO_WIDTH, _THRESHOLD_WIDTH = 0.6, 0.9  # points


def key_of(line: str) -> Line2D | tuple[Patch, Line2D]:
    """Return a sample of a line, `ZERO` or `THRESHOLD`, for a legend; a white line lies on grey."""
    if line == ZERO:
        return Line2D([], [], color="black", lw=_ZERO_WIDTH)
    return Patch(facecolor="0.5"), Line2D([], [], color="white", ls="--", lw=_THRESHOLD_WIDTH)


def _outline() -> list[AbstractPathEffect]:
    return [Stroke(linewidth=1.7, foreground="0.15"), Normal()]


class Zeros(NamedTuple):
    """Where a quantity on a map is zero.

    Attributes
    ----------
    at_x, at_y : bool
        Whether it changes its sign all along x = 0, and all along y = 0.
    rest : ndarray or None
        A quantity with all its other zeros, shape (m, n); None if there are none.
    """

    at_x: bool
    at_y: bool
    rest: FloatArray | None


def zeros_of(x: FloatArray, y: FloatArray, values: FloatArray) -> Zeros | None:
    """Return where a quantity on a map is zero; None if it has one sign.

    Where it vanishes at a whole line of points, as a current does at V = 0, that line stands for
    itself, and the other zeros are those of the quantity divided by the distance from it: they
    cross the line where the sign of its slope changes, as smooth as elsewhere.

    Parameters
    ----------
    x, y : ndarray
        The points of the axes, ascending, shape (n,) and (m,).
    values : ndarray
        The quantity, shape (m, n).
    """
    if not both_signs(values):
        return None
    rest, at_x = _without_zero_line(x, values)
    turned, at_y = _without_zero_line(y, rest.T)
    return Zeros(
        bool(at_x and x[0] < 0.0 < x[-1]),
        bool(at_y and y[0] < 0.0 < y[-1]),
        tempered(turned.T) if both_signs(turned) else None,
    )


def draw_zero(axes: Axes, x: FloatArray, y: FloatArray, values: FloatArray) -> bool:
    """Draw where a quantity is zero, as `zeros_of` says, and return whether it is zero anywhere.

    Parameters
    ----------
    axes : Axes
        Where to draw.
    x, y : ndarray
        The points of the axes, ascending, shape (n,) and (m,).
    values : ndarray
        The quantity, shape (m, n).
    """
    zeros = zeros_of(x, y, values)
    if zeros is None:
        return False
    if zeros.at_x:
        axes.axvline(0.0, color="black", linewidth=_ZERO_WIDTH)
    if zeros.at_y:
        axes.axhline(0.0, color="black", linewidth=_ZERO_WIDTH)
    if zeros.rest is not None:
        contour(axes, x, y, zeros.rest, colors="black", linewidths=_ZERO_WIDTH)
    return True


def _without_zero_line(points: FloatArray, values: FloatArray) -> tuple[FloatArray, bool]:
    """Divide values by an axis, at most twice, while they vanish where the axis is zero.

    Parameters
    ----------
    points : ndarray
        The points of the axis, shape (n,).
    values : ndarray
        Values along it, shape (m, n).

    Returns
    -------
    values : ndarray
        What is left, of the same shape; at the zero of the axis it is the mean of its neighbours.
    crossed : bool
        Whether the values change their sign there: whether they were divided once.
    """
    at = np.flatnonzero(points == 0.0)
    divisions = 0
    while at.size and divisions < 2:
        largest = np.nanmax(np.abs(values), initial=0.0, where=np.isfinite(values))
        if not np.all(np.abs(values[:, at]) <= _VANISHING * largest):
            break
        values = values / np.where(points == 0.0, 1.0, points)
        beside = [place for place in (at[0] - 1, at[0] + 1) if 0 <= place < len(points)]
        values[:, at[0]] = values[:, beside].mean(axis=1)
        divisions += 1
    return values, divisions == 1


def tempered(values: FloatArray) -> FloatArray:
    """Return values with the same zeros but bounded jumps, for a smooth contour of zero.

    Across the threshold a conductance jumps from one sign to the other by amounts that depend on
    how near to the threshold the points happen to lie: linear interpolation between such values
    gives a jagged line.
    """
    typical = float(np.nanmedian(np.abs(values[values != 0.0])))
    return np.asarray(np.arctan(values / typical))


def contour(
    axes: Axes,
    x: FloatArray,
    y: FloatArray,
    values: FloatArray,
    *,
    colors: str,
    linewidths: float,
    linestyles: str = "solid",
) -> QuadContourSet:
    """Draw the contour of zero; along logarithmic axes it is interpolated in the logarithm.

    Parameters
    ----------
    axes : Axes
        Where to draw.
    x, y : ndarray
        The points of the axes, shape (n,) and (m,).
    values : ndarray
        The values, shape (m, n).
    colors, linewidths, linestyles
        As of matplotlib.
    """
    logarithmic = [geometric(points) for points in (x, y)]
    places = [np.log(p) if log else p for p, log in zip((x, y), logarithmic, strict=True)]
    lines = axes.contour(
        *places, values, levels=[0.0], colors=colors, linewidths=linewidths, linestyles=linestyles
    )
    for path in lines.get_paths():
        vertices = np.asarray(path.vertices)
        for column in np.flatnonzero(logarithmic):
            vertices[:, column] = np.exp(vertices[:, column])
    return lines


def contour_lines(x: FloatArray, y: FloatArray, values: FloatArray) -> list[FloatArray]:
    """Return the lines that `contour` draws, each as the places of its points, shape (k, 2)."""
    logarithmic = [geometric(points) for points in (x, y)]
    places = [np.log(p) if log else p for p, log in zip((x, y), logarithmic, strict=True)]
    found = contour_generator(places[0], places[1], z=np.ma.masked_invalid(values)).lines(0.0)
    lines = [np.array(line, dtype=np.float64) for line in found]
    for line in lines:
        line[:, logarithmic] = np.exp(line[:, logarithmic])
    return lines


def threshold(contents: Contents, h: FloatArray, T: FloatArray) -> FloatArray:
    """Return Δ_Sm − |h_exc − h_S| − Δ_S, negative where thermoelectricity is possible.

    Parameters
    ----------
    contents : Contents
        A file with the axes T_S and h_exc.
    h : ndarray
        Exchange fields in Sm, in Δ0, shape (n,).
    T : ndarray
        Temperatures of S, in T_c, shape (m,).

    Returns
    -------
    ndarray
        The difference of the gaps, in Δ0, shape (m, n); NaN where Sm is normal.
    """
    fixed = contents.fixed
    model = cast(GapModel, contents.gap_model)  # lead_gap refuses unknown models
    gamma_S, gamma_Sm = (of_one_lead(fixed, name) for name in ("gamma_S", "gamma_Sm"))
    of_S = lead_gap(T, fixed["h_S"], fixed["gap_S"], model, gamma_S)
    of_Sm = lead_gap(fixed["T_Sm"], h, fixed["gap_Sm"], model, gamma_Sm)
    of_Sm = np.where(of_Sm > 0.0, of_Sm, np.nan)
    return of_Sm - np.abs(h - fixed["h_S"]) - of_S[:, np.newaxis]


def draw_threshold(
    axes: Axes, contents: Contents, x: str, factors: tuple[float, float] = (1.0, 1.0)
) -> bool:
    """Draw the line Δ_S(T_S) = Δ_Sm(T_Sm) − h_exc on a map: there V_p_minus vanishes.

    Parameters
    ----------
    axes : Axes
        Where to draw.
    contents : Contents
        A file with the axes T_S and h_exc.
    x : str
        Which of them is horizontal.
    factors : pair of float
        The units of h_exc and T_S in those of the picture.

    Returns
    -------
    bool
        Whether the line crosses the map.
    """
    found = threshold_on(contents)
    if found is None:
        return False
    h, T, difference = found
    h, T = h * factors[0], T * factors[1]
    lines = contour(
        axes,
        *((h, T, difference) if x == "h_exc" else (T, h, difference.T)),
        colors="white",
        linestyles="dashed",
        linewidths=_THRESHOLD_WIDTH,
    )
    lines.set_path_effects(_outline())
    return True


def threshold_on(contents: Contents) -> tuple[FloatArray, FloatArray, FloatArray] | None:
    """Return `threshold` on a fine mesh of a map, and this mesh; None if it is not crossed there.

    Returns
    -------
    tuple of ndarray, or None
        Exchange fields, shape (n,), temperatures, shape (m,), and the difference, shape (m, n).
    """
    h, T = (_fine(contents.axes[name]) for name in ("h_exc", "T_S"))
    difference = threshold(contents, h, T)
    if not np.nanmin(difference, initial=0.0) < 0.0 < np.nanmax(difference, initial=0.0):
        return None
    return h, T, difference


def _fine(points: FloatArray) -> FloatArray:
    space = np.geomspace if geometric(points) else np.linspace
    return space(points[0], points[-1], _BOUNDARY_POINTS)
