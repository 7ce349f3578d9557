"""The one routine found in public for the quasiparticle current of two superconductors.

``tca_bcs`` of https://github.com/drgulevich/mitmojco (D. R. Gulevich et al., Phys. Rev. B 96,
024515 (2017)) knows no exchange field, one temperature and Γ → 0. It is measured on what it can do:
h = 0, T_S = T_Sm, voltages away from the onset. `run.py` shows it beside the other methods.
"""

import time
import warnings
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from scipy.integrate import IntegrationWarning

from thermospin.bench.comparison import Row
from thermospin.bench.standing_case import SEED, T_S
from thermospin.gap import bcs_gap
from thermospin.junction import Junction
from thermospin.observables import currents
from thermospin.units import BCS_RATIO

NAME = "mitmojco tca_bcs, h = 0, one T, Γ → 0"
NARROW = 1e-8
"""Γ of the kernel, which needs one, in Δ0: it changes the current by about as much."""
MEV = 0.2
"""Δ0 in meV; the routine takes gaps in meV and temperatures in K."""
BOLTZMANN = 0.08617333262
"""k_B in meV/K, CODATA 2018."""
VOLTAGES = 20


def row() -> Row:
    """Return the line of the comparison; one without numbers if mitmojco is not installed."""
    found = measured()
    if found is None:
        return Row(f"{NAME}: not installed", None, None, None, None)
    # Without a field half of the current is spin up: both have the same relative error.
    seconds, kernel, error = found
    return Row(NAME, 1e6 * seconds, seconds / kernel, error, error)


def measured() -> tuple[float, float, float] | None:
    """Return the times per point of the routine and of the kernel, in s, and the worst error.

    The error is that of the routine, relative; its time includes the real part of the amplitude,
    which comes with the current. None if mitmojco is not installed.
    """
    if find_spec("mitmojco") is None:
        return None
    tca_bcs: Any = import_module("mitmojco").tca_bcs
    gap = float(bcs_gap(T_S))
    voltage = np.sort(np.random.default_rng(SEED).uniform(0.05, 2.5, VOLTAGES))
    amplitude = tca_bcs(BCS_RATIO * T_S * MEV / BOLTZMANN, MEV * gap, MEV * gap)[1]
    leads = {"T_S": T_S, "T_Sm": T_S, "gap_S": gap, "gap_Sm": gap}
    junction = Junction(**leads, gamma=NARROW, gap_model="constant")
    exact = currents(voltage, junction).charge
    started = time.thread_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IntegrationWarning)  # their effect shows in the error
        found = 2.0 * gap * amplitude(voltage / (2.0 * gap)).imag
    seconds = time.thread_time() - started
    many = np.tile(voltage, 100)
    started = time.thread_time()
    currents(many, junction)
    kernel = (time.thread_time() - started) / many.size
    return seconds / voltage.size, kernel, float(np.max(np.abs(found / exact - 1.0)))
