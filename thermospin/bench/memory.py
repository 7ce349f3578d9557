"""Peak memory of a sweep: ``python -m thermospin.bench.memory 100000000`` prints it in bytes.

A process of its own, since a peak cannot be taken back.
"""

import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from thermospin.bench.budget import BenchmarkError
from thermospin.bench.sweeps import mesh_spec
from thermospin.sweep import run_sweep

COARSE = 1e-3  # relative accuracy: it costs time, not memory
THREADS = 2


def peak_of_sweep(points: int) -> int:
    """Return the peak of resident memory of a sweep above that before it began, in bytes."""
    spec = mesh_spec(points, COARSE, "I_q")
    before = _resident("VmRSS")
    with TemporaryDirectory() as directory:
        report = run_sweep(spec, Path(directory) / "memory.h5", threads=THREADS)
        peak = _resident("VmHWM")
    if report.points != spec.size or report.missed:
        raise BenchmarkError(f"{report.missed} of {report.points} points missed their tolerance")
    return peak - before


def _resident(entry: str) -> int:
    """Return resident memory now (VmRSS) or at its peak (VmHWM), in bytes.

    On Linux the peak of getrusage would include that of the parent process.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = (line.split() for line in status.read_text(encoding="ascii").splitlines())
        return next(1024 * int(words[1]) for words in lines if words[0] == f"{entry}:")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


if __name__ == "__main__":
    print(peak_of_sweep(int(sys.argv[1])))
