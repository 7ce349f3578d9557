"""The figures of a page along the bias: currents, dI/dV and the efficiency of spin currents."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool, Label, Legend, LegendItem, Span
from bokeh.plotting import figure

from thermospin.explorer.changed_models import change
from thermospin.explorer.page_style import (
    CURVES,
    EFFICIENCY,
    FITTED,
    FONT,
    GREYED,
    INK,
    MATCHING,
    MEASURED,
    MISSED,
    PLAIN,
    QUIET,
    RULE,
    SEEBECK,
    SLOPE,
    unit_text,
)
from thermospin.explorer.view_values import ReadOut, ViewCurves
from thermospin.figures.display import Display, ShownUnit
from thermospin.junction import FloatArray
from thermospin.spec import Material

_TOOLS = "pan,box_zoom,wheel_zoom,reset,save"
_LONGEST_LINE = 56  # characters of a message in the figure
_COLUMNS = ("V", *CURVES, "I_error", "dIdV", "SGE")
_EMPTY: FloatArray = np.empty(0)
_NAMES = {"I_q": "I_q charge", "I_s": "I_s spin", "I_up": "I_up ↑", "I_down": "I_down ↓"}


class CurveFigures:
    """The three figures, which share the source of their curves.

    Attributes
    ----------
    main, slope, efficiency : figure
        Currents, dI/dV and SGE along V.
    pinned, cursor : Span
        Where the bias of the energy diagram, and the pointer, stand in the main figure.
    """

    def __init__(self) -> None:
        """Make the figures, which are empty."""
        self.curves = ColumnDataSource(dict.fromkeys(_COLUMNS, _EMPTY))
        self.missed = ColumnDataSource({"V": _EMPTY, "I": _EMPTY})
        self.slope_missed = ColumnDataSource({"V": _EMPTY, "dIdV": _EMPTY})
        self.marks = ColumnDataSource({"V": _EMPTY, "I": _EMPTY})
        self.matching = ColumnDataSource({"V": _EMPTY})
        self.measured = {
            kind: ColumnDataSource({"V": _EMPTY, "values": _EMPTY}) for kind in ("I", "dIdV")
        }
        self.fitted = {
            kind: ColumnDataSource({"V": _EMPTY, "values": _EMPTY}) for kind in ("I", "dIdV")
        }
        self.main = _figure(380)
        self.slope = _figure(190, x_range=self.main.x_range)
        self.efficiency = _figure(190, x_range=self.main.x_range)
        self.pinned = Span(location=0.0, dimension="height", line_color="#cfcfcf", line_width=3)
        self.cursor = Span(location=None, dimension="height", line_color=QUIET, line_width=1)
        self.main.add_layout(self.pinned)
        self.main.add_layout(self.cursor)
        self._lines = self._draw_main()
        self._draw_below()
        self._message = Label(
            x=12,
            y=12,
            x_units="screen",
            y_units="screen",
            text="",
            text_color=RULE,
            text_font=FONT,
            text_font_size="16px",
            text_font_style="bold",
        )
        self.main.add_layout(self._message)
        self._shown: tuple[str, ...] = ()
        self._units: tuple[ShownUnit, ...] = (ShownUnit(), ShownUnit(), ShownUnit())

    def _draw_main(self) -> dict[str, Any]:
        plot, lines = self.main, {}
        for name, (colour, dash) in CURVES.items():
            lines[name] = plot.line(
                "V", name, source=self.curves, color=colour, line_dash=dash, line_width=2.5
            )
        lines |= {
            "±V_S": plot.scatter(
                "V",
                "I",
                source=self.marks,
                marker="circle",
                size=12,
                fill_color=SEEBECK,
                line_color=INK,
            ),
            "±V_p": plot.vspan(
                "V", source=self.matching, line_color=MATCHING, line_dash="dotted", line_width=2
            ),
        }
        lines |= self._draw_data(plot, "I")
        lines["missed its tolerance"] = plot.scatter(
            "V", "I", source=self.missed, marker="x", size=10, color=MISSED, line_width=2
        )
        reader = plot.line("V", "I_q", source=self.curves, color="black", line_alpha=0.0)
        self._hover = HoverTool(renderers=[reader], mode="vline", line_policy="nearest")
        plot.add_tools(self._hover)
        self._legend = _legend(lines)
        plot.add_layout(self._legend, "above")
        return lines

    def _draw_below(self) -> None:
        self.slope.line("V", "dIdV", source=self.curves, color=SLOPE, line_width=2)
        self._draw_data(self.slope, "dIdV")
        self.slope.scatter("V", "dIdV", source=self.slope_missed, marker="x", size=9, color=MISSED)
        self.efficiency.line(
            "V", "SGE", source=self.curves, color=EFFICIENCY, line_width=2, line_dash="dashed"
        )
        self.efficiency.yaxis.axis_label = "SGE"
        for plot in (self.slope, self.efficiency):
            plot.toolbar_location = None

    def _draw_data(self, plot: figure, kind: str) -> dict[str, Any]:
        points = plot.scatter(
            "V",
            "values",
            source=self.measured[kind],
            marker="circle",
            size=5,
            fill_color="white",
            line_color=MEASURED,
            line_width=1.5,
        )
        line = plot.line(
            "V", "values", source=self.fitted[kind], color=FITTED, line_width=2.5, line_dash=[8, 3]
        )
        return {"measured": points, "fit": line}

    def _show_legend(self, shown: Sequence[str]) -> None:
        """Name what is drawn, and nothing else."""
        there = {
            **{name: name in shown for name in CURVES},
            "±V_S": bool(len(self.marks.data["V"])),
            "±V_p": bool(len(self.matching.data["V"])),
            "measured": bool(len(self.measured["I"].data["V"])),
            "fit": bool(len(self.fitted["I"].data["V"])),
            "missed its tolerance": bool(len(self.missed.data["V"])),
        }
        for item in self._legend.items:
            change(item, visible=there[item.name])

    @property
    def volt(self) -> ShownUnit:
        """The unit in which the bias is shown."""
        return self._units[0]

    def show(self, found: ViewCurves, shown: Sequence[str], material: Material | None) -> None:
        """Draw curves.

        Parameters
        ----------
        found : ViewCurves
            The curves, in reduced units.
        shown : sequence of str
            Which currents are drawn.
        material : Material or None
            The scales, with which all is shown in SI.
        """
        display = Display(material, in_si=material is not None)
        sizes = [found.values[name] for name in shown] or [found.values["I_q"]]
        self._units = (
            display.unit("Δ0/e", found.V),
            display.unit("G_T Δ0/e", np.concatenate(sizes)),
            display.unit("G_T", found.values["dIdV"]),
        )
        self._label()
        volt, ampere, siemens = (unit.factor for unit in self._units)
        factors = {"V": volt, "dIdV": siemens, "SGE": 1.0}
        columns = {"V": found.V, **found.values}
        self.curves.data = {name: columns[name] * factors.get(name, ampere) for name in _COLUMNS}
        self._shown = tuple(shown)
        for name in CURVES:
            change(self._lines[name], visible=name in shown)
        self._show_missed(found, shown)
        self._show_legend(shown)
        change(self._message, text="")
        self.grey(on=False)

    def _show_missed(self, found: ViewCurves, shown: Sequence[str]) -> None:
        """Mark the values that missed their tolerance, on every curve that is drawn."""
        if not (found.missed.any() or found.slope_missed.any() or len(self.missed.data["V"])):
            return
        volt, ampere, siemens = (unit.factor for unit in self._units)
        V = found.V[found.missed] * volt
        values = [found.values[name][found.missed] * ampere for name in shown]
        self.missed.data = {
            "V": np.tile(V, len(values)),
            "I": np.concatenate([*values, _EMPTY]),
        }
        self.slope_missed.data = {
            "V": found.V[found.slope_missed] * volt,
            "dIdV": found.values["dIdV"][found.slope_missed] * siemens,
        }

    def show_marks(self, numbers: Sequence[ReadOut]) -> None:
        """Mark ±V_S on the axis of zero current, and ±V_p of both peaks."""
        known = {one.name: one.value for one in numbers}
        zero = _both_signs([known.get("V_S", np.nan)]) * self.volt.factor
        self.marks.data = {"V": zero, "I": np.zeros_like(zero)}
        peaks = [known.get(name, np.nan) for name in ("V_p_minus", "V_p_plus")]
        self.matching.data = {"V": _both_signs(peaks) * self.volt.factor}
        self._show_legend(self._shown)

    def show_data(self, which: str, kind: str, V: FloatArray, values: FloatArray) -> None:
        """Draw measured points, or a fit to them, given in reduced units.

        ``which`` is ``measured`` or ``fitted``, ``kind`` is ``I`` or ``dIdV``.
        """
        sources = self.measured if which == "measured" else self.fitted
        if not V.size and not any(len(source.data["V"]) for source in sources.values()):
            return
        factor = self._units[1 if kind == "I" else 2].factor
        for each, source in sources.items():
            own = each == kind
            source.data = {
                "V": V * self.volt.factor if own else _EMPTY,
                "values": values * factor if own else _EMPTY,
            }
        self._show_legend(self._shown)

    def pin(self, bias: float) -> None:
        """Show at which bias, in Δ0/e, the energy diagram is drawn."""
        change(self.pinned, location=bias * self.volt.factor)

    def blank(self, words: str) -> None:
        """Take all curves away, and say why."""
        self.curves.data = dict.fromkeys(_COLUMNS, _EMPTY)
        self.missed.data = {"V": _EMPTY, "I": _EMPTY}
        self.slope_missed.data = {"V": _EMPTY, "dIdV": _EMPTY}
        self.marks.data = {"V": _EMPTY, "I": _EMPTY}
        self.matching.data = {"V": _EMPTY}
        change(self._message, text="\n".join(wrap(words, _LONGEST_LINE)))
        self._show_legend(())
        self.grey(on=False)

    def grey(self, *, on: bool) -> None:
        """Grey the curves while others are computed."""
        for plot in (self.main, self.slope, self.efficiency):
            change(plot, styles=GREYED if on else PLAIN)

    def _label(self) -> None:
        """Label the axes, and the values at the pointer, with the units."""
        volt, ampere, siemens = (
            unit.symbol or reduced
            for unit, reduced in zip(self._units, ("Δ0/e", "G_T Δ0/e", "G_T"), strict=True)
        )
        for plot in (self.main, self.slope, self.efficiency):
            change(plot.xaxis[0], axis_label=f"V ({unit_text(volt)})")
        change(self.main.yaxis[0], axis_label=f"I ({unit_text(ampere)})")
        change(self.slope.yaxis[0], axis_label=f"dI_q/dV ({unit_text(siemens)})")
        rows = [("V", f"@V{{0.[00000]}} {unit_text(volt)}")]
        rows += [(name, f"@{name}{{0.[0000000]}} {unit_text(ampere)}") for name in CURVES]
        rows += [
            ("error", "@I_error{0.0e+0}"),
            ("dI_q/dV", f"@dIdV{{0.[0000]}} {siemens}"),
            ("SGE", "@SGE{0.[0000]}"),
        ]
        change(self._hover, tooltips=rows)


def _figure(height: int, **options: Any) -> figure:
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


def _legend(drawn: dict[str, Any]) -> Legend:
    """Return a legend in one line above a figure."""
    items = [
        LegendItem(label=_NAMES.get(name, name), name=name, renderers=[each])
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


def _both_signs(values: Sequence[float]) -> FloatArray:
    known = np.array([value for value in values if np.isfinite(value)])
    return np.unique(np.concatenate([-known, known]))
