"""The campaign of hostile junctions: ``python benchmarks/hostile.py [--number N] [--kinds K,…]``.

Random junctions, each kind drawn as hostile as it needs, at tolerances from 1e-2 to 1e-13, beside
right values by another algorithm in extended precision (tests/support/oracle.py). Prints Markdown:
for each kind and output the number of values; the worst deviation over what is allowed, and over
its estimate; the numbers of values that are off without being flagged, of estimates that are too
small, and of values that are flagged. Outputs are of spin up: its current, which comes from two
kernels, heat currents and rate of crossings R, slope at V and at V = 0; and G = I_q/V of both
spins. A process judges some 80 junctions a second; the suite holds a bounded sample.

``--worst FILE`` keeps the worst, with all that makes the junction. The same seed gives the same
junctions, however many jobs there are.
"""

import argparse
import heapq
import multiprocessing
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from ordeal.kinds import KINDS, NAMES, drawn
from ordeal.verdicts import Verdict, verdicts

RTOLS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10, 1e-12, 1e-13)
BATCH = 500
KEPT = 5
HEADS = ("kind", "output", "values", "error/allowed", "error/estimate", "off", "short", "flagged")


@dataclass
class Tally:
    """What became of the values of one output of one kind."""

    number: int = 0
    over_allowed: float = 0.0
    over_estimate: float = 0.0
    off: int = 0
    too_small: int = 0
    flagged: int = 0
    worst: list[tuple[float, str]] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Add what became of more values."""
        self.number += other.number
        self.over_allowed = max(self.over_allowed, other.over_allowed)
        self.over_estimate = max(self.over_estimate, other.over_estimate)
        self.off += other.off
        self.too_small += other.too_small
        self.flagged += other.flagged
        self.worst = heapq.nlargest(KEPT, self.worst + other.worst)

    def cells(self) -> tuple[str, ...]:
        """Return the cells of its line of the table."""
        return (
            f"{self.number:,}",
            f"{self.over_allowed:.2g}",
            f"{self.over_estimate:.2g}" if self.over_estimate else "",
            f"{self.off:,}",
            f"{self.too_small:,}",
            f"{self.flagged:,}",
        )


def tallied(task: tuple[str, int, int, int]) -> dict[str, Tally]:
    """Return what becomes of the outputs of one batch: a kind, a number, a seed and a part."""
    kind, number, seed, part = task
    draw = drawn(kind, number, seed, part)
    rtol = np.random.default_rng([seed, part]).choice(RTOLS, number)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = verdicts(draw, rtol)
    points = [
        ", ".join(
            [*(f"{name}={float(draw[name][i])!r}" for name in NAMES), f"rtol={float(rtol[i])!r}"]
        )
        for i in range(number)
    ]
    return {verdict.output: _tally(verdict, points) for verdict in found}


def _tally(verdict: Verdict, points: list[str]) -> Tally:
    unflagged = np.where(verdict.met, verdict.over_allowed, 0.0)
    estimate = np.nan_to_num(verdict.over_estimate, nan=0.0, posinf=np.inf)
    badness = np.maximum(unflagged, estimate)
    return Tally(
        number=badness.size,
        over_allowed=float(unflagged.max()),
        over_estimate=float(estimate.max()),
        off=int(np.count_nonzero(unflagged > 1.0)),
        too_small=int(np.count_nonzero(estimate > 1.0)),
        flagged=int(np.count_nonzero(~verdict.met)),
        worst=[
            (
                float(badness[i]),
                f"{verdict.output}: found {verdict.found[i]:.17g}, right {verdict.right[i]:.17g}, "
                f"over allowed {unflagged[i]:.3g}, over estimate {estimate[i]:.3g}: {points[i]}",
            )
            for i in np.argsort(badness)[-KEPT:]
        ],
    )


def campaign(
    kinds: Sequence[str], number: int, seed: int, jobs: int
) -> Iterator[tuple[str, dict[str, Tally]]]:
    """Yield each kind with what became of its outputs."""
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        for kind in kinds:
            sizes = [min(BATCH, number - first) for first in range(0, number, BATCH)]
            tasks = [(kind, size, seed, part) for part, size in enumerate(sizes)]
            total: dict[str, Tally] = {}
            for tallies in pool.imap(tallied, tasks):
                for output, tally in tallies.items():
                    total.setdefault(output, Tally()).add(tally)
            yield kind, total


def main() -> None:
    """Run the campaign, print the table, and fail if a value is off or an estimate too small."""
    parser = argparse.ArgumentParser(description="Compare hostile junctions with the oracle.")
    parser.add_argument("--number", type=int, default=10_000, help="junctions of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", default=",".join(KINDS), help="comma-separated, all by default")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--worst", type=Path, metavar="FILE", help="write the worst there")
    arguments = parser.parse_args()
    kinds = arguments.kinds.split(",")
    if unknown := set(kinds) - KINDS.keys():
        parser.error(f"no such kind: {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
    print(f"| {' | '.join(HEADS)} |\n|---|---|{'---:|' * (len(HEADS) - 2)}")
    worst: list[str] = []
    broken = 0
    for kind, tallies in campaign(kinds, arguments.number, arguments.seed, arguments.jobs):
        for output, tally in tallies.items():
            print(f"| {' | '.join((kind, output, *tally.cells()))} |", flush=True)
            worst += [f"{kind}: {line}" for _, line in tally.worst]
            broken += tally.off + tally.too_small
        if arguments.worst is not None:
            arguments.worst.write_text("\n".join(worst) + "\n", encoding="utf-8")
    if broken:
        raise SystemExit(f"{broken:,} values are off or have estimates that are too small")


if __name__ == "__main__":
    main()
