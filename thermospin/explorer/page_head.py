"""The head of a page, its numbers, and what is copied from it."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from bokeh.models import Button, CheckboxGroup, ColumnDataSource, CustomJS, Div, Row
from panel.models.markup import HTML

from thermospin.explorer.changed_models import change
from thermospin.explorer.page_style import BUTTON, FONT, GREYED, INK, PLAIN, RULE, TABLE
from thermospin.explorer.read_out_table import read_out_table
from thermospin.explorer.view_state import CURRENTS_SHOWN
from thermospin.explorer.view_values import ReadOut, ViewCurves
from thermospin.spec import Material

_COPY = """
const [text] = source.data[column]
navigator.clipboard.writeText(text).then(
  () => { said.text = done }, () => { window.prompt("Copy this:", text) })
"""
_FOLLOW_ADDRESS = "history.replaceState(null, '', '?' + cb_obj.data.query[0])"
_NUMBERS_HEIGHT = 216  # pixels, kept where there are none, so that the figures stay as they are


class PageHead:
    """The buttons and messages at the head of a page, and the models that hold its texts.

    Parameters
    ----------
    on_shown : callable
        Is told which currents are to be drawn.
    on_units : callable
        Is called when the units are to change between reduced ones and SI.
    """

    def __init__(
        self, on_shown: Callable[[tuple[str, ...]], None], on_units: Callable[[], None]
    ) -> None:
        """Make the models of the head."""
        self._on_shown = on_shown
        self._showing = False
        self._missed: dict[str, int] = {}
        self.title = Div(
            text="<b>thermospin</b> explore",
            margin=(6, 16, 0, 10),
            styles={"font-family": FONT, "font-size": "18px", "color": INK},
        )
        self.shown = CheckboxGroup(
            labels=list(CURRENTS_SHOWN),
            inline=True,
            margin=(9, 8, 0, 8),
            styles={"font-size": "15px"},
            html_attributes={"aria-label": "currents that are drawn"},
        )
        self.shown.on_change("active", self._chosen)
        self.units = _button("SI units")
        self.units.on_click(lambda event: on_units())  # noqa: ARG005
        self.message = Div(
            text="",
            margin=(9, 8, 0, 8),
            html_attributes={"role": "status"},
            styles={"font-family": FONT, "font-size": "14px", "color": INK},
        )
        self.missed = Div(
            text="",
            margin=(9, 8, 0, 8),
            html_attributes={"role": "alert"},
            styles={"font": f"bold 14px {FONT}", "color": RULE},
        )
        # Panel's model, for a Div with a new text has the whole page laid out again.
        self.numbers = HTML(
            min_height=_NUMBERS_HEIGHT,
            text="",
            stylesheets=[TABLE],
            margin=(0, 8, 0, 8),
            sizing_mode="stretch_width",
            html_attributes={"data-part": "numbers"},
        )
        self.texts = ColumnDataSource({"spec": [""], "script": [""], "query": [""]})
        self.texts.js_on_change("data", CustomJS(code=_FOLLOW_ADDRESS))
        self.copies = [
            copy_button("Copy as spec", self.texts, "spec", self.message, "the spec is copied"),
            copy_button(
                "Copy as Python", self.texts, "script", self.message, "the script is copied"
            ),
        ]
        self.model = Row(
            self.title,
            self.shown,
            self.units,
            *self.copies,
            self.message,
            self.missed,
            sizing_mode="stretch_width",
        )

    def show_choice(self, shown: Sequence[str], *, in_si: bool) -> None:
        """Show which currents are drawn, and which units the button leads to."""
        self._showing = True
        change(self.shown, active=[i for i, n in enumerate(CURRENTS_SHOWN) if n in shown])
        change(self.units, label="Reduced units" if in_si else "SI units")
        self._showing = False

    def _chosen(self, attr: str, old: list[int], new: list[int]) -> None:  # noqa: ARG002
        if not self._showing:
            self._on_shown(tuple(CURRENTS_SHOWN[i] for i in sorted(new)))

    def say(self, words: str) -> None:
        """Say something about the page."""
        self.message.text = html.escape(words)

    def show_missed(self, what: str, found: ViewCurves) -> None:
        """Say at how many voltages currents, or slopes, missed their tolerance."""
        self._missed[what] = int(np.count_nonzero(found.missed))
        listed = ", ".join(f"{each} at {count}" for each, count in self._missed.items() if count)
        words = f"✕ missed their tolerance: {listed} of {found.V.size} voltages" if listed else ""
        change(self.missed, text=words)

    def show_numbers(
        self, numbers: Sequence[ReadOut], material: Material | None, note: str
    ) -> None:
        """Show the numbers of a view, and a note in place of those that it does not have."""
        words = f"<p>{html.escape(note)}</p>" if note else ""
        text = html.escape(read_out_table(numbers, material) + words)  # as Panel's model takes it
        change(self.numbers, text=text, styles=PLAIN)

    def grey_numbers(self) -> None:
        """Grey the numbers while others are computed."""
        change(self.numbers, styles=GREYED)

    def show_texts(self, spec: str, script: str, query: str) -> None:
        """Keep what is copied, and the query of the address; without a spec nothing is copied."""
        for button in self.copies:
            change(button, disabled=not spec)
        change(self.texts, data={"spec": [spec], "script": [script], "query": [query]})


def copy_button(label: str, source: Any, column: str, said: Any, done: str) -> Any:
    """Return a button that copies the text in a column of a source, and says so in a model."""
    button = _button(label)
    arguments = {"source": source, "column": column, "said": said, "done": done}
    button.js_on_event("button_click", CustomJS(args=arguments, code=_COPY))
    return button


def _button(label: str) -> Button:
    return Button(label=label, stylesheets=[BUTTON], margin=(4, 4, 2, 4))
