"""What a valid value may not stand beside, because the theory of both together is not derived."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from thermospin.quantities import (
    NOT_AT_AN_ANGLE,
    NOT_WITH_MICROWAVES,
    OUTPUTS,
    PARAMETERS,
    heating_not_derived,
    mistake_of_microwaves,
    turned_with_rates,
)
from thermospin.spec.problems import Problem
from thermospin.spec.yaml_tree import MappingNode, node_at, place_of_key, place_of_value


def not_derived(
    values: Mapping[str, ArrayLike], outputs: Sequence[str], gap_model: str, root: MappingNode
) -> list[Problem]:
    """Return what is wrong with a mesh on which values meet that exclude each other.

    Fields at an angle may not meet rates, a heater what its balance is not derived for, microwaves
    of a frequency too large an amplitude, and microwaves at all some outputs.

    Parameters
    ----------
    values : mapping
        The points of each axis and the number of each fixed parameter, by name.
    outputs : sequence of str
        Names of the outputs.
    gap_model : str
        How the gaps depend on temperature and field.
    root : MappingNode
        The top of the spec's tree, for places.
    """
    # Every value of one parameter meets every value of another.
    anywhere = {name: bool(np.any(value)) for name, value in values.items()}
    broken = {"theta": NOT_AT_AN_ANGLE if turned_with_rates(anywhere) else ""}
    broken["heater"] = heating_not_derived(anywhere, gap_model) if "heater" in values else ""
    pumped = anywhere.get("V_ac", False)
    if pumped and "hf" in values:
        broken["V_ac"] = mistake_of_microwaves(np.max(values["V_ac"]), values["hf"])
    problems = [_at_parameter(name, rule, root) for name, rule in broken.items() if rule]
    for i, name in enumerate(outputs):
        if pumped and OUTPUTS[name].source.still:
            place = place_of_value(root, ("outputs", i))
            rule = f"output {name} {NOT_WITH_MICROWAVES}"
            problems.append(Problem(place, ("outputs", i), rule))
    coupling = PARAMETERS["electron_phonon"]
    if np.any(np.asarray(values.get("electron_phonon", 0.0)) > coupling.high):
        rule = f"Sigma and volume make electron_phonon, which {coupling.rule()}"
        problems.append(Problem(place_of_key(root, ("material",)), ("material",), rule))
    return problems


def _at_parameter(name: str, rule: str, root: MappingNode) -> Problem:
    path = ("fixed" if node_at(root, ("axes", name)) is None else "axes", name)
    return Problem(place_of_key(root, path), path, rule)
