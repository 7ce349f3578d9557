"""Whole sweeps, HDF5 included, beside the bare kernel on the same mesh."""

import math
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np

from thermospin.bench.budget import BenchmarkError, Budget
from thermospin.bench.standing_case import GAMMA, T_SM
from thermospin.dataset import read
from thermospin.junction import FloatArray, Junction
from thermospin.kernels.rules import QUADRATURE
from thermospin.kernels.tunnelling import CURRENT, spin_up_values
from thermospin.observables.points import leads_table
from thermospin.spec import SweepSpec, parse_spec
from thermospin.sweep import Report, run_sweep

Result = TypeVar("Result")

RTOL = 1e-8
FIELD = 0.4
LEAST_GAIN = 1.85
MOST_OVERHEAD, MOST_OVERHEAD_OF_LONG = 1.25, 1.05
"""The second is for sweeps of ``LONG`` points and more, whose beginning and end hardly count."""
SHORT, USUAL, LONG = 100_000, 1_000_000, 10_000_000


def mesh_spec(points: int, rtol: float = RTOL, outputs: str = "I_up, I_down") -> SweepSpec:
    """Return a sweep over a square mesh of temperatures and positive voltages.

    Positive voltages and one exchange field: no part of the work follows from another.
    """
    side = math.isqrt(points)
    text = f"""
fixed: {{h_exc: {FIELD}, T_Sm: {T_SM}, gamma: {GAMMA}}}
axes:
  T_S: {{start: 0.6, stop: 0.8, num: {side}}}
  V: {{start: 0.001, stop: 2.5, num: {side}}}
outputs: [{outputs}]
numerics: {{rtol: {rtol}}}
"""
    return parse_spec(text, "bench.yaml")


def compare_sweeps(points: int, rounds: int) -> list[Budget]:
    """Time the sweep on one and on two threads and the bare kernel, in turn; wall time.

    The shortest of each counts: what else the machine does can only add to a time. Not to be run at
    a real-time priority: Linux holds back who never waits, and so the bare kernel most.
    """
    spec = mesh_spec(points)
    kernel, currents = _bare_kernel(spec)
    one, two, bare = [], [], []
    with TemporaryDirectory() as directory:
        output = Path(directory) / "bench.h5"

        def sweep(threads: int) -> Callable[[], Report]:
            return lambda: run_sweep(spec, output, force=True, threads=threads)

        for _ in range(rounds):
            two.append(_timed(sweep(2))[0])
            one.append(_timed(sweep(1))[0])
            bare.append(_timed(kernel)[0])
            _require_same(output, currents)
    size = f"a sweep of {points:.0e} points".replace("e+0", "e")
    gain, overhead = min(one) / min(two), min(one) / min(bare)
    most = MOST_OVERHEAD_OF_LONG if points >= LONG else MOST_OVERHEAD
    return [
        Budget(f"two threads against one, {size}", gain, LEAST_GAIN, "×", at_least=True),
        Budget(f"{size} against the bare kernel", overhead, most, "×"),
    ]


def _bare_kernel(spec: SweepSpec) -> tuple[Callable[[], None], FloatArray]:
    """Return the kernel's call for a whole mesh, and its spin-up currents at V, then at −V.

    The memory is there before, every page of it: to get that of 1e7 points from the system takes a
    twentieth of the time, and is no part of the kernel.
    """
    T_S, voltage = spec.axes["T_S"], spec.axes["V"]
    table = leads_table(Junction(T_S=T_S, T_Sm=T_SM, h_exc=FIELD, gamma=GAMMA))
    signed = np.concatenate((np.tile(voltage, T_S.size), np.tile(-voltage, T_S.size)))
    row = np.tile(np.repeat(np.arange(T_S.size), voltage.size), 2)
    value, error, met = np.ones(row.size), np.ones(row.size), np.ones(row.size, dtype=np.bool_)
    call = partial(spin_up_values, CURRENT, signed, row, table, RTOL, QUADRATURE, value, error, met)
    return call, value


def _require_same(output: Path, currents: FloatArray) -> None:
    """Raise unless the file holds what the bare kernel gave, bit for bit."""
    up, mirrored = np.split(currents, 2)
    found = read(output).outputs
    for name, expected in (("I_up", up), ("I_down", 0.0 - mirrored)):
        if not np.array_equal(found[name].ravel(), expected):
            raise BenchmarkError(f"{name} of the sweep must equal the bare kernel's, and does not")


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result
