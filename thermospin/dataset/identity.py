"""What a file was computed from and with, to tell whether it is the result that is asked for."""

from pathlib import Path
from typing import NamedTuple

from thermospin.dataset.form import SHARD
from thermospin.dataset.provenance import Numerics
from thermospin.dataset.reader import opened, provenance_of, text_of


class Identity(NamedTuple):
    """What decides about the values of a file, and whether they are all there."""

    complete: bool
    spec_sha256: str
    numerics: Numerics
    shard: str | None


def identity_of(path: Path) -> Identity:
    """Return the identity of a file.

    Raises
    ------
    FileError
        If it is not a file of ours.
    """
    with opened(path) as file:
        return Identity(
            complete=bool(file.attrs["thermospin_complete"]),
            spec_sha256=text_of(file, "thermospin_spec_sha256"),
            numerics=Numerics.of(provenance_of(file)),
            shard=text_of(file, SHARD) if SHARD in file.attrs else None,
        )
