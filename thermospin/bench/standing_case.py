"""The 45 points on which accuracy and speed are stated: T_S = 0.7, T_Sm = 0.01, Γ = 1e-4."""

import random
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from thermospin.gap import bcs_gap
from thermospin.junction import Junction
from thermospin.observables.points import Points, leads_table
from thermospin.units import BCS_RATIO

T_S, T_SM = 0.7, 0.01
KT_S, KT_SM = BCS_RATIO * T_S, BCS_RATIO * T_SM
GAMMA = 1e-4
FIELDS = (0.0, 0.1, 0.2, 0.4, 0.6)
SEED = 210501527  # also that of the stored reference values, which hold for these points


class Case(NamedTuple):
    """A point: a bias voltage in Δ0/e, and the field and the gaps of its junction in Δ0."""

    V: float
    h_exc: float
    gap_S: float
    gap_Sm: float


def standing_case() -> list[Case]:
    """Return the 45 points: small, drawn and matching voltages at five exchange fields."""
    rng = random.Random(SEED)
    gap_S = float(bcs_gap(T_S))
    cases = []
    for h in FIELDS:
        gap_Sm = float(bcs_gap(T_SM, h))
        difference = gap_Sm - gap_S
        drawn = [round(rng.uniform(0.1, 2.5), 4) for _ in range(4)]
        matching = (abs(difference - h), difference + h, gap_S + gap_Sm - h)
        cases += [Case(V, h, gap_S, gap_Sm) for V in (1e-3, 0.05, *drawn, *matching)]
    return cases


def junctions(h_exc: ArrayLike) -> Junction:
    """Return the junctions of the standing case at given exchange fields."""
    return Junction(T_S=T_S, T_Sm=T_SM, h_exc=h_exc, gamma=GAMMA)


def kernel_points(cases: Sequence[Case], rtol: float) -> Points:
    """Return points in the form that the kernels take, with the relative tolerance ``rtol``."""
    table = leads_table(junctions([case.h_exc for case in cases]))
    return Points(np.array([case.V for case in cases]), np.arange(len(cases)), table, rtol)
