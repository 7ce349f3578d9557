"""Frozen reference points, and how many of them a test takes where the JIT is off."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numba
import numpy as np

from thermospin import Junction

INTERPRETED = bool(numba.config.DISABLE_JIT)
STRIDE = 5
DATA = Path(__file__).parents[1] / "data"
LEADS = ("T_S", "T_Sm", "h_exc", "h_S", "gamma_S", "gamma_Sm", "Delta_S", "Delta_Sm")


def thinned_points(points):
    return points[::STRIDE] if INTERPRETED else points


@dataclass(frozen=True)
class Records:
    """Frozen reference points: a junction with actual gaps, a bias, and what it carries there."""

    rows: list[dict[str, Any]]

    def __getitem__(self, name: str) -> np.ndarray:
        """Return a column."""
        return np.array([row[name] for row in self.rows])

    def of(self, *kinds: str) -> "Records":
        """Return the records of some kinds."""
        return Records([row for row in self.rows if row["kind"] in kinds])

    def but(self, *kinds: str) -> "Records":
        """Return the records of all other kinds."""
        return Records([row for row in self.rows if row["kind"] not in kinds])

    def leads(self, i: int) -> list[float]:
        """Return the parameters of one junction in the order of the reference."""
        return [self.rows[i][name] for name in LEADS]

    @property
    def V(self) -> np.ndarray:
        return self["V"]

    @property
    def junction(self) -> Junction:
        fields = {name: self[name] for name in LEADS[:6]}
        gaps = {"gap_S": self["Delta_S"], "gap_Sm": self["Delta_Sm"]}
        return Junction(**fields, **gaps, gap_model="constant")


def read_records(name: str) -> Records:
    rows = json.loads((DATA / name).read_text(encoding="utf-8"))["records"]
    by_kind = [
        [row for row in rows if row["kind"] == kind] for kind in {r["kind"]: 0 for r in rows}
    ]
    return Records([row for group in by_kind for row in thinned_points(group)])
