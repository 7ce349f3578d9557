"""Where the parts of a page stand: fields, curves, and energies, from left to right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel as pn
from bokeh.models import Column, Row

from thermospin.explorer.page_style import PAGE, SIDE

if TYPE_CHECKING:
    from thermospin.explorer.junction_page import JunctionPage

_SIDE_WIDTH, _RIGHT_WIDTH = 326, 330
_NARROWEST = 1080  # pixels; a narrower window scrolls
_BODY_HEIGHT = 680  # pixels, where sections stand above: the page scrolls


def page_layout(page: JunctionPage) -> pn.Column:
    """Return the page: its head, its sections if it has any, its fields and curves.

    Parameters
    ----------
    page : JunctionPage
        The parts.
    """
    side = pn.Column(
        *page.fields.cards,
        page.measured.card,
        width=_SIDE_WIDTH,
        sizing_mode="stretch_height",
        stylesheets=[SIDE],
        margin=0,
    )
    below = Row(page.figures.slope, page.figures.efficiency, sizing_mode="stretch_both")
    curves = Column(page.figures.main, below, sizing_mode="stretch_both", min_width=420)
    energies = Column(
        Row(page.diagram.S, page.diagram.Sm, sizing_mode="stretch_both"),
        page.head.numbers,
        width=_RIGHT_WIDTH,
        sizing_mode="stretch_height",
    )
    drawn = pn.pane.Bokeh(
        Row(curves, energies, sizing_mode="stretch_both"), sizing_mode="stretch_both", margin=0
    )
    fitted: dict[str, Any] = {"sizing_mode": "stretch_both"}
    below_sections: dict[str, Any] = {"sizing_mode": "stretch_width", "height": _BODY_HEIGHT}
    placed = below_sections if page.sections else fitted
    body = pn.Row(side, drawn, margin=0, min_width=_NARROWEST, **placed)
    head = pn.pane.Bokeh(page.head.model, sizing_mode="stretch_width", margin=0, height=40)
    height = (
        {"sizing_mode": "stretch_both"}
        if page.is_served
        else {"height": 680, "sizing_mode": "stretch_width"}
    )
    return pn.Column(head, *page.sections, body, margin=0, stylesheets=[PAGE], **height)
