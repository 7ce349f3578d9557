"""Help texts of commands as a terminal shows them: lines that click leaves alone keep blanks."""

from itertools import groupby
from typing import Any

from sphinx.application import Sphinx

_KEPT = "| "  # what sphinx-click writes before such lines


def keep_columns(_app: Sphinx, _context: Any, lines: list[str]) -> None:
    """Make literal blocks of the lines that would be a line block, which closes up blanks."""
    kept: list[str] = []
    for is_kept, group in groupby(lines, lambda line: line.startswith(_KEPT)):
        if is_kept:
            shown = (f"   {line.removeprefix(_KEPT)}" for line in group)
            kept += [".. code-block:: none", "", *shown, ""]
        else:
            kept += group
    lines[:] = kept


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect it to what sphinx-click takes from a command."""
    for part in ("description", "epilog"):
        app.connect(f"sphinx-click-process-{part}", keep_columns)
    return {"parallel_read_safe": True}
