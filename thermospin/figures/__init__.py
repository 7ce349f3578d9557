"""Pictures of sweeps. Only this room imports matplotlib, and only when it draws."""

from thermospin.figures.arrangement import View
from thermospin.figures.errors import FigureError
from thermospin.figures.picture import check_matplotlib, plot, publish

__all__ = ["FigureError", "View", "check_matplotlib", "plot", "publish"]
