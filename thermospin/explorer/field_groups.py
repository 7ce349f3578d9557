"""The fields of a page in groups that fold; the usual ones are open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import panel as pn
from bokeh.models import Column, LayoutDOM

from thermospin.explorer.checked_view import MOST_VOLTAGES
from thermospin.explorer.field_rows import ChoiceRow, FieldRow, OnText
from thermospin.explorer.page_style import CARD, unit_text
from thermospin.explorer.view_state import LABELS, SCALE_FIELDS, ViewState
from thermospin.quantities import BRANCHES, GAP_MODELS, PARAMETERS, RTOL, STANDS_FOR
from thermospin.spec import Material
from thermospin.spec.material import ISLAND, SCALES

_RATES = ("depairing", "spin_orbit", "spin_flip")


@dataclass(frozen=True)
class FieldGroup:
    """Fields under one heading."""

    title: str
    names: tuple[str, ...]
    open: bool = False


GROUPS = (
    FieldGroup("Junction", ("T_S", "T_Sm", "h_exc", "gamma"), open=True),
    FieldGroup("Bias", ("start", "stop", "num", "bias"), open=True),
    FieldGroup("Material: SI units", SCALE_FIELDS),
    FieldGroup(
        "Lead by lead",
        ("T", "gamma_S", "gamma_Sm", "gap_S", "gap_Sm", "h_S", "theta", "P", "gap_model"),
    ),
    FieldGroup("Films", tuple(name for rate in _RATES for name in (rate, *STANDS_FOR[rate]))),
    FieldGroup("Microwaves", ("V_ac", "hf")),
    FieldGroup("Heater in place of T_S", ("heater", "T_bath", "electron_phonon", "branch")),
    FieldGroup("Load, accuracy", ("R_L", "rtol")),
)
"""Every field of a page, but for those of a measured curve."""
_WORDS = {"gap_model": tuple(GAP_MODELS), "branch": tuple(BRANCHES)}
_LABELS = {
    "start": (LABELS["start"], "first voltage"),
    "stop": (LABELS["stop"], "last voltage"),
    "num": (LABELS["num"], f"number of voltages, 2 to {MOST_VOLTAGES}"),
    "bias": (LABELS["bias"], "bias of the energy diagram; a pointer in a figure shows others"),
    "rtol": ("rtol", f"{RTOL.meaning}; {RTOL.rule()}"),
    **{name: (name, f"such as {example}") for name, (_, example) in SCALES.items()},
    **{name: (name, f"such as {example}") for name, example in ISLAND.items()},
}
"""The label, and the meaning, of each field that is no parameter."""


class FieldGroups:
    """All fields of a page.

    Parameters
    ----------
    on_text : callable
        Is told the name of a field and its new text.

    Attributes
    ----------
    cards : list
        A card of Panel for each group.
    """

    def __init__(self, on_text: OnText) -> None:
        """Make all fields, which are empty."""
        self.rows = {
            name: FieldRow(name, on_text, *_LABELS.get(name, ()))
            for group in GROUPS
            for name in group.names
            if name not in _WORDS
        }
        self.choices = {name: ChoiceRow(name, words, on_text) for name, words in _WORDS.items()}
        self.cards = [self._card(group) for group in GROUPS]

    def _card(self, group: FieldGroup) -> pn.Card:
        return pn.Card(
            pn.pane.Bokeh(
                Column(*self._models(group), sizing_mode="stretch_width"),
                margin=0,
                sizing_mode="stretch_width",
            ),
            title=group.title,
            collapsed=not group.open,
            sizing_mode="stretch_width",
            margin=0,
            stylesheets=[CARD],
        )

    def _models(self, group: FieldGroup) -> list[LayoutDOM]:
        """Return the models of a group; two fields without a slider stand in a line."""
        models: list[LayoutDOM] = []
        first: FieldRow | None = None
        for name in group.names:
            row = self.rows.get(name)
            narrow = row if row is not None and row.slider is None else None
            if first is not None and narrow is not None:
                models[-1] = narrow.behind(first)
                first = None
            else:
                models.append(self.choices[name].model if row is None else row.model)
                first = narrow
        return models

    def show(self, state: ViewState, material: Material | None, rules: Mapping[str, str]) -> None:
        """Show the texts of a state and the rules that they break.

        Parameters
        ----------
        state : ViewState
            The texts.
        material : Material or None
            The scales; None as well if they break a rule.
        rules : mapping of str to str
            The rules by the name of the field; those of groups that are folded open them.
        """
        for name, row in self.rows.items():
            row.show(state.text(name), material, rules.get(name, ""), _when_empty(name, state))
            row.show_unit(unit_text(_unit_of(name)), in_si=bool(state.scales))
        for name, choice in self.choices.items():
            choice.show(state.text(name))
        for group, card in zip(GROUPS, self.cards, strict=True):
            if card.collapsed and any(name in rules for name in group.names):
                card.collapsed = False


def _when_empty(name: str, state: ViewState) -> str:
    """Return what an empty field means: the default, or the value of both leads."""
    for both, parts in STANDS_FOR.items():
        if name in parts and both in state.parameters:
            return state.parameters[both]
    parameter = PARAMETERS.get(name)
    return "" if parameter is None or parameter.default is None else f"{parameter.default:g}"


def _unit_of(name: str) -> str:
    """Return the reduced unit of a field, empty if it has none."""
    parameter = PARAMETERS.get("V" if name in ("start", "stop", "bias") else name)
    return "" if parameter is None else parameter.unit
