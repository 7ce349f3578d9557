"""Nodes and pieces per point against error, for several broadenings and tolerances.

``python benchmarks/nodes.py`` prints a Markdown table, over the 45 voltages and fields of the
standing case (T_S = 0.7). The nodes are counted where they are taken: the kernels run as plain
Python in a process of its own, with counters around the loops over nodes.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from thermospin.bench.standing_case import T_S, T_SM, standing_case
from thermospin.bench.tables import markdown
from thermospin.junction import Junction
from thermospin.kernels.kinds import CURRENT
from thermospin.observables.points import Points, leads_table
from thermospin.observables.spin_up_integrals import Integral

GAMMAS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
RTOLS = (1e-4, 1e-6, 1e-8, 1e-10, 1e-12)
EXACT = 1e-13  # the tolerance of the reference; tests compare it with arithmetic of 30 digits


class Counts(NamedTuple):
    """Per point, which is I_up and I_down: nodes with two Fermi functions and with one, pieces."""

    both: float
    one_step: float
    pieces: float

    @property
    def nodes(self) -> float:
        """Number of nodes of both kinds."""
        return self.both + self.one_step


@dataclass(frozen=True)
class Row:
    """Nodes and pieces per point at a tolerance, and the worst relative error of both currents."""

    gamma: float
    rtol: float
    nodes: float
    pieces: float
    error: float


def points(gamma: float, rtol: float) -> Points:
    """Return the voltages and fields of the standing case for a broadening."""
    cases = standing_case()
    junction = Junction(T_S=T_S, T_Sm=T_SM, h_exc=[case.h_exc for case in cases], gamma=gamma)
    voltage = np.array([case.V for case in cases])
    return Points(voltage, np.arange(len(cases)), leads_table(junction), rtol)


def worst_error(found: Sequence[Integral], gamma: float) -> float:
    """Return the worst relative error of I_up and I_down."""
    exact = points(gamma, EXACT).both_spins(CURRENT)
    return max(
        float(np.max(np.abs(one.value / other.value - 1.0)))
        for one, other in zip(found, exact, strict=True)
    )


def counted(wanted: Sequence[tuple[float, float]]) -> list[Counts]:
    """Return the counts for pairs of a broadening and a tolerance."""
    done = subprocess.run(
        [sys.executable, __file__, "--count", json.dumps(wanted)],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        stdout=subprocess.PIPE,
        check=True,
    )
    return [Counts(*found) for found in json.loads(done.stdout)]


def _count(gamma: float, rtol: float) -> Counts:
    """Return the counts for one pair, in this process, whose compiler must be off."""
    from thermospin.kernels import tunnelling
    from thermospin.kernels.rules import ORDERS

    taken = {"current_values": 0, "step_current_values": 0, "conductance_values": 0}
    pieces = 0

    def counting(name: str, values: Any) -> Any:
        def counted_values(queue: Any, count: int, leads: Any, work: Any) -> None:
            taken[name] += sum(ORDERS[work.piece[queue[q]].rule] for q in range(count))
            nonlocal pieces
            pieces += count
            values(queue, count, leads, work)

        return counted_values

    kept = {name: getattr(tunnelling, name) for name in taken}
    try:
        for name, values in kept.items():
            setattr(tunnelling, name, counting(name, values))
        where = points(gamma, rtol)
        where.both_spins(CURRENT)
    finally:
        for name, values in kept.items():
            setattr(tunnelling, name, values)
    both = taken["current_values"] + taken["conductance_values"]  # at h = 0 and V below Γ: slopes
    n = where.voltage.size
    return Counts(both / n, taken["step_current_values"] / n, pieces / n)


def measure(gammas: Sequence[float] = GAMMAS, rtols: Sequence[float] = RTOLS) -> list[Row]:
    """Return a row for each broadening and tolerance."""
    pairs = [(gamma, rtol) for gamma in gammas for rtol in rtols]
    rows = []
    for (gamma, rtol), counts in zip(pairs, counted(pairs), strict=True):
        error = worst_error(points(gamma, rtol).both_spins(CURRENT), gamma)
        rows.append(Row(gamma, rtol, counts.nodes, counts.pieces, error))
    return rows


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table: a line a broadening, nodes and error a tolerance."""
    rtols = list(dict.fromkeys(row.rtol for row in rows))
    lines = []
    for gamma in dict.fromkeys(row.gamma for row in rows):
        mine = [row for row in rows if row.gamma == gamma]
        cells = [f"{row.nodes:.0f} in {row.pieces:.0f} ({row.error:.0e})" for row in mine]
        lines.append([f"{gamma:.0e}", *cells])
    return markdown(["Γ", *(f"rtol {rtol:.0e}" for rtol in rtols)], lines)


def main() -> None:
    """Print the table, or count for the process that does."""
    if sys.argv[1:2] == ["--count"]:
        wanted = json.loads(sys.argv[2])
        print(json.dumps([_count(gamma, rtol) for gamma, rtol in wanted]))
        return
    print("Numbers of nodes and of pieces a point, that is for I_up and I_down together, and in")
    print(
        "brackets the worst relative error; T_S = 0.7, 45 points.",
        table(measure()),
        sep="\n\n",
    )


if __name__ == "__main__":
    main()
