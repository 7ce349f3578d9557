"""Crosses at the points of a panel that missed their tolerance."""

from typing import Any

from bokeh.models import ColumnDataSource

from thermospin.figures.missed_tolerance import MISSED

CROSS = f"cross: {MISSED}"
"""What is said of the crosses below the panels; a figure that may show one is tagged with it."""


def add_crosses(figure: Any, points: ColumnDataSource) -> Any:
    """Draw a cross, black on white, at each point that missed its tolerance.

    Parameters
    ----------
    figure : bokeh figure
        The panel.
    points : ColumnDataSource
        Columns ``x`` and ``y``.

    Returns
    -------
    bokeh renderer
        The crosses.
    """
    for colour, width in (("white", 5), ("black", 2)):
        crosses = figure.scatter(
            "x", "y", source=points, marker="x", size=10, line_color=colour, line_width=width
        )
    return crosses
