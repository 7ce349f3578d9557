"""What the tests share: compiled kernels, data of the paper's panels, the frozen records.

The suite also passes with NUMBA_DISABLE_JIT=1, where the kernels run as plain Python and a point
costs tens of milliseconds instead of microseconds. No test is left out then, but each takes only
one in `STRIDE` of its points.
"""

import fcntl
import gc
import os
from collections.abc import Callable, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from frozen_records import INTERPRETED, Records, read_records, thinned_points
from hypothesis import settings

from thermospin.dataset import Contents, read
from thermospin.execution.warmup import STEPS
from thermospin.reproduction.datasets import produce, spec_of

settings.register_profile("compiled", derandomize=True, deadline=None, max_examples=100)
settings.register_profile("interpreted", derandomize=True, deadline=None, max_examples=3)
settings.load_profile("interpreted" if INTERPRETED else "compiled")

# Else each of some hundred processes that tests start compiles the package anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Else the garbage collector walks modules and thousands of tests, which live on, again and again.
gc.set_threshold(200_000)


def pytest_collection_finish():
    """Keep the garbage collector from walking what has been collected at all."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def session_folder(tmp_path_factory) -> Path:
    """Return a folder that all processes of this run of the tests share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@contextmanager
def _one_at_a_time(path):
    """Let one process of this run of the tests go on, and the others wait until it is done."""
    with path.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _alone(path, act):
    """Do something unless another process of this run of the tests is doing it."""
    with path.open("w", encoding="utf-8") as file, suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        act()


@pytest.fixture(scope="session", autouse=True)
def _compiled_once(session_folder):
    """Have each kernel compiled by one of several test processes: each would compile them all.

    Every process takes the next that no other is at, and in the end waits until all are there. Half
    of them begin with the last ones, of films, for kernels of a kind have steps of compiling in
    common. What the tests start finds all in the same cache. A single process compiles what it
    needs.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None or INTERPRETED:
        return
    *kinds, everything = STEPS
    from_the_end = int(worker.removeprefix("gw")) % 2 == 1
    for names in (kinds[::-1] if from_the_end else kinds, [everything]):
        for name in names:
            _alone(session_folder / f"compiling {name}", STEPS[name])
        for name in names:
            with _one_at_a_time(session_folder / f"compiling {name}"):
                pass


@pytest.fixture(scope="session")
def bundled(session_folder) -> Callable[..., Contents]:
    """Return a function that gives the data of a bundled sweep, with coarse maps, for a Γ in Δ0.

    Each is computed once for all tests.
    """

    def contents(name, gamma=1e-4):
        folder = session_folder / f"gamma {gamma!r}"
        folder.mkdir(exist_ok=True)
        with _one_at_a_time(folder / f"{name}.turn"):
            return read(produce(spec_of(name, gamma, quick=True), folder).path)

    return contents


@pytest.fixture(scope="session")
def thinned() -> Callable[[Sequence], Sequence]:
    """Return a function that keeps all points of a sequence, or a few if the JIT is off."""
    return thinned_points


@pytest.fixture(scope="session")
def current_records() -> Records:
    """Return tests/data/currents.json, at least one record of each kind."""
    return read_records("currents.json")


@pytest.fixture(scope="session")
def conductance_records() -> Records:
    """Return tests/data/conductances.json, at least one record of each kind."""
    return read_records("conductances.json")


@pytest.fixture(scope="session")
def flow_records() -> Records:
    """Return tests/data/flows.json, at least one record of each kind."""
    return read_records("flows.json")
