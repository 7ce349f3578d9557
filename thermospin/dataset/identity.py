"""What a file was computed from and with, to tell whether it is the result that is asked for."""

from typing import NamedTuple

from thermospin.dataset.open_file import OpenFile
from thermospin.dataset.provenance import NumericalIdentity


class Identity(NamedTuple):
    """What decides about the values of a file, and whether they are all there."""

    complete: bool
    spec_sha256: str
    numerics: NumericalIdentity
    shard: str | None


def identity_of(file: OpenFile) -> Identity:
    """Return the identity of an open file."""
    head = file.head
    numerics = NumericalIdentity.of(head.provenance)
    return Identity(head.complete, head.spec_sha256, numerics, head.shard)
