"""How near the hot loops are to what the processor can do: ``python benchmarks/roofline.py``.

Three things are put side by side: what the arithmetic units give in loops of their own, whose sums
may be taken in any order; how many of each operation the machine code of the hot loops has per
node; and what a node takes. Two times are compared with that:

- the sum of the operations one after another, each at the speed that it has alone: square roots and
  divisions, which share one unit, and multiplications, fused with an addition or not;
- the larger of these two, which is a bound: they can overlap. Additions alone, loads, comparisons
  and all that is done once a piece or once a point are left out, so no kernel can reach it.

Fails if the hot loops are not packed, on x86-64.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nodes as counting
import numpy as np
from processor_speed import shortest, throughputs

from thermospin.bench.budget import BenchmarkError, Budget
from thermospin.bench.standing_case import GAMMA, kernel_points, standing_case
from thermospin.bench.tables import markdown
from thermospin.kernels import node_loops, rules
from thermospin.kernels import workspace as memory
from thermospin.kernels.kinds import CURRENT
from thermospin.kernels.leads import leads_of
from thermospin.kernels.tunnelling import spin_up_values
from thermospin.machine.compilation import from_python

RTOL = 1e-8
LEAST_FRACTION = 0.6
SUMS = 6
"""Multiply-adds of a node in ``sum_pieces``."""
ROOTS = 3
"""Square roots of a node of the current, by which the nodes of a pass of a loop are counted."""
WIDEST_FIRST = ("zmm", "ymm", "xmm")
PACKED = {
    "square roots": r"v?sqrtpd",
    "divisions": r"v?divpd",
    "exponentials": r"v?psllq",  # one shift of exponent bits into their place
    "multiply-adds": r"vfn?m(add|sub)\d+pd",
    "multiplications": r"v?mulpd",
    "additions": r"v?(add|sub)pd",
}
"""Instructions to count in a hot loop."""
SCALAR = r"v?(sqrt|div|mul|add|sub)sd|vfn?m(add|sub)\d+sd"


@dataclass(frozen=True)
class Loop:
    """The machine code of a hot loop: its registers, and its packed instructions per node."""

    registers: str
    per_node: dict[str, float]


def assembly() -> str:
    """Return the machine code of the kernel as text; numba has none of what a cache gave it."""
    with TemporaryDirectory() as cache:
        done = subprocess.run(
            [sys.executable, __file__, "--assembly"],
            env=os.environ | {"NUMBA_CACHE_DIR": cache},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return done.stdout


def _print_assembly() -> None:
    kernel_points(standing_case()[:1], RTOL).both_spins(CURRENT)
    print(*spin_up_values.inspect_asm().values())


def innermost_loops(text: str) -> list[list[str]]:
    """Return the instructions of each loop that has no other in it."""
    lines = [line.split("#")[0].split() for line in text.splitlines()]
    lines = [words for words in lines if words]
    places = {words[0][:-1]: i for i, words in enumerate(lines) if words[0].endswith(":")}
    spans = [
        (places[words[-1]], i)
        for i, words in enumerate(lines)
        if words[0].startswith("j") and places.get(words[-1], i) < i
    ]
    return [
        [" ".join(words) for words in lines[first : last + 1]]
        for first, last in spans
        if not any((a, b) != (first, last) and first <= a and b <= last for a, b in spans)
    ]


def hot_loops(*texts: str) -> tuple[Loop, Loop]:
    """Return the loops of the current over nodes with two Fermi functions and with one.

    Each text is a module of its own: labels begin anew.

    Raises
    ------
    BenchmarkError
        If one of them is missing: it is not packed then, or has become another loop.
    """
    found: dict[float, Loop] = {}
    for body in (body for text in texts for body in innermost_loops(text)):
        names = [line.split()[0] for line in body]
        count = {
            kind: sum(re.fullmatch(form, name) is not None for name in names)
            for kind, form in PACKED.items()
        }
        a_pass, rest = divmod(count["square roots"], ROOTS)
        scalar = Counter(name for name in names if re.fullmatch(SCALAR, name))
        if a_pass and not rest and count["divisions"] == a_pass and not scalar:
            registers = next(width for width in WIDEST_FIRST if any(width in line for line in body))
            per_node = {kind: number / a_pass for kind, number in count.items()}
            loop = Loop(registers, per_node)
            # Those of the derivative have as many roots, and more of the rest.
            found[per_node["exponentials"]] = min(
                found.get(per_node["exponentials"], loop),
                loop,
                key=lambda each: each.per_node["multiplications"],
            )
    if found.keys() != {1.0, 2.0}:
        raise BenchmarkError(
            "the hot loops must be packed: three square roots, one division and one exponential "
            f"or two a node; got packed loops with {sorted(found)} exponentials"
        )
    return found[2.0], found[1.0]


@dataclass(frozen=True)
class Row:
    """A hot loop, or the kernel as a whole: times per node (per point) in ns, and their bound."""

    what: str
    divider: float
    multiplier: float
    measured: float

    @property
    def bound(self) -> float:
        """The time that no kernel with these operations can be below."""
        return max(self.divider, self.multiplier)

    @property
    def of_bound(self) -> float:
        """The fraction of the bound that is reached."""
        return self.bound / self.measured

    @property
    def of_sum(self) -> float:
        """What the operations take one after another, as a fraction of what is measured."""
        return (self.divider + self.multiplier) / self.measured


def node_time(values: Any, order: int) -> float:
    """Return the time of a loop over pieces of an order, in ns per node."""
    points = kernel_points(standing_case(), RTOL)
    leads = from_python(leads_of)(points.table[0])
    work = from_python(memory.workspace)(rules.QUADRATURE)
    queue = np.arange(memory.MAX_PIECES)
    for field in memory.PIECE.names or ():
        work.piece[field] = 0.1  # an ordinary place; no branch depends on it
    work.piece["rule"] = np.searchsorted(rules.ORDERS, order)
    work.piece["table"] = rules.STEPS // 2
    seconds = shortest(lambda: values(queue, queue.size, leads, work))
    return float(1e9 * seconds / (order * queue.size))


def measure(speed: dict[str, float], loops: tuple[Loop, Loop]) -> list[Row]:
    """Return the loops alone, with long pieces and short ones, and the kernel as a whole."""
    rows = []
    bounds = []
    for name, loop, values in (
        ("two Fermi functions", loops[0], node_loops.current_values),
        ("one Fermi function", loops[1], node_loops.step_current_values),
    ):
        each = loop.per_node
        fused = each["multiply-adds"] + each["multiplications"]
        for order in (rules.ORDERS[-1], 24):
            what = f"loop, {name}, {order} nodes a piece"
            multiplier = fused * speed["multiply-add"]
            rows.append(Row(what, speed["mixed"], multiplier, node_time(values, order)))
        bounds.append((speed["mixed"], (fused + SUMS) * speed["multiply-add"]))
    (counts,) = counting.counted([(GAMMA, RTOL)])
    points = kernel_points(standing_case(), RTOL)
    seconds = shortest(lambda: [points.both_spins(CURRENT) for _ in range(20)]) / 20
    share = np.array([counts.both, counts.one_step])
    divider, multiplier = (float(part) for part in share @ np.array(bounds))
    what = f"kernel, a point of {counts.nodes:.0f} nodes in {counts.pieces:.0f} pieces"
    return [*rows, Row(what, divider, multiplier, 1e9 * seconds / points.voltage.size)]


def table(speed: dict[str, float], loops: tuple[Loop, Loop], rows: Sequence[Row]) -> str:
    """Return three Markdown tables: the operations, the hot loops, and how far they get."""
    two, one = loops
    units = markdown(
        ["operation", "ns each"], [[name, f"{value:.3g}"] for name, value in speed.items()]
    )
    per_node = markdown(
        ["packed instructions per node", "two Fermi functions", "one Fermi function"],
        [
            ["registers", two.registers, one.registers],
            *([kind, f"{two.per_node[kind]:g}", f"{one.per_node[kind]:g}"] for kind in PACKED),
        ],
    )
    reached = markdown(
        ["ns a node (a point)", "roots, division", "multiplications", "measured", "sum", "bound"],
        [
            [
                row.what,
                *(_three_digits(value) for value in (row.divider, row.multiplier, row.measured)),
                *(f"{fraction:.0%}" for fraction in (row.of_sum, row.of_bound)),
            ]
            for row in rows
        ],
    )
    return "\n\n".join((units, per_node, reached))


def _three_digits(value: float) -> str:
    return f"{float(f'{value:.3g}'):g}"


def main() -> None:
    """Measure, and print the tables and the figure with its bound."""
    parser = argparse.ArgumentParser(description="Compare the hot loops with the processor.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there, too")
    parser.add_argument("--assembly", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.assembly:
        _print_assembly()
        return
    if platform.machine() not in ("x86_64", "AMD64"):
        raise SystemExit("this reads the machine code of x86-64 only")
    loops = hot_loops(assembly())
    speed = throughputs()
    rows = measure(speed, loops)
    print(table(speed, loops, rows))
    figure = Budget(
        "what the kernel's operations take one after another, of what it takes",
        rows[-1].of_sum,
        LEAST_FRACTION,
        at_least=True,
    )
    verdict = "met" if figure.met else "missed"
    print(f"\n{figure.figure}: {figure.value:.0%}, at least {figure.bound:.0%}: {verdict}")
    if arguments.json is not None:
        results = {
            "nanoseconds": speed,
            "loops": [asdict(loop) for loop in loops],
            "rows": [asdict(r) | {"of_sum": r.of_sum, "of_bound": r.of_bound} for r in rows],
            "figure": figure.as_dict(),
        }
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
