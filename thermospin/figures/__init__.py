"""Pictures of sweeps. Only this room imports matplotlib, and only when it draws."""

from thermospin.figures.arrangement import View
from thermospin.figures.errors import FigureError
from thermospin.figures.overlay import OverlayError
from thermospin.figures.picture import check_matplotlib, plot, publish

__all__ = ["FigureError", "OverlayError", "View", "check_matplotlib", "plot", "publish"]
