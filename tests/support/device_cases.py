"""Integrals by a device: ``python tests/support/device_cases.py DEVICE FILE`` writes them to FILE.

With NUMBA_ENABLE_CUDASIM=1 and NUMBA_DISABLE_JIT=1 a graphics card is simulated: its threads then
run as plain Python.
"""

import ctypes
import sys

import numpy as np

from thermospin.machine import arithmetic
from thermospin.machine.compilation import CONFIG

if CONFIG.DISABLE_JIT:  # Python rounds a·b + c twice: what is exact once would not be
    fused = ctypes.PyDLL(None).fma  # a CDLL would release the GIL
    fused.restype, fused.argtypes = ctypes.c_double, [ctypes.c_double] * 3
    arithmetic.fma = lambda a, b, c: fused(a, b, c)
if CONFIG.ENABLE_CUDASIM:
    import simulated_card  # makes them known

    arithmetic.root = simulated_card.root
    arithmetic.quotient = simulated_card.quotient

from thermospin import Junction, currents, evaluate
from thermospin.device import CUDA, spin_up_on_card
from thermospin.kernels.kinds import CONDUCTANCE, CURRENT
from thermospin.kernels.leads import (
    COLUMNS,
    GAMMA_S,
    GAMMA_SM,
    GAP_S,
    GAP_SM,
    H_S,
    H_SM,
    POLARISATION,
    T_S,
    T_SM,
)
from thermospin.observables.spin_up_integrals import spin_up_integral
from thermospin.quantities import PARAMETERS, STATUS

POINTS, SOME = 140, 30
"""More points than a block has threads, so that a simulated card works with two; and how many of
them at other tolerances. Each takes an eighth of a second, so a real card has more: ``-m cuda``."""
FEW, FAR = 50, 12
"""Points of which a card says which it leaves, and junctions from one end of the limits to the
other."""
SHARE = 0.1
"""By how much of its estimated error a value of a card may differ from that of the processor."""
CASES = (
    "currents to 1e-08",
    "currents to 0.0001",
    "currents to 1e-12",
    "slopes to 1e-08",
    "far currents",
    "far slopes",
    "mirrored voltages",
    "turned fields",
    "microwaves",
    "currents",
)
"""The names of all results."""
CASE = {"T_S": 0.7, "T_Sm": 0.2, "gamma": 1e-3, "gap_S": 0.8, "gap_Sm": 0.95}


def junction(**changes):
    """Return a junction whose gaps are given, so that none is searched for."""
    return Junction(**(CASE | changes), gap_model="constant")


def hostile_points(count):
    """Return voltages, rows and leads of random junctions: sharp, cold, with and without fields."""
    random = np.random.default_rng(3)
    leads = [
        random.uniform(0.05, 1.2, count),
        10.0 ** random.uniform(-3, 0, count),
        np.where(random.random(count) < 0.3, 0.2, 0.0),
        np.where(random.random(count) < 0.7, random.uniform(-0.8, 0.8, count), 0.0),
        *10.0 ** random.uniform(-8, -1, (2, count)),
        *random.uniform(0.0, 1.1, (2, count)),
    ]
    table = np.zeros((count, COLUMNS))
    table[:, :POLARISATION] = np.stack(leads, axis=1)
    V = random.uniform(-2.0, 2.0, count)
    V[::5] *= 1e-3
    V[::10] *= 1e-3
    return V, np.arange(count), table


def far_points(count):
    """Return voltages, rows and leads of random junctions from one end of the limits to the other.

    The first two are where a product of densities and a Fermi function is the largest.
    """
    random = np.random.default_rng(8)
    table = np.zeros((count, COLUMNS))
    for columns, name in (
        ([T_S, T_SM], "T_S"),
        ([GAMMA_S, GAMMA_SM], "gamma"),
        ([GAP_S, GAP_SM], "gap_S"),
        ([H_S, H_SM], "h_S"),
    ):
        low, high = max(PARAMETERS[name].low, 1e-8), PARAMETERS[name].high
        table[:, columns] = np.exp(random.uniform(np.log(low), np.log(high), (count, 2)))
    low, high = 1e-3, PARAMETERS["V"].high
    V = np.exp(random.uniform(np.log(low), np.log(high), count)) * random.choice([-1, 1], count)
    V[:2], columns = (100.0, 1000.0), [T_S, T_SM, H_S, H_SM, GAMMA_S, GAMMA_SM, GAP_S, GAP_SM]
    table[0, columns] = 1e-3, 1e-3, 0.0, 0.0, 1e-4, 1e-4, 1.0, 1.0
    table[1, columns] = 0.1, 0.1, 0.0, 0.0, 1.0, 1.0, 100.0, 1.0
    return V, np.arange(count), table


def results(device):
    """Return values, errors and whether they are accurate, by the name of the case."""
    V, row, table = hostile_points(POINTS)
    found = {
        f"{name} to {rtol:g}": spin_up_integral(kind, V[:count], row[:count], table, rtol, device)
        for name, kind, rtol, count in (
            ("currents", CURRENT, 1e-8, SOME),
            ("currents", CURRENT, 1e-4, POINTS),
            ("currents", CURRENT, 1e-12, SOME),
            ("slopes", CONDUCTANCE, 1e-8, SOME),
        )
    }
    for name, kind in (("far currents", CURRENT), ("far slopes", CONDUCTANCE)):
        found[name] = spin_up_integral(kind, *far_points(FAR), 1e-8, device)
    bias = np.linspace(-1.5, 1.5, 7)
    for name, changes in {
        "mirrored voltages": {"h_exc": [0.0, 0.3]},
        "turned fields": {"h_exc": 0.3, "h_S": 0.1, "theta": 0.4, "P": 0.3},
        "microwaves": {"h_exc": 0.3, "V_ac": 0.2, "hf": 0.25},
    }.items():
        mesh = evaluate(["I_up", "I_error"], bias, junction(**changes), rtol=1e-6, device=device)
        found[name] = mesh.values["I_up"], mesh.values["I_error"], mesh.status == STATUS["ok"]
    one_by_one = currents(bias[:3], junction(h_exc=0.2), device=device)
    found["currents"] = one_by_one.down, one_by_one.error, one_by_one.converged
    return found


def left():
    """Return which of a few currents a card leaves to the processor."""
    found = np.empty(FEW), np.empty(FEW), np.empty(FEW, np.bool_)
    return spin_up_on_card(CURRENT, *hostile_points(FEW), 1e-2, found)


def main():
    """Write the results."""
    device, path = sys.argv[1:]
    parts = ("value", "error", "met")
    np.savez(
        path,
        left=left() if device == CUDA else [],
        **{
            f"{case}/{part}": array
            for case, found in results(device).items()
            for part, array in zip(parts, found, strict=True)
        },
    )


if __name__ == "__main__":
    main()
