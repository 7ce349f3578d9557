"""Whole sweeps, HDF5 included, beside the bare kernel on the same mesh."""

import math
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np

from thermospin.bench.budget import BenchmarkError, Budget
from thermospin.bench.standing_case import GAMMA, T_SM
from thermospin.dataset import read
from thermospin.junction import Junction
from thermospin.kernels.tunnelling import CURRENT
from thermospin.observables.points import Integral, Points, leads_table
from thermospin.spec import SweepSpec, parse_spec
from thermospin.sweep import Report, run_sweep

Result = TypeVar("Result")

RTOL = 1e-8
FIELD = 0.4
LEAST_GAIN = 1.85
MOST_OVERHEAD = 1.25


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


def compare_sweeps(quick: bool) -> list[Budget]:
    """Time the sweep on one and on two threads and the bare kernel, in turn; wall time.

    The shortest of each counts: what else the machine does can only add to a time.
    """
    points = 100_000 if quick else 1_000_000
    spec = mesh_spec(points)
    bare_points = _bare_points(spec)
    one, two, bare = [], [], []
    with TemporaryDirectory() as directory:
        output = Path(directory) / "bench.h5"

        def sweep(threads: int) -> Callable[[], Report]:
            return lambda: run_sweep(spec, output, force=True, threads=threads)

        for _ in range(2 if quick else 5):
            two.append(_timed(sweep(2))[0])
            one.append(_timed(sweep(1))[0])
            seconds, values = _timed(lambda: bare_points.both_spins(CURRENT))
            bare.append(seconds)
            _require_same(output, values)
    size = f"a sweep of {points:.0e} points".replace("e+0", "e")
    gain, overhead = min(one) / min(two), min(one) / min(bare)
    return [
        Budget(f"two threads against one, {size}", gain, LEAST_GAIN, "×", at_least=True),
        Budget(f"{size} against the bare kernel", overhead, MOST_OVERHEAD, "×"),
    ]


def _bare_points(spec: SweepSpec) -> Points:
    T_S, voltage = spec.axes["T_S"], spec.axes["V"]
    rows = np.repeat(np.arange(T_S.size), voltage.size)
    table = leads_table(Junction(T_S=T_S, T_Sm=T_SM, h_exc=FIELD, gamma=GAMMA))
    return Points(np.tile(voltage, T_S.size), rows, table, RTOL)


def _require_same(output: Path, values: tuple[Integral, Integral]) -> None:
    """Raise unless the file holds what the bare kernel gave, bit for bit."""
    up, mirrored = values
    found = read(output).outputs
    for name, expected in (("I_up", up.value), ("I_down", 0.0 - mirrored.value)):
        if not np.array_equal(found[name].ravel(), expected):
            raise BenchmarkError(f"{name} of the sweep must equal the bare kernel's, and does not")


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result
