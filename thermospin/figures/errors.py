"""What can be wrong with a picture that is asked for."""


class FigureError(ValueError):
    """A picture cannot be drawn, or not be written where it was asked for."""
