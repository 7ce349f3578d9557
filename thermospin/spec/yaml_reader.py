"""The strict YAML reader: a small, safe part of YAML 1.2, read into a tree of texts.

Stock YAML readers turn ``1e-4`` into text, ``no`` into False and ``1:30`` into 90, keep the last
of two equal keys, expand aliases and can run code. This reader keeps every scalar as the text that
was written, and refuses whatever could make a text mean something else: tags, anchors, aliases,
merge keys, duplicate keys and second documents. It uses the events of PyYAML's parser and never
its constructors.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from thermospin.spec.problems import (
    KeyPath,
    Place,
    Problem,
    SpecError,
    TextSource,
    shorten,
    split_lines,
)
from thermospin.spec.yaml_tree import (
    ListNode,
    MappingNode,
    Node,
    QuotedText,
    TextNode,
    described,
)

DEEPEST = 8
"""Levels of nesting; a spec needs three."""
MOST_KEYS = 100
"""Keys in one mapping: several times as many as a spec has names for."""
MOST_VALUES = 50_000
"""Values in a document: more than the longest explicit axis that fits into a spec."""
MOST_PROBLEMS = 1_000
"""Mistakes after which reading stops: the text is no spec at all."""


def read_yaml(text: str, source: TextSource, path: KeyPath = ()) -> tuple[Node, list[Problem]]:
    """Read one YAML document into a tree.

    Parameters
    ----------
    text : str
        The document.
    source : TextSource
        Where it comes from, for the places of the nodes.
    path : KeyPath
        Where in a spec the document belongs: empty for a whole spec, the key for an override.

    Returns
    -------
    Node
        The top of the tree; an empty `TextNode` if the document is empty.
    list of Problem
        Parts that are not allowed, such as duplicate keys; the tree lacks them.

    Raises
    ------
    SpecError
        If the text is not YAML, or far larger or deeper than any spec.
    """
    builder = _TreeBuilder(text, source, path)
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
    except _StopReadingError as error:
        place, rule = error.place, error.rule
    except (ValueError, OverflowError):  # an escape or a version number beyond all bounds
        place, rule = Place(source), "is not valid YAML: a number in it is too large"
    raise SpecError(source.name, [*builder.problems, Problem(place, path, rule)])


class _StopReadingError(Exception):
    """The document breaks a limit, so that reading on is pointless."""

    def __init__(self, place: Place, rule: str) -> None:
        super().__init__(rule)
        self.place, self.rule = place, rule


class _TreeBuilder:
    """Builds a tree from the parser's events, one at a time, so that `DEEPEST` bounds recursion."""

    def __init__(self, text: str, source: TextSource, path: KeyPath) -> None:
        self.source = source
        self.path = path
        self.problems: list[Problem] = []
        self.value_count = 0
        # The parser in C crashes the process on deep nesting; this one is pure Python.
        self.events: Iterator[Any] = yaml.parse(text, Loader=yaml.SafeLoader)

    def document(self) -> Node:
        next(self.events)  # the start of the stream
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            return TextNode(self._place(event), "")
        node = self._node(next(self.events), self.path, depth=1)
        next(self.events)  # the end of the document
        event = next(self.events)
        if isinstance(event, yaml.DocumentStartEvent):
            self._complain(event, (), "more than one YAML document; keep one in each file")
        return node

    def _place(self, event: Any) -> Place:
        return self.source.place(event.start_mark.line, event.start_mark.column)

    def _complain(self, event: Any, path: KeyPath, rule: str) -> None:
        self.problems.append(Problem(self._place(event), path, rule))
        if len(self.problems) == MOST_PROBLEMS:
            rule = f"reading stopped here, after {MOST_PROBLEMS:,} problems"
            raise _StopReadingError(self._place(event), rule)

    def _node(self, event: Any, path: KeyPath, depth: int) -> Node:
        place = self._place(event)
        self.value_count += 1
        if self.value_count > MOST_VALUES:
            raise _StopReadingError(place, f"has more than {MOST_VALUES:,} values")
        if event.anchor is not None:
            self._complain(event, path, "anchors and aliases are not allowed")
        elif event.tag is not None:
            self._complain(event, path, f"YAML tags are not allowed, got '{shorten(event.tag)}'")
        if isinstance(event, yaml.AliasEvent):
            return TextNode(place, f"*{event.anchor}")
        if isinstance(event, yaml.ScalarEvent):
            text = QuotedText(event.value) if event.style in ("'", '"') else event.value
            return TextNode(place, text)
        if depth > DEEPEST:
            raise _StopReadingError(place, f"is nested deeper than {DEEPEST} levels")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(ListNode(place, []), path, depth)
        return self._mapping(MappingNode(place), path, depth)

    def _list(self, node: ListNode, path: KeyPath, depth: int) -> ListNode:
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            index = len(node.items)
            node.items.append(self._node(event, (*path, index), depth + 1))
        return node

    def _mapping(self, node: MappingNode, path: KeyPath, depth: int) -> MappingNode:
        count = 0
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._node(event, path, depth + 1)
            name = key.text if isinstance(key, TextNode) else ""
            value = self._node(next(self.events), (*path, name), depth + 1)
            if not isinstance(key, TextNode):
                self._complain(event, path, f"a key must be plain text, got {described(key)}")
            elif name == "<<":
                self._complain(event, (*path, name), "merge keys are not allowed")
            elif name in node.values:
                first = node.keys[name].line
                self._complain(event, (*path, name), f"is given twice, first on line {first}")
            else:
                node.values[name] = value
                node.keys[name] = key.place
            count += 1
            if count > MOST_KEYS:
                raise _StopReadingError(key.place, f"has more than {MOST_KEYS} keys")
        return node


def yaml_text(spec: Mapping[str, Any]) -> str:
    """Write a mapping as a YAML document that `read_yaml` reads.

    Parameters
    ----------
    spec : mapping
        Texts, numbers, lists and mappings; arrays and numbers of NumPy are written as lists and
        numbers.

    Returns
    -------
    str
        The document; the keys keep their order.

    Raises
    ------
    TypeError
        If a value is something else, such as a quantity of a library of units or a masked array.
    """
    try:
        return yaml.safe_dump(_plain(spec), sort_keys=False, allow_unicode=True, width=100)
    except yaml.representer.RepresenterError as error:
        raise TypeError(
            f"a spec must be made of texts, numbers, lists and mappings: {error}"
        ) from None


def _plain(value: Any) -> Any:
    """Return a value without types of NumPy."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if hasattr(value, "mask") or hasattr(value, "unit") or hasattr(value, "units"):
        rule = "a number of a spec must be bare, or a text with a unit such as '100 mK'"
        raise TypeError(f"{rule}, got {value!r}")
    if hasattr(value, "tolist"):
        return value.tolist()
    return [_plain(item) for item in value] if isinstance(value, list | tuple | range) else value
