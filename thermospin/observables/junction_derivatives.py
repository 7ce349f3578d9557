"""I_q and dI_q/dV of a junction, each with its derivatives by V and by parameters of the junction.

The kernels differentiate by what stands in a table of leads, the gaps at the temperatures and
fields among it. Here both spins, both directions of fields at an angle and the dependence of the
gaps on temperature, field and rates are put together.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from thermospin.junction import FloatArray, Junction
from thermospin.kernels.current_derivatives import (
    film_current_derivatives,
    ideal_current_derivatives,
)
from thermospin.kernels.derivative_sums import (
    BY_LEADS,
    BY_T_S,
    BY_T_SM,
    BY_V,
    COLUMNS,
    CONDUCTANCE,
    CURRENT,
    KINDS,
    VALUE,
)
from thermospin.kernels.film_leads import tabulate_leads
from thermospin.kernels.film_table import films_of_junctions
from thermospin.kernels.leads import H_S, H_SM, ORBITAL_S, POLARISATION, TURNED
from thermospin.kernels.rules import QUADRATURE
from thermospin.observables.gap_slopes import gap_slope
from thermospin.observables.points import leads_table
from thermospin.quantities import DEFAULT_RTOL, NOT_WITH_MICROWAVES, RATES, STANDS_FOR, GapModel

LEADS = ("S", "Sm")
_OF_LEADS = ("gamma", "h", "gap", *RATES)
"""What the kernels differentiate by from ``BY_LEADS`` on, of S and of Sm in turn; the gap at the
temperature and field of the lead."""


def _name(argument: str, lead: str) -> str:
    """Return the parameter that is one argument of the gap equation of a lead."""
    return "h_exc" if (argument, lead) == ("h", "Sm") else f"{argument}_{lead}"


_COLUMN = {
    _name(argument, lead): BY_LEADS + 2 * k + i
    for k, argument in enumerate(_OF_LEADS)
    for i, lead in enumerate(LEADS)
} | {"T_S": BY_T_S, "T_Sm": BY_T_SM}
_ARGUMENT = {
    _name(argument, lead): (argument, lead) for argument in ("T", *_OF_LEADS) for lead in LEADS
}
_RATES = {_name(rate, lead) for rate in RATES for lead in LEADS}


@dataclass(frozen=True, eq=False)
class Derivatives:
    """A current or conductance at voltages, with its derivatives.

    Attributes
    ----------
    value : ndarray
        I_q in G_T Δ0/e or dI_q/dV in G_T, shape (n,).
    by_V : ndarray
        Its derivative by V, shape (n,).
    by_parameter : ndarray
        Its derivatives by parameters in their reduced units, shape (n, parameters).
    """

    value: FloatArray
    by_V: FloatArray
    by_parameter: FloatArray


def junction_derivatives(
    V: FloatArray, junction: Junction, names: Sequence[str]
) -> tuple[Derivatives, Derivatives]:
    """Return I_q and dI_q/dV of one junction with their derivatives.

    Parameters
    ----------
    V : ndarray
        Bias in Δ0/e, shape (n,).
    junction : Junction
        One junction.
    names : sequence of str
        Parameters of the junction.

    Returns
    -------
    current, conductance : Derivatives
        In G_T Δ0/e and G_T; accurate to about 1e-7 of the largest value of each.

    Raises
    ------
    ValueError
        If there are microwaves (V_ac > 0).
    """
    if np.any(junction.V_ac):
        raise ValueError(f"a derivative by parameters {NOT_WITH_MICROWAVES}")
    row = leads_table(junction).reshape(-1)
    parts = [STANDS_FOR.get(name, (name,)) for name in names]
    with_rates = any(part in _RATES for both in parts for part in both)
    parallel = _both_spins(V, row, with_rates)
    turn = _derivative_of_turned(junction, row) if "theta" in names else 0.0
    antiparallel = None
    if row[TURNED] != 0.0 or turn != 0.0:
        reversed_S = row.copy()
        reversed_S[H_S] *= -1.0
        antiparallel = _both_spins(V, reversed_S, with_rates)
        antiparallel[..., _COLUMN["h_S"]] *= -1.0
    sums = parallel if antiparallel is None else parallel + row[TURNED] * (antiparallel - parallel)
    total = sums[0] + row[POLARISATION] * sums[1]
    special = {"P": sums[1][..., VALUE], "theta": np.zeros((len(V), KINDS))}
    if antiparallel is not None:
        apart = antiparallel - parallel
        special["theta"] = turn * (apart[0] + row[POLARISATION] * apart[1])[..., VALUE]
    leads = {lead: _lead_of(junction, lead) for lead in LEADS}
    stacked = np.zeros((len(V), KINDS, len(names)))
    for k, both in enumerate(parts):
        for part in both:
            if part in special:
                stacked[..., k] += special[part]
            else:
                stacked[..., k] += _by_lead_parameter(part, leads, junction.gap_model, total)
    current, conductance = (
        Derivatives(total[:, kind, VALUE], total[:, kind, BY_V], stacked[:, kind])
        for kind in (CURRENT, CONDUCTANCE)
    )
    return current, conductance


def _both_spins(V: FloatArray, row: FloatArray, with_rates: bool) -> FloatArray:
    """Return the sum and the difference of spin up and down, shape (2, n, KINDS, COLUMNS).

    Spin down is spin up at −V: its current changes sign, and so does a derivative by V.
    """
    up, mirrored = _spin_up(V, row, with_rates), _spin_up(-V, row, with_rates)
    down = -mirrored
    down[:, CURRENT, BY_V] *= -1.0
    down[:, CONDUCTANCE] *= -1.0
    down[:, CONDUCTANCE, BY_V] *= -1.0
    return np.stack((up + down, up - down))


def _spin_up(V: FloatArray, row: FloatArray, with_rates: bool) -> FloatArray:
    """Return what the kernels have of spin up, shape (n, KINDS, COLUMNS)."""
    result = np.zeros((len(V), KINDS, COLUMNS))
    V = np.ascontiguousarray(V)  # else the kernels would be compiled once more
    if with_rates or np.count_nonzero(row[ORBITAL_S:]):
        films = films_of_junctions()
        tabulate_leads(row, DEFAULT_RTOL, films)
        film_current_derivatives(V, row, QUADRATURE, films, result)
    else:
        ideal_current_derivatives(V, row, QUADRATURE, result)
    return result


def _derivative_of_turned(junction: Junction, row: FloatArray) -> float:
    """Return the derivative of sin²(θ/2) by θ in units of π; 0 where the fields have no angle."""
    if row[H_S] * row[H_SM] == 0.0:
        return 0.0
    return 0.5 * math.pi * math.sin(math.pi * float(np.asarray(junction.theta)))


def _lead_of(junction: Junction, lead: str) -> dict[str, float]:
    """Return the arguments of the gap equation of a lead by name."""
    arguments = ("T", *_OF_LEADS)
    return {name: float(np.asarray(getattr(junction, _name(name, lead)))) for name in arguments}


def _by_lead_parameter(
    name: str, leads: Mapping[str, Mapping[str, float]], model: GapModel, total: FloatArray
) -> FloatArray:
    """Return the derivatives by a parameter of one lead, the gap moving with it."""
    argument, lead = _ARGUMENT[name]
    direct = 0.0 if argument == "gap" else total[..., _COLUMN[name]]
    slope = gap_slope(argument, leads[lead], model)
    result: FloatArray = direct + slope * total[..., _COLUMN[_name("gap", lead)]]
    return result
