"""The provenance of a file: versions, machine and times, which do not follow from the spec."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Self

import h5py

import thermospin
from thermospin.device import CPU

BYTES = 2048
"""Room kept for the provenance, so that it can be completed in place at the end."""

_LONGEST, _SHORT = 120, 40  # characters of a text, and of a version, in it
_MOST_VERSIONS = 10
_LAST = "9999-12-31T23:59:59Z"


def now() -> str:
    """Return the time, UTC, always in the same number of characters."""
    return in_seconds(0.0)


def in_seconds(seconds: float) -> str:
    """Return the time some seconds from now, UTC, at most the last second of the year 9999.

    Clocks may be wrong, and an estimated end may lie beyond all calendars.
    """
    try:
        moment = datetime.now(UTC) + timedelta(seconds=seconds)
    except (OverflowError, ValueError, OSError):
        return _LAST
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def plain(value: Any) -> Any:
    """Return a value of the provenance as it can be read again: short, printable, in ASCII."""
    if isinstance(value, dict):
        few = islice(value.items(), _MOST_VERSIONS)
        return {plain(name)[:_SHORT]: plain(str(each))[:_SHORT] for name, each in few}
    if isinstance(value, str):
        return "".join(c if " " <= c <= "~" else "?" for c in value[:_LONGEST])
    return value


class NumericalIdentity(NamedTuple):
    """What decides the bits of values beside their spec.

    Attributes
    ----------
    code : str
        Digest of the numerical code and of the versions that compile it.
    fingerprint : str
        Hash of the bits that this code gave at the golden points, on the machine that computed. It
        is the same on processors that round alike.
    device : str
        What computed the integrals: the processor, or a graphics card by its name.
    """

    code: str
    fingerprint: str
    device: str = CPU

    @classmethod
    def of(cls, provenance: Mapping[str, Any]) -> Self:
        """Return the numerics that the provenance of a file names."""
        return cls(
            str(provenance.get("kernels")),
            str(provenance.get("fingerprint")),
            str(provenance.get("device", CPU)),
        )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the numerics of which ``str`` made a text."""
        code, _, rest = text.partition("/")
        fingerprint, _, device = rest.partition("/")
        return cls(code, fingerprint, device or CPU)

    def __str__(self) -> str:
        """Return code, fingerprint and a device other than the processor, between slashes."""
        of_card = "" if self.device == CPU else f"/{self.device}"
        return f"{self.code}/{self.fingerprint}{of_card}"

    @property
    def kind_of_device(self) -> str:
        """The device without the name of a card: one of ``thermospin.device.DEVICES``."""
        return self.device.partition(":")[0]

    def described(self, other: Self) -> str:
        """Return in words how these numerics differ from others; empty if they do not."""
        if self.code != other.code:
            return (
                "other numerical code (or another Python, NumPy or Numba; "
                f"kernels {self.code}, not {other.code})"
            )
        if self.device != other.device:
            return f"another device ({self.device}, not {other.device})"
        if self.fingerprint != other.fingerprint:
            return (
                "code that gave other bits (on another kind of processor, with another C library, "
                f"or uncompiled; fingerprint {self.fingerprint}, not {other.fingerprint})"
            )
        return ""


UNKNOWN = NumericalIdentity("", "")
"""The numerics of a job that computes nothing."""


def collect(threads: int, numerics: NumericalIdentity) -> dict[str, Any]:
    """Return versions, commit, numerics, processor, threads, host and the starting time.

    Names of users, paths and the environment are left out.
    """
    on_card = {} if numerics.device == CPU else {"device": numerics.device}
    found = {
        "versions": _versions(),
        "commit": _commit(),
        "kernels": numerics.code,
        "fingerprint": numerics.fingerprint,
        **on_card,
        "cpu": _processor(),
        "cpu_count": os.cpu_count(),
        "threads": threads,
        "system": platform.platform(),
        "host": platform.node(),
        "started": now(),
    }
    return {name: plain(value) for name, value in found.items()}


def padded(provenance: dict[str, Any]) -> str:
    """Return the provenance as JSON, filled with blanks to ``BYTES`` ASCII characters."""
    text = json.dumps(provenance)
    if len(text) > BYTES:
        raise ValueError(f"provenance must fit into {BYTES} bytes, got {len(text)}")
    return text.ljust(BYTES)


@cache
def _versions() -> Mapping[str, str]:
    """Return the versions of what computes and writes a file."""
    return {
        "thermospin": thermospin.__version__,
        "python": platform.python_version(),
        "hdf5": h5py.version.hdf5_version,
        **{name: version(name) for name in ("numpy", "numba", "llvmlite", "h5py")},
    }


@cache  # the code of this process was loaded once, whatever is committed while it runs
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
