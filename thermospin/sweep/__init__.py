"""Sweeps: a spec is cut into chunks, computed on threads and stored in one file."""

from thermospin.sweep.cut_sizes import CutSizes
from thermospin.sweep.engine import Engine
from thermospin.sweep.merging import MergeError, merge
from thermospin.sweep.numerics import code_digest, numerics_here
from thermospin.sweep.planning import Plan, estimated_seconds, plan
from thermospin.sweep.run import Executor, Progress, Report, Stopped, run_sweep
from thermospin.sweep.selftest import SelfTestError, check_kernels
from thermospin.sweep.threads import thread_count

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
    "thread_count",
]
