"""Drawing of measured curves over computed ones, in the units of the picture."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from thermospin.dataset import Contents
from thermospin.figures.display import ShownUnit
from thermospin.figures.errors import FigureError
from thermospin.junction import FloatArray
from thermospin.measured import MeasuredCurve
from thermospin.quantities import SI_UNITS
from thermospin.spec import Material

_REDUCED = {"I": "G_T Δ0/e", "dIdV": "G_T"}
LOOKS = (("o", "0.15"), ("s", "#0072b2"), ("^", "#d55e00"), ("D", "#cc79a7"), ("v", "#56b4e9"))
"""The marker and the colour of each curve; the colours are told apart by colour-blind readers."""
_LONGEST_LABEL = 28  # characters
_RESOLUTION = 1000  # points along each side of a panel that can be told apart
_OUTERMOST = 0.9  # from this share of the largest bias on a junction counts as ohmic


@dataclass(frozen=True, eq=False)
class LaidOver:
    """A measured curve in reduced units.

    Attributes
    ----------
    V, values : ndarray
        Bias in Δ0/e, and current in G_T Δ0/e or dI/dV in G_T, shape (n,).
    kind : str
        ``I`` or ``dIdV``.
    label : str
        Its name in the legend.
    arbitrary : bool
        Whether the values are in arbitrary units, and yet to be scaled.
    """

    V: FloatArray
    values: FloatArray
    kind: str
    label: str
    arbitrary: bool = False


def laid_over(curves: Sequence[MeasuredCurve], material: Material | None) -> list[LaidOver]:
    """Convert measured curves to reduced units.

    Parameters
    ----------
    curves : sequence of MeasuredCurve
        The curves.
    material : Material or None
        The material of the sweep, which gives the SI values of the reduced units.

    Raises
    ------
    FigureError
        If a curve is in SI and the sweep has no material.
    """
    stems = [curve.path.stem for curve in curves]
    return [
        _converted(curve, material, _label(curve, alone=stems.count(curve.path.stem) == 1))
        for curve in curves
    ]


def _converted(curve: MeasuredCurve, material: Material | None, label: str) -> LaidOver:
    arbitrary = curve.unit not in (_REDUCED[curve.kind], SI_UNITS[_REDUCED[curve.kind]].symbol)
    if material is None:
        if curve.V_unit != "Δ0/e" or not (arbitrary or curve.unit == _REDUCED[curve.kind]):
            raise FigureError(
                f"{curve.path}: {' and '.join(curve.columns)} are in SI, and the sweep has no"
                " material, which turns SI into reduced units; run it again with one, such as"
                " --set 'material={Delta_0: 200 ueV, G_T: 0.1 mS}'"
            )
        return LaidOver(curve.V, curve.values, curve.kind, label, arbitrary)
    volt, unit = material.factor("Δ0/e"), material.factor(_REDUCED[curve.kind])
    V = curve.V if curve.V_unit == "Δ0/e" else curve.V / volt
    in_si = not arbitrary and curve.unit != _REDUCED[curve.kind]
    values = curve.values / unit if in_si else curve.values
    return LaidOver(V, values, curve.kind, label, arbitrary)


def _label(curve: MeasuredCurve, *, alone: bool) -> str:
    """Return the name of a file without its ending, with its folder if another has that name."""
    name = curve.path.stem if alone else f"{curve.path.absolute().parent.name}/{curve.path.stem}"
    name = "".join(letter if letter.isprintable() else "?" for letter in name)
    if len(name) > _LONGEST_LABEL:
        name = name[: _LONGEST_LABEL - 1] + "…"
    return " " * name.startswith("_") + name.replace("$", r"\$")  # matplotlib hides _…


def draw_measured(
    axes: Axes,
    units: tuple[ShownUnit, ShownUnit],
    contents: Contents,
    curves: Sequence[LaidOver],
) -> None:
    """Draw measured curves of one kind as open marks.

    Parameters
    ----------
    axes : Axes
        The panel, with its computed curves.
    units : pair of ShownUnit
        The units of its two axes.
    contents : Contents
        The computed values of all panels.
    curves : sequence of LaidOver
        The measured curves.
    """
    drawn = in_shown_units(contents, curves, units)
    filling = "white" if len(drawn) == 1 else "none"  # curves that cover one another stay visible
    handles = [_draw_marks(axes, curve, order, filling) for order, curve in enumerate(drawn)]
    _add_to_legend(axes, handles, [curve.label for curve in drawn])


def in_shown_units(
    contents: Contents, curves: Sequence[LaidOver], units: tuple[ShownUnit, ShownUnit]
) -> list[LaidOver]:
    """Return measured curves in the units of a panel; those in arbitrary units are scaled.

    Parameters
    ----------
    contents : Contents
        The computed values, to which curves in arbitrary units are scaled.
    curves : sequence of LaidOver
        The measured curves, in reduced units.
    units : pair of ShownUnit
        The units of the axes of the panel.

    Raises
    ------
    FigureError
        If a curve in arbitrary units cannot be scaled.
    """
    scaled = [_scaled_to(contents, curve) if curve.arbitrary else curve for curve in curves]
    return [_in_units(curve, units) for curve in scaled]


def _in_units(curve: LaidOver, units: tuple[ShownUnit, ShownUnit]) -> LaidOver:
    """Return a curve in the units in which the picture shows it."""
    return replace(curve, V=curve.V * units[0].factor, values=curve.values * units[1].factor)


def _scaled_to(contents: Contents, curve: LaidOver) -> LaidOver:
    """Scale a curve in arbitrary units so that its outermost part has the computed mean."""
    name = "I_q" if curve.kind == "I" else "dIdV"
    bias = contents.axes["V"]
    there = np.clip(curve.V, bias[0], bias[-1]) == curve.V
    reach = np.abs(curve.V[there]).max(initial=0.0)
    there &= np.abs(curve.V) >= _OUTERMOST * reach
    if name in contents.outputs and there.any():
        rows = np.moveaxis(contents.outputs[name], contents.dims[name].index("V"), -1)
        computed = [np.interp(curve.V[there], bias, row) for row in rows.reshape(-1, len(bias))]
        size, measured = np.nanmean(np.abs(computed)), np.abs(curve.values[there]).mean()
        if measured > 0.0 and np.isfinite(size):
            label = f"{curve.label} (scaled)"
            return replace(curve, values=curve.values * (size / measured), label=label)
    raise FigureError(
        f"{curve.label}: values in arbitrary units are scaled to the computed {name} at the largest"
        " bias of both, which is not possible here; give --data-units and --factor"
    )


def _draw_marks(axes: Axes, curve: LaidOver, order: int, filling: str) -> Line2D:
    marker, colour = LOOKS[order % len(LOOKS)]
    V, values = curve.V, curve.values
    if not axes.get_autoscalex_on():  # limits were asked for: the rest decides on no other range
        inside = np.clip(V, *axes.get_xlim()) == V
        V, values = V[inside], values[inside]
    (points,) = axes.plot(
        *_distinguishable(V, values),
        linestyle="",
        marker=marker,
        color=colour,
        markerfacecolor=filling,
        markeredgewidth=0.6,
        markersize=2.6,
        zorder=2.5,
    )
    return points


def _distinguishable(V: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Leave out points that a picture cannot tell from others."""
    if not len(V):
        return V, values
    cells = [
        np.round(_RESOLUTION * (x - x.min()) / (np.ptp(x) or 1.0)).astype(np.int64)
        for x in (V, values)
    ]
    _, kept = np.unique(cells[0] * (_RESOLUTION + 1) + cells[1], return_index=True)
    kept.sort()
    return V[kept], values[kept]


def _add_to_legend(axes: Axes, handles: list[Line2D], words: list[str]) -> None:
    title, former = None, axes.get_legend()
    if former is not None:
        handles = [*former.legend_handles, *handles]  # type: ignore[list-item]
        words = [*(text.get_text() for text in former.get_texts()), *words]
        title = former.get_title().get_text() or None
    axes.legend(handles, words, loc="upper left", title=title)
