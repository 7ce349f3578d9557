"""The check whether outputs of a junction in a circuit contradict each other."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset.open_file import OpenFile
from thermospin.quantities import STATUS
from thermospin.verification.checks import Check, is_polarised
from thermospin.verification.slabs import Values, slabs

TOLERANCES = 4.0
"""So many times the accuracy asked for may a value exceed another that bounds it."""
TITLE = "outputs against each other"


class Law(NamedTuple):
    """A relation between two outputs that every junction fulfils.

    Attributes
    ----------
    first, second : str
        The two outputs.
    words : str
        The violation, in words.
    broken : callable
        Takes the values of both outputs and a relative tolerance; returns where the law is broken.
    polarised : bool
        Whether the law also holds with a polarised barrier, where V < 0 may yield power although
        V > 0 does not.
    """

    first: str
    second: str
    words: str
    broken: Callable[[NDArray[np.float64], NDArray[np.float64], float], NDArray[np.bool_]]
    polarised: bool = True


def _exceeds(
    low: NDArray[np.float64], high: NDArray[np.float64], share: float
) -> NDArray[np.bool_]:
    return low > high * (1.0 + share)


LAWS = (
    Law("power_load", "power_max", "power_load > power_max", _exceeds),
    Law("efficiency_load", "efficiency_max", "efficiency_load > efficiency_max", _exceeds),
    Law("V_load", "V_S", "V_load > V_S", _exceeds, polarised=False),
    Law(
        "V_S",
        "power_max",
        "V_S exists, power_max is 0",
        lambda V_S, power, _: ~np.isnan(V_S) & ~(power > 0.0),
    ),
    Law(
        "V_S",
        "power_max",
        "power_max > 0 without V_S",
        lambda V_S, power, _: np.isnan(V_S) & (power > 0.0),
        polarised=False,
    ),
    Law(
        "V_S",
        "V_load",
        "V_load without V_S",
        lambda V_S, V_load, _: np.isnan(V_S) & (V_load > 0.0),
        polarised=False,
    ),
    Law(
        "power_max",
        "G_load_max",
        "only one of power_max and G_load_max > 0",
        lambda power, G_load, _: (power > 0.0) != (G_load > 0.0),
    ),
    Law(
        "efficiency_max",
        "power_max",
        "efficiency_max > 0 without power_max",
        lambda efficiency, power, _: (efficiency > 0.0) & ~(power > 0.0),
    ),
)


def check_agreement(stored: OpenFile) -> Check:
    """Check the relations between outputs at every junction that met its tolerance."""
    polarised = is_polarised(stored)
    laws = [
        law
        for law in LAWS
        if {law.first, law.second} <= stored.variables.keys() and (law.polarised or not polarised)
    ]
    if not laws:
        return Check(TITLE, True, "none stored that could contradict each other")
    names = sorted({name for law in laws for name in (law.first, law.second)})
    share = TOLERANCES * stored.header.rtol
    junctions, broken = 0, dict.fromkeys((law.words for law in laws), 0)
    for slab in slabs(stored, [*names, "junction_status"]):
        met = slab["junction_status"] == STATUS["ok"]
        junctions += int(np.count_nonzero(met))
        for law in laws:
            broken[law.words] += _count(law, slab, met, share)
    wrong = [f"{words} at {count:,} junctions" for words, count in broken.items() if count]
    return Check(TITLE, not wrong, "; ".join(wrong) or f"at {junctions:,} junctions")


def _count(law: Law, slab: Values, met: NDArray[np.bool_], share: float) -> int:
    first, second = (slab[name].astype("f8")[met] for name in (law.first, law.second))
    return int(np.count_nonzero(law.broken(first, second, share)))
