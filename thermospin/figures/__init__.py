"""Pictures of sweeps; nothing else in the package touches matplotlib, and this only to draw."""

from thermospin.figures.picture import FigureError, check_matplotlib, plot, publish

__all__ = ["FigureError", "check_matplotlib", "plot", "publish"]
