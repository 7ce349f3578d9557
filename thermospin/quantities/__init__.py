"""The words: every parameter and output, its unit, its symbol, its meaning and what is asked of it.

One name per quantity: the YAML key, the Python field, the HDF5 variable and the keyword are the
same word. Units are reduced: energies in Δ0, temperatures in T_c, bias in Δ0/e, currents in
G_T Δ0/e, conductances in G_T, power and heat in G_T Δ0²/e², noise in G_T Δ0, where Δ0 and T_c
belong to one reference gap.
"""

from thermospin.quantities.film_rates import (
    NOT_AT_AN_ANGLE,
    RATES,
    are_ideal,
    rates_of_lead,
    turned_with_rates,
)
from thermospin.quantities.heating import BRANCHES, HEATING, Branch, heating_not_derived
from thermospin.quantities.microwaves import NOT_WITH_MICROWAVES, mistake_of_microwaves
from thermospin.quantities.outputs import (
    CURRENTS,
    FLOWS,
    OUTPUTS,
    SLOPE,
    STATUS,
    STEADY,
    Output,
    Parity,
    cost_of,
)
from thermospin.quantities.parameters import (
    DEFAULT_RTOL,
    GAP_MODELS,
    PARAMETERS,
    RTOL,
    STANDS_FOR,
    GapModel,
    Parameter,
    of_one_lead,
)
from thermospin.quantities.si_units import (
    ELEMENTARY_CHARGE,
    FREQUENCIES,
    ISLAND_UNITS,
    PREFIXES,
    SI_UNITS,
    SIUnit,
    si_unit_of,
)

__all__ = [
    "BRANCHES",
    "CURRENTS",
    "DEFAULT_RTOL",
    "ELEMENTARY_CHARGE",
    "FLOWS",
    "FREQUENCIES",
    "GAP_MODELS",
    "HEATING",
    "ISLAND_UNITS",
    "NOT_AT_AN_ANGLE",
    "NOT_WITH_MICROWAVES",
    "OUTPUTS",
    "PARAMETERS",
    "PREFIXES",
    "RATES",
    "RTOL",
    "SI_UNITS",
    "SLOPE",
    "STANDS_FOR",
    "STATUS",
    "STEADY",
    "Branch",
    "GapModel",
    "Output",
    "Parameter",
    "Parity",
    "SIUnit",
    "are_ideal",
    "cost_of",
    "heating_not_derived",
    "mistake_of_microwaves",
    "of_one_lead",
    "rates_of_lead",
    "si_unit_of",
    "turned_with_rates",
]
