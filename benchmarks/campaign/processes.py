"""Faults that strike whole processes, started as a user would: signals, rivals and full disks."""

import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil

from campaign.outcome import SMALL, UNDAMAGED, Row, bits, folder, names_in, require

LARGE = SMALL.replace("num: 21", "num: 120001")  # a second of work, tens of chunks
PATIENCE = 900.0  # seconds, on a machine that is busy with other things
STOPPED = 75
NAME = "large.h5"
AMPLE = 1 << 20  # KiB of a disk
_COMMAND = [sys.executable, "-c", "from thermospin.cli import main; main()"]
_KEPT = "finished chunks are safe"


def started(place: Path, *arguments: str, limit: int | None = None) -> subprocess.Popen[str]:
    """Start a run as a user would; ``limit`` is that of the size of files, in blocks of 1024."""
    command = [*_COMMAND, "run", "large.yaml", "--resume", "-q", *arguments]
    if limit is not None:
        command = ["bash", "-c", f"ulimit -f {limit}; exec {shlex.join(command)}"]
    return subprocess.Popen(
        command, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@dataclass
class Site:
    """A folder with a spec in it, the right bits, and how long an undisturbed run takes."""

    place: Path
    reference: dict[str, bytes]
    seconds: float
    runs: int = field(default=0)

    def finish(self) -> None:
        """Resume until the end, if need be, compare the bits and take the result away."""
        process = started(self.place)
        _, messages = process.communicate(timeout=PATIENCE)
        require(process.returncode == 0, f"exit {process.returncode}: {messages}", self.place)
        self.take()

    def take(self) -> None:
        """Compare the bits of a finished run and take its result away."""
        self.compare()
        require(names_in(self.place) == [NAME, "large.yaml"], "something is left", self.place)
        (self.place / NAME).unlink()
        self.runs += 1

    def compare(self) -> None:
        """Require that the result is the right one if it has its name."""
        if (self.place / NAME).exists():
            require(bits(self.place / NAME) == self.reference, "other bits", self.place)


@contextmanager
def site() -> Iterator[Site]:
    """Yield a place to work at."""
    with folder() as place:
        (place / "large.yaml").write_text(LARGE)
        seconds = 0.0
        for _ in range(2):  # the first compiles what has not been compiled
            begun = time.monotonic()
            require(started(place).wait(PATIENCE) == 0, "no reference", place)
            seconds = time.monotonic() - begun
            reference = bits(place / NAME)
            (place / NAME).unlink()
        yield Site(place, reference, seconds)


def signals(numbers: tuple[signal.Signals, ...], count: int) -> Row:
    """Send processes one signal, or several in a row, at random moments; resume each time."""
    random = np.random.default_rng([int(number) for number in numbers])
    wanted = {0, STOPPED, *(-number for number in numbers)}
    if numbers == (signal.SIGKILL,):
        wanted = {-signal.SIGKILL}
    met = 0
    with site() as at:
        while met < count:
            begun = time.monotonic()
            process = started(at.place, "--threads", str(random.integers(1, 4)))
            try:
                process.wait(at.seconds * random.uniform(0.3, 1.0))
                at.seconds = time.monotonic() - begun  # less was left, or it has become faster
            except subprocess.TimeoutExpired:
                met += 1
                for number in numbers:
                    process.send_signal(number)
                    time.sleep(0.0 if number == numbers[-1] else random.uniform(0.0, 0.3))
            _, messages = process.communicate(timeout=PATIENCE)
            code = process.returncode
            require(code in wanted | {0}, f"exit {code}: {messages}", at.place)
            at.compare()
            if code == 0:
                at.take()
        at.finish()
    names = ", then ".join(number.name for number in numbers)
    return Row(f"{names} at a random moment", met, at.runs, UNDAMAGED)


def rivals(rounds: int, each: int) -> Row:
    """Start several runs on one output at once."""
    refused = 0
    with site() as at:
        for _ in range(rounds):
            processes = [started(at.place, "--threads", "1") for _ in range(each)]
            found = [(p.communicate(timeout=PATIENCE)[1], p.returncode) for p in processes]
            codes = [code for _, code in found]
            require(set(codes) <= {0, 2} and 0 in codes, f"exits {codes}", at.place)
            for messages, code in found:
                require(code == 0 or "another run" in messages, messages, at.place)
            at.take()
            refused += codes.count(2)
    outcome = f"{refused} refused; the others computed it or found it done; {UNDAMAGED}"
    return Row(f"{each} runs on one output at once", rounds * each, at.runs, outcome)


def successors(rounds: int) -> Row:
    """Kill the run that has the output while another one is asking for it."""
    random = np.random.default_rng(7)
    refused = 0
    with site() as at:
        for _ in range(rounds):
            first = started(at.place, "--threads", "1")
            time.sleep(at.seconds * random.uniform(0.3, 0.5))
            second = started(at.place)
            time.sleep(at.seconds * random.uniform(0.2, 0.6))
            first.kill()
            _, messages = second.communicate(timeout=PATIENCE)
            first.communicate()
            if second.returncode != 0:
                require("another run" in messages, messages, at.place)
                refused += 1
                at.compare()
                at.finish()
            else:
                at.take()
    outcome = f"{rounds - refused} took over, {refused} refused and repeated; {UNDAMAGED}"
    return Row("run killed while another asks for its output", rounds, at.runs, outcome)


def limited_files(count: int) -> Row:
    """Limit the size of files (RLIMIT_FSIZE), then lift the limit."""
    random = np.random.default_rng(5)
    with site() as at:
        size = _size_of_result(at)
        for _ in range(count):
            process = started(at.place, limit=int(random.integers(1, size // 1024)))
            _refused_at_once(at, process)
        at.finish()
    return Row("size of files limited (EFBIG)", count, at.runs, "refused at once, nothing left")


def small_disks(count: int) -> Row:
    """Run on a disk (tmpfs) that is too small for the result, then enlarge it."""
    random = np.random.default_rng(8)
    with small_disk() as at:
        size = _size_of_result(at)
        for _ in range(count):
            _resize(at.place, int(random.integers(64, size // 1024)))
            _refused_at_once(at, started(at.place))
        _resize(at.place, AMPLE)
        at.finish()
    return Row("disk too small (tmpfs)", count, at.runs, "refused at once, nothing left")


def filling_disks(count: int) -> Row:
    """Fill the disk (tmpfs) while a run is writing, free it, and resume."""
    random = np.random.default_rng(9)
    met = 0
    with small_disk() as at:
        size = _size_of_result(at)
        _resize(at.place, size // 512)
        while met < count:
            process = started(at.place, "--threads", "1")
            journal = at.place / f"{NAME}.journal"
            while process.poll() is None and not journal.exists():
                time.sleep(0.005)
            time.sleep(at.seconds * random.uniform(0.0, 0.3))
            _fill(at.place / "other")
            _, messages = process.communicate(timeout=PATIENCE)
            (at.place / "other").unlink()
            if process.returncode == 1:
                require("free some space" in messages and _KEPT in messages, messages, at.place)
                met += 1
            else:
                require(process.returncode == 0, messages, at.place)
                at.take()
            at.compare()
        at.finish()
    return Row("disk filled by others during a run (tmpfs)", met, at.runs, UNDAMAGED)


def workers(count: int) -> Row:
    """Kill workers of a dask cluster, each after more chunks have been recorded."""
    random = np.random.default_rng(10)
    met = 0
    with site() as at:
        while met < count:
            process = started(at.place, "--dask", "local", "--threads", "2")
            client, journal, recorded = psutil.Process(process.pid), at.place / f"{NAME}.journal", 0
            while process.poll() is None:
                time.sleep(random.uniform(0.1, 0.5))
                size = journal.stat().st_size if journal.exists() else 0
                victims = _workers_of(client)
                if victims and size > recorded:  # those killed last have been replaced
                    victims[random.integers(len(victims))].kill()
                    recorded = size
                    met += 1
            _, messages = process.communicate(timeout=PATIENCE)
            require(process.returncode == 0, messages, at.place)
            at.take()
    return Row("dask worker killed (SIGKILL)", met, at.runs, f"not even stopped; {UNDAMAGED}")


def _workers_of(client: psutil.Process) -> list[psutil.Process]:
    found = []
    for child in client.children(recursive=True):
        try:
            if "multiprocessing.spawn" in " ".join(child.cmdline()):
                found.append(child)
        except psutil.Error:  # it has just ended
            continue
    return found


@contextmanager
def small_disk() -> Iterator[Site]:
    """Yield a site on a tmpfs of its own, which takes root to mount."""
    with site() as at:
        options = ["-t", "tmpfs", "-o", f"size={AMPLE}k", "tmpfs", str(at.place)]
        subprocess.run(["mount", *options], check=True)
        try:
            (at.place / "large.yaml").write_text(LARGE)
            yield at
        finally:
            subprocess.run(["umount", str(at.place)], check=True)


def _resize(disk: Path, kibibytes: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={kibibytes}k", str(disk)], check=True)


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(1 << 16)):
            pass
        while file.write(b"\0" * 512):
            pass


def _size_of_result(at: Site) -> int:
    require(started(at.place).wait(PATIENCE) == 0, "no result", at.place)
    size = (at.place / NAME).stat().st_size
    at.take()
    return size


def _refused_at_once(at: Site, process: subprocess.Popen[str]) -> None:
    _, messages = process.communicate(timeout=PATIENCE)
    require(process.returncode == 1, f"exit {process.returncode}: {messages}", at.place)
    require("free some space" in messages, messages, at.place)
    require(names_in(at.place) == ["large.yaml"], "something is left", at.place)
