"""The figures of a page along the bias: currents, dI/dV and the efficiency of spin currents."""

from __future__ import annotations

from collections.abc import Container, Sequence
from textwrap import wrap
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool, Label, Span
from bokeh.plotting import figure

from thermospin.explorer.changed_models import change, send, send_few
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
from thermospin.explorer.plain_figures import legend_above, plain_figure
from thermospin.explorer.view_values import ReadOut, ViewCurves
from thermospin.figures.display import Display, ShownUnit
from thermospin.junction import FloatArray
from thermospin.spec import Material

_FEW_TICKS = 4  # of a figure of half the width, so that their labels do not meet
_LONGEST_LINE = 56  # characters of a message in the figure
_DRAWN, _READ = ("V", *CURVES), ("V", *CURVES, "I_error", "SGE")
_EMPTY: FloatArray = np.empty(0)
_NAMES = {"I_q": "I_q charge", "I_s": "I_s spin", "I_up": "I_up ↑", "I_down": "I_down ↓"}


class CurveFigures:
    """The three figures.

    What the pointer reads, and the efficiency, come after the curves of the main figure, for the
    less a message holds the sooner is it painted.

    Attributes
    ----------
    main, slope, efficiency : figure
        Currents, dI/dV and SGE along V.
    pinned, cursor : Span
        Where the bias of the energy diagram, and the pointer, stand in the main figure.
    """

    def __init__(self) -> None:
        """Make the figures, which are empty."""
        self.curves = ColumnDataSource(dict.fromkeys(_DRAWN, _EMPTY))
        self.readings = ColumnDataSource(dict.fromkeys(_READ, _EMPTY))
        self.slopes = ColumnDataSource({"V": _EMPTY, "dIdV": _EMPTY})
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
        self.main = plain_figure(380)
        self.slope = plain_figure(190, _FEW_TICKS, x_range=self.main.x_range)
        self.efficiency = plain_figure(190, _FEW_TICKS, x_range=self.main.x_range)
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
        self._found: dict[str, FloatArray] = dict.fromkeys(_READ, _EMPTY)
        self._units: tuple[ShownUnit, ...] = (ShownUnit(), ShownUnit(), ShownUnit())
        self._show_legend(())  # nothing is drawn yet

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
        reader = plot.line("V", "I_q", source=self.readings, color="black", line_alpha=0.0)
        self._hover = HoverTool(
            renderers=[reader],
            mode="vline",
            line_policy="nearest",
            formatters={"@I_error": "printf"},
        )
        plot.add_tools(self._hover)
        self._legend = legend_above(lines, _NAMES)
        plot.add_layout(self._legend, "above")
        return lines

    def _draw_below(self) -> None:
        self.slope.line("V", "dIdV", source=self.slopes, color=SLOPE, line_width=2)
        self._draw_data(self.slope, "dIdV")
        self.slope.scatter("V", "dIdV", source=self.slope_missed, marker="x", size=9, color=MISSED)
        self.efficiency.line(
            "V", "SGE", source=self.readings, color=EFFICIENCY, line_width=2, line_dash="dashed"
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
        """Draw currents; `show_readings` then brings the rest of them.

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
        volt = display.unit("Δ0/e", found.V)
        ampere = display.unit("G_T Δ0/e", np.concatenate(sizes))
        self._units = (volt, ampere, self._units[2])
        self._shown = tuple(shown)
        self._label()
        columns = {"V": found.V * volt.factor, "SGE": found.values["SGE"]}
        columns |= {n: found.values[n] * ampere.factor for n in (*CURVES, "I_error")}
        send(self.curves, {name: columns[name] for name in _DRAWN}, {"V", *shown})
        self._found = columns
        for name in CURVES:
            change(self._lines[name], visible=name in shown)
        where = found.missed
        marked = {
            "V": np.tile(columns["V"][where], len(shown)),
            "I": np.concatenate([*(columns[name][where] for name in shown), _EMPTY]),
        }
        send_few(self.missed, marked)
        self._show_legend(shown)
        change(self._message, text="")
        change(self.main, styles=PLAIN)

    def show_readings(self) -> None:
        """Bring what the pointer reads, and the efficiency, to the currents that are drawn."""
        send(self.readings, self._found, {"V", "I_q", "I_error", "SGE", *self._shown})
        change(self.efficiency, styles=PLAIN)

    def show_slope(self, found: ViewCurves, material: Material | None) -> None:
        """Draw dI/dV, after the currents of the same view."""
        siemens = Display(material, in_si=material is not None).unit("G_T", found.values["dIdV"])
        self._units = (*self._units[:2], siemens)
        unit = unit_text(siemens.symbol or "G_T")
        change(self.slope.yaxis[0], axis_label=f"dI_q/dV ({unit})")
        columns = {"V": found.V * self.volt.factor}
        columns["dIdV"] = found.values["dIdV"] * siemens.factor
        send(self.slopes, columns, set(columns))
        send_few(self.slope_missed, {n: each[found.missed] for n, each in columns.items()})
        change(self.slope, styles=PLAIN)

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
        sources = (self.curves, self.readings, self.slopes, self.missed, self.slope_missed)
        for source in (*sources, self.marks, self.matching):
            source.data = dict.fromkeys(source.data, _EMPTY)
        change(self._message, text="\n".join(wrap(words, _LONGEST_LINE)))
        self._show_legend(())
        self.grey(())

    def grey(self, parts: Container[str]) -> None:
        """Grey the curves of some parts, ``currents`` or ``slope``, while others are computed."""
        for plot, part in (
            (self.main, "currents"),
            (self.efficiency, "currents"),
            (self.slope, "slope"),
        ):
            change(plot, styles=GREYED if part in parts else PLAIN)
        if "currents" in parts:
            change(self._message, text="computing …")

    def _label(self) -> None:
        """Label the axes, and the values at the pointer, with the units."""
        volt, ampere = (
            unit_text(unit.symbol or reduced)
            for unit, reduced in zip(self._units[:2], ("Δ0/e", "G_T Δ0/e"), strict=True)
        )
        for plot in (self.main, self.slope, self.efficiency):
            change(plot.xaxis[0], axis_label=f"V ({volt})")
        change(self.main.yaxis[0], axis_label=f"I ({ampere})")
        rows = [("V", f"@V{{0.[00000]}} {volt}")]
        rows += [(name, f"@{name}{{0.[0000000]}} {ampere}") for name in self._shown]
        rows += [("error", f"@I_error{{%.1e}} {ampere}"), ("SGE", "@SGE{0.[0000]}")]
        change(self._hover, tooltips=rows)


def _both_signs(values: Sequence[float]) -> FloatArray:
    known = np.array([value for value in values if np.isfinite(value)])
    return np.unique(np.concatenate([-known, known]))
