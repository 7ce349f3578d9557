"""The digest of the numerical code, and what this machine makes of it: they decide the bits."""

import hashlib
from functools import cache
from pathlib import Path

import thermospin
from thermospin.dataset import NumericalIdentity
from thermospin.device import CPU, card_name, check_device
from thermospin.execution.selftest import check_kernels
from thermospin.machine.compilation import source_digest

SOURCES = (
    "units.py",
    "quantities",
    "machine",
    "kernels",
    "device",
    "dense",
    "gap.py",
    "junction.py",
    "observables",
    "execution/chunk_values.py",
    "execution/chunks.py",
    "execution/cut_sizes.py",
    "execution/ranges.py",
)
"""Files and folders through which a value comes: constants and limits, the integrals, the gaps they
are taken with, what the outputs make of them, and which points a chunk holds and in which order.

The spec is left out: its points and settings have a hash of their own. So is what stores and reads
values: their bytes have digests, made where they were computed.
"""


@cache
def code_digest() -> str:
    """Return a hash of the numerical code and of the versions that compile it.

    Found once in a process, whose imported code does not change when its source files do.
    """
    package = Path(thermospin.__file__).parent
    digest = hashlib.sha256(source_digest().encode())
    for name in SOURCES:
        path = package / name
        for source in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(source.relative_to(package).as_posix().encode())
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def numerics_here(device: str = CPU) -> NumericalIdentity:
    """Return what decides the bits of values that are computed here, if the kernels are sound.

    Parameters
    ----------
    device : str
        What computes the integrals: one of ``thermospin.device.DEVICES``.

    Raises
    ------
    SelfTestError
        If they are not.
    ModuleNotFoundError, OSError
        If the device is a graphics card and cannot be used.
    """
    check_device(device)
    name = device if device == CPU else f"{device}: {card_name()}"
    return NumericalIdentity(code_digest(), check_kernels(device), name)
