"""The HDF5 file of a sweep: its layout, how it is written and published, and how it is read."""

from thermospin.dataset.checkpoint import Checkpoint
from thermospin.dataset.contents import (
    Contents,
    FileSummary,
    VariableSummary,
    describe,
    read,
)
from thermospin.dataset.csv_export import csv_lines
from thermospin.dataset.file_header import DamageError, FileError, SpecText
from thermospin.dataset.job import GROUP, Job, Shard, ValueRange, file_size
from thermospin.dataset.journal import Record, StoreError
from thermospin.dataset.labelled import xarray_dataset
from thermospin.dataset.lock import OutputLock
from thermospin.dataset.open_file import OpenFile
from thermospin.dataset.opening import opened, read_spec_text
from thermospin.dataset.output_path import OutputError, OutputPath, check_output, output_path_of
from thermospin.dataset.partial_file import PartialFile
from thermospin.dataset.progress_report import ProgressReport, unfinished_at
from thermospin.dataset.provenance import NumericalIdentity
from thermospin.dataset.resume import check_ours, take_published
from thermospin.dataset.schema import (
    LAYOUT,
    STATUS_NAMES,
    computed_variables,
    is_biased,
)
from thermospin.dataset.shard_files import ShardFile, ShardValues, shard_file, shard_values
from thermospin.dataset.slicing import cut_at, places_of

__all__ = [
    "GROUP",
    "LAYOUT",
    "STATUS_NAMES",
    "Checkpoint",
    "Contents",
    "DamageError",
    "FileError",
    "FileSummary",
    "Job",
    "NumericalIdentity",
    "OpenFile",
    "OutputError",
    "OutputLock",
    "OutputPath",
    "PartialFile",
    "ProgressReport",
    "Record",
    "Shard",
    "ShardFile",
    "ShardValues",
    "SpecText",
    "StoreError",
    "ValueRange",
    "VariableSummary",
    "check_ours",
    "check_output",
    "computed_variables",
    "csv_lines",
    "cut_at",
    "describe",
    "file_size",
    "is_biased",
    "opened",
    "output_path_of",
    "places_of",
    "read",
    "read_spec_text",
    "shard_file",
    "shard_values",
    "take_published",
    "unfinished_at",
    "xarray_dataset",
]
