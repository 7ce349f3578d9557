"""Pictures of sweeps; nothing else in the package touches matplotlib, and this only to draw."""

from thermospin.figures.arrangement import View
from thermospin.figures.errors import FigureError
from thermospin.figures.overlay import OverlayError
from thermospin.figures.picture import check_matplotlib, plot, publish

__all__ = ["FigureError", "OverlayError", "View", "check_matplotlib", "plot", "publish"]
