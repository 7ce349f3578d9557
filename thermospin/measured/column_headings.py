"""What the heading of a column says: its name, its unit and what the column holds."""

import re
from dataclasses import dataclass
from typing import Literal

from thermospin.measured.column_units import Kind, kinds_of, unit_as
from thermospin.spec.problems import shorten

NamedKind = Kind | Literal["lock-in"]

_LONGEST = 200  # characters of a heading; what is longer is no name
_OPENING = {")": "(", "]": "[", "}": "{", ">": "<"}
_BEFORE_UNIT = (" in ", "/", "_", " ", ",", ":", "-")
_NAMES: dict[Kind, set[str]] = {
    "V": {"v", "u", "voltage", "vbias", "ubias", "vb", "vdc", "vsd", "vds", "vj", "vsample",
          "spannung"},
    "I": {"i", "current", "idc", "isd", "ids", "it", "itunnel", "ijunction", "strom"},
    "dIdV": {"didv", "di/dv", "g", "conductance", "gdiff"},
}  # fmt: skip
_LOCK_IN = {"li", "lix", "liy", "lockin", "demod"}
_QUALIFIERS = {
    "applied", "bias", "calc", "calculated", "charge", "dc", "diff", "differential", "drain",
    "junction", "meas", "measured", "norm", "normalised", "normalized", "q", "quasiparticle",
    "sample", "sd", "set", "source", "sweep", "total", "tunnel", "tunneling", "tunnelling",
}  # fmt: skip
_KNOWN = _QUALIFIERS.union(*_NAMES.values())


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    place : int
        Its place among the columns, from 0.
    heading : str
        The heading as written; empty if there is none.
    name : str
        The heading without its unit.
    unit : str or None
        The unit as written, known or not; None if none is written.
    """

    place: int
    heading: str = ""
    name: str = ""
    unit: str | None = None

    @property
    def named_kind(self) -> NamedKind | None:
        """What the column holds by its name; None if the name says nothing of it."""
        return _kind_of_name(self.name)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What the column may hold by its unit."""
        return () if self.unit is None else kinds_of(self.unit)

    @property
    def label(self) -> str:
        """The heading, or the number of a column without one, for messages."""
        return shorten(self.heading) if self.heading else f"column {self.place + 1}"


def column_of(place: int, heading: str, unit_below: str = "") -> Column:
    """Read the heading of a column.

    Parameters
    ----------
    place : int
        Its place, from 0.
    heading : str
        Such as ``V (mV)``, ``Bias calc (V)``, ``I/nA`` or ``V_mV``.
    unit_below : str
        The cell below the heading in a line of units; empty if there is none.
    """
    heading = " ".join(heading.split())
    below = bare_unit(unit_below)
    if len(heading) > _LONGEST:
        return Column(place, heading, heading, below or None)
    name, unit = _split(heading)
    if below and (unit is None or not kinds_of(unit)):
        return Column(place, f"{heading} ({below})", heading if unit is None else name, below)
    return Column(place, heading, name, unit)


def bare_unit(text: str) -> str:
    """Return a unit without the brackets around it."""
    text = text.strip()
    if len(text) > 2 and _OPENING.get(text[-1]) == text[0]:
        text = text[1:-1].strip()
    return text.removeprefix("in ").strip()


def _split(heading: str) -> tuple[str, str | None]:
    """Split a heading into its name and its unit, in brackets or behind the name."""
    opening = heading.rfind(_OPENING.get(heading[-1:], "\0"))
    if opening > 0 and _variant(heading[opening:]) is None:
        return heading[:opening].strip(), bare_unit(heading[opening:])
    for mark in _BEFORE_UNIT:
        name, found, unit = heading.rpartition(mark)
        kind = _kind_of_name(name)
        if not found or not name.strip():
            continue
        if kind is not None and kind != "lock-in":
            fits = unit_as(kind, unit) is not None
        else:  # a single letter behind an unknown name, as in R_S, may mean anything
            fits = len(unit.strip()) > 1 and bool(kinds_of(unit))
        if fits:
            return name.strip(), unit.strip()
    return heading, None


def _variant(text: str) -> str | None:
    """Return the word in brackets that marks one of several sweeps of one quantity."""
    match = re.search(r"\[\s*(bwd|fwd|avg|filt|[0-9]+)\s*\]", text, re.IGNORECASE)
    return match[1] if match else None


def is_other_sweep(column: Column) -> bool:
    """Return whether a heading marks a sweep beside the main one, as ``Current [bwd] (A)``."""
    return _variant(column.heading) is not None


def _kind_of_name(name: str) -> NamedKind | None:
    words = re.sub(r"\[[^\[\]]*\]", " ", name.lower())
    words = re.sub(r"\bdi[\s_]+dv\b", "didv", words.replace("lock-in", "lockin"))
    tokens = re.split(r"[\s_.\-]+", words.replace("lock in", "lockin").strip(" _.-"))
    if _LOCK_IN & set(tokens):
        return "lock-in"
    found = {kind for kind, names in _NAMES.items() if names & set(tokens)}
    if not set(tokens) <= _KNOWN or len(found) > 1:
        return None
    if found:
        return found.pop()
    return "V" if "bias" in tokens else None
