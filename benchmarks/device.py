"""What a graphics card gives: ``python benchmarks/device.py``; ``--quick`` takes fewer points.

Points a second on the card, with and without the way of the numbers there and back, beside one
thread and all threads of the processor in the same run, which also gives the right currents. And
how many fused multiply-adds the card could do in the time of a point: the fewer, the better its
arithmetic units are used. Fails if a current differs by a tenth of its estimated error.

``--without-card`` measures instead what a sweep for a card takes besides it, for gaps, digests and
the file, with integrals that are there at once; no card is needed for that.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import numpy as np
from measuring import seconds_of
from numba import cuda

from thermospin.bench.card_speed import compare_card
from thermospin.bench.standing_case import GAMMA, T_SM
from thermospin.bench.tables import card_table
from thermospin.dataset import NumericalIdentity
from thermospin.device import card_name, opened_card, selection
from thermospin.execution import run_sweep
from thermospin.execution.engine import engine_on
from thermospin.machine.arithmetic import fma

CHAINS = 8
"""Chains of multiply-adds of a thread: their results do not wait for each other."""
LENGTH = 20_000
BLOCKS, THREADS = 4096, 128
ROUNDS = 5
VOLTAGES = 2001
TEMPERATURES, FEW_TEMPERATURES = 50_000, 5_000


def multiply_adds(start: Any, out: Any) -> None:
    """Do ``CHAINS`` times ``LENGTH`` fused multiply-adds, on a thread."""
    a, b, c, d = start[0], start[1], start[2], start[3]
    e, f, g, h = start[4], start[5], start[6], start[7]
    factor, term = start[8], start[9]
    for _ in range(LENGTH):
        a, b = fma(a, factor, term), fma(b, factor, term)
        c, d = fma(c, factor, term), fma(d, factor, term)
        e, f = fma(e, factor, term), fma(f, factor, term)
        g, h = fma(g, factor, term), fma(h, factor, term)
    out[cuda.grid(1)] = a + b + c + d + e + f + g + h


def multiply_adds_a_second() -> float:
    """Return the card's rate in a loop of nothing else."""
    start = cuda.to_device(np.linspace(0.1, 0.9, CHAINS + 2))
    out = cuda.device_array(BLOCKS * THREADS)
    chains = cuda.jit(multiply_adds)

    def work() -> None:
        chains[BLOCKS, THREADS](start, out)
        cuda.synchronize()

    work()  # compiled
    return CHAINS * LENGTH * BLOCKS * THREADS / min(seconds_of(work) for _ in range(ROUNDS))


class InstantCard:
    """A card whose integrals are there at once, and are none."""

    def spin_up(self, *arguments: Any) -> Any:
        """Write what has the form of integrals."""
        voltage, (value, error, met) = arguments[1], arguments[-1]
        value[...], error[...], met[...] = voltage, 0.0, True
        return np.empty(0, dtype=np.int64)


def sweep_without_card(quick: bool) -> None:
    """Print how long a sweep over T_S and V takes but for its integrals."""
    temperatures = FEW_TEMPERATURES if quick else TEMPERATURES
    spec = {
        "axes": {
            "T_S": {"start": 0.3, "stop": 0.9, "num": temperatures},
            "V": {"start": -1.0, "stop": 1.0, "num": VOLTAGES},
        },
        "fixed": {"T_Sm": T_SM, "h_exc": 0.4, "gamma": GAMMA},
        "outputs": ["I_q"],
    }
    engine = replace(engine_on("cuda"), numerics=lambda: NumericalIdentity("", "", "cuda: none"))
    with TemporaryDirectory() as folder, patch.object(selection, "opened_card", InstantCard):
        report = run_sweep(spec, Path(folder) / "sweep.h5", engine=engine)
    rate = 1e-6 * report.points / report.seconds
    print(
        f"{report.points:,} points of one output but for their integrals:"
        f" {report.seconds:.3g} s on {report.threads} threads, {rate:.3g} million points a second"
    )


def main() -> None:
    """Measure, and print a table and lines below it."""
    parser = argparse.ArgumentParser(description="What a graphics card gives.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the points")
    parser.add_argument("--without-card", action="store_true", help="time all but the card")
    asked = parser.parse_args()
    if asked.without_card:
        sweep_without_card(asked.quick)
        return
    opened_card()
    rows = compare_card(asked.quick)
    print(card_table({"name": card_name(), "rows": [vars(row) for row in rows]}))
    rate = multiply_adds_a_second()
    print(f"\nfused multiply-adds a second: {rate:.3g}; in the time of a point without transfers:")
    for row in rows:
        print(f"  {row.points}: {rate / (1e6 * row.card_alone):,.0f}")


if __name__ == "__main__":
    main()
