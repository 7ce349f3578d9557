"""The strict reader: a small, safe part of YAML 1.2 as a tree of texts that know their place.

Stock YAML readers turn ``1e-4`` into text, ``no`` into False and ``1:30`` into 90, keep the last
of two equal keys, expand aliases and can run code. Here every scalar stays the text that was
written, and whatever makes one text mean another is refused: tags, anchors, aliases, merge keys,
duplicate keys and second documents. Only the parser's events are used, never its constructors.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from thermospin.spec.limits import LARGEST
from thermospin.spec.problems import (
    Path,
    Place,
    Problem,
    Source,
    SpecError,
    quoted,
    shorten,
    split_lines,
)

DEEPEST = 8
MOST_KEYS = 100
"""Keys of a mapping: several times as many as there are words for any."""
MOST_VALUES = 50_000
"""Values in all: room for the longest explicit axis that fits into a spec."""
MOST_PROBLEMS = 1_000
"""So many mistakes are enough to see that a text is none of ours."""


class QuotedText(str):
    """A text that stands in quotation marks, and so is no number."""


@dataclass(frozen=True)
class Scalar:
    """A value without parts, as written; empty if there is none."""

    place: Place
    text: str


@dataclass(frozen=True)
class Sequence:
    """A list."""

    place: Place
    items: list["Node"]


@dataclass(frozen=True)
class Mapping:
    """Keys with their values, in written order, and the places of the keys."""

    place: Place
    values: dict[str, "Node"] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)


Node = Scalar | Sequence | Mapping


def decode(content: bytes | str, name: str) -> str:
    """Return a spec's text without a byte order mark, or refuse it for its size or encoding."""
    try:
        raw = content.encode() if isinstance(content, str) else content
        text = raw.decode()
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        raise _refused(name, f"is not UTF-8 text (byte {error.start})") from None
    if len(raw) > LARGEST:
        raise _refused(name, f"must have at most {LARGEST} bytes, got more")
    return text.removeprefix("\ufeff")


def read(text: str, source: Source, path: Path = ()) -> tuple[Node, list[Problem]]:
    """Read one YAML document.

    Parameters
    ----------
    text : str
        The document.
    source : Source
        Where it comes from, for the places of the nodes.
    path : tuple
        Where in a spec the document belongs; not empty for an override.

    Returns
    -------
    Node
        The tree; an empty `Scalar` if the document is empty.
    list of Problem
        What the tree had to leave out.

    Raises
    ------
    SpecError
        If the text is not YAML, or larger or deeper than any spec that makes sense.
    """
    builder = _Builder(text, source, path)
    try:
        return builder.document(), builder.problems
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = source.place(mark.line, mark.column) if mark else Place(source)
        rule = f"is not valid YAML: {error.problem or error.context}"
    except yaml.reader.ReaderError as error:
        before = split_lines(text[: error.position])
        place = source.place(len(before) - 1, len(before[-1]))
        rule = f"control character U+{ord(text[error.position]):04X} is not allowed"
    except _RefusedError as error:
        place, rule = error.place, error.rule
    except (ValueError, OverflowError):  # an escape or a version number beyond all bounds
        place, rule = Place(source), "is not valid YAML: a number in it is too large"
    raise SpecError(source.name, [*builder.problems, Problem(place, path, rule)])


def plain(node: Node) -> Any:
    """Return a tree as dictionaries, lists and texts."""
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node.values.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.text


def lookup(node: Node, path: Path) -> Node | None:
    """Return the node at the end of a path, or None if the tree ends before."""
    for step in path:
        if isinstance(node, Mapping) and step in node.values:
            node = node.values[str(step)]
        elif isinstance(node, Sequence) and isinstance(step, int):
            node = node.items[step]
        else:
            return None
    return node


def place_of(root: Node, path: Path) -> Place:
    """Return where the value at a path stands, or else the nearest value around it."""
    while path and lookup(root, path) is None:
        path = path[:-1]
    node = lookup(root, path)
    return node.place if node else root.place


def place_of_key(root: Node, path: Path) -> Place:
    """Return where the last key of a path stands, or else the value around it."""
    parent = lookup(root, path[:-1]) if path else None
    if isinstance(parent, Mapping) and path[-1] in parent.keys:
        return parent.keys[str(path[-1])]
    return place_of(root, path)


def described(node: Node | None) -> str:
    """Return a value in a few words, for messages."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    return quoted(node.text) if node else "nothing"


def _refused(name: str, rule: str) -> SpecError:
    return SpecError(name, [Problem(Place(Source(name)), (), rule)])


class _RefusedError(Exception):
    """There is no use in reading on."""

    def __init__(self, place: Place, rule: str) -> None:
        super().__init__(rule)
        self.place, self.rule = place, rule


class _Builder:
    """Builds the tree from the parser's events, which come one at a time: depth stays bounded."""

    def __init__(self, text: str, source: Source, path: Path) -> None:
        self.source = source
        self.path = path
        self.problems: list[Problem] = []
        self.values = 0
        # The parser in C crashes the process on deep nesting; this one is pure Python.
        self.events: Iterator[Any] = yaml.parse(text, Loader=yaml.SafeLoader)

    def document(self) -> Node:
        next(self.events)  # the start of the stream
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            return Scalar(self._place(event), "")
        node = self._node(next(self.events), self.path, depth=1)
        next(self.events)  # the end of the document
        event = next(self.events)
        if isinstance(event, yaml.DocumentStartEvent):
            self._complain(event, (), "more than one YAML document")
        return node

    def _place(self, event: Any) -> Place:
        return self.source.place(event.start_mark.line, event.start_mark.column)

    def _complain(self, event: Any, path: Path, rule: str) -> None:
        self.problems.append(Problem(self._place(event), path, rule))
        if len(self.problems) == MOST_PROBLEMS:
            raise _RefusedError(self._place(event), "is not read on, so much is wrong")

    def _node(self, event: Any, path: Path, depth: int) -> Node:
        place = self._place(event)
        self.values += 1
        if self.values > MOST_VALUES:
            raise _RefusedError(place, f"has more than {MOST_VALUES:,} values")
        if event.anchor is not None:
            self._complain(event, path, "anchors and aliases are not allowed")
        elif event.tag is not None:
            self._complain(event, path, f"YAML tags are not allowed, got '{shorten(event.tag)}'")
        if isinstance(event, yaml.AliasEvent):
            return Scalar(place, f"*{event.anchor}")
        if isinstance(event, yaml.ScalarEvent):
            text = QuotedText(event.value) if event.style in ("'", '"') else event.value
            return Scalar(place, text)
        if depth > DEEPEST:
            raise _RefusedError(place, f"is nested deeper than {DEEPEST} levels")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(Sequence(place, []), path, depth)
        return self._mapping(Mapping(place), path, depth)

    def _sequence(self, sequence: Sequence, path: Path, depth: int) -> Sequence:
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            step = len(sequence.items)
            sequence.items.append(self._node(event, (*path, step), depth + 1))
        return sequence

    def _mapping(self, mapping: Mapping, path: Path, depth: int) -> Mapping:
        count = 0
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._node(event, path, depth + 1)
            name = key.text if isinstance(key, Scalar) else ""
            value = self._node(next(self.events), (*path, name), depth + 1)
            if not isinstance(key, Scalar):
                self._complain(event, path, f"a key must be plain text, got {described(key)}")
            elif name == "<<":
                self._complain(event, (*path, name), "merge keys are not allowed")
            elif name in mapping.values:
                first = mapping.keys[name].line
                self._complain(event, (*path, name), f"is given twice, first on line {first}")
            else:
                mapping.values[name] = value
                mapping.keys[name] = key.place
            count += 1
            if count > MOST_KEYS:
                raise _RefusedError(key.place, f"has more than {MOST_KEYS} keys")
        return mapping
