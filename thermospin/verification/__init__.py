"""Verification: does a file hold what was written, and is what was written right?"""

from thermospin.verification.checks import Check
from thermospin.verification.file_verification import Verification, verify

__all__ = ["Check", "Verification", "verify"]
