"""What a valid value may not stand beside, because the theory of both together is not derived."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from thermospin.quantities import (
    NOT_AT_AN_ANGLE,
    PARAMETERS,
    heating_not_derived,
    turned_with_rates,
)
from thermospin.spec.problems import Problem
from thermospin.spec.yaml_tree import MappingNode, node_at, place_of_key


def not_derived(
    values: Mapping[str, ArrayLike], gap_model: str, root: MappingNode
) -> list[Problem]:
    """Return what is wrong with a mesh on which values meet that exclude each other.

    Parameters
    ----------
    values : mapping
        The points of each axis and the number of each fixed parameter, by name.
    gap_model : str
        How the gaps depend on temperature and field.
    root : MappingNode
        The top of the spec's tree, for places.
    """
    # Every value of one parameter meets every value of another.
    anywhere = {name: bool(np.any(value)) for name, value in values.items()}
    broken = {"theta": NOT_AT_AN_ANGLE if turned_with_rates(anywhere) else ""}
    broken["heater"] = heating_not_derived(anywhere, gap_model) if "heater" in values else ""
    problems = []
    for name, rule in broken.items():
        if rule:
            section = "fixed" if node_at(root, ("axes", name)) is None else "axes"
            problems.append(Problem(place_of_key(root, (section, name)), (section, name), rule))
    coupling = PARAMETERS["electron_phonon"]
    if np.any(np.asarray(values.get("electron_phonon", 0.0)) > coupling.high):
        rule = f"Sigma and volume make electron_phonon, which {coupling.rule()}"
        problems.append(Problem(place_of_key(root, ("material",)), ("material",), rule))
    return problems
