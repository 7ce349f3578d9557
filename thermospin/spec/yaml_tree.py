"""The tree of a YAML document: texts, lists and mappings that remember where they stand."""

from dataclasses import dataclass, field
from typing import Any

from thermospin.spec.problems import KeyPath, Place, quoted


class QuotedText(str):
    """A text that was written in quotation marks, and so is not a number."""


@dataclass(frozen=True)
class TextNode:
    """A value without parts.

    Attributes
    ----------
    place : Place
        Where it begins.
    text : str
        The value as written; empty if there is none.
    """

    place: Place
    text: str


@dataclass(frozen=True)
class ListNode:
    """A list.

    Attributes
    ----------
    place : Place
        Where it begins.
    items : list of Node
        Its elements.
    """

    place: Place
    items: list["Node"]


@dataclass(frozen=True)
class MappingNode:
    """A mapping of keys to values.

    Attributes
    ----------
    place : Place
        Where it begins.
    values : dict of str to Node
        The values by key, in written order.
    keys : dict of str to Place
        Where each key stands.
    """

    place: Place
    values: dict[str, "Node"] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)


Node = TextNode | ListNode | MappingNode


def without_places(node: Node) -> Any:
    """Convert a tree to plain Python values.

    Parameters
    ----------
    node : Node
        The top of the tree.

    Returns
    -------
    dict, list or str
        Nested dictionaries, lists and texts.
    """
    if isinstance(node, MappingNode):
        return {key: without_places(value) for key, value in node.values.items()}
    if isinstance(node, ListNode):
        return [without_places(item) for item in node.items]
    return node.text


def node_at(root: Node, path: KeyPath) -> Node | None:
    """Find the node at the end of a path.

    Parameters
    ----------
    root : Node
        The top of the tree.
    path : KeyPath
        Keys and list indices from the top.

    Returns
    -------
    Node or None
        None if the tree has nothing there.
    """
    node = root
    for step in path:
        if isinstance(node, MappingNode) and step in node.values:
            node = node.values[str(step)]
        elif isinstance(node, ListNode) and isinstance(step, int):
            node = node.items[step]
        else:
            return None
    return node


def place_of_value(root: Node, path: KeyPath) -> Place:
    """Find where the value at a path stands.

    Parameters
    ----------
    root : Node
        The top of the tree.
    path : KeyPath
        Keys and list indices from the top.

    Returns
    -------
    Place
        The place of the value; if it is missing, that of the innermost value that would hold it.
    """
    while path and node_at(root, path) is None:
        path = path[:-1]
    node = node_at(root, path)
    return node.place if node else root.place


def place_of_key(root: Node, path: KeyPath) -> Place:
    """Find where the last key of a path stands.

    Parameters
    ----------
    root : Node
        The top of the tree.
    path : KeyPath
        Keys and list indices from the top.

    Returns
    -------
    Place
        The place of the key; if it is missing, that of the innermost value that would hold it.
    """
    parent = node_at(root, path[:-1]) if path else None
    if isinstance(parent, MappingNode) and path[-1] in parent.keys:
        return parent.keys[str(path[-1])]
    return place_of_value(root, path)


def described(node: Node | None) -> str:
    """Name a value in a message, in a few words.

    Parameters
    ----------
    node : Node or None
        The value; None if it is missing.

    Returns
    -------
    str
        ``a mapping``, ``a list``, ``nothing``, or the quoted text.
    """
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, ListNode):
        return "a list"
    return quoted(node.text) if node else "nothing"
