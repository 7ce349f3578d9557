"""The fault campaign in its long form: ``python benchmarks/faults.py [--quick] [--json FILE]``.

Runs are disturbed in every way that is listed below and then resumed. Each must end in the bits of
an undisturbed run and leave nothing beside its result; a file under the final name must be whole at
any moment. Prints Markdown: fault, number of injections, outcome. The long form takes about half an
hour on two processors; the suite holds a bounded sample of it in ``tests/test_faults.py``.
"""

import argparse
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from unittest.mock import patch

import h5py
import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from faulty_disk import FAULTS, Killed, RecordedOS, VolatileOS

from thermospin.dataset import StoreError, disk, target_of
from thermospin.spec import SweepSpec, parse_spec
from thermospin.sweep import Stopped, chunks, run_sweep

SMALL = """\
fixed: {T_S: 0.7, gamma: 1e-2}
axes: {h_exc: [0, 0.1, 0.2], V: {start: -0.5, stop: 0.5, num: 21}}
outputs: [I_q, V_S]
"""
LARGE = SMALL.replace("num: 21", "num: 120001")  # seconds of work, tens of chunks
SHAPES = (
    SMALL,
    SMALL.replace("axes: {", "axes: {T_Sm: [0.01, 0.02], ").replace("num: 21", "num: 7"),
    "fixed: {V: 0.2, gamma: 1e-2}\naxes: {T_S: [0.3, 0.5, 0.7], h_exc: [0, 0.1, 0.2, 0.3]}\n"
    "outputs: [I_q, G_0]\n",
)
COMMAND = [sys.executable, "-c", "from thermospin.cli import main; main()"]
PATIENCE = 300.0  # seconds
STOPPED = 75


@dataclass(frozen=True)
class Row:
    """What came of one kind of fault."""

    fault: str
    injections: int
    runs: int
    outcome: str


class CampaignError(AssertionError):
    """A promise was broken."""


def bits(path: Path) -> dict[str, bytes]:
    """Return the bytes of every variable of a file."""
    with h5py.File(path, "r", locking=False) as file:
        variables = {name: item for name, item in file.items() if isinstance(item, h5py.Dataset)}
        return {name: item[()].tobytes() for name, item in variables.items()}


def require(condition: bool, what: str, folder: Path) -> None:
    """Stop the campaign at a broken promise."""
    if not condition:
        left = sorted(path.name for path in folder.iterdir())
        raise CampaignError(f"{what}; {folder} holds {left}")


def check(path: Path, spec: SweepSpec, reference: dict[str, bytes], **options: bool) -> None:
    """Resume a disturbed run and compare it with an undisturbed one."""
    if path.exists():
        require(bits(path) == reference, "an unfinished file has the final name", path.parent)
    run_sweep(spec, path, threads=1, resume=True, **options)
    require(bits(path) == reference, "other bits", path.parent)
    left = sorted(each.name for each in path.parent.iterdir())
    require(left == [path.name], "something is left", path.parent)


@contextmanager
def small_chunks() -> Iterator[None]:
    """Cut small sweeps into many chunks, which are brought to the medium in several groups."""
    with (
        patch.object(chunks, "SMALLEST", 4),
        patch.object(chunks, "LARGEST", 16),
        patch("thermospin.dataset.store.GROUP", 3),
    ):
        yield


@contextmanager
def folder() -> Iterator[Path]:
    """Yield a folder, in memory if there is such a file system: ``fsync`` takes no time there."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


def disturbed(system: RecordedOS, spec: SweepSpec, path: Path) -> bool:
    """Run on a faulty disk; return whether the run ended well."""
    with patch.object(disk, "os", system):
        try:
            run_sweep(spec, path, threads=1, resume=True)
        except (OSError, Killed):
            return False
    return True


def every_call(fault: str, shapes: tuple[str, ...]) -> Row:
    """Let each call of a run meet a fault, on fresh and on resumed runs."""
    met = 0
    for text in shapes:
        spec = parse_spec(text, "small.yaml")
        for begun in (False, True):
            with folder() as top:
                reference = reference_of(spec, top / "reference.h5")
                for failing in range(1, 10_000):
                    path = prepared(spec, top / str(failing), begun=begun)
                    system = RecordedOS(failing, fault)
                    if disturbed(system, spec, path) and len(system.calls) < failing:
                        break
                    check(path, spec, reference)
                    shutil.rmtree(path.parent)
                    met += fault not in ("torn", "short") or system.calls[failing - 1] == "pwrite"
    names = {
        "kill": "process killed before a call",
        "torn": "process killed in the midst of a write",
        "short": "write taken in two portions",
    }
    return Row(names.get(fault, f"{fault} at a call"), met, met, "identical, nothing left")


def reference_of(spec: SweepSpec, path: Path) -> dict[str, bytes]:
    """Return the bits of an undisturbed run."""
    run_sweep(spec, path, threads=1)
    return bits(path)


def prepared(spec: SweepSpec, place: Path, *, begun: bool) -> Path:
    """Return an output in a new folder, perhaps with unfinished work beside it."""
    place.mkdir()
    if begun:
        asked = iter(range(3))
        with suppress(Stopped):
            run_sweep(spec, place / "out.h5", threads=1, stop=lambda: next(asked, None) is None)
    return place / "out.h5"


def power_cuts(seeds: int) -> Row:
    """Cut the simulated power at each call, with several fates of what was not synced."""
    spec = parse_spec(SMALL, "small.yaml")
    met = 0
    with folder() as top:
        reference = reference_of(spec, top / "reference.h5")
        for seed in range(seeds):
            random = np.random.default_rng(seed)
            for failing in range(1, 10_000):
                path = prepared(spec, top / "cut", begun=bool(seed % 2))
                system = VolatileOS(path.parent, failing, random)
                ended = disturbed(system, spec, path)
                if not ended:
                    system.fail()
                    check(path, spec, reference)
                    met += 1
                shutil.rmtree(path.parent)
                if ended:
                    break
    return Row("power cut (simulated) at a call", met, met, "identical, nothing left")


def chains(count: int) -> Row:
    """Let faults strike again and again while a run is being resumed."""
    random = np.random.default_rng(3)
    spec = parse_spec(SMALL, "small.yaml")
    met = 0
    with folder() as top:
        reference = reference_of(spec, top / "reference.h5")
        for number in range(count):
            path = prepared(spec, top / str(number), begun=False)
            for _ in range(4):
                system = RecordedOS(int(random.integers(1, 90)), str(random.choice(FAULTS)))
                if disturbed(system, spec, path):
                    break
                met += 1
            check(path, spec, reference)
            shutil.rmtree(path.parent)
    return Row("up to four faults in a row", met, count, "identical, nothing left")


def damage(count: int) -> Row:
    """Flip random bits of unfinished work: it must be refused, or cost no more than time."""
    random = np.random.default_rng(4)
    spec = parse_spec(SMALL, "small.yaml")
    refused = 0
    with folder() as top:
        reference = reference_of(spec, top / "reference.h5")
        for number in range(count):
            path = prepared(spec, top / str(number), begun=True)
            target = target_of(path)
            victim = target.journal if number % 2 else target.partial
            data = bytearray(victim.read_bytes())
            data[random.integers(len(data))] ^= 1 << int(random.integers(8))
            victim.write_bytes(data)
            try:
                check(path, spec, reference)
            except StoreError:
                refused += 1
                check(path, spec, reference, repair=True)
            shutil.rmtree(path.parent)
    outcome = f"{refused} refused and repaired, {count - refused} harmless; identical"
    return Row("bit flipped in unfinished work", count, count, outcome)


def started(place: Path, *arguments: str, limit: int | None = None) -> subprocess.Popen[str]:
    """Start a run as a user would."""
    command = [*COMMAND, "run", "large.yaml", "--resume", "-q", *arguments]
    if limit is not None:
        command = ["bash", "-c", f"ulimit -f {limit}; exec {shlex.join(command)}"]
    return subprocess.Popen(
        command, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def signals(number: signal.Signals, count: int) -> Row:
    """Stop real processes at random moments, until enough of them have been stopped."""
    random = np.random.default_rng(int(number))
    spec = parse_spec(LARGE, "large.yaml")
    met = runs = 0
    with folder() as place:
        (place / "large.yaml").write_text(LARGE)
        reference = reference_of(spec, place / "reference.h5")
        (place / "reference.h5").unlink()
        while met < count:
            process = started(place, "--threads", str(random.integers(1, 4)))
            try:
                process.communicate(timeout=random.uniform(1.0, 6.0))
            except subprocess.TimeoutExpired:
                process.send_signal(number)
                process.communicate(timeout=PATIENCE)
                wanted = (-number,) if number == signal.SIGKILL else (0, STOPPED, -number)
                require(process.returncode in wanted, f"exit {process.returncode}", place)
                met += 1
            if (place / "large.h5").exists():
                require(bits(place / "large.h5") == reference, "other bits", place)
            if process.returncode == 0:
                left = sorted(path.name for path in place.iterdir())
                require(left == ["large.h5", "large.yaml"], "something is left", place)
                (place / "large.h5").unlink()
                runs += 1
        require(started(place).wait(PATIENCE) == 0, "the last run failed", place)
        require(bits(place / "large.h5") == reference, "other bits", place)
    outcome = f"{runs + 1} finished runs, all identical, nothing left"
    return Row(f"{number.name} at a random moment", met, runs + 1, outcome)


def rivals(rounds: int, each: int) -> Row:
    """Start several runs on one output at once."""
    spec = parse_spec(LARGE, "large.yaml")
    refused = 0
    with folder() as place:
        (place / "large.yaml").write_text(LARGE)
        reference = reference_of(spec, place / "reference.h5")
        for _ in range(rounds):
            processes = [started(place, "--threads", "1") for _ in range(each)]
            codes = [process.wait(PATIENCE) for process in processes]
            require(set(codes) <= {0, 2} and 0 in codes, f"exits {codes}", place)
            require(bits(place / "large.h5") == reference, "other bits", place)
            (place / "large.h5").unlink()
            refused += codes.count(2)
    outcome = f"{refused} refused, the others computed it or found it done; identical"
    return Row(f"{each} runs on one output at once", rounds * each, rounds, outcome)


def full_disks(count: int) -> Row:
    """Limit the size of files, then lift the limit."""
    random = np.random.default_rng(5)
    spec = parse_spec(LARGE, "large.yaml")
    with folder() as place:
        (place / "large.yaml").write_text(LARGE)
        reference = reference_of(spec, place / "reference.h5")
        (place / "reference.h5").unlink()
        for _ in range(count):
            process = started(place, limit=int(random.integers(1, 3000)))
            _, messages = process.communicate(timeout=PATIENCE)
            require(process.returncode == 1, f"exit {process.returncode}: {messages}", place)
            require("free some space" in messages, messages, place)
            left = [path.name for path in place.iterdir()]
            require(left == ["large.yaml"], "something is left", place)
        require(started(place).wait(PATIENCE) == 0, "the last run failed", place)
        require(bits(place / "large.h5") == reference, "other bits", place)
    return Row("size of files limited", count, 1, "refused at once and explained, nothing left")


def campaign(quick: bool) -> Iterator[Row]:
    """Yield the rows of the table as they are measured."""
    shapes = SHAPES[:1] if quick else SHAPES
    with small_chunks():
        for fault in (*FAULTS, "EDQUOT", "EROFS"):
            yield every_call(fault, shapes)
        yield power_cuts(2 if quick else 20)
        yield chains(20 if quick else 500)
        yield damage(40 if quick else 1000)
    yield signals(signal.SIGKILL, 5 if quick else 200)
    yield signals(signal.SIGTERM, 3 if quick else 50)
    yield signals(signal.SIGINT, 3 if quick else 50)
    yield rivals(1 if quick else 15, 4)
    yield full_disks(2 if quick else 20)


def main() -> None:
    """Run the campaign and print the table."""
    parser = argparse.ArgumentParser(description="Run the fault campaign.")
    parser.add_argument("--quick", action="store_true", help="a few of each")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there, too")
    arguments = parser.parse_args()
    os.environ.pop("SLURM_CPUS_PER_TASK", None)
    rows = []
    print("| fault | injections | resumed to the end | outcome |\n|---|---|---|---|")
    for row in campaign(arguments.quick):
        rows.append(asdict(row))
        cells = (row.fault, f"{row.injections:,}", f"{row.runs:,}", row.outcome)
        print(f"| {' | '.join(cells)} |", flush=True)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
