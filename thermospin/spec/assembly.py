"""From a validated model to a `SweepSpec`: the points of the axes and the completed defaults."""

import math
from fractions import Fraction
from typing import cast

import numpy as np
from numpy.typing import NDArray

from thermospin.quantities import DEFAULT_RTOL, PARAMETERS, GapModel
from thermospin.spec.model import MaterialModel, Spaced, SpecModel, Stepped
from thermospin.spec.problems import Problem
from thermospin.spec.reader import Mapping, place_of, place_of_key
from thermospin.spec.sweep_spec import Material, SweepSpec

MOST_POINTS = 2 * 10**9

_Axes = dict[str, NDArray[np.float64]]


def build_axes(model: SpecModel, root: Mapping, largest: int) -> tuple[_Axes, list[Problem]]:
    """Return the points of each axis.

    Parameters
    ----------
    model : SpecModel
        The validated spec.
    root : Mapping
        Its tree, for the order and the places of the axes.
    largest : int
        The most points that the mesh may have.

    Returns
    -------
    dict of str to ndarray
        Points in written order, read-only; empty if the mesh is too large.
    list of Problem
        A mesh that is too large, or points that double precision cannot tell apart.
    """
    forms = {name: getattr(model.axes, name) for name in cast(Mapping, root.values["axes"]).values}
    size = math.prod(len(form) for form in forms.values())
    if size > largest:
        factors = " × ".join(f"{len(form)}" for form in forms.values())
        rule = f"must span at most {largest} points in all, got {factors} = {size}"
        return {}, [Problem(place_of_key(root, ("axes",)), ("axes",), rule)]
    axes = {name: _points(form) for name, form in forms.items()}
    problems = []
    for name, points in axes.items():
        equal = np.flatnonzero(points[1:] <= points[:-1])
        if equal.size:
            i = int(equal[0])
            rule = f"points {i + 1} and {i + 2} are equal in double precision, got {points[i]!s}"
            problems.append(Problem(place_of(root, ("axes", name)), ("axes", name), rule))
    return axes, problems


def assemble(
    model: SpecModel, axes: _Axes, name: str, text: str, overrides: tuple[str, ...]
) -> SweepSpec:
    """Return the sweep of a model without problems."""
    return SweepSpec(
        name=name,
        title=model.title,
        axes=axes,
        fixed=_fixed(model),
        outputs=tuple(model.outputs),
        gap_model=cast(GapModel, model.gap_model),
        rtol=DEFAULT_RTOL if model.numerics.rtol is None else float(model.numerics.rtol),
        material=_material(model.material),
        text=text,
        overrides=overrides,
    )


def _points(form: list[Fraction] | Spaced | Stepped) -> NDArray[np.float64]:
    points = np.array([float(x) for x in form]) if isinstance(form, list) else form.points()
    points.setflags(write=False)
    return points


def _fixed(model: SpecModel) -> dict[str, float]:
    """Return every parameter that is not an axis, with its default where it was not given.

    An implicit one is left out where it was not given: what was computed before it existed keeps
    its hash.
    """
    given: set[str] = model.fixed.model_fields_set | model.axes.model_fields_set
    unused = {"gamma"} if given & {"gamma_S", "gamma_Sm"} else {"gamma_S", "gamma_Sm"}
    unused |= {name for name in PARAMETERS if PARAMETERS[name].implicit and name not in given}
    fixed = {}
    for parameter in PARAMETERS.values():
        value = getattr(model.fixed, parameter.name)
        value = parameter.default if value is None else float(value)
        if value is not None and parameter.name not in model.axes.model_fields_set | unused:
            fixed[parameter.name] = value
    return fixed


def _material(model: MaterialModel | None) -> Material | None:
    if model is None:
        return None
    (gap, gap_text), (conductance, conductance_text) = model.Delta_0, model.G_T
    return Material(gap, conductance, gap_text, conductance_text)
