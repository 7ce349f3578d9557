"""Pictures of sweeps. Only this room imports matplotlib, and only when it draws."""

from thermospin.figures.errors import FigureError
from thermospin.figures.picture import (
    PAGE_SUFFIX,
    check_matplotlib,
    plot,
    publish,
    write_picture,
)
from thermospin.figures.view import View

__all__ = [
    "PAGE_SUFFIX",
    "FigureError",
    "View",
    "check_matplotlib",
    "plot",
    "publish",
    "write_picture",
]
