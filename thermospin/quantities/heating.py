"""A heater in place of the temperature of S: which parameters it needs, and what excludes it."""

from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from thermospin.quantities.film_rates import rates_of_lead

Branch = Literal["rising", "falling"]
BRANCHES: tuple[Branch, ...] = get_args(Branch)
"""Which steady temperature S has: reached as the heater grows from zero, or falls from large."""
HEATING = ("heater", "T_bath", "electron_phonon")
"""The parameters that stand in place of T_S."""

_BROADENED = (
    "the heat balance of S is not derived for gap_model dynes: use another gap_model, or give T_S"
    " in place of heater"
)
_PUMPED = (
    "the heat balance of S is not derived with microwaves: set V_ac to 0, or give T_S in place of"
    " heater"
)
_FILM = (
    "the power from electrons to phonons is not derived for a film: set the rates of S to 0 or"
    " electron_phonon to 0"
)


def heating_not_derived(parameters: Mapping[str, ArrayLike], gap_model: str) -> str:
    """Return the rule that a junction with a heater breaks; empty if its balance is derived.

    Parameters
    ----------
    parameters : mapping
        Numbers or arrays that broadcast, by the name of the parameter.
    gap_model : str
        How the gaps depend on temperature and field.
    """
    if gap_model == "dynes":
        return _BROADENED
    if np.any(parameters.get("V_ac", 0.0)):
        return _PUMPED
    coupled = np.asarray(parameters.get("electron_phonon", 0.0)) > 0.0
    rates = rates_of_lead(parameters, "S").values()
    return _FILM if any(np.any(coupled & (np.asarray(rate) > 0.0)) for rate in rates) else ""
