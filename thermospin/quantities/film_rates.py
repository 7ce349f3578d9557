"""The rates of depairing in the film of a lead: which parameters they are, and what excludes them.

A lead without them is called ideal: its density of states is that of Eq. (1).
"""

from collections.abc import Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from thermospin.quantities.parameters import STANDS_FOR, of_one_lead

Value = TypeVar("Value")

RATES = ("depairing", "spin_orbit", "spin_flip")
"""The rates, each by the name of the parameter that stands for both leads."""

NOT_AT_AN_ANGLE = (
    "exchange fields at an angle are not derived together with rates of depairing, spin-orbit or"
    " spin-flip scattering: set theta to 0 (antiparallel fields are fields of opposite sign), or"
    " these rates to 0"
)
"""The rule that `turned_with_rates` finds broken."""


def rates_of_lead(parameters: Mapping[str, Value], lead: str) -> dict[str, Value]:
    """Return the rates of a lead that are given, by the names in `RATES`.

    Parameters
    ----------
    parameters : mapping
        Values by the name of the parameter; a rate may be given for both leads together.
    lead : str
        ``S`` or ``Sm``.
    """
    given = {}
    for rate in RATES:
        if f"{rate}_{lead}" in parameters or rate in parameters:
            given[rate] = of_one_lead(parameters, f"{rate}_{lead}")
    return given


def are_ideal(parameters: Mapping[str, ArrayLike]) -> bool:
    """Return whether no rate of either lead is above 0 anywhere.

    Parameters
    ----------
    parameters : mapping
        Numbers or arrays by the name of the parameter.
    """
    names = [name for rate in RATES for name in (rate, *STANDS_FOR[rate])]
    return not any(np.any(parameters[name]) for name in names if name in parameters)


def turned_with_rates(parameters: Mapping[str, ArrayLike]) -> bool:
    """Return whether fields at an angle meet rates of either lead anywhere, which is not derived.

    Parameters
    ----------
    parameters : mapping
        Numbers or arrays that broadcast, by the name of the parameter.
    """
    if not np.any(parameters.get("theta", 0.0)) or are_ideal(parameters):
        return False
    turned = np.asarray(parameters["theta"]) != 0.0
    for name in ("h_S", "h_exc"):
        turned = turned & (np.asarray(parameters[name]) != 0.0)
    rates = [rate for lead in ("S", "Sm") for rate in rates_of_lead(parameters, lead).values()]
    return any(bool(np.any(turned & (np.asarray(rate) != 0.0))) for rate in rates)
