"""The style of all figures: as wide as a journal column, STIX fonts, ticks inside, no LaTeX."""

import io
from contextlib import AbstractContextManager
from typing import Any

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

COLUMN = 3.375  # inches: the width of one column of an APS journal
NOT_A_NUMBER = "0.85"  # light grey

_SCREEN_DPI = 144

_STYLE = {
    "font.family": "STIXGeneral",
    "mathtext.fontset": "stix",
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.titlesize": 7,
    "figure.titlesize": 7,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "legend.title_fontsize": 7,
    "legend.frameon": False,
    "legend.handlelength": 1.6,
    "legend.labelspacing": 0.3,
    "axes.linewidth": 0.6,
    "axes.unicode_minus": True,
    "hatch.linewidth": 0.5,
    "lines.linewidth": 1.0,
    "lines.markersize": 3.5,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.top": True,
    "ytick.right": True,
    "xtick.minor.visible": True,
    "ytick.minor.visible": True,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "xtick.major.size": 3.0,
    "ytick.major.size": 3.0,
    "xtick.minor.size": 1.6,
    "ytick.minor.size": 1.6,
    "figure.constrained_layout.h_pad": 0.03,
    "figure.constrained_layout.w_pad": 0.03,
    "savefig.dpi": 300,
    "pdf.fonttype": 42,  # fonts that editors and journals can read
    "svg.hashsalt": "thermospin",  # the same figure gives the same file
}


def style() -> AbstractContextManager[None]:
    """Return the context in which figures are made and saved; it overrides the user's settings."""
    return matplotlib.style.context(["default", _STYLE])


class StyledFigure(Figure):
    """A figure that is saved, and shown in a notebook, in this style."""

    def savefig(self, fname: Any, **options: Any) -> None:
        """Save the figure, as `matplotlib.figure.Figure.savefig` does."""
        with style():
            super().savefig(fname, **options)

    def _repr_png_(self) -> bytes:
        """Return the picture for a notebook, whether pyplot is imported there or not."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=_SCREEN_DPI)
        return buffer.getvalue()


def set_ticks(axes: Axes) -> None:
    """Give the linear scales of some axes ticks with short labels: steps of 1, 2 or 5."""
    for axis in (axes.xaxis, axes.yaxis):
        if axis.get_scale() == "linear":
            axis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 2, 5, 10]))
