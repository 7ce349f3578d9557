"""Drawing of the whole picture of a file: its panels, notes, and the bytes of the picture file."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from thermospin.dataset import Contents, cut_at
from thermospin.figures.arrangement import Curves, Panel, View, panels, sliced
from thermospin.figures.curves import draw_curves
from thermospin.figures.labels import value_text
from thermospin.figures.legends import settle_legends
from thermospin.figures.maps import draw_map
from thermospin.figures.measured import LaidOver, draw_measured
from thermospin.figures.overlay_panels import carriers
from thermospin.figures.style import COLUMN, style
from thermospin.figures.thinning import thinned
from thermospin.junction import FloatArray
from thermospin.quantities import PARAMETERS

_CURVES_HEIGHT, _MAP_HEIGHT = 2.1, 2.5  # inches
_STACK = 3  # most panels of a figure that is one column wide
_NOTES_IN_LINE = 4
_AS_A_WHOLE = View()
_BROADENED = "gaps with Dynes broadening"


@dataclass(frozen=True)
class _Cell:
    """A panel with the values it shows.

    ``scale`` are the values from which a map in a facet takes its range of colours, and ``title``
    is the value of the facet.
    """

    panel: Panel
    contents: Contents
    scale: FloatArray | None = None
    title: str = ""


def rendered(
    contents: Contents,
    suffix: str,
    view: View = _AS_A_WHOLE,
    measured: Sequence[LaidOver] = (),
) -> bytes:
    """Return the picture of a file as the bytes of a .png, .pdf or .svg file.

    Parameters
    ----------
    contents : Contents
        The contents of the file.
    suffix : str
        ``.png``, ``.pdf`` or ``.svg``.
    view : View, optional
        What is shown, and how.
    measured : sequence of LaidOver
        Measured curves, drawn over the currents or dI/dV.
    """
    with style():
        figure = draw(contents, view, measured)
        buffer = io.BytesIO()
        figure.savefig(buffer, format=suffix.lstrip("."), metadata=_metadata(contents, suffix))
    return buffer.getvalue()


def draw(contents: Contents, view: View = _AS_A_WHOLE, measured: Sequence[LaidOver] = ()) -> Figure:
    """Draw the picture of a file, inside the context of `style`; parameters as of `rendered`."""
    reduced, cuts = sliced(contents, view)
    reduced = thinned(reduced)
    cells = list(_cells(reduced, view))
    columns = 1 if len(cells) <= _STACK else 2
    rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    heights = [max(_height(cell.panel) for cell in row) for row in rows]
    figure = Figure(figsize=(columns * COLUMN, sum(heights)), layout="constrained")
    grid = figure.add_gridspec(len(rows), columns, height_ratios=heights)
    drawn: list[tuple[Axes, _Cell]] = []
    for index, cell in enumerate(cells):
        axes = figure.add_subplot(grid[divmod(index, columns)])
        _draw_cell(axes, cell, [earlier.panel for _, earlier in drawn])
        drawn.append((axes, cell))
        if columns == 1 and _continues(cell.panel, [c.panel for c in cells[index + 1 :]]):
            axes.tick_params(labelbottom=False)
            axes.set_xlabel("")
        if len(cells) > 1:
            _add_letter(axes, index)
    _share_limits(drawn)
    _lay_over(drawn, measured)
    shown = [cell.panel for cell in cells]
    figure.suptitle(_notes(reduced, cuts, shown))
    settle_legends(figure)
    return figure


def _lay_over(drawn: list[tuple[Axes, _Cell]], measured: Sequence[LaidOver]) -> None:
    """Draw the measured curves of each kind over the panels that show what they are."""
    for kind in dict.fromkeys(curve.kind for curve in measured):
        fitting = carriers([cell.panel for _, cell in drawn], kind)
        for axes, cell in drawn:
            if cell.panel in fitting:
                draw_measured(axes, cell.contents, [one for one in measured if one.kind == kind])


def _cells(contents: Contents, view: View) -> Iterator[_Cell]:
    """Yield the panels of the picture, facet by facet."""
    if view.facet is None:
        yield from (_Cell(panel, contents) for panel in panels(contents, view))
        return
    for index, value in enumerate(contents.axes[view.facet]):
        part, _ = cut_at(contents, {view.facet: index})
        for panel in panels(part, view):
            scale = None if isinstance(panel, Curves) else contents.outputs[panel.output]
            yield _Cell(panel, part, scale, value_text(view.facet, float(value)))


def _draw_cell(axes: Axes, cell: _Cell, earlier: list[Panel]) -> None:
    panel = cell.panel
    if isinstance(panel, Curves):
        families = {one.family for one in earlier if isinstance(one, Curves)}
        draw_curves(axes, cell.contents, panel, explained=panel.family in families)
    else:
        draw_map(axes, cell.contents, panel, cell.scale)
    axes.set_title(cell.title)


def _share_limits(drawn: list[tuple[Axes, _Cell]]) -> None:
    """Give curves of the same outputs in different facets the same vertical range."""
    groups: dict[tuple[str, ...], list[Axes]] = {}
    for axes, cell in drawn:
        if isinstance(cell.panel, Curves) and cell.title:
            groups.setdefault(cell.panel.outputs, []).append(axes)
    for group in groups.values():
        limits = np.array([axes.get_ylim() for axes in group])
        for axes in group:
            axes.set_ylim(limits[:, 0].min(), limits[:, 1].max())


def _continues(panel: Panel, following: list[Panel]) -> bool:
    """Return whether the panel below is along the same axis, and so carries the labels of both."""
    below = following[0] if following else None
    return isinstance(panel, Curves) and isinstance(below, Curves) and panel.x == below.x


def _letters(index: int) -> str:
    """Return a, b … z, aa, ab …"""
    before, last = divmod(index, len(ascii_lowercase))
    return (_letters(before - 1) if before else "") + ascii_lowercase[last]


def _add_letter(axes: Axes, index: int) -> None:
    axes.annotate(
        f"({_letters(index)})",
        (0, 1),
        (-26, 5),
        xycoords="axes fraction",
        textcoords="offset points",
    )


def _height(panel: Panel) -> float:
    return _CURVES_HEIGHT if isinstance(panel, Curves) else _MAP_HEIGHT


def _notes(contents: Contents, cuts: dict[str, float], shown: list[Panel]) -> str:
    """Return the line above the picture: fixed parameters, single numbers, cuts, if incomplete."""
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
        model = contents.gap_model
        notes.append(_BROADENED if model == "dynes" else f"{model} gaps")
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
    """Return the title and the hash of the spec as metadata of a picture format.

    Nothing else is there, so that a file always gives the same picture, byte by byte.
    """
    origin = f"thermospin spec sha256 {contents.spec_sha256}"
    words: dict[str, dict[str, Any]] = {
        ".png": {"Title": contents.title, "Source": origin},
        ".pdf": {"Title": contents.title, "Subject": origin, "CreationDate": None},
        ".svg": {"Title": contents.title, "Source": origin, "Date": None},
    }
    return words[suffix]
