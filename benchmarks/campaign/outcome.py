"""What a disturbed run has to come to, and a line of the table."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import h5py

from thermospin import execution
from thermospin.execution import CutSizes, Engine
from thermospin.spec import SweepSpec

SMALL_CHUNKS = Engine(sizes=CutSizes(largest=16, smallest=4), group=3)
"""Cuts small sweeps into many chunks, which are brought to the medium in several groups."""
run_sweep = partial(execution.run_sweep, engine=SMALL_CHUNKS)
merge = partial(execution.merge, engine=SMALL_CHUNKS)
UNDAMAGED = "identical, nothing left"
SMALL = """\
fixed: {T_S: 0.7, gamma: 1e-2}
axes: {h_exc: [0, 0.1, 0.2], V: {start: -0.5, stop: 0.5, num: 21}}
outputs: [I_q, V_S]
"""


@dataclass(frozen=True)
class Row:
    """What came of one kind of fault: how often it struck, and how many runs reached their end."""

    fault: str
    injections: int
    runs: int
    outcome: str


class CampaignError(AssertionError):
    """A promise was broken."""


def require(condition: bool, what: str, folder: Path) -> None:
    """Stop the campaign at a broken promise."""
    if not condition:
        raise CampaignError(f"{what}; {folder} holds {names_in(folder)}")


def names_in(folder: Path) -> list[str]:
    """Return what lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


def bits(path: Path) -> dict[str, bytes]:
    """Return the bytes of every variable of a file."""
    with h5py.File(path, "r", locking=False) as file:
        variables = {name: item for name, item in file.items() if isinstance(item, h5py.Dataset)}
        return {name: item[()].tobytes() for name, item in variables.items()}


def reference_of(spec: SweepSpec, path: Path) -> dict[str, bytes]:
    """Return the bits of an undisturbed run."""
    run_sweep(spec, path, threads=1)
    return bits(path)


def check(path: Path, spec: SweepSpec, reference: dict[str, bytes], repair: bool = False) -> None:
    """Resume a disturbed run and compare it with an undisturbed one."""
    if path.exists():
        require(bits(path) == reference, "an unfinished file has the final name", path.parent)
    run_sweep(spec, path, threads=1, resume=True, repair=repair)
    require(bits(path) == reference, "other bits", path.parent)
    require(names_in(path.parent) == [path.name], "something is left", path.parent)


@contextmanager
def folder() -> Iterator[Path]:
    """Yield a folder, in memory if there is such a file system: ``fsync`` takes no time there."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)
