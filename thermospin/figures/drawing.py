"""The picture of a file as a whole: panels, notes, and the bytes of its file."""

import io
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from thermospin.dataset import Contents
from thermospin.figures.arrangement import Curves, Panel, panels, sliced
from thermospin.figures.curves import draw_curves
from thermospin.figures.labels import value_text
from thermospin.figures.legends import settle_legends
from thermospin.figures.maps import draw_map
from thermospin.figures.style import COLUMN, style
from thermospin.quantities import PARAMETERS

_CURVES_HEIGHT, _MAP_HEIGHT = 2.1, 2.5  # inches
_STACK = 3  # panels up to which the figure is one column wide
_NOTES_IN_LINE = 4


def rendered(contents: Contents, suffix: str) -> bytes:
    """Return the picture of a file as the bytes of a .png, .pdf or .svg file."""
    with style():
        figure = draw(contents)
        buffer = io.BytesIO()
        figure.savefig(buffer, format=suffix.lstrip("."), metadata=_metadata(contents, suffix))
    return buffer.getvalue()


def draw(contents: Contents) -> Figure:
    """Draw the picture of a file; the style must be in force."""
    reduced, cuts = sliced(contents)
    shown = panels(reduced)
    columns = 1 if len(shown) <= _STACK else 2
    rows = [shown[start : start + columns] for start in range(0, len(shown), columns)]
    heights = [max(map(_height, row)) for row in rows]
    figure = Figure(figsize=(columns * COLUMN, sum(heights)), layout="constrained")
    grid = figure.add_gridspec(len(rows), columns, height_ratios=heights)
    families = set()
    for index, panel in enumerate(shown):
        axes = figure.add_subplot(grid[divmod(index, columns)])
        if isinstance(panel, Curves):
            draw_curves(axes, reduced, panel, explained=panel.family in families)
            families.add(panel.family)
        else:
            draw_map(axes, reduced, panel)
        if columns == 1 and _continues(panel, shown[index + 1 :]):
            axes.tick_params(labelbottom=False)
            axes.set_xlabel("")
        if len(shown) > 1:
            _add_letter(axes, index)
    figure.suptitle(_notes(reduced, cuts, shown))
    settle_legends(figure)
    return figure


def _continues(panel: Panel, following: list[Panel]) -> bool:
    """Return whether the panel below shows curves along the same axis, and so its labels."""
    below = following[0] if following else None
    return isinstance(panel, Curves) and isinstance(below, Curves) and panel.x == below.x


def _add_letter(axes: Axes, index: int) -> None:
    letter = chr(ord("a") + index)
    axes.annotate(
        f"({letter})", (0, 1), (-26, 5), xycoords="axes fraction", textcoords="offset points"
    )


def _height(panel: Panel) -> float:
    return _CURVES_HEIGHT if isinstance(panel, Curves) else _MAP_HEIGHT


def _notes(contents: Contents, cuts: dict[str, float], shown: list[Panel]) -> str:
    """Return what the axes do not tell: fixed values, slices, numbers, whether all is there."""
    usual = ("h_S", "gap_S", "gap_Sm")  # worth a note where it is not the default
    notes = [
        value_text(name, value)
        for name, value in contents.fixed.items()
        if name not in cuts and not (name in usual and value == PARAMETERS[name].default)
    ]
    marked = {name for panel in shown if isinstance(panel, Curves) for name in panel.marks}
    notes += [
        value_text(name, float(values))
        for name, values in contents.outputs.items()
        if not contents.dims[name] and name not in marked
    ]
    if contents.gap_model != "self-consistent":
        notes.append(f"{contents.gap_model} gaps")
    lines = [
        ", ".join(notes[start : start + _NOTES_IN_LINE])
        for start in range(0, len(notes), _NOTES_IN_LINE)
    ]
    if cuts:
        lines.append("slice at " + ", ".join(value_text(name, cuts[name]) for name in cuts))
    if not contents.complete:
        lines.append("incomplete")
    return "\n".join(lines)


def _metadata(contents: Contents, suffix: str) -> dict[str, Any]:
    """Return the title and the spec's hash in the words of the format; nothing that varies."""
    origin = f"thermospin spec sha256 {contents.spec_sha256}"
    words: dict[str, dict[str, Any]] = {
        ".png": {"Title": contents.title, "Source": origin},
        ".pdf": {"Title": contents.title, "Subject": origin, "CreationDate": None},
        ".svg": {"Title": contents.title, "Source": origin, "Date": None},
    }
    return words[suffix]
