"""What a valid value may not stand beside, because the theory of both together is not derived."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from thermospin.quantities import NOT_AT_AN_ANGLE, turned_with_rates
from thermospin.spec.problems import Problem
from thermospin.spec.yaml_tree import MappingNode, node_at, place_of_key


def not_derived(values: Mapping[str, ArrayLike], root: MappingNode) -> list[Problem]:
    """Return what is wrong with a mesh on which fields at an angle meet rates at some point.

    Parameters
    ----------
    values : mapping
        The points of each axis and the number of each fixed parameter, by name.
    root : MappingNode
        The top of the spec's tree, for places.
    """
    # Every value of one parameter meets every value of another.
    anywhere = {name: bool(np.any(value)) for name, value in values.items()}
    if not turned_with_rates(anywhere):
        return []
    section = "fixed" if node_at(root, ("axes", "theta")) is None else "axes"
    path = (section, "theta")
    return [Problem(place_of_key(root, path), path, NOT_AT_AN_ANGLE)]
