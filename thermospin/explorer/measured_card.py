"""The card of a page for a measured curve: a file, what is free, and the fit."""

from __future__ import annotations

import base64
import html
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import panel as pn
from bokeh.core.property.descriptors import UnsetValueError
from bokeh.models import Button, Column, ColumnDataSource, Div, FileInput, MultiChoice, Row

from thermospin.explorer.given_view import in_other_units
from thermospin.explorer.measured_overlay import (
    FittedView,
    fitted_view,
    free_names,
    guessed_material,
    needs_material,
    over_the_data,
    reduced,
    uploaded_curve,
    usually_free,
)
from thermospin.explorer.page_head import copy_button
from thermospin.explorer.page_style import BUTTON, CARD, FONT, INK, RULE
from thermospin.fitting import Curve
from thermospin.measured import MeasuredCurve, MeasuredError

if TYPE_CHECKING:
    from thermospin.explorer.junction_page import JunctionPage

_NONE = np.empty(0)
_WORDS = {"font-family": FONT, "font-size": "13px", "color": INK}


class MeasuredCard:
    """A measured curve that is laid over the curves of a page, and its fit.

    Parameters
    ----------
    page : JunctionPage
        The page.
    """

    def __init__(self, page: JunctionPage) -> None:
        """Make the models of the card."""
        self._page = page
        self.curve: MeasuredCurve | None = None
        self._fit: Curve | None = None
        self._stop = False
        self._busy = False
        self.file = FileInput(
            title="a text file of I(V) or dI/dV",
            margin=(2, 4, 2, 4),
            sizing_mode="stretch_width",
            html_attributes={"data-field": "measured"},
        )
        self.file.on_change("value", self._uploaded)
        self.file.on_change("filename", self._uploaded)
        self.free = MultiChoice(
            title="found by the fit", margin=(2, 4, 2, 4), sizing_mode="stretch_width"
        )
        self.button = Button(label="Fit", stylesheets=[BUTTON], disabled=True, margin=(2, 4, 2, 4))
        self.button.on_click(lambda event: self.fit())  # noqa: ARG005
        self.remove = Button(
            label="Remove", stylesheets=[BUTTON], disabled=True, margin=(2, 4, 2, 4)
        )
        self.remove.on_click(lambda event: self._removed())  # noqa: ARG005
        self.message = Div(
            text="",
            styles=_WORDS,
            margin=(2, 4, 2, 4),
            sizing_mode="stretch_width",
            html_attributes={"role": "status"},
        )
        self.report = ColumnDataSource({"report": [""]})
        self.copy = copy_button(
            "Copy report", self.report, "report", page.head.message, "the report is copied"
        )
        self.copy.disabled = True
        column = Column(
            self.file,
            self.free,
            Row(self.button, self.remove, self.copy),
            self.message,
            sizing_mode="stretch_width",
        )
        self.card = pn.Card(
            pn.pane.Bokeh(column, sizing_mode="stretch_width", margin=0),
            title="Measured curve, fit",
            collapsed=True,
            sizing_mode="stretch_width",
            margin=0,
            stylesheets=[CARD],
        )

    def lay_over(self, curve: MeasuredCurve) -> None:
        """Lay a measured curve over, and show all of its bias.

        A curve in SI brings a material, if the page has none.
        """
        self.curve, self._fit = curve, None
        page = self._page
        notes = list(curve.notes)
        self.card.collapsed = False
        self.button.disabled = self.remove.disabled = False
        if needs_material(curve, page.material()):
            if page.view is None:
                self._say("first mend the fields that break a rule", wrong=True)
                self.curve = None
                return
            scales = guessed_material(curve)
            words = ", ".join(f"{name} = {value}" for name, value in scales.items())
            notes.append(f"{words} are guessed from the curve: put in what is known")
            page.take(in_other_units(page.state, page.view, scales))
        page.take(over_the_data(page.state, curve, page.material()))
        self.free.options = free_names(page.state)
        self.free.value = usually_free(page.state, curve)
        self._say(f"{curve.path.name}: {curve.V.size} points. " + "; ".join(notes))
        self.redraw()

    def redraw(self) -> None:
        """Draw the measured curve, and its fit, in the units of the page."""
        page, empty = self._page, Curve("", _NONE, _NONE, "I")
        points = empty
        if self.curve is not None and page.view is not None:
            try:
                points = reduced(self.curve, page.view.material)[0]
            except MeasuredError as error:
                self._say(str(error), wrong=True)
        page.figures.show_data("measured", points.kind, points.V, points.values)
        fit = self._fit or empty
        page.figures.show_data("fitted", fit.kind, fit.V, fit.values)

    def _uploaded(self, attr: str, old: object, new: object) -> None:  # noqa: ARG002
        try:
            name, content = str(self.file.filename), str(self.file.value)
        except UnsetValueError:  # the name and the content come one after the other
            return
        self.take_file(name, base64.b64decode(content))

    def take_file(self, name: str, content: bytes) -> None:
        """Lay the curve of a file over, or say why it is none."""
        try:
            curve = uploaded_curve(name, content)
        except ValueError as error:
            self._removed()
            self._say(str(error), wrong=True)
            return
        self.lay_over(curve)

    def _removed(self) -> None:
        self.curve = self._fit = None
        self.button.disabled = self.remove.disabled = True
        self.redraw()
        self._say("")

    def fit(self) -> None:
        """Begin a fit, or stop the one that is going on."""
        if self._busy:
            self._stop = True
            return
        page = self._page
        if page.view is None or self.curve is None:
            self._say("first mend the fields that break a rule", wrong=True)
            return
        if not self.free.value:
            self._say("nothing is to be found: choose what is free", wrong=True)
            return
        self._busy, self._stop = True, False
        self.button.label = "Stop"
        self._say("the fit begins …")
        fit = partial(
            fitted_view, page.state, page.view, self.curve, list(self.free.value), self._progress
        )
        if page.is_served:
            threading.Thread(target=self._work, args=(fit,), daemon=True).start()
        else:
            self._work(fit)

    def _work(self, fit: Callable[[], FittedView]) -> None:
        """Fit, in a thread of its own, and hand over what comes of it."""
        try:
            found = fit()
        except (ValueError, RuntimeError) as error:
            words = str(error)
            self._page.later(lambda: self._end(words, wrong=True))
            return
        self._page.later(lambda: self._found(found))

    def _progress(self, evaluations: int, chi2: float) -> None:
        if self._stop:
            raise KeyboardInterrupt  # with which a fit ends early, with the best so far
        words = f"fitting: {evaluations} evaluations of the model, χ² = {chi2:.4g}"
        self._page.later(lambda: self._say(words) if self._busy else None)

    def _found(self, found: FittedView) -> None:
        self._fit = found.curve
        self._page.take(found.state)
        self.report.data = {"report": [found.result.report()]}
        self.copy.disabled = False
        self._end("\n".join([*found.result.notes, *found.values]))

    def _end(self, words: str, *, wrong: bool = False) -> None:
        self._busy = False
        self.button.label = "Fit"
        self._say(words, wrong=wrong)

    def _say(self, words: str, *, wrong: bool = False) -> None:
        style = f"color:{RULE if wrong else INK};white-space:pre-wrap;margin:0"
        self.message.text = f'<div style="{style}">{html.escape(words)}</div>'
