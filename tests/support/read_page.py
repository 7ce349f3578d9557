"""What a page for a browser holds, read from its HTML as a browser reads it."""

import base64
import gzip
import html
import json
import re

import numpy as np

_DOCUMENT = re.compile(r"const docs_json = '(.*)';$", re.MULTILINE)


def decoded(value):
    """Return a value of Bokeh's notation: arrays, maps and numbers; models stay as they are."""
    match value:
        case {"type": "ndarray", "array": {"data": str(data)}, "dtype": dtype, "shape": shape}:
            return np.frombuffer(gzip.decompress(base64.b64decode(data)), dtype).reshape(shape)
        case {"type": "ndarray", "array": list(items), "shape": shape}:
            return np.array(items).reshape(shape)
        case {"type": "map", "entries": entries}:
            return {decoded(name): decoded(item) for name, item in entries}
        case {"type": "map"}:
            return {}
        case {"type": "number", "value": text}:
            return float(text)
        case list():
            return [decoded(item) for item in value]
    return value


def models(page):
    """Yield every model of a page: its class, and its attributes as they stand."""

    def walk(node):
        if isinstance(node, dict):
            if node.get("type") == "object":
                yield node["name"], node.get("attributes", {})
            for item in node.values():
                yield from walk(item)
        elif isinstance(node, list):
            for item in node:
                yield from walk(item)

    (literal,) = _DOCUMENT.findall(page)
    yield from walk(json.loads(html.unescape(literal.replace("\\\\", "\\"))))


def stored_values(page):
    """Return the values that a page holds of each output, flattened."""
    return {
        attributes["name"]: decoded(attributes["data"])["value"]
        for name, attributes in models(page)
        if name == "ColumnDataSource" and attributes.get("name")
    }
