"""What a person asks a picture to show, and the check that a file has it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np

from thermospin.dataset import Contents
from thermospin.figures.display import Display
from thermospin.figures.errors import FigureError
from thermospin.figures.labels import plain_text
from thermospin.spec import Material, reduced_number
from thermospin.spec.written_numbers import split_unit

FEW = 8
"""Most values of an axis that gives a curve for each value rather than the rows of a map."""

MOST = 20
"""Most rows, and most columns, of panels."""

ROUNDING = 1e-9
"""Error of a limit that was converted from another unit, of the range that it belongs to."""

Quantity = float | str
"""A number in reduced units, or a text: such a number, or one with a unit, as in ``100 mK``."""
Pair = tuple[Quantity, Quantity]
DisplayName = Literal["si", "reduced"]
DISPLAYS: tuple[DisplayName, ...] = get_args(DisplayName)
ScaleName = Literal["linear", "log", "symlog"]
SCALES: tuple[ScaleName, ...] = get_args(ScaleName)


@dataclass(frozen=True)
class View:
    """What a picture is to show of a file, and how; everything has a default.

    Attributes
    ----------
    at : mapping of str to float or str
        The value at which each of these axes is cut; the nearest point is taken.
    x : str or None
        The horizontal axis.
    y : str or None
        The vertical axis; naming it asks for a map.
    show : tuple of str
        The outputs shown; all if empty.
    facet : str or None
        The axis that has one panel for each of its values.
    display : str or None
        ``si`` or ``reduced`` units; by default SI where the spec has a material.
    xlim, ylim, clim : pair of float or str, or None
        Limits of the horizontal axis, the vertical axis and the colours.
    scale : str or None
        ``linear``, ``log`` or ``symlog``: the scale of outputs, on the vertical axis of curves and
        in the colours of maps. By default their values decide.
    cmap : str or None
        A colour map of matplotlib, for maps and families of curves.
    layout : tuple of int or None
        The number of rows and of columns in which panels are placed.
    """

    at: Mapping[str, Quantity] = field(default_factory=dict)
    x: str | None = None
    y: str | None = None
    show: tuple[str, ...] = ()
    facet: str | None = None
    display: DisplayName | None = None
    xlim: Pair | None = None
    ylim: Pair | None = None
    clim: Pair | None = None
    scale: ScaleName | None = None
    cmap: str | None = None
    layout: tuple[int, int] | None = None

    @property
    def kept(self) -> list[str]:
        """The axes that must not be cut."""
        return [name for name in (self.x, self.y, self.facet) if name is not None]


def settled(name: str, contents: Contents, view: View, display: Display) -> View:
    """Check that a file has the axes, values and outputs that a view asks for.

    Parameters
    ----------
    name : str
        The file, for messages.
    contents : Contents
        Its contents.
    view : View
        What is asked for.
    display : Display
        The units of the picture.

    Returns
    -------
    View
        The same view with the values of ``at`` in reduced units.

    Raises
    ------
    FigureError
        If the file has not what is asked for, or an option is not understood. The message names
        what is asked for and what the file has.
    """
    _check_names(name, contents, view)
    _check_choice(f"{name}: display", view.display, DISPLAYS)
    _check_choice(f"{name}: scale", view.scale, SCALES)
    _check_pairs(name, view)
    at = {}
    for axis, given in view.at.items():
        at[axis] = in_reduced_units(name, axis, given, display.material)
        low, high = contents.axes[axis][0], contents.axes[axis][-1]
        slack = ROUNDING * (high - low)
        if not low - slack <= at[axis] <= high + slack:
            written = isinstance(given, str) and split_unit(given)[1] != ""
            told = display if written else Display()
            value, low, high = (plain_text(axis, one, told) for one in (at[axis], low, high))
            raise FigureError(f"{name}: {axis} = {value}: must be between {low} and {high}")
    axes = contents.axes
    if all(len(points) == 1 or axis in at for axis, points in axes.items()):
        raise FigureError(f"{name}: is cut down to a single point; leave an axis of several values")
    return replace(view, at=at)


def _check_names(name: str, contents: Contents, view: View) -> None:
    axes = contents.axes
    for axis in (*view.at, *view.kept):
        if axis not in axes:
            raise FigureError(f"{name}: {axis}: no such axis, must be one of {', '.join(axes)}")
    for output in view.show:
        if output not in contents.outputs:
            known = ", ".join(contents.outputs)
            raise FigureError(f"{name}: {output}: no such output, must be one of {known}")
    for axis in view.kept:
        if [*view.at, *view.kept].count(axis) > 1:
            raise FigureError(f"{name}: {axis}: is asked for twice, of x, y, facet and at")
    if view.facet is not None and len(axes[view.facet]) > FEW:
        count = len(axes[view.facet])
        raise FigureError(
            f"{name}: {view.facet} has {count} values, a facet at most {FEW}; cut it with at"
        )


def _check_choice(option: str, given: str | None, choices: tuple[str, ...]) -> None:
    if given is not None and given not in choices:
        raise FigureError(f"{option} must be one of {', '.join(choices)}, got {given!r}")


def _check_pairs(name: str, view: View) -> None:
    """Refuse limits that are no pair, and a layout that is no pair of whole numbers."""
    for option in ("xlim", "ylim", "clim"):
        pair = getattr(view, option)
        if pair is not None and (isinstance(pair, str) or np.size(pair) != 2):
            raise FigureError(f"{name}: {option} must be two numbers or quantities, got {pair!r}")
    layout = view.layout
    if layout is not None and not (
        np.size(layout) == 2 and all(isinstance(one, int) and 1 <= one <= MOST for one in layout)
    ):
        raise FigureError(
            f"{name}: layout must be rows and columns, each from 1 to {MOST}, got {layout!r}"
        )


def in_reduced_units(option: str, name: str, given: Quantity, material: Material | None) -> float:
    """Read a number, which may be a text with a unit, in the reduced unit of a quantity.

    Parameters
    ----------
    option : str
        Where the number is given, for messages.
    name : str
        The parameter or output whose value it is.
    given : float or str
        A number in reduced units, or a text: such a number, or one with a unit.
    material : Material or None
        The scales that turn SI into reduced units.

    Raises
    ------
    FigureError
        If it is no finite number, or its unit is of another kind or needs a material.
    """
    try:
        return reduced_number(name, given, material)
    except ValueError as error:
        raise FigureError(f"{option}: {error}") from None
