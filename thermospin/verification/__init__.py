"""Verification of result files: are their bytes intact, and are their numbers right?"""

from thermospin.verification.checks import Check
from thermospin.verification.file_verification import Verification, verify

__all__ = ["Check", "Verification", "verify"]
