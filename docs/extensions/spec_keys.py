"""Sphinx directive ``spec-keys``: the table of the keys of a part of a spec, from its JSON schema.

The argument is the name of the part among the definitions of the schema, ``spec`` for the whole.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from thermospin.spec import json_schema

_MICRO_TWINS = ("µ", "μ", "Ω", "\u2126", "Ohm", "kOhm", "MOhm")  # other spellings of u and ohm


class SpecKeys(SphinxDirective):
    """The table of the keys of one part of a spec."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        schema = json_schema()
        part = self.arguments[0]
        described = schema if part == "spec" else schema["$defs"][part]
        needed = described.get("required", [])
        rows = [
            f"| `{name}` | {key.get('description', '')} | {values(key)} | {otherwise} |"
            for name, key in described["properties"].items()
            for otherwise in ["must be given" if name in needed else default(key)]
        ]
        head = "| key | meaning | values | default |\n|---|---|---|---|"
        return self.parse_text_to_nodes("\n".join([head, *rows]))


def default(key: dict) -> str:
    """Return what holds where the key is not given."""
    return f"`{key['default']}`" if key.get("default", "") != "" else ""


def values(key: dict) -> str:
    """Return in words what may stand behind a key."""
    if "$ref" in key:
        return "keys of its own, below"
    if "enum" in key:
        return " · ".join(f"`{word}`" for word in key["enum"])
    if "anyOf" in key:
        return ", or with a unit: ".join(values(form) for form in key["anyOf"])
    if "pattern" in key:
        return " ".join(f"`{unit}`" for unit in units(key["pattern"]))
    if key["type"] == "array":
        return "a list of [outputs](parameters.md#outputs)"
    if "exclusiveMinimum" in key:
        return f"above {key['exclusiveMinimum']:g}"
    if "minimum" in key:
        return f"{key['minimum']:g} … {key['maximum']:g}"
    return {"string": "text"}.get(key["type"], key["type"])


def units(pattern: str) -> list[str]:
    """Return the units of a pattern such as ``[0-9.] *(V|mV|uV|µV)$``, one spelling of each."""
    spelt = re.search(r"\((.*)\)\$$", pattern)[1].split("|")
    return [unit for unit in spelt if not any(twin in unit for twin in _MICRO_TWINS)]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("spec-keys", SpecKeys)
    return {"parallel_read_safe": True}
