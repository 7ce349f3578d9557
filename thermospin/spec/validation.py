"""From a tree to a validated model, and from the errors of both to problems with their places."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from thermospin.quantities import OUTPUTS, PARAMETERS
from thermospin.spec import reader
from thermospin.spec.model import SpecModel, allowed_keys, home_of
from thermospin.spec.problems import Path, Place, Problem, closest, suggest

UNKNOWN_KEY = "unknown key"
_MISSING_KEY = "missing key"
_WRONG_TYPES = {
    "model_type": "must be a mapping",
    "model_attributes_type": "must be a mapping",
    "list_type": "must be a list",
    "string_type": "must be text",
    "axis_form": "must be a list, {start, stop, num} or {start, stop, step}",
}


def validate(root: reader.Mapping) -> tuple[SpecModel | None, list[Problem]]:
    """Check a tree against the model and against the rules that join several keys.

    Parameters
    ----------
    root : Mapping
        The tree of a whole spec.

    Returns
    -------
    SpecModel or None
        None if the tree does not fit the model.
    list of Problem
        Everything that is wrong, in no particular order.
    """
    joint = list(_joint_problems(root))
    try:
        return SpecModel.model_validate(reader.plain(root)), joint
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
    problems = [_problem(error, root) for error in errors]
    misspelt = {_intended(problem.path) for problem in problems if problem.rule == UNKNOWN_KEY}
    # A misspelt key is one mistake, not also the lack of the right one.
    kept = [p for p in problems if p.rule != _MISSING_KEY or p.path not in misspelt]
    return None, joint + kept


def _intended(path: Path) -> Path:
    return (*path[:-1], closest(str(path[-1]), allowed_keys(path[:-1])))


def _problem(error: Mapping[str, Any], root: reader.Node) -> Problem:
    """Return what pydantic complains about as a problem with its place in the tree."""
    context = error.get("ctx", {})
    location: Path = error["loc"]
    if location[0] == "axes":
        location = location[:2] + location[3:]  # the third step names the form of the axis
    path = location + tuple(context.get("at", ()))
    if error["type"] == "rule":
        return Problem(reader.place_of(root, path), path, context["message"], context["hint"])
    if error["type"] == "missing":
        return Problem(reader.place_of_key(root, path[:-1]), path, _MISSING_KEY)
    if error["type"] == "extra_forbidden":
        return _unknown_key(path, root)
    got = reader.described(reader.lookup(root, path))
    rule = _WRONG_TYPES.get(error["type"], error["msg"])
    return Problem(reader.place_of(root, path), path, f"{rule}, got {got}")


def _unknown_key(path: Path, root: reader.Node) -> Problem:
    place, key = reader.place_of_key(root, path), str(path[-1])
    if len(path) == 3 and key == "num":
        return Problem(place, path, "give either num or step, not both")
    if len(path) == 3 and key == "scale":
        return Problem(place, path, "goes with num, not with step")
    hint = home_of(key) if len(path) == 1 else ""
    return Problem(place, path, UNKNOWN_KEY, hint or suggest(key, allowed_keys(path[:-1])))


def _joint_problems(root: reader.Mapping) -> Iterator[Problem]:
    """Yield what is wrong between sections; sections that are no mappings are left out."""
    sections = {name: reader.lookup(root, (name,)) for name in ("fixed", "axes")}
    places: dict[str, tuple[str, Place]] = {}
    for section, node in sections.items():
        if isinstance(node, reader.Mapping):
            for key, place in node.keys.items():
                if key in places:
                    yield Problem(place, (section, key), "is named both in fixed and in axes")
                places[key] = (section, place)
    if isinstance(axes := sections["axes"], reader.Mapping) and not axes.values:
        yield Problem(axes.place, ("axes",), "must name at least one parameter, got none")
    yield from _gamma_problems(places)
    # What is meant by a misspelt key counts as given: its spelling is reported already.
    given = set(places) | {closest(key, PARAMETERS) for key in places.keys() - PARAMETERS.keys()}
    well_formed = all(
        node is None or isinstance(node, reader.Mapping) for node in sections.values()
    )
    if well_formed and "T_S" not in given:
        place = reader.place_of_key(root, ("fixed",))
        yield Problem(place, ("T_S",), "missing key, must be given in fixed or in axes")
    if well_formed:
        yield from _lacking(root, given)


def _gamma_problems(places: dict[str, tuple[str, Place]]) -> Iterator[Problem]:
    parts = [name for name in ("gamma_S", "gamma_Sm") if name in places]
    if parts and "gamma" in places:
        section, place = places["gamma"]
        rule = f"stands for gamma_S and gamma_Sm, must not be given beside {' and '.join(parts)}"
        yield Problem(place, (section, "gamma"), rule)


def _lacking(root: reader.Mapping, given: set[str]) -> Iterator[Problem]:
    """Yield the outputs that lack their bias or their load."""
    outputs = reader.lookup(root, ("outputs",))
    for i, item in enumerate(outputs.items if isinstance(outputs, reader.Sequence) else ()):
        output = OUTPUTS.get(item.text) if isinstance(item, reader.Scalar) else None
        for needed, what, name in (("biased", "a bias", "V"), ("loaded", "a load", "R_L")):
            if output and getattr(output, needed) and name not in given:
                rule = f"output {output.name} needs {what}: add {name} to axes or fixed"
                yield Problem(item.place, ("outputs", i), rule)
