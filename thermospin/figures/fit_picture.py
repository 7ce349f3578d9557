"""Pictures of fits: measured curves with the model and what is left between them, and profiles."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from thermospin.figures.display import Display
from thermospin.figures.labels import axis_label, quantity_label
from thermospin.figures.style import COLUMN, StyledFigure, set_ticks, style
from thermospin.junction import FloatArray
from thermospin.quantities import Parameter
from thermospin.spec import Material

_HEIGHTS = (2.2, 0.8)  # inches, of the curves and of the residuals
_PROFILE_HEIGHT = 2.2
_SYMBOLS = {"I": "I", "dIdV": r"\mathrm{d}I/\mathrm{d}V"}
_UNITS = {"I": "G_T Δ0/e", "dIdV": "G_T"}
_MOST_NAMED = 8  # curves that a legend names
_COLOURS = "viridis"
_BRIGHTEST = 0.85  # of the colour map; what is brighter is hard to see on white
_MODEL = "#d55e00"
_SINGLE = "0.35"
_NOISE = "0.88"
_SIGMAS = (1.0, 2.0)


@dataclass(frozen=True, eq=False)
class FittedCurve:
    """A measured curve and the model of it, in reduced units.

    Attributes
    ----------
    label : str
        Its name in the legend.
    kind : str
        ``I`` or ``dIdV``.
    V, values, model : ndarray
        Bias in Δ0/e, and measured and computed values in G_T Δ0/e or G_T, shape (n,).
    sigma : ndarray
        Standard deviation that the fit takes for the noise of the values, shape (n,).
    """

    label: str
    kind: str
    V: FloatArray
    values: FloatArray
    model: FloatArray
    sigma: FloatArray


@dataclass(frozen=True, eq=False)
class ProfileCurve:
    """How much χ² rises when a parameter is held away from its best value.

    Attributes
    ----------
    parameter : Parameter
        The parameter.
    label : str
        Its name, which says of which curve it is.
    values, rise : ndarray
        Values at which it is held, in its reduced unit, and χ² there less the least χ², shape (n,).
    best, error : float
        The best value, and its standard error from the covariance.
    """

    parameter: Parameter
    label: str
    values: FloatArray
    rise: FloatArray
    best: float
    error: float


def draw_fit(curves: Sequence[FittedCurve], material: Material | None = None) -> StyledFigure:
    """Draw measured curves, the model of each, and the residuals below.

    Parameters
    ----------
    curves : sequence of FittedCurve
        The curves; those of one kind share a panel.
    material : Material, optional
        The scales, with which the picture is in SI; reduced units without it.
    """
    display = Display(material, material is not None)
    kinds = list(dict.fromkeys(curve.kind for curve in curves))
    with style():
        figure = StyledFigure(layout="constrained")
        figure.set_size_inches(COLUMN * len(kinds), sum(_HEIGHTS))
        panels = figure.subplots(2, len(kinds), sharex="col", squeeze=False, height_ratios=_HEIGHTS)
        for column, kind in enumerate(kinds):
            alike = [curve for curve in curves if curve.kind == kind]
            _draw_column(panels[0, column], panels[1, column], alike, display)
    return figure


def _draw_column(above: Axes, below: Axes, curves: Sequence[FittedCurve], display: Display) -> None:
    """Draw the curves of one kind, and their residuals below."""
    kind = curves[0].kind
    bias = display.unit("Δ0/e", np.concatenate([curve.V for curve in curves]))
    unit = display.unit(_UNITS[kind], np.concatenate([curve.values for curve in curves]))
    left = np.concatenate([curve.values - curve.model for curve in curves])
    rest = display.unit(_UNITS[kind], left)
    for order, curve in enumerate(curves):
        dots, line = _colours(order, len(curves))
        V, by_bias = curve.V * bias.factor, np.argsort(curve.V, kind="stable")
        above.plot(V, curve.values * unit.factor, ".", color=dots, ms=2.5, label=_name(curve.label))
        above.plot(
            V[by_bias], curve.model[by_bias] * unit.factor, color=line, lw=0.9, zorder=3,
            label="model" if len(curves) == 1 else None,
        )  # fmt: skip
        if len(curves) == 1:
            noise = curve.sigma[by_bias] * rest.factor
            below.fill_between(V[by_bias], -noise, noise, color=_NOISE, lw=0)
        residual = (curve.values - curve.model) * rest.factor
        below.plot(V, residual, ".", color=dots, ms=2.0)
    below.axhline(0.0, color=_MODEL if len(curves) == 1 else "black", lw=0.7, zorder=1)
    above.set_ylabel(quantity_label(_SYMBOLS[kind], _UNITS[kind], unit))
    below.set_ylabel("residual" + (f" ({rest.symbol})" if rest.symbol else ""))
    below.set_xlabel(axis_label(["V"], bias))
    set_ticks(above)
    set_ticks(below)
    if len(curves) <= _MOST_NAMED:
        above.legend()


def _colours(order: int, count: int) -> tuple[object, object]:
    """Return the colour of the points and that of the model of one of several curves."""
    if count == 1:
        return _SINGLE, _MODEL
    colour = colormaps[_COLOURS](_BRIGHTEST * order / (count - 1))
    return colour, colour


def _name(label: str) -> str:
    """Return a label as matplotlib shows it: it hides names with a bar in front."""
    return " " * label.startswith("_") + label.replace("$", r"\$")


def draw_profile(profile: ProfileCurve, material: Material | None = None) -> StyledFigure:
    """Draw the profile of a parameter, beside the parabola that its standard error stands for.

    Parameters
    ----------
    profile : ProfileCurve
        The profile.
    material : Material, optional
        The scales, with which the parameter is in SI.
    """
    parameter = profile.parameter
    unit = Display(material, material is not None).unit(parameter.unit, profile.values)
    with style():
        figure = StyledFigure(layout="constrained")
        figure.set_size_inches(COLUMN, _PROFILE_HEIGHT)
        axes = figure.subplots()
        order = np.argsort(profile.values)
        at = profile.values[order]
        fine = np.linspace(at[0], at[-1], 201)
        parabola = ((fine - profile.best) / profile.error) ** 2
        top = 1.05 * max(_SIGMAS[-1] ** 2 + 1.0, float(np.nanmax(profile.rise)))
        axes.plot(at * unit.factor, profile.rise[order], ".-", color=_MODEL, label="profile")
        axes.plot(fine * unit.factor, parabola, "--", color=_SINGLE, label="standard error")
        for sigmas in _SIGMAS:
            axes.axhline(sigmas**2, color="0.7", lw=0.6, zorder=1)
        axes.axvline(profile.best * unit.factor, color="0.7", lw=0.6, zorder=1)
        axes.set_ylim(min(0.0, float(np.nanmin(profile.rise))), top)
        axes.set_xlabel(quantity_label(parameter.symbol, parameter.unit, unit))
        axes.set_ylabel(r"$\chi^2-\chi^2_\mathrm{min}$")
        if profile.label != parameter.name:
            axes.set_title(profile.label)
        set_ticks(axes)
        axes.legend()
    return figure


def picture_bytes(figure: Figure, suffix: str) -> bytes:
    """Return a picture as the bytes of a file that is the same for the same picture.

    Parameters
    ----------
    figure : Figure
        The picture.
    suffix : str
        ``.png`` or ``.pdf``.
    """
    buffer = io.BytesIO()
    metadata = {"CreationDate": None} if suffix == ".pdf" else {}
    figure.savefig(buffer, format=suffix.lstrip("."), metadata=metadata)
    return buffer.getvalue()
