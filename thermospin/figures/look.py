"""How panels are drawn: the units, scale, colours and limits that the panels of a picture share."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from thermospin.dataset import Contents
from thermospin.figures.arrangement import Curves, Map, Panel
from thermospin.figures.display import Display, ShownUnit
from thermospin.figures.errors import FigureError
from thermospin.figures.labels import plain_text, unit_of
from thermospin.figures.scales import geometric
from thermospin.figures.view import (
    ROUNDING,
    Pair,
    Quantity,
    ScaleName,
    View,
    in_reduced_units,
)
from thermospin.junction import FloatArray
from thermospin.spec.written_numbers import split_unit


@dataclass(frozen=True)
class Limits:
    """Limits of an axis or of colours, in reduced units.

    ``of`` is the name of a parameter, or the unit of the outputs for which they hold.
    """

    of: str
    low: float
    high: float

    def times(self, factor: float) -> tuple[float, float]:
        """Return both in another unit."""
        return self.low * factor, self.high * factor


@dataclass(frozen=True)
class Look:
    """How the panels of a picture are drawn.

    Attributes
    ----------
    display : Display
        The units.
    scale : str or None
        The scale of outputs; None if their values decide.
    cmap : str or None
        The colour map of maps and of families of curves; None for that of the quantity.
    x, y, c : Limits or None
        The limits of the horizontal axis, the vertical axis and the colours; None if the values
        decide.
    """

    display: Display = field(default_factory=Display)
    scale: ScaleName | None = None
    cmap: str | None = None
    x: Limits | None = None
    y: Limits | None = None
    c: Limits | None = None

    def xlim(self, panel: Panel) -> Limits | None:
        """Return the limits of the horizontal axis of a panel."""
        return self.x if self.x is not None and self.x.of == panel.x else None

    def ylim(self, panel: Panel) -> Limits | None:
        """Return the limits of the vertical axis of a panel."""
        return self.y if self.y is not None and self.y.of == _vertical(panel)[0] else None

    def clim(self, panel: Map) -> Limits | None:
        """Return the limits of the colours of a map."""
        return self.c if self.c is not None and self.c.of == unit_of(panel.output) else None

    def unit(self, reduced: str, values: FloatArray, limits: Limits | None) -> ShownUnit:
        """Return the unit for numbers of a quantity, which follows from its limits if it has any.

        Parameters
        ----------
        reduced : str
            The reduced unit of the quantity.
        values : ndarray
            The numbers that are shown, in this unit.
        limits : Limits or None
            The limits within which they are shown.
        """
        return self.display.unit(reduced, values if limits is None else [limits.low, limits.high])


STANDARD = Look()


def look_of(panels: Sequence[Panel], view: View, display: Display) -> Look:
    """Return how panels are drawn.

    Limits hold for the quantity of the first panel that takes them, and for all panels that show
    the same axis, or outputs of the same unit.

    Parameters
    ----------
    panels : sequence of Curves or Map
        The panels.
    view : View
        What is asked for.
    display : Display
        The units of the picture.

    Raises
    ------
    FigureError
        If limits are not two rising numbers or quantities of what is shown, or there is no panel
        for the limits of colours or for the colour map.
    """
    maps = [panel for panel in panels if isinstance(panel, Map)]
    families = [panel for panel in panels if isinstance(panel, Curves) and panel.family]
    if view.cmap is not None and not (maps or families):
        raise FigureError("cmap: the picture has neither a map nor a family of curves")
    if view.clim is not None and not maps:
        raise FigureError("clim: the picture has no map; use ylim for curves")
    colours = [(unit_of(panel.output), panel.output) for panel in maps]
    return Look(
        display,
        view.scale,
        view.cmap,
        _limits("xlim", view.xlim, [(panel.x, panel.x) for panel in panels], display),
        _limits("ylim", view.ylim, [_vertical(panel) for panel in panels], display),
        _limits("clim", view.clim, colours, display),
    )


def _vertical(panel: Panel) -> tuple[str, str]:
    """Return for what the limits of the vertical axis hold, and a quantity that it shows."""
    if isinstance(panel, Map):
        return panel.y, panel.y
    return unit_of(panel.outputs[0]), panel.outputs[0]


def _limits(
    option: str, pair: Pair | None, shown: Sequence[tuple[str, str]], display: Display
) -> Limits | None:
    if pair is None:
        return None
    _check_units(option, pair)
    refused: FigureError | None = None
    for of, name in shown:
        try:
            low, high = (in_reduced_units(option, name, one, display.material) for one in pair)
        except FigureError as error:
            refused = refused or error
            continue
        if not low < high:
            got = f"{pair[0]},{pair[1]}"
            raise FigureError(f"{option}: must be two numbers, the smaller first, got {got}")
        return Limits(of, low, high)
    raise refused or FigureError(f"{option}: there is nothing that it could limit")


def _check_units(option: str, pair: Pair) -> None:
    """Refuse a pair such as 1,5 mV, which may mean 1 mV, or 1 Δ0/e."""

    def is_bare(one: Quantity) -> bool:
        return not isinstance(one, str) or not split_unit(one)[1]

    bare = [one for one in pair if is_bare(one)]
    if len(bare) == 1 and str(bare[0]).strip().strip("+-0.") != "":
        raise FigureError(
            f"{option}: must have a unit at both limits or at neither, got {pair[0]},{pair[1]}"
        )


def cropped(contents: Contents, look: Look, beyond: int = 0) -> Contents:
    """Return contents without the points of their axes that lie outside the limits of a look.

    Parameters
    ----------
    contents : Contents
        The contents.
    look : Look
        Gives the limits.
    beyond : int, optional
        How many points beyond the limits are kept on either side: with one, curves reach the frame.

    Raises
    ------
    FigureError
        If no point lies within the limits, or a limit cannot be on a logarithmic axis.
    """
    for option, limits in (("xlim", look.x), ("ylim", look.y)):
        if limits is not None and limits.of in contents.axes:
            contents = _within(contents, option, limits, beyond, look.display)
    return contents


def _within(
    contents: Contents, option: str, limits: Limits, beyond: int, display: Display
) -> Contents:
    name, points = limits.of, contents.axes[limits.of]
    if geometric(points) and limits.low <= 0.0:
        raise FigureError(
            f"{option}: {name} is on a logarithmic axis: its limits must be more than 0"
        )
    slack = ROUNDING * (limits.high - limits.low)
    inside = (points >= limits.low - slack) & (points <= limits.high + slack)
    if not inside.any():
        low, high = (plain_text(name, float(one), display) for one in (points[0], points[-1]))
        raise FigureError(
            f"{option}: no point of {name} lies between the limits; it runs from {low} to {high}"
        )
    first, last = inside.argmax(), len(points) - inside[::-1].argmax()
    part = slice(max(0, int(first) - beyond), int(last) + beyond)
    outputs = {
        output: values[
            tuple(part if axis == name else slice(None) for axis in contents.dims[output])
        ]
        for output, values in contents.outputs.items()
    }
    return replace(contents, axes=contents.axes | {name: points[part]}, outputs=outputs)
