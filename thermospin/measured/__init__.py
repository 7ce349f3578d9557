"""Measured curves, read from the files of a laboratory into SI, without regard to materials."""

from thermospin.measured.curve_file import read_curve
from thermospin.measured.measured_curve import MeasuredCurve, MeasuredError

__all__ = ["MeasuredCurve", "MeasuredError", "read_curve"]
