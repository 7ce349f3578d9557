"""The HDF5 file of a sweep: its layout, how it is written and published, and how it is read."""

from thermospin.dataset.checkpoint import Checkpoint
from thermospin.dataset.contents import Contents, read
from thermospin.dataset.file_header import SpecText
from thermospin.dataset.form import Form, Share, file_size
from thermospin.dataset.job import Work
from thermospin.dataset.journal import Record, StoreError
from thermospin.dataset.lock import OutputLock
from thermospin.dataset.open_file import FileError, OpenFile
from thermospin.dataset.opening import opened, read_spec_text
from thermospin.dataset.output_path import OutputError, OutputPath, check_output, output_path_of
from thermospin.dataset.partial_file import PartialFile, ValueRange
from thermospin.dataset.progress_report import ProgressReport, unfinished_at
from thermospin.dataset.provenance import NumericalIdentity
from thermospin.dataset.resume import check_ours, take_published
from thermospin.dataset.schema import LAYOUT, biased_outputs, unbiased_outputs
from thermospin.dataset.shard_files import ShardFile, ShardValues, shard_file, shard_values
from thermospin.dataset.si import LABORATORY
from thermospin.dataset.summary import FileSummary, VariableSummary, describe

__all__ = [
    "LABORATORY",
    "LAYOUT",
    "Checkpoint",
    "Contents",
    "FileError",
    "FileSummary",
    "Form",
    "NumericalIdentity",
    "OpenFile",
    "OutputError",
    "OutputLock",
    "OutputPath",
    "PartialFile",
    "ProgressReport",
    "Record",
    "ShardFile",
    "ShardValues",
    "Share",
    "SpecText",
    "StoreError",
    "ValueRange",
    "VariableSummary",
    "Work",
    "biased_outputs",
    "check_ours",
    "check_output",
    "describe",
    "file_size",
    "opened",
    "output_path_of",
    "read",
    "read_spec_text",
    "shard_file",
    "shard_values",
    "take_published",
    "unbiased_outputs",
    "unfinished_at",
]
