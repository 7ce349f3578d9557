"""What currents cost where a lead is a film with depairing, beside currents between ideal leads."""

import time
from collections.abc import Mapping
from statistics import median

import numpy as np
from numpy.typing import ArrayLike

from thermospin.bench.budget import Budget, require
from thermospin.bench.standing_case import GAMMA, T_S, T_SM
from thermospin.gap import bcs_gap
from thermospin.junction import FloatArray, Junction
from thermospin.kernels.kinds import CURRENT
from thermospin.kernels.leads import COLUMNS
from thermospin.observables.points import Points, leads_table

RTOL = 1e-8
FIELD = 0.4
GAP_S, GAP_SM = 0.828770970447738, 1.0
FILM = {"depairing_Sm": 0.02, "spin_orbit_Sm": 0.1, "spin_flip_Sm": 0.02}
BIAS = 0.1
ANSWER = (0.0441074642854, -0.0474379946580)
"""I_up and I_down of this film at this bias, by another program with quadratures of 48 points."""
TOLERANCE = 1e-9
MOST_OF_A_POINT = 12.0
"""Bound of the time of a point with a film that is the same for all, over that between ideal leads.
"""
MOST_MICROSECONDS = 500.0
"""Bound of the time of a point whose film is that of no other point."""
MANY, FEW = 2000, 100
"""Number of points that share a film, and of points that do not."""


def compare_films(quick: bool) -> list[Budget]:
    """Return what points cost that share a film, or do not: one point is I_up and I_down.

    Times are processor times of one thread, next to those of the same points without rates;
    ratios are medians over the rounds. Finding the gaps is no part of them.

    Parameters
    ----------
    quick : bool
        Whether fewer rounds are enough.

    Raises
    ------
    BenchmarkError
        If the currents of the film are wrong.
    """
    up, mirrored = _points(np.array([BIAS]), FILM).both_spins(CURRENT)
    for name, found, answer in (("up", up.value, ANSWER[0]), ("down", -mirrored.value, ANSWER[1])):
        require(f"I_{name} of a film", abs(found.item() - answer), TOLERANCE)
    rounds = 3 if quick else 9
    T = np.linspace(0.11, 0.95, MANY)
    along_V = _ratio(np.linspace(1e-3, 2.5, MANY), rounds)
    along_T = _ratio(np.full(MANY, BIAS), rounds, T_S=T, gap_S=bcs_gap(T))
    apart = FILM | {"spin_orbit_Sm": np.linspace(0.05, 0.3, FEW)}
    alone = _points(np.full(FEW, BIAS), apart)
    microseconds = 1e6 * median(_seconds(alone) for _ in range(rounds)) / FEW
    against = "against one between ideal leads"
    return [
        Budget(f"a point of a sweep of V with a film {against}", along_V, MOST_OF_A_POINT, "×"),
        Budget(f"a point of a sweep of T_S with a film {against}", along_T, MOST_OF_A_POINT, "×"),
        Budget("a point with a film of its own", microseconds, MOST_MICROSECONDS, "µs"),
    ]


def _points(voltage: FloatArray, rates: Mapping[str, ArrayLike], **lead: ArrayLike) -> Points:
    """Return points whose Sm has rates, each at its voltage, in Δ0/e; leads as in ``Junction``."""
    given = {"T_S": T_S, "gap_S": GAP_S, **rates, **lead}
    junction = Junction(
        T_Sm=T_SM, h_exc=FIELD, gamma=GAMMA, gap_Sm=GAP_SM, gap_model="constant", **given
    )
    table = leads_table(junction).reshape(-1, COLUMNS)
    row = np.arange(voltage.size) if len(table) > 1 else np.zeros(voltage.size, dtype=np.int64)
    return Points(voltage, row, table, RTOL)


def _ratio(voltage: FloatArray, rounds: int, **lead: ArrayLike) -> float:
    """Return the time of points with the film, over that of the same points between ideal leads."""
    film, ideal = (_points(voltage, rates, **lead) for rates in (FILM, {}))
    return median(_seconds(film) / _seconds(ideal) for _ in range(rounds))


def _seconds(points: Points) -> float:
    started = time.thread_time()
    points.both_spins(CURRENT)
    return time.thread_time() - started
