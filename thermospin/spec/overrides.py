"""Overrides ``key=value`` of a spec: changes to its tree, made before it is validated."""

from collections.abc import Iterable

from thermospin.quantities import PARAMETERS
from thermospin.spec.problems import (
    KeyPath,
    Place,
    Problem,
    SpecError,
    TextSource,
    shorten,
    suggest,
)
from thermospin.spec.spec_model import UNKNOWN_KEY, allowed_keys, misplaced_key_hint
from thermospin.spec.yaml_reader import DEEPEST, read_yaml
from thermospin.spec.yaml_tree import ListNode, MappingNode, Node, TextNode, described

_OTHER_SECTION = {"fixed": "axes", "axes": "fixed"}


def apply_overrides(root: MappingNode, overrides: Iterable[str]) -> list[Problem]:
    """Change the tree of a spec as the overrides say.

    Parameters
    ----------
    root : MappingNode
        The top of the tree; it is changed in place.
    overrides : iterable of str
        Each is ``key=value``: a dotted key (``axes.V.num=11``) or the bare name of a parameter
        (``T_S=0.8`` means ``fixed.T_S=0.8``), and a value in YAML. A parameter that is given in
        ``fixed`` is no longer an axis, and the other way round.

    Returns
    -------
    list of Problem
        Overrides that cannot be applied. The values of the others are validated with the tree.
    """
    problems: list[Problem] = []
    seen: set[KeyPath] = set()
    for override in overrides:
        key, equals, text = override.partition("=")
        place = Place(TextSource(f"--set {shorten(override)}"))
        path = _path(key.strip())
        if not equals:
            problems.append(Problem(place, (), "must be written key=value"))
        elif path[0] not in allowed_keys(()):
            hint = suggest(str(path[0]), (*allowed_keys(()), *PARAMETERS))
            problems.append(Problem(place, path, UNKNOWN_KEY, misplaced_key_hint(key) or hint))
        elif len(path) > DEEPEST:
            rule = f"is nested deeper than {DEEPEST} levels"
            problems.append(Problem(place, path[:1], rule))
        elif path in seen:
            problems.append(Problem(place, path, "is given twice"))
        else:
            problems += put_text(root, path, text, place)
        seen.add(path)
    return problems


def _path(key: str) -> KeyPath:
    return ("fixed", key) if key in PARAMETERS else tuple(key.split("."))


def put_text(root: MappingNode, path: KeyPath, text: str, place: Place) -> list[Problem]:
    """Read the text of a value and put it into a tree.

    Parameters
    ----------
    root : MappingNode
        The top of the tree; it is changed in place.
    path : KeyPath
        Where the value belongs; mappings on the way there are made if they are missing.
    text : str
        The value in YAML.
    place : Place
        Where it was given.

    Returns
    -------
    list of Problem
        Why it cannot be put there; empty if it was.
    """
    try:
        value, problems = read_yaml(text, place.source, path)
    except SpecError as error:
        return error.problems
    return problems + _put(root, path, value, place)


def _put(root: MappingNode, path: KeyPath, value: Node, place: Place) -> list[Problem]:
    """Set the value at a path; mappings on the way there are made if they are missing."""
    mapping = root
    for depth, step in enumerate(path[:-1]):
        child = mapping.values.get(str(step), TextNode(place, ""))
        if isinstance(child, ListNode) or (isinstance(child, TextNode) and child.text):
            key = ".".join(map(str, path[: depth + 1]))
            rule = f"{key} is {described(child)}, must be replaced as a whole: {key}=…"
            return [Problem(place, path, rule)]
        if isinstance(child, TextNode):
            child = MappingNode(place)
            _store(mapping, str(step), child, place)
        mapping = child
    _store(mapping, str(path[-1]), value, place)
    if len(path) == 2 and path[0] in _OTHER_SECTION:
        _remove(root, _OTHER_SECTION[str(path[0])], str(path[1]))
    return []


def _store(mapping: MappingNode, key: str, value: Node, place: Place) -> None:
    mapping.values[key] = value
    mapping.keys[key] = place


def _remove(root: MappingNode, section: str, key: str) -> None:
    mapping = root.values.get(section)
    if isinstance(mapping, MappingNode) and key in mapping.values:
        del mapping.values[key], mapping.keys[key]
