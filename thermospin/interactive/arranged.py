"""What a page shows of a file, decided before any value is read: panels, cuts and sliders."""

from dataclasses import dataclass

from thermospin.dataset import Contents, cut_at
from thermospin.figures.arrangement import Curves, Map, Panel, panels, places_of_cuts, sliced
from thermospin.figures.display import Display
from thermospin.figures.errors import FigureError
from thermospin.figures.look import Look, look_of
from thermospin.figures.view import View


@dataclass(frozen=True)
class Arranged:
    """A page, yet to be drawn.

    Attributes
    ----------
    contents : Contents
        The contents of the file.
    places : dict of str to int
        The place at which each axis without a slider is cut.
    whole : Contents
        What the cuts left of them: the axes drawn, those of sliders, and that of facets.
    cuts : dict of str to float
        The value at which each axis of several values is cut.
    sliders : list of str
        The axes that have a slider.
    panels : list of Curves or Map
        The panels, of which each is drawn once for each facet.
    view : View
        What was asked for.
    look : Look
        How the panels are drawn.
    """

    contents: Contents
    places: dict[str, int]
    whole: Contents
    cuts: dict[str, float]
    sliders: list[str]
    panels: list[Panel]
    view: View
    look: Look

    @property
    def maps(self) -> list[Map]:
        """The panels that are maps."""
        return [panel for panel in self.panels if isinstance(panel, Map)]


def arranged(contents: Contents, view: View, display: Display) -> Arranged:
    """Return what a page shows: the panels of a picture, and sliders in place of its usual cuts.

    Parameters
    ----------
    contents : Contents
        The contents of the file.
    view : View
        What is asked for, with the values of ``at`` in reduced units.
    display : Display
        The units.

    Raises
    ------
    FigureError
        If an option of the view does not fit what is shown.
    """
    reduced, _ = sliced(contents, view)
    first, _ = cut_at(reduced, {} if view.facet is None else {view.facet: 0})
    shown = panels(first, view)
    look = look_of(shown, view, display)
    if view.scale == "symlog" and any(isinstance(panel, Curves) for panel in shown):
        raise FigureError(
            "scale: symlog: curves in a page have linear or log axes; take one of these, or write a"
            " .png"
        )
    places = {
        axis: place
        for axis, place in places_of_cuts(contents, view).items()
        if axis in view.at or len(contents.axes[axis]) == 1
    }
    whole, cuts = cut_at(contents, places)
    needed = {axis for panel in shown for name in _outputs(panel) for axis in whole.dims[name]}
    sliders = [axis for axis in whole.axes if axis not in reduced.axes and axis in needed]
    return Arranged(contents, places, whole, cuts, sliders, shown, view, look)


def _outputs(panel: Panel) -> tuple[str, ...]:
    return (*panel.outputs, *panel.marks) if isinstance(panel, Curves) else (panel.output,)
