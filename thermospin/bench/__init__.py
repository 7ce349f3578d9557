"""The benchmark: what the kernels cost beside what a physicist would use otherwise.

SciPy is needed here alone: ``pip install "thermospin[bench]"``.
"""

from thermospin.bench.budget import BenchmarkError
from thermospin.bench.report import run, table

__all__ = ["BenchmarkError", "run", "table"]
