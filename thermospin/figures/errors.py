"""The error of this room: a picture that cannot be drawn."""


class FigureError(ValueError):
    """A picture cannot be drawn, or not be written where it was asked for."""
