"""All checks of one file."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from thermospin.dataset.form import CHUNK_DIGESTS
from thermospin.dataset.reader import DamageError
from thermospin.dataset.stored import Stored, stored
from thermospin.verification.checks import (
    Check,
    check_bytes,
    check_errors,
    check_finite,
    check_layout,
    check_spec,
    check_status,
    check_symmetries,
)
from thermospin.verification.laws import check_thermodynamics
from thermospin.verification.sampling import check_junctions, check_points

SAMPLE = 20
"""Points, and junctions, that are recomputed by default."""


@dataclass(frozen=True)
class Verification:
    """What was found about a file; ``passed`` if nothing is wrong."""

    path: str
    passed: bool
    checks: tuple[Check, ...]


def verify(path: str | os.PathLike[str], *, sample: int = SAMPLE) -> Verification:
    """Check a result file: its bytes, its spec, its symmetries and some of its numbers.

    Parameters
    ----------
    path : path
        A file of ours. An unfinished one does not pass.
    sample : int
        Number of points, and of junctions, to recompute by an independent path; which ones follows
        from the spec.

    Returns
    -------
    Verification
        Every check with what it found.

    Raises
    ------
    FileError
        If it is not a file of ours, or so damaged that it cannot be recognised as one.
    """
    try:
        with stored(path) as file:
            checks = tuple(_checks(file, sample))
    except DamageError as error:
        checks = (Check("checksums", False, str(error).removeprefix(f"{os.fspath(path)}: ")),)
    return Verification(os.fspath(path), all(check.passed for check in checks), checks)


def _checks(file: Stored, sample: int) -> Iterator[Check]:
    yield check_bytes(file)
    yield check_layout(file)
    if not file.complete:
        yield Check("complete", False, "the sweep is not finished")
        return
    if CHUNK_DIGESTS in file.variables:
        yield Check("complete", True, "a shard: merge it, then verify the whole")
        return
    yield Check("complete", True, "yes")
    yield check_spec(file)
    yield check_status(file)
    yield check_finite(file)
    yield check_errors(file)
    yield check_symmetries(file)
    yield check_thermodynamics(file)
    if sample > 0:
        yield check_points(file, sample)
        yield check_junctions(file, sample)
