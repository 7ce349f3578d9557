"""How a file came about: everything that is not a function of the spec."""

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import h5py

import thermospin
from thermospin.kernels.compiled import source_digest

BYTES = 2048
"""Room kept for the provenance, so that it can be completed in place at the end."""


def now() -> str:
    """Return the time, UTC, always in the same number of characters."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def collect(threads: int, fingerprint: str = "") -> dict[str, Any]:
    """Return versions, commit, kernel digest, processor, threads, host and the starting time.

    ``fingerprint`` is the hash of the bits of the self-test: what this machine made of the
    kernels. Names of users, paths and the environment are left out.
    """
    return {
        "versions": {
            "thermospin": thermospin.__version__,
            "python": platform.python_version(),
            "hdf5": h5py.version.hdf5_version,
            **{name: version(name) for name in ("numpy", "numba", "llvmlite", "h5py")},
        },
        "commit": _commit(),
        "kernels": source_digest(),
        "fingerprint": fingerprint,
        "cpu": _processor()[:120],
        "cpu_count": os.cpu_count(),
        "threads": threads,
        "system": platform.platform()[:120],
        "host": platform.node()[:80],
        "started": now(),
    }


def padded(provenance: dict[str, Any]) -> str:
    """Return the provenance as JSON, filled with blanks to ``BYTES`` ASCII characters."""
    text = json.dumps(provenance)
    if len(text) > BYTES:
        raise ValueError(f"provenance must fit into {BYTES} bytes, got {len(text)}")
    return text.ljust(BYTES)


def _commit() -> str | None:
    """Return the commit of the checkout that this package runs from, if it runs from one."""
    root = Path(thermospin.__file__).parent.parent
    if not (root / ".git").exists():  # else git would answer for whatever project lies around us
        return None
    command = [
        "git",
        "-C",
        str(root),
        "describe",
        "--always",
        "--dirty",
        "--abbrev=40",
        "--exclude=*",
    ]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip() or None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.processor() or platform.machine())
