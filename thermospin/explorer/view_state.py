"""What a page shows, as texts: the fields of a junction, its material, and a window of bias.

A state is what its fields say, right or wrong; `thermospin.explorer.checked_view` finds out which.
It goes into the address bar of the browser and back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from thermospin.quantities import BRANCHES, GAP_MODELS, HEATING, PARAMETERS, STANDS_FOR
from thermospin.spec.material import ISLAND, PAIRS, SCALES
from thermospin.spec.problems import quoted, suggest

CURRENTS_SHOWN = ("I_q", "I_s", "I_up", "I_down")
"""The currents that may be shown, by their names in files."""
JUNCTION_FIELDS = tuple(name for name in PARAMETERS if name != "V")
"""The parameters that have a field."""
SCALE_FIELDS = (*SCALES, *ISLAND)
"""The quantities of a material that have a field."""
LABELS = {"start": "V from", "stop": "V to", "num": "voltages", "bias": "V shown"}
"""What a page calls those of its fields that are no keys of a spec."""
HEATED_START = {"heater": "0.02", "T_bath": "0.01", "electron_phonon": "1"}
"""What the parameters of a heater begin with, where one of them takes the place of T_S."""
HEATED_NUM = "101"
"""The number of voltages of a heated junction, of which each takes some ten milliseconds."""
_COLD_START = "0.7"
_PHOTON_START = "0.1"
_OTHER_KEYS = ("V", "num", "bias", "show", "gap_model", "branch", "rtol")
_MICROWAVES = ("V_ac", "hf")
_LONGEST = 64  # characters of a field
_PLAIN = re.compile(r"[\w.+\-/ ^µμΩ²³]*")


@dataclass(frozen=True)
class ViewState:
    """What a page shows.

    All quantities are texts as one types them into a spec: a bare number in reduced units, or a
    number with a unit if there is a material.

    Attributes
    ----------
    parameters : mapping of str to str
        The parameters of the junction that are given, by name; others have their defaults.
    scales : mapping of str to str
        The material, such as ``T_c`` and ``1.3 K``; empty if all is in reduced units.
    start, stop : str
        The window of bias.
    num : str
        Number of voltages.
    bias : str
        The bias at which the energy diagram is drawn.
    shown : tuple of str
        Which of `CURRENTS_SHOWN` are drawn.
    gap_model, branch, rtol : str
        As in a spec.
    """

    parameters: Mapping[str, str] = field(
        default_factory=lambda: {"T_S": "0.7", "T_Sm": "0.01", "h_exc": "0.4", "gamma": "1e-4"}
    )
    scales: Mapping[str, str] = field(default_factory=dict)
    start: str = "-0.75"
    stop: str = "0.75"
    num: str = "1001"
    bias: str = "0"
    shown: tuple[str, ...] = ("I_q", "I_s")
    gap_model: str = "self-consistent"
    branch: str = "rising"
    rtol: str = "1e-8"

    def text(self, name: str) -> str:
        """Return the text of a field, empty where it is not given."""
        if name in SCALE_FIELDS:
            return self.scales.get(name, "")
        return self.parameters.get(name, "") if name in PARAMETERS else str(getattr(self, name))

    def with_text(self, name: str, text: str) -> ViewState:
        """Return this state with another text in one field.

        What excludes the field gives way: a parameter of both leads to those of one lead, T_S to a
        heater, T_c to Delta_0, and each of them the other way round.
        """
        text = text.strip()
        if name in SCALE_FIELDS:
            return replace(self, scales=_with_scale(self.scales, name, text))
        if name not in PARAMETERS:
            changed: dict[str, Any] = {name: text}
            return replace(self, **changed)
        given = dict(self.parameters)
        num = self.num
        if text:
            _make_room(given, name, self.scales)
            given[name] = text
            num = HEATED_NUM if name in HEATING and not self.is_heated else num
        else:
            _leave_out(given, name)
        ordered = {key: given[key] for key in PARAMETERS if key in given}
        return replace(self, parameters=ordered, num=num)

    def with_shown(self, shown: tuple[str, ...]) -> ViewState:
        """Return this state with other currents drawn."""
        return replace(self, shown=shown)

    @property
    def is_heated(self) -> bool:
        """Whether T_S follows from the power of a heater."""
        return "heater" in self.parameters

    def query(self) -> str:
        """Return the state as the query of an address, without what has its default."""
        usual = ViewState()
        pairs = dict(self.parameters) | dict(self.scales)
        pairs["V"] = f"{self.start},{self.stop}"
        if self.shown != usual.shown:
            pairs["show"] = ",".join(self.shown)
        for name in ("num", "bias", "gap_model", "branch", "rtol"):
            if getattr(self, name) != getattr(usual, name):
                pairs[name] = getattr(self, name)
        return urlencode(pairs)


def state_of_query(given: Mapping[str, str], otherwise: ViewState) -> tuple[ViewState, list[str]]:
    """Read the state of a page from the query of its address.

    Parameters
    ----------
    given : mapping of str to str
        The keys of the query and their values.
    otherwise : ViewState
        The state of an address without a query.

    Returns
    -------
    ViewState
        The state, with everything that could be read.
    list of str
        What could not, in words.
    """
    if not given:
        return otherwise, []
    known = (*JUNCTION_FIELDS, *SCALE_FIELDS, *_OTHER_KEYS)
    problems = [
        f"the address has {quoted(key)}, which this page does not know"
        + (f": {hint}" if (hint := suggest(key, known)) else "")
        for key in given
        if key not in known
    ]
    found: dict[str, Any] = {
        name: given[name]
        for name in ("num", "bias", "gap_model", "branch", "rtol")
        if name in given
    }
    if "," in given.get("V", ""):
        found["start"], _, found["stop"] = given["V"].partition(",")
    elif "V" in given:
        problems.append(f"V in the address must be two numbers A,B, got {quoted(given['V'])}")
    if "show" in given:
        words = [word for word in given["show"].split(",") if word]
        problems += [
            f"show in the address must be of {', '.join(CURRENTS_SHOWN)}, got {quoted(word)}"
            for word in words
            if word not in CURRENTS_SHOWN
        ]
        found["shown"] = tuple(name for name in CURRENTS_SHOWN if name in words)
    found["parameters"] = {key: given[key] for key in JUNCTION_FIELDS if given.get(key)}
    found["scales"] = {key: given[key] for key in SCALE_FIELDS if given.get(key)}
    return ViewState(**found), problems


def mistake_of_form(name: str, text: str) -> str:
    """Return what is wrong with the form of a text in a field; empty if nothing is.

    A text of another form could have a meaning of its own in a spec.
    """
    choices = {"gap_model": GAP_MODELS, "branch": BRANCHES}.get(name)
    if choices and text not in choices:
        return f"must be one of {', '.join(choices)}, got {quoted(text)}"
    if len(text) > _LONGEST or not _PLAIN.fullmatch(text):
        return f"must be a number, with a unit if there is a material, got {quoted(text)}"
    return ""


def _make_room(given: dict[str, str], name: str, scales: Mapping[str, str]) -> None:
    """Take out of the given parameters what a field excludes, in place."""
    for both, parts in STANDS_FOR.items():
        if name == both:
            for part in parts:
                given.pop(part, None)
        elif name in parts and both in given:
            shared = given.pop(both)
            given.update(dict.fromkeys(parts, shared))
    if name in HEATING:
        given.pop("T_S", None)
        if "T" in given:
            given["T_Sm"] = given.pop("T")
        for other, start in HEATED_START.items():
            if other != "electron_phonon" or "Sigma" not in scales:
                given.setdefault(other, start)
    elif name in ("T_S", "T"):
        for other in HEATING:
            given.pop(other, None)
    elif name in _MICROWAVES:
        given.setdefault("V_ac", "0")
        given.setdefault("hf", _PHOTON_START)


def _leave_out(given: dict[str, str], name: str) -> None:
    """Take a field out of the given parameters with what is nothing without it, in place."""
    for group in (HEATING, _MICROWAVES):
        if name in group:
            for other in group:
                given.pop(other, None)
    given.pop(name, None)
    if name in HEATING:
        given.setdefault("T_S", _COLD_START)


def _with_scale(scales: Mapping[str, str], name: str, text: str) -> dict[str, str]:
    """Return a material with another text of one of its quantities, which replaces its twin."""
    changed = dict(scales)
    for pair in PAIRS:
        if name in pair:
            for twin in pair:
                changed.pop(twin, None)
    changed.pop(name, None)
    return changed | {name: text} if text else changed
