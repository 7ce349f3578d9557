"""What a valid value may not stand beside, because the theory of both together is not derived."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from thermospin.quantities import (
    NOT_AT_AN_ANGLE,
    NOT_WITH_MICROWAVES,
    OUTPUTS,
    mistake_of_microwaves,
    turned_with_rates,
)
from thermospin.spec.problems import Problem
from thermospin.spec.yaml_tree import MappingNode, node_at, place_of_key, place_of_value


def not_derived(
    values: Mapping[str, ArrayLike], outputs: Sequence[str], root: MappingNode
) -> list[Problem]:
    """Return what is wrong with a mesh, on which every value of a parameter meets those of others.

    Fields at an angle may not meet rates, microwaves of a frequency too large an amplitude, and
    microwaves at all some outputs.

    Parameters
    ----------
    values : mapping
        The points of each axis and the number of each fixed parameter, by name.
    outputs : sequence of str
        Names of the outputs.
    root : MappingNode
        The top of the spec's tree, for places.
    """
    problems = []
    if turned_with_rates({name: bool(np.any(value)) for name, value in values.items()}):
        problems.append(_at_parameter("theta", NOT_AT_AN_ANGLE, root))
    if not np.any(values.get("V_ac", 0.0)):
        return problems
    if "hf" in values and (wrong := mistake_of_microwaves(np.max(values["V_ac"]), values["hf"])):
        problems.append(_at_parameter("V_ac", wrong, root))
    for i, name in enumerate(outputs):
        if OUTPUTS[name].source.still:
            place = place_of_value(root, ("outputs", i))
            rule = f"output {name} {NOT_WITH_MICROWAVES}"
            problems.append(Problem(place, ("outputs", i), rule))
    return problems


def _at_parameter(name: str, rule: str, root: MappingNode) -> Problem:
    path = ("fixed" if node_at(root, ("axes", name)) is None else "axes", name)
    return Problem(place_of_key(root, path), path, rule)
