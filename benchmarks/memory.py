"""The peak memory of a sweep, above that of the imported program.

``python benchmarks/memory.py [POINTS]``, 1e8 points by default: this takes minutes, and a file of a
gigabyte in the temporary folder. Each sweep runs in a process of its own, since the peak memory of
a process never falls.
"""

import argparse
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from whole_sweeps import mesh_spec, power_of_ten

from thermospin.bench.budget import BenchmarkError, Budget
from thermospin.execution import run_sweep

MANY = 100_000_000
COARSE = 1e-3
"""Relative accuracy asked for: a finer one costs time and no memory."""
THREADS = 2
MOST_MEGABYTES = 300.0


def peak_memory(points: int) -> Budget:
    """Measure the peak memory of a sweep in a process of its own, in MB."""
    command = [sys.executable, __file__, "--in-this-process", str(points)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchmarkError(f"the sweep of {points} points failed:\n{done.stderr[-2000:]}")
    figure = f"peak memory of a sweep of {power_of_ten(points)} points"
    return Budget(figure, 1e-6 * int(done.stdout), MOST_MEGABYTES, "MB")


def peak_in_this_process(points: int) -> int:
    """Run a sweep; return by how much the peak of this process's memory exceeds that before it.

    Parameters
    ----------
    points : int
        Number of points of the sweep, about.

    Returns
    -------
    int
        Resident memory in bytes.

    Raises
    ------
    BenchmarkError
        If a point was not computed, or missed its tolerance.
    """
    spec = mesh_spec(points, COARSE, "I_q")
    before = _resident("VmRSS")
    with TemporaryDirectory() as directory:
        report = run_sweep(spec, Path(directory) / "memory.h5", threads=THREADS)
        peak = _resident("VmHWM")
    if report.points != spec.size or report.missed:
        raise BenchmarkError(f"{report.missed} of {report.points} points missed their tolerance")
    return peak - before


def _resident(entry: str) -> int:
    """Return the resident memory of this process now (VmRSS) or at its peak (VmHWM), in bytes.

    On Linux the peak that getrusage returns would include that of the parent process.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = (line.split() for line in status.read_text(encoding="ascii").splitlines())
        return next(1024 * int(words[1]) for words in lines if words[0] == f"{entry}:")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def main() -> None:
    """Measure the peak memory and print it beside its bound."""
    parser = argparse.ArgumentParser(description="Measure the peak memory of a sweep.")
    parser.add_argument("points", type=int, nargs="?", default=MANY)
    parser.add_argument("--in-this-process", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.in_this_process:
        print(peak_in_this_process(arguments.points))
        return
    budget = peak_memory(arguments.points)
    met = "met" if budget.met else "missed"
    print(f"{budget.figure}: {budget.value:.0f} MB; at most {budget.bound:.0f} MB: {met}")


if __name__ == "__main__":
    main()
