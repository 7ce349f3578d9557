"""The fields of a page: a text and, for most of them, a slider, with the rule that is broken."""

from __future__ import annotations

import html
import math
from collections.abc import Callable
from dataclasses import dataclass

from bokeh.models import Column, Div, Row, Select, Slider, TextInput
from bokeh.models.dom import HTML

from thermospin.explorer.changed_models import change
from thermospin.explorer.given_view import rounded_text
from thermospin.explorer.page_style import INPUT, RULE, SHORT_LABEL, SLIDER, symbol_html
from thermospin.explorer.view_state import LABELS
from thermospin.quantities import PARAMETERS
from thermospin.spec import Material, reduced_number
from thermospin.spec.written_numbers import split_unit

OnText = Callable[[str, str], None]
"""Takes the name of a field and its new text."""
_FIRST, _SECOND = 166, 134  # pixels of two fields without a slider that stand in a line
_DIGITS = 4  # of a number that a slider writes


@dataclass(frozen=True)
class SliderRange:
    """What a slider reaches: from ``low`` to ``high`` in reduced units, or of their logarithm."""

    low: float
    high: float
    step: float
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Return where a value stands on the slider, its end for one that is beyond."""
        at = math.log10(max(value, 1e-300)) if self.logarithmic else value
        return min(max(at, self.low), self.high)

    def value(self, place: float) -> float:
        """Return the value of a place on the slider."""
        return 10.0**place if self.logarithmic else place


_TEMPERATURE = SliderRange(0.005, 1.2, 0.005)
_GAMMA = SliderRange(-6.0, -1.0, 0.02, logarithmic=True)
_RATE = SliderRange(0.0, 0.5, 0.002)
_OF_BOTH_LEADS = {
    "T": _TEMPERATURE,
    "gamma": _GAMMA,
    "depairing": _RATE,
    "spin_orbit": SliderRange(0.0, 2.0, 0.01),
    "spin_flip": _RATE,
}
RANGES = {
    **_OF_BOTH_LEADS,
    **{f"{both}_{lead}": each for both, each in _OF_BOTH_LEADS.items() for lead in ("S", "Sm")},
    "h_exc": SliderRange(0.0, 0.8, 0.002),
    "h_S": SliderRange(-0.8, 0.8, 0.004),
    "gap_S": SliderRange(0.0, 2.0, 0.01),
    "gap_Sm": SliderRange(0.0, 2.0, 0.01),
    "P": SliderRange(-1.0, 1.0, 0.01),
    "R_L": SliderRange(-3.0, 6.0, 0.05, logarithmic=True),
    "theta": SliderRange(0.0, 1.0, 0.005),
    "heater": SliderRange(-5.0, 1.0, 0.02, logarithmic=True),
    "T_bath": _TEMPERATURE,
    "electron_phonon": SliderRange(-2.0, 6.0, 0.05, logarithmic=True),
    "V_ac": SliderRange(0.0, 1.0, 0.005),
    "hf": SliderRange(0.01, 1.0, 0.005),
    "bias": SliderRange(-1.5, 1.5, 0.005),
}
"""The range of the slider of each parameter; a text may go beyond."""


class FieldRow:
    """A text field with its label, its slider if it has one, and the rule that it breaks.

    Parameters
    ----------
    name : str
        The field.
    on_text : callable
        Is told of every new text, typed or from the slider.
    label : str, optional
        The label, if the field is no parameter.
    meaning : str, optional
        What the field is, for a pointer that rests on it.
    """

    def __init__(self, name: str, on_text: OnText, label: str = "", meaning: str = "") -> None:
        """Make the models of the field."""
        self.name = name
        self._on_text = on_text
        self._showing = False
        self._material: Material | None = None
        self._shown: tuple[object, ...] = ()
        parameter = PARAMETERS.get(name)
        if parameter is not None:
            label = label or symbol_html(name)
            meaning = meaning or f"{name}: {parameter.meaning}; {parameter.rule()}"
        self.input = TextInput(
            title=HTML(html=label),
            stylesheets=[INPUT],
            html_attributes={"title": meaning, "data-field": name},
            width=172 if name in RANGES else _FIRST,
            margin=(1, 4, 1, 2),
        )
        self.input.on_change("value", self._typed)
        self.message = Div(
            text="",
            visible=False,
            margin=(0, 4, 2, 2),
            styles={"color": RULE, "font-size": "13px", "font-weight": "600"},
            html_attributes={"role": "alert", "data-rule": name},
            sizing_mode="stretch_width",
        )
        self.slider = self._slider(meaning) if name in RANGES else None
        row = [self.input] if self.slider is None else [self.input, self.slider]
        self.model = Column(
            Row(*row, sizing_mode="stretch_width"),
            self.message,
            sizing_mode="stretch_width",
        )

    def behind(self, first: FieldRow) -> Column:
        """Return a model of another field and this one in a line, with their rules below."""
        sheets = [INPUT, SHORT_LABEL]
        self.input.update(width=_SECOND, margin=(1, 4, 1, 8), stylesheets=sheets)
        line = Row(first.input, self.input, sizing_mode="stretch_width")
        return Column(line, first.message, self.message, sizing_mode="stretch_width")

    def _slider(self, meaning: str) -> Slider:
        reach = RANGES[self.name]
        slider = Slider(
            start=reach.low,
            end=reach.high,
            step=reach.step,
            value=reach.low,
            show_value=False,
            tooltips=False,
            stylesheets=[SLIDER],
            html_attributes={"aria-label": meaning, "data-slider": self.name},
            sizing_mode="stretch_width",
            margin=(7, 12, 0, 8),
        )
        slider.on_change("value", self._moved)
        return slider

    def show(self, text: str, material: Material | None, rule: str, placeholder: str) -> None:
        """Show a text, where it stands on the slider, and the rule that it breaks, if any.

        Parameters
        ----------
        text : str
            The text of the field; empty if it is not given.
        material : Material or None
            The scales of texts with a unit, and in which the slider writes.
        rule : str
            The rule that the text breaks; empty if none.
        placeholder : str
            What is meant by an empty field.
        """
        self._material = material
        if self._shown == (text, material, rule, placeholder):
            return
        self._shown = (text, material, rule, placeholder)
        self._showing = True
        change(self.input, value=text, placeholder=placeholder)
        change(self.input, css_classes=["broken"] if rule else [])
        words = f"{LABELS.get(self.name, self.name)} {rule}" if rule else ""
        change(self.message, text=html.escape(words))
        change(self.message, visible=bool(rule))
        if self.slider is not None and not rule:
            place = self._place(text or placeholder, float(self.slider.value))
            if abs(place - self.slider.value) > 0.51 * self.slider.step:
                self.slider.value = place
        self._showing = False

    def show_unit(self, unit: str, *, in_si: bool) -> None:
        """Show behind the field the reduced unit of a bare number, if it has a unit.

        In SI, where one types a unit behind the number, only a bare number that stands there has
        one.
        """
        text = self.input.value or self.input.placeholder
        bare = bool(text) and not split_unit(text)[1]
        change(self.input, suffix=unit if unit and (bare or not in_si) else None)

    def _place(self, text: str, before: float) -> float:
        """Return the place of a text on the slider, which stays where it was if it has none."""
        reach = RANGES[self.name]
        if not text:
            return reach.low
        parameter = "V" if self.name == "bias" else self.name
        try:
            return reach.place(reduced_number(parameter, text, self._material))
        except ValueError:
            return before

    def _typed(self, attr: str, old: str, new: str) -> None:  # noqa: ARG002
        if not self._showing:
            self._on_text(self.name, new)

    def _moved(self, attr: str, old: float, new: float) -> None:  # noqa: ARG002
        if not self._showing:
            value = RANGES[self.name].value(float(new))
            parameter = "V" if self.name == "bias" else self.name
            self._on_text(self.name, rounded_text(parameter, value, self._material, _DIGITS))


class ChoiceRow:
    """A field that takes one of several words."""

    def __init__(self, name: str, words: tuple[str, ...], on_text: OnText) -> None:
        """Make the models of the field."""
        self.name = name
        label = name.replace("_", " ")
        self._showing = False
        self.input = Select(
            title=label,
            options=list(words),
            stylesheets=[INPUT],
            width=260,
            margin=(1, 4, 1, 2),
            html_attributes={"data-field": name},
        )
        self._on_text = on_text
        self.input.on_change("value", self._chosen)
        self.model = self.input

    def show(self, text: str) -> None:
        """Show the word that is chosen."""
        self._showing = True
        change(self.input, value=text)
        self._showing = False

    def _chosen(self, attr: str, old: str, new: str) -> None:  # noqa: ARG002
        if not self._showing:
            self._on_text(self.name, new)
