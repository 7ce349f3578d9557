"""Drawing of the whole picture of a file: its panels, their letters, limits, bars and legends."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from thermospin.dataset import Contents, cut_at
from thermospin.figures.arrangement import Curves, Map, Panel, panels, sliced
from thermospin.figures.curves import draw_curves
from thermospin.figures.display import Display, ShownUnit
from thermospin.figures.labels import value_text
from thermospin.figures.legends import settle_legends
from thermospin.figures.look import Look, cropped, look_of
from thermospin.figures.map_lines import THRESHOLD, ZERO, key_of
from thermospin.figures.maps import DrawnMap, add_bar, draw_map
from thermospin.figures.measured import LaidOver, draw_measured
from thermospin.figures.missed_tolerance import (
    MISSED,
    draw_crosses,
    key_of_crosses,
    missed,
    statuses,
)
from thermospin.figures.notes import notes
from thermospin.figures.overlay_panels import carriers
from thermospin.figures.placement import continues, grid_of
from thermospin.figures.style import COLUMN, StyledFigure, style
from thermospin.figures.thinning import thinned
from thermospin.figures.view import View
from thermospin.junction import FloatArray

_AS_A_WHOLE = View()
_REDUCED = Display()


Units = tuple[ShownUnit, ShownUnit]


@dataclass
class _Cell:
    """A panel, where it is drawn, and what was drawn there.

    ``every`` are the values of all facets within the limits, from which ranges follow, ``missed``
    says which of those drawn missed their tolerance, and ``units`` are those of the axes of curves.
    """

    panel: Panel
    axes: Axes
    contents: Contents
    every: Contents
    missed: Contents
    units: Units | None = None
    map: DrawnMap | None = None
    is_crossed: bool = False


def rendered(figure: Figure, suffix: str, contents: Contents) -> bytes:
    """Return a picture as the bytes of a .png, .pdf or .svg file.

    Parameters
    ----------
    figure : Figure
        The picture.
    suffix : str
        ``.png``, ``.pdf`` or ``.svg``.
    contents : Contents
        What it shows; gives the metadata.
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format=suffix.lstrip("."), metadata=_metadata(contents, suffix))
    return buffer.getvalue()


def draw(
    contents: Contents,
    view: View = _AS_A_WHOLE,
    display: Display = _REDUCED,
    measured: Sequence[LaidOver] = (),
) -> StyledFigure:
    """Draw the picture of a file.

    Parameters
    ----------
    contents : Contents
        The contents of the file.
    view : View, optional
        What is shown, and how.
    display : Display, optional
        The units.
    measured : sequence of LaidOver
        Measured curves, drawn over the currents or dI/dV.
    """
    with style():
        reduced, cuts = sliced(contents, view)
        first, _ = next(facets(reduced, view, display))
        shown = panels(first, view)
        look = look_of(shown, view, display)
        figure = StyledFigure(layout="constrained")
        drawn = thinned(cropped(reduced, look, beyond=1))
        inside = thinned(cropped(reduced, look)) if look.x or look.y else drawn
        codes, _ = sliced(statuses(contents), view)
        flags = missed(thinned(cropped(codes, look, beyond=1)))
        cells = _cells(figure, (drawn, inside, flags), shown, view, display)
        _draw_cells(cells, look, named=bool(measured))
        _mark_missed(cells)
        _lay_over(cells, reduced, measured)
        _share_limits(cells, look)
        _add_bars(cells, together=view.facet is not None)
        _add_key(figure, cells)
        figure.suptitle(notes(contents, reduced, cuts, shown, view, display))
        settle_legends(figure)
    return figure


def facets(contents: Contents, view: View, display: Display) -> Iterator[tuple[Contents, str]]:
    """Yield the contents of each facet, and its value in words; all if there are no facets."""
    if view.facet is None:
        yield contents, ""
        return
    for index, value in enumerate(contents.axes[view.facet]):
        part, _ = cut_at(contents, {view.facet: index})
        yield part, value_text(view.facet, float(value), display)


def _cells(
    figure: Figure,
    values: tuple[Contents, Contents, Contents],
    shown: Sequence[Panel],
    view: View,
    display: Display,
) -> list[_Cell]:
    """Return a cell for each panel, or for each facet of each panel, on a figure."""
    drawn, inside, flags = values
    parts = list(facets(drawn, view, display))
    missing = [part for part, _ in facets(flags, view, display)]
    every = [panel for panel in shown for _ in parts]
    grid = grid_of(every, len(parts) if view.facet else 0, view.layout)
    figure.set_size_inches(grid.columns * COLUMN, sum(grid.heights))
    spec = figure.add_gridspec(grid.rows, grid.columns, height_ratios=grid.heights)
    cells = []
    for index, (panel, place) in enumerate(zip(every, grid.places, strict=True)):
        axes = figure.add_subplot(spec[place])
        part, title = parts[index % len(parts)]
        axes.set_title(title)
        if len(every) > 1:
            _add_letter(axes, index)
        cells.append(_Cell(panel, axes, part, inside, missing[index % len(parts)]))
    return cells


def _draw_cells(cells: Sequence[_Cell], look: Look, *, named: bool) -> None:
    families: set[str | None] = set()
    for cell in cells:
        panel = cell.panel
        if isinstance(panel, Curves):
            cell.units = draw_curves(
                cell.axes, cell.contents, panel, look,
                every=cell.every, explained=panel.family in families,
                named=named and panel.x == "V",
            )  # fmt: skip
            families.add(panel.family)
        else:
            whole = cell.every.outputs[panel.output]
            cell.map = draw_map(cell.axes, cell.contents, panel, look, whole)
    for cell in cells:
        below = next((other for other in cells if _stands_below(other, cell)), None)
        if below is not None and continues(cell.panel, below.panel):
            cell.axes.tick_params(labelbottom=False)
            cell.axes.set_xlabel("")


def _mark_missed(cells: Sequence[_Cell]) -> None:
    """Draw a cross at each value that missed its tolerance."""
    for cell in cells:
        panel = cell.panel
        for name in (panel.output,) if isinstance(panel, Map) else panel.outputs:
            flags = cell.missed.outputs.get(name)
            if flags is not None and flags.any():
                draw_crosses(cell.axes, *_places(cell, name, np.nonzero(flags)))
                cell.is_crossed = True


def _places(
    cell: _Cell, name: str, found: tuple[NDArray[np.intp], ...]
) -> tuple[FloatArray, FloatArray]:
    """Return where on a panel some values of an output are, in the units shown."""
    panel = cell.panel
    at = dict(zip(cell.contents.dims[name], found, strict=True))
    if isinstance(panel, Map):
        assert cell.map is not None  # it is drawn before
        return cell.map.x[at[panel.x]], cell.map.y[at[panel.y]]
    assert cell.units is not None
    x = cell.contents.axes[panel.x][at[panel.x]] * cell.units[0].factor
    return x, cell.contents.outputs[name][found] * cell.units[1].factor


def _stands_below(cell: _Cell, above: _Cell) -> bool:
    place, over = (one.axes.get_subplotspec() for one in (cell, above))
    if place is None or over is None:
        return False
    same_column = place.colspan.start == over.colspan.start
    return same_column and place.rowspan.start == over.rowspan.start + 1


def _lay_over(cells: Sequence[_Cell], contents: Contents, measured: Sequence[LaidOver]) -> None:
    """Draw the measured curves of each kind over the panels that show what they are."""
    for kind in dict.fromkeys(curve.kind for curve in measured):
        fitting = carriers([cell.panel for cell in cells], kind)
        curves = [curve for curve in measured if curve.kind == kind]
        for cell in cells:
            if cell.panel in fitting and cell.units is not None:
                draw_measured(cell.axes, cell.units, contents, curves)


def _share_limits(cells: Sequence[_Cell], look: Look) -> None:
    """Give all curves along an axis the same range of it, and facets the same vertical range."""
    along: dict[str, list[Axes]] = {}
    across: dict[tuple[str, ...], list[Axes]] = {}
    for cell in cells:
        if isinstance(cell.panel, Curves):
            if look.xlim(cell.panel) is None:
                along.setdefault(cell.panel.x, []).append(cell.axes)
            if look.ylim(cell.panel) is None:
                across.setdefault(cell.panel.outputs, []).append(cell.axes)
    for group in along.values():
        limits = np.array([axes.get_xlim() for axes in group])
        for axes in group:
            axes.set_xlim(limits[:, 0].min(), limits[:, 1].max())
    for group in across.values():
        limits = np.array([axes.get_ylim() for axes in group])
        for axes in group:
            axes.set_ylim(limits[:, 0].min(), limits[:, 1].max())


def _add_bars(cells: Sequence[_Cell], *, together: bool) -> None:
    """Add a colour bar to each map, or one to all maps of an output."""
    groups: dict[tuple[Panel, int], list[_Cell]] = {}
    for index, cell in enumerate(cells):
        groups.setdefault((cell.panel, 0 if together else index), []).append(cell)
    for group in groups.values():
        if group[0].map is not None:
            add_bar(group[0].map, [cell.axes for cell in group])


def _add_key(figure: Figure, cells: Sequence[_Cell]) -> None:
    """Add a legend below the picture that names the lines on maps, and the crosses."""
    drawn = {line for cell in cells if cell.map is not None for line in cell.map.lines}
    keys: dict[str, Any] = {line: key_of(line) for line in (THRESHOLD, ZERO) if line in drawn}
    if any(cell.is_crossed for cell in cells):
        keys[MISSED] = key_of_crosses()
    if keys:
        figure.legend(
            list(keys.values()), list(keys), loc="outside lower center", ncols=len(keys),
            handlelength=2.4,
        )  # fmt: skip


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
