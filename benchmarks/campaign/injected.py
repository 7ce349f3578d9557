"""Faults that are injected into this process: failing calls, power cuts and flipped bits."""

import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np

from campaign.outcome import (
    SMALL,
    UNDAMAGED,
    Row,
    bits,
    check,
    folder,
    merge,
    reference_of,
    require,
    run_sweep,
)  # fmt: skip

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "support"))
from faulty_disk import FAULTS, Killed, RecordedOS, VolatileOS

from thermospin.dataset import FileError, StoreError, filesystem, output_path_of
from thermospin.execution import Stopped
from thermospin.spec import SweepSpec, parse_spec
from thermospin.verification import verify

SHAPES = (
    SMALL,
    SMALL.replace("axes: {", "axes: {T_Sm: [0.01, 0.02], ").replace("num: 21", "num: 7"),
    "fixed: {V: 0.2, gamma: 1e-2}\naxes: {T_S: [0.3, 0.5, 0.7], h_exc: [0, 0.1, 0.2, 0.3]}\n"
    "outputs: [I_q, G_0]\n",
)
KINDS = (*FAULTS, "EDQUOT", "EROFS")
SHARDS = 3
MOST_CALLS = 10_000  # of a run; none comes near
_NAMES = {
    "kill": "process killed before a call",
    "torn": "process killed in the midst of a write",
    "short": "write taken in two portions",
}


def disturbed(system: RecordedOS, work: Callable[[], object]) -> bool:
    """Work on a faulty disk; return whether it ended well."""
    with patch.object(filesystem, "os", system):
        try:
            work()
        except (OSError, Killed):
            return False
    return True


def resumed(spec: SweepSpec, path: Path) -> Callable[[], object]:
    """Return the work of resuming a sweep."""
    return lambda: run_sweep(spec, path, threads=1, resume=True)


def prepared(spec: SweepSpec, place: Path, *, begun: bool) -> Path:
    """Return an output in a new folder, perhaps with unfinished work beside it."""
    place.mkdir()
    if begun:
        asked = iter(range(3))
        with suppress(Stopped):
            run_sweep(spec, place / "out.h5", threads=1, stop=lambda: next(asked, None) is None)
    return place / "out.h5"


def every_call(fault: str, shapes: int) -> Row:
    """Let each call of a run meet a fault, on fresh and on resumed runs."""
    met = 0
    for text in SHAPES[:shapes]:
        spec = parse_spec(text, "small.yaml")
        for begun in (False, True):
            with folder() as top:
                reference = reference_of(spec, top / "reference.h5")
                for failing in range(1, MOST_CALLS):
                    path = prepared(spec, top / str(failing), begun=begun)
                    system = RecordedOS(failing, fault)
                    if disturbed(system, resumed(spec, path)) and len(system.calls) < failing:
                        break
                    check(path, spec, reference)
                    shutil.rmtree(path.parent)
                    met += _struck(system)
    return Row(_NAMES.get(fault, f"{fault} at a call"), met, met, UNDAMAGED)


def _struck(system: RecordedOS) -> bool:
    """Tell whether a fault could do anything to the call that was chosen for it."""
    return system.fault not in ("torn", "short") or system.calls[system.failing - 1] == "pwrite"


def mergers(kinds: tuple[str, ...]) -> Row:
    """Let each call of a merger meet a fault; it is repeated, and no shard is changed."""
    spec = parse_spec(SMALL, "small.yaml")
    met = 0
    with folder() as top:
        reference = reference_of(spec, top / "reference.h5")
        shards = [top / f"{number}.h5" for number in range(1, SHARDS + 1)]
        for number, shard in enumerate(shards, start=1):
            run_sweep(spec, shard, threads=1, shard=f"{number}/{SHARDS}")
        before = [shard.read_bytes() for shard in shards]
        for fault in kinds:
            for failing in range(1, MOST_CALLS):
                path = top / fault / str(failing) / "out.h5"
                path.parent.mkdir(parents=True)
                system = RecordedOS(failing, fault)
                ended = disturbed(system, partial(merge, path, shards))
                if ended and len(system.calls) < failing:
                    break
                if path.exists():
                    require(bits(path) == reference, "an unfinished file has the name", path.parent)
                merge(path, shards, force=True)
                require(bits(path) == reference, "other bits", path.parent)
                left = [each.name for each in path.parent.iterdir()]
                require(left == [path.name], "something is left", path.parent)
                met += _struck(system)
        require([shard.read_bytes() for shard in shards] == before, "a shard was changed", top)
    return Row("any of these at a call of merge, which is then repeated", met, met, UNDAMAGED)


def power_cuts(seeds: int) -> Row:
    """Cut the simulated power at each call, with several fates of what was not synced."""
    spec = parse_spec(SMALL, "small.yaml")
    met = 0
    with folder() as top:
        reference = reference_of(spec, top / "reference.h5")
        for seed in range(seeds):
            random = np.random.default_rng(seed)
            for failing in range(1, MOST_CALLS):
                path = prepared(spec, top / "cut", begun=bool(seed % 2))
                system = VolatileOS(path.parent, failing, random)
                ended = disturbed(system, resumed(spec, path))
                if not ended:
                    system.fail()
                    check(path, spec, reference)
                    met += 1
                shutil.rmtree(path.parent)
                if ended:
                    break
    return Row("power cut (simulated) at a call", met, met, UNDAMAGED)


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
                if disturbed(system, resumed(spec, path)):
                    break
                met += 1
            check(path, spec, reference)
            shutil.rmtree(path.parent)
    return Row("up to four faults in a row", met, count, UNDAMAGED)


def damage(count: int) -> Row:
    """Flip random bits of unfinished work: it must be refused, or cost no more than time."""
    random = np.random.default_rng(4)
    spec = parse_spec(SMALL, "small.yaml")
    refused = 0
    with folder() as top:
        reference = reference_of(spec, top / "reference.h5")
        for number in range(count):
            path = prepared(spec, top / str(number), begun=True)
            target = output_path_of(path)
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
    outcome = f"{refused:,} refused, then repaired; {count - refused:,} harmless; identical"
    return Row("bit flipped in unfinished work", count, count, outcome)


def flipped_bytes(step: int) -> Row:
    """Flip a bit of a finished file, in one byte after another: `verify` must find it."""
    random = np.random.default_rng(6)
    spec = parse_spec(SMALL, "small.yaml")
    met = unreadable = 0
    with folder() as top:
        path = top / "out.h5"
        run_sweep(spec, path, threads=1)
        require(verify(path).passed, "a sound file does not pass", top)
        sound = path.read_bytes()
        for place in range(0, len(sound), step):
            data = bytearray(sound)
            data[place] ^= 1 << int(random.integers(8))
            path.write_bytes(data)
            try:
                require(not verify(path, sample=0).passed, f"byte {place} goes unseen", top)
            except FileError:
                unreadable += 1
            met += 1
    which = "each byte" if step == 1 else f"every {step}th byte"
    outcome = f"{met - unreadable:,} fail verify, {unreadable:,} are refused by it; none unseen"
    return Row(f"bit flipped in {which} of a finished file", met, 0, outcome)
