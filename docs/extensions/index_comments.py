"""Comments such as ``<!-- index: kelvin, volt -->`` in a page name what its section answers.

They become main entries of the index, which a search shows first; readers of the file do not see
them.
"""

import re
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

_COMMENT = re.compile(r"<!-- index: (.+) -->")


def add_entries(_app: Sphinx, _page: str, content: list[str]) -> None:
    """Turn the comments of a page into directives."""
    content[0] = _COMMENT.sub(
        lambda comment: f"```{{index}} !{comment[1].replace(', ', ', !')}\n```", content[0]
    )


class EntriesLeadToSections(SphinxTransform):
    """Let entries lead to their section: a search shows the beginning of what they lead to."""

    default_priority = 800  # before entries are collected

    def apply(self, **_: Any) -> None:
        """Change the targets of all entries that comments have made."""
        for index in self.document.findall(addnodes.index):
            section = index.parent
            if isinstance(section, nodes.section):
                index["entries"] = [
                    (
                        kind,
                        words,
                        section["ids"][0] if target.startswith("index-") else target,
                        *rest,
                    )
                    for kind, words, target, *rest in index["entries"]
                ]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register both."""
    app.connect("source-read", add_entries)
    app.add_transform(EntriesLeadToSections)
    return {"parallel_read_safe": True}
