"""Pictures of sweeps; nothing else in the package touches matplotlib, and this only to draw."""

from thermospin.figures.picture import FigureError, plot

__all__ = ["FigureError", "plot"]
