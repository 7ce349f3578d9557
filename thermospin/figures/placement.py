"""Where the panels of a picture stand: in rows and columns, and which share the labels below."""

from collections.abc import Sequence
from typing import NamedTuple

from thermospin.figures.arrangement import Curves, Panel
from thermospin.figures.errors import FigureError

_MOST_OF_TWO, _MOST_OF_THREE = 6, 12  # panels that stand in two or three columns
_OF_FACETS = (1, 1, 2, 3, 2, 3, 3, 4, 4)  # columns of 0, 1, 2 … facets
_CURVES_HEIGHT, _MAP_HEIGHT = 2.1, 2.5  # inches


class Grid(NamedTuple):
    """Rows and columns, the place of each panel, and the heights of the rows in inches."""

    rows: int
    columns: int
    places: list[tuple[int, int]]
    heights: list[float]


def grid_of(panels: Sequence[Panel], facets: int, layout: tuple[int, int] | None) -> Grid:
    """Return where panels stand.

    Parameters
    ----------
    panels : sequence of Curves or Map
        The panels in their order, of each all its facets one after the other.
    facets : int
        The number of facets of each panel, which begin a row of their own; 0 if there are none.
    layout : pair of int or None
        The number of rows and of columns; None if the number of panels decides.

    Raises
    ------
    FigureError
        If the layout has no room for all panels.
    """
    if layout is not None:
        columns = layout[1]
        room = layout[0] * columns
        if room < len(panels):
            raise FigureError(
                f"layout: {layout[0]}x{columns} has room for {room} panels, the picture has"
                f" {len(panels)}"
            )
        places = [divmod(index, columns) for index in range(len(panels))]
    elif facets:
        columns = _OF_FACETS[facets]
        rows = -(-facets // columns)
        places = [
            (index // facets * rows + index % facets // columns, index % facets % columns)
            for index in range(len(panels))
        ]
    else:
        columns = _columns(panels)
        places = [divmod(index, columns) for index in range(len(panels))]
    heights = [0.0] * (places[-1][0] + 1)
    for panel, (row, _) in zip(panels, places, strict=True):
        height = _CURVES_HEIGHT if isinstance(panel, Curves) else _MAP_HEIGHT
        heights[row] = max(heights[row], height)
    return Grid(len(heights), columns, places, heights)


def _columns(panels: Sequence[Panel]) -> int:
    count = len(panels)
    if count == 1 or (count == 2 and continues(panels[0], panels[1])):
        return 1
    return 2 if count <= _MOST_OF_TWO else 3 if count <= _MOST_OF_THREE else 4


def continues(panel: Panel, below: Panel | None) -> bool:
    """Return whether the panel below is along the same axis, and so carries the labels of both."""
    return isinstance(panel, Curves) and isinstance(below, Curves) and panel.x == below.x
