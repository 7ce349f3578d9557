"""A map in a browser: the shades of its cells, its bar, and what the cursor reads on it."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from bokeh.models import (
    ColumnDataSource,
    FixedTicker,
    LinearColorMapper,
)
from bokeh.models.annotations import ColorBar
from numpy.typing import NDArray

from thermospin.figures.arrangement import Map
from thermospin.figures.colours import Colours
from thermospin.figures.display import ShownUnit
from thermospin.figures.labels import axis_label
from thermospin.figures.scales import cell_edges, geometric
from thermospin.figures.shades import SHADES, bar_ticks, palette_of, shades, whole_palette
from thermospin.interactive.frames import Directions, frame
from thermospin.junction import FloatArray

BEYOND = "values beyond a colour bar have the colour of its end"
"""What is said below the panels of a map that has such values; it is tagged with it."""
_MOST_PIXELS = 1200
"""Most columns, and rows, of an image whose cells are unlike."""
_EVEN = 1e-6  # of a cell: by how much cells that count as alike differ


class Pixels(NamedTuple):
    """How the cells along an axis become the pixels of an image, which are all alike.

    Attributes
    ----------
    ends : tuple of float
        Where the first pixel begins and the last one ends.
    logarithmic : bool
        Whether pixels are alike on a logarithmic axis.
    cells : ndarray of int32
        The cell of each pixel.
    """

    ends: tuple[float, float]
    logarithmic: bool
    cells: NDArray[np.int32]


def pixels_of(points: FloatArray) -> Pixels:
    """Return the pixels of an axis: its cells, or smaller ones where these are unlike."""
    edges = cell_edges(points)
    ends = float(edges[0]), float(edges[-1])
    logarithmic = geometric(points)
    widths = np.diff(edges)
    if logarithmic or np.ptp(widths) <= _EVEN * widths.min():
        return Pixels(ends, logarithmic, np.arange(len(points), dtype=np.int32))
    count = int(np.clip(np.ceil(4.0 * (ends[1] - ends[0]) / widths.min()), 1, _MOST_PIXELS))
    middles = ends[0] + (np.arange(count) + 0.5) * (ends[1] - ends[0]) / count
    cells = np.searchsorted(edges[1:-1], middles).astype(np.int32)
    return Pixels(ends, False, cells)


@dataclass(frozen=True)
class Side:
    """An axis of a map: its name, its points in the unit shown, this unit, its limits if any."""

    name: str
    points: FloatArray
    unit: ShownUnit
    limits: tuple[float, float] | None = None

    @property
    def ends(self) -> tuple[float, float]:
        """The limits of the axis at first."""
        return self.limits or (float(self.points[0]), float(self.points[-1]))

    @property
    def label(self) -> str:
        """The label of the axis."""
        return axis_label((self.name,), self.unit)


@dataclass(eq=False)
class MapFigure:
    """A map: its sides, its colours, and the sources of what it shows.

    Attributes
    ----------
    figure : bokeh figure
        The panel.
    image : ColumnDataSource
        Column ``image`` has the shade of each pixel.
    colours : Colours
        The colours of values in the unit shown.
    rows, columns : ndarray of int32
        The cell of each pixel along the vertical and the horizontal axis.
    mapper : LinearColorMapper
        The colours of shades.
    bar : ColorBar
        The bar of colours.
    """

    figure: Any
    image: ColumnDataSource
    colours: Colours
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    mapper: LinearColorMapper
    bar: ColorBar

    def recolour(self, colours: Colours, values: FloatArray) -> None:
        """Show other values, in the unit shown, shape (y, x), with colours of their own."""
        self.colours = colours
        ticks: Any = bar_ticks(colours)
        self.mapper.palette = whole_palette(colours)
        self.bar.color_mapper.palette = palette_of(colours)
        self.bar.major_label_overrides = ticks
        self.bar.ticker = FixedTicker(ticks=list(ticks))
        self.image.data = {"image": [self.image_of(values)]}

    def image_of(self, values: FloatArray) -> NDArray[np.uint8]:
        """Return the shade of each pixel for values, in the unit shown, shape (y, x)."""
        return shades(values, self.colours)[np.ix_(self.rows, self.columns)]


def map_figure(
    panel: Map,
    sides: tuple[Side, Side],
    first: FloatArray,
    colours: Colours,
    unit: ShownUnit,
    directions: Directions,
    facet: str = "",
) -> MapFigure:
    """Draw a map.

    Parameters
    ----------
    panel : Map
        Which output is drawn, over which axes.
    sides : pair of Side
        The horizontal and the vertical axis.
    first : ndarray
        The values shown at first, in the unit shown, shape (y, x).
    colours : Colours
        Their colours.
    unit : ShownUnit
        Their unit.
    directions : Directions
        The axes of other panels.
    facet : str
        The value of the facet, for the title.
    """
    x, y = (pixels_of(side.points) for side in sides)
    axes = (
        directions.along("height", sides[0].name, sides[0].ends),
        directions.along("width", sides[1].name, sides[1].ends),
    )
    title = ", ".join(part for part in (axis_label((panel.output,), unit), facet) if part)
    made = frame(axes, (sides[0].label, sides[1].label), title, (x.logarithmic, y.logarithmic))
    image = ColumnDataSource({"image": []})
    mapper = LinearColorMapper(palette=whole_palette(colours), low=0, high=SHADES)
    drawn = MapFigure(made, image, colours, y.cells, x.cells, mapper, _bar(made, colours))
    image.data = {"image": [drawn.image_of(first)]}
    made.image(
        "image",
        source=image,
        x=x.ends[0],
        y=y.ends[0],
        dw=x.ends[1] - x.ends[0],
        dh=y.ends[1] - y.ends[0],
        color_mapper=mapper,
        level="image",
        name=panel.output,
    )
    made.grid.visible = False
    if colours.extend != "neither":
        made.tags.append(BEYOND)
    return drawn


def _bar(made: Any, colours: Colours) -> ColorBar:
    ticks: Any = bar_ticks(colours)
    bar = ColorBar(
        color_mapper=LinearColorMapper(palette=palette_of(colours), low=0.0, high=1.0),
        ticker=FixedTicker(ticks=list(ticks)),
        major_label_overrides=ticks,
        major_label_text_font_size="13px",
        major_tick_line_color="#222222",
        bar_line_color="#222222",
        width=14,
        padding=8,
    )
    made.add_layout(bar, "right")
    return bar
