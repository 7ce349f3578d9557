"""How many points a second a graphics card gives, beside the processor of the same machine.

A point is I_up and I_down. The junctions are those of the standing case at h = 0.4.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from thermospin.bench.budget import require
from thermospin.bench.standing_case import GAMMA, T_S, T_SM
from thermospin.device import CPU, CUDA, opened_card
from thermospin.execution import thread_count
from thermospin.gap import bcs_gap
from thermospin.junction import FloatArray, Junction
from thermospin.kernels.kinds import CURRENT
from thermospin.kernels.leads import COLUMNS
from thermospin.observables.points import leads_table
from thermospin.observables.spin_up_integrals import IndexArray, Integral, spin_up_integral

RTOL = 1e-8
FIELD = 0.4
POINTS, FEW_POINTS = 10_000_000, 1_000_000
ON_THREADS, ON_ONE = 10, 100
"""One in so many of the points is computed on all threads of the processor, and on one of them."""
CHECKED = 5_000
"""Points whose currents are compared."""
SHARE = 0.1
"""Part of the estimated error by which a card may differ from the processor."""
ROUNDS = 3
_OF_TEMPERATURES = 1000


@dataclass(frozen=True)
class CardRow:
    """Millions of points a second, each the best of some rounds.

    Attributes
    ----------
    points : str
        Which points, in words.
    one_thread, all_threads : float
        On one thread of the processor and on all.
    card : float
        On the card, the way of all numbers there and back included.
    card_alone : float
        With the points on the card already, and the results left there.
    difference : float
        Largest difference of a current between card and processor, over its estimated error.
    """

    points: str
    one_thread: float
    all_threads: float
    card: float
    card_alone: float
    difference: float


def compare_card(quick: bool) -> list[CardRow]:
    """Time the currents on the graphics card and on the processor, in turn.

    Parameters
    ----------
    quick : bool
        Whether a tenth of the points is enough.

    Raises
    ------
    BenchmarkError
        If a current on the card differs by more than a tenth of its estimated error.
    ModuleNotFoundError, OSError
        If there is no card, or what it needs is missing.
    """
    opened_card()
    cases = _cases(FEW_POINTS if quick else POINTS)
    return [_row(name, *integrals) for name, integrals in cases.items()]


_Integrals = tuple[FloatArray, IndexArray, FloatArray]


def _cases(count: int) -> dict[str, _Integrals]:
    """Return voltages, rows and tables of leads: spin up at V and then at −V, by their names."""
    V = np.linspace(1e-3, 2.5, count)
    shuffled = np.random.default_rng(0).permutation(count)
    T = np.linspace(0.3, 0.95, _OF_TEMPERATURES)
    sweep = Junction(T_S=T, T_Sm=T_SM, h_exc=FIELD, gamma=GAMMA, gap_S=bcs_gap(T))
    one = np.zeros(2 * count, dtype=np.int64)
    standing = _table(Junction(T_S=T_S, T_Sm=T_SM, h_exc=FIELD, gamma=GAMMA))
    row = np.arange(count) * _OF_TEMPERATURES // count
    along = np.resize(np.linspace(1e-3, 2.5, -(-count // _OF_TEMPERATURES)), count)
    return {
        "one junction, V in order": (_with_mirrored(V), one, standing),
        "one junction, V shuffled": (_with_mirrored(V[shuffled]), one, standing),
        "a sweep of T_S and V": (_with_mirrored(along), np.tile(row, 2), _table(sweep)),
    }


def _table(junction: Junction) -> FloatArray:
    return leads_table(junction).reshape(-1, COLUMNS)


def _with_mirrored(voltage: FloatArray) -> FloatArray:
    return np.concatenate((voltage, -voltage))


def _row(name: str, voltage: FloatArray, row: IndexArray, table: FloatArray) -> CardRow:
    points, threads = voltage.size // 2, thread_count()
    some = slice(None, None, -(-points // CHECKED))
    card = _on(CUDA, voltage[some], row[some], table)
    processor = _on(CPU, voltage[some], row[some], table)
    difference = float(np.max(np.abs(card.value - processor.value) / processor.error))
    require(f"{name}: card and processor, over the estimated error", difference, SHARE)
    many, few = slice(None, None, ON_THREADS), slice(None, None, ON_ONE)
    parts = np.array_split(np.arange(voltage.size)[many], 8 * threads)

    def on_threads() -> None:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda part: _on(CPU, voltage[part], row[part], table), parts))

    transfer = opened_card().transfer(voltage.size)
    there, results = transfer.sent(voltage, row, table), transfer.results(voltage.size)

    def rate(work: Callable[[], object], integrals: int = voltage.size) -> float:
        return 1e-6 * (integrals // 2) / min(_seconds(work) for _ in range(ROUNDS))

    return CardRow(
        name,
        rate(lambda: _on(CPU, voltage[few], row[few], table), voltage[few].size),
        rate(on_threads, voltage[many].size),
        rate(lambda: _on(CUDA, voltage, row, table)),
        rate(lambda: opened_card().compute(CURRENT, there, RTOL, results, transfer.stream)),
        difference,
    )


def _on(device: str, voltage: FloatArray, row: IndexArray, table: FloatArray) -> Integral:
    return spin_up_integral(CURRENT, voltage, row, table, RTOL, device)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
