"""The form of the figures of a page: large letters, few lines, a legend above."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bokeh.models import Legend, LegendItem, Span
from bokeh.plotting import figure

from thermospin.explorer.page_style import FONT, INK

_TOOLS = "pan,box_zoom,wheel_zoom,reset,save"


def plain_figure(height: int, ticks: int = 6, **options: Any) -> Any:
    """Return a figure along the bias, with about so many ticks, that is read from afar."""
    plot = figure(
        height=height,
        sizing_mode="stretch_both",
        min_width=240,
        tools=_TOOLS,
        active_drag="box_zoom",
        output_backend="canvas",
        **options,
    )
    plot.toolbar.logo = None
    plot.xaxis[0].ticker.desired_num_ticks = ticks
    plot.min_border_right = 12
    if "x_range" not in options:
        plot.x_range.range_padding = 0.0
    for limits in (plot.x_range, plot.y_range):
        limits.syncable = False  # the page does not need to know how far one has zoomed in
    for axis in (plot.xaxis[0], plot.yaxis[0]):
        axis.axis_label_text_font = axis.major_label_text_font = FONT
        axis.axis_label_text_font_size = "15px"
        axis.axis_label_text_font_style = "normal"
        axis.major_label_text_font_size = "14px"
        axis.axis_label_text_color = axis.major_label_text_color = INK
    plot.add_layout(Span(location=0.0, dimension="width", line_color="#b0b0b0", line_width=1))
    plot.add_layout(Span(location=0.0, dimension="height", line_color="#b0b0b0", line_width=1))
    return plot


def legend_above(drawn: Mapping[str, Any], names: Mapping[str, str]) -> Any:
    """Return a legend in one line, of what is drawn by name, some of which have longer names."""
    items = [
        LegendItem(label=names.get(name, name), name=name, renderers=[each])
        for name, each in drawn.items()
    ]
    return Legend(
        items=items,
        orientation="horizontal",
        label_text_font=FONT,
        label_text_font_size="14px",
        border_line_alpha=0.0,
        padding=0,
        margin=2,
        spacing=14,
        glyph_width=28,
    )
