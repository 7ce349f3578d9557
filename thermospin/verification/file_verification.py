"""The verification of one result file by all checks, and its outcome."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from thermospin.dataset import DamageError, opened
from thermospin.dataset.open_file import OpenFile
from thermospin.verification.checks import (
    Check,
    check_bytes,
    check_errors,
    check_finite,
    check_layout,
    check_status,
    check_symmetries,
)
from thermospin.verification.consistency import check_agreement
from thermospin.verification.sampling import check_junctions, check_points
from thermospin.verification.spec_checks import check_ranges, check_spec
from thermospin.verification.thermodynamics import check_thermodynamics

SAMPLE = 20
"""Number of points, and of junctions, that are recomputed by default."""


@dataclass(frozen=True)
class Verification:
    """The outcome of all checks of a file.

    Attributes
    ----------
    path : str
        The file.
    passed : bool
        Whether every check passed.
    checks : tuple of Check
        The results of the checks, in the order in which they were made.
    """

    path: str
    passed: bool
    checks: tuple[Check, ...]


def verify(path: str | os.PathLike[str], *, sample: int = SAMPLE) -> Verification:
    """Check a result file: its bytes, its spec, its symmetries and some of its numbers.

    Parameters
    ----------
    path : path
        A result file of thermospin. One of an unfinished sweep does not pass.
    sample : int
        Number of points, and of junctions, to recompute by an independent method. They are drawn
        at random; the same spec always gives the same ones.

    Returns
    -------
    Verification
        Every check and what it found. If bytes were altered, or parameters differ from those of the
        spec, values cannot be judged, and the checks of values are left out.

    Raises
    ------
    FileError
        If the file is not a result of thermospin, or too damaged to be recognised as one.
    """
    try:
        with opened(path) as file:
            checks = tuple(_checks(file, sample))
    except DamageError as error:
        checks = (Check("checksums", False, str(error).removeprefix(f"{os.fspath(path)}: ")),)
    return Verification(os.fspath(path), all(check.passed for check in checks), checks)


def _checks(file: OpenFile, sample: int) -> Iterator[Check]:
    """Yield the checks one by one, up to the first after which others would mean nothing."""
    sound = check_bytes(file)
    yield sound
    yield check_layout(file)
    if not file.header.complete:
        yield Check("complete", False, "the sweep is not finished")
        return
    if file.header.shard is not None:
        yield Check("complete", True, "a shard: merge it, then verify the whole")
        return
    yield Check("complete", True, "yes")
    if not sound.passed:
        return  # nothing is computed from what was altered
    origin = (check_ranges(file), check_spec(file))
    yield from origin
    if not all(check.passed for check in origin):
        return
    yield check_status(file)
    yield check_finite(file)
    yield check_errors(file)
    yield check_symmetries(file)
    yield check_thermodynamics(file)
    yield check_agreement(file)
    if sample > 0:
        yield check_points(file, sample)
        yield check_junctions(file, sample)
