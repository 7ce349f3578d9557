"""The validation of a spec's tree: rules for single values, and rules that join several keys."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from thermospin.quantities import OUTPUTS, PARAMETERS, STANDS_FOR
from thermospin.spec.heating_rules import heating_problems
from thermospin.spec.material import Material
from thermospin.spec.problems import KeyPath, Place, Problem, closest, suggest
from thermospin.spec.scalar_values import Surroundings
from thermospin.spec.spec_model import (
    UNKNOWN_KEY,
    MaterialModel,
    SpecModel,
    allowed_keys,
    misplaced_key_hint,
)
from thermospin.spec.yaml_tree import (
    ListNode,
    MappingNode,
    Node,
    TextNode,
    described,
    node_at,
    place_of_key,
    place_of_value,
    without_places,
)

_MISSING_KEY = "missing key"
_INPUTS = (
    ("biased", "a bias", "V"),
    ("loaded", "a load", "R_L"),
    ("pumped", "microwaves", "V_ac"),
    ("heated", "a heater", "heater"),
)
"""What an output may need: the attribute that says so, what it is, and the parameter to give."""
_WRONG_TYPES = {
    "model_type": "must be a mapping",
    "model_attributes_type": "must be a mapping",
    "list_type": "must be a list",
    "string_type": "must be text",
    "axis_form": "must be a list, {start, stop, num} or {start, stop, step}",
}


def validate(root: MappingNode) -> tuple[SpecModel | None, list[Problem]]:
    """Check the tree of a whole spec.

    Parameters
    ----------
    root : MappingNode
        The top of the tree.

    Returns
    -------
    SpecModel or None
        The model; None if a value does not fit it.
    list of Problem
        Everything that is wrong, in no particular order.
    """
    joint = list(_joint_problems(root))
    try:
        return SpecModel.model_validate(without_places(root), context=surroundings_of(root)), joint
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
    problems = [_problem(error, root) for error in errors]
    misspelt = {_intended(problem.path) for problem in problems if problem.rule == UNKNOWN_KEY}
    # A misspelt key is one mistake, not also the lack of the right one.
    kept = [p for p in problems if p.rule != _MISSING_KEY or p.path not in misspelt]
    return None, joint + kept


def surroundings_of(root: MappingNode) -> Surroundings:
    """Return what the numbers of a spec need to know of the rest of it."""
    node = root.values.get("material")
    if node is None:
        return Surroundings()
    try:
        given = MaterialModel.model_validate(without_places(node))
    except ValidationError:
        return Surroundings(broken=True)
    return Surroundings(Material(**given.model_dump()))


def material_problems(root: MappingNode) -> list[Problem]:
    """Return everything that is wrong in the material of a document, which need not have one."""
    node = root.values.get("material")
    if node is None:
        return []
    try:
        MaterialModel.model_validate(without_places(node))
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        return [_problem({**each, "loc": ("material", *each["loc"])}, root) for each in errors]
    return []


def _intended(path: KeyPath) -> KeyPath:
    """Return the path that a misspelt one most likely stands for."""
    return (*path[:-1], closest(str(path[-1]), allowed_keys(path[:-1])))


def _problem(error: Mapping[str, Any], root: Node) -> Problem:
    """Convert an error of pydantic to a problem with its place in the tree."""
    context = error.get("ctx", {})
    location: KeyPath = error["loc"]
    if location[0] == "axes":
        location = location[:2] + location[3:]  # the third step names the form of the axis
    path = location + tuple(context.get("at", ()))
    if error["type"] == "rule":
        return Problem(place_of_value(root, path), path, context["message"], context["hint"])
    if error["type"] == "missing":
        return Problem(place_of_key(root, path[:-1]), path, _MISSING_KEY)
    if error["type"] == "extra_forbidden":
        return _unknown_key(path, root)
    got = described(node_at(root, path))
    rule = _WRONG_TYPES.get(error["type"], error["msg"])
    return Problem(place_of_value(root, path), path, f"{rule}, got {got}")


def _unknown_key(path: KeyPath, root: Node) -> Problem:
    place, key = place_of_key(root, path), str(path[-1])
    if len(path) == 3 and key == "num":
        return Problem(place, path, "give either num or step, not both")
    if len(path) == 3 and key == "scale":
        return Problem(place, path, "can only be given with num, not with step")
    hint = misplaced_key_hint(key) or suggest(key, allowed_keys(path[:-1]))
    return Problem(place, path, UNKNOWN_KEY, hint)


def _joint_problems(root: MappingNode) -> Iterator[Problem]:
    """Yield violations of the rules that join several keys.

    Sections that are not mappings are left out: the model reports them.
    """
    sections = {name: node_at(root, (name,)) for name in ("fixed", "axes")}
    places: dict[str, tuple[str, Place]] = {}
    for section, node in sections.items():
        if isinstance(node, MappingNode):
            for key, place in node.keys.items():
                if key in places:
                    yield Problem(place, (section, key), "is named both in fixed and in axes")
                places[key] = (section, place)
    if isinstance(axes := sections["axes"], MappingNode) and not axes.values:
        yield Problem(axes.place, ("axes",), "must name at least one parameter, got none")
    yield from _twofold_problems(places)
    # A misspelt key counts as the parameter that it stands for: its spelling is reported already.
    given = set(places) | {closest(key, PARAMETERS) for key in places.keys() - PARAMETERS.keys()}
    well_formed = all(node is None or isinstance(node, MappingNode) for node in sections.values())
    if well_formed:
        yield from _half_of_microwaves(places, given)
        yield from heating_problems(root, given)
        yield from _outputs_without_inputs(root, given)


def _twofold_problems(places: dict[str, tuple[str, Place]]) -> Iterator[Problem]:
    """Yield the parameters of both leads that stand beside those of one lead."""
    for both, names in STANDS_FOR.items():
        parts = [name for name in names if name in places]
        if parts and both in places:
            section, place = places[both]
            beside = " and ".join(parts)
            rule = f"stands for {' and '.join(names)}, must not be given beside {beside}"
            yield Problem(place, (section, both), rule)


def _half_of_microwaves(places: dict[str, tuple[str, Place]], given: set[str]) -> Iterator[Problem]:
    """Yield the amplitude of microwaves without their frequency, or the frequency without it."""
    for name, other in (("V_ac", "hf"), ("hf", "V_ac")):
        if name in places and other not in given:
            section, place = places[name]
            rule = f"must be given together with {other}: add {other} to axes or fixed"
            yield Problem(place, (section, name), rule)


def _outputs_without_inputs(root: MappingNode, given: set[str]) -> Iterator[Problem]:
    """Yield the outputs that need a bias, a load, microwaves or a heater that is not given."""
    outputs = node_at(root, ("outputs",))
    for i, item in enumerate(outputs.items if isinstance(outputs, ListNode) else ()):
        output = OUTPUTS.get(item.text) if isinstance(item, TextNode) else None
        for needed, what, name in _INPUTS:
            if output and getattr(output, needed) and name not in given:
                rule = f"output {output.name} needs {what}: add {name} to axes or fixed"
                yield Problem(item.place, ("outputs", i), rule)
        if output and "heater" in given and not output.biased:
            rule = f"output {output.name} has no bias, at which a heater sets T_S: leave it out"
            yield Problem(item.place, ("outputs", i), rule)
