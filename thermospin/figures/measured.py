"""Drawing of a measured I(V) over computed curves, in the units of the picture."""

from matplotlib.axes import Axes

from thermospin.figures.display import ShownUnit
from thermospin.figures.overlay import Measured


def draw_measured(axes: Axes, units: tuple[ShownUnit, ShownUnit], measured: Measured) -> None:
    """Draw a measured I(V) as open circles.

    Parameters
    ----------
    axes : Axes
        Where to draw.
    units : pair of ShownUnit
        The units of the two axes there.
    measured : Measured
        The curve.
    """
    (points,) = axes.plot(
        measured.V * units[0].factor,
        measured.current * units[1].factor,
        linestyle="",
        marker="o",
        color="0.15",
        markerfacecolor="white",
        markeredgewidth=0.6,
        markersize=2.6,
        zorder=2.5,
    )
    handles, words, title = [points], ["measured"], None
    if (legend := axes.get_legend()) is not None:
        handles = [*legend.legend_handles, *handles]  # type: ignore[list-item]
        words = [*(text.get_text() for text in legend.get_texts()), *words]
        title = legend.get_title().get_text() or None
    axes.legend(handles, words, loc="upper left", title=title)
