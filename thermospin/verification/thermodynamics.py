"""The check of the laws of thermodynamics at every point with stored heat currents."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset.open_file import OpenFile
from thermospin.quantities import STATUS, of_one_lead
from thermospin.units import BCS_RATIO
from thermospin.verification.checks import Check, ends_of, energy_range, rounding_of
from thermospin.verification.slabs import slabs

FloatArray = NDArray[np.float64]

LEADS = ("S", "Sm")
TOLERANCES = 4.0
"""So many times the relative accuracy asked for may a heat current be off."""


def check_thermodynamics(stored: OpenFile) -> Check:
    """Check that energy is conserved and that entropy does not decrease.

    Energy conservation demands J_Sm − J_S = I_q V + P_ac, where P_ac is 0 without microwaves; the
    rate of entropy production is J_Sm/T_Sm − J_S/T_S ≥ 0. Where a heater sets T_S, that of its
    branch must be stored for it.
    """
    title = "thermodynamics"
    if not stored.variables.keys() >= {"J_S", "J_Sm"}:
        return Check(title, True, "J_S and J_Sm are not stored together")
    rounding = rounding_of(stored) * energy_range(stored)
    pumped = ends_of(stored).get("V_ac", (0.0, 0.0))[1] > 0.0
    balanced = stored.variables.keys() >= {"I_q", *(["P_ac"] if pumped else [])}
    counts = dict.fromkeys(("points", "energy", "entropy"), 0)
    for values, parameters in _points(stored):
        counts["points"] += values["J_S"].size
        heat = values["J_Sm"] - values["J_S"]
        if balanced:
            absorbed = values.get("P_ac", np.zeros(1))
            lost = np.abs(heat - values["I_q"] * parameters["V"] - absorbed)
            # P_ac is a sum of its own, so that its error is not that of the heat currents.
            inexact = TOLERANCES * stored.header.rtol * np.abs(absorbed)
            counts["energy"] += int(np.count_nonzero(~(lost <= rounding + inexact)))
        if "T_S" not in parameters:
            continue
        rates = [values[f"J_{lead}"] / (BCS_RATIO * parameters[f"T_{lead}"]) for lead in LEADS]
        allowed = TOLERANCES * stored.header.rtol * sum(map(np.abs, rates)) + rounding * sum(
            1.0 / (BCS_RATIO * parameters[f"T_{lead}"]) for lead in LEADS
        )
        counts["entropy"] += int(np.count_nonzero(~(rates[1] - rates[0] >= -allowed)))
    wrong = [f"{counts[law]:,} lose {law}" for law in ("energy", "entropy") if counts[law]]
    laws = {"energy": balanced, "entropy": _knows_T_S(stored)}
    what = " and ".join(law for law, checked in laws.items() if checked)
    passed = f"{what} balance at {counts['points']:,} points" if what else "T_S is not stored"
    return Check(title, not wrong, "; ".join(wrong) or passed)


def _points(stored: OpenFile) -> Iterator[tuple[dict[str, FloatArray], dict[str, FloatArray]]]:
    """Yield the heat and charge currents and the parameters of all points that met rtol.

    One pair of dictionaries for each slab of the file, arrays of shape (points,).
    """
    steady = _steady_output(stored)
    names = [name for name in ("J_S", "J_Sm", "I_q", "P_ac", steady) if name in stored.variables]
    fixed, variable = stored.fixed(), stored.variables["J_S"]
    first = 0
    for slab in slabs(stored, [*names, "status"]):
        met = slab["status"] == STATUS["ok"]
        places = np.unravel_index(np.arange(first, first + met.size), variable.shape)
        at = {
            axis: _values(stored, axis, place)
            for axis, place in zip(variable.dims, places, strict=True)
        }
        everywhere: dict[str, Any] = {**fixed, **at}
        values = {name: slab[name].astype("f8")[met] for name in names}
        parameters = {
            name: np.broadcast_to(of_one_lead(everywhere, name), met.shape)[met]
            for name in (("V", "T_Sm") if steady else ("V", "T_Sm", "T_S"))
        }
        if steady in values:
            parameters["T_S"] = values.pop(steady)
        yield values, parameters
        first += met.size


def _steady_output(stored: OpenFile) -> str:
    """Return the output that is T_S at every point of a file; empty if T_S is given."""
    return f"T_S_{stored.header.branch}" if "heater" in ends_of(stored) else ""


def _knows_T_S(stored: OpenFile) -> bool:
    steady = _steady_output(stored)
    return not steady or steady in stored.variables


def _values(stored: OpenFile, axis: str, places: NDArray[np.intp]) -> FloatArray:
    """Return the values of an axis at some places, reading only the range in which these lie."""
    first, last = int(places.min()), int(places.max())
    values: FloatArray = stored.read(axis, first, last - first + 1)
    return values[places - first]
