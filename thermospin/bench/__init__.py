"""The benchmark: what the kernels cost beside what a physicist would use otherwise.

SciPy is needed here alone: ``pip install "thermospin[bench]"``. What sweeps, memory and start-up
cost is measured by the scripts in ``benchmarks/`` of the repository.
"""

from thermospin.bench.budget import BenchmarkError
from thermospin.bench.headline import run
from thermospin.bench.tables import table

__all__ = ["BenchmarkError", "run", "table"]
