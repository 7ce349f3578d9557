"""The densities of states of both leads with their occupations, as in Fig. 1(a) of the paper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thermospin.explorer.checked_view import CheckedView
from thermospin.gap import lead_gap
from thermospin.junction import FloatArray, Junction
from thermospin.observables import density_of_states, evaluate
from thermospin.quantities import RATES
from thermospin.units import BCS_RATIO

WIDEST = 2.0
"""Energies up to ± this many Δ0 are shown."""
_EVEN = 401  # energies that do not depend on the junction
_BESIDE = np.concatenate([-np.logspace(-5, -0.7, 24)[::-1], [0.0], np.logspace(-5, -0.7, 24)])
"""Distances from an edge at which a density is drawn as well, in Δ0."""


@dataclass(frozen=True, eq=False)
class LeadDensity:
    """The density of states of a lead, energies counted from its own chemical potential.

    Attributes
    ----------
    E : ndarray
        Energies, in Δ0, ascending, shape (n,).
    up, down : ndarray
        Density of each spin relative to the normal state, shape (n,).
    occupied : ndarray
        Occupation f(E) at the temperature of the lead, shape (n,).
    """

    E: FloatArray
    up: FloatArray
    down: FloatArray
    occupied: FloatArray


def lead_densities(view: CheckedView) -> tuple[LeadDensity, LeadDensity] | None:
    """Return the densities of S and of Sm; None if a heater gives S no temperature.

    S has a temperature of its own at each bias if it is heated: that at the bias of the view.
    """
    junction = view.junction
    if junction.is_heated:
        name = f"T_S_{junction.branch}"
        T_S = evaluate([name], [view.bias], junction, rtol=view.spec.rtol).values[name][0, 0]
        if not np.isfinite(T_S):
            return None
        junction = junction.at_temperatures([T_S], np.zeros(1, dtype=np.int64))
    return _of_lead(junction, "S", "h_S"), _of_lead(junction, "Sm", "h_exc")


def _of_lead(junction: Junction, lead: str, field: str) -> LeadDensity:
    names = (f"T_{lead}", field, f"gap_{lead}", f"gamma_{lead}")
    T, h, gap, gamma = (float(np.ravel(getattr(junction, name))[0]) for name in names)
    rates = {rate: float(np.ravel(getattr(junction, f"{rate}_{lead}"))[0]) for rate in RATES}
    delta = float(lead_gap(T, h, gap, junction.gap_model, gamma, **rates))
    edges = [sign * delta + shift for sign in (-1.0, 1.0) for shift in (-h, h)]
    E = np.concatenate([np.linspace(-2 * WIDEST, 2 * WIDEST, _EVEN), *(e + _BESIDE for e in edges)])
    E = np.unique(E)
    up = density_of_states(E, delta, gamma, h, **rates)
    down = density_of_states(E, delta, gamma, -h, **rates)
    with np.errstate(over="ignore"):
        occupied = 1.0 / (1.0 + np.exp(E / (BCS_RATIO * T)))
    return LeadDensity(E, up, down, occupied)
