"""The header of a file: what the file says about itself, read and checked in this one place."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from thermospin.dataset.hdf5_attributes import Attribute, number_of, text_of
from thermospin.dataset.hdf5_metadata import FormatError
from thermospin.dataset.provenance import NumericalIdentity
from thermospin.dataset.schema import GEOMETRY, LAYOUT, SHARD
from thermospin.quantities import BRANCHES, GAP_MODELS
from thermospin.spec import CONTROL, CONTROL_BUT_LINES, LARGEST, Material, material_of

_ESCAPED = 6  # characters that JSON makes of a byte of an override, at most
_LARGEST_NUMBER = 2**63  # in the provenance
_BRANCH = "thermospin_branch"
_SHA256 = re.compile("[0-9a-f]{64}")
_SHARE = re.compile("([1-9][0-9]{0,9})/([1-9][0-9]{0,9})")
_ESCAPED_CONTROL = re.compile(r"\\u00([01]|7f|[89])", re.IGNORECASE)

Attributes = Mapping[str, Attribute]


class FileError(ValueError):
    """A file is not a result of thermospin, or not one that this version can read."""


class DamageError(FileError):
    """A file of thermospin no longer has the bytes that were written."""


class SpecText(NamedTuple):
    """The spec a file was computed from: the text as written, and ``key=value`` overrides."""

    text: str
    overrides: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class FileHeader:
    """What a file says about itself.

    Attributes
    ----------
    layout : int
        Version of the layout.
    title : str
        What the sweep shows.
    name : str
        Name of the spec.
    complete : bool
        Whether all values are there.
    gap_model : str
        One of `thermospin.quantities.GAP_MODELS`.
    rtol : float
        Relative accuracy asked of I_up and I_down.
    spec : SpecText
        The spec it was computed from.
    spec_sha256 : str
        Hash of what that means.
    shard : str or None
        ``i/n`` if it holds only a share of the chunks of a sweep.
    geometry : tuple of int
        Of a shard: number of chunks of the whole sweep, and how far each reaches along the axes.
    branch : str
        Which steady T_S heated junctions have: one of `thermospin.quantities.BRANCHES`.
    provenance : dict
        How it came about.
    """

    layout: int
    title: str
    name: str
    complete: bool
    gap_model: str
    rtol: float
    spec: SpecText
    spec_sha256: str
    provenance: dict[str, Any]
    shard: str | None = None
    geometry: tuple[int, ...] = ()
    branch: str = BRANCHES[0]

    @cached_property
    def material(self) -> Material | None:
        """The material of its spec, which converts to SI; None if there is none."""
        return material_of(self.spec.text, self.name, self.spec.overrides)

    @property
    def numerics(self) -> NumericalIdentity:
        """What decided the bits of the values beside the spec."""
        return NumericalIdentity.of(self.provenance)


def header_of(attributes: Attributes) -> FileHeader:
    """Return what the attributes at the top of a file say.

    Raises
    ------
    FileError
        If the file is not one of thermospin or its layout is newer than this program.
    FormatError
        If one is missing or is not what is written there.
    """
    layout = _layout(attributes)
    complete = number_of(attributes, "thermospin_complete")
    rtol = number_of(attributes, "thermospin_rtol")
    gap_model = _text(attributes, "thermospin_gap_model")
    spec_sha256 = _text(attributes, "thermospin_spec_sha256")
    _require("thermospin_complete", complete in (0, 1))
    _require("thermospin_rtol", 0.0 < rtol < 1.0)
    _require("thermospin_gap_model", gap_model in GAP_MODELS)
    _require("thermospin_spec_sha256", _SHA256.fullmatch(spec_sha256))
    branch = _text(attributes, _BRANCH) if _BRANCH in attributes else BRANCHES[0]
    _require(_BRANCH, branch in BRANCHES)
    shard, geometry = _share(attributes)
    return FileHeader(
        layout=layout,
        title=_text(attributes, "title"),
        name=_text(attributes, "thermospin_spec_name"),
        complete=bool(complete),
        gap_model=gap_model,
        rtol=rtol,
        spec=_spec(attributes),
        spec_sha256=spec_sha256,
        shard=shard,
        geometry=geometry,
        branch=branch,
        provenance=_provenance(attributes),
    )


def _layout(attributes: Attributes) -> int:
    if "thermospin_layout" not in attributes:
        raise FileError("is not a file of thermospin: it has no thermospin_layout")
    layout = number_of(attributes, "thermospin_layout")
    if not 1 <= layout <= LAYOUT:
        raise FileError(
            f"has layout {layout:g}, this version of thermospin reads up to {LAYOUT}; "
            "install a newer thermospin"
        )
    return int(layout)


def _require(name: str, sound: object) -> None:
    if not sound:
        raise FormatError(f"{name} is not what was written there")


def _text(attributes: Attributes, name: str) -> str:
    return text_of(attributes, name, LARGEST, CONTROL)


def _json(attributes: Attributes, name: str, longest: int) -> Any:
    try:
        return json.loads(text_of(attributes, name, longest, CONTROL))
    except (ValueError, RecursionError):
        raise FormatError(f"{name} is not JSON that can be read") from None


def _spec(attributes: Attributes) -> SpecText:
    text = text_of(attributes, "thermospin_spec", LARGEST, CONTROL_BUT_LINES)
    name = "thermospin_spec_overrides"
    overrides = _json(attributes, name, _ESCAPED * LARGEST)
    if not (isinstance(overrides, list) and all(isinstance(each, str) for each in overrides)):
        raise FormatError(f"{name} is not a list of text")
    return SpecText(text, tuple(overrides))


def _share(attributes: Attributes) -> tuple[str | None, tuple[int, ...]]:
    """Return which shard of how many a file is, and how the whole sweep is cut into chunks."""
    if SHARD not in attributes:
        return None, ()
    shard, cut = _text(attributes, SHARD), GEOMETRY
    numbers = attributes[cut].numbers() if cut in attributes else None
    geometry = tuple(int(number) for number in numbers or () if number == int(number))
    _require(cut, len(geometry) == len(numbers or ()) == 4 and min(geometry) >= 1)
    written = _SHARE.fullmatch(shard)
    _require(SHARD, written and int(written[1]) <= int(written[2]) <= geometry[0])
    return shard, geometry


def _provenance(attributes: Attributes) -> dict[str, Any]:
    """Return plain values by name, one of them the versions of all that made the file."""
    name = "thermospin_provenance"
    found = _json(attributes, name, LARGEST)
    _require(name, isinstance(found, dict))
    inner = [value for each in found.values() if isinstance(each, dict) for value in each.values()]
    outer = [value for value in found.values() if not isinstance(value, dict)]
    _require(name, all(_is_plain(value) for value in inner + outer))
    seconds = found.get("wall_seconds", 0.0)
    _require(name, isinstance(seconds, (int, float)) and seconds >= 0.0)
    _require(name, not _ESCAPED_CONTROL.search(json.dumps(found)))
    return dict(found)


def _is_plain(value: object) -> bool:
    """Return whether a value is text, a number that can be told in a few digits, or nothing."""
    if isinstance(value, (int, float)):
        return abs(value) < _LARGEST_NUMBER  # NaN is not
    return value is None or isinstance(value, str)
