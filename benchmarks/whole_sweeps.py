"""Whole sweeps, the HDF5 file included, beside the bare kernel on the same points.

``python benchmarks/whole_sweeps.py`` prints the figures: minutes, or seconds with ``--quick``.
"""

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from measuring import print_figures, seconds_of

from thermospin.bench.budget import BenchmarkError, Budget
from thermospin.bench.standing_case import GAMMA, T_SM
from thermospin.dataset import read
from thermospin.execution import Report, run_sweep
from thermospin.execution.chunks import Chunk, Mesh
from thermospin.junction import FloatArray
from thermospin.kernels.kinds import CURRENT
from thermospin.kernels.rules import QUADRATURE
from thermospin.kernels.tunnelling import spin_up_values
from thermospin.observables.points import leads_table
from thermospin.spec import SweepSpec, parse_spec

RTOL = 1e-8
FIELD, VOLTAGE = 0.4, 0.2
LEAST_GAIN = 1.85
MOST_OVERHEAD, MOST_OVERHEAD_OF_LONG = 1.25, 1.05
"""The second bound holds for sweeps of `LONG` points and more: start and end hardly count there."""
SHORT, USUAL, LONG = 100_000, 1_000_000, 10_000_000


def figures(quick: bool) -> list[Budget]:
    """Return what sweeps cost beyond the bare kernel; unless quick, also a sweep of 1e7 points."""
    size, rounds = (SHORT, 2) if quick else (USUAL, 5)
    found = [*compare_sweeps(size, rounds=rounds), compare_junctions(size, rounds=rounds)]
    return found if quick else [*found, *compare_sweeps(LONG, rounds=3)]


def mesh_spec(points: int, rtol: float = RTOL, outputs: str = "I_up, I_down") -> SweepSpec:
    """Return the spec of a sweep over a square mesh of about ``points`` temperatures and voltages.

    Its voltages are positive and its exchange field is one, so that symmetries save no work.
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


def junctions_spec(junctions: int) -> SweepSpec:
    """Return the spec of a sweep over a square mesh of temperatures and fields at one voltage."""
    side = math.isqrt(junctions)
    text = f"""
fixed: {{V: {VOLTAGE}, T_Sm: {T_SM}, gamma: {GAMMA}}}
axes:
  T_S: {{start: 0.6, stop: 0.8, num: {side}}}
  h_exc: {{start: 0.001, stop: 0.6, num: {side}}}
outputs: [I_up, I_down]
numerics: {{rtol: {RTOL}}}
"""
    return parse_spec(text, "bench.yaml")


def compare_sweeps(points: int, rounds: int) -> list[Budget]:
    """Compare the wall times of a sweep on two threads, on one, and of the bare kernel."""
    two, one, bare = _shortest(mesh_spec(points), (2, 1), rounds)
    size = f"a sweep of {power_of_ten(points)} points"
    most = MOST_OVERHEAD_OF_LONG if points >= LONG else MOST_OVERHEAD
    return [
        Budget(f"two threads against one, {size}", one / two, LEAST_GAIN, "×", at_least=True),
        Budget(f"{size} against the bare kernel", one / bare, most, "×"),
    ]


def compare_junctions(junctions: int, rounds: int) -> Budget:
    """Compare a sweep of junctions at one voltage, each with gaps of its own, with the kernel."""
    one, bare = _shortest(junctions_spec(junctions), (1,), rounds)
    name = f"{power_of_ten(junctions)} junctions at one voltage against the bare kernel"
    return Budget(name, one / bare, MOST_OVERHEAD, "×")


def _shortest(spec: SweepSpec, threads: tuple[int, ...], rounds: int) -> list[float]:
    """Return the shortest wall times of a sweep on each number of threads, and of the bare kernel.

    The shortest counts, since other work of the machine can only add to a time. Do not run this at
    a real-time priority: Linux throttles processes that never wait, and so the bare kernel most.
    """
    kernel, currents = _bare_kernel(spec)
    seconds = []
    with TemporaryDirectory() as directory:
        output = Path(directory) / "bench.h5"

        def sweep(count: int) -> Callable[[], Report]:
            return lambda: run_sweep(spec, output, force=True, threads=count)

        works = [*map(sweep, threads), kernel]
        for _ in range(rounds):
            seconds.append([seconds_of(work) for work in works])
            _require_same(output, currents)
    return [min(column) for column in zip(*seconds, strict=True)]


def power_of_ten(number: int) -> str:
    """Return a whole number as a short power of ten: 5e6."""
    return f"{number:.0e}".replace("e+0", "e")


def _bare_kernel(spec: SweepSpec) -> tuple[Callable[[], None], FloatArray]:
    """Return a call of the kernel for a whole mesh, and the array that gets its values.

    The values are I_up at V, then at −V. The memory is touched before, since to get that of 1e7
    points from the system takes a twentieth of the time and is no part of the kernel. Neither are
    the gaps.
    """
    mesh = Mesh.of(spec)
    whole = Chunk(0, range(mesh.junctions), (slice(0, mesh.bias_count),), range(1), ())
    table = leads_table(mesh.junction(whole))
    voltage = np.tile(np.asarray(mesh.bias_of(whole)), mesh.junctions)
    signed = np.concatenate((voltage, -voltage))
    row = np.tile(np.repeat(np.arange(mesh.junctions), mesh.bias_count), 2)
    value, error, met = np.ones(row.size), np.ones(row.size), np.ones(row.size, dtype=np.bool_)
    given = (CURRENT, signed, row, table, RTOL, QUADRATURE, ())
    return partial(spin_up_values, *given, value, error, met), value


def _require_same(output: Path, currents: FloatArray) -> None:
    """Raise unless the file has the same bits as the currents of the bare kernel."""
    up, mirrored = np.split(currents, 2)
    found = read(output).outputs
    for name, expected in (("I_up", up), ("I_down", 0.0 - mirrored)):
        if not np.array_equal(found[name].ravel(), expected):
            raise BenchmarkError(f"{name} of the sweep must equal the bare kernel's, and does not")


if __name__ == "__main__":
    print_figures("Compare whole sweeps with the bare kernel.", figures)
