"""Placing of legends: in a corner free of curves, or beside the axes if no corner is free."""

from typing import Literal, get_args

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

_Corner = Literal["upper left", "upper right", "lower right", "lower left"]
_CORNERS: tuple[_Corner, ...] = get_args(_Corner)
_CLEARANCE = 3.0  # points between a legend and the nearest curve


def settle_legends(figure: Figure) -> None:
    """Move every legend of a figure into a free corner of its axes, or to the right of the axes."""
    layout = figure.get_layout_engine()
    inside = [axes for axes in figure.axes if axes.get_legend() is not None]
    while inside:
        if layout is not None:
            layout.execute(figure)  # a legend outside narrows its axes and those above
        crowded = [axes for axes in inside if not _take_free_corner(axes, figure.dpi)]
        for axes in crowded:
            _move_outside(axes)
        if not crowded:
            return
        inside = [axes for axes in inside if axes not in crowded]


def _take_free_corner(axes: Axes, dpi: float) -> bool:
    """Move a legend into the first empty corner; return whether there is such a corner."""
    legend = axes.get_legend()
    if legend is None:
        return True
    curves, points = [], []
    for line in axes.lines:
        shown = line.get_transform().transform_path(line.get_path())
        if line.get_linestyle() == "None":
            points.append(np.asarray(shown.vertices))
        else:
            curves.append(shown)
    for corner in _CORNERS:
        legend.set_loc(corner)
        box = legend.get_window_extent().padded(_CLEARANCE * dpi / 72.0)
        on_curves = any(curve.intersects_bbox(box, filled=False) for curve in curves)
        if not on_curves and not any(box.count_contains(one) for one in points):
            return True
    return False


def _move_outside(axes: Axes) -> None:
    legend = axes.get_legend()
    if legend is not None:
        legend.set_loc("upper left")
        legend.set_bbox_to_anchor((1.0, 1.02), transform=axes.transAxes)
