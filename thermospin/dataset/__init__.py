"""The HDF5 file of a sweep: its layout, how it is written and published, and how it is read."""

from thermospin.dataset.claim import Claim
from thermospin.dataset.contents import Contents, read
from thermospin.dataset.form import Form, Share, file_size
from thermospin.dataset.head import SpecText
from thermospin.dataset.journal import Record, StoreError
from thermospin.dataset.layout import LAYOUT, biased_outputs, unbiased_outputs
from thermospin.dataset.partial import Partial, Place
from thermospin.dataset.provenance import Numerics
from thermospin.dataset.reader import opened, read_spec_text
from thermospin.dataset.remains import check_ours, take_published
from thermospin.dataset.shard import ShardFile, ShardValues, shard_file, shard_values
from thermospin.dataset.si import LABORATORY
from thermospin.dataset.store import Store
from thermospin.dataset.stored import FileError, Stored
from thermospin.dataset.summary import FileSummary, VariableSummary, describe
from thermospin.dataset.target import OutputError, Target, check_output, target_of
from thermospin.dataset.unfinished import Unfinished, unfinished_at
from thermospin.dataset.work import Work

__all__ = [
    "LABORATORY",
    "LAYOUT",
    "Claim",
    "Contents",
    "FileError",
    "FileSummary",
    "Form",
    "Numerics",
    "OutputError",
    "Partial",
    "Place",
    "Record",
    "ShardFile",
    "ShardValues",
    "Share",
    "SpecText",
    "Store",
    "StoreError",
    "Stored",
    "Target",
    "Unfinished",
    "VariableSummary",
    "Work",
    "biased_outputs",
    "check_ours",
    "check_output",
    "describe",
    "file_size",
    "opened",
    "read",
    "read_spec_text",
    "shard_file",
    "shard_values",
    "take_published",
    "target_of",
    "unbiased_outputs",
    "unfinished_at",
]
