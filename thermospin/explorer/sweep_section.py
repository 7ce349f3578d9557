"""`SweepSection`: the part of a page that shows the maps of a finished sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel as pn
from bokeh.models import Column, Row
from bokeh.models.widgets import Div, Select

from thermospin.explorer.page_style import FONT, QUIET
from thermospin.explorer.sweep_file import SweepFile
from thermospin.explorer.sweep_map import SweepMap
from thermospin.figures.display import Display
from thermospin.interactive.moving import slider_of

if TYPE_CHECKING:
    from thermospin.explorer.junction_page import JunctionPage

_SIDE_WIDTH, _WIDGET_WIDTH = 326, 300
_HINT = (
    "Click on the map: the junction below becomes the one at that point, computed live. The ring"
    " is the point that was clicked last."
)


class SweepSection:
    """The maps of a sweep, with a slider for each axis that is not drawn.

    Parameters
    ----------
    sweep : SweepFile
        The file.
    page : JunctionPage
        The page, which shows the junction that is clicked.
    """

    def __init__(self, sweep: SweepFile, page: JunctionPage) -> None:
        """Show the map of the first output."""
        self.sweep, self.page = sweep, page
        self.display = Display(sweep.material, sweep.material is not None)
        self.places = {name: len(points) // 2 for name, points in sweep.contents.axes.items()}
        outputs = list(sweep.maps)
        self.choice = Select(title="Map of", options=outputs, value=outputs[0], width=_WIDGET_WIDTH)
        self.choice.on_change("value", lambda _attribute, _old, _new: self.open())
        self.side = Column(width=_SIDE_WIDTH)
        self.model = Row(sizing_mode="stretch_width")
        self.map: SweepMap
        self.open()
        self.root = pn.pane.Bokeh(self.model, sizing_mode="stretch_width", margin=(0, 0, 0, 8))

    def open(self) -> None:
        """Show the map of the output that is chosen."""
        output = str(self.choice.value)
        layer = self.sweep.layer(output, self.places)
        self.map = SweepMap(self.sweep, output, layer, self.pick)
        hint = Div(text=_HINT, width=_WIDGET_WIDTH, styles={"font": f"14px {FONT}", "color": QUIET})
        self.side.children = [self.choice, *map(self._slider, self.sweep.moved(output)), hint]
        self.model.children = [self.side, self.map.figure]

    def _slider(self, name: str) -> Any:
        slider = slider_of(name, self.sweep.contents.axes[name], self.display)
        slider.update(value=self.places[name], width=_WIDGET_WIDTH, sizing_mode=None)

        def moved(_attribute: str, _old: int, place: int) -> None:
            self.places[name] = int(place)
            self.map.show(self.sweep.layer(self.map.panel.output, self.places))

        slider.on_change("value", moved)
        return slider

    def pick(self, point: dict[str, float]) -> None:
        """Have the page show the junction at a point of the map."""
        axes = self.sweep.contents.axes
        elsewhere = {
            name: float(points[self.places[name]])
            for name, points in axes.items()
            if name != "V" and name not in point
        }
        self.page.take(self.sweep.state_at(self.page.state, elsewhere | point))
