"""Crosses at the points of a picture that missed their tolerance, and which these are."""

from dataclasses import replace
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from thermospin.dataset import Contents
from thermospin.dataset.schema import status_of
from thermospin.junction import FloatArray
from thermospin.quantities import STATUS

MISSED = "missed its tolerance"
"""What is said of a value whose error is larger than was asked for."""

_SIZE = 4.0  # points
_STROKES = (("white", 2.2), ("black", 0.9))  # colours and widths in points, the lower one first


def statuses(contents: Contents) -> Contents:
    """Return contents whose outputs are the codes `STATUS` of the values, not read as yet.

    Outputs without a status in the file are left out.
    """
    codes: Any = {
        name: contents.status[status_of(name)]
        for name in contents.outputs
        if status_of(name) in contents.status
    }
    return replace(contents, outputs=codes)


def missed(codes: Contents) -> Contents:
    """Return contents whose outputs are true where a code says that the tolerance was missed."""
    found: Any = {
        name: values == STATUS["tolerance_missed"] for name, values in codes.outputs.items()
    }
    return replace(codes, outputs=found)


def draw_crosses(axes: Axes, x: FloatArray, y: FloatArray) -> None:
    """Draw a cross, black on white, at each point; limits stay as they are.

    Parameters
    ----------
    axes : Axes
        Where to draw.
    x, y : ndarray
        The points, in the units shown, shape (n,).
    """
    for colour, width in _STROKES:
        axes.plot(
            x, y, "x", color=colour, markersize=_SIZE, markeredgewidth=width, zorder=4,
            rasterized=True, scalex=False, scaley=False,
        )  # fmt: skip


def key_of_crosses() -> Line2D:
    """Return a sample of the crosses for a legend."""
    return Line2D([], [], linestyle="", marker="x", color="black", markersize=_SIZE)
