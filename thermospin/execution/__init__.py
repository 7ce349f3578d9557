"""Sweeps: a spec is cut into chunks, computed on threads and stored in one file."""

from thermospin.execution.cut_sizes import CutSizes
from thermospin.execution.engine import Engine
from thermospin.execution.in_memory import sweep
from thermospin.execution.merging import MergeError, merge
from thermospin.execution.numerics import code_digest, numerics_here
from thermospin.execution.planning import Plan, estimated_seconds, plan
from thermospin.execution.run import Executor, Progress, Report, Stopped, run_sweep
from thermospin.execution.selftest import SelfTestError, check_kernels
from thermospin.execution.threads import thread_count

__all__ = [
    "CutSizes",
    "Engine",
    "Executor",
    "MergeError",
    "Plan",
    "Progress",
    "Report",
    "SelfTestError",
    "Stopped",
    "check_kernels",
    "code_digest",
    "estimated_seconds",
    "merge",
    "numerics_here",
    "plan",
    "run_sweep",
    "sweep",
    "thread_count",
]
