"""Picture files of the paper's panels, each alone, and of its figures as a whole."""

import io
from collections.abc import Callable, Mapping
from typing import Any

from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from thermospin.dataset import Contents
from thermospin.figures.labels import value_text
from thermospin.figures.paper.bias_panels import draw_1b, draw_2a, draw_3a, draw_3b
from thermospin.figures.paper.field_panels import draw_2c, draw_3d
from thermospin.figures.paper.map_panels import draw_2b, draw_2d, draw_3c
from thermospin.figures.style import COLUMN, style
from thermospin.quantities import PARAMETERS

SUFFIXES = (".pdf", ".png")

_HEIGHT = 2.55  # inches of a panel
_COMPOSED_DPI = 200
"""Resolution of the PNG of a figure as a whole: for the screen; the PDF is for print."""

_USUAL = ("h_S", "gap_S", "gap_Sm")
_DRAW: dict[str, Callable[[Axes, Contents], None]] = {
    "1b": draw_1b,
    "2a": draw_2a,
    "2b": draw_2b,
    "2c": draw_2c,
    "2d": draw_2d,
    "3a": draw_3a,
    "3b": draw_3b,
    "3c": draw_3c,
    "3d": draw_3d,
}


def draw_panel(panel: str, axes: Axes, data: Contents) -> None:
    """Draw a panel of the paper from its dataset, inside the context of `style`."""
    _DRAW[panel](axes, data)


def panel_images(panel: str, data: Contents) -> dict[str, bytes]:
    """Return a panel as the bytes of a picture file for each suffix of `SUFFIXES`.

    Parameters
    ----------
    panel : str
        ``1b``, ``2a`` … ``3d``.
    data : Contents
        Its dataset.

    Returns
    -------
    dict of str to bytes
        The picture for each suffix.
    """
    with style():
        return images(panel_sheet(panel, data), data.title, data.spec_sha256)


def figure_images(data: Mapping[str, Contents]) -> dict[str, bytes]:
    """Return a figure of the paper, its panels two by two, as the bytes of a file for each suffix.

    Parameters
    ----------
    data : mapping of str to Contents
        The dataset of each panel.
    """
    with style():
        hashes = " ".join(one.spec_sha256 for one in data.values())
        return images(figure_sheet(data), f"Fig. {next(iter(data))[0]}", hashes, _COMPOSED_DPI)


def panel_sheet(panel: str, data: Contents) -> Figure:
    """Draw a panel alone, one column wide, inside the context of `style`."""
    figure = Figure(figsize=(COLUMN, _HEIGHT), layout="constrained")
    draw_panel(panel, figure.add_subplot(), data)
    figure.suptitle(conditions(data.fixed))
    return figure


def figure_sheet(data: Mapping[str, Contents]) -> Figure:
    """Draw panels two by two, each one column wide, inside the context of `style`.

    Fixed parameters that all panels share stand above the figure, others above their panel.
    """
    shared = set.intersection(*(set(one.fixed.items()) for one in data.values()))
    rows = (len(data) + 1) // 2
    figure = Figure(figsize=(2 * COLUMN, rows * _HEIGHT + 0.2), layout="constrained")
    grid = figure.add_gridspec(rows, 2)
    for place, (panel, one) in enumerate(data.items()):
        axes = figure.add_subplot(grid[divmod(place, 2)])
        draw_panel(panel, axes, one)
        axes.set_title(
            conditions({name: v for name, v in one.fixed.items() if (name, v) not in shared})
        )
        axes.set_title(f"({panel[1]})", loc="left", fontsize=8)
    first = next(iter(data.values()))
    figure.suptitle(conditions({name: v for name, v in first.fixed.items() if (name, v) in shared}))
    return figure


def conditions(fixed: Mapping[str, float]) -> str:
    """Return fixed parameters in words, without the fields and gaps that have their default."""
    return ", ".join(
        value_text(name, value)
        for name, value in fixed.items()
        if not (name in _USUAL and value == PARAMETERS[name].default)
    )


def images(figure: Figure, title: str, hashes: str, dpi: float | None = None) -> dict[str, bytes]:
    """Return a figure as the bytes of a picture file for each suffix of `SUFFIXES`.

    The same figure always gives the same bytes.

    Parameters
    ----------
    figure : Figure
        The figure.
    title : str
        Its title, for the metadata.
    hashes : str
        The hashes of the specs of what is drawn, for the metadata.
    dpi : float, optional
        Resolution of the PNG; by default that of `style`.
    """
    origin = f"thermospin spec sha256 {hashes}"
    metadata: dict[str, dict[str, Any]] = {
        ".png": {"Title": title, "Source": origin},
        ".pdf": {"Title": title, "Subject": origin, "CreationDate": None},
    }
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # the layout need not be computed for each suffix
    found = {}
    for suffix in SUFFIXES:
        buffer = io.BytesIO()
        figure.savefig(
            buffer, format=suffix[1:], dpi=dpi or rcParams["savefig.dpi"], metadata=metadata[suffix]
        )
        found[suffix] = buffer.getvalue()
    return found
