"""Errors and times of currents by kind of junction and by broadening, against stored references.

``python benchmarks/accuracy.py [RTOL]`` prints a Markdown table. The reference, of 30 digits and
made by another method, is tests/data/currents.json.
"""

import argparse
import json
import math
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import thermospin as ts
from thermospin.bench.budget import require
from thermospin.bench.tables import markdown
from thermospin.junction import FloatArray

REFERENCE = Path(__file__).parents[1] / "tests" / "data" / "currents.json"
RTOL = 1e-8
LEADS = ("T_S", "T_Sm", "h_exc", "h_S", "gamma_S", "gamma_Sm")
MANY = 2000  # points that are timed at once
ROUNDING = 1.1e-16
"""Error of the reference itself, which is stored as doubles, relative."""

Record = dict[str, Any]


@dataclass(frozen=True)
class Group:
    """The number of points of one kind, their mean time in µs, and the worst of their errors.

    ``error_spin`` is relative to the larger of I_up and I_down, ``error_charge`` to I_q;
    ``missed`` is the number of points that missed their tolerance.
    """

    name: str
    points: int
    microseconds: float
    error_spin: float
    error_charge: float
    error_over_estimate: float
    missed: int


def measure(rtol: float) -> list[Group]:
    """Return the errors at a tolerance, first by kind of junction, then by the smaller Γ."""
    records = json.loads(REFERENCE.read_text(encoding="utf-8"))["records"]
    by_kind = _grouped(records, lambda record: record["kind"])
    by_gamma = _grouped(sorted(records, key=_gamma), lambda record: _decade(_gamma(record)))
    return [
        _measured(name, members, rtol)
        for groups in (by_kind, by_gamma)
        for name, members in groups.items()
    ]


def _gamma(record: Record) -> float:
    return float(min(record["gamma_S"], record["gamma_Sm"]))


def _decade(gamma: float) -> str:
    # 1e-4 belongs to the decade that it begins, whatever the rounding of its logarithm.
    return f"Γ from 1e{math.floor(math.log10(gamma) + 1e-9)}"


def _grouped(records: Sequence[Record], name: Callable[[Record], str]) -> dict[str, list[Record]]:
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(name(record), []).append(record)
    return groups


def _points(records: Sequence[Record]) -> tuple[FloatArray, ts.Junction]:
    """Return the voltage and the junction of each record."""
    junction = ts.Junction(
        **{name: _column(records, name) for name in LEADS},
        gap_S=_column(records, "Delta_S"),
        gap_Sm=_column(records, "Delta_Sm"),
        gap_model="constant",
    )
    return _column(records, "V"), junction


def _column(records: Sequence[Record], name: str) -> FloatArray:
    return np.array([float(record[name]) for record in records])


def _measured(name: str, records: Sequence[Record], rtol: float) -> Group:
    V, junction = _points(records)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ts.ToleranceWarning)  # they are counted
        found = ts.currents(V, junction, rtol=rtol)
        microseconds = _microseconds(records, rtol)
    up, down, charge = (_column(records, key) for key in ("I_up", "I_down", "I_q"))
    size = np.maximum(abs(up), abs(down))
    error = np.maximum(abs(found.up - up), abs(found.down - down))
    return Group(
        name=name,
        points=len(records),
        microseconds=microseconds,
        error_spin=_worst(error, size),
        error_charge=_worst(abs(found.charge - charge), abs(charge)),
        error_over_estimate=_worst(np.maximum(0.0, error - ROUNDING * size), found.error),
        missed=int(np.count_nonzero(~found.converged)),
    )


def _worst(error: FloatArray, size: FloatArray) -> float:
    """Return the largest error over size; ∞ where only the size is zero, 0 where both are."""
    ratio = np.divide(error, size, out=np.where(error == 0.0, 0.0, np.inf), where=size != 0.0)
    return float(np.max(ratio))


def _microseconds(records: Sequence[Record], rtol: float) -> float:
    """Return the processor time per point in µs, over so many points that a call is negligible."""
    many = [*records] * (MANY // len(records))
    V, junction = _points(many)
    started = time.thread_time()
    ts.currents(V, junction, rtol=rtol)
    return 1e6 * (time.thread_time() - started) / len(many)


def table(groups: Sequence[Group]) -> str:
    """Return the groups as a Markdown table."""
    heads = ("points", "number", "µs each", "error of I_σ", "of I_q", "error/estimate", "missed")
    lines = [
        (
            group.name,
            str(group.points),
            f"{group.microseconds:.1f}",
            f"{group.error_spin:.1e}",
            f"{group.error_charge:.1e}",
            f"{group.error_over_estimate:.1e}",
            str(group.missed),
        )
        for group in groups
    ]
    return markdown(heads, lines)


def require_honest(groups: Sequence[Group]) -> None:
    """Raise if an error is larger than its estimate."""
    for group in groups:
        require(f"{group.name}: error over its estimate", group.error_over_estimate, 1.0)


def main() -> None:
    """Print the table, and fail if an error is larger than its estimate."""
    parser = argparse.ArgumentParser(description="Compare currents with the frozen reference.")
    parser.add_argument("rtol", type=float, nargs="?", default=RTOL)
    groups = measure(parser.parse_args().rtol)
    print(table(groups))
    require_honest(groups)


if __name__ == "__main__":
    main()
