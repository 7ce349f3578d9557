"""Overrides ``key=value``: changes to a spec's tree before it is validated."""

from collections.abc import Iterable

from thermospin.quantities import PARAMETERS
from thermospin.spec.model import allowed_keys, home_of
from thermospin.spec.problems import Path, Place, Problem, Source, SpecError, shorten, suggest
from thermospin.spec.reader import DEEPEST, Mapping, Node, Scalar, Sequence, described, read

_OTHER_SECTION = {"fixed": "axes", "axes": "fixed"}


def apply_overrides(root: Mapping, overrides: Iterable[str]) -> list[Problem]:
    """Put values into a tree.

    Parameters
    ----------
    root : Mapping
        The tree of a spec; it is changed.
    overrides : iterable of str
        Each is ``key=value``: a dotted key (``axes.V.num=11``) or the bare name of a parameter
        (``T_S=0.8`` means ``fixed.T_S=0.8``), and a value in YAML. A parameter that is given in
        ``fixed`` is no longer an axis, and the other way round.

    Returns
    -------
    list of Problem
        What is wrong with the overrides as such; their values are validated with the tree.
    """
    problems: list[Problem] = []
    seen: set[Path] = set()
    for override in overrides:
        key, equals, text = override.partition("=")
        place = Place(Source(f"--set {shorten(override)}"))
        path = _path(key.strip())
        if not equals:
            problems.append(Problem(place, (), "must be written key=value"))
        elif path[0] not in allowed_keys(()):
            hint = suggest(str(path[0]), (*allowed_keys(()), *PARAMETERS))
            problems.append(Problem(place, path, "unknown key", home_of(key) or hint))
        elif len(path) > DEEPEST:
            rule = f"is nested deeper than {DEEPEST} levels"
            problems.append(Problem(place, path[:1], rule))
        elif path in seen:
            problems.append(Problem(place, path, "is given twice"))
        else:
            problems += _override(root, path, text, place)
        seen.add(path)
    return problems


def _path(key: str) -> Path:
    return ("fixed", key) if key in PARAMETERS else tuple(key.split("."))


def _override(root: Mapping, path: Path, text: str, place: Place) -> list[Problem]:
    try:
        value, problems = read(text, place.source, path)
    except SpecError as error:
        return error.problems
    return problems + _put(root, path, value, place)


def _put(root: Mapping, path: Path, value: Node, place: Place) -> list[Problem]:
    """Set the value at a path, with the mappings that lead there."""
    mapping = root
    for depth, step in enumerate(path[:-1]):
        child = mapping.values.get(str(step), Scalar(place, ""))
        if isinstance(child, Sequence) or (isinstance(child, Scalar) and child.text):
            way = ".".join(map(str, path[: depth + 1]))
            rule = f"{way} is {described(child)}, must be replaced as a whole: {way}=…"
            return [Problem(place, path, rule)]
        if isinstance(child, Scalar):
            child = Mapping(place)
            _store(mapping, str(step), child, place)
        mapping = child
    _store(mapping, str(path[-1]), value, place)
    if len(path) == 2 and path[0] in _OTHER_SECTION:
        _remove(root, _OTHER_SECTION[str(path[0])], str(path[1]))
    return []


def _store(mapping: Mapping, key: str, value: Node, place: Place) -> None:
    mapping.values[key] = value
    mapping.keys[key] = place


def _remove(root: Mapping, section: str, key: str) -> None:
    mapping = root.values.get(section)
    if isinstance(mapping, Mapping) and key in mapping.values:
        del mapping.values[key], mapping.keys[key]
