"""What the texts of a sweep may hold, so that a file that is computed from them can be read again.

There is one rule for both sides: a spec is held against it before anything is computed, and the
reader of files refuses what breaks it.
"""

import re
from collections.abc import Sequence

LARGEST = 2**18
"""Bytes of a spec, and of all its overrides together: room for an explicit axis of about 3e4
points."""
MOST_OVERRIDES = 100
"""Each has a key of its own, of which there are fewer."""
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""Characters that a terminal would obey; no name and no title has one."""
CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
"""The same but for tabs and the ends of lines, of which U+0085 is one in YAML: no spec has one."""


def broken_by_name(name: str) -> str:
    """Return the rule that the name of a spec breaks; empty if it breaks none."""
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return "the name of a spec must be UTF-8; rename the file"
    if found := CONTROL.search(name):
        character = f"U+{ord(found[0]):04X}"
        return f"the name of a spec must not hold control characters, got {character}; rename it"
    if size > LARGEST:
        return f"the name of a spec must have at most {LARGEST} bytes, got {size}"
    return ""


def broken_by_overrides(overrides: Sequence[str]) -> str:
    """Return the rule that overrides break; empty if they break none."""
    if len(overrides) > MOST_OVERRIDES:
        return f"must have at most {MOST_OVERRIDES} overrides, got {len(overrides)}"
    size = sum(len(override.encode(errors="surrogatepass")) for override in overrides)
    if size > LARGEST:
        return f"the overrides must have at most {LARGEST} bytes together, got {size}"
    return ""
