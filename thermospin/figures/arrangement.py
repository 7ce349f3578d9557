"""The panels of a file's picture, decided before anything is drawn: what each shows, and how."""

from dataclasses import dataclass, replace
from typing import TypeGuard

import numpy as np

from thermospin.dataset import Contents, cut_at
from thermospin.figures.labels import unit_of
from thermospin.figures.view import FEW, View
from thermospin.quantities import OUTPUTS, RATES, STANDS_FOR, are_ideal

_LINES = 6
"""Most lines of a panel in which several outputs share a family of curves."""

_HORIZONTAL = (
    *("V", "heater", "R_L", "V_ac", "hf", "theta", "P", "h_exc", "h_S"),
    *("gamma", "gamma_Sm", "gamma_S", "gap_Sm", "gap_S", "T_Sm", "T_bath"),
    "electron_phonon",
    *(name for rate in RATES for name in (rate, *STANDS_FOR[rate])),
)
"""Axes that can be the horizontal one of a map, the first that the file has; T_S and T stand."""

_MARKS = {"V_S": "V", "V_p_minus": "V", "V_p_plus": "V", "h_t": "h_exc"}
"""Outputs that are values of an axis, which can be marked on the curves along that axis."""


@dataclass(frozen=True)
class Curves:
    """A panel with curves of outputs of one unit.

    Attributes
    ----------
    x : str
        The horizontal axis.
    outputs : tuple of str
        The outputs drawn.
    family : str or None
        Another axis, each value of which has a curve of its own.
    marks : tuple of str
        Outputs that are shown as points on the curves of the output ``marked``.
    """

    x: str
    outputs: tuple[str, ...]
    family: str | None = None
    marks: tuple[str, ...] = ()

    @property
    def marked(self) -> str:
        """The output whose curves carry the marks: the charge current, else the first output."""
        return "I_q" if "I_q" in self.outputs else self.outputs[0]


@dataclass(frozen=True)
class Map:
    """A panel that shows one output as colour over the axes ``x`` and ``y``."""

    x: str
    y: str
    output: str


Panel = Curves | Map


_AS_A_WHOLE = View()


def sliced(contents: Contents, view: View = _AS_A_WHOLE) -> tuple[Contents, dict[str, float]]:
    """Cut the contents of a file down to two axes, and a third one if the view has a facet.

    The axes that the view names are kept, then the longest ones, of equally long ones the later.
    The others are cut where the view says, else in the middle, and become fixed parameters, as does
    an axis with a single value.

    Returns
    -------
    reduced : Contents
        What is left.
    cuts : dict of str to float
        The value at which each axis of several values was cut.
    """
    return cut_at(contents, places_of_cuts(contents, view))


def places_of_cuts(contents: Contents, view: View = _AS_A_WHOLE) -> dict[str, int]:
    """Return the axes that `sliced` cuts, and the places of the points at which it cuts them."""
    axes = contents.axes
    order = list(axes)
    longest = sorted(axes, key=lambda name: (len(axes[name]), order.index(name)), reverse=True)
    open_ = [name for name in longest if name not in view.at and name not in view.kept]
    room = 2 + (view.facet is not None) - len(view.kept)
    kept = {name for name in [*view.kept, *open_[:room]] if len(axes[name]) > 1}
    middle = {name: len(points) // 2 for name, points in axes.items() if name not in kept}
    asked = {
        name: int(np.argmin(np.abs(axes[name] - float(value)))) for name, value in view.at.items()
    }
    return middle | asked


def panels(contents: Contents, view: View = _AS_A_WHOLE) -> list[Panel]:
    """Return the panels that show the outputs of contents with at most two axes.

    All outputs are shown, or those that the view names; an output without any axis has no panel.
    Outputs that are voltages are marked on the curves of the currents against V, and the threshold
    field on curves against h_exc; beside a map over T_S and h_exc, which shows the threshold as a
    line, the threshold field is left out. With rates in a lead h_t is no threshold: it has curves
    of its own.
    """
    shown = [name for name in contents.outputs if not view.show or name in view.show]
    marks = {name for name in _MARKS if name != "h_t" or has_threshold(contents)}
    found = _grouped(contents, [name for name in shown if name not in marks], view)
    left = []
    for name in shown:
        if name not in marks:
            continue
        carrier = next((p for p in found if _can_carry(p, name, contents.dims[name])), None)
        if carrier is not None:
            found[found.index(carrier)] = replace(carrier, marks=(*carrier.marks, name))
        elif name != "h_t" or not any(shows_threshold(panel) for panel in found):
            left.append(name)
    return found + _grouped(contents, left, view)


def has_threshold(contents: Contents) -> bool:
    """Return whether thermoelectricity sets in at h_t: with rates the gap edges lie elsewhere."""
    return are_ideal({**contents.fixed, **contents.axes})


def shows_threshold(panel: Panel) -> TypeGuard[Map]:
    """Return whether a panel is a map over T_S and h_exc, which shows the threshold as a line."""
    return isinstance(panel, Map) and {panel.x, panel.y} == {"T_S", "h_exc"}


def _can_carry(panel: Panel, mark: str, dims: tuple[str, ...]) -> TypeGuard[Curves]:
    if not isinstance(panel, Curves) or panel.x != _MARKS[mark]:
        return False
    of_charge = panel.x != "V" or panel.marked == "I_q"
    return of_charge and set(dims) <= {panel.x, panel.family}


def _grouped(contents: Contents, names: list[str], view: View) -> list[Panel]:
    """Return a map for each output over two long axes; curves, one panel a unit, for the others."""
    found: list[Panel] = []
    groups: dict[tuple[str, str | None, str], list[str]] = {}
    few = _few(contents, view)
    for name in names:
        dims = contents.dims[name]
        if not dims:
            continue  # a number, not a curve
        if len(dims) == 2 and few is None:
            order = (view.x or "", *_HORIZONTAL, "T_S", "T")
            x = next(axis for axis in order if axis in dims and axis != view.y)
            found.append(Map(x, dims[1 - dims.index(x)], name))
            continue
        x = dims[0] if len(dims) == 1 else dims[1 - dims.index(few or "")]
        family = few if len(dims) == 2 else None
        kind = name if OUTPUTS[name].apart else unit_of(name)
        groups.setdefault((x, family, kind), []).append(name)
    for (x, family, _), members in groups.items():
        lines = len(members) * (len(contents.axes[family]) if family else 1)
        together = family is None or lines <= _LINES
        found += [
            Curves(x, tuple(part), family)
            for part in ([members] if together else [[name] for name in members])
        ]
    return found


def _few(contents: Contents, view: View) -> str | None:
    """Return which of two axes gives one curve for each of its values; None if a map is drawn."""
    short = [
        name for name, points in contents.axes.items() if len(points) <= FEW and name != view.x
    ]
    if len(contents.axes) < 2 or not short or view.y is not None:
        return None
    return min(short, key=lambda name: (name == "V", len(contents.axes[name])))
