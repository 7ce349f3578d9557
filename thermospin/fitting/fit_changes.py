"""What a command line says of a fit besides its spec: changes to the tree of the spec."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from thermospin.spec.overrides import put_text
from thermospin.spec.problems import Place, Problem, TextSource, shorten
from thermospin.spec.yaml_tree import ListNode, MappingNode, Node, TextNode

_SECTIONS = ("fixed", "free", "circuit")


@dataclass(frozen=True)
class FitChanges:
    """What a command line says of a fit.

    Attributes
    ----------
    data : tuple of str
        Files of curves, in place of those of the spec.
    reading : mapping of str to str or tuple of str
        How these files are read: the keys of an entry of ``data``.
    free : tuple of str
        Names of parameters that are to be found.
    fixed : tuple of str
        Each ``name=value``: a parameter that is known.
    material : mapping of str to str
        The scales of units, such as ``Delta_0`` and ``200 ueV``, in place of those of the spec.
    """

    data: tuple[str, ...] = ()
    reading: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    free: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    material: Mapping[str, str] = field(default_factory=dict)


def apply_changes(root: MappingNode, changes: FitChanges) -> list[Problem]:
    """Change the tree of a fit spec as a command line says.

    Parameters
    ----------
    root : MappingNode
        The top of the tree; it is changed in place.
    changes : FitChanges
        The changes. A parameter that is fixed is no longer free, and the other way round.

    Returns
    -------
    list of Problem
        Changes that cannot be applied.
    """
    problems: list[Problem] = []
    for name in changes.free:
        place = Place(TextSource(f"--free {shorten(name)}"))
        _forget(root, name)
        problems += put_text(root, ("free", name), "", place)
    for text in changes.fixed:
        place = Place(TextSource(f"--fixed {shorten(text)}"))
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals:
            problems.append(Problem(place, (), "must be written name=value"))
            continue
        _forget(root, name)
        problems += put_text(root, ("fixed", name), value, place)
    if changes.material:
        put_material(root, changes.material, Place(TextSource("--material")))
    if changes.data:
        entries = [
            _node({"file": file, **changes.reading}, Place(TextSource(shorten(file))))
            for file in changes.data
        ]
        _put(root, "data", ListNode(Place(TextSource("DATA")), entries))
    return problems


def put_material(root: MappingNode, scales: Mapping[str, str], place: Place) -> None:
    """Set the scales of units.

    Parameters
    ----------
    root : MappingNode
        The top of the tree of a fit spec; it is changed in place.
    scales : mapping of str to str
        Such as ``Delta_0`` and ``200 ueV``.
    place : Place
        Where they are said, for messages.
    """
    _put(root, "material", _node(scales, place))


def put_free(root: MappingNode, names: Iterable[str], place: Place) -> None:
    """Have parameters found as well.

    Parameters
    ----------
    root, place
        As in `put_material`.
    names : iterable of str
        The parameters.
    """
    for name in names:
        put_text(root, ("free", name), "", place)


def _forget(root: MappingNode, name: str) -> None:
    """Remove what the spec says of a parameter."""
    for section in _SECTIONS:
        mapping = root.values.get(section)
        if isinstance(mapping, MappingNode) and name in mapping.values:
            del mapping.values[name], mapping.keys[name]


def _put(root: MappingNode, key: str, node: Node) -> None:
    root.values[key], root.keys[key] = node, node.place


def _node(value: object, place: Place) -> Node:
    """Return a value of a command line as a part of a tree."""
    if isinstance(value, Mapping):
        parts = {key: _node(part, place) for key, part in value.items()}
        return MappingNode(place, parts, dict.fromkeys(parts, place))
    if isinstance(value, tuple):
        return ListNode(place, [_node(part, place) for part in value])
    return TextNode(place, str(value))
