"""`CurvePanel`: a panel of curves, and what all that is drawn on it needs."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from thermospin.figures.arrangement import Curves
from thermospin.figures.display import ShownUnit
from thermospin.interactive.moving import Sliders
from thermospin.interactive.stacks import Stack, Store
from thermospin.junction import FloatArray


@dataclass(frozen=True, eq=False)
class CurvePanel:
    """A panel of curves.

    Attributes
    ----------
    panel : Curves
        What it shows.
    store : Store
        The values of the page.
    sliders : Sliders
        What moves.
    units : pair of ShownUnit
        The units of the horizontal and the vertical axis.
    logarithmic : bool
        Whether the vertical axis is logarithmic.
    figure : bokeh figure
        Where it is drawn.
    """

    panel: Curves
    store: Store
    sliders: Sliders
    units: tuple[ShownUnit, ShownUnit]
    logarithmic: bool
    figure: Any

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes of a layer: that of the family, if any, and the horizontal one."""
        family = self.panel.family
        return (self.panel.x,) if family is None else (family, self.panel.x)

    @property
    def x(self) -> FloatArray:
        """The points of the horizontal axis, in the unit shown."""
        return self.store.contents.axes[self.panel.x] * self.units[0].factor

    def members(self, stack: Stack) -> FloatArray:
        """Return values, shape (layers, members, …), in reduced units."""
        if self.panel.family is None:
            return stack.values[:, np.newaxis]
        return stack.values
