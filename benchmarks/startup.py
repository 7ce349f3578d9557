"""What whole processes take: ``--help``, a map, and the first run, which compiles the kernels.

``python benchmarks/startup.py [--quick]`` prints the figures; with ``--quick`` no first run.
"""

import os
import subprocess
import sys
import time
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
from measuring import print_figures

from thermospin.bench.budget import BenchmarkError, Budget, require
from thermospin.junction import Junction
from thermospin.observables import zero_bias_conductance

HELP = "import sys; sys.argv[1:] = ['--help']; from thermospin.cli import main; main()"
MAP = """
import numpy as np
import thermospin as ts
T_S, h_exc = np.linspace(0.05, 1.0, 191), np.linspace(0.0, 0.7, 141)
G_0 = ts.zero_bias_conductance(ts.Junction(T_S=T_S[:, None], T_Sm=0.01, h_exc=h_exc, gamma=1e-4))
print(repr(float(G_0[130, 40])))
"""
G_0 = -1.4039187260
"""G_0 at T_S = 0.7, h_exc = 0.2 by arithmetic of 30 digits, to 1e-11."""
G_0_TOLERANCE = 1e-8
MOST_SECONDS_HELP, MOST_SECONDS_MAP, MOST_SECONDS_FIRST = 0.15, 2.0, 30.0


def figures(quick: bool) -> list[Budget]:
    """Return the times of whole processes; unless quick, also that of a first run."""
    found = [help_time(quick), warm_map_time(quick)]
    return found if quick else [*found, first_run_time()]


def help_time(quick: bool) -> Budget:
    """Time ``thermospin --help``, minus the time of a Python process that does nothing."""
    beyond = []
    for _ in range(5 if quick else 15):
        bare, _ = _python("-c", "pass")
        seconds, answer = _python("-c", HELP)
        if "Usage:" not in answer:
            raise BenchmarkError(f"thermospin --help must print its usage, got {answer[:80]!r}")
        beyond.append(seconds - bare)
    figure = "thermospin --help beyond bare Python"
    return Budget(figure, median(beyond), MOST_SECONDS_HELP, "s")


def warm_map_time(quick: bool) -> Budget:
    """Time a map of G_0 in a process of its own, with kernels that were compiled before."""
    h_exc = np.array([0.2])
    zero_bias_conductance(Junction(T_S=np.array([[0.7]]), h_exc=h_exc))  # compiles what is missing
    seconds = median(_map_seconds() for _ in range(1 if quick else 5))
    return Budget("a 191 × 141 map of G_0, whole process", seconds, MOST_SECONDS_MAP, "s")


def first_run_time() -> Budget:
    """Time the map of G_0 in a process that first has to compile the kernels."""
    with TemporaryDirectory() as cache:
        seconds = _map_seconds({"NUMBA_CACHE_DIR": cache})
    figure = "a 191 × 141 map of G_0, first run ever (kernels are compiled)"
    return Budget(figure, seconds, MOST_SECONDS_FIRST, "s")


def _map_seconds(changes: dict[str, str] | None = None) -> float:
    seconds, answer = _python("-c", MAP, changes=changes)
    require("G_0 at T_S = 0.7, h_exc = 0.2", abs(float(answer) / G_0 - 1.0), G_0_TOLERANCE)
    return seconds


def _python(*arguments: str, changes: dict[str, str] | None = None) -> tuple[float, str]:
    """Run Python in a process of its own; return the wall time and what it printed.

    With -P it does not import from the current folder, where a ``socket.py`` may lie.
    """
    command = [sys.executable, "-P", *arguments]
    environment = os.environ | (changes or {})
    started = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise BenchmarkError(f"{' '.join(arguments)[:60]} failed:\n{done.stderr[-2000:]}")
    return seconds, done.stdout


if __name__ == "__main__":
    print_figures("Time whole processes of thermospin.", figures)
