"""From a file or a text to a `SweepSpec`, or to a `SpecError` that lists every mistake at once."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from thermospin.quantities import DEFAULT_RTOL, PARAMETERS, STANDS_FOR, GapModel
from thermospin.spec.material import Material
from thermospin.spec.not_derived import not_derived
from thermospin.spec.overrides import apply_overrides
from thermospin.spec.problems import Place, Problem, SpecError, TextSource
from thermospin.spec.scalar_values import GivenNumber
from thermospin.spec.spec_model import UNKNOWN_KEY, SpecModel
from thermospin.spec.spec_text import (
    bundled_specs,
    bundled_text,
    check_limits,
    decode,
    file_content,
)
from thermospin.spec.spec_types import SpacedAxis, SteppedAxis, in_si
from thermospin.spec.sweep_spec import SweepSpec
from thermospin.spec.validation import surroundings_of, validate
from thermospin.spec.yaml_reader import read_yaml, yaml_text
from thermospin.spec.yaml_tree import MappingNode, described, place_of_key, place_of_value

MOST_POINTS = 2 * 10**9
"""Points of a mesh."""

_Axes = dict[str, NDArray[np.float64]]


SpecSource: TypeAlias = "SweepSpec | str | os.PathLike[str] | Mapping[str, Any]"
"""A spec, its file, the name of a bundled spec, its text in YAML, or its keys and values."""

_NAME_OF_TEXT = "sweep"


def spec_of(source: SpecSource) -> SweepSpec:
    """Return the spec that a user of Python means.

    Parameters
    ----------
    source : SweepSpec, path, str or mapping
        A spec, its file, the name of a bundled spec, the text of a spec in YAML, or a mapping with
        the keys of a spec, whose numbers may be those of NumPy.

    Returns
    -------
    SweepSpec

    Raises
    ------
    SpecError
        If the file cannot be read, or with everything that is wrong in the spec.
    TypeError
        If the source is something else.
    """
    if isinstance(source, SweepSpec):
        return source
    if isinstance(source, Mapping):
        return parse_spec(yaml_text(source), _NAME_OF_TEXT)
    if isinstance(source, str) and (":" in source and not os.path.isfile(source)):
        return parse_spec(source, _NAME_OF_TEXT)
    if isinstance(source, str | os.PathLike):
        return load_spec(source)
    raise TypeError(
        "a spec must be a SweepSpec, a path, the name of a bundled spec, YAML text or a mapping,"
        f" not {type(source).__name__}"
    )


def load_spec(path_or_name: str | os.PathLike[str], overrides: Iterable[str] = ()) -> SweepSpec:
    """Read a spec from a file, or a bundled spec by its name.

    Parameters
    ----------
    path_or_name : str or path
        A file, or one of `bundled_specs`; a file with the name of a bundled spec takes precedence.
    overrides : iterable of str
        Changes ``key=value`` to the spec: ``fixed.T_S=0.8``, ``axes.V.num=11``, or the bare name
        of a parameter that is to have one value, ``T_S=0.8``.

    Returns
    -------
    SweepSpec

    Raises
    ------
    SpecError
        If the file cannot be read, or with everything that is wrong in it.
    """
    name = os.fspath(path_or_name)
    if name in bundled_specs() and not os.path.isfile(name):
        return parse_spec(bundled_text(name), f"{name}.yaml", overrides)
    return parse_spec(file_content(name), name, overrides)


def parse_spec(
    text: str | bytes, name: str, overrides: Iterable[str] = (), *, largest: int = MOST_POINTS
) -> SweepSpec:
    """Read a spec from its text.

    Parameters
    ----------
    text : str or bytes
        The spec, UTF-8 if bytes.
    name : str
        What messages call the spec; its stem is the name of the sweep.
    overrides : iterable of str
        Changes ``key=value`` to the spec, as in `load_spec`.
    largest : int
        The most points that the mesh may have; a larger mesh is refused before it is made.

    Returns
    -------
    SweepSpec

    Raises
    ------
    SpecError
        With everything that is wrong.
    """
    overrides = tuple(overrides)
    check_limits(name, overrides)
    text = decode(text, name)
    root, unreadable = tree_of(text, name)
    unreadable += apply_overrides(root, overrides)
    model, invalid = validate(root)
    axes, si_axes, unusable = _axes(model, root, largest) if model else ({}, {}, [])
    # Where the reader has already complained about a value, the complaint of the model is left out.
    reported = {problem.path for problem in unreadable}
    problems = unreadable + [
        problem
        for problem in invalid + unusable
        if problem.rule == UNKNOWN_KEY or problem.path not in reported
    ]
    if problems or model is None:
        raise SpecError(name, problems)
    return SweepSpec(
        name=PurePath(name).stem,
        title=model.title,
        axes=axes,
        fixed=_fixed(model),
        outputs=tuple(model.outputs),
        gap_model=cast(GapModel, model.gap_model),
        branch=model.branch,
        rtol=DEFAULT_RTOL if model.numerics.rtol is None else float(model.numerics.rtol.value),
        material=_material(model),
        text=text,
        overrides=overrides,
        si_axes=si_axes,
    )


def material_of(text: str, name: str, overrides: Iterable[str] = ()) -> Material | None:
    """Return the material of a spec without making the rest of it.

    Parameters
    ----------
    text : str
        The spec.
    name : str
        What messages call the spec.
    overrides : iterable of str
        Changes ``key=value`` to the spec, as in `load_spec`.

    Returns
    -------
    Material or None
        None if the spec has no material, or one that is not valid.

    Raises
    ------
    SpecError
        If the text is no YAML mapping.
    """
    root, _ = tree_of(decode(text, name), name)
    apply_overrides(root, overrides)
    return surroundings_of(root).material


def tree_of(text: str, name: str) -> tuple[MappingNode, list[Problem]]:
    """Read the tree of a spec.

    Parameters
    ----------
    text : str
        The spec.
    name : str
        What messages call it.

    Returns
    -------
    MappingNode
        The top of the tree.
    list of Problem
        What the YAML reader did not allow.

    Raises
    ------
    SpecError
        If the text is no YAML mapping.
    """
    root, unreadable = read_yaml(text, TextSource.of_text(name, text))
    if isinstance(root, MappingNode):
        return root, unreadable
    got = described(root)
    rule = f"the spec must be a mapping at the top level, got {got}"
    problem = Problem(root.place, (), rule)
    if got == "nothing":
        problem = Problem(Place(root.place.source), (), "the spec is empty")
    raise SpecError(name, [*unreadable, problem])


def _axes(model: SpecModel, root: MappingNode, largest: int) -> tuple[_Axes, _Axes, list[Problem]]:
    """Return the points of each axis in written order, also in SI, and what is wrong with them.

    A mesh of more than ``largest`` points is not made. The tree gives the order of the axes, and
    their places for messages.
    """
    axes_node = cast(MappingNode, root.values["axes"])
    forms = {name: getattr(model.axes, name) for name in axes_node.values}
    size = math.prod(len(form) for form in forms.values())
    if size > largest:
        factors = " × ".join(f"{len(form)}" for form in forms.values())
        rule = f"must span at most {largest} points in all, got {factors} = {size}"
        return {}, {}, [Problem(place_of_key(root, ("axes",)), ("axes",), rule)]
    axes = {name: _points(form) for name, form in forms.items()}
    problems = not_derived({**_fixed(model), **axes}, model.outputs, model.gap_model, root)
    in_units = {name: _si_points(form) for name, form in forms.items()}
    si_axes = {name: points for name, points in in_units.items() if points is not None}
    for name, points in (*axes.items(), *si_axes.items()):
        equal = np.flatnonzero(points[1:] <= points[:-1])
        if equal.size:
            i = int(equal[0])
            rule = f"points {i + 1} and {i + 2} are equal in double precision, got {points[i]!s}"
            problems.append(Problem(place_of_value(root, ("axes", name)), ("axes", name), rule))
    return axes, si_axes, problems


def _points(form: list[GivenNumber] | SpacedAxis | SteppedAxis) -> NDArray[np.float64]:
    """Return the points of an axis, read-only, in the unit of its parameter."""
    if isinstance(form, list):
        points = np.array([float(given.value) for given in form])
    else:
        points = form.points()
    points.setflags(write=False)
    return points


def _si_points(form: list[GivenNumber] | SpacedAxis | SteppedAxis) -> NDArray[np.float64] | None:
    """Return the points of an axis, read-only, in SI; None if it is written in reduced units."""
    if isinstance(form, list):
        exact = in_si(*form)
        points = None if exact is None else np.array([float(value) for value in exact])
    else:
        points = form.si_points()
    if points is not None:
        points.setflags(write=False)
    return points


def _fixed(model: SpecModel) -> dict[str, float]:
    """Return the value of every parameter that is not an axis: the given one, or its default.

    An implicit parameter is left out unless it is given, so that specs from before it existed keep
    their hash.
    """
    given: set[str] = model.fixed.model_fields_set | model.axes.model_fields_set
    unused = {name for name in PARAMETERS if PARAMETERS[name].implicit and name not in given}
    for both, parts in STANDS_FOR.items():
        unused |= {both} if given & set(parts) else set()
        unused |= set(parts) if both not in unused else set()
    fixed = {}
    for parameter in PARAMETERS.values():
        value = getattr(model.fixed, parameter.name)
        value = parameter.default if value is None else float(value.value)
        if value is not None and parameter.name not in model.axes.model_fields_set | unused:
            fixed[parameter.name] = value
    if (material := _material(model)) and material.electron_phonon is not None:
        fixed["electron_phonon"] = material.electron_phonon
    return fixed


def _material(model: SpecModel) -> Material | None:
    """Return the material; None if the results stay in reduced units."""
    return model.material and Material(**model.material.model_dump())
