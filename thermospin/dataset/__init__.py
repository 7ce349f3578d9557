"""The HDF5 file of a sweep: its layout, how it is written and published, and how it is read."""

from thermospin.dataset.contents import Contents, read
from thermospin.dataset.layout import LAYOUT, biased_outputs, unbiased_outputs
from thermospin.dataset.partial import Partial, file_size
from thermospin.dataset.reader import FileError, SpecText, read_spec_text
from thermospin.dataset.summary import FileSummary, VariableSummary, describe
from thermospin.dataset.target import OutputError, Target, check_output

__all__ = [
    "LAYOUT",
    "Contents",
    "FileError",
    "FileSummary",
    "OutputError",
    "Partial",
    "SpecText",
    "Target",
    "VariableSummary",
    "biased_outputs",
    "check_output",
    "describe",
    "file_size",
    "read",
    "read_spec_text",
    "unbiased_outputs",
]
