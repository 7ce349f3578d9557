"""The page itself: a title, what its reader must know, the sliders, and the panels."""

import html
from collections.abc import Sequence
from typing import Any

from bokeh.embed import components
from bokeh.layouts import column, row
from bokeh.models import Column, Row
from bokeh.models.widgets import Div
from bokeh.resources import INLINE

from thermospin.dataset import cut_at
from thermospin.figures.arrangement import Map
from thermospin.figures.drawing import facets
from thermospin.figures.look import cropped
from thermospin.figures.measured import LaidOver
from thermospin.figures.missed_tolerance import missed, statuses
from thermospin.figures.notes import notes
from thermospin.figures.overlay_panels import carriers
from thermospin.figures.placement import grid_of
from thermospin.interactive.arranged import Arranged
from thermospin.interactive.frames import Directions, in_tex
from thermospin.interactive.lines_on_maps import THRESHOLD, ZERO
from thermospin.interactive.map_figure import BEYOND
from thermospin.interactive.missed_points import CROSS
from thermospin.interactive.moving import Sliders
from thermospin.interactive.moving_curves import add_curves
from thermospin.interactive.moving_maps import add_map
from thermospin.interactive.stacks import Store

_FONT: dict[str, str | None] = {"font-family": "system-ui, sans-serif", "color": "#222222"}
_LIBRARIES = ["bokeh", "bokeh-widgets", "bokeh-mathjax"]
_DOCUMENT = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>html, body {{ margin: 0; background: white; }}</style>
<script>
{libraries}
</script>
</head>
<body>
{place}
{script}
</body>
</html>
"""
_SLIDER_WIDTH = 280  # pixels, at least
_NARROWEST, _GAP = 460, 8  # pixels: of a panel, on a screen that has room, and between panels


def rendered(page: Arranged, measured: Sequence[LaidOver] = ()) -> str:
    """Return a page as HTML, with all that it needs.

    Parameters
    ----------
    page : Arranged
        What it shows.
    measured : sequence of LaidOver
        Measured curves that are drawn over computed ones.
    """
    sliders = Sliders(page.whole, page.sliders, page.look.display)
    figures = _figures(page, sliders, measured)
    parts: list[Any] = [_title(page), _notes(page)]
    if sliders.widgets:
        for widget in sliders.widgets:
            widget.min_width = _SLIDER_WIDTH
        parts.append(
            row(
                *sliders.widgets,
                sizing_mode="stretch_width",
                styles={"flex-wrap": "wrap", "gap": "8px 32px"},
            )
        )
    parts += [figures, _key(figures)]
    whole = column(*parts, sizing_mode="stretch_width", styles={"padding": "4px 12px"})
    return _document(page.contents.title, whole)


def _document(title: str, whole: Column) -> str:
    """Return a document that holds a model and the libraries that show it.

    `bokeh.embed.file_html` would also refer to files of any extension of Bokeh that is imported.
    """
    libraries = "\n".join(INLINE.clone(components=_LIBRARIES).js_raw)
    script, place = components(whole)
    return _DOCUMENT.format(
        title=html.escape(title), libraries=libraries, place=place, script=script
    )


def _figures(page: Arranged, sliders: Sliders, measured: Sequence[LaidOver]) -> Row:
    """Return the panels, each once for each facet."""
    display = page.look.display
    parts = list(facets(page.whole, page.view, display))
    codes, _ = cut_at(statuses(page.contents), page.places)
    flags = [part for part, _ in facets(missed(codes), page.view, display)]
    every = cropped(page.whole, page.look) if page.look.x or page.look.y else page.whole
    laid = {kind: carriers(page.panels, kind) for kind in {curve.kind for curve in measured}}
    stores = [
        (Store(part, page.sliders), Store(flag, page.sliders), title)
        for (part, title), flag in zip(parts, flags, strict=True)
    ]
    directions = Directions()
    made = []
    for panel in page.panels:
        for store, flagged, title in stores:
            common = (store, flagged, every, page.look, sliders, directions, title)
            if isinstance(panel, Map):
                made.append(add_map(panel, *common))
                continue
            over = [curve for curve in measured if panel in laid[curve.kind]]
            made.append(add_curves(panel, *common, over))
    shown = [panel for panel in page.panels for _ in stores]
    grid = grid_of(shown, len(stores) if page.view.facet else 0, page.view.layout)
    for figure, (_, place) in zip(made, grid.places, strict=True):
        if place == 0:
            figure.styles = {"grid-column-start": "1"}
    least = 1 if page.view.layout else _NARROWEST
    width = f"max(min(100%, {least}px), (100% - {_GAP * (grid.columns - 1)}px) / {grid.columns})"
    columns = f"repeat(auto-fill, minmax({width}, 1fr))"
    styles = {"display": "grid", "gap": f"{_GAP}px", "grid-template-columns": columns}
    return row(*made, sizing_mode="stretch_width", styles=styles)


def _title(page: Arranged) -> Div:
    text = f"<h1 style='font-size: 20px; margin: 4px 0'>{html.escape(page.contents.title)}</h1>"
    return Div(text=text, disable_math=True, sizing_mode="stretch_width", styles=_FONT)


def _key(figures: Row) -> Div:
    """Return what is said below the panels."""
    tags = {tag for figure in figures.children for tag in figure.tags}
    words = [word for word in (ZERO, THRESHOLD, CROSS, BEYOND) if word in tags]
    words.append("drag a box to zoom in")
    text = "; ".join(in_tex(word) if "$" in word else word for word in words)
    return Div(text=text, sizing_mode="stretch_width", styles=_FONT | {"color": "#555555"})


def _notes(page: Arranged) -> Div:
    words = notes(page.contents, page.whole, page.cuts, page.panels, page.view, page.look.display)
    text = "<br>".join(in_tex(html.escape(line)) for line in words.splitlines())
    return Div(text=text, sizing_mode="stretch_width", styles=_FONT)
