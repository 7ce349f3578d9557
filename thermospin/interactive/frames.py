"""The frame of a panel in a browser: its axes, their ranges and labels, its tools."""

from typing import Any, Literal, NamedTuple

from bokeh.models import CrosshairTool, CustomJSTickFormatter, NoOverlap, Range1d
from bokeh.models.annotations import Span, Title
from bokeh.plotting import figure

Dimension = Literal["width", "height"]

HEIGHT = 400
"""Height of a panel in pixels."""
_TOOLS = "pan,box_zoom,wheel_zoom,undo,reset,save"
_INK = "#222222"
_COMMANDS = {"µ": r"\mu ", "Ω": r"\Omega ", "²": "^2"}


class Direction(NamedTuple):
    """What panels along the same axis share: its range, and the line through the cursor."""

    range: Range1d
    line: Span


class Directions:
    """The axes of panels; those along the same axis are zoomed together, and share the cursor."""

    def __init__(self) -> None:
        """Know no axis yet."""
        self._known: dict[tuple[str, str], Direction] = {}

    def along(self, across: Dimension, key: str, limits: tuple[float, float]) -> Direction:
        """Return an axis, which has these limits if it is new.

        Parameters
        ----------
        across : {"width", "height"}
            Across what the line through the cursor runs: ``height`` for a horizontal axis.
        key : str
            What the axis shows.
        limits : pair of float
            Its ends.
        """
        if (across, key) not in self._known:
            line = Span(dimension=across, line_color=_INK, line_width=0.8, line_alpha=0.5)
            self._known[across, key] = Direction(Range1d(start=limits[0], end=limits[1]), line)
        return self._known[across, key]


def in_tex(label: str) -> str:
    """Return a label of matplotlib as a formula of MathJax, in which words stand as text.

    MathJax does not know how wide letters are that its fonts lack, such as µ.
    """
    if not label:
        return ""
    parts = label.split("$")
    for place in range(0, len(parts), 2):
        words = parts[place]
        for letter, command in _COMMANDS.items():
            words = words.replace(letter, f"}}{command}\\text{{")
        parts[place] = f"\\text{{{words}}}"
    return f"$${''.join(parts)}$$"


def frame(
    axes: tuple[Direction, Direction],
    labels: tuple[str, str],
    title: str,
    logarithmic: tuple[bool, bool],
) -> Any:
    """Return an empty panel.

    Parameters
    ----------
    axes : pair of Direction
        The horizontal and the vertical axis.
    labels : pair of str
        Their labels, as of `thermospin.figures.labels`.
    title : str
        What is written above, in the same notation.
    logarithmic : pair of bool
        Whether they are logarithmic.
    """
    kinds: list[Literal["log", "linear"]] = ["log" if log else "linear" for log in logarithmic]
    made = figure(
        x_range=axes[0].range,
        y_range=axes[1].range,
        x_axis_type=kinds[0],
        y_axis_type=kinds[1],
        x_axis_label=in_tex(labels[0]),
        y_axis_label=in_tex(labels[1]),
        title=Title(
            text=in_tex(title),
            text_font_size="16px",
            text_font_style="normal",
            text_color=_INK,
        ),
        tools=_TOOLS,
        active_drag="box_zoom",
        height=HEIGHT,
        sizing_mode="stretch_width",
    )
    made.add_tools(CrosshairTool(overlay=(axes[1].line, axes[0].line), visible=False))
    made.toolbar.logo = None
    made.grid.grid_line_alpha = 0.4
    for axis, log in zip((made.xaxis[0], made.yaxis[0]), logarithmic, strict=True):
        if log:
            axis.formatter = CustomJSTickFormatter(code="return String(+tick.toPrecision(3));")
        axis.major_label_policy = NoOverlap()
        axis.axis_label_text_font_size = "16px"
        axis.axis_label_text_font_style = "normal"
        axis.major_label_text_font_size = "13px"
        axis.major_label_text_color = axis.axis_label_text_color = _INK
        axis.minor_tick_in, axis.minor_tick_out = 3, 0
        axis.major_tick_in, axis.major_tick_out = 6, 0
    return made
