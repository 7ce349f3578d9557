"""Tests of integrals on graphics cards; most of them need no card."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("numba_cuda") else ["test_compiled_for_cards.py"]
"""The compiler for cards, of the extra ``cuda``, is not there for macOS."""
