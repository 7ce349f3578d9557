"""The rules of a spec that has a heater in place of the temperature of S."""

from collections.abc import Iterator

from thermospin.quantities import HEATING
from thermospin.spec.material import ISLAND
from thermospin.spec.problems import KeyPath, Problem
from thermospin.spec.yaml_tree import MappingNode, node_at, place_of_key

_MATERIAL = "material"


def heating_problems(root: MappingNode, given: set[str]) -> Iterator[Problem]:
    """Yield where a spec has not exactly one of T_S and a heater with all that it needs.

    Parameters
    ----------
    root : MappingNode
        The top of the spec's tree.
    given : set of str
        The parameters that are fixed or axes.
    """
    island = [name for name in ISLAND if node_at(root, (_MATERIAL, name)) is not None]
    heating = [name for name in HEATING if name in given]
    temperature = [name for name in ("T", "T_S") if name in given]
    if not heating and not temperature:
        yield _problem(root, "T_S", "missing key, must be given in fixed or in axes")
    if heating and temperature:
        rule = f"stands in place of T_S, must not be given beside {temperature[0]}"
        yield _problem(root, heating[0], rule)
    for name in HEATING if heating else ():
        if name not in given and not (island and name == "electron_phonon"):
            rule = f"missing key, must be given in fixed or in axes beside {heating[0]}"
            yield _problem(root, name, rule)
    if island and "electron_phonon" in heating:
        rule = f"follows from {' and '.join(ISLAND)} of the material, must not be given beside them"
        yield _problem(root, "electron_phonon", rule)
    if "heater" not in given:
        idle: list[KeyPath] = [(_MATERIAL, name) for name in island]
        idle += [("branch",)] if node_at(root, ("branch",)) is not None else []
        for path in idle:
            yield Problem(place_of_key(root, path), path, "has a meaning with a heater only")


def _problem(root: MappingNode, name: str, rule: str) -> Problem:
    """Return a problem of a parameter, at its place or, where it is missing, at that of fixed."""
    for section in ("axes", "fixed"):
        path: KeyPath = (section, name)
        if node_at(root, path) is not None:
            return Problem(place_of_key(root, path), path, rule)
    return Problem(place_of_key(root, ("fixed",)), (name,), rule)
