"""The densities of states of both leads beside each other, shifted by the bias, as in Fig. 1(a)."""

from __future__ import annotations

import numpy as np
from bokeh.models import ColumnDataSource, CustomJS, Range1d, Span
from bokeh.plotting import figure

from thermospin.explorer.changed_models import change
from thermospin.explorer.curve_figures import CurveFigures
from thermospin.explorer.lead_densities import WIDEST, LeadDensity
from thermospin.explorer.page_style import DOWN, FONT, GREYED, INK, PLAIN, UP, unit_text
from thermospin.figures.display import ShownUnit
from thermospin.junction import FloatArray

_MOST = 3.5
"""Densities beyond this leave the figure."""
_EMPTY: FloatArray = np.empty(0)
_COLUMNS = ("E", "up", "down", "up_filled", "down_filled")
# The energies of S stay what they are; its axis moves against that of Sm.
_FOLLOW = """
const at = %s;
S.setv({start: Sm.start - at, end: Sm.end - at});
cursor.location = %s;
"""


class EnergyDiagram:
    """Two figures of one height: S and Sm, each with spin down to the left and up to the right.

    Attributes
    ----------
    S, Sm : figure
        Each counts energies from its own chemical potential; that of S stands eV above.
    """

    def __init__(self) -> None:
        """Make both figures, which are empty."""
        self.sources = {
            lead: ColumnDataSource(dict.fromkeys(_COLUMNS, _EMPTY)) for lead in ("S", "Sm")
        }
        self.S, self.Sm = (_figure(lead, source) for lead, source in self.sources.items())

    def follow(self, figures: CurveFigures) -> None:
        """Shift S by the bias under the pointer in a figure, and back when it leaves."""
        models = {
            "S": self.S.y_range,
            "Sm": self.Sm.y_range,
            "cursor": figures.cursor,
            "pinned": figures.pinned,
        }
        follow = CustomJS(args=models, code=_FOLLOW % ("cb_obj.x", "at"))
        back = CustomJS(args=models, code=_FOLLOW % ("pinned.location", "null"))
        for plot in (figures.main, figures.slope, figures.efficiency):
            plot.js_on_event("mousemove", follow)
            plot.js_on_event("mouseleave", back)

    def show(
        self, leads: tuple[LeadDensity, LeadDensity] | None, unit: ShownUnit, bias: float
    ) -> None:
        """Draw the densities of both leads at a bias, in Δ0/e; nothing if there are none."""
        for lead, source in zip(leads or (None, None), self.sources.values(), strict=True):
            source.data = _columns(lead, unit.factor)
        self.pin(bias, unit)
        for plot in (self.S, self.Sm):
            change(plot, styles=PLAIN)

    def pin(self, bias: float, unit: ShownUnit) -> None:
        """Shift S by a bias, in Δ0/e."""
        high, shift = WIDEST * unit.factor, bias * unit.factor
        change(self.Sm.y_range, start=-high, end=high)
        change(self.S.y_range, start=-high - shift, end=high - shift)
        label = f"E ({unit_text(unit.symbol or 'Δ0').replace('V', 'eV')})"
        change(self.Sm.yaxis[0], axis_label=label)

    def blank(self) -> None:
        """Take both densities away."""
        for source in self.sources.values():
            source.data = _columns(None, 1.0)

    def grey(self) -> None:
        """Grey the diagram while another is computed."""
        for plot in (self.S, self.Sm):
            change(plot, styles=GREYED)


def _columns(lead: LeadDensity | None, factor: float) -> dict[str, FloatArray]:
    if lead is None:
        return dict.fromkeys(_COLUMNS, _EMPTY)
    return {
        "E": lead.E * factor,
        "up": lead.up,
        "down": -lead.down,
        "up_filled": lead.up * lead.occupied,
        "down_filled": -lead.down * lead.occupied,
    }


def _figure(lead: str, source: ColumnDataSource) -> figure:
    plot = figure(
        title=f"{lead}   ↓ ↑",
        x_range=Range1d(-_MOST, _MOST),
        y_range=Range1d(-WIDEST, WIDEST),
        sizing_mode="stretch_height",
        width=135 if lead == "S" else 195,
        tools="",
        toolbar_location=None,
        y_axis_location="left" if lead == "S" else "right",
    )
    for spin, colour in (("down", DOWN), ("up", UP)):
        plot.harea(
            y="E", x1=0.0, x2=f"{spin}_filled", source=source, fill_color=colour, fill_alpha=0.45
        )
        plot.line(
            spin,
            "E",
            source=source,
            color=colour,
            line_width=2,
            line_dash="solid" if spin == "up" else "dashed",
        )
    plot.add_layout(Span(location=0.0, dimension="width", line_dash="dashed", line_color=INK))
    plot.add_layout(Span(location=0.0, dimension="height", line_color="#b0b0b0"))
    plot.title.text_font, plot.title.text_font_size = FONT, "15px"
    plot.title.align = "center"
    plot.xaxis.axis_label = "N↓   N↑"
    for axis in (plot.xaxis[0], plot.yaxis[0]):
        axis.axis_label_text_font = axis.major_label_text_font = FONT
        axis.axis_label_text_font_size = "14px"
        axis.axis_label_text_font_style = "normal"
        axis.major_label_text_font_size = "13px"
        axis.axis_label_text_color = axis.major_label_text_color = INK
    plot.xaxis.ticker = [-2, 0, 2]
    plot.xaxis.major_label_overrides = {-2: "2", 0: "0", 2: "2"}
    plot.min_border_left = plot.min_border_right = 4
    if lead == "S":
        plot.yaxis.visible = False
    return plot
